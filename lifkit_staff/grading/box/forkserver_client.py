"""The fork server (see `forkserver`) as the grader's processes see it: started, shared, sent into boxes.

It takes seconds to start, so this module needs nothing that would keep it from being started first.
"""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from .mounts import environment
from .sandbox import Box

__all__ = ["News", "ForkServer", "adopt", "close_fork_server", "send_in"]


class ForkServer:
    """A fork server (see `forkserver`), started here or by another process that shares it.

    Parameters
    ----------
    channel : socket, optional
        The one that leads to a fork server which is there already.
    """

    def __init__(self, channel: socket.socket | None = None) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        if channel is not None:
            self.channel = channel
            return
        # Each message is a whole, so that several processes may write into one socket.
        self.channel, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # -P: the folder one happens to stand in is no place to import from.
        command = [
            sys.executable,
            "-P",
            "-m",
            "lifkit_staff.grading.box.forkserver",
            str(other.fileno()),
        ]
        self._process = subprocess.Popen(
            command,
            pass_fds=[other.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env=environment(inside=False),
            start_new_session=True,
        )
        other.close()

    def send_in(self, box: Box, request: Mapping[str, Any]) -> News:
        """Fork a process that walks into `box` and does what `request` says."""
        reading, writing = os.pipe()
        try:
            place = {"owner": box.owner, "group": str(box.group.path) if box.group else None}
            text = json.dumps({**request, **place, "limits": asdict(box.limits)}).encode()
            socket.send_fds(self.channel, [text], [box.pidfd, writing])
        finally:
            os.close(writing)
        return News(reading)

    def close(self) -> None:
        """Hang up and, where it was started here, end it; its children end with their boxes."""
        self.channel.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()


_mine = threading.local()


def adopt(channel: socket.socket | None) -> None:
    """Have this thread use a fork server that another process has started."""
    if channel is not None:
        _mine.server = ForkServer(channel)


def close_fork_server() -> None:
    """End this thread's fork server, if it has one."""
    found: ForkServer | None = getattr(_mine, "server", None)
    if found is not None:
        found.close()
        del _mine.server


def send_in(box: Box, request: Mapping[str, Any]) -> News:
    """Fork a process of this thread's fork server that walks into `box` and does what is asked."""
    try:
        if not hasattr(_mine, "server"):
            _mine.server = ForkServer()
        mine: ForkServer = _mine.server
        return mine.send_in(box, request)
    except BrokenPipeError:  # it has ended: somebody killed it
        close_fork_server()
        mine = _mine.server = ForkServer()
        return mine.send_in(box, request)


class News:
    """What is heard of a process that walked into a box, a line a piece."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor
        self._rest = b""
        self.heard: dict[str, str] = {}

    def listen(self, wanted: str, timeout: float) -> str | None:
        """Wait for the line that begins with `wanted`; None when it does not come."""
        until = time.monotonic() + timeout
        while wanted not in self.heard and self._read(until):
            pass
        return self.heard.get(wanted)

    def _read(self, until: float) -> bool:
        if self._descriptor is None:
            return False
        ready, _, _ = select.select([self._descriptor], [], [], max(0.0, until - time.monotonic()))
        if not ready:
            return False
        block = os.read(self._descriptor, 65536)
        if not block:
            self.close()
            return False
        *lines, self._rest = (self._rest + block).split(b"\n")
        for line in lines:
            word, _, text = line.decode(errors="replace").partition(" ")
            self.heard.setdefault(word, text)
        return True

    def close(self) -> None:
        """Stop listening."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

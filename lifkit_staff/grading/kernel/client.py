"""Talk to a kernel, with limits on time and output, whatever the kernel's owner does.

Everything that arrives is bounded, and a malformed message is dropped.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import json
import os
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import zmq
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import KernelManager
from jupyter_client.session import DELIM

from ..box.mounts import RUN, environment
from ..box.sandbox import Box
from ..limits import GRACE, GROWTH, MESSAGE, START, WAITING, Limits
from ..submission.sanitize import clean_text
from .clock import Clock, Deadline

__all__ = ["Kernel", "Reply"]


@dataclass(frozen=True, kw_only=True)
class Reply:
    """How a piece of code ended.

    Attributes
    ----------
    status : {"ok", "error", "timeout", "crashed", "out of memory", "too many processes", "flood"}
    ename, evalue : str
        The exception, when there was one.
    gone : bool
        Whether the kernel is no longer there.
    seconds : float
        The time that it took, as `Clock` counts it.
    """

    status: str
    ename: str = ""
    evalue: str = ""
    gone: bool = False
    seconds: float = 0.0


class _Specs(KernelSpecManager):
    """Knows one kernel, whatever is installed and whatever a notebook asks for."""

    provisioner = "lifkit-sandbox"

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return it."""
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        argv += ["--HistoryManager.hist_file=:memory:"]
        chosen = {"kernel_provisioner": {"provisioner_name": self.provisioner}}
        return KernelSpec(argv=argv, display_name="lifkit", language="python", metadata=chosen)


class _Unprotected(_Specs):
    provisioner = "local-provisioner"


class Kernel:
    """One kernel and what it may use.

    Parameters
    ----------
    limits : Limits
    files : mapping of str to bytes
        The submission's other files, by their path from the notebook's folder.
    protected : bool
        Whether it runs in a box.
    figures : bool
        Whether figures are drawn.
    hidden : Path, optional
        The course root, which the box must not show.
    seed : int
        For the random numbers of a notebook that sets no seed; in a box only.
    """

    def __init__(
        self,
        limits: Limits,
        files: Mapping[str, bytes],
        *,
        protected: bool = True,
        figures: bool = True,
        hidden: Path | None = None,
        seed: int = 0,
    ) -> None:
        self.limits = limits
        self._scratch: str | None = None
        self._deaf = False  # whether outputs no longer arrive
        self._excused = False  # whether what worked behind the notebook's back was ended
        self._size = _resident()
        self._context = zmq.Context()
        self._context.setsockopt(zmq.MAXMSGSIZE, MESSAGE)
        self._context.setsockopt(zmq.RCVHWM, WAITING)
        self._context.setsockopt(zmq.LINGER, 0)
        specs = _Specs() if protected else _Unprotected()
        self._manager = KernelManager(
            kernel_name="lifkit", kernel_spec_manager=specs, context=self._context
        )
        try:
            if protected:
                # What is not there when first looked for was taken away: do not look again.
                self._context.setsockopt(zmq.RECONNECT_IVL, -1)
                self._manager.start_kernel(
                    limits=limits, files=files, figures=figures, hidden=hidden, seed=seed
                )
                provisioner: Any = self._manager.provisioner
                self.box: Box | None = provisioner.box
                assert self.box is not None
                folder, self.run = self.box.path(RUN), RUN
            else:
                self._start_unprotected(files)
                folder = self.run = f"{self._scratch}/run"
            self._folder = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            self._connect()
            self._own = frozenset[str]() if self.box is None else self.box.processes()
        except BaseException:
            self.end()
            raise

    def _start_unprotected(self, files: Mapping[str, bytes]) -> None:
        self.box = None
        self._scratch = tempfile.mkdtemp(prefix="lifkit-")
        for name in ("work", "run"):
            os.mkdir(f"{self._scratch}/{name}")
        for name, data in files.items():
            path = Path(self._scratch, "work", name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        variables = {**os.environ, **environment(inside=False), "TMPDIR": self._scratch}
        self._manager.start_kernel(cwd=f"{self._scratch}/work", env=variables)

    def _connect(self) -> None:
        """Connect to the kernel and wait until its outputs arrive too."""
        self._shell = self._manager.connect_shell()
        self._iopub = self._manager.connect_iopub()
        self._poller = zmq.Poller()
        for channel in (self._shell, self._iopub):
            channel.linger = 0
            self._poller.register(channel, zmq.POLLIN)
        until = time.monotonic() + START
        while time.monotonic() < until and self._alive():
            self._request("kernel_info_request", {})
            # An output proves that the subscription has arrived.
            if self._iopub.poll(250):
                return
        raise RuntimeError("The kernel started but did not answer.")

    def _request(self, kind: str, content: dict[str, Any]) -> str:
        message = self._manager.session.send(self._shell, kind, content)
        return str(message["header"]["msg_id"])

    def execute(
        self,
        code: str,
        *,
        seconds: float | None = None,
        on_output: Callable[[dict[str, Any]], None] = lambda message: None,
    ) -> Reply:
        """Run code and wait for its end, for its time limit or for the end of the kernel.

        Parameters
        ----------
        code : str
        seconds : float, optional
            Instead of a cell's time limit.
        on_output : callable
            Gets every message that belongs to it.
        """
        content = {"code": code, "silent": False, "user_expressions": {}}
        return self._run(content, on_output, seconds or self.limits.timeout)

    def evaluate(self, expression: str) -> Reply:
        """Evaluate an expression, in the time of a cell, and drop what it shows.

        It has no place in the history, and IPython does not look for magic in it: for a long one that
        would take longer than most cells.  Where too much memory is used, the kernel's own processes
        are ended first, and only if that is not enough the kernel.
        """
        content = {"code": "", "silent": True, "user_expressions": {"": expression}}
        return self._run(content, lambda message: None, self.limits.timeout, asking=True)

    def _run(
        self,
        content: dict[str, Any],
        on_output: Callable[[dict[str, Any]], None],
        seconds: float,
        *,
        asking: bool = False,
    ) -> Reply:
        clock = Clock(self.box)
        before = frozenset[str]() if self.box is None else self.box.processes()
        known = before if asking else frozenset[str]()
        reply = self._wait(content, on_output, clock, seconds, known, before - self._own)
        if known and self.box is not None and not reply.gone and self.box.processes() - known:
            self.box.end_newcomers(known)  # whoever was asked has ended, and leaves nobody behind
        return dataclasses.replace(reply, seconds=clock.elapsed())

    def _wait(
        self,
        content: dict[str, Any],
        on_output: Callable[[dict[str, Any]], None],
        clock: Clock,
        seconds: float,
        known: frozenset[str],
        left: frozenset[str],
    ) -> Reply:
        usual = {"allow_stdin": False, "stop_on_error": False}
        mine = self._request("execute_request", {**usual, **content})
        limit = Deadline(clock, seconds)
        interrupted = idle = False
        spared = ""
        reply: dict[str, Any] | None = None
        while True:
            events = dict(self._poller.poll(50))
            for _ in range(WAITING if self._iopub in events else 0):
                message = self._receive(self._iopub, mine)
                if message is None:
                    break
                if message:
                    idle = idle or _says_idle(message)
                    on_output(message)
            if self._shell in events:
                message = self._receive(self._shell, mine)
                if message is not None and message.get("msg_type") == "execute_reply":
                    # What is still on its way may take a moment; a kernel whose outputs were cut
                    # off for their size never says that it is idle.
                    reply, limit = message, Deadline(clock, 0.05 if self._deaf else GRACE)
            clock.look()
            done = reply is not None and (idle or limit.passed())
            # At the end too, so that what is left behind counts here and not for what comes next.
            over = self.box.over(at_once=done) if self.box is not None else ""
            if over and left and not self._excused and self.box is not None:
                # What an earlier cell left running would cost whatever is asked or run just now.
                self._excused, over = True, ""
                self.box.excuse(left)
            if over and known and not spared and self.box is not None:
                self.box.spare(known)
                spared, over = over, ""
            if _resident() - self._size > GROWTH:
                over = "flood"
            if over:
                self.end()
                return Reply(status=over, gone=True)
            if done and reply is not None:
                self._deaf = self._deaf or not idle
                return Reply(status=spared) if spared else _reply(reply, interrupted)
            if not events and not self._alive():
                # Linux may have ended it where a control group counts memory.
                over = self.box.over(at_once=True) if self.box is not None else ""
                self.end()
                return Reply(status="timeout" if interrupted else over or "crashed", gone=True)
            if reply is None and limit.passed():
                if interrupted:
                    self.end()
                    return Reply(status="timeout", gone=True)
                self._manager.interrupt_kernel()
                interrupted, limit = True, Deadline(clock, GRACE)

    def _receive(self, channel: zmq.Socket[bytes], mine: str) -> dict[str, Any] | None:
        """Take one message off a channel; None when none is there; {} when it is not for `mine`."""
        try:
            parts = channel.recv_multipart(zmq.NOBLOCK)
        except zmq.ZMQError:
            return None
        # What Session.deserialize does, but for signatures (whoever writes here has the key) and dates.
        try:
            start = parts.index(DELIM) + 2
            if _text(parts[start + 1])["msg_id"] != mine:
                return {}
            header, content = _text(parts[start]), _text(parts[start + 3])
            message = {"msg_type": header["msg_type"], "content": content}
        except Exception:
            return {}
        return message if isinstance(content, dict) else {}

    def _alive(self) -> bool:
        return bool(self._manager.has_kernel and self._manager.is_alive())

    def take(self, name: str, most: int) -> bytes | None:
        """Read a file that the kernel's owner left in the exchange folder, at most `most` bytes.

        Returns
        -------
        bytes or None
            None when there is no plain file of that name; more than `most` bytes are cut off after
            one byte more, so that the caller can see it.
        """
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            descriptor = os.open(name, flags, dir_fd=self._folder)
        except OSError:
            return None
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return None
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                return file.read(most + 1)
        except OSError:
            return None
        finally:
            os.close(descriptor)

    def end(self) -> None:
        """End the kernel and all its processes."""
        if self._manager.has_kernel:
            with contextlib.suppress(RuntimeError, ProcessLookupError):
                self._manager.shutdown_kernel(now=True)
        for name in ("_shell", "_iopub"):
            channel = getattr(self, name, None)
            if channel is not None:
                channel.close(linger=0)
        self._context.destroy(linger=0)
        descriptor, self._folder = getattr(self, "_folder", -1), -1
        if descriptor >= 0:
            os.close(descriptor)
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)

    def __enter__(self) -> Kernel:
        """Return the kernel."""
        return self

    def __exit__(self, *exc_info: object) -> None:
        """End it."""
        self.end()


def _text(part: bytes) -> Any:
    """Read a part of a message; texts that no file can hold are sent as bytes that are no text."""
    return json.loads(part.decode("utf-8", "replace"))


def _resident() -> int:
    """Return the bytes of memory that this process has, where Linux says so."""
    file = _memory()
    return 0 if file is None else int(os.pread(file, 100, 0).split()[1]) * _PAGE


@functools.cache
def _memory() -> int | None:
    """Open what Linux says about this process's memory: it is looked at often."""
    try:
        return os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None


_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 0


def _says_idle(message: dict[str, Any]) -> bool:
    return (
        message.get("msg_type") == "status" and message["content"].get("execution_state") == "idle"
    )


def _reply(message: dict[str, Any], interrupted: bool) -> Reply:
    content = message["content"]
    if interrupted:
        return Reply(status="timeout")
    said = content.get("user_expressions")
    if isinstance(said, dict) and isinstance(said.get(""), dict):
        content = said[""]  # how an expression ended; code that was run has none
    if content.get("status") == "ok":
        return Reply(status="ok")
    name, text = (clean_text(content.get(field, ""))[:500] for field in ("ename", "evalue"))
    return Reply(status="error", ename=name, evalue=text)

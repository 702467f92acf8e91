"""Do something in a copy of this process that ends with it, so that nothing here is changed by it."""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any, NoReturn

from .confine import Sink

__all__ = ["POSSIBLE", "in_a_copy", "told_by_a_copy"]

#: Whether a copy can be had.  macOS has `fork` too, but its libraries do not bear it.
POSSIBLE = sys.platform == "linux" and hasattr(os, "fork")

#: How a copy ends that ran out of memory, among the exit statuses that Python itself never has.
_NO_MEMORY = 77


def in_a_copy(work: Callable[[], None], room: int | None) -> str:
    """Do something in a copy of this process; say how it ended if not well.

    Parameters
    ----------
    work : callable
    room : int or None
        Bytes of memory that it may take beside what there is.

    Returns
    -------
    str
        Empty, ``"out of memory"`` or ``"crashed"``.
    """
    copy = _copied(work, room)
    try:
        _, status = os.waitpid(copy, 0)
    except (
        ChildProcessError
    ):  # the notebook wants to hear of no child's end; what is left will tell
        return ""
    except BaseException:  # somebody's patience has ended
        _end(copy)
        raise
    code = os.waitstatus_to_exitcode(status)
    return {0: "", _NO_MEMORY: "out of memory"}.get(code, "crashed")


def told_by_a_copy(work: Callable[[], bytes], room: int, seconds: float) -> bytes:
    """Return what a copy of this process found out in time; nothing where it did not.

    It can open no file and write to none.

    Parameters
    ----------
    work : callable
    room : int
        As for `in_a_copy`.
    seconds : float
        After that it is ended.
    """
    reads, writes = os.pipe()

    def tell() -> None:
        os.close(reads)
        _touch_no_file()
        told = work()
        while told:
            told = told[os.write(writes, told) :]

    end = time.monotonic() + seconds
    copy = _copied(tell, room)
    os.close(writes)
    told = b""
    try:
        while (left := end - time.monotonic()) > 0 and select.select([reads], [], [], left)[0]:
            part = os.read(reads, 65536)
            if not part:
                return told
            told += part
        return b""
    finally:
        os.close(reads)
        _end(copy)


def _copied(work: Callable[[], None], room: int | None) -> int:
    with warnings.catch_warnings():
        # Python warns of copies of processes with threads.  This one touches no lock of theirs.
        warnings.simplefilter("ignore", DeprecationWarning)
        copy = os.fork()
    if copy == 0:
        _do_and_end(work, room)
    return copy


def _end(copy: int) -> None:
    with contextlib.suppress(ProcessLookupError, ChildProcessError):
        os.kill(copy, signal.SIGKILL)
        os.waitpid(copy, 0)


def _do_and_end(work: Callable[[], None], room: int | None) -> NoReturn:
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        gc.freeze()  # what was made before stays shared, and is nobody's to tidy up here
        _say_nothing()
        if room is not None:
            _give_room(room)
        work()
        status = 0
    except MemoryError:
        status = _NO_MEMORY
    finally:
        os._exit(status)


def _say_nothing() -> None:
    """Send nothing on the ways by which a notebook's outputs go, which are the first process's."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    ways: tuple[Any, ...] = sys.stdout, sys.stderr, getattr(shell, "display_pub", None)
    for way in ways:
        if hasattr(way, "register_hook"):
            way.register_hook(lambda message: None)
    sys.stdout = sys.stderr = Sink()
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nothing, number)


def _give_room(room: int) -> None:
    """Let this process take no more memory than `room` beside what it has."""
    import resource

    with open("/proc/self/statm") as file:
        now = int(file.read().split()[0]) * resource.getpagesize()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = now + room if hard == resource.RLIM_INFINITY else min(now + room, hard)
    with contextlib.suppress(ValueError, OSError):  # less than it has: then nothing is left to take
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def _touch_no_file() -> None:
    """Let this process open no file, and write to none that is open."""
    import resource

    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

"""Keep one call within its time, and what it prints, warns and draws out of the way."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
import threading
import time
import types
import warnings
from collections.abc import Iterator

__all__ = ["Sink", "TimeUp", "quietly", "stopped_after", "waited"]


class TimeUp(BaseException):
    """Raised inside a call that takes too long; not an Exception, so that `except:` rarely eats it."""


@contextlib.contextmanager
def stopped_after(seconds: float) -> Iterator[None]:
    """Raise `TimeUp` in the block after `seconds`, where the platform has interval timers.

    On Windows, and in a thread that is not the main one, Python has nothing that stops a loop: there
    the block runs until it ends, or somebody interrupts the kernel.  A compiled function that never
    returns is not stopped anywhere.
    """
    if (
        not hasattr(signal, "setitimer")
        or threading.current_thread() is not threading.main_thread()
    ):
        yield
        return

    start, before_start = time.monotonic(), waited()

    def stop(signum: int, frame: types.FrameType | None) -> None:
        # Seconds in which other programs had the processor don't count.
        if time.monotonic() - start - (waited() - before_start) >= seconds:
            raise TimeUp

    before = signal.signal(signal.SIGALRM, stop)
    # Repeats, for a loop that swallows the first one with a bare `except:`.
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.2)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def waited(process: str = "/proc/self") -> float:
    """Return the seconds that a process has waited for a processor, where Linux counts them."""
    try:
        file = os.open(f"{process}/schedstat", os.O_RDONLY)  # a third of what `open` takes
        try:
            return int(os.read(file, 100).split()[1]) / 1e9
        finally:
            os.close(file)
    except (OSError, ValueError, IndexError):
        return 0.0


class Sink(io.TextIOBase):
    """Takes whatever is printed and keeps none of it."""

    def write(self, text: str) -> int:  # noqa: D102
        return len(text)

    def writable(self) -> bool:  # noqa: D102
        return True


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Keep prints and warnings out of the report, and close figures that the block opened."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    before = set(pyplot.get_fignums()) if pyplot else set()
    try:
        with (
            contextlib.redirect_stdout(Sink()),
            contextlib.redirect_stderr(Sink()),
            warnings.catch_warnings(),
        ):
            # Also where a notebook or a test run has turned warnings into errors: an overflow must
            # give the same answer everywhere.
            warnings.simplefilter("ignore")
            yield
    finally:
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is not None:
            for number in set(pyplot.get_fignums()) - before:
                pyplot.close(number)

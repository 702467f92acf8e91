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

from .steps import QUICK, steps_told

__all__ = ["Sink", "TimeUp", "quietly", "stopped_after", "waited"]


class TimeUp(BaseException):
    """Raised inside a call that takes too long; not an Exception, so that `except:` rarely eats it."""


def stopped_after(seconds: float) -> contextlib.AbstractContextManager[None]:
    """Raise `TimeUp` in the block after `seconds`.

    Where the platform has interval timers one of them does it.  Where it has none (Windows, a browser),
    and in a thread that is not the main one, the clock is read every few steps of the code that runs,
    from Python 3.12 on; before, the block runs until it ends, or somebody interrupts the kernel.  A
    compiled function that never returns is not stopped anywhere.
    """
    if hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():
        return _stopped_by_an_alarm(seconds)
    return _stopped_at_a_step(seconds) if QUICK else contextlib.nullcontext()


@contextlib.contextmanager
def _stopped_by_an_alarm(seconds: float) -> Iterator[None]:
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


#: Steps from one look at the clock to the next: it takes longer than a step, and 256 pass in no time.
_STRIDE = 256


@contextlib.contextmanager
def _stopped_at_a_step(seconds: float) -> Iterator[None]:
    end, left = time.monotonic() + seconds, _STRIDE

    def step() -> None:
        nonlocal left
        left -= 1
        if not left:
            left = _STRIDE
            if time.monotonic() >= end:
                raise TimeUp

    with steps_told(step):
        yield


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

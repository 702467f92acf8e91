"""Count the time that a kernel had."""

from __future__ import annotations

import contextlib
import time

from lifkit.judge.confine import waited

from ..box.sandbox import Box
from ..limits import PATIENCE

__all__ = ["Clock"]


class Clock:
    """Counts wall seconds, without those that a kernel waited for a processor that others had.

    Otherwise it would depend on the load whether a slow answer is in time.  Waiting for its own
    processes counts: what all of its box has worked is elapsed in any case, and so is a quarter of
    the time on the wall, whatever is said about the rest.
    """

    def __init__(self, box: Box | None, process: int | None) -> None:
        self._box, self._process = box, process
        self._start = self._now()

    def _now(self) -> tuple[float, float, float]:
        if self._box is None or self._process is None:
            return time.monotonic(), 0.0, 0.0
        worked = 0.0
        with contextlib.suppress(OSError):  # the box is gone; whoever asked finds out
            worked = self._box.work()
        # Of the thread that runs cells.
        return time.monotonic(), waited(self._process), worked

    def elapsed(self) -> float:
        """Return the seconds since this clock was made."""
        wall, starved, worked = (
            now - then for now, then in zip(self._now(), self._start, strict=True)
        )
        return max(wall - max(starved, 0.0), min(wall, worked), wall / PATIENCE)

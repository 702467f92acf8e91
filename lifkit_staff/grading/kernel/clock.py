"""Count the time that a box had."""

from __future__ import annotations

import time

from ..box.sandbox import Box
from ..limits import PATIENCE

__all__ = ["Clock", "Deadline"]


#: Seconds between two looks, which are a good part of what a cell costs the grader: one that is over
#: sooner, as most are, counts as it is on the wall.
EVERY = 0.05


class Clock:
    """Counts the seconds in which a box could have run: the one notion of time in grading.

    These are seconds on the wall without those in which its processes waited for a processor that
    others had.  Otherwise it would depend on the load whether a slow answer is in time.  Waiting for
    anything else counts: what all of the box has worked is elapsed in any case, and so is a part of the
    time on the wall (see `PATIENCE`), whatever is said about the rest.
    """

    def __init__(self, box: Box | None) -> None:
        self._box = box
        self._start = time.monotonic()
        self._looked = self._worked = 0.0
        self._waited: dict[str, float] = {}
        self.look()
        self._before, self._begun = sum(self._waited.values()), self._worked

    def look(self) -> None:
        """Look at the processes that are there now; those that end in between take their time along."""
        now = time.monotonic()
        if self._box is not None and now - self._looked >= EVERY:
            self._looked = now
            self._worked = max(self._box.work(), self._worked)
            self._waited |= self._box.waited()

    def elapsed(self) -> float:
        """Return the seconds since this clock was made."""
        self.look()
        wall = time.monotonic() - self._start
        starved = max(sum(self._waited.values()) - self._before, 0.0)
        return max(wall - starved, min(wall, self._worked - self._begun), wall / PATIENCE)


class Deadline:
    """A time on a box's clock, looked up no more often than it may have come."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._at = clock.elapsed() + seconds
        self._look = time.monotonic() + seconds

    def passed(self) -> bool:
        """Whether it has come."""
        now = time.monotonic()
        if now <= self._look:
            return False
        left = self._at - self._clock.elapsed()
        self._look = now + left
        return left <= 0

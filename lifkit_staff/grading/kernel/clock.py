"""Count the time that a box had."""

from __future__ import annotations

import time

from ..box.sandbox import Box
from ..limits import PATIENCE

__all__ = ["Clock"]


class Clock:
    """Counts the seconds in which a box could have run: the one notion of time in grading.

    These are seconds on the wall without those in which its processes waited for a processor that
    others had.  Otherwise it would depend on the load whether a slow answer is in time.  Waiting for
    anything else counts: what all of the box has worked is elapsed in any case, and so is a tenth of
    the time on the wall, whatever is said about the rest.
    """

    def __init__(self, box: Box | None) -> None:
        self._box = box
        self._start = time.monotonic()
        self._waited: dict[str, float] = {}
        self._worked = self._begun = 0.0
        self.look()
        self._before, self._begun = sum(self._waited.values()), self._worked

    def look(self) -> None:
        """Look at the processes that are there now; those that end in between take their time along."""
        if self._box is not None:
            worked, waited = self._box.work_and_waiting()
            self._worked = max(worked, self._worked)
            self._waited |= waited

    def elapsed(self) -> float:
        """Return the seconds since this clock was made."""
        self.look()
        wall = time.monotonic() - self._start
        starved = max(sum(self._waited.values()) - self._before, 0.0)
        return max(wall - starved, min(wall, self._worked - self._begun), wall / PATIENCE)

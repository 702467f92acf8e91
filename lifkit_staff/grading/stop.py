"""Stop between two submissions, when Ctrl-C is pressed."""

from __future__ import annotations

import signal
import threading
from typing import Any

__all__ = ["Stop"]


class Stop:
    """Turns Ctrl-C into an end between two submissions; a second one ends at once."""

    def __init__(self) -> None:
        self._asked = False

    def here(self) -> None:
        """Raise KeyboardInterrupt, if Ctrl-C was pressed: nothing is half-written here."""
        if self._asked:
            raise KeyboardInterrupt

    def _ask(self, number: int, frame: Any) -> None:
        if self._asked:
            raise KeyboardInterrupt
        self._asked = True

    def __enter__(self) -> Stop:
        self._before = None
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._ask)
        return self

    def __exit__(self, *exc_info: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

"""Show how far a long loop has come: `watch` hands it the same rows, which tell.

A network runs for seconds in a student's own loop, which can't be asked how it is doing.  But it asks for
a row of its input in each step.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .session import shell

__all__ = ["watch"]

#: Seconds between two looks: often enough to see it move, and a thousandth of the run's time at most.
EVERY = 0.3


class _Watched(np.ndarray):
    """An array that tells whenever one of its rows is asked for."""

    tell: Callable[[int], None] | None = None

    def __getitem__(self, key: Any) -> Any:
        if self.tell is not None and isinstance(key, int | np.integer):
            self.tell(int(key) % len(self))
        return self.view(np.ndarray)[key]

    def __iter__(self) -> Iterator[Any]:
        return (self[k] for k in range(len(self)))


def watch(rows: np.ndarray, name: str = "") -> np.ndarray:
    """Return the same array; a loop over its rows shows how far it has come, and how long it took.

    Stop a run as any cell, by the square or by I, I: the loop ends where it is.

    Parameters
    ----------
    rows : (N_t, ...) array
        What a loop asks for row by row, such as the spike counts of a network's input.
    name : str
        What is run, for the line that is shown.

    Returns
    -------
    array
        The same numbers, in the same memory.  Outside a notebook nothing is shown.
    """
    rows = np.asarray(rows)
    if shell() is None or not len(rows):
        return rows
    watched = rows.view(_Watched)
    watched.tell = _meter(len(rows), f"{name}: " if name else "")
    return watched


def _meter(N_t: int, name: str) -> Callable[[int], None]:
    """Return a function that is told of each step and shows a line now and then."""
    from IPython.display import HTML, display

    handle: Any = None
    begun = shown = 0.0

    def tell(k: int) -> None:
        nonlocal handle, begun, shown
        now = time.perf_counter()
        if handle is None:
            begun = now
        elif now - shown < EVERY and k < N_t - 1:
            return
        shown = now
        part = (k + 1) / N_t
        said = f"{name}{k + 1} of {N_t} steps, {now - begun:.1f} s"
        bar = f'<progress value="{part:.3f}" aria-hidden="true"></progress> ' * (part < 1)
        page = HTML(f'<div role="status">{bar}{said}</div>')
        if handle is None:
            handle = display(page, display_id=True)
        else:
            handle.update(page)

    return tell

"""Say where an answer is right and where it begins to be wrong, in the words of an output's axes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .compare import _close
from .model import Case, Output

__all__ = ["axis_of", "begins", "listed", "right_and_wrong", "several"]

#: More indices than this are counted and not listed.
_LISTED = 5


def begins(output: Output, case: Case, got: np.ndarray, right: np.ndarray) -> list[str]:
    """Say where an answer is right and where it is not, when nothing else can be said of it."""
    if got.shape != right.shape or not got.size:
        return []
    wrong = ~_close(output, got, right)
    if not wrong.any():
        return []
    off = np.abs(got - right)[wrong]
    unit = f" {output.unit}" if output.unit else ""
    size = f", off by up to {off.max():.3g}{unit}" if np.isfinite(off).all() else ""
    if got.ndim not in (1, 2):
        return [f"{output.name} is wrong{size}"]
    if got.ndim == 2:
        columns = np.any(wrong, axis=0)
        if not columns.all():
            return [f"{output.name} is {right_and_wrong(output, 1, columns)}{size}"]
        wrong = np.any(wrong, axis=1)
    dt = case.dt if axis_of(output, 0) == "step" else None
    return [f"{output.name} is {right_and_wrong(output, 0, wrong, dt)}{size}"]


def right_and_wrong(output: Output, axis: int, wrong: np.ndarray, dt: float | None = None) -> str:
    """Say along one axis what is right and what is wrong."""
    places, name = np.flatnonzero(wrong), axis_of(output, axis)
    first = int(places[0])
    time = f" (t = {first * dt:.6g} ms)" if dt is not None else ""
    if wrong.all():
        return f"wrong from {name} 0 on" if name == "step" else f"wrong for every {name}"
    if (~wrong).sum() == 1 and name != "step":
        return f"right for {name} {int(np.argmin(wrong))}, and wrong for all others"
    if wrong[first:].all():
        return f"right up to {name} {first - 1}, and wrong from {name} {first}{time} on"
    if len(wrong) <= 2 * _LISTED:
        right = listed(output, axis, np.flatnonzero(~wrong))
        return f"right for {right}, and wrong for {listed(output, axis, places)}"
    count = f"{len(places)} of {len(wrong)} {several(output, axis)}"
    return f"wrong for {count}, first for {name} {first}{time}"


def axis_of(output: Output, axis: int) -> str:
    """Return what an axis counts."""
    return output.axes[axis] if axis < len(output.axes) else ("entry", "column")[axis]


def several(output: Output, axis: int) -> str:
    """Return what an axis counts, in the plural."""
    name = axis_of(output, axis)
    return "entries" if name == "entry" else f"{name}s"


def listed(output: Output, axis: int, places: Sequence[int] | np.ndarray) -> str:
    """List some places along an axis: "neurons 0, 1 and 3"."""
    if len(places) == 1:
        return f"{axis_of(output, axis)} {int(places[0])}"
    shown = [str(int(i)) for i in places[:_LISTED]]
    rest = len(places) - len(shown)
    tail = f"{rest} more" if rest else shown.pop()
    return f"{several(output, axis)} {', '.join(shown)} and {tail}"

"""What the exercises of the open labs are worth, as far as a notebook said so."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["keep_points", "points_of"]

_POINTS: dict[str, dict[str, float]] = {}


def keep_points(lab: str, text: str, names: Sequence[str]) -> None:
    """Keep what stands behind the colon of a notebook's edition.

    Parameters
    ----------
    lab : str
    text : str
        The points, joined by commas; nothing is kept of a text that does not fit.
    names : sequence of str
        The lab's exercises, in the order of its notebook.
    """
    _POINTS.pop(lab, None)
    try:
        points = [float(item) for item in text.split(",")]
    except ValueError:
        return
    if len(points) == len(names):
        _POINTS[lab] = dict(zip(names, points, strict=True))


def points_of(lab: str) -> dict[str, float]:
    """Return what the exercises of a lab are worth: empty where its notebook was not opened here."""
    return dict(_POINTS.get(lab, {}))

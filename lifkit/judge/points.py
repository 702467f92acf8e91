"""What a notebook says when it opens a lab: its edition, and what the exercises are worth."""

from __future__ import annotations

from collections.abc import Sequence

from .handouts import mixed_up
from .keys import key_editions

__all__ = ["edition_note", "keep_points", "opened_lab", "points_in", "points_of"]

#: The labs that were opened here, the last one at the end, with their points as far as they are known.
_POINTS: dict[str, dict[str, float]] = {}


def keep_points(lab: str, text: str, names: Sequence[str]) -> None:
    """Keep that a lab was opened, and what stands behind the colon of its notebook's edition.

    Parameters
    ----------
    lab, text, names
        As for `points_in`; an empty text where nothing is known.
    """
    _POINTS.pop(lab, None)
    _POINTS[lab] = points_in(text, names)


def points_in(text: str, names: Sequence[str]) -> dict[str, float]:
    """Read a lab's points.

    Parameters
    ----------
    text : str
        The points, joined by commas.
    names : sequence of str
        The lab's exercises, in the order of its notebook.

    Returns
    -------
    dict of str to float
        Exercise to points; empty of a text that does not fit.
    """
    try:
        points = [float(item) for item in text.split(",")]
    except ValueError:
        return {}
    return dict(zip(names, points, strict=True)) if len(points) == len(names) else {}


def points_of(lab: str) -> dict[str, float]:
    """Return what the exercises of a lab are worth: empty where its notebook was not opened here."""
    return dict(_POINTS.get(lab, {}))


def opened_lab() -> str:
    """Return the lab that was opened last in this kernel; empty if none was."""
    return next(reversed(_POINTS), "")


def edition_note(lab: str, edition: str) -> str:
    """Say whether a notebook and this lifkit do not belong together.

    Parameters
    ----------
    lab : str
    edition : str
        The edition that the notebook was built for, and behind a colon the points.

    Returns
    -------
    str
        Empty if they do.
    """
    mine, theirs = key_editions(lab), edition.partition(":")[0]
    if not mine:
        return (
            f"This lifkit does not know {lab}. Your notebook is newer than the lifkit beside it: update "
            "lifkit with the files that came with the notebook. What you have written is safe."
        )
    if theirs and mine != {theirs}:
        return mixed_up(theirs, mine) or (
            f"This notebook and this lifkit do not belong together: the notebook is edition {theirs} "
            f"of {lab}, lifkit has edition {'/'.join(sorted(mine))}. Checks may judge by other rules than "
            "the text. Take both from the same download. What you have written is safe: copy your cells "
            "into the new notebook."
        )
    return ""

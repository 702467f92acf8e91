"""Which handout a notebook and this lifkit are of: the graded edition's, or the self-study one."""

from __future__ import annotations

from collections.abc import Iterable

from .keys import outlines

__all__ = ["STUDY", "is_self_study", "mixed_up"]

#: How the editions of the self-study handout end.
STUDY = "-study"


def is_self_study() -> bool:
    """Return whether this lifkit is the self-study handout's."""
    return any(one.edition.endswith(STUDY) for one in outlines())


def mixed_up(theirs: str, mine: Iterable[str]) -> str:
    """Say whether a notebook is of one handout and lifkit of the other.

    Parameters
    ----------
    theirs : str
        The notebook's edition.
    mine : iterable of str
        The editions of lifkit's keys for its lab.

    Returns
    -------
    str
        A sentence or two; empty where both are of one handout.
    """
    is_study, have_study = theirs.endswith(STUDY), any(one.endswith(STUDY) for one in mine)
    if is_study == have_study:
        return ""
    if is_study:
        said = (
            "This notebook is of the self-study handout, and the lifkit beside it of the graded edition, "
            "which holds no solutions: lifkit.reveal and lifkit.answer show nothing."
        )
    else:
        said = (
            "This notebook is of the graded edition, and the lifkit beside it of the self-study handout, "
            "which holds solutions."
        )
    return f"{said} Take both from the same download. What you have written is safe."

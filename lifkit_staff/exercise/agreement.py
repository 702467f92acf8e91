"""Hold the right solutions of an exercise against each other, so that a slip in one is seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from lifkit.judge import Case
from lifkit.judge.calling import Answer, answer
from lifkit.judge.compare import by_name, compare

from .reference import ReferenceLike
from .written import Written

__all__ = ["check_styles"]


def check_styles(reference: ReferenceLike, cases: Sequence[Case]) -> None:
    """Run all right solutions of an exercise on some cases.

    Parameters
    ----------
    reference : Reference
        One made by hand has a single solution, so nothing is done.
    cases : sequence of Case

    Raises
    ------
    ValueError
        If the solved cell and a second style or the oracle give different answers; the message names
        the exercise, the case and the two.
    """
    if not isinstance(reference, Written):
        return
    decides = "its oracle" if reference.oracle else "the solved cell"
    others = list(_others(reference))
    for case in cases if others else ():
        right = answer(reference.exercise, reference.solve, case)
        _fine(reference, case, decides, right)
        named = by_name(reference.exercise, case, right.value)
        for label, function in others:
            given = answer(reference.exercise, function, case)
            _fine(reference, case, label, given)
            for gap in compare(reference.exercise, case, named, given).values():
                if gap is not None:
                    raise ValueError(
                        f"{reference.name}, case {case.name!r}: {label} and {decides} give different "
                        f"answers ({gap.output}: {gap.message}). One of them is wrong."
                    )


def _others(written: Written) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Return the right solutions that do not decide, with what they are called."""
    if written.oracle:
        yield "the solved cell", written.solved
    for style in written.styles:
        yield f"the second style {style.__name__}", style


def _fine(written: Written, case: Case, label: str, given: Answer) -> None:
    if given.status != "ok" or given.changed:
        said = given.problem or (f"it changes {', '.join(given.changed)}" if given.changed else "")
        raise ValueError(
            f"{written.name}, case {case.name!r}: {label} fails ({said or given.status})."
        )

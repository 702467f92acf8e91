"""What `solutions/reference` has to provide for each exercise, and how a key is made of it.

Only the build, the grader and the tests hold such references; a student's copy has the keys.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from lifkit.judge import Case, Exercise, Key, Mistake
from lifkit.judge.calling import answer
from lifkit.judge.compare import by_name, gaps
from lifkit.judge.diagnose import RAISED, alike, raised

__all__ = ["Reference", "ReferenceLike", "fingerprint", "make_key"]


class ReferenceLike(Protocol):
    """What the build and the grader ask of an exercise, however it is written down."""

    @property
    def exercise(self) -> Exercise:
        """Say what a student writes."""

    @property
    def solve(self) -> Callable[..., Any]:
        """Return the reference solution."""

    @property
    def mistakes(self) -> Mapping[str, tuple[Mistake, Callable[..., Any]]]:
        """Return the usual mistakes as wrong solvers."""

    def public(self) -> Sequence[Case]:
        """Return the public cases."""

    def draw(self, rng: np.random.Generator, /) -> Sequence[Case]:
        """Return secret cases."""


@dataclass(frozen=True, kw_only=True)
class Reference:
    """An exercise with its solution, its usual mistakes and its cases.

    Attributes
    ----------
    exercise : Exercise
    solve : callable
        The reference solution: the function, or the class.
    mistakes : mapping of Mistake name to (Mistake, callable)
        The usual mistakes as wrong solvers.
    public : callable
        Returns the public cases.
    draw : callable
        Takes a `numpy.random.Generator` and returns secret cases that cover the same properties.
    certify : callable
        Takes a case and raises ValueError where correct solvers could disagree on it.
    """

    exercise: Exercise
    solve: Callable[..., Any]
    mistakes: Mapping[str, tuple[Mistake, Callable[..., Any]]]
    public: Callable[[], Sequence[Case]]
    draw: Callable[[np.random.Generator], Sequence[Case]]
    certify: Callable[[Case], None] = field(default=lambda case: None)


def make_key(
    reference: ReferenceLike,
    cases: Sequence[Case],
    edition: str = "",
    *,
    with_mistakes: bool = True,
) -> Key:
    """Run the solution and the mistakes on `cases` and keep what comes out.

    Parameters
    ----------
    reference : Reference
    cases : sequence of Case
        Public ones for a key on disk, secret ones for the grader.
    edition : str
        Passed on to the key.
    with_mistakes : bool
        Whether the usual mistakes are run; without them the key knows none.

    Returns
    -------
    Key

    Raises
    ------
    ValueError
        If a case can't be certified, the solution fails on it or changes its inputs, or a mistake
        gives the right answer everywhere.
    """
    exercise = reference.exercise
    expected = []
    for case in cases:
        if isinstance(reference, Reference):  # a written exercise certifies what it draws
            reference.certify(case)
        given = answer(exercise, reference.solve, case)
        if given.status != "ok" or given.changed:
            raise ValueError(
                f"The reference of {exercise.name} fails on case {case.name!r}: {given.problem or given}"
            )
        named = by_name(exercise, case, given.value)
        expected.append({name: named[name] for name in exercise.reads(case)})
    mistakes: list[Mistake] = []
    fingerprints: dict[str, tuple[Any, ...]] = {}
    for mistake, wrong in reference.mistakes.values() if with_mistakes else ():
        rows = tuple(fingerprint(exercise, wrong, case) for case in cases)
        right = all(
            row is None or _agrees(exercise, case, known, row)
            for case, known, row in zip(cases, expected, rows, strict=True)
        )
        if right and not mistake.form:
            raise ValueError(
                f"{exercise.name}: no case shows the mistake {mistake.name!r}: add a case that shows "
                "it, or drop it."
            )
        earlier = [fingerprints[one.id] for one in mistakes if one.name == mistake.name]
        if right or any(alike(exercise, rows, other) for other in earlier):
            continue  # a form that makes no difference here
        mistakes.append(mistake)
        fingerprints[mistake.id] = rows
    return Key(
        exercise=exercise,
        cases=tuple(cases),
        expected=tuple(expected),
        mistakes=tuple(mistakes),
        fingerprints=fingerprints,
        edition=edition,
    )


def fingerprint(exercise: Exercise, wrong: Callable[..., Any], case: Case) -> Any:
    """Return what a wrong solver gives on a case, as keys hold it; None where they hold nothing."""
    if not case.fingerprint:
        return None
    given = answer(exercise, wrong, case)
    if given.status != "ok":
        return raised(given)
    named = by_name(exercise, case, given.value)
    return {
        name: value
        for name, value in named.items()
        if name in exercise.reads(case) or name == "return"
    }


def _agrees(
    exercise: Exercise, case: Case, right: Mapping[str, Any], row: Mapping[str, Any]
) -> bool:
    return RAISED not in row and not any(gaps(exercise, case, right, row).values())

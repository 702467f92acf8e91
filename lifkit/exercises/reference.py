"""What `solutions/reference` has to provide for each exercise, and how a key is made of it.

Only the build, the grader and the tests hold such references; a student's copy has the keys.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from .calling import answer
from .compare import by_name, gaps
from .diagnose import RAISED, alike, raised
from .model import Case, Exercise, Key, Mistake

__all__ = ["Reference", "load_references", "make_key"]


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
    reference: Reference, cases: Sequence[Case], edition: str = "", *, with_mistakes: bool = True
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
        reference.certify(case)
        given = answer(exercise, reference.solve, case)
        if given.status != "ok" or given.changed:
            raise ValueError(
                f"The reference of {exercise.name} fails on case {case.name!r}: {given.problem or given}"
            )
        named = by_name(exercise, case, given.value)
        expected.append({name: named[name] for name in exercise.reads(case)})
    mistakes, fingerprints = [], {}
    for mistake, wrong in reference.mistakes.values() if with_mistakes else ():
        rows = tuple(_fingerprint(exercise, wrong, case) for case in cases)
        right = all(
            row is None or _agrees(exercise, case, known, row)
            for case, known, row in zip(cases, expected, rows, strict=True)
        )
        if right and not mistake.form:
            raise ValueError(f"{exercise.name}: no case shows the mistake {mistake.name!r}.")
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


def _fingerprint(exercise: Exercise, wrong: Callable[..., Any], case: Case) -> Any:
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


def load_references(root: Path) -> dict[str, Reference]:
    """Import `solutions/reference` from the course at `root`.

    Parameters
    ----------
    root : Path
        The course root: the folder that holds ``nbgrader_config.py`` and ``solutions``.

    Returns
    -------
    dict of str to Reference
        By the exercise's name, in the order of the labs.

    Raises
    ------
    FileNotFoundError
        If there is no ``solutions/reference`` there.
    """
    root = Path(root).resolve()
    if not (root / "solutions" / "reference" / "__init__.py").is_file():
        raise FileNotFoundError(
            f"{root} is not a course root: it has no solutions/reference. Change to the folder that "
            "holds nbgrader_config.py, or name it with --root."
        )
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    module = importlib.import_module("solutions.reference")
    found = Path(str(module.__file__)).resolve().parents[2]
    if found != root:
        raise ValueError(f"solutions.reference was already loaded from {found}, not from {root}.")
    return {reference.exercise.name: reference for reference in module.REFERENCES}

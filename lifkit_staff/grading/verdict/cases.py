"""Secret cases: the grading seed, what one submission is asked, and what is right."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import os
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lifkit.judge import Case, Key, KeyNotFound, load_key
from lifkit.judge.compare import gaps
from lifkit.judge.values import same

from ...exercise import ReferenceLike, Written, make_key
from ..kernel.execute import Question

__all__ = ["Secret", "draw", "grading_seed", "seed_of"]


def grading_seed(root: Path) -> int:
    """Return the course's grading seed; made when there is none, readable by its owner only."""
    path = root / "grading_seed"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(descriptor, "w") as file:
            file.write(f"{secrets.randbits(62)}\n")
    try:
        return int(path.read_text())
    except ValueError:
        raise ValueError(
            f"{path} should hold one whole number, the seed of the secret cases. Take it back from a "
            "copy, or delete it: then a new one is made, and the class has to be graded anew."
        ) from None


#: Tries to draw cases on which all right solutions agree; a try fails for about 1 in 1000 seeds.
_TRIES = 20


@dataclasses.dataclass(frozen=True, kw_only=True)
class Secret:
    """What one submission is asked about one exercise, and what is right."""

    key: Key
    #: What was decided about each answer, by its number (`id`), since it is asked for several times.
    decided: dict[int, Any] = dataclasses.field(default_factory=dict, repr=False, compare=False)

    @property
    def question(self) -> Question:
        """Return the part that the submission may see."""
        return Question(exercise=self.key.exercise, cases=self.key.cases)


def seed_of(seed: int, student: str, lab: str, exercise: str) -> int:
    """Return the seed of one submission's cases; the same from every entry point."""
    text = "\n".join([str(seed), student, lab, exercise])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "big")


def draw(reference: ReferenceLike, seed: int, student: str) -> Secret:
    """Draw the secret cases of one student and join them with the fixed edge and tie cases.

    The usual mistakes are recognised by the fixed cases, as in the self-check, so their outputs are
    computed once and not for every student; the secret ones decide whether an answer is right.

    Parameters
    ----------
    reference : Reference
    seed : int
        The grading seed.
    student : str

    Returns
    -------
    Secret
    """
    exercise, fixed = reference.exercise, _fixed(reference)
    numbers = seed_of(seed, student, exercise.lab, exercise.name)
    cases: Sequence[Case] = ()
    expected: tuple[Any, ...] = ()
    for turn in range(_TRIES):
        cases = reference.draw(np.random.default_rng([numbers, turn]))
        try:
            expected = _expected(reference, cases)
            break
        except ValueError:
            if turn == _TRIES - 1:
                raise
    secret = tuple(dataclasses.replace(case, fingerprint=False) for case in cases)
    nothing = (None,) * len(secret)
    return Secret(
        key=dataclasses.replace(
            fixed,
            cases=secret + fixed.cases,
            expected=expected + fixed.expected,
            fingerprints={name: nothing + rows for name, rows in fixed.fingerprints.items()},
        )
    )


def _expected(reference: ReferenceLike, cases: Sequence[Case]) -> tuple[Any, ...]:
    """Return what is right; of a case that is public, too, it is known and not computed anew."""
    public = _public(reference)
    known = [
        next(
            (
                expected
                for other, expected in zip(public.cases, public.expected, strict=True)
                if _same_case(case, other)
            ),
            None,
        )
        for case in cases
    ]
    new = [case for case, expected in zip(cases, known, strict=True) if expected is None]
    found = iter(make_key(reference, new, with_mistakes=False).expected)
    return tuple(next(found) if expected is None else expected for expected in known)


def _once(
    function: Callable[[ReferenceLike], Key],
) -> Callable[[ReferenceLike], Key]:
    """Have a function of a reference, which has no hash, remember what it gave."""
    known: dict[int, tuple[ReferenceLike, Key]] = {}

    @functools.wraps(function)
    def remembered(reference: ReferenceLike) -> Key:
        if id(reference) not in known:
            known[id(reference)] = reference, function(reference)
        return known[id(reference)][1]

    return remembered


@_once
def _public(reference: ReferenceLike) -> Key:
    """Return the key of all public cases, without mistakes."""
    return make_key(reference, reference.public(), with_mistakes=False)


@_once
def _fixed(reference: ReferenceLike) -> Key:
    """Return the key of the fixed cases; long ones, which only repeat the small ones, are left out."""
    public = _public(reference)
    rows = [row for row, case in enumerate(public.cases) if case.fingerprint]
    right = dataclasses.replace(
        public,
        cases=tuple(public.cases[row] for row in rows),
        expected=tuple(public.expected[row] for row in rows),
    )
    return _stored(reference, right) or make_key(reference, right.cases)


def _stored(reference: ReferenceLike, right: Key) -> Key | None:
    """Take the outputs of the usual mistakes from the built key, which saves running 1200 solvers.

    Only where that key was built from these very cases and mistakes and from a solution that gives
    the same answers; it decides which mistake is named and never whether an answer is right.
    """
    try:
        stored = load_key(right.exercise.name)
    except (KeyNotFound, ValueError):
        return None
    if stored.exercise != right.exercise or not _of_these_mistakes(reference, stored):
        return None
    rows = {case.name: row for row, case in enumerate(stored.cases)}
    for case, expected in zip(right.cases, right.expected, strict=True):
        row = rows.get(case.name)
        if row is None or not _same_case(stored.cases[row], case):
            return None
        if any(gaps(right.exercise, case, stored.expected[row], expected).values()):
            return None
    return dataclasses.replace(
        right,
        mistakes=stored.mistakes,
        fingerprints={
            name: tuple(column[rows[case.name]] for case in right.cases)
            for name, column in stored.fingerprints.items()
        },
        pairs=stored.pairs,
        pair_cases=stored.pair_cases,
    )


def _of_these_mistakes(reference: ReferenceLike, key: Key) -> bool:
    """Whether a key names the reference's mistakes in its words, whatever forms the build left out."""
    in_key = {one.name: dataclasses.replace(one, form=0) for one in key.mistakes}
    if isinstance(reference, Written) and in_key == reference.named:
        return True
    # A course that reworded a cell lacks some mistakes; making them all says which.
    return in_key == {one.name: one for one, _ in reference.mistakes.values() if not one.form}


def _same_case(one: Case, other: Case) -> bool:
    said, inputs = zip(*map(_parts, (one, other)), strict=True)
    return said[0] == said[1] and same(*inputs)


def _parts(case: Case) -> tuple[Any, list[Any]]:
    methods = [call.method for call in case.calls]
    inputs = [dict(case.attributes), *(dict(call.inputs) for call in case.calls)]
    return (case.group, case.reads, methods), inputs

"""Name the likely mistake: which known wrong solver gives just these numbers?

Each usual mistake has left a fingerprint in the key: its own outputs on the small cases.  An answer
that fails is laid over them.  When one fits everywhere, it is named; when two can't be told apart,
both are; when none does, the numbers themselves are described (see `symptoms`).
"""

from __future__ import annotations

import dataclasses
import difflib
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .calling import Answer
from .compare import _Mismatch, as_array, as_ragged, by_name, returned
from .model import Exercise, Key, Mistake, Output, Property

__all__ = ["diagnose", "diagnose_part", "stops"]

#: Two wrong answers are the same mistake when they agree to these.  Far above rounding (NUMERICS:
#: correct solvers differ by less than 1e-10 mV, and wrong ones may amplify that), far below the
#: difference that any usual mistake makes on the cases.
_RTOL, _ATOL = 1e-6, 1e-7

#: Name under which a fingerprint keeps the exception that came instead of outputs; no output's name.
RAISED = "$raised"

#: More candidates than this for one line help nobody.
_MOST = 3


def diagnose(key: Key, answers: Sequence[Answer]) -> tuple[Mistake, ...]:
    """Find the usual mistakes that give these answers on every case.

    Parameters
    ----------
    key : Key
        Holds the fingerprints.
    answers : sequence of Answer
        One a case.

    Returns
    -------
    tuple of Mistake
        More than one when the cases can't tell them apart; empty when nothing fits.
    """
    kept, named = _kept(key, answers)
    rows = key.fingerprints

    def identical(mistake: Mistake, zero: float = _ATOL) -> bool:
        return all(_identical(rows[mistake.id][i], named[i], zero) for i in kept)

    found = tuple(
        m
        for m in key.mistakes
        if _fits(key, m, named, kept, ())
        # Nothing but zeros, say, has many causes; then next to nothing is not the same.
        and (is_telling(rows[m.id], kept, ()) or identical(m, zero=0.0))
    )
    if len(found) < 2:
        return _each_once(found)
    # An answer of the wrong form is known by the complaint, which several mistakes may share: then
    # the numbers in it decide, as far as they can.
    closest = tuple(filter(identical, found))
    if closest or all(RAISED in named[index] for index in kept):
        return _each_once(closest or found)
    # Numbers that none of them gives: to name all would be to name some wrongly.
    alone = _each_once(found)
    return alone if len(alone) == 1 else ()


def diagnose_part(
    key: Key, answers: Sequence[Answer], failing: Sequence[Property]
) -> tuple[Mistake, ...]:
    """Find the usual mistakes that explain the first property that does not hold.

    An answer may combine two mistakes; then none fits every case, but one may still fit all that a
    property looks at.  It must not spoil a property that holds.  Or it was made in one place and not in
    another, a method or a branch; then it fits every case that is wrong.  In a function that must be half
    of the cases that the mistake spoils: in fewer, quite different answers are wrong alike.

    Parameters
    ----------
    key : Key
    answers : sequence of Answer
    failing : sequence of Property
        The properties that do not hold, in the order of the report.

    Returns
    -------
    tuple of Mistake
    """
    kept, named = _kept(key, answers)
    holding = [line for line in key.exercise.properties if line not in failing]
    # Only the first: a later one, say about ties, may be failed by quite different answers alike.
    for line in failing[:1]:
        scope = _scope(key, kept, line)
        found = [
            m
            for m in key.mistakes
            if _fits(key, m, named, scope, line.outputs)
            and not _is_right(key, m, scope, line.outputs)
            and is_telling(key.fingerprints[m.id], scope, line.outputs)
            and all(_is_right(key, m, _scope(key, kept, one), one.outputs) for one in holding)
        ]
        if 0 < len(_each_once(found)) <= _MOST:
            return _each_once(found)
    wrong = [i for i in kept if not _same(key.exercise, key.expected[i], named[i], ())]
    found = [
        m
        for m in key.mistakes
        if _fits(key, m, named, wrong, ())
        and is_telling(key.fingerprints[m.id], wrong, ())
        and (key.exercise.is_class or 2 * len(wrong) >= len(_harmed(key, m, kept)))
    ]
    named_once = _each_once(found)
    return named_once if len(named_once) <= _MOST else ()


def stops(key: Key, answers: Sequence[Answer], found: Sequence[Mistake]) -> bool:
    """Whether one of the mistakes stops with an exception where the answers do first."""
    pairs = zip(key.cases, answers, strict=True)
    stopped = [i for i, (case, given) in enumerate(pairs) if given.problem and case.fingerprint]
    rows = [key.fingerprints[mistake.id][i] for mistake in found for i in stopped[:1]]
    return not stopped or any(RAISED in row for row in rows)


def _each_once(found: Sequence[Mistake]) -> tuple[Mistake, ...]:
    """Return the mistakes without their forms, each once."""
    return tuple(dict.fromkeys(dataclasses.replace(mistake, form=0) for mistake in found))


def _scope(key: Key, kept: Sequence[int], line: Property) -> list[int]:
    """Return the cases with fingerprints that a property looks at."""
    return [i for i in kept if not line.groups or key.cases[i].group in line.groups]


def _kept(key: Key, answers: Sequence[Answer]) -> tuple[list[int], dict[int, Mapping[str, Any]]]:
    """Return the cases that have fingerprints, and the answers there in the same form."""
    kept = [index for index, case in enumerate(key.cases) if case.fingerprint]
    return kept, {index: as_fingerprint(key, index, answers[index]) for index in kept}


def raised(given: Answer) -> dict[str, list[str]]:
    """Return the fingerprint of an answer that never came: the exception's kind and message."""
    problem = given.problem
    return {RAISED: [problem.kind, problem.message] if problem else [given.status, ""]}


def as_fingerprint(key: Key, index: int, given: Answer) -> Mapping[str, Any]:
    """Return an answer in the form of a fingerprint."""
    if given.status == "ok":
        return by_name(key.exercise, key.cases[index], given.value)
    return raised(given)


def _fits(
    key: Key,
    mistake: Mistake,
    named: Mapping[int, Mapping[str, Any]],
    scope: Sequence[int],
    outputs: Sequence[str],
) -> bool:
    rows = key.fingerprints[mistake.id]
    return bool(scope) and all(
        _same(key.exercise, rows[index], named[index], outputs) for index in scope
    )


def _harmed(key: Key, mistake: Mistake, kept: Sequence[int]) -> list[int]:
    """Return the cases in which a mistake gives a wrong answer."""
    return [index for index in kept if not _is_right(key, mistake, [index], ())]


def _is_right(key: Key, mistake: Mistake, scope: Sequence[int], outputs: Sequence[str]) -> bool:
    """Whether the mistake does no harm there, so that it can't explain a failure."""
    rows = key.fingerprints[mistake.id]
    return all(_same(key.exercise, rows[i], key.expected[i], outputs) for i in scope)


def is_telling(rows: Sequence[Any], scope: Sequence[int], outputs: Sequence[str]) -> bool:
    """Whether a fingerprint is more than many wrong answers are alike in.

    Those are zeros, NaN, one number all over, and rows that are all like the first.
    """
    return any(
        RAISED in rows[index]
        or any(
            name not in rows[index] or _tells(rows[index][name]) for name in outputs or rows[index]
        )
        for index in scope
    )


def _tells(value: Any) -> bool:
    """Whether one output is more than zeros, NaN, or the same all along its first axis."""
    if not isinstance(value, np.ndarray | list):
        return True  # None, or something foreign
    if isinstance(value, np.ndarray) and not value.ndim:
        return bool(np.abs(np.nan_to_num(value.astype(float))) > _ATOL)
    parts = value if isinstance(value, list) else [value]
    arrays = [part for part in parts if isinstance(part, np.ndarray) and part.size > 1]
    with np.errstate(over="ignore"):
        return any(
            np.ptp(np.nan_to_num(array.astype(float)), axis=0).max() > _ATOL for array in arrays
        )


def _same(
    exercise: Exercise, one: Mapping[str, Any], other: Mapping[str, Any], outputs: Sequence[str]
) -> bool:
    """Whether two sets of named outputs are alike in `outputs` (all of them when empty)."""
    if RAISED in one or RAISED in other:
        return RAISED in one and RAISED in other and _same_complaint(one[RAISED], other[RAISED])
    if not outputs and one.keys() != other.keys():
        return False
    # What does not come apart into outputs has the one name "return".
    wanted = (*outputs, "return") if outputs else one
    names = [name for name in wanted if name in one or name in other]
    known = {output.name: output for output in exercise.outputs}
    return all(
        name in one and name in other and _alike(known.get(name), one[name], other[name])
        for name in names
    )


def alike(exercise: Exercise, one: Sequence[Any], other: Sequence[Any]) -> bool:
    """Whether two rows of fingerprints say the same, also of answers that have a wrong form."""
    return all(
        a is b
        or (a is not None and b is not None and _same(exercise, a, b, ()) and _identical(a, b))
        for a, b in zip(one, other, strict=True)
    )


def _same_complaint(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two exceptions are of one kind and say about the same.

    Versions of Python and NumPy word a message differently, and names and shapes in it vary.  Of the 1284
    answers in the keys that stop, the words of 3.11 with NumPy 2.4 and of 3.13 with 2.5 differ for two, in
    more than 0.4 of their letters; but they begin with the function that complains, ``max()``.
    """
    (kind, said), (other_kind, other_said) = one, other
    if kind != other_kind or said == other_said:
        return kind == other_kind
    begins = said.partition(" ")[0]
    return (begins.endswith("()") and begins == other_said.partition(" ")[0]) or (
        difflib.SequenceMatcher(None, said, other_said).ratio() >= 0.6
    )


def _alike(output: Output | None, one: Any, other: Any) -> bool:
    if output is None:
        return bool(_kind(one) == _kind(other))
    (form, parts), (other_form, other_parts) = _form(output, one), _form(output, other)
    if form != other_form or len(parts) != len(other_parts):
        return False
    return all(a.shape == b.shape and _near(a, b) for a, b in zip(parts, other_parts, strict=True))


def _near(one: np.ndarray, other: np.ndarray) -> bool:
    """Say of two arrays of floats what `np.allclose` says.

    An answer is laid over hundreds of fingerprints, and most of the time the last number tells.
    """
    if not one.size or one.tobytes() == other.tobytes():
        return True
    last, other_last = one.item(-1), other.item(-1)
    if abs(last - other_last) > _ATOL + _RTOL * abs(other_last):
        return False
    return np.allclose(one, other, rtol=_RTOL, atol=_ATOL, equal_nan=True)


def _kind(value: Any) -> Any:
    """Say of what form a value is that does not come apart into outputs; its numbers don't count."""
    if isinstance(value, np.ndarray):
        return (value.shape, value.dtype.kind == "c")
    if isinstance(value, list):
        return [_kind(item) for item in value]
    return returned(value)


def _form(output: Output | None, value: Any) -> tuple[str, list[np.ndarray]]:
    """Bring a value into comparable parts; what has no such form is known by the complaint."""
    try:
        if output is not None and output.kind == "ragged":
            return "", [array.astype(float, copy=False) for array in as_ragged(value)]
        return "", [as_array(value).astype(float, copy=False)]
    except _Mismatch as mismatch:
        return str(mismatch), []


def _identical(one: Any, other: Any, zero: float = _ATOL) -> bool:
    """Whether two plain values hold the same numbers, but for `zero`, in the same form."""
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        same_shape = one.shape == other.shape
        return same_shape and np.allclose(one, other, rtol=_RTOL, atol=zero, equal_nan=True)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(
            _identical(a, b, zero) for a, b in zip(one, other, strict=True)
        )
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_identical(one[k], other[k], zero) for k in one)
    if isinstance(one, float) and isinstance(other, float):
        return one == other or (math.isnan(one) and math.isnan(other))
    return type(one) is type(other) and bool(one == other)

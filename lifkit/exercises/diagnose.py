"""Name the likely mistake: which known wrong solver gives just these numbers?

Each usual mistake has left a fingerprint in the key: its own outputs on the small cases.  An answer
that fails is laid over them.  When one fits everywhere, it is named; when two can't be told apart,
both are; when none does, the numbers themselves are described (`symptoms`).
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .calling import Answer
from .compare import _Mismatch, as_array, as_ragged, by_name
from .model import Exercise, Key, Mistake, Output, Property

__all__ = ["diagnose", "diagnose_part", "symptoms"]

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
    found = tuple(m for m in key.mistakes if _fits(key, m, named, kept, ()))
    if len(found) < 2:
        return found
    # An answer of the wrong form is known by the complaint, which several mistakes may share: then
    # the numbers in it decide, as far as they can.
    rows = key.fingerprints
    closest = tuple(m for m in found if all(_identical(rows[m.name][i], named[i]) for i in kept))
    return closest or found


def diagnose_part(
    key: Key, answers: Sequence[Answer], failing: Sequence[Property]
) -> tuple[Mistake, ...]:
    """Find the usual mistakes that explain the first property that any of them explains.

    An answer may combine two mistakes; then none fits every case, but one may still fit all that a
    property looks at.

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
    for line in failing:
        scope = [i for i in kept if not line.groups or key.cases[i].group in line.groups]
        found = [
            m
            for m in key.mistakes
            if _fits(key, m, named, scope, line.outputs)
            and not _is_right(key, m, scope, line.outputs)
        ]
        if 0 < len(found) <= _MOST:
            return tuple(found)
    return ()


def _kept(key: Key, answers: Sequence[Answer]) -> tuple[list[int], dict[int, Mapping[str, Any]]]:
    """Return the cases that have fingerprints, and the answers there in the same form."""
    kept = [index for index, case in enumerate(key.cases) if case.fingerprint]
    return kept, {index: _named(key, index, answers[index]) for index in kept}


def raised(given: Answer) -> dict[str, list[str]]:
    """Return the fingerprint of an answer that never came: the exception's kind and message."""
    problem = given.problem
    return {RAISED: [problem.kind, problem.message] if problem else [given.status, ""]}


def _named(key: Key, index: int, given: Answer) -> Mapping[str, Any]:
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
    rows = key.fingerprints[mistake.name]
    return bool(scope) and all(
        _same(key.exercise, rows[index], named[index], outputs) for index in scope
    )


def _is_right(key: Key, mistake: Mistake, scope: Sequence[int], outputs: Sequence[str]) -> bool:
    """Whether the mistake does no harm there, so that it can't explain a failure."""
    rows = key.fingerprints[mistake.name]
    return all(_same(key.exercise, rows[i], key.expected[i], outputs) for i in scope)


def _same(
    exercise: Exercise, one: Mapping[str, Any], other: Mapping[str, Any], outputs: Sequence[str]
) -> bool:
    """Whether two sets of named outputs are alike in `outputs` (all of them when empty)."""
    if RAISED in one or RAISED in other:
        return RAISED in one and RAISED in other and _same_complaint(one[RAISED], other[RAISED])
    if not outputs and one.keys() != other.keys():
        return False
    names = [name for name in (outputs or one) if name in one or name in other]
    known = {output.name: output for output in exercise.outputs}
    return all(
        name in one and name in other and _alike(known.get(name), one[name], other[name])
        for name in names
    )


def _same_complaint(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two exceptions are of one kind and say about the same.

    Versions of Python and NumPy word a message slightly differently, and names and shapes in it
    vary; messages about different things share less than 0.6 of their letters.
    """
    (kind, said), (other_kind, other_said) = one, other
    return kind == other_kind and (
        difflib.SequenceMatcher(None, said, other_said).ratio() >= 0.6 or said == other_said
    )


def _alike(output: Output | None, one: Any, other: Any) -> bool:
    if output is None:
        return _form(None, one)[0] == _form(None, other)[0]
    (form, parts), (other_form, other_parts) = _form(output, one), _form(output, other)
    if form != other_form or len(parts) != len(other_parts):
        return False
    return all(
        a.shape == b.shape and np.allclose(a, b, rtol=_RTOL, atol=_ATOL, equal_nan=True)
        for a, b in zip(parts, other_parts, strict=True)
    )


def _form(output: Output | None, value: Any) -> tuple[str, list[np.ndarray]]:
    """Bring a value into comparable parts; what has no such form is known by the complaint."""
    try:
        if output is not None and output.kind == "ragged":
            return "", [array.astype(float) for array in as_ragged(value)]
        return "", [as_array(value).astype(float)]
    except _Mismatch as mismatch:
        return str(mismatch), []


def _identical(one: Any, other: Any) -> bool:
    """Whether two plain values hold the same numbers in the same form."""
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        same_shape = one.shape == other.shape
        return same_shape and np.allclose(one, other, rtol=_RTOL, atol=_ATOL, equal_nan=True)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_identical, one, other))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_identical(one[k], other[k]) for k in one)
    return type(one) is type(other) and bool(one == other)


# When no known mistake fits: say what the numbers look like --------------------------------------


def symptoms(key: Key, answers: Sequence[Answer]) -> tuple[str, ...]:
    """Describe a wrong answer that fits no known mistake.

    Parameters
    ----------
    key : Key
    answers : sequence of Answer
        One a case.

    Returns
    -------
    tuple of str
        At most two sentences, from the first case in which something can be said.
    """
    for case, expected, given in zip(key.cases, key.expected, answers, strict=True):
        if given.status != "ok":
            continue
        got = by_name(key.exercise, case, given.value)
        said: list[str] = []
        for output in key.exercise.outputs:
            if output.name not in expected or output.name not in got or output.kind != "array":
                continue
            try:
                array = as_array(got[output.name]).astype(float)
            except _Mismatch:
                continue
            right = np.asarray(expected[output.name], dtype=float)
            if output.name == "spikes":
                said += _about_spikes(array, right)
            else:
                said += _about_numbers(output, array, right)
        said += _about_reset(got, expected)
        if said:
            return tuple(dict.fromkeys(said))[:2]
    return ()


def _about_spikes(got: np.ndarray, right: np.ndarray) -> list[str]:
    if got.shape != right.shape or np.array_equal(got, right):
        return []
    if not np.isin(got, (0.0, 1.0)).all():
        return ["spikes holds other numbers than 0 and 1"]
    count, wanted = got.sum(), right.sum()
    if count == 0:
        return ["it never fires"]
    if got.ndim == 2 and len(got) > 2 and got[1:].all():
        return ["it fires in every step"]
    if wanted == 0:
        return [f"it fires {count:.0f} times where no neuron should"]
    if count >= 1.5 * wanted:
        return [f"it fires {count / wanted:.3g} times too often"]
    if count <= wanted / 1.5:
        return [f"it fires only {count:.0f} times instead of {wanted:.0f}"]
    return []


def _about_reset(got: Mapping[str, Any], expected: Mapping[str, Any]) -> list[str]:
    """Compare the voltage stored at the spikes."""
    values = []
    for outputs in (got, expected):
        try:
            V, spikes = as_array(outputs["V"]), as_array(outputs["spikes"])
        except (KeyError, _Mismatch):
            return []
        if V.shape != spikes.shape or not (spikes == 1).any():
            return []
        values.append(V[spikes == 1])
    one, right = values
    if np.ptp(one) == 0 and np.ptp(right) == 0 and one[0] != right[0]:
        return [f"it resets to {one[0]:g} instead of {right[0]:g}"]
    return []


def _about_numbers(output: Output, got: np.ndarray, right: np.ndarray) -> list[str]:
    name = output.name
    if got.shape != right.shape:
        if got.ndim == 2 and got.shape == right.shape[::-1]:
            return [f"{name} is transposed: rows are steps, columns are neurons"]
        if got.ndim == right.ndim and got.ndim and abs(len(got) - len(right)) == 1:
            what = "missing" if len(got) < len(right) else "too many"
            return [f"{name} has one row {what}"]
        return []
    if got.size == 0 or np.allclose(got, right, rtol=output.rtol, atol=output.atol, equal_nan=True):
        return []
    finite = np.isfinite(got) & np.isfinite(right)
    if not np.isfinite(got).all() and np.isfinite(right).all():
        return [f"{name} grows beyond all bounds" if np.isinf(got).any() else f"{name} holds NaN"]
    for describe in (_flat, _alike_columns, _scaled, _shifted):
        sentence = describe(name, got, right, finite)
        if sentence:
            return [sentence]
    return []


def _flat(name: str, got: np.ndarray, right: np.ndarray, finite: np.ndarray) -> str:
    if not got.any():
        return f"{name} is 0 everywhere"
    if got.size > 1 and np.ptp(got[finite]) == 0 and np.ptp(right[finite]) > 0:
        return f"{name} is the same number everywhere"
    if got.ndim == 2 and len(got) > 1 and (got == got[0]).all() and not (right == right[0]).all():
        return f"{name} never leaves its first value"
    return ""


def _alike_columns(name: str, got: np.ndarray, right: np.ndarray, finite: np.ndarray) -> str:
    if got.ndim != 2 or got.shape[1] < 2:
        return ""
    tail, wanted = got[1:], right[1:]
    alike = (tail == tail[:, :1]).all() and not (wanted == wanted[:, :1]).all()
    return f"{name} is alike for all neurons" if alike else ""


def _scaled(name: str, got: np.ndarray, right: np.ndarray, finite: np.ndarray) -> str:
    where = finite & (np.abs(right) > 0)
    if where.sum() < 2:
        return ""
    factor = got[where] / right[where]
    if np.ptp(factor) <= 1e-6 * abs(factor[0]) and abs(factor[0] - 1) > 1e-6:
        if abs(factor[0] + 1) < 1e-6:
            return f"{name} has the wrong sign"
        return f"{name} is {factor[0]:.4g} times what it should be"
    offset = got[finite] - right[finite]
    if np.ptp(offset) <= 1e-6 * abs(offset[0]):
        return f"{name} is off by {offset[0]:+.4g} everywhere"
    return ""


def _shifted(name: str, got: np.ndarray, right: np.ndarray, finite: np.ndarray) -> str:
    if len(got) < 4 or not finite.all():
        return ""
    if np.allclose(got[1:], right[:-1]) and not np.allclose(right[1:], right[:-1]):
        return f"{name} is one row late"
    if np.allclose(got[:-1], right[1:]) and not np.allclose(right[1:], right[:-1]):
        return f"{name} is one row early"
    return ""

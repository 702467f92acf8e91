"""Say what a wrong answer looks like that fits no usual mistake: "never fires", "one row late".

What is said is seen in one case, that of the report's first failing line, and in the words of the
output's own axes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .begins import axis_of, begins, listed, right_and_wrong, several
from .calling import Answer
from .compare import _close, _Mismatch, _number, as_array, as_ragged, by_name
from .diagnose import _ATOL, _RTOL
from .model import Case, Key, Output

__all__ = ["symptoms"]


def symptoms(key: Key, answers: Sequence[Answer], place: int = 0) -> tuple[str, ...]:
    """Describe a wrong answer that fits no known mistake.

    Parameters
    ----------
    key : Key
    answers : sequence of Answer
        One a case.
    place : int
        The case to look at, counted from 0.

    Returns
    -------
    tuple of str
        At most two sentences.
    """
    case, expected, given = key.cases[place], key.expected[place], answers[place]
    if given.status != "ok":
        return ()
    got = by_name(key.exercise, case, given.value)
    said: list[str] = []
    places: list[str] = []
    for output in key.exercise.outputs:
        if output.name not in expected or output.name not in got:
            continue
        try:
            if output.kind == "ragged":
                places += _about_trains(output, as_ragged(got[output.name]), expected[output.name])
                continue
            array = as_array(got[output.name])
        except _Mismatch:
            said += _about_columns(output, got[output.name])
            continue
        if output.double and array.dtype in (np.float16, np.float32):
            continue  # the precision explains the rest
        array = array.astype(float)
        right = np.asarray(expected[output.name], dtype=float)
        if output.name == "spikes":
            said += _about_spikes(array, right)
        else:
            said += _about_numbers(output, array, right)
            places += begins(output, case, array, right)
    said += _about_reset(case, got, expected)
    if not said:
        said += _about_first_spike(got, expected)
    return tuple(dict.fromkeys(said))[:2] or tuple(places[:1])


# Spikes -------------------------------------------------------------------------------------------


def _about_spikes(got: np.ndarray, right: np.ndarray) -> list[str]:
    if got.shape != right.shape or np.array_equal(got, right):
        return []
    if not np.isin(got, (0.0, 1.0)).all():
        return ["spikes holds other numbers than 0 and 1"]
    count, wanted = int(np.count_nonzero(got)), int(np.count_nonzero(right))
    if count == 0:
        return ["it never fires"]
    if got.ndim == 2 and len(got) > 2 and got[1:].all():
        return ["it fires in every step"]
    if wanted == 0:
        return [f"it fires {count} times where no neuron should"]
    if count >= 1.5 * wanted:
        return [f"it fires {count / wanted:.3g} times too often"]
    if count <= wanted / 1.5:
        return [f"it fires only {count} instead of {wanted} times"]
    return []


def _about_reset(case: Case, got: Mapping[str, Any], expected: Mapping[str, Any]) -> list[str]:
    """Compare the voltage stored at the spikes, as long as these are right."""
    right, fires = np.asarray(expected.get("V", [])), np.asarray(expected.get("spikes", []))
    try:
        V, spikes = as_array(got["V"]).astype(float), as_array(got["spikes"])
    except (KeyError, _Mismatch):
        return []
    if not V.shape == spikes.shape == right.shape == fires.shape:
        return []
    so_far = np.logical_and.accumulate(spikes == fires, axis=0) & (fires == 1)
    one, other = V[so_far], right[so_far]
    if one.size and np.ptp(one) == 0 and np.ptp(other) == 0 and one[0] != other[0]:
        handed = [item for call in case.calls for item in call.inputs.items()]
        names = [name for name, value in handed if isinstance(value, float) and value == one[0]]
        which = f" ({names[0]})" if len(names) == 1 else ""
        levels = _number(one[0], other[0]), _number(other[0], one[0])
        return [f"it resets to {levels[0]}{which} instead of {levels[1]}"]
    return []


def _about_first_spike(got: Mapping[str, Any], expected: Mapping[str, Any]) -> list[str]:
    """Say so if V is right for every neuron until it fires for the first time."""
    right, fired = np.asarray(expected.get("V", [])), np.asarray(expected.get("spikes", [])) == 1
    try:
        V = as_array(got["V"])
    except (KeyError, _Mismatch):
        return []
    if V.shape != right.shape or right.ndim != 2 or fired.shape != right.shape:
        return []
    wrong = ~np.isclose(V, right, rtol=_RTOL, atol=_ATOL)
    which = wrong.any(axis=0)
    late = wrong.argmax(axis=0) - fired.argmax(axis=0)
    if not which.any() or not fired.any(axis=0)[which].all() or (late[which] < 0).any():
        return []
    return ["V is right up to the first spike, and goes wrong there or later"]


def _about_trains(
    output: Output, got: Sequence[np.ndarray], right: Sequence[np.ndarray]
) -> list[str]:
    """Look at a list with one array a neuron."""
    if len(got) != len(right) or not right:
        return []
    name = output.name
    lengths = [len(one) - len(other) for one, other in zip(got, right, strict=True)]
    if any(lengths):
        which = listed(output, 0, np.flatnonzero(lengths))
        return [f"{name} has another number of entries than it should for {which}"]
    one, other = (np.concatenate(arrays).astype(float) for arrays in (got, right))
    finite = np.isfinite(one) & np.isfinite(other)
    whole = _scaled(output, one, other, finite) if one.size > 1 else ""
    wrong = np.array(
        [not _close(output, a.astype(float), b).all() for a, b in zip(got, right, strict=True)]
    )
    if whole or not wrong.any():
        return [f"{name} {whole}"] if whole else []
    return [f"{name} is {right_and_wrong(output, 0, wrong)}"]


def _about_columns(output: Output, got: Any) -> list[str]:
    """See arrays with one column in a list with one array a neuron."""
    parts = got if output.kind == "ragged" and isinstance(got, list) else []
    if not any(isinstance(one, np.ndarray) and one.shape[1:] == (1,) for one in parts):
        return []
    return [
        f"{output.name} holds columns, as np.argwhere makes them; np.flatnonzero makes 1-D arrays"
    ]


# Numbers ------------------------------------------------------------------------------------------


def _about_numbers(output: Output, got: np.ndarray, right: np.ndarray) -> list[str]:
    name = output.name
    if got.shape != right.shape:
        return _about_shape(output, got, right)
    if got.size == 0 or np.allclose(got, right, rtol=output.rtol, atol=output.atol, equal_nan=True):
        return []
    finite = np.isfinite(got) & np.isfinite(right)
    if (np.isnan(got) & ~np.isnan(right)).any() and np.isnan(right).any():
        return [f"{name} is NaN where a number should be"]
    if (np.isnan(right) & ~np.isnan(got)).any():
        return [f"{name} is a number where NaN should be"]
    if not np.isfinite(got).all() and np.isfinite(right).all():
        return [f"{name} grows beyond all bounds" if np.isinf(got).any() else f"{name} holds NaN"]
    if got.ndim == 0 or not finite.any():
        return []  # of one number there is nothing to say but how far off it is
    for describe in (
        _flat,
        _alike,
        _scaled,
        _negative,
        _rounded,
        _rearranged,
        _unfilled,
        _shifted,
        _step,
    ):
        sentence = describe(output, got, right, finite)
        if sentence:
            return [f"{name} {sentence}" if describe is not _step else sentence]
    return []


def _about_shape(output: Output, got: np.ndarray, right: np.ndarray) -> list[str]:
    name = output.name
    if not got.ndim and right.ndim == 1 and output.axes:
        return [f"{name} is one number, not one for each {axis_of(output, 0)}"]
    if got.ndim != right.ndim or not got.ndim:
        return []
    if got.ndim == 2 and got.shape == right.shape[::-1]:
        rows, columns = (several(output, axis) for axis in (0, 1))
        return [f"{name} is transposed: rows are {rows}, columns are {columns}"]
    differences = np.subtract(got.shape, right.shape)
    if got.ndim > 2 or np.count_nonzero(differences) != 1:
        return []
    axis = int(np.flatnonzero(differences)[0])
    count, word = abs(int(differences[axis])), ("row", "column")[axis] if got.ndim == 2 else "entry"
    words = "entries" if word == "entry" else f"{word}s"
    number = f"one {word}" if count == 1 else f"{count} {words}"
    return [f"{name} has {number} {'missing' if differences[axis] < 0 else 'too many'}"]


def _flat(output: Output, got: np.ndarray, right: np.ndarray, finite: np.ndarray) -> str:
    if not got.any():
        return "is 0 everywhere"
    if got.size > 1 and np.ptp(got[finite]) == 0 and np.ptp(right[finite]) > 0:
        return "is the same number everywhere"
    return ""


def _alike(output: Output, got: np.ndarray, right: np.ndarray, finite: np.ndarray) -> str:
    """Look for rows, or columns, that are all the same."""
    if got.ndim != 2:
        return ""
    steps = axis_of(output, 0) == "step"
    if len(got) > 1 and (got == got[0]).all() and not (right == right[0]).all():
        return "never leaves its first value" if steps else f"is alike for all {several(output, 0)}"
    tail, wanted = (got[1:], right[1:]) if steps else (got, right)  # all may begin in the same way
    alike = (tail == tail[:, :1]).all() and not (wanted == wanted[:, :1]).all()
    return f"is alike for all {several(output, 1)}" if alike and got.shape[1] > 1 else ""


def _scaled(output: Output, got: np.ndarray, right: np.ndarray, finite: np.ndarray) -> str:
    where = finite & (np.abs(right) > 0)
    if where.sum() < 2:
        return ""
    factor = got[where] / right[where]
    if np.ptp(factor) <= 1e-6 * abs(factor[0]) and abs(factor[0] - 1) > 1e-6:
        if abs(factor[0] + 1) < 1e-6:
            return "has the wrong sign"
        return f"is {_number(factor[0], 1.0)} times what it should be"
    offset = got[finite] - right[finite]
    if offset[0] and np.ptp(offset) <= 1e-6 * abs(offset[0]):
        return f"is off by {offset[0]:+.4g} everywhere"
    return ""


def _negative(output: Output, got: np.ndarray, right: np.ndarray, finite: np.ndarray) -> str:
    below = (got[finite] < 0).all() and (right[finite] >= 0).all()
    return "is negative everywhere, and should not be" if below else ""


def _rounded(output: Output, got: np.ndarray, right: np.ndarray, finite: np.ndarray) -> str:
    for digits in range(5):
        if np.allclose(got, np.round(right, digits), rtol=0, atol=1e-9, equal_nan=True):
            places = "whole numbers" if not digits else f"{digits} decimal places"
            return f"is rounded to {places}"
    return ""


def _rearranged(output: Output, got: np.ndarray, right: np.ndarray, finite: np.ndarray) -> str:
    """Look for the right numbers in the wrong places, to 1e-6 as when mistakes are matched."""
    if not finite.all() or got.size < 3 or np.allclose(got, right, rtol=0, atol=_RTOL):
        return ""
    if np.allclose(got[::-1], right, rtol=0, atol=_RTOL):
        return "is in reverse order"
    if got.ndim == 2 and got.shape[1] > 1:
        one, other = (np.sort(array, axis=1) for array in (got, right))
        if np.allclose(one, other, rtol=0, atol=_RTOL):
            return f"has the {several(output, 1)} in another order"
    return ""


def _unfilled(output: Output, got: np.ndarray, right: np.ndarray, finite: np.ndarray) -> str:
    """Look for rows at the end that were made and never written to."""
    filled = np.flatnonzero(got.reshape(len(got), -1).any(axis=1))
    first = filled[-1] + 1
    if first == len(got) or not np.abs(right[first:]).max() > _ATOL:
        return ""
    return f"still holds 0 from {axis_of(output, 0)} {first} to the end"


def _shifted(output: Output, got: np.ndarray, right: np.ndarray, finite: np.ndarray) -> str:
    if len(got) < 4 or not finite.all() or np.allclose(right[1:], right[:-1]):
        return ""
    word = "row" if got.ndim == 2 else "entry"
    if np.allclose(got[1:], right[:-1]):
        return f"is one {word} late"
    return f"is one {word} early" if np.allclose(got[:-1], right[1:]) else ""


def _step(output: Output, got: np.ndarray, right: np.ndarray, finite: np.ndarray) -> str:
    """Compare how far the first step goes, where both start from the same row."""
    if axis_of(output, 0) != "step" or len(got) < 2 or not np.array_equal(got[0], right[0]):
        return ""
    moved, wanted = got[1] - got[0], right[1] - right[0]
    if (np.abs(wanted) < 1e-6).any():
        return ""
    factor = np.atleast_1d(moved / wanted)
    # A step of 0.01 mV on top of -70 mV is good to 1e-12 of itself.
    if np.ptp(factor) > 1e-6 * abs(factor[0]) or abs(factor[0] - 1) < 1e-6:
        return ""
    times = f"{factor[0]:.3g}"
    times = _number(factor[0], 1.0) if times == "1" else times
    return f"the first step of {output.name} is {times} times as long as it should be"

"""Say what a wrong answer looks like that fits no usual mistake: "never fires", "one row late"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .calling import Answer
from .compare import _Mismatch, _number, as_array, by_name
from .diagnose import _ATOL, _RTOL
from .model import Key, Output

__all__ = ["symptoms"]


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
    sizes: list[str] = []
    for case, expected, given in zip(key.cases, key.expected, answers, strict=True):
        if given.status != "ok":
            continue
        got = by_name(key.exercise, case, given.value)
        said: list[str] = []
        right_so_far = not sizes
        for output in key.exercise.outputs:
            if output.name not in expected or output.name not in got or output.kind != "array":
                continue
            try:
                array = as_array(got[output.name])
            except _Mismatch:
                continue
            if output.double and array.dtype in (np.float16, np.float32):
                continue  # the precision explains the rest
            array = array.astype(float)
            right = np.asarray(expected[output.name], dtype=float)
            if output.name == "spikes":
                said += _about_spikes(array, right)
            else:
                said += _about_numbers(output, array, right)
                sizes += _size(output, array, right)
        said += _about_reset(got, expected)
        if right_so_far and not said:
            said += _about_first_spike(got, expected)
        if said:
            return tuple(dict.fromkeys(said))[:2]
    return tuple(sizes[:1])


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
        return [f"it fires only {count:.0f} instead of {wanted:.0f} times"]
    return []


def _about_reset(got: Mapping[str, Any], expected: Mapping[str, Any]) -> list[str]:
    """Compare the voltage stored at the spikes."""
    values = []
    for outputs in (got, expected):
        try:
            V, spikes = as_array(outputs["V"]).astype(float), as_array(outputs["spikes"])
        except (KeyError, _Mismatch):
            return []
        if V.shape != spikes.shape or not (spikes == 1).any():
            return []
        values.append(V[spikes == 1])
    one, right = values
    if np.ptp(one) == 0 and np.ptp(right) == 0 and one[0] != right[0]:
        return [f"it resets to {_number(one[0], right[0])} instead of {_number(right[0], one[0])}"]
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


def _about_numbers(output: Output, got: np.ndarray, right: np.ndarray) -> list[str]:
    name = output.name
    if got.shape != right.shape:
        if got.ndim == 2 and got.shape == right.shape[::-1]:
            return [f"{name} is transposed: rows are steps, columns are neurons"]
        if got.ndim == right.ndim and got.ndim and got.shape[1:] == right.shape[1:]:
            difference = abs(len(got) - len(right))
            rows = "one row" if difference == 1 else f"{difference} rows"
            return [f"{name} has {rows} {'missing' if len(got) < len(right) else 'too many'}"]
        return []
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
        _alike_columns,
        _scaled,
        _rounded,
        _rearranged,
        _shifted,
        _first_step,
    ):
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
        return f"{name} is {_number(factor[0], 1.0)} times what it should be"
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


def _rounded(name: str, got: np.ndarray, right: np.ndarray, finite: np.ndarray) -> str:
    for digits in range(5):
        if np.allclose(got, np.round(right, digits), rtol=0, atol=1e-9, equal_nan=True):
            places = "whole numbers" if not digits else f"{digits} decimal places"
            return f"{name} is rounded to {places}"
    return ""


def _rearranged(name: str, got: np.ndarray, right: np.ndarray, finite: np.ndarray) -> str:
    """Look for the right numbers in the wrong places, to 1e-6 as when mistakes are matched."""
    if not finite.all() or got.size < 3 or np.allclose(got, right, rtol=0, atol=_RTOL):
        return ""
    if np.allclose(got[::-1], right, rtol=0, atol=_RTOL):
        return f"{name} is in reverse order"
    if got.ndim == 2 and got.shape[1] > 1:
        one, other = (np.sort(array, axis=1) for array in (got, right))
        if np.allclose(one, other, rtol=0, atol=_RTOL):
            return f"{name} has the neurons in another order"
    return ""


def _first_step(name: str, got: np.ndarray, right: np.ndarray, finite: np.ndarray) -> str:
    """Compare how far the first step goes, where both start from the same row."""
    if got.ndim != 2 or len(got) < 2 or not np.array_equal(got[0], right[0]):
        return ""
    moved, wanted = got[1] - got[0], right[1] - right[0]
    if (np.abs(wanted) < 1e-6).any():
        return ""
    factor = moved / wanted
    # A step of 0.01 mV on top of -70 mV is good to 1e-12 of itself.
    if np.ptp(factor) > 1e-6 * abs(factor[0]) or abs(factor[0] - 1) < 1e-6:
        return ""
    times = f"{factor[0]:.3g}"
    times = _number(factor[0], 1.0) if times == "1" else times
    return f"the first step of {name} is {times} times as long as it should be"


def _size(output: Output, got: np.ndarray, right: np.ndarray) -> list[str]:
    """Say for whom, or how far, an answer is off that nothing else can be said about."""
    if got.shape != right.shape or not got.size or not np.isfinite(got - right).all():
        return []
    off = np.abs(got - right)
    if off.max() <= output.atol + output.rtol * np.abs(right).max():
        return []
    if got.ndim == 2:
        wrong = (off > _ATOL + _RTOL * np.abs(right)).any(axis=0)
        if wrong.any() and not wrong.all():
            which = ", ".join(str(i) for i in np.flatnonzero(wrong))
            return [f"{output.name} is right for some neurons and wrong for neuron {which}"]
    unit = f" {output.unit}" if output.unit else ""
    return [f"{output.name} is off by up to {off.max():.3g}{unit}"]

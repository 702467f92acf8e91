"""Compare an answer with the key: where do they part, and by how much?

The rule for each output is data of the exercise (kind, tolerances); this module only applies it.
An answer is first brought into the form of the expected one, forgiving what does not matter (lists
for arrays, tuples for lists, booleans for 0 and 1), then compared number by number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .calling import Answer
from .model import Case, Exercise, Output

__all__ = ["Gap", "compare", "gaps"]


#: Rows of an array that are looked at one by one; no case has more than 100 neurons.
MOST_ROWS = 1000


@dataclass(frozen=True, kw_only=True)
class Gap:
    """Where an answer parts from the key.

    Attributes
    ----------
    output : str
        Name of the output.
    kind : {"missing", "form", "shape", "precision", "whole", "not finite", "value"}
    message : str
        One sentence: what was got, what was expected, where.
    place : tuple of int
        Index of the first wrong number in the expected array; empty when there is none.
    got, expected : float or None
        The numbers there.
    """

    output: str
    kind: str
    message: str
    place: tuple[int, ...] = ()
    got: float | None = None
    expected: float | None = None


class _Mismatch(Exception):
    """An output that can't be brought into the expected form; carries the gap's kind."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def compare(
    exercise: Exercise, case: Case, expected: Mapping[str, Any], given: Answer
) -> dict[str, Gap | None]:
    """Compare one answer with the key.

    Parameters
    ----------
    exercise : Exercise
        Holds the outputs with their tolerances.
    case : Case
        The case that was called.
    expected : mapping
        The right answer, output name to array or list of arrays.
    given : Answer
        What came out; its status must be ``"ok"``.

    Returns
    -------
    dict
        Output name to the first gap, or None where they agree.
    """
    return gaps(exercise, case, expected, by_name(exercise, case, given.value))


def gaps(
    exercise: Exercise, case: Case, expected: Mapping[str, Any], got: Mapping[str, Any]
) -> dict[str, Gap | None]:
    """Compare named outputs (see `by_name`) with the key."""
    names = exercise.reads(case)
    if "return" in got:
        wanted = ", ".join(output.name for output in exercise.outputs)
        message = f"it returns {returned(got['return'])}, expected {wanted}"
        return {name: Gap(output=name, kind="missing", message=message) for name in names}
    return {
        name: _gap(exercise.output(name), case, expected[name], got.get(name, _Missing))
        for name in names
    }


class _Missing:
    """Stands for an output that is not there, since None is something that can be returned."""


def by_name(exercise: Exercise, case: Case, value: Any) -> dict[str, Any]:
    """Give the parts of a plain returned value their names.

    A function with one output returns it bare; with several, a sequence of that many, of which those
    that the case reads are kept.  A value that does not come apart that way gets the name
    ``"return"``.
    """
    if exercise.is_class:
        return dict(value)
    names = [output.name for output in exercise.outputs]
    if len(names) == 1:
        return {names[0]: value}
    parts = value
    if isinstance(value, np.ndarray) and value.ndim and len(value) == len(names):
        parts = [np.asarray(part) for part in value]
    if isinstance(parts, list) and len(parts) == len(names):
        read = exercise.reads(case)
        return {name: part for name, part in zip(names, parts, strict=True) if name in read}
    return {"return": value}


def returned(value: Any) -> str:
    """Say in a few words what a plain value is.

    Examples
    --------
    >>> returned(np.zeros((3, 2)))
    'an array of shape (3, 2)'
    >>> returned([None, None])
    'a sequence of 2'
    """
    if value is _Missing:
        return "nothing"
    if value is None:
        return "None"
    if isinstance(value, dict):
        return str(value["foreign"])
    if isinstance(value, list):
        return f"a sequence of {len(value)}"
    return f"an array of shape {value.shape}" if value.ndim else "one number"


def as_array(value: Any) -> np.ndarray:
    """Bring a plain value into one numeric array.

    Raises
    ------
    _Mismatch
        If it has no such form.
    """
    if isinstance(value, np.ndarray):
        array = value
    elif isinstance(value, list):
        parts = [as_array(item) for item in value]
        if len({part.shape for part in parts}) > 1:
            raise _Mismatch("shape", "its rows differ in length")
        array = np.array(parts)
    else:
        raise _Mismatch("form", f"it is {returned(value)}, not an array of numbers")
    if array.dtype.kind == "c":
        raise _Mismatch("form", "it holds complex numbers")
    return array


def as_ragged(value: Any) -> list[np.ndarray]:
    """Bring a plain value into a list of 1-D arrays.

    Raises
    ------
    _Mismatch
        If it has no such form.
    """
    if isinstance(value, np.ndarray) and value.ndim:
        if len(value) > MOST_ROWS:
            raise _Mismatch("shape", f"it has {len(value)} entries")
        value = [np.asarray(item) for item in value]
    if not isinstance(value, list):
        raise _Mismatch("form", f"it is {returned(value)}, not a list with one array a neuron")
    arrays = []
    for position, item in enumerate(value):
        if item is None or (isinstance(item, list) and item and all(x is None for x in item)):
            raise _Mismatch(
                "form", f"entry {position} is None; a neuron without spikes gets an empty array"
            )
        array = as_array(item)
        if array.ndim != 1:
            what = "one number" if array.ndim == 0 else f"of shape {array.shape}"
            raise _Mismatch("shape", f"entry {position} is {what}; it should be a 1-D array")
        arrays.append(array)
    return arrays


def _gap(output: Output, case: Case, expected: Any, got: Any) -> Gap | None:
    name = output.name
    if got is _Missing:
        return Gap(output=name, kind="missing", message=f"{name} is missing")
    try:
        if output.kind == "ragged":
            return _ragged_gap(output, case, expected, as_ragged(got))
        return _array_gap(output, case, np.asarray(expected), as_array(got))
    except _Mismatch as mismatch:
        return Gap(output=name, kind=mismatch.kind, message=f"{name}: {mismatch}")


def _array_gap(output: Output, case: Case, expected: np.ndarray, got: np.ndarray) -> Gap | None:
    if got.shape != expected.shape:
        said = f", that is {output.shape}" if output.shape else ""
        message = f"{output.name} has shape {got.shape}, expected {expected.shape}{said}"
        return Gap(output=output.name, kind="shape", message=message)
    _refuse_type(output, got)
    wrong = ~_close(output, got.astype(float), expected.astype(float))
    if not wrong.any():
        return None
    place = tuple(int(i) for i in np.argwhere(wrong)[0])
    return _value_gap(output, case, place, float(got[place]), float(expected[place]))


def _ragged_gap(
    output: Output, case: Case, expected: list[Any], got: list[np.ndarray]
) -> Gap | None:
    name = output.name
    if len(got) != len(expected):
        message = f"{name} has {len(got)} entries, expected {len(expected)}: one array a neuron"
        return Gap(output=name, kind="shape", message=message)
    for neuron, (one, right) in enumerate(zip(got, expected, strict=True)):
        if one.size:
            _refuse_type(output, one)
        shared = min(len(one), len(right))
        agree = _close(output, one[:shared].astype(float), np.asarray(right, float)[:shared])
        if not agree.all():
            first = int(np.argmin(agree))
            return _value_gap(output, case, (neuron, first), float(one[first]), float(right[first]))
        if len(one) != len(right):
            message = f"{name} of neuron {neuron}: {len(one)} values, expected {len(right)}"
            return Gap(
                output=name,
                kind="value",
                message=message,
                place=(neuron,),
                got=float(len(one)),
                expected=float(len(right)),
            )
    return None


def _refuse_type(output: Output, got: np.ndarray) -> None:
    if output.whole:
        if got.size and got.dtype.kind == "f":
            raise _Mismatch(
                "whole", f"it holds {got.dtype}, which is no index; whole numbers have dtype=int"
            )
    elif output.double and got.dtype.kind == "f" and got.dtype.itemsize < 8:
        raise _Mismatch(
            "precision",
            f"computed in single precision ({got.dtype}); the course's numbers need float64",
        )


def _close(output: Output, got: np.ndarray, expected: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", over="ignore"):
        near = np.abs(got - expected) <= output.atol + output.rtol * np.abs(expected)
    return near & np.isfinite(got) | (got == expected) | (np.isnan(got) & np.isnan(expected))


def _value_gap(
    output: Output, case: Case, place: tuple[int, ...], got: float, expected: float
) -> Gap:
    unit = f" {output.unit}" if output.unit else ""
    where = ", ".join(f"{axis} {index}" for axis, index in zip(output.axes, place, strict=False))
    if case.dt is not None and output.axes[:1] == ("step",):
        where += f" (t = {place[0] * case.dt:.6g} ms)"
    at = f" at {where}" if where else ""
    numbers = f"got {_number(got, expected)}{unit}, expected {_number(expected, got)}{unit}"
    kind = "value" if np.isfinite(got) or not np.isfinite(expected) else "not finite"
    return Gap(
        output=output.name,
        kind=kind,
        message=f"{output.name}{at}: {numbers}",
        place=place,
        got=got,
        expected=expected,
    )


def _number(value: float, beside: float) -> str:
    """Write a number with as many digits as it takes to see that it differs from `beside`."""
    for digits in (4, 6, 9, 13):
        if f"{value:.{digits}g}" != f"{beside:.{digits}g}":
            break
    return f"{value:.{digits}g}"

"""Call a student's function for an explorer; whatever happens, an array or a sentence comes out."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..judge import Call, Case, Exercise
from ..judge.calling import Answer, answer

__all__ = ["TIME_LIMIT", "Result", "Solver", "column", "curve", "parts", "spiking"]

#: Seconds that one call may take.  The slowest plain-Python loop over the largest call (61 neurons,
#: 9400 steps of the f-I curve at its longest time constant) takes about 1.5 s, and most a tenth of
#: that, so what takes three times as long does not end.
TIME_LIMIT = 5.0


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came out of a call: arrays in ``value``, or None and a sentence in ``problem``.

    A ``problem`` beside a value says what is odd about it.
    """

    value: Any = None
    problem: str = ""
    seconds: float = 0.0


class Solver:
    """A student's function together with the arguments that its exercise names.

    Parameters
    ----------
    function : callable
    parameters : tuple of str
        Names of the arguments, in order.

    Raises
    ------
    TypeError
        If `function` is not callable.
    NotImplementedError
        By `begin`, if the function is not written yet.
    """

    def __init__(self, function: Callable[..., Any], parameters: tuple[str, ...]) -> None:
        if not callable(function):
            raise TypeError(
                f"an explorer wants the function itself, but got {type(function).__name__}. Hand "
                "it over by its name, with no brackets behind it: explore_lif(lif_euler)."
            )
        self.function = function
        self.name = getattr(function, "__name__", type(function).__name__)
        self.parameters = parameters
        self._exercise = Exercise(
            name=self.name,
            lab="",
            number="",
            title="",
            parameters=parameters,
            outputs=(),
            properties=(),
            hints=(),
        )

    def __call__(self, inputs: Mapping[str, Any]) -> Result:
        """Call the function on copies of `inputs` (by name, in any order)."""
        start = time.perf_counter()
        given = self._answer(inputs)
        seconds = time.perf_counter() - start
        if given.status == "ok":
            return Result(value=given.value, seconds=seconds)
        return Result(problem=self._sentence(given), seconds=seconds)

    def begin(self, inputs: Mapping[str, Any]) -> None:
        """Raise NotImplementedError from the function itself when it is a stub.

        `lifkit.open_lab` shows that as one line, the same as for any other cell.
        """
        if self._answer(inputs).status == "not started":
            self.function(*(inputs[name] for name in self.parameters))
            raise NotImplementedError(f"{self.name} is not written yet: it returns nothing.")

    def _answer(self, inputs: Mapping[str, Any]) -> Answer:
        ordered = {name: inputs[name] for name in self.parameters}
        case = Case(name="explorer", group="", calls=(Call(inputs=ordered),))
        return answer(self._exercise, self.function, case, limit=TIME_LIMIT)

    def _sentence(self, given: Answer) -> str:
        if given.status == "not started":
            return f"{self.name} is not written yet."
        if given.status == "timeout":
            return (
                f"{self.name} was stopped: it gave no answer within {TIME_LIMIT:g} s. "
                "Look for a loop that does not come to its end."
            )
        problem = given.problem
        assert problem is not None
        if problem.kind == "signature":
            return f"{self.name} can't be called: {problem.message}."
        place = f" in line {problem.line} ({problem.source})" if problem.line else ""
        return f"{self.name} stops{place} with {problem.kind}: {problem.message}"


def column(result: Result, name: str, times: np.ndarray) -> Result:
    """Read the voltage of one neuron out of what a solver returned.

    Parameters
    ----------
    result : Result
    name : str
        The solver's name, for the sentence.
    times : (N_t + 1,) array
        The times in ms that the voltages belong to.

    Returns
    -------
    Result
        Its value is an array of shape (N_t + 1,), or None.
    """
    return _of_shape(result, f"{name} returned", (len(times), 1), times, unit="ms")


def curve(result: Result, name: str, currents: np.ndarray) -> Result:
    """Read one rate a current out of what a closed form returned."""
    return _of_shape(result, f"{name} returned", (len(currents),), currents, unit="nA")


def parts(result: Result, name: str, shapes: Mapping[str, tuple[int, ...]]) -> Result:
    """Read arrays of known shapes out of what a function returned; several come as a tuple.

    Parameters
    ----------
    result : Result
    name : str
        The function's name, for the sentence.
    shapes : mapping of str to tuple
        What each part is called, and its shape; ``()`` for a number.

    Returns
    -------
    Result
        Its value is a list of arrays, or None.
    """
    if result.problem:
        return result
    given = [result.value] if len(shapes) == 1 else result.value
    if isinstance(given, np.ndarray) and given.ndim:
        given = list(given)
    if not isinstance(given, list) or len(given) != len(shapes):
        wanted = f"the {len(shapes)} ({', '.join(shapes)})"
        said = f"{name} returned {_what(result.value)}; expected {wanted}."
        return Result(problem=said, seconds=result.seconds)
    arrays = []
    for (label, shape), part in zip(shapes.items(), given, strict=True):
        part = np.asarray(part) if isinstance(part, int | float | np.number) else part
        array, problem = _fitted(part, f"In what {name} returned, {label} is", shape)
        if array is None or problem:
            return Result(problem=problem, seconds=result.seconds)
        arrays.append(array)
    return Result(value=arrays, seconds=result.seconds)


def spiking(result: Result, name: str, shape: tuple[int, int]) -> Result:
    """Read ``(V, spike_times)`` out of what a spiking solver returned.

    Parameters
    ----------
    result : Result
    name : str
    shape : (int, int)
        ``(N_t + 1, n)``.

    Returns
    -------
    Result
        Its value is ``(V, spike_times)``: an array of `shape` and a list of n arrays; or None.
    """
    if result.problem:
        return result
    value = result.value
    if not isinstance(value, list) or len(value) != 3:
        said = f"{name} returned {_what(value)}; expected the three (V, spikes, spike_times)."
        return Result(problem=said, seconds=result.seconds)
    V, _, spike_times = value
    V, problem = _fitted(V, f"In what {name} returned, V is", shape)
    if V is None:
        return Result(problem=problem, seconds=result.seconds)
    # Trains of equal length may come as the rows of one array.
    rows = isinstance(spike_times, np.ndarray) and spike_times.ndim == 2
    trains = list(spike_times) if rows or isinstance(spike_times, list) else []
    if len(trains) != shape[1] or not all(_is_train(train) for train in trains):
        said = (
            f"In what {name} returned, spike_times is {_what(spike_times)}; expected a list with "
            f"one array of times for each of the {shape[1]} neurons."
        )
        return Result(problem=said, seconds=result.seconds)
    return Result(value=(V, trains), problem=problem, seconds=result.seconds)


def _of_shape(
    result: Result, subject: str, shape: tuple[int, ...], x: np.ndarray, *, unit: str
) -> Result:
    if result.problem:
        return result
    array, problem = _fitted(result.value, subject, shape)
    if array is None:
        return Result(problem=problem, seconds=result.seconds)
    flat = array.reshape(-1)
    if not problem and not np.isfinite(flat).all():
        first = x[int(np.argmin(np.isfinite(flat)))]
        problem = f"{subject} numbers that are not finite, from {first:g} {unit} on."
    return Result(value=flat, problem=problem, seconds=result.seconds)


def _fitted(value: Any, subject: str, shape: tuple[int, ...]) -> tuple[np.ndarray | None, str]:
    """Return `value` as floats of `shape`, and what is odd about it."""
    if isinstance(value, list):
        try:
            value = np.array(value, dtype=float)
        except (TypeError, ValueError):  # not rectangular, or not numbers: said below
            return None, f"{subject} {_what(value)}; expected an array of shape {shape}."
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "biuf":
        return None, f"{subject} {_what(value)}; expected an array of shape {shape}."
    if value.shape == shape:
        return np.asarray(value, dtype=float), ""
    odd = f"{subject} {_what(value)}; expected an array of shape {shape}."
    # The right numbers in a flat array can be drawn all the same.
    if value.size == np.prod(shape) and value.size == max(value.shape, default=0):
        return np.asarray(value, dtype=float).reshape(shape), odd
    return None, odd


def _is_train(train: Any) -> bool:
    return (
        isinstance(train, np.ndarray)
        and train.ndim <= 1
        and train.dtype.kind in "biuf"
        and bool(np.isfinite(train).all())
    )


def _what(value: Any) -> str:
    """Say in a few words what a value is."""
    if value is None:
        return "None (is there a return at its end?)"
    if isinstance(value, dict):
        return str(value.get("foreign", "a dict"))
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}" if value.ndim else "a single number"
    return f"a list of {len(value)}"

"""What the modules of Lab 3 share: building cases, filing mistakes, spike trains to count and time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from lifkit.exercises import Call, Case, Mistake


def case_builder(parameters: Sequence[str]) -> Callable[..., Case]:
    """Return a function that builds cases from inputs given by name.

    Examples
    --------
    >>> make_case = case_builder(("counts",))
    >>> make_case("one neuron", "all", counts=np.array([[1, 2]])).group
    'all'
    """

    def make_case(name: str, group: str, **inputs: Any) -> Case:
        call = Call(inputs={label: inputs[label] for label in parameters})
        return Case(name=name, group=group, calls=(call,), dt=inputs.get("dt"))

    return make_case


def filed(
    mistakes: Mapping[str, tuple[str, str, Callable[..., Any]]],
) -> dict[str, tuple[Mistake, Callable[..., Any]]]:
    """Turn name to (diagnosis, hint, wrong solver) into what a `Reference` holds."""
    return {
        name: (Mistake(name=name, diagnosis=diagnosis, hint=hint), wrong)
        for name, (diagnosis, hint, wrong) in mistakes.items()
    }


def ends_in(change: Callable[[Any], Any], right: Callable[..., Any]) -> Callable[..., Any]:
    """Return a wrong solver: the `right` one, its answer changed at the end."""
    return lambda *inputs: change(right(*inputs))


def irregular_train(
    rng: np.random.Generator, count: int, start: float, mean_interval: float, order: float
) -> np.ndarray:
    """Return `count` spike times (ms) with gamma-distributed intervals.

    Parameters
    ----------
    rng : Generator
    count : int
        Number of spikes.
    start : float
        The first spike comes one interval after this time, in ms.
    mean_interval : float
        In ms.
    order : float
        1 gives a Poisson process, larger orders are more regular: CV = 1/sqrt(order).

    Returns
    -------
    (count,) ndarray
    """
    intervals = rng.gamma(order, mean_interval / order, count)
    return np.asarray(start + np.cumsum(intervals))

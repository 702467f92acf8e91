"""Exercise 3.4, ``cv``: the coefficient of variation of the intervals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lifkit.exercises import Case, Exercise, Output, Property, Reference

from .common import case_builder, ends_in, filed, irregular_train
from .isi import isi


def cv(spike_times):
    r"""Measure how irregular each neuron fires, by the coefficient of variation of its intervals.

    :math:`C_V = \sigma_{ISI} / \mu_{ISI}`, with the population standard deviation.

    Parameters
    ----------
    spike_times : list of n array_like
        Spike times of each neuron in ms, increasing.

    Returns
    -------
    values : (n,) ndarray
        0 for a clock, 1 for a Poisson process; NaN for a neuron with fewer than two intervals.

    Notes
    -----
    Source: Gerstner et al. (2014), Neuronal Dynamics, section 7.3.

    Examples
    --------
    >>> cv([np.array([10.0, 20.0, 30.0]), np.array([10.0, 20.0, 50.0]), np.array([10.0, 20.0])])
    array([0. , 0.5, nan])
    """
    return np.array([x.std() / x.mean() if len(x) > 1 else np.nan for x in isi(spike_times)])


EXERCISE = Exercise(
    name="cv",
    lab="lab3",
    number="3.4",
    title="The coefficient of variation",
    parameters=("spike_times",),
    outputs=(
        Output(
            name="values",
            rtol=1e-9,
            atol=1e-7,
            why="sums over fewer than 100 intervals: rounding is below 1e-13; the absolute part is "
            "for a clock, whose 0 comes out as 1.5e-8 from the root of mean square minus squared mean",
            axes=("neuron",),
            shape="(n,)",
        ),
    ),
    properties=(
        Property(
            name="irregular",
            text="it is the standard deviation of a neuron's intervals over their mean",
            outputs=("values",),
            groups=("irregular",),
            weight=3,
        ),
        Property(
            name="clock",
            text="a regular neuron has 0, whatever its rate; bursts may exceed 1",
            outputs=("values",),
            groups=("clock",),
        ),
        Property(
            name="few spikes",
            text="fewer than two intervals give NaN, two are enough",
            outputs=("values",),
            groups=("few spikes",),
            weight=2,
        ),
    ),
    hints=(
        "The idea: how wide are the intervals spread, compared with their mean? Your isi gives the "
        "intervals; the rest is two statistics of each array.",
        "The equation: C_V = standard deviation / mean. One interval has no spread to speak of, so the "
        "answer is NaN unless there are at least two.",
        "The shape of the lines: for each array x that isi returns, append x.std() over x.mean() when "
        "x is long enough, np.nan otherwise; make one array of the list.",
    ),
    builds_on=("isi",),
)

make_case = case_builder(EXERCISE.parameters)


def _burst(start: float, gaps: list[float]) -> np.ndarray:
    return start + np.cumsum(np.tile(gaps, 5))


def public() -> list[Case]:
    """Return the cases of the self-check."""
    rng = np.random.default_rng(340)
    trains = [
        irregular_train(rng, count, 5.0, mean, order).round(1)
        for count, mean, order in ((13, 21.0, 1.0), (8, 34.0, 3.0), (21, 12.0, 8.0))
    ]
    return [
        make_case("three irregular neurons", "irregular", spike_times=trains),
        make_case(
            "one irregular neuron",
            "irregular",
            spike_times=[np.array([3.5, 41.0, 44.2, 61.7, 119.3])],
        ),
        make_case(
            "two clocks and a bursting neuron",
            "clock",
            spike_times=[
                7.0 + 12.5 * np.arange(9),
                2.0 + 40.0 * np.arange(5),
                _burst(4.0, [3.0, 3.5, 90.0]),
            ],
        ),
        make_case(
            "no spike, one, two, three and more",
            "few spikes",
            spike_times=[
                np.empty(0),
                np.array([12.5, 30.9, 77.4]),
                np.array([48.3]),
                np.array([7.1, 19.6]),
                np.array([9.0, 13.5, 31.0, 80.5]),
            ],
        ),
    ]


def draw(rng: np.random.Generator) -> list[Case]:
    """Draw secret cases that look at the same properties as the public ones."""

    def train(count: int) -> np.ndarray:
        start, mean = rng.uniform(0, 30), rng.uniform(9, 30)
        return irregular_train(rng, count, start, mean, rng.uniform(0.8, 4))

    some = [train(int(n)) for n in rng.integers(6, 20, 3)]
    few = [train(2), train(3), np.empty(0), train(1), train(int(rng.integers(4, 8)))]
    clock = rng.uniform(1, 9) + rng.uniform(5, 30) * np.arange(int(rng.integers(5, 12)))
    bursts = _burst(rng.uniform(1, 9), [*rng.uniform(2, 4, 2), rng.uniform(60, 120)])
    return [
        make_case("secret: irregular", "irregular", spike_times=some),
        make_case("secret: one neuron", "irregular", spike_times=[train(7)]),
        make_case("secret: a clock and bursts", "clock", spike_times=[clock, bursts]),
        make_case("secret: few spikes", "few spikes", spike_times=few),
    ]


# Usual mistakes ----------------------------------------------------------------------------------


def _each(statistic: Callable[[np.ndarray], Any], least: int = 2, other: Any = np.nan) -> Any:
    """Return a wrong function: `statistic` of at least `least` intervals, else `other`."""
    return lambda spike_times: np.array(
        [statistic(x) if len(x) >= least else other for x in isi(spike_times)]
    )


def _local(x: np.ndarray) -> float:
    """Return CV2 of Holt et al. (1996): neighbouring intervals only."""
    return float(np.mean(2 * np.abs(np.diff(x)) / (x[1:] + x[:-1])))


def _pooled(spike_times):
    x = np.diff(np.sort(np.concatenate(spike_times)))
    return np.full(len(spike_times), x.std() / x.mean())


def _pooled_intervals(spike_times):
    x = np.concatenate(isi(spike_times))
    return np.full(len(spike_times), x.std() / x.mean())


def _of_times(spike_times):
    return np.array([t.std() / t.mean() if len(t) > 2 else np.nan for t in spike_times])


def _with_latency(spike_times):
    intervals = [np.diff(t, prepend=0.0) for t in spike_times]
    return np.array([x.std() / x.mean() if len(x) > 1 else np.nan for x in intervals])


_DEFINITION = "C_V is the standard deviation of the intervals divided by their mean."
_FEW = "Ask for the number of intervals, which is one fewer than the number of spikes."

MISTAKES = {
    "sample deviation": (
        "The standard deviation is that of a sample (ddof=1); the exercise asks for the population's.",
        "NumPy's std does it unless told otherwise: leave ddof out.",
        _each(lambda x: x.std(ddof=1) / x.mean()),
    ),
    "variance over mean": (
        "The variance is divided by the mean, as in a Fano factor; and the result has a unit, ms.",
        _DEFINITION,
        _each(lambda x: x.var() / x.mean()),
    ),
    "squared": (
        "The square of C_V is returned: variance over squared mean.",
        _DEFINITION,
        _each(lambda x: x.var() / x.mean() ** 2),
    ),
    "upside down": (
        "The mean is divided by the standard deviation.",
        _DEFINITION,
        _each(lambda x: x.mean() / x.std() if x.std() else 0.0),
    ),
    "standard deviation alone": (
        "The standard deviation in ms is returned; it is not divided by the mean.",
        _DEFINITION,
        _each(lambda x: x.std()),
    ),
    "variance alone": (
        "The variance in ms^2 is returned.",
        _DEFINITION,
        _each(lambda x: x.var()),
    ),
    "mean interval": (
        "The mean interval is returned.",
        _DEFINITION,
        _each(lambda x: x.mean()),
    ),
    "median for mean": (
        "The standard deviation is divided by the median, not by the mean.",
        _DEFINITION,
        _each(lambda x: x.std() / np.median(x)),
    ),
    "mean absolute deviation": (
        "The spread is taken as the mean absolute deviation, not as the standard deviation.",
        "Square, average, take the root: that is what std does.",
        _each(lambda x: np.abs(x - x.mean()).mean() / x.mean()),
    ),
    "local variation": (
        "This compares neighbouring intervals only (the measure CV2); C_V compares all with the mean.",
        _DEFINITION,
        _each(_local),
    ),
    "per cent": (
        "The result is in per cent; it should be a plain ratio, 1 for a Poisson process.",
        "Leave out the factor 100.",
        _each(lambda x: 100 * x.std() / x.mean()),
    ),
    "one interval accepted": (
        "A single interval gives 0, as if the neuron were a clock; it should give NaN.",
        _FEW,
        _each(lambda x: x.std() / x.mean(), least=1),
    ),
    "two intervals refused": (
        "Two intervals give NaN; the exercise asks for a number as soon as there are two.",
        _FEW,
        _each(lambda x: x.std() / x.mean(), least=3),
    ),
    "zero for few spikes": (
        "Too few intervals give 0, as if the neuron were a clock; they should give NaN.",
        '0 says "regular". NaN says "can\'t tell".',
        _each(lambda x: x.std() / x.mean(), other=0.0),
    ),
    "infinite for few spikes": (
        "Too few intervals give infinity; they should give NaN.",
        'NaN says "can\'t tell".',
        _each(lambda x: x.std() / x.mean(), other=np.inf),
    ),
    "None for few spikes": (
        "Too few intervals give None; they should give NaN, which fits into an array of numbers.",
        "Use np.nan.",
        _each(lambda x: x.std() / x.mean(), other=None),
    ),
    "silent neurons left out": (
        "Neurons with too few spikes are left out, so the array no longer has one entry a neuron.",
        "NaN keeps the neuron's place.",
        lambda spike_times: np.array([x.std() / x.mean() for x in isi(spike_times) if len(x) > 1]),
    ),
    "spikes of all neurons pooled": (
        "The spikes of all neurons are thrown together before the intervals are taken.",
        "Each neuron has its own intervals and its own C_V.",
        _pooled,
    ),
    "intervals of all neurons pooled": (
        "The intervals of all neurons are thrown together, so slow and fast neurons look irregular.",
        "Each neuron has its own mean: compute one C_V a neuron.",
        _pooled_intervals,
    ),
    "mean over neurons": (
        "One number is returned, the mean over the neurons; one a neuron is asked for.",
        "Return the whole array.",
        ends_in(np.nanmean, cv),
    ),
    "spike times instead of intervals": (
        "The statistics are those of the spike times, not of the intervals between them.",
        "Take isi(spike_times) first.",
        _of_times,
    ),
    "first latency counted": (
        "The time from 0 to the first spike is counted as an interval.",
        "An interval lies between two spikes; isi gives them.",
        _with_latency,
    ),
    "rates instead of intervals": (
        "The statistics are those of the rates 1/interval.",
        _DEFINITION,
        _each(lambda x: (1 / x).std() / (1 / x).mean()),
    ),
    "range over mean": (
        "The spread is taken as longest minus shortest interval.",
        "Use the standard deviation.",
        _each(lambda x: np.ptp(x) / x.mean()),
    ),
    "nothing returned": (
        "The function returns nothing (None).",
        "End it with a return.",
        ends_in(lambda answer: None, cv),
    ),
}

REFERENCE = Reference(
    exercise=EXERCISE,
    solve=cv,
    mistakes=filed(MISTAKES),
    public=public,
    draw=draw,
)

"""Exercise 3.3, ``isi``: the intervals between spikes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lifkit.exercises import Case, Exercise, Output, Property, Reference

from .common import case_builder, ends_in, filed, irregular_train


def isi(spike_times):
    """Take the intervals between successive spikes, neuron by neuron.

    Parameters
    ----------
    spike_times : list of n array_like
        Spike times of each neuron in ms, increasing.

    Returns
    -------
    intervals : list of n ndarray
        Inter-spike intervals in ms, one fewer than there are spikes; empty for a neuron with fewer
        than two.

    Notes
    -----
    The time from t = 0 to the first spike is no interval.  Source: Dayan and Abbott (2001),
    Theoretical Neuroscience, section 1.4.

    Examples
    --------
    >>> isi([np.array([10.0, 25.0, 70.0]), np.array([5.0]), np.array([])])
    [array([15., 45.]), array([], dtype=float64), array([], dtype=float64)]
    """
    return [np.diff(np.asarray(times, dtype=float)) for times in spike_times]


EXERCISE = Exercise(
    name="isi",
    lab="lab3",
    number="3.3",
    title="Inter-spike intervals",
    parameters=("spike_times",),
    outputs=(
        Output(
            name="intervals",
            kind="ragged",
            unit="ms",
            atol=1e-9,
            why="one difference of two times below 1e4 ms: rounding is below 4e-12 ms",
            axes=("neuron", "interval"),
            shape="(one array a neuron)",
        ),
    ),
    properties=(
        Property(
            name="intervals",
            text="each neuron has the intervals between its own successive spikes, in their order",
            outputs=("intervals",),
            groups=("several spikes",),
            weight=3,
        ),
        Property(
            name="few spikes",
            text="a neuron with no spike or one has an empty array, in its own place of the list",
            outputs=("intervals",),
            groups=("few spikes",),
            weight=2,
        ),
        Property(
            name="whole numbers",
            text="spike times that are whole numbers work as well",
            outputs=("intervals",),
            groups=("whole numbers",),
        ),
    ),
    hints=(
        "The idea: an interval is a later spike time minus the one before it. Do this for one neuron, "
        "then for each neuron in turn.",
        "The equation: interval j is t[j+1] - t[j]. From m spikes come m - 1 intervals, and none from "
        "a single spike.",
        "The shape of the line: NumPy has a function for differences of neighbours. A list "
        "comprehension over spike_times applies it to every neuron.",
    ),
)

make_case = case_builder(EXERCISE.parameters)


def public() -> list[Case]:
    """Return the cases of the self-check."""
    rng = np.random.default_rng(330)
    trains = [irregular_train(rng, n, 0.0, 21.0, 1.5).round(1) for n in (14, 9, 23)]
    return [
        make_case("three neurons that fire", "several spikes", spike_times=trains),
        make_case(
            "one neuron",
            "several spikes",
            spike_times=[np.array([3.5, 41.0, 44.2, 61.7, 119.3])],
        ),
        make_case(
            "neurons with no spike, one and more",
            "few spikes",
            spike_times=[
                np.empty(0),
                np.array([12.5, 30.9, 77.4]),
                np.array([48.3]),
                np.empty(0),
                np.array([7.1, 19.6]),
            ],
        ),
        make_case(
            "whole-number spike times",
            "whole numbers",
            spike_times=[np.array([4, 19, 57, 60]), np.array([31, 88])],
        ),
    ]


def draw(rng: np.random.Generator) -> list[Case]:
    """Draw secret cases that look at the same properties as the public ones."""

    def train(count: int) -> np.ndarray:
        return irregular_train(rng, count, 0.0, rng.uniform(9, 30), rng.uniform(1.2, 3))

    some = [train(int(n)) for n in rng.integers(5, 20, 3)]
    few = [np.empty(0), train(int(rng.integers(3, 7))), train(1), train(2), np.empty(0)]
    first = int(rng.integers(0, 2))  # the first neuron is silent, or it is not
    whole = [np.cumsum(rng.integers(3, 40, n)) for n in (5, 3)]
    return [
        make_case("secret: several spikes", "several spikes", spike_times=some),
        make_case("secret: one neuron", "several spikes", spike_times=[train(7)]),
        make_case("secret: few spikes", "few spikes", spike_times=few[first : first + 4]),
        make_case("secret: whole numbers", "whole numbers", spike_times=whole),
    ]


# Usual mistakes ----------------------------------------------------------------------------------


def _each(change: Callable[[np.ndarray], Any]) -> Callable[..., Any]:
    """Return a wrong function that does `change` with the times of each neuron."""
    return lambda spike_times: [change(np.asarray(times, float)) for times in spike_times]


def _pooled(spike_times):
    return np.diff(np.sort(np.concatenate(spike_times)))


def _joined(spike_times):
    return np.diff(np.concatenate(spike_times))


def _one_list(spike_times):
    return np.concatenate(isi(spike_times))


def _pooled_for_each(spike_times):
    return [_pooled(spike_times) for _ in spike_times]


def _without_silent(spike_times):
    return [np.diff(times) for times in spike_times if len(times) > 1]


def _none_for_few(spike_times):
    return [np.diff(times) if len(times) > 1 else None for times in spike_times]


def _nan_for_few(spike_times):
    return [np.diff(times) if len(times) > 1 else np.array([np.nan]) for times in spike_times]


def _zero_for_few(spike_times):
    return [np.diff(times) if len(times) > 1 else np.array([0.0]) for times in spike_times]


def _first_neuron(spike_times):
    return np.diff(spike_times[0])


def _padded(spike_times):
    longest = max(len(times) for times in spike_times)
    table = np.full((len(spike_times), longest - 1), 0.0)
    for row, times in zip(table, spike_times, strict=True):
        row[: max(len(times) - 1, 0)] = np.diff(times)
    return table


_OWN = "Each neuron is on its own: loop over the entries of spike_times."

MISTAKES = {
    "first latency counted": (
        "The time from 0 to the first spike is counted as an interval.",
        "An interval lies between two spikes.",
        _each(lambda t: np.diff(t, prepend=0.0)),
    ),
    "intervals of pooled neurons": (
        "The spikes of all neurons are thrown together before the intervals are taken.",
        _OWN,
        _pooled,
    ),
    "neurons joined end to end": (
        "The trains are joined end to end, so there are intervals (negative ones too) from the last "
        "spike of one neuron to the first of the next.",
        _OWN,
        _joined,
    ),
    "one list for all": (
        "The intervals of all neurons stand in one list; there should be one array a neuron.",
        _OWN,
        _one_list,
    ),
    "pooled for each": (
        "Every neuron gets the intervals of all neurons' spikes thrown together.",
        _OWN,
        _pooled_for_each,
    ),
    "only the first neuron": (
        "Only the intervals of neuron 0 are returned.",
        _OWN,
        _first_neuron,
    ),
    "silent neurons left out": (
        "Neurons with fewer than two spikes are left out, so the list no longer has one entry a neuron.",
        "An empty array keeps the neuron's place; np.diff makes one by itself.",
        _without_silent,
    ),
    "None for few spikes": (
        "A neuron with fewer than two spikes has None; it should have an empty array.",
        "np.diff gives an empty array by itself: no special case is needed.",
        _none_for_few,
    ),
    "NaN for few spikes": (
        "A neuron with fewer than two spikes has NaN; it should have an empty array.",
        "No interval is an empty array; NaN would be one interval of unknown length.",
        _nan_for_few,
    ),
    "zero for few spikes": (
        "A neuron with fewer than two spikes has an interval of 0 ms; it should have an empty array.",
        "No interval is an empty array; 0 would be one interval.",
        _zero_for_few,
    ),
    "padded table": (
        "The intervals stand in a rectangular table filled up with zeros, which look like intervals.",
        "Neurons have different numbers of spikes: use a list with one array each.",
        _padded,
    ),
    "wrong sign": (
        "The earlier spike time is subtracted the wrong way round: the intervals are negative.",
        "Later minus earlier.",
        _each(lambda t: t[:-1] - t[1:]),
    ),
    "next but one": (
        "The intervals span two spikes: t[j+2] - t[j].",
        "Neighbours: t[1:] and t[:-1].",
        _each(lambda t: t[2:] - t[:-2]),
    ),
    "times instead of intervals": (
        "The spike times themselves are returned.",
        "Take differences of neighbours.",
        _each(lambda t: t),
    ),
    "intervals from the first spike": (
        "The times since the first spike are returned, not those since the spike before.",
        "Subtract from each time the one before it, not the first one.",
        _each(lambda t: t[1:] - t[:1]),
    ),
    "sorted": (
        "The intervals are sorted by length; they should stay in the order in which they happened.",
        "Leave out the sorting: correlations between successive intervals would be lost.",
        _each(lambda t: np.sort(np.diff(t))),
    ),
    "mean only": (
        "Only the mean interval of each neuron is returned.",
        "Return all intervals; the mean is taken in the next exercise.",
        _each(lambda t: np.diff(t).mean() if len(t) > 1 else 0.0),
    ),
    "mean alone in its array": (
        "Each neuron has one number, its mean interval.",
        "Return all intervals; the mean is taken in the next exercise.",
        _each(lambda t: np.diff(t).mean(keepdims=True) if len(t) > 1 else np.diff(t)),
    ),
    "rates": (
        "The inverse of each interval is returned; the intervals themselves are asked for.",
        "No division is needed.",
        _each(lambda t: 1 / np.diff(t)),
    ),
    "rates in Hz": (
        "1000 over each interval is returned, a rate in Hz; the intervals themselves are asked for.",
        "No division is needed.",
        _each(lambda t: 1000 / np.diff(t)),
    ),
    "seconds": (
        "The intervals are in seconds; the course counts in ms.",
        "The spike times are in ms already, and so are their differences.",
        _each(lambda t: np.diff(t) / 1000),
    ),
    "whole milliseconds": (
        "The intervals are cut off to whole milliseconds.",
        "Leave them as they are: no int(), no //.",
        _each(lambda t: np.floor(np.diff(t))),
    ),
    "last interval lost": (
        "The last interval of each neuron is missing.",
        "From m spikes come m - 1 intervals: check the ends of your slice or loop.",
        _each(lambda t: np.diff(t)[:-1]),
    ),
    "first interval lost": (
        "The first interval of each neuron is missing.",
        "From m spikes come m - 1 intervals: check the ends of your slice or loop.",
        _each(lambda t: np.diff(t)[1:]),
    ),
    "differences of differences": (
        "The differences are taken twice.",
        "np.diff(x, 1) or np.diff(x) is enough; n=2 takes differences of differences.",
        _each(lambda t: np.diff(t, 2)),
    ),
    "all neurons at once": (
        "np.diff is given the whole list at once; its entries differ in length, so it can't be one array.",
        _OWN,
        lambda spike_times: np.diff(spike_times),
    ),
    "nothing returned": (
        "The function returns nothing (None).",
        "End it with a return.",
        ends_in(lambda answer: None, isi),
    ),
}

REFERENCE = Reference(
    exercise=EXERCISE,
    solve=isi,
    mistakes=filed(MISTAKES),
    public=public,
    draw=draw,
)

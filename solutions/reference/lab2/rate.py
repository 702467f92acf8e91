"""Exercise 2.3, ``firing_rate``: spikes in a window, in Hz."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lifkit.exercises import Call, Case, Exercise, Mistake, Output, Property, Reference

from ..spiking import certified


def firing_rate(spike_times, t_start, t_stop):
    """Count each neuron's spikes in a window and express them as a rate.

    Parameters
    ----------
    spike_times : list of n array_like
        Spike times of each neuron in ms, as `lif_euler` returns them.
    t_start, t_stop : float
        Ends of the window in ms.  It is half-open: a spike at `t_start` counts, one at `t_stop`
        does not, so that windows laid end to end count every spike once.

    Returns
    -------
    rate_hz : (n,) ndarray
        Spikes per second; 0 for a neuron without spikes.

    Notes
    -----
    The spike-count rate.  Source: Dayan and Abbott (2001), Theoretical Neuroscience, eq. 1.4.

    Examples
    --------
    >>> firing_rate([np.array([10.0, 60.0, 110.0]), np.array([])], 10.0, 110.0)
    array([20.,  0.])
    """
    trains = [np.asarray(times) for times in spike_times]
    counts = [np.count_nonzero((times >= t_start) & (times < t_stop)) for times in trains]
    return 1000.0 * np.array(counts) / (t_stop - t_start)


_EDGES = "edges"

EXERCISE = Exercise(
    name="firing_rate",
    lab="lab2",
    number="2.3",
    title="The firing rate",
    parameters=("spike_times", "t_start", "t_stop"),
    outputs=(
        Output(
            name="rate_hz",
            unit="Hz",
            rtol=1e-9,
            why="a whole count over one difference: any order of operations agrees to 1e-12",
            axes=("neuron",),
            shape="(n,)",
        ),
    ),
    properties=(
        Property(
            name="rate",
            text="each neuron's spikes per second, when the window holds them all",
            outputs=("rate_hz",),
            groups=("whole",),
            weight=2,
        ),
        Property(
            name="silent",
            text="a neuron without spikes has the rate 0, beside others that fire",
            outputs=("rate_hz",),
            groups=("silent",),
        ),
        Property(
            name="window",
            text="only spikes inside the window count, and its length is t_stop - t_start",
            outputs=("rate_hz",),
            groups=("window",),
            weight=2,
        ),
        Property(
            name="half-open",
            text="a spike at t_start counts, a spike at t_stop does not",
            outputs=("rate_hz",),
            groups=(_EDGES,),
        ),
    ),
    hints=(
        "The idea: for each neuron, ask of every spike whether it lies in the window, and count the "
        "ones that do. A rate is a count divided by a duration.",
        "The equation: rate = 1000 * count / (t_stop - t_start), where count is the number of spikes "
        "with t_start <= t < t_stop. Times are in ms and a rate in Hz is per second, hence the 1000.",
        "The shape of the lines: loop over spike_times; for each train make a mask out of two "
        "comparisons joined by &; its sum is the count. Collect the counts, make them an array, and "
        "scale that once.",
    ),
)


def _case(name: str, group: str, trains: list[list[float]], t_start: float, t_stop: float) -> Case:
    inputs = {
        "spike_times": [np.array(train, dtype=float) for train in trains],
        "t_start": t_start,
        "t_stop": t_stop,
    }
    return Case(name=name, group=group, calls=(Call(inputs=inputs),))


def public() -> list[Case]:
    """Return the cases of the self-check."""
    return [
        _case(
            "four neurons, all spikes in the window",
            "whole",
            [
                [12.5, 40.75, 99.0, 180.3, 240.5],
                [7.2],
                [31.0, 62.1, 118.0],
                [3.0, 15.0, 60.5, 130.2, 171.0, 199.0, 231.6],
            ],
            0.0,
            250.0,
        ),
        _case("one neuron", "whole", [[20.1, 47.3, 90.0, 170.9]], 0.0, 320.0),
        _case(
            "five neurons, two of them silent",
            "silent",
            [[], [33.0, 71.5, 140.2], [88.8, 150.1], [], [5.5, 60.0, 90.4, 120.7]],
            0.0,
            160.0,
        ),
        _case(
            "a window that starts late",
            "window",
            [
                [20.0, 118.2, 120.2, 150.4, 220.9, 330.1, 480.0],
                [60.3, 119.0, 205.5, 437.3, 437.8],
                [14.0, 55.0, 490.0],
                [11.1, 90.9, 131.3, 142.7, 250.0, 360.6, 404.4, 438.1, 499.0],
            ],
            120.5,
            437.5,
        ),
        _case(
            "spikes exactly at both ends of the window",  # all numbers exact in binary
            _EDGES,
            [
                [40.5, 100.25, 200.0, 350.75, 420.0],
                [100.25, 180.0, 181.0],
                [90.0, 150.5, 210.125, 300.0, 350.75],
            ],
            100.25,
            350.75,
        ),
    ]


def draw(rng: np.random.Generator) -> list[Case]:
    """Draw secret cases that look at the same properties as the public ones."""

    def between(low: float, high: float, least: int) -> list[float]:
        return sorted(rng.uniform(low, high, rng.integers(least, 8)))

    def whole() -> Case:
        t_stop = rng.uniform(180, 420)
        trains = [between(1, t_stop - 1, 1) for _ in range(int(rng.integers(3, 7)))]
        return _case("secret: all spikes in the window", "whole", trains, 0.0, t_stop)

    def one() -> Case:
        return _case(
            "secret: one neuron", "whole", [between(1, 290, 3)], 0.0, rng.uniform(300, 400)
        )

    def silent() -> Case:
        trains = [[], between(1, 240, 2), between(1, 240, 3), []]
        order = rng.permutation(4)
        return _case("secret: two silent neurons", "silent", [trains[i] for i in order], 0.0, 250.0)

    def window() -> Case:
        t_start, t_stop = rng.uniform(90, 160), rng.uniform(300, 480)
        trains = [
            between(1, t_start, 1) + between(t_start, t_stop, 2) + between(t_stop, 520, 1)
            for _ in range(int(rng.integers(3, 6)))
        ]
        # Within the fraction of a millisecond that int() would cut off, on both sides of the edges.
        early, late = t_start - t_start % 1 / 2, t_stop - t_stop % 1 / 2
        trains.append([*between(1, t_start - 1, 1), early, late, *between(t_stop, 520, 1)])
        trains.append(between(1, t_start, 1) + between(t_stop, 520, 1))
        return _case("secret: a late window", "window", trains, t_start, t_stop)

    def edges() -> Case:
        # Multiples of 1/8 are exact in binary.
        t_start, t_stop = rng.integers(800, 1200) / 8, rng.integers(2400, 3200) / 8
        inside = [sorted(rng.integers(1300, 2300, 3) / 8) for _ in range(3)]
        trains = [[t_start, *inside[0]], [*inside[1], t_stop], [t_start, *inside[2], t_stop]]
        return _case("secret: spikes at both ends", _EDGES, trains, float(t_start), float(t_stop))

    return [certified(make, certify) for make in (whole, one, silent, window, edges)]


def certify(case: Case) -> None:
    """Raise ValueError if rounding could move a spike across an edge of the window.

    Spikes keep 1e-6 ms from both edges, far more than adding up time steps is off by; cases about
    the edges use multiples of 1/8 ms, which are exact in binary.
    """
    inputs = case.inputs
    times = np.concatenate([*inputs["spike_times"], [inputs["t_start"], inputs["t_stop"]]])
    spikes, edges = times[:-2], times[-2:]
    if case.group == _EDGES:
        if (times * 8 % 1).any():
            raise ValueError(f"{case.name}: not all times are multiples of 1/8 ms")
    elif np.abs(spikes[:, None] - edges).min() < 1e-6:
        raise ValueError(f"{case.name}: a spike lies within 1e-6 ms of an edge of the window")


# Usual mistakes ----------------------------------------------------------------------------------


def _right(counts: Any, t_start: float, t_stop: float) -> np.ndarray:
    return 1000.0 * np.array(counts) / (t_stop - t_start)


def _variant(
    *,
    inside: Callable[..., Any] = lambda times, t_start, t_stop: (
        (times >= t_start) & (times < t_stop)
    ),
    count: Callable[[np.ndarray], Any] = len,
    rate: Callable[..., Any] = _right,
) -> Callable[..., Any]:
    """Return a `firing_rate` with some of its parts replaced.

    Parameters
    ----------
    inside : callable
        Which spikes count.
    count : callable
        A number from the spikes that count.
    rate : callable
        What is returned, from the numbers of all neurons.
    """

    def wrong(spike_times: Any, t_start: float, t_stop: float) -> Any:
        kept = [times[inside(times, t_start, t_stop)] for times in spike_times]
        return rate([count(times) for times in kept], t_start, t_stop)

    return wrong


def _from_mean_interval(times: np.ndarray) -> float:
    return float(np.mean(np.diff(times))) if len(times) > 1 else np.nan


def _inverse_mean_interval(spike_times, t_start, t_stop):
    kept = [times[(times >= t_start) & (times < t_stop)] for times in spike_times]
    return 1000.0 / np.array([_from_mean_interval(times) for times in kept])


def _over_own_span(spike_times, t_start, t_stop):
    with np.errstate(all="ignore"):
        kept = [times[(times >= t_start) & (times < t_stop)] for times in spike_times]
        spans = np.array([np.ptp(times) if len(times) else 0.0 for times in kept])
        return 1000.0 * np.array([len(times) for times in kept]) / spans


def _needs_a_spike(spike_times, t_start, t_stop):
    rates = []
    for times in spike_times:
        first = times[0]  # IndexError where there is none
        kept = times[(times >= max(t_start, first)) & (times < t_stop)]
        rates.append(1000.0 * len(kept) / (t_stop - t_start))
    return np.array(rates)


def _skips_silent(spike_times, t_start, t_stop):
    return _variant()([times for times in spike_times if len(times)], t_start, t_stop)


def _all_at_once(spike_times, t_start, t_stop):
    times = np.array(spike_times)  # ValueError: trains differ in length
    return _right(((times >= t_start) & (times < t_stop)).sum(axis=1), t_start, t_stop)


def _list_compared(spike_times, t_start, t_stop):
    return _right(((spike_times >= t_start) & (spike_times < t_stop)).sum(), t_start, t_stop)


MISTAKES = {
    "per millisecond": (
        "The rate is per millisecond; the exercise asks for Hz, that is per second.",
        "A second has 1000 ms.",
        _variant(rate=lambda c, a, b: np.array(c) / (b - a)),
    ),
    "divided by 1000": (
        "The rate is divided by 1000 where it should be multiplied.",
        "5 spikes in 100 ms are 50 spikes in a second: is your number larger or smaller than 5/100?",
        _variant(rate=lambda c, a, b: np.array(c) / (b - a) / 1000),
    ),
    "count only": (
        "The number of spikes is returned; a rate is that number divided by a duration.",
        "Divide by the window's length in seconds.",
        _variant(rate=lambda c, a, b: np.array(c)),
    ),
    "window forgotten": (
        "All spikes are counted, also those outside the window.",
        "Keep only the spikes with t_start <= t < t_stop. Both comparisons must hold: join them by &, "
        "since joined by | every spike fulfils one of them.",
        _variant(inside=lambda t, a, b: t > -np.inf),
    ),
    "only t_start respected": (
        "Spikes after the end of the window are counted too.",
        "The window has two ends: t_start <= t and t < t_stop.",
        _variant(inside=lambda t, a, b: t >= a),
    ),
    "only t_stop respected": (
        "Spikes before the start of the window are counted too.",
        "The window has two ends: t_start <= t and t < t_stop.",
        _variant(inside=lambda t, a, b: t < b),
    ),
    "closed window": (
        "A spike exactly at t_stop is counted; the window ends just before it.",
        "Which of < and <= belongs to which end?",
        _variant(inside=lambda t, a, b: (t >= a) & (t <= b)),
    ),
    "open window": (
        "A spike exactly at t_start is not counted; the window begins with it.",
        "Which of < and <= belongs to which end?",
        _variant(inside=lambda t, a, b: (t > a) & (t < b)),
    ),
    "open at the start, closed at the end": (
        "The two ends are treated the wrong way round: t_start should count, t_stop should not.",
        "Which of < and <= belongs to which end?",
        _variant(inside=lambda t, a, b: (t > a) & (t <= b)),
    ),
    "divided by t_stop": (
        "The count is divided by t_stop, not by the length of the window.",
        "A window from 100 to 300 ms lasts 200 ms.",
        _variant(rate=lambda c, a, b: 1000.0 * np.array(c) / b),
    ),
    "window negative": (
        "The length of the window is taken as t_start - t_stop, so the rates are negative.",
        "Later minus earlier.",
        _variant(rate=lambda c, a, b: 1000.0 * np.array(c) / (a - b)),
    ),
    "neurons pooled": (
        "The spikes of all neurons are added up to a single rate.",
        "One number a neuron: count inside the loop over spike_times.",
        _variant(rate=lambda c, a, b: _right(sum(c), a, b)),
    ),
    "neurons averaged": (
        "The rates of all neurons are averaged to a single one.",
        "One number a neuron: leave the mean to whoever wants it.",
        _variant(rate=lambda c, a, b: _right(c, a, b).mean()),
    ),
    "number of neurons counted": (
        "len(spike_times) is the number of neurons, not of spikes.",
        "spike_times[i] holds the spikes of neuron i: count in there.",
        lambda spike_times, t_start, t_stop: _right(
            [len(spike_times)] * len(spike_times), t_start, t_stop
        ),
    ),
    "divided by the number of spikes": (
        "The duration is divided by the count: that is a mean interval, not a rate.",
        "Spikes per time: the count stands above the line.",
        _variant(
            rate=lambda c, a, b: np.divide(
                b - a, np.array(c, float), out=np.full(len(c), np.inf), where=np.array(c) > 0
            )
        ),
    ),
    "inverse mean interval": (
        "This is 1 over the mean interval; the exercise asks for the count in the window.",
        "The two agree for long regular trains only, and an interval needs two spikes. Count.",
        _inverse_mean_interval,
    ),
    "intervals counted": (
        "The intervals are counted, one fewer than the spikes.",
        "Count the spikes themselves, without np.diff or - 1.",
        _variant(count=lambda t: max(len(t) - 1, 0)),
    ),
    "divided by the train's own span": (
        "The count is divided by the time from a neuron's first to its last spike.",
        "The window is given: its length is t_stop - t_start for every neuron.",
        _over_own_span,
    ),
    "times added up": (
        "The spike times are added up instead of the spikes.",
        "sum(mask) counts the True entries of a mask; sum(times) adds milliseconds.",
        _variant(count=np.sum),
    ),
    "whole hertz": (
        "The rates are cut off to whole Hz.",
        "Divide with /, not //, and do not convert to int.",
        _variant(rate=lambda c, a, b: np.floor(_right(c, a, b))),
    ),
    "rounded": (
        "The rates are rounded.",
        "Return the number as it is; round only where you print it.",
        _variant(rate=lambda c, a, b: np.round(_right(c, a, b), 1)),
    ),
    "nested lists": (
        "Each rate stands in a list or row of its own: the shape is (n, 1), it should be (n,).",
        "Append the number, not a list that holds it.",
        _variant(rate=lambda c, a, b: _right(c, a, b)[:, None]),
    ),
    "first neuron only": (
        "Only the rate of neuron 0 is returned.",
        "Is the return line inside the loop? It ends the function at once.",
        _variant(rate=lambda c, a, b: _right(c, a, b)[0]),
    ),
    "last neuron only": (
        "Only the rate of the last neuron is returned.",
        "Collect the rates in a list as the loop goes on, and return the list as an array.",
        _variant(rate=lambda c, a, b: _right(c, a, b)[-1]),
    ),
    "silent neurons left out": (
        "Neurons without spikes are left out, so the others are no longer in their places.",
        "A silent neuron has a rate too: 0.",
        _skips_silent,
    ),
    "silent neurons get NaN": (
        "A neuron without spikes gets NaN; its rate is 0.",
        "Counting an empty array gives 0 by itself: no special case is needed.",
        _variant(rate=lambda c, a, b: np.where(np.array(c) > 0, _right(c, a, b), np.nan)),
    ),
    "needs a spike": (
        "Your code takes the first or last spike of a neuron that has none.",
        "times[0] fails for an empty array. Counting with a mask needs no special case.",
        _needs_a_spike,
    ),
    "trains as one array": (
        "The trains differ in length, so np.array(spike_times) can't make one array of them.",
        "Take the neurons one at a time: for times in spike_times.",
        _all_at_once,
    ),
    "list compared with a number": (
        "A list can't be compared with a number; only the arrays inside it can.",
        "Take the neurons one at a time: for times in spike_times.",
        _list_compared,
    ),
    "nothing returned": (
        "The function returns nothing (None).",
        "End it with a return line.",
        _variant(rate=lambda c, a, b: None),
    ),
}

REFERENCE = Reference(
    exercise=EXERCISE,
    solve=firing_rate,
    mistakes={
        name: (Mistake(name=name, diagnosis=diagnosis, hint=hint), wrong)
        for name, (diagnosis, hint, wrong) in MISTAKES.items()
    },
    public=public,
    draw=draw,
    certify=certify,
)

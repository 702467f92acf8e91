"""Exercise 3.5, ``spike_counts``: how many spikes in each bin."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from lifkit.exercises import Case, Exercise, Output, Property, Reference

from ..spiking import certified
from .common import case_builder, ends_in, filed, irregular_train

#: A time within this share of a bin below an edge lies on the edge: 1000 bins of 0.1 ms end at
#: 100 ms, although binary arithmetic may say 99.99999999999999.
_ON_EDGE = 1e-9


def spike_counts(spike_times, t_start, t_stop, bin_size):
    """Count each neuron's spikes in bins of equal size.

    Parameters
    ----------
    spike_times : list of n array_like
        Spike times of each neuron in ms, increasing.
    t_start, t_stop : float
        Ends of the window in ms.
    bin_size : float
        In ms.  Bin j is half-open: from ``t_start + j * bin_size``, included, to the start of the
        next, excluded.  A last bin that does not fit before `t_stop` is dropped.

    Returns
    -------
    counts : (n, n_bins) ndarray of int

    Notes
    -----
    Source: Dayan and Abbott (2001), Theoretical Neuroscience, section 1.2.

    Examples
    --------
    >>> spike_counts([np.array([3.0, 10.0, 14.0, 25.0]), np.array([])], 0.0, 25.0, 10.0)
    array([[1, 2],
           [0, 0]])
    """
    n_bins = int(np.floor((t_stop - t_start) / bin_size + _ON_EDGE))
    counts = np.zeros((len(spike_times), n_bins), dtype=int)
    for row, times in zip(counts, spike_times, strict=True):
        position = (np.asarray(times, dtype=float) - t_start) / bin_size
        j = np.floor(position + _ON_EDGE).astype(int)
        row += np.bincount(j[(j >= 0) & (j < n_bins)], minlength=n_bins)
    return counts


EDGES = "edges"

EXERCISE = Exercise(
    name="spike_counts",
    lab="lab3",
    number="3.5",
    title="Counting spikes in bins",
    parameters=("spike_times", "t_start", "t_stop", "bin_size"),
    outputs=(
        Output(
            name="counts",
            why="whole numbers: exact",
            axes=("neuron", "bin"),
            shape="(n, n_bins)",
            double=False,
        ),
    ),
    properties=(
        Property(
            name="counts",
            text="row i holds neuron i's number of spikes in each bin",
            outputs=("counts",),
            groups=("whole bins",),
            weight=3,
        ),
        Property(
            name="window",
            text="spikes outside the window are not counted",
            outputs=("counts",),
            groups=("window",),
            weight=2,
        ),
        Property(
            name="last bin",
            text="a last bin that does not fit into the window is dropped, with its spikes",
            outputs=("counts",),
            groups=("last bin",),
            weight=2,
        ),
        Property(
            name="edges",
            text="a spike on an edge counts once, in the bin that begins there",
            outputs=("counts",),
            groups=(EDGES,),
            weight=2,
        ),
    ),
    hints=(
        "The idea: lay down the edges of the bins first, then ask for each neuron how many of its "
        "spikes lie between one edge and the next.",
        "The equation: bin j holds the times with t_start + j * bin_size <= t < t_start + (j + 1) * "
        "bin_size. There are floor((t_stop - t_start) / bin_size) such bins.",
        "The shape of the lines: np.histogram(times, edges)[0] counts one neuron, but it also counts a "
        "spike exactly on the last edge: take away the times from there on before you count.",
    ),
)

make_case = case_builder(EXERCISE.parameters)


def certify(case: Case) -> None:
    """Raise ValueError if correct ways of binning could disagree on this case.

    In units of bins, the spikes and the end of the window keep 1e-6 away from every edge, or they
    lie on one and all numbers are exact in binary.
    """
    inputs = case.inputs
    t_start, bin_size = inputs["t_start"], inputs["bin_size"]
    for time in (*np.concatenate(inputs["spike_times"]).tolist(), inputs["t_stop"]):
        exact = (Fraction(time) - Fraction(t_start)) / Fraction(bin_size)
        if exact.denominator == 1 and (time - t_start) / bin_size == exact:
            if t_start + float(exact) * bin_size == time:
                continue
        if abs(exact - round(exact)) < 1e-6:
            raise ValueError(f"{case.name}: {time!r} ms lies on an edge that binary can't hold")


def public() -> list[Case]:
    """Return the cases of the self-check."""
    rng = np.random.default_rng(350)

    def trains(start: float, *counts: int, mean: float = 9.0) -> list[np.ndarray]:
        return [irregular_train(rng, n, start, mean, 1.2).round(1) + 0.03 for n in counts]

    return [
        make_case(
            "three neurons, one silent",
            "whole bins",
            spike_times=[*trains(0.0, 13), np.empty(0), *trains(0.0, 17)],
            t_start=0.0,
            t_stop=210.0,
            bin_size=30.0,
        ),
        make_case(
            "one neuron, small bins",
            "whole bins",
            spike_times=trains(0.0, 12),
            t_start=0.0,
            t_stop=150.0,
            bin_size=12.5,
        ),
        make_case(
            "a window in the middle",
            "window",
            spike_times=trains(0.0, 33, 28),
            t_start=51.5,
            t_stop=171.5,
            bin_size=15.0,
        ),
        make_case(
            "a window that is no whole number of bins",
            "last bin",
            spike_times=trains(5.0, 19, 26),
            t_start=12.0,
            t_stop=150.0,
            bin_size=25.0,
        ),
        make_case(
            "spikes on the edges",
            EDGES,
            spike_times=[
                np.array([4.0, 6.0, 9.0, 11.5, 14.0, 16.5]),
                np.array([1.5, 6.5, 11.0, 11.5, 12.0, 16.5]),
                np.array([6.5, 9.0, 9.25, 11.25]),
            ],
            t_start=4.0,
            t_stop=16.5,
            bin_size=2.5,
        ),
    ]


def draw(rng: np.random.Generator) -> list[Case]:
    """Draw secret cases that look at the same properties as the public ones."""

    def trains(n: int, stop: float) -> list[np.ndarray]:
        """Draw trains that begin before 0 and end after `stop`, about 3 spikes in a bin of 25 ms."""
        some = [irregular_train(rng, 300, -40.0, rng.uniform(6, 12), 1.2) for _ in range(n)]
        return [times[times < stop + 60] for times in some]

    def whole() -> Case:
        n_bins, bin_size = int(rng.integers(5, 9)), rng.uniform(17, 33)
        stop = (n_bins + 0.01) * bin_size  # a little spare, so that rounding can't lose a bin
        inside = [
            times[(times > 0) & (times < stop - 0.02 * bin_size)] for times in trains(3, stop)
        ]
        inside[int(rng.integers(0, 3))] = np.empty(0)
        return make_case(
            "secret: whole bins",
            "whole bins",
            spike_times=inside,
            t_start=0.0,
            t_stop=stop,
            bin_size=bin_size,
        )

    def window() -> Case:
        start, bin_size = rng.uniform(30, 60), rng.uniform(17, 33)
        stop = start + (int(rng.integers(4, 8)) + 0.01) * bin_size
        return make_case(
            "secret: window",
            "window",
            spike_times=trains(1, stop),
            t_start=start,
            t_stop=stop,
            bin_size=bin_size,
        )

    def partial() -> Case:
        start, bin_size = rng.uniform(5, 15), rng.uniform(17, 33)
        stop = start + (int(rng.integers(4, 8)) + rng.uniform(0.3, 0.6)) * bin_size
        at_the_end = stop + bin_size * np.array([-0.1, 0.1])  # in the partial bin, and behind it
        both = [np.sort(np.append(times, at_the_end)) for times in trains(2, stop)]
        return make_case(
            "secret: last bin",
            "last bin",
            spike_times=both,
            t_start=start,
            t_stop=stop,
            bin_size=bin_size,
        )

    def edges() -> Case:
        start, n_bins = float(rng.integers(2, 9)), int(rng.integers(4, 7))
        edge = start + 2.5 * np.arange(n_bins + 1)
        within = edge[:-1] + 2.5 * rng.uniform(0.1, 0.9, n_bins)
        return make_case(
            "secret: edges",
            EDGES,
            spike_times=[
                np.sort(np.concatenate([edge, within[::2]])),
                np.sort(np.concatenate([edge[1::2], within[:2], edge[-1:] + 0.5])),
                np.concatenate([edge[:1] - 2.0, within, edge[-1:]]),
            ],
            t_start=start,
            t_stop=edge[-1].item(),
            bin_size=2.5,
        )

    return [certified(make, certify) for make in (whole, window, partial, edges)]


# Usual mistakes ----------------------------------------------------------------------------------


def _edges(t_start: float, t_stop: float, bin_size: float) -> np.ndarray:
    n_bins = int(np.floor((t_stop - t_start) / bin_size + _ON_EDGE))
    return t_start + bin_size * np.arange(n_bins + 1)


def _counted(inside: Callable[[np.ndarray, float, float], np.ndarray]) -> Callable[..., Any]:
    """Return a wrong function whose bin from a to b counts the times that `inside` accepts."""

    def wrong(spike_times, t_start, t_stop, bin_size):
        edges = _edges(t_start, t_stop, bin_size)
        pairs = list(zip(edges[:-1], edges[1:], strict=True))
        return np.array([[inside(t, a, b).sum() for a, b in pairs] for t in spike_times])

    return wrong


def _on_edges(edges_of: Callable[..., np.ndarray]) -> Callable[..., Any]:
    """Return a wrong function with other edges; its bins are half-open."""

    def wrong(spike_times, t_start, t_stop, bin_size):
        edges = edges_of(t_start, t_stop, bin_size)
        return np.array([np.histogram(t[t < edges[-1]], edges)[0] for t in spike_times])

    return wrong


def _placed(place: Callable[..., np.ndarray]) -> Callable[..., Any]:
    """Return a wrong function whose spikes go to the bins that `place` says."""

    def wrong(spike_times, t_start, t_stop, bin_size):
        n_bins = len(_edges(t_start, t_stop, bin_size)) - 1
        counts = np.zeros((len(spike_times), n_bins), dtype=int)
        for row, times in zip(counts, spike_times, strict=True):
            np.add.at(row, place(times, t_start, bin_size, n_bins), 1)
        return counts

    return wrong


def _histogram(spike_times, t_start, t_stop, bin_size):
    edges = _edges(t_start, t_stop, bin_size)
    return np.array([np.histogram(times, edges)[0] for times in spike_times])


def _own_range(spike_times, t_start, t_stop, bin_size):
    n_bins = len(_edges(t_start, t_stop, bin_size)) - 1
    return np.array([np.histogram(times, n_bins)[0] for times in spike_times])


def _digitized(times, t_start, bin_size, n_bins):
    """Place spikes by np.digitize, whose first bin has the number 1."""
    j = np.digitize(times, t_start + bin_size * np.arange(n_bins + 1))
    return j[(j >= 0) & (j < n_bins)]


def _cut_towards_zero(times, t_start, bin_size, n_bins):
    j = ((times - t_start) / bin_size).astype(int)
    return j[(j >= 0) & (j < n_bins)]


def _rounded(times, t_start, bin_size, n_bins):
    j = np.rint((times - t_start) / bin_size).astype(int)
    return j[(j >= 0) & (j < n_bins)]


def _without_start(times, t_start, bin_size, n_bins):
    j = np.floor(times / bin_size).astype(int)
    return j[(j >= 0) & (j < n_bins)]


def _clipped(times, t_start, bin_size, n_bins):
    return np.clip(np.floor((times - t_start) / bin_size).astype(int), 0, n_bins - 1)


def _wrapped(times, t_start, bin_size, n_bins):
    """Let a negative number of a bin count from the end, as NumPy's indices do."""
    j = np.floor((times - t_start) / bin_size).astype(int)
    return j[(j >= -n_bins) & (j < n_bins)]


_HALF_OPEN = "Half-open bins, a <= t < b, count every spike once, whatever edge it lies on."
_FIT = "Only bins that end by t_stop count: floor((t_stop - t_start) / bin_size) of them."

MISTAKES = {
    "closed last bin": (
        "A spike exactly on the last edge is counted, because np.histogram closes its last bin.",
        _HALF_OPEN + " Drop the times from the last edge on before you count.",
        _histogram,
    ),
    "bins closed on the right": (
        "The bins are open on the left and closed on the right, so a spike on an edge lands one bin early.",
        _HALF_OPEN,
        _counted(lambda t, a, b: (t > a) & (t <= b)),
    ),
    "edge spikes twice": (
        "The bins are closed on both sides: a spike on an edge counts twice.",
        _HALF_OPEN,
        _counted(lambda t, a, b: (t >= a) & (t <= b)),
    ),
    "edge spikes lost": (
        "The bins are open on both sides: a spike on an edge is lost.",
        _HALF_OPEN,
        _counted(lambda t, a, b: (t > a) & (t < b)),
    ),
    "partial bin kept": (
        "There is a bin too many: the last one does not fit into the window.",
        _FIT,
        _on_edges(
            lambda a, b, size: np.append(_edges(a, b, size), [] if (b - a) / size % 1 < 0.02 else b)
        ),
    ),
    "last bin beyond the window": (
        "The last bin reaches beyond t_stop; a bin that does not fit should be dropped.",
        _FIT,
        _on_edges(lambda a, b, size: a + size * np.arange(np.ceil((b - a) / size - 0.02) + 1)),
    ),
    "stretched bins": (
        "The bins are stretched to fill the whole window, so they are longer than bin_size.",
        "Build the edges from t_start in steps of bin_size; the last edge is not t_stop.",
        _on_edges(lambda a, b, size: np.linspace(a, b, len(_edges(a, b, size)))),
    ),
    "bins from zero": (
        "The bins start at t = 0 instead of at t_start.",
        "The first edge is t_start.",
        _placed(_without_start),
    ),
    "outside clipped in": (
        "Spikes outside the window are pushed into the first or last bin.",
        "Leave them out: choose the times in the window first.",
        _placed(_clipped),
    ),
    "negative bins wrap": (
        "Spikes before t_start get a negative bin number, which NumPy counts from the end.",
        "Leave them out: choose the times in the window first.",
        _placed(_wrapped),
    ),
    "cut towards zero": (
        "int() cuts towards zero, so spikes in the bin's length before t_start land in bin 0.",
        "Choose the times in the window first, or use np.floor.",
        _placed(_cut_towards_zero),
    ),
    "rounded to the nearest edge": (
        "Bin numbers are rounded, so the second half of each bin goes to the next one.",
        "np.floor gives the bin that a time lies in.",
        _placed(_rounded),
    ),
    "counted from one": (
        "Bin numbers are one too high, as np.digitize gives them: the first bin is number 1 there.",
        "Subtract 1 from what np.digitize returns.",
        _placed(_digitized),
    ),
    "last bin lost": (
        "The last bin is missing: n_bins bins have n_bins + 1 edges.",
        "np.arange(t_start, t_stop, bin_size) leaves the last edge out.",
        ends_in(lambda counts: counts[:, :-1], spike_counts),
    ),
    "first bin lost": (
        "The first bin is missing.",
        "The first edge is t_start itself.",
        ends_in(lambda counts: counts[:, 1:], spike_counts),
    ),
    "bins between first and last spike": (
        "The bins are laid between each neuron's own first and last spike.",
        "Give np.histogram the edges, not just the number of bins.",
        _own_range,
    ),
    "transposed": (
        "Rows and columns are exchanged: one row a neuron, one column a bin.",
        "The shape is (n, n_bins).",
        ends_in(np.transpose, spike_counts),
    ),
    "neurons pooled": (
        "The spikes of all neurons are counted together; each neuron should have a row of its own.",
        "Loop over the entries of spike_times.",
        ends_in(lambda counts: counts.sum(axis=0), spike_counts),
    ),
    "silent neurons left out": (
        "Neurons without spikes have no row.",
        "A silent neuron keeps its place with a row of zeros.",
        lambda spike_times, *window: spike_counts([t for t in spike_times if t.size], *window),
    ),
    "zeros and ones": (
        "A bin holds 1 as soon as there is a spike; it should hold their number.",
        "Two spikes in a bin make 2. With fancy indices, counts[j] += 1 adds only once.",
        ends_in(lambda counts: np.minimum(counts, 1), spike_counts),
    ),
    "rates": (
        "The counts are divided by the bin size; the counts themselves are asked for.",
        "No division is needed.",
        lambda *inputs: spike_counts(*inputs) / inputs[3],
    ),
    "rates in Hz": (
        "The counts are turned into rates in Hz; the counts themselves are asked for.",
        "No division is needed.",
        lambda *inputs: 1000 * spike_counts(*inputs) / inputs[3],
    ),
    "running total": (
        "Each bin holds all the spikes up to there.",
        "Count each bin for itself; no cumsum.",
        ends_in(lambda counts: counts.cumsum(axis=1), spike_counts),
    ),
    "totals only": (
        "One number a neuron is returned: its spikes in the whole window.",
        "Return one number a neuron and bin.",
        ends_in(lambda counts: counts.sum(axis=1), spike_counts),
    ),
    "nothing returned": (
        "The function returns nothing (None).",
        "End it with a return.",
        ends_in(lambda counts: None, spike_counts),
    ),
}

REFERENCE = Reference(
    exercise=EXERCISE,
    solve=spike_counts,
    mistakes=filed(MISTAKES),
    public=public,
    draw=draw,
    certify=certify,
)

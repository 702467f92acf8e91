"""Exercise 3.5, ``spike_counts``: how many spikes in each bin."""

from fractions import Fraction

import numpy as np

from lifkit.judge import Output
from lifkit_staff.exercise import also, case, exercise, holds

from ...trains import irregular_train

COUNTS = Output(
    name="counts",
    why="whole numbers: exact",
    axes=("neuron", "bin"),
    shape="(n, n_bins)",
    double=False,
)

HINTS = (
    "The idea: lay down the edges of the bins first, then ask for each neuron how many of its "
    "spikes lie between one edge and the next.",
    "The picture, with b = bin_size. A spike on an edge belongs to the bin that begins there, and one on "
    "the last edge to none:\n"
    "t_start    + b      + 2 b    + 3 b   t_stop\n"
    "   |--------|--------|--------|-------|\n"
    "     bin 0    bin 1    bin 2   dropped",
    "A skeleton; what stands for each ___? Mind that 0.3 / 0.1 is 2.9999999999999996.\n"
    "n_bins = ___                            # whole ones\n"
    "edges = ___                             # n_bins + 1 times in ms\n"
    "counts = np.zeros((___, n_bins), dtype=int)\n"
    "for i, train in enumerate(spike_times):\n"
    "    for j in range(___):\n"
    "        counts[i, j] = np.sum(___)      # who lies in bin j?\n"
    "return ___",
)


def trains(rng, n, low, high):
    """Draw trains from `low` up to `high`, about 3 spikes in a bin of 25 ms."""
    drawn = [irregular_train(rng, 60, low, rng.uniform(6, 12), 1.2) for _ in range(n)]
    return [times[times < high] for times in drawn]


def bins(rng, low, high):
    """Draw a number of bins and their size, a multiple of 1/8 ms, which is exact in binary."""
    return rng.integers(low, high), rng.integers(136, 264) / 8


@holds(weight=3)
def whole_bins(rng):
    """row i holds neuron i's number of spikes in each bin"""
    n_bins, bin_size = bins(rng, 5, 9)
    three = trains(rng, 3, 0.0, n_bins * bin_size)
    three[rng.integers(0, 3)] = np.empty(0)
    small = rng.integers(80, 120) / 8
    return [
        case(
            "three neurons, one silent",
            spike_times=three,
            t_start=0.0,
            t_stop=n_bins * bin_size,
            bin_size=bin_size,
        ),
        case(
            "one neuron, small bins",
            spike_times=trains(rng, 1, 0.0, 12 * small),
            t_start=0.0,
            t_stop=12 * small,
            bin_size=small,
        ),
    ]


@also(whole_bins)
def equal_sizes(rng):
    """As many neurons as bins."""
    n, bin_size = bins(rng, 3, 6)
    return case(
        "as many neurons as bins",
        spike_times=trains(rng, n, 0.0, n * bin_size),
        t_start=0.0,
        t_stop=n * bin_size,
        bin_size=bin_size,
    )


@holds(weight=2)
def window(rng):
    """spikes outside the window are not counted"""
    n_bins, bin_size = bins(rng, 4, 8)
    t_start = rng.integers(560, 720) / 8
    t_stop = t_start + n_bins * bin_size
    # The trains begin less than n_bins bins before, where an index from the end still exists.
    return case(
        "a window in the middle",
        spike_times=trains(rng, 2, t_start - 2.5 * bin_size, t_stop + 60),
        t_start=t_start,
        t_stop=t_stop,
        bin_size=bin_size,
    )


@holds(weight=2)
def last_bin(rng):
    """a last bin that does not fit into the window is dropped, with its spikes"""
    t_start, bin_size = rng.uniform(5, 15), rng.uniform(17, 33)
    # More than half a bin is left, so that rounding the number of bins is seen.
    t_stop = t_start + (rng.integers(4, 8) + rng.uniform(0.6, 0.8)) * bin_size
    at_the_end = t_stop + bin_size * np.array([-0.1, 0.1])  # in the partial bin, and behind it
    both = [np.sort(np.append(times, at_the_end)) for times in trains(rng, 2, 0.0, t_stop + 60)]
    # Less than 1 ms is lacking, so that edges up to t_stop + 1 are seen.
    nearly = t_start + rng.integers(4, 8) * bin_size - rng.uniform(0.2, 0.8)
    return [
        case(
            "a window that is no whole number of bins",
            spike_times=both,
            t_start=t_start,
            t_stop=t_stop,
            bin_size=bin_size,
        ),
        case(
            "a window that lacks part of a millisecond",
            spike_times=trains(rng, 2, 0.0, nearly + 60),
            t_start=t_start,
            t_stop=nearly,
            bin_size=bin_size,
        ),
    ]


@holds(weight=2)
def edges(rng):
    """a spike on an edge counts once, in the bin that begins there"""
    t_start, n_bins = float(rng.integers(2, 9)), rng.integers(5, 8)
    edge = t_start + 2.5 * np.arange(n_bins + 1)
    within = edge[:-1] + 2.5 * rng.uniform(0.1, 0.9, n_bins)
    spike_times = [
        np.sort(np.concatenate([edge, within[::2]])),
        np.sort(np.concatenate([edge[1::2], within[:2], edge[-1:] + 0.5])),
        np.concatenate([edge[:1] - 2.0, within, edge[-1:]]),
    ]
    given: dict = {"spike_times": spike_times, "t_start": t_start, "bin_size": 2.5}
    return [
        case("spikes on the edges", t_stop=float(edge[-1]), **given),
        case("spikes on the edges, and a bin that does not fit", t_stop=edge[-1] + 0.75, **given),
    ]


def certify(case):
    """Raise ValueError if correct ways of binning could disagree on this case.

    In units of bins, the spikes and the end of the window keep 1e-6 away from every edge, or they
    lie on one and all numbers are exact in binary.
    """
    t_start, bin_size = case.inputs["t_start"], case.inputs["bin_size"]
    spikes = np.concatenate(case.inputs["spike_times"])
    for time in (*spikes.tolist(), case.inputs["t_stop"]):
        exact = (Fraction(time) - Fraction(t_start)) / Fraction(bin_size)
        if exact.denominator == 1 and (time - t_start) / bin_size == exact:
            if t_start + float(exact) * bin_size == time:
                continue
        if abs(exact - round(exact)) < 1e-6:
            raise ValueError(f"{case.name}: {time!r} ms lies on an edge that binary can't hold")


def spike_by_spike(spike_times, t_start, t_stop, bin_size):
    """Solve in another style: ask of each spike in which bin it lies."""
    n_bins = int(np.floor((t_stop - t_start) / bin_size + 1e-9))
    counts = []
    for times in spike_times:
        row = [0] * n_bins
        for time in times:
            j = int(np.floor((time - t_start) / bin_size))
            if 0 <= j < n_bins:
                row[j] += 1
        counts.append(row)
    return np.array(counts)


def bin_by_bin(spike_times, t_start, t_stop, bin_size):
    """Solve in another style: ask of each bin which spikes lie in it."""
    n_bins = int(np.floor((t_stop - t_start) / bin_size + 1e-9))
    counts = np.zeros((len(spike_times), n_bins), dtype=int)
    for i, times in enumerate(spike_times):
        for j in range(n_bins):
            left = t_start + j * bin_size
            right = t_start + (j + 1) * bin_size
            counts[i, j] = np.sum((times >= left) & (times < right))
    return counts


REFERENCE = exercise(
    "lab3",
    "spike_counts",
    returns=[COUNTS],
    hints=HINTS,
    certify=certify,
    styles=[spike_by_spike, bin_by_bin],
)

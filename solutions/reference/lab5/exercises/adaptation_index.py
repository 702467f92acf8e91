"""Exercise 5.3, ``adaptation_index``: how strongly the intervals of a spike train grow."""

import numpy as np

from lifkit.judge import Output
from lifkit_staff.exercise import also, case, exercise, holds

INDICES = Output(
    name="indices",
    rtol=1e-9,
    atol=1e-12,
    why="a mean of fewer than 100 ratios: rounding is below 1e-15; the absolute part is for a "
    "clock, whose index is 0",
    axes=("neuron",),
    shape="(n,)",
)

HINTS = (
    "The idea: compare each interval with the next one, as a fraction between -1 and 1, and take the mean.",
    "The equation: a neuron with the intervals x_1 ... x_m has the m - 1 fractions "
    "(x_2 - x_1)/(x_2 + x_1), (x_3 - x_2)/(x_3 + x_2), ..., and its index is their mean. With one "
    "interval, or none, there is no fraction: NaN.",
    "A skeleton; what stands for each ___?\n"
    "found = []\n"
    "for train in spike_times:\n"
    "    x = ___                     # the intervals of this train\n"
    "    if ___:                     # are there enough of them?\n"
    "        later, earlier = ___, ___       # all but the first, all but the last\n"
    "        found.append(___)\n"
    "    else:\n"
    "        found.append(___)\n"
    "return np.array(___)",
)


def train(rng, count):
    """Draw `count` spike times whose intervals grow, irregularly."""
    growth = rng.uniform(0.02, 0.2)
    intervals = rng.uniform(4, 12) * np.exp(growth * np.arange(count))
    return rng.uniform(0, 30) + np.cumsum(intervals * rng.uniform(0.6, 1.5, count))


@holds(weight=3)
def adapting(rng):
    """it is the mean over neighbouring intervals of their difference over their sum"""
    several = [train(rng, count) for count in rng.integers(6, 12, 3)]
    faster = train(rng, 9)
    several.append(faster[-1] + 5 - faster[::-1])  # the same intervals, the other way round
    return [
        case("four neurons, the last one gets faster", spike_times=several),
        case("one neuron", spike_times=[train(rng, 7)]),
    ]


@also(adapting)
def equal_sizes(rng):
    """As many intervals as neurons: a table of them would be square."""
    n = rng.integers(3, 6)
    return case("as many intervals as neurons", spike_times=[train(rng, n + 1) for _ in range(n)])


@holds()
def clock(rng):
    """a regular neuron has 0, and a bursting one nearly so"""
    # Multiples of 1/8 ms are exact in binary: the clock's intervals are all alike.
    start, step = rng.integers(8, 72) / 8, rng.integers(40, 240) / 8
    burst = np.cumsum(np.tile([*rng.uniform(2, 4, 2), rng.uniform(60, 120)], 4))
    return case("a clock and a bursting neuron", spike_times=[start + step * np.arange(8), burst])


@holds(weight=2)
def few_spikes(rng):
    """fewer than three spikes give NaN, three are enough"""
    few = [train(rng, count) for count in (2, 3, 0, 1, rng.integers(4, 8))]
    return case("no spike, one, two, three and more", spike_times=few)


def appended(spike_times):
    """Solve in another style: from three neighbouring spikes at a time."""
    values = []
    for times in spike_times:
        t = np.asarray(times)
        fractions = (t[2:] - 2 * t[1:-1] + t[:-2]) / (t[2:] - t[:-2])
        values.append(fractions.mean() if len(t) > 2 else np.nan)
    return np.array(values)


REFERENCE = exercise(
    "lab5",
    "adaptation_index",
    returns=[INDICES],
    hints=HINTS,
    styles=[appended],
)

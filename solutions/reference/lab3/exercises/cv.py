"""Exercise 3.4, ``cv``: the coefficient of variation of the intervals."""

import numpy as np

from lifkit.judge import Output
from lifkit_staff.exercise import also, case, exercise, holds

from ...trains import irregular_train

VALUES = Output(
    name="values",
    rtol=1e-9,
    atol=1e-7,
    why="sums over fewer than 100 intervals: rounding is below 1e-13; the absolute part is "
    "for a clock, whose 0 comes out as 1.5e-8 from the root of mean square minus squared mean",
    axes=("neuron",),
    shape="(n,)",
)

HINTS = (
    "The idea: how wide are the intervals spread, compared with their mean? Your isi gives the "
    "intervals; the rest is two statistics of each array.",
    "The equation: a neuron with the intervals x_1 ... x_m and their mean M has the standard deviation "
    "sqrt(((x_1 - M)^2 + ... + (x_m - M)^2) / m), and C_V is that over M. With m = 0 or 1 there is no "
    "spread to speak of: NaN.",
    "A skeleton; what stands for each ___?\n"
    "found = []\n"
    "for x in isi(___):\n"
    "    if ___:                     # are there enough intervals?\n"
    "        found.append(___ / ___)\n"
    "    else:\n"
    "        found.append(___)\n"
    "return np.array(___)",
)


def train(rng, count):
    """Draw a train of so many spikes, between a Poisson process and a clock."""
    start, mean = rng.uniform(0, 30), rng.uniform(9, 30)
    return irregular_train(rng, count, start, mean, rng.uniform(0.8, 4))


@holds(weight=3)
def irregular(rng):
    """it is the standard deviation of a neuron's intervals over their mean"""
    several = [train(rng, count) for count in rng.integers(6, 20, 3)]
    return [
        case("three irregular neurons", spike_times=several),
        case("one irregular neuron", spike_times=[train(rng, 7)]),
    ]


@also(irregular)
def equal_sizes(rng):
    """As many intervals as neurons: a table of them would be square."""
    n = rng.integers(3, 6)
    return case("as many intervals as neurons", spike_times=[train(rng, n + 1) for _ in range(n)])


@holds()
def clock(rng):
    """a regular neuron has 0, whatever its rate; bursts may exceed 1"""
    # Multiples of 1/8 ms are exact in binary: the clocks' intervals are all alike.
    start, step = rng.integers(8, 72, 2) / 8, rng.integers(40, 240, 2) / 8
    clocks = [start[i] + step[i] * np.arange(rng.integers(5, 12)) for i in range(2)]
    burst = [*rng.uniform(2, 4, 2), rng.uniform(60, 120)]
    bursting = rng.uniform(1, 9) + np.cumsum(np.tile(burst, 5))
    return case("two clocks and a bursting neuron", spike_times=[*clocks, bursting])


@also(clock, fixed=True)
def rounded_clocks():
    """Take intervals whose mean square is rounded to less than their squared mean."""
    clocks = [step * np.arange(count) for step, count in ((14.2, 8), (18.7, 6), (10.6, 7))]
    return case("clocks of 14.2, 18.7 and 10.6 ms", spike_times=clocks)


@holds(weight=2)
def few_spikes(rng):
    """fewer than two intervals give NaN, two are enough"""
    few = [train(rng, count) for count in (2, 3, 0, 1, rng.integers(4, 8))]
    return case("no spike, one, two, three and more", spike_times=few)


def appended(spike_times):
    """Solve in another style: the standard deviation written out, without isi."""
    values = []
    for times in spike_times:
        x = np.diff(times)
        values.append(np.sqrt(np.mean((x - x.mean()) ** 2)) / x.mean() if len(x) > 1 else np.nan)
    return np.array(values)


REFERENCE = exercise("lab3", "cv", returns=[VALUES], hints=HINTS, styles=[appended])

"""Exercise 3.6, ``fano``: the Fano factor of spike counts."""

import numpy as np

from lifkit.judge import Output
from lifkit_staff.exercise import also, case, exercise, holds

FACTORS = Output(
    name="factors",
    rtol=1e-9,
    atol=1e-12,
    why="sums over fewer than 100 whole numbers: rounding is below 1e-14",
    axes=("neuron",),
    shape="(n,)",
)

HINTS = (
    "The idea: each row of counts is one neuron. Ask how much its numbers vary from bin to bin, "
    "compared with their mean.",
    "The equation: a neuron with the counts c_1 ... c_m in its m bins and their mean M has the variance "
    "((c_1 - M)^2 + ... + (c_m - M)^2) / m, and F is that over M. Where M is 0 there is nothing to "
    "compare with: NaN.",
    "A skeleton; what stands for each ___?\n"
    "means = counts.mean(axis=___)          # one number a neuron\n"
    "found = np.full(len(counts), ___)      # what a silent neuron has\n"
    "active = ___                           # which neurons fired at all?\n"
    "found[active] = ___ / ___              # of these alone\n"
    "return ___",
)


def drawn(rng, rows, bins):
    """Draw counts around 5 a bin, among them an empty bin, no row all alike."""
    counts = rng.poisson(rng.uniform(2, 8, (rows, 1)), (rows, bins))
    counts[:, 0] += 3
    counts[0, 1] = 0
    return counts


@holds(weight=3)
def firing(rng):
    """it is the variance of a neuron's counts over their mean"""
    several = drawn(rng, 4, rng.integers(7, 15))
    several[rng.integers(1, 4)] = rng.integers(2, 6)  # a clock
    return [
        case("four firing neurons", counts=several),
        case("one neuron", counts=drawn(rng, 1, rng.integers(6, 12))),
        case("less than one spike a bin", counts=rng.permutation([[0, 1, 0, 2, 0, 0, 1]], axis=1)),
    ]


@also(firing)
def few_spikes(rng):
    """Draw a neuron of three spikes and one of a single spike, each in a bin of its own."""
    counts = np.zeros((2, rng.integers(12, 16)), dtype=int)
    counts[0, :3] = counts[1, 0] = 1
    return case("never more than one spike a bin", counts=rng.permuted(counts, axis=1))


@also(firing)
def few_bins(rng):
    n = rng.integers(3, 6)
    return case("more neurons than bins", counts=drawn(rng, n + rng.integers(1, 3), n))


@holds(weight=2)
def silent(rng):
    """a neuron that never fired has NaN, the others keep their numbers"""
    counts = drawn(rng, 3, rng.integers(5, 12))
    counts[rng.integers(0, 3)] = 0
    return case("a silent neuron beside two others", counts=counts)


@holds()
def square(rng):
    """the bins are those of one neuron, also when there are as many neurons as bins"""
    n = rng.integers(3, 6)
    return case("as many neurons as bins", counts=drawn(rng, n, n))


def appended(counts):
    """Solve in another style: the variance written out."""
    factors = []
    for row in counts:
        mean = sum(row) / len(row)
        squares = 0
        for count in row:
            squares += (count - mean) ** 2
        factors.append(squares / len(row) / mean if mean > 0 else np.nan)
    return np.array(factors)


REFERENCE = exercise(
    "lab3",
    "fano",
    returns=[FACTORS],
    hints=HINTS,
    styles=[appended],
    builds_on=["spike_counts"],
)

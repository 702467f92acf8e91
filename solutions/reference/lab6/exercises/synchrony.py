"""Exercise 6.5, ``synchrony``: do neurons fire together?"""

import numpy as np

from lifkit.judge import Output
from lifkit_staff.exercise import also, case, exercise, holds

CHI = Output(
    name="chi",
    rtol=1e-12,
    atol=1e-12,
    why="variances of fewer than 500 small whole numbers: right ways to them differ by 1e-14; where "
    "neurons take turns the sum is constant, and 0 or 1e-16 is left",
    shape="a number",
)

HINTS = (
    "The idea: count all neurons together, bin by bin, and take the variance over the bins. Then take "
    "each neuron's own variance over the bins, and add these up. The ratio is chi.",
    "A picture, for counts = [[0, 1, 0, 1], [1, 0, 0, 1]]: together 1, 1, 0, 2, whose variance is 0.5; "
    "apart 0.25 and 0.25, in sum 0.5. So chi is 1: these two are independent.",
    "A skeleton; what stands for each ___?\n"
    "together = counts.sum(axis=___)     # one number a bin\n"
    "apart = counts.var(axis=___)        # one number a neuron\n"
    "return ___ / ___",
)


def drawn(rng, n, n_bins, shared):
    """Draw counts of `n` neurons of which a share is common to all."""
    return rng.poisson(1.5, (n, n_bins)) + shared * rng.poisson(0.8, n_bins)


@holds(weight=3)
def together(rng):
    """it is the variance of the summed counts over the sum of the variances"""
    return [
        case("five neurons that share some spikes", counts=drawn(rng, 5, rng.integers(8, 14), 1)),
        case("three independent neurons", counts=drawn(rng, 3, rng.integers(8, 14), 0)),
    ]


@also(together)
def other_sizes(rng):
    """Draw as many neurons as bins, and more of them."""
    n = rng.integers(5, 8)
    return [
        case("as many neurons as bins", counts=drawn(rng, n, n, 1)),
        case("more neurons than bins", counts=drawn(rng, n + 4, n, 1)),
    ]


@holds()
def identical(rng):
    """n identical neurons have n, and two that take turns 0"""
    row = rng.poisson(2.0, rng.integers(8, 14))
    row[:2] = 0, 3
    return [
        case("identical neurons", counts=np.tile(row, (rng.integers(3, 6), 1))),
        case("two that take turns", counts=np.array([row, row.max() - row])),
    ]


@holds()
def silent(rng):
    """silent neurons, and one that fires like a clock, change nothing"""
    counts = drawn(rng, 6, rng.integers(8, 14), 1)
    counts[rng.integers(0, 3)], counts[rng.integers(3, 6)] = 0, 2
    return case("a silent one and a clock among others", counts=counts)


def pair_by_pair(counts):
    """Solve in another style: the covariances of all pairs, over those with oneself."""
    distances = counts - counts.mean(axis=1)[:, None]
    covariances = distances @ distances.T
    return sum(sum(row) for row in covariances) / np.trace(covariances)


def certify(case):
    """Raise ValueError unless a neuron varies; where all cancel, rounding is all that is left."""
    counts = case.inputs["counts"]
    if not counts.var(axis=1).any():
        raise ValueError(f"{case.name}: no neuron varies")


REFERENCE = exercise(
    "lab6",
    "synchrony",
    returns=[CHI],
    hints=HINTS,
    certify=certify,
    styles=[pair_by_pair],
    builds_on=[],
)

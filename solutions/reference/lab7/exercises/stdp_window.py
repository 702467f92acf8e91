"""Exercise 7.1, ``stdp_window``: how a pair of spikes changes a synapse."""

import numpy as np

from lifkit.judge import Output
from lifkit_staff.exercise import also, case, exercise, holds

from ...plastic import draw_window

CHANGE = Output(
    name="change",
    rtol=1e-12,
    atol=1e-30,
    why="one exponential, of an exponent below 13 (3e-15); where that is below -700, nothing is left",
    axes=("pair",),
    shape="shaped like delta_t",
)

HINTS = (
    "The idea: three kinds of pairs, told apart by the sign of delta_t. Comparing an array with 0 gives "
    "True or False an entry, and in a product True counts as 1 and False as 0.",
    "A picture: A_plus just to the right of 0, falling to A_plus/e at delta_t = tau_plus; -A_minus just "
    "to the left, and -A_minus/e at delta_t = -tau_minus; in both halves the exponent is never positive, "
    "so that far-off pairs count for nothing; at 0 itself a gap.",
    "A skeleton; what stands for each ___?\n"
    "age = ___                     # how far apart, whichever came first\n"
    "later = ___ * np.exp(___)     # if the neuron's spike came later\n"
    "earlier = ___                 # the same for the other half\n"
    "return later * (___) - ___ * (___)",
)


def pairs(rng, title, delta_t, **given):
    """Return a case with these pairs."""
    return case(title, **{**draw_window(rng), "delta_t": delta_t, **given})


def apart(rng):
    """Draw times that are nearly 0, and some that are several time constants."""
    return np.append(rng.uniform(0.003, 0.3, 2), rng.uniform(60, 150, 3))


@holds(weight=2)
def causal(rng):
    """an input before the spike strengthens, the more the shorter before"""
    return pairs(rng, "inputs before the spike", rng.uniform(1, 50, 5))


@also(causal)
def near_and_long(rng):
    """Draw inputs just before the spike, and some that are nearly forgotten."""
    return pairs(rng, "inputs just before the spike, and long before", apart(rng))


@holds(weight=2)
def late(rng):
    """an input after the spike weakens, the more the shorter after"""
    return pairs(rng, "inputs after the spike", -rng.uniform(1, 50, 4))


@also(late)
def soon_and_long(rng):
    """Draw inputs just after the spike, and some for which it is nearly forgotten."""
    return pairs(rng, "inputs just after the spike, and long after", -apart(rng))


@holds()
def tie(rng):
    """a pair at exactly the same time changes nothing"""
    return [
        pairs(rng, "some pairs at the same time", rng.permutation([0.0, -7.5, 0.0, 12.5, 4.0])),
        pairs(rng, "at first a pair at the same time", np.array([0.0, 5.5, -3.0])),
        pairs(rng, "one pair, at the same time", 0.0),
    ]


@holds()
def far(rng):
    """pairs that are very far apart change nothing, and are numbers still"""
    far_off = np.array([-1.0, 1.0, 1.0, -1.0]) * rng.uniform(30_000, 60_000, 4)
    return pairs(rng, "pairs that are half a minute apart", np.append(far_off, 10.0))


@holds()
def shape(rng):
    """a number gives a number, a table of times a table"""
    return [
        pairs(rng, "one pair", rng.uniform(4, 25)),
        pairs(rng, "one pair, the input after the spike", -rng.uniform(4, 25)),
        pairs(rng, "a table of pairs", rng.uniform(-40, 40, (2, 5))),
        pairs(rng, "two tables of pairs", rng.uniform(-40, 40, (2, 3, 2))),
        pairs(rng, "one pair in an array", rng.uniform(4, 25, 1)),
    ]


@also(shape)
def equal_sizes(rng):
    """Draw a table with as many rows as columns."""
    return pairs(rng, "a square table", rng.uniform(-40, 40, (3, 3)))


@holds()
def whole_numbers(rng):
    """whole-number parameters and times give the same as 1.0, 2.0, ..."""
    window = {"A_plus": 2, "A_minus": 3, "tau_plus": 17, "tau_minus": int(rng.integers(20, 40))}
    return [
        pairs(rng, "whole-number parameters", rng.uniform(-40, 40, 4), **window),
        pairs(rng, "whole-number times", rng.permutation([-21, 0, 8, int(rng.integers(9, 40))])),
    ]


def by_masks(delta_t, A_plus, A_minus, tau_plus, tau_minus):
    """Solve in another style: zeros, of which each half is filled by its mask."""
    delta_t = np.asarray(delta_t, dtype=float)
    change = np.zeros(delta_t.shape)
    after = delta_t > 0
    before = delta_t < 0
    change[after] = A_plus * np.exp(-delta_t[after] / tau_plus)
    change[before] = -A_minus * np.exp(delta_t[before] / tau_minus)
    return change


REFERENCE = exercise("lab7", "stdp_window", returns=[CHANGE], hints=HINTS, styles=[by_masks])

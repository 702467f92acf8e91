"""Exercise 8.4, ``van_rossum``: the distance of two spike trains as filtered traces."""

import numpy as np

from lifkit.judge import Output
from lifkit_staff.exercise import case, exercise, holds

DISTANCE = Output(
    name="distance",
    rtol=1e-9,
    atol=1e-7,
    why="a sum of fewer than 1000 numbers of at most 1; the root makes 3e-8 of a rounding of equal trains",
    shape="a number",
)

HINTS = (
    "The idea: one small function that adds up the kernel over all pairs of two trains; it is called "
    "three times, with a and a, b and b, a and b.",
    "A picture, with tau_R = 10: a = [0, 10] and b = [0]. K(a, a) has four terms, 1, 1 and twice exp(-1) "
    "(each spike with itself as well); K(b, b) is 1, K(a, b) is 1 + exp(-1). So D^2 = 1 + exp(-1) + 1/2 - 1 "
    "- exp(-1) = 1/2: the spike too many.",
    "A skeleton; what stands for each ___?\n"
    "def added_up(x, y):\n"
    "    gaps = ___                       # a table: row i, column j\n"
    "    return ___\n"
    "\n"
    "square = ___ + ___ - ___\n"
    "return np.sqrt(___)                  # never of a negative number",
)


def train(rng, count):
    """Draw an irregular train of 20 ms intervals."""
    return rng.uniform(5, 20) + np.cumsum(rng.gamma(2, 10, count))


def pair(rng, title, times_a, times_b, **given):
    """Return a case with a time constant of some ms."""
    return case(
        title, **{"times_a": times_a, "times_b": times_b, "tau_R": rng.uniform(4, 15), **given}
    )


def kernel(times_a, times_b, tau_R):
    """Return the exponentials of all pairs."""
    return np.exp(-np.abs(np.subtract.outer(times_a, times_b)) / tau_R)


@holds(weight=3)
def trains(rng):
    """half of each train with itself, less the two together, and the root of that"""
    return [
        pair(rng, "five and eight spikes", train(rng, 5), train(rng, 8)),
        pair(rng, "nine and four spikes", train(rng, 9), train(rng, 4)),
    ]


@holds()
def empty(rng):
    """a lone spike beside an empty train has the square 1/2, two empty trains have 0"""
    return [
        pair(rng, "a lone spike", rng.uniform(20, 90, 1), np.zeros(0)),
        pair(rng, "nothing and six spikes", np.zeros(0), train(rng, 6)),
        pair(rng, "two empty trains", np.zeros(0), np.zeros(0)),
    ]


@holds()
def equal(rng):
    """equal trains have the distance 0, even where rounding brings the sum below it"""
    both = train(rng, 9)
    while True:  # in both trains the same times, once added up and once multiplied
        tenths = rng.integers(20, 200, 12)
        times_a, times_b = np.cumsum(0.1 * tenths), 0.1 * np.cumsum(tenths)
        own = [np.sum(kernel(times, times, 7.0)) / 2 for times in (times_a, times_b)]
        if sum(own) < np.sum(kernel(times_a, times_b, 7.0)):
            break
    return [
        pair(rng, "equal trains", both, both.copy()),
        pair(rng, "equal trains but for rounding", times_a, times_b, tau_R=7.0),
    ]


@holds()
def time_constants(rng):
    """a short tau_R counts spikes that differ, a long one the difference of their numbers"""
    times_a, times_b = train(rng, 4), train(rng, 7)
    return [
        pair(rng, "a short time constant", times_a, times_b, tau_R=rng.uniform(0.3, 0.6)),
        pair(rng, "a long time constant", times_a, times_b, tau_R=rng.uniform(2000, 4000)),
    ]


@holds()
def whole_numbers(rng):
    """whole-number inputs give the same as 1.0, 2.0, ..."""
    times_a, times_b = (np.cumsum(rng.integers(4, 20, count)) for count in (5, 6))
    return pair(rng, "whole-number inputs", times_a, times_b, tau_R=int(rng.integers(5, 12)))


def spike_by_spike(times_a, times_b, tau_R):
    """Solve in another style: one signed train, summed over all pairs of its spikes."""
    times = [*times_a, *times_b]
    signs = [1] * len(times_a) + [-1] * len(times_b)
    square = 0.0
    for t, sign in zip(times, signs, strict=True):
        for s, other in zip(times, signs, strict=True):
            square += sign * other * np.exp(-abs(t - s) / tau_R) / 2
    return np.sqrt(max(square, 0.0))


REFERENCE = exercise("lab8", "van_rossum", returns=[DISTANCE], hints=HINTS, styles=[spike_by_spike])

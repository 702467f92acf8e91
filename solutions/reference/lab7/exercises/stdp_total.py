"""Exercise 7.2, ``stdp_total``: the sum over all pairs of two trains."""

import numpy as np

from lifkit.judge import Output
from lifkit_staff.exercise import also, case, exercise, holds

from ...plastic import draw_window

TOTAL = Output(
    name="total",
    rtol=1e-9,
    why="a sum of both signs: its terms together are at most 300 times its size, so orders differ by 1e-13",
)

HINTS = (
    "The idea: every spike of one train with every spike of the other. That is a table of time "
    "differences, one row a spike of the neuron, one column a spike of the synapse; the window of "
    "each entry; and the sum of all.",
    "A picture: pre 2, 9 and post 4, 15 make the table [[2, -5], [13, 6]]. Two loops make it entry by "
    "entry; NumPy makes it at once if one of the trains stands upright, as a column.",
    "A skeleton; what stands for each ___?\n"
    "table = ___[:, np.newaxis] - ___      # the neuron's times upright, the synapse's lying\n"
    "changes = stdp_window(___)            # works on tables\n"
    "return ___",
)


def trains(rng, title, n_pre, n_post, within=120, **given):
    """Return a case with trains of so many spikes within so many ms."""
    drawn = {
        "pre_times": np.sort(rng.uniform(0, within, n_pre)),
        "post_times": np.sort(rng.uniform(0, within, n_post)),
    }
    return case(title, **{**drawn, **draw_window(rng), **given})


@holds(weight=3)
def pairs(rng):
    """every spike of one train makes a pair with every spike of the other"""
    slow = {"tau_plus": rng.uniform(60, 80), "tau_minus": rng.uniform(90, 110)}
    return [
        trains(rng, "more inputs than spikes", 7, 4),
        trains(rng, "more spikes than inputs", 3, 6),
        trains(rng, "one input", 1, 5),
        trains(rng, "one spike", 6, 1),
        trains(rng, "trains of half a second", 6, 4, within=500, **slow),
    ]


@also(pairs)
def close(rng):
    """Spikes that follow each other at once, both ways."""
    pre = np.sort(rng.uniform(0, 120, 3))
    post = np.sort(pre + np.array([0.004, 0.006, -0.005]))
    return trains(rng, "spikes that all but coincide", 0, 0, pre_times=pre, post_times=post)


@also(pairs)
def equal_sizes(rng):
    """As many inputs as spikes."""
    return trains(rng, "as many inputs as spikes", 5, 5)


@holds()
def ties(rng):
    """a pair at exactly the same time changes nothing"""
    times = 0.5 * rng.permutation(np.arange(4, 240))  # halves are exact in binary
    common = times[:2]
    given = {
        "pre_times": np.sort(np.concatenate([common, times[2:5]])),
        "post_times": np.sort(np.concatenate([common, times[5:7]])),
    }
    return trains(rng, "two spikes in common", 0, 0, **given)


@holds()
def far(rng):
    """pairs that are seconds apart add nothing"""
    slow = np.arange(5) * rng.uniform(20_000, 30_000)
    given = {"pre_times": slow + 5.0, "post_times": slow + 5.0 + rng.uniform(4, 12)}
    return trains(rng, "five pairs half a minute apart", 0, 0, **given)


@holds()
def empty(rng):
    """if a train has no spike, the sum is 0"""
    return [
        trains(rng, "no inputs", 0, 4),
        trains(rng, "a silent neuron", 3, 0),
        trains(rng, "no spikes at all", 0, 0),
    ]


def one_by_one(pre_times, post_times, A_plus, A_minus, tau_plus, tau_minus):
    """Solve in another style: two loops."""
    total = 0.0
    for post in post_times:
        for pre in pre_times:
            delta = post - pre
            if delta > 0:
                total += A_plus * np.exp(-delta / tau_plus)
            elif delta < 0:
                total -= A_minus * np.exp(delta / tau_minus)
    return total


def certify(case):
    """Raise ValueError if a sum cancels, or if a tie is left to rounding."""
    p = dict(case.inputs)
    delta = np.subtract.outer(p["post_times"], p["pre_times"])
    if not delta.size:
        return
    close = np.abs(delta) < 1e-6
    if case.group == "ties":
        if not np.all(2 * delta == np.round(2 * delta)) or close.sum() < 2:
            raise ValueError(f"{case.name}: the ties are not exact in binary arithmetic")
    elif close.any():
        raise ValueError(f"{case.name}: two spikes are closer than 1e-6 ms")
    terms = [one_by_one(**p | {"pre_times": np.array([pre])}) for pre in p["pre_times"]]
    size = one_by_one(**p | {"A_minus": -p["A_minus"]})
    if abs(sum(terms)) < size / 300:
        raise ValueError(f"{case.name}: the sum all but cancels")


REFERENCE = exercise(
    "lab7",
    "stdp_total",
    returns=[TOTAL],
    hints=HINTS,
    certify=certify,
    styles=[one_by_one],
)

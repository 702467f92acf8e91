"""Exercise 4.1, ``synaptic_trace``: one spike, one jump, and a decay."""

import numpy as np

from lifkit.judge import Output
from lifkit_staff.exercise import also, case, exercise, holds

TRACE = Output(
    name="x",
    rtol=1e-12,
    why="a decaying sum of terms of one sign: nothing cancels, and orders differ by less than 1e-13",
    axes=("step", "synapse"),
    shape="(N_t + 1, n)",
)

HINTS = (
    "The idea: it is the passive membrane of Lab 1 once more, with 0 for its resting potential. "
    "What is new is the jump: a spike adds w at once, two spikes in one step add it twice.",
    "A picture, for w = 1, dt/tau_s = 0.1 and one spike in step 2: x is 0, 0, 0, 1, 0.9, 0.81, ... "
    "The spike stands in counts[2] and is first seen in x[3], whole: what decays in that step is the "
    "old x[2] alone.",
    "A skeleton; what stands for each ___?\n"
    "N_t, n = ___              # counts knows\n"
    "x = np.zeros(___)         # one row more than counts\n"
    "for k in range(___):\n"
    "    x[k + 1] = ___ + ___  # what is left of row k, and the jumps of step k\n"
    "return ___",
)


def synapses(rng, title, counts, **given):
    """Return a case with these counts; the decay of a step is 3 to 25 per cent."""
    drawn = {
        "dt": rng.uniform(0.1, 0.5),
        "w": rng.uniform(0.01, 0.09),
        "tau_s": rng.uniform(2.1, 6),
    }
    return case(title, **{**drawn, "counts": counts, **given})


@holds(weight=2)
def single(rng):
    """one spike lifts x by w in the row after it, and x decays from there"""
    N_t = rng.integers(12, 20)
    counts = np.zeros((N_t, 3), dtype=int)
    counts[[rng.integers(2, 6), 0, N_t - 1], [0, 1, 2]] = 1
    return synapses(rng, "three synapses, a spike each", counts)


@holds(weight=3)
def several(rng):
    """spikes add up, each synapse its own, and several in one step count several times"""
    counts = rng.integers(0, 4, (rng.integers(14, 22), 4))
    return [
        synapses(rng, "four busy synapses", counts),
        synapses(rng, "one synapse", rng.integers(0, 3, (rng.integers(9, 14), 1))),
    ]


@also(several)
def equal_sizes(rng):
    """Draw as many synapses as steps, and as rows."""
    n = rng.integers(4, 6)
    return [
        synapses(rng, "as many synapses as steps", rng.integers(0, 3, (n, n))),
        synapses(rng, "as many synapses as rows", rng.integers(0, 3, (n, n + 1))),
    ]


@also(several)
def long(rng):
    """Draw early spikes and a late look at them, when the trace has decayed to less than a hundredth."""
    counts = np.zeros((360, 2), dtype=int)
    counts[[0, 7, 7], [0, 0, 1]] = 1, 1, 2
    given = {"dt": rng.uniform(0.4, 0.5), "tau_s": rng.uniform(18, 24)}
    return synapses(rng, "two synapses, 360 steps", counts, fingerprint=False, **given)


@holds()
def inhibition(rng):
    """a negative weight gives the same trace below 0"""
    counts = rng.integers(0, 2, (rng.integers(12, 18), 2))
    return synapses(rng, "inhibitory synapses", counts, w=-rng.uniform(0.01, 0.09))


@holds()
def whole_numbers(rng):
    """the counts may be small integers (uint8), and whole-number inputs give the same as 1.0, 2.0, ..."""
    small = rng.integers(0, 4, (rng.integers(8, 13), 2)).astype(np.uint8)
    whole = {"dt": 1, "w": int(rng.integers(2, 6)), "tau_s": int(rng.integers(5, 9))}
    counts = rng.integers(0, 3, (rng.integers(10, 15), 3))
    return [
        synapses(rng, "counts in single bytes", small),
        synapses(rng, "whole-number inputs", counts, **whole),
    ]


def rows_in_a_list(dt, counts, w, tau_s):
    """Solve in another style: a loop over the rows of the counts, the rows of x in a list."""
    x = np.zeros(counts.shape[1])
    rows = [x]
    for arrived in counts:
        x = (1 - dt / tau_s) * x + w * arrived
        rows.append(x)
    return np.array(rows)


REFERENCE = exercise(
    "lab4", "synaptic_trace", returns=[TRACE], hints=HINTS, styles=[rows_in_a_list]
)

"""Exercise 7.6, ``rescale``: all weights by one factor."""

import numpy as np

from lifkit.judge import Output
from lifkit_staff.exercise import case, exercise, holds

SCALED = Output(
    name="scaled",
    unit="mV",
    rtol=1e-12,
    why="five operations; 1 + the rest loses a digit at most, as the factor is 0 or beyond 0.1",
    axes=("synapse",),
    shape="(n,)",
)

HINTS = (
    "The idea: one factor for all synapses, above 1 if the neuron fires too little, below 1 if it fires "
    "too much, and 1 at the target. The ratio of any two weights stays.",
    "The equation is (4). With a strength of 0.5, a neuron that fires at twice its target gets the factor "
    "0.5, a silent one 1.5. If the rate is so high that the factor would be negative, all weights end at 0.",
    "A skeleton; what stands for each ___?\n"
    "off = (___) / ___                    # how far the rate is off, as a part of the target\n"
    "scaled = w * (1 + ___)\n"
    "return np.clip(___, 0, ___)",
)


def synapses(rng, title, part, **given):
    """Return a case with a neuron that fires at this part of its target."""
    target = rng.uniform(8, 20)
    drawn = {
        "w": rng.uniform(0.3, 1.2, rng.integers(4, 7)),
        "rate_hz": part * target,
        "target_hz": target,
        "strength": rng.uniform(0.15, 0.35),
        "w_max": rng.uniform(2.2, 2.6),
    }
    return case(title, **{**drawn, **given})


@holds(weight=2)
def factor(rng):
    """all weights are multiplied by the factor of (4)"""
    return [
        synapses(rng, "a neuron that fires too much", rng.uniform(1.5, 2.5)),
        synapses(rng, "a neuron that fires too little", rng.uniform(0.2, 0.6)),
        synapses(rng, "a silent neuron", 0.0),
        synapses(rng, "one synapse", rng.uniform(1.5, 2.5), w=rng.uniform(0.3, 1.2, 1)),
    ]


@holds()
def walls(rng):
    """weights stay between 0 and w_max"""
    strong = {"strength": rng.uniform(0.8, 1.0)}
    heavy = np.append(rng.uniform(1.2, 2.0, 4), 2.1)
    return [
        synapses(rng, "weights that would exceed w_max", 0.1, w=heavy, **strong),
        synapses(rng, "a rate far above the target", rng.uniform(4, 6), **strong),
    ]


@holds()
def whole_numbers(rng):
    """whole-number inputs give the same as 1.0, 2.0, ..."""
    whole = {"w": rng.integers(1, 3, 4), "rate_hz": int(rng.integers(12, 20)), "target_hz": 10}
    fine = {"strength": 0.3, "w_max": 3}
    return synapses(rng, "whole-number inputs", 1.0, **whole, **fine)


def by_minimum(w, rate_hz, target_hz, strength, w_max):
    """Solve in another style: the part by which the rate is off, and two walls."""
    off = 1 - rate_hz / target_hz
    return np.minimum(w_max, np.maximum(0, w + strength * off * w))


def certify(case):
    """Raise ValueError if a factor is too small to be compared, or if a wall is not met."""
    p = dict(case.inputs)
    factor = 1 + p["strength"] * (1 - p["rate_hz"] / p["target_hz"])
    met = factor < -0.1 or (p["w"] * factor > p["w_max"] + 0.01).any()
    if abs(factor) < 0.1 or (case.group == "walls") != met:
        raise ValueError(f"{case.name}: the factor is {factor:.3f}")


REFERENCE = exercise(
    "lab7",
    "rescale",
    returns=[SCALED],
    hints=HINTS,
    certify=certify,
    styles=[by_minimum],
)

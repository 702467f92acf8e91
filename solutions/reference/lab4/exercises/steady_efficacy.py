"""Exercise 4.6, ``steady_efficacy``: what each spike of a long regular train releases."""

import numpy as np

from lifkit.judge import Output
from lifkit_staff.exercise import also, case, exercise, holds

EFFICACY = Output(
    name="efficacy",
    rtol=1e-9,
    why="a few operations; 1 - exp(-D/tau) loses two digits at most, as D > tau/100",
    axes=("rate number",),
    shape="shaped like rate_hz",
)

HINTS = (
    "The idea: in the steady state every spike finds the same u and the same x. (9) gives both; what "
    "is left to do is the interval of a train of so many Hz, in ms.",
    "A picture, for 20 Hz: D = 50 ms; first u, from U and tau_f; then x, from that u and tau_d; the "
    "release is their product. After a long rest (D much longer than both) u is U and x is 1.",
    "A skeleton; what stands for each ___?\n"
    "D = ___                          # ms\n"
    "u = U / (1 - ___)\n"
    "e = np.exp(___)                  # what is left of a gap in the store after a pause\n"
    "x = ___ / (1 - ___ * e)\n"
    "return ___                       # NumPy does it for numbers and arrays alike",
)


def synapse(rng, title, rate_hz, **given):
    """Return a case with a synapse that tires and warms up."""
    drawn = {
        "U": rng.uniform(0.1, 0.6),
        "tau_f": rng.uniform(50, 300),
        "tau_d": rng.uniform(80, 400) + 350 * rng.integers(2),
    }
    return case(title, **{**drawn, "rate_hz": rate_hz, **given})


@holds(weight=3)
def rates(rng):
    """it is the product u x of (9), for each rate"""
    steps = np.array([1.0, 4.0, 10.0, 25.0, 60.0])
    several = rng.permutation(steps * rng.uniform(1, 2, 5))
    return [
        synapse(rng, "five rates", several),
        synapse(rng, "a synapse that tires", several[:4], U=rng.uniform(0.4, 0.7), tau_f=30.0),
        synapse(rng, "a synapse that warms up", several[1:], U=rng.uniform(0.05, 0.2), tau_d=40.0),
    ]


@holds()
def shape(rng):
    """a number gives a number, an array one of its shape, even of one rate"""
    return [
        synapse(rng, "one rate", rng.uniform(5, 60)),
        synapse(rng, "an array of one rate", rng.uniform(5, 60, 1)),
        synapse(rng, "a table of rates", rng.uniform(5, 60, (2, 4))),
    ]


@also(shape)
def equal_sizes(rng):
    """Draw a table with as many rows as columns."""
    return synapse(rng, "a square table", rng.uniform(5, 60, (2, 2)))


@holds()
def extremes(rng):
    """rare spikes find a rested synapse, and with U = 1 each releases all that is there"""
    return [
        synapse(rng, "rare spikes", rng.uniform(0.02, 0.05, 2)),
        synapse(rng, "U = 1", rng.uniform(5, 60, 3), U=1.0),
    ]


@holds()
def whole_numbers(rng):
    """whole-number inputs give the same as 1.0, 2.0, ..."""
    taus = {"tau_f": int(rng.integers(50, 300)), "tau_d": int(rng.integers(80, 400))}
    return [
        synapse(rng, "whole-number inputs", rng.integers(3, 80, 4), **taus),
        synapse(rng, "one whole number", int(rng.integers(30, 70)), **taus),
    ]


def by_the_pause(rate_hz, U, tau_f, tau_d):
    """Solve in another style: the steady state as what survives a pause."""
    pause = 1e3 / np.asarray(rate_hz, dtype=float)
    u = U / (U + (1 - U) * -np.expm1(-pause / tau_f))
    gained = -np.expm1(-pause / tau_d)
    return u * gained / (u + (1 - u) * gained)


REFERENCE = exercise(
    "lab4",
    "steady_efficacy",
    returns=[EFFICACY],
    hints=HINTS,
    styles=[by_the_pause],
)

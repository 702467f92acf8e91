"""Exercise 4.4, ``effective_membrane``: mean, speed and spread of a membrane full of open channels."""

import numpy as np

from lifkit.judge import Output
from lifkit_staff.exercise import also, case, exercise, holds, line

from .membrane_moments import SPREAD

MEAN = Output(
    name="mean",
    unit="mV",
    rtol=1e-9,
    why="a weighted mean of potentials, in any order good to 1e-14",
    shape="a number",
)
SPEED = Output(
    name="tau_eff",
    unit="ms",
    rtol=1e-9,
    why="three operations: correct orders differ by 4e-16",
    shape="a number",
)

HINTS = (
    "The idea: mean conductances are just more leak. First find the total conductance; it gives the "
    "mean and the time constant. Only then comes the spread, which is 4.2 for a membrane with these.",
    "A picture: resistors in parallel, each with its battery. The mean is the average of E_m and all "
    "E_s, weighted by their conductances, so it lies between the lowest and the highest of them. For "
    "the spread a spike is a current of w (E_s - mean).",
    "A skeleton; what stands for each ___?\n"
    "r = ___                               # spikes per ms\n"
    "g = ___                               # mean conductance of each kind, uS\n"
    "total = ___ + ___\n"
    "mean = (g_m * E_m + ___) / ___\n"
    "fast = ___                            # tau, with total for g_m\n"
    "b = w * ___ * tau_s / ___             # as in 4.2, on this membrane\n"
    "variance = np.sum(___ / (2 * (___)))\n"
    "return mean, fast, ___",
)


def membrane(rng, title, m, strength=(0.3, 2.0), **given):
    """Return a case with `m` kinds, whose mean conductances are `strength` times g_m."""
    g_m, E_m = rng.uniform(0.03, 0.1), rng.uniform(-74, -66)
    rate_hz, tau_s = rng.uniform(500, 4000, m), rng.uniform(2, 8.5, m)
    above = E_m + rng.uniform(40, 75, m)
    drawn = {
        "rate_hz": rate_hz,
        "w": 1000 * g_m * rng.uniform(*strength, m) / (rate_hz * tau_s),
        "tau_s": tau_s,
        "E_s": np.where(np.arange(m) % 2 == 0, above, E_m - rng.uniform(3, 9, m)),
        "E_m": E_m,
        "g_m": g_m,
        "tau": rng.uniform(12, 25),
    }
    return case(title, **{**drawn, **given})


@holds(weight=2, of="mean")
def means(rng):
    """the mean is the average of all potentials, weighted by their conductances"""
    return [
        membrane(rng, "excitation and inhibition", 2),
        membrane(rng, "three kinds", 3),
        membrane(rng, "one kind", 1),
        membrane(rng, "many open channels", 2, (4.0, 7.0)),
        membrane(rng, "few open channels", 2, (0.02, 0.05)),
    ]


speed = line(
    "speed",
    "open channels make the membrane faster: tau_eff = tau g_m/g_tot",
    on=[means],
    of="tau_eff",
)
spread = line(
    "spread",
    "the spread is that of currents w (E_s - mean) on the effective membrane",
    on=[means],
    of="sd",
    weight=2,
)


@also(means)
def shunt(rng):
    """Draw an inhibition that pulls to rest, which moves nothing and yet makes the membrane faster."""
    E_m = rng.uniform(-74, -66)
    E_s = np.array([E_m + rng.uniform(40, 75), E_m])
    return membrane(rng, "inhibition with E_s = E_m", 2, E_m=E_m, E_s=E_s)


@holds()
def whole_numbers(rng):
    """whole-number inputs give the same as 1.0, 2.0, ..."""
    return case(
        "whole-number inputs",
        rate_hz=rng.integers(200, 900, 2),
        w=rng.integers(2, 5, 2),
        tau_s=rng.integers(2, 9, 2),
        E_s=np.array([rng.integers(-5, 6), rng.integers(-82, -76)]),
        E_m=-int(rng.integers(62, 74)),
        g_m=int(rng.integers(2, 6)),
        tau=int(rng.integers(9, 25)),
    )


def kind_by_kind(rate_hz, w, tau_s, E_s, E_m, g_m, tau):
    """Solve in another style: loops over the kinds, the capacitance for tau."""
    total, pull = g_m, g_m * E_m
    for r, weight, time, E in zip(rate_hz, w, tau_s, E_s, strict=True):
        total = total + r * weight * time / 1000
        pull = pull + r * weight * time * E / 1000
    mean, tau_eff = pull / total, tau * g_m / total
    variance = 0.0
    for r, weight, time, E in zip(rate_hz, w, tau_s, E_s, strict=True):
        event = weight * time * (E - mean) / total
        variance = variance + r * event * event / 2000 / (tau_eff + time)
    return mean, tau_eff, np.sqrt(variance)


REFERENCE = exercise(
    "lab4",
    "effective_membrane",
    returns=[MEAN, SPEED, SPREAD],
    hints=HINTS,
    styles=[kind_by_kind],
    builds_on=["membrane_moments"],
)

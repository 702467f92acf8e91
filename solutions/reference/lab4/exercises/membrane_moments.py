"""Exercise 4.2, ``membrane_moments``: Campbell's theorem for synaptic currents."""

import math

import numpy as np

from lifkit.judge import Output
from lifkit_staff.exercise import also, case, exercise, holds, line

MEAN = Output(
    name="mean",
    unit="mV",
    rtol=1e-9,
    why="a sum of a few products, in any order good to 1e-14",
    shape="a number",
)
SPREAD = Output(
    name="sd",
    unit="mV",
    rtol=1e-9,
    why="the root of a sum of squares, in any order good to 1e-14",
    shape="a number",
)

HINTS = (
    "The idea: means add up with their signs, variances add up as squares, whatever the sign. So both "
    "answers are sums over the kinds; the root comes last, once, around the whole sum.",
    "The equation, for one kind alone: with r in spikes per ms and b = w tau_s/g_m (in mV ms), it "
    "lifts the mean by r b, and its variance is r b^2 over 2 (tau + tau_s).",
    "A skeleton; what stands for each ___?\n"
    "r = ___                      # spikes per ms\n"
    "b = ___                      # what both sums need, one entry a kind\n"
    "mean = ___ + np.sum(___)\n"
    "variance = np.sum(___ / ___)\n"
    "return mean, ___             # mV, not mV^2",
)


def membrane(rng):
    """Draw a membrane whose conductance is far from 1 uS."""
    return {
        "E_m": rng.uniform(-74, -62),
        "g_m": rng.uniform(0.04, 0.3),
        "tau": rng.uniform(9, 25),
    }


def kinds(rng, title, m, **given):
    """Return a case with `m` kinds of synapses, excitatory and inhibitory in turn."""
    signs = np.where(np.arange(m) % 2 == 0, 1, -1)
    drawn = {
        "rate_hz": rng.uniform(300, 4000, m),
        "w": signs * rng.uniform(0.004, 0.04, m),
        "tau_s": rng.uniform(2, 8.5, m),
    }
    return case(title, **{**membrane(rng), **drawn, **given})


@holds(of="mean")
def means(rng):
    """the mean adds up charge times rate of all kinds, with their signs"""
    return [
        kinds(rng, "an excitatory and an inhibitory kind", 2),
        kinds(rng, "three kinds", 3),
        kinds(rng, "one excitatory kind", 1),
        kinds(rng, "one inhibitory kind", 1, w=-rng.uniform(0.01, 0.04, 1)),
    ]


spread = line(
    "spread",
    "the standard deviation is the root of the summed variances",
    on=[means],
    of="sd",
    weight=2,
)


@holds()
def balance(rng):
    """balanced inputs leave the mean at rest and still spread"""
    one = kinds(rng, "", 2).inputs
    charge = one["rate_hz"][0] * one["w"][0] * one["tau_s"][0]
    w = np.array([one["w"][0], -charge / (one["rate_hz"][1] * one["tau_s"][1])])
    return case("charges that cancel", **{**one, "w": w})


@also(means)
def equal_times(rng):
    """A synapse as slow as the membrane: nothing is special about it."""
    tau = rng.uniform(6, 15)
    return kinds(rng, "tau_s = tau", 2, tau=tau, tau_s=np.full(2, tau))


@holds()
def whole_numbers(rng):
    """whole-number inputs give the same as 1.0, 2.0, ..."""
    return case(
        "whole-number inputs",
        rate_hz=rng.integers(200, 900, 3),
        w=np.array([1, -1, 1]) * rng.integers(1, 5, 3),
        tau_s=rng.integers(2, 9, 3),
        E_m=-int(rng.integers(62, 74)),
        g_m=int(rng.integers(2, 6)),
        tau=int(rng.integers(9, 25)),
    )


def kind_by_kind(rate_hz, w, tau_s, E_m, g_m, tau):
    """Solve in another style: a loop over the kinds."""
    mean, variance = E_m, 0.0
    for r, weight, time in zip(rate_hz, w, tau_s, strict=True):
        psp = weight / g_m * time
        mean = mean + r * psp / 1000
        variance = variance + r * psp * psp / 2000 / (time + tau)
    return mean, math.sqrt(variance)


REFERENCE = exercise(
    "lab4", "membrane_moments", returns=[MEAN, SPREAD], hints=HINTS, styles=[kind_by_kind]
)

"""Exercise 5.6, ``adex_rheobase``: the current at which the AdEx neuron loses its rest."""

import numpy as np

from lifkit.judge import Output
from lifkit_staff.exercise import case, exercise, holds

RHEOBASE = Output(
    name="I_rheobase",
    unit="nA",
    rtol=1e-12,
    why="a logarithm and a few products, none of which cancel: orders differ by 1e-15",
)

HINTS = (
    "The idea: rest is lost at the voltage where the upswing has become too steep, e^((V - V_T)/Delta_T) "
    "= e. There are two ways, each with its own e, and as the current grows the smaller e comes first. "
    "The current follows from V: at rest both nullclines meet.",
    "The equation: e is 1 + a/g_m or 1 + tau/tau_w, whichever is smaller. V* is the voltage with "
    "e^((V* - V_T)/Delta_T) = e. At V* the nullclines meet: a (V* - E_m) = g_m (-(V* - E_m) + Delta_T e) "
    "+ I. Solve this for I.",
    "A skeleton; what stands for each ___?\n"
    "e = 1 + ___                 # the smaller of two\n"
    "V_star = ___                # e^((V_star - V_T)/Delta_T) = e, solved for V_star\n"
    "I_rheobase = ___            # the nullclines meet at V_star, solved for I\n"
    "return I_rheobase",
)


def cell(rng, title, a, tau_w):
    """Draw a cell; a is in units of g_m, tau_w in those of tau, both as ranges."""
    E_m, g_m, tau = rng.uniform(-72, -64), rng.uniform(0.01, 0.02), rng.uniform(8, 20)
    return case(
        title,
        E_m=E_m,
        V_T=E_m + rng.uniform(13, 20),
        Delta_T=rng.uniform(1.5, 3),
        g_m=g_m,
        tau=tau,
        a=g_m * rng.uniform(*a),
        tau_w=tau * rng.uniform(*tau_w),
    )


@holds(weight=2)
def saddle_node(rng):
    """where a/g_m is below tau/tau_w the nullclines part (saddle-node)"""
    return [
        cell(rng, "a/g_m below tau/tau_w", (0.1, 0.3), (1.5, 2.5)),
        cell(rng, "w faster than V", (0.4, 1.2), (0.3, 0.6)),
    ]


@holds(weight=2)
def hopf(rng):
    """where it is above, rest begins to swing before that (Hopf)"""
    return [
        cell(rng, "a/g_m above tau/tau_w", (0.4, 1.2), (4, 15)),
        cell(rng, "a/g_m far above tau/tau_w", (1.5, 4), (4, 15)),
    ]


@holds()
def negative(rng):
    """the same formula holds for a below 0"""
    return cell(rng, "a below 0", (-0.8, -0.3), (3, 9))


@holds()
def whole_numbers(rng):
    """whole-number inputs give the same as 1.0, 2.0, ..."""
    E_m = int(rng.integers(-72, -65))
    return case(
        "whole-number inputs",
        E_m=E_m,
        V_T=E_m + 17,
        Delta_T=2,
        g_m=3,
        tau=int(rng.integers(9, 14)),
        a=int(rng.integers(4, 8)),
        tau_w=int(rng.integers(60, 120)),
    )


def certify(case):
    """Raise ValueError where the two ways of losing rest are less than 5 % apart."""
    p = case.inputs
    ratio = (p["a"] / p["g_m"]) / (p["tau"] / p["tau_w"])
    if abs(ratio - 1) < 0.05:
        raise ValueError(f"{case.name}: a/g_m is within 5 % of tau/tau_w")


def by_branches(E_m, V_T, Delta_T, g_m, tau, a, tau_w):
    """Solve in another style: one branch for each way, the nullclines' distance at V*."""
    if a / g_m < tau / tau_w:
        steepness = 1 + a / g_m
    else:
        steepness = 1 + tau / tau_w
    V = V_T + Delta_T * np.log(steepness)
    return a * (V - E_m) - g_m * (E_m - V + Delta_T * np.exp((V - V_T) / Delta_T))


REFERENCE = exercise(
    "lab5",
    "adex_rheobase",
    returns=[RHEOBASE],
    hints=HINTS,
    certify=certify,
    styles=[by_branches],
)

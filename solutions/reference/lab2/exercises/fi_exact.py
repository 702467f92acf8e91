"""Exercise 2.4, ``fi_exact``: the firing rate as a function of the current, in closed form."""

from fractions import Fraction

import numpy as np

from lifkit.judge import Output
from lifkit_staff.exercise import also, case, exercise, holds

RATE = Output(
    name="rate_hz",
    unit="Hz",
    rtol=1e-9,
    why="just above rheobase, rounding of V_inf shifts the rate by up to 3e-11 of itself",
    axes=("current", "column"),
    shape="(shape of I_ext)",
)

HINTS = (
    "The idea: start V at V_reset in the exact solution of Lab 1 and ask at which time it reaches "
    "V_theta. That time, plus t_ref, is one interval; the rate is one spike an interval.",
    "The equation: with the steady state V_inf = E_m + I_ext/g_m, the distance to it shrinks from V_inf - "
    "V_reset to V_inf - V_theta in the time T, so V_inf - V_theta = (V_inf - V_reset) exp(-T/tau). Solve "
    "this for T, in ms. Where V_inf <= V_theta there is no such T, and the rate is 0.",
    "A skeleton; what stands for each ___? np.asarray(I_ext, dtype=float) makes an array of numbers and "
    "of one number, and [()] takes one number out again.\n"
    "V_inf = ___                  # of each current\n"
    "fires = ___                  # which currents get to V_theta at all?\n"
    "rate_hz = np.zeros(V_inf.shape)\n"
    "T = ___                      # the climb in ms, of V_inf[fires] alone\n"
    "rate_hz[fires] = ___         # one spike an interval, in Hz\n"
    "return rate_hz[()]",
)

#: How near to threshold V_inf may come unless it lies on it, in mV.  V_inf is rounded by up to
#: 3e-14 mV, so at 1e-4 mV the logarithm's argument is good to 3e-10 and the rate, which sees its
#: logarithm (about 12), to 3e-11.
NEAREST = 1e-4


def neuron(rng):
    """Draw a neuron; return it with its rheobase current."""
    E_m, g_m = rng.uniform(-72, -64), rng.uniform(1.3, 2.4)
    V_theta, V_reset = rng.uniform(E_m + 12, E_m + 20), rng.uniform(E_m - 12, E_m - 4)
    drawn = {"E_m": E_m, "V_theta": V_theta, "V_reset": V_reset, "g_m": g_m}
    return {**drawn, "tau": rng.uniform(5, 22)}, g_m * (V_theta - E_m)


@holds(weight=3)
def firing(rng):
    """with t_ref = 0, a neuron fires once in the time V takes from V_reset to V_theta"""
    one, rheobase = neuron(rng)
    I_ext = rng.uniform(1.02 * rheobase, 6 * rheobase, rng.integers(4, 8))
    return case("currents above rheobase", I_ext=I_ext, t_ref=0.0, **one)


@holds(weight=2)
def refractory(rng):
    """the refractory time makes every interval longer by t_ref"""
    one, rheobase = neuron(rng)
    I_ext = rng.uniform(1.02 * rheobase, 6 * rheobase, 4)
    strong = rng.uniform(60 * rheobase, 100 * rheobase)  # fires almost every t_ref
    return case(
        "with a refractory time", I_ext=np.append(I_ext, strong), t_ref=rng.uniform(1.2, 4), **one
    )


@holds(weight=2)
def silent(rng):
    """0 Hz at and below rheobase, and a low rate just above it"""

    def both_sides():
        one, rheobase = neuron(rng)
        I_ext = [
            # Below V_reset's own current, where the ratio in the logarithm is positive again.
            rng.uniform(-25 * rheobase, -4 * rheobase),
            rng.uniform(-1.2 * rheobase, -1.05 * rheobase),
            *rng.uniform(-0.1 * rheobase, 0.9 * rheobase, 2),
            rheobase - rng.uniform(0.001, 0.004),
            rheobase + rng.uniform(0.001, 0.004),
            *rng.uniform(1.1 * rheobase, 3 * rheobase, 2),
        ]
        return {"I_ext": rng.permutation(I_ext), **one}

    return [
        case("currents on both sides of rheobase", t_ref=0.0, **both_sides()),
        case(
            "both sides of rheobase, with a refractory time",
            t_ref=rng.uniform(1, 3),
            **both_sides(),
        ),
    ]


@also(silent)
def exactly_at_rheobase(rng):
    """A steady state on the threshold; whole numbers keep it exact."""
    shift = float(rng.integers(-6, 7))
    return case(
        "a current exactly at rheobase",
        I_ext=rng.permutation([40.0, 40.0, 36.0, 56.0, 88.0]),
        E_m=-70.0 + shift,
        V_theta=-50.0 + shift,
        V_reset=-76.0 + shift,
        g_m=2.0,
        tau=float(rng.integers(5, 20)),
        t_ref=float(rng.integers(1, 5)) / 2,
    )


def shaped(title, rng, low, high, size=None):
    """Draw currents between two multiples of rheobase, in some shape."""
    one, rheobase = neuron(rng)
    I_ext = rng.uniform(np.multiply(low, rheobase), np.multiply(high, rheobase), size)
    return case(title, I_ext=I_ext, t_ref=rng.uniform(1, 3), **one)


@holds()
def shape(rng):
    """the rate has the shape of I_ext: a number for a number, (2, 3) for (2, 3)"""
    return [
        shaped("one number for I_ext", rng, 1.2, 3),
        shaped("one number for I_ext, below rheobase", rng, 0.1, 0.8),
        shaped("two rows of three currents", rng, [0.1, 1.3, 2], [0.8, 2, 4], (2, 3)),
    ]


@also(shape)
def equal_sizes(rng):
    """As many rows as columns."""
    return shaped("three rows of three currents", rng, [1.3, 2, 0.1], [2, 4, 0.8], (3, 3))


@also(shape)
def small_arrays(rng):
    """An array stays one, with a single current and where no current makes a spike."""
    return [
        shaped("an array of one current", rng, 1.2, 3, 1),
        shaped("an array of one current, below rheobase", rng, 0.1, 0.8, 1),
        shaped("three currents, all below rheobase", rng, -0.5, 0.8, 3),
    ]


@holds()
def whole_numbers(rng):
    """whole-number inputs give the same as 1.0, 2.0, ..."""
    E_m = int(rng.integers(-72, -65))
    return case(
        "whole-number inputs",
        I_ext=np.array([17, *rng.integers(36, 90, 3)]),
        E_m=E_m,
        V_theta=E_m + 17,
        V_reset=E_m - 7,
        g_m=2,
        tau=int(rng.integers(6, 17)),
        t_ref=2,
    )


def certify(case):
    """Raise ValueError if rounding could decide whether a neuron of this case fires.

    A steady state within 1e-4 mV of the threshold must lie on it exactly, in rational as in binary
    arithmetic.
    """
    p = case.inputs
    for current in np.ravel(p["I_ext"]).tolist():
        gap = p["E_m"] + current / p["g_m"] - p["V_theta"]
        steady = Fraction(p["E_m"]) + Fraction(current) / Fraction(p["g_m"])
        if abs(gap) < NEAREST and not gap == steady - Fraction(p["V_theta"]) == 0:
            raise ValueError(f"{case.name}: at {current} nA, V_inf is {gap:.1e} mV off threshold")


def filled(I_ext, E_m, V_theta, V_reset, g_m, tau, t_ref):
    """Solve in another style: zeros, filled where a mask says so."""
    V_inf = np.asarray(E_m + np.asarray(I_ext, dtype=float) / g_m)
    rates = np.zeros(V_inf.shape)
    fires = V_inf > V_theta
    climb = tau * np.log((V_inf[fires] - V_reset) / (V_inf[fires] - V_theta))
    rates[fires] = 1000.0 / (t_ref + climb)
    return rates[()]


def one_by_one(I_ext, E_m, V_theta, V_reset, g_m, tau, t_ref):
    """Solve in another style: a loop over the currents."""
    currents = np.ravel(I_ext)
    rates = np.zeros(len(currents))
    for i, current in enumerate(currents):
        V_inf = E_m + current / g_m
        if V_inf > V_theta:
            climb = tau * np.log((V_inf - V_reset) / (V_inf - V_theta))
            rates[i] = 1000.0 / (t_ref + climb)
    return rates.reshape(np.shape(I_ext))[()]


REFERENCE = exercise(
    "lab2",
    "fi_exact",
    returns=[RATE],
    hints=HINTS,
    certify=certify,
    styles=[filled, one_by_one],
)

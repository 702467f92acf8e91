"""Exercise 5.5, ``nullclines``: where V stands still in the phase plane, and where w does."""

import numpy as np

from lifkit.judge import Output
from lifkit_staff.exercise import also, case, exercise, holds

WHY = "right orders of operation differ by 1e-15 nA; where w_V crosses zero that is more than its 1e-12"


def current(name):
    """Return an output in nA, one number a voltage."""
    return Output(
        name=name, unit="nA", rtol=1e-12, atol=1e-12, why=WHY, axes=("V",), shape="(as V)"
    )


HINTS = (
    "The idea: on the V-nullcline dV/dt = 0, on the w-nullcline dw/dt = 0. Set each right-hand side of "
    "equation (6) to zero and solve it for w.",
    "The picture: at a given V the V-nullcline is the w that just balances everything else that flows:\n"
    "leak, in mV, times g_m\n"
    "upswing, in mV, times g_m\n"
    "I_ext, in nA already\n"
    "The w-nullcline is the value that w is pulled towards.",
    "A skeleton; what stands for each ___?\n"
    "upswing = ___               # mV\n"
    "w_V = g_m * (___) + ___     # nA\n"
    "w_w = ___                   # nA\n"
    "return ___, ___",
)


def cell(rng):
    """Draw a cell, and a current below its rheobase."""
    E_m, g_m = rng.uniform(-72, -64), rng.uniform(0.01, 0.02)
    V_T, Delta_T = E_m + rng.uniform(13, 20), rng.uniform(1.5, 3)
    drawn = {"E_m": E_m, "V_T": V_T, "Delta_T": Delta_T, "g_m": g_m}
    return drawn | {"a": g_m * rng.uniform(0.2, 0.8), "I_ext": 0.6 * g_m * (V_T - E_m)}


def voltages(rng, one, size):
    """Draw voltages from below rest to where the upswing is steep."""
    return rng.uniform(one["E_m"] - 8, one["V_T"] + 3 * one["Delta_T"], size)


@holds(weight=4)
def curves(rng):
    """w_V balances leak, upswing and current; w_w is a (V - E_m)"""
    one, other = cell(rng), cell(rng)
    other["a"] *= -1
    other["I_ext"] *= -0.5
    return [
        case("six voltages", V=voltages(rng, one, 6), **one),
        case("a below 0, and a current below 0", V=voltages(rng, other, 5), **other),
    ]


@holds()
def shape(rng):
    """both results have the shape of V: a number for a number, (2, 3) for (2, 3)"""
    one, other = cell(rng), cell(rng)
    return [
        case("one voltage", V=voltages(rng, one, None), **one),
        case("an array of one voltage", V=voltages(rng, one, 1), **one),
        case("two rows of three voltages", V=voltages(rng, other, (2, 3)), **other),
    ]


@also(shape)
def equal_sizes(rng):
    """As many rows as columns."""
    one = cell(rng)
    return case("three rows of three voltages", V=voltages(rng, one, (3, 3)), **one)


@holds()
def whole_numbers(rng):
    """whole-number inputs give the same as 1.0, 2.0, ..."""
    E_m = int(rng.integers(-72, -65))
    return case(
        "whole-number inputs",
        V=E_m + rng.integers(2, 18, 4),
        I_ext=int(rng.integers(11, 20)),
        E_m=E_m,
        V_T=E_m + 15,
        Delta_T=2,
        g_m=3,
        a=int(rng.integers(4, 7)),
    )


def by_currents(V, I_ext, E_m, V_T, Delta_T, g_m, a):
    """Solve in another style: each current by itself, in arrays."""
    V = np.asarray(V, dtype=float)
    leak, upswing = g_m * (E_m - V), g_m * Delta_T * np.exp(V / Delta_T - V_T / Delta_T)
    return (leak + upswing + I_ext)[()], (a * V - a * E_m)[()]


REFERENCE = exercise(
    "lab5",
    "nullclines",
    returns=[current("w_V"), current("w_w")],
    hints=HINTS,
    styles=[by_currents],
)

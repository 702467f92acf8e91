"""Exercise 1.1, ``passive_euler``: forward Euler for the membrane without spikes."""

from typing import Any

import numpy as np

from lifkit_staff.exercise import also, case, exercise, holds

from ...membrane import STEPPED, heights, membranes, whole_membranes

HINTS = (
    "The idea: the voltage that you have gives the slope that it has now. Walk along that slope for one "
    "time step, store where you arrive, and do it again from there.",
    "The equation: tau dV/dt = -(V - E_m) + I_ext/g_m, so the slope is the right side over tau. In a "
    "step of dt the voltage changes by dt times the slope, and all of the slope comes from the row "
    "that you have:\n"
    "row 0    V_init\n"
    "row 1    row 0 + the change that belongs to row 0\n"
    "row 2    row 1 + the change that belongs to row 1\n"
    "...      N_t steps, so N_t + 1 rows",
    "A skeleton; what stands for each ___?\n"
    "V = np.zeros((___, len(V_init)))    # how many rows do N_t steps need?\n"
    "V[0] = ___\n"
    "for k in range(___):\n"
    "    slope = ___                     # in mV/ms, from row k alone\n"
    "    V[k + 1] = V[k] + ___\n"
    "return V",
)


def driven(rng, title, N_t, n, **others):
    """Return a case of n neurons with a current, in N_t steps of 0.2 to 0.5 ms unless given."""
    given = {"dt": rng.uniform(0.2, 0.5), "I_ext": heights(rng, n), **membranes(rng, n)}
    return case(title, N_t=int(N_t), **(given | others))


@holds(weight=2)
def leak(rng):
    """without a current, V leaks from V_init towards E_m"""
    title = "three neurons without a current"
    return driven(rng, title, rng.integers(12, 20), 3, I_ext=np.zeros(3))


@holds(weight=3)
def drive(rng):
    """a constant current drives each neuron towards its own E_m + I_ext/g_m"""
    return [
        driven(rng, "neurons with a current", rng.integers(20, 30), rng.integers(4, 7)),
        driven(rng, "one neuron, a few steps", rng.integers(5, 12), 1),
    ]


@also(drive)
def equal_sizes(rng):
    return [
        driven(rng, "as many steps as neurons", 4, 4),
        driven(rng, "as many rows as neurons", 4, 5),
        driven(rng, "one neuron, one step", 1, 1),
    ]


@also(drive, fixed=True)
def short_steps():
    """Count steps as times would not (3 dt/dt is above 3, 49 dt/dt below 49), each of below 1e-5 of V."""
    slow: dict[str, Any] = {
        "V_init": np.array([-58.5, -75.0]),
        "E_m": -69.0,
        "I_ext": np.array([9.0, -6.0]),
        "g_m": 1.5,
        "tau": np.array([80.0, 110.0]),
    }
    return [
        case(f"slow membranes, {said} very short steps", N_t=N_t, dt=0.003, **slow)
        for said, N_t in (("three", 3), ("49", 49))
    ]


@holds()
def long_steps(rng):
    """with dt above tau it overshoots and above 2 tau it blows up, as Euler does"""
    between, short = rng.uniform(1.6, 2.8, 2), rng.uniform(1.6, 3.2, 3)
    return [
        driven(rng, "dt between tau and 2 tau", 9, 2, dt=3.0, tau=between),
        driven(rng, "dt above 2 tau", 12, 3, dt=7.0, tau=short),
    ]


@holds()
def whole_numbers(rng):
    """whole-number inputs give the same as 1.0, 2.0, ..."""
    current = rng.permutation([1, -1, 2, -2]) * rng.integers(19, 33, 4)
    four = whole_membranes(rng, 4)
    return driven(rng, "whole-number inputs", rng.integers(12, 20), 4, dt=2, I_ext=current, **four)


def rows_in_a_list(N_t, dt, V_init, E_m, I_ext, g_m, tau):
    """Solve in another style: the rows gathered in a list, the slope first."""
    v = np.array(V_init, dtype=float)
    rows = [v]
    for _ in range(N_t):
        slope = (-(v - E_m) + I_ext / g_m) / tau
        v = v + dt * slope
        rows.append(v)
    return np.array(rows)


REFERENCE = exercise(
    "lab1", "passive_euler", returns=[STEPPED], hints=HINTS, styles=[rows_in_a_list]
)

"""Exercise 1.2, ``passive_exact``: the membrane's closed form for a constant current."""

import numpy as np

from lifkit_staff.exercise import also, case, exercise, holds

from ...membrane import heights, membranes, voltage, whole_membranes

V = voltage(
    why="the formula evaluated in any order of operations is good to 1e-12 mV",
    shape="(len(t), n)",
)

HINTS = (
    "The idea: V starts at V_init and ends at a steady state. What shrinks exponentially is the "
    "distance between the two. First find the steady state: the voltage at which dV/dt = 0.",
    "The equation: the steady state is E_m + I_ext/g_m, and after the time t the distance to it is "
    "exp(-t/tau) of what it was at V_init. On paper: t = 0 must give V_init. Times stand in a "
    "column, membranes in a row, so t/tau is this table:\n"
    "         tau[0]         tau[1]\n"
    "t[0]     t[0]/tau[0]    t[0]/tau[1]\n"
    "t[1]     t[1]/tau[0]    t[1]/tau[1]",
    "A skeleton; what stands for each ___? np.asarray(t)[:, np.newaxis] is t as a column.\n"
    "steady = ___                  # one number a membrane\n"
    "left = np.exp(___)            # a row a time, a column a membrane\n"
    "return steady + ___ * left    # what is it of which a part is left?",
)


def grid(rng):
    """Draw evenly spaced times from t = 0 on."""
    return rng.uniform(1.5, 2.5) * np.arange(rng.integers(10, 18))


@holds(weight=2)
def decay(rng):
    """without a current, V decays from V_init to E_m with its own time constant"""
    three = membranes(rng, 3)
    return case("three neurons without a current", t=grid(rng), I_ext=np.zeros(3), **three)


@holds(weight=3)
def drive(rng):
    """with a current, V goes from V_init to E_m + I_ext/g_m"""
    n = rng.integers(3, 6)
    return [
        case("neurons with a current", t=grid(rng), I_ext=heights(rng, n), **membranes(rng, n)),
        case(
            "one neuron, until long after it has settled",
            t=6 * grid(rng),
            I_ext=heights(rng, 1),
            **membranes(rng, 1),
        ),
    ]


@holds(weight=2)
def any_times(rng):
    """t may hold any times: uneven, in any order, with or without t = 0, only one"""
    uneven = np.concatenate([[0, rng.uniform(0.04, 0.08)], np.sort(rng.uniform(0.5, 30, 5))])
    mixed = np.sort(rng.uniform(1, 35, 5))[[2, 0, 4, 1, 3]]
    single = rng.uniform(3, 9, 1)
    return [
        case(title, t=t, I_ext=heights(rng, 3), **membranes(rng, 3))
        for title, t in [
            ("uneven times from t = 0", uneven),
            ("times out of order, without t = 0", mixed),
            ("a single time", single),
        ]
    ]


@also(any_times)
def equal_sizes(rng):
    return [
        case(title, t=rng.uniform(1, 30, n), I_ext=heights(rng, n), **membranes(rng, n))
        for title, n in [("as many times as neurons", 4), ("one neuron at one time", 1)]
    ]


@holds()
def whole_numbers(rng):
    """whole-number inputs give the same as 1.0, 2.0, ..."""
    current = rng.permutation([1, -1, 2]) * rng.integers(19, 33, 3)
    t = np.arange(0, 28, 4)
    return case("whole-number inputs", t=t, I_ext=current, **whole_membranes(rng, 3))


def a_row_a_time(t, V_init, E_m, I_ext, g_m, tau):
    """Solve in another style: a loop that fills one row after the other."""
    V = np.zeros((len(t), len(V_init)))
    for k in range(len(t)):
        decay = np.exp(-t[k] / tau)
        V[k] = E_m + I_ext / g_m * (1 - decay) + (V_init - E_m) * decay
    return V


REFERENCE = exercise("lab1", "passive_exact", returns=[V], hints=HINTS, styles=[a_row_a_time])

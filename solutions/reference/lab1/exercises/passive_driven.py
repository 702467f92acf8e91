"""Exercise 1.4, ``passive_driven``: a membrane that follows a changing current."""

import numpy as np

from lifkit_staff.exercise import also, case, exercise, holds

from ...membrane import STEPPED, heights, membranes, whole_membranes

HINTS = (
    "The idea: one step of passive_euler needs the current during that step only. So each step "
    "takes its own row of I_ext, and the number of rows is the number of steps.",
    "The picture, for three steps. V has one row more than I_ext:\n"
    "row of I_ext    0         1         2\n"
    "row of V        0 to 1    1 to 2    2 to 3",
    "A skeleton; what stands for each ___?\n"
    "steps = ___                         # I_ext knows\n"
    "V = np.zeros((___, len(V_init)))\n"
    "V[0] = ___\n"
    "for k in range(steps):\n"
    "    V[k + 1] = V[k] + ___           # which row of I_ext?\n"
    "return V",
)


def driven(rng, title, I_ext, **others):
    """Return a case with a current of one row a step and one column a neuron."""
    given = {"dt": rng.uniform(0.2, 0.7), **membranes(rng, I_ext.shape[1])}
    return case(title, I_ext=I_ext, **(given | others))


def steps_of_current(N_t, rows, heights):
    """Return a current that jumps to its neuron's height at its neuron's row."""
    return np.where(np.arange(N_t)[:, np.newaxis] >= rows, heights, 0.0)


@holds()
def constant(rng):
    """with a constant current it does what passive_euler does"""
    current = np.tile(heights(rng, 3), (rng.integers(12, 20), 1))
    return driven(rng, "three neurons, constant currents", current)


@holds(weight=2)
def step(rng):
    """after a step of the current V moves on, from the right row on"""
    N_t = rng.integers(14, 22)
    on = steps_of_current(N_t, rng.integers(2, N_t - 2, 3), heights(rng, 3))
    height = heights(rng, 1)
    pulse = steps_of_current(17, [rng.integers(2, 6)], height)
    pulse -= steps_of_current(17, [rng.integers(9, 14)], height)
    return [
        driven(rng, "a step of the current", on),
        driven(rng, "one neuron, a step on and off", pulse),
    ]


@also(step, fixed=True)
def tenths():
    """Count steps as times would not: 48 * 0.1 / 0.1 lies above 48, and 43 * 0.1 / 0.1 below 43."""
    return case(
        "steps of a tenth of a ms",
        dt=0.1,
        V_init=np.array([-61.0, -76.0]),
        E_m=-69.0,
        I_ext=steps_of_current(48, np.array([43, 20]), np.array([35.0, -28.0])),
        g_m=1.5,
        tau=np.array([6.5, 11.0]),
    )


@holds(weight=2)
def pulse(rng):
    """a current in one row of I_ext acts from t_k to t_(k+1) and leaves a decaying trace"""
    N_t = rng.integers(10, 16)
    current = np.zeros((N_t, 3))
    current[[rng.integers(2, N_t - 2), 0, N_t - 1], [0, 1, 2]] = rng.uniform(100, 200)
    return driven(rng, "a pulse in one row", current)


@holds(weight=2)
def smooth(rng):
    """V follows a ramp and a sine, each neuron its own"""
    dt = rng.uniform(0.2, 0.7)
    t = dt * np.arange(rng.integers(24, 32))
    height = rng.uniform(15, 30)
    sine = height * np.sin(2 * np.pi * rng.uniform(30, 80) * t / 1000)
    current = np.column_stack([rng.uniform(1, 3) * t, sine, height / 2 + sine])
    return driven(rng, "a ramp and two sines", current, dt=dt)


@also(smooth)
def equal_sizes(rng):
    return [
        driven(rng, title, rng.uniform(-40, 40, shape))
        for title, shape in [
            ("as many steps as neurons", (4, 4)),
            ("as many rows as neurons", (4, 5)),
            ("one neuron, one step", (1, 1)),
        ]
    ]


@holds()
def whole_numbers(rng):
    """whole-number inputs give the same as 1.0, 2.0, ..."""
    current = rng.integers(-60, 60, (7, 3))
    return driven(rng, "whole-number inputs", current, **{"dt": 2, **whole_membranes(rng, 3)})


def rows_in_a_list(dt, V_init, E_m, I_ext, g_m, tau):
    """Solve in another style: a loop over the rows of the current, the rows of V in a list."""
    rows = [np.array(V_init, dtype=float)]
    for current in I_ext:
        rows.append(rows[-1] + dt * (E_m - rows[-1] + current / g_m) / tau)
    return np.array(rows)


REFERENCE = exercise(
    "lab1",
    "passive_driven",
    returns=[STEPPED],
    hints=HINTS,
    styles=[rows_in_a_list],
    builds_on=["passive_euler"],
)

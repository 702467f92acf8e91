"""Exercise 1.1, ``passive_euler``: forward Euler for the membrane without spikes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from lifkit.exercises import Case, Exercise, Property

from .membrane import STEPPED, case, refer, step_mistakes, variant


def passive_euler(N_t, dt, V_init, E_m, I_ext, g_m, tau):
    r"""Integrate passive membranes with forward Euler.

    Solves :math:`\tau\,dV/dt = -(V - E_m) + I_{ext}/g_m` in steps of `dt`.

    Parameters
    ----------
    N_t : int
        Number of time steps.
    dt : float
        Time step in ms.
    V_init : (n,) array_like
        Voltage at t = 0 in mV.
    E_m : float
        Resting potential in mV.
    I_ext : (n,) array_like
        Constant input current in nA.
    g_m : float
        Membrane conductance in uS.
    tau : (n,) array_like
        Membrane time constant in ms.

    Returns
    -------
    V : (N_t + 1, n) ndarray
        Voltage in mV; ``V[k]`` at t = k dt.

    Notes
    -----
    With a constant current the result is
    :math:`V_k = V_\infty + (V_0 - V_\infty)(1 - dt/\tau)^k`, so it settles for dt < 2 tau only.
    Source: Press et al. (2007), Numerical Recipes, 3rd ed., eq. 17.1.1, applied to Dayan and
    Abbott (2001), Theoretical Neuroscience, section 5.4.

    Examples
    --------
    >>> passive_euler(3, 0.5, np.array([-70.0]), -70.0, np.array([20.0]), 2.0, np.array([5.0]))
    array([[-70.  ],
           [-69.  ],
           [-68.1 ],
           [-67.29]])
    """
    V = np.zeros((N_t + 1, len(V_init)))
    V[0] = V_init
    for k in range(N_t):
        V[k + 1] = V[k] + dt / tau * (-(V[k] - E_m) + I_ext / g_m)
    return V


EXERCISE = Exercise(
    name="passive_euler",
    lab="lab1",
    number="1.1",
    title="Forward Euler",
    parameters=("N_t", "dt", "V_init", "E_m", "I_ext", "g_m", "tau"),
    outputs=(STEPPED,),
    properties=(
        Property(
            name="leak",
            text="without a current, V leaks from V_init towards E_m",
            outputs=("V",),
            groups=("leak",),
            weight=2,
        ),
        Property(
            name="drive",
            text="a constant current drives each neuron towards its own E_m + I_ext/g_m",
            outputs=("V",),
            groups=("drive",),
            weight=3,
        ),
        Property(
            name="long steps",
            text="with dt above tau it overshoots and above 2 tau it blows up, as Euler does",
            outputs=("V",),
            groups=("long steps",),
        ),
        Property(
            name="whole numbers",
            text="whole-number inputs give the same as 1.0, 2.0, ...",
            outputs=("V",),
            groups=("whole numbers",),
        ),
    ),
    hints=(
        "The idea: you know the voltage now, and the equation gives its slope now. Walk along that "
        "slope for one time step, store where you arrive, and do it again from there.",
        "The equation: solve tau dV/dt = -(V - E_m) + I_ext/g_m for dV, with dt as a small but "
        "finite step. The new voltage is the old one plus this dV.",
        "The shape of the lines: an array of zeros with N_t + 1 rows and one column a neuron; its "
        "row 0 set to V_init; then a loop of N_t steps with one line in it: row k + 1 = row k + "
        "(a fraction of a time constant) * (a bracket with leak and drive).",
    ),
)


def public() -> list[Case]:
    """Return the cases of the self-check; no number is a degenerate choice (tau*dt = 1, g_m = 1)."""
    shared = {"E_m": -68.0, "g_m": 1.6}
    return [
        case(
            EXERCISE,
            "three neurons without a current",
            "leak",
            N_t=23,
            dt=0.3,
            V_init=np.array([-75.5, -60.25, -67.0]),
            I_ext=np.zeros(3),
            tau=np.array([14.0, 7.0, 9.5]),
            **shared,
        ),
        case(
            EXERCISE,
            "five neurons with a current",
            "drive",
            N_t=47,
            dt=0.45,
            V_init=np.array([-71.0, -66.5, -80.0, -68.5, -70.25]),
            I_ext=np.array([43.0, 31.5, -12.0, 8.5, 24.0]),
            tau=np.array([16.0, 9.0, 12.0, 21.0, 5.0]),
            **shared,
        ),
        case(
            EXERCISE,
            "one neuron, a few steps",
            "drive",
            N_t=7,
            dt=0.2,
            V_init=np.array([-73.0]),
            I_ext=np.array([52.0]),
            tau=np.array([11.0]),
            **shared,
        ),
        case(
            EXERCISE,
            "dt between tau and 2 tau",
            "long steps",
            N_t=9,
            dt=3.0,
            V_init=np.array([-74.0, -61.0]),
            I_ext=np.array([20.0, -6.0]),
            tau=np.array([1.8, 2.5]),
            **shared,
        ),
        case(
            EXERCISE,
            "dt above 2 tau",
            "long steps",
            N_t=12,
            dt=7.0,
            V_init=np.array([-74.0, -61.0, -69.5]),
            I_ext=np.array([20.0, -6.0, 9.0]),
            tau=np.array([2.5, 3.0, 2.0]),
            **shared,
        ),
        case(
            EXERCISE,
            "whole-number inputs",
            "whole numbers",
            N_t=17,
            dt=2,
            V_init=np.array([-71, -64, -75, -66]),
            E_m=-69,
            I_ext=np.array([61, 47, -20, 13]),
            g_m=3,
            tau=np.array([13, 7, 11, 19]),
        ),
    ]


def draw(rng: np.random.Generator) -> list[Case]:
    """Draw secret cases that look at the same properties as the public ones."""

    def parameters(n: int) -> dict[str, Any]:
        E_m, g_m = rng.uniform(-72, -64), rng.uniform(1.3, 2.4)
        away = rng.choice([-1, 1], n) * rng.uniform(2, 9, n)
        return {
            "E_m": E_m,
            "g_m": g_m,
            "V_init": E_m + away,
            "I_ext": g_m * rng.choice([-1, 1], n) * rng.uniform(10, 20, n),
            "tau": rng.permutation(np.linspace(6, 20, n) + rng.uniform(-1, 1, n)),
        }

    leak = {**parameters(3), "I_ext": np.zeros(3)}
    overshoot = {**parameters(2), "tau": rng.uniform(1.6, 2.8, 2)}
    blow_up = {**parameters(3), "tau": rng.uniform(1.6, 3.2, 3)}
    E_m = int(rng.integers(-72, -65))
    return [
        case(
            EXERCISE,
            "secret: no current",
            "leak",
            N_t=int(rng.integers(15, 30)),
            dt=rng.uniform(0.2, 0.5),
            **leak,
        ),
        case(
            EXERCISE,
            "secret: current",
            "drive",
            N_t=int(rng.integers(40, 60)),
            dt=rng.uniform(0.2, 0.5),
            **parameters(int(rng.integers(4, 8))),
        ),
        case(
            EXERCISE,
            "secret: one neuron",
            "drive",
            N_t=int(rng.integers(5, 12)),
            dt=rng.uniform(0.2, 0.5),
            **parameters(1),
        ),
        case(EXERCISE, "secret: dt above tau", "long steps", N_t=9, dt=3.0, **overshoot),
        case(EXERCISE, "secret: dt above 2 tau", "long steps", N_t=12, dt=7.0, **blow_up),
        case(
            EXERCISE,
            "secret: whole numbers",
            "whole numbers",
            N_t=int(rng.integers(12, 20)),
            dt=2,
            V_init=E_m + rng.choice([-1, 1], 3) * rng.integers(3, 8, 3),
            E_m=E_m,
            I_ext=np.array([1, -1, 2]) * rng.integers(19, 33, 3),
            g_m=3,
            tau=rng.permutation([7, 11, 17]),
        ),
    ]


def _first_current(p: SimpleNamespace) -> None:
    p.I_ext = p.I_ext[:1]


MISTAKES = {
    **step_mistakes(EXERCISE.parameters),
    "first current for all": (
        "All neurons use the current of neuron 0.",
        "I_ext has one entry a neuron; use the whole array and NumPy pairs them up.",
        variant(EXERCISE.parameters, prepare=_first_current),
    ),
}

REFERENCE = refer(EXERCISE, passive_euler, MISTAKES, public=public, draw=draw)

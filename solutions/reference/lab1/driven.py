"""Exercise 1.4, ``passive_driven``: a membrane that follows a changing current."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from lifkit.exercises import Case, Exercise, Property

from .membrane import STEPPED, case, refer, step_mistakes, variant


def passive_driven(dt, V_init, E_m, I_ext, g_m, tau):
    r"""Integrate passive membranes with forward Euler under a time-varying current.

    Solves :math:`\tau\,dV/dt = -(V - E_m) + I_{ext}(t)/g_m` in steps of `dt`.

    Parameters
    ----------
    dt : float
        Time step in ms.
    V_init : (n,) array_like
        Voltage at t = 0 in mV.
    E_m : float
        Resting potential in mV.
    I_ext : (N_t, n) array_like
        Input current in nA; ``I_ext[k]`` acts from t_k to t_(k+1).
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
    Source: Press et al. (2007), Numerical Recipes, 3rd ed., eq. 17.1.1, applied to Gerstner et al.
    (2014), Neuronal Dynamics, section 1.3.

    Examples
    --------
    A current in the second of three steps moves the voltage at t = 2 dt, not before:

    >>> I_ext = np.array([[0.0], [20.0], [0.0]])
    >>> passive_driven(0.5, np.array([-70.0]), -70.0, I_ext, 2.0, np.array([5.0]))
    array([[-70. ],
           [-70. ],
           [-69. ],
           [-69.1]])
    """
    V = np.zeros((len(I_ext) + 1, len(V_init)))
    V[0] = V_init
    for k in range(len(I_ext)):
        V[k + 1] = V[k] + dt / tau * (-(V[k] - E_m) + I_ext[k] / g_m)
    return V


EXERCISE = Exercise(
    name="passive_driven",
    lab="lab1",
    number="1.4",
    title="A current that changes",
    parameters=("dt", "V_init", "E_m", "I_ext", "g_m", "tau"),
    outputs=(STEPPED,),
    properties=(
        Property(
            name="constant",
            text="with a constant current it does what passive_euler does",
            outputs=("V",),
            groups=("constant",),
        ),
        Property(
            name="step",
            text="after a step of the current V moves on, from the right row on",
            outputs=("V",),
            groups=("step",),
            weight=2,
        ),
        Property(
            name="pulse",
            text="a current in one row of I_ext acts from t_k to t_(k+1) and leaves a decaying trace",
            outputs=("V",),
            groups=("pulse",),
            weight=2,
        ),
        Property(
            name="smooth",
            text="V follows a ramp and a sine, each neuron its own",
            outputs=("V",),
            groups=("smooth",),
            weight=2,
        ),
        Property(
            name="whole numbers",
            text="whole-number inputs give the same as 1.0, 2.0, ...",
            outputs=("V",),
            groups=("whole numbers",),
        ),
    ),
    hints=(
        "The idea: one step of passive_euler needs the current during that step only. So each step "
        "takes its own row of I_ext, and the number of rows is the number of steps.",
        "The equation: from t_k to t_(k+1) the current is I_ext[k], so V[k+1] is made of V[k] and "
        "I_ext[k].",
        "The shape of the lines: those of passive_euler, with two changes: the number of steps "
        "comes from the number of rows of I_ext, and the current in the loop has an index.",
    ),
    builds_on=("passive_euler",),
)


def _pulse(N_t: int, rows: list[int], height: float) -> np.ndarray:
    """Return a current of `height` in one row a neuron."""
    I_ext = np.zeros((N_t, len(rows)))
    I_ext[rows, np.arange(len(rows))] = height
    return I_ext


def _step(N_t: int, rows: list[int], heights: Any) -> np.ndarray:
    """Return a current that jumps to its neuron's height at its neuron's row."""
    return np.where(np.arange(N_t)[:, np.newaxis] >= rows, heights, 0.0)


def _smooth(dt: float, N_t: int, slope: float, height: float, f_hz: float) -> np.ndarray:
    """Return a ramp and a sine, one neuron each (and a sine with an offset for the third)."""
    t = dt * np.arange(N_t)
    sine = height * np.sin(2 * np.pi * f_hz * t / 1000)
    return np.column_stack([slope * t, sine, height / 2 + sine])


def public() -> list[Case]:
    """Return the cases of the self-check; an index that is off by one shows in each."""
    shared = {"E_m": -68.0, "g_m": 1.6}
    three = {"V_init": np.array([-75.5, -60.25, -66.5]), "tau": np.array([14.0, 7.0, 9.5])}
    return [
        case(
            EXERCISE,
            "three neurons, constant currents",
            "constant",
            dt=0.4,
            I_ext=np.tile([43.0, -12.0, 8.5], (19, 1)),
            **three,
            **shared,
        ),
        case(
            EXERCISE,
            "a step of the current",
            "step",
            dt=0.3,
            I_ext=_step(23, [5, 9, 14], [25.0, -14.0, 31.0]),
            **three,
            **shared,
        ),
        case(
            EXERCISE,
            "one neuron, a step on and off",
            "step",
            dt=0.45,
            V_init=np.array([-73.0]),
            I_ext=_step(17, [3], [52.0]) - _step(17, [11], [52.0]),
            tau=np.array([11.0]),
            **shared,
        ),
        case(
            EXERCISE,
            "a pulse in one row",
            "pulse",
            dt=0.2,
            I_ext=_pulse(13, [4, 0, 12], 160.0),
            **three,
            **shared,
        ),
        case(
            EXERCISE,
            "a ramp and two sines",
            "smooth",
            dt=0.7,
            I_ext=_smooth(0.7, 41, 1.9, 22.0, 60.0),
            **three,
            **shared,
        ),
        case(
            EXERCISE,
            "whole-number inputs",
            "whole numbers",
            dt=2,
            V_init=np.array([-71, -64, -75, -66]),
            E_m=-69,
            I_ext=np.array(
                [[61, 0, 7, 9], [0, 47, -9, 9], [13, 5, -20, 9], [2, 1, 0, 40], [0, 0, 33, -8]]
            ),
            g_m=3,
            tau=np.array([13, 7, 11, 19]),
        ),
    ]


def draw(rng: np.random.Generator) -> list[Case]:
    """Draw secret cases that look at the same properties as the public ones."""

    def parameters(n: int) -> dict[str, Any]:
        E_m = rng.uniform(-72, -64)
        return {
            "dt": rng.uniform(0.2, 0.7),
            "E_m": E_m,
            "g_m": rng.uniform(1.3, 2.4),
            "V_init": E_m + rng.choice([-1, 1], n) * rng.uniform(2, 9, n),
            "tau": rng.permutation(np.linspace(6, 20, n) + rng.uniform(-1, 1, n)),
        }

    def heights(n: int) -> np.ndarray:
        return rng.choice([-1, 1], n) * rng.uniform(15, 40, n)

    N_t = int(rng.integers(16, 26))
    smooth = parameters(3)
    rows = [int(row) for row in rng.integers(2, N_t - 2, 3)]
    return [
        case(
            EXERCISE,
            "secret: constant currents",
            "constant",
            I_ext=np.tile(heights(3), (N_t, 1)),
            **parameters(3),
        ),
        case(EXERCISE, "secret: step", "step", I_ext=_step(N_t, rows, heights(3)), **parameters(3)),
        case(
            EXERCISE,
            "secret: one neuron",
            "step",
            I_ext=_step(N_t, rows[:1], heights(1)),
            **parameters(1),
        ),
        case(
            EXERCISE,
            "secret: pulse",
            "pulse",
            I_ext=_pulse(N_t, [rows[0], 0, N_t - 1], rng.uniform(100, 200)),
            **parameters(3),
        ),
        case(
            EXERCISE,
            "secret: ramp and sine",
            "smooth",
            I_ext=_smooth(
                smooth["dt"], 2 * N_t, rng.uniform(1, 3), rng.uniform(15, 30), rng.uniform(30, 80)
            ),
            **smooth,
        ),
        case(
            EXERCISE,
            "secret: whole numbers",
            "whole numbers",
            dt=2,
            V_init=rng.choice([-1, 1], 3) * rng.integers(3, 8, 3) - 69,
            E_m=-69,
            I_ext=rng.integers(-60, 60, (7, 3)),
            g_m=3,
            tau=rng.permutation([7, 11, 17]),
        ),
    ]


# Usual mistakes ----------------------------------------------------------------------------------


def _wrong(**parts: Any) -> Any:
    return variant(EXERCISE.parameters, **parts)


def _midpoint(k: int, p: SimpleNamespace) -> np.ndarray:
    return (p.I_ext[k] + p.I_ext[min(k + 1, p.N_t - 1)]) / 2


def _first_column(p: SimpleNamespace) -> None:
    p.I_ext = np.repeat(p.I_ext[:, :1], p.I_ext.shape[1], axis=1)


def _rows_as_neurons(p: SimpleNamespace) -> None:
    """Take the columns of I_ext for its steps; a row that is no neuron's does not fit."""
    p.I_ext = p.I_ext.T
    p.N_t = len(p.I_ext)


def _too_far(k: int, p: SimpleNamespace) -> np.ndarray:
    return p.I_ext[k + 1]  # an IndexError at the last step


_ROWS = "I_ext[k] acts from t_k to t_(k+1): it takes row k of V to row k + 1."

MISTAKES = {
    "one row early": (
        "The current acts one step too early: row k + 1 of I_ext makes row k + 1 of V.",
        _ROWS,
        _wrong(current=lambda k, p: p.I_ext[min(k + 1, p.N_t - 1)]),
    ),
    "one row late": (
        "The current acts one step too late.",
        _ROWS,
        _wrong(current=lambda k, p: p.I_ext[max(k - 1, 0)]),
    ),
    "one row late, from the end": (
        "The current acts one step too late, and the first step takes the last row: I_ext[-1].",
        "In Python the index -1 is the last row. " + _ROWS,
        _wrong(current=lambda k, p: p.I_ext[k - 1]),
    ),
    "one row late, from zero": (
        "The current acts one step too late, and the first step has none.",
        _ROWS,
        _wrong(current=lambda k, p: p.I_ext[k - 1] if k else 0 * p.I_ext[0]),
    ),
    "row beyond the end": (
        "The loop asks for row N_t of I_ext, which has the rows 0 to N_t - 1.",
        "When V[k] is made from V[k-1], the current between them is I_ext[k-1].",
        _wrong(current=_too_far),
    ),
    "mean of two rows": (
        "Each step takes the mean of two rows of I_ext; one row acts in each step.",
        _ROWS,
        _wrong(current=_midpoint),
    ),
    "first row for all": (
        "All steps take the first row of I_ext.",
        "Give the current in the loop the index of the step.",
        _wrong(current=lambda k, p: p.I_ext[0]),
    ),
    "last row for all": (
        "All steps take the last row of I_ext.",
        "Give the current in the loop the index of the step.",
        _wrong(current=lambda k, p: p.I_ext[-1]),
    ),
    "mean current": (
        "All steps take the mean of the current over time.",
        "Give the current in the loop the index of the step.",
        _wrong(current=lambda k, p: p.I_ext.mean(axis=0)),
    ),
    "current added up": (
        "The current is added up over the steps; only the row of the step acts.",
        "Use I_ext[k] itself, without a running sum.",
        _wrong(current=lambda k, p: p.I_ext[: k + 1].sum(axis=0)),
    ),
    "first neuron's current for all": (
        "All neurons take the current of neuron 0.",
        "I_ext[k] has one entry a neuron; use the whole row.",
        _wrong(prepare=_first_column),
    ),
    **step_mistakes(
        EXERCISE.parameters,
        *("forgot tau", "forgot dt", "dt twice", "multiplied by tau", "dt in seconds"),
        *("forgot g_m", "drive outside tau", "drive outside dt", "leak sign", "forgot E_m"),
        *("increment stored as V", "every step from V_init", "exponential step"),
        *("first time constant for all", "starts at E_m", "starts at zero", "one row short"),
        *("last row left at zero", "transposed", "type taken from V_init", "nothing returned"),
    ),
}

REFERENCE = refer(EXERCISE, passive_driven, MISTAKES, public=public, draw=draw)

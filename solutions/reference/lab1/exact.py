"""Exercise 1.2, ``passive_exact``: the membrane's closed form for a constant current."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from lifkit.exercises import Case, Exercise, Property

from .membrane import case, refer, voltage


def passive_exact(t, V_init, E_m, I_ext, g_m, tau):
    r"""Give the voltage of passive membranes under a constant current, at any times.

    The solution of :math:`\tau\,dV/dt = -(V - E_m) + I_{ext}/g_m`:
    :math:`V(t) = V_\infty + (V_{init} - V_\infty)\,e^{-t/\tau}` with
    :math:`V_\infty = E_m + I_{ext}/g_m`.

    Parameters
    ----------
    t : (m,) array_like
        Times in ms, in any order.
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
    V : (m, n) ndarray
        Voltage in mV; ``V[k]`` at ``t[k]``.

    Notes
    -----
    Source: Dayan and Abbott (2001), Theoretical Neuroscience, section 5.4; Gerstner et al. (2014),
    Neuronal Dynamics, section 1.3.

    Examples
    --------
    One time constant after the start, 1/e of the distance to the steady state is left:

    >>> V = passive_exact(
    ...     [0.0, 5.0], np.array([-70.0]), -70.0, np.array([20.0]), 2.0, np.array([5.0])
    ... )
    >>> V.round(6)
    array([[-70.      ],
           [-63.678794]])
    """
    V_inf = E_m + np.asarray(I_ext) / g_m
    decay = np.exp(-np.asarray(t)[:, np.newaxis] / tau)
    return V_inf + (V_init - V_inf) * decay


EXERCISE = Exercise(
    name="passive_exact",
    lab="lab1",
    number="1.2",
    title="The closed form",
    parameters=("t", "V_init", "E_m", "I_ext", "g_m", "tau"),
    outputs=(
        voltage(
            why="the formula evaluated in any order of operations is good to 1e-12 mV",
            shape="(len(t), n)",
        ),
    ),
    properties=(
        Property(
            name="decay",
            text="without a current, V decays from V_init to E_m with its own time constant",
            outputs=("V",),
            groups=("decay",),
            weight=2,
        ),
        Property(
            name="drive",
            text="with a current, V goes from V_init to E_m + I_ext/g_m",
            outputs=("V",),
            groups=("drive",),
            weight=3,
        ),
        Property(
            name="any times",
            text="t may hold any times: uneven, in any order, with or without t = 0, only one",
            outputs=("V",),
            groups=("any times",),
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
        "The idea: V starts at V_init and ends at a steady state. What shrinks exponentially is the "
        "distance between the two. First find the steady state: the voltage at which dV/dt = 0.",
        "The equation: V(t) = V_inf + (V_init - V_inf) * exp(-t/tau), with V_inf = E_m + "
        "I_ext/g_m. Test it on paper: t = 0 gives V_init, t far above tau gives V_inf.",
        "The shape of the lines: one line for V_inf, with n entries; one for the exponential, with "
        "a row a time and a column a neuron (a column of times, made by np.asarray(t)[:, np.newaxis], divided "
        "by the row of time constants); one that puts them together.",
    ),
)


def public() -> list[Case]:
    """Return the cases of the self-check: several neurons, times on and off a grid."""
    shared = {"E_m": -68.0, "g_m": 1.6}
    three = {
        "V_init": np.array([-75.5, -60.25, -71.0]),
        "I_ext": np.array([43.0, -12.0, 8.5]),
        "tau": np.array([14.0, 7.0, 9.5]),
    }
    return [
        case(
            EXERCISE,
            "three neurons without a current",
            "decay",
            t=np.linspace(0.0, 30.0, 11),
            **{**three, "I_ext": np.zeros(3)},
            **shared,
        ),
        case(
            EXERCISE,
            "three neurons with a current",
            "drive",
            t=np.linspace(0.0, 24.0, 17),
            **three,
            **shared,
        ),
        case(
            EXERCISE,
            "one neuron, until long after it has settled",
            "drive",
            t=np.linspace(0.0, 180.0, 7),
            V_init=np.array([-73.0]),
            I_ext=np.array([52.0]),
            tau=np.array([11.0]),
            **shared,
        ),
        case(
            EXERCISE,
            "uneven times from t = 0",
            "any times",
            t=np.array([0.0, 0.07, 0.5, 3.3, 3.4, 11.0, 26.5]),
            **three,
            **shared,
        ),
        case(
            EXERCISE,
            "times out of order, without t = 0",
            "any times",
            t=np.array([9.25, 2.5, 31.0, 4.75]),
            **three,
            **shared,
        ),
        case(EXERCISE, "a single time", "any times", t=np.array([6.4]), **three, **shared),
        case(
            EXERCISE,
            "whole-number inputs",
            "whole numbers",
            t=np.arange(0, 28, 4),
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
        return {
            "E_m": E_m,
            "g_m": g_m,
            "V_init": E_m + rng.choice([-1, 1], n) * rng.uniform(2, 9, n),
            "I_ext": g_m * rng.choice([-1, 1], n) * rng.uniform(10, 20, n),
            "tau": rng.permutation(np.linspace(6, 20, n) + rng.uniform(-1, 1, n)),
        }

    def grid() -> np.ndarray:
        return np.linspace(0.0, rng.uniform(20, 35), int(rng.integers(10, 18)))

    E_m = int(rng.integers(-72, -65))
    return [
        case(
            EXERCISE, "secret: decay", "decay", t=grid(), **{**parameters(3), "I_ext": np.zeros(3)}
        ),
        case(EXERCISE, "secret: current", "drive", t=grid(), **parameters(int(rng.integers(3, 6)))),
        case(EXERCISE, "secret: one neuron", "drive", t=6 * grid(), **parameters(1)),
        case(
            EXERCISE,
            "secret: uneven times",
            "any times",
            t=np.cumsum([0.0, rng.uniform(0.04, 0.08), *rng.uniform(0.5, 6, 5)]),
            **parameters(3),
        ),
        case(
            EXERCISE,
            "secret: times out of order",
            "any times",
            t=np.sort(rng.uniform(1, 35, 5))[[2, 0, 4, 1, 3]],
            **parameters(3),
        ),
        case(
            EXERCISE, "secret: a single time", "any times", t=rng.uniform(3, 9, 1), **parameters(3)
        ),
        case(
            EXERCISE,
            "secret: whole numbers",
            "whole numbers",
            t=np.arange(0, 28, 4),
            V_init=E_m + rng.choice([-1, 1], 3) * rng.integers(3, 8, 3),
            E_m=E_m,
            I_ext=np.array([1, -1, 2]) * rng.integers(19, 33, 3),
            g_m=3,
            tau=rng.permutation([7, 11, 17]),
        ),
    ]


# Usual mistakes ----------------------------------------------------------------------------------


def _wrong(
    formula: Callable[[SimpleNamespace], Any],
    *,
    decay: Callable[[SimpleNamespace], Any] = lambda p: np.exp(-p.t / p.tau),
) -> Callable[..., Any]:
    """Return a closed form with another formula or another decay.

    `p` holds the parameters, the steady state `V_inf`, and the times `t` as a column.
    """

    def solver(t: Any, V_init: Any, E_m: Any, I_ext: Any, g_m: Any, tau: Any) -> Any:
        p = SimpleNamespace(E_m=E_m, g_m=g_m, given=V_init, t=np.array(t, float)[:, np.newaxis])
        p.V_init, p.I_ext, p.tau = (np.array(x, float) for x in (V_init, I_ext, tau))
        p.V_inf = p.E_m + p.I_ext / p.g_m
        p.decay = decay(p)
        return formula(p)

    return solver


def _right(p: SimpleNamespace) -> np.ndarray:
    return p.V_inf + (p.V_init - p.V_inf) * p.decay


def _towards(V_inf: Callable[[SimpleNamespace], Any]) -> Callable[..., Any]:
    """Return a closed form that settles somewhere else."""

    def formula(p: SimpleNamespace) -> np.ndarray:
        p.V_inf = V_inf(p)
        return _right(p)

    return _wrong(formula)


def _euler(t, V_init, E_m, I_ext, g_m, tau):
    V = np.zeros((len(t), len(V_init)))
    V[0] = V_init
    for k in range(1, len(t)):
        V[k] = V[k - 1] + (t[k] - t[k - 1]) * (-(V[k - 1] - E_m) + I_ext / g_m) / tau
    return V


def _typed_like_input(p: SimpleNamespace) -> np.ndarray:
    V = np.zeros((len(p.t), len(p.V_init)), dtype=np.asarray(p.given).dtype)
    V[:] = _right(p)
    return V


_BOTH_ENDS = (
    "Test the formula at both ends: at t = 0 it must give V_init, long after it E_m + I_ext/g_m."
)
_EXPONENT = "What stands in an exponential has no unit: ms divided by ms. All times of the course are in ms."

MISTAKES = {
    "growing exponential": (
        "The exponent has the wrong sign: the distance to the steady state grows instead of shrinking.",
        "A membrane settles, so exp(-t/tau) with a minus.",
        _wrong(_right, decay=lambda p: np.exp(p.t / p.tau)),
    ),
    "tau missing": (
        "The exponent is -t; the time constant tau is missing.",
        _EXPONENT,
        _wrong(_right, decay=lambda p: np.exp(-p.t)),
    ),
    "multiplied by tau": (
        "The exponent is -t*tau; time should be divided by tau.",
        _EXPONENT,
        _wrong(_right, decay=lambda p: np.exp(-p.t * p.tau)),
    ),
    "upside down": (
        "The exponent is -tau/t; it should be -t/tau.",
        "At t = 0 the exponential must be 1.",
        _wrong(_right, decay=lambda p: np.exp(-p.tau / np.maximum(p.t, 1e-300))),
    ),
    "t in seconds": (
        "The times are turned into seconds while tau stays in milliseconds, so V hardly moves.",
        _EXPONENT,
        _wrong(_right, decay=lambda p: np.exp(-p.t / 1000 / p.tau)),
    ),
    "tau in seconds": (
        "tau is turned into seconds while the times stay in milliseconds, so V settles at once.",
        _EXPONENT,
        _wrong(_right, decay=lambda p: np.exp(-p.t / (p.tau / 1000))),
    ),
    "g_m in the exponent": (
        "The exponent also holds g_m; tau alone sets the pace.",
        "tau = C/g_m contains the conductance already.",
        _wrong(_right, decay=lambda p: np.exp(-p.t * p.g_m / p.tau)),
    ),
    "power of two": (
        "The distance to the steady state halves in each tau; it should shrink by the factor e.",
        "tau is not a half-life: use np.exp.",
        _wrong(_right, decay=lambda p: 2.0 ** (-p.t / p.tau)),
    ),
    "straight line": (
        "This is the straight line with the slope at t = 0, good for t far below tau only.",
        "Replace (1 - t/tau) by the exponential that it is the beginning of.",
        _wrong(_right, decay=lambda p: 1 - p.t / p.tau),
    ),
    "steps of Euler": (
        "This is Euler's method from one time to the next; the exercise asks for the closed form.",
        "No loop over time is needed: the formula gives V at any t from V_init alone.",
        _euler,
    ),
    "forgot E_m": (
        "The resting potential is missing from the steady state: V settles at I_ext/g_m.",
        "Set dV/dt = 0 in the equation and solve it for V.",
        _towards(lambda p: p.I_ext / p.g_m),
    ),
    "forgot g_m": (
        "The current is not divided by the conductance g_m.",
        "nA divided by uS gives mV: the steady state is E_m + I_ext/g_m.",
        _towards(lambda p: p.E_m + p.I_ext),
    ),
    "multiplied by g_m": (
        "The current is multiplied by the conductance g_m where it should be divided.",
        "Ohm's law: voltage = current / conductance.",
        _towards(lambda p: p.E_m + p.I_ext * p.g_m),
    ),
    "E_m divided by g_m": (
        "E_m is divided by g_m together with the current.",
        "Brackets: only I_ext is divided by g_m.",
        _towards(lambda p: (p.E_m + p.I_ext) / p.g_m),
    ),
    "current sign": (
        "The current has the wrong sign: positive current lowers V.",
        "In this course positive current depolarises: the steady state is E_m + I_ext/g_m.",
        _towards(lambda p: p.E_m - p.I_ext / p.g_m),
    ),
    "forgot the current": (
        "The input current I_ext does not appear: V settles at E_m.",
        "With a current the membrane settles where leak and drive are equal.",
        _towards(lambda p: p.E_m + 0 * p.I_ext),
    ),
    "starts at E_m": (
        "V starts at E_m; it should start at V_init.",
        _BOTH_ENDS,
        _wrong(lambda p: p.E_m + p.I_ext / p.g_m * (1 - p.decay)),
    ),
    "ends exchanged": (
        "V starts at the steady state and decays to V_init: the two are exchanged.",
        _BOTH_ENDS,
        _wrong(lambda p: p.V_init + (p.V_inf - p.V_init) * p.decay),
    ),
    "difference turned round": (
        "The difference in front of the exponential is turned round: V_inf - V_init.",
        _BOTH_ENDS,
        _wrong(lambda p: p.V_inf - (p.V_init - p.V_inf) * p.decay),
    ),
    "forgot to subtract V_inf": (
        "The exponential multiplies V_init; it should multiply V_init - V_inf.",
        _BOTH_ENDS,
        _wrong(lambda p: p.V_inf + p.V_init * p.decay),
    ),
    "rise added to V_init": (
        "V rises by I_ext/g_m from V_init, as if the membrane rested there.",
        "The steady state does not depend on where V starts.",
        _wrong(lambda p: p.V_init + p.I_ext / p.g_m * (1 - p.decay)),
    ),
    "distance only": (
        "This is the distance to the steady state; the steady state itself is not added.",
        _BOTH_ENDS,
        _wrong(lambda p: (p.V_init - p.V_inf) * p.decay),
    ),
    "steady state only": (
        "This is the steady state at all times; the way there is missing.",
        _BOTH_ENDS,
        _wrong(lambda p: p.V_inf + 0 * p.decay),
    ),
    "row numbers as times": (
        "The number of the row is used as the time; t holds the times in ms.",
        "Use t itself. No np.arange is needed.",
        _wrong(_right, decay=lambda p: np.exp(-np.arange(len(p.t))[:, np.newaxis] / p.tau)),
    ),
    "counted from the first time": (
        "Time is counted from t[0]; V_init is the voltage at t = 0.",
        "Use t as it is given.",
        _wrong(_right, decay=lambda p: np.exp(-(p.t - p.t[0]) / p.tau)),
    ),
    "sorted times": (
        "The times are sorted first, so the rows come in another order than t.",
        "Row k belongs to t[k], whatever the order.",
        _wrong(_right, decay=lambda p: np.exp(-np.sort(p.t, axis=0) / p.tau)),
    ),
    "first time constant for all": (
        "All neurons use the time constant of neuron 0.",
        "tau has one entry a neuron; use the whole array and NumPy pairs them up.",
        _wrong(_right, decay=lambda p: np.exp(-p.t / p.tau[0])),
    ),
    "transposed": (
        "Rows and columns are exchanged: times run down the rows, neurons across the columns.",
        "Make the times a column: np.asarray(t)[:, np.newaxis].",
        _wrong(lambda p: _right(p).T),
    ),
    "type taken from V_init": (
        "V takes over the type of V_init: when that holds whole numbers, every voltage is cut off.",
        "np.zeros_like(V_init) copies the type too; np.zeros(shape) is float.",
        _wrong(_typed_like_input),
    ),
    "nothing returned": (
        "The function returns nothing (None).",
        "End it with return and your result.",
        _wrong(lambda p: None),
    ),
}

REFERENCE = refer(EXERCISE, passive_exact, MISTAKES, public=public, draw=draw)

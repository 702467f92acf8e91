"""What the exercises of Lab 1 share: the output, the cases, and ways to go wrong in a step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np

from lifkit.exercises import Call, Case, Exercise, Mistake, Output, Reference

#: Correct double-precision solvers (11 orders of operation, tau/dt up to 1e3) differ by at most
#: 1e-11 mV while Euler's method is stable; two orders of magnitude are left to spare.
V_ATOL = 1e-9

#: Where Euler's method diverges (dt > 2 tau), rounding errors grow with the voltage itself, so only
#: their ratio is bounded: a few times 2.2e-16 a step, below 1e-13 over the 20 steps of a case.
V_RTOL = 1e-11


def voltage(*, atol: float = V_ATOL, rtol: float = 0.0, why: str, shape: str) -> Output:
    """Return the output ``V`` in mV, one row a time and one column a neuron."""
    return Output(
        name="V",
        unit="mV",
        atol=atol,
        rtol=rtol,
        why=why,
        axes=("step", "neuron"),
        shape=shape,
    )


STEPPED = voltage(
    rtol=V_RTOL,
    why="correct solvers differ by less than 1e-11 mV, and where Euler diverges by less than 1e-13 "
    "of the voltage",
    shape="(N_t + 1, n)",
)


def case(exercise: Exercise, name: str, group: str, **inputs: Any) -> Case:
    """Return a case of one call, its inputs put into the order of the signature."""
    ordered = {label: inputs.pop(label) for label in exercise.parameters}
    if inputs:
        raise TypeError(f"{exercise.name} takes no {', '.join(inputs)}")
    return Case(name=name, group=group, calls=(Call(inputs=ordered),), dt=ordered.get("dt"))


def refer(
    exercise: Exercise,
    solve: Callable[..., Any],
    mistakes: Mapping[str, tuple[str, str, Callable[..., Any]]],
    **parts: Any,
) -> Reference:
    """Join an exercise with its solution and its mistakes, name to (diagnosis, hint, solver)."""
    return Reference(
        exercise=exercise,
        solve=solve,
        mistakes={
            name: (Mistake(name=name, diagnosis=diagnosis, hint=hint), wrong)
            for name, (diagnosis, hint, wrong) in mistakes.items()
        },
        **parts,
    )


# Wrong solvers -----------------------------------------------------------------------------------
#
# A usual mistake changes one thing about the right solver.  `variant` is the right solver with its
# parts as arguments; `p` holds the parameters under their names.


def drive(V: np.ndarray, I: np.ndarray, p: SimpleNamespace) -> np.ndarray:
    """Return the right-hand side -(V - E_m) + I/g_m in mV."""
    return -(V - p.E_m) + I / p.g_m


def euler_step(V: np.ndarray, I: np.ndarray, p: SimpleNamespace) -> np.ndarray:
    """Return V one forward Euler step later."""
    return V + p.dt * drive(V, I, p) / p.tau


def exponential_step(V: np.ndarray, I: np.ndarray, p: SimpleNamespace) -> np.ndarray:
    """Return V one step later, solved exactly for a current that stays constant in the step."""
    steady = p.E_m + I / p.g_m
    return steady + (V - steady) * np.exp(-p.dt / p.tau)


def heun_step(V: np.ndarray, I: np.ndarray, p: SimpleNamespace) -> np.ndarray:
    """Return V one second-order step later: the mean of the slopes at both ends."""
    slope = drive(V, I, p) / p.tau
    return V + p.dt * (slope + drive(V + p.dt * slope, I, p) / p.tau) / 2


def backward_step(V: np.ndarray, I: np.ndarray, p: SimpleNamespace) -> np.ndarray:
    """Return V one implicit Euler step later: the slope at the new voltage."""
    return (V + p.dt / p.tau * (p.E_m + I / p.g_m)) / (1 + p.dt / p.tau)


def current_at(k: int, p: SimpleNamespace) -> np.ndarray:
    """Return the current that acts from t_k to t_(k+1), constant or one row a step."""
    return p.I_ext[k] if p.I_ext.ndim == 2 else p.I_ext


def variant(
    parameters: tuple[str, ...],
    *,
    step: Callable[..., np.ndarray] = euler_step,
    current: Callable[[int, SimpleNamespace], np.ndarray] = current_at,
    prepare: Callable[[SimpleNamespace], Any] = lambda p: None,
    start: Callable[[SimpleNamespace], Any] = lambda p: p.V_init,
    finish: Callable[[np.ndarray, SimpleNamespace], Any] = lambda V, p: V,
    dtype: Callable[[Any], Any] = lambda V_init: float,
) -> Callable[..., Any]:
    """Return a solver with some of its parts replaced.

    Parameters
    ----------
    parameters : tuple of str
        The names of the arguments, in order.
    step : callable
        One step: ``step(V, I, p)`` returns the next row.
    current : callable
        ``current(k, p)`` returns the current of step k.
    prepare : callable
        Changes the parameters before anything else.
    start, finish : callable
        The first row; what is returned.
    dtype : callable
        Type of the array of voltages, from V_init as it came.
    """

    def solver(*arguments: Any) -> Any:
        p = SimpleNamespace(**dict(zip(parameters, arguments, strict=True)))
        kind = dtype(p.V_init)
        p.V_init, p.I_ext, p.tau = (np.array(x, float) for x in (p.V_init, p.I_ext, p.tau))
        if p.I_ext.ndim == 2:
            p.N_t = len(p.I_ext)
        prepare(p)
        V = np.zeros((p.N_t + 1, len(p.V_init)), dtype=kind)
        V[0] = start(p)
        for k in range(p.N_t):
            V[k + 1] = step(V[k], current(k, p), p)
        return finish(V, p)

    return solver


EQUATION = (
    "Compare each factor of your line with the equation: dV = dt/tau * (-(V - E_m) + I_ext/g_m)."
)
_UNITS = "All times of the course are in ms; nothing needs to be converted."

#: Mistakes in one step, name to (diagnosis, hint, step).
STEPS: dict[str, tuple[str, str, Callable[..., np.ndarray]]] = {
    "forgot tau": (
        "The increment is not divided by the time constant tau, so V moves tau times too fast.",
        "The left-hand side of the equation is tau dV/dt. Solve it for dV before you type it.",
        lambda V, I, p: V + p.dt * drive(V, I, p),
    ),
    "forgot dt": (
        "The increment is not multiplied by the time step dt: each step counts as a whole "
        "millisecond.",
        "Euler's step is V + dt * (slope). The slope alone has the unit mV/ms.",
        lambda V, I, p: V + drive(V, I, p) / p.tau,
    ),
    "dt twice": (
        "The time step dt is applied twice.",
        "Multiply by dt either where you compute dV or where you add it, not in both places.",
        lambda V, I, p: V + p.dt * p.dt * drive(V, I, p) / p.tau,
    ),
    "multiplied by tau": (
        "The increment is multiplied by tau where it should be divided.",
        "A larger time constant makes a membrane slower: tau stands below the line.",
        lambda V, I, p: V + p.dt * drive(V, I, p) * p.tau,
    ),
    "tau in seconds": (
        "tau is turned into seconds while dt stays in milliseconds.",
        _UNITS,
        lambda V, I, p: V + p.dt * drive(V, I, p) / (p.tau / 1000),
    ),
    "dt in seconds": (
        "dt is turned into seconds while tau stays in milliseconds, so V hardly moves.",
        _UNITS,
        lambda V, I, p: V + p.dt / 1000 * drive(V, I, p) / p.tau,
    ),
    "forgot g_m": (
        "The current is not divided by the conductance g_m.",
        "nA divided by uS gives mV. A current alone can't be added to a voltage. " + EQUATION,
        lambda V, I, p: V + p.dt * (-(V - p.E_m) + I) / p.tau,
    ),
    "multiplied by g_m": (
        "The current is multiplied by the conductance g_m where it should be divided.",
        "Ohm's law: voltage = current / conductance. " + EQUATION,
        lambda V, I, p: V + p.dt * (-(V - p.E_m) + I * p.g_m) / p.tau,
    ),
    "g_m divides the leak too": (
        "The whole bracket is divided by g_m; only the current is.",
        "Check the brackets: -(V - E_m) stands alone, only I_ext is divided by g_m.",
        lambda V, I, p: V + p.dt * (-(V - p.E_m) + I) / p.g_m / p.tau,
    ),
    "drive outside tau": (
        "Only the leak is divided by tau; the current is not.",
        "Put brackets around leak and drive together before dividing by tau.",
        lambda V, I, p: V + p.dt * (-(V - p.E_m) / p.tau + I / p.g_m),
    ),
    "drive outside dt": (
        "The current is added whole in every step: neither dt nor tau applies to it.",
        "Put brackets around leak and drive together, then multiply by dt/tau.",
        lambda V, I, p: V + p.dt * -(V - p.E_m) / p.tau + I / p.g_m,
    ),
    "leak sign": (
        "The leak has the wrong sign: it drives V away from E_m instead of back to it.",
        "With no current a membrane above E_m must fall. Check the sign before (V - E_m).",
        lambda V, I, p: V + p.dt * ((V - p.E_m) + I / p.g_m) / p.tau,
    ),
    "current sign": (
        "The current has the wrong sign: positive current lowers V.",
        "In this course positive current depolarises. " + EQUATION,
        lambda V, I, p: V + p.dt * (-(V - p.E_m) - I / p.g_m) / p.tau,
    ),
    "forgot E_m": (
        "The resting potential E_m is missing: V leaks towards 0 mV.",
        "The leak is proportional to the distance from E_m, not to V itself.",
        lambda V, I, p: V + p.dt * (-V + I / p.g_m) / p.tau,
    ),
    "leak from V_init": (
        "The leak pulls towards V_init; the membrane rests at E_m.",
        "V_init is used once, for the first row. In the loop stands E_m.",
        lambda V, I, p: V + p.dt * (-(V - p.V_init) + I / p.g_m) / p.tau,
    ),
    "forgot the current": (
        "The input current I_ext does not appear: V only leaks.",
        EQUATION,
        lambda V, I, p: V + p.dt * -(V - p.E_m) / p.tau,
    ),
    "increment stored as V": (
        "The new voltage is the increment alone; the old voltage is not added.",
        "Euler: new value = old value + increment.",
        lambda V, I, p: p.dt * drive(V, I, p) / p.tau,
    ),
    "every step from V_init": (
        "Every step starts from V_init again instead of from the previous voltage.",
        "Each row is made from the row before it.",
        lambda V, I, p: euler_step(p.V_init, I, p),
    ),
    "exponential step": (
        "This is the exact exponential step, more accurate than forward Euler; the exercise asks "
        "for Euler.",
        "Use V + dt * slope, so that your numbers can be compared with everybody else's.",
        exponential_step,
    ),
    "Heun step": (
        "This is a second-order (Heun or midpoint) step; the exercise asks for forward Euler.",
        "Use the slope at the old voltage only.",
        heun_step,
    ),
    "backward Euler": (
        "This is the backward (implicit) Euler step; the exercise asks for forward Euler.",
        "Take the slope at the old voltage, which you know already.",
        backward_step,
    ),
}


def _first_tau(p: SimpleNamespace) -> None:
    p.tau = p.tau[0]


def _without_last(V: np.ndarray, p: SimpleNamespace) -> np.ndarray:
    return V[:-1]


def _last_left_at_zero(V: np.ndarray, p: SimpleNamespace) -> np.ndarray:
    return np.vstack([V[:-1], np.zeros(V.shape[1])])


#: Mistakes around the steps, name to (diagnosis, hint, parts of `variant`).
FRAMES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "first time constant for all": (
        "All neurons use the time constant of neuron 0.",
        "tau has one entry a neuron; use the whole array and NumPy pairs them up.",
        {"prepare": _first_tau},
    ),
    "starts at E_m": (
        "The first row is E_m; it should be V_init.",
        "Where do you use V_init?",
        {"start": lambda p: p.E_m},
    ),
    "starts at zero": (
        "The first row is left at 0 mV; it should be V_init.",
        "Set V[0] before the loop.",
        {"start": lambda p: 0.0},
    ),
    "one row short": (
        "The last row is missing: N_t steps lead to N_t + 1 samples.",
        "V[0] is the start and every step adds one row.",
        {"finish": _without_last},
    ),
    "last row left at zero": (
        "The last row is never computed: it still holds the zeros that the array was made with.",
        "The loop must make N_t steps: range(N_t) from row k to row k + 1, or range(1, N_t + 1) "
        "from row k - 1 to row k.",
        {"finish": _last_left_at_zero},
    ),
    "first row dropped": (
        "The first row, V[0] = V_init, is missing.",
        "V[k] is the voltage at t = k dt, so the start belongs in.",
        {"finish": lambda V, p: V[1:]},
    ),
    "only the last row": (
        "Only the voltage at the end is returned; the whole trace is asked for.",
        "Store every step in a row of V and return V.",
        {"finish": lambda V, p: V[-1]},
    ),
    "transposed": (
        "Rows and columns are exchanged: time runs down the rows, neurons across the columns.",
        "Make the array with the shape (N_t + 1, n).",
        {"finish": lambda V, p: V.T},
    ),
    "relative to rest": (
        "V is counted from E_m, as if the membrane rested at 0 mV.",
        "Add E_m once at the end, or keep it in the equation all the way.",
        {"finish": lambda V, p: V - p.E_m},
    ),
    "whole millivolts": (
        "V can hold whole numbers only, so every voltage is cut off to whole mV.",
        "Make the array with dtype=float.",
        {"dtype": lambda V_init: int},
    ),
    "type taken from V_init": (
        "V takes over the type of V_init: when that holds whole numbers, every voltage is cut off.",
        "np.zeros_like(V_init) copies the type too; np.zeros(shape) is float.",
        {"dtype": lambda V_init: np.asarray(V_init).dtype},
    ),
    "nothing returned": (
        "The function returns nothing (None).",
        "End it with: return V.",
        {"finish": lambda V, p: None},
    ),
}


def step_mistakes(
    parameters: tuple[str, ...], *names: str
) -> dict[str, tuple[str, str, Callable[..., Any]]]:
    """Return the mistakes of `STEPS` and `FRAMES` as solvers; only the named ones, if any are."""
    parts = {name: (said, hint, {"step": step}) for name, (said, hint, step) in STEPS.items()}
    return {
        name: (said, hint, variant(parameters, **changes))
        for name, (said, hint, changes) in {**parts, **FRAMES}.items()
        if not names or name in names
    }

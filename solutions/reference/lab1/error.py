"""Exercise 1.3, ``euler_error``: how far Euler's method strays from the closed form."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from lifkit.exercises import Case, Exercise, Output, Property

from .euler import passive_euler
from .exact import passive_exact
from .membrane import V_ATOL, case, refer


def euler_error(dt_values, T, V_init, E_m, I_ext, g_m, tau):
    """Find the largest error of forward Euler for each of several time steps.

    The error is the distance to the closed form, in any of the steps from t = 0 to t = T.

    Parameters
    ----------
    dt_values : (m,) array_like
        Time steps in ms; T must be a whole multiple of each.
    T : float
        Duration in ms.
    V_init, E_m : float
        Voltage at t = 0 and resting potential in mV.
    I_ext : float
        Constant input current in nA.
    g_m : float
        Membrane conductance in uS.
    tau : float
        Membrane time constant in ms.

    Returns
    -------
    errors : (m,) ndarray
        Largest error in mV, 0 or above, one a time step.

    Notes
    -----
    For dt far below tau it is proportional to dt: Euler's method is of first order.
    Source: Press et al. (2007), Numerical Recipes, 3rd ed., section 17.1.

    Examples
    --------
    Half the time step, about half the error:

    >>> euler_error([0.4, 0.2], 12.0, -75.0, -70.0, 24.0, 2.0, 8.0).round(4)
    array([0.1597, 0.079 ])
    """
    start, current, constant = np.array([V_init]), np.array([I_ext]), np.array([tau])
    errors = np.zeros(len(dt_values))
    for j, dt in enumerate(dt_values):
        N_t = round(T / dt)
        V = passive_euler(N_t, dt, start, E_m, current, g_m, constant)
        exact = passive_exact(np.arange(N_t + 1) * dt, start, E_m, current, g_m, constant)
        errors[j] = np.abs(V - exact).max()
    return errors


EXERCISE = Exercise(
    name="euler_error",
    lab="lab1",
    number="1.3",
    title="How large is Euler's error?",
    parameters=("dt_values", "T", "V_init", "E_m", "I_ext", "g_m", "tau"),
    outputs=(
        Output(
            name="errors",
            unit="mV",
            atol=V_ATOL,
            why="the difference of two voltages that are each good to 1e-10 mV",
            axes=("time step number",),
            shape="(len(dt_values),)",
        ),
    ),
    properties=(
        Property(
            name="rise",
            text="the largest error on the way up to a higher steady state, one a time step",
            outputs=("errors",),
            groups=("rise",),
            weight=3,
        ),
        Property(
            name="decay",
            text="the same on the way down, where Euler's voltage is too low",
            outputs=("errors",),
            groups=("decay",),
            weight=2,
        ),
        Property(
            name="whole steps",
            text="all steps up to T count, also where T/dt is not quite whole in the computer",
            outputs=("errors",),
            groups=("whole steps",),
            weight=2,
        ),
        Property(
            name="whole numbers",
            text="whole-number inputs give the same as 1.0, 2.0, ...",
            outputs=("errors",),
            groups=("whole numbers",),
        ),
    ),
    hints=(
        "The idea: for each time step, run your passive_euler and your passive_exact over the same "
        "times, and see where they are farthest apart.",
        "The equation: error = max over k = 0 ... N_t of |V_Euler[k] - V_exact(k dt)|, with N_t = "
        "round(T/dt).",
        "The shape of the lines: a loop over dt_values; in it the number of steps, the Euler trace, "
        "the exact trace at np.arange(...) * dt, and one number: the largest absolute difference. "
        "Your functions want arrays: a plain number x becomes one as np.array([x]).",
    ),
    builds_on=("passive_euler", "passive_exact"),
)


def certify(case: Case) -> None:
    """Raise ValueError where T is no whole multiple of every time step."""
    steps = case.inputs["T"] / np.asarray(case.inputs["dt_values"], float)
    if np.abs(steps - np.round(steps)).max() > 1e-9:  # rounding of a quotient below 1e4 is 2e-12
        raise ValueError(f"case {case.name!r}: T/dt is {steps}, not whole")


def public() -> list[Case]:
    """Return the cases of the self-check.

    With T far above tau the largest error lies near t = tau, with T below tau at the end.
    """
    rise = {"V_init": -74.5, "E_m": -68.0, "I_ext": 31.5, "g_m": 1.6}
    decay = {"V_init": -57.0, "E_m": -66.0, "I_ext": -7.5, "g_m": 2.3}
    return [
        case(
            EXERCISE,
            "rise, five time steps",
            "rise",
            dt_values=np.array([4.0, 2.0, 1.0, 0.4, 0.1]),
            T=44.0,
            tau=9.0,
            **rise,
        ),
        case(
            EXERCISE,
            "rise, time steps in another order, one above tau",
            "rise",
            dt_values=np.array([0.75, 7.5, 1.5]),
            T=30.0,
            tau=5.0,
            **rise,
        ),
        case(
            EXERCISE,
            "decay, three time steps",
            "decay",
            dt_values=np.array([0.6, 1.2, 2.4]),
            T=36.0,
            tau=7.0,
            **decay,
        ),
        case(
            EXERCISE,
            "a short run, 1.2 ms in steps of 0.1 ms and others",
            "whole steps",
            dt_values=np.array([0.1, 0.2, 0.05]),
            T=1.2,
            tau=9.0,
            **rise,
        ),
        case(
            EXERCISE,
            "a short run, 4.2 ms in steps of 0.6 ms and others",
            "whole steps",
            dt_values=np.array([0.6, 0.3]),
            T=4.2,
            tau=11.0,
            **decay,
        ),
        case(
            EXERCISE,
            "whole-number inputs",
            "whole numbers",
            dt_values=np.array([2, 4, 5]),
            T=40,
            V_init=-72,
            E_m=-69,
            I_ext=61,
            g_m=3,
            tau=13,
        ),
    ]


def draw(rng: np.random.Generator) -> list[Case]:
    """Draw secret cases that look at the same properties as the public ones."""

    def parameters(direction: int) -> dict[str, Any]:
        """Draw a membrane whose steady state lies above (1) or below (-1) its start."""
        E_m, g_m = rng.uniform(-72, -64), rng.uniform(1.3, 2.4)
        return {
            "V_init": E_m - direction * rng.uniform(3, 9),
            "E_m": E_m,
            "I_ext": direction * g_m * rng.uniform(6, 20),
            "g_m": g_m,
        }

    def steps(tau: float) -> tuple[np.ndarray, float]:
        """Draw time steps that fit into T, which is about five time constants."""
        dt = tau / rng.uniform(8, 12)
        return dt * np.array([4.0, 0.5, 2.0, 1.0]), dt * 4 * int(rng.integers(11, 15))

    def short(finest: float, counts: list[int], wrong: int) -> dict[str, Any]:
        """Draw a T that division by a time step misses by a hair, upwards (1) or downwards (-1)."""
        while True:
            dt, count = finest * int(rng.integers(1, 4)), int(rng.choice(counts))
            dt, T = (float(f"{x:.6g}") for x in (dt, dt * count))
            if np.sign(T / dt - count) == wrong:
                return {"dt_values": np.array([dt]), "T": T, "tau": T * rng.uniform(1.5, 3)}

    tau_up, tau_down = rng.uniform(5, 12, 2)
    up, down = steps(tau_up), steps(tau_down)
    return [
        case(
            EXERCISE, "secret: rise", "rise", dt_values=up[0], T=up[1], tau=tau_up, **parameters(1)
        ),
        case(
            EXERCISE,
            "secret: decay",
            "decay",
            dt_values=down[0],
            T=down[1],
            tau=tau_down,
            **parameters(-1),
        ),
        case(
            EXERCISE,
            "secret: T/dt just below a whole number",
            "whole steps",
            **short(0.1, [6, 7, 12, 14, 19, 23, 24], -1),
            **parameters(1),
        ),
        case(
            EXERCISE,
            "secret: T/dt just above a whole number",
            "whole steps",
            **short(0.15, [7, 9, 14, 18, 23], 1),
            **parameters(-1),
        ),
        case(
            EXERCISE,
            "secret: whole numbers",
            "whole numbers",
            dt_values=rng.permutation([1, 2, 3, 4]),
            T=48,
            V_init=int(rng.integers(-78, -72)),
            E_m=-69,
            I_ext=int(rng.integers(40, 70)),
            g_m=3,
            tau=int(rng.integers(7, 12)),
        ),
    ]


# Usual mistakes ----------------------------------------------------------------------------------


def _largest(V: np.ndarray, exact: np.ndarray) -> Any:
    return np.abs(V - exact).max()


def _wrong(
    *,
    measure: Callable[[np.ndarray, np.ndarray], Any] = _largest,
    steps: Callable[[SimpleNamespace], int] = lambda p: round(p.T / p.dt),
    times: Callable[[SimpleNamespace], np.ndarray] = lambda p: np.arange(p.N_t + 1) * p.dt,
    exact: Callable[[SimpleNamespace], np.ndarray] | None = None,
    choose: Callable[[Any], Any] = lambda dt_values: dt_values,
    finish: Callable[[np.ndarray, SimpleNamespace], Any] = lambda error, p: error,
) -> Callable[..., Any]:
    """Return a right answer with some of its parts replaced.

    Parameters
    ----------
    measure : callable
        One number from Euler's voltages and the exact ones.
    steps, times : callable
        The number of steps; the times at which the closed form is evaluated.
    exact : callable, optional
        What Euler's voltages are compared with.
    choose, finish : callable
        The time steps that are used; what is returned.
    """

    def solver(
        dt_values: Any, T: Any, V_init: Any, E_m: Any, I_ext: Any, g_m: Any, tau: Any
    ) -> Any:
        p = SimpleNamespace(T=T, V_init=V_init, E_m=E_m, I_ext=I_ext, g_m=g_m, tau=tau)
        error = []
        for dt in choose(np.array(dt_values, float)):
            p.dt = dt
            p.N_t = steps(p)
            p.V = passive_euler(p.N_t, dt, [V_init], E_m, I_ext, g_m, tau)[:, 0]
            p.t = times(p)
            right = exact(p) if exact else passive_exact(p.t, V_init, E_m, I_ext, g_m, tau)[:, 0]
            error.append(measure(p.V, right))
        p.dt_values = np.array(dt_values, float)
        return finish(np.array(error), p)

    return solver


def _fine_euler(p: SimpleNamespace) -> np.ndarray:
    fine = passive_euler(10 * p.N_t, p.dt / 10, [p.V_init], p.E_m, p.I_ext, p.g_m, p.tau)
    return fine[::10, 0]


_LARGEST = (
    "error = max over all steps of |V_Euler - V_exact|: absolute values first, then the largest."
)
_STEPS = (
    "The computer's 1.2/0.1 is 11.999999999999998: round(T/dt) gives 12 steps, int(T/dt) only 11, "
    "and other numbers come out a hair too large."
)

MISTAKES = {
    "last instead of largest": (
        "This is the error at t = T; the largest error on the way is asked for.",
        "By T both have settled. Look at all steps, not only at the last.",
        _wrong(measure=lambda V, exact: abs(V[-1] - exact[-1])),
    ),
    "first step only": (
        "This is the error after the first step; the largest one is asked for.",
        _LARGEST,
        _wrong(measure=lambda V, exact: abs(V[1] - exact[1])),
    ),
    "mean instead of largest": (
        "This is the mean of the errors; the largest one is asked for.",
        _LARGEST,
        _wrong(measure=lambda V, exact: np.abs(V - exact).mean()),
    ),
    "root mean square instead of largest": (
        "This is the root mean square of the errors; the largest one is asked for.",
        _LARGEST,
        _wrong(measure=lambda V, exact: np.sqrt(((V - exact) ** 2).mean())),
    ),
    "sum instead of largest": (
        "This is the sum of the errors; the largest one is asked for.",
        _LARGEST,
        _wrong(measure=lambda V, exact: np.abs(V - exact).sum()),
    ),
    "smallest instead of largest": (
        "This is the smallest error, the 0 at the start; the largest one is asked for.",
        _LARGEST,
        _wrong(measure=lambda V, exact: np.abs(V - exact).min()),
    ),
    "without absolute value": (
        "The largest difference is taken without its absolute value: where Euler's voltage is too "
        "low, the difference is negative and gets lost.",
        "np.abs first, then max.",
        _wrong(measure=lambda V, exact: (V - exact).max()),
    ),
    "without absolute value, turned round": (
        "The largest of exact minus Euler is taken without its absolute value: where Euler's "
        "voltage is too high, the difference is negative and gets lost.",
        "np.abs first, then max.",
        _wrong(measure=lambda V, exact: (exact - V).max()),
    ),
    "difference of the largest": (
        "The largest voltages of the two traces are compared; compare the traces step by step.",
        "Subtract first, then take absolute values, then the largest.",
        _wrong(measure=lambda V, exact: abs(V.max() - exact.max())),
    ),
    "squared": (
        "The error is squared; mV are asked for, not mV^2.",
        "Use np.abs in the place of the square.",
        _wrong(measure=lambda V, exact: ((V - exact) ** 2).max()),
    ),
    "relative error": (
        "The error is divided by the voltage; the error in mV is asked for.",
        "A voltage has no natural zero, so its relative error says little. Leave the division out.",
        _wrong(measure=lambda V, exact: np.abs((V - exact) / exact).max()),
    ),
    "percent": (
        "The error is in percent of the voltage; the error in mV is asked for.",
        "A voltage has no natural zero, so its relative error says little. Leave the division out.",
        _wrong(measure=lambda V, exact: 100 * np.abs((V - exact) / exact).max()),
    ),
    "error per ms": (
        "The error is divided by dt; the error in mV is asked for.",
        "That the error is proportional to dt is what the figure is to show; leave dt in.",
        _wrong(finish=lambda error, p: error / p.dt_values),
    ),
    "logarithm": (
        "This is the logarithm of the error; the error in mV is asked for.",
        "Leave the logarithm to the axes of the figure: ax.loglog.",
        _wrong(finish=lambda error, p: np.log10(error)),
    ),
    "steps cut off": (
        "The number of steps is cut off, int(T/dt), where it should be rounded.",
        _STEPS,
        _wrong(steps=lambda p: int(p.T / p.dt)),
    ),
    "steps rounded up": (
        "The number of steps is rounded up (np.ceil, or np.arange up to T); it should be rounded to "
        "the nearest whole number.",
        _STEPS,
        _wrong(steps=lambda p: int(np.ceil(p.T / p.dt))),
    ),
    "one step short": (
        "The step that ends at T is missing.",
        "N_t = round(T/dt) steps lead to N_t + 1 voltages, V[0] included.",
        _wrong(steps=lambda p: round(p.T / p.dt) - 1),
    ),
    "one step too far": (
        "There is a step beyond T.",
        "N_t = round(T/dt) steps lead to N_t + 1 voltages, V[0] included.",
        _wrong(steps=lambda p: round(p.T / p.dt) + 1),
    ),
    "T as number of steps": (
        "T is used as the number of steps; it is a time in ms.",
        "The number of steps is round(T/dt).",
        _wrong(steps=lambda p: round(p.T)),
    ),
    "closed form one step early": (
        "The closed form is evaluated one step early: V[k] belongs to the time k*dt.",
        "The times are 0, dt, 2 dt, ...: np.arange(N_t + 1) * dt.",
        _wrong(times=lambda p: (np.arange(p.N_t + 1) - 1) * p.dt),
    ),
    "closed form one step late": (
        "The closed form is evaluated one step late: V[k] belongs to the time k*dt.",
        "The times are 0, dt, 2 dt, ...: np.arange(N_t + 1) * dt.",
        _wrong(times=lambda p: (np.arange(p.N_t + 1) + 1) * p.dt),
    ),
    "step numbers as times": (
        "The closed form is evaluated at the numbers of the steps; it wants times in ms.",
        "Multiply the step numbers by dt.",
        _wrong(times=lambda p: np.arange(p.N_t + 1)),
    ),
    "times stretched": (
        "The times are np.linspace(0, T, ...) for one step more or less than Euler makes, so they "
        "lie between the steps.",
        "np.arange(N_t + 1) * dt gives the times of the N_t + 1 rows.",
        _wrong(times=lambda p: np.arange(p.N_t + 1) * p.T / (p.N_t + 1)),
    ),
    "distance to the steady state": (
        "Euler's voltage is compared with the steady state; it should be compared with the closed "
        "form at the same time.",
        "Evaluate passive_exact at np.arange(N_t + 1) * dt.",
        _wrong(exact=lambda p: np.full(len(p.t), p.E_m + p.I_ext / p.g_m)),
    ),
    "finer Euler instead of closed form": (
        "Euler's voltage is compared with a finer Euler run, which has an error of its own.",
        "Compare with passive_exact.",
        _wrong(exact=_fine_euler),
    ),
    "largest of all time steps": (
        "One number comes back, the largest error of all time steps; one a time step is asked for.",
        "Take the maximum inside the loop over dt_values and store it.",
        _wrong(finish=lambda error, p: error.max()),
    ),
    "first time step only": (
        "Only the first time step is tried.",
        "Let `return` stand outside the loop over dt_values.",
        _wrong(choose=lambda dt_values: dt_values[:1]),
    ),
    "first time step for all": (
        "All entries are the error of the first time step.",
        "Use the loop's own dt, for the number of steps, for Euler and for the times.",
        _wrong(choose=lambda dt_values: np.full(len(dt_values), dt_values[0])),
    ),
    "sorted time steps": (
        "The errors come in the order of sorted time steps; entry j belongs to dt_values[j].",
        "Leave dt_values in its order.",
        _wrong(choose=np.sort),
    ),
    "a column": (
        "The errors come as a column, one row a time step; a 1-D array is asked for.",
        "Store plain numbers: np.abs(...).max() without an axis.",
        _wrong(finish=lambda error, p: error[:, np.newaxis]),
    ),
    "nothing returned": (
        "The function returns nothing (None).",
        "End it with return and your errors.",
        _wrong(finish=lambda error, p: None),
    ),
}
REFERENCE = refer(EXERCISE, euler_error, MISTAKES, public=public, draw=draw, certify=certify)

"""What the exercises about spiking solvers share: outputs, certificates, ways to go wrong.

A spiking solver is compared to the last step: a case is used only where no correct solver, whatever
its order of operations, can put a spike on another step.  `certify` proves that for a case.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np

from lifkit.exercises import Case, Output

#: Correct double-precision solvers (11 operation orders, 4.2e5 parameter draws, tau/dt up to 1e4)
#: differ by at most 6.8e-11 mV while their spikes agree; one order of magnitude is left to spare.
V_ATOL = 1e-9

#: Spike times are whole steps times dt.  Adding up dt 10 000 times is off by 2e-9 ms at most; the
#: smallest step of any case is 0.1 ms.
TIME_ATOL = 1e-6

VOLTAGE = Output(
    name="V",
    unit="mV",
    atol=V_ATOL,
    why="correct solvers differ by less than 1e-10 mV before a spike moves",
    axes=("step", "neuron"),
    shape="(N_t + 1, n)",
)
SPIKES = Output(
    name="spikes",
    why="a spike is there or not: exact",
    axes=("step", "neuron"),
    shape="(N_t + 1, n)",
    double=False,
)
SPIKE_TIMES = Output(
    name="spike_times",
    kind="ragged",
    unit="ms",
    atol=TIME_ATOL,
    why="times are whole steps; adding dt up 10 000 times is off by 2e-9 ms",
    axes=("neuron", "spike"),
    shape="(one array a neuron)",
)
OUTPUTS = (VOLTAGE, SPIKES, SPIKE_TIMES)

#: The group of the cases that meet the threshold exactly, in numbers that binary arithmetic holds
#: without rounding.
TIES = "ties"


def steps_of(t_ref: float, dt: float) -> int:
    """Return the whole number of steps in `t_ref`."""
    return round(t_ref / dt)


def solve(
    N_t: int,
    dt: Any,
    V_init: Any,
    E_m: Any,
    V_theta: Any,
    V_reset: Any,
    I_ext: Any,
    g_m: Any,
    tau: Any,
    t_ref: Any = 0.0,
    kicks: Sequence[Any] = (),
) -> tuple[list[Any], Any]:
    """Integrate one neuron in the arithmetic of its arguments.

    `I_ext` is one number or a list with one a step; `kicks`, where given, are added to the voltage
    (mV), one a step.

    Returns
    -------
    V : list
        The voltage at every step.
    margin : number
        Smallest distance of an updated voltage from the threshold, before any reset.
    """
    V, margin, rest = [V_init], None, 0
    for k in range(N_t):
        if rest:
            rest -= 1
            V.append(V_reset)
            continue
        current = I_ext[k] if isinstance(I_ext, list) else I_ext
        updated = V[-1] + dt * (-(V[-1] - E_m) + current / g_m) / tau
        if kicks:
            updated += kicks[k]
        gap = abs(updated - V_theta)
        margin = gap if margin is None else min(margin, gap)
        if updated >= V_theta:
            updated, rest = V_reset, steps_of(t_ref, dt)
        V.append(updated)
    return V, margin


def certify(case: Case) -> None:
    """Raise ValueError if correct solvers could disagree on a spike of this case.

    Cases of the group ``"ties"`` must be exact: the same run in rational numbers gives the same
    voltages.  All others must keep their distance from the threshold: at least 1e-8 mV, and at least
    100 times the rounding error ``4 * 1.7 * eps * V_max * tau / dt`` that was found to bound all
    correct solvers.
    """
    for number, parameters in enumerate(neurons(case)):
        _certify_rest(case, parameters)
        V, margin = solve(**parameters)
        if case.group == TIES:
            rational, _ = solve(
                **{name: _exactly(name, value) for name, value in parameters.items()}
            )
            if [Fraction(value) for value in V] != rational:
                raise ValueError(f"{case.name}: neuron {number} is not exact in binary arithmetic")
            continue
        steady = parameters["E_m"] + np.atleast_1d(parameters["I_ext"]) / parameters["g_m"]
        V_max = max(np.abs(steady).max(), np.abs(V).max())
        bound = 4 * 1.7 * np.finfo(float).eps * V_max * parameters["tau"] / parameters["dt"]
        if margin is not None and margin < max(1e-8, 100 * bound):
            raise ValueError(
                f"{case.name}: neuron {number} passes threshold with a margin of {margin:.1e} mV"
            )


def _certify_rest(case: Case, parameters: dict[str, Any]) -> None:
    """Raise ValueError if t_ref/dt lies so near to k + 1/2 that rounding it is a toss-up."""
    ratio = parameters.get("t_ref", 0.0) / parameters["dt"]
    if abs(abs(ratio - round(ratio)) - 0.5) < 1e-6:
        raise ValueError(f"{case.name}: t_ref/dt = {ratio:g} is halfway between two whole steps")


def _exactly(name: str, value: Any) -> Any:
    """Turn what binary arithmetic holds into rational numbers, which do not round."""
    if name == "N_t":
        return value
    return [Fraction(item) for item in value] if isinstance(value, list) else Fraction(value)


def neurons(case: Case) -> list[dict[str, Any]]:
    """Split the inputs of a case of a spiking solver into one set a neuron, as `solve` takes them.

    Noise, where the case has any, becomes kicks in mV.
    """
    inputs = dict(case.inputs)
    arrays = {name: np.atleast_1d(inputs.pop(name)) for name in ("V_init", "I_ext", "tau")}
    if "xi" in inputs:
        xi, sigma = inputs.pop("xi"), inputs.pop("sigma")
        inputs["N_t"] = len(xi)
        arrays["kicks"] = sigma * np.sqrt(2 * inputs["dt"] / arrays["tau"]) * xi
    return [
        {**inputs, **{name: array[..., i].tolist() for name, array in arrays.items()}}
        for i in range(len(arrays["V_init"]))
    ]


# Secret cases ------------------------------------------------------------------------------------


def draw_neurons(rng: np.random.Generator, n: int, drive: tuple[float, float]) -> dict[str, Any]:
    """Draw `n` neurons whose steady state is `drive` times the way from rest to threshold."""
    E_m, g_m = rng.uniform(-72, -64), rng.uniform(1.3, 2.4)
    V_theta = E_m + rng.uniform(12, 20)
    return {
        "E_m": E_m,
        "V_theta": V_theta,
        "V_reset": E_m - rng.uniform(4, 12),
        "g_m": g_m,
        "V_init": E_m + rng.uniform(-6, 6, n),
        "I_ext": g_m * (V_theta - E_m) * rng.uniform(*drive, n),
        "tau": rng.uniform(5, 22, n),
    }


def certified(make: Callable[[], Case], certify: Callable[[Case], None] = certify) -> Case:
    """Draw a case again until it is certified; about one in a thousand is not."""
    while True:
        case = make()
        try:
            certify(case)
        except ValueError:
            continue
        return case


# Wrong solvers -----------------------------------------------------------------------------------
#
# A usual mistake changes one thing about the right solver.  `variant` is the right solver with its
# parts as arguments; `p` holds the parameters under their names.


def euler_step(V: np.ndarray, p: SimpleNamespace) -> np.ndarray:
    """Return V one forward Euler step later."""
    return V + p.dt * (-(V - p.E_m) + p.I_ext / p.g_m) / p.tau


def at_threshold(V: np.ndarray, p: SimpleNamespace) -> np.ndarray:
    """Return which neurons fire."""
    return V >= p.V_theta


def to_reset(V: np.ndarray, p: SimpleNamespace) -> Any:
    """Return the voltage after a spike."""
    return p.V_reset


def times_of(spikes: np.ndarray, p: SimpleNamespace) -> Any:
    """Return the spike times of each neuron in ms."""
    return [np.nonzero(column)[0] * p.dt for column in spikes.T]


def held_steps(p: SimpleNamespace) -> int:
    """Return for how many steps a neuron is held after a spike."""
    return steps_of(p.t_ref, p.dt)


#: The arguments of `lif_euler`.
PARAMETERS = ("N_t", "dt", "V_init", "E_m", "V_theta", "V_reset", "I_ext", "g_m", "tau")


def variant(
    *,
    prepare: Callable[[SimpleNamespace], Any] = lambda p: None,
    step: Callable[[np.ndarray, SimpleNamespace], np.ndarray] = euler_step,
    fires: Callable[[np.ndarray, SimpleNamespace], np.ndarray] = at_threshold,
    reset: Callable[[np.ndarray, SimpleNamespace], Any] = to_reset,
    held: Callable[[SimpleNamespace], int] = held_steps,
    hold: Callable[[np.ndarray, SimpleNamespace], Any] = lambda V, p: V,
    start: Callable[[SimpleNamespace], Any] = lambda p: p.V_init,
    times: Callable[[np.ndarray, SimpleNamespace], Any] = times_of,
    finish: Callable[[np.ndarray, np.ndarray, Any, SimpleNamespace], Any] = (
        lambda V, spikes, spike_times, p: (V, spikes, spike_times)
    ),
    dtype: type = float,
    parameters: tuple[str, ...] = (*PARAMETERS, "t_ref"),
) -> Callable[..., Any]:
    """Return a solver with some of its parts replaced.

    Parameters
    ----------
    prepare : callable
        Changes the parameters before anything else.
    step, fires, reset, held, hold : callable
        One Euler step; who fires; the voltage after a spike; the steps of rest after it; the voltage
        in such a step, made of the one before.
    start, times, finish : callable
        The first row; the spike times from the spikes; what is returned.
    dtype : type
        Type of the array of voltages.
    parameters : tuple of str
        Names of the solver's arguments, in order; those that are not given stay unset.
        `prepare` has to set ``N_t`` where it is none of them.

    Notes
    -----
    While step k runs (the one that makes row k + 1), ``p.k`` is k.
    """

    def solver(*arguments: Any) -> Any:
        p = SimpleNamespace(t_ref=0.0)
        vars(p).update(zip(parameters, arguments, strict=False))
        p.V_init, p.I_ext, p.tau = (np.array(x, float) for x in (p.V_init, p.I_ext, p.tau))
        prepare(p)
        V = np.zeros((p.N_t + 1, len(p.V_init)), dtype=dtype)
        spikes = np.zeros(V.shape)
        rest = np.zeros(len(p.V_init), dtype=int)
        V[0] = start(p)
        for k in range(1, p.N_t + 1):
            p.k = k - 1
            updated = np.where(rest > 0, hold(V[k - 1], p), step(V[k - 1], p))
            fired = fires(updated, p) & (rest == 0)
            rest = np.where(fired, held(p), np.maximum(rest - 1, 0))
            V[k] = np.where(fired, reset(updated, p), updated)
            spikes[k] = fired
        return finish(V, spikes, times(spikes, p), p)

    return solver

"""What the exercises about spiking solvers share: outputs, certificates, draws.

A spiking solver is compared to the last step: a case is used only where no correct solver, whatever
its order of operations, can put a spike on another step.  `certify` proves that for a case.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from lifkit.judge import Case, Output

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
    margin : number or None
        Smallest distance of an updated voltage from the threshold, before any reset.
    """
    currents = I_ext if isinstance(I_ext, list) else itertools.repeat(I_ext, N_t)
    V, above, rest = [V_init], [], 0
    for current, kick in zip(currents, kicks or itertools.repeat(0, N_t), strict=True):
        if rest:
            rest -= 1
            V.append(V_reset)
            continue
        updated = V[-1] + dt * (-(V[-1] - E_m) + current / g_m) / tau + kick
        above.append(updated - V_theta)
        if updated >= V_theta:
            updated, rest = V_reset, steps_of(t_ref, dt)
        V.append(updated)
    margin = min(map(abs, above), default=None)
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


# Draws -------------------------------------------------------------------------------------------


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


def draw_ties(rng: np.random.Generator) -> dict[str, Any]:
    """Draw three neurons that touch the threshold exactly, in steps of 0.5 ms."""
    shift = float(rng.integers(-8, 9))  # moving every voltage by a whole number keeps a tie exact
    order = rng.permutation(3)
    return {
        "dt": 0.5,
        "V_init": np.full(3, -70.0 + shift),
        "E_m": -70.0 + shift,
        "V_theta": -50.0 + shift,
        "V_reset": -75.0 + shift,
        "I_ext": np.array([80.0, 160.0, 320.0])[order],
        "g_m": 2.0,
        "tau": np.array([1.0, 2.0, 4.0])[order],
    }


def draw_whole_numbers(rng: np.random.Generator) -> dict[str, Any]:
    """Draw a run of three neurons in which every number is whole and an int."""
    E_m = int(rng.integers(-72, -65))
    return {
        "N_t": int(rng.integers(15, 25)),
        "dt": 1,
        "V_init": E_m + rng.choice([-1, 1], 3) * rng.integers(1, 6, 3),
        "E_m": E_m,
        "V_theta": E_m + 17,
        "V_reset": E_m - 7,
        "I_ext": np.array([2, 3, 1]) * rng.integers(19, 33, 3),
        "g_m": 2,
        "tau": rng.integers(6, 17, 3),
    }

"""The explorers of Lab 1: a passive membrane's trace, and what a time step makes of it.

No physics of its own: voltages and theory come from the functions that are handed in; what is measured on
them is only counted and compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from .frames import Frame, Place, Scene, Slider, around
from .shared import E_M, FEW, G_M, TAU, Function, curves_of, in_mV, joined, optional, sentence
from .solvers import Result, Solver, column

__all__ = ["membrane", "time_step"]

PASSIVE = ("N_t", "dt", "V_init", "E_m", "I_ext", "g_m", "tau")
PASSIVE_EXACT = ("t", "V_init", "E_m", "I_ext", "g_m", "tau")


def membrane(solver: Function, theory: Function | None = None) -> Scene:
    """Return the passive membrane's trace over 100 ms, with sliders for tau, g_m and I_ext."""
    yours, exact = Solver(solver, PASSIVE), optional(theory, PASSIVE_EXACT)
    current = Slider(
        name="I_ext", label="input current", unit="nA", low=-20, high=40, step=0.5, start=15
    )
    dt, N_t = 0.1, 1000

    def frames(values: Mapping[str, float]) -> Iterator[Frame]:
        yield _passive_frame(yours, exact, values, dt, N_t, _membrane_readouts)

    places = (
        Place(
            text="Set tau to 50 ms. Has the membrane settled by the end?",
            at={"tau": (50, 50)},
        ),
        Place(
            text="Set I_ext to 30 nA and g_m to 2 uS. Where have you seen this end value before?",
            at={"I_ext": (30, 30), "g_m": (2, 2)},
        ),
        Place(
            text="Take the current below 0 nA. What changes its sign, and what does not change?",
            at={"I_ext": (-20, -0.5)},
        ),
    )
    scene = Scene(
        title="Passive membrane", sliders=(current, TAU, G_M), frames=frames, places=places
    )
    yours.begin(_passive_inputs(scene.settle({}), dt, FEW))
    return scene


def time_step(solver: Function, theory: Function | None = None) -> Scene:
    """Return the passive membrane's trace over 200 ms at tau = 10 ms, with a slider for dt."""
    yours, exact = Solver(solver, PASSIVE), optional(theory, PASSIVE_EXACT)
    step = Slider(name="dt", label="time step", unit="ms", low=0.1, high=25, step=0.1, start=2)
    fixed = {"I_ext": 15.0, "tau": 10.0, "g_m": 1.0}

    def frames(values: Mapping[str, float]) -> Iterator[Frame]:
        dt = values["dt"]
        # The whole steps that fit; 1e-9 keeps 200/0.1 from becoming 1999.
        N_t = int(200.0 / dt + 1e-9)
        yield _passive_frame(yours, exact, fixed, dt, N_t, _step_readouts, points=True)

    places = (
        Place(
            text="Set dt to 10 ms, one tau. After how many steps is the end value reached?",
            at={"dt": (10, 10)},
        ),
        Place(
            text="Try a dt between 12 and 19 ms. Does the voltage still arrive?",
            at={"dt": (12, 19)},
        ),
        Place(text="Go beyond 20 ms, twice tau. What grows?", at={"dt": (20.1, 25)}),
    )
    scene = Scene(
        title="The time step of Euler's method", sliders=(step,), frames=frames, places=places
    )
    yours.begin(_passive_inputs(fixed, step.start, FEW))
    return scene


def _passive_inputs(values: Mapping[str, float], dt: float, N_t: int) -> dict[str, Any]:
    return {
        "N_t": N_t,
        "dt": dt,
        "V_init": np.array([E_M]),
        "E_m": E_M,
        "I_ext": np.array([values["I_ext"]]),
        "g_m": values["g_m"],
        "tau": np.array([values["tau"]]),
    }


def _passive_frame(
    yours: Solver,
    exact: Solver | None,
    values: Mapping[str, float],
    dt: float,
    N_t: int,
    readouts: Callable[..., list[tuple[str, str]]],
    *,
    points: bool = False,
) -> Frame:
    inputs = _passive_inputs(values, dt, N_t)
    t = dt * np.arange(N_t + 1)
    result = column(yours(inputs), yours.name, t)
    fine = t if len(t) > 400 else np.linspace(0.0, t[-1], 401)
    drawn = _theory_at(exact, inputs, fine)
    at_samples = drawn if fine is t else _theory_at(exact, inputs, t)
    curves = curves_of(yours, exact, (t, result.value, points), (fine, drawn.value))
    said = readouts(t, result.value, at_samples.value, values, dt)
    return Frame(
        curves=curves,
        x_range=(0.0, float(np.ceil(t[-1] / 10) * 10)),
        y_range=around(-75.0, -50.0, *(c.y for c in curves), step=10),
        x_label="Time (ms)",
        y_label="Membrane potential (mV)",
        marks=np.empty(0),
        readouts=tuple(said),
        message=joined(result.problem, drawn.problem),
        alt=sentence("Membrane potential", result, said),
        seconds=result.seconds + drawn.seconds,
    )


def _theory_at(exact: Solver | None, inputs: Mapping[str, Any], t: np.ndarray) -> Result:
    if exact is None:
        return Result()
    return column(exact({**inputs, "t": t}), exact.name, t)


def _membrane_readouts(
    t: np.ndarray, V: Any, theory: Any, values: Mapping[str, float], dt: float
) -> list[tuple[str, str]]:
    if V is None:
        return []
    after = round(values["tau"] / dt)
    said = [("after one tau", in_mV(V[after])), ("last voltage", in_mV(V[-1]))]
    return said + _gap_readout(V, theory)


def _step_readouts(
    t: np.ndarray, V: Any, theory: Any, values: Mapping[str, float], dt: float
) -> list[tuple[str, str]]:
    said = [("steps", str(len(t) - 1)), ("dt / tau", f"{dt / values['tau']:.2f}")]
    if V is None:
        return said
    return [*said, ("last voltage", in_mV(V[-1])), *_gap_readout(V, theory)]


def _gap_readout(V: np.ndarray, theory: np.ndarray | None) -> list[tuple[str, str]]:
    if theory is None:
        return []
    return [("largest gap to theory", f"{np.max(np.abs(V - theory)):.3g} mV")]

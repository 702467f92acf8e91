"""The explorers of Lab 5: the trace of an adapting neuron, and of an AdEx neuron.

The readouts compare the first interval with the last, which is what adaptation is about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from .frames import Frame, Place, Scene, Slider
from .shared import E_M, FEW, Function, optional, sentence
from .solvers import Result, Solver, curve, spiking
from .spiking import lif_frame

__all__ = ["adex", "adapting"]

ADAPTIVE = (
    *("dt", "V_init", "w_init", "E_m", "V_theta", "V_reset", "I_ext", "g_m", "tau", "b", "tau_w"),
)
ADAPTED = ("I_ext", "E_m", "V_theta", "V_reset", "g_m", "tau", "b", "tau_w")
ADEX = (
    *("dt", "V_init", "w_init", "E_m", "V_T", "Delta_T", "V_peak", "V_reset"),
    *("I_ext", "g_m", "tau", "a", "b", "tau_w"),
)

DT = 0.2  # ms

CURRENT = Slider(
    name="I_ext", label="input current", unit="nA", low=15, high=60, step=0.5, start=30
)
JUMP = Slider(name="b", label="jump of w", unit="nA", low=0, high=10, step=0.1, start=2)
SLOW = Slider(
    name="tau_w", label="time constant of w", unit="ms", low=5, high=300, step=5, start=100
)
# From 2 ms on dt/tau is at most 0.1; 10 ms with the other starts are the lab's neuron.
FAST = Slider(
    name="tau", label="membrane time constant", unit="ms", low=2, high=50, step=1, start=10
)
RESET = Slider(name="V_reset", label="reset", unit="mV", low=-90, high=-55, step=1, start=-75)
THETA, G_M = -50.0, 1.0  # mV, uS

# The AdEx neuron of the gallery that bursts, with its current, adaptation and reset to be moved.
REST, G_ADEX, TAU_ADEX = -58.0, 0.01, 20.0  # mV, uS, ms
V_T, DELTA_T, V_PEAK = -50.0, 2.0, 0.0  # mV
ADEX_SLIDERS = (
    Slider(name="I_ext", label="input current", unit="nA", low=0, high=0.6, step=0.01, start=0.21),
    Slider(
        name="a", label="coupling of w", unit="uS", low=-0.005, high=0.02, step=0.001, start=0.002
    ),
    Slider(name="b", label="jump of w", unit="nA", low=0, high=0.2, step=0.01, start=0.1),
    Slider(
        name="tau_w", label="time constant of w", unit="ms", low=20, high=300, step=5, start=120
    ),
    Slider(name="V_reset", label="reset", unit="mV", low=-65, high=-45, step=1, start=-46),
)


def adapting(solver: Function, theory: Function | None = None) -> Scene:
    """Return the trace of an adapting neuron over half a second, from reset and w = 0."""
    yours, exact, N_t = Solver(solver, ADAPTIVE), optional(theory, ADAPTED), 2500

    def frames(values: Mapping[str, float]) -> Iterator[Frame]:
        levels = {"E_m": E_M, "V_theta": THETA, "g_m": G_M, **values}
        inputs = _started(levels, values["V_reset"], N_t)
        frame = _trace(yours, inputs, {**values, "V_theta": THETA}, N_t, "threshold")
        if exact is not None and values["b"] > 0 and values["tau"] != values["tau_w"]:
            current = np.array([values["I_ext"]])
            settled = curve(exact({**levels, "I_ext": current}), exact.name, current)
            if settled.value is not None:
                said = (f"your {exact.name}", f"{settled.value[0]:.1f} Hz")
                frame = replace(frame, readouts=(*frame.readouts, said))
            frame = replace(frame, message=" ".join(filter(None, (frame.message, settled.problem))))
        yield frame

    places = (
        Place(text="Set b to 0. What is left of the adaptation?", at={"b": (0, 0)}),
        Place(
            text="Set b to 10 nA. Does the first spike move?",
            at={"b": (10, 10)},
        ),
        Place(
            text="Set I_ext to 20.5 nA. Does a larger b silence the neuron there?",
            at={"I_ext": (20.5, 20.5)},
        ),
    )
    sliders = (CURRENT, JUMP, SLOW, FAST, RESET)
    scene = Scene(title="An adapting neuron", sliders=sliders, frames=frames, places=places)
    start = {"E_m": E_M, "V_theta": THETA, "g_m": G_M, **scene.settle({})}
    yours.begin(_started(start, E_M, FEW))
    return scene


def adex(solver: Function) -> Scene:
    """Return the trace of an AdEx neuron over 400 ms, from its rest without a current."""
    yours, N_t = Solver(solver, ADEX), 2000

    def given(values: Mapping[str, float], steps: int) -> dict[str, Any]:
        fixed = {"E_m": REST, "V_T": V_T, "Delta_T": DELTA_T, "V_peak": V_PEAK}
        return _started({**fixed, "g_m": G_ADEX, "tau": TAU_ADEX, **values}, REST, steps)

    def frames(values: Mapping[str, float]) -> Iterator[Frame]:
        frame = _trace(yours, given(values, N_t), {**values, "V_theta": V_T}, N_t, "V_T")
        yield replace(frame, y_range=(-80.0, -20.0), mark_base=-28.0)

    places = (
        Place(text="Set V_reset to -55 mV. What became of the bursts?", at={"V_reset": (-55, -55)}),
        Place(text="Set b to 0. Does anything end a burst now?", at={"b": (0, 0)}),
        Place(
            text="Set I_ext to 0.04 nA and a to 0.02 uS. Why does it swing before it comes to rest?",
            at={"I_ext": (0.04, 0.04), "a": (0.02, 0.02)},
        ),
    )
    scene = Scene(title="An AdEx neuron", sliders=ADEX_SLIDERS, frames=frames, places=places)
    yours.begin(given(scene.settle({}), FEW))
    return scene


def _started(values: Mapping[str, float], V_start: float, N_t: int) -> dict[str, Any]:
    """Return the inputs of one neuron that starts at `V_start` with w = 0."""
    start = {"dt": DT, "V_init": np.array([V_start]), "w_init": np.zeros(1)}
    return {**values, **start, "I_ext": np.full((N_t, 1), values["I_ext"])}


def _trace(
    yours: Solver, inputs: Mapping[str, Any], levels: Mapping[str, float], N_t: int, name: str
) -> Frame:
    """Draw the voltage, and say how the intervals go on; `name` is what the upper level is called."""
    result = _without_w(yours(inputs), yours.name)
    result = spiking(result, yours.name, (N_t + 1, 1))
    frame = lif_frame(yours.name, result, levels, DT, N_t)
    lines = (replace(frame.lines[0], label=name), *frame.lines[1:])
    said = () if result.value is None else _interval_readouts(result.value[1][0])
    alt = sentence("Membrane potential", result, said)
    return replace(frame, lines=lines, readouts=said, alt=alt)


def _without_w(result: Result, name: str) -> Result:
    """Leave w out of ``(V, w, spikes, spike_times)``."""
    value = result.value
    if not isinstance(value, list) or len(value) != 4:
        if result.problem:
            return result
        said = f"{name} should return the four (V, w, spikes, spike_times)."
        return Result(problem=said, seconds=result.seconds)
    return replace(result, value=[value[0], value[2], value[3]])


def _interval_readouts(train: np.ndarray) -> tuple[tuple[str, str], ...]:
    """Say when the first spike came, and how long the first and the last interval are."""
    times = np.atleast_1d(train)
    said = [("spikes", str(len(times)))]
    if len(times):
        said.append(("first spike", f"{times[0]:.1f} ms"))
    x = np.diff(times)
    if len(x) > 1:
        said.append(("first interval", f"{x[0]:.1f} ms"))
        said.append(("last interval", f"{x[-1]:.1f} ms"))
        said.append(("CV", f"{x.std() / x.mean():.2f}"))
    return tuple(said)

"""The explorers of Lab 6: a small network, and the rate that comes out over the rate that goes in.

The small network keeps the lab's neurons and its mean inputs with 75 synapses a neuron in place of 1250,
each five times as strong: one that runs within a slider's move.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from ..stimuli import make_drive, make_sources
from .frames import Curve, Frame, Line, Place, Scene, Slider, around
from .shared import E_M, FEW, Function, optional, sentence
from .solvers import Result, Solver, parts

__all__ = ["mean_field", "network"]

NETWORK = (
    *("dt", "V_init", "E_m", "V_theta", "V_reset", "tau", "t_ref", "J_ext", "counts_ext"),
    *("start", "targets", "J", "delay", "record"),
)
INPUT = ("rate_hz", "rate_ext_hz", "E_m", "tau", "J", "g", "C_E", "C_I")
SIEGERT = ("I_ext", "E_m", "V_theta", "V_reset", "g_m", "tau", "t_ref", "sigma")
RATE = ("rate_ext_hz", "E_m", "V_theta", "V_reset", "tau", "t_ref", "J", "g", "C_E", "C_I")

#: The lab's neuron: mV and ms.
LEVELS = {"E_m": E_M, "V_theta": -50.0, "V_reset": -60.0, "tau": 20.0, "t_ref": 2.0}

#: The small network: neurons and synapses of both kinds, the kick (mV), a step and a run (ms).
N_E, N_I, FEW_E, FEW_I, KICK, DT, T = 240, 60, 60, 15, 0.5, 0.2, 200.0
BIN = 5  # steps

#: The lab's network.
C_E, C_I = 1000, 250

INHIBITION = Slider(
    name="g", label="strength of inhibition", unit="fold", low=2, high=9, step=0.5, start=5
)


def network(solver: Function, outgoing: Function) -> Scene:
    """Return the activity of a small network over 200 ms."""
    yours, lists, n = Solver(solver, NETWORK), Solver(outgoing, ("sources",)), N_E + N_I
    rng = np.random.default_rng(61)
    sources = make_sources(N_E, N_I, FEW_E, FEW_I, rng)
    V_init = rng.uniform(-70.0, -50.0, n)
    t = DT * BIN * (np.arange(round(T / DT / BIN)) + 0.5)
    lists.begin({"sources": sources})
    both = parts(
        lists({"sources": sources}), lists.name, {"start": (n + 1,), "targets": (sources.size,)}
    )

    def given(values: Mapping[str, float], N_t: int) -> dict[str, Any]:
        drive = make_drive(N_t, n, DT, FEW_E * values["rate_ext_hz"], np.random.default_rng(62))
        start, targets = (one.astype(int) for one in both.value)
        J = np.where(np.arange(n) < N_E, KICK, -values["g"] * KICK)
        wired = {"start": start, "targets": targets, "J": J, "delay": values["delay"]}
        fixed = {"dt": DT, "V_init": V_init, "J_ext": KICK, "record": np.arange(1)}
        return {**LEVELS, **fixed, **wired, "counts_ext": drive}

    def frames(values: Mapping[str, float]) -> Iterator[Frame]:
        N_t = round(T / DT)
        result = both if both.value is None else yours(given(values, N_t))
        found = _spikes(result, yours.name, N_t, n)
        curves: tuple[Curve, ...] = ()
        said: list[tuple[str, str]] = []
        marks = np.empty(0)
        if found.value is not None:
            steps, neurons = found.value
            counts = np.bincount(steps, minlength=N_t + 1)[1 : N_t + 1]
            rates = 1000 * counts.reshape(-1, BIN).sum(axis=1) / (n * DT * BIN)
            curves = (Curve(name=f"rate in your {yours.name}", role="yours", x=t, y=rates),)
            marks = DT * steps[neurons == 0]
            late = rates[len(rates) // 4 :]
            said = [("mean rate", f"{1000 * len(steps) / n / T:.1f} Hz")]
            said += [("spikes of neuron 0", str(len(marks)))]
            if late.any():
                said += [("spread over mean", f"{late.std() / late.mean():.2f}")]
        high = max([200.0, *(float(one.y.max()) for one in curves)])
        yield Frame(
            curves=curves,
            x_range=(0.0, T),
            y_range=(0.0, 1.2 * high),
            x_label="Time (ms)",
            y_label="Rate of the population (Hz)",
            marks=marks,
            mark_base=1.08 * high,
            readouts=tuple(said),
            message=found.problem,
            alt=sentence("Rate of a network of 300 neurons", found, said),
            seconds=result.seconds,
        )

    sliders = (
        INHIBITION,
        Slider(name="rate_ext_hz", label="rate of an input from outside", unit="Hz", low=15, high=80,
               step=1, start=40),
        Slider(name="delay", label="from spike to kick", unit="ms", low=0.4, high=4, step=0.2, start=1.6),
    )  # fmt: skip
    places = (
        Place(text="Set g to 3, where excitation wins. What became of neuron 0?", at={"g": (3, 3)}),
        Place(
            text="Set g to 8 and the rate from outside to 80 Hz. Is there a rhythm?",
            at={"g": (8, 8), "rate_ext_hz": (80, 80)},
        ),
        Place(text="Stay there, with a delay of 4 ms. Which way did the rhythm go?",
              at={"g": (8, 8), "delay": (4, 4)}),
    )  # fmt: skip
    scene = Scene(title="A small network", sliders=sliders, frames=frames, places=places)
    if both.value is not None:
        yours.begin(given(scene.settle({}), FEW))
    return scene


def _spikes(result: Result, name: str, N_t: int, n: int) -> Result:
    """Read ``(V, steps, neurons)``; its value is the last two, as whole numbers in range."""
    if result.problem:
        return result
    value = result.value
    sizes = [np.size(one) for one in value] if isinstance(value, list) else []
    if len(sizes) != 3 or sizes[1] != sizes[2]:
        said = f"{name} should return the three (V, steps, neurons), the last two equally long."
        return Result(problem=said, seconds=result.seconds)
    steps, neurons = (np.ravel(np.asarray(one, dtype=float)).astype(int) for one in value[1:])
    if len(steps) and not (0 <= steps.min() and steps.max() <= N_t and 0 <= neurons.min() < n):
        said = f"In what {name} returned, steps should be from 1 to {N_t} and neurons from 0 to {n - 1}."
        return Result(problem=said, seconds=result.seconds)
    return Result(value=[steps, neurons], seconds=result.seconds)


def mean_field(inputs: Function, siegert: Function, theory: Function | None = None) -> Scene:
    """Return the rate that comes out over the rate that goes in, with the diagonal."""
    yours, rates = Solver(inputs, INPUT), Solver(siegert, SIEGERT)
    solved = optional(theory, RATE)
    x = np.linspace(0.0, 120.0, 41)

    def frames(values: Mapping[str, float]) -> Iterator[Frame]:
        net = {"J": values["J"], "g": values["g"], "C_E": C_E, "C_I": C_I}
        outside = {"rate_ext_hz": values["rate_ext_hz"]}
        shapes = {"mu": x.shape, "sigma": x.shape}
        levels = {"E_m": E_M, "tau": LEVELS["tau"]}
        result = parts(yours({"rate_hz": x, **outside, **levels, **net}), yours.name, shapes)
        out = result if result.value is None else _rates(rates, *result.value)
        curves: tuple[Curve, ...] = (Curve(name="out = in", role="theory", x=x, y=x),)
        said: list[tuple[str, str]] = []
        lines: tuple[Line, ...] = ()
        if out.value is not None:
            curves = (Curve(name=f"your {rates.name}", role="yours", x=x, y=out.value), *curves)
            said = [("mean without the network", f"{result.value[0][0]:.1f} mV")]
        problem, seconds = out.problem, result.seconds + out.seconds
        if solved is not None and out.value is not None:
            given = parts(solved({**LEVELS, **outside, **net}), solved.name, {"rate_hz": ()})
            seconds += given.seconds
            problem = problem or given.problem
            if given.value is not None:
                rate = float(given.value[0])
                said.append((f"your {solved.name}", f"{rate:.1f} Hz"))
                lines = (Line(label="", value=rate, upright=True),) if 0 < rate < x[-1] else ()
        yield Frame(
            curves=curves,
            x_range=(0.0, float(x[-1])),
            y_range=around(0.0, 150.0, x, step=10.0),
            x_label="Rate that goes in (Hz)",
            y_label="Rate that comes out (Hz)",
            marks=np.empty(0),
            lines=lines,
            readouts=tuple(said),
            message=problem,
            alt=sentence("Rate that comes out over the rate that goes in", out, said),
            seconds=seconds,
        )

    sliders = (
        INHIBITION,
        Slider(name="rate_ext_hz", label="rate of an input from outside", unit="Hz", low=6, high=40,
               step=1, start=20),
        Slider(name="J", label="kick", unit="mV", low=0.05, high=0.3, step=0.01, start=0.1),
    )  # fmt: skip
    places = (
        Place(text="Set g to 4. Which way does the curve lean now, and why?", at={"g": (4, 4)}),
        Place(
            text="Set g to 3 and the rate from outside to 7 Hz. Where does the curve meet the diagonal?",
            at={"g": (3, 3), "rate_ext_hz": (7, 7)},
        ),
        Place(text="Set the rate from outside to 9 Hz and g to 5. What makes the neurons fire there?",
              at={"g": (5, 5), "rate_ext_hz": (9, 9)}),
    )  # fmt: skip
    scene = Scene(title="The rate that makes itself", sliders=sliders, frames=frames, places=places)
    first = scene.settle({})
    net = {
        "J": first["J"],
        "g": first["g"],
        "C_E": C_E,
        "C_I": C_I,
        "rate_ext_hz": first["rate_ext_hz"],
    }
    yours.begin({"rate_hz": x, "E_m": E_M, "tau": LEVELS["tau"], **net})
    rates.begin({**LEVELS, "I_ext": 0.0, "g_m": 1.0, "sigma": 5.0})
    return scene


def _rates(siegert: Solver, mu: np.ndarray, sigma: np.ndarray) -> Result:
    """Return the rate of a neuron for each mean and spread, or the first problem."""
    fixed = {**LEVELS, "I_ext": 0.0, "g_m": 1.0}
    found, seconds = [], 0.0
    for m, s in zip(mu, sigma, strict=True):
        one = siegert({**fixed, "E_m": float(m), "sigma": max(float(s), 1e-9)})
        one = parts(one, siegert.name, {"rate_hz": ()})
        seconds += one.seconds
        if one.value is None:
            return Result(problem=one.problem, seconds=seconds)
        found.append(float(one.value[0]))
    return Result(value=np.array(found), seconds=seconds)

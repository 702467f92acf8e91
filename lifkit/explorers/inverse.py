"""The explorers of Lab 8: two distances of spike trains, and a candidate beside the recording."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from ..data import load_recording
from .frames import Curve, Frame, Line, Place, Scene, Slider
from .shared import FEW, Function, joined, optional, sentence
from .solvers import Result, Solver

__all__ = ["candidate", "distances"]

SIMULATE = ("dt", "I", "E_m", "g_m", "tau", "V_theta", "V_reset", "t_ref", "b", "tau_w")
COINCIDENCE = ("data", "model", "T", "precision")

ROSSUM, PURPURA = ("times_a", "times_b", "tau_R"), ("times_a", "times_b", "q")

#: The train that another one is held against, in ms.
TRAIN = np.array([20.0, 55.0, 80.0, 130.0, 150.0])
SCALES = np.arange(2.0, 101.0, 2.0)  # ms
MOVES = (
    Slider(
        name="late", label="delay of the third spike", unit="ms", low=0, high=40, step=1, start=5
    ),
    Slider(name="more", label="too many", unit="spikes", low=0, high=3, step=1, start=0),
    Slider(name="scale", label="tau_R, and 1/q", unit="ms", low=2, high=100, step=2, start=10),
)

#: What is shown of the recording, in ms, with two of its samples to a step: 2000 steps.
SHOWN, EVERY = 800.0, 2
PRECISION = 4.0  # ms

#: What least squares make of the recording, with the adaptation among the columns: mV, uS, ms, mV, ms.
MEMBRANE = {"E_m": -68.0, "g_m": 0.012, "tau": 17.1, "V_reset": -62.0, "t_ref": 3.0}

SLIDERS = (
    Slider(name="V_theta", label="threshold", unit="mV", low=-56, high=-42, step=0.25, start=-50),
    Slider(name="b", label="jump of w", unit="nA", low=0, high=0.1, step=0.005, start=0),
    Slider(
        name="tau_w", label="time constant of w", unit="ms", low=10, high=300, step=10, start=110
    ),
)


def distances(rossum: Function, purpura: Function) -> Scene:
    """Return both distances of two trains over their scale: tau_R, and 1/q."""
    yours, other = Solver(rossum, ROSSUM), Solver(purpura, PURPURA)

    def frames(values: Mapping[str, float]) -> Iterator[Frame]:
        moved = TRAIN + values["late"] * (np.arange(len(TRAIN)) == 2)
        trains = {
            "times_a": TRAIN,
            "times_b": np.sort([*moved, *(100.0, 180.0, 200.0)[: round(values["more"])]]),
        }
        scales = np.append(SCALES, values["scale"])
        first = _each(yours, [{**trains, "tau_R": float(scale)} for scale in scales])
        second = _each(other, [{**trains, "q": 1 / float(scale)} for scale in scales])
        curves, said = [], []
        for solver, result, role in ((yours, first, "yours"), (other, second, "theory")):
            if result.value is not None:
                y = result.value[:-1]
                curves.append(Curve(name=f"your {solver.name}", role=role, x=SCALES, y=y))
                said.append((f"your {solver.name}", f"{result.value[-1]:.3f}"))
        yield Frame(
            curves=tuple(curves),
            x_range=(0.0, 100.0),
            y_range=(0.0, 6.0),
            x_label="Scale (ms)",
            y_label="Distance",
            marks=np.empty(0),
            lines=(Line(label="", value=values["scale"], upright=True),),
            readouts=tuple(said),
            message=joined(first.problem, second.problem),
            alt=sentence("Two distances over their scale", first, said),
            seconds=first.seconds + second.seconds,
        )

    places = (
        Place(
            text="Delay 5 ms, no spike too many. At which scale does the delay cost 1?",
            at={"late": (5, 5), "more": (0, 0), "scale": (2, 6)},
        ),
        Place(
            text="Two spikes too many. What is left of both distances at 100 ms?",
            at={"more": (2, 2), "scale": (100, 100)},
        ),
    )
    scene = Scene(title="Two distances", sliders=MOVES, frames=frames, places=places)
    for solver, scale in ((yours, {"tau_R": 10.0}), (other, {"q": 0.1})):
        solver.begin({"times_a": TRAIN, "times_b": TRAIN[:3], **scale})
    return scene


def _each(solver: Solver, inputs: list[dict[str, Any]]) -> Result:
    """Call a function that returns a number once for each of the inputs."""
    found, seconds = [], 0.0
    for given in inputs:
        result = solver(given)
        seconds += result.seconds
        value = np.asarray(np.nan if result.value is None else result.value)
        if result.problem or value.ndim or value.dtype.kind not in "fiu" or not np.isfinite(value):
            said = result.problem or f"{solver.name} should return one number."
            return Result(problem=said, seconds=seconds)
        found.append(float(value))
    return Result(value=np.array(found), seconds=seconds)


def candidate(solver: Function, score: Function | None = None) -> Scene:
    """Return the first 800 ms of the recording, with the spikes of one candidate marked above it."""
    yours, factor = Solver(solver, SIMULATE), optional(score, COINCIDENCE)
    recording = load_recording()
    N_t, dt = round(SHOWN / recording.dt / EVERY), EVERY * recording.dt
    current = recording.I[: N_t * EVERY].reshape(-1, EVERY).mean(axis=1)
    V = recording.V[: N_t * EVERY + 1 : EVERY]
    seen = recording.spike_times[recording.spike_times < SHOWN]

    def given(values: Mapping[str, float], steps: int) -> dict[str, Any]:
        own = {name: np.array([values[name]]) for name in ("V_theta", "b")}
        return {**MEMBRANE, **values, **own, "dt": dt, "I": current[:steps]}

    def frames(values: Mapping[str, float]) -> Iterator[Frame]:
        result = _train(yours(given(values, N_t)), yours.name)
        said = [("spikes of the cell", str(len(seen)))]
        if result.value is not None:
            said.append(("spikes of the candidate", str(len(result.value))))
            said += _coincidence(factor, seen, result.value)
        yield Frame(
            curves=(Curve(name="the recording", role="yours", x=dt * np.arange(N_t + 1), y=V),),
            x_range=(0.0, SHOWN),
            y_range=(-85.0, -30.0),
            x_label="Time (ms)",
            y_label="Membrane potential (mV)",
            marks=np.empty(0) if result.value is None else result.value,
            mark_base=-40.0,
            lines=(Line(label="threshold", value=values["V_theta"]),),
            readouts=tuple(said),
            message=result.problem,
            alt=sentence("A candidate's spikes above the recording", result, said),
            seconds=result.seconds,
        )

    places = (
        Place(
            text="Which threshold gives as many spikes as the cell has?",
            at={"V_theta": (-44, -43.25), "b": (0, 0)},
        ),
        Place(
            text="Set b to 0.045 nA. Is that threshold still the best one?",
            at={"b": (0.045, 0.045)},
        ),
        Place(text="Set tau_w to 10 ms. Does w still help?", at={"tau_w": (10, 10)}),
    )
    scene = Scene(title="A candidate", sliders=SLIDERS, frames=frames, places=places)
    yours.begin(given(scene.settle({}), FEW))
    return scene


def _train(result: Result, name: str) -> Result:
    """Read one spike train out of a list of one array."""
    value = result.value
    if result.problem or value is None:
        return result
    alone = isinstance(value, list | np.ndarray) and len(value) == 1
    train = np.asarray(value[0] if alone else [np.nan], dtype=float)
    if train.ndim != 1 or not np.all(np.isfinite(train)):
        said = f"{name} should return a list with one array of spike times a candidate."
        return Result(problem=said, seconds=result.seconds)
    return Result(value=train, seconds=result.seconds)


def _coincidence(
    factor: Solver | None, data: np.ndarray, model: np.ndarray
) -> tuple[tuple[str, str], ...]:
    """Say how well both trains coincide, by the student's own function."""
    if factor is None:
        return ()
    found = factor({"data": data, "model": model, "T": SHOWN, "precision": PRECISION})
    number = np.asarray(found.value) if found.value is not None else np.array(None)
    plain = number.ndim == 0 and number.dtype.kind in "fi"
    return ((f"your {factor.name}", f"{number:.2f}" if plain else "no number"),)

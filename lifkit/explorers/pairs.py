"""The explorers of pairs of spikes, in Lab 7: trains of pairs, and a weight under two short trains."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from .frames import Curve, Frame, Line, Place, Scene, Slider, around
from .shared import Function, joined, optional, sentence
from .solvers import Result, Solver, parts

__all__ = ["WINDOW", "pairing", "two_trains", "window_of"]

WINDOW = ("A_plus", "A_minus", "tau_plus", "tau_minus")
TOTAL = ("pre_times", "post_times", *WINDOW)
TRACES = ("dt", "pre", "post", "w_init", "w_max", *WINDOW)

#: A_plus (of the largest weight) and both time constants (ms) of the lab.
A_PLUS, TAU = 0.01, 20.0

#: Time differences in ms at which pairs are tried.
DELTAS = np.arange(-45.0, 46.0, 3.0)


def pairing(total: Function, theory: Function | None = None) -> Scene:
    """Return what trains of pairs do together, beside as many lonely pairs."""
    yours = Solver(total, TOTAL)
    exact = optional(theory, ("delta_t", *WINDOW))

    def frames(values: Mapping[str, float]) -> Iterator[Frame]:
        window = window_of(values["ratio"])
        number = round(values["pairs"])
        times = 1000.0 / values["rate"] * np.arange(number)
        together, result = _totals(yours, times, window)
        fine = np.linspace(DELTAS[0], DELTAS[-1], 200)  # 0 itself is not among them
        alone = Result()
        if exact is not None:
            shapes = {"change": fine.shape}
            alone = parts(exact({"delta_t": fine, **window}), exact.name, shapes)
        curves, said = [], [("pairs", str(number))]
        if together is not None:
            name = f"your {yours.name}"
            curves.append(Curve(name=name, role="yours", x=DELTAS, y=together, points=True))
            said += [(f"{d:+g} ms", f"{together[DELTAS == d][0]:+.3f}") for d in (-9, 9)]
        if exact is not None and alone.value is not None:
            name = f"{number} x your {exact.name}"
            curves.append(Curve(name=name, role="theory", x=fine, y=number * alone.value[0]))
        high = 0.01 * number * max(1.0, values["ratio"])
        yield Frame(
            curves=tuple(curves),
            x_range=(DELTAS[0], DELTAS[-1]),
            y_range=(-1.3 * high, 1.3 * high),
            x_label="Time of the spike after the input (ms)",
            y_label="Change of the weight",
            marks=np.empty(0),
            lines=(Line(label="no change", value=0.0, dotted=True),),
            readouts=tuple(said),
            message=joined(result.problem, alone.problem),
            alt=sentence("Change of a weight by trains of pairs", result, said),
            seconds=result.seconds + alone.seconds,
        )

    sliders = (
        Slider(name="rate", label="pairs a second", unit="Hz", low=1, high=60, step=1, start=1),
        Slider(name="pairs", label="how many", unit="pairs", low=1, high=80, step=1, start=60),
        Slider(name="ratio", label="A- over A+", unit="x", low=0.5, high=2, step=0.05, start=1.05),
    )
    yours.begin({"pre_times": np.array([1.0]), "post_times": np.array([4.0]), **window_of(1.05)})
    places = (
        Place(text="Set rate to 15 Hz. Where do the dots leave the line?", at={"rate": (15, 15)}),
        Place(text="Set rate to 50 Hz. How far apart are the teeth?", at={"rate": (50, 50)}),
    )
    return Scene(title="Pairs in a row", sliders=sliders, frames=frames, places=places)


def two_trains(traces: Function, total: Function | None = None) -> Scene:
    """Return a weight under two short trains, over 250 ms, and where all pairs together lead."""
    yours, summed = Solver(traces, TRACES), optional(total, TOTAL)
    t, start = np.arange(251.0), 0.5

    def frames(values: Mapping[str, float]) -> Iterator[Frame]:
        window = window_of(values["ratio"], 5.0)
        inputs = 40.0 + values["gap"] * np.arange(round(values["spikes"]))
        fires = inputs + values["delta"]
        result = parts(yours(_two_rows(inputs, fires, window)), yours.name, _shapes(len(t)))
        ends = Result()
        if summed is not None:
            given = {"pre_times": inputs, "post_times": fires, **window}
            ends = parts(summed(given), summed.name, {"total": ()})
        curves: tuple[Curve, ...] = ()
        said: list[tuple[str, str]] = []
        if result.value is not None:
            w = result.value[0][:, 0]
            curves = (Curve(name=f"your {yours.name}", role="yours", x=t, y=w),)
            said.append(("change", f"{w[-1] - start:+.4f}"))
        lines = [_at(time, "input" if time == inputs[0] else "") for time in inputs]
        lines += [_at(time, "spike" if time == fires[-1] else "") for time in fires]
        if ends.value is not None and np.isfinite(ends.value[0]):
            lines.append(Line(label="all pairs", value=start + float(ends.value[0])))
            said.append(("all pairs", f"{float(ends.value[0]):+.4f}"))
        yield Frame(
            curves=curves,
            x_range=(0.0, t[-1]),
            y_range=around(0.35, 0.65, *(one.y for one in curves), step=0.05),
            x_label="Time (ms)",
            y_label="Weight",
            marks=np.empty(0),
            lines=tuple(lines),
            readouts=tuple(said),
            message=joined(result.problem, ends.problem),
            alt=sentence("A weight under two short trains", result, said),
            seconds=result.seconds + ends.seconds,
        )

    sliders = (
        Slider(
            name="delta", label="spikes after inputs", unit="ms", low=-35, high=35, step=1, start=8
        ),
        Slider(name="gap", label="gap in a train", unit="ms", low=10, high=40, step=1, start=40),
        Slider(name="spikes", label="in a train", unit="spikes", low=1, high=5, step=1, start=3),
        Slider(name="ratio", label="A- over A+", unit="x", low=0.5, high=2, step=0.05, start=1.05),
    )
    yours.begin(_two_rows(np.array([10.0]), np.array([15.0]), window_of(1.05)))
    places = (
        Place(text="Set delta to 0. Which pairs count still?", at={"delta": (0, 0)}),
        Place(text="Set delta to 20. Where does each step come from?", at={"delta": (20, 20)}),
    )
    return Scene(title="Two short trains", sliders=sliders, frames=frames, places=places)


def window_of(ratio: float, size: float = 1.0) -> dict[str, float]:
    """Return the window of the lab, with A_minus so many times A_plus, and both times `size`."""
    return {
        "A_plus": A_PLUS * size,
        "A_minus": ratio * A_PLUS * size,
        "tau_plus": TAU,
        "tau_minus": TAU,
    }


def _at(time: float, label: str) -> Line:
    return Line(label=label, value=float(time), upright=True)


def _two_rows(inputs: np.ndarray, fires: np.ndarray, window: Mapping[str, float]) -> dict[str, Any]:
    """Return what a function of traces takes, for one synapse in steps of 1 ms."""
    pre, post = np.zeros((251, 1), dtype=int), np.zeros(251, dtype=int)
    pre[np.round(inputs).astype(int), 0] = 1
    post[np.round(fires).astype(int)] = 1
    walls = {"w_init": np.array([0.5]), "w_max": 1.0}
    return {"dt": 1.0, "pre": pre, "post": post, **walls, **window}


def _shapes(n_rows: int) -> dict[str, tuple[int, ...]]:
    return {"w": (n_rows, 1), "x": (n_rows, 1), "y": (n_rows,)}


def _totals(
    yours: Solver, times: np.ndarray, window: Mapping[str, float]
) -> tuple[np.ndarray | None, Result]:
    """Return the total change at each time difference, or None and what is wrong."""
    totals, seconds = [], 0.0
    for delta in DELTAS:
        given = {"pre_times": times + 50.0, "post_times": times + 50.0 + delta, **window}
        result = parts(yours(given), yours.name, {"total": ()})
        seconds += result.seconds
        if result.value is None:
            return None, replace(result, seconds=seconds)
        totals.append(float(result.value[0]))
    return np.array(totals), Result(value=totals, problem=result.problem, seconds=seconds)

"""The explorer of Lab 7 in which synapses compete for a neuron that learns.

The random numbers are drawn once for each explorer.  The competition runs in pieces of its time: the
weights go on where they were, and only the traces, which forget within 20 ms, begin anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from .frames import Curve, Frame, Place, Scene, Slider, around
from .pairs import WINDOW, window_of
from .pieces import far
from .shared import E_M, FEW, Function, joined, optional, sentence
from .solvers import Result, Solver, parts

__all__ = ["competition"]

PLASTIC = (
    "dt",
    "V_init",
    "E_m",
    "V_theta",
    "V_reset",
    "tau",
    "counts",
    "w_init",
    "w_max",
    *WINDOW,
    "every",
)
SHARED = ("dt", "rate_hz", "c", "u_source", "u_copy")

#: Synapses that compete, for how many steps of 1 ms, and in pieces of how many.  With 14 us a step of
#: plain student's code a piece takes 35 ms.
SYNAPSES, STEPS, PIECE = 100, 25_000, 2500

BINS = np.linspace(0.0, 1.0, 21)


def competition(neuron: Function, trains: Function | None = None) -> Scene:
    """Return the weights of many synapses while they compete; with `trains`, half of them may agree."""
    yours, copied = Solver(neuron, PLASTIC), optional(trains, SHARED)
    rng = np.random.default_rng(71)
    numbers = rng.random((STEPS, SYNAPSES), dtype=np.float32)
    source, start = rng.random(STEPS), rng.random(SYNAPSES)

    def frames(values: Mapping[str, float]) -> Iterator[Frame]:
        counts, problem = _arrivals(copied, numbers, source, values)
        given = _inputs(counts, values["w_max"] * start, values)
        done, spikes, seconds = 0, 0, 0.0
        while done < STEPS:
            piece = counts[done : done + PIECE]
            result = _learned(
                yours(given | {"counts": piece, "every": len(piece)}), yours.name, len(piece)
            )
            done, seconds = done + len(piece), seconds + result.seconds
            if result.value is None:
                yield _weights(yours.name, replace(result, seconds=seconds), None, values, ())
                return
            V, fired, w = result.value
            given |= {"V_init": float(V[-1]), "w_init": np.clip(w[-1], 0, values["w_max"])}
            spikes = int(fired.sum())
            part = w[-1] / values["w_max"]
            said = (
                ("rate just now", f"{1000 * spikes / len(piece):.0f} Hz"),
                *_halves(part, copied),
            )
            more = far(float(done), float(STEPS))
            whole = replace(result, problem=joined(result.problem, problem), seconds=seconds)
            yield replace(_weights(yours.name, whole, part, values, said), more=more)

    sliders = [
        Slider(
            name="ratio", label="A- over A+", unit="x", low=0.9, high=1.4, step=0.01, start=1.05
        ),
        Slider(name="rate", label="inputs' rate", unit="Hz", low=5, high=40, step=1, start=15),
        Slider(name="w_max", label="largest weight", unit="mV", low=0.4, high=3, step=0.1, start=2),
    ]
    places = [
        Place(text="Turn ratio up to 1.2. What becomes of the rate?", at={"ratio": (1.2, 1.2)}),
        Place(
            text="Set rate to 40 Hz and ratio to 1.1. How many strong synapses are left?",
            at={"rate": (40, 40), "ratio": (1.1, 1.1)},
        ),
    ]
    if copied is not None:
        sliders.append(
            Slider(name="c", label="correlation", unit="share", low=0, high=0.3, step=0.01, start=0)
        )
        places.append(Place(text="Set c to 0.05. Who wins?", at={"c": (0.05, 0.05)}))
    begun = {slider.name: slider.start for slider in sliders}
    yours.begin(_inputs(np.zeros((FEW, SYNAPSES), dtype=np.int8), start, begun) | {"every": FEW})
    return Scene(
        title="Synapses that compete", sliders=tuple(sliders), frames=frames, places=tuple(places)
    )


def _arrivals(
    copied: Solver | None, numbers: np.ndarray, source: np.ndarray, values: Mapping[str, float]
) -> tuple[np.ndarray, str]:
    """Return 0 and 1, one column a synapse; the student's trains share spikes in the first half."""
    counts = (numbers < values["rate"] / 1000).astype(np.int8)
    if copied is None or values["c"] == 0:
        return counts, ""
    half = SYNAPSES // 2
    given = {"dt": 1.0, "rate_hz": values["rate"], "c": values["c"], "u_source": source}
    result = copied(given | {"u_copy": numbers[:, :half].astype(float)})
    result = parts(result, copied.name, {"counts": (STEPS, half)})
    if result.value is None:
        return counts, result.problem
    counts[:, :half] = result.value[0] > 0
    return counts, ""


def _inputs(counts: np.ndarray, w_init: np.ndarray, values: Mapping[str, float]) -> dict[str, Any]:
    return {
        "dt": 1.0,
        "V_init": E_M,
        "E_m": E_M,
        "V_theta": -50.0,
        "V_reset": -60.0,
        "tau": 20.0,
        "counts": counts,
        "w_init": w_init,
        "w_max": values["w_max"],
        **window_of(values["ratio"], values["w_max"]),
        "every": PIECE,
    }


def _learned(result: Result, name: str, N_t: int) -> Result:
    """Read V, spikes and w out of what a solver returned."""
    shapes: dict[str, tuple[int, ...]] = {"V": (N_t + 1,), "spikes": (N_t + 1,)}
    result = parts(result, name, shapes | {"w": (2, SYNAPSES)})
    if result.value is not None and not all(np.isfinite(part).all() for part in result.value):
        said = f"In what {name} returned there are numbers that are not finite."
        return Result(problem=said, seconds=result.seconds)
    return result


def _halves(part: np.ndarray, copied: Solver | None) -> tuple[tuple[str, str], ...]:
    """Say how strong the synapses are on average, of the largest weight."""
    if copied is None:
        return (("mean weight", f"{part.mean():.2f}"),)
    half = SYNAPSES // 2
    return (
        ("those that share spikes", f"{part[:half].mean():.2f}"),
        ("the others", f"{part[half:].mean():.2f}"),
    )


def _weights(
    name: str,
    result: Result,
    part: np.ndarray | None,
    values: Mapping[str, float],
    said: tuple[tuple[str, str], ...],
) -> Frame:
    """Return a histogram of the weights, as a line with steps."""
    curves: tuple[Curve, ...] = ()
    if part is not None:
        number = np.histogram(np.clip(part, 0, 1), BINS)[0]
        x, y = np.repeat(BINS, 2)[1:-1], np.repeat(number, 2).astype(float)
        curves = (Curve(name=f"your {name}", role="yours", x=x, y=y),)
    return Frame(
        curves=curves,
        x_range=(0.0, 1.0),
        y_range=around(0.0, 30.0, *(one.y for one in curves), step=10),
        x_label="Weight (of the largest)",
        y_label="Number of synapses",
        marks=np.empty(0),
        readouts=said,
        message=result.problem,
        alt=sentence("Weights of competing synapses", result, said),
        seconds=result.seconds,
    )

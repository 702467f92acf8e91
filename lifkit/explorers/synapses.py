"""The explorers of Lab 4: one synapse, a neuron with conductances, a synapse that tires or warms up.

The random numbers are drawn once for each explorer; a slider that changes a rate moves the level below
which a number means a spike, so that spikes are added or taken away and the others stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from .frames import Curve, Frame, Line, Place, Scene, Slider, around
from .shared import E_M, FEW, Function, joined, optional, sentence
from .solvers import Result, Solver, column, parts, spiking

__all__ = ["conductances", "dynamic", "synapse"]

TRACE = ("dt", "counts", "w", "tau_s")
CONDUCTANCE = (
    "dt",
    "V_init",
    "E_m",
    "V_theta",
    "V_reset",
    "g_e",
    "g_i",
    "E_e",
    "E_i",
    "g_m",
    "tau",
)
EFFECTIVE = ("rate_hz", "w", "tau_s", "E_s", "E_m", "g_m", "tau")
DYNAMIC = ("spike_times", "U", "tau_f", "tau_d")
STEADY = ("rate_hz", "U", "tau_f", "tau_d")

#: The neuron of the lab, with no sliders: mV, mV, mV, mV, uS, ms, and each kind's tau_s (ms) and w (uS).
THETA, RESET, E_E, E_I, G_LEAK, TAU_M = -50.0, -60.0, 0.0, -75.0, 0.05, 20.0
TAU_S, W = np.array([3.0, 8.0]), np.array([0.005, 0.006])

#: Releases of a dynamic synapse that are shown.
RELEASES = 12


def synapse(trace: Function) -> Scene:
    """Return the trace of one synapse under Poisson spikes, over 300 ms."""
    yours, dt, N_t = Solver(trace, TRACE), 0.2, 1500
    numbers = np.random.default_rng(41).random((N_t, 1))
    t = dt * np.arange(N_t + 1)

    def frames(values: Mapping[str, float]) -> Iterator[Frame]:
        counts = _counts(numbers, values["rate"], dt)
        inputs = {"dt": dt, "counts": counts, "w": values["w"], "tau_s": values["tau_s"]}
        result = column(yours(inputs), yours.name, t)
        said = [("spikes", str(int(counts.sum())))]
        curves: tuple[Curve, ...] = ()
        if result.value is not None:
            curves = (Curve(name=f"your {yours.name}", role="yours", x=t, y=result.value),)
            late = result.value[N_t // 3 :]
            said += [("mean after 100 ms", f"{late.mean():.3f} nA")]
            said += [("standard deviation", f"{late.std():.3f} nA")]
        yield Frame(
            curves=curves,
            x_range=(0.0, dt * N_t),
            y_range=around(0.0, 0.3, *(one.y for one in curves), step=0.3),
            x_label="Time (ms)",
            y_label="Synaptic current (nA)",
            marks=np.empty(0),
            readouts=tuple(said),
            message=result.problem,
            alt=sentence("Current of a synapse", result, said),
            seconds=result.seconds,
        )

    sliders = (
        Slider(
            name="rate", label="spikes a second", unit="Hz", low=25, high=1000, step=25, start=50
        ),
        Slider(name="w", label="weight", unit="nA", low=0.01, high=0.2, step=0.01, start=0.1),
        Slider(name="tau_s", label="synaptic time", unit="ms", low=1, high=50, step=1, start=5),
    )
    yours.begin({"dt": dt, "counts": np.ones((FEW, 1), dtype=int), "w": 0.1, "tau_s": 5.0})
    places = (
        Place(text="Set rate to 400 Hz. Can you still see single spikes?", at={"rate": (400, 400)}),
        Place(
            text="Set rate to 1000 Hz, w to 0.05 nA and tau_s to 10 ms. Which read-out changes?",
            at={"rate": (1000, 1000), "w": (0.05, 0.05), "tau_s": (10, 10)},
        ),
    )
    return Scene(title="One synapse", sliders=sliders, frames=frames, places=places)


def conductances(neuron: Function, trace: Function, theory: Function | None = None) -> Scene:
    """Return a neuron's trace under excitation and inhibition, over 300 ms, with mean and spread."""
    yours, traced, exact = (
        Solver(neuron, CONDUCTANCE),
        Solver(trace, TRACE),
        optional(theory, EFFECTIVE),
    )
    dt, N_t = 0.2, 1500
    numbers = np.random.default_rng(42).random((N_t, 2))
    t = dt * np.arange(N_t + 1)

    def frames(values: Mapping[str, float]) -> Iterator[Frame]:
        kinds = {"rate_hz": _rates(values), "w": values["size"] * W, "tau_s": TAU_S}
        g, problem, seconds = _conductances(traced, numbers, kinds, dt, t)
        if problem:
            yield _voltage_frame(yours.name, Result(problem=problem, seconds=seconds), t, ())
            return
        given = _inputs(dt, g, np.inf if values["fires"] < 0.5 else THETA)
        result = spiking(yours(given), yours.name, (N_t + 1, 1))
        levels, said, trouble = _effective(exact, kinds)
        if values["fires"] >= 0.5:
            levels = (*levels, Line(label="threshold", value=THETA))
        yield _voltage_frame(yours.name, result, t, levels, said, trouble)

    sliders = (
        Slider(
            name="rate_e", label="excitation", unit="Hz", low=0, high=12000, step=250, start=3500
        ),
        Slider(
            name="rate_i", label="inhibition", unit="Hz", low=0, high=8000, step=250, start=2000
        ),
        Slider(name="fires", label="at threshold", unit="(1=yes)", low=0, high=1, step=1, start=0),
        Slider(
            name="size", label="size of an event", unit="x", low=0.25, high=4, step=0.25, start=1
        ),
    )
    traced.begin({"dt": dt, "counts": np.ones((FEW, 1), dtype=int), "w": 0.1, "tau_s": 5.0})
    yours.begin(_inputs(dt, np.zeros((FEW, 2)), THETA))
    places = (
        Place(
            text="Set rate_e to 12000 Hz and rate_i to 8000 Hz. What becomes of the spread?",
            at={"rate_e": (12000, 12000), "rate_i": (8000, 8000)},
        ),
        Place(
            text="Set fires to 1 and size to 4. How regular are the spikes?",
            at={"fires": (1, 1), "size": (4, 4)},
        ),
    )
    return Scene(title="A neuron with conductances", sliders=sliders, frames=frames, places=places)


def dynamic(recursion: Function, theory: Function | None = None) -> Scene:
    """Return what the first spikes of a regular train release, and the rest from theory."""
    yours, exact = Solver(recursion, DYNAMIC), optional(theory, STEADY)
    numbers = np.arange(1.0, RELEASES + 1)

    def frames(values: Mapping[str, float]) -> Iterator[Frame]:
        rate = values["rate"]
        constants = {name: values[name] for name in ("U", "tau_f", "tau_d")}
        times = 1000.0 / rate * np.arange(RELEASES)
        shapes = {"u": (RELEASES,), "x": (RELEASES,)}
        result = parts(yours({"spike_times": times, **constants}), yours.name, shapes)
        steady = Result()
        if exact is not None:
            steady = parts(exact({"rate_hz": rate, **constants}), exact.name, {"efficacy": ()})
        curves, said = [], []
        if result.value is not None:
            u, x = result.value
            curves.append(
                Curve(name=f"your {yours.name}", role="yours", x=numbers, y=u * x, points=True)
            )
            said += [("first release", f"{u[0] * x[0]:.3f}"), ("last", f"{u[-1] * x[-1]:.3f}")]
        if exact is not None and steady.value is not None:
            level = np.full(2, float(steady.value[0]))
            ends = np.array([1.0, RELEASES])
            curves.append(Curve(name=f"your {exact.name}", role="theory", x=ends, y=level))
            said += [("in the end", f"{level[0]:.3f}"), ("a second", f"{level[0] * rate:.2f}")]
        yield Frame(
            curves=tuple(curves),
            x_range=(0.0, RELEASES + 1.0),
            y_range=(0.0, 1.0),
            x_label="Number of the spike",
            y_label="Release u x",
            marks=np.empty(0),
            readouts=tuple(said),
            message=joined(result.problem, steady.problem),
            alt=sentence("What each spike releases", result, said),
            seconds=result.seconds + steady.seconds,
        )

    sliders = (
        Slider(name="rate", label="rate", unit="Hz", low=1, high=100, step=1, start=20),
        Slider(name="tau_f", label="facilitation", unit="ms", low=50, high=1000, step=50, start=50),
        Slider(name="tau_d", label="depression", unit="ms", low=50, high=1000, step=50, start=750),
        Slider(name="U", label="jump", unit="share", low=0.05, high=0.95, step=0.05, start=0.45),
    )
    yours.begin({"spike_times": np.array([5.0, 20.0]), "U": 0.45, "tau_f": 50.0, "tau_d": 750.0})
    places = (
        Place(
            text="Leave the rest and lower U. Where does the second release exceed the first?",
            at={"rate": (20, 20), "tau_f": (50, 50), "tau_d": (750, 750), "U": (0.05, 0.2)},
        ),
        Place(
            text="Set U to 0.1, tau_f to 500 ms and tau_d to 200 ms. What happens first, what then?",
            at={"U": (0.1, 0.1), "tau_f": (500, 500), "tau_d": (200, 200)},
        ),
    )
    return Scene(title="A synapse with a memory", sliders=sliders, frames=frames, places=places)


def _counts(numbers: np.ndarray, rate_hz: Any, dt: float) -> np.ndarray:
    """Turn numbers from 0 to 1 into spike counts: Poisson, so that more than one may arrive."""
    mean = np.multiply(rate_hz, dt / 1000) * np.ones(numbers.shape)
    arrived, chance = np.zeros(numbers.shape, dtype=int), np.exp(-mean)
    reached = chance.copy()
    for more in range(1, 16):  # of mean 2.4 at most: beyond 15 lies less than 1e-8 of them
        arrived += numbers > reached
        chance *= mean / more
        reached += chance
    return arrived


def _rates(values: Mapping[str, float]) -> np.ndarray:
    """Return the rates of both kinds (Hz); events of twice the size come half as often."""
    return np.array([values["rate_e"], values["rate_i"]]) / values["size"]


def _conductances(
    traced: Solver, numbers: np.ndarray, kinds: Mapping[str, np.ndarray], dt: float, t: np.ndarray
) -> tuple[np.ndarray, str, float]:
    """Return both conductances as the student's synapses make them, or a sentence, and the seconds."""
    counts = _counts(numbers, kinds["rate_hz"], dt)
    columns, seconds = [], 0.0
    for j in range(2):
        inputs = {"dt": dt, "counts": counts[:, [j]]}
        inputs |= {name: float(kinds[name][j]) for name in ("w", "tau_s")}
        result = column(traced(inputs), traced.name, t)
        seconds += result.seconds
        if result.value is None or result.problem:
            return np.empty(0), result.problem, seconds
        columns.append(result.value[:-1])
    return np.column_stack(columns), "", seconds


def _inputs(dt: float, g: np.ndarray, V_theta: float) -> dict[str, Any]:
    return {
        "dt": dt,
        "V_init": np.full(1, RESET),
        "E_m": E_M,
        "V_theta": V_theta,
        "V_reset": RESET,
        "g_e": g[:, [0]],
        "g_i": g[:, [1]],
        "E_e": E_E,
        "E_i": E_I,
        "g_m": G_LEAK,
        "tau": TAU_M,
    }


def _effective(
    exact: Solver | None, kinds: Mapping[str, np.ndarray]
) -> tuple[tuple[Line, ...], list[tuple[str, str]], str]:
    """Return what theory says of the free membrane: levels to draw, words, and what is wrong."""
    if exact is None:
        return (), [], ""
    membrane = {"E_s": np.array([E_E, E_I]), "E_m": E_M, "g_m": G_LEAK, "tau": TAU_M}
    shapes: dict[str, tuple[int, ...]] = {"mean": (), "tau_eff": (), "sd": ()}
    result = parts(exact({**kinds, **membrane}), exact.name, shapes)
    if result.value is None:
        return (), [], result.problem
    mean, tau_eff, sd = (float(value) for value in result.value)
    levels = (
        Line(label="mean", value=mean),
        Line(label="", value=mean + sd, dotted=True),
        Line(label="", value=mean - sd, dotted=True),
    )
    said = [("theory", f"{mean:.1f} ± {sd:.1f} mV"), ("tau_eff", f"{tau_eff:.1f} ms")]
    return tuple(line for line in levels if np.isfinite(line.value)), said, result.problem


def _voltage_frame(
    name: str,
    result: Result,
    t: np.ndarray,
    levels: tuple[Line, ...],
    theory: list[tuple[str, str]] | None = None,
    trouble: str = "",
) -> Frame:
    said = list(theory or [])
    curves: tuple[Curve, ...] = ()
    marks = np.empty(0)
    if result.value is not None:
        V, trains = result.value
        marks = np.atleast_1d(trains[0]).astype(float)
        curves = (Curve(name=f"your {name}", role="yours", x=t, y=V[:, 0]),)
        said = [
            ("spikes", str(len(marks))),
            ("mean of V", f"{V[len(V) // 4 :].mean():.1f} mV"),
            *said,
        ]
    return Frame(
        curves=curves,
        x_range=(0.0, float(t[-1])),
        y_range=around(-75.0, -43.0, *(one.y for one in curves), step=5),
        x_label="Time (ms)",
        y_label="Membrane potential (mV)",
        marks=marks,
        mark_base=THETA,
        lines=levels,
        readouts=tuple(said),
        message=joined(result.problem, trouble),
        alt=sentence("Membrane potential under conductances", result, said),
        seconds=result.seconds,
    )

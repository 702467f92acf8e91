"""The explorers of Lab 3: a noisy neuron's trace, its intervals, and its f-I curve.

The random numbers are drawn once for each explorer, so that moving a slider changes the neuron and
not the noise.  Where many neurons run for long they do so in pieces (`pieces`): the first frame comes
soon, and better ones follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from .frames import Curve, Frame, Place, Scene, Slider, around
from .pieces import LongRun, far
from .shared import E_M, FEW, TAU, Function, optional, sentence
from .solvers import Result, Solver, curve, spiking
from .spiking import lif_frame, rheobase

__all__ = ["intervals", "noisy_fi_curve", "trace"]

NOISY = ("dt", "V_init", "E_m", "V_theta", "V_reset", "I_ext", "g_m", "tau", "sigma", "xi")
SIEGERT = ("I_ext", "E_m", "V_theta", "V_reset", "g_m", "tau", "t_ref", "sigma")

THETA, RESET, G_M = -50.0, -75.0, 1.0  # mV, mV, uS: those of the lab, with no slider

CURRENT = Slider(name="I_ext", label="mean current", unit="nA", low=0, high=40, step=0.25, start=15)
SIGMA = Slider(name="sigma", label="noise strength", unit="mV", low=0.1, high=10, step=0.1, start=5)
# From 5 ms on, dt/tau is at most 0.04, where the time-step correction is good to about 1 %.
SLOWER = replace(TAU, low=5)

#: What is left out of a run, in ms, until the start is forgotten: two of the longest time constants.
SETTLING = 100.0

#: Currents in nA that the noisy f-I curve is measured at, and its axis.
GRID = np.linspace(0.0, 40.0, 21)
X_RANGE = (0.0, 40.0)

#: Ends that the axis of intervals may have, in ms; it has 50 bins.
ENDS = np.array([50.0, 100.0, 250.0, 500.0, 1000.0, 2500.0])
BINS = 50

#: Shift of the threshold, in standard deviations of one step's noise: -zeta(1/2)/sqrt(2 pi), the mean
#: overshoot of a random walk over a barrier (Chernoff 1965; Siegmund 1985, chapter 10).
OVERSHOOT = 0.5826


def trace(solver: Function) -> Scene:
    """Return a noisy neuron's trace over half a second."""
    yours, dt, N_t = Solver(solver, NOISY), 0.1, 5000
    xi = np.random.default_rng(31).standard_normal((N_t, 1))

    def frames(values: Mapping[str, float]) -> Iterator[Frame]:
        result = spiking(yours(_inputs(values, dt, xi)), yours.name, (N_t + 1, 1))
        levels = {**values, "V_theta": THETA, "V_reset": RESET}
        frame = lif_frame(yours.name, result, levels, dt, N_t)
        if result.value is not None:
            said = (*_interval_readouts(result.value[1], dt * N_t), _free_readout(values))
            alt = sentence("Membrane potential under noise", result, said)
            frame = replace(frame, readouts=said, alt=alt)
        yield frame

    places = (
        Place(
            text="Set sigma to 0.1 mV and I_ext to 19.5 nA. Does the neuron fire?",
            at={"sigma": (0.1, 0.1), "I_ext": (19.5, 19.5)},
        ),
        Place(
            text="Leave the current there and turn sigma up. How much does the first spike take?",
            at={"sigma": (0.2, 10), "I_ext": (19.5, 19.5)},
        ),
        Place(
            text="Go to 30 nA and turn sigma up to 10 mV. What changes more, rate or CV?",
            at={"sigma": (10, 10), "I_ext": (30, 30)},
        ),
    )
    return _scene("A neuron under noise", yours, dt, xi, frames, places)


def intervals(solver: Function) -> Scene:
    """Return the histogram of a noisy neuron's intervals, with the Poisson process of its rate.

    Measured on 20 copies over 4 s.
    """
    yours, dt, N_t, n = Solver(solver, NOISY), 0.2, 20_000, 20
    xi = np.random.default_rng(32).standard_normal((N_t, n))
    run = LongRun(yours, dt, xi)

    def frames(values: Mapping[str, float]) -> Iterator[Frame]:
        for result, T in run(_inputs(values, dt, xi)):
            trains = [] if result.value is None else [t[t >= SETTLING] for t in result.value]
            frame = _histogram(yours.name, result, trains, values, T - SETTLING, dt)
            yield replace(frame, more=far(T, dt * N_t))

    places = (
        Place(
            text="Set I_ext to 10 nA. Does the histogram follow the Poisson process?",
            at={"I_ext": (10, 10)},
        ),
        Place(
            text="Set I_ext to 30 nA and sigma to 1 mV. Which intervals are gone?",
            at={"I_ext": (30, 30), "sigma": (1, 1)},
        ),
        Place(text="Set tau to 50 ms. Which intervals are rare now?", at={"tau": (50, 50)}),
    )
    return _scene("Intervals between spikes", yours, dt, xi, frames, places)


def noisy_fi_curve(solver: Function, theory: Function | None = None) -> Scene:
    """Return the firing rate over the mean current, and theory for the time step that was used.

    Measured on 4 copies a current over 2 s, and on 16 where the slider stands.
    """
    yours, exact = Solver(solver, NOISY), optional(theory, SIEGERT)
    dt, N_t, copies, copies_here = 0.2, 10_000, 4, 16
    each = np.append(np.full(len(GRID), copies), copies_here)
    xi = np.random.default_rng(33).standard_normal((N_t, each.sum()))
    run = LongRun(yours, dt, xi)

    def frames(values: Mapping[str, float]) -> Iterator[Frame]:
        here = values["I_ext"]
        drawn = _theory(exact, values, dt, np.append(np.linspace(*X_RANGE, 81), here))
        currents = np.repeat(np.append(GRID, here), each)
        for result, T in run(_inputs(values, dt, xi, currents)):
            rates = None if result.value is None else _rates(result.value, T, each)
            frame = _fi_frame(yours.name, exact, result, rates, drawn, here)
            yield replace(frame, more=far(T, dt * N_t))

    places = (
        Place(
            text="Set sigma to 0.1 mV. Where does the curve leave zero?", at={"sigma": (0.1, 0.1)}
        ),
        Place(
            text="Set sigma to 10 mV. At which currents has the rate changed most?",
            at={"sigma": (10, 10)},
        ),
        Place(text="Set tau to 50 ms. Does the foot of the curve move?", at={"tau": (50, 50)}),
    )
    scene = _scene("f-I curve under noise", yours, dt, xi, frames, places)
    return replace(scene, sliders=(SIGMA, CURRENT, SLOWER))


def _scene(
    title: str,
    yours: Solver,
    dt: float,
    xi: np.ndarray,
    frames: Callable[[Mapping[str, float]], Iterator[Frame]],
    places: tuple[Place, ...],
) -> Scene:
    """Return a scene of this lab, once the solver is seen to be written."""
    sliders = (CURRENT, SIGMA, SLOWER)
    scene = Scene(title=title, sliders=sliders, frames=frames, places=places)
    yours.begin(_inputs(scene.settle({}), dt, xi[:FEW]))
    return scene


def time_step_corrected(values: Mapping[str, float], dt: float) -> dict[str, float]:
    """Return the parameters whose plain Siegert rate is that of an Euler simulation with step `dt`.

    Between spikes Euler's neuron is exactly a membrane with another time constant and another noise,
    looked at every `dt`; between two looks it may have been above threshold unseen, which is as if
    the threshold were higher.

    Parameters
    ----------
    values : mapping
        With ``tau`` (ms), ``sigma`` and ``V_theta`` (mV).
    dt : float
        Time step in ms, below tau.
    """
    tau = -dt / np.log1p(-dt / values["tau"])
    sigma = values["sigma"] / np.sqrt(1 - dt / (2 * values["tau"]))
    step = sigma * np.sqrt(2 * dt / tau)
    return {"tau": tau, "sigma": sigma, "V_theta": values["V_theta"] + OVERSHOOT * step}


def _inputs(
    values: Mapping[str, float], dt: float, xi: np.ndarray, currents: np.ndarray | None = None
) -> dict[str, Any]:
    n = xi.shape[1]
    return {
        "dt": dt,
        "V_init": np.full(n, E_M),
        "E_m": E_M,
        "V_theta": THETA,
        "V_reset": RESET,
        "I_ext": np.full(n, values["I_ext"]) if currents is None else currents,
        "g_m": G_M,
        "tau": np.full(n, values["tau"]),
        "sigma": values["sigma"],
        "xi": xi,
    }


def _interval_readouts(trains: list[np.ndarray], seconds_each: float) -> list[tuple[str, str]]:
    """Say how often and how regularly the neurons fired in `seconds_each` ms."""
    count = sum(np.size(train) for train in trains)
    said = [("rate", f"{1000 * count / (len(trains) * seconds_each):.1f} Hz ({count} spikes)")]
    x = _pooled(trains)
    if len(x) > 1:
        said.append(("CV", f"{x.std() / x.mean():.2f} ({len(x)} intervals)"))
    return said


def _pooled(trains: list[np.ndarray]) -> np.ndarray:
    """Put the intervals of like neurons together."""
    return np.concatenate([np.empty(0), *(np.diff(train) for train in trains if train.ndim)])


def _free_readout(values: Mapping[str, float]) -> tuple[str, str]:
    gap = THETA - (E_M + values["I_ext"] / G_M)
    side = "below" if gap > 0 else "above"
    return ("mean drive", f"{abs(gap) / values['sigma']:.1f} sigma {side} threshold")


def _histogram(
    name: str,
    result: Result,
    trains: list[np.ndarray],
    values: Mapping[str, float],
    length: float,
    dt: float,
) -> Frame:
    x = _pooled(trains)
    edges = _edges(x)
    width = edges[1] - edges[0]
    said = (*(_interval_readouts(trains, length) if trains else ()), _free_readout(values))
    curves: tuple[Curve, ...] = ()
    if len(x):
        # Intervals are whole numbers of steps; half a step keeps them off the edges of the bins.
        share = 100 * np.histogram(x + dt / 2, edges)[0] / len(x)
        poisson = 100 * -np.diff(np.exp(-edges / x.mean()))
        centres = (edges[1:] + edges[:-1]) / 2
        # A bin's flat top; it ends just before the next begins, since each x is drawn once.
        tops = np.column_stack([edges[:-1], edges[1:] - 1e-3 * width]).ravel()
        curves = (
            Curve(name=f"your {name}", role="yours", x=tops, y=np.repeat(share, 2)),
            Curve(name="Poisson process of the same rate", role="theory", x=centres, y=poisson),
        )
    return Frame(
        curves=curves,
        x_range=(0.0, float(edges[-1])),
        y_range=around(0.0, 10.0, *(c.y for c in curves), step=10),
        x_label="Interval (ms)",
        y_label=f"Share of the intervals in {width:g} ms (%)",
        marks=np.empty(0),
        readouts=said,
        message=result.problem,
        alt=sentence("Histogram of the intervals", result, said),
        seconds=result.seconds,
    )


def _edges(x: np.ndarray) -> np.ndarray:
    """Return the edges of the bins: from 0 to about four mean intervals, which hold nearly all."""
    wanted = 4 * x.mean() if len(x) else 250.0
    return np.linspace(0.0, ENDS[min(np.searchsorted(ENDS, wanted), len(ENDS) - 1)], BINS + 1)


def _rates(trains: list[np.ndarray], length: float, each: np.ndarray) -> list[np.ndarray]:
    """Return the rates of the copies in Hz, one array a current with `each` many copies."""
    counts = np.array([np.count_nonzero(train >= SETTLING) for train in trains])
    return np.split(1000.0 * counts / (length - SETTLING), np.cumsum(each)[:-1])


def _theory(
    exact: Solver | None, values: Mapping[str, float], dt: float, currents: np.ndarray
) -> tuple[np.ndarray, Result]:
    if exact is None:
        return currents, Result()
    fixed = {"I_ext": currents, "E_m": E_M, "V_reset": RESET, "g_m": G_M, "t_ref": 0.0}
    seen = time_step_corrected({**values, "V_theta": THETA}, dt)
    return currents, curve(exact({**fixed, **seen}), exact.name, currents)


def _fi_frame(
    name: str,
    exact: Solver | None,
    result: Result,
    rates: list[np.ndarray] | None,
    drawn: tuple[np.ndarray, Result],
    here: float,
) -> Frame:
    currents, theory = drawn
    curves, said = [], []
    if rates is not None:
        mean = np.array([copies.mean() for copies in rates])
        error = rates[-1].std(ddof=1) / np.sqrt(len(rates[-1]))
        curves.append(Curve(name=f"your {name}", role="yours", x=GRID, y=mean[:-1], points=True))
        said.append((f"rate at {here:.2f} nA", f"{mean[-1]:.1f} ± {error:.1f} Hz"))
    if exact is not None and theory.value is not None:
        label = f"your {exact.name}, for this time step"
        curves.append(Curve(name=label, role="theory", x=currents[:-1], y=theory.value[:-1]))
        said.append(("theory there", f"{theory.value[-1]:.1f} Hz"))
    return Frame(
        curves=tuple(curves),
        x_range=X_RANGE,
        y_range=around(0.0, 100.0, *(c.y for c in curves), step=50),
        x_label="Mean current I_ext (nA)",
        y_label="Firing rate (Hz)",
        marks=np.empty(0),
        lines=rheobase(
            {"g_m": G_M, "V_theta": THETA, "E_m": E_M}, X_RANGE, "rheobase without noise"
        ),
        here=None if rates is None else (here, float(rates[-1].mean())),
        readouts=tuple(said),
        message=" ".join(part for part in (result.problem, theory.problem) if part),
        alt=sentence("Firing rate over the mean current", result, said),
        seconds=result.seconds + theory.seconds,
    )

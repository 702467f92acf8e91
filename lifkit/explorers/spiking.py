"""The explorers of Lab 2: a spiking neuron's trace, and its f-I curve.

Hardly any physics of its own: voltages, spikes and theory come from the functions that are handed in; what
is measured on them is only counted and compared.  The one formula is the rheobase's, which Lab 2 gives.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from .frames import Curve, Frame, Line, Place, Scene, Slider, around
from .shared import FEW, G_M, Function, curves_of, in_mV, joined, optional, sentence, takes
from .solvers import Result, Solver, curve, spiking

__all__ = ["CURRENT", "fi_curve", "lif", "lif_frame", "rheobase"]

LIF = ("N_t", "dt", "V_init", "E_m", "V_theta", "V_reset", "I_ext", "g_m", "tau")
FI_EXACT = ("I_ext", "E_m", "V_theta", "V_reset", "g_m", "tau", "t_ref")

# The ranges keep every corner safe: V_reset, E_m and V_init stay below V_theta, and t_ref is a whole
# number of steps.
CURRENT = Slider(name="I_ext", label="input current", unit="nA", low=0, high=60, step=0.5, start=25)
THETA = Slider(name="V_theta", label="threshold", unit="mV", low=-60, high=-40, step=1, start=-50)
RESET = Slider(name="V_reset", label="reset", unit="mV", low=-90, high=-62, step=1, start=-75)
REST = Slider(
    name="E_m", label="resting potential", unit="mV", low=-80, high=-62, step=1, start=-70
)
INIT = Slider(name="V_init", label="first voltage", unit="mV", low=-90, high=-62, step=1, start=-70)
T_REF = Slider(name="t_ref", label="refractory time", unit="ms", low=0, high=10, step=0.5, start=2)

#: Currents of the curve in nA.  The sliders put the rheobase on multiples of 0.05 nA; 0.37 keeps
#: away from them, since rounding alone decides what happens exactly there.
CURRENTS = np.arange(60) + 0.37
X_RANGE = (0.0, 60.0)


def lif(solver: Function) -> Scene:
    """Return a spiking neuron's trace over 200 ms, with sliders for all parameters.

    A solver with a `t_ref` gets a slider for it.
    """
    refractory = takes(solver, "t_ref")
    yours = Solver(solver, (*LIF, "t_ref") if refractory else LIF)
    tau = Slider(name="tau", label="time constant", unit="ms", low=1, high=100, step=1, start=10)
    sliders = (CURRENT, tau, G_M, THETA, RESET, REST, INIT) + ((T_REF,) if refractory else ())
    dt, N_t = 0.1, 2000

    def frames(values: Mapping[str, float]) -> Iterator[Frame]:
        result = spiking(yours(_lif_inputs(values, dt, N_t)), yours.name, (N_t + 1, 1))
        yield lif_frame(yours.name, result, values, dt, N_t)

    places = (
        Place(
            text="Set I_ext to 19.5 nA. How far below the threshold does the voltage stay?",
            at={"I_ext": (19.5, 19.5)},
        ),
        Place(
            text="Set I_ext to 20.5 nA. Why does the first spike take its time?",
            at={"I_ext": (20.5, 20.5)},
        ),
        Place(
            text="Set V_reset to -90 mV. Does the first spike move, or only those after it?",
            at={"V_reset": (-90, -90)},
        ),
    )
    scene = Scene(
        title="Leaky integrate-and-fire neuron", sliders=sliders, frames=frames, places=places
    )
    yours.begin(_lif_inputs(scene.settle({}), dt, FEW))
    return scene


def fi_curve(solver: Function, theory: Function | None = None) -> Scene:
    """Return the firing rate over the input current, marked where the current's slider stands.

    Rates are measured on the solver's spikes within 18 time constants, as one over the mean interval.
    """
    refractory = takes(solver, "t_ref")
    yours = Solver(solver, (*LIF, "t_ref") if refractory else LIF)
    exact = optional(theory, FI_EXACT)
    tau = Slider(name="tau", label="time constant", unit="ms", low=5, high=50, step=1, start=10)
    sliders = (CURRENT, tau, G_M, THETA, RESET, REST) + ((T_REF,) if refractory else ())

    def frames(values: Mapping[str, float]) -> Iterator[Frame]:
        yield _fi_frame(yours, exact, values)

    places = (
        Place(
            text="Set tau to 50 ms. Does the curve leave zero at another current?",
            at={"tau": (50, 50)},
        ),
        Place(text="Set g_m to 2 uS. What becomes of the rheobase?", at={"g_m": (2, 2)}),
        Place(
            text="Set t_ref to 10 ms. Which rate does the curve never pass?",
            at={"t_ref": (10, 10)},
        ),
    )
    scene = Scene(
        title="f-I curve",
        sliders=sliders,
        frames=frames,
        places=places if refractory else places[:-1],
    )
    yours.begin(_lif_inputs(scene.settle({}), 0.1, FEW))
    return scene


def rheobase(
    values: Mapping[str, float], x_range: tuple[float, float], label: str = "rheobase"
) -> tuple[Line, ...]:
    """Mark the current (nA) at which the membrane comes to rest at the threshold, if it is in sight."""
    current = values["g_m"] * (values["V_theta"] - values["E_m"])
    low, high = x_range
    return (Line(label=label, value=current, upright=True),) if low <= current <= high else ()


def _lif_inputs(values: Mapping[str, float], dt: float, N_t: int, n: int = 1) -> dict[str, Any]:
    return {
        "N_t": N_t,
        "dt": dt,
        "V_init": np.full(n, values.get("V_init", values["E_m"])),
        "E_m": values["E_m"],
        "V_theta": values["V_theta"],
        "V_reset": values["V_reset"],
        "I_ext": np.full(n, values["I_ext"]),
        "g_m": values["g_m"],
        "tau": np.full(n, values["tau"]),
        "t_ref": values.get("t_ref", 0.0),
    }


def lif_frame(name: str, result: Result, values: Mapping[str, float], dt: float, N_t: int) -> Frame:
    """Draw the first neuron's voltage and spikes, with threshold and reset from `values`."""
    V, spike_times = (None, np.empty(0)) if result.value is None else _first_neuron(result.value)
    t = dt * np.arange(N_t + 1)
    theta, reset = values["V_theta"], values["V_reset"]
    curves = () if V is None else (Curve(name=f"your {name}", role="yours", x=t, y=V),)
    said = [] if V is None else _spike_readouts(V, spike_times, theta)
    # Room for the spike marks above the threshold.
    y_range = around(-80.0, theta + 7, np.array([reset]), *(c.y for c in curves), step=5)
    return Frame(
        curves=curves,
        x_range=(0.0, dt * N_t),
        y_range=y_range,
        x_label="Time (ms)",
        y_label="Membrane potential (mV)",
        marks=spike_times,
        mark_base=theta,
        lines=(Line(label="threshold", value=theta), Line(label="reset", value=reset, dotted=True)),
        readouts=tuple(said),
        message=result.problem,
        alt=sentence("Membrane potential", result, said),
        seconds=result.seconds,
    )


def _first_neuron(value: tuple[np.ndarray, list[np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    V, trains = value
    return V[:, 0], np.atleast_1d(trains[0]).astype(float)


def _spike_readouts(V: np.ndarray, spike_times: np.ndarray, theta: float) -> list[tuple[str, str]]:
    count = len(spike_times)
    said = [("spikes", str(count))]
    if count:
        said.append(("first spike", f"{spike_times[0]:.1f} ms"))
    elif np.isfinite(V).all():
        depth = theta - V.max()
        side = "below" if depth > 0 else "above"
        said.append(("highest voltage", f"{abs(depth):.3g} mV {side} threshold"))
    if count > 1:
        said.append(("mean interval", f"{np.mean(np.diff(spike_times)):.2f} ms"))
    return [*said, ("last voltage", in_mV(V[-1]))]


def _fi_frame(yours: Solver, exact: Solver | None, values: Mapping[str, float]) -> Frame:
    dt = 0.1
    # Two intervals of the slowest neuron that still fires, so that the curve begins at rheobase for
    # any time constant.  A current is at least 0.02 nA above a rheobase, so V_inf at least 0.01 mV above
    # threshold and at most 50 mV above reset: each climb takes less than ln(5000) = 8.5 time constants.
    N_t = round((18 * values["tau"] + 2 * values.get("t_ref", 0.0)) / dt)
    here = values["I_ext"]
    currents = np.append(CURRENTS, here)  # one more neuron, for the place where the slider stands
    inputs = _lif_inputs(values, dt, N_t, n=len(currents)) | {"I_ext": currents}
    result = spiking(yours(inputs), yours.name, (N_t + 1, len(currents)))
    rates = None if result.value is None else np.array([_rate_hz(s) for s in result.value[1]])
    theory = _fi_theory(exact, inputs, currents)
    curves = curves_of(
        yours,
        exact,
        (CURRENTS, None if rates is None else rates[:-1], False),
        (CURRENTS, None if theory.value is None else theory.value[:-1]),
    )
    said = [] if rates is None else _fi_readouts(rates, theory.value, here, result.value[1][-1])
    return Frame(
        curves=curves,
        x_range=X_RANGE,
        y_range=around(0.0, 100.0, *(c.y for c in curves), step=50),
        x_label="Input current I_ext (nA)",
        y_label="Firing rate (Hz)",
        marks=np.empty(0),
        lines=rheobase(values, X_RANGE),
        here=None if rates is None else (here, float(rates[-1])),
        readouts=tuple(said),
        message=joined(result.problem, theory.problem),
        alt=sentence("Firing rate over the input current", result, said),
        seconds=result.seconds + theory.seconds,
    )


def _fi_theory(exact: Solver | None, inputs: Mapping[str, Any], currents: np.ndarray) -> Result:
    if exact is None:
        return Result()
    plain = {**inputs, "tau": float(inputs["tau"][0])}
    return curve(exact(plain), exact.name, currents)


def _fi_readouts(
    rates: np.ndarray, theory: np.ndarray | None, here: float, train: np.ndarray
) -> list[tuple[str, str]]:
    said = [(f"rate at {here:.1f} nA", f"{rates[-1]:.1f} Hz")]
    if theory is not None:
        said.append(("theory there", f"{theory[-1]:.1f} Hz"))
    said.append(("spikes", str(np.size(train))))
    return said


def _rate_hz(spike_times: np.ndarray) -> float:
    """Return one over the mean interval, 0 below two spikes."""
    if np.size(spike_times) < 2 or spike_times[-1] <= spike_times[0]:
        return 0.0
    return 1000.0 * (len(spike_times) - 1) / float(spike_times[-1] - spike_times[0])

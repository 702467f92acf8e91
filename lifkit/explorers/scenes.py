"""The four explorers: which sliders they have, and how their values become a frame.

A scene holds no physics of its own.  Voltages, spikes and theory curves all come from the functions
that are handed in; what is measured on them is only counted and compared.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .frames import Curve, Frame, Line, Scene, Slider, around
from .solvers import Result, Solver, column, curve, spiking

__all__ = ["fi_curve", "lif", "membrane", "time_step"]

Function = Callable[..., Any]

PASSIVE = ("N_t", "dt", "V_init", "E_m", "I_ext", "g_m", "tau")
PASSIVE_EXACT = ("t", "V_init", "E_m", "I_ext", "g_m", "tau")
LIF = ("N_t", "dt", "V_init", "E_m", "V_theta", "V_reset", "I_ext", "g_m", "tau")
FI_EXACT = ("I_ext", "E_m", "V_theta", "V_reset", "g_m", "tau", "t_ref")

E_M = -70.0  # mV, where the course has no slider for it

# The ranges keep every corner safe: V_reset, E_m and V_init stay below V_theta, dt stays below
# tau wherever the time step is not itself the subject, and t_ref is a whole number of steps.
TAU = Slider(name="tau", label="time constant", unit="ms", low=1, high=50, step=1, start=10)
G_M = Slider(name="g_m", label="conductance", unit="uS", low=0.5, high=2, step=0.05, start=1)
CURRENT = Slider(name="I_ext", label="input current", unit="nA", low=0, high=60, step=0.5, start=25)
THETA = Slider(name="V_theta", label="threshold", unit="mV", low=-60, high=-40, step=1, start=-50)
RESET = Slider(name="V_reset", label="reset", unit="mV", low=-90, high=-62, step=1, start=-75)
REST = Slider(
    name="E_m", label="resting potential", unit="mV", low=-80, high=-62, step=1, start=-70
)
INIT = Slider(name="V_init", label="first voltage", unit="mV", low=-90, high=-62, step=1, start=-70)
T_REF = Slider(name="t_ref", label="refractory time", unit="ms", low=0, high=10, step=0.5, start=2)

#: Steps of the run that tells whether a solver is written at all: a stub raises, or returns nothing,
#: whatever it is asked for, and no explorer should compute its first frame twice.
FEW = 100


def membrane(solver: Function, theory: Function | None = None) -> Scene:
    """Return the passive membrane's trace over 100 ms, with sliders for tau, g_m and I_ext."""
    yours, exact = Solver(solver, PASSIVE), _optional(theory, PASSIVE_EXACT)
    current = Slider(
        name="I_ext", label="input current", unit="nA", low=-20, high=40, step=0.5, start=15
    )
    dt, N_t = 0.1, 1000

    def compute(values: Mapping[str, float]) -> Frame:
        return _passive_frame(yours, exact, dict(values), dt, N_t, _membrane_readouts)

    scene = Scene(title="Passive membrane", sliders=(current, TAU, G_M), compute=compute)
    yours.begin(_passive_inputs(scene.settle({}), dt, FEW))
    return scene


def time_step(solver: Function, theory: Function | None = None) -> Scene:
    """Return the passive membrane's trace over 200 ms at tau = 10 ms, with a slider for dt."""
    yours, exact = Solver(solver, PASSIVE), _optional(theory, PASSIVE_EXACT)
    step = Slider(name="dt", label="time step", unit="ms", low=0.1, high=25, step=0.1, start=2)
    fixed = {"I_ext": 15.0, "tau": 10.0, "g_m": 1.0}

    def compute(values: Mapping[str, float]) -> Frame:
        dt = values["dt"]
        # The whole steps that fit; 1e-9 keeps 200/0.1 from becoming 1999.
        N_t = int(200.0 / dt + 1e-9)
        return _passive_frame(yours, exact, fixed, dt, N_t, _step_readouts, points=True)

    scene = Scene(title="The time step of Euler's method", sliders=(step,), compute=compute)
    yours.begin(_passive_inputs(fixed, step.start, FEW))
    return scene


def lif(solver: Function) -> Scene:
    """Return a spiking neuron's trace over 200 ms, with sliders for all parameters.

    A solver with a `t_ref` gets a slider for it.
    """
    refractory = _takes(solver, "t_ref")
    yours = Solver(solver, (*LIF, "t_ref") if refractory else LIF)
    tau = Slider(name="tau", label="time constant", unit="ms", low=1, high=100, step=1, start=10)
    sliders = (CURRENT, tau, G_M, THETA, RESET, REST, INIT) + ((T_REF,) if refractory else ())
    dt, N_t = 0.1, 2000

    def compute(values: Mapping[str, float]) -> Frame:
        result = spiking(yours(_lif_inputs(values, dt, N_t)), yours.name, (N_t + 1, 1))
        return _lif_frame(yours.name, result, values, dt, N_t)

    scene = Scene(title="Leaky integrate-and-fire neuron", sliders=sliders, compute=compute)
    yours.begin(_lif_inputs(scene.settle({}), dt, FEW))
    return scene


def fi_curve(solver: Function, theory: Function | None = None) -> Scene:
    """Return the firing rate over the input current, marked where the current's slider stands.

    Rates are measured on the solver's spikes within 18 time constants, as one over the mean interval.
    """
    refractory = _takes(solver, "t_ref")
    yours = Solver(solver, (*LIF, "t_ref") if refractory else LIF)
    exact = _optional(theory, FI_EXACT)
    tau = Slider(name="tau", label="time constant", unit="ms", low=5, high=50, step=1, start=10)
    sliders = (CURRENT, tau, G_M, THETA, RESET, REST) + ((T_REF,) if refractory else ())

    def compute(values: Mapping[str, float]) -> Frame:
        return _fi_frame(yours, exact, values)

    scene = Scene(title="f-I curve", sliders=sliders, compute=compute)
    yours.begin(_lif_inputs(scene.settle({}), 0.1, FEW))
    return scene


# The passive membrane ---------------------------------------------------------------------------


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
    curves = _curves(yours, exact, (t, result.value, points), (fine, drawn.value))
    said = readouts(t, result.value, at_samples.value, values, dt)
    return Frame(
        curves=curves,
        x_range=(0.0, float(np.ceil(t[-1] / 10) * 10)),
        y_range=around(-75.0, -50.0, *(c.y for c in curves), step=10),
        x_label="Time (ms)",
        y_label="Membrane potential (mV)",
        marks=np.empty(0),
        readouts=tuple(said),
        message=_joined(result.problem, drawn.problem),
        alt=_sentence("Membrane potential", result, said),
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
    said = [("after one tau", f"{V[after]:.2f} mV"), ("last voltage", f"{V[-1]:.2f} mV")]
    return said + _gap_readout(V, theory)


def _step_readouts(
    t: np.ndarray, V: Any, theory: Any, values: Mapping[str, float], dt: float
) -> list[tuple[str, str]]:
    said = [("steps", str(len(t) - 1)), ("dt / tau", f"{dt / values['tau']:.2f}")]
    if V is None:
        return said
    return [*said, ("last voltage", f"{V[-1]:.2f} mV"), *_gap_readout(V, theory)]


def _gap_readout(V: np.ndarray, theory: np.ndarray | None) -> list[tuple[str, str]]:
    if theory is None:
        return []
    return [("largest gap to theory", f"{np.max(np.abs(V - theory)):.3g} mV")]


# The spiking neuron -----------------------------------------------------------------------------


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


def _lif_frame(
    name: str, result: Result, values: Mapping[str, float], dt: float, N_t: int
) -> Frame:
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
        alt=_sentence("Membrane potential", result, said),
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
    return [*said, ("last voltage", f"{V[-1]:.2f} mV")]


# The f-I curve ----------------------------------------------------------------------------------

#: Currents of the curve in nA.  The sliders put the rheobase on multiples of 0.05 nA; 0.37 keeps
#: away from them, since rounding alone decides what happens exactly there.
CURRENTS = np.arange(60) + 0.37


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
    curves = _curves(
        yours,
        exact,
        (CURRENTS, None if rates is None else rates[:-1], False),
        (CURRENTS, None if theory.value is None else theory.value[:-1]),
    )
    said = [] if rates is None else _fi_readouts(rates, theory.value, here, result.value[1][-1])
    return Frame(
        curves=curves,
        x_range=(0.0, 60.0),
        y_range=around(0.0, 100.0, *(c.y for c in curves), step=50),
        x_label="Input current I_ext (nA)",
        y_label="Firing rate (Hz)",
        marks=np.empty(0),
        here=None if rates is None else (here, float(rates[-1])),
        readouts=tuple(said),
        message=_joined(result.problem, theory.problem),
        alt=_sentence("Firing rate over the input current", result, said),
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


# What they share ----------------------------------------------------------------------------------


def _takes(function: Function, name: str) -> bool:
    """Whether `function` has an argument called `name`."""
    try:
        return name in inspect.signature(function).parameters
    except (TypeError, ValueError):  # not a function (said by Solver), or one written in C
        return False


def _optional(function: Function | None, parameters: tuple[str, ...]) -> Solver | None:
    return None if function is None else Solver(function, parameters)


def _curves(
    yours: Solver,
    exact: Solver | None,
    mine: tuple[np.ndarray, np.ndarray | None, bool],
    theory: tuple[np.ndarray, np.ndarray | None],
) -> tuple[Curve, ...]:
    curves = []
    x, y, points = mine
    if y is not None:
        curves.append(Curve(name=f"your {yours.name}", role="yours", x=x, y=y, points=points))
    if exact is not None and theory[1] is not None:
        curves.append(Curve(name=f"your {exact.name}", role="theory", x=theory[0], y=theory[1]))
    return tuple(curves)


def _joined(problem: str, theory_problem: str) -> str:
    """Join two sentences; a missing theory leaves the rest standing."""
    if not theory_problem:
        return problem
    return " ".join(part for part in (problem, theory_problem, "No theory is drawn.") if part)


def _sentence(what: str, result: Result, readouts: list[tuple[str, str]]) -> str:
    if result.value is None:
        return f"{what}: nothing to draw. {result.problem}"
    said = ", ".join(f"{label} {text}" for label, text in readouts)
    return f"{what}: {said}."

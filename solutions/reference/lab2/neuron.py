"""Exercise 2.2, ``LIFNeuron``: the solver as an object."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from lifkit.exercises import Call, Case, Exercise, Mistake, Output, Property, Reference

from .. import spiking
from ..spiking import OUTPUTS, TIES, certified, draw_neurons
from . import solver
from .solver import lif_euler


class LIFNeuron:
    """A leaky integrate-and-fire neuron that carries its parameters and its last results.

    Attributes
    ----------
    V_init, E_m, V_theta, V_reset : float
        Start, resting potential, threshold and reset in mV.
    tau : float
        Membrane time constant in ms.
    g_m : float
        Membrane conductance in uS.
    I_ext : float
        Input current in nA.  The default, 20, is exactly rheobase: rounding decides there whether
        the neuron ever fires, so set another one before you run it.
    V, spikes : (N_t + 1, n) ndarray
        Results of the last run, as `lif_euler` returns them; None before the first.
    spike_times : list of n ndarray
        Spike times of the last run in ms.

    Examples
    --------
    >>> neuron = LIFNeuron()
    >>> neuron.I_ext = 25
    >>> neuron.euler_solve(300, 0.1)
    >>> neuron.spike_times[0].round(6)
    array([16.1])
    """

    def __init__(self):
        self.V_init = -70.0
        self.E_m = -70.0
        self.tau = 10.0
        self.g_m = 1.0
        self.I_ext = 20.0
        self.V_theta = -50.0
        self.V_reset = -75.0
        self.V = None
        self.spikes = None
        self.spike_times = None

    def euler_solve(self, N_t, dt):
        """Run the neuron for `N_t` steps of `dt` ms; leave `V`, `spikes`, `spike_times` (n = 1)."""
        self._run(N_t, dt, np.array([self.tau]), np.array([self.I_ext]))

    def simulate(self, N_t, dt, tau_values, I_ext_values):
        """Run copies that differ in one parameter; leave `V`, `spikes`, `spike_times`.

        Parameters
        ----------
        N_t : int
            Number of time steps.
        dt : float
            Time step in ms.
        tau_values : (n_tau,) array_like
            Time constants in ms of the first neurons; they get the object's own `I_ext`.
        I_ext_values : (n_I,) array_like
            Currents in nA of the other neurons; they get the object's own `tau`.
        """
        tau = np.concatenate([tau_values, np.full(len(I_ext_values), self.tau)])
        I_ext = np.concatenate([np.full(len(tau_values), self.I_ext), I_ext_values])
        self._run(N_t, dt, tau, I_ext)

    def _run(self, N_t, dt, tau, I_ext):
        V_init = np.full(len(tau), self.V_init)
        self.V, self.spikes, self.spike_times = lif_euler(
            N_t, dt, V_init, self.E_m, self.V_theta, self.V_reset, I_ext, self.g_m, tau
        )


RESULTS = ("V", "spikes", "spike_times")

DEFAULTS = {
    "V_init": -70.0,
    "E_m": -70.0,
    "tau": 10.0,
    "g_m": 1.0,
    "I_ext": 20.0,
    "V_theta": -50.0,
    "V_reset": -75.0,
}

UNITS = {"tau": "ms", "g_m": "uS", "I_ext": "nA"}  # the others are voltages

EXERCISE = Exercise(
    name="LIFNeuron",
    lab="lab2",
    number="2.2",
    title="The neuron as an object",
    parameters=tuple(DEFAULTS),
    outputs=(
        *OUTPUTS,
        *(
            Output(
                name=name,
                unit=UNITS.get(name, "mV"),
                why="a number that is stored and read back: exact",
                double=False,
            )
            for name in DEFAULTS
        ),
    ),
    properties=(
        Property(
            name="defaults",
            text="a new object has the seven parameters with their defaults",
            outputs=tuple(DEFAULTS),
            groups=("defaults",),
        ),
        Property(
            name="euler_solve",
            text="euler_solve runs one neuron with the values that the attributes have by then",
            outputs=("V", "spikes"),
            groups=("euler_solve",),
            weight=3,
        ),
        Property(
            name="simulate",
            text="simulate runs one neuron a value: first those of tau, then those of I_ext",
            outputs=("V", "spikes"),
            groups=("simulate", "figure"),
            weight=3,
        ),
        Property(
            name="again",
            text="a second run starts afresh and finds the parameters as they were set",
            outputs=(*RESULTS, *DEFAULTS),
            groups=("again",),
        ),
        Property(
            name="tie",
            text="a voltage that just reaches V_theta is a spike (>=, not >)",
            outputs=("V", "spikes"),
            groups=(TIES,),
        ),
        Property(
            name="whole numbers",
            text="whole-number inputs give the same as 1.0, 2.0, ...",
            outputs=("V", "spikes"),
            groups=("whole numbers",),
        ),
        Property(
            name="spike times",
            text="spike_times has each neuron's own times in ms, empty where it never fired",
            outputs=("spike_times",),
            groups=("euler_solve", "simulate", "figure"),
            weight=2,
        ),
    ),
    hints=(
        "The idea: an object keeps its numbers in self. A method reads the parameters there, solves, "
        "and writes the results back there. You have a solver already: lif_euler.",
        "The equation is that of lif_euler. euler_solve is the case n = 1. simulate is one run with "
        "n = len(tau_values) + len(I_ext_values) neurons: the first have tau_values and the current "
        "self.I_ext, the others have self.tau and I_ext_values.",
        "The shape of the lines: in simulate make three arrays with n entries, for V_init, tau and "
        "I_ext. Each starts as n times the object's own value; then one stretch of tau and the other "
        "stretch of I_ext is overwritten. Call the solver once, and store its three results in self.",
    ),
    methods=("euler_solve", "simulate"),
    builds_on=("lif_euler",),
)


def _call(method: str, **inputs: Any) -> Call:
    return Call(method=method, inputs=inputs)


def _case(
    name: str,
    group: str,
    attributes: Mapping[str, Any],
    *calls: Call,
    reads: tuple[str, ...] = RESULTS,
    fingerprint: bool = True,
) -> Case:
    dt = calls[-1].inputs["dt"] if calls else None
    return Case(
        name=name,
        group=group,
        attributes=attributes,
        calls=calls,
        reads=reads,
        dt=dt,
        fingerprint=fingerprint,
    )


def _defaults() -> Case:
    return _case("a new object", "defaults", {}, reads=tuple(DEFAULTS))


def public() -> list[Case]:
    """Return the cases of the self-check; I_ext is never left at its default, which is rheobase."""
    shared = {"E_m": -68.0, "V_theta": -52.0, "V_reset": -77.0, "g_m": 1.6}
    firing = {"V_init": -71.5, "I_ext": 57.0, "tau": 8.5, **shared}
    sweep = {
        "tau_values": np.array([12.0, 6.5]),
        "I_ext_values": np.array([38.0, -7.0, 71.0]),
    }
    again = (*RESULTS, *DEFAULTS)
    return [
        _defaults(),
        _case(
            "one neuron that stays silent",
            "euler_solve",
            {"V_init": -60.25, "I_ext": 19.5, "tau": 7.0, **shared},
            _call("euler_solve", N_t=23, dt=0.3),
        ),
        _case(
            "one neuron that fires", "euler_solve", firing, _call("euler_solve", N_t=73, dt=0.35)
        ),
        _case(
            "one neuron that starts above threshold",
            "euler_solve",
            {"V_init": -40.0, "I_ext": 30.0, "tau": 13.0, **shared},
            _call("euler_solve", N_t=11, dt=0.4),
        ),
        _case(
            "two values of tau, three of I_ext",
            "simulate",
            firing,
            _call("simulate", N_t=67, dt=0.4, **sweep),
        ),
        _case(
            "simulate, then simulate with other values",
            "again",
            firing,
            _call("simulate", N_t=31, dt=0.4, **sweep),
            _call(
                "simulate",
                N_t=37,
                dt=0.45,
                tau_values=np.array([9.5, 5.0, 14.0]),
                I_ext_values=np.array([64.0]),
            ),
            reads=again,
        ),
        _case(
            "simulate, then euler_solve",
            "again",
            {**firing, "I_ext": 66.5},
            _call("simulate", N_t=29, dt=0.4, **sweep),
            _call("euler_solve", N_t=41, dt=0.45),
            reads=again,
        ),
        _case(
            "euler_solve, then simulate",
            "again",
            {**firing, "I_ext": 64.5},
            _call("euler_solve", N_t=43, dt=0.4),
            _call("simulate", N_t=37, dt=0.45, **sweep),
            reads=again,
        ),
        _case(
            "a neuron that touches the threshold exactly",
            TIES,
            {
                "V_init": -70.0,
                "E_m": -70.0,
                "V_theta": -50.0,
                "V_reset": -75.0,
                "I_ext": 160.0,
                "g_m": 2.0,
                "tau": 2.0,
            },
            _call("euler_solve", N_t=11, dt=0.5),
        ),
        _case(
            "whole-number inputs",
            "whole numbers",
            {
                "V_init": -71,
                "E_m": -69,
                "V_theta": -53,
                "V_reset": -78,
                "I_ext": 61,
                "g_m": 2,
                "tau": 7,
            },
            _call(
                "simulate",
                N_t=31,
                dt=1,
                tau_values=np.array([13, 9]),
                I_ext_values=np.array([47, 20]),
            ),
        ),
        _case(
            "the parameters of the figure",
            "figure",
            {"I_ext": 21.0},
            _call(
                "simulate",
                N_t=solver.FIGURE,
                dt=0.1,
                tau_values=np.linspace(1, 100, 5),
                I_ext_values=np.linspace(0, 30, 5),
            ),
            reads=("spikes", "spike_times"),
            fingerprint=False,
        ),
    ]


def draw(rng: np.random.Generator) -> list[Case]:
    """Draw secret cases that look at the same properties as the public ones."""

    def neuron(drive: tuple[float, float]) -> dict[str, Any]:
        one = draw_neurons(rng, 1, drive)
        return {name: float(np.ravel(value)[0]) for name, value in one.items()}

    def sweep(own: Mapping[str, Any], n_tau: int, n_I: int) -> dict[str, Any]:
        currents = own["I_ext"] * rng.uniform(0.8, 1.6, n_I)
        currents[0] *= -0.2
        return {"tau_values": rng.uniform(4, 16, n_tau), "I_ext_values": rng.permutation(currents)}

    def solved(drive: tuple[float, float], N_t: int) -> Case:
        call = _call("euler_solve", N_t=N_t, dt=rng.uniform(0.25, 0.4))
        return _case("secret: euler_solve", "euler_solve", neuron(drive), call)

    def above() -> Case:
        own = neuron((0.1, 1.6))
        own["V_init"] = own["V_theta"] + rng.uniform(4, 9)
        call = _call("euler_solve", N_t=int(rng.integers(10, 20)), dt=rng.uniform(0.2, 0.5))
        return _case("secret: starts above threshold", "euler_solve", own, call)

    def last_step() -> Case:
        """Draw a neuron and end the run on its second spike."""
        own, dt = neuron((1.6, 3.0)), rng.uniform(0.25, 0.4)
        one = LIFNeuron()
        vars(one).update(own)
        one.euler_solve(600, dt)
        trains: Any = one.spike_times
        call = _call("euler_solve", N_t=round(trains[0][1] / dt), dt=dt)
        return _case("secret: spike on the last step", "euler_solve", own, call)

    def simulated() -> Case:
        own = neuron((2.2, 3.5))
        values = sweep(own, int(rng.integers(2, 4)), int(rng.integers(4, 6)))
        call = _call("simulate", N_t=int(rng.integers(90, 120)), dt=rng.uniform(0.3, 0.4), **values)
        return _case("secret: simulate", "simulate", own, call)

    def twice(method: str) -> Case:
        own = neuron((2.2, 3.5))
        first = _call("simulate", N_t=int(rng.integers(30, 50)), dt=0.35, **sweep(own, 2, 3))
        values = sweep(own, 4, 3) if method == "simulate" else {}
        second = _call(method, N_t=int(rng.integers(60, 90)), dt=0.3, **values)
        return _case(
            f"secret: simulate, then {method}",
            "again",
            own,
            first,
            second,
            reads=(*RESULTS, *DEFAULTS),
        )

    def tie() -> Case:
        shift = float(
            rng.integers(-8, 9)
        )  # moving every voltage by a whole number keeps a tie exact
        tau = float(rng.choice([1, 2, 4]))
        exact = {
            "V_init": -70.0 + shift,
            "E_m": -70.0 + shift,
            "V_theta": -50.0 + shift,
            "V_reset": -75.0 + shift,
            "I_ext": 80.0 * tau,
            "g_m": 2.0,
            "tau": tau,
        }
        call = _call("euler_solve", N_t=int(rng.integers(8, 14)), dt=0.5)
        return _case("secret: tie", TIES, exact, call)

    def whole() -> Case:
        E_m = int(rng.integers(-72, -65))
        own = {
            "V_init": E_m - int(rng.integers(1, 6)),
            "E_m": E_m,
            "V_theta": E_m + 17,
            "V_reset": E_m - 7,
            "I_ext": int(rng.integers(55, 80)),
            "g_m": 2,
            "tau": int(rng.integers(6, 12)),
        }
        tau_values, I_ext_values = rng.integers(5, 17, 2), rng.integers(45, 90, 3)
        call = _call("simulate", N_t=50, dt=1, tau_values=tau_values, I_ext_values=I_ext_values)
        return _case("secret: whole numbers", "whole numbers", own, call)

    makers: list[Callable[[], Case]] = [
        _defaults,
        lambda: solved((0.2, 0.9), int(rng.integers(25, 40))),
        last_step,
        above,
        simulated,
        lambda: twice("simulate"),
        lambda: twice("euler_solve"),
        tie,
        whole,
    ]
    return [certified(make, certify) for make in makers]


def certify(case: Case) -> None:
    """Raise ValueError if correct solvers could disagree on a spike of one of the calls.

    Also if I_ext is left at its default: that is exactly rheobase, where rounding decides.
    """
    if case.calls and "I_ext" not in case.attributes:
        raise ValueError(f"{case.name}: I_ext is left at its default, exactly at rheobase")
    own = {**DEFAULTS, **case.attributes}
    for call in case.calls:
        inputs = {**own, **{name: call.inputs[name] for name in ("N_t", "dt")}}
        taus = np.ravel(call.inputs.get("tau_values", [])).tolist()
        currents = np.ravel(call.inputs.get("I_ext_values", [])).tolist()
        if call.method == "euler_solve":
            taus = [own["tau"]]
        inputs["tau"] = np.array(taus + [own["tau"]] * len(currents))
        inputs["I_ext"] = np.array([own["I_ext"]] * len(taus) + currents)
        inputs["V_init"] = np.full(len(inputs["tau"]), own["V_init"])
        spiking.certify(Case(name=case.name, group=case.group, calls=(Call(inputs=inputs),)))


# Usual mistakes ----------------------------------------------------------------------------------


def _with_solver(solve: Callable[..., Any]) -> type:
    """Return a class around a wrong solver."""

    class Wrong(LIFNeuron):
        def _run(self, N_t, dt, tau, I_ext):
            V_init = np.full(len(tau), self.V_init)
            self.V, self.spikes, self.spike_times = solve(
                N_t, dt, V_init, self.E_m, self.V_theta, self.V_reset, I_ext, self.g_m, tau
            )

    return Wrong


def _with_default(**values: float) -> type:
    """Return a class whose new objects have other values."""

    class Wrong(LIFNeuron):
        def __init__(self):
            super().__init__()
            vars(self).update(values)

    return Wrong


def _with_sweep(sweep: Callable[..., Any]) -> type:
    """Return a class whose `simulate` takes (tau, I_ext) of its neurons from `sweep`."""

    class Wrong(LIFNeuron):
        def simulate(self, N_t, dt, tau_values, I_ext_values):
            self._run(N_t, dt, *sweep(self, np.asarray(tau_values), np.asarray(I_ext_values)))

    return Wrong


def _after_run(change: Callable[[Any, bool], None]) -> type:
    """Return a class that spoils its results: `change` takes the object and whether n is 1."""

    class Wrong(LIFNeuron):
        def euler_solve(self, N_t, dt):
            super().euler_solve(N_t, dt)
            change(self, True)

        def simulate(self, N_t, dt, tau_values, I_ext_values):
            super().simulate(N_t, dt, tau_values, I_ext_values)
            change(self, False)

    return Wrong


def _own(neuron: Any, tau_values: Any, I_ext_values: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the object's own tau and I_ext, once a neuron."""
    n = len(tau_values) + len(I_ext_values)
    return np.full(n, float(neuron.tau)), np.full(n, float(neuron.I_ext))


def _exchanged(neuron: Any, tau_values: Any, I_ext_values: Any) -> Any:
    tau, I_ext = _own(neuron, tau_values, I_ext_values)
    I_ext[: len(I_ext_values)] = I_ext_values
    tau[len(I_ext_values) :] = tau_values
    return tau, I_ext


def _same_neurons(neuron: Any, tau_values: Any, I_ext_values: Any) -> Any:
    tau, I_ext = _own(neuron, tau_values, I_ext_values)
    tau[: len(tau_values)] = tau_values
    I_ext[: len(I_ext_values)] = I_ext_values
    return tau, I_ext


def _overlapping(neuron: Any, tau_values: Any, I_ext_values: Any) -> Any:
    """Let the currents begin at their own number, as if both sweeps were equally long."""
    tau, I_ext = _own(neuron, tau_values, I_ext_values)
    tau[: len(tau_values)] = tau_values
    start = min(len(I_ext_values), len(tau))
    I_ext[start:] = I_ext_values[: len(tau) - start]  # ValueError where they do not fit
    return tau, I_ext


def _right_sweep(neuron: Any, tau_values: Any, I_ext_values: Any) -> tuple[Any, Any]:
    tau, I_ext = _own(neuron, tau_values, I_ext_values)
    tau[: len(tau_values)] = tau_values
    I_ext[len(tau_values) :] = I_ext_values
    return tau, I_ext


def _default_current(neuron: Any, tau_values: Any, I_ext_values: Any) -> Any:
    tau, I_ext = _right_sweep(neuron, tau_values, I_ext_values)
    I_ext[: len(tau_values)] = DEFAULTS["I_ext"]
    return tau, I_ext


def _default_tau(neuron: Any, tau_values: Any, I_ext_values: Any) -> Any:
    tau, I_ext = _right_sweep(neuron, tau_values, I_ext_values)
    tau[len(tau_values) :] = DEFAULTS["tau"]
    return tau, I_ext


def _figure_current(neuron: Any, tau_values: Any, I_ext_values: Any) -> Any:
    tau, I_ext = _right_sweep(neuron, tau_values, I_ext_values)
    I_ext[: len(tau_values)] = 21.0
    return tau, I_ext


def _figure_values(neuron: Any, tau_values: Any, I_ext_values: Any) -> Any:
    return _right_sweep(
        neuron, np.linspace(1, 100, len(tau_values)), np.linspace(0, 30, len(I_ext_values))
    )


def _all_combinations(neuron: Any, tau_values: Any, I_ext_values: Any) -> Any:
    return np.repeat(tau_values, len(I_ext_values)), np.tile(I_ext_values, len(tau_values))


def _all_combinations_currents_first(neuron: Any, tau_values: Any, I_ext_values: Any) -> Any:
    return np.tile(tau_values, len(I_ext_values)), np.repeat(I_ext_values, len(tau_values))


def _pairs(neuron: Any, tau_values: Any, I_ext_values: Any) -> Any:
    n = min(len(tau_values), len(I_ext_values))
    return np.array(tau_values[:n]), np.array(I_ext_values[:n])


def _left_behind(neuron: Any, tau_values: Any, I_ext_values: Any) -> Any:
    """Go through the values one by one and leave the last of each in the object."""
    tau, I_ext = _right_sweep(neuron, tau_values, I_ext_values)
    tau[len(tau_values) :] = tau_values[-1]
    neuron.tau, neuron.I_ext = float(tau_values[-1]), float(I_ext_values[-1])
    return tau, I_ext


def _overwritten(neuron: Any, tau_values: Any, I_ext_values: Any) -> Any:
    neuron.tau, neuron.I_ext = _right_sweep(neuron, tau_values, I_ext_values)
    return neuron.tau, neuron.I_ext


def _flat(neuron: Any, single: bool) -> None:
    if single:
        neuron.V, neuron.spikes = neuron.V[:, 0], neuron.spikes[:, 0]


def _bare_times(neuron: Any, single: bool) -> None:
    if single:
        neuron.spike_times = neuron.spike_times[0]


def _flat_and_bare(neuron: Any, single: bool) -> None:
    _flat(neuron, single)
    _bare_times(neuron, single)


def _one_column(column: int) -> Callable[[Any, bool], None]:
    def change(neuron: Any, single: bool) -> None:
        neuron.V, neuron.spikes = neuron.V[:, [column]], neuron.spikes[:, [column]]
        neuron.spike_times = [neuron.spike_times[column]]

    return change


def _set_to(value: Any, *, drop: bool = False) -> Callable[[Any, bool], None]:
    def change(neuron: Any, single: bool) -> None:
        for name in RESULTS:
            if drop:
                delattr(neuron, name)
            else:
                setattr(neuron, name, value)

    return change


def _exchange_results(neuron: Any, single: bool) -> None:
    neuron.spikes, neuron.spike_times = neuron.spike_times, neuron.spikes


def _grow(neuron: Any, single: bool) -> None:
    neuron.collected = [*getattr(neuron, "collected", []), *neuron.spike_times]
    neuron.spike_times = list(neuron.collected)


def _only_simulate_stores(neuron: Any, single: bool) -> None:
    if single:
        _set_to(None)(neuron, single)


def _only_euler_solve_stores(neuron: Any, single: bool) -> None:
    if not single:
        _set_to(None)(neuron, single)


def _on_a_new_object(method: str) -> Callable[..., None]:
    """Return a method that runs with the defaults, whatever the attributes have become."""

    def run(self: Any, *arguments: Any) -> None:
        fresh = LIFNeuron()
        getattr(fresh, method)(*arguments)
        for name in RESULTS:
            setattr(self, name, getattr(fresh, name))

    return run


class _Copied(LIFNeuron):
    """Take the values when the object is made, and look no more at the attributes."""

    euler_solve = _on_a_new_object("euler_solve")
    simulate = _on_a_new_object("simulate")


#: Mistakes of `lif_euler` that show otherwise, or not at all, in a class.
_NOT_HERE = {"only V returned", "nothing returned", "spikes and spike_times exchanged"}

_STORE = "A method leaves its results in the object: self.V, self.spikes, self.spike_times = ..."
_SWEEP = (
    "n is len(tau_values) + len(I_ext_values): the first neurons get tau_values and self.I_ext, the "
    "others self.tau and I_ext_values."
)

MISTAKES: dict[str, tuple[str, str, type]] = {
    "results not stored": (
        "The methods solve but leave nothing in the object: V, spikes and spike_times are still None.",
        _STORE + " A return line alone does not.",
        _after_run(_set_to(None)),
    ),
    "results not stored, no attributes": (
        "The methods solve but leave nothing in the object: it has no V, spikes and spike_times.",
        _STORE + " A return line alone does not.",
        _after_run(_set_to(None, drop=True)),
    ),
    "results not stored, still empty": (
        "The methods solve but leave nothing in the object: V, spikes and spike_times are still empty.",
        _STORE + " A return line alone does not.",
        _after_run(_set_to(np.empty(0))),
    ),
    "euler_solve does not store": (
        "euler_solve leaves V, spikes and spike_times as None; simulate does store them.",
        _STORE,
        _after_run(_only_simulate_stores),
    ),
    "simulate does not store": (
        "simulate leaves V, spikes and spike_times as None; euler_solve does store them.",
        _STORE,
        _after_run(_only_euler_solve_stores),
    ),
    "spikes and spike_times exchanged": (
        "spikes and spike_times are stored under each other's name.",
        "The solver returns V, spikes, spike_times, in this order.",
        _after_run(_exchange_results),
    ),
    "attributes copied when made": (
        "The parameters are copied when the object is made; setting an attribute later has no effect.",
        "Read self.tau, self.I_ext, ... inside the methods, when they are called.",
        _Copied,
    ),
    "V_reset wrong by default": (
        "V_reset of a new object is E_m; the default is -75 mV.",
        "The seven defaults stand in the text of the exercise.",
        _with_default(V_reset=-70.0),
    ),
    "current of the figure by default": (
        "I_ext of a new object is 21 nA, the figure's; the default is 20 nA.",
        "The seven defaults stand in the text of the exercise.",
        _with_default(I_ext=21.0),
    ),
    "one neuron flattened": (
        "After euler_solve V and spikes have the shape (N_t + 1,); one neuron is one column, "
        "(N_t + 1, 1).",
        "Keep the column: no [:, 0], flatten or ravel.",
        _after_run(_flat),
    ),
    "one neuron without its list": (
        "After euler_solve spike_times is the array of the one neuron; it should be a list that holds "
        "this array.",
        "Keep the list, also when it has one entry.",
        _after_run(_bare_times),
    ),
    "one neuron flattened, without its list": (
        "After euler_solve V and spikes have lost their column, (N_t + 1,) for (N_t + 1, 1), and "
        "spike_times its list.",
        "One neuron is n = 1: keep the column and the list with one entry.",
        _after_run(_flat_and_bare),
    ),
    "first neuron only": (
        "Only the first neuron of simulate is kept.",
        "Is a return line inside the loop? It ends the method at once.",
        _after_run(_one_column(0)),
    ),
    "last neuron only": (
        "Only the last neuron of simulate is kept: each run overwrites the one before.",
        "Solve all neurons in one run, or collect the columns and join them at the end.",
        _after_run(_one_column(-1)),
    ),
    "sweeps exchanged": (
        "The neurons that vary I_ext come first; those that vary tau should.",
        _SWEEP,
        _with_sweep(_exchanged),
    ),
    "both sweeps on the first neurons": (
        "Both sweeps start at neuron 0, so the first neurons differ in tau and in I_ext, and the last "
        "in neither.",
        "The currents start where the time constants end: at entry len(tau_values).",
        _with_sweep(_same_neurons),
    ),
    "sweeps split at the wrong place": (
        "The currents start at entry len(I_ext_values), which fits only when both sweeps are equally "
        "long.",
        "The currents start where the time constants end: at entry len(tau_values).",
        _with_sweep(_overlapping),
    ),
    "tau sweep at the default current": (
        "The neurons that vary tau get the current 20 nA; they should get the object's own I_ext.",
        "Use self.I_ext, whatever it has been set to.",
        _with_sweep(_default_current),
    ),
    "tau sweep at the figure's current": (
        "The neurons that vary tau get the current 21 nA; they should get the object's own I_ext.",
        "Use self.I_ext. For the figure it is set to 21 from outside.",
        _with_sweep(_figure_current),
    ),
    "current sweep at the default tau": (
        "The neurons that vary I_ext get tau = 10 ms; they should get the object's own tau.",
        "Use self.tau, whatever it has been set to.",
        _with_sweep(_default_tau),
    ),
    "values of the figure built in": (
        "simulate takes the figure's values, whatever tau_values and I_ext_values say.",
        "Use the arguments; the figure hands its own np.linspace over.",
        _with_sweep(_figure_values),
    ),
    "all combinations": (
        "Every tau is combined with every I_ext; the two should be varied one at a time.",
        _SWEEP,
        _with_sweep(_all_combinations),
    ),
    "all combinations, currents first": (
        "Every I_ext is combined with every tau; the two should be varied one at a time.",
        _SWEEP,
        _with_sweep(_all_combinations_currents_first),
    ),
    "values paired": (
        "tau_values and I_ext_values are taken in pairs; they should be varied one at a time.",
        _SWEEP,
        _with_sweep(_pairs),
    ),
    "last values left behind": (
        "The loop over the values changes self.tau and self.I_ext and leaves the last ones there, "
        "already for the currents that follow.",
        "Put the object's own values back after each sweep, or do not touch them: use local arrays.",
        _with_sweep(_left_behind),
    ),
    "own parameters overwritten": (
        "simulate replaces self.tau and self.I_ext by its arrays, so the object is not what it was.",
        "Use local names for the arrays: tau = ..., without self.",
        _with_sweep(_overwritten),
    ),
    "spike times pile up": (
        "The spike times of a second run are appended to those of the first.",
        "Begin every run with a new list, inside the method.",
        _after_run(_grow),
    ),
    **{
        name: (diagnosis, hint, _with_solver(wrong))
        for name, (diagnosis, hint, wrong) in solver.MISTAKES.items()
        if name not in _NOT_HERE
    },
}

for _, _, _wrong in MISTAKES.values():
    _wrong.__name__ = "LIFNeuron"

REFERENCE = Reference(
    exercise=EXERCISE,
    solve=LIFNeuron,
    mistakes={
        name: (Mistake(name=name, diagnosis=diagnosis, hint=hint), wrong)
        for name, (diagnosis, hint, wrong) in MISTAKES.items()
    },
    public=public,
    draw=draw,
    certify=certify,
)

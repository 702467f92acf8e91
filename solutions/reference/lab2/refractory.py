"""Exercise 2.5, ``lif_refractory``: a neuron rests for a while after each spike."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from lifkit.exercises import Call, Case, Exercise, Mistake, Property, Reference

from .. import spiking
from ..spiking import OUTPUTS, TIES, certified, certify, draw_neurons, euler_step, times_of, variant
from . import solver


def lif_refractory(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau, t_ref):
    r"""Integrate leaky integrate-and-fire neurons that rest after each spike.

    As `lif_euler`, but for ``round(t_ref / dt)`` steps after a spike V stays at `V_reset`.

    Parameters
    ----------
    N_t : int
        Number of time steps.
    dt : float
        Time step in ms.
    V_init : (n,) array_like
        Voltage at t = 0 in mV.  No neuron is refractory at the start.
    E_m, V_theta, V_reset : float
        Resting potential, threshold and reset in mV.
    I_ext : (n,) array_like
        Constant input current in nA.
    g_m : float
        Membrane conductance in uS.
    tau : (n,) array_like
        Membrane time constant in ms.
    t_ref : float
        Refractory time in ms; 0 gives `lif_euler`.

    Returns
    -------
    V : (N_t + 1, n) ndarray
        Voltage in mV; ``V[k]`` at t = k dt.
    spikes : (N_t + 1, n) ndarray
        1 where the neuron fired, else 0; ``spikes[0]`` is 0.
    spike_times : list of n ndarray
        Spike times in ms, empty for a neuron that never fired.

    Notes
    -----
    An interval has as many steps more than without refractoriness as the neuron rests.  Source:
    Dayan and Abbott (2001), Theoretical Neuroscience, section 5.4; whole steps as NEST counts them.

    Examples
    --------
    >>> one = 300, 0.1, np.array([-75.0]), -70, -50, -75, np.array([30.0]), 1, np.array([10.0])
    >>> _, _, without = lif_refractory(*one, 0.0)
    >>> _, _, with_rest = lif_refractory(*one, 2.0)
    >>> (np.diff(with_rest[0]) - np.diff(without[0])[0]).round(6)
    array([2.])
    """
    V_init = np.asarray(V_init, dtype=float)
    n_rest = round(t_ref / dt)
    V = np.zeros((N_t + 1, len(V_init)))
    spikes = np.zeros(V.shape)
    rest = np.zeros(len(V_init), dtype=int)  # steps that each neuron still has to rest
    V[0] = V_init
    for k in range(1, N_t + 1):
        V[k] = V[k - 1] + dt * (-(V[k - 1] - E_m) + I_ext / g_m) / tau
        V[k, rest > 0] = V_reset
        fired = (V[k] >= V_theta) & (rest == 0)
        V[k, fired] = V_reset
        spikes[k, fired] = 1.0
        rest[rest > 0] -= 1
        rest[fired] = n_rest
    spike_times = [np.nonzero(spikes[:, i])[0] * dt for i in range(V.shape[1])]
    return V, spikes, spike_times


PARAMETERS = (*spiking.PARAMETERS, "t_ref")

EXERCISE = Exercise(
    name="lif_refractory",
    lab="lab2",
    number="2.5",
    title="A refractory period",
    parameters=PARAMETERS,
    outputs=OUTPUTS,
    properties=(
        Property(
            name="no rest",
            text="with t_ref = 0 it gives what lif_euler gives",
            outputs=("V", "spikes"),
            groups=("no rest",),
            weight=2,
        ),
        Property(
            name="rest",
            text="after a spike V stays at V_reset for round(t_ref/dt) steps, each neuron for itself",
            outputs=("V", "spikes"),
            groups=("rest",),
            weight=3,
        ),
        Property(
            name="rounding",
            text="t_ref/dt is rounded to the nearest whole number of steps, never cut off",
            outputs=("V", "spikes"),
            groups=("rounding",),
            weight=2,
        ),
        Property(
            name="strong drive",
            text="however strong the current, no interval is shorter than the rest",
            outputs=("V", "spikes"),
            groups=("strong drive",),
        ),
        Property(
            name="tie",
            text="a voltage that just reaches V_theta is a spike (>=, not >)",
            outputs=("V", "spikes"),
            groups=(TIES,),
        ),
        Property(
            name="start",
            text="V[0] is V_init as given, without a spike and without a rest",
            outputs=("V", "spikes"),
            groups=("start",),
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
            groups=("no rest", "rest", "rounding", "strong drive"),
            weight=2,
        ),
    ),
    hints=(
        "The idea: keep one whole number a neuron, the steps that it still has to rest. Whoever rests "
        "keeps V_reset and can't fire; whoever fires starts to rest.",
        "The equation: n_rest = round(t_ref/dt). In each step: neurons with rest > 0 get V[k] = "
        "V_reset and one is taken off their rest; all others step and fire as before, and those that "
        "fire get rest = n_rest.",
        "The shape of the lines: before the loop an array of n zeros of type int. In the loop two "
        "masks: resting, made of that array, and fired, made of V[k] and of not resting. Each mask is "
        "an index in turn.",
    ),
    builds_on=("lif_euler",),
)


def _case(name: str, group: str, **inputs: Any) -> Case:
    ordered = {label: inputs[label] for label in PARAMETERS}
    return Case(name=name, group=group, calls=(Call(inputs=ordered),), dt=inputs["dt"])


def public() -> list[Case]:
    """Return the cases of the self-check."""
    shared = {"E_m": -68.0, "V_theta": -52.0, "V_reset": -77.0, "g_m": 1.6}
    two = {
        "V_init": np.array([-66.5, -80.0]),
        "I_ext": np.array([91.0, -12.0]),
        "tau": np.array([9.0, 12.0]),
    }
    return [
        _case("no refractory time", "no rest", N_t=67, dt=0.3, t_ref=0.0, **two, **shared),
        _case(
            "four neurons that rest at different times",
            "rest",
            N_t=113,
            dt=0.3,
            V_init=np.array([-71.0, -66.5, -80.0, -68.5]),
            I_ext=np.array([43.0, 87.5, -12.0, 64.5]),
            tau=np.array([16.0, 9.0, 12.0, 21.0]),
            t_ref=2.4,
            **shared,
        ),
        # 2.4/0.2 is 11.999999999999998 in binary, and 9.5 steps of 0.25 ms would be a tie.
        _case(
            "the same refractory time, a shorter step",
            "rounding",
            N_t=89,
            dt=0.2,
            t_ref=2.4,
            **two,
            **shared,
        ),
        _case("a rest of 6.25 steps", "rounding", N_t=53, dt=0.4, t_ref=2.5, **two, **shared),
        _case("a rest of 7.8 steps", "rounding", N_t=73, dt=0.25, t_ref=1.95, **two, **shared),
        _case(
            "currents so strong that a single step reaches threshold",
            "strong drive",
            N_t=41,
            dt=0.5,
            V_init=np.array([-77.0, -68.0]),
            I_ext=np.array([900.0, 260.0]),
            tau=np.array([8.0, 10.0]),
            t_ref=3.0,
            **shared,
        ),
        _case(
            "one neuron, spike on the last step",
            "rest",
            N_t=_LAST_STEP,
            dt=0.25,
            V_init=np.array([-73.0]),
            I_ext=np.array([52.0]),
            tau=np.array([11.0]),
            t_ref=1.5,
            **shared,
        ),
        _case(
            "neurons that touch the threshold exactly",
            TIES,
            N_t=17,
            dt=0.5,
            V_init=np.array([-70.0, -70.0, -70.0]),
            E_m=-70.0,
            V_theta=-50.0,
            V_reset=-75.0,
            I_ext=np.array([80.0, 160.0, 320.0]),
            g_m=2.0,
            tau=np.array([1.0, 2.0, 4.0]),
            t_ref=1.5,
        ),
        _case(
            "neurons that start at or above threshold",
            "start",
            N_t=13,
            dt=0.4,
            V_init=np.array([-40.0, -52.0, -51.25]),
            I_ext=np.array([3.0, 0.0, 30.0]),
            tau=np.array([18.0, 6.0, 13.0]),
            t_ref=1.6,
            **shared,
        ),
        _case(
            "whole-number inputs",
            "whole numbers",
            N_t=47,
            dt=1,
            V_init=np.array([-71, -64, -69]),
            E_m=-69,
            V_theta=-53,
            V_reset=-78,
            I_ext=np.array([61, 47, 20]),
            g_m=2,
            tau=np.array([13, 7, 11]),
            t_ref=3,
        ),
    ]


#: The step of the second spike of the case that ends with one (held to the solver by a test).
_LAST_STEP = 83


def draw(rng: np.random.Generator) -> list[Case]:
    """Draw secret cases that look at the same properties as the public ones."""

    def run(group: str, N_t: int, dt: float, t_ref: float, **neurons: Any) -> Case:
        return _case(f"secret: {group}", group, N_t=N_t, dt=dt, t_ref=t_ref, **neurons)

    def mixed(n: int) -> dict[str, Any]:
        """Draw neurons of which one is silent and one has negative drive."""
        chosen = draw_neurons(rng, n, (1.5, 3.0))
        chosen["I_ext"][1:3] *= (0.2, -0.3)
        return chosen

    def no_rest() -> Case:
        return run("no rest", int(rng.integers(120, 180)), rng.uniform(0.2, 0.35), 0.0, **mixed(4))

    def rest() -> Case:
        dt = rng.uniform(0.2, 0.35)
        return run("rest", int(rng.integers(180, 240)), dt, dt * rng.integers(5, 12), **mixed(6))

    def cut_short() -> Case:
        """Draw whole steps whose quotient comes out just below the whole number."""
        t_ref, dt = rng.choice([(2.4, 0.2), (1.4, 0.2), (2.8, 0.4), (2.4, 0.4)])
        return run("rounding", int(rng.integers(150, 190)), float(dt), float(t_ref), **mixed(4))

    def fraction(low: float, high: float) -> Case:
        dt = rng.uniform(0.2, 0.35)
        t_ref = dt * (rng.integers(4, 10) + rng.uniform(low, high))
        return run("rounding", int(rng.integers(150, 190)), dt, t_ref, **mixed(4))

    def strong() -> Case:
        """Draw one neuron that a single step takes from reset past threshold, and two others."""
        neurons, dt = draw_neurons(rng, 3, (1.5, 3.0)), rng.uniform(0.3, 0.5)
        one_step = neurons["tau"][0] / dt * (neurons["V_theta"] - neurons["V_reset"])
        neurons["I_ext"][0] = neurons["g_m"] * one_step * rng.uniform(1.5, 3)
        neurons["I_ext"][1] *= 6
        return run(
            "strong drive", int(rng.integers(40, 60)), dt, dt * rng.integers(4, 9), **neurons
        )

    def last_step() -> Case:
        """Draw one neuron and end the run on its second spike."""
        dt = rng.uniform(0.2, 0.35)
        one = {**draw_neurons(rng, 1, (1.5, 2.8)), "dt": dt, "t_ref": dt * rng.integers(3, 9)}
        _, _, (times,) = lif_refractory(N_t=600, **one)
        return run("rest", N_t=round(times[1] / dt), **one)

    def start() -> Case:
        above = draw_neurons(rng, 3, (0.1, 1.6))
        above["V_init"] = above["V_theta"] + np.array([rng.uniform(3, 9), 0.0, rng.uniform(0.1, 1)])
        dt = rng.uniform(0.2, 0.5)
        return run("start", int(rng.integers(12, 20)), dt, dt * rng.integers(3, 6), **above)

    def whole() -> Case:
        E_m = int(rng.integers(-72, -65))
        return run(
            "whole numbers",
            int(rng.integers(50, 70)),
            1,
            int(rng.integers(2, 5)),
            V_init=E_m + rng.integers(-5, 6, 3),
            E_m=E_m,
            V_theta=E_m + 17,
            V_reset=E_m - 7,
            I_ext=np.array([2, 3, 1]) * rng.integers(19, 33, 3),
            g_m=2,
            tau=rng.integers(6, 17, 3),
        )

    def tie() -> Case:
        shift = float(
            rng.integers(-8, 9)
        )  # moving every voltage by a whole number keeps a tie exact
        order = rng.permutation(3)
        return run(
            TIES,
            int(rng.integers(14, 20)),
            0.5,
            float(rng.integers(2, 5)) / 2,
            V_init=np.full(3, -70.0 + shift),
            E_m=-70.0 + shift,
            V_theta=-50.0 + shift,
            V_reset=-75.0 + shift,
            I_ext=np.array([80.0, 160.0, 320.0])[order],
            g_m=2.0,
            tau=np.array([1.0, 2.0, 4.0])[order],
        )

    makers: list[Callable[[], Case]] = [
        no_rest,
        rest,
        cut_short,
        lambda: fraction(0.1, 0.4),
        lambda: fraction(0.6, 0.9),
        strong,
        last_step,
        tie,
        start,
        whole,
    ]
    return [certified(make) for make in makers]


# Usual mistakes ----------------------------------------------------------------------------------
#
# `variant` can change how long a neuron rests and what it holds meanwhile.  Where the order of
# things is wrong, the wrong solver is written out: `_loop` with another body of the loop.

_Body = Callable[[int, np.ndarray, np.ndarray, np.ndarray, SimpleNamespace], None]


def _loop(body: _Body, n_rest: Callable[[SimpleNamespace], Any] = spiking.held_steps) -> Any:
    """Return a solver with `body` inside the loop.

    Parameters
    ----------
    body : callable
        Takes k, V, spikes, rest and the parameters `p`, and fills row k; `rest` has one number a
        neuron and is kept from step to step, p.n_rest is what a spike sets it to.
    n_rest : callable
        The steps of rest.
    """

    def wrong(*arguments: Any) -> Any:
        p = SimpleNamespace(**dict(zip(PARAMETERS, arguments, strict=True)))
        p.n_rest = n_rest(p)
        V = np.zeros((p.N_t + 1, len(p.V_init)), dtype=getattr(p, "dtype", float))
        spikes, rest = np.zeros(V.shape), np.zeros(len(p.V_init))
        V[0] = p.V_init
        for k in range(1, p.N_t + 1):
            body(k, V, spikes, rest, p)
        return V, spikes, times_of(spikes, p)

    return wrong


def _settle(
    k: int, V: np.ndarray, spikes: np.ndarray, rest: np.ndarray, fired: Any, p: SimpleNamespace
) -> None:
    """Reset who fired and let them rest; one step less for the others."""
    V[k, fired] = p.V_reset
    spikes[k, fired] = 1
    rest[rest > 0] -= 1
    rest[fired] = p.n_rest


def _counted_while_resting(k, V, spikes, rest, p):
    """Test before the resting neurons are put back."""
    V[k] = euler_step(V[k - 1], p)
    fired = V[k] >= p.V_theta
    V[k, rest > 0] = p.V_reset
    _settle(k, V, spikes, rest, fired, p)


def _free_voltage(k, V, spikes, rest, p):
    """Keep neurons from firing, but not from climbing."""
    V[k] = euler_step(V[k - 1], p)
    _settle(k, V, spikes, rest, (V[k] >= p.V_theta) & (rest == 0), p)


def _shared_counter(k, V, spikes, rest, p):
    """Let all neurons rest as soon as one has fired."""
    if rest[0] > 0:
        V[k] = p.V_reset
        rest -= 1
        return
    V[k] = euler_step(V[k - 1], p)
    fired = V[k] >= p.V_theta
    V[k, fired] = p.V_reset
    spikes[k, fired] = 1
    if fired.any():
        rest[:] = p.n_rest


def _never_released(k, V, spikes, rest, p):
    V[k] = np.where(rest > 0, p.V_reset, euler_step(V[k - 1], p))
    fired = (V[k] >= p.V_theta) & (rest == 0)
    V[k, fired] = p.V_reset
    spikes[k, fired] = 1
    rest[fired] = p.n_rest


def _first_spike_only(k, V, spikes, rest, p):
    """Rest after the first spike only: the counter is not set again."""
    had_one = spikes[:k].any(axis=0)
    V[k] = np.where(rest > 0, p.V_reset, euler_step(V[k - 1], p))
    fired = (V[k] >= p.V_theta) & (rest == 0)
    V[k, fired] = p.V_reset
    spikes[k, fired] = 1
    rest[rest > 0] -= 1
    rest[fired & ~had_one] = p.n_rest


def _rests_at_start(k, V, spikes, rest, p):
    if k == 1:
        rest[:] = p.n_rest
    V[k] = np.where(rest > 0, p.V_reset, euler_step(V[k - 1], p))
    _settle(k, V, spikes, rest, (V[k] >= p.V_theta) & (rest == 0), p)


def _scalar_if(k, V, spikes, rest, p):
    V[k] = euler_step(V[k - 1], p)
    if V[k] >= p.V_theta:
        V[k] = p.V_reset


def _jump_at_release(k, V, spikes, rest, p):
    """Hold the record, but let the state climb underneath."""
    state = getattr(p, "state", np.array(p.V_init, float))
    state = euler_step(state, p)
    fired = (state >= p.V_theta) & (rest == 0)
    p.state = np.where(fired, p.V_reset, state)
    V[k] = np.where((rest > 0) | fired, p.V_reset, state)
    spikes[k, fired] = 1
    rest[rest > 0] -= 1
    rest[fired] = p.n_rest


def _by_time(resting: Callable[[Any, SimpleNamespace], Any]) -> Any:
    """Return a solver that compares the time since the last spike with t_ref, as floats."""

    def body(k, V, spikes, rest, p):
        if k == 1:
            p.t, p.last = 0.0, np.full(len(p.V_init), -np.inf)
        p.t += p.dt
        V[k] = np.where(resting(p.t - p.last, p), p.V_reset, euler_step(V[k - 1], p))
        fired = V[k] >= p.V_theta
        V[k, fired] = p.V_reset
        spikes[k, fired] = 1
        p.last = np.where(fired, p.t, p.last)

    return _loop(body)


def _typed_like_input(*arguments: Any) -> Any:
    """Let V have the type of V_init: whole numbers in, whole numbers out."""
    dtype = np.asarray(arguments[PARAMETERS.index("V_init")]).dtype
    return variant(dtype=dtype.type)(*arguments)


#: Mistakes of `lif_euler` whose wrong solver knows no t_ref, or whose words do not fit here.
_NOT_HERE = {
    "no reset",
    "reset of the record only",
    "crossing stored",
    "test before update",
    "test of the old row",
    "last row untested",
    "scalar if",
    "type taken from V_init",
}

MISTAKES = {
    "t_ref ignored": (
        "The refractory time has no effect: neurons climb again at once.",
        "Keep a number of steps to rest for each neuron, and let it hold V at V_reset.",
        variant(held=lambda p: 0),
    ),
    "t_ref counted as steps": (
        "t_ref is in ms but is used as a number of steps.",
        "One step lasts dt: how many of them fit into t_ref?",
        variant(held=lambda p: round(p.t_ref)),
    ),
    "t_ref times dt": (
        "The number of steps is t_ref divided by dt, not times dt.",
        "A shorter step means more steps of rest.",
        variant(held=lambda p: round(p.t_ref * p.dt)),
    ),
    "one step too short": (
        "Every rest is one step too short.",
        "The sample of the spike itself is not one of the round(t_ref/dt) steps: they come after it. "
        "When is the counter lowered for the first time?",
        variant(held=lambda p: max(spiking.held_steps(p) - 1, 0)),
    ),
    "one step too long": (
        "Every rest is one step too long.",
        "After round(t_ref/dt) steps at V_reset the next one is an ordinary Euler step. Is your "
        "comparison > 0 or >= 0?",
        variant(held=lambda p: spiking.held_steps(p) + 1 if p.t_ref > 0 else 0),
    ),
    "one step too long, also without t_ref": (
        "Every rest is one step too long, and there is one even with t_ref = 0.",
        "After round(t_ref/dt) steps at V_reset the next one is an ordinary Euler step. Is your "
        "comparison > 0 or >= 0?",
        variant(held=lambda p: spiking.held_steps(p) + 1),
    ),
    "steps cut off": (
        "int(t_ref/dt) or // cuts off: 2.4/0.2 is 11.999999999999998 for a computer, and becomes 11.",
        "Use round(t_ref/dt).",
        variant(held=lambda p: int(p.t_ref / p.dt)),
    ),
    "steps rounded up": (
        "The number of steps is rounded up; it should go to the nearest whole number.",
        "Use round(t_ref/dt), not np.ceil.",
        variant(held=lambda p: int(np.ceil(p.t_ref / p.dt))),
    ),
    "time since the spike compared (<=)": (
        "The time since the last spike is compared with t_ref; rounding of the added-up time makes "
        "the rest a step longer at times.",
        "Count whole steps instead: integers have no rounding.",
        _by_time(lambda since, p: since <= p.t_ref),
    ),
    "time since the spike compared (<)": (
        "The time since the last spike is compared with t_ref, and a neuron is released when they "
        "are equal: a step too early, or not, as rounding has it.",
        "Count whole steps instead: integers have no rounding.",
        _by_time(lambda since, p: since < p.t_ref),
    ),
    "climbs while it rests": (
        "A resting neuron does not fire, but its V climbs on; it should stay at V_reset.",
        "In each step, overwrite V[k] of the resting neurons with V_reset.",
        _loop(_free_voltage),
    ),
    "jumps at the end of the rest": (
        "V is held at V_reset in the record only; underneath it climbs on and jumps up at the end.",
        "Let every step start from the row that you stored: V[k-1].",
        _loop(_jump_at_release),
    ),
    "spikes while it rests": (
        "A strong current makes a resting neuron fire: the test comes before the neuron is put back "
        "to V_reset.",
        "A resting neuron can't fire: put V[k] back first, then test.",
        _loop(_counted_while_resting),
    ),
    "all rest together": (
        "As soon as one neuron fires, all of them are put to V_reset and rest.",
        "Give each neuron its own counter: an array with n entries.",
        _loop(_shared_counter),
    ),
    "never released": (
        "After its first spike a neuron rests for ever: its counter never goes down.",
        "Take one off the counter of every resting neuron in every step.",
        _loop(_never_released),
    ),
    "only the first spike": (
        "Neurons rest after their first spike only.",
        "Set the counter again at every spike.",
        _loop(_first_spike_only),
    ),
    "rests at the start": (
        "The run begins with a rest, though no neuron has fired yet.",
        "Start with counters of 0 (or a last spike long ago).",
        _loop(_rests_at_start),
    ),
    "held at E_m": (
        "A resting neuron is held at E_m; it should stay at V_reset.",
        "Which of the two voltages does the spike put it to?",
        variant(hold=lambda V, p: p.E_m),
    ),
    "held at zero": (
        "A resting neuron is held at 0 mV; it should stay at V_reset.",
        "Multiplying by a mask leaves 0 where it is False: add V_reset there.",
        variant(hold=lambda V, p: 0.0),
    ),
    "held at the crossing": (
        "V is never put to V_reset: it is held at the voltage that it crossed the threshold with.",
        "First the reset, as in lif_euler; then the rest keeps it there.",
        variant(reset=lambda V, p: V),
    ),
    "spike at the end of the rest": (
        "The spike times are those of the end of the rest; a spike happens when V reaches threshold.",
        "Store the spike in the step in which V reached V_theta.",
        variant(
            times=lambda spikes, p: [t + spiking.held_steps(p) * p.dt for t in times_of(spikes, p)]
        ),
    ),
    "scalar if": solver.MISTAKES["scalar if"][:2] + (_loop(_scalar_if),),
    "type taken from V_init": solver.MISTAKES["type taken from V_init"][:2] + (_typed_like_input,),
    **{name: entry for name, entry in solver.MISTAKES.items() if name not in _NOT_HERE},
}

REFERENCE = Reference(
    exercise=EXERCISE,
    solve=lif_refractory,
    mistakes={
        name: (Mistake(name=name, diagnosis=diagnosis, hint=hint), wrong)
        for name, (diagnosis, hint, wrong) in MISTAKES.items()
    },
    public=public,
    draw=draw,
    certify=certify,
)

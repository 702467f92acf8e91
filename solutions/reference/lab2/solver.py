"""Exercise 2.1, ``lif_euler``: the spike-and-reset rule added to the passive membrane."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from lifkit.exercises import Call, Case, Exercise, Mistake, Property, Reference

from ..spiking import (
    OUTPUTS,
    PARAMETERS,
    TIES,
    certified,
    certify,
    draw_neurons,
    euler_step,
    times_of,
    variant,
)


def lif_euler(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau):
    r"""Integrate leaky integrate-and-fire neurons with forward Euler.

    Below threshold :math:`\tau\,dV/dt = -(V - E_m) + I_{ext}/g_m`; when an updated voltage reaches
    `V_theta` the neuron fires and the stored sample is `V_reset`.

    Parameters
    ----------
    N_t : int
        Number of time steps.
    dt : float
        Time step in ms.
    V_init : (n,) array_like
        Voltage at t = 0 in mV.
    E_m, V_theta, V_reset : float
        Resting potential, threshold and reset in mV.
    I_ext : (n,) array_like
        Constant input current in nA.
    g_m : float
        Membrane conductance in uS.
    tau : (n,) array_like
        Membrane time constant in ms.

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
    Source: Dayan and Abbott (2001), Theoretical Neuroscience, section 5.4.

    Examples
    --------
    >>> V, spikes, spike_times = lif_euler(
    ...     300, 0.1, np.array([-70.0]), -70, -50, -75, np.array([25.0]), 1, np.array([10.0])
    ... )
    >>> spike_times[0].round(6)
    array([16.1])
    """
    V_init = np.asarray(V_init, dtype=float)
    V = np.zeros((N_t + 1, len(V_init)))
    spikes = np.zeros(V.shape)
    V[0] = V_init
    for k in range(1, N_t + 1):
        V[k] = V[k - 1] + dt * (-(V[k - 1] - E_m) + I_ext / g_m) / tau
        fired = V[k] >= V_theta
        V[k, fired] = V_reset
        spikes[k, fired] = 1.0
    spike_times = [np.nonzero(spikes[:, i])[0] * dt for i in range(V.shape[1])]
    return V, spikes, spike_times


EXERCISE = Exercise(
    name="lif_euler",
    lab="lab2",
    number="2.1",
    title="The leaky integrate-and-fire solver",
    parameters=PARAMETERS,
    outputs=OUTPUTS,
    properties=(
        Property(
            name="membrane",
            text="below threshold, V follows tau dV/dt = -(V - E_m) + I_ext/g_m",
            outputs=("V",),
            groups=("silent",),
            weight=3,
        ),
        Property(
            name="spikes",
            text="at threshold a neuron fires, and V starts again from V_reset",
            outputs=("V", "spikes"),
            groups=("firing", "seed"),
            weight=3,
        ),
        Property(
            name="tie",
            text="a voltage that just reaches V_theta is a spike (>=, not >)",
            outputs=("V", "spikes"),
            groups=(TIES,),
        ),
        Property(
            name="start",
            text="V[0] is V_init as given, and no spike, even above threshold",
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
            groups=("silent", "firing", "seed"),
            weight=2,
        ),
    ),
    hints=(
        "The idea: first do the passive step of Lab 1 for all neurons at once, then look which of the "
        "new voltages have reached V_theta, then put those neurons back to V_reset.",
        "The equation: V[k] = V[k-1] + dt/tau * (E_m - V[k-1] + I_ext/g_m); where V[k] >= V_theta, "
        "spikes[k] = 1 and V[k] = V_reset.",
        "The shape of the lines: compute V[k]; make a mask of the neurons that fired from it; use the "
        "mask as an index to store the reset and the spike. After the loop, one list entry a neuron: "
        "the indices of its spikes times dt.",
    ),
    builds_on=("passive_euler",),
)


def _case(name: str, group: str, *, fingerprint: bool = True, **inputs: Any) -> Case:
    ordered = {label: inputs[label] for label in PARAMETERS}
    call = Call(inputs=ordered)
    return Case(name=name, group=group, calls=(call,), dt=inputs["dt"], fingerprint=fingerprint)


def public() -> list[Case]:
    """Return the cases of the self-check; no number is a degenerate choice (tau*dt = 1, g_m = 1)."""
    shared: dict[str, Any] = {"E_m": -68.0, "V_theta": -52.0, "V_reset": -77.0, "g_m": 1.6}
    return [
        _case(
            "neurons that stay silent",
            "silent",
            N_t=61,
            dt=0.3,
            V_init=np.array([-68.75, -75.5, -60.25]),
            I_ext=np.array([8.0, 19.5, -13.0]),
            tau=np.array([9.5, 14.0, 7.0]),
            **shared,
        ),
        _case(
            "five neurons, three of them firing",
            "firing",
            N_t=307,
            dt=0.2,
            V_init=np.array([-71.0, -66.5, -80.0, -68.5, -70.25]),
            I_ext=np.array([43.0, 31.5, -12.0, 64.5, 24.0]),
            tau=np.array([16.0, 9.0, 12.0, 21.0, 5.5]),
            **shared,
        ),
        _case(
            "a longer time step",
            "firing",
            N_t=97,
            dt=0.45,
            V_init=np.array([-71.0, -66.5]),
            I_ext=np.array([43.0, 31.5]),
            tau=np.array([16.0, 9.0]),
            **shared,
        ),
        _case(
            "one neuron, spike on the last step",
            "firing",
            N_t=_LAST_STEP,
            dt=0.25,
            V_init=np.array([-73.0]),
            I_ext=np.array([52.0]),
            tau=np.array([11.0]),
            **shared,
        ),
        _case(
            "neurons that touch the threshold exactly",
            TIES,
            N_t=11,
            dt=0.5,
            V_init=np.array([-70.0, -70.0, -70.0]),
            E_m=-70.0,
            V_theta=-50.0,
            V_reset=-75.0,
            I_ext=np.array([80.0, 160.0, 320.0]),
            g_m=2.0,
            tau=np.array([1.0, 2.0, 4.0]),
        ),
        _case(
            "neurons that start at or above threshold",
            "start",
            N_t=13,
            dt=0.4,
            V_init=np.array([-40.0, -52.0, -51.25]),
            I_ext=np.array([3.0, 0.0, 30.0]),
            tau=np.array([13.0, 18.0, 6.0]),
            **shared,
        ),
        _case(
            "whole-number inputs",
            "whole numbers",
            N_t=67,
            dt=1,
            V_init=np.array([-64, -71, -69]),
            E_m=-69,
            V_theta=-53,
            V_reset=-78,
            I_ext=np.array([47, 61, 20]),
            g_m=2,
            tau=np.array([11, 7, 13]),
        ),
        _case(
            "the parameters of the figure",
            "seed",
            fingerprint=False,
            N_t=FIGURE,
            dt=0.1,
            V_init=np.full(10, -70.0),
            E_m=-70.0,
            V_theta=-50.0,
            V_reset=-75.0,
            I_ext=np.concatenate([np.full(5, 21.0), np.linspace(0, 30, 5)]),
            g_m=1.0,
            tau=np.concatenate([np.linspace(1, 100, 5), np.full(5, 10.0)]),
        ),
    ]


#: Steps of the case with the parameters of the lab's figure: until the slowest of its neurons, with
#: tau = 100 ms, has fired (after 305 ms).  The figure shows a second, but every check waits for this.
FIGURE = 3500

#: The step of the second spike of the case that ends with one (held to the solver by a test).
_LAST_STEP = 77


def draw(rng: np.random.Generator) -> list[Case]:
    """Draw secret cases that look at the same properties as the public ones."""

    def silent() -> Case:
        return _case(
            "secret: silent",
            "silent",
            N_t=int(rng.integers(50, 90)),
            dt=rng.uniform(0.15, 0.4),
            **draw_neurons(rng, int(rng.integers(2, 6)), (-1.0, 0.9)),
        )

    def firing() -> Case:
        mixed = draw_neurons(rng, int(rng.integers(4, 8)), (1.3, 2.8))
        mixed["I_ext"][1:3] *= (0.2, -0.3)  # one silent neuron, one with negative drive
        return _case(
            "secret: firing",
            "firing",
            N_t=int(rng.integers(280, 400)),
            dt=rng.uniform(0.15, 0.35),
            **mixed,
        )

    def start() -> Case:
        above = draw_neurons(rng, 3, (0.1, 1.6))
        above["V_init"] = above["V_theta"] + np.array([rng.uniform(3, 9), 0.0, rng.uniform(0.1, 1)])
        return _case(
            "secret: starts above threshold",
            "start",
            N_t=int(rng.integers(10, 20)),
            dt=rng.uniform(0.2, 0.5),
            **above,
        )

    def whole() -> Case:
        E_m = int(rng.integers(-72, -65))
        return _case(
            "secret: whole numbers",
            "whole numbers",
            N_t=int(rng.integers(60, 90)),
            dt=1,
            V_init=E_m + rng.integers(-5, 6, 3),
            E_m=E_m,
            V_theta=E_m + 17,
            V_reset=E_m - 7,
            I_ext=np.array([2, 3, 1]) * rng.integers(19, 33, 3),
            g_m=2,
            tau=rng.integers(6, 17, 3),
        )

    def last_step() -> Case:
        """Draw one neuron and end the run on its second spike."""
        one = {**draw_neurons(rng, 1, (1.5, 2.8)), "dt": rng.uniform(0.15, 0.35)}
        _, _, (times,) = lif_euler(N_t=600, **one)
        return _case("secret: one neuron", "firing", N_t=round(times[1] / one["dt"]), **one)

    shift = float(rng.integers(-8, 9))  # moving every voltage by a whole number keeps a tie exact
    tie = _case(
        "secret: ties",
        TIES,
        N_t=int(rng.integers(8, 14)),
        dt=0.5,
        V_init=np.full(3, -70.0 + shift),
        E_m=-70.0 + shift,
        V_theta=-50.0 + shift,
        V_reset=-75.0 + shift,
        I_ext=rng.permutation([80.0, 160.0, 320.0]),
        g_m=2.0,
        tau=np.array([1.0, 2.0, 4.0]),
    )
    tau_of = {80.0: 1.0, 160.0: 2.0, 320.0: 4.0}
    tie.calls[0].inputs["tau"][:] = [tau_of[current] for current in tie.calls[0].inputs["I_ext"]]
    return [
        certified(silent),
        certified(firing),
        certified(last_step),
        tie,
        certified(start),
        certified(whole),
    ]


# Usual mistakes ----------------------------------------------------------------------------------


def _rate(V: np.ndarray, p: SimpleNamespace) -> np.ndarray:
    return -(V - p.E_m) + p.I_ext / p.g_m


def _any_resets_all(V: np.ndarray, p: SimpleNamespace) -> np.ndarray:
    return np.full(len(V), (V >= p.V_theta).any())


def _overwrite_tau(p: SimpleNamespace) -> None:
    p.tau = p.tau[0]


def _overwrite_current(p: SimpleNamespace) -> None:
    p.I_ext = p.I_ext[0]


def _shorter(V, spikes, spike_times, p):
    return V[:-1], spikes[:-1], spike_times


def _without_first(V, spikes, spike_times, p):
    return V[1:], spikes[1:], spike_times


def _last_unchecked(N_t, dt, V_init, *rest):
    V, spikes, _ = variant()(N_t - 1, dt, V_init, *rest)
    p = SimpleNamespace(**dict(zip(PARAMETERS, (N_t, dt, V_init, *rest), strict=True)))
    V = np.vstack([V, euler_step(V[-1], p)])
    spikes = np.vstack([spikes, np.zeros(V.shape[1])])
    return V, spikes, times_of(spikes, p)


def _record_only(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau):
    """Reset what is written down, but carry on from the old state."""
    V = np.zeros((N_t + 1, len(V_init)))
    spikes = np.zeros(V.shape)
    state = V[0] = np.array(V_init, float)
    for k in range(1, N_t + 1):
        state = state + dt * (-(state - E_m) + I_ext / g_m) / tau
        fired = state >= V_theta
        V[k] = np.where(fired, V_reset, state)
        spikes[k] = fired
    return V, spikes, times_of(spikes, SimpleNamespace(dt=dt))


def _crossing_kept(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau):
    """Write the crossing down and reset only the next step's start."""
    V = np.zeros((N_t + 1, len(V_init)))
    spikes = np.zeros(V.shape)
    state = V[0] = np.array(V_init, float)
    for k in range(1, N_t + 1):
        V[k] = state + dt * (-(state - E_m) + I_ext / g_m) / tau
        fired = V[k] >= V_theta
        state = np.where(fired, V_reset, V[k])
        spikes[k] = fired
    return V, spikes, times_of(spikes, SimpleNamespace(dt=dt))


def _check_then_update(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau):
    """Test the old voltage; the reset takes a step of its own."""
    V = np.zeros((N_t + 1, len(V_init)))
    spikes = np.zeros(V.shape)
    V[0] = V_init
    for k in range(1, N_t + 1):
        fired = V[k - 1] >= V_theta
        step = V[k - 1] + dt * (-(V[k - 1] - E_m) + I_ext / g_m) / tau
        V[k] = np.where(fired, V_reset, step)
        spikes[k] = fired
    return V, spikes, times_of(spikes, SimpleNamespace(dt=dt))


def _old_voltage_marked(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau):
    """Test the old voltage, reset it and step from there; the spike is marked on the old row."""
    V = np.zeros((N_t + 1, len(V_init)))
    spikes = np.zeros(V.shape)
    V[0] = V_init
    for k in range(N_t):
        fired = V[k] >= V_theta
        V[k, fired] = V_reset
        spikes[k] = fired
        V[k + 1] = V[k] + dt * (-(V[k] - E_m) + I_ext / g_m) / tau
    return V, spikes, times_of(spikes, SimpleNamespace(dt=dt))


def _scalar_if(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau):
    V = np.zeros((N_t + 1, len(V_init)))
    spikes = np.zeros(V.shape)
    V[0] = V_init
    for k in range(1, N_t + 1):
        V[k] = V[k - 1] + dt * (-(V[k - 1] - E_m) + I_ext / g_m) / tau
        if V[k] >= V_theta:
            V[k] = V_reset
            spikes[k] = 1
    return V, spikes, times_of(spikes, SimpleNamespace(dt=dt))


def _typed_like_input(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau):
    """Let V have the type of V_init: whole numbers in, whole numbers out."""
    V = np.zeros((N_t + 1, len(V_init)), dtype=np.asarray(V_init).dtype)
    spikes = np.zeros(V.shape)
    V[0] = V_init
    for k in range(1, N_t + 1):
        V[k] = V[k - 1] + dt * (-(V[k - 1] - E_m) + I_ext / g_m) / tau
        fired = V[k] >= V_theta
        V[k] = np.where(fired, V_reset, V[k])
        spikes[k] = fired
    return V, spikes, times_of(spikes, SimpleNamespace(dt=dt))


def _heun(V: np.ndarray, p: SimpleNamespace) -> np.ndarray:
    slope = _rate(V, p) / p.tau
    return V + p.dt * (slope + _rate(V + p.dt * slope, p) / p.tau) / 2


def _exponential(V: np.ndarray, p: SimpleNamespace) -> np.ndarray:
    steady = p.E_m + p.I_ext / p.g_m
    return steady + (V - steady) * np.exp(-p.dt / p.tau)


_EQUATION = (
    "Compare each factor of your line with the equation: dV = dt/tau * (-(V - E_m) + I_ext/g_m)."
)

MISTAKES = {
    "forgot tau": (
        "The increment is not divided by the time constant tau, so V moves tau times too fast.",
        "The left-hand side of the equation is tau dV/dt. Solve it for dV before you type it.",
        variant(step=lambda V, p: V + p.dt * _rate(V, p)),
    ),
    "forgot dt": (
        "The increment is not multiplied by the time step dt: each step counts as a whole millisecond.",
        "Euler's step is V + dt * (slope). The slope alone has the unit mV/ms.",
        variant(step=lambda V, p: V + _rate(V, p) / p.tau),
    ),
    "dt twice": (
        "The time step dt is applied twice, so V moves 1/dt times too slowly.",
        "Multiply by dt either where you compute dV or where you add it, not in both places.",
        variant(step=lambda V, p: V + p.dt * p.dt * _rate(V, p) / p.tau),
    ),
    "multiplied by tau": (
        "The increment is multiplied by tau where it should be divided.",
        "A larger time constant makes a membrane slower: tau stands below the line.",
        variant(step=lambda V, p: V + p.dt * _rate(V, p) * p.tau),
    ),
    "tau in seconds": (
        "tau is turned into seconds while dt stays in milliseconds.",
        "All times of the course are in ms; nothing needs to be converted.",
        variant(step=lambda V, p: V + p.dt * _rate(V, p) / (p.tau / 1000)),
    ),
    "dt in seconds": (
        "dt is turned into seconds while tau stays in milliseconds, so V hardly moves.",
        "All times of the course are in ms; nothing needs to be converted.",
        variant(step=lambda V, p: V + p.dt / 1000 * _rate(V, p) / p.tau),
    ),
    "forgot g_m": (
        "The current is not divided by the conductance g_m.",
        "nA divided by uS gives mV. A current alone can't be added to a voltage. " + _EQUATION,
        variant(step=lambda V, p: V + p.dt * (-(V - p.E_m) + p.I_ext) / p.tau),
    ),
    "multiplied by g_m": (
        "The current is multiplied by the conductance g_m where it should be divided.",
        "Ohm's law: voltage = current / conductance. " + _EQUATION,
        variant(step=lambda V, p: V + p.dt * (-(V - p.E_m) + p.I_ext * p.g_m) / p.tau),
    ),
    "g_m divides the leak too": (
        "The whole bracket is divided by g_m; only the current is.",
        "Check the brackets: -(V - E_m) stands alone, only I_ext is divided by g_m.",
        variant(step=lambda V, p: V + p.dt * (-(V - p.E_m) + p.I_ext) / p.g_m / p.tau),
    ),
    "drive outside tau": (
        "Only the leak is divided by tau; the current is not.",
        "Put brackets around leak and drive together before dividing by tau.",
        variant(step=lambda V, p: V + p.dt * (-(V - p.E_m) / p.tau + p.I_ext / p.g_m)),
    ),
    "drive outside dt": (
        "The current is added whole in every step: neither dt nor tau applies to it.",
        "Put brackets around leak and drive together, then multiply by dt/tau.",
        variant(step=lambda V, p: V + p.dt * -(V - p.E_m) / p.tau + p.I_ext / p.g_m),
    ),
    "leak sign": (
        "The leak has the wrong sign: it drives V away from E_m instead of back to it.",
        "With no current a membrane above E_m must fall. Check the sign before (V - E_m).",
        variant(step=lambda V, p: V + p.dt * ((V - p.E_m) + p.I_ext / p.g_m) / p.tau),
    ),
    "current sign": (
        "The current has the wrong sign: positive current lowers V.",
        "In this course positive current depolarises. " + _EQUATION,
        variant(step=lambda V, p: V + p.dt * (-(V - p.E_m) - p.I_ext / p.g_m) / p.tau),
    ),
    "forgot E_m": (
        "The resting potential E_m is missing: V leaks towards 0 mV.",
        "The leak is proportional to the distance from E_m, not to V itself.",
        variant(step=lambda V, p: V + p.dt * (-V + p.I_ext / p.g_m) / p.tau),
    ),
    "leak from V_init": (
        "The leak pulls towards V_init; the membrane rests at E_m.",
        "V_init is used once, for the first row. In the loop stands E_m.",
        variant(step=lambda V, p: V + p.dt * (-(V - p.V_init) + p.I_ext / p.g_m) / p.tau),
    ),
    "forgot the current": (
        "The input current I_ext does not appear: V only leaks.",
        _EQUATION,
        variant(step=lambda V, p: V + p.dt * -(V - p.E_m) / p.tau),
    ),
    "increment stored as V": (
        "The new voltage is the increment alone; the old voltage is not added.",
        "Euler: new value = old value + increment.",
        variant(step=lambda V, p: p.dt * _rate(V, p) / p.tau),
    ),
    "every step from V_init": (
        "Every step starts from V_init again instead of from the previous voltage.",
        "Row k is made from row k - 1.",
        variant(step=lambda V, p: euler_step(p.V_init, p)),
    ),
    "exponential step": (
        "This is the exact exponential step, more accurate than forward Euler; the exercise asks for Euler.",
        "Use V + dt * slope, so that your numbers can be compared with everybody else's.",
        variant(step=_exponential),
    ),
    "Heun step": (
        "This is a second-order (Heun or midpoint) step; the exercise asks for forward Euler.",
        "Use the slope at the old voltage only.",
        variant(step=_heun),
    ),
    "no reset": (
        "V is never put back: it goes on through the threshold, and every step above counts as a spike.",
        "After finding who fired, overwrite V[k] of those neurons with V_reset.",
        variant(reset=lambda V, p: V),
    ),
    "reset of the record only": (
        "The stored sample is reset, but the next step goes on from the voltage before the reset.",
        "Let the next step start from the row that you stored: V[k-1].",
        _record_only,
    ),
    "reset to E_m": (
        "After a spike V goes to E_m; it should go to V_reset.",
        "Rest and reset are two different voltages here.",
        variant(reset=lambda V, p: p.E_m),
    ),
    "reset to V_init": (
        "After a spike V goes to V_init; it should go to V_reset.",
        "V_init is the voltage at t = 0 only.",
        variant(reset=lambda V, p: p.V_init),
    ),
    "reset to zero": (
        "After a spike V goes to 0 mV; it should go to V_reset.",
        "0 mV lies far above threshold. Multiplying by a mask leaves 0 where it is False: add V_reset there.",
        variant(reset=lambda V, p: 0.0),
    ),
    "reset to threshold": (
        "After a spike V goes to V_theta; it should go to V_reset.",
        "Which of the two voltages is the lower one?",
        variant(reset=lambda V, p: p.V_theta),
    ),
    "subtractive reset": (
        "The reset subtracts V_theta - V_reset, which keeps the overshoot; V should be set to V_reset.",
        "Assign V_reset; do not subtract.",
        variant(reset=lambda V, p: V - (p.V_theta - p.V_reset)),
    ),
    "crossing stored": (
        "The voltage above threshold is stored and the reset comes one row later; the stored sample "
        "should be V_reset already.",
        "Order in a step: update, then test, then store V_reset.",
        _crossing_kept,
    ),
    "test before update": (
        "The old voltage is tested before the update, so each reset takes a step of its own and every "
        "interval is one step too long.",
        "Update first, then test the new V[k], in the same step.",
        _check_then_update,
    ),
    "test of the old row": (
        "The test looks at the row before the update: spikes are marked on the old row, and the last row "
        "is never tested.",
        "Update first, then test the new V[k], so that V[0] is never a spike and the last row is tested.",
        _old_voltage_marked,
    ),
    "greater instead of at least": (
        "V exactly at threshold should fire: the rule says >=, not >.",
        "Which of > and >= does the text use?",
        variant(fires=lambda V, p: V > p.V_theta),
    ),
    "equal to threshold": (
        "The test asks for V == V_theta, which a computed voltage almost never meets.",
        "V jumps over the threshold between two steps: ask whether it is at or above.",
        variant(fires=lambda V, p: V == p.V_theta),
    ),
    "fires below threshold": (
        "The comparison points the wrong way: neurons below threshold fire.",
        "A neuron fires when V is at or above V_theta.",
        variant(fires=lambda V, p: V <= p.V_theta),
    ),
    "threshold and reset swapped": (
        "V_theta and V_reset are swapped.",
        "Check the order of the arguments: V_theta comes before V_reset.",
        variant(fires=lambda V, p: V >= p.V_reset, reset=lambda V, p: p.V_theta),
    ),
    "one for all": (
        "As soon as any neuron fires, all neurons are reset together.",
        "Give each neuron its own answer: a mask such as V[k] >= V_theta, used as an index.",
        variant(fires=_any_resets_all),
    ),
    "scalar if": (
        "`if V[k] >= V_theta` asks one question about several neurons at once.",
        "Use the comparison as a mask: it holds one True or False a neuron and can be an index.",
        _scalar_if,
    ),
    "first time constant for all": (
        "All neurons use the time constant of neuron 0.",
        "tau has one entry a neuron; use the whole array and NumPy pairs them up.",
        variant(prepare=_overwrite_tau),
    ),
    "first current for all": (
        "All neurons use the current of neuron 0.",
        "I_ext has one entry a neuron; use the whole array and NumPy pairs them up.",
        variant(prepare=_overwrite_current),
    ),
    "starts at E_m": (
        "The first row is E_m; it should be V_init.",
        "Where do you use V_init?",
        variant(start=lambda p: p.E_m),
    ),
    "starts at zero": (
        "The first row is left at 0 mV; it should be V_init.",
        "Set V[0] before the loop.",
        variant(start=lambda p: 0.0),
    ),
    "last row untested": (
        "The last row is never tested for a spike.",
        "Let the loop run to N_t inclusive: range(1, N_t + 1), with update and test inside.",
        _last_unchecked,
    ),
    "one row short": (
        "The last row is missing: N_t steps lead to N_t + 1 samples.",
        "V[0] is the start, so the arrays need N_t + 1 rows.",
        variant(finish=_shorter),
    ),
    "first row dropped": (
        "The first row, V[0] = V_init, is missing.",
        "V[k] is the voltage at t = k dt, so the start belongs in.",
        variant(finish=_without_first),
    ),
    "transposed": (
        "Rows and columns are exchanged: time runs down the rows, neurons across the columns.",
        "Make the array with the shape (N_t + 1, n).",
        variant(finish=lambda V, spikes, spike_times, p: (V.T, spikes.T, spike_times)),
    ),
    "whole millivolts": (
        "V can hold whole numbers only, so every voltage is cut off to whole mV.",
        "Make the array with dtype=float.",
        variant(dtype=int),
    ),
    "type taken from V_init": (
        "V takes over the type of V_init: when that holds whole numbers, every voltage is cut off.",
        "np.zeros_like(V_init) copies the type too; np.zeros(shape) is float.",
        _typed_like_input,
    ),
    "spike times as indices": (
        "spike_times holds step numbers; it should hold times in ms.",
        "Multiply the index by dt.",
        variant(times=lambda spikes, p: [np.nonzero(c)[0] for c in spikes.T]),
    ),
    "spike times one step early": (
        "Every spike time is one step early.",
        "V[k] is the voltage at t = k dt; the spike that is stored in row k happens at k dt.",
        variant(times=lambda spikes, p: [(np.nonzero(c)[0] - 1) * p.dt for c in spikes.T]),
    ),
    "spike times one step late": (
        "Every spike time is one step late.",
        "V[k] is the voltage at t = k dt; the spike that is stored in row k happens at k dt.",
        variant(times=lambda spikes, p: [(np.nonzero(c)[0] + 1) * p.dt for c in spikes.T]),
    ),
    "spike times cut off": (
        "The spike times are cut off to whole milliseconds.",
        "Leave them as they are: no int(), no //.",
        variant(times=lambda spikes, p: [np.floor(np.nonzero(c)[0] * p.dt) for c in spikes.T]),
    ),
    "spike times in seconds": (
        "spike_times is in seconds; the course counts in ms.",
        "Index times dt is in ms already.",
        variant(times=lambda spikes, p: [np.nonzero(c)[0] * p.dt / 1000 for c in spikes.T]),
    ),
    "spike times of all neurons pooled": (
        "spike_times is one list for all neurons together; it should have one array a neuron.",
        "Loop over the columns of spikes and append one array each.",
        variant(times=lambda spikes, p: np.nonzero(spikes)[0] * p.dt),
    ),
    "spike times as tuples": (
        "Each entry of spike_times is what np.nonzero returns, a tuple with an array of indices inside.",
        "np.nonzero(x)[0] is the array itself; times dt it becomes ms.",
        variant(times=lambda spikes, p: [np.nonzero(c) for c in spikes.T]),
    ),
    "None for a silent neuron": (
        "A neuron that never fired has None among its spike times; it should have an empty array.",
        "np.nonzero gives an empty array by itself: no special case is needed.",
        variant(
            times=lambda spikes, p: [
                np.nonzero(c)[0] * p.dt if c.any() else np.array([None]) for c in spikes.T
            ]
        ),
    ),
    "index tuples, and None for a silent neuron": (
        "Each entry of spike_times is what np.nonzero returns, a tuple with an array of indices "
        "inside, and a neuron that never fired has None.",
        "np.nonzero(x)[0] is the array itself, empty where nothing fired; times dt it is in ms.",
        variant(
            times=lambda spikes, p: [
                np.nonzero(c) if c.any() else np.array([None]) for c in spikes.T
            ]
        ),
    ),
    "intervals instead of times": (
        "spike_times holds the intervals between spikes; it should hold the times themselves.",
        "Leave np.diff for Lab 3.",
        variant(times=lambda spikes, p: [np.diff(np.nonzero(c)[0]) * p.dt for c in spikes.T]),
    ),
    "only V returned": (
        "Only V is returned; the exercise asks for V, spikes, spike_times.",
        "A function can return several values: return V, spikes, spike_times.",
        variant(finish=lambda V, spikes, spike_times, p: V),
    ),
    "nothing returned": (
        "The function returns nothing (None).",
        "End it with: return V, spikes, spike_times.",
        variant(finish=lambda V, spikes, spike_times, p: None),
    ),
    "spikes and spike_times exchanged": (
        "The returned values are in another order than V, spikes, spike_times.",
        "Keep the order of the prompt: V, spikes, spike_times.",
        variant(finish=lambda V, spikes, spike_times, p: (V, spike_times, spikes)),
    ),
}

REFERENCE = Reference(
    exercise=EXERCISE,
    solve=lif_euler,
    mistakes={
        name: (Mistake(name=name, diagnosis=diagnosis, hint=hint), wrong)
        for name, (diagnosis, hint, wrong) in MISTAKES.items()
    },
    public=public,
    draw=draw,
    certify=certify,
)

"""Exercise 3.1, ``lif_noisy``: the leaky integrate-and-fire neuron with white noise."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from lifkit.exercises import Case, Exercise, Property, Reference

from ..spiking import OUTPUTS, TIES, certified, certify, draw_neurons, euler_step, times_of, variant
from .common import case_builder, filed

PARAMETERS = ("dt", "V_init", "E_m", "V_theta", "V_reset", "I_ext", "g_m", "tau", "sigma", "xi")


def lif_noisy(dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau, sigma, xi):
    r"""Integrate leaky integrate-and-fire neurons with white noise (Euler-Maruyama).

    Below threshold
    :math:`\tau\,dV = (-(V - E_m) + I_{ext}/g_m)\,dt + \sigma\sqrt{2\tau}\,dW`; spike and reset
    as in Lab 2.

    Parameters
    ----------
    dt : float
        Time step in ms.
    V_init : (n,) array_like
        Voltage at t = 0 in mV.
    E_m, V_theta, V_reset : float
        Resting potential, threshold and reset in mV.
    I_ext : (n,) or (N_t, n) array_like
        Input current in nA, constant or one row a step; row k acts from t_k to t_(k+1).
    g_m : float
        Membrane conductance in uS.
    tau : (n,) array_like
        Membrane time constant in ms.
    sigma : float
        Noise strength in mV: the standard deviation of V in a membrane that never fires.
    xi : (N_t, n) array_like
        Standard normal numbers, one a step and neuron; row k acts from t_k to t_(k+1).

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
    One step adds ``sigma * sqrt(2 * dt / tau) * xi[k]`` to the voltage of Lab 2.  At a finite step
    the free membrane's variance is ``sigma**2 / (1 - dt / (2 * tau))``, which tends to sigma**2.
    Source: Gerstner et al. (2014), Neuronal Dynamics, section 8.1.

    Examples
    --------
    >>> xi = np.full((300, 1), 0.5)
    >>> V, spikes, spike_times = lif_noisy(0.1, [-70.0], -70, -50, -75, [22.0], 1, [10.0], 2.0, xi)
    >>> spike_times[0].round(6)
    array([ 8.1, 17.5, 26.9])
    """
    xi = np.asarray(xi, dtype=float)
    I_ext = np.broadcast_to(I_ext, xi.shape)
    kicks = sigma * np.sqrt(2 * dt / np.asarray(tau)) * xi
    V = np.zeros((len(xi) + 1, xi.shape[1]))
    spikes = np.zeros(V.shape)
    V[0] = V_init
    for k in range(len(xi)):
        V[k + 1] = V[k] + dt * (-(V[k] - E_m) + I_ext[k] / g_m) / tau + kicks[k]
        fired = V[k + 1] >= V_theta
        V[k + 1, fired] = V_reset
        spikes[k + 1, fired] = 1.0
    spike_times = [np.nonzero(column)[0] * dt for column in spikes.T]
    return V, spikes, spike_times


EXERCISE = Exercise(
    name="lif_noisy",
    lab="lab3",
    number="3.1",
    title="A neuron with noise",
    parameters=PARAMETERS,
    outputs=OUTPUTS,
    properties=(
        Property(
            name="quiet",
            text="without noise (sigma = 0) it is the solver of Lab 2",
            outputs=("V", "spikes"),
            groups=("quiet",),
            weight=2,
        ),
        Property(
            name="noise",
            text="each step adds sigma * sqrt(2 dt/tau) times that neuron's own random number",
            outputs=("V",),
            groups=("noise",),
            weight=4,
        ),
        Property(
            name="spikes",
            text="a noisy neuron fires and is reset like any other",
            outputs=("V", "spikes"),
            groups=("firing",),
            weight=2,
        ),
        Property(
            name="current",
            text="a current with one row a step acts in its own step",
            outputs=("V", "spikes"),
            groups=("current",),
            weight=2,
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
            text="spike_times has each neuron's own times in ms",
            outputs=("spike_times",),
            groups=("firing", "current"),
        ),
    ),
    hints=(
        "The idea: take your solver of Lab 2. One thing is new: after the Euler step, and before you "
        "look at the threshold, each neuron gets a small push up or down. The pushes come from xi.",
        "The equation: V[k+1] = V[k] + dt/tau * (E_m - V[k] + I_ext/g_m) + sigma * sqrt(2 dt/tau) * "
        "xi[k]. The number of steps is the number of rows of xi.",
        "The shape of the lines: xi.shape tells the numbers of steps and neurons. np.broadcast_to turns "
        "either form of I_ext into one row a step. Then the loop of Lab 2 with one more term in the sum.",
    ),
    builds_on=("lif_euler",),
)

make_case = case_builder(PARAMETERS)


def public() -> list[Case]:
    """Return the cases of the self-check; the noise is rounded, so that the key stays small.

    A case with noise comes first: the first one is called twice, and that is where random numbers
    drawn inside show.
    """
    rng = np.random.default_rng(310)
    shared = {"E_m": -68.0, "V_theta": -52.0, "V_reset": -77.0, "g_m": 1.6}
    two = {"V_init": np.array([-71.0, -66.5]), "tau": np.array([16.0, 9.0])}
    three = {"V_init": np.array([-71.0, -66.5, -69.0]), "tau": np.array([16.0, 9.0, 21.0])}

    def normal(N_t: int, n: int) -> np.ndarray:
        return rng.standard_normal((N_t, n)).round(2)

    return [
        make_case(
            "neurons that stay below threshold",
            "noise",
            dt=0.3,
            I_ext=np.array([9.5, -6.0, 4.0]),
            sigma=1.7,
            xi=normal(59, 3),
            **three,
            **shared,
        ),
        make_case(
            "no noise (sigma = 0)",
            "quiet",
            dt=0.4,
            I_ext=np.array([43.0, 31.5, 8.0]),
            sigma=0.0,
            xi=normal(71, 3),
            **three,
            **shared,
        ),
        make_case(
            "the same push in every step",
            "noise",
            dt=0.25,
            I_ext=np.array([5.0, 11.0]),
            sigma=2.3,
            xi=np.full((37, 2), [0.75, -1.5]),
            **two,
            **shared,
        ),
        make_case(
            "three noisy neurons that fire",
            "firing",
            dt=0.35,
            V_init=np.array([-71.0, -66.5, -51.0]),
            I_ext=np.array([39.0, 27.5, 12.0]),
            tau=np.array([16.0, 9.0, 21.0]),
            sigma=4.2,
            xi=normal(97, 3),
            **shared,
        ),
        make_case(
            "one noisy neuron",
            "firing",
            dt=0.3,
            V_init=np.array([-64.0]),
            I_ext=np.array([34.0]),
            tau=np.array([8.0]),
            sigma=3.4,
            xi=normal(89, 1),
            **shared,
        ),
        make_case(
            "a current that changes in time",
            "current",
            dt=0.4,
            I_ext=np.linspace([6.0, 52.0], [61.0, 9.0], 83) + rng.uniform(-8, 8, (83, 2)).round(1),
            sigma=2.6,
            xi=normal(83, 2),
            **two,
            **shared,
        ),
        make_case(
            "neurons that touch the threshold exactly (sigma = 0)",
            TIES,
            dt=0.5,
            V_init=np.array([-70.0, -70.0, -70.0]),
            E_m=-70.0,
            V_theta=-50.0,
            V_reset=-75.0,
            I_ext=np.array([80.0, 160.0, 320.0]),
            g_m=2.0,
            tau=np.array([1.0, 2.0, 4.0]),
            sigma=0.0,
            xi=normal(11, 3),
        ),
        make_case(
            "whole-number inputs",
            "whole numbers",
            dt=1,
            V_init=np.array([-71, -64, -69]),
            E_m=-69,
            V_theta=-53,
            V_reset=-78,
            I_ext=np.array([51, 37, 20]),
            g_m=2,
            tau=np.array([13, 7, 11]),
            sigma=3,
            xi=normal(47, 3),
        ),
    ]


def draw(rng: np.random.Generator) -> list[Case]:
    """Draw secret cases that look at the same properties as the public ones."""

    def noisy(name: str, group: str, drive: tuple[float, float], **fixed: Any) -> Case:
        n, N_t = int(rng.integers(2, 5)), int(rng.integers(50, 90))
        neurons = draw_neurons(rng, n, drive)
        room = neurons["V_theta"] - neurons["E_m"]
        own = {
            "dt": rng.uniform(0.2, 0.4),
            "sigma": rng.uniform(0.15, 0.3) * room,
            "xi": rng.standard_normal((N_t, n)),
        }
        return make_case(f"secret: {name}", group, **{**neurons, **own, **fixed})

    def below() -> Case:
        n = int(rng.integers(2, 5))
        neurons = draw_neurons(rng, n, (-0.6, 0.4))
        neurons["V_theta"] += 25  # out of reach: 25 mV are more than eight standard deviations
        return make_case(
            "secret: below threshold",
            "noise",
            dt=rng.uniform(0.2, 0.4),
            sigma=rng.uniform(1.2, 3.0),
            xi=rng.standard_normal((int(rng.integers(40, 70)), n)),
            **neurons,
        )

    def alone() -> Case:
        return make_case(
            "secret: one neuron",
            "firing",
            dt=rng.uniform(0.2, 0.4),
            sigma=rng.uniform(1.2, 3.0),
            xi=rng.standard_normal((int(rng.integers(70, 110)), 1)),
            **draw_neurons(rng, 1, (1.5, 2.5)),
        )

    def changing() -> Case:
        case = noisy("a current that changes in time", "current", (1.0, 2.0))
        inputs = dict(case.inputs)
        rows = inputs["I_ext"] * rng.uniform(0.2, 2.0, inputs["xi"].shape)
        return make_case(case.name, case.group, **{**inputs, "I_ext": rows})

    def whole() -> Case:
        E_m, N_t = int(rng.integers(-72, -65)), int(rng.integers(40, 60))
        return make_case(
            "secret: whole numbers",
            "whole numbers",
            dt=1,
            V_init=E_m + rng.integers(-5, 6, 3),
            E_m=E_m,
            V_theta=E_m + 17,
            V_reset=E_m - 7,
            I_ext=np.array([2, 3, 1]) * rng.integers(19, 33, 3),
            g_m=2,
            tau=rng.integers(6, 17, 3),
            sigma=int(rng.integers(2, 5)),
            xi=rng.standard_normal((N_t, 3)),
        )

    shift = float(rng.integers(-8, 9))  # moving every voltage by a whole number keeps a tie exact
    tie = make_case(
        "secret: ties",
        TIES,
        dt=0.5,
        V_init=np.full(3, -70.0 + shift),
        E_m=-70.0 + shift,
        V_theta=-50.0 + shift,
        V_reset=-75.0 + shift,
        I_ext=np.array([80.0, 160.0, 320.0]),
        g_m=2.0,
        tau=np.array([1.0, 2.0, 4.0]),
        sigma=0.0,
        xi=rng.standard_normal((int(rng.integers(8, 14)), 3)),
    )
    return [
        certified(below),
        certified(lambda: noisy("no noise", "quiet", (1.2, 2.5), sigma=0.0)),
        certified(lambda: noisy("firing", "firing", (0.9, 2.2))),
        certified(alone),
        certified(changing),
        tie,
        certified(whole),
    ]


# Usual mistakes ----------------------------------------------------------------------------------


def _count_steps(p: SimpleNamespace) -> None:
    p.xi = np.array(p.xi, float)
    p.N_t = len(p.xi)
    p.constant = p.I_ext.ndim == 1
    p.rows = np.broadcast_to(p.I_ext, p.xi.shape)


def _drift(V: np.ndarray, p: SimpleNamespace, k: int | None = None) -> np.ndarray:
    """Return one Euler step without noise, under the current of row `k` (the step's own)."""
    p.I_ext = p.rows[p.k if k is None else k]
    return euler_step(V, p)


def _kick(p: SimpleNamespace) -> np.ndarray:
    """Return the push that the noise gives in this step."""
    return p.sigma * np.sqrt(2 * p.dt / p.tau) * p.xi[p.k]


def _step(V: np.ndarray, p: SimpleNamespace) -> np.ndarray:
    return _drift(V, p) + _kick(p)


def _variant(prepare: Any = lambda p: None, step: Any = _step, **parts: Any) -> Any:
    """Return a noisy solver with some of its parts replaced."""

    def prepared(p: SimpleNamespace) -> None:
        _count_steps(p)
        prepare(p)

    return variant(prepare=prepared, step=step, parameters=PARAMETERS, **parts)


def _noise(kick: Any) -> Any:
    """Return a solver whose push is ``kick(p, x)``, x the random numbers of the step."""
    return _variant(step=lambda V, p: _drift(V, p) + kick(p, p.xi[p.k]))


def _share_noise(p: SimpleNamespace) -> None:
    p.xi = np.repeat(p.xi[:, :1], p.xi.shape[1], axis=1)


def _first_noise_row(p: SimpleNamespace) -> None:
    p.xi = np.repeat(p.xi[:1], len(p.xi), axis=0)


def _first_current_row(p: SimpleNamespace) -> None:
    p.rows = np.repeat(p.rows[:1], len(p.xi), axis=0)


def _mean_current(p: SimpleNamespace) -> None:
    p.rows = np.broadcast_to(p.rows.mean(axis=0), p.xi.shape)


def _row_of_anything(V: np.ndarray, p: SimpleNamespace) -> np.ndarray:
    """Take row k of a current that may have no rows."""
    p.I_ext = p.original[p.k]
    return euler_step(V, p) + _kick(p)


def _keep_current(p: SimpleNamespace) -> None:
    p.original = p.I_ext


def _inside_bracket(V: np.ndarray, p: SimpleNamespace, noise: np.ndarray) -> np.ndarray:
    return V + p.dt * (-(V - p.E_m) + p.rows[p.k] / p.g_m + noise) / p.tau


def _after_the_test(dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau, sigma, xi):
    """Add the noise to what is left after threshold and reset."""
    rows = np.broadcast_to(I_ext, xi.shape)
    V = np.zeros((len(xi) + 1, xi.shape[1]))
    spikes = np.zeros(V.shape)
    V[0] = V_init
    for k in range(len(xi)):
        V[k + 1] = V[k] + dt * (-(V[k] - E_m) + rows[k] / g_m) / tau
        fired = V[k + 1] >= V_theta
        V[k + 1, fired] = V_reset
        V[k + 1] += sigma * np.sqrt(2 * dt / np.asarray(tau)) * xi[k]
        spikes[k + 1] = fired
    return V, spikes, times_of(spikes, SimpleNamespace(dt=dt))


_SCALE = (
    "One step's push is sigma * sqrt(2 dt/tau) * xi: compare it with your term factor by factor."
)
_ROWS = (
    "Row k of I_ext and of xi act from t_k to t_(k+1): they are used in the step that makes V[k+1]."
)

MISTAKES = {
    "dt instead of its root": (
        "The noise is multiplied by dt where it needs sqrt(dt), so it fades away as the step gets "
        "shorter.",
        "Independent pushes add up like variances: N of them grow like sqrt(N). " + _SCALE,
        _noise(lambda p, x: p.sigma * np.sqrt(2 / p.tau) * p.dt * x),
    ),
    "no square root": (
        "The noise is scaled by 2 dt/tau; the square root of it is missing.",
        "2 dt/tau scales the variance, its root scales the voltage. " + _SCALE,
        _noise(lambda p, x: p.sigma * 2 * p.dt / p.tau * x),
    ),
    "noise without dt": (
        "The size of a push does not depend on the time step: dt is missing under the root.",
        _SCALE,
        _noise(lambda p, x: p.sigma * np.sqrt(2 / p.tau) * x),
    ),
    "noise not divided by tau": (
        "The noise stands outside the division by tau: under the root there is no tau.",
        "tau stands on the left of the equation, so it divides everything on the right, noise "
        "included. " + _SCALE,
        _noise(lambda p, x: p.sigma * np.sqrt(2 * p.dt) * x),
    ),
    "noise multiplied by tau": (
        "tau stands in the numerator under the root, as in the equation before it is divided by tau.",
        "Divide sigma * sqrt(2 tau) by tau, and sqrt(2/tau) is left. " + _SCALE,
        _noise(lambda p, x: p.sigma * np.sqrt(2 * p.dt * p.tau) * x),
    ),
    "noise treated as a current": (
        "sigma * xi stands inside the bracket and is multiplied by dt/tau, like a drive in mV.",
        "The noise is a term of its own, behind the Euler step. " + _SCALE,
        _variant(step=lambda V, p: _inside_bracket(V, p, p.sigma * p.xi[p.k])),
    ),
    "noise scaled twice": (
        "The push has its own factor sqrt(2 dt/tau), and being inside the bracket is multiplied by "
        "dt/tau as well.",
        "Close the bracket before the noise: V + dt/tau * (...) + push.",
        _variant(step=lambda V, p: _inside_bracket(V, p, _kick(p))),
    ),
    "bare random numbers": (
        "sigma * xi is added whole in every step: neither dt nor tau applies to the noise.",
        _SCALE,
        _noise(lambda p, x: p.sigma * x),
    ),
    "sigma forgotten": (
        "The strength sigma does not appear in the noise.",
        _SCALE,
        _noise(lambda p, x: np.sqrt(2 * p.dt / p.tau) * x),
    ),
    "s taken for sigma": (
        "The 2 under the root is missing, so the noise is sqrt(2) times too weak: sigma is the "
        "standard deviation of V here, not the strength s = sqrt(2) sigma of many textbooks.",
        _SCALE,
        _noise(lambda p, x: p.sigma * np.sqrt(p.dt / p.tau) * x),
    ),
    "2 outside the root": (
        "The 2 stands outside the square root.",
        "It is sqrt(2 dt/tau), not 2 sqrt(dt/tau).",
        _noise(lambda p, x: 2 * p.sigma * np.sqrt(p.dt / p.tau) * x),
    ),
    "2 divides": (
        "The 2 divides under the root where it should multiply.",
        _SCALE,
        _noise(lambda p, x: p.sigma * np.sqrt(p.dt / (2 * p.tau)) * x),
    ),
    "variance for deviation": (
        "sigma is squared: the push uses the variance where it needs the standard deviation.",
        "sigma squared has the unit mV^2 and can't be added to a voltage.",
        _noise(lambda p, x: p.sigma**2 * np.sqrt(2 * p.dt / p.tau) * x),
    ),
    "sigma under the root": (
        "sigma stands under the square root, which turns it into its own root.",
        "The root covers 2 dt/tau alone.",
        _noise(lambda p, x: np.sqrt(2 * p.sigma * p.dt / p.tau) * x),
    ),
    "noise divided by g_m": (
        "The noise is divided by the conductance g_m; sigma is in mV already.",
        "Only a current is divided by g_m. " + _SCALE,
        _noise(lambda p, x: p.sigma / p.g_m * np.sqrt(2 * p.dt / p.tau) * x),
    ),
    "noise subtracted": (
        "The noise is subtracted where it should be added.",
        "A random number has both signs anyway, but xi is handed in, so its sign is part of the answer.",
        _noise(lambda p, x: -p.sigma * np.sqrt(2 * p.dt / p.tau) * x),
    ),
    "noise forgotten": (
        "xi does not appear: the neuron is the quiet one of Lab 2.",
        _SCALE,
        _variant(step=_drift),
    ),
    "one noise for all": (
        "All neurons get the random numbers of neuron 0.",
        "xi has one column a neuron; use the whole row xi[k] and NumPy pairs them up.",
        _variant(_share_noise),
    ),
    "the same noise in every step": (
        "Every step uses the first row of xi.",
        _ROWS,
        _variant(_first_noise_row),
    ),
    "noise one step late": (
        "Each step uses the random numbers of the step before (the first step those of the last).",
        _ROWS,
        _variant(lambda p: setattr(p, "xi", np.roll(p.xi, 1, axis=0))),
    ),
    "noise one step early": (
        "The step that makes V[k] uses xi[k], which belongs to the step after it; at the end there is "
        "no such row.",
        _ROWS,
        _variant(lambda p: setattr(p, "xi", p.xi[1:])),
    ),
    "first time constant in the noise": (
        "The size of the noise uses the time constant of neuron 0 for all neurons.",
        "tau has one entry a neuron, also under the root.",
        _noise(lambda p, x: p.sigma * np.sqrt(2 * p.dt / p.tau[0]) * x),
    ),
    "noise added after the test": (
        "The noise comes after threshold and reset, so a push can't make the neuron fire in its own "
        "step, and a reset neuron does not sit at V_reset.",
        "Order in a step: Euler step and noise together, then the test, then the reset.",
        _after_the_test,
    ),
    "current one step late": (
        "A time-varying current acts one step late (the first step uses the last row).",
        _ROWS,
        _variant(step=lambda V, p: _drift(V, p, p.k - 1) + _kick(p)),
    ),
    "current one step early": (
        "The step that makes V[k] uses I_ext[k], which belongs to the step after it; at the end there "
        "is no such row.",
        _ROWS,
        _variant(
            step=lambda V, p: _drift(V, p, p.k if p.constant else p.k + 1) + _kick(p),
        ),
    ),
    "first row of the current for all": (
        "A time-varying current is read once: its first row is used in every step.",
        _ROWS,
        _variant(_first_current_row),
    ),
    "mean of the current": (
        "A time-varying current is replaced by its mean over time.",
        _ROWS,
        _variant(_mean_current),
    ),
    "row of a constant current": (
        "I_ext[k] is used also when I_ext holds one number a neuron: then it is the current of neuron "
        "k, and soon there is none.",
        "np.broadcast_to(I_ext, xi.shape) gives both forms one row a step.",
        _variant(_keep_current, step=_row_of_anything),
    ),
    "forgot tau": (
        "The Euler step is not divided by the time constant tau.",
        "The noise is a new term; the step of Lab 2 stays as it was.",
        _variant(
            step=lambda V, p: V + p.dt * (-(V - p.E_m) + p.rows[p.k] / p.g_m) + _kick(p),
        ),
    ),
    "forgot g_m": (
        "The current is not divided by the conductance g_m.",
        "nA divided by uS gives mV.",
        _variant(step=lambda V, p: V + p.dt * (-(V - p.E_m) + p.rows[p.k]) / p.tau + _kick(p)),
    ),
    "no reset": (
        "V is never put back after a spike.",
        "After finding who fired, overwrite the new voltage of those neurons with V_reset.",
        _variant(reset=lambda V, p: V),
    ),
    "reset to E_m": (
        "After a spike V goes to E_m; it should go to V_reset.",
        "Rest and reset are two different voltages here.",
        _variant(reset=lambda V, p: p.E_m),
    ),
    "greater instead of at least": (
        "V exactly at threshold should fire: the rule says >=, not >.",
        "Which of > and >= does the text use?",
        _variant(fires=lambda V, p: V > p.V_theta),
    ),
    "one for all": (
        "As soon as any neuron fires, all neurons are reset together.",
        "Give each neuron its own answer: a mask, used as an index.",
        _variant(fires=lambda V, p: np.full(len(V), (V >= p.V_theta).any())),
    ),
    "whole millivolts": (
        "V can hold whole numbers only, so every voltage is cut off to whole mV.",
        "Make the array with dtype=float.",
        _variant(dtype=int),
    ),
    "one row short": (
        "The last row is missing: N_t steps lead to N_t + 1 samples.",
        "xi has N_t rows and V has one more, because V[0] is the start.",
        _variant(finish=lambda V, spikes, times, p: (V[:-1], spikes[:-1], times)),
    ),
    "transposed": (
        "Rows and columns are exchanged: time runs down the rows, neurons across the columns.",
        "Make the array with the shape (N_t + 1, n).",
        _variant(finish=lambda V, spikes, times, p: (V.T, spikes.T, times)),
    ),
    "spike times as indices": (
        "spike_times holds step numbers; it should hold times in ms.",
        "Multiply the index by dt.",
        _variant(times=lambda spikes, p: [np.nonzero(c)[0] for c in spikes.T]),
    ),
    "only V returned": (
        "Only V is returned; the exercise asks for V, spikes, spike_times.",
        "A function can return several values: return V, spikes, spike_times.",
        _variant(finish=lambda V, spikes, times, p: V),
    ),
}

REFERENCE = Reference(
    exercise=EXERCISE,
    solve=lif_noisy,
    mistakes=filed(MISTAKES),
    public=public,
    draw=draw,
    certify=certify,
)

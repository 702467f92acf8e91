"""Exercise 4.3, ``lif_conductance``: the neuron of Lab 2 with synaptic conductances."""

from fractions import Fraction
from typing import Any

import numpy as np

from lifkit_staff.exercise import also, case, exercise, holds, line

from ...spiking import OUTPUTS, TIES

HINTS = (
    "The idea: take your solver of Lab 2. Its constant current becomes a synaptic current that is "
    "computed anew in each step, from the conductances of that step and from where V stands.",
    "The equation: row k of everything makes row k + 1 of V. The current of an open channel is g times "
    "(E - V), positive while V lies below its reversal potential; two of them add up, and their sum "
    "stands in Euler's step where I_ext stood.",
    "A skeleton; what stands for each ___?\n"
    "N_t, n = ___                        # the conductances know\n"
    "V, spikes = ___, ___\n"
    "V[0] = ___\n"
    "for k in range(___):\n"
    "    current = ___ + ___             # excitation and inhibition, nA\n"
    "    V[k + 1] = V[k] + dt / tau * (___ + current / ___)\n"
    "    fired = ___                     # after the step\n"
    "    V[k + 1, fired] = ___\n"
    "    spikes[___] = 1\n"
    "spike_times = ___                   # as in lif_euler\n"
    "return ___",
)


def neurons(rng, n, N_t, g_e=2.0, g_i=1.0, **given):
    """Draw `n` neurons; `g_e` and `g_i` are the largest conductances in units of g_m."""
    E_m, g_m = rng.uniform(-72, -66), rng.uniform(0.05, 0.12)
    drawn = {
        "dt": rng.uniform(0.4, 0.6),
        "V_init": E_m + rng.choice([-1, 1], n) * rng.uniform(1, 6, n),
        "E_m": E_m,
        "V_theta": E_m + rng.uniform(12, 16),
        "V_reset": E_m + rng.uniform(3, 6),
        "g_e": rng.uniform(0, g_e * g_m, (N_t, n)),
        "g_i": rng.uniform(0, g_i * g_m, (N_t, n)),
        "E_e": rng.choice([-1, 1]) * rng.uniform(2, 8),
        "E_i": E_m - rng.uniform(5, 10),
        "g_m": g_m,
        "tau": rng.uniform(9, 16),
    }
    return {**drawn, **given}


@holds(of=("V", "spikes"))
def leak(rng):
    """without conductances it is the membrane of Lab 1"""
    N_t = rng.integers(9, 13)
    return case("all synapses silent", **neurons(rng, 2, N_t, g_e=0.0, g_i=0.0))


@holds(weight=3, of="V")
def driving_force(rng):
    """each conductance pulls V towards its own reversal potential, the harder the farther V is"""
    N_t = rng.integers(10, 15)
    shunt = neurons(rng, 3, N_t, g_e=0.0)
    return [
        case("excitation alone, a free membrane", **neurons(rng, 3, N_t, g_i=0.0, V_theta=np.inf)),
        case("inhibition alone", **neurons(rng, 3, N_t, g_e=0.0)),
        case("inhibition that shunts, E_i = E_m", **shunt | {"E_i": shunt["E_m"]}),
        case("both, a free membrane", **neurons(rng, 2, N_t, V_theta=np.inf)),
    ]


@holds(weight=2, of=("V", "spikes"))
def rows(rng):
    """row k of the conductances acts from t_k to t_(k+1)"""
    N_t = rng.integers(9, 13)
    volley = neurons(rng, 3, N_t, V_theta=np.inf)
    for name, steps in (("g_e", [0, N_t - 1, 4]), ("g_i", [3, 6, 2])):
        g = np.zeros((N_t, 3))
        g[steps, [0, 1, 2]] = volley["g_m"] * rng.uniform(1.5, 2.5, 3)
        volley[name] = g
    return case("a volley in single steps", **volley)


@holds(weight=3, of=("V", "spikes"))
def firing(rng):
    """a neuron that reaches V_theta fires and is reset like any other"""
    several = neurons(rng, 4, rng.integers(26, 34))
    several["g_e"][:, 1] /= 8  # a silent neuron
    return [
        case("four neurons, one silent", **several),
        case("one neuron", **neurons(rng, 1, rng.integers(26, 34))),
    ]


@also(firing)
def equal_sizes(rng):
    """Draw as many neurons as steps, and as rows."""
    n = rng.integers(5, 7)
    strong = {"g_e": 3.0, "g_i": 0.6}
    return [
        case("as many neurons as steps", **neurons(rng, n, n, **strong)),
        case("as many neurons as rows", **neurons(rng, n, n - 1, **strong)),
    ]


@holds(of=("V", "spikes"))
def ties(rng):
    """a voltage that just reaches V_theta is a spike (>=, not >)"""
    shift = float(rng.integers(-8, 9))  # moving every voltage by a whole number keeps a tie exact
    g_e, g_i = np.tile([2.0, 4.0, 0.0], (6, 1)), np.tile([0.0, 2.0, 2.0], (6, 1))
    levels = {"E_m": -60, "V_theta": -50, "V_reset": -70, "E_e": -40, "E_i": -80}
    given: dict[str, Any] = {name: level + shift for name, level in levels.items()}
    given |= {"dt": 1.0, "g_m": 2.0, "tau": 2.0, "V_init": np.full(3, -60.0 + shift)}
    return case("neurons that touch the threshold exactly", g_e=g_e, g_i=g_i, **given)


@holds(of=("V", "spikes"))
def start(rng):
    """V[0] is V_init as given, and no spike, even above threshold"""
    above = neurons(rng, 3, rng.integers(12, 16), g_e=0.9)
    far, just = rng.uniform(5, 9), rng.uniform(0.1, 1)
    above["V_init"] = above["V_theta"] + np.array([far, 0.0, just])
    above["g_e"][0, 0] = 3 * above["g_m"]  # keeps it above threshold: it fires in the first step
    return case("neurons that start at or above threshold", **above)


@holds(of=("V", "spikes"))
def whole_numbers(rng):
    """whole-number inputs give the same as 1.0, 2.0, ..."""
    E_m, N_t = int(rng.integers(-72, -65)), rng.integers(15, 22)
    return case(
        "whole-number inputs",
        dt=1,
        V_init=E_m + rng.choice([-1, 1], 3) * rng.integers(1, 6, 3),
        E_m=E_m,
        V_theta=E_m + 13,
        V_reset=E_m + 4,
        g_e=rng.integers(2, 9, (N_t, 3)),
        g_i=rng.integers(0, 4, (N_t, 3)),
        E_e=int(rng.integers(2, 8)),
        E_i=E_m - 7,
        g_m=5,
        tau=int(rng.integers(13, 18)),
    )


spike_times = line(
    "spike times", "spike_times has each neuron's own times in ms", on=[firing], of="spike_times"
)


def neuron_by_neuron(dt, V_init, E_m, V_theta, V_reset, g_e, g_i, E_e, E_i, g_m, tau):
    """Solve in another style: plain numbers, one neuron after the other."""
    N_t, n = g_e.shape
    V, spikes = np.zeros((N_t + 1, n)), np.zeros((N_t + 1, n))
    spike_times = []
    for i in range(n):
        times = []
        v = V[0, i] = V_init[i]
        for k in range(1, N_t + 1):
            pull = g_e[k - 1, i] * (E_e - v) + g_i[k - 1, i] * (E_i - v)
            v = v + (E_m - v + pull / g_m) * dt / tau
            if v >= V_theta:
                v = V_reset
                spikes[k, i] = 1
                times.append(k * dt)
            V[k, i] = v
        spike_times.append(np.array(times))
    return V, spikes, spike_times


def certify(case):
    """Raise ValueError if correct solvers could disagree on a spike, or Euler's step is too coarse.

    Ties must be exact in rational numbers; all others keep 1e-6 mV from the threshold.
    """
    p = dict(case.inputs)
    V, *_ = neuron_by_neuron(**p)
    if case.group == TIES:
        exact = {
            name: np.vectorize(Fraction, otypes=[object])(value)
            for name, value in (p | {"V": V}).items()
        }
        if np.any(updated(**exact) != updated(**p, V=V)):
            raise ValueError(f"{case.name}: the tie is not exact in binary arithmetic")
        return
    part = p["dt"] / p["tau"] * (1 + (p["g_e"] + p["g_i"]) / p["g_m"])
    if part.max() >= 0.3:
        raise ValueError(f"{case.name}: Euler's step takes {part.max():.2f} of the way")
    margin = np.abs(updated(**p, V=V) - p["V_theta"]).min()
    if margin < 1e-6:
        raise ValueError(f"{case.name}: a neuron passes threshold with a margin of {margin:.1e} mV")


def updated(dt, E_m, g_e, g_i, E_e, E_i, g_m, tau, V, **rest):
    """Return each row's voltage after Euler's step and before the test."""
    old = V[:-1]
    return old + dt / tau * (E_m - old + (g_e * (E_e - old) + g_i * (E_i - old)) / g_m)


REFERENCE = exercise(
    "lab4",
    "lif_conductance",
    returns=OUTPUTS,
    hints=HINTS,
    certify=certify,
    styles=[neuron_by_neuron],
    builds_on=["lif_euler"],
)

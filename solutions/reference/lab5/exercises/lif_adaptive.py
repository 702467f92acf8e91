"""Exercise 5.1, ``lif_adaptive``: the leaky integrate-and-fire neuron with an adaptation current."""

import numpy as np

from lifkit_staff.exercise import also, case, exercise, holds, line

from ...adaptive import OUTPUTS, certify

HINTS = (
    "The idea: take your solver of Lab 2 and give it a second variable. Each turn of the loop makes two "
    "Euler steps, one of V and one of w, and a spike does two things: V is put back, w jumps up.",
    "The picture: row k holds V[k] and w[k], and both make row k + 1:\n"
    "1. V[k+1] from V[k] by Lab 1's step; the current that the membrane sees is I_ext[k] - w[k]\n"
    "2. w[k+1] from w[k]: a passive membrane without input, that rests at 0 and has tau_w\n"
    "3. V[k+1] at or above V_theta?  A spike, V_reset, and b more in w[k+1]",
    "A skeleton; what stands for each ___?\n"
    "N_t, n = ___                                # I_ext knows\n"
    "V, w, spikes = ___, ___, ___                # three arrays of their own\n"
    "V[0], w[0] = ___, ___\n"
    "for k in range(___):\n"
    "    V[k + 1] = ___                          # Euler, from V[k], w[k], I_ext[k]\n"
    "    w[k + 1] = ___                          # Euler, from w[k]\n"
    "    fired = ___                             # one True or False a neuron\n"
    "    V[k + 1, fired] = ___\n"
    "    spikes[k + 1, fired] = ___\n"
    "    w[k + 1, fired] += ___\n"
    "spike_times = [___ for i in range(n)]\n"
    "return ___",
)


def neurons(rng, n, drive, N_t=None):
    """Draw `n` adapting neurons in long steps, so that they soon fire."""
    E_m, g_m = rng.uniform(-72, -64), rng.uniform(1.3, 2.4)
    room, tau = rng.uniform(12, 20), rng.uniform(5, 9)
    N_t = N_t or rng.integers(15, 18)
    return {
        "dt": rng.uniform(0.7, 0.95),
        "V_init": E_m + rng.choice([-1, 1], n) * rng.uniform(2, 7, n),
        "w_init": g_m * room * rng.uniform(0.05, 0.3, n),
        "E_m": E_m,
        "V_theta": E_m + room,
        "V_reset": E_m + rng.choice([-1, 1]) * rng.uniform(4, 8),
        "I_ext": np.tile(g_m * room * rng.uniform(*drive, n), (N_t, 1)),
        "g_m": g_m,
        "tau": tau,
        "b": g_m * room * rng.uniform(0.2, 0.5),
        "tau_w": tau * rng.uniform(1.6, 4),
    }


@holds(weight=3, of=("V", "w"))
def quiet(rng):
    """without a spike, w decays with tau_w and pulls V down by w/g_m"""
    below = neurons(rng, 3, (-0.6, 0.9), 9)
    below["V_theta"] += 60  # out of reach
    rebound = neurons(rng, 2, (-0.2, 0.4), 8)
    rebound["w_init"] *= -1
    rebound["V_theta"] += 60
    return [
        case("neurons that stay below threshold", **below),
        case("w that begins below 0", **rebound),
    ]


@holds(weight=4, of=("V", "w", "spikes"))
def firing(rng, solve):
    """at each spike V is put back to V_reset and w grows by b"""
    several = neurons(rng, 3, (3.0, 5.0))
    several["I_ext"][:, 1] *= -0.2  # a silent neuron
    one = neurons(rng, 1, (3.2, 5.0))
    last = np.nonzero(solve(**one)[2])[0][-1]
    one["I_ext"] = one["I_ext"][:last]
    return [
        case("three neurons, one silent", **several),
        case("one neuron, a spike in the last row", **one),
    ]


@holds(weight=2, of=("V", "w", "spikes"))
def current(rng):
    """row k of the current acts from t_k to t_(k+1)"""
    changing = neurons(rng, 2, (2.8, 4.5))
    changing["I_ext"] = changing["I_ext"] * rng.uniform(0.2, 2.0, changing["I_ext"].shape)
    return case("a current that changes in time", **changing)


@also(current)
def equal_sizes(rng):
    """As many neurons as steps."""
    square = neurons(rng, 7, (4, 7), 7)
    square["I_ext"] = square["I_ext"] * rng.uniform(0.5, 1.5, (7, 7))
    return case("as many neurons as steps", **square)


@holds(of=("V", "w", "spikes"))
def ties(rng):
    """a voltage that just reaches V_theta is a spike (>=, not >)"""
    shift = float(rng.integers(-8, 9))  # moving every voltage by a whole number keeps a tie exact
    return case(
        "neurons that touch the threshold exactly",
        dt=1.0,
        V_init=np.full(2, -60.0 + shift),
        w_init=np.zeros(2),
        E_m=-60.0 + shift,
        V_theta=-50.0 + shift,
        V_reset=-66.0 + shift,
        I_ext=np.tile([40.0, 24.0], (9, 1)) + np.array([0.0, 16.0]) * (np.arange(9) == 0)[:, None],
        g_m=2.0,
        tau=2.0,
        b=float(rng.integers(2, 9)),
        tau_w=4.0,
    )


@holds(of=("V", "w", "spikes"))
def start(rng):
    """V[0] is V_init as given, and no spike, even above threshold"""
    above = neurons(rng, 3, (0.1, 0.8), 9)
    far, just = rng.uniform(3, 9), rng.uniform(0.1, 1)
    above["V_init"] = above["V_theta"] + np.array([far, 0.0, just])
    above["I_ext"][:, 0] *= 6 / 0.8  # fires in the first step; the others sink below threshold
    return case("neurons that start at or above threshold", **above)


@holds(of=("V", "w", "spikes"))
def whole_numbers(rng):
    """whole-number inputs give the same as 1.0, 2.0, ..."""
    E_m = int(rng.integers(-72, -65))
    return case(
        "whole-number inputs",
        dt=1,
        V_init=E_m + rng.choice([-1, 1], 3) * rng.integers(1, 6, 3),
        w_init=rng.integers(3, 9, 3),
        E_m=E_m,
        V_theta=E_m + 17,
        V_reset=E_m - 7,
        I_ext=np.tile(np.array([2, 3, 4]) * rng.integers(50, 60, 3), (12, 1)),
        g_m=2,
        tau=int(rng.integers(6, 12)),
        b=int(rng.integers(9, 15)),
        tau_w=int(rng.integers(14, 25)),
    )


spike_times = line(
    "spike times",
    "spike_times has each neuron's own times in ms",
    on=[firing, current],
    of="spike_times",
)


def neuron_by_neuron(dt, V_init, w_init, E_m, V_theta, V_reset, I_ext, g_m, tau, b, tau_w):
    """Solve in another style: plain numbers, one neuron after the other."""
    N_t, n = I_ext.shape
    V, w, spikes = np.zeros((N_t + 1, n)), np.zeros((N_t + 1, n)), np.zeros((N_t + 1, n))
    spike_times = []
    for i in range(n):
        times = []
        v, adaptation = V_init[i], w_init[i]
        V[0, i], w[0, i] = v, adaptation
        for k in range(1, N_t + 1):
            dV = (E_m - v + (I_ext[k - 1, i] - adaptation) / g_m) * dt / tau
            v, adaptation = v + dV, adaptation * (1 - dt / tau_w)
            if v >= V_theta:
                v, adaptation = V_reset, adaptation + b
                spikes[k, i] = 1
                times.append(k * dt)
            V[k, i], w[k, i] = v, adaptation
        spike_times.append(np.array(times))
    return V, w, spikes, spike_times


REFERENCE = exercise(
    "lab5",
    "lif_adaptive",
    returns=OUTPUTS,
    hints=HINTS,
    certify=certify,
    styles=[neuron_by_neuron],
)

"""Exercise 5.4, ``adex_euler``: the adaptive exponential integrate-and-fire neuron."""

from dataclasses import replace

import numpy as np

from lifkit_staff.exercise import also, case, exercise, holds, line

from ...adaptive import ADAPTATION, certify
from ...spiking import SPIKE_TIMES, SPIKES, VOLTAGE

OUTPUTS = (
    replace(
        VOLTAGE,
        atol=1e-6,
        why="the upswing amplifies rounding: over 200 ms correct solvers differ by up to 1e-8 mV",
    ),
    replace(
        ADAPTATION,
        atol=1e-10,
        why="w follows V, whose rounding errors of 1e-8 mV it sees times a dt/tau_w, below 1e-11 nA",
    ),
    SPIKES,
    SPIKE_TIMES,
)

HINTS = (
    "The idea: copy your lif_adaptive. V's bracket gets a term more, the upswing; w's slope gets a term "
    "more, which follows V; and the test asks for V_peak. Everything else stays.",
    "The equation: the upswing is Delta_T e^((V - V_T)/Delta_T), in mV, beside the leak; w is pulled "
    "towards a (V - E_m), in nA, instead of towards 0. Both steps use V[k] and w[k]. In the step of a "
    "spike V[k+1] may be a million mV: it is thrown away at once, and w must never have seen it.",
    "A skeleton of the loop; what stands for each ___?\n"
    "for k in range(___):\n"
    "    upswing = ___                           # mV, from V[k]\n"
    "    V[k + 1] = ___                          # Euler: leak, upswing, current less w\n"
    "    w[k + 1] = ___                          # Euler: towards a (V[k] - E_m)\n"
    "    fired = ___                             # at or above which voltage?\n"
    "    V[k + 1, fired] = ___\n"
    "    spikes[k + 1, fired] = ___\n"
    "    w[k + 1, fired] += ___",
)


def neurons(rng, n, drive, N_t=None):
    """Draw `n` neurons in long steps; currents in units of the EIF neuron's rheobase."""
    E_m, g_m, tau = rng.uniform(-70, -64), rng.uniform(0.011, 0.018), rng.uniform(8, 13)
    V_T, Delta_T = E_m + rng.uniform(13, 18), rng.uniform(1.6, 2.6)
    rheobase = g_m * (V_T - E_m - Delta_T)
    N_t = N_t or rng.integers(14, 16)
    return {
        "dt": rng.uniform(0.65, 0.85),
        "V_init": E_m + rng.choice([-1, 1], n) * rng.uniform(2, 6, n),
        "w_init": rheobase * rng.uniform(0.1, 0.3, n),
        "E_m": E_m,
        "V_T": V_T,
        "Delta_T": Delta_T,
        "V_peak": V_T + rng.uniform(22, 40),
        "V_reset": V_T - rng.uniform(4, 9),
        "I_ext": np.tile(rheobase * rng.uniform(*drive, n), (N_t, 1)),
        "g_m": g_m,
        "tau": tau,
        "a": g_m * rng.uniform(0.2, 0.6),
        "b": rheobase * rng.uniform(0.15, 0.4),
        "tau_w": tau * rng.uniform(1.6, 4),
    }


@holds(weight=3, of=("V", "w"))
def quiet(rng):
    """without a spike V has its upswing, and w follows V with the strength a"""
    below = neurons(rng, 2, (-0.5, 0.5), 8)
    near = neurons(rng, 2, (0.3, 0.6), 8)
    near["V_init"] = near["V_T"] + rng.uniform(-3, -0.5, 2)
    near["a"] *= -1
    near["V_peak"] = rng.uniform(8, 20)
    below_0 = neurons(rng, 2, (-0.5, -0.1), 8)
    below_0["w_init"] *= -1
    return [
        case("two neurons that stay at rest", **below),
        case("two neurons that begin near V_T, a below 0", **near),
        case("two neurons whose w begins below 0", **below_0),
    ]


@holds(weight=4, of=("V", "w", "spikes"))
def firing(rng, solve):
    """at or above V_peak there is a spike: V is put back to V_reset, and w grows by b"""
    several = neurons(rng, 3, (4.5, 6.5))
    several["I_ext"][:, 1] *= 0.1  # a silent neuron
    several["V_init"][2] = several["V_T"] + 6.5 * several["Delta_T"]  # fires in the first step
    one = neurons(rng, 1, (5.0, 7.0))
    last = np.nonzero(solve(**one)[2])[0][-1]
    one["I_ext"] = one["I_ext"][:last]
    return [
        case("three neurons, one silent, one in its upswing", **several),
        case("one neuron, a spike in the last row", **one),
    ]


@also(firing)
def long(rng):
    """Draw an adapting neuron in fine steps, as the gallery has it."""
    one = neurons(rng, 1, (2.0, 3.0), 400)
    return case("40 ms in steps of 0.1 ms", fingerprint=False, **{**one, "dt": 0.1})


@holds(weight=2, of=("V", "w", "spikes"))
def current(rng):
    """row k of the current acts from t_k to t_(k+1)"""
    changing = neurons(rng, 2, (4.5, 6.5))
    changing["I_ext"] = changing["I_ext"] * rng.uniform(0.2, 2.0, changing["I_ext"].shape)
    return case("a current that changes in time", **changing)


@also(current)
def equal_sizes(rng):
    """As many neurons as steps."""
    square = neurons(rng, 9, (6, 9), 9)
    square["I_ext"] = square["I_ext"] * rng.uniform(0.5, 1.5, (9, 9))
    return case("as many neurons as steps", fingerprint=False, **square)


@holds(of=("V", "w", "spikes"))
def ties(rng):
    """a voltage that just reaches V_peak is a spike (>=, not >)"""
    shift = float(rng.integers(-8, 9))  # moving every voltage by a whole number keeps a tie exact
    b = float(rng.integers(2, 9))
    w = [4.0]  # of the first one, which fires in every step; both stay at V_T, where e^0 is exact
    for _ in range(3):
        w.append(w[-1] / 2 + 10 + b)
    return case(
        "neurons that touch V_peak exactly",
        dt=1.0,
        V_init=np.full(2, -50.0 + shift),
        w_init=np.array([4.0, 20.0]),
        E_m=-70.0 + shift,
        V_T=-50.0 + shift,
        Delta_T=2.0,
        V_peak=0.0 + shift,
        V_reset=-50.0 + shift,
        I_ext=np.column_stack([236 + np.array(w), [56.0, 56.0, 56.0, 256.0]]),
        g_m=2.0,
        tau=2.0,
        a=1.0,
        b=b,
        tau_w=2.0,
    )


@holds(of=("V", "w", "spikes"))
def start(rng):
    """V[0] is V_init as given, and no spike, even above V_peak"""
    above = neurons(rng, 3, (0.1, 0.8), 9)
    far, just = rng.uniform(3, 9), rng.uniform(0.1, 1)
    above["V_init"] = above["V_peak"] + np.array([far, 0.0, just])
    return case("neurons that start at or above V_peak", **above)


@holds(of=("V", "w", "spikes"))
def whole_numbers(rng):
    """whole-number inputs give the same as 1.0, 2.0, ..."""
    E_m = int(rng.integers(-72, -65))
    return case(
        "whole-number inputs",
        dt=1,
        V_init=E_m + rng.choice([-1, 1], 2) * rng.integers(1, 6, 2),
        w_init=rng.integers(3, 9, 2),
        E_m=E_m,
        V_T=E_m + 15,
        Delta_T=2,
        V_peak=E_m + 40,
        V_reset=E_m + 7,
        I_ext=np.tile(np.array([2, 3]) * rng.integers(65, 75, 2), (10, 1)),
        g_m=3,
        tau=int(rng.integers(8, 13)),
        a=int(rng.integers(1, 3)),
        b=int(rng.integers(9, 15)),
        tau_w=int(rng.integers(16, 25)),
    )


spike_times = line(
    "spike times",
    "spike_times has each neuron's own times in ms",
    on=[firing, current],
    of="spike_times",
)


def neuron_by_neuron(
    dt, V_init, w_init, E_m, V_T, Delta_T, V_peak, V_reset, I_ext, g_m, tau, a, b, tau_w
):
    """Solve in another style: plain numbers, one neuron after the other."""
    N_t, n = I_ext.shape
    V, w, spikes = np.zeros((N_t + 1, n)), np.zeros((N_t + 1, n)), np.zeros((N_t + 1, n))
    spike_times = []
    for i in range(n):
        times = []
        v, adaptation = V_init[i], w_init[i]
        V[0, i], w[0, i] = v, adaptation
        for k in range(1, N_t + 1):
            slope = E_m - v + Delta_T * np.exp((v - V_T) / Delta_T)
            slope = (slope + (I_ext[k - 1, i] - adaptation) / g_m) / tau
            adaptation = adaptation + (a * (v - E_m) - adaptation) / tau_w * dt
            v = v + slope * dt
            if v >= V_peak:
                v, adaptation = V_reset, adaptation + b
                spikes[k, i] = 1
                times.append(k * dt)
            V[k, i], w[k, i] = v, adaptation
        spike_times.append(np.array(times))
    return V, w, spikes, spike_times


REFERENCE = exercise(
    "lab5",
    "adex_euler",
    returns=OUTPUTS,
    hints=HINTS,
    certify=certify,
    styles=[neuron_by_neuron],
    builds_on=["lif_adaptive"],
)

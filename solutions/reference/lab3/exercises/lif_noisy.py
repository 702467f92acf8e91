"""Exercise 3.1, ``lif_noisy``: the leaky integrate-and-fire neuron with white noise."""

import numpy as np

from lifkit_staff.exercise import also, case, exercise, holds, line

from ...spiking import OUTPUTS, certify, draw_neurons, draw_ties

HINTS = (
    "The idea: take your solver of Lab 2. One thing is new: after the Euler step, and before you "
    "look at the threshold, each neuron gets a small push up or down. The pushes come from xi.",
    "The equation: the push is sigma sqrt(2 dt/tau) times xi[k], in mV. xi has one row a step, V one "
    "more; this makes row k + 1 of row k:\n"
    "1. an Euler step from V[k], with row k of the current\n"
    "2. the push, with row k of xi\n"
    "3. at or above V_theta?  Then a spike, and V_reset",
    "A skeleton; what stands for each ___?\n"
    "N_t, n = ___                               # xi knows\n"
    "current = np.broadcast_to(I_ext, ___)      # one row a step\n"
    "V = np.zeros((___, n))\n"
    "spikes = ___\n"
    "V[0] = ___\n"
    "for k in range(___):\n"
    "    push = ___                             # in mV, one number a neuron\n"
    "    V[k + 1] = V[k] + ___ + push\n"
    "    fired = ___                            # after the push\n"
    "    V[k + 1, fired] = ___\n"
    "    spikes[___] = 1\n"
    "spike_times = ___                          # as in lif_euler\n"
    "return V, spikes, ___",
)


def noisy(rng, n, drive, N_t=None, **given):
    """Draw `n` noisy neurons; long steps and strong noise, so that they soon fire."""
    neurons = draw_neurons(rng, n, drive)
    N_t = N_t or rng.integers(20, 28)
    room = neurons["V_theta"] - neurons["E_m"]
    drawn = {
        "dt": rng.uniform(0.7, 1.1),
        "sigma": rng.uniform(0.15 * room, 0.3 * room),
        "xi": rng.standard_normal((N_t, n)),
    }
    return {**neurons, **drawn, **given}


@holds(weight=2, of=("V", "spikes"))
def quiet(rng):
    """without noise (sigma = 0, or xi = 0) it is the solver of Lab 2"""
    # The first case is asked twice; with sigma > 0 that shows random numbers drawn inside.
    return [
        case("no noise (xi = 0)", **noisy(rng, 2, (2.0, 3.0), xi=np.zeros((12, 2)))),
        case("no noise (sigma = 0)", **noisy(rng, 3, (1.2, 2.5), sigma=0.0)),
    ]


@holds(weight=4, of="V")
def noise(rng):
    """each step adds sigma * sqrt(2 dt/tau) times that neuron's own random number"""
    below = noisy(rng, 3, (-0.6, 0.4), rng.integers(9, 15))
    same = noisy(rng, 2, (-0.6, 0.4), xi=np.tile(rng.standard_normal(2), (12, 1)))
    for neurons in (below, same):
        neurons["V_theta"] += 60  # out of reach
    return [
        case("neurons that stay below threshold", **below),
        case("the same push in every step", **same),
    ]


@holds(weight=2, of=("V", "spikes"))
def firing(rng):
    """a noisy neuron fires and is reset like any other"""
    several = noisy(rng, 4, (1.6, 3.0))
    several["I_ext"][1] *= -0.5  # a silent neuron
    several["V_init"][2] = several["V_theta"] + rng.uniform(1, 3)
    return [
        case("noisy neurons, one silent, one above threshold at first", **several),
        case("one noisy neuron", **noisy(rng, 1, (1.8, 3.0))),
    ]


@also(firing)
def at_reset(rng):
    """Start where a spike would have put V."""
    neurons = noisy(rng, 3, (1.6, 3.0))
    neurons["V_init"][:2] = neurons["V_reset"]
    return case("noisy neurons that start at V_reset", **neurons)


@holds(weight=2, of=("V", "spikes"))
def current(rng):
    """a current with one row a step acts in its own step"""
    changing = noisy(rng, 2, (1.6, 3.0))
    changing["I_ext"] = changing["I_ext"] * rng.uniform(0.2, 2.0, changing["xi"].shape)
    return case("a current that changes in time", **changing)


@also(current)
def other_sizes(rng):
    """Draw sizes at which a current's number of entries does not tell its form, and a run without noise."""
    single, short, shorter = (
        noisy(rng, 1, (1.6, 3.0)),
        noisy(rng, 3, (2, 3), 1),
        noisy(rng, 3, (2, 3), 1),
    )
    quiet = noisy(rng, 2, (1.6, 3.0), sigma=0.0)
    for neurons in (single, shorter, quiet):
        neurons["I_ext"] = neurons["I_ext"] * rng.uniform(0.2, 2.0, neurons["xi"].shape)
    return [
        case("one neuron, a current that changes in time", **single),
        case("one step", **short),
        case("one step, a current with one row", **shorter),
        case("no noise, a current that changes in time", **quiet),
    ]


@also(current)
def equal_sizes(rng):
    """Draw as many neurons as steps, where a current's length does not tell its form, and as rows."""
    n = rng.integers(5, 7)
    constant, changing, rows = (noisy(rng, n, (2, 9), N_t) for N_t in (n, n, n - 1))
    changing["I_ext"] = changing["I_ext"] * rng.uniform(0.2, 2.0, (n, n))
    return [
        case("as many neurons as steps", **constant),
        case("as many neurons as steps, a current that changes in time", **changing),
        case("as many neurons as rows", fingerprint=False, **rows),
    ]


@holds(of=("V", "spikes"))
def ties(rng):
    """a voltage that just reaches V_theta is a spike (>=, not >)"""
    neurons, xi = draw_ties(rng), rng.standard_normal((rng.integers(8, 14), 3))
    return case("neurons that touch the threshold exactly (sigma = 0)", **neurons, sigma=0.0, xi=xi)


@holds(of=("V", "spikes"))
def whole_numbers(rng):
    """whole-number inputs give the same as 1.0, 2.0, ..."""
    E_m = int(rng.integers(-72, -65))
    return case(
        "whole-number inputs",
        dt=1,
        V_init=E_m + rng.choice([-1, 1], 3) * rng.integers(1, 6, 3),
        E_m=E_m,
        V_theta=E_m + 17,
        V_reset=E_m - 7,
        I_ext=np.array([2, 3, 1]) * rng.integers(19, 33, 3),
        g_m=2,
        tau=rng.integers(6, 17, 3),
        sigma=int(rng.integers(2, 5)),
        xi=rng.standard_normal((rng.integers(15, 22), 3)),
    )


spike_times = line(
    "spike times",
    "spike_times has each neuron's own times in ms",
    on=[firing, current],
    of="spike_times",
)


def neuron_by_neuron(dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau, sigma, xi):
    """Solve in another style: plain numbers, one neuron after the other."""
    N_t, n = xi.shape
    V, spikes = np.zeros((N_t + 1, n)), np.zeros((N_t + 1, n))
    spike_times = []
    for i in range(n):
        times = []
        v = V[0, i] = V_init[i]
        for k in range(1, N_t + 1):
            I = I_ext[i] if I_ext.ndim == 1 else I_ext[k - 1, i]
            dV = (E_m - v + I / g_m) * dt / tau[i]
            v = v + dV + sigma * np.sqrt(2 * dt / tau[i]) * xi[k - 1, i]
            if v >= V_theta:
                v = V_reset
                spikes[k, i] = 1
                times.append(k * dt)
            V[k, i] = v
        spike_times.append(np.array(times))
    return V, spikes, spike_times


REFERENCE = exercise(
    "lab3",
    "lif_noisy",
    returns=OUTPUTS,
    hints=HINTS,
    certify=certify,
    styles=[neuron_by_neuron],
    builds_on=["lif_euler"],
)

"""Exercise 2.1, ``lif_euler``: the spike-and-reset rule added to the passive membrane."""

from typing import Any

import numpy as np

from lifkit_staff.exercise import also, case, exercise, holds, line

from ...spiking import OUTPUTS, certify, draw_neurons, draw_ties, draw_whole_numbers

HINTS = (
    "The idea: first do the passive step of Lab 1 for all neurons at once, then look which of the "
    "new voltages have reached V_theta, then put those neurons back to V_reset.",
    "The picture, for three neurons and V_theta = -50 mV. The change is dt/tau times (-(V - E_m) + "
    "I_ext/g_m), of the row before:\n"
    "row k - 1            -50.40    -50.10    -60.00\n"
    "row k - 1 + change   -50.27    -49.97    -59.63\n"
    "at or above V_theta  no        yes       no\n"
    "stored in V[k]       -50.27    V_reset   -59.63\n"
    "stored in spikes[k]  0         1         0",
    "A skeleton; what stands for each ___?\n"
    "V = np.zeros((___, len(V_init)))\n"
    "spikes = ___                        # of the same shape\n"
    "V[0] = ___\n"
    "for k in range(1, ___):\n"
    "    V[k] = ___                      # passive, all neurons at once\n"
    "    fired = ___                     # True or False for each neuron\n"
    "    V[k, fired] = ___\n"
    "    spikes[___] = 1\n"
    "spike_times = [___ for i in range(___)]    # ms, of neuron i\n"
    "return V, spikes, ___",
)

#: Steps of the case with the parameters of the lab's figure: until the slowest of its neurons, with
#: tau = 100 ms, has fired (after 305 ms).  The figure shows a second, but every check waits for this.
FIGURE = 3500


@holds(weight=3, of="V")
def silent(rng):
    """below threshold, V follows tau dV/dt = -(V - E_m) + I_ext/g_m"""
    neurons = draw_neurons(rng, int(rng.integers(3, 5)), (-1.0, 0.9))
    N_t, dt = int(rng.integers(12, 20)), rng.uniform(0.3, 0.8)
    # A membrane that is nearly there after one step, below rest.
    neurons["tau"][0] = dt + rng.uniform(0.05, 0.08)
    neurons["I_ext"][0] = -neurons["g_m"] * rng.uniform(6, 12)
    return case("neurons that stay silent", N_t=N_t, dt=dt, **neurons)


@also(silent, fixed=True)
def tenths():
    """Count steps as times would not: 3 * 0.1 / 0.1 lies above 3, and 43 * 0.1 / 0.1 below 43."""
    neurons: dict[str, Any] = {
        "V_init": np.array([-63.0, -72.0]),
        "E_m": -69.0,
        "V_theta": -52.0,
        "V_reset": -75.0,
        "I_ext": np.array([20.0, -12.0]),
        "g_m": 1.5,
        "tau": np.array([6.5, 11.0]),
    }
    return [
        case(f"{said} steps of a tenth of a ms", N_t=N_t, dt=0.1, **neurons)
        for said, N_t in (("three", 3), ("43", 43))
    ]


@holds(weight=3, of=("V", "spikes"))
def firing(rng, solve):
    """at threshold a neuron fires, and V starts again from V_reset"""
    mixed = draw_neurons(rng, 4, (1.5, 2.8))
    mixed["I_ext"][1:3] *= (0.2, -0.3)  # one silent neuron, one with negative drive
    N_t, dt = int(rng.integers(35, 45)), rng.uniform(0.8, 1.2)
    # One neuron alone, and the run ends on its second spike.
    one = {**draw_neurons(rng, 1, (1.5, 2.8)), "dt": rng.uniform(0.8, 1.2)}
    _, _, (times,) = solve(N_t=600, **one)
    return [
        case("four neurons, two of them firing", N_t=N_t, dt=dt, **mixed),
        case("one neuron, spike on the last step", N_t=round(times[1] / one["dt"]), **one),
    ]


@also(firing, fixed=True)
def seed():
    """The parameters of the lab's figure; V, a large array, is compared in the small cases."""
    return case(
        "the parameters of the figure",
        reads=("spikes", "spike_times"),
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
    )


@also(firing)
def equal_sizes(rng):
    """As many neurons as steps, and as rows: what is paired up by chance would fit."""
    n, dt = int(rng.integers(6, 9)), rng.uniform(0.5, 0.9)
    return [
        case(
            f"as many neurons as {what}",
            fingerprint=False,
            N_t=N_t,
            dt=dt,
            **draw_neurons(rng, n, (2, 12)),
        )
        for what, N_t in (("steps", n), ("rows", n - 1))
    ]


@holds(of=("V", "spikes"))
def ties(rng):
    """a voltage that just reaches V_theta is a spike (>=, not >)"""
    return case(
        "neurons that touch the threshold exactly", **draw_ties(rng), N_t=int(rng.integers(8, 14))
    )


@holds(of=("V", "spikes"))
def start(rng):
    """V[0] is V_init as given, and no spike, even above threshold"""
    above = draw_neurons(rng, 3, (0.1, 1.6))
    above["V_init"] = above["V_theta"] + np.array([rng.uniform(3, 9), 0.0, rng.uniform(0.1, 1)])
    N_t, dt = int(rng.integers(10, 20)), rng.uniform(0.2, 0.5)
    return case("neurons that start at or above threshold", N_t=N_t, dt=dt, **above)


@also(start)
def at_reset(rng):
    """Start where a spike would have put V."""
    neurons = draw_neurons(rng, 3, (1.5, 2.8))
    neurons["V_init"][:2] = neurons["V_reset"]
    neurons["I_ext"][1] *= 0.2  # a silent one
    N_t, dt = int(rng.integers(20, 28)), rng.uniform(0.8, 1.2)
    return case("neurons that start at V_reset", N_t=N_t, dt=dt, **neurons)


@holds(of=("V", "spikes"))
def whole_numbers(rng):
    """whole-number inputs give the same as 1.0, 2.0, ..."""
    return case("whole-number inputs", **draw_whole_numbers(rng))


spike_times = line(
    "spike times",
    "spike_times has each neuron's own times in ms, empty where it never fired",
    on=[silent, firing, start],
    of="spike_times",
    weight=2,
)


def neuron_by_neuron(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau):
    """Solve in another style: plain numbers, one neuron after the other."""
    V, spikes = np.zeros((N_t + 1, len(V_init))), np.zeros((N_t + 1, len(V_init)))
    spike_times = []
    for i in range(len(V_init)):
        times = []
        v = V[0, i] = V_init[i]
        for k in range(1, N_t + 1):
            dV = E_m - v + I_ext[i] / g_m
            v = v + dV * dt / tau[i]
            if v >= V_theta:
                v = V_reset
                spikes[k, i] = 1
                times.append(k * dt)
            V[k, i] = v
        spike_times.append(np.array(times))
    return V, spikes, spike_times


REFERENCE = exercise(
    "lab2",
    "lif_euler",
    returns=OUTPUTS,
    hints=HINTS,
    certify=certify,
    styles=[neuron_by_neuron],
)

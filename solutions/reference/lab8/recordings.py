"""Recordings of a neuron for 8.1: three currents, the voltages with noise, the spikes.

The neuron itself is not among a case's inputs.  So `recordings` compares what the solution makes of
them with the neuron: a case is used where the solution is within a quarter of every tolerance, and
where the usual wrong ways of reading are not.
"""

import numpy as np

from ..spiking import solve, steps_of

DT = 0.2  # ms
REST, DRIVEN = 500, 1000  # steps without and with a current

#: How near an estimate must be, absolutely: E_m, V_theta, V_reset (mV), t_ref (ms).
E_M, THETA, RESET, T_REF = 0.1, 0.2, 0.1, 0.6 * DT
#: And relatively: g_m, tau.
G_M, TAU = 0.02, 0.05


def neuron(rng):
    """Draw the six parameters: E_m, g_m, tau, V_theta, V_reset, t_ref."""
    E_m, room = rng.uniform(-74, -64), rng.uniform(14, 22)
    return {
        "E_m": E_m,
        "g_m": rng.uniform(0.6, 1.6),
        "tau": rng.uniform(6, 9.5),
        "V_theta": E_m + room,
        "V_reset": E_m + rng.uniform(1, 5),
        "t_ref": DT * rng.integers(8, 20),
    }


def currents(rheobase):
    """Return a step down, a step up and a ramp."""
    driven = np.ones((DRIVEN, 3)) * [-0.6 * rheobase, 2 * rheobase, 0]
    driven[:, 2] = np.linspace(0, 2 * rheobase, DRIVEN)
    return np.round(np.vstack([np.zeros((REST, 3)), driven]), 4)


def run(p, I):
    """Return the voltages and the spike times of the neuron itself."""
    columns, spike_times = [], []
    for current in I.T:
        V = np.array(solve(len(I), DT, p["E_m"], I_ext=current.tolist(), **p)[0])
        held = np.flatnonzero(V == p["V_reset"])
        spike_times.append(DT * held[:: 1 + steps_of(p["t_ref"], DT)])
        columns.append(V)
    return np.column_stack(columns), spike_times


def read(V, rng, noise):
    """Return what a digitiser of 0.01 mV reads; noise (mV) is its standard deviation."""
    return np.round(V + noise * rng.standard_normal(V.shape), 2)


def recordings(rng, identify, noise):
    """Draw recordings that tell right ways of reading them from wrong ones."""
    for _ in range(400):
        p = neuron(rng)
        I = currents(p["g_m"] * (p["V_theta"] - p["E_m"]))
        exact, spike_times = run(p, I)
        for _ in range(40 if noise else 1):
            V = read(exact, rng, noise)
            given = {"dt": DT, "I": I, "V": V, "spike_times": spike_times}
            if told_apart(p, V, spike_times, noise) and near(identify(**given), p):
                return given
    raise ValueError("no recordings that the solution reads well")


def near(found, p):
    """Whether estimates are within a quarter of the tolerances (t_ref: the right step)."""
    E_m, g_m, tau, V_theta, V_reset, t_ref = found
    off = (
        (E_m - p["E_m"]) / E_M,
        (g_m / p["g_m"] - 1) / G_M,
        (tau / p["tau"] - 1) / TAU,
        (V_theta - p["V_theta"]) / THETA,
        (V_reset - p["V_reset"]) / RESET,
        (t_ref - p["t_ref"]) / DT,
    )
    return max(map(abs, off)) < 0.25


def told_apart(p, V, spike_times, noise):
    """Whether the ramp's last sample is a right threshold, and the usual shortcuts are wrong.

    With noise the first sample is no resting potential; without it the highest sample of column 1, up
    to a step's rise below the threshold, is no threshold.  No spike comes in the last 5 ms, so that
    looking on from a spike stays inside the recording.
    """
    first = round(spike_times[2][0] / DT)
    many = len(spike_times[1]) >= 12 and spike_times[1][-1] < DT * (REST + DRIVEN) - 5
    if not many or first < REST + 100 or abs(V[first - 1, 2] - p["V_theta"]) > 0.12:
        return False
    if noise:
        return abs(V[0, 0] - p["E_m"]) > 0.15
    return abs(V[:, 1].max() - p["V_theta"]) > 0.3

"""Make the recording of Lab 8, lifkit/data/recording.npz: a synthetic cell that no model of the lab is.

    python solutions/data/make_recording.py

The cell is an adaptive integrate-and-fire neuron with three things that the lab's models lack: its
threshold moves up at each spike, it fires by chance near the threshold, and its membrane is noisy.
It runs in steps of 0.1 ms; the recording holds every second sample, as a digitiser reads it.
"""

from pathlib import Path

import numpy as np

RECORDING = Path(__file__).parents[2] / "lifkit" / "data" / "recording.npz"

DT, EVERY = 0.1, 2  # ms, steps a sample
REPEATS = 9
TRAINING, TEST, NEW = 20000.0, 10000.0, 5000.0  # ms

#: mV, uS, ms, mV, mV, ms, nA, ms.
MEMBRANE = {"E_m": -68.0, "g_m": 0.012, "tau": 17.0, "V_theta": -49.0, "V_reset": -62.0}
T_REF, B, TAU_W = 3.0, 0.045, 110.0
#: The threshold's jump (mV) and its time constant (ms), chance's width and the membrane's noise (mV).
JUMP, TAU_JUMP, WIDTH, NOISE = 3.0, 40.0, 0.4, 0.5


def make_current(T, rng):
    """Return a fluctuating current (nA): 3 ms of memory, its spread up and down by 40 % in 5 s."""
    steps = round(T / DT)
    decay, sd = np.exp(-DT / 3.0), 0.22
    pushes = sd * np.sqrt(1 - decay**2) * rng.standard_normal(steps)
    x = np.zeros(steps)
    for k in range(1, steps):
        x[k] = decay * x[k - 1] + pushes[k]
    slow = 1 + 0.4 * np.sin(2 * np.pi * DT * np.arange(steps) / 5000)
    return 0.22 + slow * x


def run_cell(current, n, rng):
    """Return the voltages (steps + 1, n) and the spikes (as True) of n repeats."""
    E_m, g_m, tau, V_theta, V_reset = MEMBRANE.values()
    V, spikes = np.full((len(current) + 1, n), E_m), np.zeros((len(current) + 1, n), bool)
    w, raised, held = np.zeros(n), np.zeros(n), np.zeros(n, int)
    for k, I in enumerate(current):
        kick = NOISE * np.sqrt(2 * DT / tau) * rng.standard_normal(n)
        v = V[k] + DT / tau * (E_m - V[k] + (I - w) / g_m) + kick
        w, raised = w * np.exp(-DT / TAU_W), raised * np.exp(-DT / TAU_JUMP)
        v[held > 0] = V_reset
        hazard = np.exp(np.minimum((v - V_theta - raised) / WIDTH, 20))  # per ms
        fired = (rng.random(n) < 1 - np.exp(-hazard * DT)) & (held == 0)
        held -= held > 0
        v[fired], held[fired] = V_reset, round(T_REF / DT)
        w, raised = w + B * fired, raised + JUMP * fired
        V[k + 1], spikes[k + 1] = v, fired
    return V, spikes


def sampled(current):
    """Return the current as it is recorded: means of two steps, in units of 0.1 pA."""
    return np.round(1e4 * current.reshape(-1, EVERY).mean(axis=1)).astype(np.int16)


def make_recording(seconds_less=0.0, only=""):
    """Return the arrays of recording.npz, or those of one current; a shorter run is how it begins."""
    made = {} if only else {"dt": np.float64(DT * EVERY)}
    parts = (("training", TRAINING, 1), ("test", TEST, REPEATS), ("new", NEW, REPEATS))
    for seed, (name, T, n) in enumerate(parts):
        if only not in ("", name):
            continue
        current = make_current(T - 1000 * seconds_less, np.random.default_rng([8, seed]))
        V, spikes = run_cell(current, n, np.random.default_rng([80, seed]))
        made[f"{name}_I"] = sampled(current)
        for i in range(n):
            made[f"{name}_spikes_{i}"] = np.flatnonzero(spikes[:, i]).astype(np.int32)
        if name == "training":
            made["training_V"] = np.round(100 * V[::EVERY, 0]).astype(np.int16)
    return made


if __name__ == "__main__":
    np.savez_compressed(RECORDING, **make_recording())
    print(f"{RECORDING.name}: {RECORDING.stat().st_size / 1000:.0f} kB")

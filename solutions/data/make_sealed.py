"""Make the sealed neurons of Lab 8, lifkit/data/sealed.npz: each as what it does, not as what it is.

    python solutions/data/make_sealed.py

A neuron is its resting potential, its response to a current of one step, its recovery from a spike, the
height at which it fires and the number of steps that it is held.  Whoever opens the file finds
two sampled curves and has to fit them, which is the exercise.
"""

from pathlib import Path

import numpy as np

SEALED = Path(__file__).parents[2] / "lifkit" / "data" / "sealed.npz"

DT, NEURONS, LONGEST = 0.2, 64, 1250  # ms, number, steps: ten of the longest time constants


def draw_neuron(rng):
    """Draw E_m, g_m, tau, V_theta, V_reset, t_ref."""
    E_m = round(rng.uniform(-74, -64), 1)
    return {
        "E_m": E_m,
        "g_m": round(rng.uniform(0.6, 1.6), 2),
        "tau": round(rng.uniform(7, 25), 1),
        "V_theta": E_m + round(rng.uniform(12, 22), 1),
        "V_reset": E_m + round(rng.uniform(1, 6) * rng.choice([-1, 1]), 1),
        "t_ref": DT * rng.integers(8, 20),
    }


def draw_neurons():
    """Draw all of them, each time the same."""
    rng = np.random.default_rng(808)
    return [draw_neuron(rng) for _ in range(NEURONS)]


def make_tables():
    """Return the arrays of sealed.npz; curves are whole numbers with a scale each."""
    p = {name: np.array([one[name] for one in draw_neurons()]) for name in draw_neurons()[0]}
    left = (1 - DT / p["tau"])[:, None] ** np.arange(LONGEST)
    push = DT / p["tau"] / p["g_m"]  # mV a nA
    down = p["V_reset"] - p["E_m"]
    return {
        "dt": np.float64(DT),
        "rest": p["E_m"],
        "response": np.round(32000 * left).astype(np.int16),
        "response_scale": push / 32000,
        "recovery": np.round(32000 * left * np.sign(down)[:, None]).astype(np.int16),
        "recovery_scale": np.abs(down) / 32000,
        "height": p["V_theta"] - p["E_m"],
        "held": np.round(p["t_ref"] / DT).astype(np.int64),
    }


if __name__ == "__main__":
    np.savez_compressed(SEALED, **make_tables())
    print(f"{SEALED.name}: {SEALED.stat().st_size / 1000:.0f} kB")

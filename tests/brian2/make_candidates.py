"""Run Brian2 on the candidates of Lab 8 and store what it gives.

As `make_traces`, whose notes on the translation hold here too:

    pip install 'brian2==2.9.0' 'numpy<2.4'
    python tests/brian2/make_candidates.py

The arrays of candidates.npz are the parameters of `simulate_candidates`, named as in its signature,
and `steps` and `neurons`: who fired in which step, counted from 1.
"""

import sys
from pathlib import Path

import numpy as np

CANDIDATES = Path(__file__).with_name("candidates.npz")


def make_case():
    """Return the parameters of four candidates on a current that fluctuates."""
    t = 0.2 * np.arange(5000)
    current = 0.25 + 0.12 * np.sin(t / 7) + 0.1 * np.sin(t / 31) + 0.08 * np.sin(t / 2.3)
    cell = dict(E_m=-68.0, g_m=0.012, tau=17.0, V_reset=-62.0, t_ref=3.0, tau_w=110.0)
    return dict(
        cell,
        dt=0.2,
        I=current,
        V_theta=np.array([-51.0, -50.0, -49.0, -48.5]),
        b=np.array([0.0, 0.02, 0.045, 0.08]),
    )


def run_brian2(p):
    """Return who fired in which step."""
    import brian2 as b2

    b2.prefs.codegen.target = "numpy"
    dt = p["dt"] * b2.ms
    names = ("E_m", "g_m", "tau", "V_reset", "tau_w")
    current = b2.TimedArray(p["I"], dt=dt)
    group = b2.NeuronGroup(
        len(p["b"]),
        """
        dV/dt = (-(V - E_m) + (current(t) - w)/g_m)/(tau*ms) : 1 (unless refractory)
        dw/dt = -w/(tau_w*ms) : 1
        V_theta : 1
        b : 1
        """,
        threshold="V >= V_theta",
        reset="V = V_reset; w += b",
        # Brian2 dates a spike at the beginning of its step, so the step itself is one of those it counts.
        refractory=(round(p["t_ref"] / p["dt"]) + 1) * dt,
        method="euler",
        dt=dt,
        namespace={name: p[name] for name in names} | dict(current=current, ms=b2.ms),
    )
    group.V, group.V_theta, group.b = p["E_m"], p["V_theta"], p["b"]
    fired = b2.SpikeMonitor(group)
    b2.Network(group, fired).run(len(p["I"]) * dt)
    return dict(steps=np.rint(fired.t / dt).astype(int) + 1, neurons=np.array(fired.i))


if __name__ == "__main__":
    from brian2 import __version__ as brian2_version

    case = make_case()
    arrays = case | run_brian2(case) | {"brian2_version": np.array(brian2_version)}
    np.savez_compressed(sys.argv[1] if len(sys.argv) > 1 else CANDIDATES, **arrays)

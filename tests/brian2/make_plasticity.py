"""Run Brian2 on the neuron of Lab 7 that learns, and store what it gives, in this course's conventions.

As `make_traces.py`, whose head says which environment it needs.  Brian2 delivers the spikes, decays the
traces between events by their exact solution, and integrates the membrane, all by its own machinery.

    python tests/brian2/make_plasticity.py

Arrays of plasticity.npz are inputs and results of `lif_plastic`, named as there.  What has to be
translated:

* A spike that Brian2 finds in its step k stands in row k + 1 here and is dated so; arrivals of counts[k]
  are events of its step k - 1, so that arrivals and spikes of one date fall into the same step.
* Brian2's kick is there before the next step of the membrane and decays in it; so it is divided by what
  that step leaves, 1 - dt/tau.  Resets come before kicks.
* The tie rule: in a step all events look at the traces first; only then weights are cut off and traces
  raised.
"""

import sys
from pathlib import Path

import numpy as np

TRACES = Path(__file__).with_name("plasticity.npz")

NEURON = dict(dt=0.5, V_init=-69.0, E_m=-69.0, V_theta=-52.0, V_reset=-62.0, tau=15.0)
RULE = dict(w_max=3.0, A_plus=0.06, A_minus=0.07, tau_plus=17.0, tau_minus=23.0)


def make_inputs():
    """Return what arrives, counts (N_t, n) without any in step 0, and the first weights."""
    rng = np.random.default_rng(77)
    counts = (rng.random((3000, 6)) < 0.06).astype(np.int8)
    counts[0] = 0
    return counts, np.array([0.1, 2.95, 1.2, 1.6, 2.2, 2.8])


def make_traces():
    """Return the arrays of plasticity.npz."""
    # Imported here, so that collecting this folder's doctests needs no Brian2.
    import brian2 as b2

    b2.prefs.codegen.target = "numpy"
    counts, w_init = make_inputs()
    p, dt = NEURON, NEURON["dt"] * b2.ms
    n_steps, n = counts.shape
    levels = {name: p[name] * b2.mV for name in ("E_m", "V_theta", "V_reset")}
    neuron = b2.NeuronGroup(
        1,
        "dV/dt = (E_m - V)/tau : volt",
        method="euler",
        dt=dt,
        threshold="V >= V_theta",
        reset="V = V_reset",
        namespace=levels | {"tau": p["tau"] * b2.ms},
    )
    neuron.V = p["V_init"] * b2.mV
    k, j = np.nonzero(counts)
    source = b2.SpikeGeneratorGroup(n, j, (k - 1) * dt, dt=dt)
    rule = {name: RULE[name] for name in ("w_max", "A_plus", "A_minus")}
    rule |= {name: RULE[name] * b2.ms for name in ("tau_plus", "tau_minus")}
    synapses = b2.Synapses(
        source,
        neuron,
        """
        w : 1
        dx/dt = -x/tau_plus : 1 (event-driven)
        dy/dt = -y/tau_minus : 1 (event-driven)
        """,
        on_pre={
            "look_pre": "w -= A_minus*y",
            "then_pre": """
            w = clip(w, 0, w_max)
            V_post += w*mV/kept
            x += 1
            """,
        },
        on_post={
            "look_post": "w += A_plus*x",
            "then_post": """
            w = clip(w, 0, w_max)
            y += 1
            """,
        },
        namespace=rule | {"kept": 1 - p["dt"] / p["tau"]},
        dt=dt,
    )
    synapses.connect()
    synapses.w = w_init
    synapses.look_pre.order = synapses.look_post.order = 0  # Brian2 has -1 before and 1 after
    synapses.then_pre.order = synapses.then_post.order = 1
    weights = b2.StateMonitor(synapses, "w", record=True, dt=dt)
    voltage = b2.StateMonitor(neuron, "V", record=True, dt=dt, when="resets", order=1)
    fired = b2.SpikeMonitor(neuron)
    network = b2.Network(source, neuron, synapses, weights, voltage, fired)
    network.schedule = ["start", "groups", "thresholds", "resets", "synapses", "end"]
    network.run(n_steps * dt)
    spikes = np.zeros(n_steps + 1, dtype=bool)
    spikes[np.rint(fired.t / dt).astype(int) + 1] = True
    return {
        "brian2_version": np.array(b2.__version__),
        "counts": counts,
        "w_init": w_init,
        "V": np.append(p["V_init"], voltage.V[0] / b2.mV),
        "spikes": spikes,
        "w": np.vstack([w_init, weights.w.T[49::50]]),  # every 50 steps
    }


if __name__ == "__main__":
    np.savez_compressed(sys.argv[1] if len(sys.argv) > 1 else TRACES, **make_traces())

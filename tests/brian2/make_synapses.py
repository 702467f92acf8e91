"""Run Brian2 on the synapses of Lab 4 and store what it gives, in the conventions of this course.

As `make_traces.py`, whose head says which environment it needs and how the two conventions differ.  Here
Brian2 makes the whole chain by itself: spikes arrive by its own synapses, conductances decay and the
membrane follows in its own Euler steps; the short-term plasticity is its event-driven one, which is exact.

    python tests/brian2/make_synapses.py

Array `CASE/NAME` of synapses.npz is an input or a result of the functions of Lab 4, named as there.  What
has to be translated: Brian2 hands a spike of step k on after the update of that step, so its effect is
first seen in the row that is recorded next: row k + 1, as here.
"""

import sys
from pathlib import Path

import numpy as np

TRACES = Path(__file__).with_name("synapses.npz")

NEURON = dict(
    dt=0.1, E_m=-70.0, V_theta=-50.0, V_reset=-60.0, E_e=0.0, E_i=-75.0, g_m=0.05, tau=20.0
)
SYNAPSES = {"e": dict(w=0.01, tau_s=3.0), "i": dict(w=0.012, tau_s=8.0)}
DYNAMIC = {
    "depressing": dict(U=0.45, tau_f=50.0, tau_d=750.0),
    "facilitating": dict(U=0.15, tau_f=750.0, tau_d=50.0),
    "both": dict(U=0.2, tau_f=750.0, tau_d=100.0),
}


def make_inputs():
    """Return what arrives: counts (N_t, n) of two kinds for three neurons, and times of one train."""
    rng = np.random.default_rng(44)
    rates = np.array([0.3, 0.45, 0.2])  # expected spikes a step
    counts = {"e": rng.poisson(rates, (2000, 3)), "i": rng.poisson(0.1, (2000, 3))}
    steps = np.cumsum(rng.integers(20, 900, 25))  # of 0.1 ms
    return counts, 0.1 * steps


def run_conductances(counts):
    """Return both conductances and V, (N_t + 1, n) each, and spikes."""
    # Imported here, so that collecting this folder's doctests needs no Brian2.
    import brian2 as b2

    b2.prefs.codegen.target = "numpy"
    p, dt = NEURON, NEURON["dt"] * b2.ms
    levels = {name: p[name] * b2.mV for name in ("E_m", "E_e", "E_i", "V_theta", "V_reset")}
    group = b2.NeuronGroup(
        3,
        """
        dV/dt = (-(V - E_m) - g_e/g_m*(V - E_e) - g_i/g_m*(V - E_i))/tau : volt
        dg_e/dt = -g_e/tau_e : siemens
        dg_i/dt = -g_i/tau_i : siemens
        """,
        method="euler",
        dt=dt,
        threshold="V >= V_theta",
        reset="V = V_reset",
        namespace=levels
        | {"g_m": p["g_m"] * b2.uS, "tau": p["tau"] * b2.ms}
        | {f"tau_{kind}": one["tau_s"] * b2.ms for kind, one in SYNAPSES.items()},
    )
    group.V = p["E_m"] * b2.mV
    network = b2.Network(group)
    for kind, one in SYNAPSES.items():
        # Several spikes of one step come from as many sources: a source fires once a step at most.
        most = counts[kind].max()
        k, neuron, copy = np.nonzero(counts[kind][:, :, np.newaxis] > np.arange(most))
        source = b2.SpikeGeneratorGroup(3 * most, 3 * copy + neuron, k * dt, dt=dt)
        jump = {"w": one["w"] * b2.uS}
        synapses = b2.Synapses(source, group, on_pre=f"g_{kind} += w", namespace=jump, dt=dt)
        synapses.connect(j="i % 3")
        network.add(source, synapses)
    seen = b2.StateMonitor(group, ["V", "g_e", "g_i"], record=True, dt=dt)
    fired = b2.SpikeMonitor(group)
    network.add(seen, fired)
    network.run(len(counts["e"]) * dt)
    results = {
        name: np.vstack([getattr(seen, name).T / unit, getattr(group, name) / unit])
        for name, unit in (("V", b2.mV), ("g_e", b2.uS), ("g_i", b2.uS))
    }
    spikes = np.zeros(results["V"].shape, dtype=bool)
    spikes[np.rint(fired.t / dt).astype(int) + 1, fired.i] = True
    return results | {"spikes": spikes}


def run_dynamic(times, constants):
    """Return u just after its jump, and the release u x, of each spike of one synapse."""
    import brian2 as b2

    dt = 0.1 * b2.ms
    source = b2.SpikeGeneratorGroup(1, np.zeros(len(times), dtype=int), times * b2.ms, dt=dt)
    target = b2.NeuronGroup(1, "dummy : 1", dt=dt)
    synapse = b2.Synapses(
        source,
        target,
        """
        du/dt = -u/tau_f : 1 (event-driven)
        dx/dt = (1 - x)/tau_d : 1 (event-driven)
        u_noted : 1
        released : 1
        """,
        on_pre="""
        u += U*(1 - u)
        u_noted = u
        released = u*x
        x -= released
        """,
        namespace={"U": constants["U"]}
        | {name: constants[name] * b2.ms for name in ("tau_f", "tau_d")},
        dt=dt,
    )
    synapse.connect()
    synapse.x = 1
    seen = b2.StateMonitor(synapse, ["u_noted", "released"], record=True, dt=dt)
    network = b2.Network(source, target, synapse, seen)
    network.run(times[-1] * b2.ms + 2 * dt)
    rows = np.rint(times / 0.1).astype(int) + 1
    return {"u": seen.u_noted[0, rows], "released": seen.released[0, rows]}


def make_traces():
    """Return the arrays of synapses.npz."""
    from brian2 import __version__ as brian2_version

    counts, times = make_inputs()
    cases = {"conductances": {f"counts_{kind}": table for kind, table in counts.items()}}
    cases["conductances"] |= run_conductances(counts)
    for name, constants in DYNAMIC.items():
        cases[name] = {"spike_times": times} | run_dynamic(times, constants)
    arrays = {f"{case}/{name}": a for case, found in cases.items() for name, a in found.items()}
    return {"brian2_version": np.array(brian2_version)} | arrays


if __name__ == "__main__":
    np.savez_compressed(sys.argv[1] if len(sys.argv) > 1 else TRACES, **make_traces())

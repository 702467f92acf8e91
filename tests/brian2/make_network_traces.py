"""Run Brian2 on a small network with delays and store what it gives, in the conventions of this course.

As `make_traces`, whose notes on the translation hold here too:

    pip install 'brian2==2.9.0' 'numpy<2.4'
    python tests/brian2/make_network_traces.py

Array `NAME` of network.npz is a parameter of `lif_network`, named as in its signature, or a result: `V`
(N_t+1, len(record)), `steps` and `neurons` of all spikes, and `sources`, from which `start` and `targets`
come.

Brian2 would test the threshold before the kicks of a step.  Here its schedule has them after the state
update and before the test, as in `lif_network`; they then know of spikes one step old, so a delay of
d steps is one of d - 1 in Brian2.
"""

from pathlib import Path

import numpy as np

TRACES = Path(__file__).with_name("network.npz")

LEVELS = dict(E_m=-70.0, V_theta=-50.0, V_reset=-60.0, tau=20.0)


def make_case():
    """Return the parameters: 40 neurons, 32 of them excitatory, with 12 inputs each."""
    rng = np.random.default_rng(60)
    n, N_t = 40, 800
    sources = np.concatenate([rng.integers(0, 32, (n, 9)), rng.integers(32, n, (n, 3))], axis=1)
    return dict(
        LEVELS,
        dt=0.1,
        V_init=rng.uniform(-70.0, -51.0, n),
        t_ref=2.0,
        J_ext=0.73,
        counts_ext=rng.poisson(0.21, (N_t, n)).astype(np.uint8),
        sources=sources,
        J=np.where(np.arange(n) < 32, rng.uniform(0.6, 1.4, n), -rng.uniform(3.0, 6.0, n)),
        delay=1.5,
        record=np.array([35, 2, 17]),
    )


def run_brian2(p):
    """Return V, steps and neurons."""
    import brian2 as b2

    b2.prefs.codegen.target = "numpy"
    dt, n = p["dt"] * b2.ms, len(p["V_init"])
    counts, J_ext = p["counts_ext"], p["J_ext"]
    namespace = {name: p[name] for name in LEVELS} | dict(ms=b2.ms)
    group = b2.NeuronGroup(
        n,
        "dV/dt = (E_m - V)/(tau*ms) : 1 (unless refractory)\nJ : 1",
        threshold="V >= V_theta",
        reset="V = V_reset",
        refractory=(round(p["t_ref"] / p["dt"]) + 1) * dt,
        method="euler",
        namespace=namespace,
        dt=dt,
    )
    group.V, group.J = p["V_init"], p["J"]
    synapses = b2.Synapses(
        group, group, on_pre="V_post += J_pre*int(not_refractory_post)", method="euler", dt=dt
    )
    receivers = np.repeat(np.arange(n), p["sources"].shape[1])
    synapses.connect(i=p["sources"].ravel(), j=receivers)  # a pair twice makes two synapses
    synapses.delay = (p["delay"] - p["dt"]) * b2.ms

    @b2.network_operation(dt=dt, when="synapses")
    def drive(t):
        k = round(float(t / dt))
        group.V_[:] += J_ext * counts[k] * group.not_refractory[:]

    voltages = b2.StateMonitor(group, "V", record=p["record"], when="end", dt=dt)
    spikes = b2.SpikeMonitor(group)
    network = b2.Network(group, synapses, drive, voltages, spikes)
    network.schedule = ["start", "groups", "synapses", "thresholds", "resets", "end"]
    network.run(len(counts) * dt)
    steps = np.round(np.asarray(spikes.t / dt)).astype(int) + 1
    order = np.lexsort((np.asarray(spikes.i), steps))
    V = np.vstack([p["V_init"][p["record"]], voltages.V.T])
    return V, steps[order], np.asarray(spikes.i)[order]


def main():
    p = make_case()
    V, steps, neurons = run_brian2(p)
    np.savez_compressed(TRACES, **p, V=V, steps=steps, neurons=neurons)
    print(f"{len(steps)} spikes, {TRACES.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()

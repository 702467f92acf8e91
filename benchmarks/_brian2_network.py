"""Run Brunel's network in Brian2; a script for another Python, since Brian2 is no dependency of ours.

    python benchmarks/_brian2_network.py NETWORK.npz G TARGET

NETWORK.npz holds `sources`, `V_init` and `counts_ext`; TARGET is Brian2's `numpy` or `cython`.  Prints
the number of spikes and the processor seconds of wiring (with compiling) and of the run.  The order of a
step is ours (see tests/brian2/make_network_traces.py): the spikes are the same until rounding tells.
"""

import json
import sys
import time

import brian2 as b2
import numpy as np


def main(path, g, target):
    b2.prefs.codegen.target = target
    b2.defaultclock.dt = 0.1 * b2.ms
    with np.load(path) as stored:
        sources, V_init, counts = (stored[name] for name in ("sources", "V_init", "counts_ext"))
    n = len(sources)
    begun = time.process_time()
    group = b2.NeuronGroup(
        n,
        "dV/dt = (-70 - V)/(20*ms) : 1 (unless refractory)",
        threshold="V >= -50",
        reset="V = -60",
        refractory=2.1 * b2.ms,
        method="euler",
    )
    group.V = V_init
    parts = []
    for first, last, weight in ((0, int(0.8 * n), 0.1), (int(0.8 * n), n, -0.1 * g)):
        kick = f"V_post += {weight}*int(not_refractory_post)"
        one = b2.Synapses(group[first:last], group, on_pre=kick)
        chosen = (sources >= first) & (sources < last)
        receivers, _ = np.nonzero(chosen)
        one.connect(i=sources[chosen] - first, j=receivers)
        one.delay = 1.4 * b2.ms
        parts.append(one)

    @b2.network_operation(when="synapses")
    def outside(t):
        k = round(float(t / b2.defaultclock.dt))
        group.V_[:] += 0.1 * counts[k] * group.not_refractory[:]

    spikes = b2.SpikeMonitor(group)
    network = b2.Network(group, *parts, outside, spikes)
    network.schedule = ["start", "groups", "synapses", "thresholds", "resets", "end"]
    network.store()
    network.run(0.2 * b2.ms)  # compiles
    network.restore()
    wired = time.process_time() - begun
    begun = time.process_time()
    network.run(len(counts) * b2.defaultclock.dt)
    seconds = time.process_time() - begun
    print(json.dumps({"spikes": int(spikes.num_spikes), "wired": wired, "seconds": seconds}))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), sys.argv[3])

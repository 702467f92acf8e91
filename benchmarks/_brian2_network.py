"""Run Brunel's network in Brian2; a script for another Python, since Brian2 is no dependency of ours.

    python benchmarks/_brian2_network.py NETWORK.npz G ETA T_MS TARGET

NETWORK.npz holds `sources` and `V_init`; TARGET is Brian2's `numpy` or `cython`.  Prints the mean rate (Hz)
and the processor seconds of wiring and of the run.  Compiling comes before the run and is left out.
"""

import json
import sys
import time

import brian2 as b2
import numpy as np


def main(path, g, eta, T, target):
    b2.prefs.codegen.target = target
    b2.defaultclock.dt = 0.1 * b2.ms
    with np.load(path) as stored:
        sources, V_init = stored["sources"], stored["V_init"]
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
        one.delay = 1.5 * b2.ms
        parts.append(one)
    outside = b2.PoissonInput(group, "V", 1000, 10 * eta * b2.Hz, weight=0.1)
    spikes = b2.SpikeMonitor(group)
    network = b2.Network(group, *parts, outside, spikes)
    network.run(0.2 * b2.ms)  # compiles
    wired = time.process_time() - begun
    begun = time.process_time()
    network.run(T * b2.ms)
    seconds = time.process_time() - begun
    rate = spikes.num_spikes / n / (T / 1000)
    print(json.dumps({"rate": rate, "wired": wired, "seconds": seconds}))


if __name__ == "__main__":
    _, path, *numbers, target = sys.argv
    main(path, *map(float, numbers), target)

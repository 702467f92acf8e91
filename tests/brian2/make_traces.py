"""Run Brian2 on a few small cases and store what it gives, in the conventions of this course.

Brian2 (Stimberg, Brette & Goodman 2019, eLife 8:e47314) was written by other people from the same
equations, so it is an independent check of the reference solvers.  The stored traces let the tests
compare without Brian2 installed.  To make them again, in an environment of its own (Brian2 2.9
fails to import with NumPy 2.4):

    pip install 'brian2==2.9.0' 'numpy<2.4'
    python tests/brian2/make_traces.py

Array `CASE/NAME` of traces.npz is a parameter of the solver, named as in its signature, or a
result: `V` (N_t+1, n) in mV, `spikes` (N_t+1, n) bool.  Units are ms, mV, nA, uS.  Twice in a row
on one machine gives the same bytes.

What has to be translated (the order in Brian2's step: record, update, test the threshold, reset):

* Brian2's monitor records before each step: N_t rows.  The voltage that the group is left with is
  row N_t.
* A spike found in the step from t_(k-1) to t_k has the time t_(k-1) in Brian2 and the index k here:
  ours is later by one.
* Brian2 counts the refractory period from that earlier time, so the update that fired uses up its
  first step: with `refractory = m*dt` and `(unless refractory)` V is held for m - 1 updates.  Here
  n_ref = round(t_ref/dt) updates are held, which is `refractory = (n_ref + 1)*dt`.
* Brian2's noise `xi` has unit variance per unit of time, so a free membrane whose standard
  deviation is sigma needs `sigma*sqrt(2/tau)*xi`.  The numpy target draws one row of
  `np.random.randn(n)` a step from NumPy's seeded global generator, so the same numbers can be
  stored and handed to our solver.
"""

import sys
from pathlib import Path

import numpy as np

TRACES = Path(__file__).with_name("traces.npz")
NOISE_SEED = 1

MEMBRANE = dict(E_m=-68.0, g_m=1.6)
NEURON = dict(MEMBRANE, V_theta=-50.0, V_reset=-75.0)
# The interval counts are those of Lab 2's defaults, E_m = -70 mV and g_m = 1 uS.
TEXTBOOK_NEURON = dict(E_m=-70.0, g_m=1.0, V_theta=-50.0, V_reset=-75.0, V_init=np.full(4, -75.0))
TEXTBOOK_CURRENTS = np.array([21.0, 25.0, 30.0, 40.0])


def make_cases():
    """Return the parameters by case: neurons that fire, that stay silent, that are pulled down."""
    constant = dict(
        MEMBRANE,
        N_t=300,
        dt=0.1,
        V_init=np.array([-80.0, -61.3, -70.0, -75.5]),
        I_ext=np.array([21.0, 0.0, -12.5, 4.7]),
        tau=np.array([10.0, 20.0, 5.0, 3.7]),
    )
    driven = dict(
        MEMBRANE,
        dt=0.1,
        V_init=np.array([-80.0, -68.0, -61.3]),
        I_ext=step_ramp_sine(300, 0.1),
        tau=np.array([10.0, 25.0, 3.7]),
    )
    firing = dict(
        NEURON,
        N_t=800,
        dt=0.1,
        V_init=np.array([-75.0, -52.5, -66.0, -60.0, -71.0]),
        I_ext=np.array([40.0, 70.0, 24.0, -16.0, 36.0]),
        tau=np.array([10.0, 20.0, 10.0, 15.0, 4.3]),
    )
    refractory = dict(
        NEURON,
        N_t=600,
        dt=0.1,
        V_init=np.array([-75.0, -66.0, -60.0, -52.5]),
        I_ext=np.array([40.0, 24.0, -16.0, 90.0]),
        tau=np.array([10.0, 10.0, 15.0, 4.3]),
    )
    noisy = dict(
        NEURON,
        dt=0.1,
        V_init=np.array([-75.0, -66.0, -52.5]),
        I_ext=np.array([32.0, 26.0, -16.0]),
        tau=np.array([10.0, 20.0, 4.3]),
        sigma=4.0,
        xi=np.random.RandomState(NOISE_SEED).randn(600, 3),
    )
    return {
        "passive_euler": constant,
        "passive_exact": constant,
        "passive_driven": driven,
        "lif_euler": firing,
        "lif_refractory_2.0_ms": dict(refractory, t_ref=2.0),
        # 5.7 steps are 6, and 0.3/0.1 is 2.9999999999999996: truncation would lose a step.
        "lif_refractory_0.57_ms": dict(refractory, t_ref=0.57),
        "lif_refractory_0.3_ms": dict(refractory, t_ref=0.3),
        "intervals_euler_10_ms": textbook_case(tau=10.0, N_t=1100),
        "intervals_euler_20_ms": textbook_case(tau=20.0, N_t=2100),
        "intervals_exact_10_ms": textbook_case(tau=10.0, N_t=1100),
        "intervals_refractory_10_ms": dict(textbook_case(tau=10.0, N_t=1100), t_ref=2.0),
        "lif_noisy": noisy,
        "lif_noisy_driven": dict(noisy, I_ext=18.0 + step_ramp_sine(600, 0.1)),
    }


def textbook_case(tau, N_t):
    """Return four neurons that start at reset, with time for three intervals of the slowest."""
    return dict(TEXTBOOK_NEURON, N_t=N_t, dt=0.1, I_ext=TEXTBOOK_CURRENTS, tau=np.full(4, tau))


def step_ramp_sine(N_t, dt):
    """Return three currents in nA, one a column (N_t, 3); row k acts from k*dt to (k+1)*dt."""
    t = dt * np.arange(N_t)
    step = np.where((np.arange(N_t) >= 50) & (np.arange(N_t) < 200), 24.0, -3.0)
    return np.column_stack([step, 0.9 * t - 8.0, 16.0 * np.sin(2 * np.pi * t / 12.5)])


def run_brian2(parameters, method):
    """Return `V` (N_t+1, n) in mV and `spikes` (N_t+1, n) of the neurons described."""
    # Imported here, so that collecting this folder's doctests needs no Brian2.
    import brian2 as b2

    b2.prefs.codegen.target = "numpy"
    p = parameters
    dt = p["dt"] * b2.ms
    driven = np.ndim(p["I_ext"]) == 2
    namespace = dict(E_m=p["E_m"] * b2.mV, g_m=p["g_m"] * b2.uS)
    if driven:
        namespace["current"] = b2.TimedArray(p["I_ext"] * b2.nA, dt=dt)
    if "xi" in p:
        namespace["sigma"] = p["sigma"] * b2.mV
    spiking = {}
    if "V_theta" in p:
        namespace.update(V_theta=p["V_theta"] * b2.mV, V_reset=p["V_reset"] * b2.mV)
        spiking = dict(threshold="V >= V_theta", reset="V = V_reset")
    if "t_ref" in p:
        spiking["refractory"] = (round(p["t_ref"] / p["dt"]) + 1) * dt

    group = b2.NeuronGroup(
        len(p["V_init"]),
        f"""
        dV/dt = (-(V - E_m) + I_ext/g_m)/tau {"+ sigma*sqrt(2/tau)*xi" if "xi" in p else ""}
            : volt {"(unless refractory)" if "t_ref" in p else ""}
        {"I_ext = current(t, i) : amp" if driven else "I_ext : amp (constant)"}
        tau : second (constant)
        """,
        method=method,
        dt=dt,
        namespace=namespace,
        **spiking,
    )
    group.V = p["V_init"] * b2.mV
    group.tau = p["tau"] * b2.ms
    if not driven:
        group.I_ext = p["I_ext"] * b2.nA

    N_t = p["N_t"] if "N_t" in p else len(p["I_ext"] if driven else p["xi"])
    voltage = b2.StateMonitor(group, "V", record=True)
    network = b2.Network(group, voltage)
    if spiking:
        fired = b2.SpikeMonitor(group)
        network.add(fired)
    if "xi" in p:
        b2.seed(NOISE_SEED)
    network.run(N_t * dt)

    V = np.vstack([voltage.V.T / b2.mV, group.V / b2.mV])
    spikes = np.zeros(V.shape, dtype=bool)
    if spiking:
        spikes[np.rint(fired.t / dt).astype(int) + 1, fired.i] = True
    return V, spikes


def make_traces():
    """Return the arrays of traces.npz: each case's parameters and what Brian2 gives for them."""
    from brian2 import __version__ as brian2_version

    arrays = {"brian2_version": np.array(brian2_version)}
    for case, parameters in make_cases().items():
        V, spikes = run_brian2(parameters, method="exact" if "exact" in case else "euler")
        results = dict(V=V, spikes=spikes)
        if case.startswith("passive"):
            del results["spikes"]
        if case.startswith("intervals"):
            del results["V"]  # only the spikes are asked for, and the file stays small
        arrays.update(
            {f"{case}/{name}": np.asarray(value) for name, value in (parameters | results).items()}
        )
    return arrays


if __name__ == "__main__":
    np.savez(sys.argv[1] if len(sys.argv) > 1 else TRACES, **make_traces())

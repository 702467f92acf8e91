"""Run Brian2 on adapting neurons and store what it gives, in the conventions of this course.

As `make_traces`, whose notes on the translation hold here too:

    pip install 'brian2==2.9.0' 'numpy<2.4'
    python tests/brian2/make_adaptation_traces.py

Array `CASE/NAME` of adaptation.npz is a parameter of `lif_adaptive` or `adex_euler`, named as in its
signature, or a result: `V` and `w` (N_t+1, n), `spikes` (N_t+1, n) bool.  `settled/I_ext` and
`settled/intervals` are currents (nA) and the last intervals (ms) of Brian2's exact update at 0.01 ms.
"""

import sys
from pathlib import Path

import numpy as np

TRACES = Path(__file__).with_name("adaptation.npz")

ADAPTING = dict(E_m=-70.0, V_theta=-50.0, V_reset=-75.0, g_m=1.0, tau=10.0, b=2.0, tau_w=100.0)
SETTLED_CURRENTS = np.array([21.0, 25.0, 30.0, 40.0])

LIF = dict(E_m=-69.0, V_theta=-51.0, V_reset=-64.0, g_m=0.8, tau=12.0, b=1.5, tau_w=90.0)

# The neurons of Naud et al. (2008), table 1, as Brian2's own example adapts them.
ADEX = {
    "tonic": dict(E_m=-70.0, g_m=0.010, tau=20.0, a=0.002, tau_w=30.0, b=0.0, V_reset=-58.0),
    "adapting": dict(E_m=-70.0, g_m=0.012, tau=50 / 3, a=0.002, tau_w=300.0, b=0.06, V_reset=-58.0),
    "bursting": dict(E_m=-58.0, g_m=0.010, tau=20.0, a=0.002, tau_w=120.0, b=0.1, V_reset=-46.0),
}
ADEX_CURRENTS = dict(tonic=0.5, adapting=0.5, bursting=0.21)  # nA


def make_cases():
    """Return the parameters by case."""
    t = 0.1 * np.arange(1000)
    currents = np.column_stack([0 * t + 22.0, 14.0 + 0.2 * t, 18.0 + 8.0 * np.sin(t / 9)])
    lif = dict(LIF, V_init=np.array([-66.0, -72.0, -60.0]), w_init=np.array([0.4, 0.0, 3.0]))
    cases = {"lif_adaptive": dict(lif, dt=0.1, I_ext=currents)}
    for name, neuron in ADEX.items():
        start = dict(V_init=np.array([neuron["E_m"]]), w_init=np.zeros(1))
        soft = dict(V_T=-50.0, Delta_T=2.0, V_peak=0.0)
        I_ext = np.full((1600, 1), ADEX_CURRENTS[name])
        cases[f"adex_{name}"] = dict(neuron, **start, **soft, dt=0.1, I_ext=I_ext)
    return cases


def run_brian2(p):
    """Return V, w and spikes of a case, each with N_t + 1 rows."""
    import brian2 as b2

    b2.prefs.codegen.target = "numpy"
    dt, soft = p["dt"] * b2.ms, "V_T" in p
    namespace = {name: p[name] for name in p if np.ndim(p[name]) == 0 and name != "dt"}
    namespace |= dict(current=b2.TimedArray(p["I_ext"], dt=dt), ms=b2.ms)
    group = b2.NeuronGroup(
        len(p["V_init"]),
        f"""
        dV/dt = (-(V - E_m) {"+ Delta_T*exp((V - V_T)/Delta_T)" if soft else ""}
                 + (current(t, i) - w)/g_m)/(tau*ms) : 1
        dw/dt = ({"a*(V - E_m)" if soft else "0"} - w)/(tau_w*ms) : 1
        """,
        threshold="V >= V_peak" if soft else "V >= V_theta",
        reset="V = V_reset; w += b",
        method="euler",
        dt=dt,
        namespace=namespace,
    )
    group.V, group.w = p["V_init"], p["w_init"]
    state, fired = b2.StateMonitor(group, ["V", "w"], record=True), b2.SpikeMonitor(group)
    b2.Network(group, state, fired).run(len(p["I_ext"]) * dt)
    V, w = (
        np.vstack([recorded.T, last])
        for recorded, last in ((state.V, group.V[:]), (state.w, group.w[:]))
    )
    spikes = np.zeros(V.shape, dtype=bool)
    spikes[np.rint(fired.t / dt).astype(int) + 1, fired.i] = True
    return dict(V=V, w=w, spikes=spikes)


def settled_intervals():
    """Return the last interval of each settled neuron in ms, by Brian2's exact update."""
    import brian2 as b2

    group = b2.NeuronGroup(
        len(SETTLED_CURRENTS),
        """
        dV/dt = (-(V - E_m) + (I_ext - w)/g_m)/(tau*ms) : 1
        dw/dt = -w/(tau_w*ms) : 1
        I_ext : 1
        """,
        threshold="V >= V_theta",
        reset="V = V_reset; w += b",
        method="exact",
        dt=0.01 * b2.ms,
        namespace=dict(ADAPTING, ms=b2.ms),
    )
    group.V, group.I_ext = ADAPTING["V_reset"], SETTLED_CURRENTS
    fired = b2.SpikeMonitor(group)
    b2.Network(group, fired).run(1500 * b2.ms)
    trains = fired.spike_trains()
    return np.array([np.diff(trains[i] / b2.ms)[-1] for i in range(len(SETTLED_CURRENTS))])


def make_traces():
    """Return the arrays of adaptation.npz."""
    from brian2 import __version__ as brian2_version

    arrays = {"brian2_version": np.array(brian2_version)}
    for case, parameters in make_cases().items():
        both = parameters | run_brian2(parameters)
        arrays |= {f"{case}/{name}": np.asarray(value) for name, value in both.items()}
    arrays["settled/I_ext"] = SETTLED_CURRENTS
    arrays["settled/intervals"] = settled_intervals()
    return arrays


if __name__ == "__main__":
    np.savez_compressed(sys.argv[1] if len(sys.argv) > 1 else TRACES, **make_traces())

"""Exercise 2.2, ``LIFNeuron``: the solver as an object."""

# ruff: noqa: N999 (called as the class that students write)

import numpy as np

from lifkit.judge import Call, Case, Output
from lifkit_staff.exercise import also, case, exercise, holds, line

from ... import spiking
from ...spiking import OUTPUTS, draw_neurons
from .lif_euler import FIGURE, neuron_by_neuron

RESULTS = ("V", "spikes", "spike_times")

DEFAULTS = {
    "V_init": -70.0,
    "E_m": -70.0,
    "tau": 10.0,
    "g_m": 1.0,
    "I_ext": 20.0,
    "V_theta": -50.0,
    "V_reset": -75.0,
}

UNITS = {"tau": "ms", "g_m": "uS", "I_ext": "nA"}  # the others are voltages

PARAMETERS = [
    Output(
        name=name,
        unit=UNITS.get(name, "mV"),
        why="a number that is stored and read back: exact",
        double=False,
    )
    for name in DEFAULTS
]

HINTS = (
    "The idea: an object keeps its numbers in self. A method reads the parameters there, solves, "
    "and writes the results back there. You have a solver already: lif_euler.",
    "The picture, for simulate with two tau_values and two I_ext_values; all start at self.V_init. "
    "euler_solve is the case of one neuron with self.tau and self.I_ext:\n"
    "neuron    tau              I_ext\n"
    "0         tau_values[0]    self.I_ext\n"
    "1         tau_values[1]    self.I_ext\n"
    "2         self.tau         I_ext_values[0]\n"
    "3         self.tau         I_ext_values[1]",
    "A skeleton; what stands for each ___?\n"
    "def __init__(self):\n"
    "    self.V_init = ___               # and six more, one line each\n"
    "\n"
    "def euler_solve(self, N_t, dt):\n"
    "    start = np.array([___])         # and I_ext, and tau\n"
    "    self.V, ___ = lif_euler(N_t, dt, start, ___)\n"
    "\n"
    "def simulate(self, N_t, dt, tau_values, I_ext_values):\n"
    "    n = ___\n"
    "    tau = np.full(n, ___)           # the object's own value for all\n"
    "    tau[___] = tau_values           # then the stretch that varies\n"
    "    I_ext = ___                     # likewise: the other stretch\n"
    "    self.V, ___ = lif_euler(N_t, dt, ___)",
)


def neuron(rng, *drive):
    """Draw the attributes of an object."""
    one = draw_neurons(rng, 1, drive)
    return {name: float(np.ravel(value)[0]) for name, value in one.items()}


def sweep(rng, own, n_tau, n_I):
    """Draw the values of a sweep; one current is negative."""
    currents = own["I_ext"] * rng.uniform(0.8, 1.6, n_I)
    currents[0] *= -0.2
    return {"tau_values": rng.uniform(4, 16, n_tau), "I_ext_values": rng.permutation(currents)}


def run(title, own, *calls, **more):
    """Return a case that looks at the results; each call is (method, N_t, dt, values of a sweep)."""
    made = [
        (method, {"N_t": int(N_t), "dt": dt, **(values[0] if values else {})})
        for method, N_t, dt, *values in calls
    ]
    return case(title, *made, attributes=own, **{"reads": RESULTS, **more})


@holds(of=tuple(DEFAULTS), fixed=True)
def defaults():
    """a new object has the seven parameters with their defaults"""
    return case("a new object", attributes={}, reads=tuple(DEFAULTS))


@holds(weight=3, of=("V", "spikes"))
def euler_solve(rng, solve):
    """euler_solve runs one neuron with the values that the attributes have by then"""
    silent, above, dt = neuron(rng, 0.2, 0.9), neuron(rng, 0.1, 1.6), rng.uniform(0.4, 0.7)
    above["V_init"] = above["V_theta"] + rng.uniform(4, 9)
    # Nearly there after one step, below rest.
    quick = {**neuron(rng, -0.9, -0.6), "tau": dt + rng.uniform(0.05, 0.08)}
    # The run ends on the second spike.
    firing, step = neuron(rng, 1.6, 3.0), rng.uniform(0.6, 0.9)
    one = solve()
    vars(one).update(firing)
    one.euler_solve(600, step)
    return [
        run("one neuron that stays silent", silent, ("euler_solve", rng.integers(12, 20), dt)),
        run("one neuron with a short tau", quick, ("euler_solve", rng.integers(6, 9), dt)),
        run("one neuron above threshold", above, ("euler_solve", rng.integers(8, 12), dt)),
        run(
            "one neuron, spike on the last step",
            firing,
            ("euler_solve", round(one.spike_times[0][1] / step), step),
        ),
    ]


@also(euler_solve)
def at_reset(rng):
    own, dt = neuron(rng, 1.6, 3.0), rng.uniform(0.6, 0.9)
    own["V_init"] = own["V_reset"]
    return run("one neuron that starts at V_reset", own, ("euler_solve", rng.integers(20, 30), dt))


@holds(weight=3, of=("V", "spikes"))
def simulate(rng):
    """simulate runs one neuron a value: first those of tau, then those of I_ext"""
    own, N_t = neuron(rng, 2.2, 3.5), rng.integers(24, 30)
    values = sweep(rng, own, 2, int(rng.integers(3, 5)))
    call = ("simulate", N_t, rng.uniform(0.8, 1.0), values)
    return run("two values of tau, more of I_ext", own, call)


@also(simulate, fixed=True)
def figure():
    """The parameters of the figure."""
    values = {"tau_values": np.linspace(1, 100, 5), "I_ext_values": np.linspace(0, 30, 5)}
    return run(
        "the parameters of the figure",
        {"I_ext": 21.0},
        ("simulate", FIGURE, 0.1, values),
        reads=("spikes", "spike_times"),
        fingerprint=False,
    )


@also(simulate)
def equal_sizes(rng):
    """As many values of tau as of I_ext, as many neurons as steps, and as rows."""
    own, n, dt = neuron(rng, 3.0, 8.0), int(rng.integers(3, 5)), rng.uniform(0.6, 0.9)
    return [
        run(
            f"as many neurons as {what}",
            own,
            ("simulate", N_t, dt, sweep(rng, own, n, n)),
            fingerprint=False,
        )
        for what, N_t in (("steps", 2 * n), ("rows", 2 * n - 1))
    ]


@holds(of=(*RESULTS, *DEFAULTS))
def again(rng):
    """a second run starts afresh and finds the parameters as they were set"""
    own, dt = neuron(rng, 2.5, 3.5), rng.uniform(0.7, 0.9)
    sweeps = [sweep(rng, own, *sizes) for sizes in ((2, 3), (3, 1), (2, 3))]
    first, second = rng.integers(9, 12), rng.integers(14, 20)
    single = ("euler_solve", second, dt)
    both = {"reads": (*RESULTS, *DEFAULTS)}
    return [
        run(f"{title}", own, *calls, **both)
        for title, calls in {
            "simulate, then simulate with more values of tau": (
                ("simulate", first, dt, sweeps[0]),
                ("simulate", second, dt, sweeps[1]),
            ),
            "simulate, then as many other values": (
                ("simulate", first, dt, sweeps[0]),
                ("simulate", second, dt, sweeps[2]),
            ),
            "simulate, then euler_solve": (("simulate", first, dt, sweeps[0]), single),
            "euler_solve, then simulate": (single, ("simulate", first, dt, sweeps[1])),
            "euler_solve twice": (single, single),
        }.items()
    ]


@holds(of=("V", "spikes"))
def ties(rng):
    """a voltage that just reaches V_theta is a spike (>=, not >)"""
    shift = float(rng.integers(-8, 9))  # moving every voltage by a whole number keeps a tie exact
    tau = float(2 ** rng.integers(3))
    own = {
        "V_init": -70.0 + shift,
        "E_m": -70.0 + shift,
        "V_theta": -50.0 + shift,
        "V_reset": -75.0 + shift,
        "I_ext": 80.0 * tau,
        "g_m": 2.0,
        "tau": tau,
    }
    call = ("euler_solve", rng.integers(8, 14), 0.5)
    return run("a neuron that touches the threshold exactly", own, call)


@holds(of=("V", "spikes"))
def whole_numbers(rng):
    """whole-number inputs give the same as 1.0, 2.0, ..."""
    E_m = int(rng.integers(-72, -65))
    own = {
        "V_init": E_m - int(rng.integers(1, 6)),
        "E_m": E_m,
        "V_theta": E_m + 17,
        "V_reset": E_m - 7,
        "I_ext": int(rng.integers(55, 80)),
        "g_m": 2,
        "tau": int(rng.integers(6, 12)),
    }
    values = {"tau_values": rng.integers(5, 17, 2), "I_ext_values": rng.integers(45, 90, 2)}
    return run("whole-number inputs", own, ("simulate", rng.integers(15, 20), 1, values))


@also(whole_numbers)
def whole_sweeps(rng):
    """Draw a sweep in whole numbers of an object whose own tau and I_ext are not whole."""
    own = neuron(rng, 2.2, 3.5)
    own["tau"] = int(rng.integers(6, 12)) + rng.uniform(0.3, 0.8)
    own["I_ext"] = int(own["I_ext"]) + rng.uniform(0.3, 0.8)
    values = {
        "tau_values": rng.integers(5, 17, 2),
        "I_ext_values": np.int64(own["I_ext"]) + rng.integers(1, 30, 3),
    }
    return run("a sweep in whole numbers", own, ("simulate", rng.integers(15, 20), 0.9, values))


spike_times = line(
    "spike times",
    "spike_times has each neuron's own times in ms, empty where it never fired",
    on=[euler_solve, simulate],
    of="spike_times",
    weight=2,
)


def certify(case):
    """Raise ValueError if correct solvers could disagree on a spike of one of the calls.

    Also if I_ext is left at its default: that is exactly rheobase, where rounding decides.
    """
    if case.calls and "I_ext" not in case.attributes:
        raise ValueError(f"{case.name}: I_ext is left at its default, exactly at rheobase")
    own = {**DEFAULTS, **case.attributes}
    for call in case.calls:
        inputs = {**own, **{name: call.inputs[name] for name in ("N_t", "dt")}}
        taus = np.ravel(call.inputs.get("tau_values", [])).tolist()
        currents = np.ravel(call.inputs.get("I_ext_values", [])).tolist()
        if call.method == "euler_solve":
            taus = [own["tau"]]
        inputs["tau"] = np.array(taus + [own["tau"]] * len(currents))
        inputs["I_ext"] = np.array([own["I_ext"]] * len(taus) + currents)
        inputs["V_init"] = np.full(len(inputs["tau"]), own["V_init"])
        spiking.certify(Case(name=case.name, group=case.group, calls=(Call(inputs=inputs),)))


class OneByOne:
    """Solve in another style: one run a neuron, and the columns joined."""

    def __init__(self):
        self.V_init, self.E_m, self.V_theta, self.V_reset = -70, -70, -50, -75
        self.tau, self.g_m, self.I_ext = 10, 1, 20

    def euler_solve(self, N_t, dt):
        self.run_all(N_t, dt, [(self.tau, self.I_ext)])

    def simulate(self, N_t, dt, tau_values, I_ext_values):
        pairs = [(tau, self.I_ext) for tau in tau_values]
        pairs += [(self.tau, I_ext) for I_ext in I_ext_values]
        self.run_all(N_t, dt, pairs)

    def run_all(self, N_t, dt, pairs):
        self.V, self.spikes = np.zeros((N_t + 1, len(pairs))), np.zeros((N_t + 1, len(pairs)))
        self.spike_times = []
        for i, (tau, I_ext) in enumerate(pairs):
            levels = self.E_m, self.V_theta, self.V_reset
            V, spikes, times = neuron_by_neuron(
                N_t, dt, [self.V_init], *levels, [I_ext], self.g_m, [tau]
            )
            self.V[:, i], self.spikes[:, i] = V[:, 0], spikes[:, 0]
            self.spike_times += times


REFERENCE = exercise(
    "lab2",
    "LIFNeuron",
    returns=[*OUTPUTS, *PARAMETERS],
    hints=HINTS,
    certify=certify,
    styles=[OneByOne],
)

"""Lab 2: its references are right, its checks accept right answers and name what is wrong."""

import textwrap
from pathlib import Path

import nbformat
import numpy as np
import pytest

from lifkit.judge import Call, Case, as_text
from lifkit_staff.exercise.cells import compiled
from lifkit_staff.exercise.edits import apply
from solutions.reference import spiking
from solutions.reference.lab2 import (
    LIFNeuron,
    fi_exact,
    firing_rate,
    lif_euler,
    lif_refractory,
)
from tests.exercise_contract import BY_NAME, SEEDS, define, names, over, report

SEED_NEURON = {"E_m": -70.0, "V_theta": -50.0, "V_reset": -75.0, "g_m": 1.0}


# --- The checks ---------------------------------------------------------------------------------


def test_the_defaults_alone_earn_no_more_than_their_own_line():
    class Defaults(LIFNeuron):
        def euler_solve(self, N_t, dt):
            pass

        def simulate(self, N_t, dt, tau_values, I_ext_values):
            pass

    properties = BY_NAME["LIFNeuron"].exercise.properties
    share = properties[0].weight / sum(line.weight for line in properties)
    assert share < 0.1
    assert report(BY_NAME["LIFNeuron"], Defaults).fraction == pytest.approx(share)


# --- The cases ------------------------------------------------------------------------------------


SPIKING = [BY_NAME[name] for name in ("lif_euler", "lif_refractory")]


@over(SPIKING)
def test_the_cases_hold_silent_firing_and_negatively_driven_neurons(reference):
    draws = [reference.draw(np.random.default_rng(seed)) for seed in range(5)]
    for cases in (reference.public(), *draws):
        trains, currents = [], []
        for case in cases:
            trains += reference.solve(*case.calls[0].inputs.values())[2]
            currents += [*case.inputs["I_ext"]]
        counts = [len(times) for times in trains]
        assert min(counts) == 0 and sum(count >= 3 for count in counts) >= 2
        assert min(currents) < 0


@over(SPIKING)
def test_a_case_ends_with_a_spike_on_the_last_step(reference):
    draws = [reference.draw(np.random.default_rng(seed)) for seed in range(5)]
    for cases in (reference.public(), *draws):
        last = [reference.solve(*case.calls[0].inputs.values())[1][-1] for case in cases]
        assert any(row.shape == (1,) and row.all() for row in last)


def a_case(group="firing", **changed):
    inputs = {
        "N_t": 2000,
        "dt": 0.25,
        "V_init": np.array([-65.0, -70.0]),
        "E_m": -68.0,
        "V_theta": -52.0,
        "V_reset": -77.0,
        "I_ext": np.array([10.0, 40.0]),
        "g_m": 1.6,
        "tau": np.array([9.0, 9.0]),
        **changed,
    }
    return Case(name="a case", group=group, calls=(Call(inputs=inputs),), dt=inputs["dt"])


def test_certify_refuses_a_neuron_at_rheobase():
    spiking.certify(a_case())
    rheobase = 1.6 * (68.0 - 52.0)
    with pytest.raises(ValueError, match=r"neuron 1 passes threshold with a margin of"):
        spiking.certify(a_case(I_ext=np.array([10.0, rheobase])))


def test_certify_refuses_a_tie_that_is_not_exact_in_binary():
    with pytest.raises(ValueError, match="not exact in binary"):
        spiking.certify(a_case(group=spiking.TIES))


def test_certify_refuses_half_a_step_of_rest():
    spiking.certify(a_case(t_ref=0.6))
    with pytest.raises(ValueError, match="halfway"):
        spiking.certify(a_case(t_ref=0.625))


def test_certify_refuses_the_default_current_of_the_neuron():
    reference = BY_NAME["LIFNeuron"]
    call = Call(method="euler_solve", inputs={"N_t": 20_000, "dt": 0.1})
    for attributes in ({}, {"I_ext": 20.0}):
        case = Case(name="default", group="euler_solve", calls=(call,), attributes=attributes)
        with pytest.raises(ValueError, match="rheobase|margin"):
            reference.certify(case)


def test_certify_refuses_a_current_almost_at_rheobase():
    certify, inputs = BY_NAME["fi_exact"].certify, {**SEED_NEURON, "tau": 10.0, "t_ref": 0.0}
    for I_ext, group in ((20.00001, "firing"), (19.99999, "silent"), (20.0 + 1e-13, "firing")):
        ordered = {"I_ext": np.array([25.0, I_ext]), **inputs}
        with pytest.raises(ValueError, match="off threshold"):
            certify(Case(name="near", group=group, calls=(Call(inputs=ordered),)))


def test_certify_refuses_a_spike_almost_on_the_edge_of_a_window():
    trains = [np.array([10.0, 99.9999999])]
    inputs = {"spike_times": trains, "t_start": 0.0, "t_stop": 100.0}
    with pytest.raises(ValueError, match="edge of the window"):
        BY_NAME["firing_rate"].certify(
            Case(name="near", group="window", calls=(Call(inputs=inputs),))
        )


def test_the_figures_slowest_panel_needs_the_finer_margin():
    """COURSE: the panel tau = 100 ms passes threshold with a margin of 8e-8 mV."""
    figure = next(case for case in BY_NAME["lif_euler"].public() if case.group == "seed")
    spiking.certify(figure)
    margins = [spiking.solve(**one)[1] for one in spiking.neurons(figure)]
    assert 1e-8 < min(margins) < 1e-6


# --- What is wrong beside the numbers ---------------------------------------------------------------


def written(source, **notebook):
    """Define the class that `source` defines as a notebook would, and return it."""
    return define(source, "LIFNeuron", **notebook)


NEURON = BY_NAME["LIFNeuron"]


def neuron(body, **notebook):
    """Define a class that inherits the solution."""
    source = "class LIFNeuron(Solution):\n" + textwrap.indent(textwrap.dedent(body), "    ")
    return written(source, Solution=LIFNeuron, **notebook)


@pytest.mark.parametrize(
    ("body", "name", "words"),
    [
        (
            """
            def simulate(self, N_t, dt, tau_values, I_ext_values):
                Solution.simulate(self, N_t, dt, tau_values, I_ext_values)
                tau_values[0] += 1
            """,
            "input changed in place",
            "tau_values",
        ),
        (
            """
            collected = []

            def euler_solve(self, N_t, dt):
                Solution.euler_solve(self, N_t, dt)
                self.collected.extend(self.spike_times)
                self.spike_times = list(self.collected)
            """,
            "state kept between calls",
            "remembered",
        ),
        (
            """
            def euler_solve(self, N_t, dt):
                kept, self.g_m = self.g_m, my_g_m
                Solution.euler_solve(self, N_t, dt)
                self.g_m = kept
            """,
            "notebook variable used",
            "my_g_m",
        ),
        ("def euler_solve(self, N_t, dt):\n    V = tau", "undefined name", "self.tau"),
        ("def euler_solve(self, N_t, dt):\n    V = Theta", "undefined name", "self.V_theta"),
        ("def euler_solve(self, N_t, dt):\n    V = self.V_tetha", "undefined attribute", "V_theta"),
        (
            "def euler_solve(self, N_t, dt):\n    n = self.V_init.shape[0]",
            "number used as an array",
            "plain number",
        ),
        (
            "def euler_solve(self, N_t, dt):\n    n = len(self.V_init)",
            "V_init as a plain number",
            "plain number",
        ),
        ("def euler_solve(self):\n    pass", "other arguments", "euler_solve(N_t, dt)"),
        ("def euler_solve(N_t, dt):\n    pass", "other arguments", "euler_solve(N_t, dt)"),
        ("def __init__(self, V_init):\n    self.V_init = V_init", "other arguments", "LIFNeuron()"),
        ("def __init__(self):\n    self.V = np.zeros()", "call lacks an argument", "shape"),
        (
            "def simulate(self, N_t, dt, tau_values, I_ext_values):\n    raise NotImplementedError()",
            None,
            None,
        ),
    ],
)
def test_what_is_wrong_with_a_class_is_named(body, name, words):
    found = report(NEURON, neuron(body, my_g_m=1.25))
    assert not found.passed
    assert names(found) == ([name] if name else [])
    if words:
        assert words in found.mistakes[0].diagnosis


def test_a_class_with_untouched_stubs_is_not_started():
    stub = "\n    raise NotImplementedError()\n"
    for init in (f"def __init__(self):{stub}", ""):
        source = (
            "class LIFNeuron:\n"
            + textwrap.indent(init, "    ")
            + textwrap.indent(f"def euler_solve(self, N_t, dt):{stub}", "    ")
            + textwrap.indent(
                f"def simulate(self, N_t, dt, tau_values, I_ext_values):{stub}", "    "
            )
        )
        assert report(NEURON, written(source)).outcome == "not started"


# --- The code that the course grew from -------------------------------------------------------------

AS_HANDED_IN = """
# LIF neuron class
class LIFNeuron:
    def __init__(self):
        # params
        self.V_init = -70
        self.E_m = -70
        self.tau = 10
        self.g_m = 1
        self.I_ext = 20
        self.V_theta = -50
        self.V_reset = -75
        # results
        self.V = np.array()
        self.spikes = np.array()
        self.spike_times = np.array()

    def euler_solve(self):
        n_neurons = V_init.shape[0]
        V = np.zeros([N_t+1, n_neurons])

        V[0,:] = V_init[:]
        spikes = np.zeros(V.shape)
        for t in range(1,N_t+1):
            dV = (-(V[t-1] - E_m) + I_ext/g_m)
            V[t] = V[t-1] + dt * dV / tau
            #check spike and reset
            spiked = (V[t] >= Theta)
            V[t] = V_reset * spiked + V[t] * (spiked == 0)
            spikes[t] = spiked * 1.0
        spike_times = []
        for n in range(n_neurons):
            if np.any(spikes[:,n] == 1.0):
                spike_times.append(np.nonzero(spikes[:,n]))
            else:
                spike_times.append(np.array([None]))

        self.V = V
        self.spikes = spikes
        self.spike_times = spike_times

    def simulate(self, n_params, values):
        combs = n_params * values

        V_inits = np.zeros([combs])
        V_inits[:] = self.V_init
        taus = np.zeros([combs]) + self.tau
        taus[:values] =  np.linspace(1,100, values)
        I_exts = np.zeros([combs]) + self.I_ext
        I_exts[values:] = np.linspace(0,30,5)

        V_spike, spikes , spikes_t = (spiking_LIF_vectorized(
            N_t, dt, V_inits, E_m, V_theta, V_reset, I_exts, g_m, taus))
"""

#: How a student mends it, fault by fault: (what the report names, words it says, the changes).
MENDED = [
    ("call lacks an argument", "np.array()", [("= np.array()", "= None")]),
    (
        "other arguments",
        "euler_solve(N_t, dt)",
        [
            ("euler_solve(self)", "euler_solve(self, N_t, dt)"),
            (
                "simulate(self, n_params, values)",
                "simulate(self, N_t, dt, tau_values, I_ext_values)",
            ),
        ],
    ),
    ("undefined name", "Did you mean self.V_init?", [("= V_init.shape", "= self.V_init.shape")]),
    (
        "number used as an array",
        "self.V_init.shape[0]",
        [("n_neurons = self.V_init.shape[0]", "n_neurons = 1"), ("= V_init[:]", "= self.V_init")],
    ),
    (
        "undefined name",
        "Did you mean self.E_m?",
        [
            ("[t-1] - E_m) + I_ext/g_m", "[t-1] - self.E_m) + self.I_ext/self.g_m"),
            ("dV / tau", "dV / self.tau"),
        ],
    ),
    ("undefined name", "Did you mean self.V_theta?", [("Theta", "self.V_theta")]),
    ("undefined name", "Did you mean self.V_reset?", [("= V_reset *", "= self.V_reset *")]),
    (
        "undefined name",
        "Nothing called n_params exists",
        [
            ("n_params * values", "len(tau_values) + len(I_ext_values)"),
            ("taus[:values] =  np.linspace(1,100, values)", "taus[:len(tau_values)] = tau_values"),
            ("I_exts[values:] = np.linspace(0,30,5)", "I_exts[len(tau_values):] = I_ext_values"),
        ],
    ),
    (
        "undefined name",
        "spiking_LIF_vectorized",
        [
            ("spiking_LIF_vectorized", "lif_euler"),
            ("V_inits, E_m, V_theta, V_reset, I_exts, g_m", "V_inits, *OWN, I_exts, self.g_m"),
            ("*OWN", "self.E_m, self.V_theta, self.V_reset"),
        ],
    ),
    (
        "simulate does not store",
        "euler_solve does",
        [("V_spike, spikes , spikes_t", "self.V, self.spikes, self.spike_times")],
    ),
    (
        "index tuples, and None for a silent neuron",
        "np.nonzero",
        [
            ("append(np.nonzero(spikes[:,n]))", "append(np.nonzero(spikes[:,n])[0] * dt)"),
            ("np.array([None])", "np.array([])"),
        ],
    ),
]


def test_the_seeds_code_gets_a_helpful_report_at_every_step_of_its_mending():
    source = AS_HANDED_IN
    earned = [0.0]
    for name, words, changes in MENDED:
        found = report(NEURON, written(source, lif_euler=lif_euler))
        assert not found.passed and names(found) == [name], (name, names(found), as_text(found))
        assert words in as_text(found)
        assert "Traceback" not in as_text(found)
        assert found.fraction >= earned[-1], name
        earned.append(found.fraction)
        for old, new in changes:
            assert old in source
            source = source.replace(old, new)
    assert report(NEURON, written(source, lif_euler=lif_euler)).passed
    assert earned[1] == 0 and earned[-1] > 0.5


def test_the_seeds_figure_cell_is_no_solution():
    """Its loop is right, its function is not there: only a NameError can come of it."""
    with pytest.raises(NameError, match="spiking_LIF_vectorized"):
        written("V = spiking_LIF_vectorized(10000, 0.1)")


# --- Wrong answers that nobody foresaw --------------------------------------------------------------


def edited(*edits):
    """Return the solved cell of lif_euler with edits."""
    reference = BY_NAME["lif_euler"]
    return compiled(
        "lif_euler", reference.around(apply(reference.cell.source, edits)), "unforeseen"
    )


def returning(values):
    return [("return V, spikes, spike_times", f"return {values}")]


def _one_spike_only(*arguments):
    V, spikes, times = lif_euler(*arguments)
    V_reset = arguments[5]
    for i, train in enumerate(times):
        if len(train):
            first = np.flatnonzero(spikes[:, i])[0]
            V[first:, i], spikes[first + 1 :, i] = V_reset, 0
    return V, spikes, [train[:1] for train in times]


STEP = "V[k - 1] + any_part * any_slope"
#: What is done to the solved cell, and words that the report has to say.
UNFORESEEN = {
    "E_m 2 mV too high": ([("V[k - 1] - E_m", "V[k - 1] - (E_m + 2)")], "from step 1 (t = "),
    "tau off by 0.1 %": ([("dt / tau", "dt / (1.001 * tau)")], "first step of V is 0.999 times"),
    "tau halved": ([("dt / tau", "dt / (tau / 2)")], "first step of V is 2 times"),
    "half the current": ([("I_ext / g_m", "I_ext / 2 / g_m")], "wrong from step 1 "),
    "largest tau for all": ([("dt / tau", "dt / tau.max()")], "wrong for all others"),
    "mean current for all": ([("I_ext / g_m", "I_ext.mean() / g_m")], "fires"),
    "no negative currents": (
        [("I_ext / g_m", "abs(I_ext) / g_m")],
        "V is right for neuron 2, and wrong for all others, off by up to",
    ),
    "dt of the lecture": ([("dt / tau", "0.1 / tau")], "first step of V is 0."),
    "reset of the lecture": (
        [("V[k, fired] = V_reset", "V[k, fired] = -75.0")],
        "resets to -75 instead of",
    ),
    "threshold of the lecture": ([("V[k] >= V_theta", "V[k] >= -50.0")], "fires"),
    "one spike only": (_one_spike_only, "fires only"),
    "random steps": (
        [(STEP, f"{STEP} + np.random.default_rng(1).normal(0, 1, n)")],
        "fires",
    ),
    "spikes drawn into V": (
        returning("np.where(spikes, 20.0, V), spikes, spike_times"),
        "resets to 20 instead of",
    ),
    "spikes marked as -1": (returning("V, -spikes, spike_times"), "other numbers than 0 and 1"),
    "spikes counted up": (
        returning("V, np.cumsum(spikes, axis=0), spike_times"),
        "other numbers than 0 and 1",
    ),
    "NaN where it fires": (
        returning("np.where(spikes, np.nan, V), spikes, spike_times"),
        "holds NaN",
    ),
    "infinite at the end": (
        returning("np.vstack([V[:-1], V[-1:] + np.inf]), spikes, spike_times"),
        "grows beyond all bounds",
    ),
    "single precision": (
        [("V = np.zeros((N_t + 1, n))", "V = np.zeros((N_t + 1, n), dtype=np.float32)")],
        "single precision (float32)",
    ),
    "rounded": (returning("V.round(2), spikes, spike_times"), "rounded to 2 decimal places"),
    "volts": (returning("V / 1000, spikes, spike_times"), "0.001 times"),
    "backwards": (returning("V[::-1], spikes[::-1], spike_times"), "reverse order"),
    "neurons from last to first": (
        returning("V[:, ::-1], spikes[:, ::-1], spike_times[::-1]"),
        "neurons in another order",
    ),
    "last neuron for all": (
        returning("V[:, [-1] * n], spikes[:, [-1] * n], spike_times"),
        "alike for all neurons",
    ),
    "two rows missing": (returning("V[:-2], spikes[:-2], spike_times"), "2 rows missing"),
    "a text": (returning("'V'"), "returns a str"),
    "a dict": (returning("{'V': V}"), "returns a dict"),
}


def unforeseen(name):
    change = UNFORESEEN[name][0]
    return change if callable(change) else edited(*change)


@pytest.mark.parametrize("name", UNFORESEEN)
def test_an_unforeseen_wrong_answer_is_refused_and_described(name):
    words = UNFORESEEN[name][1]
    found = report(BY_NAME["lif_euler"], unforeseen(name))
    assert not found.passed and found.fraction < 0.5
    assert names(found) == [] and words in as_text(found), as_text(found)


@pytest.mark.parametrize("name", UNFORESEEN)
@pytest.mark.parametrize("seed", SEEDS[1:])
def test_an_unforeseen_wrong_answer_is_refused_on_secret_cases_too(name, seed):
    found = report(BY_NAME["lif_euler"], unforeseen(name), seed)
    assert not found.passed and found.fraction < 1


@pytest.mark.parametrize(
    ("exercise", "wrong"),
    [
        ("firing_rate", lambda trains, a, b: 2 * firing_rate(trains, a, b)),
        ("firing_rate", lambda trains, a, b: firing_rate(trains, a, b) + 1),
        ("firing_rate", lambda trains, a, b: firing_rate(trains, a, b)[::-1]),
        ("firing_rate", lambda trains, a, b: firing_rate(trains, a, b).astype(np.float32)),
        ("firing_rate", lambda trains, a, b: np.sort(firing_rate(trains, a, b))),
        ("firing_rate", lambda trains, a, b: [str(rate) for rate in firing_rate(trains, a, b)]),
        ("fi_exact", lambda I, *p: fi_exact(I, *p) * 1.0001),
        ("fi_exact", lambda I, *p: fi_exact(I + 0.01, *p)),
        ("fi_exact", lambda I, *p: fi_exact(abs(I), *p)),
        ("fi_exact", lambda I, *p: np.minimum(fi_exact(I, *p), 60.0)),
        ("fi_exact", lambda I, *p: np.round(fi_exact(I, *p))),
        ("fi_exact", lambda I, *p: fi_exact(I, *p[:-1], 2.0)),
        ("lif_refractory", lambda *p: lif_refractory(*p[:-1], 2.0)),
        ("lif_refractory", lambda *p: lif_refractory(*p[:-1], p[-1] * 1.2)),
        ("lif_refractory", lambda *p: lif_refractory(*p)[::-1]),
        ("lif_refractory", lambda *p: lif_refractory(*p[:5], p[5] + 1, *p[6:])),
    ],
)
@pytest.mark.parametrize("seed", SEEDS)
def test_an_unforeseen_wrong_answer_to_the_other_exercises_is_refused(exercise, wrong, seed):
    found = report(BY_NAME[exercise], wrong, seed)
    assert not found.passed and found.fraction < 1


# --- The references against paper -------------------------------------------------------------------

CURRENTS = np.array([21.0, 25.0, 30.0, 40.0])


def euler_steps(V_start, V_inf, V_theta, dt, tau):
    """Count Euler's steps to threshold (PHYSICS 8.6): algebra, no simulation."""
    return np.ceil(np.log((V_inf - V_theta) / (V_inf - V_start)) / np.log(1 - dt / tau))


def run(tau, I_ext, T=1000.0, dt=0.1, V_init=-70.0, **other):
    n = np.broadcast(tau, I_ext).size
    arrays = {
        "V_init": np.full(n, V_init),
        "I_ext": np.broadcast_to(I_ext, n),
        "tau": np.broadcast_to(tau, n),
    }
    solver = lif_refractory if "t_ref" in other else lif_euler
    return solver(N_t=round(T / dt), dt=dt, **SEED_NEURON, **arrays, **other)


@pytest.mark.parametrize("tau", [5.0, 10.0, 20.0])
@pytest.mark.parametrize("dt", [0.1, 0.25])
def test_first_spikes_and_intervals_have_the_steps_of_the_closed_form(tau, dt):
    _, _, trains = run(tau, CURRENTS, dt=dt)
    V_inf = SEED_NEURON["E_m"] + CURRENTS / SEED_NEURON["g_m"]
    first = euler_steps(-70.0, V_inf, SEED_NEURON["V_theta"], dt, tau)
    later = euler_steps(SEED_NEURON["V_reset"], V_inf, SEED_NEURON["V_theta"], dt, tau)
    for train, k_first, k_later in zip(trains, first, later, strict=True):
        steps = np.rint(train / dt)
        assert steps[0] == k_first
        assert len(steps) >= 3 and (np.diff(steps) == k_later).all()


def test_intervals_are_the_ones_that_brian2_counted():
    """NUMERICS section 5: tau = 10 ms, steps of 0.1 ms, by Brian2's Euler method."""
    _, _, trains = run(10.0, CURRENTS)
    assert [round(np.diff(train)[-1] / 0.1) for train in trains] == [325, 179, 125, 81]


def test_fi_exact_gives_the_published_rates():
    """NUMERICS section 5; the last has t_ref = 2 ms."""
    rates_hz = fi_exact(CURRENTS, **SEED_NEURON, tau=10.0, t_ref=0.0)
    assert np.allclose(rates_hz, [30.6928, 55.8111, 79.8236, 123.3152], rtol=0, atol=5e-5)
    assert fi_exact(25.0, **SEED_NEURON, tau=10.0, t_ref=2.0) == pytest.approx(50.2069, abs=5e-5)


def test_a_run_agrees_with_fi_exact_to_the_error_of_one_step():
    """Euler's interval is the exact one plus an error of order dt: 1 % at dt = tau/100."""
    for t_ref in (0.0, 2.0):
        _, _, trains = run(10.0, CURRENTS, t_ref=t_ref)
        exact = 1000 / fi_exact(CURRENTS, **SEED_NEURON, tau=10.0, t_ref=t_ref)
        intervals = np.array([np.diff(train)[-1] for train in trains])
        assert (np.abs(intervals - exact) < 0.1).all()


def test_firing_rate_of_a_run_is_its_spike_count():
    _, spikes, trains = run(10.0, CURRENTS)
    rates_hz = firing_rate(trains, 0.0, 1000.05)
    assert np.allclose(rates_hz * 1.00005, spikes.sum(axis=0))


def test_rates_of_windows_end_to_end_add_up():
    rng = np.random.default_rng(7)
    trains = [np.sort(rng.integers(0, 4000, n)) / 4 for n in (0, 5, 60)]
    cuts = [0.0, 250.0, 333.25, 999.75, 1000.0]
    counts = sum(
        firing_rate(trains, a, b) * (b - a) / 1000 for a, b in zip(cuts, cuts[1:], strict=False)
    )
    assert np.allclose(counts, [len(train) for train in trains])


def test_neurons_are_silent_at_and_below_rheobase_whatever_tau():
    currents = np.array([-30.0, 0.0, 19.0, 19.99])
    for tau in (1.0, 25.75, 100.0):
        _, spikes, trains = run(tau, currents, T=500.0)
        assert not spikes.any() and all(len(train) == 0 for train in trains)
        assert not fi_exact(np.append(currents, 20.0), **SEED_NEURON, tau=tau, t_ref=0.0).any()
        assert fi_exact(20.01, **SEED_NEURON, tau=tau, t_ref=0.0) > 0


def test_tau_rescales_time_so_rate_times_tau_is_constant():
    taus = np.linspace(1, 100, 5)
    products = np.array(
        [tau * fi_exact(CURRENTS, **SEED_NEURON, tau=tau, t_ref=0.0) for tau in taus]
    )
    assert np.allclose(products, products[0], rtol=1e-14)


def test_eulers_rate_times_tau_shows_the_time_step():
    """COURSE: 322.6 against 307.0 for tau = 1 and 100 ms at 21 nA, where the exact one is 306.9."""
    _, _, trains = run(np.array([1.0, 100.0]), 21.0)
    products = [
        tau * 1000 / np.diff(train)[-1] for tau, train in zip((1, 100), trains, strict=True)
    ]
    assert np.round(products, 1).tolist() == [322.6, 307.0]
    exact = fi_exact(21.0, **SEED_NEURON, tau=1.0, t_ref=0.0)
    assert products[0] > products[1] > exact
    assert products[1] - exact < 0.01 * (products[0] - exact)


@pytest.mark.parametrize("t_ref", [0.5, 2.0, 5.0])
def test_rate_never_exceeds_the_inverse_refractory_period(t_ref):
    currents = np.geomspace(21, 1e6, 30)
    rates_hz = fi_exact(currents, **SEED_NEURON, tau=10.0, t_ref=t_ref)
    assert (np.diff(rates_hz) > 0).all() and rates_hz[-1] < 1000 / t_ref
    assert rates_hz[-1] == pytest.approx(1000 / t_ref, rel=1e-2)
    _, _, trains = run(10.0, currents, T=100.0, t_ref=t_ref)
    assert all(np.diff(train).min() > t_ref for train in trains if len(train) > 1)


@pytest.mark.parametrize(("t_ref", "n_rest"), [(2.0, 20), (0.3, 3), (0.57, 6), (0.0, 0)])
def test_a_rest_is_whole_steps_at_reset_and_makes_intervals_as_much_longer(t_ref, n_rest):
    """0.3/0.1 is 2.9999999999999996; 0.57/0.1 is 5.7, rounded to 6."""
    V, spikes, trains = run(10.0, CURRENTS, T=300.0, t_ref=t_ref)
    _, _, without = run(10.0, CURRENTS, T=300.0)
    for i, (train, free) in enumerate(zip(trains, without, strict=True)):
        assert train[0] == free[0]
        longer = np.diff(np.rint(train / 0.1)) - np.diff(np.rint(free / 0.1))[0]
        assert (longer == n_rest).all()
        for k in np.flatnonzero(spikes[: -n_rest - 1, i]):
            assert (V[k : k + n_rest + 1, i] == SEED_NEURON["V_reset"]).all()
            assert V[k + n_rest + 1, i] > SEED_NEURON["V_reset"]


def test_without_refractory_time_lif_refractory_is_lif_euler():
    for one, other in zip(run(10.0, CURRENTS, t_ref=0.0), run(10.0, CURRENTS), strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_the_neuron_gives_what_the_function_gives():
    taus, currents = np.linspace(1, 100, 5), np.linspace(0, 30, 5)
    one = LIFNeuron()
    one.I_ext = 21.0
    one.simulate(10000, 0.1, taus, currents)
    expected = run(np.append(taus, [10.0] * 5), np.append([21.0] * 5, currents))
    for got, right in zip((one.V, one.spikes, one.spike_times), expected, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(got, right, strict=True))


def test_strong_currents_follow_the_straight_line_without_leak():
    """PHYSICS 8.7: f -> I/(g tau (V_theta - V_reset)) for large I, with t_ref = 0."""
    I_ext = 1e5
    line_hz = 1000 * I_ext / (1.0 * 10.0 * 25.0)
    assert fi_exact(I_ext, **SEED_NEURON, tau=10.0, t_ref=0.0) == pytest.approx(line_hz, rel=1e-3)


# --- The notebook ---------------------------------------------------------------------------------


def cell(name):
    path = Path(__file__).resolve().parents[1] / "solutions" / "labs" / "lab2" / "lab2.ipynb"
    return {cell.id: cell.source for cell in nbformat.read(path, 4).cells}[name]


def test_the_notebooks_sweep_runs_the_class_as_it_is_now():
    runs = []

    class Counted(LIFNeuron):
        def simulate(self, N_t, dt, **values):
            runs.append((N_t, dt))
            super().simulate(10, dt, **values)

    notebook = {"np": np, "LIFNeuron": Counted}
    exec(cell("sweep-values") + "\n" + cell("ten-neurons"), notebook)
    ten = notebook["ten_neurons"]()
    assert ten.I_ext == 21.0 and ten.V.shape == (11, 10)
    assert runs[0] == (10_000, 0.1) and len(notebook["t_sweep"]) == 10_001
    notebook["LIFNeuron"] = type("LIFNeuron", (Counted,), {"g_of": 1})
    assert notebook["ten_neurons"]().g_of == 1 and len(runs) == 2


def test_the_notebooks_rates_between_spikes_are_those_of_the_intervals():
    """The runs are short, so a window of fixed length would count parts of intervals."""
    notebook = {"np": np, "firing_rate": firing_rate}
    exec(cell("rate-between"), notebook)
    trains = [np.array([]), np.array([46.1]), 0.1 * np.array([461, 920, 1379, 1838])]
    rates = [notebook["rate_between_spikes"](times) for times in trains]
    assert rates[:2] == [0, 0] and rates[2] == pytest.approx(1000 / 45.9)


@pytest.mark.parametrize(
    ("current", "steps", "dt", "tau", "t_ref"),
    [
        (20.2, 1000, 0.1, 10.0, 0.0),
        (20.2, 100, 1.0, 10.0, 0.0),
        (1 + 5 * 59 / 14, 2500, 0.1, 50.0, 0.0),
        (22.0, 1200, 0.05, 10.0, 5.0),
        (20.25, 1000, 0.1, 10.0, 0.0),  # as 40.5 nA with g_m = 2 uS
        (25.0, 2000, 0.1, 20.0, 0.0),
    ],
    ids=["f-I curve", "coarse f-I curve", "tau", "ceiling", "rheobase", "slow rate"],
)
def test_the_notebooks_runs_are_long_enough_for_the_slowest_neuron(current, steps, dt, tau, t_ref):
    """Two spikes at least for the lowest current above rheobase, or it would read 0 Hz."""
    one = SEED_NEURON | {"I_ext": np.array([current]), "tau": np.array([tau]), "t_ref": t_ref}
    *_, (train,) = lif_refractory(N_t=steps, dt=dt, V_init=np.array([-70.0]), **one)
    assert len(train) >= 2

"""Hold the reference solvers to Brian2 2.9, and both to the closed forms.

`brian2/traces.npz` holds what Brian2 gave, already in this course's conventions;
`brian2/make_traces.py` made it and says what had to be translated.  Both sides take the same Euler
steps, Brian2 in volts and amperes, so only rounding is left: up to 1.4e-13 mV was measured (6e-13
for the exact update), and 1e-9 mV leaves room for another order of operations.
"""

import importlib.metadata
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from solutions.reference.lab1 import passive_driven, passive_euler, passive_exact
from solutions.reference.lab2 import fi_exact, lif_euler, lif_refractory

FOLDER = Path(__file__).parent / "brian2"
RESULTS = ("V", "spikes")
ROUNDING = 1e-9  # mV

REFRACTORY_CASES = ["lif_refractory_2.0_ms", "lif_refractory_0.57_ms", "lif_refractory_0.3_ms"]
REFRACTORY_STEPS = {
    "lif_refractory_2.0_ms": 20,
    "lif_refractory_0.57_ms": 6,
    "lif_refractory_0.3_ms": 3,
    "intervals_refractory_10_ms": 20,
}
INTERVALS = {
    "intervals_euler_10_ms": [325, 179, 125, 81],
    "intervals_euler_20_ms": [650, 358, 250, 162],
    "intervals_exact_10_ms": [326, 180, 126, 82],
    "intervals_refractory_10_ms": [345, 199, 145, 101],
}


@pytest.fixture(scope="module")
def traces():
    with np.load(FOLDER / "traces.npz", allow_pickle=False) as stored:
        return dict(stored)


def parameters_and_results(traces, case):
    """Return the solver's arguments and Brian2's results, each by name."""
    arrays = {name.split("/")[1]: a for name, a in traces.items() if name.startswith(case + "/")}
    results = {name: arrays.pop(name) for name in RESULTS if name in arrays}
    return {name: a.item() if a.ndim == 0 else a for name, a in arrays.items()}, results


def assert_same_voltage(V, expected):
    np.testing.assert_allclose(V, expected, rtol=0, atol=ROUNDING)


def assert_same_neuron(answer, results, dt):
    """Compare `(V, spikes, spike_times)` with Brian2's voltage and spikes."""
    V, spikes, spike_times = answer
    np.testing.assert_array_equal(spikes, results["spikes"])
    assert_same_voltage(V, results["V"])
    assert len(spike_times) == results["spikes"].shape[1]
    for times, fired in zip(spike_times, results["spikes"].T, strict=True):
        np.testing.assert_allclose(times, dt * np.flatnonzero(fired), rtol=0, atol=1e-9)


def intervals_in_steps(spikes):
    """List each neuron's steps from the start to the first spike, then from spike to spike."""
    return [np.diff(np.flatnonzero(fired), prepend=0) for fired in np.asarray(spikes).T]


def euler_steps(V_start, p):
    """Count Euler's steps to threshold, from V_k = V_inf + (V_start - V_inf)(1 - dt/tau)^k."""
    V_inf = p["E_m"] + p["I_ext"] / p["g_m"]
    return np.ceil(
        np.log((V_inf - p["V_theta"]) / (V_inf - V_start)) / np.log1p(-p["dt"] / p["tau"])
    )


def exact_steps(V_start, p):
    """Count exact steps to threshold: T = tau ln((V_inf - V_start)/(V_inf - V_theta)).

    Source: Dayan & Abbott 2001, eq. 5.11 (there from V_reset).
    """
    V_inf = p["E_m"] + p["I_ext"] / p["g_m"]
    return np.ceil(p["tau"] * np.log((V_inf - V_start) / (V_inf - p["V_theta"])) / p["dt"])


# The reference solvers against Brian2.


def test_passive_euler_matches_brian2(traces):
    p, brian2 = parameters_and_results(traces, "passive_euler")
    assert_same_voltage(passive_euler(**p), brian2["V"])


def test_passive_exact_matches_brian2s_exact_update(traces):
    p, brian2 = parameters_and_results(traces, "passive_exact")
    t = p["dt"] * np.arange(p.pop("N_t") + 1)
    del p["dt"]
    assert_same_voltage(passive_exact(t, **p), brian2["V"])


def test_passive_driven_matches_brian2(traces):
    p, brian2 = parameters_and_results(traces, "passive_driven")
    assert_same_voltage(passive_driven(**p), brian2["V"])


def test_lif_euler_matches_brian2(traces):
    p, brian2 = parameters_and_results(traces, "lif_euler")
    assert_same_neuron(lif_euler(**p), brian2, p["dt"])


@pytest.mark.parametrize("case", REFRACTORY_CASES)
def test_lif_refractory_matches_brian2(traces, case):
    p, brian2 = parameters_and_results(traces, case)
    assert_same_neuron(lif_refractory(**p), brian2, p["dt"])


def test_lif_refractory_without_refractory_time_matches_brian2(traces):
    p, brian2 = parameters_and_results(traces, "lif_euler")
    assert_same_neuron(lif_refractory(**p, t_ref=0.0), brian2, p["dt"])


@pytest.mark.parametrize("case", ["lif_noisy", "lif_noisy_driven"])
def test_lif_noisy_matches_brian2(traces, case):
    lab3 = pytest.importorskip("solutions.reference.lab3")
    p, brian2 = parameters_and_results(traces, case)
    assert_same_neuron(lab3.lif_noisy(**p), brian2, p["dt"])


@pytest.mark.parametrize(
    "case", ["intervals_euler_10_ms", "intervals_euler_20_ms", "intervals_refractory_10_ms"]
)
def test_interval_counts_match_brian2(traces, case):
    p, brian2 = parameters_and_results(traces, case)
    solver = lif_refractory if "t_ref" in p else lif_euler
    np.testing.assert_array_equal(solver(**p)[1], brian2["spikes"])


def test_fi_exact_is_the_rate_of_brian2s_exact_update_to_one_step(traces):
    p, brian2 = parameters_and_results(traces, "intervals_exact_10_ms")
    rates_hz = fi_exact(
        p["I_ext"], p["E_m"], p["V_theta"], p["V_reset"], p["g_m"], p["tau"][0], t_ref=0.0
    )
    steps = [intervals[-1] for intervals in intervals_in_steps(brian2["spikes"])]
    # The update is exact, but a spike waits for the end of its step.
    np.testing.assert_array_equal(np.ceil(1000 / rates_hz / p["dt"]), steps)


# The stored traces against the closed forms: is the translation right?


@pytest.mark.parametrize("case", INTERVALS)
def test_brian2_intervals_are_the_closed_form(traces, case):
    p, brian2 = parameters_and_results(traces, case)
    closed_form = (exact_steps if "exact" in case else euler_steps)(p["V_reset"], p)
    held = REFRACTORY_STEPS.get(case, 0)
    np.testing.assert_array_equal(closed_form + held, INTERVALS[case])
    for intervals, first in zip(intervals_in_steps(brian2["spikes"]), closed_form, strict=True):
        # They start at V_reset but not refractory: no held steps before the first spike.
        assert len(intervals) >= 3
        assert intervals[0] == first
        assert set(intervals[1:]) == {first + held}


@pytest.mark.parametrize("case", ["lif_euler", *REFRACTORY_CASES])
def test_brian2_first_spike_and_intervals_are_the_closed_form(traces, case):
    p, brian2 = parameters_and_results(traces, case)
    fires = p["E_m"] + p["I_ext"] / p["g_m"] > p["V_theta"]
    with np.errstate(invalid="ignore"):
        first = euler_steps(p["V_init"], p)
        later = euler_steps(p["V_reset"], p) + REFRACTORY_STEPS.get(case, 0)
    assert 2 <= fires.sum() < len(fires) and p["I_ext"].min() < 0
    for i, intervals in enumerate(intervals_in_steps(brian2["spikes"])):
        assert len(intervals) >= 3 if fires[i] else len(intervals) == 0
        if fires[i]:
            assert intervals[0] == first[i]
            assert set(intervals[1:]) == {later[i]}


@pytest.mark.parametrize("case", REFRACTORY_CASES)
def test_brian2_holds_whole_steps_at_reset(traces, case):
    p, brian2 = parameters_and_results(traces, case)
    n_ref = REFRACTORY_STEPS[case]
    for k, i in np.argwhere(brian2["spikes"][: -n_ref - 1]):
        assert np.all(np.abs(brian2["V"][k : k + n_ref + 1, i] - p["V_reset"]) <= ROUNDING)
        assert brian2["V"][k + n_ref + 1, i] > p["V_reset"] + 0.1


@pytest.mark.parametrize("case", ["lif_euler", *REFRACTORY_CASES, "lif_noisy", "lif_noisy_driven"])
def test_no_stored_step_ends_so_near_threshold_that_rounding_decides(traces, case):
    p, brian2 = parameters_and_results(traces, case)
    V = brian2["V"][:-1]
    noise = p["sigma"] * np.sqrt(2 * p["dt"] / p["tau"]) * p["xi"] if "xi" in p else 0.0
    before_reset = V + p["dt"] / p["tau"] * (p["E_m"] - V + p["I_ext"] / p["g_m"]) + noise
    assert np.min(np.abs(before_reset - p["V_theta"])) >= 1e-6


# The stored file itself.


def test_brian2_still_gives_the_stored_traces(traces, tmp_path):
    # Not importorskip: where tests/ is on the path, the folder beside this file passes for Brian2.
    try:
        importlib.metadata.version("brian2")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip(
            "Brian2 is not installed; it needs an environment of its own, see make_traces.py"
        )
    again_path = tmp_path / "again.npz"
    # In a process of its own: Brian2 changes logging and NumPy's global generator.
    done = subprocess.run(
        [sys.executable, FOLDER / "make_traces.py", again_path], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    with np.load(again_path, allow_pickle=False) as again:
        assert set(again) == set(traces)
        for name in set(traces) - {"brian2_version"}:
            np.testing.assert_allclose(
                again[name], traces[name], rtol=0, atol=ROUNDING, err_msg=name
            )


def test_stored_file_is_small_and_holds_numbers_only(traces):
    assert (FOLDER / "traces.npz").stat().st_size < 300_000
    assert {a.dtype.kind for name, a in traces.items() if name != "brian2_version"} <= set("fib")

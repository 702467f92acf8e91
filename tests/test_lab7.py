"""Lab 7 against sums and integrals, statistics of its own simulations, and Brian2."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import quad

from lifkit import explorers
from lifkit.explorers import plasticity
from solutions.reference.lab4 import correlated_spikes
from solutions.reference.lab7 import (
    lif_plastic,
    rescale,
    stdp_drift,
    stdp_total,
    stdp_traces,
    stdp_window,
)

FOLDER = Path(__file__).parent / "brian2"
SPEC = importlib.util.spec_from_file_location("make_plasticity", FOLDER / "make_plasticity.py")
make_plasticity = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(make_plasticity)

#: The window of the lab; one whose halves differ in all.
EVEN = {"A_plus": 0.01, "A_minus": 0.0105, "tau_plus": 20.0, "tau_minus": 20.0}
UNEVEN = {"A_plus": 0.06, "A_minus": 0.07, "tau_plus": 17.0, "tau_minus": 23.0}
CELL = {"V_init": -70.0, "E_m": -70.0, "V_theta": -50.0, "V_reset": -60.0, "tau": 20.0}


# --- Window, pairs, traces -----------------------------------------------------------------------


def test_values_of_the_window():
    found = stdp_window(np.array([10.0, -10.0, 1.0, -50.0, 0.0]), **EVEN)
    wanted = [0.00606531, -0.00636857, 0.00951229, -0.00086189, 0.0]
    np.testing.assert_allclose(found, wanted, atol=6e-9)


@pytest.mark.parametrize(
    ("pairs_hz", "causal", "late"),
    [(1, 0.363918, -0.382114), (20, 0.304672, -0.328808), (50, -0.018431, -0.038101)],
)
def test_sixty_pairs_of_the_design(pairs_hz, causal, late):
    times = np.arange(60) * 1000 / pairs_hz
    found = [stdp_total(times, times + delta, **EVEN) for delta in (10.0, -10.0)]
    np.testing.assert_allclose(found, (causal, late), atol=6e-7)


def test_a_tie_counts_for_nothing_in_the_sum():
    pre, post = np.array([2.0, 9.0, 15.0, 33.0]), np.array([4.0, 15.0, 16.5, 40.0])
    assert stdp_total(pre, post, **UNEVEN) == pytest.approx(0.126447871028456, rel=1e-12)
    moved = stdp_total(pre, post + np.array([0, 1e-9, 0, 0]), **UNEVEN)
    assert moved == pytest.approx(0.126447871028456 + 0.06, abs=1e-8)


def spikes_at_random(n_rows, n, part, rng):
    """Return 0 and 1 of n synapses and of a neuron, with nothing in row 0."""
    both = (rng.random((n_rows, n + 1)) < part).astype(int)
    both[0] = 0
    return both[:, :n], both[:, n]


@pytest.mark.parametrize(("dt", "part"), [(1.0, 0.02), (0.3, 0.1), (5.0, 0.4)])
def test_traces_are_the_sum_over_all_pairs_ties_included(dt, part):
    pre, post = spikes_at_random(2001, 4, part, np.random.default_rng(7))
    w, x, y = stdp_traces(dt, pre, post, np.full(4, 500.0), 1000.0, **UNEVEN)
    fires = dt * np.nonzero(post)[0]
    for j in range(4):
        times = dt * np.nonzero(pre[:, j])[0]
        total = stdp_total(times, fires, **UNEVEN)
        assert w[-1, j] - 500 == pytest.approx(total, abs=2e-10)  # 500 is held to 6e-14 a step
        last = np.exp((times - dt * 2000) / 17.0).sum()
        assert x[-1, j] == pytest.approx(last, rel=1e-10)
    assert y[-1] == pytest.approx(np.exp((fires - dt * 2000) / 23.0).sum(), rel=1e-10)
    assert (pre * post[:, None]).sum() > 0


# --- Drift ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rates", "window", "drift"),
    [
        ((20.0, 20.0), (0.01, 0.0105, 20.0, 20.0), -0.004),
        ((15.0, 20.0), (0.005, 0.00525, 20.0, 20.0), -0.0015),
        ((10.0, 40.0), (0.01, 0.006, 17.0, 34.0), -0.0136),
    ],
)
def test_drift_is_the_integral_of_the_window(rates, window, drift):
    halves = [quad(lambda d: stdp_window(d, *window), *ends)[0] for ends in ((-900, 0), (0, 900))]
    per_second = rates[0] * rates[1] * sum(halves) / 1000
    assert stdp_drift(*rates, *window) == pytest.approx(per_second, rel=1e-6)
    assert stdp_drift(*rates, *window) == pytest.approx(drift, rel=1e-9)


def test_unrelated_trains_drift_as_theory_says_for_the_step():
    """Ten neurons of their own, 60 synapses each; the false alarm is at four standard errors."""
    rng, dt, n_rows = np.random.default_rng(8), 4.0, 5001
    window = {"A_plus": 0.01, "A_minus": 0.003, "tau_plus": 17.0, "tau_minus": 34.0}
    slopes = []
    for _ in range(10):
        pre, post = spikes_at_random(n_rows, 60, 0.08, rng)
        w, _, _ = stdp_traces(dt, pre, post, np.full(60, 500.0), 1000.0, **window)
        slopes.append((w[-1] - 500).mean() / (dt * (n_rows - 1) / 1000))
    kept = {name: np.exp(-dt / window[name]) for name in ("tau_plus", "tau_minus")}
    stepped = window | {name: dt * part / (1 - part) for name, part in kept.items()}
    error = np.std(slopes) / np.sqrt(9)
    assert np.mean(slopes) == pytest.approx(stdp_drift(20.0, 20.0, **stepped), abs=4 * error)
    # ... and not as it says without steps, or this test would show nothing.
    assert abs(np.mean(slopes) - stdp_drift(20.0, 20.0, **window)) > 4 * error


# --- The neuron that learns ----------------------------------------------------------------------


def test_its_weights_are_those_of_the_traces_with_its_own_spikes():
    rng = np.random.default_rng(9)
    counts = (rng.random((1500, 5)) < 0.06).astype(int)
    start = np.array([0.1, 2.9, 1.5, 2.0, 2.8])
    cell = CELL | {"E_m": -69.0, "V_theta": -54.0, "tau": 15.0}
    _, spikes, w = lif_plastic(
        0.5, counts=counts, w_init=start, w_max=3.0, **cell, **UNEVEN, every=1
    )
    pre = np.vstack([np.zeros((1, 5)), counts])  # row k + 1 gets counts[k] and spikes[k]
    post = np.append(0, spikes[:-1])
    by_traces, _, _ = stdp_traces(0.5, pre, post, start, 3.0, **UNEVEN)
    np.testing.assert_allclose(w, by_traces, rtol=0, atol=1e-13)
    assert spikes.sum() > 10 and w.min() == 0 and w.max() == 3.0


def test_without_learning_kicks_add_up_and_leak():
    """A free membrane under kicks is a sum of powers of 1 - dt/tau."""
    counts = (np.random.default_rng(3).random((400, 3)) < 0.1).astype(int)
    w = np.array([0.5, 1.0, 2.0])
    never = CELL | {"V_theta": 100.0}
    rule = {"w_max": 3.0, "A_plus": 0.0, "A_minus": 0.0, "tau_plus": 20.0, "tau_minus": 20.0}
    V, spikes, noted = lif_plastic(0.5, counts=counts, w_init=w, every=100, **never, **rule)
    left = (1 - 0.5 / 20) ** np.arange(400)
    expected = -70 + np.convolve(counts @ w, left)[:400]
    np.testing.assert_allclose(V[1:], expected, rtol=0, atol=1e-11)
    assert not spikes.any() and np.array_equal(noted, np.tile(w, (5, 1)))


def test_a_neuron_that_learns_is_brian2_step_by_step():
    """Brian2 delivers, decays and integrates; ties and both walls are met on the way."""
    with np.load(FOLDER / "plasticity.npz", allow_pickle=False) as file:
        stored = dict(file)
    given = make_plasticity.NEURON | make_plasticity.RULE
    counts, start = stored["counts"], stored["w_init"]
    V, spikes, w = lif_plastic(counts=counts, w_init=start, every=50, **given)
    np.testing.assert_array_equal(spikes, stored["spikes"])
    np.testing.assert_allclose(V, stored["V"], rtol=0, atol=1e-11)
    np.testing.assert_allclose(w, stored["w"], rtol=0, atol=1e-12)
    assert spikes.sum() > 20 and (counts.sum(axis=1) * spikes[:-1]).sum() > 3
    assert w.min() == 0 and w.max() == 3.0


def learn_dated_late(counts, start, A_plus, A_minus):
    """Return the weights of a neuron whose arrivals have the date of the row that shows the spike."""
    V, x, y, w, kept = -70.0, np.zeros(len(start)), 0.0, start, np.exp(-1 / 20)
    for arrived in counts:
        V += (-70 - V) / 20 + arrived @ w
        fires = V >= -50
        V = -60.0 if fires else V
        x, y = kept * x, kept * y
        w = np.clip(w + A_plus * x * fires - A_minus * y * arrived, 0, 1.0)
        x, y = x + arrived, y + fires
    return w


def test_one_step_in_the_dating_decides_what_is_learned():
    """The lab's claim: with arrivals dated a step late the correlated half does not win."""
    rng, n_steps = np.random.default_rng(7), 25_000
    shared = correlated_spikes(1.0, 15.0, 0.3, rng.random(n_steps), rng.random((n_steps, 100)))
    others = rng.random((n_steps, 100)) < 0.015
    counts, start = np.hstack([shared, others]).astype(np.int8), np.full(200, 0.5)
    rule = {"A_plus": 0.02, "A_minus": 0.021}
    taus = {"tau_plus": 20.0, "tau_minus": 20.0}
    _, _, w = lif_plastic(
        1.0, counts=counts, w_init=start, w_max=1.0, **CELL, **rule, **taus, every=25_000
    )
    right = w[-1].reshape(2, 100).mean(axis=1)
    late = learn_dated_late(counts, start, **rule).reshape(2, 100).mean(axis=1)
    assert right[0] > 0.95 and right[1] < 0.4
    assert late[0] < 0.6


# --- Scaling -------------------------------------------------------------------------------------


def test_scaling_rests_at_the_target_and_keeps_ratios():
    w = np.array([0.2, 0.4, 0.9])
    np.testing.assert_array_equal(rescale(w, 10.0, 10.0, 0.3, 1.0), w)
    halved = rescale(w, 20.0, 10.0, 0.5, 1.0)
    np.testing.assert_allclose(halved, w / 2, rtol=1e-15)
    assert rescale(w, 0.0, 10.0, 0.5, 1.0)[-1] == 1.0 and not rescale(w, 90.0, 10.0, 0.5, 1).any()


# --- Explorers -----------------------------------------------------------------------------------


def explore(monkeypatch):
    monkeypatch.setattr(plasticity, "STEPS", 3000)
    return {
        "pairing": explorers.explore_pairing(stdp_total, theory=stdp_window),
        "traces": explorers.explore_traces(stdp_traces, stdp_total),
        "competition": explorers.explore_competition(lif_plastic, correlated_spikes),
    }


@pytest.mark.parametrize("name", ["pairing", "traces", "competition"])
def test_every_corner_of_an_explorer_can_be_drawn(name, monkeypatch):
    explorer = explore(monkeypatch)[name]
    sliders = explorer.scene.sliders
    for corner in range(2 ** len(sliders)):
        at = {s.name: (s.low, s.high)[corner >> i & 1] for i, s in enumerate(sliders)}
        frame = explorer.move(**at)
        assert frame.curves and not frame.message and not frame.more, (at, frame.message)
        for curve in frame.curves:
            assert np.isfinite(curve.y).all(), at
            if name == "competition":
                assert curve.y.sum() == 2 * plasticity.SYNAPSES  # a bar is drawn by two points
                assert curve.y.max() <= frame.y_range[1]


def test_pieces_of_a_competition_go_on_where_the_last_one_ended(monkeypatch):
    """Beside one long run only the traces of the last 20 ms are forgotten, now and then."""
    monkeypatch.setattr(plasticity, "STEPS", 5000)
    scene = plasticity.competition(lif_plastic)
    frames = list(scene.frames(scene.settle({})))
    monkeypatch.setattr(plasticity, "PIECE", 5000)
    (whole,) = scene.frames(scene.settle({}))
    assert len(frames) == 2 and frames[0].more and not whole.more
    means = [float(dict(frame.readouts)["mean weight"]) for frame in (frames[-1], whole)]
    assert means[0] == pytest.approx(means[1], abs=0.02)


def test_explorers_say_what_is_wrong_with_an_answer(monkeypatch):
    monkeypatch.setattr(plasticity, "STEPS", 3000)
    frame = explorers.explore_pairing(lambda *inputs: np.zeros(3)).frame
    assert "expected" in frame.message and not frame.curves
    frame = explorers.explore_traces(stdp_traces, lambda *inputs: np.zeros(3)).frame
    assert "total" in frame.message and frame.curves  # the weight is drawn all the same

    def without_w(*inputs):
        return lif_plastic(*inputs)[:2]

    frame = explorers.explore_competition(without_w).frame
    assert "expected the 3 (V, spikes, w)" in frame.message
    lists = explorers.explore_competition(lif_plastic, lambda *inputs: 1.0).move(c=0.1)
    assert "counts" in lists.message and lists.curves  # the neuron learns all the same

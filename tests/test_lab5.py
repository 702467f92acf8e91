"""Lab 5: its references meet closed forms, other integrators and published numbers."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from lifkit import explorers
from solutions.reference.lab2 import fi_exact, lif_euler
from solutions.reference.lab5 import (
    adaptation_index,
    adapted_rate,
    adex_euler,
    adex_rheobase,
    eif_rate,
    lif_adaptive,
    nullclines,
)
from tests.exercise_contract import BY_NAME

LEVELS = {"E_m": -70.0, "V_theta": -50.0, "V_reset": -75.0, "g_m": 1.0, "tau": 10.0}
ADAPTING = LEVELS | {"b": 2.0, "tau_w": 100.0}
SOFT = {"E_m": -70.0, "V_T": -50.0, "Delta_T": 2.0, "g_m": 0.01}
EIF = SOFT | {"V_peak": 0.0, "V_reset": -58.0, "tau": 20.0}


BRIAN2 = Path(__file__).parent / "brian2"


@pytest.fixture(scope="module")
def traces():
    """What Brian2 2.9 gave (`brian2/make_adaptation_traces.py`)."""
    with np.load(BRIAN2 / "adaptation.npz", allow_pickle=False) as stored:
        return dict(stored)


def rows(currents, T, dt):
    return np.tile(np.atleast_1d(np.asarray(currents, dtype=float)), (round(T / dt), 1))


def started(V_init, n):
    return {"V_init": np.full(n, V_init), "w_init": np.zeros(n)}


# --- Against Brian2 -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "count"),
    [("lif_adaptive", 3), ("adex_tonic", 15), ("adex_adapting", 6), ("adex_bursting", 4)],
)
def test_solvers_are_brian2_step_by_step(traces, case, count):
    """Both take the same Euler steps, so rounding alone is left; the upswing amplifies it to 1e-9 mV."""
    p = {name.split("/")[1]: a for name, a in traces.items() if name.startswith(f"{case}/")}
    V, w, spikes = (p.pop(name) for name in ("V", "w", "spikes"))
    solver = lif_adaptive if case == "lif_adaptive" else adex_euler
    found = solver(**{name: a.item() if a.ndim == 0 else a for name, a in p.items()})
    assert np.array_equal(found[2], spikes) and spikes.sum() >= count
    assert np.allclose(found[0], V, rtol=0, atol=1e-7)
    assert np.allclose(found[1], w, rtol=0, atol=1e-11)


# --- lif_adaptive -------------------------------------------------------------------------------


def test_without_adaptation_it_is_the_solver_of_lab_2_to_the_last_bit():
    p = {**LEVELS, "V_init": np.array([-71.0, -64.0])}
    I_ext = np.array([31.0, 22.5])
    V, w, spikes, times = lif_adaptive(
        0.3, w_init=np.zeros(2), I_ext=np.tile(I_ext, (400, 1)), b=0.0, tau_w=80.0, **p
    )
    p["tau"] = np.full(2, 10.0)
    V_plain, spikes_plain, times_plain = lif_euler(N_t=400, dt=0.3, I_ext=I_ext, **p)
    assert np.array_equal(V, V_plain) and np.array_equal(spikes, spikes_plain)
    assert all(map(np.array_equal, times, times_plain)) and spikes.sum() > 10 and not w.any()


def test_w_is_a_sum_of_decaying_jumps():
    """w[k] = b * sum over spikes of (1 - dt/tau_w)^(k - spike), by linearity."""
    dt = 0.5
    _, w, spikes, _ = lif_adaptive(dt, **started(-75.0, 1), I_ext=rows(30, 300, dt), **ADAPTING)
    kernel = 2.0 * (1 - dt / 100.0) ** np.arange(len(w))
    assert np.allclose(w[:, 0], np.convolve(spikes[:, 0], kernel)[: len(w)], rtol=0, atol=1e-11)
    assert spikes.sum() > 8


def test_euler_goes_to_an_adaptive_integrator_as_the_step_gets_short():
    """The first interval against scipy's Runge-Kutta with an event; Euler's spike waits up to a step."""

    def slope(t, y):
        return (-(y[0] + 70.0) + 30.0 - y[1]) / 10.0, -y[1] / 100.0

    def crossing(t, y):
        return y[0] + 50.0

    crossing.terminal = True
    t, y, spikes = 0.0, [-75.0, 0.0], []
    while len(spikes) < 8:
        run = solve_ivp(slope, (t, t + 200), y, events=crossing, rtol=1e-10, atol=1e-10)
        t, y = run.t_events[0][0], [-75.0, run.y_events[0][0][1] + 2.0]
        spikes.append(t)
    off = []
    for dt in (0.1, 0.05):
        times = lif_adaptive(dt, **started(-75.0, 1), I_ext=rows(30, 200, dt), **ADAPTING)[3][0]
        off.append(np.abs(times[:8] - spikes).max())
    assert off[1] < off[0] < 8 * 0.1


# --- adapted_rate -------------------------------------------------------------------------------


def test_settled_intervals_are_those_of_brian2_to_a_step(traces):
    """Brian2's update is exact at 0.01 ms; a spike waits for the end of its step, while w decays."""
    late = traces["settled/intervals"] - 1000 / adapted_rate(traces["settled/I_ext"], **ADAPTING)
    assert np.all(np.abs(late) <= 0.01)


def test_rates_of_a_neuron_without_round_numbers():
    p = {"E_m": -69.0, "V_theta": -51.0, "V_reset": -64.0, "g_m": 0.8, "tau": 12.0}
    found = adapted_rate(np.array([18.0, 22.0, 30.0]), **p, b=1.5, tau_w=90.0)
    assert np.allclose(found, [25.937653, 44.169878, 77.030354], rtol=1e-6)
    dt, (times,) = (
        0.02,
        lif_adaptive(0.02, **started(-64.0, 1), I_ext=rows(22, 800, 0.02), **p, b=1.5, tau_w=90.0)[
            3
        ],
    )
    # A simulated interval is late by a step at most, 0.02 ms of 22.6, and Euler is off by dt/tau.
    assert 1000 / np.diff(times)[-4:].mean() == pytest.approx(found[1], rel=2 * dt / 12.0)


def test_little_adaptation_gives_the_rate_without_it():
    I_ext = np.array([15.0, 22.0, 40.0])
    without = fi_exact(I_ext, **LEVELS, t_ref=0.0)
    assert np.allclose(adapted_rate(I_ext, **LEVELS, b=1e-9, tau_w=100.0), without, rtol=1e-8)


def test_strong_currents_meet_the_straight_line_of_the_question():
    """Slope 1000/(b tau_w + g_m tau (V_theta - V_reset)) in Hz/nA, up to the next order."""
    low, high = adapted_rate(np.array([2000.0, 3000.0]), **ADAPTING)
    assert (high - low) / 1000 == pytest.approx(1000 / (200 + 250), rel=1e-3)


def test_only_ratios_count_in_the_adapted_rate():
    base = adapted_rate(np.array([22.0, 35.0]), **ADAPTING)
    scaled = ADAPTING | {"g_m": 2.5, "b": 5.0}
    assert np.allclose(adapted_rate(np.array([55.0, 87.5]), **scaled), base, rtol=1e-10)
    slower = ADAPTING | {"tau": 20.0, "tau_w": 200.0}
    assert np.allclose(2 * adapted_rate(np.array([22.0, 35.0]), **slower), base, rtol=1e-10)


# --- adaptation_index ---------------------------------------------------------------------------


def test_intervals_that_grow_by_a_factor_have_the_index_of_that_factor():
    train = np.cumsum(5.0 * 1.3 ** np.arange(12))
    (index, backwards) = adaptation_index([train, -train[::-1]])
    assert index == pytest.approx(0.3 / 2.3, rel=1e-12) and backwards == pytest.approx(-index)


def test_index_ignores_shift_and_scale_and_needs_three_spikes():
    train = np.cumsum(np.random.default_rng(6).gamma(2, 8.0, 30))
    found = adaptation_index([train, train + 500.0, 3.0 * train])
    assert np.allclose(found, found[0], rtol=1e-9)
    assert np.isnan(adaptation_index([train[:0], train[:1], train[:2]])).all()


# --- adex_euler ---------------------------------------------------------------------------------

#: C_m (nF), g_m (uS), E_m (mV), a (uS), tau_w (ms), b (nA), V_reset (mV), I (nA): Naud et al. (2008), table
#: 1, as adapted in Brian2's example; spikes in 600 ms at 0.1 and at 0.01 ms, first intervals at 0.1 ms.
GALLERY = {
    "tonic": ((0.2, 0.010, -70, 0.002, 30, 0.0, -58, 0.5), (60, 62), [9.3, 9.4, 9.6]),
    "adapting": ((0.2, 0.012, -70, 0.002, 300, 0.06, -58, 0.5), (12, 12), [11.6, 14.7, 20.0]),
    "initial burst": ((0.13, 0.018, -58, 0.004, 150, 0.12, -50, 0.4), (12, 12), [3.8, 7.7, 55.0]),
    "bursting": ((0.2, 0.010, -58, 0.002, 120, 0.1, -46, 0.21), (11, 11), [3.3, 5.6, 131.9]),
    "accelerating": ((0.2, 0.012, -70, -0.01, 300, 0.0, -58, 0.3), (45, 46), [20.9, 19.4, 18.2]),
    "transient": ((0.1, 0.010, -65, 0.01, 90, 0.1, -47, 0.18), (1, 1), []),
}


def gallery(name, T, dt, V_peak=0.0):
    C_m, g_m, E_m, a, tau_w, b, V_reset, I_ext = GALLERY[name][0]
    p = {"E_m": E_m, "g_m": g_m, "tau": C_m / g_m, "a": a, "b": b, "tau_w": tau_w}
    p |= {"V_T": -50.0, "Delta_T": 2.0, "V_peak": V_peak, "V_reset": V_reset}
    return adex_euler(dt, **started(float(E_m), 1), I_ext=rows(I_ext, T, dt), **p)


@pytest.mark.parametrize("name", GALLERY)
def test_patterns_are_those_of_the_literature(name):
    _, counts, first = GALLERY[name]
    (times,) = gallery(name, 600, 0.1)[3]
    assert len(times) == counts[0]
    assert np.allclose(np.diff(times)[: len(first)], first, atol=0.051)


def test_a_pattern_does_not_hang_on_where_the_upswing_is_cut_off():
    counts = {len(gallery("bursting", 600, 0.1, V_peak)[3][0]) for V_peak in (-40.0, 0.0, 20.0)}
    assert counts == {11}


def test_without_upswing_and_coupling_it_is_lif_adaptive():
    """With V_T far above V_peak the exponential underflows to 0."""
    p = {"E_m": -70.0, "V_reset": -75.0, "g_m": 1.1, "tau": 10.0, "b": 2.0, "tau_w": 100.0}
    I_ext = rows([30.0, 21.0], 120, 0.2)
    plain = lif_adaptive(0.2, **started(-72.0, 2), V_theta=-50.0, I_ext=I_ext, **p)
    soft = {"V_T": 5000.0, "Delta_T": 2.0, "V_peak": -50.0, "a": 0.0}
    other = adex_euler(0.2, **started(-72.0, 2), I_ext=I_ext, **soft, **p)
    assert np.allclose(other[0], plain[0], rtol=0, atol=1e-9)
    assert np.array_equal(other[2], plain[2]) and plain[2].sum() >= 5


def test_w_never_sees_the_explosion():
    _, w, spikes, _ = gallery("adapting", 600, 0.1)
    assert spikes.sum() == 12 and w.max() == pytest.approx(0.3044, abs=1e-4)


# --- nullclines and adex_rheobase -----------------------------------------------------------------


def test_at_a_nullcline_one_euler_step_goes_nowhere():
    V = np.linspace(-75.0, -45.0, 7)
    w_V, w_w = nullclines(V, I_ext=0.1, **SOFT, a=0.004)
    other = {"tau": 20.0, "tau_w": 90.0, "b": 0.05, "V_peak": 0.0, "V_reset": -58.0, "a": 0.004}
    for w in (w_V, w_w):
        V_new, w_new, *_ = adex_euler(0.5, V, w, I_ext=np.full((1, 7), 0.1), **SOFT, **other)
        still = V_new if w is w_V else w_new
        assert np.allclose(still[1], still[0], rtol=0, atol=1e-12)


#: (a, tau_w, rheobase): a/g_m below, above and far above tau/tau_w = 20/tau_w.
LOST = [
    (0.0, 30.0, 0.18),
    (0.002, 30.0, 0.220376),
    (0.002, 300.0, 0.220216),
    (0.012, 300.0, 0.421506),
]


@pytest.mark.parametrize(("a", "tau_w", "current"), LOST)
def test_rest_is_lost_where_an_eigenvalue_of_the_linearised_model_crosses_zero(a, tau_w, current):
    """An independent way to rheobase: no formula, the fixed point and its two eigenvalues."""
    found = adex_rheobase(**SOFT, tau=20.0, a=a, tau_w=tau_w)
    assert found == pytest.approx(current, abs=6e-7)

    def growth(I_ext):
        V = np.linspace(-70.0, -50.0 + 2.0 * np.log(1 + a / 0.01), 400_001)
        gap = np.subtract(*nullclines(V, I_ext=I_ext, **SOFT, a=a))
        (places,) = np.nonzero(np.diff(np.sign(gap)))
        if not len(places):
            return np.inf  # no rest at all
        e = np.exp((V[places[0]] + 50.0) / 2.0)
        jacobian = [[(e - 1) / 20.0, -1 / (0.01 * 20.0)], [a / tau_w, -1 / tau_w]]
        return np.linalg.eigvals(jacobian).real.max()

    assert growth(found * 0.9995) < 0 < growth(found * 1.0005)


def test_without_coupling_it_is_the_rheobase_of_the_exponential_neuron():
    found = adex_rheobase(**SOFT, tau=20.0, a=0.0, tau_w=100.0)
    assert found == pytest.approx(0.01 * (20.0 - 2.0), rel=1e-12)
    assert eif_rate(found * 0.9999, **EIF) == 0.0 < eif_rate(found * 1.0001, **EIF)


# --- eif_rate -----------------------------------------------------------------------------------


def test_rates_of_the_exponential_neuron():
    found = eif_rate(np.array([0.1836, 0.198, 0.27, 0.36, 0.54]), **EIF)
    assert np.allclose(found, [5.16565, 13.30113, 41.40207, 72.02318, 128.73085], rtol=1e-6)


def test_simulated_rates_come_nearer_to_the_integral_as_the_step_gets_short():
    """A spike loses about half a step: at 41 Hz and 0.02 ms that is 0.04 %, and Euler adds its own."""
    rate, off = eif_rate(0.27, **EIF), []
    for dt in (0.1, 0.02):
        p = EIF | {"a": 0.0, "b": 0.0, "tau_w": 100.0}
        (times,) = adex_euler(dt, **started(-58.0, 1), I_ext=rows(0.27, 400, dt), **p)[3]
        off.append(1 - 1000 / np.diff(times).mean() / rate)
    assert 0 < off[1] < off[0] / 3 < 0.006


def test_just_above_rheobase_the_square_root_law_holds():
    above = np.array([1e-5, 1e-6])
    law = 1000 * np.sqrt(above / (2 * 0.01 * 2.0)) / (np.pi * 20.0)
    ratio = eif_rate(0.18 + above, **EIF) / law - 1
    assert 0 < ratio[1] < ratio[0] < 0.006


def test_a_narrow_threshold_is_a_hard_one():
    narrow = [eif_rate(0.3, **EIF | {"Delta_T": width}) for width in (2.0, 0.5, 0.1)]
    hard = fi_exact(0.3, -70.0, -50.0, -58.0, 0.01, 20.0, 0.0)
    assert np.allclose(narrow, [51.89, 67.03, 78.79], atol=0.01)
    assert narrow[0] < narrow[1] < narrow[2] < hard


# --- Certificates and explorers -------------------------------------------------------------------


@pytest.mark.parametrize("name", ["lif_adaptive", "adex_euler"])
def test_a_spike_too_near_to_the_threshold_is_not_certified(name):
    reference = BY_NAME[name]
    case = next(one for one in reference.public() if one.group == "firing")
    reference.certify(case)
    p = case.calls[0].inputs
    end = "V_theta" if name == "lif_adaptive" else "V_peak"
    V = p["V_init"]
    upswing = 0.0
    if name == "adex_euler":
        upswing = p["Delta_T"] * np.exp((V - p["V_T"]) / p["Delta_T"])
    slope = p["E_m"] - V + upswing + (p["I_ext"][0] - p["w_init"]) / p["g_m"]
    p[end] = float((V + p["dt"] / p["tau"] * slope)[0]) + 1e-9
    with pytest.raises(ValueError, match="passes the threshold"):
        reference.certify(case)


def test_a_chaotic_case_is_not_certified():
    """The gallery's irregular neuron over 600 ms: a nudge of 1e-12 mV grows to other spikes."""
    reference = BY_NAME["adex_euler"]
    case = reference.public()[0]
    p = {"E_m": -60.0, "g_m": 0.012, "tau": 0.1 / 0.012, "a": -0.011, "b": 0.03, "tau_w": 130.0}
    p |= {"V_T": -50.0, "Delta_T": 2.0, "V_peak": 0.0, "V_reset": -48.0, "dt": 0.1}
    case.calls[0].inputs.update(**p, **started(-60.0, 1), I_ext=rows(0.16, 600, 0.1))
    with pytest.raises(ValueError, match="a nudge of 1e-12 mV moves"):
        reference.certify(case)


EXPLORERS = {
    "adaptation": lambda: explorers.explore_adaptation(lif_adaptive, theory=adapted_rate),
    "adex": lambda: explorers.explore_adex(adex_euler),
}


@pytest.mark.parametrize("name", EXPLORERS)
def test_an_explorer_is_safe_at_every_slider_end(name):
    explorer = EXPLORERS[name]()
    ends = [(slider.low, slider.high) for slider in explorer.scene.sliders]
    for corner in itertools.product(*ends):
        values = dict(zip([s.name for s in explorer.scene.sliders], corner, strict=True))
        frame = explorer.move(**values)
        assert frame.message == "" and "nan" not in frame.alt
        assert all(np.isfinite(one.y).all() for one in frame.curves)


def test_an_explorer_says_what_is_wrong_with_an_answer():
    def lif_adaptive(dt, V_init, w_init, E_m, V_theta, V_reset, I_ext, g_m, tau, b, tau_w):
        return np.zeros((len(I_ext) + 1, 1)), [np.empty(0)]

    frame = explorers.explore_adaptation(lif_adaptive).frame
    assert "should return the four (V, w, spikes, spike_times)" in frame.message

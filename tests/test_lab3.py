"""Lab 3: its references meet theory."""

import ast
import itertools
from pathlib import Path

import nbformat
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import erfcx

from lifkit import explorers
from solutions.reference.lab2 import lif_euler
from solutions.reference.lab3 import (
    cv,
    fano,
    isi,
    lif_noisy,
    ou_current,
    siegert_rate,
    spike_counts,
)
from solutions.reference.lab3.exercises.siegert_rate import passage_integral
from tests.exercise_contract import BY_NAME, names, report

NEURON = {"E_m": -70.0, "V_theta": -50.0, "V_reset": -75.0, "g_m": 1.0}


def test_random_numbers_of_ones_own_are_noticed():
    def lif_noisy_own(dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau, sigma, xi):
        own = np.random.default_rng().standard_normal(xi.shape)
        return lif_noisy(dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau, sigma, own)

    said = report(BY_NAME["lif_noisy"], lif_noisy_own)
    assert said.outcome == "partial" and said.fraction < 0.5
    assert "random numbers" in said.mistakes[0].diagnosis


@pytest.mark.parametrize(
    "spoil", [{"spike_times": [np.array([5.0 + 1e-9])]}, {"t_stop": 10.0 + 1e-9}, {"bin_size": 0.1}]
)
def test_a_spike_or_an_end_too_near_to_an_edge_is_not_certified(spoil):
    reference = BY_NAME["spike_counts"]
    case = reference.public()[0]
    inputs = {"spike_times": [np.array([2.3])], "t_start": 0.0, "t_stop": 10.0, "bin_size": 5.0}
    case.calls[0].inputs.clear()
    case.calls[0].inputs.update(inputs)
    reference.certify(case)
    case.calls[0].inputs.update(spoil)
    with pytest.raises(ValueError, match="edge"):
        reference.certify(case)


# --- lif_noisy ----------------------------------------------------------------------------------


def test_without_noise_it_is_the_solver_of_lab_2_to_the_last_bit():
    p = {"V_init": np.array([-71.0, -64.0]), "tau": np.array([9.0, 17.0]), **NEURON}
    I_ext = np.array([31.0, 22.5])
    xi = np.random.default_rng(1).standard_normal((400, 2))
    V, spikes, times = lif_noisy(dt=0.3, I_ext=I_ext, sigma=0.0, xi=xi, **p)
    V_quiet, spikes_quiet, times_quiet = lif_euler(N_t=400, dt=0.3, I_ext=I_ext, **p)
    assert np.array_equal(V, V_quiet) and np.array_equal(spikes, spikes_quiet)
    assert all(map(np.array_equal, times, times_quiet)) and spikes.sum() > 10


def test_constant_noise_is_a_constant_current():
    """A push of c each step is the drive c*tau/dt; rounding is below 1e-9 mV (spiking.V_ATOL)."""
    dt, sigma, tau = 0.3, 2.0, np.array([9.0, 17.0])
    p = {"V_init": np.array([-71.0, -64.0]), "tau": tau, **NEURON}
    V, spikes, _ = lif_noisy(
        dt, I_ext=np.array([15.0, 12.0]), sigma=sigma, xi=np.full((300, 2), 0.6), **p
    )
    I_ext = np.array([15.0, 12.0]) + NEURON["g_m"] * sigma * np.sqrt(2 * tau / dt) * 0.6
    V_current, spikes_current, _ = lif_euler(300, dt, I_ext=I_ext, **p)
    assert np.allclose(V, V_current, rtol=0, atol=1e-9)
    assert np.array_equal(spikes, spikes_current) and spikes.sum() > 5


def test_a_current_in_rows_and_a_constant_one_are_the_same():
    xi = np.random.default_rng(2).standard_normal((200, 2))
    p = {
        "V_init": np.full(2, -70.0),
        "tau": np.array([9.0, 17.0]),
        "sigma": 4.0,
        "xi": xi,
        **NEURON,
    }
    one = lif_noisy(0.2, I_ext=np.array([21.0, 18.0]), **p)
    other = lif_noisy(0.2, I_ext=np.tile([21.0, 18.0], (200, 1)), **p)
    assert np.array_equal(one[0], other[0])


def _responses(make):
    """Return what each single unit of noise does to the last row: noise enters linearly."""
    N_t = 300
    quiet = make(np.zeros((N_t, N_t)))
    return (make(np.eye(N_t)) - quiet)[-1]


@pytest.mark.parametrize("dt", [0.05, 0.4, 2.5])
def test_the_free_membranes_variance_is_sigma_squared_at_short_steps(dt):
    """Exact, no sampling: the sum of the squared responses is the variance."""
    tau, sigma = 6.0, 3.0

    def make(xi):
        n = xi.shape[1]
        p = {**NEURON, "V_theta": 1e9, "V_init": np.full(n, -70.0), "tau": np.full(n, tau)}
        return lif_noisy(dt, I_ext=np.zeros(n), sigma=sigma, xi=xi, **p)[0]

    expected = sigma**2 / (1 - dt / (2 * tau)) * (1 - (1 - dt / tau) ** (2 * 300))
    assert np.sum(_responses(make) ** 2) == pytest.approx(expected, rel=1e-9)


# --- The rate of Euler-Maruyama against theory ----------------------------------------------------


def corrected_rate(dt, I_ext, E_m, V_theta, V_reset, g_m, tau, t_ref, sigma):
    """Return the Siegert rate with the time-step correction of the lab."""
    tau_step = -dt / np.log(1 - dt / tau)
    sigma_step = sigma / np.sqrt(1 - dt / (2 * tau))
    shift = 0.5826 * np.sqrt(2) * sigma_step * np.sqrt(dt / tau_step)
    return siegert_rate(I_ext, E_m, V_theta + shift, V_reset, g_m, tau_step, t_ref, sigma_step)


def simulated_rate(dt, I_ext, E_m, V_theta, V_reset, g_m, tau, sigma, *, n, T, seed):
    """Count the spikes of `n` neurons from 0.5 s to `T` (ms); return mean rate and standard error.

    The arithmetic of `lif_noisy`, but nothing is kept, so that long runs fit into memory.
    """
    rng = np.random.default_rng(seed)
    V, counts, xi = np.full(n, float(V_reset)), np.zeros(n), np.empty(n)
    drift, kick = dt / tau, sigma * np.sqrt(2 * dt / tau)
    skipped = round(500 / dt)
    for k in range(round(T / dt)):
        rng.standard_normal(out=xi)
        xi *= kick
        xi += drift * (E_m + I_ext / g_m)
        V *= 1 - drift
        V += xi
        fired = V >= V_theta
        V[fired] = V_reset
        if k >= skipped:
            counts += fired
    rates = 1000 * counts / (T - 500)
    return rates.mean(), rates.std(ddof=1) / np.sqrt(n)


#: (I_ext nA, sigma mV, tau ms, dt ms): drift-driven, at rheobase, noise-driven, and a longer step.
MEASURED = [
    (24.0, 2.0, 10.0, 0.1),
    (20.0, 3.0, 10.0, 0.1),
    (15.0, 6.0, 20.0, 0.1),
    (18.0, 4.0, 20.0, 0.5),
]


@pytest.mark.parametrize(("I_ext", "sigma", "tau", "dt"), MEASURED)
def test_simulated_rates_meet_the_corrected_theory_and_miss_the_plain_one(I_ext, sigma, tau, dt):
    """1000 neurons for 5.5 s: 70 000 to 220 000 spikes, a standard error of 0.05 to 0.3 %.

    The seed is fixed.  With another one, a right formula would fail at 4 standard errors with a
    chance of 6e-5 a set; half a per cent is what the correction itself is good for up to dt/tau =
    0.025 (it leaves about a quarter of a step an interval).
    """
    p = {**NEURON, "tau": tau, "sigma": sigma}
    rate, error = simulated_rate(dt, I_ext, **p, n=1000, T=6000.0, seed=20)
    corrected = corrected_rate(dt, I_ext, t_ref=0.0, **p)
    assert abs(rate - corrected) <= max(4 * error, 0.005 * corrected)
    plain = siegert_rate(I_ext, t_ref=0.0, **p)
    assert plain - rate > max(4 * error, 0.01 * rate)


def test_the_counting_simulation_is_lif_noisy():
    """Same noise, same spikes: 40 neurons, 300 ms after the half second that is left out."""
    n, dt, steps = 40, 0.1, 8000
    xi = np.random.default_rng(3).standard_normal((steps, n))
    p = {**NEURON, "sigma": 4.0}
    _, spikes, _ = lif_noisy(
        dt, np.full(n, -75.0), I_ext=np.full(n, 22.0), tau=np.full(n, 10.0), xi=xi, **p
    )
    rate, _ = simulated_rate(dt, 22.0, tau=10.0, n=n, T=800.0, seed=3, **p)
    assert rate == pytest.approx(spikes[5001:].sum() / n / 0.3, rel=1e-12)


# --- ou_current ---------------------------------------------------------------------------------


@pytest.mark.parametrize("dt", [0.1, 3.0, 40.0])
def test_ou_variance_and_memory_are_those_of_the_process_at_any_step(dt):
    tau, sigma = 5.0, 2.0
    responses = _responses(lambda xi: ou_current(dt, 7.0, 3.0, sigma, tau, xi))
    T = 300 * dt
    assert np.sum(responses**2) == pytest.approx(sigma**2 * (1 - np.exp(-2 * T / tau)), rel=1e-9)
    lag_one = np.sum(responses[1:] * responses[:-1])
    tail = responses[0] ** 2 if dt > 1 else 0
    whole = sigma**2 * np.exp(-dt / tau) * (1 - np.exp(-2 * (T - dt) / tau))
    assert lag_one == pytest.approx(whole, rel=1e-9, abs=1e-12 + tail)


def test_ou_relaxes_along_the_exponential_and_two_steps_are_one():
    xi = np.zeros((20, 1))
    I = ou_current(0.5, 9.0, 4.0, 3.0, 6.0, xi)[:, 0]
    assert np.allclose(I, 4.0 + 5.0 * np.exp(-0.5 * np.arange(21) / 6.0), rtol=1e-13)
    assert np.allclose(I[::2], ou_current(1.0, 9.0, 4.0, 3.0, 6.0, xi[:10])[:, 0], rtol=1e-13)


def test_a_membrane_filters_an_ou_current_as_theory_says():
    """Variance sigma^2 tau_n / (tau_n + tau) (NUMERICS section 5), by linear response, no sampling.

    At dt = 0.02 ms Euler's own error is of the order dt/tau = 0.4 %.
    """
    dt, tau, tau_noise, N_t = 0.02, 5.0, 2.0, 3000
    pulse = np.zeros((N_t, 1))
    pulse[0] = 1.0
    I = ou_current(dt, 0.0, 0.0, 2.0, tau_noise, pulse)
    p = {
        **NEURON,
        "V_theta": 1e9,
        "V_init": np.array([-70.0]),
        "tau": np.array([tau]),
        "sigma": 0.0,
    }
    V = lif_noisy(dt, I_ext=I[:-1], xi=np.zeros((N_t, 1)), **p)[0] + 70.0
    assert np.sum(V**2) == pytest.approx(4.0 * tau_noise / (tau_noise + tau), rel=0.01)


# --- isi and cv ---------------------------------------------------------------------------------


def test_intervals_undo_the_running_sum_and_ignore_the_start():
    rng = np.random.default_rng(4)
    intervals = [rng.uniform(1, 30, count) for count in (0, 1, 2, 40)]
    trains = [13.0 + np.cumsum(np.append(0.0, x)) for x in intervals]
    for found, expected in zip(isi(trains), intervals, strict=True):
        assert np.allclose(found, expected, rtol=1e-12)


#: Intervals a train in the statistical tests below.
MANY = 40_000


@pytest.mark.parametrize(
    ("draw", "expected"),
    [
        pytest.param(lambda rng: rng.exponential(20.0, MANY), 1.0, id="Poisson"),
        pytest.param(lambda rng: rng.gamma(4, 5.0, MANY), 0.5, id="gamma of order 4"),
        pytest.param(lambda rng: rng.gamma(25, 0.8, MANY), 0.2, id="gamma of order 25"),
        pytest.param(lambda rng: 5.0 + rng.exponential(15.0, MANY), 0.75, id="dead time of 5 ms"),
    ],
)
def test_cv_of_renewal_processes(draw, expected):
    """Poisson 1, gamma 1/sqrt(k), dead time 1 - r t_ref with r = 1/(20 ms) in 1/ms.

    40 000 intervals: the standard error of C_V is at most 1/sqrt(40 000) = 0.5 % (Poisson, less for
    the others); at 4 of them a fresh seed would raise a false alarm with chance 6e-5.
    """
    train = np.cumsum(draw(np.random.default_rng(5)))
    assert cv([train])[0] == pytest.approx(expected, rel=4 / np.sqrt(MANY))


@pytest.mark.parametrize("least", [3, 4])
def test_too_few_spikes_are_not_taken_for_a_return_line_inside_the_loop(least):
    def isi(spike_times):
        return [np.diff(times) if len(times) >= least else np.array([]) for times in spike_times]

    assert names(report(BY_NAME["isi"], isi)) == ["two spikes taken for too few"]


def test_cv_ignores_shift_and_scale_and_needs_two_intervals():
    train = np.cumsum(np.random.default_rng(6).gamma(2, 8.0, 30))
    assert np.allclose(cv([train, train + 500.0, 3.0 * train]), cv([train])[0], rtol=1e-12)
    assert np.isnan(cv([train[:0], train[:1], train[:2]])).all()
    assert np.isfinite(cv([train[:3]])).all()
    assert cv([np.arange(5) * 7.0])[0] == 0.0


# --- spike_counts and fano ------------------------------------------------------------------------


@given(
    st.lists(st.integers(-40, 160), max_size=30),
    st.integers(0, 20),
    st.integers(1, 40),
    st.integers(1, 120),
)
def test_counts_are_those_of_exact_arithmetic(quarters, start, bin_size, length):
    """All times are quarters of a ms, which binary holds, so whole numbers can do the same."""
    counts = spike_counts([np.sort(quarters) / 4], start / 4, (start + length) / 4, bin_size / 4)
    n_bins = length // bin_size
    expected = [sum((q - start) // bin_size == j for q in quarters) for j in range(n_bins)]
    assert counts.shape == (1, n_bins) and counts.dtype.kind == "i"
    assert counts[0].tolist() == expected


def test_windows_end_to_end_count_every_spike_once_on_the_simulations_own_grid():
    """Spikes at k*0.1 ms and edges at j*0.1 ms are the same times, though binary rounds them."""
    train = np.arange(1000) * 0.1
    assert (spike_counts([train], 0.0, 100.0, 0.1) == 1).all()
    halves = [spike_counts([train], a, a + 50.0, 0.7) for a in (0.0, 50.0)]
    assert [table.shape[1] for table in halves] == [71, 71]
    assert all((table == 7).all() for table in halves)


def test_fano_of_poisson_clock_and_silence():
    """20 000 bins: the standard error for Poisson counts is sqrt(2/20 000) = 1 %, 4 of them allowed."""
    rng = np.random.default_rng(7)
    counts = np.vstack([rng.poisson(3.0, 20_000), np.full(20_000, 3), np.zeros(20_000)])
    factors = fano(counts.astype(int))
    assert factors[0] == pytest.approx(1.0, abs=0.04)
    assert factors[1] == 0.0 and np.isnan(factors[2])


def test_fano_in_long_windows_is_cv_squared():
    """Gamma intervals of order 4, mean 5 ms, 4000 windows of 500 ms: F = 1/4 (1 + O(mean/window)).

    Standard error sqrt(2/4000) = 2.2 % of F; the finite window adds about (1 - 1/16)/6 / 100 = 0.2 %
    to the mean count's scale, so 4 standard errors cover both.
    """
    train = np.cumsum(np.random.default_rng(8).gamma(4, 1.25, 420_000))
    factor = fano(spike_counts([train], 0.0, 2e6, 500.0))[0]
    assert factor == pytest.approx(cv([train])[0] ** 2, rel=4 * np.sqrt(2 / 4000))


# --- siegert_rate -------------------------------------------------------------------------------

#: (mu, s, V_theta, V_reset, tau, rate) with t_ref = 2 ms and s = sqrt(2) sigma, from NEST's own test of
#: its Siegert neuron (the first) and from the quadratures of the course's numerical notes.
TABLE = [
    (15.0, np.sqrt(1.5), 15.0, 0.0, 10.0, 27.1095934379),
    (15.0, 5.0, 20.0, 10.0, 20.0, 9.460800),
    (20.0, 4.0, 20.0, 10.0, 20.0, 24.580011),
    (12.0, 7.0, 20.0, 10.0, 20.0, 8.229287),
    (25.0, 5.0, 20.0, 10.0, 20.0, 47.217443),
    (22.0, 2.0, 20.0, 10.0, 20.0, 28.850314),
]


@pytest.mark.parametrize(("mu", "s", "V_theta", "V_reset", "tau", "rate_hz"), TABLE)
def test_siegert_rates_of_the_literature(mu, s, V_theta, V_reset, tau, rate_hz):
    found = siegert_rate(mu, 0.0, V_theta, V_reset, 1.0, tau, 2.0, s / np.sqrt(2))
    assert found == pytest.approx(rate_hz, rel=1e-6)


@pytest.mark.parametrize(
    ("lower", "upper"),
    [
        *[(-3.0, -2.9), (-0.5, 1.0), (1.0, 2.0), (-2.0, 0.0), (0.0, 3.0), (3.0, 3.01)],
        *[(-1e5, -1.0), (-17677.0, -3000.0), (-500.0, 1.5)],
        *[(-5.0, 20.0), (10.0, 10.5), (-1.0, 26.0), (5.0, 26.5)],
    ],
)
def test_the_integral_is_good_to_twelve_digits_from_silence_to_saturation(lower, upper):
    mpmath = pytest.importorskip("mpmath")
    with mpmath.workdps(25):
        places = [p for p in (-1e3, -100, -10, -3, 0, 2, 4, 8, 12, 16, 20, 24) if lower < p < upper]
        exact = mpmath.quad(lambda u: mpmath.exp(u * u) * mpmath.erfc(-u), [lower, *places, upper])
        assert abs(passage_integral(lower, upper) / exact - 1) < 1e-12


def test_the_integral_agrees_with_a_plain_sum():
    """Simpson's rule on 4000 intervals, an implementation that shares nothing with the reference."""
    u = np.linspace(-6.0, 3.0, 4001)
    f = erfcx(-u)
    simpson = (u[1] - u[0]) / 3 * (f[0] + 4 * f[1::2].sum() + 2 * f[2:-1:2].sum() + f[-1])
    assert passage_integral(-6.0, 3.0) == pytest.approx(simpson, rel=1e-9)


def test_far_below_threshold_it_falls_silent_without_a_warning():
    rates = siegert_rate(np.array([-200.0, 0.0, 10.0, 19.0]), -70, -50, -75, 1, 10, 2, 0.3)
    assert rates[0] == rates[1] == 0.0 and 0 < rates[2] < 1e-100 and 0 < rates[3] < 10


def test_far_above_threshold_it_saturates_at_one_over_t_ref():
    I_ext = np.array([1e2, 1e4, 1e6, 1e8])
    rates = siegert_rate(I_ext, -70, -50, -75, 1, 10, 2, 5.0)
    assert (np.diff(rates) > 0).all() and (rates < 500).all()
    drift = 10 * 25 / I_ext[-1]  # the time from reset to threshold at full speed, in ms
    assert rates[-1] == pytest.approx(1000 / (2 + drift), rel=1e-9)


def test_little_noise_gives_the_rate_without_noise():
    """The correction is of second order in sigma over the distance of the mean from threshold."""
    I_ext, sigma = np.array([22.0, 30.0, 60.0]), 0.01
    without = 1000 / (2 + 10 * np.log((I_ext + 5) / (I_ext - 20)))
    rates = siegert_rate(I_ext, -70, -50, -75, 1, 10, 2, sigma)
    assert np.allclose(rates, without, rtol=(sigma / 2.0) ** 2)
    assert siegert_rate(19.0, -70, -50, -75, 1, 10, 2, sigma) == 0.0


def test_only_ratios_count():
    """Shifting all voltages, scaling them with sigma, and tau as the only clock change nothing."""
    I_ext = np.linspace(5.0, 40.0, 8)
    base = siegert_rate(I_ext, -70, -50, -75, 1, 10, 0, 4.0)
    assert np.allclose(siegert_rate(I_ext, -30, -10, -35, 1, 10, 0, 4.0), base, rtol=1e-10)
    assert np.allclose(siegert_rate(3 * I_ext, -210, -150, -225, 1, 10, 0, 12.0), base, rtol=1e-10)
    assert np.allclose(siegert_rate(2 * I_ext, -70, -50, -75, 2, 10, 0, 4.0), base, rtol=1e-10)
    assert np.allclose(siegert_rate(I_ext, -70, -50, -75, 1, 25, 0, 4.0) * 2.5, base, rtol=1e-10)


def test_a_number_gives_a_number_and_no_noise_is_refused():
    assert np.ndim(siegert_rate(21.0, -70, -50, -75, 1, 10, 2, 3.0)) == 0
    assert siegert_rate(np.full((2, 3), 21.0), -70, -50, -75, 1, 10, 2, 3.0).shape == (2, 3)
    for sigma in (0.0, -1.0, np.nan):
        with pytest.raises(ValueError, match="sigma"):
            siegert_rate(21.0, -70, -50, -75, 1, 10, 2, sigma)


# --- The explorers --------------------------------------------------------------------------------

EXPLORERS = {
    "noise": lambda solver: explorers.explore_noise(solver),
    "intervals": lambda solver: explorers.explore_intervals(solver),
    "f-I": lambda solver: explorers.explore_noisy_fi_curve(solver, theory=siegert_rate),
}


@pytest.mark.parametrize("name", EXPLORERS)
def test_an_explorer_is_safe_at_every_slider_end(name):
    explorer = EXPLORERS[name](lif_noisy)
    ends = [(slider.low, slider.high) for slider in explorer.scene.sliders]
    for corner in itertools.product(*ends):
        values = dict(zip([s.name for s in explorer.scene.sliders], corner, strict=True))
        frame = explorer.move(**values)
        assert frame.message == "" and "nan" not in frame.alt
        assert all(np.isfinite(curve.y).all() for curve in frame.curves)


@pytest.mark.parametrize("name", EXPLORERS)
def test_an_explorer_draws_the_students_own_solver(name):
    """A solver that never fires leaves a silent picture; a broken or unwritten one, a sentence."""

    def never_fires(dt, V_init, E_m, V_theta, *others):
        return lif_noisy(dt, V_init, E_m, 1e9, *others)

    def broken(dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau, sigma, xi):
        return 1 / 0

    def unwritten(dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau, sigma, xi):
        raise NotImplementedError()

    assert " 0.0 " in EXPLORERS[name](never_fires).frame.alt
    assert "ZeroDivisionError" in EXPLORERS[name](broken).frame.message
    with pytest.raises(NotImplementedError):
        EXPLORERS[name](unwritten)


def test_a_slider_moves_the_neuron_and_not_the_noise():
    explorer = explorers.explore_noise(lif_noisy)
    before = explorer.frame.curves[0].y
    explorer.move(I_ext=30.0)
    assert np.array_equal(explorer.move(I_ext=15.0).curves[0].y, before)


def test_the_f_i_explorers_theory_is_that_of_its_time_step():
    explorer = explorers.explore_noisy_fi_curve(lif_noisy, theory=siegert_rate)
    theory = explorer.frame.curves[1]
    p = {**NEURON, "tau": 10.0, "t_ref": 0.0, "sigma": 5.0}
    assert np.allclose(theory.y, corrected_rate(0.2, theory.x, **p), rtol=1e-9)


# --- The notebook ---------------------------------------------------------------------------------


def _cell(name):
    path = Path(__file__).resolve().parents[1] / "solutions" / "labs" / "lab3" / "lab3.ipynb"
    cells = {cell.id: cell.source for cell in nbformat.read(path, 4).cells}
    return cells[name]


def test_the_notebooks_corrected_theory_is_the_one_tested_here():
    notebook = {"np": np, "siegert_rate": siegert_rate, **NEURON, "tau": 10.0}
    notebook["at_levels"] = {**NEURON, "tau": 10.0}
    exec(_cell("corrected-rate"), notebook)
    found = notebook["rate_at_time_step"](0.1, 15.0, 6.0)
    expected = corrected_rate(0.1, 15.0, t_ref=0.0, sigma=6.0, **NEURON, tau=10.0)
    assert found == pytest.approx(expected, rel=1e-12)


def test_the_three_neurons_of_the_notebook_fire_at_the_same_rate():
    """Within 2 % of 20 Hz by the corrected theory; the clock by its closed form in whole steps."""
    neurons = ast.literal_eval(_cell("three-neurons").removeprefix("three_neurons = "))
    for I_ext, sigma in neurons.values():
        if sigma:
            rate = corrected_rate(0.1, I_ext, t_ref=0.0, sigma=sigma, **NEURON, tau=10.0)
        else:
            rate = 1e4 / np.ceil(np.log((I_ext - 20) / (I_ext + 5)) / np.log(0.99))
        assert rate == pytest.approx(20.0, rel=0.02)

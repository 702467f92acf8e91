"""Stimuli: each row of an input is what acts from t_k to t_(k+1), with clear complaints."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifkit.stimuli import (
    make_drive,
    make_poisson,
    make_ramp,
    make_sine,
    make_sources,
    make_step,
)

N_t, dt = 60, 0.1
MAKERS = {
    "step": lambda N_t, dt, x: make_step(N_t, dt, x),
    "ramp": lambda N_t, dt, x: make_ramp(N_t, dt, x),
    "sine": lambda N_t, dt, x: make_sine(N_t, dt, x, 5.0),
    "poisson": lambda N_t, dt, x: make_poisson(N_t, dt, x, np.random.default_rng(1)),
}
every_maker = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


@every_maker
@pytest.mark.parametrize(
    ("value", "shape"), [(2.0, (N_t,)), ([2.0], (N_t, 1)), ([1, 2, 3], (N_t, 3))]
)
def test_an_input_has_one_row_a_step_and_one_column_a_neuron(make, value, shape):
    assert make(N_t, dt, value).shape == shape


@every_maker
def test_no_steps_give_an_input_without_rows(make):
    assert make(0, dt, [1.0, 2.0]).shape == (0, 2)


@every_maker
def test_the_amplitudes_handed_in_stay_as_they_are(make):
    value = np.array([1.0, 2.0])
    first = make(N_t, dt, value)
    first[:] = 0
    assert value.tolist() == [1.0, 2.0]


@given(start=st.integers(0, N_t), length=st.integers(0, N_t))
def test_times_become_rows_by_rounding(start, length):
    """Truncation would be a row early for start = 3 (0.3/0.1 is a hair below 3) and many others."""
    stop = start + length
    I_ext = make_step(N_t, dt, 1.0, t_start=start * dt, t_stop=stop * dt)
    expected = np.zeros(N_t)
    expected[start:stop] = 1.0
    assert np.array_equal(I_ext, expected)


def test_a_step_has_its_amplitude_inside_and_its_baseline_outside():
    I_ext = make_step(10, 0.5, [20.0, -3.0], t_start=1.0, t_stop=3.0, baseline=[1.5, 2.5])
    assert (I_ext[2:6] == [20.0, -3.0]).all()
    assert (np.delete(I_ext, np.s_[2:6], axis=0) == [1.5, 2.5]).all()


def test_a_step_without_an_end_lasts_to_the_last_row():
    assert make_step(10, 0.5, 1.0, t_start=2.0)[4:].all()


def test_a_step_may_begin_after_the_end():
    assert not make_step(10, 0.5, 1.0, t_start=50.0).any()


def test_a_ramp_grows_by_its_slope_between_two_level_parts():
    I_ext = make_ramp(40, 0.25, 3.0, t_start=2.0, t_stop=7.0, baseline=-1.0)
    t = 0.25 * np.arange(40)
    assert np.allclose(I_ext, -1.0 + 3.0 * (np.clip(t, 2.0, 7.0) - 2.0), rtol=0, atol=1e-14)


def test_a_sine_has_its_amplitude_frequency_phase_and_mean():
    """Over whole periods its Fourier sum holds nothing but what was asked for."""
    steps, f_hz = 400, np.array([5.0, 50.0])  # 200 ms: 1 and 10 periods
    I_ext = make_sine(steps, 0.5, [2.0, 3.0], f_hz, phase=[0.4, -1.0], baseline=7.0)
    spectrum = np.fft.rfft(I_ext, axis=0) / steps
    for column, period_count in enumerate((1, 10)):
        component = 2j * spectrum[period_count, column]
        # The rounding of a sum of 400 terms near 10 nA is below 1e-12.
        assert np.isclose(
            component, [2.0, 3.0][column] * np.exp(1j * [0.4, -1.0][column]), atol=1e-12
        )
        others = np.delete(spectrum[:, column], [0, period_count])
        assert np.abs(others).max() < 1e-12
    assert np.allclose(spectrum[0], 7.0)


def test_poisson_spikes_have_the_rate_and_the_variance_asked_for():
    """Mean and variance of the counts are rate*T; 2000 trains, within 5 standard errors.

    The chance of a false alarm is below 2e-6 for each of the two.
    """
    trains, rate_hz, steps = 2000, 40.0, 2500
    counts = make_poisson(steps, 0.2, np.full(trains, rate_hz), np.random.default_rng(7)).sum(
        axis=0
    )
    mean = rate_hz * steps * 0.2 / 1000
    assert abs(counts.mean() - mean) < 5 * np.sqrt(mean / trains)
    # The variance of a Poisson sample's variance is close to (2 mean^2 + mean)/trains.
    assert abs(counts.var() - mean) < 5 * np.sqrt((2 * mean**2 + mean) / trains)


def test_a_rate_may_change_in_time():
    rate_hz = np.zeros((100, 2))
    rate_hz[50:, 1] = 1e5
    spikes = make_poisson(100, 0.5, rate_hz, np.random.default_rng(3))
    assert not spikes[:, 0].any() and not spikes[:50].any()
    assert spikes[50:, 1].all()  # 50 a step: no step stays empty but once in 1e20 runs


def test_the_same_generator_state_gives_the_same_spikes():
    one, other = (make_poisson(500, 0.1, 300.0, np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(one, other)
    assert not np.array_equal(one, make_poisson(500, 0.1, 300.0, np.random.default_rng(6)))


@every_maker
@pytest.mark.parametrize(
    ("N_t", "dt", "value", "said"),
    [
        (-1, 0.1, 1.0, r"N_t is -1 steps"),
        (10.5, 0.1, 1.0, r"N_t is 10\.5; .* whole number"),
        (10, 0.0, 1.0, r"dt is 0\.0 ms; .* above 0 ms"),
        (10, np.inf, 1.0, r"dt is inf ms"),
        (10, 0.1, np.nan, r"is nan (nA|nA/ms|Hz); it must be finite"),
        (10, 0.1, np.zeros((3, 2)), r"has shape \(3, 2\)"),
    ],
)
def test_a_bad_number_is_named_with_its_value_and_unit(make, N_t, dt, value, said):
    with pytest.raises(ValueError, match=said):
        make(N_t, dt, value)


@pytest.mark.parametrize("make", [make_step, make_ramp])
@pytest.mark.parametrize(
    ("window", "said"),
    [
        ({"t_start": -1.0}, r"t_start is -1\.0 ms"),
        ({"t_start": 2.0, "t_stop": 1.0}, r"t_stop is 1\.0 ms; .* t_start = 2\.0 ms"),
        ({"t_stop": np.nan}, "t_stop is nan ms"),
        ({"baseline": [1.0, 2.0, 3.0]}, r"numbers of neurons differ: .*\(2,\), baseline \(3,\)"),
    ],
)
def test_a_bad_window_is_named(make, window, said):
    with pytest.raises(ValueError, match=said):
        make(10, 0.1, [1.0, 2.0], **window)


@pytest.mark.parametrize("f_hz", [-1.0, 5000.1])
def test_a_frequency_that_the_steps_cannot_show_is_refused(f_hz):
    make_sine(10, 0.1, 1.0, 5000.0)
    with pytest.raises(ValueError, match=r"f_hz is .* Hz; with dt = 0\.1 ms .* 0 to 5000 Hz"):
        make_sine(10, 0.1, 1.0, f_hz)


def test_a_negative_rate_is_refused():
    with pytest.raises(ValueError, match=r"rate_hz is -3 Hz"):
        make_poisson(10, 0.1, [5.0, -3.0], np.random.default_rng(1))


def test_a_seed_in_the_place_of_a_generator_is_refused():
    with pytest.raises(TypeError, match="rng is of type int; it must be a generator"):
        make_poisson(10, 0.1, 5.0, 1)


# --- A network's drive and wiring -----------------------------------------------------------------


def test_a_drive_has_the_counts_of_a_poisson_process():
    """Two million counts of mean 2: four standard errors of mean and variance, and a thousandth."""
    counts = make_drive(4000, 500, 0.1, 20_000.0, np.random.default_rng(1))
    assert counts.dtype == np.uint8 and counts.shape == (4000, 500)
    assert counts.mean() == pytest.approx(2.0, abs=0.004 + 0.002)
    assert counts.var() == pytest.approx(2.0, abs=0.01 + 0.002)
    assert not make_drive(10, 3, 0.1, 0.0, np.random.default_rng(1)).any()


@pytest.mark.parametrize("rate_hz", [-1.0, np.nan, 300_000.0])
def test_a_drive_that_a_byte_can_not_count_is_refused(rate_hz):
    with pytest.raises(ValueError, match="rate_hz"):
        make_drive(10, 3, 0.1, rate_hz, np.random.default_rng(1))


def test_every_neuron_has_the_same_number_of_inputs_of_each_kind():
    sources = make_sources(30, 10, 6, 4, np.random.default_rng(2))
    assert sources.shape == (40, 10)
    assert (sources[:, :6] < 30).all() and (sources[:, 6:] >= 30).all() and sources.max() == 39

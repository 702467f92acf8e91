"""Lab 1: its references meet theory."""

import numpy as np
import pytest

from lifkit.stimuli import make_sine
from solutions.reference.lab1 import (
    euler_error,
    membrane_gain,
    passive_driven,
    passive_euler,
    passive_exact,
)

MEMBRANE = {
    "V_init": np.array([-75.5, -60.25, -71.0]),
    "E_m": -68.0,
    "I_ext": np.array([43.0, -12.0, 8.5]),
    "g_m": 1.6,
    "tau": np.array([14.0, 7.0, 9.5]),
}
V_INF = MEMBRANE["E_m"] + MEMBRANE["I_ext"] / MEMBRANE["g_m"]
ONE = {"V_init": -75.0, "E_m": -68.0, "I_ext": 30.0, "g_m": 1.6, "tau": 9.0}


# --- The references against paper -----------------------------------------------------------------


def test_eulers_voltage_is_the_power_law_of_its_own_scheme():
    """V_k = V_inf + (V_0 - V_inf)(1 - dt/tau)^k; both sides are good to 1e-12 mV."""
    V = passive_euler(200, 0.3, **MEMBRANE)
    k = np.arange(201)[:, np.newaxis]
    power = V_INF + (MEMBRANE["V_init"] - V_INF) * (1 - 0.3 / MEMBRANE["tau"]) ** k
    assert np.allclose(V, power, rtol=0, atol=1e-11)


@pytest.mark.parametrize(
    ("dt", "beats"), [(0.5, "approaches"), (10.0, "overshoots"), (20.0, "blows up")]
)
def test_the_size_of_the_step_decides_how_euler_settles(dt, beats):
    tau = 7.0
    V = passive_euler(12, dt, [-75.0], -68.0, np.array([16.0]), 1.6, np.array([tau]))[:, 0]
    distance = V - (-68.0 + 10.0)
    crosses = (distance[1:] * distance[:-1] < 0).all()
    grows = (np.abs(distance[1:]) > np.abs(distance[:-1])).all()
    assert {"approaches": (False, False), "overshoots": (True, False), "blows up": (True, True)}[
        beats
    ] == (crosses, grows)


@pytest.mark.parametrize("solve", ["Euler", "closed form"])
def test_a_membrane_settles_at_its_steady_state(solve):
    """After 40 time constants exp(-40) = 4e-18 of the distance is left."""
    T = 40 * MEMBRANE["tau"].max()
    if solve == "Euler":
        V = passive_euler(round(T / 0.5), 0.5, **MEMBRANE)
    else:
        V = passive_exact(np.array([T]), **MEMBRANE)
    assert np.allclose(V[-1], V_INF, rtol=0, atol=1e-11)


def test_the_closed_form_solves_the_equation():
    """The central difference of step h is off by h^2/6 V''' < 1e-8 mV/ms here."""
    t, h = np.linspace(1.0, 30.0, 13), 1e-3
    slope = (passive_exact(t + h, **MEMBRANE) - passive_exact(t - h, **MEMBRANE)) / (2 * h)
    wanted = (V_INF - passive_exact(t, **MEMBRANE)) / MEMBRANE["tau"]
    assert np.allclose(slope, wanted, rtol=0, atol=1e-8)


def test_the_closed_form_starts_at_the_initial_voltage():
    assert np.array_equal(passive_exact(np.array([0.0]), **MEMBRANE)[0], MEMBRANE["V_init"])


def test_one_time_constant_leaves_one_eth_of_the_distance():
    V = np.diag(passive_exact(MEMBRANE["tau"], **MEMBRANE))
    assert np.allclose((V - V_INF) / (MEMBRANE["V_init"] - V_INF), np.exp(-1), rtol=1e-13)


def test_eulers_error_is_of_first_order():
    """The slope on log axes is 1 + O(dt/tau); dt/tau is 1e-2 at most."""
    dt = 0.09 / 2.0 ** np.arange(4)
    slope = np.diff(np.log(euler_error(dt, 36.0, **ONE))) / np.diff(np.log(dt))
    assert np.allclose(slope, 1, atol=0.01)


def test_eulers_error_has_the_size_that_its_leading_term_gives():
    """At t = tau it is dt/(2 tau e) of the distance, up to the next order, dt/tau = 1 %."""
    dt = 0.09
    distance = ONE["E_m"] + ONE["I_ext"] / ONE["g_m"] - ONE["V_init"]
    (error,) = euler_error([dt], 36.0, **ONE)
    assert error == pytest.approx(distance * dt / (2 * ONE["tau"] * np.e), rel=0.01)


def test_eulers_error_is_that_of_a_decay_mirrored():
    up = euler_error([0.5, 1.5], 30.0, -68.0, -68.0, 16.0, 1.6, 9.0)
    down = euler_error([0.5, 1.5], 30.0, -58.0, -68.0, 0.0, 1.6, 9.0)
    assert np.allclose(up, down, rtol=0, atol=1e-11)


def test_a_constant_drive_gives_what_the_constant_solver_gives():
    current = np.tile(MEMBRANE["I_ext"], (50, 1))
    V = passive_driven(0.3, **{**MEMBRANE, "I_ext": current})
    assert np.array_equal(V, passive_euler(50, 0.3, **MEMBRANE))


def test_driven_membranes_add_up_their_inputs():
    """The equation is linear: two inputs together give the sum of what each gives alone."""
    rng = np.random.default_rng(3)
    one, other = rng.normal(0, 20, (2, 80, 3))
    rest = {**MEMBRANE, "V_init": np.full(3, MEMBRANE["E_m"])}
    responses = [
        passive_driven(0.3, **{**rest, "I_ext": current}) - MEMBRANE["E_m"]
        for current in (one, other, one + other)
    ]
    assert np.allclose(responses[0] + responses[1], responses[2], rtol=0, atol=1e-11)


@pytest.mark.parametrize("f_hz", [5.0, 20.0, 80.0])
def test_the_gain_is_that_of_a_simulated_sine(f_hz):
    """Fitted over the last period; the distance to the closed form is Euler's, so it halves with dt.

    Euler's own response is (1/g_m)(dt/tau)/(exp(i omega dt) - a), a = 1 - dt/tau.
    """
    g_m, tau, dt = 1.6, 9.0, 0.05
    period = round(1000 / f_hz / dt)
    assert period * dt * f_hz == pytest.approx(1000)
    start = 20 * round(tau / dt) // period + 1  # whole periods, until exp(-20) of the start is left
    N_t = (start + 1) * period
    V = passive_driven(dt, [-68.0], -68.0, make_sine(N_t, dt, [1.0], f_hz), g_m, np.array([tau]))[
        -period - 1 : -1, 0
    ]
    t = dt * np.arange(start * period, N_t)
    measured = 2j * np.mean((V + 68.0) * np.exp(-2j * np.pi * f_hz / 1000 * t))
    gain, phase = membrane_gain(f_hz, g_m, tau)
    euler = dt / tau / g_m / (np.exp(2j * np.pi * f_hz / 1000 * dt) - (1 - dt / tau))
    assert measured == pytest.approx(euler, abs=1e-8)  # exp(-20) = 2e-9 of the start is left
    # Euler's step is off by half a step in time: |omega dt/2| of the response, plus dt/(2 tau).
    bound = np.pi * f_hz / 1000 * dt + dt / (2 * tau)
    assert abs(measured / (gain * np.exp(1j * phase)) - 1) < bound


def test_gain_and_phase_at_their_ends():
    gain, phase = membrane_gain(np.array([0.0, 1000 / (2 * np.pi * 9.0), 1e9]), 1.6, 9.0)
    assert np.allclose(gain, [1 / 1.6, 1 / 1.6 / np.sqrt(2), 0.0], rtol=1e-12, atol=1e-6)
    assert np.allclose(phase, [0.0, -np.pi / 4, -np.pi / 2], rtol=1e-12, atol=1e-6)


def test_one_frequency_gives_numbers():
    assert [np.ndim(part) for part in membrane_gain(20.0, 1.6, 9.0)] == [0, 0]

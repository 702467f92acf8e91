"""Exercise 6.7, ``mean_field_rate``: the rate of a network whose input is its own output."""

from typing import Any

import numpy as np

from lifkit.judge import Output
from lifkit_staff.exercise import also, case, exercise, holds

from ...lab3.exercises.siegert_rate import siegert_rate as fine_rate
from .mean_field_input import train_by_train

RATE = Output(
    name="rate_hz",
    unit="Hz",
    rtol=1e-6,
    why="quad is good to 1e-8 and brentq's default to 1e-12; a root is no less certain than its function",
    shape="a number",
)

HINTS = (
    "The idea: guess a rate, compute the input that it makes, and the rate at which a neuron with this "
    "input fires. The guess is right if the two rates are the same. brentq does the guessing.",
    "The picture, of the rate that comes out over the rate that goes in: a curve that falls where "
    "inhibition is strong, and the diagonal. At 0 the curve lies above the diagonal, at 1000/t_ref below; "
    "the solution is where they cross, so where (rate out) - (rate in) is 0.",
    "A skeleton; what stands for each ___?\n"
    "def surplus(rate_hz):\n"
    "    mu, sigma = ___                     # exercise 6.6\n"
    "    return ___ - ___                    # the rate that comes out, and the one that went in\n"
    "\n"
    "return brentq(surplus, ___, ___)        # from where to where?",
)


def network(rng, room, **given):
    """Draw a network whose mean input from outside is `room` times the way from rest to threshold."""
    E_m, tau, J = rng.uniform(-74, -66), rng.uniform(14, 25), rng.uniform(0.1, 0.3)
    C_E, V_theta = int(rng.integers(500, 900)), E_m + rng.uniform(14, 20)
    drawn = {
        "rate_ext_hz": round(1000 * room * (V_theta - E_m) / (tau * J * C_E), 2),
        "E_m": E_m,
        "V_theta": V_theta,
        "V_reset": E_m + rng.uniform(3, 9),
        "tau": tau,
        "t_ref": rng.uniform(1.5, 3),
        "J": J,
        "g": rng.uniform(4.6, 6),
        "C_E": C_E,
        "C_I": C_E // 4,
    }
    return {**drawn, **given}


@holds(weight=3)
def fluctuations(rng):
    """near threshold the spread of the input decides about the rate"""
    return [
        case("a mean input just below threshold", **network(rng, rng.uniform(0.88, 0.96))),
        case("a mean input just above threshold", **network(rng, rng.uniform(1.02, 1.12))),
    ]


@holds(weight=2)
def balance(rng):
    """far above threshold excitation and inhibition nearly cancel, and the rate is what is left"""
    return [
        case("twice the way to threshold", **network(rng, rng.uniform(1.8, 2.4))),
        case("strong inhibition", **network(rng, rng.uniform(1.8, 2.4), g=rng.uniform(7, 10))),
    ]


@also(balance)
def unequal(rng):
    """Draw another ratio of inhibitory to excitatory inputs."""
    drawn = network(rng, rng.uniform(1.3, 1.6))
    return case("a third of the inputs inhibitory", **drawn | {"C_I": drawn["C_E"] // 2})


@holds()
def saturation(rng):
    """where inhibition is weak the rate goes up to the neighbourhood of 1/t_ref"""
    weak = {"g": rng.uniform(2, 3), "t_ref": rng.uniform(2, 3)}
    fast = {"g": rng.uniform(1.5, 2.5), "t_ref": rng.uniform(1.0, 1.2)}
    return [
        case("weak inhibition", **network(rng, rng.uniform(1.8, 2.4), **weak)),
        case("hardly any rest", **network(rng, rng.uniform(1.8, 2.4), **fast)),
    ]


@holds()
def whole_numbers(rng):
    """whole-number inputs give the same as 1.0, 2.0, ..."""
    whole: dict[str, Any] = {
        "rate_ext_hz": 4,
        "E_m": -70,
        "V_theta": -50,
        "V_reset": -62,
        "tau": 18,
        "t_ref": 2,
    }
    C_E = int(rng.integers(320, 420))
    return case(
        "whole-number inputs", **whole, J=1, g=int(rng.integers(5, 8)), C_E=C_E, C_I=C_E // 4
    )


def halved(rate_ext_hz, E_m, V_theta, V_reset, tau, t_ref, J, g, C_E, C_I):
    """Solve in another style: an interval halved sixty times, a finer integral."""
    low, high = 0.0, 1000 / t_ref
    for _ in range(60):
        rate = (low + high) / 2
        mu, sigma = train_by_train(rate, rate_ext_hz, E_m, tau, J, g, C_E, C_I)
        out = fine_rate(0, mu, V_theta, V_reset, 1, tau, t_ref, sigma)
        low, high = (rate, high) if out > rate else (low, rate)
    return (low + high) / 2


def certify(case):
    """Raise ValueError unless a scan finds exactly one rate, well above 0 and well below 1/t_ref."""
    p = dict(case.inputs)
    levels = [p.pop(name) for name in ("V_theta", "V_reset", "t_ref")]
    V_theta, V_reset, t_ref = levels
    rates = 1000 / t_ref * np.linspace(0, 1, 41) ** 2
    mu, sigma = train_by_train(rates, **p)
    out = [
        fine_rate(0, m, V_theta, V_reset, 1, p["tau"], t_ref, s)
        for m, s in zip(mu, sigma, strict=True)
    ]
    signs = np.sign(np.array(out) - rates)
    if np.count_nonzero(np.diff(signs)) != 1 or signs[0] != 1 or out[0] < 0.05:
        raise ValueError(f"{case.name}: not one rate, or one near 0")


REFERENCE = exercise(
    "lab6",
    "mean_field_rate",
    returns=[RATE],
    hints=HINTS,
    certify=certify,
    styles=[halved],
    builds_on=["mean_field_input", "siegert_rate"],
)

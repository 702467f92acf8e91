"""Exercise 7.4, ``stdp_drift``: what the window does to two trains that know nothing of each other."""

from lifkit.judge import Output
from lifkit_staff.exercise import case, exercise, holds

from ...plastic import draw_window

DRIFT = Output(
    name="drift",
    rtol=1e-12,
    why="five operations and a difference that loses a digit at most: correct orders differ by 1e-15",
)

HINTS = (
    "The idea: the area of the window, with its sign, says what a pair does on average if every Delta is "
    "equally likely; the two rates say how many pairs there are.",
    "The equation is (3). Its units, for 20 Hz, 20 Hz and an area of -0.01 ms: 20/s times 20/s times "
    "-0.00001 s is -0.004 per second. One factor of 1000, since A tau comes in ms.",
    "A skeleton; what stands for each ___?\n"
    "area = ___ - ___                 # of the window, in ms\n"
    "area_in_seconds = ___\n"
    "return ___ * ___ * area_in_seconds",
)


def trains(rng, title, **given):
    """Return a case with two rates."""
    drawn = {"rate_pre_hz": rng.uniform(3, 15), "rate_post_hz": rng.uniform(20, 60)}
    return case(title, **{**drawn, **draw_window(rng), **given})


@holds(weight=3)
def drift(rng):
    """it is the product of both rates and of the window's area, per second"""
    return [
        trains(rng, "a window in which weakening wins"),
        trains(rng, "other rates", rate_pre_hz=rng.uniform(30, 60)),
        trains(rng, "a window in which strengthening wins", A_plus=rng.uniform(0.25, 0.3)),
    ]


@holds()
def silence(rng):
    """a side that is silent brings no drift"""
    return [
        trains(rng, "a silent synapse", rate_pre_hz=0.0),
        trains(rng, "a silent neuron", rate_post_hz=0.0),
    ]


@holds()
def whole_numbers(rng):
    """whole-number inputs give the same as 1.0, 2.0, ..."""
    rates = {"rate_pre_hz": int(rng.integers(3, 15)), "rate_post_hz": int(rng.integers(20, 60))}
    window = {"A_plus": 2, "A_minus": 3, "tau_plus": 17, "tau_minus": 23}
    return trains(rng, "whole-number inputs", **rates, **window)


def in_milliseconds(rate_pre_hz, rate_post_hz, A_plus, A_minus, tau_plus, tau_minus):
    """Solve in another style: all in ms, and per second at the end."""
    pairs = (rate_pre_hz / 1000) * (rate_post_hz / 1000)
    per_ms = pairs * A_plus * tau_plus - pairs * A_minus * tau_minus
    return 1000 * per_ms


REFERENCE = exercise("lab7", "stdp_drift", returns=[DRIFT], hints=HINTS, styles=[in_milliseconds])

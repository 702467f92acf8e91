"""Exercise 6.6, ``mean_field_input``: the input that a network makes for each of its neurons."""

import math

import numpy as np

from lifkit.judge import Output
from lifkit_staff.exercise import case, exercise, holds, line

MEAN = Output(
    name="mu",
    unit="mV",
    rtol=1e-12,
    atol=1e-10,
    why="some ten operations; excitation and inhibition of thousands of mV may cancel, which leaves 1e-12 mV",
    axes=("rate",),
    shape="(as rate_hz)",
)
SPREAD = Output(
    name="sigma",
    unit="mV",
    rtol=1e-12,
    why="the root of a sum of terms of one sign: nothing cancels",
    axes=("rate",),
    shape="(as rate_hz)",
)

HINTS = (
    "The idea: three groups of spikes come in. Each lifts or lowers the mean by tau times kick times spikes "
    "per ms, with its sign; each adds to the variance the half of tau times kick squared times spikes per ms.",
    "The table, for one neuron (rates in 1/ms):\n"
    "from outside  C_E trains at nu_ext  kick J      square J^2\n"
    "excitatory    C_E trains at nu      kick J      square J^2\n"
    "inhibitory    C_I trains at nu      kick -g J   square g^2 J^2",
    "A skeleton; what stands for each ___?\n"
    "r, r_ext = ___, ___                     # spikes per ms\n"
    "mu = E_m + ___                          # with signs\n"
    "variance = ___                          # with squares, and the half\n"
    "return mu, ___                          # mV, not mV^2",
)


def network(rng, **given):
    """Draw a network in which nothing is 1, and excitation and inhibition do not balance."""
    drawn = {
        "rate_hz": rng.uniform(4, 60, rng.integers(3, 6)),
        "rate_ext_hz": rng.uniform(5, 30),
        "E_m": rng.uniform(-74, -62),
        "tau": rng.uniform(9, 25),
        "J": rng.uniform(0.1, 0.4),
        "g": rng.uniform(2.5, 8),
        "C_E": int(rng.integers(300, 900)),
        "C_I": int(rng.integers(90, 220)),
    }
    return {**drawn, **given}


@holds(weight=2)
def inputs(rng):
    """each group of inputs adds to the mean with its sign, and to the variance with its square"""
    return [
        case("several rates", **network(rng)),
        case("strong inhibition", **network(rng, g=rng.uniform(9, 14))),
    ]


@holds()
def quiet(rng):
    """without spikes in the network, or from outside, the other input is left"""
    return [
        case("silent networks", **network(rng, rate_hz=np.zeros(2))),
        case("a silent network", **network(rng, rate_hz=0.0)),
        case("nothing from outside", **network(rng, rate_ext_hz=0.0)),
    ]


@holds()
def shape(rng):
    """a number gives numbers, a table of rates tables"""
    return [
        case("one rate", **network(rng, rate_hz=rng.uniform(4, 60))),
        case("one rate in an array", **network(rng, rate_hz=rng.uniform(4, 60, 1))),
        case("a table of rates", **network(rng, rate_hz=rng.uniform(4, 60, (2, 3)))),
    ]


@holds()
def whole_numbers(rng):
    """whole-number inputs give the same as 1.0, 2.0, ..."""
    whole = {"rate_hz": rng.integers(4, 60, 3), "rate_ext_hz": 12, "E_m": -70, "J": 2, "g": 5}
    return case("whole-number inputs", **network(rng, tau=int(rng.integers(9, 25)), **whole))


spread = line(
    "spread",
    "sigma is a standard deviation in mV, as siegert_rate takes it",
    on=[inputs, quiet],
    of="sigma",
    weight=2,
)


def train_by_train(rate_hz, rate_ext_hz, E_m, tau, J, g, C_E, C_I):
    """Solve in another style: a sum over three groups of inputs."""
    mu, variance = E_m, 0.0
    for count, rate, kick in ((C_E, rate_ext_hz, J), (C_E, rate_hz, J), (C_I, rate_hz, -g * J)):
        mu = mu + tau * count * rate * kick / 1000
        variance = variance + tau * count * rate * kick**2 / 2000
    return mu, np.sqrt(variance) if np.ndim(variance) else math.sqrt(variance)


REFERENCE = exercise(
    "lab6", "mean_field_input", returns=[MEAN, SPREAD], hints=HINTS, styles=[train_by_train]
)

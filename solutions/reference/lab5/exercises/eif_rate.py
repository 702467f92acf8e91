"""Exercise 5.7, ``eif_rate``: the rate of the exponential neuron, as an integral over the voltage."""

import numpy as np

from lifkit.judge import Output
from lifkit_staff.exercise import also, case, exercise, holds

RATE = Output(
    name="rate_hz",
    unit="Hz",
    rtol=1e-6,
    why="an integral: quad is good to 1e-8 and a fine sum to 1e-7",
    axes=("current",),
    shape="(as I_ext)",
)

HINTS = (
    "The idea: without w the speed dV/dt depends on V alone. The time for a short way dV is dV over the "
    "speed; added up from V_reset to V_peak that is one interval.",
    "The equation: T is the area under tau / (-(V - E_m) + Delta_T e^((V - V_T)/Delta_T) + I_ext/g_m), "
    "from V_reset to V_peak, in ms. At and below I_rh = g_m (V_T - E_m - Delta_T) the speed falls to 0 "
    "on the way, and the neuron never arrives: 0 Hz.",
    "A skeleton; what stands for each ___?\n"
    "def one_rate(current):\n"
    "    if ___:                     # it never arrives\n"
    "        return ___\n"
    "\n"
    "    def slowness(V):\n"
    "        speed = ___             # dV/dt, in mV/ms\n"
    "        return 1 / speed\n"
    "\n"
    "    T = quad(slowness, ___, ___)[0]\n"
    "    return ___                  # in Hz\n"
    "\n"
    "return np.vectorize(one_rate, otypes=[float])(I_ext)[()]",
)


def neuron(rng, above=(12, 25)):
    """Draw a neuron whose V_peak is so many Delta_T above V_T; return it with its rheobase."""
    E_m, g_m = rng.uniform(-72, -64), rng.uniform(0.009, 0.02)
    V_T, Delta_T = E_m + rng.uniform(13, 20), rng.uniform(1.2, 2.6)
    drawn = {
        "E_m": E_m,
        "V_T": V_T,
        "Delta_T": Delta_T,
        "V_peak": V_T + Delta_T * rng.uniform(*above),
        "V_reset": V_T - rng.uniform(4, 10),
        "g_m": g_m,
        "tau": rng.uniform(8, 22),
    }
    return drawn, g_m * (V_T - E_m - Delta_T)


@holds(weight=4)
def firing(rng):
    """above rheobase one interval is the time from V_reset to V_peak"""
    one, rheobase = neuron(rng)
    low, its_rheobase = neuron(rng, above=(2, 4))
    return [
        case("five currents", I_ext=rheobase * rng.uniform(1.1, 4, 5), **one),
        case("a low V_peak", I_ext=its_rheobase * rng.uniform(1.1, 3, 3), **low),
    ]


@also(firing)
def just_above(rng):
    """Draw currents just above rheobase, where V lingers near V_T."""
    one, rheobase = neuron(rng)
    extra = one["g_m"] * one["Delta_T"] * rng.uniform(0.2, 1.9, 2)
    I_ext = np.append(rheobase + extra, rheobase * 1.03)
    return case("currents just above rheobase", I_ext=I_ext, **one)


@holds(weight=2)
def rheobase(rng):
    """0 Hz at and below rheobase, which lies below that of a hard threshold at V_T"""
    one, rheobase = neuron(rng)
    I_ext = np.array([-0.8, 0.5, 0.97, 1.04, 1.5]) * rheobase
    return case("currents on both sides of rheobase", I_ext=rng.permutation(I_ext), **one)


@also(rheobase)
def silent(rng):
    """Draw many currents below rheobase: across its poles the integral comes out as anything."""
    one, rheobase = neuron(rng)
    I_ext = rheobase * (np.linspace(0.7, 0.97, 24) + rng.uniform(-0.005, 0.005, 24))
    return case("many currents below rheobase", I_ext=rng.permutation(I_ext), **one)


@also(rheobase)
def exactly_at_rheobase(rng):
    """A current at rheobase; whole numbers keep it exact."""
    shift = float(rng.integers(-6, 7))
    return case(
        "a current exactly at rheobase",
        I_ext=np.array([36.0, 30.0, 56.0]),
        E_m=-70.0 + shift,
        V_T=-50.0 + shift,
        Delta_T=2.0,
        V_peak=-10.0 + shift,
        V_reset=-58.0 + shift,
        g_m=2.0,
        tau=float(rng.integers(8, 20)),
    )


@holds()
def shape(rng):
    """a number gives a number, an array as many rates as it has currents"""
    one, rheobase = neuron(rng)
    return [
        case("one number for I_ext", I_ext=rheobase * rng.uniform(1.3, 3), **one),
        case("one number for I_ext, below rheobase", I_ext=rheobase * rng.uniform(0.2, 0.8), **one),
        case("an array of one current", I_ext=rheobase * rng.uniform(1.3, 3, 1), **one),
    ]


@holds()
def whole_numbers(rng):
    """whole-number inputs give the same as 1.0, 2.0, ..."""
    E_m = int(rng.integers(-72, -65))
    return case(
        "whole-number inputs",
        I_ext=np.array([19, *rng.integers(44, 90, 3)]),
        E_m=E_m,
        V_T=E_m + 17,
        Delta_T=2,
        V_peak=E_m + 50,
        V_reset=E_m + 9,
        g_m=2,
        tau=int(rng.integers(7, 17)),
    )


def summed(I_ext, E_m, V_T, Delta_T, V_peak, V_reset, g_m, tau):
    """Solve in another style: a loop over the currents, Simpson's sum over 40 001 voltages."""
    currents = np.ravel(I_ext)
    rates = np.zeros(len(currents))
    V = np.linspace(V_reset, V_peak, 40001)
    weights = np.full(40001, 2.0)
    weights[1::2] = 4.0
    weights[[0, -1]] = 1.0
    for i, current in enumerate(currents):
        if current > g_m * (V_T - E_m - Delta_T):
            speed = (E_m - V + Delta_T * np.exp((V - V_T) / Delta_T) + current / g_m) / tau
            T = np.sum(weights / speed) * (V[1] - V[0]) / 3
            rates[i] = 1000 / T
    return rates.reshape(np.shape(I_ext))[()]


def certify(case):
    """Raise ValueError where a current lies within 2 % of rheobase and not on it."""
    p = case.inputs
    ratio = np.ravel(p["I_ext"]) / (p["g_m"] * (p["V_T"] - p["E_m"] - p["Delta_T"]))
    if np.any((np.abs(ratio - 1) < 0.02) & (ratio != 1)):
        raise ValueError(f"{case.name}: a current within 2 % of rheobase")


REFERENCE = exercise(
    "lab5",
    "eif_rate",
    returns=[RATE],
    hints=HINTS,
    certify=certify,
    styles=[summed],
)

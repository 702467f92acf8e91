"""Exercise 5.2, ``adapted_rate``: the steady rate of an adapting neuron, from one equation."""

import numpy as np

from lifkit.judge import Output
from lifkit_staff.exercise import also, case, exercise, holds

RATE = Output(
    name="rate_hz",
    unit="Hz",
    rtol=1e-7,
    why="a root to 1e-9 of itself is easily had; brentq's default gives 1e-12",
    axes=("current",),
    shape="(as I_ext)",
)

HINTS = (
    "The idea: in the steady state each interval T is like the last, and w begins each with the same "
    "value, w_0. Follow V from V_reset for a time T. The T at which it is just at V_theta is the one.",
    "The picture, with V_inf = E_m + I_ext/g_m:\n"
    "w over an interval:  w_0 at its start,  w_0 exp(-T/tau_w) at its end,  then up by b, which is w_0\n"
    "V over an interval:  equation (5), from V_reset to V_theta\n"
    "For short T w_0 is huge and V ends far below V_theta; for long T it ends above. In between, once, "
    "it crosses: that is what brentq finds, between a T that is too short and one that is too long.",
    "A skeleton; what stands for each ___?\n"
    "def one_rate(current):\n"
    "    V_inf = ___\n"
    "    if ___:                         # no spike, however long one waits\n"
    "        return ___\n"
    "\n"
    "    def miss(T):                    # in mV: below 0 if T is too short\n"
    "        w_0 = ___                   # so that w_0 = w_0 exp(-T/tau_w) + b\n"
    "        return ___ - V_theta        # equation (5)\n"
    "\n"
    "    T = brentq(miss, ___, ___)      # between a time that is too short and one that is too long\n"
    "    return ___                      # in Hz\n"
    "\n"
    "return np.vectorize(one_rate, otypes=[float])(I_ext)[()]",
)


def neuron(rng):
    """Draw a neuron; return it with its rheobase."""
    E_m, g_m = rng.uniform(-72, -64), rng.uniform(0.5, 0.85)
    room, tau = rng.uniform(12, 20), rng.uniform(7, 16)
    drawn = {
        "E_m": E_m,
        "V_theta": E_m + room,
        "V_reset": E_m + rng.choice([-1, 1]) * rng.uniform(4, 8),
        "g_m": g_m,
        "tau": tau,
        "b": g_m * room * rng.uniform(0.06, 0.16),
        "tau_w": tau * rng.uniform(4, 9),
    }
    return drawn, g_m * room


@holds(weight=4)
def adapted(rng):
    """above rheobase it is the rate of the steady state, in which w starts each interval alike"""
    one, rheobase = neuron(rng)
    fast, its_rheobase = neuron(rng)
    fast["tau_w"] = fast["tau"] * rng.uniform(0.3, 0.7)
    return [
        case("four currents", I_ext=rheobase * rng.uniform(1.1, 4, 4), **one),
        case("w faster than the membrane", I_ext=its_rheobase * rng.uniform(1.1, 3, 3), **fast),
    ]


@also(adapted)
def strong_adaptation(rng):
    """Draw jumps as large as rheobase, where the mean of w tells little."""
    one, rheobase = neuron(rng)
    one["b"] = rheobase * rng.uniform(0.5, 1.2)
    return case("strong adaptation", I_ext=rheobase * rng.uniform(1.1, 2.5, 3), **one)


@also(adapted)
def slow_and_fast(rng):
    """Draw intervals of more than half a second and of less than a millisecond."""
    slow, rheobase = neuron(rng)
    slow |= {"b": rheobase * rng.uniform(0.8, 1.2), "tau_w": rng.uniform(250, 300)}
    fast, _ = neuron(rng)
    fast["tau_w"] = fast["tau"] * rng.uniform(0.3, 0.5)  # w settles within a hundred spikes
    strong = np.array([current_for(T, **fast) for T in rng.uniform(0.6, 0.9, 2)])
    return [
        case("slow rates", I_ext=rheobase * rng.uniform(1.03, 1.05, 2), **slow),
        case("fast rates", I_ext=strong, **fast),
    ]


def current_for(T, E_m, V_theta, V_reset, g_m, tau, b, tau_w):
    """Return the current with which a neuron fires every `T` ms: equation (5) at T, solved for it."""
    k = b / -np.expm1(-T / tau_w) / g_m * tau_w / (tau_w - tau)
    slow, fast = np.exp(-T / tau_w), np.exp(-T / tau)
    return g_m * ((V_theta + k * (slow - fast) - V_reset * fast) / (1 - fast) - E_m)


@holds(weight=2)
def rheobase(rng):
    """0 Hz at and below rheobase; b does not move it, so just above it the neuron fires, slowly"""
    one, rheobase = neuron(rng)
    I_ext = np.array([-1.6, 0.5, 0.97, 1.03, 1.5]) * rheobase
    return case("currents on both sides of rheobase", I_ext=rng.permutation(I_ext), **one)


@also(rheobase)
def exactly_at_rheobase(rng):
    """A steady state on the threshold; whole numbers keep it exact."""
    shift = float(rng.integers(-6, 7))
    return case(
        "a current exactly at rheobase",
        I_ext=np.array([40.0, 36.0, 56.0]),
        E_m=-70.0 + shift,
        V_theta=-50.0 + shift,
        V_reset=-76.0 + shift,
        g_m=2.0,
        tau=float(rng.integers(5, 20)),
        b=float(rng.integers(2, 6)),
        tau_w=float(rng.integers(60, 120)),
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
        I_ext=np.array([17, *rng.integers(44, 90, 2)]),
        E_m=E_m,
        V_theta=E_m + 17,
        V_reset=E_m - 7,
        g_m=2,
        tau=int(rng.integers(6, 17)),
        b=int(rng.integers(3, 9)),
        tau_w=int(rng.integers(60, 120)),
    )


def certify(case):
    """Raise ValueError where rounding decides whether a neuron fires, or tau_w is too near to tau.

    A steady state within 2 % of the way from rest to threshold must lie on it exactly.
    """
    p = case.inputs
    way = (p["E_m"] + np.ravel(p["I_ext"]) / p["g_m"] - p["E_m"]) / (p["V_theta"] - p["E_m"])
    if np.any((np.abs(way - 1) < 0.02) & (way != 1)):
        raise ValueError(f"{case.name}: a current within 2 % of rheobase")
    if abs(p["tau_w"] / p["tau"] - 1) < 0.05:
        raise ValueError(f"{case.name}: tau and tau_w are less than 5 % apart")


def halved(I_ext, E_m, V_theta, V_reset, g_m, tau, b, tau_w):
    """Solve in another style: a loop over the currents, an interval halved sixty times."""
    currents = np.ravel(I_ext)
    rates = np.zeros(len(currents))
    for i, current in enumerate(currents):
        V_inf = E_m + current / g_m
        if V_inf > V_theta:
            low, high = 1e-3, 1e5
            for _ in range(90):
                T = np.sqrt(low * high)
                w_0 = b / -np.expm1(-T / tau_w)
                pulled = (np.exp(-T / tau_w) - np.exp(-T / tau)) / (1 - tau / tau_w)
                V = V_inf + (V_reset - V_inf) * np.exp(-T / tau) - w_0 / g_m * pulled
                low, high = (T, high) if V < V_theta else (low, T)
            rates[i] = 1000 / T
    return rates.reshape(np.shape(I_ext))[()]


REFERENCE = exercise(
    "lab5",
    "adapted_rate",
    returns=[RATE],
    hints=HINTS,
    certify=certify,
    styles=[halved],
)

"""Exercise 3.7, ``siegert_rate``: the firing rate of a neuron under white noise, as an integral."""

import numpy as np
import scipy  # its parts load when they are first used: other labs need none of them

from lifkit.judge import Output
from lifkit_staff.exercise import also, case, exercise, holds

RATE = Output(
    name="rate_hz",
    unit="Hz",
    rtol=1e-5,
    atol=1e-9,
    why="an integral: quad is good to 1e-8, a fine sum over 20 000 points to 1e-6; below "
    "1e-9 Hz a neuron fires once in thirty years",
    axes=("current",),
    shape="(as I_ext)",
)

HINTS = (
    "The idea: the mean interval is the refractory time plus the mean time from reset to "
    "threshold, and that time is an integral over the scaled voltage y. The rate is 1/interval.",
    "The equation: the mean interval is t_ref + tau sqrt(pi) times the area under exp(u^2) (1 + erf(u)) "
    "from y_reset to y_theta, in ms. That function is erfcx(-u), which SciPy computes without overflow. "
    "y is (V - V_inf) / (sqrt(2) sigma), of V_reset and of V_theta.",
    "A skeleton; what stands for each ___?\n"
    "def one_rate(current):\n"
    "    V_inf = ___\n"
    "    y_reset, y_theta = ___, ___\n"
    "    area = quad(___, ___, ___)[0]     # of what, from, to?\n"
    "    interval = ___                    # in ms\n"
    "    return ___                        # in Hz\n"
    "\n"
    "return np.vectorize(___)(I_ext)[()]   # for many currents, or one",
)


def neuron(rng, title, low, high, noise, t_ref=None):
    """Draw a neuron and its currents; these and the noise are in units of rest to threshold."""
    E_m, g_m = rng.uniform(-72, -64), rng.uniform(1.3, 2.4)
    V_theta = rng.uniform(E_m + 12, E_m + 20)
    room = V_theta - E_m
    return case(
        title,
        I_ext=rng.uniform(g_m * room * np.array(low), g_m * room * np.array(high)),
        E_m=E_m,
        V_theta=V_theta,
        V_reset=rng.uniform(E_m - 10, E_m - 3),
        g_m=g_m,
        tau=rng.uniform(7, 22),
        t_ref=rng.uniform(1.2, 3) if t_ref is None else t_ref,
        sigma=rng.uniform(room * noise[0], room * noise[1]),
    )


@holds(weight=4)
def noisy(rng):
    """around threshold it is the rate of the noisy neuron, in Hz"""
    steps = np.arange(0.3, 2.4, 0.35)
    return [
        neuron(rng, "currents around threshold", steps, steps + 0.3, (0.15, 0.35)),
        neuron(rng, "without refractory time", [0.5] * 3, [1.8] * 3, (0.2, 0.4), t_ref=0.0),
    ]


@also(noisy)
def whole_numbers(rng):
    """Draw whole numbers only."""
    E_m, g_m, room = rng.integers(-72, -64), rng.integers(2, 4), rng.integers(12, 20)
    return case(
        "whole-number inputs",
        I_ext=g_m * room + rng.integers(-9, 15, 4),
        E_m=int(E_m),
        V_theta=int(E_m + room),
        V_reset=int(E_m - rng.integers(3, 10)),
        g_m=int(g_m),
        tau=int(rng.integers(7, 22)),
        t_ref=int(rng.integers(2, 5)),
        sigma=int(rng.integers(3, 6)),
    )


@holds()
def silence(rng):
    """far below threshold the rate goes to 0 without overflow"""
    low, high = [-1.7, 0.05, 0.96, 1.1], [-1.2, 0.15, 0.98, 1.3]
    return neuron(rng, "currents far below threshold, and some near it", low, high, (0.02, 0.03))


@also(silence)
def rare(rng):
    """Draw thresholds of 2 to 4 noise strengths above the mean, where there is a spike now and then."""
    low, high = [0.1, 0.25, 0.45], [0.2, 0.35, 0.5]
    return neuron(rng, "currents that make few spikes", low, high, (0.15, 0.17))


@holds()
def saturation(rng):
    """far above threshold it approaches 1/t_ref"""
    low, high = np.array([1.5, 15, 1500]), np.array([1.7, 17, 1700])
    return neuron(rng, "currents far above threshold", low, high, (0.04, 0.08))


@holds()
def small_noise(rng):
    """a little noise gives nearly the rate without noise"""
    low, high = [0.75, 1.04, 1.5], [0.85, 1.06, 1.7]
    return neuron(rng, "very little noise", low, high, (0.0005, 0.0007))


@holds()
def shape(rng):
    """a number gives a number, a table of currents a table of rates"""
    table = np.ones((2, 3))
    return [
        neuron(rng, "one current", 0.9, 1.3, (0.15, 0.25)),
        neuron(rng, "a table of currents", 0.6 * table, 1.6 * table, (0.15, 0.25)),
    ]


@also(shape)
def equal_sizes(rng):
    """Draw a table with as many rows as columns."""
    table = np.ones((2, 2))
    return neuron(rng, "a square table", 0.6 * table, 1.6 * table, (0.15, 0.25))


def siegert_rate(I_ext, E_m, V_theta, V_reset, g_m, tau, t_ref, sigma):
    """Compute the rate to twelve digits, from silence to saturation; below 1e-300 Hz it is 0.

    Siegert (1951), Physical Review 81, 617; Brunel and Hakim (1999), Neural Computation 11, 1621.
    Their noise strength s is sqrt(2) sigma.
    """
    if not sigma > 0:
        raise ValueError(
            f"sigma is {sigma!r} mV, but the formula needs noise: sigma > 0. Without noise the rate "
            "is that of fi_exact."
        )
    mean = E_m + np.asarray(I_ext, dtype=float) / g_m
    y_reset, y_theta = ((V - mean) / (np.sqrt(2) * sigma) for V in (V_reset, V_theta))
    integrals = np.vectorize(passage_integral, otypes=[float])(y_reset, y_theta)
    return 1000 / (t_ref + tau * np.sqrt(np.pi) * integrals)[()]


def passage_integral(lower, upper):
    """Integrate exp(u^2) (1 + erf u) = erfcx(-u) from `lower` to `upper` without overflow.

    Below 0 it is a tame function.  Above 0 it is ``2 exp(u**2) - erfcx(u)``, and ``exp(u**2)`` has
    the antiderivative ``exp(u**2) dawsn(u)``; the larger exponential is taken out, so that at worst
    the result is infinite.
    """
    a, b = max(lower, 0.0), max(upper, 0.0)
    dawsn = scipy.special.dawsn
    with np.errstate(over="ignore"):
        steep = 2 * np.exp(b * b) * (dawsn(b) - np.exp(a * a - b * b) * dawsn(a))
    return float(steep) + tame(-min(upper, 0.0), -min(lower, 0.0)) - tame(a, b)


def tame(a, b):
    """Integrate erfcx from `a` to `b`, both >= 0, on the scale of asinh: there nothing is steep."""

    def integrand(x):
        return scipy.special.erfcx(np.sinh(x)) * np.cosh(x)

    return scipy.integrate.quad(integrand, np.arcsinh(a), np.arcsinh(b), epsabs=0, epsrel=1e-12)[0]


def summed(I_ext, E_m, V_theta, V_reset, g_m, tau, t_ref, sigma):
    """Solve in another style: a loop over the currents, a sum over many points."""
    currents = np.ravel(I_ext)
    rates = np.zeros(len(currents))
    for i, current in enumerate(currents):
        V_inf = E_m + current / g_m
        y_reset = (V_reset - V_inf) / (np.sqrt(2) * sigma)
        y_theta = (V_theta - V_inf) / (np.sqrt(2) * sigma)
        u = np.linspace(y_reset, y_theta, 20001)
        integral = np.trapezoid(scipy.special.erfcx(-u), u)
        rates[i] = 1000 / (t_ref + tau * np.sqrt(np.pi) * integral)
    return rates.reshape(np.shape(I_ext))[()]


def certify(case):
    """Raise ValueError where the sum is off by more than a third of the tolerance."""
    with np.errstate(over="ignore"):
        right, by_sum = (f(*case.inputs.values()) for f in (siegert_rate, summed))
    if np.any(np.abs(by_sum - right) > (RATE.atol + RATE.rtol * right) / 3):
        raise ValueError(f"{case.name}: a sum over 20 001 points is too coarse")


REFERENCE = exercise(
    "lab3",
    "siegert_rate",
    returns=[RATE],
    hints=HINTS,
    certify=certify,
    styles=[summed],
    oracle=siegert_rate,
)

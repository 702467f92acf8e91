"""Exercise 3.7, ``siegert_rate``: the firing rate of a neuron under white noise, as an integral."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import scipy  # its parts load when they are first used: other labs need none of them

from lifkit.exercises import Case, Exercise, Output, Property, Reference

from .common import case_builder, ends_in, filed

PARAMETERS = ("I_ext", "E_m", "V_theta", "V_reset", "g_m", "tau", "t_ref", "sigma")


def siegert_rate(I_ext, E_m, V_theta, V_reset, g_m, tau, t_ref, sigma):
    r"""Compute the firing rate of a leaky integrate-and-fire neuron under white noise.

    .. math::

        \frac{1}{r} = t_{ref} + \tau\sqrt{\pi} \int_{y_{reset}}^{y_\theta} e^{u^2}
        (1 + \mathrm{erf}\,u)\,du, \qquad
        y = \frac{V - E_m - I_{ext}/g_m}{\sqrt{2}\,\sigma}

    Parameters
    ----------
    I_ext : float or array_like
        Mean input current in nA.
    E_m, V_theta, V_reset : float
        Resting potential, threshold and reset in mV.
    g_m : float
        Membrane conductance in uS.
    tau, t_ref : float
        Membrane time constant and refractory time in ms.
    sigma : float
        Noise strength in mV as in `lif_noisy`, above 0.

    Returns
    -------
    rate_hz : float or ndarray
        In Hz, in the shape of `I_ext`.  Rates below 1e-300 Hz are 0.

    Raises
    ------
    ValueError
        If `sigma` is not above 0: the formula divides by it.  Without noise the rate is that of
        ``fi_exact``, and this one tends to it.

    Notes
    -----
    Sources: Siegert (1951), Physical Review 81, 617; Brunel and Hakim (1999), Neural Computation
    11, 1621; Gerstner et al. (2014), Neuronal Dynamics, section 8.3.  Their noise strength s is
    sqrt(2) sigma.

    Examples
    --------
    >>> rate_hz = siegert_rate([15.0, 25.0], -70, -50, -75, 1, 10, 0, 4.0)
    >>> rate_hz.round(4)
    array([18.553 , 62.3858])
    """
    if not sigma > 0:
        raise ValueError(
            f"sigma is {sigma!r} mV, but the formula needs noise: sigma > 0. Without noise the rate "
            "is that of fi_exact."
        )
    mean = E_m + np.asarray(I_ext, dtype=float) / g_m
    y_reset, y_theta = ((V - mean) / (np.sqrt(2) * sigma) for V in (V_reset, V_theta))
    return 1000 / (t_ref + tau * np.sqrt(np.pi) * _integrals(y_reset, y_theta))[()]


def passage_integral(lower: float, upper: float) -> float:
    r"""Integrate :math:`e^{u^2}(1 + \mathrm{erf}\,u)` from `lower` to `upper` without overflow.

    The integrand is erfcx(-u).  Below 0 that is a tame function.  Above 0 it is
    ``2 exp(u**2) - erfcx(u)``, and ``exp(u**2)`` has the antiderivative ``exp(u**2) dawsn(u)``; the
    larger exponential is taken out, so that at worst the result is infinite.
    """
    a, b = max(lower, 0.0), max(upper, 0.0)
    with np.errstate(over="ignore"):
        steep = (
            2
            * np.exp(b * b)
            * (scipy.special.dawsn(b) - np.exp(a * a - b * b) * scipy.special.dawsn(a))
        )
    return float(steep) + _tame(-min(upper, 0.0), -min(lower, 0.0)) - _tame(a, b)


def _tame(a: float, b: float) -> float:
    """Integrate erfcx from `a` to `b`, both >= 0, on the scale of asinh: there nothing is steep."""
    a, b = np.arcsinh(a), np.arcsinh(b)
    return scipy.integrate.quad(
        lambda x: scipy.special.erfcx(np.sinh(x)) * np.cosh(x), a, b, epsabs=0, epsrel=1e-12
    )[0]


_integrals = np.vectorize(passage_integral, otypes=[float])


EXERCISE = Exercise(
    name="siegert_rate",
    lab="lab3",
    number="3.7",
    title="The rate of a noisy neuron, from theory",
    parameters=PARAMETERS,
    outputs=(
        Output(
            name="rate_hz",
            unit="Hz",
            rtol=1e-5,
            atol=1e-9,
            why="an integral: quad is good to 1e-8, a fine sum over 20 000 points to 1e-6; below "
            "1e-9 Hz a neuron fires once in thirty years",
            axes=("current",),
            shape="(as I_ext)",
        ),
    ),
    properties=(
        Property(
            name="rate",
            text="around threshold it is the rate of the noisy neuron, in Hz",
            outputs=("rate_hz",),
            groups=("noisy",),
            weight=4,
        ),
        Property(
            name="silence",
            text="far below threshold the rate goes to 0 without overflow",
            outputs=("rate_hz",),
            groups=("silence",),
        ),
        Property(
            name="saturation",
            text="far above threshold it approaches 1/t_ref",
            outputs=("rate_hz",),
            groups=("saturation",),
        ),
        Property(
            name="small noise",
            text="a little noise gives nearly the rate without noise",
            outputs=("rate_hz",),
            groups=("small noise",),
        ),
        Property(
            name="shape",
            text="a number gives a number, a table of currents a table of rates",
            outputs=("rate_hz",),
            groups=("shape",),
        ),
    ),
    hints=(
        "The idea: the mean interval is the refractory time plus the mean time from reset to "
        "threshold, and that time is an integral over the scaled voltage y. The rate is 1/interval.",
        "The equation: exp(u^2) (1 + erf(u)) is erfcx(-u), which SciPy computes without overflow. "
        "Integrate it from y_reset to y_theta, times tau * sqrt(pi), plus t_ref: that is in ms.",
        "The shape of the lines: compute both limits for one current; quad(lambda u: ..., lower, "
        "upper)[0] is the integral; 1000 / interval is in Hz. np.vectorize, or a loop over "
        "np.ravel(I_ext) and a reshape, does it for many currents.",
    ),
)

make_case = case_builder(PARAMETERS)

_CELL = {"E_m": -68.0, "V_theta": -52.0, "V_reset": -77.0, "g_m": 1.6, "tau": 13.0}


def public() -> list[Case]:
    """Return the cases of the self-check; rheobase is at 25.6 nA but for the second."""
    return [
        make_case(
            "seven currents around threshold",
            "noisy",
            I_ext=np.array([8.0, 15.5, 21.0, 26.0, 33.0, 48.0, 70.0]),
            t_ref=1.8,
            sigma=3.4,
            **_CELL,
        ),
        make_case(
            "another neuron, without refractory time",
            "noisy",
            I_ext=np.array([12.0, 31.0, 37.0]),
            E_m=-64.0,
            V_theta=-49.0,
            V_reset=-69.5,
            g_m=2.3,
            tau=21.0,
            t_ref=0.0,
            sigma=5.3,
        ),
        make_case(
            "currents far below threshold, and some near it",
            "silence",
            I_ext=np.array([-40.0, 3.0, 24.5, 30.0]),
            t_ref=1.8,
            sigma=0.45,
            **_CELL,
        ),
        make_case(
            "currents far above threshold",
            "saturation",
            I_ext=np.array([40.0, 400.0, 4e4]),
            t_ref=1.8,
            sigma=0.9,
            **_CELL,
        ),
        make_case(
            "very little noise",
            "small noise",
            I_ext=np.array([20.0, 25.0, 26.0, 40.0]),
            t_ref=1.8,
            sigma=0.01,
            **_CELL,
        ),
        make_case("one current", "shape", I_ext=27.0, t_ref=2.4, sigma=2.2, **_CELL),
        make_case(
            "a table of currents",
            "shape",
            I_ext=np.array([[14.0, 22.0, 29.0], [27.0, 31.0, 55.0]]),
            t_ref=2.4,
            sigma=2.2,
            **_CELL,
        ),
    ]


def draw(rng: np.random.Generator) -> list[Case]:
    """Draw secret cases that look at the same properties as the public ones."""

    def drawn(name: str, group: str, drive: Any, spread: float, t_ref: float) -> Case:
        """Draw a neuron; `drive` and `spread` (of the noise) are in units of rest to threshold."""
        E_m, g_m, room = rng.uniform(-72, -64), rng.uniform(1.3, 2.4), rng.uniform(12, 20)
        I_ext = g_m * room * np.asarray(drive)
        return make_case(
            f"secret: {name}",
            group,
            I_ext=I_ext if I_ext.ndim else I_ext.item(),
            E_m=E_m,
            V_theta=E_m + room,
            V_reset=E_m - rng.uniform(3, 10),
            g_m=g_m,
            tau=rng.uniform(7, 22),
            t_ref=t_ref,
            sigma=room * spread,
        )

    refractory = rng.uniform(1.2, 3)
    around = np.sort(rng.uniform(0.3, 2.5, 5))
    return [
        drawn("around threshold", "noisy", around, rng.uniform(0.15, 0.35), refractory),
        drawn("no refractory time", "noisy", rng.uniform(0.5, 1.8, 3), rng.uniform(0.2, 0.4), 0.0),
        drawn("far below", "silence", [-1.5, 0.1, 0.95, 1.2], rng.uniform(0.02, 0.03), refractory),
        drawn("far above", "saturation", [1.6, 16.0, 1600.0], rng.uniform(0.04, 0.08), refractory),
        drawn("little noise", "small noise", [0.8, 1.05, 1.6], 0.0006, refractory),
        drawn("one current", "shape", rng.uniform(0.9, 1.3), 0.2, refractory),
        drawn("a table", "shape", rng.uniform(0.6, 1.6, (3, 2)), 0.2, refractory),
    ]


# Usual mistakes ----------------------------------------------------------------------------------


def _mean_of(p: SimpleNamespace) -> float:
    return p.E_m + p.I_ext / p.g_m


def _limits(p: SimpleNamespace) -> tuple[float, float]:
    scale = np.sqrt(2) * p.sigma
    return (p.V_reset - p.mean) / scale, (p.V_theta - p.mean) / scale


def _rate_of(p: SimpleNamespace, integral: float) -> float:
    return 1000 / (p.t_ref + p.tau * np.sqrt(np.pi) * integral)


def _variant(
    mean: Callable[..., Any] = _mean_of,
    limits: Callable[..., Any] = _limits,
    integral: Callable[[float, float], float] = passage_integral,
    rate: Callable[..., Any] = _rate_of,
) -> Callable[..., Any]:
    """Return the right function with some of its parts replaced."""

    def one(*arguments: Any) -> float:
        p = SimpleNamespace(**dict(zip(PARAMETERS, arguments, strict=True)))
        p.mean = mean(p)
        return rate(p, integral(*limits(p)))

    return lambda *arguments: np.vectorize(one, otypes=[float])(*arguments)[()]


def _scaled(factor: Callable[[SimpleNamespace], float]) -> Callable[..., Any]:
    """Return the right function with sigma replaced by ``factor(p)`` in the limits."""

    def limits(p: SimpleNamespace) -> tuple[float, float]:
        return (p.V_reset - p.mean) / factor(p), (p.V_theta - p.mean) / factor(p)

    return _variant(limits=limits)


def _of(integrand: Callable[[float], float]) -> Callable[..., Any]:
    """Return the right function with another integrand."""
    return _variant(integral=lambda lower, upper: scipy.integrate.quad(integrand, lower, upper)[0])


def _coarse(lower: float, upper: float) -> float:
    u = np.linspace(lower, upper, 101)
    return float(np.trapezoid(scipy.special.erfcx(-u), u))


def _noise_free(p: SimpleNamespace, integral: float) -> float:
    if p.mean <= p.V_theta:
        return 0.0
    return 1000 / (p.t_ref + p.tau * np.log((p.mean - p.V_reset) / (p.mean - p.V_theta)))


def _silent_below(p: SimpleNamespace, integral: float) -> float:
    return _rate_of(p, integral) if p.mean > p.V_theta else 0.0


def _first_only(I_ext, *others):
    return siegert_rate(np.ravel(I_ext)[0], *others)


_LIMITS = "The limits are (V - E_m - I_ext/g_m) / (sqrt(2) sigma), for V_reset and for V_theta."
_INTERVAL = (
    "The mean interval in ms is t_ref + tau * sqrt(pi) * integral; the rate in Hz is 1000 over it."
)
_ERFCX = (
    "SciPy's erfcx(x) is exp(x^2) erfc(x), and 1 + erf(u) is erfc(-u): the integrand is erfcx(-u)."
)

MISTAKES = {
    "sigma taken for s": (
        "The limits are divided by sigma; the sqrt(2) is missing. Textbooks divide by s = sqrt(2) "
        "sigma; sigma here is the standard deviation of the free membrane.",
        _LIMITS,
        _scaled(lambda p: p.sigma),
    ),
    "root of 2 on the wrong side": (
        "The limits are divided by sigma/sqrt(2); s is sqrt(2) times sigma.",
        _LIMITS,
        _scaled(lambda p: p.sigma / np.sqrt(2)),
    ),
    "2 without its root": (
        "The limits are divided by 2 sigma; it is sqrt(2) sigma.",
        _LIMITS,
        _scaled(lambda p: 2 * p.sigma),
    ),
    "variance for deviation": (
        "The limits are divided by sigma squared; the standard deviation is needed.",
        "y has no unit: mV over mV. " + _LIMITS,
        _scaled(lambda p: np.sqrt(2) * p.sigma**2),
    ),
    "limits not scaled": (
        "The limits are in mV; they are not divided by the noise.",
        _LIMITS,
        _scaled(lambda p: 1.0),
    ),
    "rate in 1/ms": (
        "The rate is in 1/ms; Hz is asked for.",
        "There are 1000 ms in a second.",
        ends_in(lambda rate_hz: rate_hz / 1000, siegert_rate),
    ),
    "interval instead of rate": (
        "The mean interval in ms is returned; the rate is 1000 over it.",
        _INTERVAL,
        _variant(rate=lambda p, x: p.t_ref + p.tau * np.sqrt(np.pi) * min(x, 1e300)),
    ),
    "forgot t_ref": (
        "The refractory time does not appear.",
        _INTERVAL,
        _variant(rate=lambda p, x: 1000 / (p.tau * np.sqrt(np.pi) * x)),
    ),
    "t_ref scaled by tau": (
        "t_ref stands inside the bracket and is multiplied by tau * sqrt(pi).",
        _INTERVAL,
        _variant(rate=lambda p, x: 1000 / (p.tau * np.sqrt(np.pi) * (p.t_ref + x))),
    ),
    "forgot the root of pi": (
        "The factor sqrt(pi) is missing.",
        _INTERVAL,
        _variant(rate=lambda p, x: 1000 / (p.t_ref + p.tau * x)),
    ),
    "pi without its root": (
        "The factor is pi; it should be sqrt(pi).",
        _INTERVAL,
        _variant(rate=lambda p, x: 1000 / (p.t_ref + p.tau * np.pi * x)),
    ),
    "forgot tau": (
        "The integral is not multiplied by the time constant tau, so it is no time.",
        _INTERVAL,
        _variant(rate=lambda p, x: 1000 / (p.t_ref + np.sqrt(np.pi) * x)),
    ),
    "forgot g_m": (
        "The current is not divided by the conductance g_m.",
        "nA divided by uS gives mV. " + _LIMITS,
        _variant(mean=lambda p: p.E_m + p.I_ext),
    ),
    "multiplied by g_m": (
        "The current is multiplied by the conductance g_m where it should be divided.",
        "Ohm's law: voltage = current / conductance. " + _LIMITS,
        _variant(mean=lambda p: p.E_m + p.I_ext * p.g_m),
    ),
    "forgot E_m": (
        "The resting potential is missing in the limits.",
        _LIMITS,
        _variant(mean=lambda p: p.I_ext / p.g_m),
    ),
    "current sign": (
        "The current has the wrong sign in the limits: more current should bring both limits down.",
        _LIMITS,
        _variant(mean=lambda p: p.E_m - p.I_ext / p.g_m),
    ),
    "limits exchanged": (
        "The integral runs from threshold to reset, so it is negative.",
        "From y_reset up to y_theta.",
        _variant(integral=lambda lower, upper: -passage_integral(lower, upper)),
    ),
    "starts from rest": (
        "The lower limit uses E_m; after a spike the neuron starts from V_reset.",
        _LIMITS,
        _variant(limits=lambda p: ((p.E_m - p.mean) / (np.sqrt(2) * p.sigma), _limits(p)[1])),
    ),
    "starts from the mean": (
        "The lower limit is 0, the mean voltage; after a spike the neuron starts from V_reset.",
        _LIMITS,
        _variant(integral=lambda lower, upper: passage_integral(0.0, upper)),
    ),
    "sign inside erfcx": (
        "The integrand is erfcx(u); the sign of u is missing.",
        _ERFCX,
        _of(lambda u: scipy.special.erfcx(u)),
    ),
    "1 minus erf": (
        "The integrand has 1 - erf(u) in it; it is 1 + erf(u).",
        _ERFCX,
        _of(lambda u: np.exp(u * u) * (1 - scipy.special.erf(u)) if u > -26 else np.inf),
    ),
    "erf without 1": (
        "The integrand is exp(u^2) erf(u); the 1 is missing.",
        _ERFCX,
        _of(lambda u: np.exp(u * u) * scipy.special.erf(u) if abs(u) < 26 else np.sign(u) * np.inf),
    ),
    "exponential missing": (
        "The integrand is 1 + erf(u); the factor exp(u^2) is missing.",
        _ERFCX,
        _of(lambda u: 1 + scipy.special.erf(u)),
    ),
    "exp and erf apart": (
        "exp(u^2) and 1 + erf(u) are computed apart: far above threshold the one overflows while the "
        "other is rounded to 0, and their product is lost.",
        _ERFCX,
        _of(lambda u: np.exp(u * u) * (1 + scipy.special.erf(u))),
    ),
    "exp and erfc apart": (
        "exp(u^2) and erfc(-u) are computed apart: beyond |u| = 26 the first overflows.",
        _ERFCX,
        _of(lambda u: np.exp(u * u) * scipy.special.erfc(-u)),
    ),
    "coarse sum": (
        "The integral is a sum over about a hundred points, too coarse for so steep an integrand.",
        "scipy.integrate.quad puts its points where they are needed.",
        _variant(integral=_coarse),
    ),
    "silent below rheobase": (
        "Below rheobase the rate is set to 0; with noise the neuron fires there too.",
        "No case needs a rule of its own: the integral takes care of all of them.",
        _variant(rate=_silent_below),
    ),
    "rate without noise": (
        "This is the formula without noise, fi_exact of Lab 2.",
        _INTERVAL,
        _variant(rate=_noise_free),
    ),
    "only the first current": (
        "Only the first current's rate is returned.",
        "One rate a current: the shape of the answer is that of I_ext.",
        _first_only,
    ),
    "always an array": (
        "A single current gives an array with one rate; it should give a number.",
        "np.atleast_1d turns a number into an array: undo it at the end.",
        ends_in(np.atleast_1d, siegert_rate),
    ),
    "flat table": (
        "A table of currents comes back as one long row.",
        "Give the result the shape of I_ext: reshape(np.shape(I_ext)).",
        ends_in(lambda rate_hz: np.ravel(rate_hz) if np.ndim(rate_hz) else rate_hz, siegert_rate),
    ),
    "nothing returned": (
        "The function returns nothing (None).",
        "End it with a return.",
        ends_in(lambda rate_hz: None, siegert_rate),
    ),
}

REFERENCE = Reference(
    exercise=EXERCISE,
    solve=siegert_rate,
    mistakes=filed(MISTAKES),
    public=public,
    draw=draw,
)

"""Exercise 2.4, ``fi_exact``: the firing rate as a function of the current, in closed form."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np

from lifkit.exercises import Call, Case, Exercise, Mistake, Output, Property, Reference

from ..spiking import certified


def fi_exact(I_ext, E_m, V_theta, V_reset, g_m, tau, t_ref):
    r"""Give the exact firing rate of a leaky integrate-and-fire neuron at constant current.

    Each interval is the time from `V_reset` up to `V_theta` plus the refractory time:

    .. math:: T = t_{ref} + \tau \ln\frac{V_\infty - V_{reset}}{V_\infty - V_\theta},
       \qquad V_\infty = E_m + I_{ext}/g_m

    Parameters
    ----------
    I_ext : float or array_like
        Constant input current in nA.
    E_m, V_theta, V_reset : float
        Resting potential, threshold and reset in mV.
    g_m : float
        Membrane conductance in uS.
    tau : float
        Membrane time constant in ms.
    t_ref : float
        Refractory time in ms, 0 or more.

    Returns
    -------
    rate_hz : float or ndarray
        Rate in Hz with the shape of `I_ext`; 0 at and below rheobase, where V never gets past
        `V_theta`.

    Notes
    -----
    Source: Dayan and Abbott (2001), Theoretical Neuroscience, eq. 5.11 (there without `t_ref`).

    Examples
    --------
    >>> fi_exact(np.array([20.0, 21.0, 25.0]), -70.0, -50.0, -75.0, 1.0, 10.0, 0.0).round(4)
    array([ 0.    , 30.6928, 55.8111])
    """
    V_inf = np.asarray(E_m + np.asarray(I_ext, dtype=float) / g_m)
    rate_hz = np.zeros(V_inf.shape)
    fires = V_inf > V_theta
    climb = tau * np.log((V_inf[fires] - V_reset) / (V_inf[fires] - V_theta))
    rate_hz[fires] = 1000.0 / (t_ref + climb)
    return rate_hz[()]


#: The group of the case whose rheobase current is exact in binary arithmetic.
_EXACT = "exactly at rheobase"

#: How near to threshold V_inf may come elsewhere, in mV.  V_inf is rounded by up to 3e-14 mV, so
#: at 1e-4 mV the logarithm's argument is good to 3e-10 and the rate, which sees its logarithm
#: (about 12), to 3e-11.
_NEAREST = 1e-4

PARAMETERS = ("I_ext", "E_m", "V_theta", "V_reset", "g_m", "tau", "t_ref")

EXERCISE = Exercise(
    name="fi_exact",
    lab="lab2",
    number="2.4",
    title="The f-I curve in closed form",
    parameters=PARAMETERS,
    outputs=(
        Output(
            name="rate_hz",
            unit="Hz",
            rtol=1e-9,
            why="just above rheobase, rounding of V_inf shifts the rate by up to 3e-11 of itself",
            axes=("current", "column"),
            shape="(shape of I_ext)",
        ),
    ),
    properties=(
        Property(
            name="rate",
            text="with t_ref = 0, a neuron fires once in the time V takes from V_reset to V_theta",
            outputs=("rate_hz",),
            groups=("firing",),
            weight=3,
        ),
        Property(
            name="refractory",
            text="the refractory time makes every interval longer by t_ref",
            outputs=("rate_hz",),
            groups=("refractory",),
            weight=2,
        ),
        Property(
            name="rheobase",
            text="0 Hz at and below rheobase, and a low rate just above it",
            outputs=("rate_hz",),
            groups=("silent", _EXACT),
            weight=2,
        ),
        Property(
            name="shape",
            text="the rate has the shape of I_ext: a number for a number, (2, 3) for (2, 3)",
            outputs=("rate_hz",),
            groups=("shape",),
        ),
        Property(
            name="whole numbers",
            text="whole-number inputs give the same as 1.0, 2.0, ...",
            outputs=("rate_hz",),
            groups=("whole numbers",),
        ),
    ),
    hints=(
        "The idea: start V at V_reset in the exact solution of Lab 1 and ask at which time it reaches "
        "V_theta. That time, plus t_ref, is one interval; the rate is one spike an interval.",
        "The equation: with V_inf = E_m + I_ext/g_m, T = t_ref + tau * ln((V_inf - V_reset) / "
        "(V_inf - V_theta)) in ms and the rate is 1000/T in Hz. Where V_inf <= V_theta there is no "
        "such time: 0 Hz.",
        "The shape of the lines: make I_ext an array of floats, compute V_inf, make a mask of the "
        "currents that fire, and an array of zeros of the same shape; fill it where the mask is True. "
        "An array of shape () indexed with [()] becomes a plain number again.",
    ),
)


def _case(name: str, group: str, **inputs: Any) -> Case:
    ordered = {label: inputs[label] for label in PARAMETERS}
    return Case(name=name, group=group, calls=(Call(inputs=ordered),))


def public() -> list[Case]:
    """Return the cases of the self-check."""
    shared = {"E_m": -68.0, "V_theta": -52.0, "V_reset": -77.0, "g_m": 1.6, "tau": 13.0}
    rheobase = shared["g_m"] * (shared["V_theta"] - shared["E_m"])
    return [
        _case(
            "currents above rheobase",
            "firing",
            I_ext=np.array([27.0, 33.5, 41.0, 64.0, 150.0]),
            t_ref=0.0,
            **shared,
        ),
        _case(
            "with a refractory time",
            "refractory",
            I_ext=np.array([28.5, 47.0, 90.0, 2000.0]),
            t_ref=2.3,
            **shared,
        ),
        _case(
            "currents on both sides of rheobase",
            "silent",
            I_ext=rheobase + np.array([-90.0, -15.0, -2.0, -0.001, 0.001, 0.05, 9.0]),
            t_ref=0.0,
            **shared,
        ),
        _case(
            "both sides of rheobase, with a refractory time",
            "silent",
            I_ext=rheobase + np.array([12.0, -40.0, 0.002, -500.0, -0.002, 3.0]),
            t_ref=1.7,
            **shared,
        ),
        _case(
            "a current exactly at rheobase",
            _EXACT,
            I_ext=np.array([48.0, 40.0, 32.0, 64.0]),
            E_m=-70.0,
            V_theta=-50.0,
            V_reset=-74.0,
            g_m=2.0,
            tau=8.0,
            t_ref=1.5,
        ),
        _case("one number for I_ext", "shape", I_ext=44.5, t_ref=1.2, **shared),
        _case("one number for I_ext, below rheobase", "shape", I_ext=11.5, t_ref=1.2, **shared),
        _case(
            "two rows of three currents",
            "shape",
            I_ext=np.array([[31.0, 12.0, 55.5], [-8.0, 29.5, 70.0]]),
            t_ref=1.2,
            **shared,
        ),
        _case(
            "whole-number inputs",
            "whole numbers",
            I_ext=np.array([61, 47, 20, 35]),
            E_m=-69,
            V_theta=-53,
            V_reset=-78,
            g_m=2,
            tau=13,
            t_ref=3,
        ),
    ]


def draw(rng: np.random.Generator) -> list[Case]:
    """Draw secret cases that look at the same properties as the public ones."""

    def neuron() -> tuple[dict[str, Any], float]:
        """Draw a neuron; return it with its rheobase current."""
        E_m, g_m = rng.uniform(-72, -64), rng.uniform(1.3, 2.4)
        rise = rng.uniform(12, 20)
        chosen = {
            "E_m": E_m,
            "V_theta": E_m + rise,
            "V_reset": E_m - rng.uniform(4, 12),
            "g_m": g_m,
            "tau": rng.uniform(5, 22),
        }
        return chosen, g_m * rise

    def firing() -> Case:
        one, rheobase = neuron()
        I_ext = rheobase * rng.uniform(1.02, 6, 6)
        return _case("secret: above rheobase", "firing", I_ext=I_ext, t_ref=0.0, **one)

    def refractory() -> Case:
        one, rheobase = neuron()
        I_ext = rheobase * np.append(rng.uniform(1.02, 6, 4), 80.0)
        t_ref = rng.uniform(1.2, 4)
        return _case("secret: refractory", "refractory", I_ext=I_ext, t_ref=t_ref, **one)

    def silent(t_ref: float) -> Case:
        one, rheobase = neuron()
        # The first two lie below V_reset's own current, where the ratio of the logarithm is positive.
        drives = np.array(
            [-20.0, -5.0, *rng.uniform(-0.1, 0.9, 2), 0.9999, 1.0001, *rng.uniform(1.1, 3, 2)]
        )
        I_ext = rheobase * rng.permutation(drives)
        return _case("secret: both sides", "silent", I_ext=I_ext, t_ref=t_ref, **one)

    def exact() -> Case:
        shift = float(rng.integers(-6, 7))  # whole numbers keep the rheobase exact
        return _case(
            "secret: at rheobase",
            _EXACT,
            I_ext=rng.permutation([40.0, 40.0, 36.0, 56.0, 88.0]),
            E_m=-70.0 + shift,
            V_theta=-50.0 + shift,
            V_reset=-76.0 + shift,
            g_m=2.0,
            tau=float(rng.integers(5, 20)),
            t_ref=float(rng.integers(1, 5)) / 2,
        )

    def shaped(I_ext: Any) -> Case:
        one, rheobase = neuron()
        return _case("secret: shape", "shape", I_ext=rheobase * I_ext, t_ref=1.4, **one)

    def whole() -> Case:
        E_m = int(rng.integers(-72, -65))
        return _case(
            "secret: whole numbers",
            "whole numbers",
            I_ext=np.array([17, *rng.integers(36, 90, 3)]),
            E_m=E_m,
            V_theta=E_m + 17,
            V_reset=E_m - 7,
            g_m=2,
            tau=int(rng.integers(6, 17)),
            t_ref=2,
        )

    makers: list[Callable[[], Case]] = [
        firing,
        refractory,
        lambda: silent(0.0),
        lambda: silent(rng.uniform(1, 3)),
        exact,
        lambda: shaped(rng.uniform(1.2, 3)),
        lambda: shaped(rng.uniform(0.1, 0.8)),
        lambda: shaped(rng.permutation([0.4, -0.6, 1.3, 1.9, 2.8, 3.5]).reshape(3, 2)),
        whole,
    ]
    return [certified(make, certify) for make in makers]


def certify(case: Case) -> None:
    """Raise ValueError if rounding could decide whether a neuron of this case fires.

    A steady state within 1e-4 mV of the threshold must lie on it exactly, in rational as in binary
    arithmetic.
    """
    p = SimpleNamespace(**case.inputs)
    for current in np.ravel(p.I_ext).tolist():
        gap = p.E_m + current / p.g_m - p.V_theta
        exact = Fraction(p.E_m) + Fraction(current) / Fraction(p.g_m) - Fraction(p.V_theta)
        if abs(gap) < _NEAREST and not gap == exact == 0:
            raise ValueError(f"{case.name}: at {current} nA, V_inf is {gap:.1e} mV off threshold")


# Usual mistakes ----------------------------------------------------------------------------------


def _climb(p: SimpleNamespace) -> np.ndarray:
    """Return the time from reset to threshold in ms, meant for currents above rheobase."""
    return p.tau * np.log((p.V_inf - p.V_reset) / (p.V_inf - p.V_theta))


def _variant(
    *,
    prepare: Callable[[SimpleNamespace], Any] = lambda p: None,
    climb: Callable[[SimpleNamespace], Any] = _climb,
    rate: Callable[[Any, SimpleNamespace], Any] = lambda climb, p: 1000.0 / (p.t_ref + climb),
    fires: Callable[[SimpleNamespace], Any] = lambda p: p.V_inf > p.V_theta,
    finish: Callable[[np.ndarray, SimpleNamespace], Any] = lambda rate_hz, p: rate_hz[()],
    silent: Callable[[SimpleNamespace], Any] = lambda p: 0.0,
) -> Callable[..., Any]:
    """Return a `fi_exact` with some of its parts replaced.

    Parameters
    ----------
    prepare : callable
        Changes the parameters, among them `V_inf`, before anything else.
    climb, rate : callable
        The time from reset to threshold; the rate from it.
    fires, silent : callable
        Which currents fire; the rate of the others.
    finish : callable
        What is returned.
    """

    def wrong(*arguments: Any) -> Any:
        p = SimpleNamespace(**dict(zip(PARAMETERS, arguments, strict=True)))
        p.V_inf = p.E_m + np.asarray(p.I_ext, float) / p.g_m
        prepare(p)
        with np.errstate(all="ignore"):
            rate_hz = np.where(fires(p), rate(climb(p), p), silent(p))
        return finish(rate_hz, p)

    return wrong


def _without_g_m(p: SimpleNamespace) -> None:
    p.V_inf = p.E_m + p.I_ext * 1.0


def _with_g_m_above(p: SimpleNamespace) -> None:
    p.V_inf = p.E_m + p.I_ext * p.g_m


def _without_E_m(p: SimpleNamespace) -> None:
    p.V_inf = np.asarray(p.I_ext, float) / p.g_m


def _swapped(p: SimpleNamespace) -> None:
    p.V_theta, p.V_reset = p.V_reset, p.V_theta


def _everything(p: SimpleNamespace) -> Any:
    return np.full(np.shape(p.V_inf), True)


def _scalar_if(I_ext, E_m, V_theta, V_reset, g_m, tau, t_ref):
    V_inf = E_m + I_ext / g_m
    if V_inf <= V_theta:  # ValueError: one question about several currents
        return 0.0
    return 1000.0 / (t_ref + tau * np.log((V_inf - V_reset) / (V_inf - V_theta)))


def _length_taken(I_ext, E_m, V_theta, V_reset, g_m, tau, t_ref):
    rate_hz = np.zeros(len(I_ext))  # TypeError: a number has no length
    for i in range(len(I_ext)):
        rate_hz[i] = _RIGHT(I_ext[i], E_m, V_theta, V_reset, g_m, tau, t_ref)
    return rate_hz


def _number_filled(I_ext, E_m, V_theta, V_reset, g_m, tau, t_ref):
    V_inf = E_m + np.asarray(I_ext, float) / g_m  # a plain number again, if I_ext is one
    with np.errstate(all="ignore"):
        rate_hz = 1000.0 / (t_ref + tau * np.log((V_inf - V_reset) / (V_inf - V_theta)))
    rate_hz[V_inf <= V_theta] = 0.0
    return rate_hz


def _type_of_current(rate_hz: np.ndarray, p: SimpleNamespace) -> Any:
    kept = np.zeros_like(p.I_ext)
    kept[...] = rate_hz
    return kept[()]


_RIGHT = _variant()
_FORMULA = (
    "Compare with T = t_ref + tau * ln((V_inf - V_reset) / (V_inf - V_theta)), rate = 1000/T."
)

MISTAKES = {
    "ratio upside down": (
        "The ratio inside the logarithm is upside down, which makes the climbing time negative.",
        "V starts far from V_inf and ends near it: the larger distance stands on top.",
        _variant(climb=lambda p: p.tau * np.log((p.V_inf - p.V_theta) / (p.V_inf - p.V_reset))),
    ),
    "starts at E_m": (
        "The climb starts at E_m; after a spike V starts from V_reset.",
        "Only the first spike comes from V_init. All later ones start where the last one left V.",
        _variant(climb=lambda p: p.tau * np.log((p.V_inf - p.E_m) / (p.V_inf - p.V_theta))),
    ),
    "climb to E_m": (
        "The climb ends at E_m; a neuron fires at V_theta.",
        _FORMULA,
        _variant(climb=lambda p: p.tau * np.log((p.V_inf - p.V_reset) / (p.V_inf - p.E_m))),
    ),
    "forgot g_m": (
        "The current is not divided by the conductance g_m.",
        "V_inf = E_m + I_ext/g_m: nA divided by uS gives mV.",
        _variant(prepare=_without_g_m),
    ),
    "multiplied by g_m": (
        "The current is multiplied by the conductance g_m where it should be divided.",
        "Ohm's law: voltage = current / conductance.",
        _variant(prepare=_with_g_m_above),
    ),
    "forgot E_m": (
        "The steady state lacks E_m: V_inf is a voltage, not a distance from rest.",
        "V_inf = E_m + I_ext/g_m.",
        _variant(prepare=_without_E_m),
    ),
    "threshold and reset swapped": (
        "V_theta and V_reset are swapped.",
        "Check the order of the arguments: V_theta comes before V_reset.",
        _variant(prepare=_swapped),
    ),
    "per millisecond": (
        "The rate is per millisecond (kHz); the exercise asks for Hz.",
        "T is in ms and a second has 1000 of them.",
        _variant(rate=lambda climb, p: 1.0 / (p.t_ref + climb)),
    ),
    "interval returned": (
        "The interval T is returned; the exercise asks for the rate.",
        "One spike every T ms makes 1000/T spikes a second.",
        _variant(rate=lambda climb, p: p.t_ref + climb),
    ),
    "forgot t_ref": (
        "The refractory time t_ref does not appear.",
        "After each spike the neuron waits t_ref before it starts to climb.",
        _variant(rate=lambda climb, p: 1000.0 / climb),
    ),
    "t_ref subtracted": (
        "t_ref is subtracted from the interval; waiting makes intervals longer.",
        _FORMULA,
        _variant(rate=lambda climb, p: 1000.0 / (climb - p.t_ref)),
    ),
    "t_ref added to the rate": (
        "t_ref is added to the rate; it is a time and belongs to the interval.",
        "First the whole interval in ms, then 1000 divided by it.",
        _variant(rate=lambda climb, p: 1000.0 / climb + p.t_ref),
    ),
    "rates added": (
        "1/t_ref is added to the rate; times add up, not rates.",
        "First the whole interval in ms, then 1000 divided by it.",
        _variant(rate=lambda climb, p: 1000.0 / climb + (1000.0 / p.t_ref if p.t_ref > 0 else 0.0)),
    ),
    "t_ref in seconds": (
        "t_ref is turned into seconds while the climbing time stays in ms.",
        "Add the two times in ms, then convert once.",
        _variant(rate=lambda climb, p: 1000.0 / (p.t_ref / 1000 + climb)),
    ),
    "t_ref times tau": (
        "tau multiplies t_ref as well; it belongs to the logarithm alone.",
        _FORMULA,
        _variant(rate=lambda climb, p: 1000.0 / (p.tau * p.t_ref + climb)),
    ),
    "forgot tau": (
        "The logarithm is not multiplied by tau.",
        "A logarithm has no unit: tau makes it a time.",
        _variant(climb=lambda p: _climb(p) / p.tau),
    ),
    "divided by tau": (
        "The logarithm is divided by tau where it should be multiplied.",
        "A slower membrane climbs longer.",
        _variant(climb=lambda p: _climb(p) / p.tau**2),
    ),
    "log10": (
        "The logarithm to base 10 is taken; the exponential of the membrane asks for the natural one.",
        "np.log is the natural logarithm.",
        _variant(climb=lambda p: _climb(p) / np.log(10.0)),
    ),
    "log2": (
        "The logarithm to base 2 is taken; the exponential of the membrane asks for the natural one.",
        "np.log is the natural logarithm.",
        _variant(climb=lambda p: _climb(p) / np.log(2.0)),
    ),
    "log1p": (
        "np.log1p(x) is ln(1 + x): the ratio is 1 too large in there.",
        "Use np.log, or take 1 off the ratio first.",
        _variant(climb=lambda p: p.tau * np.log1p((p.V_inf - p.V_reset) / (p.V_inf - p.V_theta))),
    ),
    "no logarithm": (
        "The logarithm is missing.",
        _FORMULA,
        _variant(climb=lambda p: p.tau * (p.V_inf - p.V_reset) / (p.V_inf - p.V_theta)),
    ),
    "straight line": (
        "This is the straight line that the curve approaches at strong currents, without the leak.",
        "V follows an exponential, so the climbing time holds a logarithm.",
        _variant(
            climb=lambda p: p.tau * (p.V_theta - p.V_reset) / (np.asarray(p.I_ext, float) / p.g_m)
        ),
    ),
    "NaN below rheobase": (
        "Below rheobase the logarithm has no value (NaN) or the rate turns negative; it should be 0.",
        "Find the currents with V_inf > V_theta first and give all others 0.",
        _variant(fires=_everything),
    ),
    "NaN set to zero, negative rates left": (
        "NaN is replaced by 0, but very low currents still give a negative rate.",
        "Below V_reset both distances are negative and their logarithm exists again. Ask V_inf > "
        "V_theta instead.",
        _variant(fires=_everything, finish=lambda rate_hz, p: np.nan_to_num(rate_hz)[()]),
    ),
    "NaN for silent neurons": (
        "Currents at or below rheobase get NaN; the neuron's rate there is 0.",
        "A neuron that never fires has a rate: 0 Hz.",
        _variant(silent=lambda p: np.nan),
    ),
    "infinite for silent neurons": (
        "Currents at or below rheobase get an infinite rate; their interval is infinite, not their rate.",
        "1000/T goes to 0 as T grows. Set the rate of silent currents to 0.",
        _variant(silent=lambda p: np.inf),
    ),
    "silent neurons at 1/t_ref": (
        "A silent neuron gets the rate 1000/t_ref, as if its climb took no time.",
        "Below rheobase the climb never ends: the rate is 0.",
        _variant(silent=lambda p: 1000.0 / p.t_ref if p.t_ref > 0 else np.inf),
    ),
    "fires above the current V_theta - E_m": (
        "The mask forgets g_m: rheobase is g_m * (V_theta - E_m), in nA.",
        "Compare voltages: V_inf > V_theta.",
        _variant(fires=lambda p: p.I_ext > p.V_theta - p.E_m),
    ),
    "one current for all": (
        "`if` asks one question about several currents at once.",
        "Use the comparison as a mask: np.where, or an index into an array of zeros.",
        _scalar_if,
    ),
    "one number refused": (
        "Your code takes the length of I_ext, which a plain number does not have.",
        "np.asarray(I_ext, dtype=float) works for numbers and arrays alike, and so does arithmetic.",
        _length_taken,
    ),
    "one number filled": (
        "For one current the rate is a plain number, and a mask can't write into a number.",
        "np.where(mask, rate, 0.0) chooses without writing, for numbers and arrays alike.",
        _number_filled,
    ),
    "number becomes an array": (
        "A plain number for I_ext gives an array of one; it should give a plain number.",
        "np.asarray keeps a number's shape (), np.atleast_1d does not; [()] makes it a number again.",
        _variant(finish=lambda rate_hz, p: np.atleast_1d(rate_hz)),
    ),
    "flattened": (
        "The rates are in one row, whatever the shape of I_ext.",
        "Arithmetic on arrays keeps their shape: no loop, ravel or reshape is needed.",
        _variant(finish=lambda rate_hz, p: np.ravel(rate_hz) if rate_hz.ndim else rate_hz[()]),
    ),
    "silent currents left out": (
        "Only the rates of currents above rheobase are returned.",
        "Keep every current in its place, with 0 where it is too weak.",
        _variant(finish=lambda rate_hz, p: rate_hz[rate_hz > 0]),
    ),
    "type taken from I_ext": (
        "The rates take over the type of I_ext: when that holds whole numbers, they are cut off.",
        "np.zeros_like(I_ext) copies the type too; np.zeros(np.shape(I_ext)) is float.",
        _variant(finish=_type_of_current),
    ),
    "nothing returned": (
        "The function returns nothing (None).",
        "End it with a return line.",
        _variant(finish=lambda rate_hz, p: None),
    ),
}

REFERENCE = Reference(
    exercise=EXERCISE,
    solve=fi_exact,
    mistakes={
        name: (Mistake(name=name, diagnosis=diagnosis, hint=hint), wrong)
        for name, (diagnosis, hint, wrong) in MISTAKES.items()
    },
    public=public,
    draw=draw,
    certify=certify,
)

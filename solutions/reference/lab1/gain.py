"""Exercise 1.5, ``membrane_gain``: which frequencies pass the membrane."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from lifkit.exercises import Case, Exercise, Output, Property

from .membrane import case, refer


def membrane_gain(f_hz, g_m, tau):
    r"""Give the amplitude and the phase of a membrane's response to a sine.

    A current :math:`I_0\sin\omega t` makes, once the start is forgotten, the voltage
    :math:`E_m + A\,I_0\sin(\omega t + \varphi)` with
    :math:`A = (1/g_m)/\sqrt{1 + (\omega\tau)^2}` and :math:`\varphi = -\arctan\omega\tau`.

    Parameters
    ----------
    f_hz : float or array_like
        Frequency in Hz, 0 or above; :math:`\omega = 2\pi f` in 1/s.
    g_m : float
        Membrane conductance in uS.
    tau : float
        Membrane time constant in ms.

    Returns
    -------
    gain : float or ndarray
        Amplitude of the voltage per current in mV/nA, in the shape of `f_hz`.
    phase : float or ndarray
        In rad, from 0 down to -pi/2: the voltage lags behind.

    Notes
    -----
    Source: Koch (1999), Biophysics of Computation, chapter 1.

    Examples
    --------
    At the corner frequency 1/(2 pi tau) the gain is down by sqrt(2) and the phase is -pi/4:

    >>> gain, phase = membrane_gain(1000 / (2 * np.pi * 8.0), 2.0, 8.0)
    >>> round(float(gain), 6), round(float(phase / np.pi), 6)
    (0.353553, -0.25)
    """
    omega_tau = 2 * np.pi * np.asarray(f_hz) * tau / 1000
    return 1 / g_m / np.sqrt(1 + omega_tau**2), -np.arctan(omega_tau)


EXERCISE = Exercise(
    name="membrane_gain",
    lab="lab1",
    number="1.5",
    title="Gain and phase",
    parameters=("f_hz", "g_m", "tau"),
    outputs=(
        Output(
            name="gain",
            unit="mV/nA",
            rtol=1e-9,
            why="the formula in any order of operations is good to 1e-14 of its value",
            axes=("frequency number",),
            shape="shaped like f_hz",
        ),
        Output(
            name="phase",
            unit="rad",
            atol=1e-9,
            why="arctan, or the angle of a complex number, is good to 1e-15 rad",
            axes=("frequency number",),
            shape="shaped like f_hz",
        ),
    ),
    properties=(
        Property(
            name="gain",
            text="the gain falls from 1/g_m at f = 0 as 1/sqrt(1 + (2 pi f tau)^2)",
            outputs=("gain",),
            groups=("frequencies",),
            weight=3,
        ),
        Property(
            name="phase",
            text="the phase goes from 0 at f = 0 towards -pi/2",
            outputs=("phase",),
            groups=("frequencies",),
            weight=3,
        ),
        Property(
            name="one frequency",
            text="one frequency in, one gain and one phase out",
            outputs=("gain", "phase"),
            groups=("one frequency",),
        ),
        Property(
            name="whole numbers",
            text="whole-number inputs give the same as 1.0, 2.0, ...",
            outputs=("gain", "phase"),
            groups=("whole numbers",),
        ),
    ),
    hints=(
        "The idea: put I_0 exp(i omega t) for the current and V = E_m + z I_0 exp(i omega t) for the "
        "voltage into the equation. The time dependence drops out; the gain is the length of z "
        "and the phase its angle.",
        "The equation: z = (1/g_m) / (1 + i omega tau), so gain = (1/g_m) / sqrt(1 + (omega tau)^2) "
        "and phase = -arctan(omega tau). omega = 2 pi f, and f in Hz times tau in ms needs a factor "
        "1/1000.",
        "The shape of the lines: one for omega tau (a number without a unit), one for the gain, one "
        "for the phase with np.arctan, then return both. With NumPy functions arrays need no loop.",
    ),
)


def public() -> list[Case]:
    """Return the cases of the self-check: below, at and above the corner frequency, and f = 0."""
    return [
        case(
            EXERCISE,
            "seven frequencies from 0 to 900 Hz",
            "frequencies",
            f_hz=np.array([0.0, 2.5, 11.0, 17.5, 60.0, 230.0, 900.0]),
            g_m=1.6,
            tau=9.0,
        ),
        case(
            EXERCISE,
            "a faster membrane, frequencies in another order",
            "frequencies",
            f_hz=np.array([310.0, 4.2, 75.0]),
            g_m=0.35,
            tau=2.7,
        ),
        case(EXERCISE, "f = 0", "one frequency", f_hz=0.0, g_m=1.6, tau=9.0),
        case(EXERCISE, "one frequency", "one frequency", f_hz=23.5, g_m=2.3, tau=14.0),
        case(
            EXERCISE,
            "whole-number inputs",
            "whole numbers",
            f_hz=np.array([0, 5, 20, 80]),
            g_m=3,
            tau=12,
        ),
        case(EXERCISE, "one whole number", "whole numbers", f_hz=40, g_m=3, tau=7),
    ]


def draw(rng: np.random.Generator) -> list[Case]:
    """Draw secret cases that look at the same properties as the public ones."""

    def membrane() -> dict[str, float]:
        g_m = rng.choice([rng.uniform(0.3, 0.8), rng.uniform(1.3, 3.0)])
        return {"g_m": float(g_m), "tau": rng.uniform(3, 20)}

    several = rng.permutation(np.concatenate([[0.0], 10 ** rng.uniform(0.3, 2.8, 6)]))
    return [
        case(EXERCISE, "secret: several frequencies", "frequencies", f_hz=several, **membrane()),
        case(
            EXERCISE,
            "secret: two frequencies",
            "frequencies",
            f_hz=rng.uniform(5, 200, 2),
            **membrane(),
        ),
        case(EXERCISE, "secret: f = 0", "one frequency", f_hz=0.0, **membrane()),
        case(
            EXERCISE,
            "secret: one frequency",
            "one frequency",
            f_hz=rng.uniform(5, 60),
            **membrane(),
        ),
        case(
            EXERCISE,
            "secret: whole numbers",
            "whole numbers",
            f_hz=rng.permutation([0, 3, 20, 80]) + int(rng.integers(1, 9)),
            g_m=3,
            tau=int(rng.integers(5, 20)),
        ),
    ]


# Usual mistakes ----------------------------------------------------------------------------------


def _wrong(
    *,
    omega_tau: Callable[[SimpleNamespace], Any] = lambda p: 2 * np.pi * p.f * p.tau / 1000,
    gain: Callable[[SimpleNamespace], Any] = lambda p: 1 / p.g_m / np.sqrt(1 + p.x**2),
    phase: Callable[[SimpleNamespace], Any] = lambda p: -np.arctan(p.x),
    finish: Callable[[Any, Any], Any] = lambda gain, phase: (gain, phase),
) -> Callable[..., Any]:
    """Return a right answer with some of its parts replaced; ``p.x`` is omega tau."""

    def solver(f_hz: Any, g_m: Any, tau: Any) -> Any:
        p = SimpleNamespace(f=np.asarray(f_hz, float), g_m=g_m, tau=tau)
        with np.errstate(divide="ignore", invalid="ignore"):
            p.x = omega_tau(p)
            return finish(gain(p), phase(p))

    return solver


def _first_only(gain: Any, phase: Any) -> Any:
    return np.ravel(gain)[0], np.ravel(phase)[0]


_OMEGA = "omega tau = 2 pi f tau / 1000 for f in Hz and tau in ms."
_GAIN = "gain = (1/g_m) / sqrt(1 + (omega tau)^2). At f = 0 it is what Ohm's law says."
_PHASE = "phase = -arctan(omega tau), in rad: the voltage lags, by a quarter of a period at most."

MISTAKES = {
    "forgot 2 pi": (
        "f itself stands in the place of omega: the factor 2 pi is missing.",
        _OMEGA,
        _wrong(omega_tau=lambda p: p.f * p.tau / 1000),
    ),
    "pi instead of 2 pi": (
        "The factor is pi; it should be 2 pi.",
        _OMEGA,
        _wrong(omega_tau=lambda p: np.pi * p.f * p.tau / 1000),
    ),
    "Hz times ms": (
        "Hz times ms is off by a factor 1000: 1 Hz is 1/(1000 ms).",
        _OMEGA,
        _wrong(omega_tau=lambda p: 2 * np.pi * p.f * p.tau),
    ),
    "forgot 2 pi and the 1000": (
        "f * tau stands in the place of omega tau: the factors 2 pi and 1/1000 are missing.",
        _OMEGA,
        _wrong(omega_tau=lambda p: p.f * p.tau),
    ),
    "multiplied by 1000": (
        "The factor between Hz and ms is the wrong way round: multiplied by 1000, not divided.",
        _OMEGA,
        _wrong(omega_tau=lambda p: 2 * np.pi * p.f * p.tau * 1000),
    ),
    "divided by 1000 twice": (
        "Both the frequency and tau are divided by 1000; once is enough.",
        _OMEGA,
        _wrong(omega_tau=lambda p: 2 * np.pi * p.f * p.tau / 1e6),
    ),
    "divided by tau": (
        "omega is divided by tau; it should be multiplied.",
        "A slower membrane (larger tau) cuts off earlier. " + _OMEGA,
        _wrong(omega_tau=lambda p: 2 * np.pi * p.f / p.tau / 1000),
    ),
    "tau divided by g_m": (
        "omega tau is divided by g_m; tau = C/g_m contains the conductance already.",
        _OMEGA,
        _wrong(omega_tau=lambda p: 2 * np.pi * p.f * p.tau / p.g_m / 1000),
    ),
    "forgot 1/g_m": (
        "The gain lacks the factor 1/g_m: it is 1 at f = 0.",
        _GAIN,
        _wrong(gain=lambda p: 1 / np.sqrt(1 + p.x**2)),
    ),
    "multiplied by g_m": (
        "The gain is multiplied by g_m where it should be divided.",
        _GAIN,
        _wrong(gain=lambda p: p.g_m / np.sqrt(1 + p.x**2)),
    ),
    "g_m under the root": (
        "g_m stands under the root; it should stand outside.",
        _GAIN,
        _wrong(gain=lambda p: 1 / np.sqrt(p.g_m * (1 + p.x**2))),
    ),
    "forgot the root": (
        "The root is missing from the gain.",
        _GAIN,
        _wrong(gain=lambda p: 1 / p.g_m / (1 + p.x**2)),
    ),
    "gain squared": (
        "The gain is squared: this is how the power goes down, not the amplitude.",
        _GAIN,
        _wrong(gain=lambda p: (1 / p.g_m) ** 2 / (1 + p.x**2)),
    ),
    "forgot the square": (
        "omega tau is not squared under the root.",
        _GAIN,
        _wrong(gain=lambda p: 1 / p.g_m / np.sqrt(1 + p.x)),
    ),
    "forgot root and square": (
        "The gain falls as 1/(1 + omega tau): both the root and the square are missing.",
        _GAIN,
        _wrong(gain=lambda p: 1 / p.g_m / (1 + p.x)),
    ),
    "multiplied by the root": (
        "The gain grows with frequency: the root stands above the line.",
        _GAIN,
        _wrong(gain=lambda p: np.sqrt(1 + p.x**2) / p.g_m),
    ),
    "high-pass": (
        "This gain lets high frequencies pass and stops low ones; a membrane does the opposite.",
        _GAIN,
        _wrong(gain=lambda p: p.x / p.g_m / np.sqrt(1 + p.x**2)),
    ),
    "same gain for all": (
        "The gain is 1/g_m at all frequencies.",
        "Only a slow current gives the membrane time to follow. " + _GAIN,
        _wrong(gain=lambda p: 1 / p.g_m + 0 * p.x),
    ),
    "decibels": (
        "The gain is in decibels; mV/nA are asked for.",
        "Leave logarithms to the axes of the figure.",
        _wrong(gain=lambda p: 20 * np.log10(1 / p.g_m / np.sqrt(1 + p.x**2))),
    ),
    "logarithm": (
        "The gain is a logarithm; mV/nA are asked for.",
        "Leave logarithms to the axes of the figure.",
        _wrong(gain=lambda p: np.log10(1 / p.g_m / np.sqrt(1 + p.x**2))),
    ),
    "phase sign": (
        "The phase is positive, as if the voltage came before the current.",
        _PHASE,
        _wrong(phase=lambda p: np.arctan(p.x)),
    ),
    "degrees": (
        "The phase is in degrees; rad are asked for.",
        _PHASE,
        _wrong(phase=lambda p: -np.degrees(np.arctan(p.x))),
    ),
    "degrees, phase sign": (
        "The phase is positive and in degrees.",
        _PHASE,
        _wrong(phase=lambda p: np.degrees(np.arctan(p.x))),
    ),
    "phase without arctan": (
        "The phase is -omega tau itself; the arctan is missing.",
        _PHASE,
        _wrong(phase=lambda p: -p.x),
    ),
    "tan instead of arctan": (
        "The phase is -tan(omega tau); it should be -arctan(omega tau).",
        _PHASE,
        _wrong(phase=lambda p: -np.tan(p.x)),
    ),
    "arctan upside down": (
        "The phase is -arctan(1/(omega tau)): at f = 0 it should be 0.",
        _PHASE,
        _wrong(phase=lambda p: -np.arctan(1 / p.x)),
    ),
    "complex response": (
        "The complex response is returned in place of the gain.",
        "The gain is its length, np.abs(z), and the phase its angle, np.angle(z).",
        _wrong(gain=lambda p: 1 / p.g_m / (1 + 1j * p.x)),
    ),
    "phase before gain": (
        "The phase comes first; the exercise asks for gain, phase.",
        "Keep the order of the prompt: return gain, phase.",
        _wrong(finish=lambda gain, phase: (phase, gain)),
    ),
    "only the gain": (
        "Only the gain is returned; the exercise asks for gain, phase.",
        "A function can return two values: return gain, phase.",
        _wrong(finish=lambda gain, phase: gain),
    ),
    "array for one frequency": (
        "One frequency gives arrays with one entry; plain numbers are asked for.",
        "NumPy functions give a number for a number: no loop and no np.atleast_1d.",
        _wrong(finish=lambda gain, phase: (np.atleast_1d(gain), np.atleast_1d(phase))),
    ),
    "first frequency only": (
        "Only the first frequency is answered.",
        "Use the whole array f_hz; NumPy functions work on all entries.",
        _wrong(finish=_first_only),
    ),
    "nothing returned": (
        "The function returns nothing (None).",
        "End it with: return gain, phase.",
        _wrong(finish=lambda gain, phase: None),
    ),
}

REFERENCE = refer(EXERCISE, membrane_gain, MISTAKES, public=public, draw=draw)

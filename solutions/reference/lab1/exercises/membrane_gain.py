"""Exercise 1.5, ``membrane_gain``: which frequencies pass the membrane."""

import numpy as np

from lifkit.judge import Output
from lifkit_staff.exercise import also, case, exercise, holds, line

GAIN = Output(
    name="gain",
    unit="mV/nA",
    rtol=1e-9,
    why="the formula in any order of operations is good to 1e-14 of its value",
    axes=("frequency number",),
    shape="shaped like f_hz",
)
PHASE = Output(
    name="phase",
    unit="rad",
    atol=1e-9,
    why="arctan, or the angle of a complex number, is good to 1e-15 rad",
    axes=("frequency number",),
    shape="shaped like f_hz",
)

HINTS = (
    "The idea: put I_0 exp(i omega t) for the current and V = E_m + z I_0 exp(i omega t) for the "
    "voltage into the equation. The time dependence drops out; the gain is the length of z "
    "and the phase its angle.",
    "The equation: z = (1/g_m) / (1 + i x) with x = omega tau, a number without a unit. The arrow 1 + i x "
    "has the length sqrt(1 + x^2) and the angle arctan(x); to divide by it is to divide by its length "
    "and to turn back by its angle. omega is 2 pi f, and Hz times ms needs a factor 1/1000.",
    "A skeleton; what stands for each ___?\n"
    "x = ___               # f_hz is in Hz, tau in ms\n"
    "gain = ___ / ___      # in mV/nA; what must it be at f = 0?\n"
    "phase = ___           # 0 or negative: the voltage is late\n"
    "return gain, ___",
)


def membrane(rng):
    """Draw a membrane whose conductance is not near 1, where 1/g_m = g_m."""
    low, high = [(0.3, 0.8), (1.3, 3.0)][rng.integers(2)]
    return {"g_m": rng.uniform(low, high), "tau": rng.uniform(3, 20)}


@holds(weight=3, of="gain")
def frequencies(rng):
    """the gain falls from 1/g_m at f = 0 as 1/sqrt(1 + (2 pi f tau)^2)"""
    decades = [(2, 5), (5, 15), (15, 30), (30, 100), (100, 300), (300, 900)]
    several = [0.0, *(rng.uniform(low, high) for low, high in decades)]
    two = [rng.uniform(60, 200), rng.uniform(3, 20)]
    return [
        case("seven frequencies from 0 on", f_hz=rng.permutation(several), **membrane(rng)),
        case("two frequencies, the higher one first", f_hz=np.array(two), **membrane(rng)),
    ]


phase = line(
    "phase",
    "the phase goes from 0 at f = 0 towards -pi/2",
    on=[frequencies],
    of="phase",
    weight=3,
)


@holds()
def one_frequency(rng):
    """one frequency in, one gain and one phase out"""
    return [
        case("f = 0", f_hz=0.0, **membrane(rng)),
        case("one frequency", f_hz=rng.uniform(5, 60), **membrane(rng)),
    ]


@also(one_frequency)
def an_array_of_one(rng):
    return case("an array of one frequency", f_hz=rng.uniform(5, 60, 1), **membrane(rng))


@holds()
def whole_numbers(rng):
    """whole-number inputs give the same as 1.0, 2.0, ..."""
    several = rng.permutation([0, 3, 20, 80]) + rng.integers(1, 9)
    tau = [int(rng.integers(5, 20)) for _ in range(2)]
    return [
        case("whole-number inputs", f_hz=several, g_m=3, tau=tau[0]),
        case("one whole number", f_hz=int(rng.integers(10, 60)), g_m=3, tau=tau[1]),
    ]


def complex_response(f_hz, g_m, tau):
    """Solve in another style: the length and the angle of a complex number."""
    omega = 2 * np.pi * f_hz / 1000
    z = (1 / g_m) / (1 + 1j * omega * tau)
    return np.abs(z), np.angle(z)


REFERENCE = exercise(
    "lab1",
    "membrane_gain",
    returns=[GAIN, PHASE],
    hints=HINTS,
    styles=[complex_response],
)

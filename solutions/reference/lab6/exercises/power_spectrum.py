"""Exercise 6.4, ``power_spectrum``: which rhythms a rate contains."""

import numpy as np

from lifkit.judge import Output
from lifkit_staff.exercise import also, case, exercise, holds, line

FREQUENCIES = Output(
    name="f_hz",
    unit="Hz",
    rtol=1e-12,
    why="whole numbers over one time: right orders of operations differ by 5e-16",
    axes=("frequency",),
    shape="(n_segment // 2,)",
)
POWER = Output(
    name="S",
    unit="Hz",
    rtol=1e-9,
    atol=1e-12,
    why="sums of some ten products, good to 1e-13 of the largest; where they cancel, 1e-27 is left",
    axes=("frequency",),
    shape="(n_segment // 2,)",
)

HINTS = (
    "The idea: a piece of the rate, its Fourier sums, their squared size; then the mean over all pieces. "
    "Squares first, then the mean: the phases of the pieces differ, and their sums would cancel.",
    "The equation, with h in seconds and T = h n_segment: S(m/T) is the squared size of h times the sum, "
    "over T. np.fft.rfft gives the sums for m = 0, 1, 2, ... to n_segment // 2, and m = 0 is dropped.",
    "A skeleton; what stands for each ___?\n"
    "h, T = ___, ___                       # seconds\n"
    "M = ___                               # whole segments\n"
    "segments = rate_hz[___].reshape(___)  # a row each\n"
    "power = ___                           # of each segment: squared size of h times the sums, over T\n"
    "f_hz = ___                            # 1/T, 2/T, ...\n"
    "return f_hz, ___                      # the mean over segments, m = 0 left out",
)


def rate(rng, count, n_segment, **given):
    """Draw `count` bins of a rate around 20 Hz with a rhythm."""
    bins = np.arange(count)
    drawn = 20 + 6 * np.sin(2 * np.pi * bins / rng.uniform(3, 6)) + rng.uniform(-5, 5, count)
    given = {"bin_size": rng.uniform(1.5, 4), "n_segment": n_segment} | given
    return {"rate_hz": np.round(drawn, 2)} | given


@holds(weight=2)
def one_segment(rng):
    """of one segment it is the squared size of the sum (3), in Hz"""
    n = 2 * rng.integers(5, 9)
    return case("one segment", **rate(rng, n, n))


power = line("power", "nothing is doubled, and frequency 0 is left out", on=[one_segment], of="S")


@holds(weight=3)
def segments(rng):
    """of several segments it is the mean of their spectra; what is left over is dropped"""
    n = 2 * rng.integers(4, 7)
    return [
        case("three segments", **rate(rng, 3 * n, n)),
        case("segments and a rest", **rate(rng, 4 * n + rng.integers(1, n), n)),
    ]


@also(segments)
def equal_sizes(rng):
    """Draw as many segments as bins in each."""
    n = 2 * rng.integers(3, 5)
    return case("as many segments as bins in each", **rate(rng, n * n, n))


@holds()
def odd(rng):
    """segments may have an odd number of bins"""
    n = 2 * rng.integers(4, 7) + 1
    return case("segments of an odd length", **rate(rng, 2 * n + rng.integers(1, n), n))


@holds()
def sine(rng):
    """a sine of amplitude A that fits into a segment has the power A^2 T/4, at its frequency alone"""
    n, period = 24, rng.choice([3, 4, 6, 8])
    wave = 30 + rng.uniform(4, 9) * np.sin(2 * np.pi * np.arange(2 * n) / period)
    return case("a sine", rate_hz=wave, bin_size=rng.uniform(1.5, 4), n_segment=n)


@holds()
def whole_numbers(rng):
    """whole-number inputs give the same as 1.0, 2.0, ..."""
    n = rng.integers(8, 12)
    return case("whole-number inputs", rate_hz=rng.integers(5, 40, 3 * n), bin_size=2, n_segment=n)


def by_matrix(rate_hz, bin_size, n_segment):
    """Solve in another style: the sums written out as cosines and sines, without means."""
    h = bin_size / 1000
    m, places = np.arange(1, n_segment // 2 + 1), np.arange(n_segment)
    angles = 2 * np.pi * np.outer(places, m) / n_segment
    total = np.zeros(len(m))
    count = len(rate_hz) // n_segment
    for j in range(count):
        piece = rate_hz[j * n_segment : (j + 1) * n_segment]
        piece = piece - np.mean(piece)
        total += (piece @ np.cos(angles)) ** 2 + (piece @ np.sin(angles)) ** 2
    return m / (n_segment * h), total * h / n_segment / count


REFERENCE = exercise(
    "lab6",
    "power_spectrum",
    returns=[FREQUENCIES, POWER],
    hints=HINTS,
    styles=[by_matrix],
    builds_on=["population_rate"],
)

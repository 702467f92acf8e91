"""Exercise 6.3, ``population_rate``: how active a network is, bin by bin."""

import numpy as np

from lifkit.judge import Output
from lifkit_staff.exercise import also, case, exercise, holds

RATE = Output(
    name="rate_hz",
    unit="Hz",
    rtol=1e-12,
    why="whole numbers times one factor: right orders of operations differ by 5e-16",
    axes=("bin",),
    shape="(n_bins,)",
)

HINTS = (
    "The idea: sort the spikes into bins by their step number, and count. A count becomes a rate by the "
    "number of neurons and by the length of a bin in seconds.",
    "The equation: with m steps a bin, a spike of step s lies in bin s // m, if that bin is whole. A "
    "count of c spikes is a rate of c / (n neurons times h seconds).",
    "A skeleton; what stands for each ___?\n"
    "m = ___                              # steps a bin\n"
    "n_bins = ___                         # whole bins only\n"
    "bins = ___                           # the bin of each spike, those behind the last bin left out\n"
    "counts = np.bincount(bins, minlength=___)\n"
    "return ___                           # in Hz, for one neuron",
)


def spikes(rng, count, N_t, n, m, **given):
    """Draw the spikes of a run of `N_t` steps, sorted, with `m` steps a bin."""
    dt = rng.uniform(0.1, 0.5)
    steps = np.sort(rng.integers(1, N_t + 1, count))
    return {"steps": steps, "n": n, "N_t": N_t, "dt": dt, "bin_size": m * dt} | given


def at_edges(rng, m):
    """Draw whole bins with spikes in the first and in the last step of each."""
    n_bins = rng.integers(5, 9)
    edges = m * np.arange(1, n_bins)
    drawn = spikes(rng, 40, n_bins * m, rng.integers(6, 12), m)
    drawn["steps"] = np.sort(np.concatenate([drawn["steps"] % (n_bins * m), edges, edges - 1]))
    return drawn


@holds(weight=3)
def whole_bins(rng):
    """each bin holds the spikes per second and neuron of its m steps"""
    return [
        case("bins that fill the run", **at_edges(rng, rng.integers(4, 8))),
        case("a bin a step", **spikes(rng, 60, rng.integers(11, 16), 9, 1)),
    ]


@also(whole_bins)
def rounded(rng):
    """Draw bins whose number of steps comes out just below, 0.7/0.1, or just above, 2.1/0.3."""
    return [
        case("bins of seven steps", **at_edges(rng, 7) | {"dt": 0.1, "bin_size": 0.7}),
        case("bins of seven longer steps", **at_edges(rng, 7) | {"dt": 0.3, "bin_size": 2.1}),
    ]


@holds(weight=2)
def left_over(rng):
    """what lies behind the last whole bin is left out"""
    m = rng.integers(5, 9)
    N_t = int(m * rng.integers(4, 7) + rng.integers(2, m))
    return case("a run that ends within a bin", **spikes(rng, 70, N_t, rng.integers(6, 12), m))


@holds()
def silence(rng):
    """bins without spikes hold 0, also where nothing fires at all"""
    m, n = rng.integers(4, 7), rng.integers(6, 12)
    quiet = spikes(rng, 6, 9 * m, n, m)
    quiet["steps"] = np.sort(rng.integers(m, 3 * m, 6))
    nothing = spikes(rng, 0, 7 * m + 2, n, m)
    return [case("a network that falls silent", **quiet), case("no spikes", **nothing)]


@holds()
def whole_numbers(rng):
    """whole-number inputs give the same as 1.0, 2.0, ..."""
    drawn = spikes(rng, 30, 26, rng.integers(6, 12), 4)
    return case("whole-number inputs", **drawn | {"dt": 1, "bin_size": 4})


def bin_by_bin(steps, n, N_t, dt, bin_size):
    """Solve in another style: a loop over the bins."""
    m = round(bin_size / dt)
    rates = []
    for first in range(0, N_t - m + 1, m):
        inside = (steps >= first) & (steps < first + m)
        rates.append(inside.sum() / n / (bin_size / 1000))
    return np.array(rates)


def certify(case):
    """Raise ValueError unless a bin is a whole number of steps."""
    p = case.inputs
    ratio = p["bin_size"] / p["dt"]
    if abs(ratio - round(ratio)) > 1e-6:
        raise ValueError(f"{case.name}: a bin has {ratio:g} steps")


REFERENCE = exercise(
    "lab6",
    "population_rate",
    returns=[RATE],
    hints=HINTS,
    certify=certify,
    styles=[bin_by_bin],
    builds_on=["lif_network"],
)

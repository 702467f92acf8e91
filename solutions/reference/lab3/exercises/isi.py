"""Exercise 3.3, ``isi``: the intervals between spikes."""

import numpy as np

from lifkit.judge import Output
from lifkit_staff.exercise import also, case, exercise, holds

from ...trains import irregular_train

INTERVALS = Output(
    name="intervals",
    kind="ragged",
    unit="ms",
    atol=1e-9,
    why="one difference of two times below 1e4 ms: rounding is below 4e-12 ms",
    axes=("neuron", "interval"),
    shape="(one array a neuron)",
)

HINTS = (
    "The idea: an interval is a later spike time minus the one before it. Do this for one neuron, "
    "then for each neuron in turn.",
    "The picture, for one neuron. Interval j is t[j + 1] - t[j]: m spikes have m - 1 intervals, and one "
    "spike has none.\n"
    "times        12     15     23     24\n"
    "intervals        3      8      1",
    "A skeleton; what stands for each ___? NumPy has a function for the differences of neighbours.\n"
    "found = []\n"
    "for train in spike_times:\n"
    "    found.append(___)    # all intervals of this neuron\n"
    "return ___",
)


def train(rng, count):
    """Draw a train of so many spikes."""
    return irregular_train(rng, count, 0.0, rng.uniform(9, 30), rng.uniform(1.2, 3))


@holds(weight=3)
def several_spikes(rng):
    """each neuron has the intervals between its own successive spikes, in their order"""
    several = [train(rng, count) for count in rng.integers(5, 20, 3)]
    return [
        case("three neurons that fire", spike_times=several),
        case("one neuron", spike_times=[train(rng, 7)]),
    ]


@also(several_spikes)
def equal_sizes(rng):
    """As many intervals as neurons: a table of them would be square."""
    n = rng.integers(3, 6)
    trains = [train(rng, n + 1) for _ in range(n)]
    return case("as many intervals as neurons", spike_times=trains)


@also(several_spikes, fixed=True)
def thousandths():
    """Take a short interval, and two alike: multiples of 1/8 ms are exact in binary."""
    trains = [np.array([3.214, 17.867, 18.305, 40.236]), np.array([2.125, 12.375, 22.625, 30.0])]
    return case("times to a thousandth of a ms", spike_times=trains)


@holds(weight=2)
def few_spikes(rng):
    """a neuron with no spike or one has an empty array, in its own place of the list"""
    few = [np.empty(0), train(rng, rng.integers(3, 7)), train(rng, 1), train(rng, 2), np.empty(0)]
    first = rng.integers(0, 2)  # the first neuron is silent, or it is not
    return case("neurons with no spike, one and more", spike_times=few[first : first + 4])


@holds()
def whole_numbers(rng):
    """spike times that are whole numbers work as well"""
    trains = [np.cumsum(rng.integers(3, 40, count)) for count in (5, 3)]
    return case("whole-number spike times", spike_times=trains)


def filled(spike_times):
    """Solve in another style: one place of a list after the other."""
    intervals = [np.empty(0)] * len(spike_times)
    for i, times in enumerate(spike_times):
        intervals[i] = np.diff(times)
    return intervals


def neighbours(spike_times):
    """Solve in another style: two loops and two lists."""
    intervals = []
    for times in spike_times:
        own = []
        for j in range(len(times) - 1):
            own.append(times[j + 1] - times[j])
        intervals.append(np.array(own))
    return intervals


REFERENCE = exercise("lab3", "isi", returns=[INTERVALS], hints=HINTS, styles=[filled, neighbours])

"""Exercise 2.3, ``firing_rate``: spikes in a window, in Hz."""

import numpy as np

from lifkit.judge import Output
from lifkit_staff.exercise import also, case, exercise, holds

RATE = Output(
    name="rate_hz",
    unit="Hz",
    rtol=1e-9,
    why="a whole count over one difference: any order of operations agrees to 1e-12",
    axes=("neuron",),
    shape="(n,)",
)

HINTS = (
    "The idea: for each neuron, ask of every spike whether it lies in the window, and count the "
    "ones that do. A rate is a count divided by a duration.",
    "The picture, of one neuron's spikes (x): three of them count. A rate in Hz is spikes per second, "
    "and t_stop - t_start is in ms.\n"
    "        t_start             t_stop\n"
    "--x--------x----x----x---------x-----x--\n"
    "           in   in   in        out",
    "A skeleton; what stands for each ___?\n"
    "rates = []\n"
    "for train in spike_times:\n"
    "    inside = (train ___ t_start) & (train ___ t_stop)\n"
    "    count = ___                # of the spikes that are inside\n"
    "    rates.append(___)          # per second, not per ms\n"
    "return np.array(___)",
)


def train(rng, low, high, least=1):
    """Draw a spike train inside (low, high) with at least so many spikes."""
    return np.sort(rng.uniform(low, high, rng.integers(least, 8)))


@holds(weight=2)
def whole(rng):
    """each neuron's spikes per second, when the window holds them all"""
    t_stop = rng.uniform(180, 420)
    several = [train(rng, 1, t_stop - 1) for _ in range(rng.integers(3, 7))]
    alone = [train(rng, 1, 290, 3)]
    return [
        case("all spikes in the window", spike_times=several, t_start=0.0, t_stop=t_stop),
        case("one neuron", spike_times=alone, t_start=0.0, t_stop=rng.uniform(300, 400)),
    ]


@also(whole)
def equal_sizes(rng):
    """As many spikes as neurons, where an array of all trains is square."""
    n = rng.integers(3, 6)
    trains = [np.sort(rng.uniform(1, 299, n)) for _ in range(n)]
    return case("as many spikes as neurons", spike_times=trains, t_start=0.0, t_stop=300.0)


@holds()
def silent(rng):
    """a neuron without spikes has the rate 0, beside others that fire"""
    trains = [np.empty(0), train(rng, 1, 240, 2), train(rng, 1, 240, 3), np.empty(0)]
    order = rng.permutation(4)
    return case(
        "two silent neurons", spike_times=[trains[i] for i in order], t_start=0.0, t_stop=250.0
    )


@holds(weight=2)
def window(rng):
    """only spikes inside the window count, and its length is t_stop - t_start"""
    t_start, t_stop = rng.uniform(90, 160), rng.uniform(300, 480)

    def around(*inside):
        return np.concatenate([train(rng, 1, t_start - 1), *inside, train(rng, t_stop, 520)])

    trains = [around(train(rng, t_start, t_stop, 2)) for _ in range(rng.integers(3, 6))]
    # Within the fraction of a millisecond that int() would cut off, on both sides of the edges.
    trains.append(around([t_start - t_start % 1 / 2, t_stop - t_stop % 1 / 2]))
    trains.append(around())
    return case("a window that starts late", spike_times=trains, t_start=t_start, t_stop=t_stop)


@holds()
def edges(rng):
    """a spike at t_start counts, a spike at t_stop does not"""
    # Multiples of 1/8 are exact in binary.
    t_start, t_stop = rng.integers(800, 1200) / 8, rng.integers(2400, 3200) / 8
    inside = [np.sort(rng.integers(1300, 2300, 3) / 8) for _ in range(3)]
    trains = [[t_start, *inside[0]], [*inside[1], t_stop], [t_start, *inside[2], t_stop]]
    return case(
        "spikes exactly at both ends of the window",
        spike_times=[np.array(one) for one in trains],
        t_start=float(t_start),
        t_stop=float(t_stop),
    )


def certify(case):
    """Raise ValueError if rounding could move a spike across an edge of the window.

    Spikes keep 1e-6 ms from both edges, far more than adding up time steps is off by; cases about
    the edges use multiples of 1/8 ms, which are exact in binary.
    """
    t_start, t_stop = case.inputs["t_start"], case.inputs["t_stop"]
    spikes = np.concatenate(case.inputs["spike_times"])
    if case.group == "edges":
        if ((np.append(spikes, [t_start, t_stop]) * 8) % 1).any():
            raise ValueError(f"{case.name}: not all times are multiples of 1/8 ms")
    elif np.abs(spikes[:, None] - [t_start, t_stop]).min() < 1e-6:
        raise ValueError(f"{case.name}: a spike lies within 1e-6 ms of an edge of the window")


def counted_at_once(spike_times, t_start, t_stop):
    """Solve in another style: the counts first, scaled together."""
    trains = [np.asarray(times) for times in spike_times]
    counts = [len(times[(times >= t_start) & (times < t_stop)]) for times in trains]
    return 1000.0 * np.array(counts) / (t_stop - t_start)


def filled(spike_times, t_start, t_stop):
    """Solve in another style: one place of an array after the other."""
    rates = np.zeros(len(spike_times))
    for i, times in enumerate(spike_times):
        rates[i] = 1000 * np.sum((times >= t_start) & (times < t_stop)) / (t_stop - t_start)
    return rates


REFERENCE = exercise(
    "lab2",
    "firing_rate",
    returns=[RATE],
    hints=HINTS,
    certify=certify,
    styles=[counted_at_once, filled],
)

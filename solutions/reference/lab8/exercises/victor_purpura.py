"""Exercise 8.5, ``victor_purpura``: the cheapest way to turn one spike train into another."""

import numpy as np

from lifkit.judge import Output
from lifkit_staff.exercise import also, case, exercise, holds

COST = Output(
    name="cost",
    rtol=1e-9,
    why="a sum of fewer than 100 numbers of one sign: correct orders differ by 1e-15",
    shape="a number",
)

HINTS = (
    "The idea: fill a table row by row. An entry needs the one above it, the one to its left and the one "
    "above left, and these are there already. The first row and column are the costs where one of the "
    "trains is empty.",
    "A picture: a = [10], b = [12, 30], q = 0.1. The first row is 0, 1, 2, the first column 0, 1. Then "
    "G[1, 1] = min(1 + 1, 1 + 1, 0 + 0.2) = 0.2 and G[1, 2] = min(2 + 1, 0.2 + 1, 1 + 2) = 1.2: move the "
    "spike by 2 ms, insert one. Row i of the table belongs to spike i - 1 of the array.",
    "A skeleton; what stands for each ___?\n"
    "G = np.zeros(___)                    # one row more than a has spikes, one column more than b\n"
    "G[:, 0] = ___                        # b is empty\n"
    "G[0, :] = ___                        # a is empty\n"
    "for i in range(1, ___):\n"
    "    for j in range(1, ___):\n"
    "        moved = ___ + q * ___\n"
    "        G[i, j] = min(___, ___, moved)\n"
    "return ___",
)


def train(rng, count):
    """Draw an irregular train of 20 ms intervals."""
    return rng.uniform(5, 20) + np.cumsum(rng.gamma(2, 10, count))


def pair(rng, title, times_a, times_b, **given):
    """Return a case in which moving a spike by about 10 ms costs as much as making it anew."""
    return case(
        title, **{"times_a": times_a, "times_b": times_b, "q": rng.uniform(0.1, 0.25), **given}
    )


@holds(weight=3)
def trains(rng):
    """it is the cost of the cheapest way, with deletions, insertions and moves"""
    a = train(rng, 9)
    near = np.sort(np.append(a[[0, 2, 3, 5, 6, 8]] + rng.uniform(-4, 4, 6), train(rng, 2)))
    return [
        pair(rng, "a train and a shaken copy of it", a, near),
        pair(rng, "five and eight spikes", train(rng, 5), train(rng, 8)),
        pair(rng, "seven and four spikes", train(rng, 7), train(rng, 4)),
    ]


@also(trains)
def one_behind(rng):
    """Draw two trains of one length that fit but for a spike at either end."""
    whole = rng.uniform(5, 20) + 25 * np.arange(7) + rng.uniform(-4, 4, 7)
    return pair(
        rng,
        "six spikes each, one train a spike behind",
        whole[:6],
        whole[1:] + rng.uniform(-0.5, 0.5, 6),
    )


@holds()
def greedy(rng):
    """moving each spike to the nearest one is not always the cheapest way"""
    start = rng.uniform(20, 60)
    a = start + np.array([0.0, 4.0, 40.0, 44.0])
    b = start + np.array([-4.5, 1.9, 41.7, 48.3]) + rng.uniform(-0.2, 0.2, 4)
    return pair(rng, "spikes side by side", a, b, q=rng.uniform(0.12, 0.16))


@holds()
def empty(rng):
    """beside an empty train each spike costs 1"""
    return [
        pair(rng, "six spikes and none", train(rng, 6), np.zeros(0)),
        pair(rng, "none and four spikes", np.zeros(0), train(rng, 4)),
        pair(rng, "two empty trains", np.zeros(0), np.zeros(0)),
    ]


@holds()
def limits(rng):
    """with q = 0 only the numbers of spikes count, with a large q few spikes are worth moving"""
    a = train(rng, 4)
    b = np.sort(np.append(train(rng, 5), a[1:3] + rng.uniform(0.2, 0.6, 2)))
    return [
        pair(rng, "moving is free", a, b, q=0.0),
        pair(rng, "moving is dear", a, b, q=rng.uniform(1.2, 1.6)),
    ]


@holds()
def whole_numbers(rng):
    """whole-number inputs give the same as 1.0, 2.0, ..., and the trains are left as they are"""
    times_a, times_b = (np.cumsum(rng.integers(2, 20, count)) for count in (5, 6))
    return pair(rng, "whole-number inputs", times_a, times_b, q=1)


def row_by_row(times_a, times_b, q):
    """Solve in another style: only the last row of the table is kept."""
    last = [float(j) for j in range(len(times_b) + 1)]
    for spike in times_a:
        row = [last[0] + 1]
        for number, other in enumerate(times_b):
            anew = min(last[number + 1], row[number]) + 1
            row.append(min(anew, last[number] + q * abs(spike - other)))
        last = row
    return last[-1]


REFERENCE = exercise("lab8", "victor_purpura", returns=[COST], hints=HINTS, styles=[row_by_row])

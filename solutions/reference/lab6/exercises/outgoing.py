"""Exercise 6.1, ``outgoing``: lists of incoming synapses turned into lists of outgoing ones."""

import numpy as np

from lifkit.judge import Output
from lifkit_staff.exercise import also, case, exercise, holds, line

START = Output(
    name="start",
    why="whole numbers: exact",
    axes=("neuron",),
    shape="(n + 1,)",
    whole=True,
)
TARGETS = Output(
    name="targets",
    why="whole numbers: exact",
    axes=("synapse",),
    shape="(n * C,)",
    whole=True,
)

HINTS = (
    "The idea: each synapse is a pair, who sends and who listens. sources has all pairs sorted by the "
    "listener; sort the same pairs by the sender.",
    "A picture, for sources = [[1, 2], [1, 1], [0, 1]], its entries in one row:\n"
    "place     0  1  2  3  4  5\n"
    "sender    1  2  1  1  0  1\n"
    "listener  0  0  1  1  2  2     the row, so the place divided by C, without the rest\n"
    "Sorted by sender the places come in the order 4, 0, 2, 3, 5, 1. Their listeners are the targets: "
    "2, 0, 1, 1, 2, 0. Sender 0 stands there once, 1 four times, 2 once: that gives start.",
    "A skeleton; what stands for each ___?\n"
    "n, C = ___\n"
    "senders = ___                # all entries in one row\n"
    "order = ___                  # the places, sorted by sender\n"
    "targets = ___                # who listens at these places?\n"
    "start = np.zeros(___, dtype=int)\n"
    "start[1:] = np.cumsum(___)   # how many synapses has each sender?\n"
    "return ___",
)


@holds(weight=3, of="targets")
def listeners(rng):
    """the targets are those who list the neuron, ascending, and twice who lists it twice"""
    return [
        case("six neurons, four inputs each", sources=rng.integers(0, 6, (6, 4))),
        case("twelve neurons, ten inputs each", sources=rng.integers(0, 12, (12, 10))),
        case("nine neurons, an input each", sources=rng.integers(0, 9, (9, 1))),
    ]


@also(listeners)
def equal_sizes(rng):
    """Draw as many inputs as neurons."""
    n = rng.integers(4, 7)
    return case("as many inputs as neurons", sources=rng.integers(0, n, (n, n)))


places = line(
    "places", "start says where each neuron's targets begin", on=[listeners], of="start", weight=2
)


@holds()
def silent(rng):
    """a neuron to which nobody listens has an empty place, the first and the last one too"""
    n = rng.integers(7, 10)
    senders = rng.permutation(np.arange(1, n - 1))[: n - 4]
    return case("neurons that nobody listens to", sources=rng.choice(senders, (n, 3)))


@holds()
def small_integers(rng):
    """the numbers may be of a smaller type (int32)"""
    n = rng.integers(5, 8)
    return case("numbers of four bytes", sources=rng.integers(0, n, (n, 3)).astype(np.int32))


def list_by_list(sources):
    """Solve in another style: a list for each sender, filled synapse by synapse."""
    lists: list[list[int]] = [[] for _ in sources]
    for i, row in enumerate(sources):
        for j in row:
            lists[j].append(i)
    start = [0]
    for one in lists:
        start.append(start[-1] + len(one))
    return start, [i for one in lists for i in one]


REFERENCE = exercise(
    "lab6", "outgoing", returns=[START, TARGETS], hints=HINTS, styles=[list_by_list]
)

"""Exercise 8.3, ``coincidence_factor``: how many of two trains' spikes coincide, above chance."""

import numpy as np

from lifkit.judge import Output
from lifkit_staff.exercise import also, case, exercise, holds

FACTOR = Output(
    name="factor",
    rtol=1e-9,
    atol=1e-12,
    why="a few quotients; the difference above the line cancels to 1e-13 of its terms",
    shape="a number",
)

#: How far every distance keeps from the precision, in ms: rounding decides nothing.
MARGIN = 1e-6

HINTS = (
    "The idea: for each spike of the data ask how far the nearest spike of the model is, and count how "
    "often that is within the precision. Then the formula, with what chance gives taken off.",
    "A picture: data 10, 20, 30 and model 11, 12, 24, 40, precision 2. The nearest ones are 1, 4 (24) "
    "and 6 away, so N_c = 1. The model's rate is n_model/T, and 2 nu p is the part of all time that lies "
    "within p of a spike of such a model.",
    "A skeleton; what stands for each ___?\n"
    "if ___:                                  # one of the trains is empty\n"
    "    return ___\n"
    "distances = ___                          # a row for each data spike, a column for each model spike\n"
    "coincident = np.sum(___)                 # rows whose smallest distance is small enough\n"
    "by_chance = ___                          # 2 nu p\n"
    "return (coincident - ___) / ___ / ___",
)


def train(rng, count, T):
    """Draw `count` spikes, no two within 1 ms."""
    pauses = 1 + rng.exponential(1, count + 1)
    return T * np.cumsum(pauses)[:-1] / np.sum(pauses)


def jittered(rng, times, spread, keep):
    """Keep some of a train's spikes, each moved a little."""
    left = np.sort(rng.permutation(len(times))[:keep])
    return np.sort(times[left] + spread * rng.uniform(-1, 1, keep))


def pair(rng, title, n_data, keep, extra, precision=(2, 4)):
    """Return a case: a model that hits some of the spikes and adds some of its own."""
    T = rng.uniform(300, 500)
    data = train(rng, n_data, T)
    model = np.concatenate([jittered(rng, data, 3, keep), rng.uniform(0, T, extra)])
    return case(title, data=data, model=np.sort(model), T=T, precision=rng.uniform(*precision))


@holds(weight=3)
def models(rng):
    """coincident data spikes less what chance gives, over the mean number of spikes and what is left"""
    return [
        pair(rng, "a model with more spikes than the data", 14, 10, 9),
        pair(rng, "a model with fewer spikes", 19, 9, 2),
    ]


@also(models)
def single(rng):
    """Draw trains of one spike."""
    T, precision = rng.uniform(100, 150), rng.uniform(2, 4)
    several = np.cumsum(rng.uniform(12, 20, 4))
    one = several[[2]] + rng.uniform(-1.5, 1.5)
    given = {"T": T, "precision": precision}
    return [
        case("one spike each", data=several[[2]], model=one, **given),
        case("one data spike, four of the model", data=one, model=several, **given),
        case("four data spikes, one of the model", data=several, model=one, **given),
    ]


@holds(weight=2)
def shared(rng):
    """each data spike counts once, and one model spike may serve two of them"""
    T, precision = rng.uniform(300, 400), rng.uniform(3, 4)
    middle = 40 + np.cumsum(rng.uniform(22, 30, 5))
    twins = np.sort(
        np.concatenate([middle - rng.uniform(0.5, 2.5), middle + rng.uniform(0.5, 2.5)])
    )
    several = np.append(middle, middle[:3] + rng.uniform(1, 2.5))
    return [
        case("two data spikes near one", data=twins, model=middle, T=T, precision=precision),
        case(
            "two model spikes near one",
            data=middle,
            model=np.sort(several),
            T=T,
            precision=precision,
        ),
    ]


@holds()
def worse_than_chance(rng):
    """spikes that avoid each other give a factor below 0, equal trains give 1"""
    T = rng.uniform(200, 300)
    data = 10 + np.cumsum(rng.uniform(14, 18, 9))
    given = {"T": T, "precision": rng.uniform(2, 4)}
    return [
        case("a model that never hits", data=data, model=data[:8] + 7, **given),
        case("equal trains", data=data, model=data.copy(), **given),
    ]


@holds()
def empty(rng):
    """an empty train gives NaN"""
    data, given = train(rng, 5, 200.0), {"T": 200.0, "precision": rng.uniform(2, 4)}
    return [
        case("a silent model", data=data, model=np.zeros(0), **given),
        case("a silent cell", data=np.zeros(0), model=data, **given),
    ]


@holds()
def at_the_edge(rng):
    """a distance of just the precision coincides, and whole numbers do as well"""
    data = 20 * np.arange(1, 7) + rng.integers(0, 4, 6)
    shift = np.array([4, -4, 5, -5, 4, 0])
    return case(
        "distances of just the precision", data=data, model=data + shift, T=200, precision=4
    )


def certify(case):
    """Raise ValueError where a distance is so near to the precision that rounding decides."""
    p = case.inputs
    distances = np.abs(np.subtract.outer(p["data"], p["model"])) - p["precision"]
    if case.group != "at the edge" and np.any(np.abs(distances) < MARGIN):
        raise ValueError(f"{case.name}: a distance is the precision but for rounding")
    if 2 * len(p["model"]) / p["T"] * p["precision"] >= 0.9:
        raise ValueError(f"{case.name}: chance alone would give nearly all coincidences")


def by_search(data, model, T, precision):
    """Solve in another style: the neighbours of each data spike by binary search."""
    if min(len(data), len(model)) == 0:
        return np.nan
    padded = np.concatenate([[-np.inf], model, [np.inf]])
    after = np.searchsorted(model, data) + 1
    nearest = np.minimum(padded[after] - data, data - padded[after - 1])
    hits = np.count_nonzero(nearest <= precision)
    nu = len(model) / T
    expected = 2 * nu * precision * len(data)
    return 2 * (hits - expected) / (len(data) + len(model)) / (1 - 2 * nu * precision)


REFERENCE = exercise(
    "lab8",
    "coincidence_factor",
    returns=[FACTOR],
    hints=HINTS,
    certify=certify,
    styles=[by_search],
)

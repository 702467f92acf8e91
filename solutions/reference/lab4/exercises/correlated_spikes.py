"""Exercise 4.7, ``correlated_spikes``: trains that copy spikes of one source."""

import numpy as np

from lifkit.judge import Output
from lifkit_staff.exercise import also, case, exercise, holds

COUNTS = Output(
    name="counts",
    why="a spike is there or not: exact",
    axes=("step", "train"),
    shape="(N_t, n)",
    double=False,
)

HINTS = (
    "The idea: two questions in each step. Does the source have a spike? That is one answer for all "
    "trains. Does this train copy it? That is one answer a train. Only two times yes is a spike.",
    "A picture: p is rate times dt (Hz and ms need a factor 1/1000), q follows from (10). u_source, N_t "
    "numbers, is asked against p/q; u_copy, a table with a column a train, against q. A column of "
    "answers, made by [:, np.newaxis], meets every column of a table.",
    "A skeleton; what stands for each ___?\n"
    "p = ___\n"
    "q = ___\n"
    "spike = u_source < ___            # N_t answers\n"
    "copy = ___ < q                    # a table of answers\n"
    "both = spike[___] & copy\n"
    "return ___                        # 0 and 1",
)


def trains(rng, title, n, N_t=None, **given):
    """Draw `n` trains in long steps, so that spikes are many."""
    N_t = N_t or rng.integers(30, 45)
    drawn = {
        "dt": rng.uniform(2, 4),
        "rate_hz": rng.uniform(60, 110),
        "c": rng.uniform(0.2, 0.6),
        "u_source": rng.uniform(0, 1, N_t),
        "u_copy": rng.uniform(0, 1, (N_t, n)),
    }
    return case(title, **{**drawn, **given})


@holds(weight=3)
def shared(rng):
    """a train has a spike where the source has one and the train copies it"""
    return [
        trains(rng, "four trains", 4),
        trains(rng, "two trains, weakly correlated", 2, c=rng.uniform(0.05, 0.15)),
        trains(rng, "three trains, strongly correlated", 3, c=rng.uniform(0.8, 0.95)),
    ]


@also(shared)
def one(rng):
    """Draw a single train, and steps of 1 ms or less, with more of them."""
    return [
        trains(rng, "one train", 1),
        trains(rng, "short steps", 3, 60, dt=rng.uniform(0.5, 0.9), rate_hz=rng.uniform(200, 400)),
    ]


@also(shared)
def close(rng):
    """Draw random numbers a hundred-thousandth of themselves off the probabilities."""
    dt, rate_hz, c = rng.uniform(2, 4), rng.uniform(60, 110), rng.uniform(0.2, 0.6)
    p = rate_hz * dt / 1000
    q = p + c * (1 - p)
    near_source, near_copy = (1 + 1e-5 * rng.choice([-1, 1], size) for size in (20, (20, 3)))
    numbers = {"u_source": p / q * near_source, "u_copy": q * near_copy}
    return trains(
        rng, "numbers close to the probabilities", 3, dt=dt, rate_hz=rate_hz, c=c, **numbers
    )


@also(shared)
def equal_sizes(rng):
    """Draw as many trains as steps."""
    n = rng.integers(9, 12)
    return trains(rng, "as many trains as steps", n, n)


@holds()
def ties(rng):
    """a number equal to the probability does not lie below it (<, not <=)"""
    size = rng.integers(7, 10)
    u_source, u_copy = rng.uniform(0, 1, size), rng.uniform(0, 1, (size, 2))
    equal = rng.permutation(size)[:4]
    half = {"dt": 1.0, "rate_hz": 500.0}
    only_source = u_source.copy()
    only_source[equal] = 0.5
    only_copy = u_copy.copy()
    only_copy[equal, [0, 1, 0, 1]] = 0.5
    return [
        trains(
            rng,
            "c = 1, a source's chance of 1/2",
            2,
            c=1.0,
            u_source=only_source,
            u_copy=u_copy,
            **half,
        ),
        trains(
            rng,
            "c = 0, a copy's chance of 1/2",
            2,
            c=0.0,
            u_source=u_source,
            u_copy=only_copy,
            **half,
        ),
    ]


@holds()
def whole_numbers(rng):
    """whole-number inputs give the same as 1.0, 2.0, ..."""
    return trains(rng, "whole-number inputs", 3, dt=2, rate_hz=int(rng.integers(90, 150)))


def certify(case):
    """Raise ValueError if a random number lies so near a probability that rounding could decide.

    In ties it may lie on one: p, q and p/q are 0.5 or 1 there, which every order of operations gives.
    """
    dt, rate_hz, c, u_source, u_copy = case.inputs.values()
    p = rate_hz * dt / 1000
    q = p + c * (1 - p)
    distances = np.append(np.abs(u_source - p / q), np.abs(u_copy - q))
    if case.group == "ties":
        if (dt, rate_hz) != (1, 500) or c not in (0, 1):
            raise ValueError(f"{case.name}: the probabilities are not exact in binary arithmetic")
        distances = distances[distances > 0]
    nearest = distances.min()
    if nearest < 1e-9:
        raise ValueError(f"{case.name}: a random number is {nearest:.1e} from a probability")


def step_by_step(dt, rate_hz, c, u_source, u_copy):
    """Solve in another style: a loop over the steps."""
    chance = rate_hz * dt / 1000
    copying = 1 - (1 - c) * (1 - chance)
    counts = np.zeros(u_copy.shape, dtype=int)
    for k in range(len(u_source)):
        if u_source[k] * copying < chance:
            counts[k, u_copy[k] < copying] = 1
    return counts


REFERENCE = exercise(
    "lab4",
    "correlated_spikes",
    returns=[COUNTS],
    hints=HINTS,
    certify=certify,
    styles=[step_by_step],
)

"""Exercise 6.2, ``lif_network``: neurons that hear each other after a delay."""

from typing import Any

import numpy as np

from lifkit.judge import Output
from lifkit_staff.exercise import also, case, exercise, holds, line

from ...spiking import TIES, VOLTAGE, steps_of
from .outgoing import list_by_list as outgoing

RECORDED = Output(
    name="V",
    unit="mV",
    atol=VOLTAGE.atol,
    why="kicks that arrive together add up in any order: correct solvers differ by 1e-12 mV",
    axes=("step", "recorded neuron"),
    shape="(N_t + 1, len(record))",
)
STEPS = Output(
    name="steps",
    why="row numbers: exact",
    axes=("spike",),
    shape="(number of spikes,)",
    whole=True,
)
NEURONS = Output(
    name="neurons",
    why="numbers of neurons: exact",
    axes=("spike",),
    shape="(number of spikes,)",
    whole=True,
)

HINTS = (
    "The idea: all neurons make their Euler step at once, as in Lab 2. New is the post: what a spike "
    "sends lies in a ring of d rows until the loop comes to the same row of the ring again.",
    "A picture, with d = 3, for a neuron 7 that fires in row 5 and projects to 2 (twice) and 4:\n"
    "row 5   slot 5 % 3 = 2: read, emptied; then J[7] is written to it twice at 2, once at 4\n"
    "row 6   slot 0\n"
    "row 7   slot 1\n"
    "row 8   slot 2 again: V of 2 gets 2 J[7], V of 4 gets J[7], unless they rest",
    "A skeleton; what stands for each ___?\n"
    "n_ref, d = ___, ___                  # whole steps\n"
    "ring, left = ___, ___                # kicks on their way; steps still to rest\n"
    "for k in range(___):\n"
    "    slot = ___\n"
    "    V_now = ___                      # Euler's step, then spikes from outside, then the ring\n"
    "    ring[slot] = ___\n"
    "    held = ___                       # who rests\n"
    "    V_now[held] = ___\n"
    "    left = ___                       # a step less\n"
    "    fired = np.nonzero(___)[0]\n"
    "    V_now[fired], left[fired] = ___, ___\n"
    "    V[k + 1] = ___                   # of those in record\n"
    "    for j in ___:\n"
    "        np.add.at(ring[slot], ___, ___)   # at the targets of j\n"
    "        ___                               # note row and neuron",
)


def network(rng, n, N_t, *, C=3, kick=2.0, mean=0.9, rest=2, away=4, **given):
    """Draw a network of `n` neurons, a third of them inhibitory; `rest` and `away` are in steps."""
    E_m, dt, J_ext = rng.uniform(-72, -66), rng.uniform(0.4, 0.6), rng.uniform(1.7, 2.3)
    sources = rng.integers(0, n, (n, C))
    sources[:, 1] = sources[:, 0]  # two synapses of the same neuron
    start, targets = outgoing(sources)
    J = kick * rng.uniform(0.7, 1.3, n) * np.where(np.arange(n) < 2 * n / 3, 1, -1.2)
    drawn = {
        "dt": dt,
        "V_init": E_m + rng.uniform(1, 9, n),
        "E_m": E_m,
        "V_theta": E_m + rng.uniform(10, 12),
        "V_reset": E_m + rng.uniform(2, 4),
        "tau": rng.uniform(9, 16),
        "t_ref": dt * rest,
        "J_ext": J_ext,
        "counts_ext": rng.poisson(mean, (N_t, n)),
        "start": np.array(start),
        "targets": np.array(targets),
        "J": np.round(J, 2),
        "delay": dt * away,
        "record": rng.permutation(n)[:3],
    }
    return {**drawn, **given}


@holds(weight=2, of="V")
def membrane(rng):
    """without spikes it is the passive membrane, lifted by the spikes from outside"""
    n, N_t = 5, rng.integers(9, 13)
    return case("no neuron reaches threshold", **network(rng, n, N_t, V_theta=0.0))


@holds(weight=2, of="V")
def rest(rng):
    """who reaches V_theta goes to V_reset, rests there, and is deaf meanwhile"""
    n, N_t = 5, rng.integers(18, 24)
    return [
        case("neurons without synapses", **network(rng, n, N_t, mean=1.6, rest=3, J=np.zeros(n))),
        case("without a rest", **network(rng, n, N_t, mean=1.6, rest=0, J=np.zeros(n))),
    ]


@holds(weight=3, of="V")
def arrivals(rng):
    """a spike of row k reaches each target in row k + round(delay/dt), once for each synapse"""
    return [
        case("a delay of four steps", **network(rng, 7, rng.integers(24, 29))),
        case("a delay of one step", **network(rng, 6, rng.integers(19, 23), away=1, rest=1)),
        case("one recorded neuron", **network(rng, 5, 20, record=rng.permutation(5)[:1])),
    ]


@also(arrivals)
def equal_sizes(rng):
    """Draw as many neurons as steps, and as many recorded ones as rows."""
    n = 12
    given = {"mean": 2.0, "away": 3, "record": rng.permutation(n), "fingerprint": False}
    return [
        case("as many neurons as steps", **network(rng, n, n, **given)),
        case("as many recorded as rows", **network(rng, n, n - 1, **given)),
    ]


@holds(weight=2, of="V")
def senders(rng):
    """the size and the sign of a kick are those of the neuron that fired"""
    n = 6
    J = np.round(rng.uniform(1, 3, n) * np.array([1, -1, 1, -1, 1, 1]), 2)
    return case("kicks of all sizes", **network(rng, n, rng.integers(22, 27), away=3, J=J))


@holds(of=("V", "steps", "neurons"))
def rounding(rng):
    """times become steps by rounding, never up or down"""
    # Whole numbers of steps whose quotients come out just below, 0.7/0.1, 1.2/0.1, or above, 2.1/0.3.
    dense = {"mean": 1.1, "dt": 0.1, "J_ext": 1.5, "C": 4, "kick": 3.0}
    return [
        case("times of whole steps", **network(rng, 6, 40, **dense, t_ref=1.2, delay=0.7)),
        case(
            "times of whole steps of 0.3 ms",
            **network(rng, 6, 40, **dense | {"dt": 0.3}, t_ref=2.7, delay=2.1),
        ),
    ]


@holds(of=("V", "steps", "neurons"))
def ties(rng):
    """a voltage that just reaches V_theta is a spike (>=, not >)"""
    shift = float(rng.integers(-8, 9))  # moving every voltage by a whole number keeps a tie exact
    counts = np.zeros((6, 3), dtype=int)
    counts[1, 0] = counts[2, 1] = 1
    start, targets = outgoing(np.array([[1], [0], [0]]))
    return case(
        "neurons that touch the threshold exactly",
        dt=1.0,
        V_init=np.full(3, -60.0 + shift),
        E_m=-60.0 + shift,
        V_theta=-50.0 + shift,
        V_reset=-64.0 + shift,
        tau=2.0,
        t_ref=1.0,
        J_ext=10.0,
        counts_ext=counts,
        start=np.array(start),
        targets=np.array(targets),
        J=np.array([4.0, 2.0, 8.0]),
        delay=2.0,
        record=np.array([2, 0, 1]),
    )


@holds(of=("V", "steps", "neurons"))
def whole_numbers(rng):
    """whole-number inputs give the same as 1.0, 2.0, ..., and the counts may be of single bytes"""
    n, E_m = 6, int(rng.integers(-72, -66))
    given: dict[str, Any] = {
        "dt": 1,
        "E_m": E_m,
        "V_theta": E_m + 13,
        "V_reset": E_m + 3,
        "tau": 17,
        "J_ext": 3,
    }
    given |= {"t_ref": 2, "delay": 3, "J": np.array([4, 3, -5, 2, 6, -3])}
    given["V_init"] = E_m + rng.integers(1, 9, n)
    drawn = network(rng, n, rng.integers(20, 25), mean=1.0)
    given["counts_ext"] = drawn["counts_ext"].astype(np.uint8)
    return case("whole-number inputs", **drawn | given)


spikes = line(
    "spikes",
    "steps and neurons tell of each spike, sorted by row, then by neuron",
    on=[membrane, rest, arrivals, senders],
    of=("steps", "neurons"),
    weight=2,
)


def without_a_ring(
    dt,
    V_init,
    E_m,
    V_theta,
    V_reset,
    tau,
    t_ref,
    J_ext,
    counts_ext,
    start,
    targets,
    J,
    delay,
    record,
):
    """Solve in another style: a table of all arrivals, and neuron after neuron."""
    N_t, n = counts_ext.shape
    rests, d = round(t_ref / dt), round(delay / dt)
    arriving = np.zeros((N_t + d + 1, n))
    awake, rows, spikes = [0] * n, [np.array(V_init, dtype=float)], []
    for k in range(1, N_t + 1):
        old = rows[-1]
        v = old - dt * (old - E_m) / tau + J_ext * counts_ext[k - 1] + arriving[k]
        for i in range(n):
            if k < awake[i]:
                v[i] = V_reset
            elif v[i] >= V_theta:
                v[i], awake[i] = V_reset, k + rests + 1
                spikes.append((k, i))
                for place in range(start[i], start[i + 1]):
                    arriving[k + d, targets[place]] += J[i]
        rows.append(v)
    steps, neurons = np.array(spikes, dtype=int).reshape(-1, 2).T
    return np.array(rows)[:, record], steps, neurons


def certify(case):
    """Raise ValueError if correct solvers could disagree on a spike, or on a number of steps.

    Ties are whole numbers in binary arithmetic, in every row; all others keep 1e-6 mV from the threshold.
    """
    p = dict(case.inputs)
    for name in ("t_ref", "delay"):
        ratio = p[name] / p["dt"]
        if abs(ratio - round(ratio)) > 1e-6:
            raise ValueError(f"{case.name}: {name}/dt = {ratio:g} is no whole number")
    margin = margin_of(**p)
    if case.group == TIES:
        if margin != 0:
            raise ValueError(f"{case.name}: no neuron touches the threshold")
    elif margin < 1e-6:
        raise ValueError(f"{case.name}: a neuron passes threshold with a margin of {margin:.1e} mV")


def margin_of(V_theta, record, **p):
    """Return the smallest distance from the threshold of a voltage that is tested, in mV.

    Each row is made again from the one before, with the spikes of the whole run.
    """
    N_t, n = p["counts_ext"].shape
    V, steps, neurons = without_a_ring(V_theta=V_theta, record=np.arange(n), **p)
    rests, d = steps_of(p["t_ref"], p["dt"]), steps_of(p["delay"], p["dt"])
    arriving, tested = np.zeros((N_t + d + 1, n)), np.ones((N_t + 1, n), dtype=bool)
    for k, j in zip(steps, neurons, strict=True):
        np.add.at(arriving[k + d], p["targets"][p["start"][j] : p["start"][j + 1]], p["J"][j])
        tested[k + 1 : k + 1 + rests, j] = False
    old = V[:-1]
    new = old + p["dt"] / p["tau"] * (p["E_m"] - old) + p["J_ext"] * p["counts_ext"]
    return np.abs(new + arriving[1 : N_t + 1] - V_theta)[tested[1:]].min()


REFERENCE = exercise(
    "lab6",
    "lif_network",
    returns=[RECORDED, STEPS, NEURONS],
    hints=HINTS,
    certify=certify,
    styles=[without_a_ring],
    builds_on=["outgoing"],
)

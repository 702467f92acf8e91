"""Exercise 7.5, ``lif_plastic``: a leaky integrate-and-fire neuron that learns from its own spikes."""

from fractions import Fraction

import numpy as np

from lifkit.judge import Output
from lifkit_staff.exercise import also, case, exercise, holds, line

from ...plastic import draw_window
from ...spiking import TIES, V_ATOL

OUTPUTS = (
    Output(
        name="V",
        unit="mV",
        atol=V_ATOL,
        why="correct solvers differ by 1e-13 mV over some sixty steps before a spike moves",
        axes=("step",),
        shape="(N_t + 1,)",
    ),
    Output(
        name="spikes",
        why="a spike is there or not: exact",
        axes=("step",),
        shape="(N_t + 1,)",
        double=False,
    ),
    Output(
        name="w",
        unit="mV",
        atol=1e-10,
        why="sums of a hundred changes below 0.3 mV: correct orders differ by 1e-14",
        axes=("note", "synapse"),
        shape="(N_t // every + 1, n)",
    ),
)

HINTS = (
    "The idea: your solver of Lab 2 for one neuron, with one step of 7.3 put before each step of the "
    "membrane. What was post is now the neuron's own spikes[k]; what was pre is counts[k].",
    "The picture of step k: traces decay -> weights change by counts[k], spikes[k] and are cut off -> "
    "traces are raised by the same -> V[k + 1] from V[k], and a kick that adds up the new weights of the "
    "synapses with a spike -> threshold, reset, spikes[k + 1] -> after step number `every` (k + 1 "
    "steps are done now) the weights are noted.",
    "A skeleton; what stands for each ___?\n"
    "V, spikes, w = ___, ___, ___            # w: a row for each note\n"
    "weights, x, y = ___, ___, ___           # those of now\n"
    "for k in range(___):\n"
    "    x, y = ___, ___                     # decay\n"
    "    weights = np.clip(weights + ___ - ___, ___, ___)\n"
    "    x, y = ___, ___                     # raise\n"
    "    V[k + 1] = V[k] + ___ + ___         # leak, and the sum of the kicks\n"
    "    if ___:\n"
    "        ___                             # reset and note the spike\n"
    "    if (k + 1) % ___ == 0:\n"
    "        w[___] = weights\n"
    "return ___",
)


def neuron(rng, n, N_t, busy=0.3, **given):
    """Draw a neuron with n synapses, each with a spike in this part of the steps."""
    E_m, room = rng.uniform(-72, -66), rng.uniform(11, 15)
    drawn = {
        "dt": rng.uniform(1.2, 1.8),
        "V_init": E_m + rng.uniform(2, 5),
        "E_m": E_m,
        "V_theta": E_m + room,
        "V_reset": E_m + rng.choice([-1, 1]) * rng.uniform(4, 7),
        "tau": rng.uniform(9, 16),
        "counts": (rng.random((N_t, n)) < busy).astype(int),
        "w_init": rng.uniform(4, 6, n) * 3 / n,
        "w_max": 24.0 / n,
        "every": 4,
    }
    return {**drawn, **draw_window(rng, 6.0 / n), **given}


def until_a_spike(given):
    """Return the inputs of a run that ends with a spike, where there is one."""
    _, spikes, _ = weights_in_a_list(**given)
    steps = np.nonzero(spikes)[0]
    return given | {"counts": given["counts"][: steps[-1]]} if steps.size else given


@holds(weight=2, of="V")
def kicks(rng):
    """each arrival kicks V by its weight in the row after it, and V leaks"""
    far = neuron(rng, 3, rng.integers(9, 12), every=2)
    far["V_theta"] += 60.0  # out of reach: so nothing is learned either
    return case("a neuron that never fires", **far)


@holds(weight=3, of=("V", "spikes"))
def firing(rng):
    """it fires and is reset like any other, with the weights of its step"""
    return [
        case("three synapses", **neuron(rng, 3, rng.integers(37, 42))),
        case("one synapse", **until_a_spike(neuron(rng, 1, rng.integers(33, 38), 0.5))),
        case("two synapses, all weights noted", **neuron(rng, 2, rng.integers(25, 30), every=1)),
    ]


learning = line(
    "learning",
    "the kick before a spike strengthens, one after it weakens, as in 7.3",
    on=[firing],
    of="w",
    weight=3,
)


@also(firing)
def equal_sizes(rng):
    """As many synapses as steps."""
    return case("as many synapses as steps", **neuron(rng, 9, 9, 0.6, every=1))


@holds(weight=2)
def walls(rng):
    """weights stay between 0 and w_max"""
    near = np.array([0.02, 0.98, 0.95, 0.05])
    few = {"w_max": 6.0, "w_init": 6.0 * near, "every": 5}
    return case("weights near the walls", **neuron(rng, 4, 43, 0.35, **few))


@holds(weight=1, of=("V", "spikes"))
def ties(rng):
    """a voltage that just reaches V_theta is a spike (>=, not >)"""
    shift = float(rng.integers(-8, 9))  # moving every voltage by a whole number keeps a tie exact
    counts = np.zeros((6, 2), dtype=int)
    counts[0, 0] = counts[3, 1] = 1
    return case(
        "kicks that just reach the threshold",
        V_init=-60.0 + shift,
        E_m=-60.0 + shift,
        V_theta=-50.0 + shift,
        V_reset=-60.0 + shift,
        dt=1.0,
        tau=2.0,
        counts=counts,
        w_init=np.array([10.0, 10.0]),
        w_max=16.0,
        A_plus=2.0,
        A_minus=0.0,  # so that the second synapse's weight is 10 exactly when it kicks
        tau_plus=15.0,
        tau_minus=20.0,
        every=2,
    )


@holds()
def whole_numbers(rng):
    """counts may be small integers (int8), and whole-number inputs give the same as 1.0, 2.0, ..."""
    E_m = int(rng.integers(-72, -65))
    whole = {"dt": 1, "V_init": E_m + 3, "E_m": E_m, "V_theta": E_m + 13, "V_reset": E_m - 5}
    whole |= {"w_init": rng.integers(5, 9, 2), "w_max": 15, "tau": int(rng.integers(11, 16))}
    whole |= {"A_plus": 1, "A_minus": 2, "tau_plus": 17, "tau_minus": 23}
    small = neuron(rng, 2, 22)
    small["counts"] = small["counts"].astype(np.int8)
    return [
        case("counts in single bytes", **small),
        case("whole-number inputs", **neuron(rng, 2, 25, **whole)),
    ]


def weights_in_a_list(
    dt,
    V_init,
    E_m,
    V_theta,
    V_reset,
    tau,
    counts,
    w_init,
    w_max,
    A_plus,
    A_minus,
    tau_plus,
    tau_minus,
    every,
):
    """Solve in another style: a loop over the rows of counts, the notes in a list."""
    V, spikes = [V_init], [0]
    weights = np.array(w_init, dtype=float)
    notes, x, y = [weights], np.zeros(len(weights)), 0.0
    for arrived in counts:
        x = np.exp(-dt / tau_plus) * x
        y = np.exp(-dt / tau_minus) * y
        weights = weights + A_plus * x * spikes[-1] - A_minus * y * arrived
        weights = np.minimum(np.maximum(weights, 0), w_max)
        x = x + arrived
        y = y + spikes[-1]
        new = (1 - dt / tau) * V[-1] + dt / tau * E_m + np.sum(weights[arrived > 0])
        fired = new >= V_theta
        V.append(V_reset if fired else new)
        spikes.append(int(fired))
        if (len(V) - 1) % every == 0:
            notes.append(weights)
    return np.array(V), np.array(spikes), np.array(notes)


def certify(case):
    """Raise ValueError if correct solvers could disagree on a spike, or if a case shows too little.

    A tie must be exact in rational numbers; all other voltages keep 1e-6 mV from the threshold.
    """
    p = dict(case.inputs)
    V, spikes, w = weights_in_a_list(**p | {"every": 1})
    step = {"dt": p["dt"], "tau": p["tau"], "E_m": p["E_m"]}
    kicks = (p["counts"] * w[1:]).sum(axis=1)
    updated = leaked(V[:-1], **step) + kicks
    if case.group == TIES:
        exact = {name: Fraction(value) for name, value in step.items()}
        rows = zip(V[:-1], kicks, strict=True)
        right = [leaked(Fraction(v), **exact) + Fraction(kick) for v, kick in rows]
        touched = [row for row, v in enumerate(right) if v == Fraction(p["V_theta"])]
        if any(Fraction(updated[row]) != right[row] for row in touched) or len(touched) < 2:
            raise ValueError(f"{case.name}: the tie is not exact in binary arithmetic")
        return
    margin = np.abs(updated - p["V_theta"]).min()
    if margin < 1e-6:
        raise ValueError(f"{case.name}: the neuron passes threshold with {margin:.1e} mV to spare")
    if case.group == "kicks":
        return
    if not 3 <= spikes.sum() <= len(V) / 3:
        raise ValueError(f"{case.name}: the neuron fires {spikes.sum()} times")
    edges = (w == 0).any(), (w == p["w_max"]).any()
    if case.group == "walls" and not (all(edges) and shown(p, w)):
        raise ValueError(f"{case.name}: the walls are not met")
    if case.group == "firing" and any(edges):
        raise ValueError(f"{case.name}: a weight meets a wall")


def shown(p, w):
    """Whether each of the walls leaves its mark on the last weights."""
    low = weights_in_a_list(**p | {"every": 1, "w_max": np.inf})[2]
    lifted = p | {"w_init": p["w_init"] + 100, "w_max": p["w_max"] + 100}
    return (
        abs(low[-1] - w[-1]).max() > 0.01
        and abs(weights_in_a_list(**lifted | {"every": 1})[2][-1] - 100 - w[-1]).max() > 0.01
    )


def leaked(V, dt, tau, E_m):
    """Return what is left of voltages after one step of Euler, without kicks."""
    return V + dt / tau * (E_m - V)


REFERENCE = exercise(
    "lab7",
    "lif_plastic",
    returns=OUTPUTS,
    hints=HINTS,
    certify=certify,
    styles=[weights_in_a_list],
    builds_on=["stdp_traces", "lif_euler"],
)

"""Exercise 7.3, ``stdp_traces``: the sum over all pairs, step by step."""

import numpy as np

from lifkit.judge import Output
from lifkit_staff.exercise import also, case, exercise, holds, line

from ...plastic import draw_train, draw_window

WEIGHTS = Output(
    name="w",
    atol=1e-12,
    why="some thirty steps on numbers below 100: correct orders differ by 1e-13",
    axes=("step", "synapse"),
    shape="(N_t + 1, n)",
)


def trace(name, axes, shape):
    """Return the trace of one side."""
    return Output(
        name=name,
        rtol=1e-12,
        why="a decaying sum of terms of one sign: nothing cancels, and correct orders differ by 1e-14",
        axes=axes,
        shape=shape,
    )


OUTPUTS = (
    WEIGHTS,
    trace("x", ("step", "synapse"), "(N_t + 1, n)"),
    trace("y", ("step",), "(N_t + 1,)"),
)

HINTS = (
    "The idea: x and y are the synaptic traces of Lab 4 with jumps of 1 and an exact decay. They only "
    "remember. The weights look at them at spikes: at the neuron's spike at x, at the synapse's at y.",
    "A picture of one row, from left to right: what is left of x and y -> the weights look -> x and y "
    "are raised. What is left is the old trace times exp(-dt/tau), tau_plus for x and tau_minus for y. "
    "post[k + 1] is one number that holds for all synapses, pre[k + 1] has one entry each.",
    "A skeleton; what stands for each ___?\n"
    "w, x, y = ___, ___, ___                   # y has no columns\n"
    "w[0] = ___\n"
    "for k in range(___):\n"
    "    x_decayed, y_decayed = ___, ___       # from row k\n"
    "    stronger = ___ * post[k + 1]\n"
    "    weaker = ___ * pre[k + 1]\n"
    "    w[k + 1] = np.clip(___, 0, ___)\n"
    "    x[k + 1], y[k + 1] = ___, ___\n"
    "return ___",
)


def synapses(rng, title, pre, post, **given):
    """Return a case with these spikes; the weights start in the middle of their range."""
    drawn = {
        "dt": rng.uniform(2, 4),
        "pre": pre,
        "post": post,
        "w_init": rng.uniform(0.8, 1.2, pre.shape[1]),
        "w_max": rng.uniform(1.9, 2.2),
    }
    return case(title, **{**drawn, **draw_window(rng), **given})


def busy(rng, n_rows, n, n_pre=5, n_post=4):
    """Draw spikes of n synapses, and of the neuron in other rows; in the last row one of them."""
    post = np.append(draw_train(rng, n_rows - 1, n_post), 0)
    pre = np.column_stack([draw_train(rng, n_rows, n_pre) for _ in range(n)])
    pre[post > 0] = 0
    pre[-1] = np.arange(n) == rng.integers(n)
    if n == 1:
        pre[-1], post[-1] = 0, 1
    return pre, post


@holds(weight=3, of="w")
def pairs(rng):
    """inputs before a spike strengthen, inputs after it weaken, by all pairs so far"""
    return [
        synapses(rng, "three synapses", *busy(rng, rng.integers(18, 24), 3)),
        synapses(rng, "one synapse", *busy(rng, rng.integers(18, 24), 1)),
    ]


@also(pairs)
def equal_sizes(rng):
    """As many synapses as rows, and as steps."""
    n = rng.integers(7, 9)
    return [
        synapses(rng, "as many synapses as rows", *busy(rng, n, n, 3, 3)),
        synapses(rng, "as many synapses as steps", *busy(rng, n + 1, n, 3, 3)),
    ]


traces = line(
    "traces",
    "each spike raises its own trace by 1, and traces decay by exp(-dt/tau) a step",
    on=[pairs],
    of=("x", "y"),
    weight=2,
)


@holds(of="w")
def ties(rng):
    """a pair in one and the same row changes nothing by itself"""
    pre, post = busy(rng, 17, 3)
    pre[np.nonzero(post)[0][1:], [0, 1, 2]] = 1
    lonely = np.zeros((9, 1), dtype=int)
    lonely[4] = 1
    return [
        synapses(rng, "some spikes in the same row", pre, post),
        synapses(rng, "one spike each, in the same row", lonely, lonely[:, 0].copy()),
    ]


@holds(weight=2, of="w")
def walls(rng):
    """weights stay between 0 and w_max, cut off once in each row"""
    pre, post = busy(rng, 20, 4, 5, 5)
    near = {"w_max": 2.0, "w_init": np.array([1.97, 0.02, 1.99, 0.01])}
    both = np.zeros((8, 2), dtype=int)
    both[[1, 6], 0] = both[[2, 6], 1] = 1
    fires = np.zeros(8, dtype=int)
    fires[[2, 6]] = 1  # in row 6 all spikes come at once, and every trace has something left
    low = np.zeros((8, 2), dtype=int)
    low[[2, 6], 0] = low[[3, 6], 1] = 1
    early = np.zeros(8, dtype=int)
    early[[1, 6]] = 1  # in row 6 what weakens is larger
    top = {"w_max": 2.0, "w_init": np.array([2.0, 1.99])}
    bottom = {"w_max": 2.0, "w_init": np.array([0.0, 0.01])}
    return [
        synapses(rng, "weights near the walls", pre, post, **near),
        synapses(rng, "up and down in one row, at the upper wall", both, fires, **top),
        synapses(rng, "up and down in one row, at the lower wall", low, early, **bottom),
    ]


@holds()
def whole_numbers(rng):
    """spikes may be small integers (int8), and whole-number inputs give the same as 1.0, 2.0, ..."""
    pre, post = busy(rng, 15, 2)
    small = {"pre": pre.astype(np.int8), "post": post.astype(np.int8)}
    whole = {"dt": 3, "w_init": rng.integers(20, 40, 2), "w_max": 60}
    whole |= {"A_plus": 3, "A_minus": 4, "tau_plus": 17, "tau_minus": int(rng.integers(22, 30))}
    return [
        synapses(rng, "spikes in single bytes", **small),
        synapses(rng, "whole-number inputs", *busy(rng, 14, 2), **whole),
    ]


def rows_in_lists(dt, pre, post, w_init, w_max, A_plus, A_minus, tau_plus, tau_minus):
    """Solve in another style: a loop over the rows of the spikes, results in lists."""
    w, x, y = np.array(w_init, dtype=float), np.zeros(pre.shape[1]), 0.0
    rows, left, right = [w], [x], [y]
    for arrived, fired in zip(pre[1:], post[1:], strict=True):
        x = np.exp(-dt / tau_plus) * x
        y = np.exp(-dt / tau_minus) * y
        w = w + (A_plus * x if fired else 0) - A_minus * y * arrived
        w = np.minimum(np.maximum(w, 0), w_max)
        x = x + arrived
        y = y + fired
        rows.append(w)
        left.append(x)
        right.append(y)
    return np.array(rows), np.array(left), np.array(right)


def cut_twice(dt, pre, post, w_init, w_max, A_plus, A_minus, tau_plus, tau_minus, down_first):
    """Return the last weights of who cuts off after the strengthening and after the weakening."""
    w, x, y = np.array(w_init, dtype=float), np.zeros(pre.shape[1]), 0.0
    for arrived, fired in zip(pre[1:], post[1:], strict=True):
        x, y = np.exp(-dt / tau_plus) * x, np.exp(-dt / tau_minus) * y
        changes = [A_plus * x * fired, -A_minus * y * arrived]
        for change in reversed(changes) if down_first else changes:
            w = np.clip(w + change, 0, w_max)
        x, y = x + arrived, y + fired
    return w


def certify(case):
    """Raise ValueError if the cases at the walls don't meet them, or hide a second cut."""
    p = dict(case.inputs)
    w, *_ = rows_in_lists(**p)
    if case.group == "walls" and len(w) > 8:
        free, *_ = rows_in_lists(**p | {"w_max": np.inf, "w_init": p["w_init"] + 100})
        free = free - 100  # as if there were no walls
        if min(p["w_max"] - free.max(), free.min()) > -0.01 or abs(w[-1] - free[-1]).min() < 0.01:
            raise ValueError(f"{case.name}: the walls leave no mark")
    elif case.group == "walls":
        down_first = p["w_init"].max() < 0.5 * p["w_max"]  # who starts at the lower wall
        if abs(cut_twice(**p, down_first=down_first) - w[-1]).min() < 1e-3:
            raise ValueError(f"{case.name}: cut off once or twice is the same")
    elif case.group == "pairs" and (w.min() < 0.05 or w.max() > p["w_max"] - 0.05):
        raise ValueError(f"{case.name}: a weight meets a wall")


REFERENCE = exercise(
    "lab7",
    "stdp_traces",
    returns=OUTPUTS,
    hints=HINTS,
    certify=certify,
    styles=[rows_in_lists],
    builds_on=[],
)

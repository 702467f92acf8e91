"""Exercise 8.6, ``fit_passive``: a passive membrane fitted to a recording by least squares."""

import numpy as np

from lifkit.judge import Output
from lifkit_staff.exercise import also, case, exercise, holds

WHY = "a regression of some hundred steps; normal equations and lstsq differ by 1e-11"


def parameter(name, unit):
    """Make the output of one parameter."""
    return Output(name=name, unit=unit, rtol=1e-7, why=WHY, shape="a number")


OUTPUTS = [parameter("E_m", "mV"), parameter("g_m", "uS"), parameter("tau", "ms")]

HINTS = (
    "The idea: a table with a row for each step and three columns, and a list of what V did in each step. "
    "Leave out the rows that do not count, let lstsq find the three coefficients, and solve for the "
    "parameters.",
    "The equation: the three columns are 1, V[k] and I[k], all at the start of the step; what V does in it "
    "is V[k + 1] - V[k]. From c_1 comes tau, from c_0 and c_1 comes E_m (tau cancels), from c_1 and c_2 g_m.",
    "A skeleton; what stands for each ___?\n"
    "X = np.column_stack([___, ___, ___])     # one row a step\n"
    "y = ___                                  # one entry a step\n"
    "c_0, c_1, c_2 = np.linalg.lstsq(X[___], ___, rcond=None)[0]\n"
    "return ___, ___, ___",
)


def recording(rng, title, N_t, noise, push=0.0):
    """Draw a passive membrane under a changing current, with noise and some spikes cut out.

    A `push`, in mV, comes in one of the steps that count.
    """
    E_m, g_m, tau = rng.uniform(-74, -64), rng.uniform(0.01, 0.03), rng.uniform(9, 22)
    dt = rng.uniform(0.2, 0.45)
    I = 0.3 + np.cumsum(rng.uniform(-0.06, 0.06, N_t))
    V = np.zeros(N_t + 1)
    V[0] = E_m + rng.uniform(2, 6)
    kept, outside = np.ones(N_t, dtype=bool), np.zeros(N_t)
    for start in rng.integers(5, N_t - 8, 4):
        kept[start : start + 6] = False
        outside[start : start + 5] = rng.uniform(4, 9)  # what is no passive membrane
    pushes = outside + noise * rng.uniform(-1, 1, N_t)
    pushes[np.flatnonzero(kept)[N_t // 2]] += push
    for k in range(N_t):
        V[k + 1] = V[k] + dt / tau * (E_m - V[k] + I[k] / g_m) + pushes[k]
    return case(title, dt=dt, I=I, V=V, keep=kept)


@holds(weight=2)
def exact(rng):
    """without noise it finds the very membrane, whatever happens in the steps that do not count"""
    return recording(rng, "no noise", 90, 0)


@holds(weight=2)
def noisy(rng):
    """with noise it is the least-squares solution over the steps that count"""
    return [recording(rng, f"noise, recording {k}", 110, 0.3) for k in (1, 2)]


@also(noisy)
def outlier(rng):
    """Draw noise and, in a step that counts as any other, a large push."""
    return recording(rng, "noise, and a large push in a step that counts", 110, 0.3, push=6.0)


@holds()
def whole_numbers(rng):
    """whole-number inputs give the same as 1.0, 2.0, ..."""
    V = -70 + np.cumsum(rng.integers(-3, 4, 41))
    push = np.append(np.diff(V), 0)[:40] + (V[:-1] + 70) // 4
    return case(
        "whole-number inputs",
        dt=1,
        I=2 * push + rng.integers(1, 5, 40),
        V=V,
        keep=np.arange(40) % 9 > 1,
    )


def certify(case):
    """Raise ValueError where the three columns are so alike that rounding shows."""
    p = case.inputs
    X = np.column_stack([np.ones(len(p["I"])), p["V"][:-1] + 70, p["I"]])[p["keep"]]
    if np.linalg.cond(X) > 1e4:
        raise ValueError(f"{case.name}: the columns are too alike")
    c = np.linalg.lstsq(X, np.diff(p["V"])[p["keep"]], rcond=None)[0]
    if not (c[1] < -1e-3 and abs(c[2]) > 1e-3):
        raise ValueError(f"{case.name}: a slope is near 0")


def by_normal_equations(dt, I, V, keep):
    """Solve in another style: means taken off, two equations solved by hand."""
    y, v, i = (V[1:] - V[:-1])[keep], V[:-1][keep], I[keep]
    dy, dv, di = y - y.mean(), v - v.mean(), i - i.mean()
    vv, ii, vi = dv @ dv, di @ di, dv @ di
    slope = (ii * (dv @ dy) - vi * (di @ dy)) / (vv * ii - vi**2)
    push = (vv * (di @ dy) - vi * (dv @ dy)) / (vv * ii - vi**2)
    rest = v.mean() - (y.mean() - push * i.mean()) / slope
    return rest, -slope / push, -dt / slope


REFERENCE = exercise(
    "lab8",
    "fit_passive",
    returns=OUTPUTS,
    hints=HINTS,
    certify=certify,
    styles=[by_normal_equations],
)

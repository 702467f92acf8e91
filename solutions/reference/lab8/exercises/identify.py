"""Exercise 8.1, ``identify``: six numbers from three recordings."""

import numpy as np

from lifkit.judge import Output
from lifkit_staff.exercise import case, exercise, holds, line

from ..recordings import E_M, G_M, RESET, T_REF, TAU, THETA, recordings

WHY = (
    "an estimate by any method, and the solution itself is within a quarter of the tolerance of the "
    "neuron in every case (see recordings.py)"
)


def estimate(name, unit, **tolerance):
    """Make the output of one parameter."""
    return Output(name=name, unit=unit, why=WHY, shape="a number", **tolerance)


OUTPUTS = [
    estimate("E_m", "mV", atol=E_M),
    estimate("g_m", "uS", rtol=G_M),
    estimate("tau", "ms", rtol=TAU),
    estimate("V_theta", "mV", atol=THETA),
    estimate("V_reset", "mV", atol=RESET),
    estimate("t_ref", "ms", atol=T_REF),
]

HINTS = (
    "The idea: one number at a time, each from the stretch of a recording where nothing else matters, "
    "and averaged over as many samples as that stretch has. What is known already helps with the next.",
    "A picture. Before the current: V is E_m. Column 0 ends flat, I/g_m away from E_m; on the way there "
    "the area between V and the flat end is tau times the whole way (or fit a straight line to a "
    "logarithm, or least squares). Column 2: a slow ramp's V lags tau behind E_m + I/g_m, so the current "
    "of tau before the spike says where the threshold is. Column 1: each row of a spike holds V_reset, "
    "and V stays there for t_ref before it rises by dt/tau of the way to its steady state in a step.",
    "A skeleton; what stands for each ___?\n"
    "on = ___                          # the first step with a current\n"
    "E_m = ___                         # a mean over everything before it\n"
    "low = ___                         # where column 0 ends\n"
    "g_m = ___ / (low - E_m)\n"
    "tau = dt * np.sum(___) / ___      # area over height\n"
    "first = ___                       # the row of the ramp's first spike\n"
    "V_theta = E_m + I[___, 2] / g_m\n"
    "rows = ___                        # the rows of column 1's spikes\n"
    "V_reset = ___\n"
    "after = ___                       # the mean course of V after a spike\n"
    "t_ref = dt * ___                  # how many steps until it has left V_reset\n"
    "return ___",
)


@holds(of=("E_m", "g_m"))
def clean(rng, solve):
    """E_m and g_m, read off recordings without noise"""
    return [case(f"recording {k} without noise", **recordings(rng, solve, 0.0)) for k in (1, 2)]


course = line("clean tau", "tau, read off recordings without noise", on=[clean], of="tau")
threshold = line(
    "clean threshold",
    "V_theta and V_reset, read off recordings without noise",
    on=[clean],
    of=("V_theta", "V_reset"),
)
pause = line("clean pause", "t_ref, read off recordings without noise", on=[clean], of="t_ref")


@holds(of=("E_m", "g_m", "tau"), weight=2)
def noisy(rng, solve):
    """E_m, g_m and tau, in spite of recording noise"""
    return [case(f"recording {k} with noise", **recordings(rng, solve, 0.1)) for k in (3, 4)]


spiking = line(
    "noisy spikes",
    "V_theta, V_reset and t_ref, in spite of recording noise",
    on=[noisy],
    of=("V_theta", "V_reset", "t_ref"),
    weight=2,
)


def by_least_squares(dt, I, V, spike_times):
    """Solve in another style: column 0 by a fit, the threshold by the sample before the spike."""
    quiet = np.nonzero(I[:, 1] == 0)[0]
    size = 5  # steps a block, so that the noise of V hardly biases the fit
    V_block = V[:1500, 0].reshape(-1, size).mean(axis=1)
    I_block = I[:1500, 0].reshape(-1, size).mean(axis=1)
    middle_V, middle_I = ((x[1:] + x[:-1]) / 2 for x in (V_block, I_block))
    columns = np.column_stack([np.ones(len(middle_V)), middle_V, middle_I])
    _, slope, push = np.linalg.lstsq(columns, np.diff(V_block), rcond=None)[0]
    E_m = np.mean(V[quiet])
    g_m, tau = -slope / push, -size * dt / slope
    rows = np.round(spike_times[1] / dt).astype(int)
    V_reset = np.median([V[k : k + 5, 1] for k in rows[:-1]])
    rise = (E_m + I[-1, 1] / g_m - V_reset) * dt / tau
    rested = np.mean([V[k : k + 24, 1] for k in rows if k + 24 < len(V)], axis=0)
    t_ref = dt * (np.nonzero(rested - V_reset > rise / 2)[0][0] - 1)
    return E_m, g_m, tau, V[round(spike_times[2][0] / dt) - 1, 2], V_reset, t_ref


REFERENCE = exercise("lab8", "identify", returns=OUTPUTS, hints=HINTS, styles=[by_least_squares])

"""Right answers to the exercises of Lab 4, each written differently from the reference."""

import math

import numpy as np
from scipy.signal import lfilter

from tests.styles.table import new_styles

STYLES, style = new_styles()


# synaptic_trace ----------------------------------------------------------------------------------


@style("synaptic_trace", "recursive filter")
def _(dt, counts, w, tau_s):
    x = lfilter([0.0, 1.0], [1.0, -(1 - dt / tau_s)], w * np.vstack([counts, counts[:1]]), axis=0)
    return x


@style("synaptic_trace", "double loop over plain floats")
def _(dt, counts, w, tau_s):
    x = [[0.0] * len(counts[0])]
    for row in counts:
        x.append(
            [old + dt * (-old / tau_s) + float(c) * w for old, c in zip(x[-1], row, strict=True)]
        )
    return x


@style("synaptic_trace", "sum over all earlier spikes")
def _(dt, counts, w, tau_s):
    N_t = counts.shape[0]
    ages = np.subtract.outer(np.arange(N_t + 1), np.arange(N_t)) - 1
    kernel = np.where(ages >= 0, (1 - dt / tau_s) ** np.maximum(ages, 0), 0.0)
    return w * kernel @ counts


@style("synaptic_trace", "spike by spike, with np.add")
def _(dt, counts, w, tau_s):
    trace = np.zeros((counts.shape[0] + 1, counts.shape[1]))
    for step in range(1, len(trace)):
        np.multiply(trace[step - 1], (tau_s - dt) / tau_s, out=trace[step])
        trace[step] += counts[step - 1] * w
    return trace


# membrane_moments --------------------------------------------------------------------------------


@style("membrane_moments", "dot products")
def _(rate_hz, w, tau_s, E_m, g_m, tau):
    psp = np.multiply(w, tau_s) / g_m
    return E_m + 1e-3 * rate_hz @ psp, np.sqrt(5e-4 * rate_hz @ (psp**2 / (tau + tau_s)))


@style("membrane_moments", "the PSP integrated on a grid of its two exponentials")
def _(rate_hz, w, tau_s, E_m, g_m, tau):
    total, square = E_m, 0.0
    for r, a, s in zip(rate_hz, w, tau_s, strict=True):
        total += r / 1000.0 * a * s / g_m
        square += r / 1000.0 * (a / g_m) ** 2 * s**2 / tau**2 * tau**2 / (2 * (tau + s))
    return np.array([total, square**0.5])


@style("membrane_moments", "by capacitance, in a list")
def _(rate_hz, w, tau_s, E_m, g_m, tau):
    C, rate = tau * g_m, rate_hz * 0.001
    I_mean = (rate * w * tau_s).sum()
    variance = (rate * (w * tau_s / C) ** 2 * tau**2 / (tau + tau_s) / 2).sum()
    return [E_m + I_mean * tau / C, math.sqrt(variance)]


# lif_conductance ---------------------------------------------------------------------------------


@style("lif_conductance", "towards an effective level")
def _(dt, V_init, E_m, V_theta, V_reset, g_e, g_i, E_e, E_i, g_m, tau):
    V = np.empty((len(g_e) + 1, len(V_init)))
    spikes = np.zeros(V.shape, dtype=bool)
    V[0] = V_init
    total = g_m + g_e + g_i
    drive = g_m * E_m + g_e * E_e + g_i * E_i
    for k in range(len(g_e)):
        V[k + 1] = V[k] + dt * (drive[k] - total[k] * V[k]) / (tau * g_m)
        spikes[k + 1] = V[k + 1] >= V_theta
        V[k + 1] = np.where(spikes[k + 1], V_reset, V[k + 1])
    return V, spikes, [np.flatnonzero(spikes[:, i]) * dt for i in range(len(V_init))]


@style("lif_conductance", "double loop over plain floats")
def _(dt, V_init, E_m, V_theta, V_reset, g_e, g_i, E_e, E_i, g_m, tau):
    traces, trains, times = [], [], []
    for i, v in enumerate(V_init):
        trace, train, own = [float(v)], [0], []
        for step, (e, j) in enumerate(zip(g_e[:, i], g_i[:, i], strict=True), start=1):
            v = v + dt / tau * (-(v - E_m) - e / g_m * (v - E_e) - j / g_m * (v - E_i))
            train.append(int(v >= V_theta))
            if v >= V_theta:
                v = V_reset
                own.append(step * dt)
            trace.append(float(v))
        traces.append(trace)
        trains.append(train)
        times.append(own)
    return np.transpose(traces), np.transpose(trains), times


@style("lif_conductance", "decay factors of each step, rows in lists")
def _(dt, V_init, E_m, V_theta, V_reset, g_e, g_i, E_e, E_i, g_m, tau):
    rows, marks = [np.array(V_init, float)], [np.zeros(len(V_init))]
    for e, j in zip(g_e / g_m, g_i / g_m, strict=True):
        new = rows[-1] * (1 - dt / tau * (1 + e + j)) + dt / tau * (E_m + e * E_e + j * E_i)
        marks.append(1.0 * (new >= V_theta))
        rows.append(new * (1 - marks[-1]) + V_reset * marks[-1])
    marks = np.array(marks)
    return np.array(rows), marks, [dt * np.nonzero(column)[0] for column in marks.T]


@style("lif_conductance", "by capacitance, neurons in the rows")
def _(dt, V_init, E_m, V_theta, V_reset, g_e, g_i, E_e, E_i, g_m, tau):
    C = g_m * tau
    V = np.zeros((len(V_init), len(g_e) + 1))
    S = np.zeros(V.shape, int)
    V[:, 0] = V_init
    for k in range(1, V.shape[1]):
        v = V[:, k - 1]
        I_leak, I_e, I_i = g_m * (E_m - v), g_e[k - 1] * (E_e - v), g_i[k - 1] * (E_i - v)
        V[:, k] = v + dt * (I_leak + I_e + I_i) / C
        S[:, k] = V[:, k] >= V_theta
        V[S[:, k] == 1, k] = V_reset
    return V.T, S.T, [np.where(row)[0] * dt for row in S]


# effective_membrane ------------------------------------------------------------------------------


@style("effective_membrane", "np.average with weights")
def _(rate_hz, w, tau_s, E_s, E_m, g_m, tau):
    g = np.append(g_m, rate_hz * w * tau_s / 1000)
    mean = np.average(np.append(E_m, E_s), weights=g)
    tau_eff = tau / (g.sum() / g_m)
    events = w * tau_s * (mean - E_s) / g.sum()
    return mean, tau_eff, math.sqrt(5e-4 * rate_hz @ (events**2 / (tau_eff + tau_s)))


@style("effective_membrane", "relative to rest, relative to the leak")
def _(rate_hz, w, tau_s, E_s, E_m, g_m, tau):
    gamma = 1e-3 * rate_hz * w * tau_s / g_m
    speed_up = 1 + gamma.sum()
    lift = (gamma * (E_s - E_m)).sum() / speed_up
    fast = tau / speed_up
    sizes = w * tau_s / g_m * (E_s - E_m - lift) / speed_up
    variance = (rate_hz * sizes**2 / (2000 * (fast + tau_s))).sum()
    return np.array([E_m + lift, fast, variance**0.5])


@style("effective_membrane", "through Campbell's theorem of 4.2")
def _(rate_hz, w, tau_s, E_s, E_m, g_m, tau):
    total = g_m + sum(rate_hz * w * tau_s) / 1e3
    mean = (E_m * g_m + sum(rate_hz * w * tau_s * E_s) / 1e3) / total
    tau_eff = tau / total * g_m
    sd = 0.0
    for r, a, s in zip(rate_hz, w * (E_s - mean), tau_s, strict=True):
        sd = math.hypot(sd, a * s / total * math.sqrt(r / 2000 / (tau_eff + s)))
    return [mean, tau_eff, sd]


# dynamic_synapse ---------------------------------------------------------------------------------


@style("dynamic_synapse", "lists, with the intervals first")
def _(spike_times, U, tau_f, tau_d):
    used, left = [], []
    u, x = U, 1.0
    for D in [*np.diff(spike_times), 0.0][: len(spike_times)]:
        used.append(u)
        left.append(x)
        x = 1 + (x * (1 - u) - 1) * math.exp(-D / tau_d)
        u = u * math.exp(-D / tau_f)
        u = u + U - U * u
    return used, left


@style("dynamic_synapse", "what is missing")
def _(spike_times, U, tau_f, tau_d):
    u, empty = np.zeros((2, len(spike_times)))
    for i in range(len(spike_times)):
        if i == 0:
            u[i], empty[i] = U, 0
            continue
        D = spike_times[i] - spike_times[i - 1]
        u[i] = 1 - (1 - U) * (1 - u[i - 1] * np.exp(-D / tau_f))
        empty[i] = (empty[i - 1] + u[i - 1] * (1 - empty[i - 1])) * np.exp(-D / tau_d)
    return u, 1 - empty


@style("dynamic_synapse", "long before the first spike")
def _(spike_times, U, tau_f, tau_d):
    result = np.zeros((2, len(spike_times)))
    u, x, last = 0.0, 1.0, -np.inf
    for k, t in enumerate(spike_times):
        u *= np.exp((last - t) / tau_f)
        x += (1 - x) * (1 - np.exp((last - t) / tau_d))
        u += U * (1 - u)
        result[:, k] = u, x
        x *= 1 - u
        last = t
    return result


# steady_efficacy ---------------------------------------------------------------------------------


@style("steady_efficacy", "one rate at a time")
def _(rate_hz, U, tau_f, tau_d):
    def at(r):
        D = 1000 / r
        u = U / (1 - (1 - U) * math.exp(-D / tau_f))
        return u * (1 - math.exp(-D / tau_d)) / (1 - (1 - u) * math.exp(-D / tau_d))

    return np.vectorize(at, otypes=[float])(rate_hz)


@style("steady_efficacy", "growing exponentials")
def _(rate_hz, U, tau_f, tau_d):
    up_f, up_d = np.exp(1e3 / (rate_hz * tau_f)), np.exp(1e3 / (rate_hz * tau_d))
    u = U * up_f / (up_f - (1 - U))
    return u * (up_d - 1) / (up_d - (1 - u))


@style("steady_efficacy", "the recursion, until it rests")
def _(rate_hz, U, tau_f, tau_d):
    D = np.divide(1000, rate_hz)
    u, x = U + 0 * D, 1 + 0 * D
    for _ in range(3000):
        x = 1 - (1 - x + u * x) * np.exp(-D / tau_d)
        u = u * np.exp(-D / tau_f)
        u = u + U * (1 - u)
    return u * x


# correlated_spikes -------------------------------------------------------------------------------


@style("correlated_spikes", "np.where")
def _(dt, rate_hz, c, u_source, u_copy):
    p = dt * rate_hz * 1e-3
    q = c + p - c * p
    return np.where((u_source.reshape(-1, 1) < p / q) * (u_copy < q), 1, 0)


@style("correlated_spikes", "double loop, plain numbers")
def _(dt, rate_hz, c, u_source, u_copy):
    p = rate_hz / 1000 * dt
    q = p + c - c * p
    rows = []
    for s, row in zip(u_source, u_copy, strict=True):
        rows.append([1.0 if s < p / q and one < q else 0.0 for one in row])
    return rows


@style("correlated_spikes", "masks, True and False")
def _(dt, rate_hz, c, u_source, u_copy):
    p = rate_hz * dt / 1000
    q = p * (1 - c) + c
    return np.logical_and((u_source < p / q)[:, None], u_copy < q)

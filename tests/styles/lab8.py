"""Right answers to the exercises of Lab 8, each written differently from the reference."""

import numpy as np
from scipy.optimize import curve_fit

from tests.styles.table import new_styles

STYLES, style = new_styles()


# --- 8.1 identify ---------------------------------------------------------------------------------


@style("identify", "63 per cent, and the sample before the spike")
def _(dt, I, V, spike_times):
    onset = np.argmax(I[:, 1] > 0)
    E_m = np.median(V[:onset])
    end = np.median(V[-400:, 0])
    g_m = I[-1, 0] / (end - E_m)
    V_1 = end + (E_m - end) / np.e
    smooth = np.convolve(V[onset:, 0], np.ones(9) / 9, "valid")
    tau = dt * (4 + np.argmax(smooth < V_1) - 0.5)
    V_theta = V[round(spike_times[2][0] / dt) - 1, 2]
    held, resets = [], []
    for time in spike_times[1][:-1]:
        k = round(time / dt)
        high = E_m + I[k, 1] / g_m
        j = k
        while V[j + 1, 1] < V[k : k + 6, 1].mean() + 0.55 * dt / tau * (high - V[k, 1]):
            j += 1
        held.append(j - k)
        resets += list(V[k : j + 1, 1])
    return E_m, g_m, tau, V_theta, np.mean(resets), dt * np.round(np.median(held))


@style("identify", "the relaxation fitted, the threshold from the intervals")
def _(dt, I, V, spike_times):
    quiet = I[:, 2] == 0
    E_m = V[:-1][quiet].mean()
    (driven,) = np.nonzero(I[:, 0])
    t = dt * np.arange(len(driven) + 1)

    def relaxing(t, end, tau):
        return end + (E_m - end) * np.exp(-t / tau)

    (end, tau), _ = curve_fit(relaxing, t, V[driven[0] :, 0], p0=(V[-1, 0], 8.0))
    g_m = I[-1, 0] / (end - E_m)
    rows = np.rint(np.asarray(spike_times[1]) / dt).astype(int)
    V_reset = np.mean(V[np.concatenate([rows + j for j in range(5)]), 1])
    high, decay = E_m + I[-1, 1] / g_m, 1 - dt / tau
    late = np.diff(rows).min() - 2
    free = np.log((high - V[rows[:-1] + late, 1].mean()) / (high - V_reset)) / np.log(decay)
    n_ref = int(round(late - free))
    k = round(spike_times[2][0] / dt)
    before = V[k - 6 : k, 2]
    V_theta = np.polyval(np.polyfit(np.arange(-6, 0), before, 1), -0.5)
    return E_m, g_m, tau, V_theta, V_reset, n_ref * dt


@style("identify", "a run of Euler's steps down the ramp")
def _(dt, I, V, spike_times):
    start = np.flatnonzero(I[:, 0])[0]
    E_m, end = V[:start].mean(), V[-500:, 0].mean()
    g_m = I[-1, 0] / (end - E_m)
    tau = dt * (V[start : start + 400, 0] - end).sum() / (E_m - end)
    v, path = E_m, []
    for current in I[: round(spike_times[2][0] / dt), 2]:
        path.append(v)
        v += dt / tau * (E_m - v + current / g_m)
    after = [V[round(one / dt) :, 1][:25] for one in spike_times[1][:-2]]
    mean = np.mean(after, axis=0)
    jump = np.argmax(np.diff(mean) > 0.5 * dt / tau * (E_m + I[-1, 1] / g_m - mean[0]))
    return [E_m, g_m, tau, (v + path[-1]) / 2, mean[: jump + 1].mean(), jump * dt]


# --- 8.2 simulate_candidates ----------------------------------------------------------------------


@style("simulate_candidates", "whole traces and np.where")
def _(dt, I, E_m, g_m, tau, V_theta, V_reset, t_ref, b, tau_w):
    n = np.size(V_theta)
    V, w = np.full((len(I) + 1, n), float(E_m)), np.zeros((len(I) + 1, n))
    spikes = np.zeros(V.shape, dtype=bool)
    last = np.full(n, -1000)
    for k in range(1, len(V)):
        V[k] = V[k - 1] + dt * (g_m * (E_m - V[k - 1]) + I[k - 1] - w[k - 1]) / (g_m * tau)
        V[k] = np.where(k - last <= round(t_ref / dt), V_reset, V[k])
        spikes[k] = V[k] >= V_theta
        V[k] = np.where(spikes[k], V_reset, V[k])
        w[k] = (1 - dt / tau_w) * w[k - 1] + np.where(spikes[k], b, 0)
        last = np.where(spikes[k], k, last)
    return [np.flatnonzero(column) * dt for column in spikes.T]


@style("simulate_candidates", "one after the other, held by skipping")
def _(dt, I, E_m, g_m, tau, V_theta, V_reset, t_ref, b, tau_w):
    def one(threshold, jump):
        v, x, k, times = E_m, 0, 0, []
        while k < len(I):
            dv = (I[k] - x) / g_m - (v - E_m)
            v += dv * dt / tau
            x -= x * dt / tau_w
            k += 1
            if v >= threshold:
                times.append(k * dt)
                v, x = V_reset, x + jump
                for _ in range(int(np.rint(t_ref / dt))):
                    x -= x * dt / tau_w
                    k += 1
        return times

    return [one(*pair) for pair in zip(V_theta, b)]


@style("simulate_candidates", "a table of free from when on")
def _(dt, I, E_m, g_m, tau, V_theta, V_reset, t_ref, b, tau_w):
    V, w = E_m * np.ones_like(V_theta, dtype=float), 0.0 * b
    free_from, found = np.zeros(len(b)), {i: [] for i in range(len(b))}
    for k, current in enumerate(I, start=1):
        step = (E_m - V + (current - w) / g_m) * (dt / tau)
        V = np.where(k >= free_from, V + step, V_reset)
        w = w * (1 - dt / tau_w)
        for i in range(len(b)):
            if V[i] >= V_theta[i]:
                V[i] = V_reset
                w[i] += b[i]
                free_from[i] = k + 1 + round(t_ref / dt)
                found[i].append(dt * k)
    return tuple(np.array(found[i]) for i in found)

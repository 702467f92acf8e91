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

    return [one(*pair) for pair in zip(V_theta, b, strict=True)]


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


# --- 8.3 coincidence_factor -----------------------------------------------------------------------


@style("coincidence_factor", "a double loop")
def _(data, model, T, precision):
    if not len(data) or not len(model):
        return float("nan")
    hits = 0
    for t in data:
        hits += any(abs(t - s) <= precision for s in model)
    rate = len(model) / T
    chance = 2 * rate * precision * len(data)
    norm = 0.5 * (len(data) + len(model)) * (1 - 2 * rate * precision)
    return (hits - chance) / norm


@style("coincidence_factor", "a count in each window")
def _(data, model, T, precision):
    n, m = np.size(data), np.size(model)
    if n * m == 0:
        return np.nan
    last = np.searchsorted(model, np.asarray(data) + precision, "right")
    first = np.searchsorted(model, np.asarray(data) - precision, "left")
    share = 2 * m * precision / T
    return 2 * (np.sum(last > first) - share * n) / ((n + m) * (1 - share))


@style("coincidence_factor", "broadcasting, any")
def _(data, model, T, precision):
    if len(model) == 0 or len(data) == 0:
        return np.float64("nan")
    near = np.abs(data[:, None] - model[None, :]) <= precision
    x = near.any(axis=1).sum() / len(data)
    p = 2 * precision * len(model) / T
    return (x - p) / (1 - p) * 2 * len(data) / (len(data) + len(model))


# --- 8.4 van_rossum -------------------------------------------------------------------------------


@style("van_rossum", "loops over plain numbers")
def _(times_a, times_b, tau_R):
    def K(one, other):
        total = 0.0
        for x in one:
            for y in other:
                total += np.exp(-abs(x - y) / tau_R)
        return total

    D2 = 0.5 * K(times_a, times_a) + 0.5 * K(times_b, times_b) - K(times_a, times_b)
    return D2**0.5 if D2 > 0 else 0.0


@style("van_rossum", "broadcasting, signs as weights")
def _(times_a, times_b, tau_R):
    t = np.concatenate([times_a, times_b])
    s = np.concatenate([np.ones(len(times_a)), -np.ones(len(times_b))])
    D2 = s @ np.exp(-abs(t[:, None] - t) / tau_R) @ s / 2
    return float(np.sqrt(np.clip(D2, 0, None)))


@style("van_rossum", "from spike to spike, two traces")
def _(times_a, times_b, tau_R):
    spikes = sorted([(t, 1) for t in times_a] + [(t, -1) for t in times_b])
    trace, before, D2 = 0.0, None, 0.0
    for t, sign in spikes:
        if before is not None:
            trace *= np.exp((before - t) / tau_R)
        D2 += sign * trace + 0.5
        trace += sign
        before = t
    return np.sqrt(abs(D2)) if abs(D2) > 1e-13 else 0.0


# --- 8.5 victor_purpura ---------------------------------------------------------------------------


@style("victor_purpura", "recursion with a memory")
def _(times_a, times_b, q):
    known = {}

    def G(i, j):
        if i == 0 or j == 0:
            return i + j
        if (i, j) not in known:
            move = G(i - 1, j - 1) + q * abs(times_a[i - 1] - times_b[j - 1])
            known[i, j] = min(1 + G(i - 1, j), 1 + G(i, j - 1), move)
        return known[i, j]

    return G(len(times_a), len(times_b))


@style("victor_purpura", "a list of lists")
def _(times_a, times_b, q):
    table = [[i + j for j in range(len(times_b) + 1)] for i in range(len(times_a) + 1)]
    for i, x in enumerate(times_a):
        for j, y in enumerate(times_b):
            ways = (table[i][j + 1] + 1, table[i + 1][j] + 1, table[i][j] + q * abs(x - y))
            table[i + 1][j + 1] = min(ways)
    return table[len(times_a)][len(times_b)]


@style("victor_purpura", "which spikes are moved")
def _(times_a, times_b, q):
    best = {0: 0.0}  # number of spikes of b that are used up: what the rest of a gains
    saved = np.zeros((len(times_a) + 1, len(times_b) + 1))
    for i in range(len(times_a)):
        for j in range(len(times_b)):
            gain = 2 - q * abs(times_a[i] - times_b[j])
            saved[i + 1, j + 1] = max(saved[i, j + 1], saved[i + 1, j], saved[i, j] + gain)
    return len(times_a) + len(times_b) - saved[-1, -1] + best[0]


# --- 8.6 fit_passive ------------------------------------------------------------------------------


@style("fit_passive", "the normal equations")
def _(dt, I, V, keep):
    rows = np.flatnonzero(keep)
    X = np.array([np.ones(len(rows)), V[rows] + 70.0, I[rows]]).T
    c = np.linalg.solve(X.T @ X, X.T @ (V[rows + 1] - V[rows]))
    return -c[0] / c[1] - 70.0, -c[1] / c[2], -dt / c[1]


@style("fit_passive", "the slope, scipy")
def _(dt, I, V, keep):
    from scipy.linalg import lstsq

    table = np.vstack([I, V[:-1], np.ones_like(I, dtype=float)]).T[keep]
    push, leak, rest = lstsq(table, (np.diff(V) / dt)[keep])[0]
    return rest / -leak, -leak / push, -1 / leak


@style("fit_passive", "the next voltage")
def _(dt, I, V, keep):
    now, then = V[:-1][keep], V[1:][keep]
    A = np.column_stack([now, I[keep], np.full(now.shape, 1.0)])
    decay, push, rest = np.linalg.lstsq(A, then, rcond=None)[0]
    return np.array([rest / (1 - decay), (1 - decay) / push, dt / (1 - decay)])

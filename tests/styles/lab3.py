"""Right answers to the exercises of Lab 3, each written differently from the reference.

All of them must be accepted.  They stand for what students write who know other ways: loops, lists,
comprehensions, pandas-like thinking, whole-array tricks, other orders of the same sum.
"""

import math

import numpy as np
from scipy.integrate import quad
from scipy.signal import lfilter
from scipy.special import dawsn, erfcx

from tests.styles.table import new_styles

STYLES, style = new_styles()


# lif_noisy ---------------------------------------------------------------------------------------


@style("lif_noisy", "as in the notebook")
def _(dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau, sigma, xi):
    N_t, n = xi.shape
    I_ext = np.broadcast_to(I_ext, xi.shape)
    V = np.zeros((N_t + 1, n))
    spikes = np.zeros((N_t + 1, n))
    V[0] = V_init
    for k in range(N_t):
        kick = sigma * np.sqrt(2 * dt / tau) * xi[k]
        V[k + 1] = V[k] + dt / tau * (E_m - V[k] + I_ext[k] / g_m) + kick
        fired = V[k + 1] >= V_theta
        V[k + 1, fired] = V_reset
        spikes[k + 1, fired] = 1
    return V, spikes, [np.nonzero(spikes[:, i])[0] * dt for i in range(n)]


@style("lif_noisy", "double loop over plain floats")
def _(dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau, sigma, xi):
    voltages, trains, times = [], [], []
    for i in range(len(V_init)):
        v, trace, train, own = float(V_init[i]), [float(V_init[i])], [0], []
        for k in range(len(xi)):
            current = I_ext[k][i] if np.ndim(I_ext) == 2 else I_ext[i]
            v = v + dt * ((E_m - v) + current / g_m) / tau[i]
            v = v + sigma * math.sqrt(2.0 * dt / tau[i]) * xi[k][i]
            train.append(int(v >= V_theta))
            if v >= V_theta:
                v = V_reset
                own.append((k + 1) * dt)
            trace.append(v)
        voltages.append(trace)
        trains.append(train)
        times.append(own)
    return np.array(voltages).T, np.array(trains).T, times


@style("lif_noisy", "decay factor")
def _(dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau, sigma, xi):
    a = 1 - dt / tau
    drive = (E_m + I_ext / g_m) * (1 - a) * np.ones_like(xi) + sigma * np.sqrt(2 * (1 - a)) * xi
    V, spikes = [np.array(V_init, float)], [np.zeros(len(V_init), bool)]
    for push in drive:
        new = a * V[-1] + push
        spikes.append(new >= V_theta)
        V.append(np.where(spikes[-1], V_reset, new))
    spikes = np.array(spikes)
    return np.array(V), spikes, [np.flatnonzero(spikes[:, i]) * dt for i in range(len(V_init))]


@style("lif_noisy", "relative to rest, textbook s")
def _(dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau, sigma, xi):
    s = np.sqrt(2) * sigma
    rows = I_ext if np.ndim(I_ext) == 2 else np.tile(I_ext, (len(xi), 1))
    u = np.empty((xi.shape[0] + 1, xi.shape[1]))
    spikes = np.zeros(u.shape, dtype=int)
    u[0] = np.subtract(V_init, E_m)
    for k, x in enumerate(xi, start=1):
        u[k] = u[k - 1] + (rows[k - 1] / g_m - u[k - 1]) * dt / tau + s * x * np.sqrt(dt / tau)
        spikes[k] = u[k] + E_m >= V_theta
        u[k][spikes[k] == 1] = V_reset - E_m
    V = u + E_m
    V[spikes == 1] = V_reset
    return V, spikes, [np.where(column)[0] * dt for column in spikes.T]


@style("lif_noisy", "neurons in the rows, transposed at the end")
def _(dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau, sigma, xi):
    n, N_t = xi.T.shape
    I = np.broadcast_to(np.transpose(np.atleast_2d(I_ext)), (n, N_t))
    V, spikes = np.zeros((n, N_t + 1)), np.zeros((n, N_t + 1))
    V[:, 0] = V_init
    for k in range(N_t):
        dV = (-(V[:, k] - E_m) + I[:, k] / g_m) * (dt / tau)
        V[:, k + 1] = V[:, k] + dV + sigma * xi[k] * (2 * dt / tau) ** 0.5
        spikes[:, k + 1] = V[:, k + 1] >= V_theta
        V[:, k + 1] = V[:, k + 1] * (1 - spikes[:, k + 1]) + V_reset * spikes[:, k + 1]
    return V.T, spikes.T, [np.argwhere(row).ravel() * dt for row in spikes]


@style("lif_noisy", "noise as an equivalent current")
def _(dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau, sigma, xi):
    I = I_ext + g_m * sigma * np.sqrt(2 * tau / dt) * xi
    V = np.zeros((len(xi) + 1, len(V_init)))
    spikes = np.zeros(V.shape)
    V[0] = V_init
    for k in range(len(xi)):
        V[k + 1] = V[k] + dt * (-(V[k] - E_m) + I[k] / g_m) / tau
        spikes[k + 1] = np.greater_equal(V[k + 1], V_theta)
        V[k + 1] = np.where(spikes[k + 1], V_reset, V[k + 1])
    steps, neurons = np.nonzero(spikes)
    return V, spikes, [steps[neurons == i] * dt for i in range(len(V_init))]


# ou_current --------------------------------------------------------------------------------------


@style("ou_current", "as in the notebook")
def _(dt, I_init, mu, sigma, tau_noise, xi):
    N_t, n = xi.shape
    decay = np.exp(-dt / tau_noise)
    I = np.zeros((N_t + 1, n))
    I[0] = I_init
    for k in range(N_t):
        I[k + 1] = mu + (I[k] - mu) * decay + sigma * np.sqrt(1 - decay**2) * xi[k]
    return I


@style("ou_current", "expm1")
def _(dt, I_init, mu, sigma, tau_noise, xi):
    I = np.full((len(xi) + 1, xi.shape[1]), I_init, dtype=float)
    size = sigma * math.sqrt(-math.expm1(-2 * dt / tau_noise))
    for k in range(1, len(I)):
        I[k] = I[k - 1] - (I[k - 1] - mu) * -math.expm1(-dt / tau_noise) + size * xi[k - 1]
    return I


@style("ou_current", "distance from the mean in a list")
def _(dt, I_init, mu, sigma, tau_noise, xi):
    d = np.exp(-dt / tau_noise)
    x = [np.broadcast_to(I_init, xi.shape[1:]) - mu]
    for row in xi:
        x.append(d * x[-1] + np.sqrt(sigma**2 * (1 - d * d)) * row)
    return [mu + item for item in x]


@style("ou_current", "filter")
def _(dt, I_init, mu, sigma, tau_noise, xi):
    d = np.exp(-dt / tau_noise)
    start = np.broadcast_to(np.asarray(I_init, float) - mu, (1, xi.shape[1]))
    inputs = np.vstack([start, sigma * np.sqrt(1 - d**2) * xi])
    return mu + lfilter([1.0], [1.0, -d], inputs, axis=0)


@style("ou_current", "double loop")
def _(dt, I_init, mu, sigma, tau_noise, xi):
    starts = [I_init] * xi.shape[1] if np.ndim(I_init) == 0 else list(I_init)
    table = []
    for i, value in enumerate(starts):
        column = [float(value)]
        for k in range(xi.shape[0]):
            d = math.exp(-dt / tau_noise)
            column.append(mu * (1 - d) + column[-1] * d + sigma * (1 - d**2) ** 0.5 * xi[k, i])
        table.append(column)
    return np.array(table).T


@style("ou_current", "sum over the past")
def _(dt, I_init, mu, sigma, tau_noise, xi):
    rows = []
    for k in range(len(xi) + 1):
        weights = np.exp(-dt * np.arange(k - 1, -1, -1) / tau_noise)[:, None]
        past = (weights * xi[:k]).sum(axis=0) * sigma * np.sqrt(1 - np.exp(-2 * dt / tau_noise))
        rows.append(mu + (np.asarray(I_init) - mu) * np.exp(-k * dt / tau_noise) + past)
    return np.array(rows)


# isi ---------------------------------------------------------------------------------------------


@style("isi", "as in the notebook")
def _(spike_times):
    return [np.diff(times) for times in spike_times]


@style("isi", "slices")
def _(spike_times):
    return [np.asarray(times)[1:] - np.asarray(times)[:-1] for times in spike_times]


@style("isi", "lists and indices")
def _(spike_times):
    answer = []
    for times in spike_times:
        own = []
        for j in range(1, len(times)):
            own.append(float(times[j] - times[j - 1]))
        answer.append(own)
    return answer


@style("isi", "tuple of a generator")
def _(spike_times):
    return tuple(np.ediff1d(times) for times in spike_times)


@style("isi", "object array")
def _(spike_times):
    answer = np.empty(len(spike_times), dtype=object)
    for i, times in enumerate(spike_times):
        answer[i] = np.diff(times)
    return answer


@style("isi", "zip of neighbours")
def _(spike_times):
    return [
        [later - earlier for earlier, later in zip(t[:-1], t[1:], strict=True)] for t in spike_times
    ]


@style("isi", "special case for few spikes")
def _(spike_times):
    answer = []
    for times in spike_times:
        if len(times) < 2:
            answer.append([])
        else:
            answer.append(times[1:] - np.roll(times, 1)[1:])
    return answer


# cv ----------------------------------------------------------------------------------------------


@style("cv", "as in the notebook")
def _(spike_times):
    values = []
    for times in spike_times:
        x = np.diff(times)
        values.append(x.std() / x.mean() if len(x) >= 2 else np.nan)
    return np.array(values)


@style("cv", "plain list")
def _(spike_times):
    answer = []
    for times in spike_times:
        x = [times[j + 1] - times[j] for j in range(len(times) - 1)]
        if len(x) < 2:
            answer.append(float("nan"))
            continue
        mean = sum(x) / len(x)
        answer.append(math.sqrt(sum((item - mean) ** 2 for item in x) / len(x)) / mean)
    return answer


@style("cv", "filled array")
def _(spike_times):
    values = np.full(len(spike_times), np.nan)
    for i, times in enumerate(spike_times):
        if len(times) > 2:
            x = np.diff(times)
            values[i] = np.sqrt(np.var(x)) / np.average(x)
    return values


@style("cv", "mean from the ends")
def _(spike_times):
    def one(t):
        if len(t) < 3:
            return np.nan
        mean = (t[-1] - t[0]) / (len(t) - 1)
        return np.sqrt(np.mean((np.diff(t) / mean - 1) ** 2))

    return np.array([one(t) for t in spike_times])


@style("cv", "in seconds")
def _(spike_times):
    intervals = [np.diff(times) / 1000 for times in spike_times]
    return [np.std(x, ddof=0) / np.mean(x) if x.size > 1 else math.nan for x in intervals]


@style("cv", "nan from numpy itself")
def _(spike_times):
    with np.errstate(invalid="ignore"):
        return np.array(
            [
                np.diff(t).std() / np.diff(t).mean() if len(t) > 2 else 0.0 * np.inf
                for t in spike_times
            ]
        )


# spike_counts ------------------------------------------------------------------------------------


def _bins(t_start, t_stop, bin_size):
    return int((t_stop - t_start) / bin_size + 1e-9)


@style("spike_counts", "as in the notebook")
def _(spike_times, t_start, t_stop, bin_size):
    n_bins = int(np.floor((t_stop - t_start) / bin_size))
    edges = t_start + bin_size * np.arange(n_bins + 1)
    counts = np.zeros((len(spike_times), n_bins), dtype=int)
    for i, times in enumerate(spike_times):
        counts[i] = np.histogram(times[times < edges[-1]], edges)[0]
    return counts


@style("spike_counts", "mask a bin")
def _(spike_times, t_start, t_stop, bin_size):
    counts = []
    for times in spike_times:
        row = []
        for j in range(_bins(t_start, t_stop, bin_size)):
            left, right = t_start + j * bin_size, t_start + (j + 1) * bin_size
            row.append(np.sum((times >= left) & (times < right)))
        counts.append(row)
    return np.array(counts)


@style("spike_counts", "searchsorted")
def _(spike_times, t_start, t_stop, bin_size):
    edges = t_start + bin_size * np.arange(_bins(t_start, t_stop, bin_size) + 1)
    return np.array([np.diff(np.searchsorted(times, edges, side="left")) for times in spike_times])


@style("spike_counts", "floor and a loop over spikes")
def _(spike_times, t_start, t_stop, bin_size):
    n_bins = _bins(t_start, t_stop, bin_size)
    counts = [[0] * n_bins for _ in spike_times]
    for row, times in zip(counts, spike_times, strict=True):
        for t in times:
            j = math.floor((t - t_start) / bin_size)
            if 0 <= j < n_bins:
                row[j] += 1
    return counts


@style("spike_counts", "digitize")
def _(spike_times, t_start, t_stop, bin_size):
    n_bins = _bins(t_start, t_stop, bin_size)
    edges = np.linspace(t_start, t_start + n_bins * bin_size, n_bins + 1)
    table = np.zeros((len(spike_times), n_bins + 2))
    for i, times in enumerate(spike_times):
        for j in np.digitize(times, edges):
            table[i, j] += 1
    return table[:, 1:-1].astype(int)


@style("spike_counts", "broadcast comparison")
def _(spike_times, t_start, t_stop, bin_size):
    left = t_start + bin_size * np.arange(_bins(t_start, t_stop, bin_size))
    inside = [
        (left <= times[:, None]) & (times[:, None] < left + bin_size) for times in spike_times
    ]
    return np.array([table.sum(axis=0) for table in inside])


@style("spike_counts", "whole numbers as floats")
def _(spike_times, t_start, t_stop, bin_size):
    n_bins = _bins(t_start, t_stop, bin_size)
    counts = np.zeros((len(spike_times), n_bins))
    for i, times in enumerate(spike_times):
        j = np.floor_divide(times - t_start, bin_size)
        for b in range(n_bins):
            counts[i, b] = len(j[j == b])
    return counts


# fano --------------------------------------------------------------------------------------------


@style("fano", "as in the notebook")
def _(counts):
    mean = counts.mean(axis=1)
    return np.array(
        [row.var() / m if m > 0 else np.nan for row, m in zip(counts, mean, strict=True)]
    )


@style("fano", "zero over zero")
def _(counts):
    return counts.var(axis=1) / counts.mean(axis=1)


@style("fano", "plain loops")
def _(counts):
    answer = []
    for row in counts:
        values = [int(x) for x in row]
        mean = sum(values) / len(values)
        if mean == 0:
            answer.append(math.nan)
        else:
            answer.append(sum((x - mean) ** 2 for x in values) / len(values) / mean)
    return answer


@style("fano", "mean square minus squared mean")
def _(counts):
    mean, square = np.mean(counts, 1), np.mean(np.square(counts), 1)
    return np.where(mean == 0, np.nan, (square - mean**2) / np.where(mean == 0, 1, mean))


@style("fano", "filled array")
def _(counts):
    factors = np.empty(len(counts))
    factors[:] = np.nan
    active = counts.sum(axis=1) > 0
    factors[active] = np.var(counts[active], axis=1) / np.average(counts[active], axis=1)
    return factors


@style("fano", "divide where")
def _(counts):
    mean = counts.mean(axis=-1)
    return np.divide(counts.std(axis=-1) ** 2, mean, out=np.full(len(mean), np.nan), where=mean > 0)


@style("fano", "columns first")
def _(counts):
    table = np.transpose(counts).astype(float)
    with np.errstate(all="ignore"):
        return ((table - table.mean(0)) ** 2).mean(0) / table.mean(0)


# siegert_rate ------------------------------------------------------------------------------------


def _limits(current, E_m, V_theta, V_reset, g_m, sigma):
    mean = E_m + current / g_m
    return (V_reset - mean) / (sigma * 2**0.5), (V_theta - mean) / (sigma * 2**0.5)


@style("siegert_rate", "as in the notebook")
def _(I_ext, E_m, V_theta, V_reset, g_m, tau, t_ref, sigma):
    def rate_of(current):
        mean = E_m + current / g_m
        y_reset = (V_reset - mean) / (np.sqrt(2) * sigma)
        y_theta = (V_theta - mean) / (np.sqrt(2) * sigma)
        integral = quad(lambda u: erfcx(-u), y_reset, y_theta)[0]
        return 1000 / (t_ref + tau * np.sqrt(np.pi) * integral)

    return np.vectorize(rate_of)(I_ext)[()]


@style("siegert_rate", "loop, reshaped, with a guard")
def _(I_ext, E_m, V_theta, V_reset, g_m, tau, t_ref, sigma):
    rates = []
    for current in np.ravel(I_ext):
        lower, upper = _limits(current, E_m, V_theta, V_reset, g_m, sigma)
        if upper > 26:
            rates.append(0.0)
            continue
        pieces = sorted({lower, min(max(lower, 0.0), upper), upper})
        total = sum(
            quad(lambda u: erfcx(-u), a, b, limit=200)[0]
            for a, b in zip(pieces[:-1], pieces[1:], strict=True)
        )
        rates.append(1e3 / (t_ref + tau * math.sqrt(math.pi) * total))
    return np.reshape(rates, np.shape(I_ext)) if np.ndim(I_ext) else rates[0]


@style("siegert_rate", "integral over minus u")
def _(I_ext, E_m, V_theta, V_reset, g_m, tau, t_ref, sigma):
    lower, upper = _limits(np.asarray(I_ext), E_m, V_theta, V_reset, g_m, sigma)
    integral = np.vectorize(lambda a, b: quad(erfcx, -b, -a)[0], otypes=[float])(lower, upper)
    return 1 / (t_ref / 1000 + tau / 1000 * np.sqrt(np.pi) * integral)


@style("siegert_rate", "trapezoidal sum over 20 001 points")
def _(I_ext, E_m, V_theta, V_reset, g_m, tau, t_ref, sigma):
    def rate_of(current):
        u = np.linspace(*_limits(current, E_m, V_theta, V_reset, g_m, sigma), 20001)
        return 1000 / (t_ref + tau * np.pi**0.5 * np.trapezoid(erfcx(-u), u))

    if np.ndim(I_ext) == 0:
        return rate_of(I_ext)
    return np.array([rate_of(current) for current in I_ext.flat]).reshape(I_ext.shape)


@style("siegert_rate", "Dawson's integral above 0")
def _(I_ext, E_m, V_theta, V_reset, g_m, tau, t_ref, sigma):
    def primitive(y):
        tame = quad(erfcx, 0, abs(y), limit=200)[0]
        return 2 * math.exp(y * y) * dawsn(y) - tame if y > 0 else -tame

    def rate_of(current):
        lower, upper = _limits(current, E_m, V_theta, V_reset, g_m, sigma)
        if upper > 26:
            return 0.0
        integral = primitive(upper) - primitive(lower)
        return 1000 / (t_ref + tau * math.sqrt(math.pi) * integral)

    rates = np.vectorize(rate_of, otypes=[float])(I_ext)
    return rates if rates.ndim else float(rates)


@style("siegert_rate", "Gauss-Legendre in pieces")
def _(I_ext, E_m, V_theta, V_reset, g_m, tau, t_ref, sigma):
    nodes, weights = np.polynomial.legendre.leggauss(40)

    def piece(a, b):
        u = 0.5 * (b - a) * nodes + 0.5 * (a + b)
        return 0.5 * (b - a) * np.sum(weights * erfcx(-u))

    def rate_of(current):
        lower, upper = _limits(current, E_m, V_theta, V_reset, g_m, sigma)
        ends = np.sinh(np.linspace(np.arcsinh(lower), np.arcsinh(upper), 41))
        total = sum(piece(a, b) for a, b in zip(ends[:-1], ends[1:], strict=True))
        return 1000.0 / (t_ref + tau * np.sqrt(np.pi) * total)

    rates = [rate_of(current) for current in np.ravel(I_ext)]
    return np.array(rates).reshape(np.shape(I_ext))


@style("siegert_rate", "recursion over the table")
def siegert_by_recursion(I_ext, E_m, V_theta, V_reset, g_m, tau, t_ref, sigma):
    if np.ndim(I_ext):
        others = (E_m, V_theta, V_reset, g_m, tau, t_ref, sigma)
        return [siegert_by_recursion(current, *others) for current in I_ext]
    lower, upper = _limits(I_ext, E_m, V_theta, V_reset, g_m, sigma)
    integral, _ = quad(lambda u: erfcx(-u), lower, upper, epsrel=1e-10, limit=500)
    return 1000 / (t_ref + integral * tau * math.sqrt(math.pi))

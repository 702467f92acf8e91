"""Right answers to the exercises of Lab 6 in the styles that students write."""

import cmath
import math

import numpy as np
from scipy.optimize import root_scalar
from scipy.special import erfcx

from solutions.reference.lab3 import siegert_rate
from solutions.reference.lab6 import mean_field_input
from tests.styles.table import new_styles

STYLES, style = new_styles()


# --- 6.1 outgoing ---------------------------------------------------------------------------------


@style("outgoing", "np.nonzero for each sender")
def _(sources):
    rows = [np.nonzero(sources == j)[0] for j in range(len(sources))]
    return np.cumsum([0, *map(len, rows)]), np.concatenate(rows)


@style("outgoing", "pairs, sorted as tuples")
def _(sources):
    pairs = sorted((int(j), i) for i, row in enumerate(sources) for j in row)
    senders = [j for j, _ in pairs]
    start = [sum(j < i for j in senders) for i in range(len(sources) + 1)]
    return start, [i for _, i in pairs]


@style("outgoing", "np.repeat, np.lexsort, np.searchsorted")
def _(sources):
    n, C = sources.shape
    rows = np.repeat(np.arange(n), C)
    order = np.lexsort((rows, sources.reshape(-1)))
    ranked = sources.reshape(-1)[order]
    return np.searchsorted(ranked, np.arange(n + 1)), rows[order]


# --- 6.2 lif_network ------------------------------------------------------------------------------


@style("lif_network", "all targets at once, np.bincount")
def _(
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
    n, d = len(V_init), round(delay / dt)
    V, last, ring = V_init.astype(float), np.full(n, -(10**9)), np.zeros((d, n))
    rows, steps, neurons = [V], [], []
    senders = np.repeat(np.arange(n), np.diff(start))
    for k in range(1, len(counts_ext) + 1):
        V = V + (E_m - V) * dt / tau + (J_ext * counts_ext[k - 1] + ring[k % d])
        V = np.where(k - last <= round(t_ref / dt), V_reset, V)
        fires = V >= V_theta
        V, last = np.where(fires, V_reset, V), np.where(fires, k, last)
        ring[k % d] = np.bincount(targets, J[senders] * fires[senders], minlength=n)
        steps += [k] * fires.sum()
        neurons += list(np.flatnonzero(fires))
        rows.append(V)
    return np.array(rows)[:, record], steps, neurons


@style("lif_network", "a dictionary of what is under way, plain numbers")
def _(
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
    n = len(V_init)
    post, v, rests = {}, [float(x) for x in V_init], [0] * n
    kept, spikes = [[v[i] for i in record]], []
    for k in range(len(counts_ext)):
        arrived = post.pop(k + 1, [0.0] * n)
        for i in range(n):
            v[i] = v[i] + dt / tau * (E_m - v[i]) + arrived[i] + J_ext * int(counts_ext[k][i])
            if rests[i] > 0:
                v[i], rests[i] = V_reset, rests[i] - 1
            elif v[i] >= V_theta:
                v[i], rests[i] = V_reset, int(t_ref / dt + 0.5)
                spikes.append([k + 1, i])
                bag = post.setdefault(k + 1 + int(delay / dt + 0.5), [0.0] * n)
                for one in targets[start[i] : start[i + 1]]:
                    bag[one] += J[i]
        kept.append([v[i] for i in record])
    return np.array(kept, float), [k for k, _ in spikes], [i for _, i in spikes]


@style("lif_network", "a matrix of weights, a queue of rows")
def _(
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
    n = len(V_init)
    weights = np.zeros((n, n))
    for j in range(n):
        for i in targets[start[j] : start[j + 1]]:
            weights[i, j] += J[j]
    queue = [np.zeros(n)] * round(delay / dt)
    V, left = 1.0 * V_init, np.zeros(n)
    kept, spikes = np.empty((len(counts_ext) + 1, n)), np.zeros((len(counts_ext) + 1, n))
    kept[0] = V
    for k, counts in enumerate(counts_ext, 1):
        V = V - dt / tau * (V - E_m) + J_ext * counts + queue.pop(0)
        V[left > 0] = V_reset
        left = np.maximum(left - 1, 0)
        spikes[k] = V >= V_theta
        V[spikes[k] == 1] = V_reset
        left[spikes[k] == 1] = round(t_ref / dt)
        queue.append(weights @ spikes[k])
        kept[k] = V
    return kept[:, record], *np.nonzero(spikes)


# --- 6.3 population_rate --------------------------------------------------------------------------


@style("population_rate", "np.histogram with half-step edges")
def _(steps, n, N_t, dt, bin_size):
    m = int(round(bin_size / dt))
    edges = np.arange(N_t // m + 1) * m - 0.5
    return np.histogram(steps, edges)[0] / n / (m * dt) * 1000


@style("population_rate", "a loop over the spikes")
def _(steps, n, N_t, dt, bin_size):
    m = round(bin_size / dt)
    found = [0.0] * int(N_t / m)
    for step in steps:
        if step // m < len(found):
            found[step // m] += 1000 / n / bin_size
    return found


@style("population_rate", "a count a step, reshaped")
def _(steps, n, N_t, dt, bin_size):
    m = round(bin_size / dt)
    per_step = np.zeros(N_t + 1)
    np.add.at(per_step, steps, 1)
    return per_step[: N_t // m * m].reshape(-1, m).sum(axis=1) / (n * bin_size * 1e-3)


# --- 6.4 power_spectrum ---------------------------------------------------------------------------


@style("power_spectrum", "np.fft.fft, segment by segment, mean removed")
def _(rate_hz, bin_size, n_segment):
    half, h = n_segment // 2, bin_size * 1e-3
    found = []
    for j in range(len(rate_hz) // n_segment):
        piece = rate_hz[j * n_segment : (j + 1) * n_segment]
        sums = np.fft.fft(piece - piece.mean())[1 : half + 1]
        found.append((sums.real**2 + sums.imag**2) * h / n_segment)
    return np.abs(np.fft.fftfreq(n_segment, h)[1 : half + 1]), np.mean(found, axis=0)


@style("power_spectrum", "rfft and rfftfreq")
def _(rate_hz, bin_size, n_segment):
    h = bin_size / 1000
    pieces = np.array_split(
        rate_hz[: len(rate_hz) // n_segment * n_segment], len(rate_hz) // n_segment
    )
    power = [abs(np.fft.rfft(piece)) ** 2 for piece in pieces]
    S = np.average(power, axis=0) * h**2 / (h * n_segment)
    return np.fft.rfftfreq(n_segment, h)[1:], S[1:]


@style("power_spectrum", "complex sums in a double loop")
def _(rate_hz, bin_size, n_segment):
    h, M = bin_size / 1000, len(rate_hz) // n_segment
    f, S = [], []
    for m in range(1, n_segment // 2 + 1):
        total = 0.0
        for j in range(M):
            wave = (cmath.exp(-2j * cmath.pi * m * k / n_segment) for k in range(n_segment))
            piece = rate_hz[j * n_segment : (j + 1) * n_segment]
            total += abs(sum(r * w for r, w in zip(piece, wave, strict=True)) * h) ** 2
        f.append(m / (n_segment * h))
        S.append(total / M / (n_segment * h))
    return f, S


# --- 6.5 synchrony --------------------------------------------------------------------------------


@style("synchrony", "means of squares, plain numbers")
def _(counts):
    rows = [[int(c) for c in row] for row in counts]

    def variance(x):
        mean = sum(x) / len(x)
        return sum((one - mean) ** 2 for one in x) / len(x)

    return variance([sum(column) for column in zip(*rows, strict=True)]) / sum(map(variance, rows))


@style("synchrony", "np.cov")
def _(counts):
    table = np.cov(counts, bias=True)
    return table.sum() / table.diagonal().sum()


@style("synchrony", "a loop over the neurons")
def _(counts):
    below, total = 0.0, np.zeros(counts.shape[1])
    for row in counts:
        below += np.std(row) ** 2
        total = total + row
    return np.var(total) / below


# --- 6.6 mean_field_input -------------------------------------------------------------------------


@style("mean_field_input", "excitation and inhibition apart")
def _(rate_hz, rate_ext_hz, E_m, tau, J, g, C_E, C_I):
    nu = np.asarray(rate_hz) * 1e-3
    excitation, inhibition = C_E * (rate_ext_hz * 1e-3 + nu), C_I * nu
    mu = E_m + J * tau * excitation - g * J * tau * inhibition
    return mu, J * np.sqrt(tau / 2 * (excitation + inhibition * g**2))


@style("mean_field_input", "arrays of counts and kicks")
def _(rate_hz, rate_ext_hz, E_m, tau, J, g, C_E, C_I):
    kicks = np.array([J, -g * J])
    numbers = np.array([C_E, C_I])
    recurrent = tau / 1000 * np.multiply.outer(rate_hz, kicks * numbers).sum(axis=-1)
    squares = tau / 1000 * np.multiply.outer(rate_hz, kicks**2 * numbers).sum(axis=-1)
    outside = tau / 1000 * C_E * rate_ext_hz
    return E_m + J * outside + recurrent, ((squares + J * J * outside) / 2) ** 0.5


@style("mean_field_input", "in units of rates, rate by rate")
def _(rate_hz, rate_ext_hz, E_m, tau, J, g, C_E, C_I):
    def one(nu):
        weight = tau * J / 1000
        mu = E_m + weight * (C_E * rate_ext_hz + C_E * nu - g * C_I * nu)
        return mu, math.sqrt(weight * J / 2 * (C_E * rate_ext_hz + C_E * nu + g * g * C_I * nu))

    mu, sigma = np.vectorize(one, otypes=[float, float])(rate_hz)
    return mu, sigma


# --- 6.7 mean_field_rate --------------------------------------------------------------------------


@style("mean_field_rate", "all in one, Simpson's rule")
def _(rate_ext_hz, E_m, V_theta, V_reset, tau, t_ref, J, g, C_E, C_I):
    def miss(rate):
        outside, inside = C_E * rate_ext_hz / 1000, rate / 1000
        mean = E_m + tau * J * (outside + (C_E - g * C_I) * inside)
        s = J * math.sqrt(tau * (outside + (C_E + g**2 * C_I) * inside))
        u = np.linspace((V_reset - mean) / s, (V_theta - mean) / s, 4001)
        y = erfcx(-u)
        area = (y[0] + y[-1] + 4 * y[1::2].sum() + 2 * y[2:-1:2].sum()) * (u[1] - u[0]) / 3
        return 1000 / (t_ref + tau * math.sqrt(math.pi) * area) - rate

    return root_scalar(miss, bracket=[0, 1000 / t_ref], xtol=1e-11).root


@style("mean_field_rate", "damped steps of the rate itself")
def _(rate_ext_hz, E_m, V_theta, V_reset, tau, t_ref, J, g, C_E, C_I):
    rate, gain = 0.0, 0.02
    for _ in range(4000):
        mu, sigma = mean_field_input(rate, rate_ext_hz, E_m, tau, J, g, C_E, C_I)
        old, rate = (
            rate,
            rate + gain * (siegert_rate(0, mu, V_theta, V_reset, 1, tau, t_ref, sigma) - rate),
        )
        if abs(rate - old) < 1e-11:
            break
    return rate


@style("mean_field_rate", "the inverse equation, brentq on the interval")
def _(rate_ext_hz, E_m, V_theta, V_reset, tau, t_ref, J, g, C_E, C_I):
    def late(interval):
        mu, sigma = mean_field_input(1000 / interval, rate_ext_hz, E_m, tau, J, g, C_E, C_I)
        return 1000 / siegert_rate(0, mu, V_theta, V_reset, 1, tau, t_ref, sigma) - interval

    return 1000 / root_scalar(late, bracket=[t_ref, 1e5], xtol=1e-12).root

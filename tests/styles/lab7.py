"""Right answers to the exercises of Lab 7, each written differently from the reference."""

import math

import numpy as np

from tests.styles.table import new_styles

STYLES, style = new_styles()


# stdp_window -------------------------------------------------------------------------------------


@style("stdp_window", "np.where inside np.where")
def _(delta_t, A_plus, A_minus, tau_plus, tau_minus):
    change = np.where(delta_t < 0, -A_minus * np.exp(np.divide(delta_t, tau_minus)), 0.0)
    return np.where(np.greater(delta_t, 0), np.exp(-delta_t / tau_plus) * A_plus, change)


@style("stdp_window", "sign, height and time constant of each pair")
def _(delta_t, A_plus, A_minus, tau_plus, tau_minus):
    sign = np.sign(delta_t)
    height = np.choose(np.asarray(sign + 1, dtype=int), [A_minus, 0, A_plus])
    tau = np.choose(np.asarray(sign > 0, dtype=int), [tau_minus, tau_plus])
    return sign * height * np.exp(-np.abs(delta_t) / tau)


@style("stdp_window", "one pair at a time, with math, through np.vectorize")
def _(delta_t, A_plus, A_minus, tau_plus, tau_minus):
    def one_pair(delta):
        if delta == 0:
            return 0.0
        if delta > 0:
            return A_plus / math.exp(min(delta / tau_plus, 700))
        return -A_minus * math.exp(delta / tau_minus)

    return np.vectorize(one_pair, otypes=[float])(delta_t)


# stdp_total --------------------------------------------------------------------------------------


@style("stdp_total", "np.subtract.outer and masks")
def _(pre_times, post_times, A_plus, A_minus, tau_plus, tau_minus):
    table = np.subtract.outer(post_times, pre_times)
    gained = A_plus * np.exp(-table[table > 0] / tau_plus)
    return gained.sum() - (A_minus * np.exp(table[table < 0] / tau_minus)).sum()


@style("stdp_total", "one row of the table at a time")
def _(pre_times, post_times, A_plus, A_minus, tau_plus, tau_minus):
    if not len(pre_times) or not len(post_times):
        return 0
    gains = [np.sum(np.exp((pre_times[pre_times < t] - t) / tau_plus)) for t in post_times]
    losses = [np.sum(np.exp((t - pre_times[pre_times > t]) / tau_minus)) for t in post_times]
    return A_plus * math.fsum(gains) - A_minus * math.fsum(losses)


@style("stdp_total", "traces over the merged spikes")
def _(pre_times, post_times, A_plus, A_minus, tau_plus, tau_minus):
    total, x, y, before = 0.0, 0.0, 0.0, 0.0
    for t in sorted({*pre_times, *post_times}):
        x, y, before = (
            x * math.exp((before - t) / tau_plus),
            y * math.exp((before - t) / tau_minus),
            t,
        )
        total += A_plus * x * (t in post_times) - A_minus * y * (t in pre_times)
        x, y = x + (t in pre_times), y + (t in post_times)
    return np.float64(total)


# stdp_traces -------------------------------------------------------------------------------------


@style("stdp_traces", "sums over all earlier spikes, row by row")
def _(dt, pre, post, w_init, w_max, A_plus, A_minus, tau_plus, tau_minus):
    steps = np.arange(len(post))
    age = np.subtract.outer(steps, steps) * dt
    past = age >= 0
    x = np.where(past, np.exp(-np.abs(age) / tau_plus), 0) @ pre
    y = np.where(past, np.exp(-np.abs(age) / tau_minus), 0) @ post
    change = A_plus * (x - pre) * post[:, None] - A_minus * (y - post)[:, None] * pre
    w = [np.asarray(w_init, float)]
    for row in change[1:]:
        w.append(np.clip(w[-1] + row, 0, w_max))
    return w, x, y


@style("stdp_traces", "synapse by synapse, on plain floats")
def _(dt, pre, post, w_init, w_max, A_plus, A_minus, tau_plus, tau_minus):
    keep_x, keep_y = math.exp(-dt / tau_plus), math.exp(-dt / tau_minus)
    y = [0.0]
    for fired in post[1:]:
        y.append(y[-1] * keep_y + float(fired))
    w, x = np.zeros(pre.shape), np.zeros(pre.shape)
    for j in range(pre.shape[1]):
        weight, trace = float(w_init[j]), 0.0
        w[0, j] = weight
        for k in range(1, len(post)):
            trace *= keep_x
            if post[k]:
                weight += A_plus * trace
            if pre[k, j]:
                weight -= A_minus * keep_y * y[k - 1]
                trace += 1
            weight = min(max(weight, 0.0), w_max)
            w[k, j], x[k, j] = weight, trace
    return [w, x, np.array(y)]


@style("stdp_traces", "in place on copies, noted by copy")
def _(dt, pre, post, w_init, w_max, A_plus, A_minus, tau_plus, tau_minus):
    n_rows, n = pre.shape
    w, x, y = np.empty((n_rows, n)), np.empty((n_rows, n)), np.empty(n_rows)
    now, left, right = np.array(w_init, float), np.zeros(n), 0.0
    for k in range(n_rows):
        if k:
            left *= np.exp(-dt / tau_plus)
            right *= np.exp(-dt / tau_minus)
            now -= A_minus * right * pre[k]
            if post[k]:
                now += A_plus * left
            np.clip(now, 0, w_max, out=now)
            left += pre[k]
            right += post[k]
        w[k], x[k], y[k] = now, left, right
    return w, x, y


# stdp_drift --------------------------------------------------------------------------------------


@style("stdp_drift", "all in seconds first")
def _(rate_pre_hz, rate_post_hz, A_plus, A_minus, tau_plus, tau_minus):
    tau_plus, tau_minus = tau_plus / 1000, tau_minus / 1000
    return rate_pre_hz * (A_plus * tau_plus - A_minus * tau_minus) * rate_post_hz


@style("stdp_drift", "two drifts subtracted")
def _(rate_pre_hz, rate_post_hz, A_plus, A_minus, tau_plus, tau_minus):
    pairs = 1e-3 * rate_pre_hz * rate_post_hz
    return np.subtract(pairs * A_plus * tau_plus, pairs * A_minus * tau_minus)


@style("stdp_drift", "dot product of heights and time constants")
def _(rate_pre_hz, rate_post_hz, A_plus, A_minus, tau_plus, tau_minus):
    area = np.dot([A_plus, -A_minus], [tau_plus, tau_minus])
    return np.prod([rate_pre_hz, rate_post_hz, area, 0.001])


# lif_plastic -------------------------------------------------------------------------------------


@style("lif_plastic", "in place, with an if for the neuron's spike")
def _(
    dt, V_init, E_m, V_theta, V_reset, tau, counts, w_init, w_max, A_plus, A_minus,
    tau_plus, tau_minus, every,
):  # fmt: skip
    N, n = counts.shape
    V, s, w = np.empty(N + 1), np.zeros(N + 1, int), np.array(w_init, float)
    V[0] = V_init
    rows, x, y = [w.copy()], np.zeros(n), 0.0
    keep_x, keep_y, part = np.exp(-dt / tau_plus), np.exp(-dt / tau_minus), dt / tau
    for k in range(N):
        x *= keep_x
        y *= keep_y
        w -= A_minus * y * counts[k]
        if s[k]:
            w += A_plus * x
        np.clip(w, 0, w_max, out=w)
        x += counts[k]
        y += s[k]
        v = V[k] + part * (E_m - V[k]) + counts[k] @ w
        if v >= V_theta:
            v, s[k + 1] = V_reset, 1
        V[k + 1] = v
        if not (k + 1) % every:
            rows.append(w.copy())
    return V, s, np.array(rows)


@style("lif_plastic", "double loop over plain floats")
def _(
    dt, V_init, E_m, V_theta, V_reset, tau, counts, w_init, w_max, A_plus, A_minus,
    tau_plus, tau_minus, every,
):  # fmt: skip
    weights = [float(one) for one in w_init]
    v, fired, x, y = float(V_init), False, [0.0] * len(weights), 0.0
    trace, train, table = [v], [False], [list(weights)]
    for step, arrived in enumerate(counts.tolist(), start=1):
        y *= math.exp(-dt / tau_minus)
        kick = 0.0
        for j, came in enumerate(arrived):
            x[j] *= math.exp(-dt / tau_plus)
            new = weights[j] + (A_plus * x[j] if fired else 0.0) - (A_minus * y if came else 0.0)
            weights[j] = max(0.0, min(new, w_max))
            x[j] += came
            kick += weights[j] * came
        y += fired
        v = v * (1 - dt / tau) + dt / tau * E_m + kick
        fired = v >= V_theta
        if fired:
            v = V_reset
        trace.append(v)
        train.append(fired)
        if step % every == 0:
            table.append(list(weights))
    return trace, train, table


@style("lif_plastic", "all weights kept, every so many returned")
def _(
    dt, V_init, E_m, V_theta, V_reset, tau, counts, w_init, w_max, A_plus, A_minus,
    tau_plus, tau_minus, every,
):  # fmt: skip
    N_t, n = counts.shape
    V = np.full(N_t + 1, float(V_init))
    spikes = np.zeros(N_t + 1, dtype=bool)
    traces, w = np.zeros((N_t + 1, n + 1)), np.zeros((N_t + 1, n))
    w[0] = w_init
    keep = np.append(np.full(n, np.exp(-dt / tau_plus)), np.exp(-dt / tau_minus))
    for k in range(1, N_t + 1):
        both = np.append(counts[k - 1], spikes[k - 1])
        left = traces[k - 1] * keep
        change = A_plus * left[:n] * both[n] - A_minus * left[n] * both[:n]
        w[k] = np.minimum(np.maximum(w[k - 1] + change, 0), w_max)
        traces[k] = left + both
        updated = V[k - 1] + dt * (E_m - V[k - 1]) / tau + np.sum(counts[k - 1] * w[k])
        spikes[k] = updated >= V_theta
        V[k] = V_reset if spikes[k] else updated
    return [V, spikes, w[::every]]


# rescale -----------------------------------------------------------------------------------------


@style("rescale", "the factor by the ratio of the rates")
def _(w, rate_hz, target_hz, strength, w_max):
    return np.clip((1 + strength - strength * rate_hz / target_hz) * w, 0, w_max)


@style("rescale", "one synapse at a time")
def _(w, rate_hz, target_hz, strength, w_max):
    scaled = []
    for one in w:
        new = one * (1.0 + strength * (1.0 - rate_hz / target_hz))
        scaled.append(0.0 if new < 0 else min(new, w_max))
    return np.array(scaled)


@style("rescale", "masks on a copy")
def _(w, rate_hz, target_hz, strength, w_max):
    scaled = w + w * strength * (target_hz - rate_hz) / target_hz
    scaled[scaled < 0] = 0
    scaled[scaled > w_max] = w_max
    return scaled

"""Right answers to the exercises of Lab 5, each written differently from the reference."""

import math

import numpy as np
from scipy.integrate import quad, simpson
from scipy.optimize import brentq, root_scalar

from tests.styles.table import new_styles

STYLES, style = new_styles()


# --- 5.1 lif_adaptive -----------------------------------------------------------------------------


@style("lif_adaptive", "rows from k - 1 to k, np.where")
def _(dt, V_init, w_init, E_m, V_theta, V_reset, I_ext, g_m, tau, b, tau_w):
    V, w = np.empty((2, len(I_ext) + 1, I_ext.shape[1]))
    V[0], w[0] = V_init, w_init
    spikes = np.zeros(V.shape, dtype=bool)
    for k in range(1, len(V)):
        slope = (E_m - V[k - 1]) / tau + (I_ext[k - 1] - w[k - 1]) / (g_m * tau)
        V[k] = V[k - 1] + dt * slope
        spikes[k] = V[k] >= V_theta
        V[k] = np.where(spikes[k], V_reset, V[k])
        w[k] = (1 - dt / tau_w) * w[k - 1] + b * spikes[k]
    t = np.arange(len(V)) * dt
    return V, w, spikes, [t[column] for column in spikes.T]


@style("lif_adaptive", "double loop over plain floats")
def _(dt, V_init, w_init, E_m, V_theta, V_reset, I_ext, g_m, tau, b, tau_w):
    columns = []
    for i in range(len(V_init)):
        v, a = float(V_init[i]), float(w_init[i])
        rows, times = [(v, a, 0)], []
        for k, current in enumerate(I_ext[:, i].tolist()):
            v, a = v + dt * ((E_m - v) * g_m + current - a) / (g_m * tau), a - a * dt / tau_w
            fired = v >= V_theta
            if fired:
                v, a = V_reset, a + b
                times.append((k + 1) * dt)
            rows.append((v, a, int(fired)))
        columns.append((rows, times))
    V, w, spikes = np.array([rows for rows, _ in columns]).transpose(2, 1, 0)
    return V, w, spikes, [times for _, times in columns]


@style("lif_adaptive", "state in two vectors, lists of rows")
def _(dt, V_init, w_init, E_m, V_theta, V_reset, I_ext, g_m, tau, b, tau_w):
    V, w = 1.0 * V_init, 1.0 * w_init
    rows_V, rows_w, rows_s = [V], [w], [0 * V]
    for current in I_ext:
        dV = dt * (-(V - E_m) + (current - w) / g_m) / tau
        dw = -dt * w / tau_w
        V, w = V + dV, w + dw
        fired = (V >= V_theta).astype(float)
        V = V * (1 - fired) + V_reset * fired
        w = w + b * fired
        rows_V.append(V)
        rows_w.append(w)
        rows_s.append(fired)
    spikes = np.array(rows_s)
    return rows_V, rows_w, spikes, [np.flatnonzero(one) * dt for one in spikes.T]


# --- 5.2 adapted_rate -----------------------------------------------------------------------------


@style("adapted_rate", "a map of w from spike to spike, iterated")
def _(I_ext, E_m, V_theta, V_reset, g_m, tau, b, tau_w):
    def interval(current, w):
        def V(T):
            forced = w / g_m * tau_w / (tau_w - tau) * (np.exp(-T / tau_w) - np.exp(-T / tau))
            free = E_m + current / g_m + (V_reset - E_m - current / g_m) * np.exp(-T / tau)
            return free - forced - V_theta

        return brentq(V, 0, 200 * (tau + tau_w), xtol=1e-13)

    rates = np.zeros(np.shape(I_ext))
    for place, current in np.ndenumerate(I_ext):
        if current > g_m * (V_theta - E_m):
            w = 0.0
            for _ in range(400):
                w = w * np.exp(-interval(current, w) / tau_w) + b
            rates[place] = 1000 / interval(current, w)
    return rates if rates.ndim else float(rates)


@style("adapted_rate", "root of the rate, not of the interval")
def _(I_ext, E_m, V_theta, V_reset, g_m, tau, b, tau_w):
    def miss(rate, V_inf):
        slow, fast = math.exp(-1000 / rate / tau_w), math.exp(-1000 / rate / tau)
        w = b / g_m / (1 - slow)
        return V_inf * (1 - fast) + V_reset * fast - w * (slow - fast) / (1 - tau / tau_w) - V_theta

    def one(current):
        V_inf = E_m + current / g_m
        if V_inf <= V_theta:
            return 0.0
        bracket = [10 / (tau + tau_w), 1e5 / tau]
        return root_scalar(miss, args=(V_inf,), bracket=bracket, xtol=1e-12).root

    return np.array([one(x) for x in np.ravel(I_ext)]).reshape(np.shape(I_ext))[()]


@style("adapted_rate", "steps outward, then brentq")
def _(I_ext, E_m, V_theta, V_reset, g_m, tau, b, tau_w):
    def one(current):
        V_inf = E_m + current / g_m
        if not V_inf > V_theta:
            return 0

        def end(T):
            k = b / (1 - np.exp(-T / tau_w)) / g_m * tau_w / (tau_w - tau)
            return V_inf - k * np.exp(-T / tau_w) + (V_reset - V_inf + k) * np.exp(-T / tau)

        T = tau / 100
        while end(T) < V_theta:
            T *= 1.02
        return 1000 / brentq(lambda x: end(x) - V_theta, T / 1.02, T)

    return np.vectorize(one, otypes=[float])(I_ext)


# --- 5.3 adaptation_index -------------------------------------------------------------------------


@style("adaptation_index", "a loop over plain numbers")
def _(spike_times):
    found = []
    for times in spike_times:
        total, count = 0.0, 0
        for j in range(2, len(times)):
            late, early = times[j] - times[j - 1], times[j - 1] - times[j - 2]
            total += (late - early) / (late + early)
            count += 1
        found.append(total / count if count else float("nan"))
    return found


@style("adaptation_index", "ratio of neighbours")
def _(spike_times):
    def one(x):
        ratio = x[1:] / x[:-1]
        return ((ratio - 1) / (ratio + 1)).mean() if len(ratio) else np.nan

    return np.array([one(np.diff(times)) for times in spike_times])


@style("adaptation_index", "twice np.diff")
def _(spike_times):
    found = np.full(len(spike_times), np.nan)
    for i, times in enumerate(spike_times):
        if np.size(times) >= 3:
            x = np.diff(times)
            found[i] = np.average(np.diff(x) / np.convolve(x, [1, 1], "valid"))
    return found


# --- 5.4 adex_euler -------------------------------------------------------------------------------


@style("adex_euler", "rows from k - 1 to k, np.where")
def _(dt, V_init, w_init, E_m, V_T, Delta_T, V_peak, V_reset, I_ext, g_m, tau, a, b, tau_w):
    V, w = np.empty((2, len(I_ext) + 1, I_ext.shape[1]))
    V[0], w[0] = V_init, w_init
    spikes = np.zeros(V.shape, dtype=bool)
    for k in range(1, len(V)):
        old = V[k - 1]
        current = g_m * (E_m - old + Delta_T * np.exp((old - V_T) / Delta_T)) + I_ext[k - 1]
        V[k] = old + dt * (current - w[k - 1]) / (g_m * tau)
        spikes[k] = V[k] >= V_peak
        V[k] = np.where(spikes[k], V_reset, V[k])
        w[k] = (1 - dt / tau_w) * w[k - 1] + dt / tau_w * a * (old - E_m) + b * spikes[k]
    t = np.arange(len(V)) * dt
    return V, w, spikes, [t[column] for column in spikes.T]


@style("adex_euler", "double loop over plain floats")
def _(dt, V_init, w_init, E_m, V_T, Delta_T, V_peak, V_reset, I_ext, g_m, tau, a, b, tau_w):
    columns = []
    for i in range(len(V_init)):
        v, x = float(V_init[i]), float(w_init[i])
        rows, times = [(v, x, 0)], []
        for k, current in enumerate(I_ext[:, i].tolist()):
            rise = Delta_T * math.exp((v - V_T) / Delta_T)
            v, x = (
                v + dt / tau * (E_m - v + rise + (current - x) / g_m),
                x + (a * (v - E_m) - x) * dt / tau_w,
            )
            fired = v >= V_peak
            if fired:
                v, x = V_reset, x + b
                times.append((k + 1) * dt)
            rows.append((v, x, int(fired)))
        columns.append((rows, times))
    V, w, spikes = np.array([rows for rows, _ in columns]).transpose(2, 1, 0)
    return V, w, spikes, [times for _, times in columns]


@style("adex_euler", "V held at V_peak, w first")
def _(dt, V_init, w_init, E_m, V_T, Delta_T, V_peak, V_reset, I_ext, g_m, tau, a, b, tau_w):
    V, w = 1.0 * V_init, 1.0 * w_init
    rows_V, rows_w, rows_s = [V], [w], [0 * V]
    for current in I_ext:
        new_w = w + dt * (a * (V - E_m) - w) / tau_w
        slope = -V + E_m + Delta_T * np.exp((V - V_T) / Delta_T) + (current - w) / g_m
        V = np.minimum(V + dt * slope / tau, V_peak)
        fired = (V == V_peak).astype(float)
        V = V * (1 - fired) + V_reset * fired
        w = new_w + b * fired
        rows_V.append(V)
        rows_w.append(w)
        rows_s.append(fired)
    spikes = np.array(rows_s)
    return rows_V, rows_w, spikes, [np.flatnonzero(one) * dt for one in spikes.T]


# --- 5.5 nullclines -------------------------------------------------------------------------------


@style("nullclines", "in mV first")
def _(V, I_ext, E_m, V_T, Delta_T, g_m, a):
    drive = E_m - V + Delta_T * np.exp((V - V_T) / Delta_T) + I_ext / g_m
    return g_m * drive, a * V - a * E_m


@style("nullclines", "number by number")
def _(V, I_ext, E_m, V_T, Delta_T, g_m, a):
    first, second = np.zeros(np.shape(V)), np.zeros(np.shape(V))
    for place, v in np.ndenumerate(V):
        first[place] = I_ext - g_m * (v - E_m) + g_m * Delta_T * math.exp((v - V_T) / Delta_T)
        second[place] = a * (v - E_m)
    return first, second


@style("nullclines", "both stacked")
def _(V, I_ext, E_m, V_T, Delta_T, g_m, a):
    x = np.asarray(V) - E_m
    return np.array([I_ext - g_m * x + g_m * Delta_T * np.exp((x + E_m - V_T) / Delta_T), a * x])


# --- 5.6 adex_rheobase ----------------------------------------------------------------------------


@style("adex_rheobase", "closed forms of Touboul and Brette")
def _(E_m, V_T, Delta_T, g_m, tau, a, tau_w):
    ratio = tau / tau_w
    if a / g_m <= ratio:
        x = a / g_m
        return (g_m + a) * (V_T - E_m - Delta_T + Delta_T * math.log(1 + x))
    inside = V_T - E_m - Delta_T + Delta_T * math.log(1 + ratio)
    return (g_m + a) * inside + Delta_T * g_m * (a / g_m - ratio)


@style("adex_rheobase", "np.minimum, np.log1p")
def _(E_m, V_T, Delta_T, g_m, tau, a, tau_w):
    x = np.minimum(a / g_m, tau / tau_w)
    V = V_T + Delta_T * np.log1p(x)
    return g_m * (V - E_m) + a * (V - E_m) - g_m * Delta_T * (1 + x)


@style("adex_rheobase", "through the nullclines")
def _(E_m, V_T, Delta_T, g_m, tau, a, tau_w):
    e = min(1 + a / g_m, 1 + tau / tau_w)
    V = Delta_T * np.log(e) + V_T
    w = a * (V - E_m)
    return w - g_m * (-(V - E_m) + Delta_T * np.exp((V - V_T) / Delta_T))


# --- 5.7 eif_rate ---------------------------------------------------------------------------------


@style("eif_rate", "quad without points, a loop")
def _(I_ext, E_m, V_T, Delta_T, V_peak, V_reset, g_m, tau):
    rates = np.zeros(np.shape(I_ext))
    for place, current in np.ndenumerate(I_ext):
        if current > g_m * (V_T - E_m - Delta_T):

            def speed(V, current=current):
                return (E_m - V + Delta_T * np.exp((V - V_T) / Delta_T) + current / g_m) / tau

            rates[place] = 1000 / quad(lambda V: 1 / speed(V), V_reset, V_peak, limit=200)[0]
    return rates[()]


@style("eif_rate", "in units of Delta_T")
def _(I_ext, E_m, V_T, Delta_T, V_peak, V_reset, g_m, tau):
    def one(current):
        offset = (current / g_m + E_m - V_T) / Delta_T
        if offset <= -1:
            return 0.0
        low, high = (V_reset - V_T) / Delta_T, (V_peak - V_T) / Delta_T
        area = quad(lambda x: 1 / (np.exp(x) - x + offset), low, 0)[0]
        return 1000 / tau / (area + quad(lambda x: 1 / (np.exp(x) - x + offset), 0, high)[0])

    return np.vectorize(one, otypes=[float])(I_ext)[()]


@style("eif_rate", "Simpson's rule")
def _(I_ext, E_m, V_T, Delta_T, V_peak, V_reset, g_m, tau):
    def one(current):
        if current / g_m <= V_T - E_m - Delta_T:
            return 0
        V = np.linspace(V_reset, V_peak, 20001)
        slope = -(V - E_m) + Delta_T * np.exp((V - V_T) / Delta_T) + current / g_m
        return 1000 / simpson(tau / slope, x=V)

    return np.array([one(x) for x in np.ravel(I_ext)], dtype=float).reshape(np.shape(I_ext))[()]

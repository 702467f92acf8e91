"""Right answers to the exercises of Lab 1 in the styles that students write: all must pass."""

import functools
import itertools
import math
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import scipy.signal

from tests.styles.table import new_styles

STYLES, style = new_styles()


# --- 1.1 passive_euler ----------------------------------------------------------------------------


@style("passive_euler", "the equation as it stands")
def _(N_t, dt, V_init, E_m, I_ext, g_m, tau):
    V = np.zeros((N_t + 1, len(V_init)))
    V[0, :] = V_init
    for k in range(1, N_t + 1):
        dV_dt = (-(V[k - 1, :] - E_m) + I_ext / g_m) / tau
        V[k, :] = V[k - 1, :] + dV_dt * dt
    return V


@style("passive_euler", "double loop")
def _(N_t, dt, V_init, E_m, I_ext, g_m, tau):
    V = np.zeros((N_t + 1, len(V_init)))
    for i in range(len(V_init)):
        V[0][i] = V_init[i]
        for t in range(N_t):
            V[t + 1][i] = V[t][i] + dt * (E_m - V[t][i] + I_ext[i] / g_m) / tau[i]
    return V


@style("passive_euler", "a*V + b, with prints")
def _(N_t, dt, V_init, E_m, I_ext, g_m, tau):
    a = 1 - dt / tau
    b = (dt / tau) * (E_m + I_ext / g_m)
    rows = [np.array(V_init, dtype=float)]
    for k in range(N_t):
        print("step", k, rows[-1])
        rows.append(a * rows[-1] + b)
    return np.array(rows)


@style("passive_euler", "in place, with out=")
def _(N_t, dt, V_init, E_m, I_ext, g_m, tau):
    V = np.empty((N_t + 1, np.size(V_init)))
    V[0] = V_init
    for old, new in itertools.pairwise(V):
        np.subtract(E_m + I_ext / g_m, old, out=new)
        new *= dt / tau
        new += old
    return V


@style("passive_euler", "powers of 1 - dt/tau")
def _(N_t, dt, V_init, E_m, I_ext, g_m, tau):
    k = np.arange(N_t + 1)[:, None]
    V_inf = E_m + I_ext / g_m
    return V_inf + (V_init - V_inf) * (1 - dt / tau) ** k


@style("passive_euler", "nested lists of plain floats")
def _(N_t, dt, V_init, E_m, I_ext, g_m, tau):
    V = [[float(v) for v in V_init]]
    for _ in range(N_t):
        V.append(
            [
                v + dt / float(T) * (-(v - E_m) + float(i) / g_m)
                for v, i, T in zip(V[-1], I_ext, tau, strict=True)
            ]
        )
    return V


@style("passive_euler", "transposed inside, measured from rest")
def _(N_t, dt, V_init, E_m, I_ext, g_m, tau):
    u = np.zeros((len(V_init), N_t + 1))
    u[:, 0] = V_init - E_m
    for k in range(N_t):
        u[:, k + 1] = u[:, k] - dt * (1 / tau) * u[:, k] + dt * (1 / tau) * I_ext / g_m
    return (u + E_m).T


@style("passive_euler", "capacitance instead of tau")
def _(N_t, dt, V_init, E_m, I_ext, g_m, tau):
    C_m = tau * g_m  # nF
    V = np.tile(np.asarray(V_init, dtype=float), (N_t + 1, 1))
    for k in range(N_t):
        V[k + 1] = V[k] + dt * (I_ext - g_m * (V[k] - E_m)) / C_m
    return V


@style("passive_euler", "generator, columns stacked")
def _(N_t, dt, V_init, E_m, I_ext, g_m, tau):
    def walk(v, current, T):
        for _ in range(N_t + 1):
            yield v
            v += dt * (E_m + current / g_m - v) / T

    traces = zip(map(float, V_init), I_ext, tau, strict=True)
    return np.column_stack([np.fromiter(walk(*trace), dtype=float) for trace in traces])


@style("passive_euler", "recursion")
def _(N_t, dt, V_init, E_m, I_ext, g_m, tau):
    def rows(k):
        if k == 0:
            return [np.asarray(V_init, float)]
        before = rows(k - 1)
        v = before[-1]
        return [*before, v - dt / tau * (v - E_m) + dt / tau / g_m * I_ext]

    return np.vstack(rows(N_t))


@style("passive_euler", "exact fractions")
def _(N_t, dt, V_init, E_m, I_ext, g_m, tau):
    V = [[Fraction(float(v)) for v in V_init]]
    h, E, g = (Fraction(float(x)) for x in (dt, E_m, g_m))
    for _ in range(N_t):
        step = zip(V[-1], I_ext, tau, strict=True)
        V.append(
            [v + h / Fraction(float(T)) * (E - v + Fraction(float(i)) / g) for v, i, T in step]
        )
    return [[float(v) for v in row] for row in V]


@style("passive_euler", "accumulate, and a figure on the way")
def _(N_t, dt, V_init, E_m, I_ext, g_m, tau):
    import matplotlib.pyplot as plt

    def step(v, _):
        return v + (dt / tau) * (-v + E_m + I_ext / g_m)

    V = list(itertools.accumulate(range(N_t), step, initial=np.array(V_init, float)))
    plt.figure()
    plt.plot(np.array(V))
    return tuple(V)


# --- 1.2 passive_exact ----------------------------------------------------------------------------


@style("passive_exact", "columns and rows by np.newaxis")
def _(t, V_init, E_m, I_ext, g_m, tau):
    V_inf = E_m + I_ext / g_m
    return V_inf + (V_init - V_inf) * np.exp(-t[:, np.newaxis] / tau)


@style("passive_exact", "double loop with math")
def _(t, V_init, E_m, I_ext, g_m, tau):
    V = np.zeros((len(t), len(V_init)))
    for k in range(len(t)):
        for i in range(len(V_init)):
            V_inf = E_m + I_ext[i] / g_m
            V[k, i] = V_inf + (V_init[i] - V_inf) * math.exp(-t[k] / tau[i])
    return V


@style("passive_exact", "loop over the times")
def _(t, V_init, E_m, I_ext, g_m, tau):
    rows = []
    for time in t:
        decay = np.exp(-time / tau)
        rows.append(V_init * decay + (E_m + I_ext / g_m) * (1 - decay))
    return rows


@style("passive_exact", "loop over the neurons, transposed inside")
def _(t, V_init, E_m, I_ext, g_m, tau):
    V = np.empty((len(V_init), len(t)))
    for i, (start, current, T) in enumerate(zip(V_init, I_ext, tau, strict=True)):
        V[i] = E_m + current / g_m * -np.expm1(-t / T) + (start - E_m) * np.exp(-t / T)
    return V.T


@style("passive_exact", "outer product")
def _(t, V_init, E_m, I_ext, g_m, tau):
    rise = I_ext / g_m
    return E_m + rise + (V_init - E_m - rise) * np.exp(np.outer(t, -1.0 / tau))


@style("passive_exact", "a power of e")
def _(t, V_init, E_m, I_ext, g_m, tau):
    t = np.reshape(t, (-1, 1)).astype(float)
    left = np.e ** (-t / tau)
    return left * (V_init - (E_m + I_ext / g_m)) + (E_m + I_ext / g_m)


@style("passive_exact", "one divided by a growing exponential, nested lists")
def _(t, V_init, E_m, I_ext, g_m, tau):
    def voltage(time, start, current, T):
        steady = E_m + current / g_m
        return steady + (start - steady) / math.exp(time / T)

    return [
        [voltage(time, *neuron) for neuron in zip(V_init, I_ext, tau, strict=True)] for time in t
    ]


@style("passive_exact", "a cached helper in a closure")
def _(t, V_init, E_m, I_ext, g_m, tau):
    @functools.lru_cache(maxsize=10_000)
    def decay(x):
        return math.exp(-x)

    V_inf = [E_m + current / g_m for current in I_ext]
    return np.array(
        [
            [V_inf[i] + (V_init[i] - V_inf[i]) * decay(time / tau[i]) for i in range(len(tau))]
            for time in t
        ]
    )


@style("passive_exact", "np.vectorize")
def _(t, V_init, E_m, I_ext, g_m, tau):
    f = np.vectorize(
        lambda time, v, i, T: E_m + i / g_m + (v - E_m - i / g_m) * np.exp(-time / T),
        otypes=[float],
    )
    return f(np.asarray(t)[:, None], V_init, I_ext, tau)


@style("passive_exact", "capacitance instead of tau")
def _(t, V_init, E_m, I_ext, g_m, tau):
    times, C_m = np.meshgrid(t, tau * g_m, indexing="ij")
    return E_m + I_ext / g_m - (E_m + I_ext / g_m - V_init) * np.exp(-times * g_m / C_m)


# --- 1.3 euler_error ------------------------------------------------------------------------------


def _one_euler(N_t, dt, V_init, E_m, I_ext, g_m, tau):
    V = [V_init]
    for _ in range(N_t):
        V.append(V[-1] + dt * (-(V[-1] - E_m) + I_ext / g_m) / tau)
    return np.array(V, dtype=float)


def _one_exact(t, V_init, E_m, I_ext, g_m, tau):
    V_inf = E_m + I_ext / g_m
    return V_inf + (V_init - V_inf) * np.exp(-t / tau)


def passive_euler(*arguments):
    """Stand for the student's own solver, as the notebook has it."""
    return STYLES["passive_euler"]["the equation as it stands"](*arguments)


def passive_exact(*arguments):
    """Stand for the student's own closed form."""
    return STYLES["passive_exact"]["columns and rows by np.newaxis"](*arguments)


@style("euler_error", "own functions with arrays of one entry")
def _(dt_values, T, V_init, E_m, I_ext, g_m, tau):
    errors = np.zeros(len(dt_values))
    for j, dt in enumerate(dt_values):
        N_t = int(round(T / dt))
        t = np.arange(N_t + 1) * dt
        one = np.array([V_init]), E_m, np.array([I_ext]), g_m, np.array([tau])
        errors[j] = np.max(np.abs(passive_euler(N_t, dt, *one) - passive_exact(t, *one)))
    return errors


@style("euler_error", "helpers for one neuron, a list")
def _(dt_values, T, V_init, E_m, I_ext, g_m, tau):
    errors = []
    for dt in dt_values:
        N_t = int(T / dt + 0.5)
        t = np.linspace(0, T, N_t + 1)
        V = _one_euler(N_t, dt, V_init, E_m, I_ext, g_m, tau)
        errors.append(max(abs(V - _one_exact(t, V_init, E_m, I_ext, g_m, tau))))
    return errors


@style("euler_error", "plain floats and math, largest kept by hand")
def _(dt_values, T, V_init, E_m, I_ext, g_m, tau):
    errors = []
    V_inf = E_m + I_ext / g_m
    for dt in dt_values:
        v, largest = float(V_init), 0.0
        for k in range(1, round(float(T / dt)) + 1):
            v += float(dt) / tau * (V_inf - v)
            largest = max(largest, abs(v - (V_inf + (V_init - V_inf) * math.exp(-k * dt / tau))))
        errors.append(largest)
    return np.array(errors)


@style("euler_error", "powers of 1 - dt/tau")
def _(dt_values, T, V_init, E_m, I_ext, g_m, tau):
    def one(dt):
        k = np.arange(np.rint(T / dt) + 1)
        distance = V_init - E_m - I_ext / g_m
        return np.abs(distance * ((1 - dt / tau) ** k - np.exp(-k * dt / tau))).max()

    return [one(dt) for dt in dt_values]


@style("euler_error", "norms, a tuple")
def _(dt_values, T, V_init, E_m, I_ext, g_m, tau):
    found = ()
    for h in np.asarray(dt_values, float):
        steps = int(np.floor(T / h + 0.5))
        one = [V_init], E_m, np.atleast_1d(I_ext), g_m, np.atleast_1d(tau)
        times = h * np.arange(0, steps + 1)
        difference = passive_euler(steps, h, *one) - passive_exact(times, *one)
        found += (np.linalg.norm(difference.ravel(), ord=np.inf),)
    return found


@style("euler_error", "all time steps side by side")
def _(dt_values, T, V_init, E_m, I_ext, g_m, tau):
    dt = np.array(dt_values, dtype=float)
    N_t = np.round(T / dt).astype(int)
    v = np.full(len(dt), float(V_init))
    largest = np.zeros(len(dt))
    for k in range(1, N_t.max() + 1):
        v = np.where(k <= N_t, v + dt / tau * (E_m - v + I_ext / g_m), np.nan)
        gap = np.abs(v - _one_exact(k * dt, V_init, E_m, I_ext, g_m, tau))
        largest = np.fmax(largest, gap)
    return largest


@style("euler_error", "squares and a root, generator")
def _(dt_values, T, V_init, E_m, I_ext, g_m, tau):
    def squares(dt):
        exact = np.vectorize(lambda t: _one_exact(t, V_init, E_m, I_ext, g_m, tau))
        count = round(T / dt)
        V = _one_euler(count, dt, V_init, E_m, I_ext, g_m, tau)
        return (V - exact(np.arange(count + 1.0) * dt)) ** 2

    return np.sqrt(np.fromiter((squares(dt).max() for dt in dt_values), dtype=float))


# --- 1.4 passive_driven ---------------------------------------------------------------------------


@style("passive_driven", "the equation as it stands")
def _(dt, V_init, E_m, I_ext, g_m, tau):
    N_t, n = I_ext.shape
    V = np.zeros((N_t + 1, n))
    V[0] = V_init
    for k in range(N_t):
        V[k + 1] = V[k] + dt / tau * (-(V[k] - E_m) + I_ext[k] / g_m)
    return V


@style("passive_driven", "double loop, row k from row k - 1")
def _(dt, V_init, E_m, I_ext, g_m, tau):
    V = np.zeros((len(I_ext) + 1, len(V_init)))
    for i in range(len(V_init)):
        V[0, i] = V_init[i]
        for k in range(1, len(V)):
            slope = (E_m - V[k - 1, i] + I_ext[k - 1, i] / g_m) / tau[i]
            V[k, i] = V[k - 1, i] + slope * dt
    return V


@style("passive_driven", "loop over the rows of the current, a list of lists")
def _(dt, V_init, E_m, I_ext, g_m, tau):
    V = [np.asarray(V_init, dtype=float)]
    for row in I_ext:
        V.append((1 - dt / tau) * V[-1] + dt / tau * (E_m + row / g_m))
    return [list(row) for row in V]


@style("passive_driven", "one call of the constant solver a step")
def _(dt, V_init, E_m, I_ext, g_m, tau):
    V = [np.array(V_init, float)]
    for k in range(I_ext.shape[0]):
        V.append(passive_euler(1, dt, V[k], E_m, I_ext[k], g_m, tau)[-1])
    return np.vstack(V)


@style("passive_driven", "transposed inside, measured from rest")
def _(dt, V_init, E_m, I_ext, g_m, tau):
    drive = I_ext.T / g_m
    u = np.empty((drive.shape[0], drive.shape[1] + 1))
    u[:, 0] = V_init - E_m
    for k, column in enumerate(drive.T):
        u[:, k + 1] = u[:, k] + (column - u[:, k]) * dt / tau
    return E_m + u.transpose()


@style("passive_driven", "convolution with the Euler kernel")
def _(dt, V_init, E_m, I_ext, g_m, tau):
    N_t, n = I_ext.shape
    a = 1 - dt / tau
    powers = a ** np.arange(N_t + 1)[:, None]
    V = E_m + (V_init - E_m) * powers
    for i in range(n):
        V[1:, i] += np.convolve(I_ext[:, i] / g_m * dt / tau[i], powers[:N_t, i])[:N_t]
    return V


@style("passive_driven", "a digital filter")
def _(dt, V_init, E_m, I_ext, g_m, tau):
    columns = []
    for start, current, T in zip(V_init, np.transpose(I_ext), tau, strict=True):
        a, b = 1 - dt / T, dt / T
        later, _ = scipy.signal.lfilter([b], [1.0, -a], current / g_m, zi=[a * (start - E_m)])
        columns.append(np.append(start, E_m + later))
    return np.array(columns).T


@style("passive_driven", "accumulate over the rows, as fractions of a step")
def _(dt, V_init, E_m, I_ext, g_m, tau):
    p = SimpleNamespace(h=dt / tau, rest=E_m)

    def step(v, current):
        return v - p.h * (v - p.rest) + p.h * current / g_m

    return list(itertools.accumulate(I_ext, step, initial=np.asarray(V_init, float)))


# --- 1.5 membrane_gain ----------------------------------------------------------------------------


@style("membrane_gain", "the formula as it stands")
def _(f_hz, g_m, tau):
    omega = 2 * np.pi * f_hz / 1000
    gain = (1 / g_m) / np.sqrt(1 + (omega * tau) ** 2)
    phase = -np.arctan(omega * tau)
    return gain, phase


@style("membrane_gain", "complex response")
def _(f_hz, g_m, tau):
    z = 1 / (g_m * (1 + 2j * np.pi * np.asarray(f_hz) * 1e-3 * tau))
    return np.abs(z), np.angle(z)


@style("membrane_gain", "seconds and kHz in one helper, a list")
def _(f_hz, g_m, tau):
    def omega_tau(rate, seconds):
        return 2 * np.pi * rate * seconds

    x = omega_tau(np.array(f_hz, dtype=float), tau / 1000)
    return [1.0 / (g_m * np.hypot(1, x)), np.arctan2(-x, 1)]


@style("membrane_gain", "math for numbers, a loop for arrays")
def _(f_hz, g_m, tau):
    if np.ndim(f_hz) == 0:
        x = math.tau * f_hz * tau / 1000
        return (1 + x * x) ** -0.5 / g_m, -math.atan(x)
    gain, phase = [], []
    for f in f_hz:
        x = 2 * math.pi * f * tau / 1000
        gain.append(1 / math.sqrt(1 + x**2) / g_m)
        phase.append(math.atan(-x))
    return gain, phase


@style("membrane_gain", "the cosine of the phase, an array of two rows")
def _(f_hz, g_m, tau):
    phase = -np.arctan(f_hz * tau * np.pi / 500)
    return np.array([np.cos(phase) / g_m, phase])


@style("membrane_gain", "corner frequency")
def _(f_hz, g_m, tau):
    f_corner = 1000 / (2 * np.pi * tau)
    ratio = np.divide(f_hz, f_corner)
    return np.sqrt(1 / (g_m**2 * (1 + ratio**2))), -np.arcsin(ratio / np.sqrt(1 + ratio**2))


@style("membrane_gain", "capacitance instead of tau, np.vectorize")
def _(f_hz, g_m, tau):
    C_m = g_m * tau  # nF

    def one(f):
        omega = 2 * np.pi * f / 1000
        return 1 / math.hypot(g_m, omega * C_m), -math.atan2(omega * C_m, g_m)

    return np.vectorize(one)(f_hz)

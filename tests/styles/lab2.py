"""Right answers to the exercises of Lab 2 in the styles that students write: all must pass."""

import bisect
import collections
import copy
import dataclasses
import itertools
import math
import statistics
import warnings
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import scipy.signal

from solutions.reference.lab2 import lif_euler
from tests.styles.table import new_styles

STYLES, style = new_styles()


def times_in_ms(spikes, dt):
    return [np.flatnonzero(column) * dt for column in np.asarray(spikes).T]


# --- 2.1 lif_euler --------------------------------------------------------------------------------


@style("lif_euler", "as the lecture has it, mask as numbers")
def _(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau):
    V = np.zeros([N_t + 1, len(V_init)])
    V[0, :] = V_init[:]
    spikes = np.zeros(V.shape)
    for t in range(1, N_t + 1):
        dV = -(V[t - 1] - E_m) + I_ext / g_m
        V[t] = V[t - 1] + dt * dV / tau
        spiked = V[t] >= V_theta
        V[t] = V_reset * spiked + V[t] * (spiked == 0)
        spikes[t] = spiked * 1.0
    spike_times = []
    for n in range(len(V_init)):
        spike_times.append(np.nonzero(spikes[:, n])[0] * dt)
    return V, spikes, spike_times


@style("lif_euler", "double loop with if")
def _(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau):
    n = len(V_init)
    V, spikes = np.zeros((N_t + 1, n)), np.zeros((N_t + 1, n), dtype=int)
    spike_times = [[] for _ in range(n)]
    for i in range(n):
        V[0, i] = V_init[i]
        for k in range(N_t):
            V[k + 1, i] = V[k, i] + (E_m - V[k, i] + I_ext[i] / g_m) / tau[i] * dt
            if V[k + 1, i] >= V_theta:
                V[k + 1, i] = V_reset
                spikes[k + 1, i] = 1
                spike_times[i].append((k + 1) * dt)
    return V, spikes, spike_times


@style("lif_euler", "while loop, time added up")
def _(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau):
    v = np.array(V_init, dtype=float)
    rows, marks, times = [v], [np.zeros(len(v), bool)], [[] for _ in v]
    t, k = 0.0, 0
    while k < N_t:
        k += 1
        t += dt
        v = v + dt / tau * (E_m + I_ext / g_m - v)
        fired = v >= V_theta
        v = np.where(fired, V_reset, v)
        for i in np.flatnonzero(fired):
            times[i].append(t)
        rows.append(v)
        marks.append(fired)
    return rows, marks, tuple(times)


@style("lif_euler", "in place with out=")
def _(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau):
    V = np.empty((N_t + 1, np.size(V_init)))
    spikes = np.zeros(V.shape, dtype=bool)
    V[0] = V_init
    drive, rate = E_m + I_ext / g_m, dt / tau
    for old, new, fired in zip(V[:-1], V[1:], spikes[1:], strict=True):
        np.subtract(drive, old, out=new)
        new *= rate
        new += old
        np.greater_equal(new, V_theta, out=fired)
        np.copyto(new, V_reset, where=fired)
    return V, spikes, times_in_ms(spikes, dt)


@style("lif_euler", "neurons in rows, transposed at the end")
def _(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau):
    V = np.zeros((len(V_init), N_t + 1), order="F")
    spikes = np.zeros_like(V)
    V[:, 0] = V_init
    for k in range(N_t):
        V[:, k + 1] = V[:, k] + dt * ((I_ext - g_m * (V[:, k] - E_m)) / (g_m * tau))
        high = V[:, k + 1] >= V_theta
        V[high, k + 1], spikes[high, k + 1] = V_reset, 1
    return V.T, spikes.T, [np.where(row == 1)[0] * dt for row in spikes]


@style("lif_euler", "a*V + b")
def _(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau):
    a = 1 - dt / tau
    b = dt / tau * (E_m + I_ext / g_m)
    V = np.tile(np.asarray(V_init, float), (N_t + 1, 1))
    for k in range(1, N_t + 1):
        V[k] = a * V[k - 1] + b
        V[k][V[k] >= V_theta] = np.nan  # marks a spike until the end of the step
        V[k] = np.where(np.isnan(V[k]), V_reset, V[k])
    spikes = np.vstack([np.zeros(len(a)), (V[1:] == V_reset) & (a * V[:-1] + b >= V_theta)])
    return V, spikes, times_in_ms(spikes, dt)


@style("lif_euler", "distance from the steady state")
def _(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau):
    V_inf = E_m + I_ext / g_m
    V, spikes = [np.array(V_init, float)], [0 * V_inf]
    for _ in range(N_t):
        V.append(V_inf + (V[-1] - V_inf) * (1 - dt / tau))
        spikes.append(np.where(V[-1] >= V_theta, 1, 0))
        V[-1][spikes[-1] == 1] = V_reset
    return np.stack(V), np.stack(spikes), times_in_ms(spikes, dt)


@style("lif_euler", "deviation from rest")
def _(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau):
    u = np.zeros((N_t + 1, len(V_init)))
    spikes = np.zeros(u.shape, dtype=np.uint8)
    u[0] = np.asarray(V_init) - E_m
    for k in range(1, N_t + 1):
        u[k] = u[k - 1] + dt / tau * (I_ext / g_m - u[k - 1])
        spikes[k] = u[k] >= V_theta - E_m
        u[k] = np.select([spikes[k] == 1], [V_reset - E_m], u[k])
    return u + E_m, spikes, times_in_ms(spikes, dt)


@style("lif_euler", "normalised voltage")
def _(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau):
    scale = V_theta - E_m
    u = (np.asarray(V_init, float) - E_m) / scale
    trace, spikes = [u], [np.zeros(len(u))]
    for _ in range(N_t):
        u = u + dt / tau * (I_ext / g_m / scale - u)
        fired = u >= 1
        u = np.choose(fired, [u, (V_reset - E_m) / scale])
        trace.append(u)
        spikes.append(fired.astype(float))
    return E_m + scale * np.array(trace), np.array(spikes), times_in_ms(spikes, dt)


@style("lif_euler", "Python floats, one neuron after the other")
def _(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau):
    columns, marks = [], []
    for v, I, tau_i in zip(V_init.tolist(), I_ext.tolist(), tau.tolist(), strict=True):
        column, mark = [float(v)], [False]
        for _ in range(N_t):
            v += dt * (-(v - E_m) + I / g_m) / tau_i
            mark.append(v >= V_theta)
            v = V_reset if mark[-1] else v
            column.append(v)
        columns.append(column)
        marks.append(mark)
    V, spikes = np.transpose(columns), np.transpose(marks)
    return V.tolist(), spikes.tolist(), [list(times) for times in times_in_ms(spikes, dt)]


@style("lif_euler", "a helper made by np.vectorize")
def _(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau):
    def step(v, current, time_constant):
        v = v + dt * (-(v - E_m) + current / g_m) / time_constant
        return (V_reset, 1) if v >= V_theta else (v, 0)

    every = np.vectorize(step, otypes=[float, int])
    V, spikes = np.zeros((2, N_t + 1, len(V_init)))
    V[0] = V_init
    for k in range(N_t):
        V[k + 1], spikes[k + 1] = every(V[k], I_ext, tau)
    return V, spikes, times_in_ms(spikes, dt)


@style("lif_euler", "a generator")
def _(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau):
    def rows(v):
        yield v, np.zeros(len(v), bool)
        while True:
            v = v - dt * ((v - E_m) - I_ext / g_m) / tau
            fired = v >= V_theta
            v = np.where(fired, V_reset, v)
            yield v, fired

    pairs = itertools.islice(rows(np.array(V_init, float)), N_t + 1)
    V, spikes = (np.array(part) for part in zip(*pairs, strict=True))
    return [V, spikes, times_in_ms(spikes, dt)]


@style("lif_euler", "an object that steps")
def _(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau):
    class Population:
        def __init__(self):
            self.v = np.array(V_init, dtype=float)
            self.history = [(0, self.v.copy(), np.zeros_like(self.v))]

        def step(self, k):
            self.v += (dt / tau) * (-(self.v - E_m) + I_ext / g_m)
            fired = self.v >= V_theta
            self.v[fired] = V_reset
            self.history.append((k, self.v.copy(), fired.copy()))

    population = Population()
    for k in range(1, N_t + 1):
        population.step(k)
    steps, V, spikes = (np.array(column) for column in zip(*population.history, strict=True))
    return V, spikes, [steps[spikes[:, i] == 1] * dt for i in range(V.shape[1])]


@style("lif_euler", "closed form from spike to spike")
def _(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau):
    V, spikes = np.zeros((N_t + 1, len(V_init))), np.zeros((N_t + 1, len(V_init)))
    for i, v in enumerate(np.asarray(V_init, float)):
        V_inf, start = E_m + I_ext[i] / g_m, 0
        V[0, i] = v
        while start < N_t:
            k = np.arange(1, N_t + 1 - start)
            V[start + 1 :, i] = V_inf + (v - V_inf) * (1 - dt / tau[i]) ** k
            crossings = np.flatnonzero(V[start + 1 :, i] >= V_theta)
            if not len(crossings):
                break
            start += 1 + crossings[0]
            V[start, i], spikes[start, i], v = V_reset, 1, V_reset
    return V, spikes, times_in_ms(spikes, dt)


@style("lif_euler", "scipy.signal.lfilter from spike to spike")
def _(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau):
    V, spikes = np.zeros((N_t + 1, len(V_init))), np.zeros((N_t + 1, len(V_init)))
    V[0] = V_init
    for i in range(len(V_init)):
        a, start = 1 - dt / tau[i], 0
        while start < N_t:
            drive = np.full(N_t - start, dt / tau[i] * (E_m + I_ext[i] / g_m))
            stretch, _ = scipy.signal.lfilter([1.0], [1.0, -a], drive, zi=[a * V[start, i]])
            high = stretch >= V_theta
            length = int(np.argmax(high)) + 1 if high.any() else len(stretch)
            V[start + 1 : start + length + 1, i] = stretch[:length]
            start += length
            if high.any():
                V[start, i], spikes[start, i] = V_reset, 1
    return V, spikes, times_in_ms(spikes, dt)


@style("lif_euler", "long doubles")
def _(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau):
    V = np.zeros((N_t + 1, len(V_init)), dtype=np.longdouble)
    spikes = np.zeros(V.shape, dtype=np.int8)
    V[0] = V_init
    for k in range(1, N_t + 1):
        V[k] = V[k - 1] + dt * (-(V[k - 1] - E_m) + I_ext / g_m) / tau
        spikes[k] = V[k] >= V_theta
        V[k] += (V_reset - V[k]) * spikes[k]
    return V, spikes, times_in_ms(spikes, dt)


@style("lif_euler", "prints, warnings and a figure inside, times as an object array")
def _(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau):
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    V, spikes = np.zeros((N_t + 1, len(V_init))), np.zeros((N_t + 1, len(V_init)))
    V[0, :] = V_init
    for k in range(1, N_t + 1):
        V[k] = V[k - 1] + dt * (-(V[k - 1] - E_m) + I_ext / g_m) / tau
        spikes[k] = np.heaviside(V[k] - V_theta, 1)
        if k % 50 == 0:
            print("step", k, V[k])
        V[k][spikes[k] > 0] = V_reset
    warnings.warn("done", stacklevel=1)
    _, ax = plt.subplots()
    ax.plot(V)
    spike_times = np.empty(V.shape[1], dtype=object)
    for i, times in enumerate(times_in_ms(spikes, dt)):
        spike_times[i] = times
    return V, spikes, spike_times


@style("lif_euler", "spikes found in the finished list of neurons and steps")
def _(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau):
    n, found = np.size(V_init), []
    V = np.append([V_init], np.empty((N_t, n)), axis=0)
    for k, t in enumerate(np.linspace(0, N_t * dt, N_t + 1)):
        if k == 0:
            continue
        V[k] = V[k - 1] - (V[k - 1] - E_m - I_ext / g_m) * dt / tau
        (fired,) = np.nonzero(V[k] >= V_theta)
        V[k, fired] = V_reset
        found += [(i, k, t) for i in fired]
    spikes = np.zeros((N_t + 1, n))
    spike_times = collections.defaultdict(list)
    for i, k, t in found:
        spikes[k, i] = 1.0
        spike_times[i].append(t)
    return V, spikes, [spike_times[i] for i in range(n)]


# --- 2.2 LIFNeuron --------------------------------------------------------------------------------


@style("LIFNeuron", "around lif_euler")
class AroundLifEuler:
    def __init__(self):
        self.V_init, self.E_m, self.tau, self.g_m = -70, -70, 10, 1
        self.I_ext, self.V_theta, self.V_reset = 20, -50, -75

    def euler_solve(self, N_t, dt):
        self.V, self.spikes, self.spike_times = lif_euler(
            N_t,
            dt,
            np.array([self.V_init]),
            self.E_m,
            self.V_theta,
            self.V_reset,
            np.array([self.I_ext]),
            self.g_m,
            np.array([self.tau]),
        )

    def simulate(self, N_t, dt, tau_values, I_ext_values):
        n_tau, n_I = len(tau_values), len(I_ext_values)
        taus = np.zeros(n_tau + n_I) + self.tau
        taus[:n_tau] = tau_values
        I_exts = np.zeros(n_tau + n_I) + self.I_ext
        I_exts[n_tau:] = I_ext_values
        V_inits = np.zeros(n_tau + n_I) + self.V_init
        self.V, self.spikes, self.spike_times = lif_euler(
            N_t, dt, V_inits, self.E_m, self.V_theta, self.V_reset, I_exts, self.g_m, taus
        )


@style("LIFNeuron", "its own loop")
class OwnLoop:
    """A neuron."""

    def __init__(self):
        self.V_init = self.E_m = -70.0
        self.tau = 10.0
        self.g_m = 1.0
        self.I_ext = 20.0
        self.V_theta = -50.0
        self.V_reset = -75.0
        self.V = np.array([])
        self.spikes = np.array([])
        self.spike_times = []

    def _loop(self, N_t, dt, tau, I_ext):
        self.V = np.full((N_t + 1, len(tau)), float(self.V_init))
        self.spikes = np.zeros(self.V.shape)
        for k in range(1, N_t + 1):
            V = self.V[k - 1]
            self.V[k] = V + dt * (-(V - self.E_m) + I_ext / self.g_m) / tau
            fired = self.V[k] >= self.V_theta
            self.V[k, fired] = self.V_reset
            self.spikes[k] = fired
        self.spike_times = times_in_ms(self.spikes, dt)

    def euler_solve(self, N_t, dt):
        self._loop(N_t, dt, np.atleast_1d(self.tau), np.atleast_1d(self.I_ext))

    def simulate(self, N_t, dt, tau_values, I_ext_values):
        own_I, own_tau = [self.I_ext] * len(tau_values), [self.tau] * len(I_ext_values)
        self._loop(N_t, dt, np.array([*tau_values, *own_tau]), np.array([*own_I, *I_ext_values]))


@style("LIFNeuron", "a dataclass")
@dataclasses.dataclass
class Data:
    V_init: float = -70.0
    E_m: float = -70.0
    tau: float = 10.0
    g_m: float = 1.0
    I_ext: float = 20.0
    V_theta: float = -50.0
    V_reset: float = -75.0
    V: object = None
    spikes: object = None
    spike_times: list = dataclasses.field(default_factory=list)

    def euler_solve(self, N_t: int, dt: float) -> None:
        self.simulate(N_t, dt, np.array([self.tau]), np.array([]))

    def simulate(self, N_t: int, dt: float, tau_values: object, I_ext_values: object) -> None:
        tau = np.r_[tau_values, np.repeat(self.tau, len(I_ext_values))]
        I_ext = np.r_[np.repeat(self.I_ext, len(tau_values)), I_ext_values]
        V_init = np.repeat(self.V_init, len(tau))
        results = lif_euler(
            N_t, dt, V_init, self.E_m, self.V_theta, self.V_reset, I_ext, self.g_m, tau
        )
        self.V, self.spikes, self.spike_times = results


class Membrane:
    V_init = E_m = -70.0
    tau, g_m, I_ext = 10.0, 1.0, 20.0

    def drive(self, V, I_ext, tau):
        return (-(V - self.E_m) + I_ext / self.g_m) / tau


@style("LIFNeuron", "inherits from a membrane")
class Inherited(Membrane):
    V_theta, V_reset = -50.0, -75.0

    def euler_solve(self, N_t, dt):
        self.V, self.spikes, self.spike_times = self.run(N_t, dt, [self.tau], [self.I_ext])

    def simulate(self, N_t, dt, tau_values, I_ext_values):
        tau = [*tau_values, *itertools.repeat(self.tau, len(I_ext_values))]
        I_ext = [*itertools.repeat(self.I_ext, len(tau_values)), *I_ext_values]
        self.V, self.spikes, self.spike_times = self.run(N_t, dt, tau, I_ext)

    def run(self, N_t, dt, tau, I_ext):
        tau, I_ext = np.asarray(tau), np.asarray(I_ext)
        V, spikes = [np.full(len(tau), self.V_init, float)], [np.zeros(len(tau))]
        for _ in range(N_t):
            v = V[-1] + dt * self.drive(V[-1], I_ext, tau)
            spikes.append((v >= self.V_theta) * 1)
            V.append(np.where(spikes[-1], self.V_reset, v))
        return V, spikes, times_in_ms(spikes, dt)


@style("LIFNeuron", "results as properties")
class Properties:
    def __init__(self):
        self.__dict__.update(V_init=-70, E_m=-70, tau=10, g_m=1, I_ext=20, V_theta=-50)
        self.V_reset = -75

    def euler_solve(self, N_t, dt):
        self._columns = [self._one(N_t, dt, self.tau, self.I_ext)]
        self._dt = dt

    def simulate(self, N_t, dt, tau_values, I_ext_values):
        pairs = [(tau, self.I_ext) for tau in tau_values] + [(self.tau, I) for I in I_ext_values]
        self._columns, self._dt = [self._one(N_t, dt, *pair) for pair in pairs], dt

    def _one(self, N_t, dt, tau, I_ext):
        v, samples = self.V_init, [(self.V_init, 0)]
        for _ in range(N_t):
            v = v + dt * (self.E_m - v + I_ext / self.g_m) / tau
            fired = v >= self.V_theta
            v = self.V_reset if fired else v
            samples.append((v, int(fired)))
        return samples

    @property
    def V(self):
        return np.array([[v for v, _ in column] for column in self._columns]).T

    @property
    def spikes(self):
        return np.array([[fired for _, fired in column] for column in self._columns]).T

    @property
    def spike_times(self):
        return times_in_ms(self.spikes, self._dt)


@style("LIFNeuron", "simulate runs euler_solve and puts its own values back")
class OneByOne:
    def __init__(self):
        self.V_init, self.E_m, self.tau, self.g_m = -70.0, -70.0, 10.0, 1.0
        self.I_ext, self.V_theta, self.V_reset = 20.0, -50.0, -75.0

    def euler_solve(self, N_t, dt):
        one = [np.array([x]) for x in (self.V_init, self.I_ext, self.tau)]
        self.V, self.spikes, self.spike_times = lif_euler(
            N_t, dt, one[0], self.E_m, self.V_theta, self.V_reset, one[1], self.g_m, one[2]
        )

    def simulate(self, N_t, dt, tau_values, I_ext_values):
        tau, I_ext = self.tau, self.I_ext
        V, spikes, spike_times = [], [], []

        def keep():
            self.euler_solve(N_t, dt)
            V.append(self.V)
            spikes.append(self.spikes)
            spike_times.extend(self.spike_times)

        for self.tau in tau_values:
            keep()
        self.tau = tau
        for self.I_ext in I_ext_values:
            keep()
        self.I_ext = I_ext
        self.V, self.spikes = np.hstack(V), np.hstack(spikes)
        self.spike_times = spike_times


@style("LIFNeuron", "copies of itself")
class Copies:
    def __init__(self, V_init=-70, E_m=-70, tau=10, g_m=1, I_ext=20, V_theta=-50, V_reset=-75):
        names = ("V_init", "E_m", "tau", "g_m", "I_ext", "V_theta", "V_reset")
        values = (V_init, E_m, tau, g_m, I_ext, V_theta, V_reset)
        for name, value in zip(names, values, strict=True):
            setattr(self, name, value)
        self.dt, self.runs, self.time = None, 0, None  # things nobody asked for

    def euler_solve(self, N_t, dt):
        self.dt, self.runs, self.time = dt, self.runs + 1, np.arange(N_t + 1) * dt
        v, self.V, self.spikes = float(self.V_init), np.zeros((N_t + 1, 1)), [[False]]
        self.V[0] = v
        for k in range(1, N_t + 1):
            v += dt * (-(v - self.E_m) + self.I_ext / self.g_m) / self.tau
            self.spikes.append([v >= self.V_theta])
            v = self.V_reset if self.spikes[-1][0] else v
            self.V[k] = v
        self.spike_times = [[t for t, (s,) in zip(self.time, self.spikes, strict=True) if s]]

    def simulate(self, N_t, dt, tau_values, I_ext_values):
        copies = []
        for name, values in (("tau", tau_values), ("I_ext", I_ext_values)):
            for value in values:
                copies.append(copy.copy(self))
                setattr(copies[-1], name, value)
                copies[-1].euler_solve(N_t, dt)
        self.V = np.concatenate([one.V for one in copies], axis=1)
        self.spikes = np.concatenate([one.spikes for one in copies], axis=1)
        self.spike_times = [one.spike_times[0] for one in copies]
        return self


@style("LIFNeuron", "defaults in the class, slots for results, methods that return")
class Returns:
    V_init, E_m, tau, g_m, I_ext, V_theta, V_reset = -70.0, -70.0, 10.0, 1.0, 20.0, -50.0, -75.0

    def euler_solve(self, N_t, dt):
        return self.simulate(N_t, dt, [], [self.I_ext])

    def simulate(self, N_t, dt, tau_values, I_ext_values):
        grid = np.array(
            [(tau, self.I_ext) for tau in tau_values] + [(self.tau, I) for I in I_ext_values],
            dtype=float,
        )
        V_init = np.ones(len(grid)) * self.V_init
        self.V, self.spikes, self.spike_times = lif_euler(
            N_t,
            dt,
            V_init,
            self.E_m,
            self.V_theta,
            self.V_reset,
            grid[:, 1],
            self.g_m,
            grid[:, 0],
        )
        return self.V


# --- 2.3 firing_rate ------------------------------------------------------------------------------


@style("firing_rate", "loop, mask and sum")
def _(spike_times, t_start, t_stop):
    rates = np.zeros(len(spike_times))
    for i, times in enumerate(spike_times):
        inside = (times >= t_start) & (times < t_stop)
        rates[i] = inside.sum() / (t_stop - t_start) * 1000
    return rates


@style("firing_rate", "loops and if, a list of floats")
def _(spike_times, t_start, t_stop):
    rates = []
    for times in spike_times:
        count = 0
        for t in times:
            if t < t_start or t >= t_stop:
                continue
            count += 1
        rates.append(1e3 * count / (t_stop - t_start))
    return rates


@style("firing_rate", "the duration in seconds")
def _(spike_times, t_start, t_stop):
    seconds = (t_stop - t_start) / 1000
    return tuple(
        len([t for t in times if t_start <= t < t_stop]) / seconds for times in spike_times
    )


@style("firing_rate", "both ends in seconds")
def _(spike_times, t_start, t_stop):
    counts = np.array([np.sum((t >= t_start) * (t < t_stop)) for t in spike_times])
    return counts / (t_stop / 1000 - t_start / 1000)


@style("firing_rate", "np.searchsorted")
def _(spike_times, t_start, t_stop):
    first, last = np.transpose([np.searchsorted(t, [t_start, t_stop]) for t in spike_times])
    return (last - first) * (1000 / (t_stop - t_start))


@style("firing_rate", "bisect")
def _(spike_times, t_start, t_stop):
    edges = (t_start, t_stop)
    places = [[bisect.bisect_left(list(times), edge) for edge in edges] for times in spike_times]
    return [Fraction(b - a) * 1000 / Fraction(t_stop - t_start) * 1.0 for a, b in places]


@style("firing_rate", "np.digitize")
def _(spike_times, t_start, t_stop):
    bins = [np.digitize(times, [t_start, t_stop]) for times in spike_times]
    return np.array([np.count_nonzero(b == 1) for b in bins]) / (t_stop - t_start) * 1000.0


@style("firing_rate", "all spikes in one array, with their neurons")
def _(spike_times, t_start, t_stop):
    times = np.concatenate(spike_times)
    neuron = np.repeat(np.arange(len(spike_times)), [len(t) for t in spike_times])
    inside = neuron[np.logical_and(times >= t_start, times < t_stop)]
    return np.bincount(inside, minlength=len(spike_times)) * 1000.0 / (t_stop - t_start)


@style("firing_rate", "mean of a mask times its length, with a special case")
def _(spike_times, t_start, t_stop):
    def one(times):
        if len(times) == 0:
            return 0
        share = statistics.fmean(bool(t_start <= t < t_stop) for t in times)
        return share * len(times) / (t_stop - t_start) * 1000

    return np.array(list(map(one, spike_times)), dtype=np.longdouble)


# --- 2.4 fi_exact ---------------------------------------------------------------------------------


@style("fi_exact", "np.where, with NumPy's warnings")
def _(I_ext, E_m, V_theta, V_reset, g_m, tau, t_ref):
    V_inf = E_m + I_ext / g_m
    T = t_ref + tau * np.log((V_inf - V_reset) / (V_inf - V_theta))
    return np.where(V_inf > V_theta, 1000 / T, 0.0)


@style("fi_exact", "loop over a flat copy")
def _(I_ext, E_m, V_theta, V_reset, g_m, tau, t_ref):
    flat = []
    for I in np.ravel(I_ext):
        V_inf = E_m + I / g_m
        if V_inf <= V_theta:
            flat.append(0.0)
        else:
            flat.append(1 / (t_ref + tau * math.log((V_inf - V_reset) / (V_inf - V_theta))) * 1e3)
    return np.reshape(flat, np.shape(I_ext))


@style("fi_exact", "recursion over rows")
def _(I_ext, E_m, V_theta, V_reset, g_m, tau, t_ref):
    def rate(I):
        if isinstance(I, np.ndarray):
            return [rate(item) for item in I]
        rise, from_reset = I / g_m - (V_theta - E_m), I / g_m - (V_reset - E_m)
        return 1000 / (tau * (math.log(from_reset) - math.log(rise)) + t_ref) if rise > 0 else 0

    return rate(I_ext)


@style("fi_exact", "compared with the rheobase current")
def _(I_ext, E_m, V_theta, V_reset, g_m, tau, t_ref):
    I_rh = g_m * (V_theta - E_m)
    I = np.asarray(I_ext, dtype=np.float64)
    rate = np.zeros_like(I)
    on = I > I_rh
    climb = -tau * np.log((I[on] - I_rh) / (I[on] - g_m * (V_reset - E_m)))
    rate[on] = 1e3 / (climb + t_ref)
    return rate if rate.ndim else float(rate)


@style("fi_exact", "log1p")
def _(I_ext, E_m, V_theta, V_reset, g_m, tau, t_ref):
    excess = np.array(E_m - V_theta + np.asarray(I_ext) / g_m)
    with np.errstate(divide="ignore", invalid="ignore"):
        T = t_ref + tau * np.log1p((V_theta - V_reset) / excess)
        rate = 1000.0 / T
    return np.where(excess > 0, rate, 0)


@style("fi_exact", "NaN and negative rates put to zero")
def _(I_ext, E_m, V_theta, V_reset, g_m, tau, t_ref):
    V_inf = E_m + np.asarray(I_ext, float) / g_m
    with np.errstate(all="ignore"):
        T = tau * np.log(np.divide(V_inf - V_reset, V_inf - V_theta))
        T = np.where(np.isnan(T) | (T < 0), np.inf, T)
    return 1000 * (T + t_ref) ** -1


@style("fi_exact", "np.divide with where")
def _(I_ext, E_m, V_theta, V_reset, g_m, tau, t_ref):
    x = np.atleast_1d(np.array(I_ext, float)) / g_m + E_m
    ratio = np.divide(x - V_reset, x - V_theta, out=np.full(x.shape, np.inf), where=x > V_theta)
    rate = np.divide(1000.0, t_ref + tau * np.log(ratio))
    return rate.item() if np.isscalar(I_ext) else rate


@style("fi_exact", "np.vectorize, in seconds")
def _(I_ext, E_m, V_theta, V_reset, g_m, tau, t_ref):
    @np.vectorize
    def rate(I):
        V_inf = E_m + I / g_m
        if not V_inf > V_theta:
            return 0.0
        log = np.log(V_inf - V_reset) - np.log(V_inf - V_theta)
        return 1 / (t_ref / 1000 + tau / 1000 * log)

    return rate(I_ext)


@style("fi_exact", "np.piecewise, long doubles")
def _(I_ext, E_m, V_theta, V_reset, g_m, tau, t_ref):
    V_inf = E_m + np.asarray(I_ext, dtype=np.longdouble) / g_m

    def rate(V):
        return 1000 / (t_ref + tau * np.log((V - V_reset) / (V - V_theta)))

    return np.piecewise(V_inf, [V_inf > V_theta], [rate, 0])


# --- 2.5 lif_refractory ---------------------------------------------------------------------------


@style("lif_refractory", "a counter a neuron")
def _(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau, t_ref):
    n = len(V_init)
    V, spikes = np.zeros((N_t + 1, n)), np.zeros((N_t + 1, n))
    left = np.zeros(n, dtype=int)
    V[0] = V_init
    for k in range(1, N_t + 1):
        resting = left > 0
        V[k] = np.where(resting, V_reset, V[k - 1] + dt * (-(V[k - 1] - E_m) + I_ext / g_m) / tau)
        fired = (V[k] >= V_theta) & ~resting
        V[k, fired] = V_reset
        spikes[k, fired] = 1
        left = np.where(fired, round(t_ref / dt), np.maximum(left - 1, 0))
    return V, spikes, times_in_ms(spikes, dt)


@style("lif_refractory", "double loop")
def _(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau, t_ref):
    n_rest = int(np.rint(t_ref / dt))
    V = [[float(v) for v in V_init]]
    spikes, spike_times = [[0] * len(V_init)], [[] for _ in V_init]
    left = [0] * len(V_init)
    for k in range(1, N_t + 1):
        row, mark = [], []
        for i, v in enumerate(V[-1]):
            fired = 0
            if left[i]:
                left[i] -= 1
                v = V_reset
            else:
                v = v + dt * (-(v - E_m) + I_ext[i] / g_m) / tau[i]
                if v >= V_theta:
                    v, fired, left[i] = V_reset, 1, n_rest
                    spike_times[i].append(k * dt)
            row.append(v)
            mark.append(fired)
        V.append(row)
        spikes.append(mark)
    return V, spikes, spike_times


@style("lif_refractory", "the step of the last spike")
def _(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau, t_ref):
    V = np.full((N_t + 1, len(V_init)), np.asarray(V_init, float))
    spikes = np.zeros(V.shape, bool)
    last = np.full(len(V_init), -(10**9))
    a, b = 1 - dt / tau, dt / tau * (E_m + I_ext / g_m)
    for k in range(1, N_t + 1):
        free = k - last > round(t_ref / dt)
        V[k] = np.where(free, a * V[k - 1] + b, V_reset)
        spikes[k] = free & (V[k] >= V_theta)
        V[k, spikes[k]] = V_reset
        last[spikes[k]] = k
    return V, spikes, times_in_ms(spikes, dt)


@style("lif_refractory", "the step of the release")
def _(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau, t_ref):
    release = np.zeros(len(V_init))
    V = np.empty((N_t + 1, len(V_init)))
    spikes = np.zeros_like(V)
    V[0] = V_init
    for k in range(1, N_t + 1):
        awake = k >= release
        V[k, ~awake] = V_reset
        V[k, awake] = (V[k - 1] + dt / tau * (E_m - V[k - 1] + I_ext / g_m))[awake]
        fired = awake & (V[k] >= V_theta)
        V[k, fired], spikes[k, fired] = V_reset, 1
        release[fired] = k + 1 + math.floor(t_ref / dt + 0.5)
    return V, spikes, times_in_ms(spikes, dt)


@style("lif_refractory", "the time since the spike, with half a step to spare")
def _(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau, t_ref):
    t_last = np.full(len(V_init), -np.inf)
    V, spikes = [np.array(V_init, float)], [np.zeros(len(V_init))]
    t = 0.0
    for _ in range(N_t):
        t += dt
        resting = t - t_last < t_ref + dt / 2
        new = V[-1] + dt * (-(V[-1] - E_m) + I_ext / g_m) / tau
        new[resting] = V_reset
        fired = new >= V_theta
        new[fired] = V_reset
        t_last[fired] = t
        V.append(new)
        spikes.append(fired)
    return np.array(V), np.array(spikes), times_in_ms(spikes, dt)


@style("lif_refractory", "a mask of all steps, written ahead")
def _(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau, t_ref):
    n_rest = round(t_ref / dt)
    V, spikes = np.zeros((N_t + 1, len(V_init))), np.zeros((N_t + 1, len(V_init)))
    held = np.zeros(V.shape, dtype=bool)
    V[0] = V_init
    for k in range(1, N_t + 1):
        V[k] = V[k - 1] + dt * (-(V[k - 1] - E_m) + I_ext / g_m) / tau
        V[k][held[k]] = V_reset
        fired = (V[k] >= V_theta) & np.logical_not(held[k])
        V[k][fired] = V_reset
        spikes[k] = fired
        held[k + 1 : k + 1 + n_rest, fired] = True
    return V, spikes, times_in_ms(spikes, dt)


@style("lif_refractory", "zero change while it rests")
def _(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau, t_ref):
    p = SimpleNamespace(v=np.array(V_init, float), left=np.zeros(len(V_init)))
    V, spikes = [p.v], [0 * p.v]
    for _ in range(N_t):
        active = (p.left == 0).astype(float)
        p.v = p.v + active * dt * (-(p.v - E_m) + I_ext / g_m) / tau
        fired = (p.v >= V_theta) * active
        p.v = np.where(fired > 0, V_reset, p.v)
        p.left = np.clip(p.left - 1, 0, None) + fired * round(t_ref / dt)
        V.append(p.v)
        spikes.append(fired)
    return V, spikes, times_in_ms(spikes, dt)


@style("lif_refractory", "steps of lif_euler from spike to spike, lif_euler itself without rest")
def _(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau, t_ref):
    if t_ref == 0:
        return lif_euler(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau)
    n, n_rest = len(V_init), round(t_ref / dt)
    V, spikes = np.full((N_t + 1, n), float(V_reset)), np.zeros((N_t + 1, n))
    for i in range(n):
        k, v = 0, V_init[i]
        while k <= N_t:
            stretch, marks, _ = lif_euler(
                N_t - k, dt, np.array([v]), E_m, V_theta, V_reset, I_ext[[i]], g_m, tau[[i]]
            )
            fired = np.flatnonzero(marks)
            stop = fired[0] if len(fired) else len(marks) - 1
            V[k : k + stop + 1, i] = stretch[: stop + 1, 0]
            if not len(fired):
                break
            spikes[k + stop, i] = 1
            k, v = k + stop + n_rest, V_reset
    return V, spikes, times_in_ms(spikes, dt)


@style("lif_refractory", "a generator for each neuron")
def _(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau, t_ref):
    def samples(v, I, tau_i):
        yield v, 0
        while True:
            v += dt * (-(v - E_m) + I / g_m) / tau_i
            if v < V_theta:
                yield v, 0
                continue
            v = V_reset
            yield v, 1
            for _ in range(round(t_ref / dt)):
                yield v, 0

    traces = zip(V_init, I_ext, tau, strict=True)
    table = [list(itertools.islice(samples(*one), N_t + 1)) for one in traces]
    V, spikes = np.moveaxis(np.array(table, dtype=float), [0, 1, 2], [2, 1, 0])
    return V, spikes, times_in_ms(spikes, dt)

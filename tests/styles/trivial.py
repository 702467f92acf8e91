"""Answers without any work in them, exercise by exercise: they earn nothing."""

import numpy as np


def a_neuron(value):
    """Return a function that gives the same number for each neuron."""
    return lambda neurons, *rest: np.full(len(neurons), value)


def a_row_a_time(names, rows, **more):
    """Return answers with the same voltages in every row; `rows` counts them from the inputs."""

    def answer(value):
        def flat(*inputs):
            given = dict(zip(names.split(), inputs, strict=True))
            voltages = np.broadcast_to(value(given), np.shape(given["V_init"]))
            return np.tile(voltages, (rows(given), 1))

        return flat

    values = {
        "zeros": lambda given: 0.0,
        "-70 mV": lambda given: -70.0,
        "V_init": lambda given: given["V_init"],
        "E_m": lambda given: given["E_m"],
    }
    return {name: answer(value) for name, value in (values | more).items()}


def silent_rows():
    """Return spiking solvers whose V is the same number in every row, and that never fire."""

    def answer(name):
        def flat(N_t, dt, V_init, E_m, V_theta, V_reset, *rest):
            given = {"V_init": V_init, "E_m": E_m, "V_reset": V_reset}
            V = np.tile(given.get(name, 0.0) * np.ones(len(V_init)), (N_t + 1, 1))
            return V, np.zeros(V.shape), [np.empty(0) for _ in V_init]

        return flat

    return {name: answer(name) for name in ("zeros", "V_init", "E_m", "V_reset")}


class Idle:
    """Methods that fill the results with zeros; no parameters."""

    def euler_solve(self, N_t, dt):
        self.simulate(N_t, dt, [0.0], [])

    def simulate(self, N_t, dt, tau_values, I_ext_values):
        n = len(tau_values) + len(I_ext_values)
        self.V, self.spikes = np.zeros((2, N_t + 1, n))
        self.spike_times = [np.empty(0)] * n


def at_rest(value):
    """Return a noisy solver whose neurons stay at one voltage and never fire."""

    def still(dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau, sigma, xi):
        V = np.tile(value(V_init, E_m) * np.ones(len(V_init)), (len(xi) + 1, 1))
        return V, np.zeros(V.shape), [np.empty(0) for _ in V_init]

    return still


TRIVIAL = {
    "passive_euler": a_row_a_time(
        "N_t dt V_init E_m I_ext g_m tau", lambda given: given["N_t"] + 1
    ),
    "passive_exact": a_row_a_time(
        "t V_init E_m I_ext g_m tau",
        lambda given: len(given["t"]),
        steady=lambda given: given["E_m"] + given["I_ext"] / given["g_m"],
    ),
    "euler_error": {
        "zeros": lambda dt_values, *_: np.zeros(len(dt_values)),
        "the time steps": lambda dt_values, *_: np.array(dt_values, float),
    },
    "passive_driven": a_row_a_time(
        "dt V_init E_m I_ext g_m tau", lambda given: len(given["I_ext"]) + 1
    ),
    "membrane_gain": {
        "zeros": lambda f_hz, g_m, tau: (0.0 * f_hz, 0.0 * f_hz),
        "a resistor": lambda f_hz, g_m, tau: (1 / g_m + 0.0 * f_hz, 0.0 * f_hz),
    },
    "lif_euler": silent_rows(),
    "lif_refractory": silent_rows(),
    "LIFNeuron": {"zeros": Idle, "no methods": type("LIFNeuron", (), {})},
    "firing_rate": {"zeros": a_neuron(0.0), "ones": a_neuron(1.0), "NaN": a_neuron(np.nan)},
    "isi": {
        "nothing fired": lambda spike_times: [np.empty(0) for _ in spike_times],
        "an empty list": lambda spike_times: [],
        "the input": lambda spike_times: list(spike_times),
    },
    "cv": {"NaN": a_neuron(np.nan), "clocks": a_neuron(0.0), "Poisson": a_neuron(1.0)},
    "fano": {"NaN": a_neuron(np.nan), "clocks": a_neuron(0.0), "Poisson": a_neuron(1.0)},
    "spike_counts": {
        name: lambda trains, t_start, t_stop, bin_size, value=value: np.full(
            (len(trains), int((t_stop - t_start) // bin_size)), value
        )
        for name, value in {"silent": 0, "one each": 1}.items()
    },
    "fi_exact": {
        "zeros": lambda I_ext, *_: 0.0 * I_ext,
        "the current": lambda I_ext, *_: 1.0 * I_ext,
        "infinite": lambda I_ext, *_: I_ext + np.inf,
    },
    "lif_noisy": {
        "V_init": at_rest(lambda V_init, E_m: V_init),
        "E_m": at_rest(lambda V_init, E_m: E_m),
    },
    "ou_current": {
        "I_init": lambda dt, I_init, mu, sigma, tau_noise, xi: np.tile(
            I_init * np.ones(xi.shape[1]), (len(xi) + 1, 1)
        ),
        "mu": lambda dt, I_init, mu, sigma, tau_noise, xi: np.full(
            (len(xi) + 1, xi.shape[1]), float(mu)
        ),
    },
    "siegert_rate": {
        "silent": lambda I_ext, *_: 0.0 * np.asarray(I_ext),
        "as fast as it can": lambda I_ext, *p: 0.0 * np.asarray(I_ext) + 1000 / (p[5] or 1.0),
    },
    "synaptic_trace": {
        "zeros": lambda dt, counts, w, tau_s: np.zeros((len(counts) + 1, counts.shape[1])),
        "the counts": lambda dt, counts, w, tau_s: np.vstack([0 * counts[:1], w * counts]),
    },
    "membrane_moments": {
        "at rest": lambda rate_hz, w, tau_s, E_m, g_m, tau: (E_m, 0.0),
        "two numbers": lambda *inputs: (-70.0, 1.0),
    },
    "lif_conductance": {
        name: lambda dt, V_init, E_m, V_theta, V_reset, g_e, *rest, level=level: (
            np.tile(E_m + level * (V_init - E_m), (len(g_e) + 1, 1)),
            np.zeros((len(g_e) + 1, len(V_init))),
            [np.empty(0) for _ in V_init],
        )
        for name, level in {"V_init": 1.0, "E_m": 0.0}.items()
    },
    "effective_membrane": {
        "no synapses": lambda rate_hz, w, tau_s, E_s, E_m, g_m, tau: (E_m, tau, 0.0),
    },
    "dynamic_synapse": {
        "always fresh": lambda spike_times, U, tau_f, tau_d: (
            np.full(len(spike_times), U),
            np.ones(len(spike_times)),
        ),
    },
    "steady_efficacy": {
        "U": lambda rate_hz, U, tau_f, tau_d: U + 0.0 * rate_hz,
        "all of it": lambda rate_hz, U, tau_f, tau_d: 1 + 0.0 * rate_hz,
    },
    "correlated_spikes": {
        "silent": lambda dt, rate_hz, c, u_source, u_copy: np.zeros(u_copy.shape, dtype=int),
        "one each": lambda dt, rate_hz, c, u_source, u_copy: np.ones(u_copy.shape, dtype=int),
    },
}

"""Exercise 2.5, ``lif_refractory``: a neuron rests for a while after each spike."""

import numpy as np

from lifkit_staff.exercise import also, case, exercise, holds, line

from ...spiking import OUTPUTS, certify, draw_neurons, draw_ties, draw_whole_numbers

HINTS = (
    "The idea: keep one whole number a neuron, the steps that it still has to rest. Whoever rests "
    "keeps V_reset and can't fire; whoever fires starts to rest.",
    "The picture, for a neuron that fires in row 5, with round(t_ref/dt) = 3:\n"
    "row              5         6         7         8         9\n"
    "rests            no        yes       yes       yes       no\n"
    "V                V_reset   V_reset   V_reset   V_reset   climbs\n"
    "left, at its end 3         2         1         0         0",
    "A skeleton of what is new beside lif_euler; what stands for each ___?\n"
    "left = np.zeros(___, dtype=int)          # steps still to rest\n"
    "for k in range(1, ___):\n"
    "    resting = ___                        # who rests in this step?\n"
    "    V[k] = np.where(resting, ___, ___)   # held, or one passive step\n"
    "    left[resting] = ___\n"
    "    fired = ___ & ~resting\n"
    "    V[k, fired] = ___\n"
    "    spikes[___] = 1\n"
    "    left[fired] = ___                    # a whole number of steps",
)


def mixed(rng, n):
    """Draw a quick neuron, a silent one, one with negative drive (as far as n goes), and others."""
    neurons = draw_neurons(rng, n, (2.0, 4.0))
    neurons["tau"][0] = rng.uniform(5, 9)
    neurons["I_ext"][1:3] *= (0.2, -0.3)[: n - 1]
    return neurons


@holds(weight=2, of=("V", "spikes"))
def no_rest(rng):
    """with t_ref = 0 it gives what lif_euler gives"""
    N_t, dt, neurons = int(rng.integers(15, 20)), rng.uniform(0.9, 1.2), mixed(rng, 3)
    neurons["tau"][2] = dt + rng.uniform(0.05, 0.08)  # nearly there after one step, below rest
    return case("no refractory time", N_t=N_t, dt=dt, t_ref=0.0, **neurons)


@holds(weight=3, of=("V", "spikes"))
def rest(rng, solve):
    """after a spike V stays at V_reset for round(t_ref/dt) steps, each neuron for itself"""
    N_t, dt = int(rng.integers(25, 35)), rng.uniform(0.8, 1.1)
    # One neuron alone, and the run ends on its second spike.
    one = {**draw_neurons(rng, 1, (2.0, 3.0)), "dt": rng.uniform(0.8, 1.1)}
    one["t_ref"] = one["dt"] * int(rng.integers(3, 7))
    _, _, (times,) = solve(N_t=600, **one)
    return [
        case(
            "neurons that rest at different times",
            N_t=N_t,
            dt=dt,
            t_ref=dt * int(rng.integers(4, 8)),
            **mixed(rng, 4),
        ),
        case("one neuron, spike on the last step", N_t=round(times[1] / one["dt"]), **one),
    ]


@also(rest)
def equal_sizes(rng):
    """As many neurons as steps, and as rows: what is paired up by chance would fit."""
    n, dt = int(rng.integers(7, 10)), rng.uniform(0.5, 0.9)
    return [
        case(
            f"as many neurons as {what}",
            fingerprint=False,
            N_t=N_t,
            dt=dt,
            t_ref=2 * dt,
            **draw_neurons(rng, n, (3, 15)),
        )
        for what, N_t in (("steps", n), ("rows", n - 1))
    ]


@holds(weight=2, of=("V", "spikes"))
def rounding(rng):
    """t_ref/dt is rounded to the nearest whole number of steps, never cut off"""
    # Whole numbers of steps whose quotient comes out just below: 2.4/0.4 is 5.999999999999999.
    t_ref, dt = [(2.4, 0.4), (2.8, 0.4), (4.8, 0.8), (5.6, 0.8)][rng.integers(4)]
    N_t = round(16 / dt)
    step, steps = rng.uniform(0.7, 1.0), int(rng.integers(4, 8))
    return [
        case("a whole number of steps", N_t=N_t, dt=dt, t_ref=t_ref, **mixed(rng, 2)),
        *(
            case(
                f"a rest of {what} steps",
                N_t=int(rng.integers(20, 30)),
                dt=step,
                t_ref=step * (steps + rng.uniform(*part)),
                **mixed(rng, 2),
            )
            for what, part in (
                ("some and a quarter", (0.1, 0.4)),
                ("some and three quarters", (0.6, 0.9)),
            )
        ),
    ]


@holds(of=("V", "spikes"))
def strong_drive(rng):
    """however strong the current, no interval is shorter than the rest"""
    neurons, dt = draw_neurons(rng, 3, (1.5, 3.0)), rng.uniform(0.5, 0.8)
    one_step = neurons["tau"][0] / dt * (neurons["V_theta"] - neurons["V_reset"])
    neurons["I_ext"][0] = neurons["g_m"] * one_step * rng.uniform(1.5, 3)
    neurons["I_ext"][1] *= 6
    return case(
        "currents so strong that a single step reaches threshold",
        N_t=int(rng.integers(15, 25)),
        dt=dt,
        t_ref=dt * int(rng.integers(3, 6)),
        **neurons,
    )


@holds(of=("V", "spikes"))
def ties(rng):
    """a voltage that just reaches V_theta is a spike (>=, not >)"""
    neurons, N_t = draw_ties(rng), int(rng.integers(11, 16))
    t_ref = float(rng.integers(2, 5)) / 2
    return case("neurons that touch the threshold exactly", **neurons, N_t=N_t, t_ref=t_ref)


@holds(of=("V", "spikes"))
def start(rng):
    """V[0] is V_init as given, without a spike and without a rest"""
    above = draw_neurons(rng, 3, (0.1, 1.6))
    above["V_init"] = above["V_theta"] + np.array([rng.uniform(3, 9), 0.0, rng.uniform(0.1, 1)])
    N_t, dt = int(rng.integers(10, 15)), rng.uniform(0.2, 0.5)
    title = "neurons that start at or above threshold"
    return case(title, N_t=N_t, dt=dt, t_ref=dt * int(rng.integers(3, 6)), **above)


@also(start)
def at_reset(rng):
    """Start where a spike would have put V."""
    neurons = mixed(rng, 3)
    neurons["V_init"][:2] = neurons["V_reset"]
    N_t, dt = int(rng.integers(20, 28)), rng.uniform(0.8, 1.1)
    t_ref = dt * int(rng.integers(3, 6))
    return case("neurons that start at V_reset", N_t=N_t, dt=dt, t_ref=t_ref, **neurons)


@holds(of=("V", "spikes"))
def whole_numbers(rng):
    """whole-number inputs give the same as 1.0, 2.0, ..."""
    return case("whole-number inputs", **draw_whole_numbers(rng), t_ref=int(rng.integers(2, 5)))


spike_times = line(
    "spike times",
    "spike_times has each neuron's own times in ms, empty where it never fired",
    on=[no_rest, rest, rounding, strong_drive, start],
    of="spike_times",
    weight=2,
)


def neuron_by_neuron(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau, t_ref):
    """Solve in another style: remember the step of each neuron's last spike."""
    n_rest = round(t_ref / dt)
    V, spikes = np.zeros((N_t + 1, len(V_init))), np.zeros((N_t + 1, len(V_init)))
    spike_times = []
    for i in range(len(V_init)):
        times, last = [], -n_rest - 1
        v = V[0, i] = V_init[i]
        for k in range(1, N_t + 1):
            if k - last > n_rest:
                v = v + (E_m - v + I_ext[i] / g_m) * dt / tau[i]
                if v >= V_theta:
                    v, last = V_reset, k
                    spikes[k, i] = 1
                    times.append(k * dt)
            V[k, i] = v
        spike_times.append(np.array(times))
    return V, spikes, spike_times


REFERENCE = exercise(
    "lab2",
    "lif_refractory",
    returns=OUTPUTS,
    hints=HINTS,
    certify=certify,
    styles=[neuron_by_neuron],
    builds_on=["lif_euler"],
)

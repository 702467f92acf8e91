"""Exercise 4.5, ``dynamic_synapse``: short-term depression and facilitation, spike by spike."""

import numpy as np

from lifkit.judge import Output
from lifkit_staff.exercise import also, case, exercise, holds, line


def part(name):
    """Return one of the two numbers between 0 and 1."""
    return Output(
        name=name,
        rtol=1e-9,
        why="products of numbers below 1; 1 - (1 - x) e loses two digits at most, as x > 0.01",
        axes=("spike",),
        shape="(n_spikes,)",
    )


HINTS = (
    "The idea: carry two numbers along from spike to spike. At each spike first ask what the pause "
    "since the last one has done to both, then let u jump, note both, and take off the release.",
    "A picture: pause (u shrinks, x comes nearer to 1), u jumps, NOTE both, x loses the product, "
    "pause, ... For the first spike u was 0 and x was 1, and no pause changes that: any time will do "
    "for the spike before it.",
    "A skeleton; what stands for each ___?\n"
    "used, filled = 0.0, ___              # u and x of a rested synapse\n"
    "before = ___                         # time of the spike before\n"
    "for i, t in ___:                     # number and time of each spike\n"
    "    used = used * ___                # the pause\n"
    "    filled = 1 - ___ * ___           # the pause\n"
    "    used = used + ___                # the jump\n"
    "    u[i], x[i] = ___\n"
    "    filled = filled - ___            # the release\n"
    "    before = ___",
)


def train(rng, n_spikes, mean):
    """Draw an irregular train with so many spikes."""
    pauses = mean * (0.3 + rng.exponential(0.7, n_spikes))
    return rng.uniform(20, 90) + np.cumsum(pauses)


def synapse(rng, title, times, kind="mixed", **given):
    """Return a case with a synapse that mainly tires, mainly warms up, or does both."""
    low, high = {"depressing": (2, 6), "facilitating": (9, 15), "mixed": (5, 9)}[kind]
    tau_f = 40 * rng.uniform(low, high) / 4
    drawn = {
        "U": rng.uniform(0.15, 0.4) * (2 if kind == "depressing" else 1),
        "tau_f": tau_f,
        "tau_d": rng.uniform(320, 480) - 2 * tau_f,
    }
    return case(title, **{**drawn, "spike_times": times, **given})


@holds(of="u")
def facilitation(rng):
    """u decays in each pause and jumps at each spike by a part U of what is missing to 1"""
    return [
        synapse(
            rng, "a synapse that warms up", train(rng, rng.integers(7, 11), 40), "facilitating"
        ),
        synapse(rng, "a synapse that tires", train(rng, rng.integers(7, 11), 60), "depressing"),
        synapse(rng, "a synapse that does both", train(rng, rng.integers(7, 11), 50)),
        synapse(rng, "a regular train", 25 + 40.0 * np.arange(6)),
    ]


@also(facilitation)
def long_pauses(rng):
    """Draw pauses of four and of six times the longer time constant: nearly, not quite, at rest."""
    tau_f, tau_d = rng.uniform(60, 120, 2)
    pauses = np.array([0, 15, 4.4, 20, 5.8, 15]) * rng.uniform(0.95, 1.05, 6)
    pauses[[2, 4]] *= max(tau_f, tau_d)
    times = rng.uniform(20, 90) + np.cumsum(pauses)
    return synapse(rng, "two long pauses", times, tau_f=tau_f, tau_d=tau_d)


depression = line(
    "depression",
    "x loses u x at each spike and recovers in each pause",
    on=[facilitation],
    of="x",
    weight=2,
)


@holds()
def first(rng):
    """the first spike meets a rested synapse, whenever it comes"""
    return [
        synapse(rng, "one late spike", rng.uniform(300, 500, 1)),
        synapse(rng, "a first spike at t = 0", np.append(0.0, train(rng, 2, 30))),
        synapse(rng, "no spikes", np.zeros(0)),
    ]


@holds()
def extremes(rng):
    """with U = 1 every spike releases all that is there"""
    return synapse(rng, "U = 1", train(rng, 5, 50), U=1.0)


@holds()
def whole_numbers(rng):
    """whole-number inputs give the same as 1.0, 2.0, ..."""
    times = np.cumsum(rng.integers(9, 60, 7))
    taus = {"tau_f": int(rng.integers(50, 90)), "tau_d": int(rng.integers(150, 250))}
    return synapse(rng, "whole-number inputs", times, **taus)


def from_the_spike_before(spike_times, U, tau_f, tau_d):
    """Solve in another style: each entry from the one before."""
    u, x = np.full(len(spike_times), float(U)), np.ones(len(spike_times))
    for i in range(1, len(spike_times)):
        pause = spike_times[i] - spike_times[i - 1]
        before = u[i - 1] * np.exp(-pause / tau_f)
        u[i] = before + U * (1 - before)
        empty = 1 - x[i - 1] * (1 - u[i - 1])
        x[i] = 1 - empty * np.exp(-pause / tau_d)
    return u, x


REFERENCE = exercise(
    "lab4",
    "dynamic_synapse",
    returns=[part("u"), part("x")],
    hints=HINTS,
    styles=[from_the_spike_before],
)

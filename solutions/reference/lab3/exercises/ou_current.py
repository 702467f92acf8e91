"""Exercise 3.2, ``ou_current``: noise with a memory, the Ornstein-Uhlenbeck process."""

import numpy as np

from lifkit.judge import Output
from lifkit_staff.exercise import also, case, exercise, holds

CURRENT = Output(
    name="I",
    unit="nA",
    atol=1e-9,
    rtol=1e-9,
    why="a contraction in double precision: correct forms agree to about 1e-13",
    axes=("step", "neuron"),
    shape="(N_t + 1, n)",
)

HINTS = (
    "The idea: over a step the current forgets a part of its distance from mu, and noise fills up "
    "what the forgetting took from the spread. Both parts follow from one number, the decay.",
    "The equation: with the decay d = exp(-dt/tau_noise), a step does this:\n"
    "distance from mu   I[k] - mu   ->   d times as much\n"
    "its variance       sigma^2     ->   d^2 sigma^2\n"
    "the noise brings what is missing of sigma^2; c * xi[k] brings c^2",
    "A skeleton; what stands for each ___?\n"
    "d = ___\n"
    "size = ___                             # the root of a variance\n"
    "I = np.zeros((___, xi.shape[1]))\n"
    "I[0] = ___\n"
    "for k in range(___):\n"
    "    I[k + 1] = mu + ___ * d + size * ___\n"
    "return I",
)


def currents(rng, title, n, N_t=None, **given):
    """Draw `n` currents that start off their mean, in steps much shorter than their memory."""
    mu = rng.uniform(6, 20)
    N_t = N_t or rng.integers(9, 15)
    drawn = {
        "dt": rng.uniform(0.25, 0.5),
        "I_init": mu + rng.choice([-1, 1], n) * rng.uniform(3, 15, n),
        "mu": mu,
        "sigma": rng.uniform(1.3, 4),
        "tau_noise": rng.uniform(2.5, 5),
        "xi": rng.standard_normal((N_t, n)),
    }
    return case(title, **{**drawn, **given})


@holds(weight=2)
def relaxation(rng):
    """without noise the current relaxes from I_init to mu"""
    n, N_t = rng.integers(2, 5), rng.integers(9, 15)
    # The first case is asked twice; with sigma > 0 that shows random numbers drawn inside.
    silent = currents(rng, "no noise (xi = 0)", n, xi=np.zeros((N_t, n)))
    return [silent, currents(rng, "no noise (sigma = 0)", 3, sigma=0.0)]


@holds(weight=3)
def noise(rng):
    """each step adds just the noise that keeps the standard deviation at sigma"""
    return [
        currents(rng, "noisy currents", rng.integers(3, 6)),
        currents(rng, "one current, I_init a plain number", 1, I_init=rng.uniform(-9, -3)),
        currents(rng, "several currents, I_init a plain number", 3, I_init=rng.uniform(-9, -3)),
    ]


@also(noise)
def equal_sizes(rng):
    """Draw as many currents as there are steps, and as there are rows."""
    N_t = rng.integers(4, 7)
    return [
        currents(rng, "as many currents as steps", N_t, N_t),
        currents(rng, "as many currents as rows", N_t + 1, N_t),
    ]


@holds(weight=2)
def long_steps(rng):
    """the update is exact: it holds for steps longer than tau_noise too"""
    dt, tau_noise = rng.uniform(4, 8), rng.uniform(1.2, 3)
    return currents(rng, "a step longer than tau_noise", 2, dt=dt, tau_noise=tau_noise)


@holds()
def whole_numbers(rng):
    """whole-number inputs give the same as 1.0, 2.0, ..."""
    return case(
        "whole-number inputs",
        dt=1,
        I_init=rng.integers(20, 30, 2),
        mu=int(rng.integers(8, 18)),
        sigma=int(rng.integers(2, 5)),
        tau_noise=int(rng.integers(4, 9)),
        xi=rng.standard_normal((rng.integers(12, 20), 2)),
    )


def listed(dt, I_init, mu, sigma, tau_noise, xi):
    """Solve in another style: a list of distances from mu."""
    x = I_init - mu + np.zeros(xi.shape[1])
    rows = [x]
    for k in range(len(xi)):
        x = np.exp(-dt / tau_noise) * x + sigma * np.sqrt(-np.expm1(-2 * dt / tau_noise)) * xi[k]
        rows.append(x)
    return mu + np.array(rows)


REFERENCE = exercise("lab3", "ou_current", returns=[CURRENT], hints=HINTS, styles=[listed])

"""What the exercises about the passive membrane share: tolerances, the output V, drawn membranes."""

import numpy as np

from lifkit.judge import Output

#: Correct double-precision solvers (11 orders of operation, tau/dt up to 1e3) differ by at most
#: 1e-11 mV while Euler's method is stable; two orders of magnitude are left to spare.
V_ATOL = 1e-9

#: Where Euler's method diverges (dt > 2 tau), rounding errors grow with the voltage itself, so only
#: their ratio is bounded: a few times 2.2e-16 a step, below 1e-13 over the 20 steps of a case.
V_RTOL = 1e-11


def voltage(**given):
    """Return the output V in mV, one row a time and one column a neuron."""
    usual: dict = {"name": "V", "unit": "mV", "atol": V_ATOL, "axes": ("step", "neuron")}
    return Output(**usual | given)


STEPPED = voltage(
    rtol=V_RTOL,
    why="correct solvers differ by less than 1e-11 mV, and where Euler diverges by less than 1e-13 "
    "of the voltage",
    shape="(N_t + 1, n)",
)


def heights(rng, n):
    """Draw currents of either sign in nA."""
    return rng.choice([-1, 1], n) * rng.uniform(15, 40, n)


def membranes(rng, n):
    """Draw n membranes that start 2 mV or more above or below rest, with different time constants."""
    above = rng.uniform(-62, -56, n)
    return {
        "V_init": np.where(rng.integers(2, size=n) == 1, above, above - 19),
        "E_m": rng.uniform(-72, -64),
        "g_m": rng.uniform(1.3, 2.4),
        "tau": rng.permutation(6 + 3.5 * np.arange(n)) + rng.uniform(-1, 1, n),
    }


def whole_membranes(rng, n):
    """Draw n membranes in whole numbers."""
    return {
        "V_init": rng.choice([-1, 1], n) * rng.integers(3, 8, n) - 69,
        "E_m": -69,
        "g_m": 3,
        "tau": rng.permutation([7, 11, 17, 13])[:n],
    }

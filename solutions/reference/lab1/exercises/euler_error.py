"""Exercise 1.3, ``euler_error``: how far Euler's method strays from the closed form."""

import numpy as np

from lifkit.judge import Output
from lifkit_staff.exercise import also, case, exercise, holds

from ...membrane import V_ATOL

ERRORS = Output(
    name="errors",
    unit="mV",
    atol=V_ATOL,
    why="the difference of two voltages that are each good to 1e-10 mV",
    axes=("time step number",),
    shape="(len(dt_values),)",
)

HINTS = (
    "The idea: for each time step, run your passive_euler and your passive_exact over the same "
    "times, and see where they are farthest apart.",
    "The picture, for one dt and the N_t steps of it that make T:\n"
    "time       0      dt        2 dt        ...   N_t dt\n"
    "Euler      V_0    V_1       V_2         ...   V_(N_t)\n"
    "exact      V(0)   V(dt)     V(2 dt)     ...   V(N_t dt)\n"
    "The error is the largest distance between the two, of all steps.",
    "A skeleton; what stands for each ___? Your functions want arrays: np.array([x]) makes one of x.\n"
    "errors = []\n"
    "for dt in ___:\n"
    "    steps = ___\n"
    "    walked = passive_euler(steps, dt, ___)\n"
    "    exact = passive_exact(___)     # at the time of each row\n"
    "    errors.append(___)             # one number, never negative\n"
    "return np.array(___)",
)


def going(rng, direction):
    """Draw a membrane whose steady state lies above (1) or below (-1) its start."""
    E_m = rng.uniform(-72, -64)
    return {
        "V_init": -68 - direction * rng.uniform(6, 12),
        "E_m": E_m,
        "I_ext": direction * rng.uniform(15, 40),
        "g_m": rng.uniform(1.3, 2.4),
    }


# Factors of a drawn dt are powers of 2 where they can be: T/dt is then as whole as T/(4 dt).


@holds(weight=3)
def rise(rng):
    """the largest error on the way up to a higher steady state, one a time step"""
    tau, fast = rng.uniform(6, 12), rng.uniform(4, 6)
    dt, short = rng.uniform(tau / 12, tau / 8), rng.uniform(fast / 8, fast / 7)
    return [
        case(
            "rise, four time steps",
            dt_values=dt * np.array([4.0, 0.5, 2.0, 1.0]),
            T=dt * 4 * int(rng.integers(11, 15)),
            tau=tau,
            **going(rng, 1),
        ),
        case(
            "rise, one time step above tau",
            dt_values=short * np.array([1.0, 10.0, 2.0]),
            T=short * 40,
            tau=fast,
            **going(rng, 1),
        ),
    ]


@also(rise)
def an_array_of_one(rng):
    tau = rng.uniform(5, 12)
    dt = rng.uniform(tau / 12, tau / 4)
    only = {"dt_values": np.array([dt]), "T": dt * int(rng.integers(20, 30)), "tau": tau}
    return case("rise, an array of one time step", **only, **going(rng, 1))


@holds(weight=2)
def decay(rng):
    """the same on the way down, where Euler's voltage is too low"""
    tau = rng.uniform(5, 12)
    dt = rng.uniform(tau / 12, tau / 8)
    return case(
        "decay, three time steps",
        dt_values=dt * np.array([1.0, 2.0, 4.0]),
        T=dt * 4 * int(rng.integers(11, 15)),
        tau=tau,
        **going(rng, -1),
    )


def missed(rng, side):
    """Draw dt and T so that T/dt misses a whole number by a hair, from above (1) or below (-1)."""
    pairs = [(j / 20, j * count / 20) for j in range(1, 9) for count in range(6, 25)]
    pairs = [(dt, T) for dt, T in pairs if np.sign(T / dt - round(T / dt)) == side]
    dt, T = pairs[rng.integers(len(pairs))]
    tau = rng.uniform(1.5 * T, 3 * T)
    return {"dt_values": np.array([dt, dt / 2]), "T": T, "tau": tau}


@holds(weight=2)
def whole_steps(rng):
    """all steps up to T count, also where T/dt is not quite whole in the computer"""
    return [
        case("a short run, T/dt just below a whole number", **missed(rng, -1), **going(rng, 1)),
        case("a short run, T/dt just above a whole number", **missed(rng, 1), **going(rng, -1)),
    ]


@holds()
def whole_numbers(rng):
    """whole-number inputs give the same as 1.0, 2.0, ..."""
    return case(
        "whole-number inputs",
        dt_values=rng.permutation([1, 2, 3, 4]),
        T=48,
        V_init=int(rng.integers(-78, -72)),
        E_m=-69,
        I_ext=int(rng.integers(40, 70)),
        g_m=3,
        tau=int(rng.integers(7, 12)),
    )


def certify(case):
    """Raise ValueError where T is no whole multiple of every time step."""
    steps = case.inputs["T"] / case.inputs["dt_values"]
    if np.abs(steps - np.round(steps)).max() > 1e-9:  # rounding of a quotient below 1e4 is 2e-12
        raise ValueError(f"{case.name}: T/dt is {steps}, not whole")


def by_its_own_formula(dt_values, T, V_init, E_m, I_ext, g_m, tau):
    """Solve in another style: Euler's voltage as powers of 1 - dt/tau, the largest kept in a loop."""
    errors = np.zeros(len(dt_values))
    for j in range(len(dt_values)):
        k = np.arange(round(T / dt_values[j]) + 1)
        away = V_init - E_m - I_ext / g_m
        gaps = away * ((1 - dt_values[j] / tau) ** k - np.exp(-k * dt_values[j] / tau))
        errors[j] = max(abs(gaps))
    return errors


REFERENCE = exercise(
    "lab1",
    "euler_error",
    returns=[ERRORS],
    hints=HINTS,
    certify=certify,
    styles=[by_its_own_formula],
)

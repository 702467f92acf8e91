"""Exercise 8.2, ``simulate_candidates``: adapting neurons that differ in threshold and adaptation."""

from fractions import Fraction

import numpy as np

from lifkit.judge import Output
from lifkit_staff.exercise import also, case, exercise, holds

TIMES = Output(
    name="spike_times",
    kind="ragged",
    unit="ms",
    atol=1e-9,
    why="whole steps times dt: adding dt up 100 times is off by 1e-12 ms",
    axes=("candidate", "spike"),
    shape="(one array a candidate)",
)

#: How near to its threshold a voltage may come, in mV, where the case is no exact tie.
MARGIN = 1e-6

HINTS = (
    "The idea: V, w and the number of steps still to be held are arrays with one entry a candidate. Each "
    "turn of the loop over the current makes new ones; a mask says who is held, another one who fired.",
    "A picture of one candidate with t_ref of two steps: free, free, SPIKE, held, held, free. In the step "
    "of the spike a counter is set to 2. In each step: new V and w from the old ones; where the counter "
    "is above 0, V is V_reset; the counter goes down by one; who is at or above V_theta fires.",
    "A skeleton; what stands for each ___?\n"
    "V, w, held = ___                     # three arrays, one entry a candidate\n"
    "spike_times = ___                    # a list with n empty lists\n"
    "for k in range(___):\n"
    "    V = V + dt / tau * (___)\n"
    "    w = ___                          # Lab 5's decay; V is done with the old w\n"
    "    V[___] = V_reset                 # who is still held\n"
    "    held = ___\n"
    "    fired = ___                      # a mask\n"
    "    V[fired], w[fired], held[fired] = ___, ___, ___\n"
    "    for i in ___:                    # numbers of those who fired\n"
    "        spike_times[i].append(___)\n"
    "return ___",
)


def candidates(rng, n, N_t, drive=(2.4, 4.0), held=2.25):
    """Draw `n` candidates in long steps on one current that changes with every step."""
    E_m, g_m, dt = rng.uniform(-72, -64), rng.uniform(1.3, 2.4), rng.uniform(0.6, 0.9)
    room, tau = rng.uniform(12, 17), rng.uniform(5, 9)
    return {
        "dt": dt,
        "I": g_m * room * rng.uniform(*drive, N_t),
        "E_m": E_m,
        "g_m": g_m,
        "tau": tau,
        "V_theta": E_m + room * np.roll(np.linspace(0.8, 1.3, n), 1),
        "V_reset": E_m + rng.uniform(2, 5),
        "t_ref": dt * (held + rng.uniform(-0.1, 0.1)),
        "b": g_m * room * rng.uniform(0.2, 0.5, n),
        "tau_w": tau * rng.uniform(1.6, 4),
    }


@holds(weight=2)
def thresholds(rng):
    """each candidate fires when its V reaches its own threshold, and starts again from V_reset"""
    several = candidates(rng, 3, 40) | {"b": np.zeros(3), "t_ref": 0.0}
    several["V_theta"] = several["V_theta"] + [0, 0, 90.0]  # a silent one
    return case("three candidates without adaptation and refractoriness, one silent", **several)


@holds(weight=2)
def adapting(rng, solve):
    """w starts at 0, grows by the candidate's own b at each spike, decays, and is taken from I"""
    while True:
        several = candidates(rng, 5, 70) | {"t_ref": 0.0}
        exact = several["dt"] / -np.expm1(
            -several["dt"] / several["tau_w"]
        )  # its Euler step is exact
        trains = solve(**several), solve(**{**several, "tau_w": exact})
        if any(len(a) != len(b) or np.any(a != b) for a, b in zip(*trains, strict=True)):
            return case("five candidates with t_ref = 0", **several)


@holds(weight=2)
def refractory(rng):
    """after a spike V is held at V_reset for round(t_ref / dt) steps, while w decays"""
    return [
        case("three candidates, held for two steps", **candidates(rng, 3, 45)),
        case("one candidate, held for six steps", **candidates(rng, 1, 40, held=5.75)),
        case("two candidates, held for fourteen steps", **candidates(rng, 2, 60, held=14.25)),
    ]


@also(refractory)
def equal_sizes(rng):
    """Draw as many candidates as steps."""
    return case("as many candidates as steps", **candidates(rng, 9, 9, (4, 6)))


@holds()
def ties(rng):
    """a voltage that just reaches V_theta is a spike (>=, not >)"""
    shift = float(rng.integers(-8, 9))  # moving every voltage by a whole number keeps a tie exact
    return case(
        "a candidate that touches its threshold exactly",
        dt=1.0,
        I=np.array([40.0, 0.0, 0.0, 60.0, 60.0]),
        E_m=-60.0 + shift,
        g_m=2.0,
        tau=2.0,
        V_theta=np.array([-50.0, -47.0]) + shift,
        V_reset=-66.0 + shift,
        t_ref=1.0,
        b=np.array([0.0, 4.0]),
        tau_w=4.0,
    )


@holds()
def whole_numbers(rng):
    """whole-number inputs give the same as 1.0, 2.0, ..."""
    E_m = int(rng.integers(-72, -65))
    whole = {
        "dt": 1,
        "I": rng.integers(70, 150, 25),
        "E_m": E_m,
        "g_m": 2,
        "tau": int(rng.integers(6, 10)),
        "V_theta": E_m + np.array([14, 17, 21]),
        "V_reset": E_m - 5,
        "t_ref": 2,
        "b": rng.integers(5, 12, 3),
        "tau_w": int(rng.integers(14, 25)),
    }
    fine = candidates(rng, 6, 70)
    fine["V_theta"] = np.ceil(fine["V_theta"]).astype(int)
    fine["E_m"] = np.floor(fine["E_m"]) + rng.uniform(0.4, 0.6)
    fine |= {"dt": fine["dt"] / 8, "t_ref": fine["t_ref"] / 8}  # half a mV makes a step or two
    return [
        case("whole-number inputs", **whole),
        case("whole-number thresholds, E_m between whole numbers", **fine),
    ]


def run(p):
    """Run the candidates of a case in the arithmetic of its inputs; return V and the smallest margin."""
    V = np.full(len(p["V_theta"]), p["E_m"])
    w, held, rows, margin = 0 * p["b"], np.zeros(len(V)), [V], np.inf
    for current in p["I"]:
        V, w = (
            V + (p["E_m"] - V + (current - w) / p["g_m"]) * p["dt"] / p["tau"],
            w - w * p["dt"] / p["tau_w"],
        )
        V = np.where(held > 0, p["V_reset"], V)
        margin, fired = min(margin, *abs(V - p["V_theta"])), p["V_theta"] <= V
        V, w = np.where(fired, p["V_reset"], V), np.where(fired, w + p["b"], w)
        held = np.where(fired, round(p["t_ref"] / p["dt"]), held - 1)
        rows.append(V)
    return np.array(rows), margin


def certify(case):
    """Raise ValueError if correct solvers could disagree on a spike: near to threshold, or no exact tie."""
    inputs = dict(case.inputs)
    V, margin = run(inputs)
    if case.group == "ties":
        exactly = np.vectorize(Fraction, otypes=[object])
        rational = {name: exactly(value)[()] for name, value in inputs.items()}
        if not np.array_equal(V, run(rational)[0]):
            raise ValueError(f"{case.name}: not exact in binary arithmetic")
    elif margin < MARGIN:
        raise ValueError(f"{case.name}: a voltage passes the threshold by {margin:.1e} mV")
    if abs(inputs["t_ref"] / inputs["dt"] % 1 - 0.5) < 1e-6:
        raise ValueError(f"{case.name}: t_ref/dt is halfway between two whole steps")


def one_by_one(dt, I, E_m, g_m, tau, V_theta, V_reset, t_ref, b, tau_w):
    """Solve in another style: plain numbers, one candidate after the other."""
    spike_times = []
    for threshold, jump in zip(V_theta, b, strict=True):
        v, adaptation, rest, times = E_m, 0.0, 0, []
        for k, current in enumerate(I):
            slope = (E_m - v) / tau + (current - adaptation) / (g_m * tau)
            v, adaptation = v + dt * slope, adaptation * (1 - dt / tau_w)
            if rest > 0:
                v, rest = V_reset, rest - 1
            elif v >= threshold:
                v, adaptation, rest = V_reset, adaptation + jump, round(t_ref / dt)
                times.append((k + 1) * dt)
        spike_times.append(np.array(times))
    return spike_times


REFERENCE = exercise(
    "lab8",
    "simulate_candidates",
    returns=[TIMES],
    hints=HINTS,
    certify=certify,
    styles=[one_by_one],
)

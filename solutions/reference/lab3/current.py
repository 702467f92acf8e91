"""Exercise 3.2, ``ou_current``: noise with a memory, the Ornstein-Uhlenbeck process."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from lifkit.exercises import Case, Exercise, Output, Property, Reference

from .common import case_builder, ends_in, filed

PARAMETERS = ("dt", "I_init", "mu", "sigma", "tau_noise", "xi")


def ou_current(dt, I_init, mu, sigma, tau_noise, xi):
    r"""Make currents that fluctuate with a memory: Ornstein-Uhlenbeck processes.

    The exact update of
    :math:`\tau_{noise}\,dI = (\mu - I)\,dt + \sigma\sqrt{2\tau_{noise}}\,dW`, good for any
    time step: with :math:`d = e^{-dt/\tau_{noise}}`,

    .. math:: I_{k+1} = \mu + (I_k - \mu)\,d + \sigma\sqrt{1 - d^2}\;\xi_k .

    Parameters
    ----------
    dt : float
        Time step in ms.
    I_init : float or (n,) array_like
        Current at t = 0 in nA.
    mu, sigma : float
        Mean and standard deviation of the stationary process in nA.
    tau_noise : float
        Correlation time in ms.
    xi : (N_t, n) array_like
        Standard normal numbers; row k acts from t_k to t_(k+1).

    Returns
    -------
    I : (N_t + 1, n) ndarray
        Current in nA; ``I[k]`` at t = k dt, ``I[0]`` is `I_init`.  As the input of a solver take
        ``I[:-1]``, one row a step.

    Notes
    -----
    Autocorrelation exp(-lag/tau_noise).  Source: Gillespie (1996), Physical Review E 54, 2084.

    Examples
    --------
    >>> xi = np.array([[0.0], [1.0]])
    >>> ou_current(5.0, [3.0], 1.0, 0.5, 5.0, xi).round(4).tolist()
    [[3.0], [1.7358], [1.7356]]
    """
    xi = np.asarray(xi, dtype=float)
    decay = np.exp(-dt / tau_noise)
    push = sigma * np.sqrt(1 - decay**2)
    I = np.zeros((len(xi) + 1, xi.shape[1]))
    I[0] = I_init
    for k in range(len(xi)):
        I[k + 1] = mu + (I[k] - mu) * decay + push * xi[k]
    return I


EXERCISE = Exercise(
    name="ou_current",
    lab="lab3",
    number="3.2",
    title="A current with a memory",
    parameters=PARAMETERS,
    outputs=(
        Output(
            name="I",
            unit="nA",
            atol=1e-9,
            rtol=1e-9,
            why="a contraction in double precision: correct forms agree to about 1e-13",
            axes=("step", "neuron"),
            shape="(N_t + 1, n)",
        ),
    ),
    properties=(
        Property(
            name="relaxation",
            text="without noise the current relaxes from I_init to mu",
            outputs=("I",),
            groups=("relaxation",),
            weight=2,
        ),
        Property(
            name="noise",
            text="each step adds just the noise that keeps the standard deviation at sigma",
            outputs=("I",),
            groups=("noise",),
            weight=3,
        ),
        Property(
            name="long steps",
            text="the update is exact: it holds for steps longer than tau_noise too",
            outputs=("I",),
            groups=("long steps",),
            weight=2,
        ),
        Property(
            name="whole numbers",
            text="whole-number inputs give the same as 1.0, 2.0, ...",
            outputs=("I",),
            groups=("whole numbers",),
        ),
    ),
    hints=(
        "The idea: over a step the current forgets a part of its distance from mu, and noise fills up "
        "what the forgetting took from the spread. Both parts follow from one number, the decay.",
        "The equation: with d = exp(-dt/tau_noise), the distance from mu is multiplied by d. The "
        "variance is then d^2 sigma^2, so the noise has to bring (1 - d^2) sigma^2.",
        "The shape of the lines: make I with one row more than xi, set its first row, and loop over "
        "the rows of xi: new row = mu + (old row - mu) * decay + size * xi[k].",
    ),
)

make_case = case_builder(PARAMETERS)


def public() -> list[Case]:
    """Return the cases of the self-check, noise first: the first one is called twice."""
    rng = np.random.default_rng(320)

    def normal(N_t: int, n: int) -> np.ndarray:
        return rng.standard_normal((N_t, n)).round(2)

    return [
        make_case(
            "three noisy currents",
            "noise",
            dt=0.4,
            I_init=np.array([19.0, 23.5, 8.0]),
            mu=17.5,
            sigma=3.2,
            tau_noise=4.5,
            xi=normal(61, 3),
        ),
        make_case(
            "no noise (sigma = 0)",
            "relaxation",
            dt=0.7,
            I_init=np.array([31.0, -4.0, 12.5]),
            mu=14.0,
            sigma=0.0,
            tau_noise=6.5,
            xi=normal(23, 3),
        ),
        make_case(
            "one noisy current, I_init a plain number",
            "noise",
            dt=0.3,
            I_init=-6.0,
            mu=-2.5,
            sigma=0.8,
            tau_noise=11.0,
            xi=normal(41, 1),
        ),
        make_case(
            "a step three times as long as tau_noise",
            "long steps",
            dt=7.5,
            I_init=np.array([26.0, 3.0]),
            mu=11.0,
            sigma=2.4,
            tau_noise=2.5,
            xi=normal(17, 2),
        ),
        make_case(
            "whole-number inputs",
            "whole numbers",
            dt=1,
            I_init=np.array([21, 9]),
            mu=16,
            sigma=3,
            tau_noise=7,
            xi=normal(19, 2),
        ),
    ]


def draw(rng: np.random.Generator) -> list[Case]:
    """Draw secret cases that look at the same properties as the public ones."""

    def drawn(name: str, group: str, **fixed: Any) -> Case:
        n, mu = int(rng.integers(2, 5)), rng.uniform(6, 20)
        tau_noise = rng.uniform(2.5, 9)
        inputs = {
            "dt": tau_noise * rng.uniform(0.05, 0.2),
            "I_init": mu + rng.choice([-1, 1], n) * rng.uniform(3, 15, n),
            "mu": mu,
            "sigma": rng.uniform(1.3, 4),
            "tau_noise": tau_noise,
            "xi": rng.standard_normal((int(rng.integers(25, 60)), n)),
        }
        return make_case(f"secret: {name}", group, **{**inputs, **fixed})

    return [
        drawn("noise", "noise"),
        drawn("no noise", "relaxation", sigma=0.0),
        drawn(
            "one current",
            "noise",
            I_init=rng.uniform(-9, -3),
            xi=rng.standard_normal((int(rng.integers(25, 60)), 1)),
        ),
        drawn(
            "long steps", "long steps", tau_noise=rng.uniform(1.2, 3.0), dt=rng.uniform(4.0, 8.0)
        ),
        drawn(
            "whole numbers",
            "whole numbers",
            dt=1,
            I_init=rng.integers(20, 30, 2),
            mu=int(rng.integers(8, 18)),
            sigma=int(rng.integers(2, 5)),
            tau_noise=int(rng.integers(4, 9)),
            xi=rng.standard_normal((int(rng.integers(15, 25)), 2)),
        ),
    ]


# Usual mistakes ----------------------------------------------------------------------------------


def _decay(p: SimpleNamespace) -> float:
    return np.exp(-p.dt / p.tau_noise)


def _mean(I: Any, p: SimpleNamespace) -> Any:
    """Return the current one step later without noise."""
    return p.mu + (I - p.mu) * _decay(p)


def _size(p: SimpleNamespace) -> float:
    """Return the standard deviation of the noise of one step."""
    return p.sigma * np.sqrt(1 - _decay(p) ** 2)


def _variant(
    mean: Any = _mean,
    size: Any = _size,
    prepare: Any = lambda p: None,
    start: Any = lambda p: p.I_init,
    dtype: type = float,
) -> Any:
    """Return the right function with some of its parts replaced."""

    def wrong(*arguments: Any) -> np.ndarray:
        p = SimpleNamespace(**dict(zip(PARAMETERS, arguments, strict=True)))
        p.N_t = len(p.xi)
        prepare(p)
        I = np.zeros((p.N_t + 1, p.xi.shape[1]), dtype=dtype)
        I[0] = start(p)
        for k in range(p.N_t):
            I[k + 1] = mean(I[k], p) + size(p) * p.xi[k]
        return I

    return wrong


def _roll_noise(p: SimpleNamespace) -> None:
    p.xi = np.roll(p.xi, 1, axis=0)


def _cut_noise(p: SimpleNamespace) -> None:
    p.xi = p.xi[1:]


def _share_noise(p: SimpleNamespace) -> None:
    p.xi = np.repeat(p.xi[:, :1], p.xi.shape[1], axis=1)


def _euler_mean(I: Any, p: SimpleNamespace) -> Any:
    return I + p.dt / p.tau_noise * (p.mu - I)


def _euler_size(p: SimpleNamespace) -> float:
    return p.sigma * np.sqrt(2 * p.dt / p.tau_noise)


_FILL = "The noise must bring the variance (1 - d^2) sigma^2, d the decay; its size is the root of that."
_DECAY = "d = exp(-dt/tau_noise) multiplies the distance from mu, I[k] - mu, and nothing else."

MISTAKES = {
    "Euler instead of the exact update": (
        "This is the Euler-Maruyama step of 3.1; here the exact update is asked for, which is as easy "
        "and holds for any step.",
        _DECAY + " " + _FILL,
        _variant(_euler_mean, _euler_size),
    ),
    "Euler decay": (
        "The decay is 1 - dt/tau_noise, Euler's approximation; the exact one is an exponential.",
        _DECAY,
        _variant(_euler_mean),
    ),
    "Euler noise": (
        "The noise has the size sigma * sqrt(2 dt/tau_noise) of an Euler step; with the exact decay it "
        "makes the spread too large.",
        _FILL,
        _variant(size=_euler_size),
    ),
    "decay not squared": (
        "The noise has the size sigma * sqrt(1 - d); the decay d is not squared.",
        _FILL,
        _variant(size=lambda p: p.sigma * np.sqrt(1 - _decay(p))),
    ),
    "no square root": (
        "The size of the noise is sigma * (1 - d^2); the square root is missing.",
        _FILL,
        _variant(size=lambda p: p.sigma * (1 - _decay(p) ** 2)),
    ),
    "noise scaled by 1 - d": (
        "The noise is scaled by 1 - d, as if it were a drive towards which the current decays.",
        _FILL,
        _variant(size=lambda p: p.sigma * (1 - _decay(p))),
    ),
    "variance for deviation": (
        "sigma is squared: the noise uses the variance where it needs the standard deviation.",
        "sigma squared has the unit nA^2 and can't be added to a current.",
        _variant(size=lambda p: p.sigma**2 * np.sqrt(1 - _decay(p) ** 2)),
    ),
    "bare random numbers": (
        "sigma * xi is added whole in every step, so the spread becomes larger than sigma.",
        _FILL,
        _variant(size=lambda p: p.sigma),
    ),
    "sigma forgotten": (
        "The standard deviation sigma does not appear in the noise.",
        _FILL,
        _variant(size=lambda p: np.sqrt(1 - _decay(p) ** 2)),
    ),
    "s taken for sigma": (
        "The noise is sqrt(2) times too weak; sigma is the standard deviation itself.",
        _FILL,
        _variant(size=lambda p: p.sigma * np.sqrt((1 - _decay(p) ** 2) / 2)),
    ),
    "noise forgotten": (
        "xi does not appear: the current only relaxes.",
        _FILL,
        _variant(size=lambda p: 0.0),
    ),
    "relaxes to zero": (
        "The current relaxes to 0 instead of to mu.",
        _DECAY,
        _variant(lambda I, p: I * _decay(p)),
    ),
    "mu added in every step": (
        "The whole current decays and mu is added whole in every step, so the mean becomes much too large.",
        _DECAY,
        _variant(lambda I, p: I * _decay(p) + p.mu),
    ),
    "distance with the wrong sign": (
        "The distance is taken as mu - I[k], so the current jumps to the other side of mu in each step.",
        _DECAY,
        _variant(lambda I, p: p.mu + (p.mu - I) * _decay(p)),
    ),
    "relaxes to I_init": (
        "The current relaxes to I_init instead of to mu.",
        "I_init is used once, for the first row. " + _DECAY,
        _variant(lambda I, p: p.I_init + (I - p.I_init) * _decay(p)),
    ),
    "no memory": (
        "Each row is mu plus fresh noise: nothing is left of the row before, so the current has no memory.",
        _DECAY,
        _variant(lambda I, p: p.mu + 0 * I, lambda p: p.sigma),
    ),
    "no decay": (
        "The distance from mu does not decay: the current wanders off without bound.",
        _DECAY,
        _variant(lambda I, p: I),
    ),
    "decay upside down": (
        "The exponent is -tau_noise/dt; it is -dt/tau_noise.",
        "The exponent is small when the step is short.",
        _variant(
            lambda I, p: p.mu + (I - p.mu) * np.exp(-p.tau_noise / p.dt),
            lambda p: p.sigma * np.sqrt(1 - np.exp(-2 * p.tau_noise / p.dt)),
        ),
    ),
    "tau_noise forgotten": (
        "The exponent is -dt; it has to be divided by tau_noise.",
        "What stands in an exponent has no unit: dt/tau_noise.",
        _variant(
            lambda I, p: p.mu + (I - p.mu) * np.exp(-p.dt),
            lambda p: p.sigma * np.sqrt(1 - np.exp(-2.0 * p.dt)),
        ),
    ),
    "starts at mu": (
        "The first row is mu; it should be I_init.",
        "Where do you use I_init?",
        _variant(start=lambda p: p.mu),
    ),
    "starts at zero": (
        "The first row is left at 0 nA; it should be I_init.",
        "Set I[0] before the loop.",
        _variant(start=lambda p: 0.0),
    ),
    "one noise for all": (
        "All currents get the random numbers of neuron 0.",
        "xi has one column a neuron; use the whole row xi[k].",
        _variant(prepare=_share_noise),
    ),
    "noise one step late": (
        "Each step uses the random numbers of the step before (the first step those of the last).",
        "Row k of xi is used in the step that makes I[k+1].",
        _variant(prepare=_roll_noise),
    ),
    "noise one step early": (
        "The step that makes I[k] uses xi[k], which belongs to the step after it; at the end there is "
        "no such row.",
        "Row k of xi is used in the step that makes I[k+1].",
        _variant(prepare=_cut_noise),
    ),
    "one row short": (
        "The last row is missing: N_t steps lead to N_t + 1 samples.",
        "xi has N_t rows and I has one more, because I[0] is the start. I[:-1] is for the solver.",
        ends_in(lambda I: I[:-1], ou_current),
    ),
    "first row dropped": (
        "The first row, I[0] = I_init, is missing.",
        "I[k] is the current at t = k dt, so the start belongs in.",
        ends_in(lambda I: I[1:], ou_current),
    ),
    "transposed": (
        "Rows and columns are exchanged: time runs down the rows, neurons across the columns.",
        "Make the array with the shape (N_t + 1, n).",
        ends_in(lambda I: I.T, ou_current),
    ),
    "whole nanoamperes": (
        "I can hold whole numbers only, so every current is cut off to whole nA.",
        "Make the array with dtype=float.",
        _variant(dtype=int),
    ),
    "nothing returned": (
        "The function returns nothing (None).",
        "End it with: return I.",
        ends_in(lambda I: None, ou_current),
    ),
}

REFERENCE = Reference(
    exercise=EXERCISE,
    solve=ou_current,
    mistakes=filed(MISTAKES),
    public=public,
    draw=draw,
)

"""Make the inputs that labs hand to a solver: a step, a ramp, a sine, Poisson spikes, a network.

An input is an array with one row a time step: ``I_ext[k]`` acts from t_k to t_(k+1), t_k = k dt.
Amplitudes may be plain numbers, which give shape ``(N_t,)``, or have one entry a neuron, which
gives ``(N_t, n)``, the shape that solvers ask for.  Times become step numbers by rounding.
"""

from __future__ import annotations

import operator

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["make_drive", "make_poisson", "make_ramp", "make_sine", "make_sources", "make_step"]


def make_step(
    N_t: int,
    dt: float,
    amplitude: ArrayLike,
    *,
    t_start: float = 0.0,
    t_stop: float | None = None,
    baseline: ArrayLike = 0.0,
) -> np.ndarray:
    """Make a current that jumps to `amplitude` at `t_start` and back at `t_stop`.

    Parameters
    ----------
    N_t : int
        Number of time steps.
    dt : float
        Time step in ms.
    amplitude : float or (n,) array_like
        Current in nA from `t_start` up to, but without, `t_stop`.
    t_start : float
        In ms, 0 or above.
    t_stop : float, optional
        In ms, not before `t_start`; without it the current stays on to the end.
    baseline : float or (n,) array_like
        Current in nA outside that window.

    Returns
    -------
    I_ext : (N_t,) or (N_t, n) ndarray
        In nA.

    Raises
    ------
    ValueError
        If a number is not finite or out of its range.

    Examples
    --------
    >>> make_step(6, 0.5, 20.0, t_start=1.0, t_stop=2.0)
    array([ 0.,  0., 20., 20.,  0.,  0.])
    >>> make_step(3, 0.5, [20.0, 30.0], t_start=0.5)
    array([[ 0.,  0.],
           [20., 30.],
           [20., 30.]])
    """
    first, last = _window(N_t, dt, t_start, t_stop)
    height, level = _per_neuron(amplitude=(amplitude, "nA"), baseline=(baseline, "nA"))
    k = _column(np.arange(N_t), height)
    return np.where((first <= k) & (k < last), height, level)


def make_ramp(
    N_t: int,
    dt: float,
    slope: ArrayLike,
    *,
    t_start: float = 0.0,
    t_stop: float | None = None,
    baseline: ArrayLike = 0.0,
) -> np.ndarray:
    """Make a current that grows steadily from `t_start` on and stays where it is from `t_stop` on.

    Parameters
    ----------
    N_t : int
        Number of time steps.
    dt : float
        Time step in ms.
    slope : float or (n,) array_like
        Growth in nA/ms; negative for a falling current.
    t_start : float
        In ms, 0 or above; up to here the current is `baseline`.
    t_stop : float, optional
        In ms, not before `t_start`; without it the current grows to the end.
    baseline : float or (n,) array_like
        Current in nA where the ramp begins.

    Returns
    -------
    I_ext : (N_t,) or (N_t, n) ndarray
        In nA; row k holds the ramp's value at t_k, the beginning of the step.

    Raises
    ------
    ValueError
        If a number is not finite or out of its range.

    Examples
    --------
    >>> make_ramp(6, 0.5, 4.0, t_start=1.0, t_stop=2.0)
    array([0., 0., 0., 2., 4., 4.])
    """
    first, last = _window(N_t, dt, t_start, t_stop)
    growth, level = _per_neuron(slope=(slope, "nA/ms"), baseline=(baseline, "nA"))
    steps = np.clip(np.arange(N_t), first, last) - first
    return level + growth * dt * _column(steps, growth)


def make_sine(
    N_t: int,
    dt: float,
    amplitude: ArrayLike,
    f_hz: ArrayLike,
    *,
    phase: ArrayLike = 0.0,
    baseline: ArrayLike = 0.0,
) -> np.ndarray:
    r"""Make a current that follows a sine.

    :math:`I_k = I_{base} + I_0 \sin(2\pi f t_k + \varphi)`.

    Parameters
    ----------
    N_t : int
        Number of time steps.
    dt : float
        Time step in ms.
    amplitude : float or (n,) array_like
        Half the distance between top and bottom, in nA.
    f_hz : float or (n,) array_like
        Frequency in Hz, from 0 up to half a period a step, 500/dt.
    phase : float or (n,) array_like
        In rad, at t = 0.
    baseline : float or (n,) array_like
        Mean current in nA.

    Returns
    -------
    I_ext : (N_t,) or (N_t, n) ndarray
        In nA; row k holds the sine's value at t_k, the beginning of the step.

    Raises
    ------
    ValueError
        If a number is not finite or out of its range.

    Examples
    --------
    A sine of 250 Hz has a period of 4 ms:

    >>> make_sine(5, 1.0, 2.0, 250.0).round(6) + 0.0
    array([ 0.,  2.,  0., -2.,  0.])
    """
    _check_grid(N_t, dt)
    height, rate_hz, angle, level = _per_neuron(
        amplitude=(amplitude, "nA"),
        f_hz=(f_hz, "Hz"),
        phase=(phase, "rad"),
        baseline=(baseline, "nA"),
    )
    highest = 500 / dt
    if (rate_hz < 0).any() or (rate_hz > highest).any():
        raise ValueError(
            f"f_hz is {f_hz!r} Hz; with dt = {dt} ms it can be from 0 to {highest:g} Hz, since a sine "
            "needs two steps a period at least."
        )
    t = _column(np.arange(N_t) * dt, height)
    return level + height * np.sin(2 * np.pi * rate_hz / 1000 * t + angle)


def make_poisson(N_t: int, dt: float, rate_hz: ArrayLike, rng: np.random.Generator) -> np.ndarray:
    r"""Make spike trains of Poisson processes, as the number of spikes in each time step.

    The counts of the steps are independent, with mean ``rate_hz * dt / 1000``.

    Parameters
    ----------
    N_t : int
        Number of time steps.
    dt : float
        Time step in ms.
    rate_hz : float, (n,) or (N_t, n) array_like
        Expected spikes a second, 0 or above; a row a step makes the rate change in time.
    rng : numpy.random.Generator
        Where the randomness comes from: the same generator state gives the same spikes.

    Returns
    -------
    spikes : (N_t,) or (N_t, n) ndarray of int
        Spikes from t_k to t_(k+1).  At rates far below 1000/dt nearly all are 0 or 1.

    Raises
    ------
    ValueError
        If a number is not finite or out of its range, or a rate has the wrong shape.
    TypeError
        If `rng` is no generator.

    Notes
    -----
    Source: Dayan and Abbott (2001), Theoretical Neuroscience, section 1.4.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> spikes = make_poisson(10_000, 0.1, [0.0, 50.0], rng)
    >>> spikes.shape, int(spikes[:, 0].sum())
    ((10000, 2), 0)
    """
    _check_grid(N_t, dt)
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"rng is of type {type(rng).__name__}; it must be a generator such as "
            "numpy.random.default_rng(1), so that the spikes can be made again."
        )
    rate = _finite("rate_hz", rate_hz, "Hz")
    if (rate < 0).any():
        raise ValueError(f"rate_hz is {rate.min():g} Hz; a rate is 0 Hz or above.")
    if rate.ndim > 2 or (rate.ndim == 2 and len(rate) != N_t):
        raise ValueError(
            f"rate_hz has shape {rate.shape}; it can be one number, (n,) with one rate in Hz a neuron, "
            f"or (N_t, n) with N_t = {N_t} rows."
        )
    shape = rate.shape if rate.ndim == 2 else (N_t, *rate.shape)
    return rng.poisson(rate * dt / 1000, size=shape)


def make_drive(N_t: int, n: int, dt: float, rate_hz: float, rng: np.random.Generator) -> np.ndarray:
    """Make Poisson spike counts of many neurons at one rate, in single bytes and quickly.

    What `make_poisson` makes, in an eighth of the memory and a sixth of the time: the counts of 5000
    neurons over 2 s take 100 MB.

    Parameters
    ----------
    N_t, n : int
        Number of time steps and of neurons.
    dt : float
        Time step in ms.
    rate_hz : float
        Expected spikes a second that a neuron receives, 0 or above and at most 20 a step.
    rng : numpy.random.Generator
        Where the randomness comes from.

    Returns
    -------
    counts : (N_t, n) ndarray of uint8
        Spikes from t_k to t_(k+1).

    Raises
    ------
    ValueError
        If a number is not finite or out of its range.

    Notes
    -----
    One of 65 536 equally likely numbers is drawn for each count and looked up in a table, so that counts
    rarer than that do not occur; mean and variance are right to 1 in 1000.

    Examples
    --------
    >>> counts = make_drive(1000, 50, 0.1, 20_000.0, np.random.default_rng(1))
    >>> counts.shape, counts.dtype.name, round(float(counts.mean()), 1)
    ((1000, 50), 'uint8', 2.0)
    """
    _check_grid(N_t, dt)
    mean = float(_finite("rate_hz", rate_hz, "Hz")) * dt / 1000
    if not 0 <= mean <= 20:
        raise ValueError(
            f"rate_hz is {rate_hz:g} Hz, {mean:g} spikes a step; it can be 0 to 20 spikes a step, "
            f"{20_000 / dt:g} Hz."
        )
    terms = np.cumprod(np.r_[np.exp(-mean), mean / np.arange(1, 100)])
    middles = (np.arange(65536) + 0.5) / 65536
    table = np.searchsorted(np.cumsum(terms), middles).astype(np.uint8)
    drive = np.empty((N_t, n), dtype=np.uint8)
    for first in range(0, N_t, 500):  # in pieces, so that little memory is needed beside the result
        piece = drive[first : first + 500]
        piece[:] = table[rng.integers(0, 65536, piece.shape, dtype=np.uint16)]
    return drive


def make_sources(n_E: int, n_I: int, C_E: int, C_I: int, rng: np.random.Generator) -> np.ndarray:
    """Draw a random network in which each neuron has the same number of inputs.

    Parameters
    ----------
    n_E, n_I : int
        Excitatory neurons, numbered from 0, and inhibitory ones, numbered after them.
    C_E, C_I : int
        Excitatory and inhibitory inputs of each neuron.
    rng : numpy.random.Generator
        Where the randomness comes from.

    Returns
    -------
    sources : (n_E + n_I, C_E + C_I) ndarray of int32
        Row i lists who projects to neuron i; who was drawn twice has two synapses.

    Examples
    --------
    >>> make_sources(4, 2, 3, 1, np.random.default_rng(1)).shape
    (6, 4)
    """
    n = n_E + n_I
    excitatory = rng.integers(0, n_E, (n, C_E), dtype=np.int32)
    inhibitory = rng.integers(n_E, n, (n, C_I), dtype=np.int32)
    return np.concatenate([excitatory, inhibitory], axis=1)


# Looking at what was handed in -------------------------------------------------------------------


def _check_grid(N_t: int, dt: float) -> None:
    """Raise ValueError unless there is a grid of N_t steps of dt."""
    try:
        count = operator.index(N_t)
    except TypeError:
        raise ValueError(
            f"N_t is {N_t!r}; it counts time steps, so it must be a whole number: round(T/dt)."
        ) from None
    if count < 0:
        raise ValueError(f"N_t is {N_t} steps; it must be 0 or above.")
    if not (np.isfinite(dt) and dt > 0):
        raise ValueError(f"dt is {dt} ms; a time step must be above 0 ms.")


def _window(N_t: int, dt: float, t_start: float, t_stop: float | None) -> tuple[int, int]:
    """Return the first step of a window and the first one after it."""
    _check_grid(N_t, dt)
    if not (np.isfinite(t_start) and t_start >= 0):
        raise ValueError(f"t_start is {t_start} ms; it must be 0 ms or above.")
    first = round(t_start / dt)
    if t_stop is None:
        return first, max(first, N_t)
    if not (np.isfinite(t_stop) and t_stop >= t_start):
        raise ValueError(f"t_stop is {t_stop} ms; it must not come before t_start = {t_start} ms.")
    return first, round(t_stop / dt)


def _finite(name: str, value: ArrayLike, unit: str) -> np.ndarray:
    """Return `value` as an array of floats, all finite."""
    array = np.asarray(value, dtype=float)
    if not np.isfinite(array).all():
        raise ValueError(f"{name} is {value!r} {unit}; it must be finite.")
    return array


def _per_neuron(**quantities: tuple[ArrayLike, str]) -> list[np.ndarray]:
    """Return the quantities, each a value with its unit, as arrays of one common shape.

    It is ``()`` when all are plain numbers, or ``(n,)``.
    """
    arrays = {name: _finite(name, value, unit) for name, (value, unit) in quantities.items()}
    for name, array in arrays.items():
        if array.ndim > 1:
            unit = quantities[name][1]
            raise ValueError(
                f"{name} has shape {array.shape}; it can be one number in {unit}, or (n,) with one "
                "entry a neuron."
            )
    if len({array.size for array in arrays.values() if array.ndim}) > 1:
        said = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise ValueError(f"The numbers of neurons differ: {said}.")
    return list(np.broadcast_arrays(*arrays.values()))


def _column(steps: np.ndarray, like: np.ndarray) -> np.ndarray:
    """Return one value a step in a shape that goes together with values a neuron."""
    return steps.reshape(-1, *(1,) * like.ndim)

"""A synthetic recording of a cell under a fluctuating current."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

__all__ = ["Recording", "load_recording"]

_FILE = Path(__file__).with_name("recording.npz")
_STEP, _REPEATS = 0.1, 9  # ms of the numbers that spikes are stored as; repeats of a current

# What one unit of the stored whole numbers is.
_NANOAMPERE, _MILLIVOLT = 1e-4, 1e-2


@dataclass(frozen=True, kw_only=True)
class Recording:
    """What was recorded of one cell.

    Attributes
    ----------
    dt : float
        Time between samples in ms.
    I : (N_t,) array
        Injected current in nA; I[k] acts from t_k to t_(k+1).
    V : (N_t + 1,) array
        Voltage in mV.
    spike_times : array
        In ms.
    test_I : array
        Another current in nA, given nine times.
    test_spike_times : tuple of 9 arrays
        What the cell answered, each time a little differently.
    new_I, new_spike_times : array and tuple of 9 arrays
        The same for a third current.
    """

    dt: float
    I: np.ndarray
    V: np.ndarray
    spike_times: np.ndarray
    test_I: np.ndarray
    test_spike_times: tuple[np.ndarray, ...]
    new_I: np.ndarray
    new_spike_times: tuple[np.ndarray, ...]


def load_recording() -> Recording:
    """Load the recording of Lab 8, which a program of the course made: the cell is synthetic.

    Returns
    -------
    Recording

    Examples
    --------
    >>> recording = load_recording()
    >>> len(recording.I) * recording.dt / 1000, len(recording.V) - len(recording.I)
    (20.0, 1)
    """
    with np.load(_FILE, allow_pickle=False) as stored:
        kept = dict(stored)
    (training,) = _trains(kept, "training", 1)
    return Recording(
        dt=float(kept["dt"]),
        I=_NANOAMPERE * kept["training_I"],
        V=_MILLIVOLT * kept["training_V"],
        spike_times=training,
        test_I=_NANOAMPERE * kept["test_I"],
        test_spike_times=_trains(kept, "test", _REPEATS),
        new_I=_NANOAMPERE * kept["new_I"],
        new_spike_times=_trains(kept, "new", _REPEATS),
    )


def _trains(kept: dict[str, np.ndarray], name: str, repeats: int) -> tuple[np.ndarray, ...]:
    return tuple(_STEP * kept[f"{name}_spikes_{i}"] for i in range(repeats))

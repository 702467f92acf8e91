"""A neuron that answers to currents and does not say what it is.

It is kept as what it does: its resting potential, the response to a current of one step, the recovery after
a spike, the height at which it fires, the steps that it is held.  An answer is the sum of the responses to
all steps since the last spike, so there is no parameter to print and no solver to read.  What
nothing on one's own machine can do is to keep a secret from who takes the file apart; there is only
nothing to gain by it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

__all__ = ["SealedNeuron"]

_FILE = Path(__file__).with_name("sealed.npz")

#: Recordings that a neuron survives, and how long each may be, in ms: enough for three protocols of
#: three and a few to look around, too few for trying until something fits.
RECORDINGS, LONGEST = 12, 500.0
#: Of the voltmeter: standard deviation of its noise and its smallest step, in mV.
NOISE, SMALLEST = 0.1, 0.01
#: Largest current in nA: five times what the least excitable of the neurons needs to fire.
LARGEST = 180.0
#: Steps that are answered at once while no spike comes.
_CHUNK = 256


class SealedNeuron:
    """A leaky integrate-and-fire neuron with hidden parameters, another one for each name.

    Parameters
    ----------
    name : str
        Any; capitals and spaces around it do not matter.

    Attributes
    ----------
    number : int
        Which of the 64 neurons it is.
    dt : float
        Time step in ms.
    recordings_left : int
        A new object has twelve again: it is a budget, no lock.

    Examples
    --------
    >>> neuron = SealedNeuron("Ada")
    >>> V, spike_times = neuron.record(np.zeros(500))
    >>> V.shape, spike_times.size, neuron.recordings_left
    ((501,), 0, 11)
    """

    def __init__(self, name: str) -> None:
        if not isinstance(name, str) or not name.strip():
            raise ValueError(
                f"name must be a text with a letter in it, such as 'Ada', not {name!r}."
            )
        with np.load(_FILE, allow_pickle=False) as tables:
            digest = hashlib.sha256(name.strip().casefold().encode()).digest()
            self.number = digest[0] % len(tables["rest"])
            mine = {key: table[self.number] for key, table in tables.items() if table.ndim}
            self.dt = float(tables["dt"])
        self._rest, self._height = float(mine["rest"]), float(mine["height"])
        self._response = mine["response"] * mine["response_scale"]
        self._recovery = mine["recovery"] * mine["recovery_scale"]
        self._held = int(mine["held"])
        self.recordings_left = RECORDINGS

    def record(self, I: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Inject a current and record the voltage, with the noise of the voltmeter.

        Parameters
        ----------
        I : (N_t,) array
            Current in nA, at most 500 ms long; I[k] acts from t_k to t_(k+1).

        Returns
        -------
        V : (N_t + 1,) array
            In mV.
        spike_times : array
            In ms.

        Raises
        ------
        ValueError
            If the current is not of this kind.
        RuntimeError
            If the twelve recordings are used up.
        """
        current = np.asarray(I, dtype=float)
        longest = round(LONGEST / self.dt)
        if current.ndim != 1 or not 0 < len(current) <= longest:
            raise ValueError(
                f"I must have one number a step of {self.dt:g} ms, at most {longest} of them; its shape "
                f"is {current.shape}."
            )
        if not np.all(np.abs(current) <= LARGEST):
            raise ValueError(f"I must lie between -{LARGEST:g} and {LARGEST:g} nA everywhere.")
        if not self.recordings_left:
            raise RuntimeError(
                f"The {RECORDINGS} recordings are used up. Make the neuron anew, and this time plan."
            )
        rng = np.random.default_rng([self.number, self.recordings_left])
        self.recordings_left -= 1
        V, steps = self._answer(current)
        noisy = V + NOISE * rng.standard_normal(len(V))
        return SMALLEST * np.round(noisy / SMALLEST), self.dt * steps

    def test(self) -> tuple[np.ndarray, np.ndarray]:
        """Return a current of one second (nA) around rheobase, and the spike times (ms) it gives."""
        rng, steps = np.random.default_rng(self.number), round(1000 / self.dt)
        pushes, decay, x = rng.standard_normal(steps), np.exp(-self.dt / 10), np.zeros(steps)
        for k in range(1, steps):
            x[k] = decay * x[k - 1] + np.sqrt(1 - decay**2) * pushes[k]
        rheobase = self._height / np.sum(self._response)
        current = np.round(rheobase * (0.9 + 0.6 * x), 3)
        return current, self.dt * self._answer(current)[1]

    def open_seal(self) -> dict[str, float]:
        """Return the six parameters by name, in mV, uS and ms."""
        tau = self.dt / (1 - self._response[1] / self._response[0])
        found = {
            "E_m": self._rest,
            "g_m": self.dt / (tau * self._response[0]),
            "tau": tau,
            "V_theta": self._rest + self._height,
            "V_reset": self._rest + self._recovery[0],
            "t_ref": self._held * self.dt,
        }
        return {name: round(float(value), 1 + (name == "g_m")) for name, value in found.items()}

    def _answer(self, current: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the voltage (mV) and the steps with a spike, from rest."""
        steps, reach = len(current), len(self._response)
        x, spikes = np.zeros(steps + 1), []
        start, released, recovery = 0, 0, np.zeros(1)
        while start < steps:
            end, first = min(start + _CHUNK, steps), max(released, start - reach)
            y = np.convolve(current[first:end], self._response)[start - first : end - first]
            left = recovery[start + 1 - released : end + 1 - released]
            y[: len(left)] += left
            hits = np.flatnonzero(y >= self._height)
            if not hits.size:
                x[start + 1 : end + 1], start = y, end
                continue
            spike = start + 1 + hits[0]
            spikes.append(spike)
            x[start + 1 : spike] = y[: hits[0]]
            start = released = spike + self._held
            recovery = self._recovery
            x[spike : released + 1] = recovery[0]
        return self._rest + x, np.array(spikes, dtype=int)

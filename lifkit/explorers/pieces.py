"""Run many neurons for long, in pieces, so that something can be shown before all of it is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from .solvers import Result, Solver, spiking

__all__ = ["LongRun", "far"]

#: Seconds that a piece should take.  A move may come just after one has begun: two are hardly felt, and the
#: copying of arrays beside the solver stays below 10 ms.
PIECE = 0.04

#: Steps that a piece has at least.  A double loop in pure Python takes 2 to 5 us a neuron and step: for the
#: 100 neurons of the noisy f-I curve half a second at the most.
SHORTEST = 1000


class LongRun:
    """Neurons that a student's solver runs on and on, a piece of their noise at a time.

    All that a neuron of Lab 3 knows is its voltage, so that its run can be taken up where it was left: a
    right solver's pieces together are one long run of it, to the last bit.

    Parameters
    ----------
    solver : Solver
        Takes ``V_init`` and ``xi`` and returns ``(V, spikes, spike_times)``.
    dt : float
        Time step in ms.
    xi : (N_t, n) array
        The noise of the whole run.
    """

    def __init__(self, solver: Solver, dt: float, xi: np.ndarray) -> None:
        self.solver, self.dt, self.xi = solver, dt, xi
        self._pace = PIECE / SHORTEST  # seconds a step, as last measured

    def __call__(self, inputs: Mapping[str, Any]) -> Iterator[tuple[Result, float]]:
        """Run, and after each piece say how far it has come.

        Yields
        ------
        result : Result
            Its value is the list of all spike times until then (ms, an array a neuron), or None.
        T : float
            The time until then in ms.
        """
        N_t, n = self.xi.shape
        done, seconds, V = 0, 0.0, inputs["V_init"]
        trains = [np.empty(0)] * n
        while done < N_t:
            length = min(max(round(PIECE / self._pace), SHORTEST), N_t - done)
            piece = {**inputs, "V_init": V, "xi": self.xi[done : done + length]}
            result = spiking(self.solver(piece), self.solver.name, (length + 1, n))
            self._pace = max(result.seconds, 1e-9) / length
            seconds += result.seconds
            if result.value is None:
                yield replace(result, seconds=seconds), self.dt * N_t
                return
            voltages, new = result.value
            V = voltages[-1].copy()
            trains = [
                np.append(old, self.dt * done + t) for old, t in zip(trains, new, strict=True)
            ]
            done += length
            yield replace(result, value=trains, seconds=seconds), self.dt * done


def far(T: float, whole: float) -> str:
    """Say how far a run of `whole` ms has come; nothing at its end."""
    return "" if T >= whole else f"{T / 1000:.1f} of {whole / 1000:g} s so far"

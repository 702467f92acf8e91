"""What the exercises about neurons with an adaptation current share: outputs, runs, certificates.

As in `spiking`, a case is used only where no correct solver can put a spike on another step.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from lifkit.judge import Case, Output

from .spiking import SPIKE_TIMES, SPIKES, TIES, VOLTAGE

ADAPTATION = Output(
    name="w",
    unit="nA",
    atol=1e-11,
    why="a decay and a few jumps: correct solvers differ by less than 1e-13 nA",
    axes=("step", "neuron"),
    shape="(N_t + 1, n)",
)
OUTPUTS = (VOLTAGE, ADAPTATION, SPIKES, SPIKE_TIMES)

#: How near to its threshold an updated voltage may come, in mV, where the case is no exact tie.
MARGIN = 1e-6


def run(inputs: dict[str, Any], nudge: float = 0.0) -> tuple[list[Any], list[Any], Any]:
    """Integrate a case with or without the exponential, in the arithmetic of its inputs.

    Parameters
    ----------
    inputs : dict
        Those of ``lif_adaptive`` or ``adex_euler``.
    nudge : float
        What is added to the first voltage, in mV.

    Returns
    -------
    V, w : list of arrays
        A row a step.
    margin : number
        Smallest distance of an updated voltage from the threshold, before any reset.
    """
    p = {"a": 0, "Delta_T": 0, **inputs}
    end = p["V_peak"] if p["Delta_T"] else p["V_theta"]
    V, w = [p["V_init"] + nudge], [p["w_init"]]
    margin = np.inf
    for current in p["I_ext"]:
        upswing = p["Delta_T"] and p["Delta_T"] * _exp((V[-1] - p["V_T"]) / p["Delta_T"])
        slope = -(V[-1] - p["E_m"]) + upswing + (current - w[-1]) / p["g_m"]
        updated = V[-1] + slope * p["dt"] / p["tau"]
        adapted = w[-1] + (p["a"] * (V[-1] - p["E_m"]) - w[-1]) * p["dt"] / p["tau_w"]
        margin = min(margin, *abs(updated - end))
        V.append(np.where(updated >= end, p["V_reset"], updated))
        w.append(np.where(updated >= end, adapted + p["b"], adapted))
    return V, w, margin


def certify(case: Case) -> None:
    """Raise ValueError if correct solvers could disagree on a spike of this case.

    A tie must be exact: the same run in rational numbers gives the same values.  All other cases keep
    1e-6 mV from the threshold in every step, and a nudge of 1e-12 mV, a hundred times what a rounding
    is, moves no later voltage by 1e-8 mV: nothing in them is chaotic.
    """
    inputs = dict(case.inputs)
    V, w, margin = run(inputs)
    if case.group == TIES:
        rational_V, rational_w, _ = run({name: _exactly(value) for name, value in inputs.items()})
        if not (np.all(V == np.array(rational_V)) and np.all(w == np.array(rational_w))):
            raise ValueError(f"{case.name}: not exact in binary arithmetic")
        return
    if margin < MARGIN:
        raise ValueError(f"{case.name}: a voltage passes the threshold by {margin:.1e} mV")
    moved = np.max(np.abs(np.subtract(run(inputs, nudge=1e-12)[0], V)))
    if moved > 1e-8:
        raise ValueError(f"{case.name}: a nudge of 1e-12 mV moves a voltage by {moved:.1e} mV")


def _exp(x: Any) -> Any:
    """Return e^x, which is exact at 0 alone: ties with an upswing stay there."""
    return 1 if np.all(x == 0) else np.exp(x)


def _exactly(value: Any) -> Any:
    """Turn what binary arithmetic holds into rational numbers, which do not round."""
    return np.vectorize(Fraction, otypes=[object])(value)[()]

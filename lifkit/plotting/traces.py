"""Traces over time: membrane potentials and the currents that drive them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from .axes import plot_level
from .curves import curves
from .theme import COLOURS
from .trains import level_of_marks, plot_spike_marks

__all__ = ["plot_current", "plot_voltage", "plot_voltages"]


def plot_voltage(
    ax: Axes,
    t: np.ndarray,
    V: np.ndarray,
    *,
    spike_times: Sequence[float] | np.ndarray | None = None,
    V_theta: float | None = None,
    V_reset: float | None = None,
    label: str | None = None,
    colour: Any = COLOURS[0],
    **style: Any,
) -> Axes:
    """Draw one neuron's membrane potential.

    Parameters
    ----------
    ax : Axes
    t : (N,) array
        Times in ms, the first one that of ``V[0]``.
    V : (N,) array
        Voltage in mV.
    spike_times : array, optional
        Times in ms; drawn as marks above the threshold, or above the trace where no threshold is given.
    V_theta, V_reset : float, optional
        In mV; drawn as a dashed and a dotted line with their symbols, where given.
    label : str, optional
        Name in the legend.
    colour, **style
        Passed to `Axes.plot`.

    Returns
    -------
    Axes
    """
    ax.plot(t, V, color=colour, label=label, **{"linewidth": 1.6, **style})
    if V_theta is not None:
        plot_level(ax, V_theta, r"$V_\theta$")
    if V_reset is not None:
        plot_level(ax, V_reset, r"$V_{reset}$", linestyle=":")
    if spike_times is not None:
        plot_spike_marks(ax, spike_times, above=level_of_marks(V, V_theta), colour=colour)
    ax.set_xlabel("Time (ms)")
    ax.set_ylabel("Membrane potential (mV)")
    return ax


def plot_voltages(
    ax: Axes,
    t: np.ndarray,
    V: np.ndarray,
    label: str | Sequence[str] | None = None,
    *,
    at_end: bool = False,
    **style: Any,
) -> Axes:
    """Draw the membrane potentials of several neurons, each in its own colour.

    Parameters
    ----------
    ax : Axes
    t : (N,) or (N, n) array
        Times in ms, the same for all or one column a neuron.
    V : (N, n) array
        Voltages in mV, one column a neuron.
    label : sequence of n str, optional
        What is particular about each neuron, with its unit.
    at_end : bool
        Write each name beside the last voltage, not into the legend.
    **style
        Passed to `plot_voltage`; a list has one entry a neuron.

    Returns
    -------
    Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = Figure().add_subplot()
    >>> V = np.array([[-70.0, -70.0], [-65.0, -60.0]])
    >>> ax = plot_voltages(ax, [0.0, 0.1], V, ["10 nA", "20 nA"], linestyle=["-", "--"])
    >>> [line.get_linestyle() for line in ax.lines]
    ['-', '--']
    """
    for times, voltage, look in curves(t, V, label, style):
        name, colour = look.pop("label"), look.pop("color")
        look = {"label": None if at_end else name, "colour": colour, **look}
        plot_voltage(ax, times, voltage, **look)
        if at_end:
            ax.annotate(name or "", (times[-1], voltage[-1]), (6, -4), textcoords="offset points")
    return ax


def plot_current(
    ax: Axes,
    t: np.ndarray,
    I_ext: np.ndarray,
    label: str | Sequence[str] | None = None,
    **style: Any,
) -> Axes:
    """Draw input currents over time.

    Parameters
    ----------
    ax : Axes
    t : (N,) array
        Times in ms at which the steps begin.
    I_ext : (N,) or (N, n) array
        Currents in nA, one column a neuron.
    label : str or sequence of n str, optional
        Names in the legend.
    **style
        Passed to `Axes.plot`; a list has one entry a current.

    Returns
    -------
    Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> plot_current(Figure().add_subplot(), [0.0, 0.1], [20.0, 30.0]).get_ylabel()
    'Current (nA)'
    """
    for times, current, look in curves(t, I_ext, label, {"linewidth": 1.6, **style}):
        ax.plot(times, current, **look)
    ax.set(xlabel="Time (ms)", ylabel="Current (nA)")
    return ax

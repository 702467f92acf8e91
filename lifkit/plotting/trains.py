"""Spike trains: marks above a trace, rasters, histograms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from .theme import COLOURS

__all__ = ["level_of_marks", "plot_histogram", "plot_raster", "plot_spike_marks"]


def plot_spike_marks(
    ax: Axes,
    spike_times: Sequence[float] | np.ndarray,
    *,
    above: float,
    colour: Any = COLOURS[0],
    height: float = 4.0,
    **style: Any,
) -> Axes:
    """Mark spikes by short upright strokes just above a level.

    Where a stroke stands is a convention of the drawing, not a voltage: the model has no shape of a
    spike, and no stored voltage is changed.

    Parameters
    ----------
    ax : Axes
    spike_times : array_like
        In ms; may be empty.
    above : float
        Level in mV that the strokes stand on.
    colour, **style
        Passed to `Axes.plot`.
    height : float
        Of a stroke, in mV, the same in every panel.

    Returns
    -------
    Axes
    """
    if len(spike_times):
        foot = above + height / 4
        # One line with gaps: a thousand lines of their own, as vlines has, take a second.
        look = {"color": colour, "linewidth": 1.4, "solid_capstyle": "butt", **style}
        ends = np.tile([foot, foot + height, np.nan], len(spike_times))
        ax.plot(np.repeat(spike_times, 3), ends, **look)
    return ax


def level_of_marks(V: np.ndarray, V_theta: float | None) -> float:
    """Return the level (mV) above which spikes are marked."""
    return float(np.max(V)) if V_theta is None else V_theta


def plot_raster(
    ax: Axes,
    spike_times: Sequence[np.ndarray],
    *,
    t_stop: float,
    colour: Any = COLOURS[0],
    linewidth: float = 1.2,
) -> Axes:
    """Draw the spikes of several copies of a neuron, one row a copy.

    Parameters
    ----------
    ax : Axes
    spike_times : sequence of arrays
        In ms, one array a copy.
    t_stop : float
        Show the time up to here, in ms.
    colour, linewidth
        Of the strokes.

    Returns
    -------
    Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = plot_raster(Figure().add_subplot(), [[10.0, 30.0], [20.0]], t_stop=50)
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('Time (ms)', 'Copy')
    """
    shown = [np.asarray(times)[np.asarray(times) < t_stop] for times in spike_times]
    ax.eventplot(shown, color=colour, linewidths=linewidth)
    ax.set(xlabel="Time (ms)", ylabel="Copy", xlim=(0, t_stop))
    return ax


def plot_histogram(
    ax: Axes,
    values: np.ndarray,
    bins: int | Sequence[float] | np.ndarray,
    *,
    unit: str,
    colour: Any = COLOURS[0],
    alpha: float = 0.6,
    sideways: bool = False,
) -> Axes:
    """Draw how often values occur, as a density that theory can be drawn over.

    Parameters
    ----------
    ax : Axes
    values : array
        Of any shape.
    bins : int or array
        Number of bins, or their edges.
    unit : str
        Unit of the values; the density is in one over it.
    colour, alpha
        Of the bars.
    sideways : bool
        Values along the y axis, beside a trace.

    Returns
    -------
    Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = plot_histogram(Figure().add_subplot(), [50.0, 51.0, 49.0], [40, 50, 60], unit="ms")
    >>> ax.get_ylabel()
    'Density (1/ms)'
    """
    # One outline: the edges of narrow bars would run through it as stripes.
    look: dict[str, Any] = {"histtype": "stepfilled", "linewidth": 0}
    look |= {"color": colour, "alpha": alpha}
    look["orientation"] = "horizontal" if sideways else "vertical"
    ax.hist(np.ravel(values), bins if isinstance(bins, int) else list(bins), density=True, **look)
    set_label = ax.set_xlabel if sideways else ax.set_ylabel
    set_label(f"Density (1/{unit})")
    return ax

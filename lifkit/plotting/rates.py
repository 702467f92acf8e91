"""Firing rates over the input current, and the regimes on both sides of the rheobase."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from .axes import plot_upright
from .curves import curves
from .measured import plot_measured

__all__ = ["plot_fi_curve", "plot_regimes"]


def plot_fi_curve(
    ax: Axes,
    I_ext: np.ndarray,
    rate_hz: np.ndarray,
    error: np.ndarray | None = None,
    *,
    label: str | Sequence[str] | None = None,
    colour: Any = None,
    dots: bool = False,
    rheobase: float | None = None,
    **style: Any,
) -> Axes:
    """Draw firing rates (Hz) over input currents (nA).

    Parameters
    ----------
    ax : Axes
    I_ext : (N,) array
        Currents in nA.
    rate_hz : (N,) or (N, n) array
        Rates in Hz, one column a curve.
    error : array like `rate_hz`, optional
        Half the length of error bars in Hz, for dots.
    label : str or sequence of n str, optional
        Names in the legend.
    colour : colour, optional
        Without it each curve has its own.
    dots : bool
        Draw dots, as `plot_measured` does, in the place of lines.
    rheobase : float, optional
        In nA; drawn as a dotted upright line.
    **style
        Passed to `Axes.plot`, or with dots to `plot_measured`; a list has one entry a curve.

    Returns
    -------
    Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = plot_fi_curve(Figure().add_subplot(), [10.0, 30.0], [0.0, 62.1], rheobase=20.0)
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('Input current $I_{ext}$ (nA)', 'Firing rate (Hz)')
    """
    if colour is not None:
        style["color"] = colour
    if dots:
        plot_measured(ax, I_ext, rate_hz, error, label=label, **{"markersize": 5, **style})
    else:
        for currents, rates, look in curves(I_ext, rate_hz, label, {"linewidth": 1.8, **style}):
            ax.plot(currents, rates, **look)
    if rheobase is not None:
        plot_upright(ax, rheobase)
    ax.set_xlabel("Input current $I_{ext}$ (nA)")
    ax.set_ylabel("Firing rate (Hz)")
    return ax


def plot_regimes(
    ax: Axes, I_start: float, rheobase: float, *, names_at: float | None = None
) -> Axes:
    """Shade the currents below rheobase, where fluctuations make a neuron fire.

    Parameters
    ----------
    ax : Axes
        With currents in nA along x.
    I_start, rheobase : float
        Ends of the shade in nA.
    names_at : float, optional
        Height at which the regimes are named, in the unit of the y axis.

    Returns
    -------
    Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = plot_regimes(Figure().add_subplot(), 0.0, 20.0, names_at=100.0)
    >>> [text.get_text() for text in ax.texts]
    ['fluctuation-driven', 'mean-driven']
    """
    ax.axvspan(I_start, rheobase, color="0.93", zorder=0)
    if names_at is not None:
        ax.text(I_start + 0.5, names_at, "fluctuation-driven")
        ax.text(rheobase + 0.5, names_at, "mean-driven")
    return ax

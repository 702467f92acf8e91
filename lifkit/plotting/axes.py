"""One panel's axes: ticks on a logarithmic scale, and thin lines that mark a value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

__all__ = ["plot_level", "plot_upright", "use_log_axis"]


def use_log_axis(ax: Axes, ticks: Sequence[float] | np.ndarray) -> Axes:
    """Make the x axis logarithmic, with these ticks as plain numbers and no others.

    Parameters
    ----------
    ax : Axes
    ticks : sequence of float
        In the unit of the x axis.

    Returns
    -------
    Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = use_log_axis(Figure().add_subplot(), [5, 50, 500])
    >>> [text.get_text() for text in ax.get_xticklabels()]
    ['5', '50', '500']
    """
    ax.set_xscale("log")
    ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.minorticks_off()
    return ax


def plot_level(ax: Axes, value: float, label: str = "", **style: Any) -> Axes:
    """Draw a thin level line at `value`, named at its right end.

    Parameters
    ----------
    ax : Axes
    value : float
        In the unit of the y axis.
    label : str
        Short, such as a symbol; it stands to the right of the axes.
    **style
        Passed to `Axes.plot`.

    Returns
    -------
    Axes
    """
    look = {"color": "0.35", "linestyle": "--", "linewidth": 1.0, "zorder": 1, **style}
    # As axhline, which asks for the range of the axis, and so for all data, each time.
    ax.plot((0, 1), (value, value), transform=ax.get_yaxis_transform(), scalex=False, **look)
    if label:
        ax.annotate(
            label,
            (1, value),
            (4, 0),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            va="center",
            color="0.25",
        )
    return ax


def plot_upright(ax: Axes, x: float, label: str = "") -> Axes:
    """Draw a thin dotted upright line at `x`, named at its foot.

    Parameters
    ----------
    ax : Axes
    x : float
        In the unit of the x axis.
    label : str
        What is particular about this place; it stands to the left of the line.

    Returns
    -------
    Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = plot_upright(Figure().add_subplot(), 20.0, "rheobase")
    >>> [text.get_text() for text in ax.texts]
    ['rheobase']
    """
    ax.axvline(x, color="0.35", linestyle=":", linewidth=1)
    if label:
        place: dict[str, Any] = {"xycoords": ax.get_xaxis_transform()}
        ax.annotate(label, (x, 0.05), (-5, 0), textcoords="offset points", ha="right", **place)
    return ax

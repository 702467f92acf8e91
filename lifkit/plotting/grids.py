"""Whole figures of traces: a panel a neuron."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from .axes import plot_level
from .layout import Margins
from .theme import COLOURS
from .traces import plot_current, plot_voltage
from .trains import level_of_marks, plot_spike_marks

__all__ = ["plot_driven_grid", "plot_voltage_grid"]


def plot_driven_grid(
    t: np.ndarray,
    I_ext: np.ndarray,
    V: np.ndarray,
    titles: Sequence[str],
    *,
    label: str | None = None,
    size: tuple[float, float] = (12.0, 5.0),
) -> tuple[Figure, np.ndarray]:
    """Draw input currents above the voltages that they drive, one column of panels a neuron.

    Parameters
    ----------
    t : (N_t + 1,) array
        Times in ms.
    I_ext : (N_t, n) array
        Currents in nA, one row a step.
    V : (N_t + 1, n) array
        Voltages in mV.
    titles : sequence of n str
        Name of each input.
    label : str, optional
        Name of the voltages in a legend.
    size : (float, float)
        Width and height in inches.

    Returns
    -------
    Figure
    (n,) array of Axes
        The panels with the voltages.

    Examples
    --------
    >>> t, I_ext = np.array([0.0, 0.1]), np.array([[10.0, 20.0]])
    >>> fig, panels = plot_driven_grid(t, I_ext, np.full((2, 2), -70.0), ["weak", "strong"])
    >>> len(fig.axes), len(panels)
    (4, 2)
    >>> plt.close(fig)
    """
    sharing: dict[str, Any] = {
        "sharex": True,
        "sharey": "row",
        "squeeze": False,
        "height_ratios": [1, 2],
    }
    fig, axes = plt.subplots(2, len(titles), figsize=size, **sharing)
    for i, title in enumerate(titles):
        plot_current(axes[0, i], t[:-1], I_ext[:, i], color=COLOURS[1])
        plot_voltage(axes[1, i], t, V[:, i], label=label, linewidth=2.5)
        axes[0, i].set_title(title)
    for ax in axes.flat:
        ax.label_outer()
    return fig, axes[1]


def plot_voltage_grid(
    t: np.ndarray,
    V: np.ndarray,
    spike_times: Sequence[np.ndarray],
    titles: Sequence[str],
    *,
    rows: int,
    V_theta: float | None = None,
    t_stop: float | None = None,
    size: tuple[float, float] = (13.0, 5.4),
) -> Figure:
    """Draw one panel a neuron, in `rows` rows, with shared axes and one colour a row.

    Parameters
    ----------
    t : (N,) array
        Times in ms, the first one that of ``V[0]``.
    V : (N, n) array
        Voltages in mV, one column a panel, row by row.
    spike_times : sequence of n arrays
        In ms.
    titles : sequence of n str
        What is particular about each panel, with its unit.
    rows : int
        Number of rows; n must be a multiple of it.
    V_theta : float, optional
        In mV; drawn as a dashed line.
    t_stop : float, optional
        Show the time up to here (ms) only; all of it when left out.
    size : (float, float)
        Width and height in inches.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If the numbers of times, voltages, spike trains and titles do not belong together.
    """
    n = V.shape[1]
    if len(t) != len(V):
        raise ValueError(
            f"t has {len(t)} times and V has {len(V)} rows; both start at t = 0, so both have "
            "N_t + 1."
        )
    if n % rows or len(titles) != n or len(spike_times) != n:
        raise ValueError(
            f"{n} neurons, {len(spike_times)} spike trains and {len(titles)} titles do not fill "
            f"{rows} rows of panels."
        )
    columns = n // rows
    fig, axes = plt.subplots(
        rows,
        columns,
        figsize=size,
        sharex=True,
        sharey=True,
        squeeze=False,
        layout=Margins(right=0.4, wspace=0.3, hspace=0.5),
    )
    above = level_of_marks(V, V_theta)
    for i, ax in enumerate(axes.flat):
        colour = COLOURS[(i // columns) % len(COLOURS)]
        if V_theta is not None:
            plot_level(ax, V_theta, r"$V_\theta$" if i % columns == columns - 1 else "")
        plot_voltage(ax, t, V[:, i], colour=colour, linewidth=0.9)
        plot_spike_marks(ax, spike_times[i], above=above, colour=colour, linewidth=0.9)
        ax.set_title(titles[i])
        ax.label_outer()
    last = t[-1] if t_stop is None else t_stop
    axes.flat[0].set_xlim(t[0] - 0.02 * (last - t[0]), last)
    return fig

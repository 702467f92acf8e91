"""What was measured as dots, and what theory says of it as lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from .curves import curves

__all__ = ["plot_measured", "plot_response", "plot_theory"]

#: Marks of measured curves, in the order of `COLOURS`: told apart without colours, too.
MARKERS = "osD^v"


def plot_measured(
    ax: Axes,
    x: np.ndarray,
    y: np.ndarray,
    error: np.ndarray | None = None,
    *,
    label: str | Sequence[str] | None = None,
    number: int = 0,
    **style: Any,
) -> Axes:
    """Draw what was measured as dots, with error bars where there are errors.

    Parameters
    ----------
    ax : Axes
    x : (N,) or (N, n) array
        Where it was measured.
    y : (N,) or (N, n) array
        What was measured, one column a curve; NaN is left out.
    error : array like `y`, optional
        Half the length of the bars.
    label : str or sequence of n str, optional
        Names in the legend.
    number : int
        Which colour and mark the first curve has.
    **style
        Passed to `Axes.plot`, or with errors to `Axes.errorbar`; a list has one entry a curve.

    Returns
    -------
    Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = Figure().add_subplot()
    >>> ax = plot_measured(ax, [10.0, 20.0], [3.0, 5.0], [0.2, 0.3], label="your simulation")
    >>> ax.get_legend_handles_labels()[1]
    ['your simulation']
    """
    style = {"linestyle": "", "markersize": 6, **style}
    for i, (places, values, look) in enumerate(curves(x, y, label, style, first=number)):
        look = {"marker": MARKERS[(number + i) % len(MARKERS)], **look}
        if error is None:
            ax.plot(places, values, **look)
        else:
            bars = np.reshape(error, (len(values), -1))[:, i]
            ax.errorbar(places, values, bars, **{"capsize": 3, **look})
    return ax


def plot_theory(
    ax: Axes,
    x: np.ndarray,
    y: np.ndarray,
    *,
    label: str | Sequence[str] | None = "theory",
    coloured: bool = False,
    **style: Any,
) -> Axes:
    """Draw a closed form over a simulation: thin dark dashed lines that leave both visible.

    Parameters
    ----------
    ax : Axes
    x : (N,) or (N, n) array
    y : (N,) or (N, n) array
        One column a curve.
    label : str or sequence of n str, optional
        One name for all, or one each.
    coloured : bool
        Draw each curve in the colour of its measured one.
    **style
        Passed to `Axes.plot`; a list has one entry a curve.

    Returns
    -------
    Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = plot_theory(Figure().add_subplot(), [0.0, 1.0], [[-70.0, -60.0], [-65.0, -55.0]])
    >>> len(ax.lines), ax.get_legend_handles_labels()[1]
    (2, ['theory'])
    """
    style = {"linestyle": (0, (4, 3)), "linewidth": 1.3, "zorder": 3, **style}
    if not coloured:
        style.setdefault("color", "0.1")
    for places, values, look in curves(x, y, label, style):
        ax.plot(places, values, **look)
    return ax


def plot_response(
    axes: Sequence[Axes] | np.ndarray,
    f_hz: np.ndarray,
    gain: np.ndarray,
    phase: np.ndarray,
    *,
    label: str | None = None,
    theory: bool = False,
) -> Sequence[Axes] | np.ndarray:
    """Draw a membrane's gain on one panel and its phase on another, over the frequency.

    Parameters
    ----------
    axes : two Axes
        For the gain, on logarithmic axes, and for the phase.
    f_hz : (N,) array
        Frequencies in Hz.
    gain, phase : (N,) array
        In mV/nA and rad.
    label : str, optional
        Name in the legend of the gain.
    theory : bool
        Draw lines as `plot_theory` does, not dots as `plot_measured` does.

    Returns
    -------
    two Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> axes = Figure().subplots(1, 2)
    >>> left, right = plot_response(axes, [1.0, 10.0], [0.5, 0.4], [-0.1, -0.6])
    >>> left.get_ylabel(), right.get_ylabel()
    ('Gain (mV/nA)', 'Phase (rad)')
    """
    for ax, values, name in ((axes[0], gain, label), (axes[1], phase, None)):
        if theory:
            plot_theory(ax, f_hz, values, label=name)
        else:
            plot_measured(ax, f_hz, values, label=name, markersize=8)
    axes[0].set(xscale="log", yscale="log", xlabel="Frequency (Hz)", ylabel="Gain (mV/nA)")
    axes[1].set(xscale="log", xlabel="Frequency (Hz)", ylabel="Phase (rad)")
    axes[1].set_yticks([0, -np.pi / 4, -np.pi / 2], ["0", r"$-\pi/4$", r"$-\pi/2$"])
    return axes

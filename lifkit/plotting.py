"""Draw what the labs compute: axes in, axes out, nothing computed and nothing changed.

Every function takes the axes to draw on, draws its data with units on the axes, and returns the axes.
Spikes are marks of their own, so that the voltages stay what they are.
"""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

__all__ = [
    "COLOURS",
    "plot_fi_curve",
    "plot_spike_marks",
    "plot_theory",
    "plot_voltage",
    "plot_voltage_grid",
    "show",
    "use_theme",
]

#: Dark2, the darker sister of Set2: the same hues with enough contrast on white for lines that carry
#: meaning.  Told apart by colour-blind readers together with the line styles that the functions use.
COLOURS = tuple(sns.color_palette("Dark2").as_hex())


def use_theme(font_scale: float = 1.0) -> None:
    """Set the course's look: seaborn ticks, Set2 palette, no top and right spines.

    Parameters
    ----------
    font_scale : float
        Multiplies all font sizes; 1.0 reads well at notebook size.
    """
    sns.set_theme(
        style="ticks",
        palette="Set2",
        font_scale=font_scale,
        rc={"axes.spines.right": False, "axes.spines.top": False, "figure.dpi": 96},
    )


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
        Times in ms; drawn as marks above the trace.
    V_theta, V_reset : float, optional
        Drawn as dashed and dotted lines where given.
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
        ax.axhline(V_theta, color="0.35", linestyle="--", linewidth=1)
    if V_reset is not None:
        ax.axhline(V_reset, color="0.35", linestyle=":", linewidth=1)
    if spike_times is not None and len(spike_times):
        top = V_theta if V_theta is not None else float(np.max(V))
        plot_spike_marks(ax, spike_times, above=top, colour=colour)
    ax.set_xlabel("Time (ms)")
    ax.set_ylabel("Membrane potential (mV)")
    return ax


def plot_spike_marks(
    ax: Axes, spike_times: Sequence[float] | np.ndarray, *, above: float, colour: Any = COLOURS[0]
) -> Axes:
    """Mark spikes by short upright strokes that begin at `above` (mV).

    The height of a stroke is a convention of the drawing, not a voltage.
    """
    low, high = ax.get_ylim()
    height = 0.08 * (max(high, above) - low)
    ax.vlines(
        spike_times, above + 0.25 * height, above + 1.25 * height, color=colour, linewidth=1.4
    )
    ax.set_ylim(low, max(high, above + 1.6 * height))
    return ax


def plot_theory(
    ax: Axes, x: np.ndarray, y: np.ndarray, *, label: str = "theory", **style: Any
) -> Axes:
    """Draw a closed form over a simulation: a thin dark dashed line that leaves both visible."""
    ax.plot(
        x, y, **{"color": "0.1", "linestyle": (0, (4, 3)), "linewidth": 1.3, **style}, label=label
    )
    return ax


def plot_fi_curve(
    ax: Axes,
    I_ext: np.ndarray,
    rate_hz: np.ndarray,
    *,
    label: str | None = None,
    colour: Any = COLOURS[0],
    **style: Any,
) -> Axes:
    """Draw firing rates (Hz) over input currents (nA)."""
    ax.plot(I_ext, rate_hz, color=colour, label=label, **{"linewidth": 1.8, **style})
    ax.set_xlabel("Input current $I_{ext}$ (nA)")
    ax.set_ylabel("Firing rate (Hz)")
    return ax


def plot_voltage_grid(
    t: np.ndarray,
    V: np.ndarray,
    spike_times: Sequence[np.ndarray],
    titles: Sequence[str],
    *,
    rows: int,
    V_theta: float | None = None,
    size: tuple[float, float] = (13.0, 5.2),
) -> Figure:
    """Draw one panel a neuron, in `rows` rows, with shared axes.

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
        Drawn as a dashed line.
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
            f"t has {len(t)} times and V has {len(V)} rows; both start at t = 0, so both have N_t + 1."
        )
    if n % rows or len(titles) != n or len(spike_times) != n:
        raise ValueError(
            f"{n} neurons, {len(spike_times)} spike trains and {len(titles)} titles do not fill "
            f"{rows} rows of panels."
        )
    fig, axes = plt.subplots(
        rows, n // rows, figsize=size, sharex=True, sharey=True, squeeze=False, layout="constrained"
    )
    for i, ax in enumerate(axes.flat):
        colour = COLOURS[(i // (n // rows)) % len(COLOURS)]
        plot_voltage(
            ax,
            t,
            V[:, i],
            spike_times=spike_times[i],
            V_theta=V_theta,
            colour=colour,
            linewidth=0.9,
        )
        ax.set_title(titles[i])
        ax.label_outer()
    return fig


def show(fig: Figure, alt: str) -> None:
    """Show a figure in the notebook with a text that says what can be seen in it, and close it.

    JupyterLab gives plain picture outputs no alternative text, so the picture goes in as HTML.

    Parameters
    ----------
    fig : Figure
    alt : str
        One sentence with the finding; read out by screen readers.
    """
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", bbox_inches="tight", facecolor="white")
    plt.close(fig)
    data = base64.b64encode(buffer.getvalue()).decode()
    page = (
        f'<img alt="{html.escape(alt, quote=True)}" style="max-width:100%;background:white" '
        f'src="data:image/png;base64,{data}">'
    )
    from IPython.display import display

    display({"text/plain": f"[figure: {alt}]", "text/html": page}, raw=True)

"""Draw what the labs compute: axes in, axes out, nothing computed and nothing changed.

Every function takes the axes to draw on, draws its data with units on the axes, and returns the axes.
Several curves at once are the columns of an array, as the labs have one column a neuron: each has its
own colour and mark, and where a style is a list, its own entry of that list.
Spikes are marks of their own, so that the voltages stay what they are.
"""

from __future__ import annotations

import base64
import html
import io
import sys
from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine, LayoutEngine
from PIL import Image

__all__ = [
    "COLOURS",
    "PALE_COLOURS",
    "Margins",
    "as_html",
    "as_png",
    "plot_current",
    "plot_driven_grid",
    "plot_fi_curve",
    "plot_histogram",
    "plot_level",
    "plot_measured",
    "plot_raster",
    "plot_regimes",
    "plot_response",
    "plot_spike_marks",
    "plot_theory",
    "plot_upright",
    "plot_voltage",
    "plot_voltage_grid",
    "plot_voltages",
    "show",
    "use_log_axis",
    "use_one_ylabel",
    "use_theme",
]

#: Dark2, the darker sister of Set2: the same hues with enough contrast on white for lines that carry
#: meaning.  Told apart by colour-blind readers together with line styles, labels or panels.
COLOURS = tuple(sns.color_palette("Dark2").as_hex())

#: Set2: the same hues for a dark ground.
PALE_COLOURS = tuple(sns.color_palette("Set2").as_hex())

#: Marks of measured curves, in the order of `COLOURS`: told apart without colours, too.
MARKERS = "osD^v"

#: Pixels a shown figure has for each pixel it takes on the page, for screens with small pixels.
SHARPNESS = 1.5

#: Inches around a shown figure that stay white, beside the little that a constrained layout leaves.
MARGIN = 0.06


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
        rc={
            "axes.spines.right": False,
            "axes.spines.top": False,
            # Nothing is drawn above the axes, and searching for it takes a fifth of the time.
            "axes.titley": 1.0,
            "figure.dpi": 96,
            "legend.frameon": False,
        },
    )


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
    >>> ax = use_log_axis(Figure().add_subplot(), [5, 50, 500])
    >>> [text.get_text() for text in ax.get_xticklabels()]
    ['5', '50', '500']
    """
    ax.set_xscale("log")
    ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.minorticks_off()
    return ax


def use_one_ylabel(fig: Figure) -> Figure:
    """Write the label that all panels have on their y axes once, in the middle of the left side.

    Panels one above the other are often lower than their labels are long.

    Parameters
    ----------
    fig : Figure
        With panels that share their axes.

    Returns
    -------
    Figure

    Examples
    --------
    >>> fig = Figure()
    >>> for ax in fig.subplots(2, 1, sharex=True, sharey=True):
    ...     ax = plot_voltage(ax, [0.0, 0.1], [-70.0, -65.0])
    >>> use_one_ylabel(fig).get_supylabel()
    'Membrane potential (mV)'
    """
    label = fig.axes[0].yaxis.label
    fig.supylabel(label.get_text(), fontsize=label.get_fontsize())
    for ax in fig.axes:
        ax.set_ylabel("")
        ax.label_outer()
    return fig


class Margins(LayoutEngine):
    """A layout with a fixed room around the axes, for figures whose labels are known.

    Looking for the room that labels need, as a constrained layout does, takes more than half of the
    time in which a figure is drawn.

    Parameters
    ----------
    left, right, top, bottom : float
        Inches between the figure's edge and the axes.  As they are they hold a tick label of four signs
        and a label on the left, tick labels and a label below, a title above, and the name of a level
        on the right, all in the sizes of `use_theme`.
    wspace, hspace : float
        Inches between axes side by side, and one above the other.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> fig, axes = plt.subplots(1, 2, figsize=(10, 4), layout=Margins(left=1.0, wspace=0.5))
    >>> fig.get_layout_engine().execute(fig)
    >>> float(axes[0].get_position().x0)
    0.1
    """

    _adjust_compatible = True
    _colorbar_gridspec = True

    def __init__(
        self,
        *,
        left: float = 0.8,
        right: float = 0.6,
        top: float = 0.4,
        bottom: float = 0.65,
        wspace: float = 0.25,
        hspace: float = 0.25,
    ) -> None:
        super().__init__()
        self._params: dict[str, float] = {}
        self.set(left=left, right=right, top=top, bottom=bottom, wspace=wspace, hspace=hspace)

    def set(self, **inches: float) -> None:
        """Change some of the margins."""
        self._params.update(inches)

    def execute(self, fig: Figure) -> None:
        """Place the axes of a figure."""
        room = self.get()
        width, height = fig.get_size_inches()
        grid = fig.axes[0].get_gridspec() if fig.axes else None
        rows, columns = grid.get_geometry() if grid else (1, 1)
        # The space between axes is told as a share of their mean width and height.
        across = width - room["left"] - room["right"] - (columns - 1) * room["wspace"]
        along = height - room["top"] - room["bottom"] - (rows - 1) * room["hspace"]
        fig.subplots_adjust(
            left=room["left"] / width,
            right=1 - room["right"] / width,
            bottom=room["bottom"] / height,
            top=1 - room["top"] / height,
            wspace=room["wspace"] * columns / across,
            hspace=room["hspace"] * rows / along,
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
        plot_spike_marks(ax, spike_times, above=_top(V, V_theta), colour=colour)
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
    >>> ax = Figure().add_subplot()
    >>> V = np.array([[-70.0, -70.0], [-65.0, -60.0]])
    >>> ax = plot_voltages(ax, [0.0, 0.1], V, ["10 nA", "20 nA"], linestyle=["-", "--"])
    >>> [line.get_linestyle() for line in ax.lines]
    ['-', '--']
    """
    for i, (times, voltage, name) in enumerate(_curves(t, V, label)):
        look = {"colour": COLOURS[i % len(COLOURS)], **_own(style, i)}
        plot_voltage(ax, times, voltage, label=None if at_end else name, **look)
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
    >>> plot_current(Figure().add_subplot(), [0.0, 0.1], [20.0, 30.0]).get_ylabel()
    'Current (nA)'
    """
    for i, (times, current, name) in enumerate(_curves(t, I_ext, label)):
        look = {"color": COLOURS[i % len(COLOURS)], "linewidth": 1.6}
        ax.plot(times, current, label=name, **{**look, **_own(style, i)})
    ax.set(xlabel="Time (ms)", ylabel="Current (nA)")
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
    >>> ax = plot_upright(Figure().add_subplot(), 20.0, "rheobase")
    >>> [text.get_text() for text in ax.texts]
    ['rheobase']
    """
    ax.axvline(x, color="0.35", linestyle=":", linewidth=1)
    if label:
        place: dict[str, Any] = {"xycoords": ax.get_xaxis_transform()}
        ax.annotate(label, (x, 0.05), (-5, 0), textcoords="offset points", ha="right", **place)
    return ax


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
    >>> ax = plot_histogram(Figure().add_subplot(), [50.0, 51.0, 49.0], [40, 50, 60], unit="ms")
    >>> ax.get_ylabel()
    'Density (1/ms)'
    """
    look: dict[str, Any] = {"color": colour, "alpha": alpha}
    look["orientation"] = "horizontal" if sideways else "vertical"
    ax.hist(np.ravel(values), bins if isinstance(bins, int) else list(bins), density=True, **look)
    set_label = ax.set_xlabel if sideways else ax.set_ylabel
    set_label(f"Density (1/{unit})")
    return ax


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
    >>> ax = Figure().add_subplot()
    >>> ax = plot_measured(ax, [10.0, 20.0], [3.0, 5.0], [0.2, 0.3], label="your simulation")
    >>> ax.get_legend_handles_labels()[1]
    ['your simulation']
    """
    for i, (places, values, name) in enumerate(_curves(x, y, label)):
        look = {
            "color": COLOURS[(number + i) % len(COLOURS)],
            "marker": MARKERS[(number + i) % len(MARKERS)],
            "linestyle": "",
            "markersize": 6,
            "label": name,
            **_own(style, i),
        }
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
    >>> ax = plot_theory(Figure().add_subplot(), [0.0, 1.0], [[-70.0, -60.0], [-65.0, -55.0]])
    >>> len(ax.lines), ax.get_legend_handles_labels()[1]
    (2, ['theory'])
    """
    look = {"color": "0.1", "linestyle": (0, (4, 3)), "linewidth": 1.3, "zorder": 3}
    for i, (places, values, name) in enumerate(_curves(x, y, label)):
        own = {"color": COLOURS[i % len(COLOURS)]} if coloured else {}
        ax.plot(places, values, **{**look, **own, **_own(style, i)}, label=name)
    return ax


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
    >>> ax = plot_fi_curve(Figure().add_subplot(), [10.0, 30.0], [0.0, 62.1], rheobase=20.0)
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('Input current $I_{ext}$ (nA)', 'Firing rate (Hz)')
    """
    if colour is not None:
        style["color"] = colour
    if dots:
        plot_measured(ax, I_ext, rate_hz, error, label=label, **{"markersize": 5, **style})
    else:
        for i, (currents, rates, name) in enumerate(_curves(I_ext, rate_hz, label)):
            look = {"color": COLOURS[i % len(COLOURS)], "linewidth": 1.8}
            ax.plot(currents, rates, label=name, **{**look, **_own(style, i)})
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
    >>> ax = plot_regimes(Figure().add_subplot(), 0.0, 20.0, names_at=100.0)
    >>> [text.get_text() for text in ax.texts]
    ['fluctuation-driven', 'mean-driven']
    """
    ax.axvspan(I_start, rheobase, color="0.93", zorder=0)
    if names_at is not None:
        ax.text(I_start + 0.5, names_at, "fluctuation-driven")
        ax.text(rheobase + 0.5, names_at, "mean-driven")
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
    for i, ax in enumerate(axes.flat):
        colour = COLOURS[(i // columns) % len(COLOURS)]
        if V_theta is not None:
            plot_level(ax, V_theta, r"$V_\theta$" if i % columns == columns - 1 else "")
        plot_voltage(ax, t, V[:, i], colour=colour, linewidth=0.9)
        plot_spike_marks(ax, spike_times[i], above=_top(V, V_theta), colour=colour, linewidth=0.9)
        ax.set_title(titles[i])
        ax.label_outer()
    last = t[-1] if t_stop is None else t_stop
    axes.flat[0].set_xlim(t[0] - 0.02 * (last - t[0]), last)
    return fig


def show(fig: Figure, alt: str) -> None:
    """Show a figure in the notebook with a text that says what can be seen in it, and close it.

    JupyterLab gives plain picture outputs no alternative text, so the picture goes in as HTML.
    Outside a notebook the text is printed.

    Parameters
    ----------
    fig : Figure
    alt : str
        One sentence with the finding; read out by screen readers.
    """
    page = as_html(fig, alt)
    text = f"[figure: {alt}]"
    ipython = sys.modules.get("IPython")
    if ipython is None or ipython.get_ipython() is None:
        print(text)
        return
    from IPython.display import display

    display({"text/plain": text, "text/html": page}, raw=True)


def as_html(fig: Figure, alt: str) -> str:
    """Return a figure as an HTML picture with its alternative text, and close it.

    The picture has the figure's own size.  Where no other layout was chosen a constrained one moves
    the axes so that all labels fit into it.

    Parameters
    ----------
    fig : Figure
    alt : str
        As for `show`.

    Returns
    -------
    str
    """
    if fig.get_layout_engine() is None:
        fig.set_layout_engine("constrained")
    engine = fig.get_layout_engine()
    if isinstance(engine, ConstrainedLayoutEngine):
        x, y = MARGIN / fig.get_size_inches()
        engine.set(rect=(x, y, 1 - 2 * x, 1 - 2 * y))
    for ax in fig.axes:
        for axis in (ax.xaxis, ax.yaxis):
            if not axis.get_label_text():
                axis.set_label_coords(0, 0)  # else a place is searched for the empty text, too
    picture = as_png(fig)
    plt.close(fig)
    # A PNG file keeps its width in bytes 16 to 19.
    width = round(int.from_bytes(picture[16:20], "big") / SHARPNESS)
    return (
        f'<img alt="{html.escape(alt, quote=True)}" width="{width}" '
        'style="max-width:100%;height:auto;background:white" '
        f'src="data:image/png;base64,{base64.b64encode(picture).decode()}">'
    )


def as_png(fig: Figure) -> bytes:
    """Draw a figure, once and with `SHARPNESS` times its pixels, and return it as a PNG file."""
    # Straight to the canvas: savefig draws everything once more to see how much room it takes.
    canvas, dpi = FigureCanvasAgg(fig), fig.dpi
    fig.set(dpi=SHARPNESS * dpi, facecolor="white")
    canvas.draw()
    fig.set(dpi=dpi)
    pixels = canvas.buffer_rgba()
    height, width, _ = pixels.shape
    picture = Image.frombuffer("RGBA", (width, height), pixels).convert("RGB")
    # The shades of an image, or of what may be one, run into each other: they need all colours.
    if not any(ax.images or ax.collections for ax in fig.axes):
        picture = _few_colours(picture)
    buffer = io.BytesIO()
    picture.save(buffer, format="png", compress_level=3)
    return buffer.getvalue()


def _few_colours(picture: Image.Image) -> Image.Image:
    """Return a picture of lines and letters in 256 colours, which packs in a third of the time and room.

    Their own colours stay as they are, to 2 steps of 255; their soft edges get fewer shades.
    """
    reduced = picture.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    # The background is exactly what it was, or its edge would show on a white page.
    corner = (0, 0, 1, 1)
    palette, place = list(reduced.getpalette() or ()), reduced.crop(corner).tobytes()[0]
    palette[3 * place : 3 * place + 3] = picture.crop(corner).tobytes()
    reduced.putpalette(palette)
    return reduced


def _top(V: np.ndarray, V_theta: float | None) -> float:
    """Return the level (mV) above which spikes are marked."""
    return float(np.max(V)) if V_theta is None else V_theta


def _curves(
    x: Any, y: Any, label: str | Sequence[str] | None
) -> list[tuple[np.ndarray, np.ndarray, str | None]]:
    """Return x, y and name of one curve, or of each column of `y`; one name goes to the first."""
    y = np.asarray(y)
    columns = y.reshape(len(y), -1)
    x = np.broadcast_to(np.asarray(x).reshape(len(y), -1), columns.shape)
    names = [label] if label is None or isinstance(label, str) else list(label)
    names += [None] * (columns.shape[1] - len(names))
    return list(zip(x.T, columns.T, names, strict=True))


def _own(style: dict[str, Any], i: int) -> dict[str, Any]:
    """Return the style of curve number `i`, its own entry where there is a list."""
    return {name: value[i] if isinstance(value, list) else value for name, value in style.items()}

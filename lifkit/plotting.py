"""Draw what the labs compute: axes in, axes out, nothing computed and nothing changed.

Every function takes the axes to draw on, draws its data with units on the axes, and returns the axes.
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
    "plot_fi_curve",
    "plot_level",
    "plot_spike_marks",
    "plot_theory",
    "plot_voltage",
    "plot_voltage_grid",
    "show",
    "use_theme",
]

#: Dark2, the darker sister of Set2: the same hues with enough contrast on white for lines that carry
#: meaning.  Told apart by colour-blind readers together with line styles, labels or panels.
COLOURS = tuple(sns.color_palette("Dark2").as_hex())

#: Set2: the same hues for a dark ground.
PALE_COLOURS = tuple(sns.color_palette("Set2").as_hex())

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


def plot_theory(
    ax: Axes, x: np.ndarray, y: np.ndarray, *, label: str | None = "theory", **style: Any
) -> Axes:
    """Draw a closed form over a simulation: a thin dark dashed line that leaves both visible."""
    look = {"color": "0.1", "linestyle": (0, (4, 3)), "linewidth": 1.3, "zorder": 3}
    ax.plot(x, y, **{**look, **style}, label=label)
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

"""Panels in a figure: the room around them, and one label for all."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.layout_engine import LayoutEngine

__all__ = ["Margins", "use_one_ylabel"]


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
    >>> from lifkit.plotting import plot_voltage
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

"""Draw what the labs compute: axes in, axes out, nothing computed and nothing changed.

Every function takes the axes to draw on, draws its data with units on the axes, and returns the axes.
Several curves at once are the columns of an array, as the labs have one column a neuron: each has its
own colour and mark, and where a style is a list, its own entry of that list.
Spikes are marks of their own, so that the voltages stay what they are.
"""

from .axes import plot_level, plot_upright, use_log_axis
from .grids import plot_driven_grid, plot_voltage_grid
from .layout import Margins, use_one_ylabel
from .measured import plot_measured, plot_response, plot_theory
from .rates import plot_fi_curve, plot_regimes
from .showing import as_html, as_png, show
from .theme import COLOURS, PALE_COLOURS, use_theme
from .traces import plot_current, plot_voltage, plot_voltages
from .trains import plot_histogram, plot_raster, plot_spike_marks

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

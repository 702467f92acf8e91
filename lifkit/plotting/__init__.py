"""Draw what the labs compute: axes in, axes out, nothing computed and nothing changed.

Every function takes the axes to draw on, draws its data with units on the axes, and returns the axes.
Several curves at once are the columns of an array, as the labs have one column a neuron: each has its
own colour and mark, and where a style is a list, its own entry of that list.
Spikes are marks of their own, so that the voltages stay what they are.
"""

from .traces import (
    COLOURS,
    PALE_COLOURS,
    Margins,
    as_html,
    as_png,
    plot_current,
    plot_driven_grid,
    plot_fi_curve,
    plot_histogram,
    plot_level,
    plot_measured,
    plot_raster,
    plot_regimes,
    plot_response,
    plot_spike_marks,
    plot_theory,
    plot_upright,
    plot_voltage,
    plot_voltage_grid,
    plot_voltages,
    show,
    use_log_axis,
    use_one_ylabel,
    use_theme,
)

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

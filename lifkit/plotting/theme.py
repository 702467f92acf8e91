"""The course's look: its colours, its fonts, its plain axes."""

from __future__ import annotations

import importlib.util
from typing import Any

import matplotlib as mpl
from cycler import cycler
from matplotlib.colors import to_hex

from .showing import in_notebook

__all__ = ["COLOURS", "PALE_COLOURS", "use_theme"]

#: Dark2, the darker sister of Set2: the same hues with enough contrast on white for lines that carry
#: meaning.  Told apart by colour-blind readers together with line styles, labels or panels.
COLOURS = tuple(map(to_hex, mpl.color_sequences["Dark2"]))

#: Set2: the same hues for a dark ground.
PALE_COLOURS = tuple(map(to_hex, mpl.color_sequences["Set2"]))

#: In JupyterLab prose is as wide as a report: lines of 150 characters are hard to read.
_PROSE = "<style>.jp-MarkdownCell .jp-RenderedMarkdown{max-width:56em}</style>"

#: What the course changes of seaborn's theme.
_OWN: dict[Any, Any] = {
    "axes.spines.right": False,
    "axes.spines.top": False,
    # Nothing is drawn above the axes, and searching for it takes a fifth of the time.
    "axes.titley": 1.0,
    "figure.dpi": 96,
    "legend.frameon": False,
}

#: What seaborn's theme "ticks" sets, for where seaborn is not installed: in a browser it would bring
#: pandas, 6 MB, along.  Its colour map alone, "rocket", is not there then.
_TICKS: dict[Any, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": ".15",
    "axes.facecolor": "white",
    "axes.grid": False,
    "axes.labelcolor": ".15",
    "axes.linewidth": 1.25,
    "axes.prop_cycle": cycler("color", mpl.color_sequences["Set2"]),
    "font.family": ["sans-serif"],
    "font.sans-serif": [
        "Arial",
        "DejaVu Sans",
        "Liberation Sans",
        "Bitstream Vera Sans",
        "sans-serif",
    ],
    "grid.color": ".8",
    "grid.linestyle": "-",
    "grid.linewidth": 1.0,
    "lines.linewidth": 1.5,
    "lines.markersize": 6.0,
    "lines.solid_capstyle": "round",
    "patch.edgecolor": "w",
    "patch.force_edgecolor": True,
    "patch.linewidth": 1.0,
    "text.color": ".15",
    **{f"{side}tick.color": ".15" for side in "xy"},
    **{f"{side}tick.direction": "out" for side in "xy"},
    **{f"{side}tick.major.size": 6.0 for side in "xy"},
    **{f"{side}tick.major.width": 1.25 for side in "xy"},
    **{f"{side}tick.minor.size": 4.0 for side in "xy"},
    **{f"{side}tick.minor.width": 1.0 for side in "xy"},
}

#: Its font sizes, each in points.
_SIZES: dict[Any, float] = {
    "axes.labelsize": 12.0,
    "axes.titlesize": 12.0,
    "font.size": 12.0,
    "legend.fontsize": 11.0,
    "legend.title_fontsize": 12.0,
    "xtick.labelsize": 11.0,
    "ytick.labelsize": 11.0,
}


def use_theme(font_scale: float = 1.0) -> None:
    """Set the course's look: seaborn ticks, Set2 palette, no top and right spines, prose in a column.

    Parameters
    ----------
    font_scale : float
        Multiplies all font sizes; 1.0 reads well at notebook size.
    """
    if importlib.util.find_spec("seaborn"):
        import seaborn as sns

        sns.set_theme(style="ticks", palette="Set2", font_scale=font_scale, rc=_OWN)
    else:
        mpl.rcParams.update(_TICKS | _OWN)
        mpl.rcParams.update({name: font_scale * size for name, size in _SIZES.items()})
    in_notebook(_PROSE, text="")

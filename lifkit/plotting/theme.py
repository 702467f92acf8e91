"""The course's look: its colours, its fonts, its plain axes."""

from __future__ import annotations

import seaborn as sns

from .showing import in_notebook

__all__ = ["COLOURS", "PALE_COLOURS", "use_theme"]

#: Dark2, the darker sister of Set2: the same hues with enough contrast on white for lines that carry
#: meaning.  Told apart by colour-blind readers together with line styles, labels or panels.
COLOURS = tuple(sns.color_palette("Dark2").as_hex())

#: Set2: the same hues for a dark ground.
PALE_COLOURS = tuple(sns.color_palette("Set2").as_hex())


#: In JupyterLab prose is as wide as a report: lines of 150 characters are hard to read.
_PROSE = "<style>.jp-MarkdownCell .jp-RenderedMarkdown{max-width:56em}</style>"


def use_theme(font_scale: float = 1.0) -> None:
    """Set the course's look: seaborn ticks, Set2 palette, no top and right spines, prose in a column.

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
    in_notebook(_PROSE, text="")

"""The picture that stands in for a live explorer: in files, in feedback, without a browser."""

from __future__ import annotations

import html

import matplotlib.pyplot as plt

from ..plotting import (
    COLOURS,
    Margins,
    as_html,
    plot_fi_curve,
    plot_level,
    plot_spike_marks,
    plot_theory,
    plot_upright,
    plot_voltage,
)
from .frames import Frame

__all__ = ["RUN_AGAIN", "snapshot_html"]

#: What stands below the picture where the live explorer is gone.
RUN_AGAIN = "Run this cell to move the sliders."

#: In a saved notebook whose kernel is gone JupyterLab puts an error, as bare text, in the live explorer's
#: place, though there is a text to show instead; so the picture, which is there, brings that text with it.
_IN_ITS_PLACE = f"""<style>
.jp-OutputArea-child:has([data-lifkit-still]) + .jp-OutputArea-child .jupyter-widgets:not(:has(*)) {{
  visibility: hidden; font-size: 0;
}}
.jp-OutputArea-child:has([data-lifkit-still]) + .jp-OutputArea-child .jupyter-widgets:not(:has(*))::after {{
  visibility: visible; font-size: var(--jp-content-font-size1, 14px); content: "{RUN_AGAIN}";
}}
</style>"""


def snapshot_html(title: str, setting: str, frame: Frame, name: str) -> str:
    """Draw a frame with the course's own plotting functions.

    Parameters
    ----------
    title : str
    setting : str
        The sliders' values in words.
    frame : Frame
    name : str
        By which the live explorer finds the picture that it takes the place of.

    Returns
    -------
    str
        HTML: the picture with its alternative text, and the message if there is one.
    """
    # Inches; on the right for the names of levels.
    room = Margins(right=0.95 if any(not line.upright for line in frame.lines) else 0.25)
    fig, ax = plt.subplots(figsize=(7.6, 3.8), layout=room)
    draw = plot_fi_curve if frame.here else plot_voltage
    for curve in frame.curves:
        if curve.role == "theory":
            plot_theory(ax, curve.x, curve.y, label=curve.name)
        else:
            draw(ax, curve.x, curve.y, label=curve.name, marker="o" if curve.points else "", ms=3)
    for line in frame.lines:
        if line.upright:
            plot_upright(ax, line.value, line.label)
        else:
            plot_level(ax, line.value, line.label, linestyle=":" if line.dotted else "--")
    plot_spike_marks(ax, frame.marks, above=frame.mark_base)
    if frame.here:
        ax.plot(*frame.here, "o", color=COLOURS[1], markersize=8)
        ax.axvline(frame.here[0], color=COLOURS[1], linewidth=1)
    ax.set(xlim=frame.x_range, ylim=frame.y_range, xlabel=frame.x_label, ylabel=frame.y_label)
    ax.set_title(title, loc="left")
    if frame.curves:
        ax.legend(loc="best", fontsize="small")
    picture = as_html(fig, f"{title} at {setting}. {frame.alt}")
    notes = "".join(f"<p>{html.escape(note)}</p>" for note in (frame.message, frame.more) if note)
    held = f'<div data-lifkit-still="{html.escape(name, quote=True)}">{picture}{notes}</div>'
    return _IN_ITS_PLACE + held

"""A picture of where a trace goes wrong: the submission's and the reference's, around the first step."""

from __future__ import annotations

import base64
import html
import io
from typing import Any

import numpy as np

from lifkit.judge import Attempt, Case, Gap, Key, Output, compare
from lifkit.judge.compare import as_array, by_name

__all__ = ["first_wrong_step"]

#: Steps that are shown before and after the first wrong one.
BEFORE, AFTER = 12, 24


def first_wrong_step(key: Key, given: Attempt) -> str:
    """Return an HTML picture, or nothing when no trace is wrong.

    Parameters
    ----------
    key : Key
    given : Attempt

    Returns
    -------
    str
    """
    for case, expected, answer in zip(key.cases, key.expected, given.answers, strict=True):
        if answer.status != "ok":
            continue
        for gap in compare(key.exercise, case, expected, answer).values():
            output = key.exercise.output(gap.output) if gap else None
            if gap is None or output is None or not _is_trace(output, gap, expected):
                continue
            got = as_array(by_name(key.exercise, case, answer.value)[gap.output])
            return _picture(
                output, case, gap, got.astype(float), np.asarray(expected[gap.output], float)
            )
    return ""


def _is_trace(output: Output, gap: Gap, expected: Any) -> bool:
    step = output.axes[:1] == ("step",) and bool(gap.place)
    return step and output.unit != "" and len(expected[output.name]) > 3


def _picture(output: Output, case: Case, gap: Gap, got: np.ndarray, right: np.ndarray) -> str:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from lifkit.plotting import COLOURS

    step, column = gap.place[0], gap.place[1:]
    shown = slice(max(0, step - BEFORE), step + AFTER)
    k = np.arange(len(right))[shown]
    t, unit = (k * case.dt, "Time (ms)") if case.dt is not None else (k, "Step")
    figure = Figure(figsize=(5.6, 2.3), dpi=96, layout="constrained")
    FigureCanvasAgg(figure)
    ax = figure.add_subplot()
    styles: tuple[dict[str, Any], ...] = (
        {"label": "expected", "color": "0.2", "linestyle": "--", "linewidth": 1.6},
        {"label": "yours", "color": COLOURS[1], "linewidth": 2.2},
    )
    for values, style in zip((right, got), styles, strict=True):
        line = values[:, column[0]] if column else values
        y = line[shown]
        ax.plot(t, np.where(np.abs(y) < 1e6, y, np.nan), **style)
    ax.axvline(t[step - shown.start], color="0.6", linewidth=0.8)
    ax.set_xlabel(unit)
    ax.set_ylabel(f"{output.name} ({output.unit})")
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, fontsize="small")
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", facecolor="white")
    data = base64.b64encode(buffer.getvalue()).decode()
    alt = html.escape(f"{output.name} around the first wrong step: {gap.message}", quote=True)
    return f'<img alt="{alt}" style="max-width:100%;background:white" src="data:image/png;base64,{data}">'

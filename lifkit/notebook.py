"""Make a lab's notebook ready.

``open_lab("lab2")`` compares the notebook with the lifkit beside it, has cells that need an exercise
which is not written yet say so in one line, and says in a browser's own Python where work is kept.
``progress()`` shows how the lab stands.
"""

from __future__ import annotations

import difflib
import os
import sys
import types
from pathlib import Path
from typing import Any

from .checks import in_one_line, report_for, show, show_report
from .judge import key_editions, key_names, load_key, standing
from .judge.keys import lab_exercises
from .judge.points import edition_note, keep_points, opened_lab, points_of
from .notebook_file import by_hand, opened, read
from .scores import Row, Scores
from .session import shell, stale_note, watch

__all__ = ["open_lab", "points_of", "progress"]

#: Said where Python itself runs in the browser: there is no server that keeps the file.
_KEPT_HERE = (
    "Your work is kept in this browser alone. Download it (File, Download) before you close."
)


def open_lab(lab: str, edition: str = "") -> None:
    """Make a lab's notebook ready: compare it with this lifkit, and keep unwritten cells short.

    Cells that need an exercise which is not written yet say so in one line.  Where Python runs in the
    browser itself, a line says that work is kept there alone.

    Parameters
    ----------
    lab : str
        The lab's name, e.g. ``"lab2"``.
    edition : str
        The edition that the notebook was built for, and behind a colon its exercises' points; empty in
        the instructor's source.
    """
    theirs, _, points = edition.partition(":")
    keep_points(lab, points if key_editions(lab) == {theirs} else "", lab_exercises(lab))
    said = edition_note(lab, edition)
    if said:
        show(said, f'<div style="border-left:4px solid #b8500f;padding:0.4em 1em">{said}</div>')
    if sys.platform == "emscripten":
        print(_KEPT_HERE)
    running = shell()
    if running is not None:
        running.set_custom_exc((NotImplementedError, NameError), _explain)
        watch(running)


def progress() -> None:
    """Show how the lab of this notebook stands: each exercise with its points, and the total.

    Runs the checks of all that is defined, which takes as long as they do.

    Raises
    ------
    ValueError
        If no lab was opened here.
    """
    lab = opened_lab()
    if not lab:
        error = ValueError("No lab is open here: run the notebook's first code cell, then again.")
        raise in_one_line(error)
    running = shell()
    found = running.user_ns if running else {}
    points = points_of(lab)
    rows = [_row(name, found.get(name), points.get(name)) for name in lab_exercises(lab)]
    scores = Scores(lab=lab, rows=(*rows, *_questions(lab)))
    show(scores.as_text(), scores.as_html())


def _row(name: str, answer: Any, points: float | None) -> Row:
    """Check one exercise, if it is there."""
    title = f"{load_key(name).exercise.number} {name}"
    if not callable(answer):
        return Row(name=title, status="its cell was not run yet", most=points)
    report = report_for(answer, name)
    return Row(
        name=title,
        status=standing(report, stale_note([name])),
        outcome=report.outcome,
        fraction=report.fraction,
        most=points,
    )


def _questions(lab: str) -> list[Row]:
    """Return what is marked by hand, where Jupyter says which file this notebook is."""
    try:
        notebook = read(Path(os.environ["JPY_SESSION_NAME"]))
    except (KeyError, OSError, ValueError):
        return []
    return by_hand(notebook) if opened(notebook)[0] == lab else []


def _explain(
    shell: Any, kind: type, error: BaseException, trace: Any, tb_offset: Any = None
) -> None:
    """Show two common ends of a cell in one line: an unwritten exercise, and a misnamed one."""
    line = _misnamed(shell, error) if isinstance(error, NameError) else _unwritten(trace)
    if line:
        error._render_traceback_ = lambda: [line]  # type: ignore[attr-defined]
    shell.showtraceback((kind, error, trace))


def _unwritten(trace: Any) -> str:
    while trace.tb_next is not None:
        trace = trace.tb_next
    code = trace.tb_frame.f_code
    owner = code.co_qualname.split(".")[0]
    name = owner if owner in key_names() else code.co_name
    number = f"{load_key(name).exercise.number} " if name in key_names() else ""
    return f"{number}{name}: not started yet. This cell runs once it is written."


def _misnamed(shell: Any, error: NameError) -> str:
    """Say which of the notebook's names was probably meant to be the exercise, and how it does."""
    name = error.name or ""
    if name not in key_names():
        return ""
    exercise = load_key(name).exercise
    candidates = [
        label
        for label, value in shell.user_ns.items()
        if isinstance(value, types.FunctionType | type) and value.__module__ == "__main__"
    ]
    alike = {_squeezed(label): label for label in candidates}
    near = difflib.get_close_matches(_squeezed(name), alike, n=1, cutoff=0.75)
    if not near:
        return f"{exercise.number} {name}: nothing of that name is defined yet. Run its cell first."
    label = alike[near[0]]
    answer = shell.user_ns[label]
    show_report(report_for(answer, name), answer)
    return (
        f"{exercise.number} {name}: nothing of that name is defined. You have {label}: rename it to "
        f"{name}, and the report above is what its check will say."
    )


def _squeezed(name: str) -> str:
    return name.replace("_", "").lower()

"""Make a lab's notebook ready.

``open_lab("lab2")`` compares the notebook with the lifkit beside it, and has cells that need an
exercise which is not written yet say so in one line.
"""

from __future__ import annotations

import difflib
import types
from typing import Any

from .checks import report_for, show, show_report
from .judge import key_editions, key_names, load_key
from .judge.handouts import mixed_up
from .judge.keys import lab_exercises
from .judge.points import keep_points, points_of
from .session import shell, watch

__all__ = ["open_lab", "points_of"]


def open_lab(lab: str, edition: str = "") -> None:
    """Make a lab's notebook ready: compare it with this lifkit, and keep unwritten cells short.

    Cells that need an exercise which is not written yet say so in one line.

    Parameters
    ----------
    lab : str
        The lab's name, e.g. ``"lab2"``.
    edition : str
        The edition that the notebook was built for, and behind a colon its exercises' points; empty in
        the instructor's source.
    """
    mine = key_editions(lab)
    edition, _, points = edition.partition(":")
    keep_points(lab, points if mine == {edition} else "", lab_exercises(lab))
    if not mine:
        _note(
            f"This lifkit does not know {lab}. Your notebook is newer than the lifkit beside it: update "
            "lifkit with the files that came with the notebook. What you have written is safe."
        )
    elif edition and mine != {edition}:
        _note(
            mixed_up(edition, mine)
            or f"This notebook and this lifkit do not belong together: the notebook is edition {edition} "
            f"of {lab}, lifkit has edition {'/'.join(sorted(mine))}. Checks may judge by other rules than "
            "the text. Take both from the same download. What you have written is safe: copy your cells "
            "into the new notebook."
        )
    running = shell()
    if running is not None:
        running.set_custom_exc((NotImplementedError, NameError), _explain)
        watch(running)


def _note(text: str) -> None:
    show(text, f'<div style="border-left:4px solid #b8500f;padding:0.4em 1em">{text}</div>')


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

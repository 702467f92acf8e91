"""For who studies alone: a solution after an own attempt, a model answer after an own answer.

Both are in the self-study handout only (``lifkit handout --self-study``): its keys hold solutions, and a
file beside them the answers.  Elsewhere the two functions say so.
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from typing import Any

from ..checks import report_for, show
from ..judge import KEYS, headline, load_key
from ..judge.handouts import is_self_study
from ..judge.slip.program import program_of
from ..session import shell
from . import beside

__all__ = ["answer", "reveal"]

#: So many different words are an answer of one's own: a sentence, and more than "I don't know".
ENOUGH = 12


def reveal(f: Callable[..., Any]) -> None:
    """Show one solution beside your own attempt, with what differs.

    In the self-study handout only, and after an attempt that runs, or fails for a reason of its own.

    Parameters
    ----------
    f : function or class
        Your own, by its name and without calling it: ``reveal(lif_euler)``.

    Raises
    ------
    TypeError, ValueError
        If `f` is no exercise.
    """
    if not is_self_study():
        _say(_ABSENT.format("lifkit.reveal"))
        return
    report = report_for(f)
    exercise = report.exercise
    if report.outcome == "not started":
        _say(
            f"{exercise.number} {exercise.name}: try it yourself first; a solution opens beside an attempt "
            "of your own, however wrong."
        )
        return
    solution = beside.definition(load_key(exercise.name).solution, exercise.name)
    yours = _written(f, exercise.builds_on)
    rows = beside.laid_beside(yours, solution)
    title = f"{headline(report)}. One solution beside yours; there are others as good."
    show(
        f"{title}\n{beside.as_text(rows)}",
        f"<p><strong>{html.escape(title)}</strong></p>{beside.as_html(rows)}",
    )


def answer(lab: str, question: str, written: str = "") -> None:
    """Show the model answer to a question once you have written your own.

    In the self-study handout only.

    Parameters
    ----------
    lab, question : str
        As they stand in the notebook's cell.
    written : str
        Your own answer: a sentence or two.

    Raises
    ------
    ValueError
        If there is no such question.
    """
    if not is_self_study():
        _say(_ABSENT.format("lifkit.answer"))
        return
    path = KEYS / f"{lab}_answers.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    if question not in known:
        raise ValueError(f"There is no answer to {question!r} of {lab!r}: leave both as they were.")
    if len(set(written.lower().split())) < ENOUGH:
        _say(
            "Write your own answer between the quotes, a sentence or two, and run this cell again: then "
            "the model answer opens."
        )
        return
    _show_markdown(known[question])


_ABSENT = "{} shows nothing here: solutions and model answers are in the self-study handout only."


def _written(f: Any, earlier: tuple[str, ...]) -> list[str]:
    """Return what the student wrote: the exercise, and before it own functions that it calls."""
    program = program_of(f, earlier)
    pieces = program.pieces if program else ()
    return [line for one in pieces for line in beside.definition("\n".join(one.lines), one.name)]


def _say(sentence: str) -> None:
    show(sentence, f"<p>{html.escape(sentence)}</p>")


def _show_markdown(text: str) -> None:
    if shell() is None:
        print(text)
        return
    from IPython.display import display

    display({"text/plain": text, "text/markdown": text}, raw=True)

"""Write a report as text and as HTML; the same words for the notebook and for the feedback page.

A notebook knows more than the report does: what the exercise is worth, whether the function is the
one on screen.  It hands that in; the grader's page has its own place for points and hands in nothing.
"""

from __future__ import annotations

import html
import re

from .model import Slip
from .outcomes import SENTENCES
from .report import Line, Report
from .telling import KINDS

__all__ = ["as_html", "as_text", "headline", "hint_html", "hint_text", "standing"]

_MARKS = {"pass": "✓", "fail": "✗", "untested": "–"}
_SAID = {"pass": "passed", "fail": "failed", "untested": "not tested"}


def headline(report: Report, points: float | None = None) -> str:
    """Return the one line that says how it went.

    It names the exercise, so that it can stand alone, e.g. as the message of a failed check.

    Parameters
    ----------
    report : Report
    points : float, optional
        What the exercise is worth, where that is known.
    """
    exercise = report.exercise
    name = f"{exercise.number} {exercise.name}"
    said = standing(report) + (". Well done!" if report.passed else "")
    if points is None:
        return f"{name}: {said}"
    if report.outcome == "not started":
        return f"{name}: {said} ({points:g} points)"
    return f"{name}: {round(points * report.fraction, 2):g} of {points:g} points: {said}"


def standing(report: Report, note: str = "") -> str:
    """Return how an exercise stands, in a few words, and what is to be noted."""
    passed = sum(line.status == "pass" for line in report.lines)
    counted = f"{passed} of {len(report.lines)} properties hold"
    said = counted if report.outcome == "partial" else SENTENCES[report.outcome]
    return f"{said}. {note}" if note else said


def as_text(report: Report, *, points: float | None = None, note: str = "") -> str:
    """Write a report as plain text.

    Parameters
    ----------
    report : Report
    points : float, optional
        What the exercise is worth, where that is known.
    note : str
        A sentence about the function that was checked, said first.
    """
    rows = [f"Exercise {headline(report, points)}"]
    if note:
        rows.append(f"  {note}")
    rows += [f"  {label}: {sentence}" for label, sentence in _advice(report)]
    rows += [f"    {row}" for row in _problem(report)]
    shown, folded = _parted(report)
    for line in shown:
        rows.append(f"  {_MARKS[line.status]} {line.text}")
        if line.detail:
            rows.append(f"      {line.detail}")
    for status, words in (("fail", "also fails"), ("untested", "not tested")):
        names = [line.text for line in folded if line.status == status]
        if names:
            rows.append(f"  {_MARKS[status]} {words}: {'; '.join(names)}")
    if _footer(report):
        rows.append(f"  {_footer(report)}")
    return "\n".join(rows)


def as_html(
    report: Report, *, points: float | None = None, note: str = "", hints: bool = False
) -> str:
    """Write a report as a small block of HTML that follows the page's own colours.

    Parameters
    ----------
    report, points, note
        As for `as_text`.
    hints : bool
        Whether the exercise's hints are in it, closed, in place of the call that shows one.
    """
    colours = {"correct": "#1b7f5c", "not started": "#6b6b6b"}
    colour = "#b8500f" if note else colours.get(report.outcome, "#b8500f")
    parts = [
        '<div class="lifkit-report" role="status" style="border-left:4px solid '
        f'{colour};padding:0.4em 1em;margin:0.3em 0;line-height:1.45;max-width:56em">',
        '<div role="heading" aria-level="4" style="font-weight:bold">'
        f"Exercise {html.escape(headline(report, points))}</div>",
    ]
    if note:
        parts.append(f'<p style="margin:0.3em 0"><strong>{html.escape(note)}</strong></p>')
    for label, sentence in _advice(report):
        parts.append(
            f'<p style="margin:0.3em 0"><strong>{html.escape(label)}:</strong> {_marked(sentence)}</p>'
        )
    if _problem(report):
        parts.append(_code_html("\n".join(_problem(report)), "pre-wrap"))
    shown, folded = _parted(report)
    if shown:
        parts.append(_list_html(shown))
    if folded:
        parts.append(_details(_count(folded), _list_html(folded)))
    if hints and _footer(report):
        parts.append(_hints_html(report, 1))
    elif _footer(report):
        parts.append(f'<p style="margin:0.3em 0">{html.escape(_footer(report))}</p>')
    return "\n".join(parts) + "\n</div>"


def hint_text(report: Report, number: int) -> str:
    """Return hint `number` (counted from 1) with what is left after it."""
    said, skeleton = _hint(report, number)
    count = len(report.exercise.hints)
    rows = [f"Hint {number} of {count}: {said}", *(f"    {row}" for row in skeleton.splitlines())]
    return ("\n" if skeleton else " ").join(["\n".join(rows), _more(report, number)])


def hint_html(report: Report, number: int) -> str:
    """Return hint `number` as HTML."""
    count = len(report.exercise.hints)
    return (
        '<div class="lifkit-hint" style="border-left:4px solid #5a6fb0;padding:0.4em 1em;'
        f'margin:0.3em 0;max-width:52em">{_hint_html(report, number, f"Hint {number} of {count}: ")}\n'
        f'<p style="margin:0.3em 0">{html.escape(_more(report, number))}</p></div>'
    )


# The parts of a report ---------------------------------------------------------------------------


def _parted(report: Report) -> tuple[list[Line], list[Line]]:
    """Tell what is said in full from what is folded: one cause makes many lines fail."""
    folded = [line for line in report.lines if line.status != "pass"][1:]
    return [line for line in report.lines if line not in folded], folded


def _list_html(lines: list[Line]) -> str:
    items = "\n".join(map(_line_html, lines))
    return f'<ul style="list-style:none;padding-left:0.2em;margin:0.4em 0">\n{items}\n</ul>'


def _line_html(line: Line) -> str:
    mark = (
        f'<span role="img" aria-label="{_SAID[line.status]}" style="display:inline-block;'
        f'width:1.4em;margin-left:-1.4em;font-weight:bold">{_MARKS[line.status]}</span>'
    )
    detail = f"<div>{html.escape(line.detail)}</div>" if line.detail else ""
    untested = " (not tested)" if line.status == "untested" else ""
    return f'<li style="margin-left:1.4em">{mark}{html.escape(line.text)}{untested}{detail}</li>'


def _count(folded: list[Line]) -> str:
    """Say how many lines are folded."""
    failing = sum(line.status == "fail" for line in folded)
    untested = len(folded) - failing
    said = [f"{failing} more fail" + "s" * (failing == 1)] if failing else []
    said += [f"{untested} could not be tested"] if untested else []
    return " and ".join(said)


def _details(summary: str, content: str) -> str:
    return (
        f'<details style="margin:0.3em 0"><summary>{html.escape(summary)}</summary>\n'
        f"{content}\n</details>"
    )


def _hint(report: Report, number: int) -> tuple[str, str]:
    """Return a hint's first line, and the lines of code below it, if it has any."""
    said, _, skeleton = report.exercise.hints[number - 1].partition("\n")
    return said, skeleton


def _hint_html(report: Report, number: int, before: str = "") -> str:
    said, skeleton = _hint(report, number)
    content = f'<p style="margin:0.3em 0">{html.escape(before + said)}</p>'
    return content + ("\n" + _code_html(skeleton) if skeleton else "")


def _hints_html(report: Report, number: int) -> str:
    """Return hint `number`, closed, and in it the next one: they come one at a time."""
    count = len(report.exercise.hints)
    content = _hint_html(report, number)
    if number < count:
        content += "\n" + _hints_html(report, number + 1)
    return _details(f"Hint {number} of {count}", content)


def _more(report: Report, number: int) -> str:
    left = len(report.exercise.hints) - number
    return f"{left} more: {_call(report, number + 1)}" if left else "That was the last one."


def _code_html(code: str, space: str = "pre") -> str:
    style = f"margin:0.4em 1em;overflow-x:auto;white-space:{space}"
    return f'<pre style="{style}">{html.escape(code)}</pre>'


def _problem(report: Report) -> list[str]:
    """Say which line stopped and why."""
    problem = report.problem
    if problem is None or problem.line is None:
        return []
    place = f"line {problem.line} of the cell, in {problem.function}"
    return [f"{place}:", f"    {problem.source}", f"{problem.kind}: {problem.message}"]


def _advice(report: Report) -> list[tuple[str, str]]:
    """Pair each piece of advice with its label."""
    causes = [mistake for mistake in report.mistakes if mistake not in report.habits]
    rows = []
    for number, mistake in enumerate(causes):
        again = "and" if report.together else "or"
        rows.append(("Likely mistake" if not number else again, mistake.diagnosis))
        if mistake.hint not in [later.hint for later in causes[number + 1 :]]:
            rows.append(("How to mend it", mistake.hint))
    rows += [_place(report, slip, first=slip is report.slips[0]) for slip in report.slips]
    if not causes and report.symptoms:
        rows.append(("What it looks like", "; ".join(report.symptoms) + "."))
    for mistake in report.habits:
        rows += [
            ("Also" if rows else "Mistake", mistake.diagnosis),
            ("How to mend it", mistake.hint),
        ]
    return rows


def _marked(sentence: str) -> str:
    """Return a sentence as HTML, with what stands between two backquotes as code."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", html.escape(sentence))


def _place(report: Report, slip: Slip, *, first: bool) -> tuple[str, str]:
    """Say where to look, and what about it as far as that may be told."""
    where = "" if slip.function == report.exercise.name else f" of {slip.function}"
    label = f"{'Look' if first else 'and'} at line {slip.line}{where}"
    said = f"`{slip.source}`"
    if slip.kind:
        asked = KINDS[slip.kind].format(spot=slip.spot)
        said += f". {asked[0].upper()}{asked[1:]}"
    if slip.edit:
        said += f" It is right with `{slip.edit}` in the place of `{slip.spot}`."
    if not slip.whole:
        said += " (There is something else as well.)"
    return label, said


def _footer(report: Report) -> str:
    if report.passed or not report.exercise.hints:
        return ""
    count = len(report.exercise.hints)
    plural = "hint" if count == 1 else "hints"
    return f"{count} {plural} if you want: {_call(report, 1)}"


def _call(report: Report, number: int) -> str:
    return f"check({report.exercise.name}, hint={number})"

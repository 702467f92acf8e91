"""Write a report as text and as HTML; the same words for the notebook and for the feedback page."""

from __future__ import annotations

import html

from .outcomes import SENTENCES
from .report import Line, Report

__all__ = ["as_html", "as_text", "headline", "hint_html", "hint_text"]

_MARKS = {"pass": "✓", "fail": "✗", "untested": "–"}
_SAID = {"pass": "passed", "fail": "failed", "untested": "not tested"}


def headline(report: Report) -> str:
    """Return the one line that says how it went.

    It names the exercise, so that it can stand alone, e.g. as the message of a failed check.
    """
    exercise = report.exercise
    name = f"{exercise.number} {exercise.name}"
    passed = sum(line.status == "pass" for line in report.lines)
    if report.outcome == "partial":
        said = f"{passed} of {len(report.lines)} properties hold"
    else:
        said = SENTENCES[report.outcome]
    return f"{name}: {said}"


def as_text(report: Report) -> str:
    """Write a report as plain text."""
    rows = [f"Exercise {headline(report)}"]
    rows += [f"  {label}: {sentence}" for label, sentence in _advice(report)]
    rows += [f"    {row}" for row in _problem(report)]
    for line in report.lines:
        rows.append(f"  {_MARKS[line.status]} {line.text}{_untested(line.status)}")
        if line.detail:
            rows.append(f"      {line.detail}")
    if _footer(report):
        rows.append(f"  {_footer(report)}")
    return "\n".join(rows)


def as_html(report: Report) -> str:
    """Write a report as a small block of HTML that follows the page's own colours."""
    colour = {"correct": "#1b7f5c", "not started": "#6b6b6b"}.get(report.outcome, "#b8500f")
    parts = [
        '<div class="lifkit-report" role="status" style="border-left:4px solid '
        f'{colour};padding:0.4em 1em;margin:0.3em 0;line-height:1.45;max-width:56em">',
        f"<strong>Exercise {html.escape(headline(report))}</strong>",
    ]
    for label, sentence in _advice(report):
        parts.append(
            f'<p style="margin:0.3em 0"><strong>{html.escape(label)}:</strong> '
            f"{html.escape(sentence)}</p>"
        )
    if _problem(report):
        code = html.escape("\n".join(_problem(report)))
        parts.append(f'<pre style="margin:0.4em 1.6em;white-space:pre-wrap">{code}</pre>')
    if report.lines:
        parts.append('<ul style="list-style:none;padding-left:0.2em;margin:0.4em 0">')
        parts += [_line_html(line) for line in report.lines]
        parts.append("</ul>")
    if _footer(report):
        parts.append(f'<p style="margin:0.3em 0;opacity:0.85">{html.escape(_footer(report))}</p>')
    return "\n".join(parts) + "\n</div>"


def _line_html(line: Line) -> str:
    mark = (
        f'<span role="img" aria-label="{_SAID[line.status]}" style="display:inline-block;'
        f'width:1.4em;margin-left:-1.4em;font-weight:bold">{_MARKS[line.status]}</span>'
    )
    detail = f'<div style="opacity:0.85">{html.escape(line.detail)}</div>' if line.detail else ""
    text = html.escape(line.text + _untested(line.status))
    return f'<li style="margin-left:1.4em">{mark}{text}{detail}</li>'


def hint_text(report: Report, number: int) -> str:
    """Return hint `number` (counted from 1) with what is left after it."""
    hints = report.exercise.hints
    left = len(hints) - number
    more = f" {left} more: {_call(report, number + 1)}" if left else " That was the last one."
    return f"Hint {number} of {len(hints)}: {hints[number - 1]}{more}"


def hint_html(report: Report, number: int) -> str:
    """Return hint `number` as HTML."""
    return (
        '<div class="lifkit-hint" style="border-left:4px solid #5a6fb0;padding:0.4em 1em;'
        f'margin:0.3em 0;max-width:52em">{html.escape(hint_text(report, number))}</div>'
    )


def _untested(status: str) -> str:
    return " (not tested)" if status == "untested" else ""


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
    if not causes and report.symptoms:
        rows.append(("What it looks like", "; ".join(report.symptoms) + "."))
    for mistake in report.habits:
        rows += [
            ("Also" if rows else "Mistake", mistake.diagnosis),
            ("How to mend it", mistake.hint),
        ]
    return rows


def _footer(report: Report) -> str:
    if report.passed or not report.exercise.hints:
        return ""
    count = len(report.exercise.hints)
    plural = "hint" if count == 1 else "hints"
    return f"{count} {plural} if you want: {_call(report, 1)}"


def _call(report: Report, number: int) -> str:
    return f"check({report.exercise.name}, hint={number})"

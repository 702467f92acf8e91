"""The feedback page: what was earned on top, then an exercise at a time, the notebook folded below.

It needs no network: its style stands in it, and equations are MathML.
"""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from latex2mathml.converter import convert
from nbconvert.exporters import Exporter
from nbconvert.filters import ansi2html
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from nbgrader import utils
from pygments.formatters import HtmlFormatter

from lifkit.judge.outcomes import SIGNS

from .totals import Total, shown

__all__ = ["PageExporter", "cell_as_html"]

_STYLE = """
:root { color-scheme: light; }
body { background: #fff; color: #1b1b1b; font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto;
  max-width: 56rem; padding: 1rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0.5rem 0; }
h2 { border-top: 1px solid #ccc; font-size: 1.2rem; margin: 2rem 0 0.6rem; padding-top: 1rem; }
.earned { font-size: 1.25rem; margin: 0.2rem 0; }
table { border-collapse: collapse; }
th, td { padding: 0.2rem 1rem 0.2rem 0; text-align: left; vertical-align: top; }
td:nth-child(2) { white-space: nowrap; }
td.points { min-width: 5rem; }
.comment { border-left: 4px solid #0a6; margin: 0.8rem 0; padding: 0.2rem 0.8rem; white-space: pre-wrap; }
.waiting { color: #8a4a00; }
summary { cursor: pointer; font-weight: 600; margin: 0.6rem 0; }
details.whole { border-top: 1px solid #ccc; margin-top: 2rem; padding-top: 1rem; }
details.whole > summary { font-size: 1.2rem; }
pre { background: #f6f6f4; font-size: 0.88rem; line-height: 1.4; overflow-x: auto; padding: 0.6rem; }
.written, .notebook, .report, .output { overflow-x: auto; }
img { height: auto; max-width: 100%; }
:focus-visible { outline: 3px solid #06c; }
@media (max-width: 40rem) {
  thead { display: none; }
  tr { border-top: 1px solid #ccc; display: block; padding: 0.3rem 0; }
  td { display: inline-block; }
  td:last-child { display: block; }
}
@media print {
  body { max-width: none; }
  pre { overflow-wrap: anywhere; white-space: pre-wrap; }
  details:not(.whole)::details-content { content-visibility: visible; height: auto; }
  details.whole { display: none; }
  section { break-inside: avoid-page; }
}
"""


#: The last line of a verdict (see `verdict.decide`).
_POINTS = re.compile(r'<p style="[^"]*"><strong>[\d.]+ of [\d.]+ points</strong></p>\s*$')


class PageExporter(Exporter):
    """Makes the page of an executed notebook, in the place of nbconvert's own pages."""

    file_extension = ".html"
    output_mimetype = "text/html"

    def from_notebook_node(self, nb: NotebookNode, resources: Any = None, **kw: Any) -> Any:
        """Return the page; `feedback.Tidy` leaves in `resources` what gradebook and verdicts say."""
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        about = resources["lifkit_page"]
        return _page(nb, about["record"], about["total"]), resources


class _MathML(IPythonRenderer):
    """Markdown in which equations are MathML."""

    def block_math(self, body: str) -> str:
        return f"<div>{_equation(body, 'block')}</div>\n"

    def multiline_math(self, text: str) -> str:
        return self.block_math(text.strip().removeprefix("$$").removesuffix("$$"))

    def latex_environment(self, name: str, body: str) -> str:
        return self.block_math(rf"\begin{{{name}}}{body}\end{{{name}}}")

    def inline_math(self, body: str) -> str:
        return _equation(body, "inline")


#: What formulas are made of.  LaTeX can name links, styles and classes too, and quote tags as text.
_ELEMENTS = frozenset(
    "math mi mn mo ms mtext mspace mrow mfrac msqrt mroot mstyle merror mpadded mphantom menclose "
    "mfenced msub msup msubsup munder mover munderover mmultiscripts mprescripts none mtable mtr "
    "mlabeledtr mtd".split()
)
_ATTRIBUTES = frozenset(
    "accent align close columnalign columnlines columnspacing depth display displaystyle fence form frame "
    "height largeop linebreak linethickness lspace mathbackground mathcolor mathsize mathvariant maxsize "
    "minsize movablelimits notation open rowlines rowspacing rspace scriptlevel separator stretchy "
    "symmetric width".split()
)


#: An equation's number, which the converter puts right behind the equation.
_NUMBER = re.compile(r"\\tag\{([^{}]*)\}")


def _equation(text: str, display: str) -> str:
    numbered = _NUMBER.sub(r"\\qquad\\text{(\1)}", text)
    try:
        root = ElementTree.fromstring(convert(numbered, display=display, xmlns=""))
        for node in root.iter():
            if node.tag not in _ELEMENTS or not node.attrib.keys() <= _ATTRIBUTES | {"xmlns"}:
                raise ValueError(f"no part of a formula: {node.tag} {node.attrib}")
        return ElementTree.tostring(root, encoding="unicode")
    except Exception:  # what it can't read, or should not show, is shown as it was typed
        return f"<code>{html.escape(text)}</code>"


@functools.lru_cache(maxsize=1000)  # most of a class's texts and code were given
def markdown(source: str) -> str:
    """Return a text cell as HTML.

    Examples
    --------
    >>> "<math" in markdown("a rate $r$")
    True
    """
    return str(
        MarkdownWithMath(renderer=_MathML(escape=False, exclude_anchor_links=True)).render(source)
    )


def _page(nb: NotebookNode, record: Mapping[str, Any] | None, total: Total | None) -> str:
    cells = {cell.metadata["nbgrader"]["grade_id"]: cell for cell in nb.cells if _marks(cell)}
    lab, points = (record or {}).get("lab", ""), total or Total()
    exercises = (record or {}).get("exercises", {})
    parts = [
        _head(_title(nb) or lab, record, points, cells),
        *(_exercise(name, item, points, cells) for name, item in exercises.items()),
        *(_question(name, cell, points) for name, cell in cells.items() if _is_question(cell)),
    ]
    drawn = (record or {}).get("figures", True)
    said = "" if drawn else "<p>Its figures were not drawn, and are dots here.</p>\n"
    code = HtmlFormatter(nobackground=True).get_style_defs(".highlight")
    whole = "".join(map(cell_as_html, nb.cells))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(lab)}: feedback</title>\n<style>{_STYLE}{code}</style>\n</head>\n"
        f"<body>\n<main>\n{''.join(parts)}"
        '<details class="whole"><summary>The whole notebook</summary>\n'
        f'{said}<div class="notebook">\n{whole}</div>\n</details>\n</main>\n</body>\n</html>\n'
    )


def _marks(cell: NotebookNode) -> Mapping[str, Any]:
    found: Mapping[str, Any] = cell.metadata.get("nbgrader", {})
    return found


def _is_question(cell: NotebookNode) -> bool:
    return bool(utils.is_solution(cell) and (utils.is_grade(cell) or utils.is_task(cell)))


def _title(nb: NotebookNode) -> str:
    """Return the notebook's first heading."""
    texts = "\n".join(cell.source for cell in nb.cells[:3] if cell.cell_type == "markdown")
    found = re.search(r"^# +(.+)$", texts, re.MULTILINE)
    return found[1] if found else ""


def _head(
    lab: str,
    record: Mapping[str, Any] | None,
    total: Total,
    cells: Mapping[str, NotebookNode],
) -> str:
    parts = [f"{shown(total.automatic)} of {shown(total.most_automatic)} by machine"]
    if total.most_by_hand:
        parts.append(f"{shown(total.by_hand)} of {shown(total.most_by_hand)} by hand")
    if total.late:
        parts.append(f"{shown(total.late)} taken off for being late")
    rows = "".join(
        _row(
            name,
            f"{SIGNS[item['outcome']]} {item['outcome']}",
            _points(name, item, total),
            _look_at(item),
        )
        for name, item in (record or {}).get("exercises", {}).items()
    )
    rows += "".join(
        _row(name, "by hand", _mark(name, cell, total), "")
        for name, cell in cells.items()
        if _is_question(cell)
    )
    notes = "".join(f"<li>{html.escape(note)}</li>\n" for note in (record or {}).get("notes", ()))
    waiting = len(total.to_mark)
    said = (
        f'<p class="waiting">{waiting} question{"s are" if waiting > 1 else " is"} still to be marked by '
        "hand.</p>\n"
    )
    return (
        f'<h1>{html.escape(lab)}</h1>\n<p class="earned"><strong>{shown(total.total)} of '
        f"{shown(total.most)} points</strong></p>\n<p>{'; '.join(parts)}.</p>\n{said if waiting else ''}"
        + (f"<ul>\n{notes}</ul>\n" if notes else "")
        + "<table>\n<thead><tr><th>Exercise</th><th>Outcome</th><th>Points</th><th>What to look at</th>"
        f"</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n"
    )


def _row(name: str, outcome: str, points: str, look_at: str) -> str:
    name = html.escape(name)
    return (
        f'<tr><td><a href="#{name}">{name}</a></td><td>{html.escape(outcome)}</td>'
        f'<td class="points">{points}</td><td>{html.escape(look_at)}</td></tr>\n'
    )


def _mark(name: str, cell: NotebookNode, total: Total) -> str:
    """Return the points of a question that is marked by hand."""
    if name in total.to_mark:
        return "not marked yet"
    marks = _marks(cell)
    return f"{shown(float(marks.get('score') or 0))} / {shown(float(marks.get('points') or 0))}"


def _look_at(item: Mapping[str, Any]) -> str:
    """Return the likeliest mistake and how to mend it, or what the numbers look like."""
    return " ".join([*item["diagnosis"][:1], *item["hints"][:1]] or item["symptoms"][:1])


def _points(name: str, item: Mapping[str, Any], total: Total) -> str:
    score = total.scores.get(name, item["score"])
    said = f"{shown(score)} / {shown(item['max_score'])}"
    changed = " before the answer changed" if name in total.to_mark else ""
    if changed or shown(score) != shown(item["score"]):
        said += f" (set by hand{changed}; {shown(item['score'])} by machine)"
    return said


def _exercise(
    name: str, item: Mapping[str, Any], total: Total, cells: Mapping[str, NotebookNode]
) -> str:
    solution, check = cells.get(name), cells.get(f"{name}_check")
    report = ""
    for output in check.outputs if check is not None else ():
        # The points stand in the heading, as the gradebook has them.
        report += _POINTS.sub("", output.get("data", {}).get("text/html", ""))
    code = ""
    if solution is not None:
        code = f"<details><summary>Your code</summary>\n{_code(solution)}</details>\n"
    points = _points(name, item, total)
    return (
        f'<section id="{html.escape(name)}">\n<h2>{html.escape(name)}: {points}</h2>\n'
        f'<div class="report">{report}</div>\n{code}{_comment(solution)}</section>\n'
    )


def _question(name: str, cell: NotebookNode, total: Total) -> str:
    said = _mark(name, cell, total)
    written = _code(cell) if cell.cell_type == "code" else markdown(cell.source)
    return (
        f'<section id="{html.escape(name)}">\n<h2>{html.escape(name)}: {said}</h2>\n'
        f'<div class="written">{written}</div>\n{_comment(cell)}</section>\n'
    )


def _comment(cell: NotebookNode | None) -> str:
    text = _marks(cell).get("comment") if cell is not None else None
    if text == "No response.":  # nbgrader's own word for a stub
        return ""
    return f'<div class="comment">{html.escape(text)}</div>\n' if text else ""


# The notebook -------------------------------------------------------------------------------------


def cell_as_html(cell: NotebookNode) -> str:
    """Return a cell with what it showed."""
    if cell.cell_type != "code":
        return f"<div>{markdown(cell.source)}</div>\n"
    return _code(cell) + "".join(map(_output, cell.outputs))


def _code(cell: NotebookNode) -> str:
    return _highlighted(cell.source) + "\n" if cell.source else ""


@functools.lru_cache(maxsize=1000)
def _highlighted(source: str) -> str:
    return str(Highlight2HTML()(source, language="python"))


def _output(output: NotebookNode) -> str:
    if output.output_type == "stream":
        return f"<pre>{ansi2html(output.text)}</pre>\n"
    if output.output_type == "error":
        said = "\n".join(output.traceback) or f"{output.ename}: {output.evalue}"
        return f"<pre>{ansi2html(said)}</pre>\n"
    data = output.get("data", {})
    if "text/html" in data:
        # A box that scrolls: what is larger than its own does not reach over what stands around.
        return f'<div class="output">{data["text/html"]}</div>\n'
    for kind in ("image/png", "image/jpeg", "image/gif"):
        if kind in data:
            alt = html.escape(data.get("text/plain", ""), quote=True)
            return f'<p><img alt="{alt}" src="data:{kind};base64,{data[kind].strip()}"></p>\n'
    for kind in ("text/markdown", "text/latex"):
        if kind in data:
            return f"<div>{markdown(data[kind])}</div>\n"
    return f"<pre>{ansi2html(data.get('text/plain', ''))}</pre>\n"

"""Lay two texts of one function side by side, and mark where they differ."""

from __future__ import annotations

import ast
import difflib
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Row", "as_html", "as_text", "definition", "laid_beside"]


@dataclass(frozen=True)
class Row:
    """A line of each text; None where the other has one more."""

    yours: str | None
    other: str | None

    @property
    def mark(self) -> str:
        """Return a sign for what the two lines are to each other; none if they are the same."""
        if self.yours is None or self.other is None:
            return "+" if self.yours is None else "−"
        return "" if _squeezed(self.yours) == _squeezed(self.other) else "≠"


#: From this share of common words on two lines are shown as one that was written in two ways.
_ALIKE = 0.6

_SAID = {"": "", "+": "only in the solution", "−": "only in yours", "≠": "differs"}


def definition(text: str, name: str) -> list[str]:
    """Return the lines that define a function or class, without docstrings and empty lines.

    Parameters
    ----------
    text : str
        A cell, or any Python text.
    name : str
        What is looked for; if nothing is called so, all lines are returned.
    """
    lines = text.splitlines()
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return lines
    wanted = [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name
    ]
    if not wanted:
        return lines
    node = wanted[-1]
    first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
    left_out = {number for inner in ast.walk(node) for number in _docstring(inner)}
    numbers = range(first, (node.end_lineno or first) + 1)
    kept = [lines[number - 1] for number in numbers if number not in left_out]
    return [line for line in kept if line.strip()]


def _docstring(node: ast.AST) -> range:
    """Return the numbers of the lines that hold nothing but the docstring of a definition."""
    if not isinstance(node, ast.FunctionDef | ast.ClassDef) or len(node.body) < 2:
        return range(0)
    if ast.get_docstring(node, clean=False) is None or node.body[0].lineno == node.lineno:
        return range(0)
    return range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1)


def laid_beside(yours: Sequence[str], other: Sequence[str]) -> list[Row]:
    """Pair the lines of two texts; spaces inside a line make no difference."""
    matcher = difflib.SequenceMatcher(
        None, [_squeezed(line) for line in yours], [_squeezed(line) for line in other], False
    )
    rows = []
    for kind, start, end, other_start, other_end in matcher.get_opcodes():
        block, others = yours[start:end], other[other_start:other_end]
        if kind == "equal":
            rows += [Row(one, two) for one, two in zip(block, others, strict=True)]
        else:
            rows += _most_alike(block, others)
    return rows


def _most_alike(yours: Sequence[str], other: Sequence[str]) -> list[Row]:
    """Pair the two lines that are most alike, then what stands before them and behind them."""
    pairs = [(i, k) for i in range(len(yours)) for k in range(len(other))]
    i, k = max(pairs, key=lambda pair: _likeness(yours[pair[0]], other[pair[1]]), default=(0, 0))
    if not pairs or _likeness(yours[i], other[k]) < _ALIKE:
        return [*(Row(line, None) for line in yours), *(Row(None, line) for line in other)]
    before, behind = _most_alike(yours[:i], other[:k]), _most_alike(yours[i + 1 :], other[k + 1 :])
    return [*before, Row(yours[i], other[k]), *behind]


def _likeness(one: str, other: str) -> float:
    words, others = (list(filter(str.strip, _words(line))) for line in (one, other))
    return difflib.SequenceMatcher(None, words, others, False).ratio()


def _squeezed(line: str) -> str:
    return "".join(line.split())


def _words(line: str) -> list[str]:
    return re.findall(r"\w+|\s+|.", line)


# As text ------------------------------------------------------------------------------------------


def as_text(rows: Sequence[Row]) -> str:
    """Write both texts below each other, line by line, where they differ."""
    said = ["  - yours   + one solution"]
    for row in rows:
        if not row.mark:
            said.append(f"    {row.yours}")
            continue
        for sign, line in (("-", row.yours), ("+", row.other)):
            if line is not None:
                said.append(f"  {sign} {line}")
    return "\n".join(said)


# As HTML ------------------------------------------------------------------------------------------

# On a phone the two columns would be too narrow for code: there a pair's lines stand below each other,
# and lines that are the same stand once.  Names twice, since Jupyter's own rules for tables are strong.
_STYLE = """<style>
.lifkit-beside .rows { border-collapse: collapse; width: 100%; table-layout: fixed; }
.lifkit-beside .rows th, .lifkit-beside .rows td { text-align: left; vertical-align: top;
  padding: 0 0.4em; line-height: 1.4; background: none; }
.lifkit-beside .rows td { font-family: var(--jp-code-font-family, monospace); white-space: pre-wrap;
  overflow-wrap: anywhere; }
.lifkit-beside .rows .sign { width: 1.5em; text-align: center; font-weight: bold; }
.lifkit-beside .rows .differs td { border: solid currentColor; border-width: 1px 0; }
.lifkit-beside .rows mark { background: none; color: inherit; font-weight: bold;
  text-decoration: underline; }
@media (max-width: 700px) {
  .lifkit-beside .rows tr { display: grid; grid-template-columns: 2em 1fr; }
  .lifkit-beside .rows .sign { grid-area: 1 / 1 / 3 / 2; width: auto; }
  .lifkit-beside .rows :is(.yours, .other) { grid-column: 2; }
  .lifkit-beside .rows .same .other { display: none; }
}
</style>"""


def as_html(rows: Sequence[Row]) -> str:
    """Write both texts as a table with a sign between lines that differ."""
    body = "\n".join(map(_row_html, rows))
    return (
        f'{_STYLE}<div class="lifkit-beside"><table class="rows">\n<thead><tr>'
        '<th scope="col" class="yours">Yours</th><th class="sign"></th>'
        '<th scope="col" class="other">One solution</th></tr></thead>\n'
        f"<tbody>\n{body}\n</tbody></table></div>"
    )


def _row_html(row: Row) -> str:
    yours, other = _parts(row.yours or "", row.other or "")
    sign = f'<span role="img" aria-label="{_SAID[row.mark]}">{row.mark}</span>' if row.mark else ""
    return (
        f'<tr class="{"differs" if row.mark else "same"}"><td class="yours">{yours}</td>'
        f'<td class="sign">{sign}</td><td class="other">{other}</td></tr>'
    )


def _parts(yours: str, other: str) -> tuple[str, str]:
    """Return both lines as HTML, with a mark around the words that differ."""
    words, others = _words(yours), _words(other)
    if not words or not others:
        return html.escape(yours), html.escape(other)
    matcher = difflib.SequenceMatcher(None, words, others, False)
    mine, theirs = [], []
    for kind, start, end, other_start, other_end in matcher.get_opcodes():
        mine.append(_marked("".join(words[start:end]), kind))
        theirs.append(_marked("".join(others[other_start:other_end]), kind))
    return "".join(mine), "".join(theirs)


def _marked(text: str, kind: str) -> str:
    text_html = html.escape(text)
    return text_html if kind == "equal" or not text.strip() else f"<mark>{text_html}</mark>"

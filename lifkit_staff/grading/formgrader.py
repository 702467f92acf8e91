"""What the formgrader shows: nbgrader's own page, with the rubric where one marks, and bounded.

The formgrader makes its pages in the server's process, from texts that students wrote and that libraries
may need hours for.  So a helper turns them into HTML, with limits, and the page takes what it made.
"""

from __future__ import annotations

import contextlib
import html
import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from jinja2 import pass_context
from nbconvert.filters import ansi2html
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader import utils
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearSolutions
from traitlets.config import Config

from ..course import find_root
from .bounded import TooMuch, bounded
from .limits import MARKING_PAGE, MB
from .page import markdown
from .verdict.record import read, verdict_path

__all__ = ["Marking", "converted", "from_ansi", "from_code", "from_markdown", "unchanged"]


class Marking(Preprocessor):
    """Puts below each answer what the instructor's notebook has in its place, and has the texts converted.

    Rubrics are read when a page is made and stored nowhere, so no student's notebook or page holds them.
    On top stands what the grader noted: which file it took, which cells it mended.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Prepare a page of the formgrader; any other stays as it is."""
        if "submission_id" not in resources:
            return nb, resources
        coursedir = self._coursedir(Path(resources["metadata"]["path"]))
        lab, student = resources["assignment_id"], resources["student"]
        source = _source(coursedir, lab)
        rubrics = self._rubrics(source)
        cells = []
        for cell in nb.cells:
            cells.append(cell)
            if _is_answer(cell):
                rubric = rubrics.get(cell.metadata["nbgrader"]["grade_id"])
                cells += [new_markdown_cell(rubric)] if rubric else []
        nb.cells = cells
        notes = list(read(verdict_path(Path(coursedir.root), lab, student)).get("notes", ()))
        own = {cell.source for cell in source} | set(rubrics.values())
        found, too_much = _made(list(dict.fromkeys(_texts(nb))), own)
        notes += [f"Shown as plain text: {too_much}."] if too_much else []
        if notes:
            nb.cells.insert(0, new_markdown_cell(_list(notes)))
            found["markdown", nb.cells[0].source] = nb.cells[0].source
        resources["lifkit_converted"] = found
        return nb, resources

    def _coursedir(self, autograded: Path) -> CourseDirectory:
        """Return the course that a graded submission belongs to."""
        coursedir = CourseDirectory(config=self.config)
        with contextlib.suppress(FileNotFoundError):  # its configuration may lie elsewhere
            coursedir.root = str(find_root(autograded))
        return coursedir

    def _rubrics(self, source: Sequence[NotebookNode]) -> dict[str, str]:
        """Return what to show below each answer that is marked by hand, by its grade_id."""
        marks = ClearSolutions(config=Config(ClearSolutions=self.config.ClearSolutions))
        begin, end = map(re.escape, (marks.begin_solution_delimeter, marks.end_solution_delimeter))
        region = re.compile(rf"^[^\n]*{begin}[^\n]*\n(.*?)^[^\n]*{end}", re.M | re.S)
        found = {}
        for cell in source:
            if _is_answer(cell):
                text = "\n".join(region.findall(cell.source)).strip() or cell.source
                text = f"```python\n{text}\n```" if cell.cell_type == "code" else text
                found[cell.metadata["nbgrader"]["grade_id"]] = _RUBRIC.format(text)
        return found


_LOOKS = "background: #fff8e1; border-left: 4px solid #c77700; margin: 0 0 2em; padding: 0.5em 2em"

_RUBRIC = f"""\
<div style="{_LOOKS}">

**For whoever marks; not in what students get.**

{{}}

</div>
"""


def _source(coursedir: CourseDirectory, lab: str) -> list[NotebookNode]:
    """Return the cells of the instructor's notebook, if it is there."""
    folder = Path(coursedir.root, coursedir.format_path(coursedir.source_directory, ".", lab))
    try:
        tree = json.loads((folder / f"{lab}.ipynb").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [
        NotebookNode(cell, source="".join(cell["source"]), metadata=NotebookNode(cell["metadata"]))
        for cell in tree["cells"]
    ]


def _list(notes: Sequence[str]) -> str:
    """Return what is to know of a submission as HTML, since it may name files and cells of a student's."""
    items = "".join(f"<li>{html.escape(note)}</li>" for note in notes)
    return f'<ul style="{_LOOKS}">{items}</ul>'


def _is_answer(cell: NotebookNode) -> bool:
    """Whether a cell holds an answer that is marked by hand."""
    return bool(utils.is_grade(cell) and utils.is_solution(cell))


def _texts(nb: NotebookNode) -> Iterator[tuple[str, str]]:
    """Give each text that the page converts, with how."""
    for cell in nb.cells:
        yield "code" if cell.cell_type == "code" else "markdown", cell.source
        for output in cell.get("outputs", ()):
            if output.output_type == "stream":
                yield "ansi", output.text
            elif output.output_type == "error":
                yield from (("ansi", line) for line in output.traceback)
            else:
                kinds = {"text/plain": "ansi", "text/markdown": "markdown"}
                yield from (
                    (kinds[name], text) for name, text in output.data.items() if name in kinds
                )


def _made(texts: list[tuple[str, str]], own: set[str]) -> tuple[dict[tuple[str, str], str], str]:
    """Have texts converted; where that is too much, the course's own alone, and say what was too much."""
    too_much = ""
    for wanted in (texts, [(kind, text) for kind, text in texts if text in own]):
        try:
            found = bounded("formgrader", wanted)
            if sum(map(len, found)) > MARKING_PAGE:
                raise TooMuch(f"it becomes more than {MARKING_PAGE // MB} MB")
            return dict(zip(wanted, found, strict=True)), too_much
        except TooMuch as error:
            too_much = too_much or f"to convert it was too much work, {error}"
    return {}, too_much


def converted(texts: Sequence[Sequence[str]]) -> list[str]:
    """Return texts as HTML, each given with how; a task of `bounded`."""
    return [_CONVERT[kind](text) for kind, text in texts]


_CONVERT: dict[str, Callable[[str], str]] = {
    "ansi": ansi2html,
    "code": lambda text: str(Highlight2HTML()(text, language="python")),
    "markdown": markdown,
}


# What nbconvert's templates call -------------------------------------------------------------------


@pass_context
def from_markdown(context: Any, text: str) -> str:
    """Return a text cell as HTML."""
    return _looked_up(context, "markdown", text)


@pass_context
def from_code(context: Any, text: str, metadata: Any = None) -> str:
    """Return code as HTML."""
    return _looked_up(context, "code", text)


@pass_context
def from_ansi(context: Any, text: str) -> str:
    """Return what a terminal would show as HTML."""
    return _looked_up(context, "ansi", text)


def unchanged(text: str) -> str:
    """Return a text as it is: nbconvert looks it through for an old kind of link, which may take hours."""
    return text


def _looked_up(context: Any, kind: str, text: str) -> str:
    """Return what the helper made of a text; itself, where that was too much."""
    found: str | None
    if "lifkit_converted" not in context["resources"]:  # no page of the formgrader
        found = _CONVERT[kind](text)
    else:
        found = context["resources"]["lifkit_converted"].get((kind, text))
    if found is not None:
        return found
    return html.escape(text) if kind == "ansi" else f"<pre>{html.escape(text)}</pre>"

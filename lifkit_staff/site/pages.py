"""The labs as pages: what students get, with the figures of the solved notebook.

A figure is shown where the notebook itself draws it.  What a check, a prediction or a question brings forth
is not: it would judge or answer what a visitor is asked.
"""

from __future__ import annotations

import copy
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from .lite import released_notebooks
from .recordings import recording_part

__all__ = ["lab_page", "lab_pages", "solved", "with_recordings"]

_FIGURE = 'class="lifkit-figure"'
_PREDICTION = re.compile(r"\bPredict\b|\b[Yy]our prediction")
_TOP = """\
<a href="{labs}/lab/index.html?path={lab}.ipynb">Open it in the browser</a>, nothing to install, or
<a href="_static/{lab}.ipynb" download>download the notebook</a>. What you write in the browser is kept
there alone: download it (*File*, *Download*) before you close.

The figures on this page are those of a solved notebook.
"""


def lab_pages(root: Path, folder: Path, labs: str) -> None:
    """Write each lab's page, and the notebook itself to download.

    Parameters
    ----------
    root : Path
        The course root.
    folder : Path
        Where Sphinx reads them.
    labs : str
        Where the labs in a browser lie, seen from a page.
    """
    for path in released_notebooks(root):
        lab = path.stem
        released = nbformat.read(path, as_version=4)
        page = lab_page(released, solved(root, lab), lab, labs)
        with_recordings(root, page)
        nbformat.write(page, folder / f"{lab}.ipynb")
        shutil.copy(path, folder / "_static")


def solved(root: Path, lab: str) -> Any:
    """Return the instructor's notebook of a lab, run."""
    path = root / "solutions" / "labs" / lab / f"{lab}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    quiet = ["--log-level=ERROR"]  # a kernel says of every port that it is not encrypted
    client = NotebookClient(
        notebook, timeout=600, kernel_name="python3", allow_errors=True, extra_arguments=quiet
    )
    client.execute()
    return notebook


def lab_page(released: Any, run: Any, lab: str, labs: str = "labs") -> Any:
    """Return a student's notebook as a page shows it.

    Parameters
    ----------
    released : NotebookNode
        The student's notebook.
    run : NotebookNode
        The instructor's, run.
    lab, labs : str
        As for `lab_pages`.
    """
    outputs = {_key(cell): cell.outputs for cell in run.cells if cell.cell_type == "code"}
    questions = _question_names(released.cells)
    page = copy.deepcopy(released)
    answers = False  # whether the prose above speaks of a prediction
    for cell in page.cells:
        if cell.cell_type == "markdown":
            answers = bool(_PREDICTION.search(cell.source))
        else:
            cell.outputs = []
            if not answers and not _asks(cell, questions):
                cell.outputs = list(_figures(outputs.get(_key(cell), ())))
        folded = cell.metadata.get("jupyter", {}).get("source_hidden")
        cell.metadata = {"tags": ["hide-input"]} if folded else {}
    page.cells.insert(1, nbformat.v4.new_markdown_cell(_TOP.format(lab=lab, labs=labs), id="doors"))
    page.metadata = {"language_info": {"name": "python", "pygments_lexer": "ipython3"}}
    return page


def with_recordings(root: Path, page: Any) -> None:
    """Put a recording in the place of each explorer's picture."""
    for cell in page.cells:
        shown = recording_part(root, cell.source) if cell.cell_type == "code" else ""
        if shown:
            cell.outputs = [nbformat.v4.new_output("display_data", {"text/html": shown})]


def _key(cell: Any) -> str:
    """Return what a cell of both notebooks is known by."""
    return str(cell.metadata.get("nbgrader", {}).get("grade_id") or cell.id)


def _question_names(cells: list[Any]) -> set[str]:
    """Return the functions in which students say what they expect, and those that ask or judge them."""
    names: set[str] = set()
    found = {
        name for cell in cells for name in re.findall(r"^def (my_\w+)\(", cell.source, re.MULTILINE)
    }
    while found - names:
        names |= found
        found = {
            name
            for cell in cells
            for name, body in _functions(cell.source)
            if any(re.search(rf"\b{one}\b", body) for one in names)
        }
    return names


def _functions(source: str) -> Iterator[tuple[str, str]]:
    for match in re.finditer(r"^def (\w+)\(.*?(?=^\S|\Z)", source, re.MULTILINE | re.DOTALL):
        yield match[1], match[0]


def _asks(cell: Any, questions: set[str]) -> bool:
    """Whether a cell is an exercise's, its check's, or has to do with a prediction or a question."""
    marks = cell.metadata.get("nbgrader", {})
    if marks.get("solution") or marks.get("grade") or "check(" in cell.source:
        return True
    if "weigh(" in cell.source:
        return True
    return any(re.search(rf"\b{name}\b", cell.source) for name in questions)


def _figures(outputs: Any) -> Iterator[Any]:
    for one in outputs:
        page = one.get("data", {}).get("text/html", "")
        if _FIGURE in page:
            picture = {"text/html": page}
            yield nbformat.v4.new_output("display_data", picture)

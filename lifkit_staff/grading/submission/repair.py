"""Bring a damaged submission back into the form that the gradebook knows.

Students copy cells, delete them, edit what is locked, hand in files that are no notebooks.  None of
that may stop the class or cost more than it must, so a submission is read with patience: cells that
can be told apart are kept, everything else about them is taken from the gradebook.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from ..bounded import TooMuch, bounded
from ..limits import CELLS, COPIES, NOTEBOOK_FILE, NOTEBOOK_SOURCE, SMALL_FILE
from .files import linked
from .sanitize import clean_name, clean_text

__all__ = ["Known", "Unreadable", "repair", "placeholder", "read_notebook"]

#: What nbgrader leaves out of the release and puts back when grading.
_HIDDEN = re.compile(r"^[^\n]*BEGIN HIDDEN TESTS.*?^[^\n]*END HIDDEN TESTS[^\n]*$", re.M | re.S)


class Unreadable(ValueError):
    """A file that is no notebook; the message is for the student."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the gradebook knows about a cell."""

    name: str
    cell_type: str
    source: str
    checksum: str
    grade: bool
    solution: bool
    locked: bool
    task: bool
    points: float | None


def read_notebook(path: Path) -> NotebookNode:
    """Read a submitted notebook: its cells' types, sources and nbgrader's marks, and nothing else.

    Raises
    ------
    Unreadable
        If the file is absent, too large, or no notebook.
    """
    try:
        return _read(path)
    except PermissionError:
        raise Unreadable(
            f"{path.name} can't be read: its permissions don't allow it. Save it anew (an archive may have "
            "kept odd ones), and hand in again."
        ) from None


def _read(path: Path) -> NotebookNode:
    if linked(path.parent):
        raise Unreadable(
            "A link to another folder was handed in; only what lies in your own is graded. Hand in the "
            "file itself."
        )
    others = sorted(other.name for other in path.parent.glob("*.ipynb") if other.name != path.name)
    if not path.is_file() or path.is_symlink():
        below = sorted(
            str(other.relative_to(path.parent)) for other in path.parent.glob(f"*/{path.name}")
        )
        instead = f" There is {others[0]}: rename it and hand in again." if others else ""
        if below and not others:
            instead = f" There is {below[0]}: hand in the notebook itself, not a folder."
        raise Unreadable(f"No file called {path.name} was handed in.{clean_name(instead)}")
    size = path.stat().st_size
    if size > NOTEBOOK_FILE:
        raise Unreadable(
            f"{path.name} is larger than {NOTEBOOK_FILE // 1_000_000} MB. Clear its outputs (Kernel, "
            "Restart and Clear Outputs), save, and hand in again."
        )
    try:
        # A small file becomes no large tree.
        cells = rebuilt(str(path)) if size < SMALL_FILE else bounded("read", str(path))
    except TooMuch as error:
        raise Unreadable(f"{path.name} can't be opened as a notebook ({error}). {_MEND}") from None
    except ValueError as error:
        raise Unreadable(f"{path.name} {error}") from None
    fresh = [_fresh(kind, source, name) for kind, source, name, _ in cells]
    for cell, (_, _, _, grade_id) in zip(fresh, cells, strict=True):
        if grade_id is not None:
            cell.metadata["nbgrader"] = {"grade_id": grade_id}
    return new_notebook(cells=fresh)


_MEND = "Open it in JupyterLab, or take an older copy of it, save, and hand in again."


def rebuilt(path: str) -> list[tuple[str, str, str, str | None]]:
    """Read what can be used of a notebook's cells; a task of `bounded`.

    Returns
    -------
    list of tuple
        Of each cell its kind, source, identity and grade_id, if it has one.

    Raises
    ------
    ValueError
        If it is no notebook; the message goes on after the file's name.
    """
    with open(path, "rb") as file:
        data = file.read(NOTEBOOK_FILE + 1)
    if not data.strip():
        raise ValueError("is an empty file. Save the notebook and hand in again.")
    try:
        try:
            tree = json.loads(data)
        except UnicodeDecodeError:  # saved by an editor in the way of old Windows
            tree = json.loads(data.decode("cp1252", "replace"))
        if isinstance(tree, dict) and "worksheets" in tree:  # version 3, before 2015
            tree = nbformat.reads(json.dumps(tree), as_version=4)
        return _cells_of(tree)
    # What a student's editor can do to a file has no end; each of these means "no notebook".
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        broken: Exception = error
    except Exception as error:  # nbformat's own kinds
        if type(error).__module__.split(".")[0] not in ("nbformat", "jsonschema"):
            raise
        broken = error
    raise ValueError(f"can't be opened as a notebook ({type(broken).__name__}). {_MEND}")


def _cells_of(tree: Any) -> list[tuple[str, str, str, str | None]]:
    cells = tree["cells"]
    if not isinstance(cells, list) or len(cells) > CELLS:
        raise ValueError("no list of cells, or too many")
    kept, total = [], 0
    for number, cell in enumerate(cells):
        source = cell.get("source") if isinstance(cell, dict) else None
        if isinstance(source, list) and all(isinstance(line, str) for line in source):
            source = "".join(source)
        if not isinstance(source, str):
            continue  # no cell; what the lab has there will be missed and put back
        total += len(source)
        # A raw cell goes into pages as it is; the course has none, and a student's is read as text.
        kind = "code" if cell.get("cell_type") == "code" else "markdown"
        marks = cell.get("metadata")
        marks = marks.get("nbgrader") if isinstance(marks, dict) else None
        grade_id = marks.get("grade_id") if isinstance(marks, dict) else None
        known = clean_name(grade_id[:100]) if isinstance(grade_id, str) else None
        kept.append((kind, clean_text(source), f"cell-{number}", known))
    if total > NOTEBOOK_SOURCE:
        raise ValueError("more text than a person can write")
    return kept


def _fresh(kind: str, source: str, identity: str) -> NotebookNode:
    """Make a cell as nbformat's `new_code_cell` and others do, which look each over by its schema."""
    cell = NotebookNode(cell_type=kind, id=identity, metadata=NotebookNode(), source=source)
    return NotebookNode(cell, outputs=[], execution_count=None) if kind == "code" else cell


def placeholder(sentence: str) -> NotebookNode:
    """Return a notebook that stands for one that could not be read."""
    return new_notebook(cells=[_fresh("markdown", f"**{sentence}**", "cell-0")])


def repair(notebook: NotebookNode, known: Mapping[str, Known]) -> list[str]:
    """Give every cell that the gradebook knows its marks and, where locked, its source.

    Parameters
    ----------
    notebook : NotebookNode
        Changed in place.
    known : mapping of str to Known
        By grade_id, in the order of the release.

    Returns
    -------
    list of str
        What had to be done, in sentences for the student.
    """
    notes: list[str] = []
    places: dict[str, list[int]] = {}
    for index, cell in enumerate(notebook.cells):
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in known:
            places.setdefault(name, []).append(index)
        elif name is not None:
            notes.append(
                f"A cell called {name} is not part of this lab; it was run, but not graded."
            )
            del cell.metadata["nbgrader"]
    for name, indices in places.items():
        *others, chosen = _worked_on(notebook, indices, known[name])
        for index in indices:
            del notebook.cells[index].metadata["nbgrader"]
        notebook.cells[chosen] = _restored(notebook.cells[chosen], known[name], notes)
        if _is_exercise(name, known):
            # Each is asked before the next one runs; which one counts is known after that.
            asked = others[1 - COPIES :]
            for index in set(indices) - {chosen}:
                copy = {"copy_of": name, "worked_on": index in asked}
                notebook.cells[index].metadata["lifkit"] = copy
        elif len(indices) > 1:
            notes.append(
                f"The cell {name} was there {len(indices)} times; the last one with work in it counts."
            )
    for name, item in known.items():
        if name in places or not (item.grade or item.locked or item.task):
            continue
        found = _without_marks(notebook, item) if item.solution else None
        if found is not None:
            notebook.cells[found] = _restored(notebook.cells[found], item, notes)
            notes.append(
                f"The cell {name} had lost its marks; it was found by its text. Whoever marks it: is it so?"
            )
        else:
            _put_back(notebook, item, list(known))
            notes.append(f"The cell {name} was missing and was added again.")
    return notes


def _without_marks(notebook: NotebookNode, item: Known) -> int | None:
    """Return an answer's cell that an editor has taken the marks from: it begins like the question."""
    first = item.source.strip().splitlines()[:1]
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == item.cell_type and not cell.metadata.get("nbgrader"):
            if first and len(first[0]) > 10 and cell.source.strip().splitlines()[:1] == first:
                return index
    return None


def _worked_on(notebook: NotebookNode, indices: list[int], item: Known) -> list[int]:
    """Return the copies of a cell that somebody worked on; where there is none, the last."""
    if not item.solution:
        return indices[-1:]
    worked = [i for i in indices if notebook.cells[i].source.strip() != item.source.strip()]
    return worked or indices[-1:]


def _is_exercise(name: str, known: Mapping[str, Known]) -> bool:
    """Whether the check cell below a cell asks for what it defines."""
    return known[name].solution and known[name].cell_type == "code" and f"{name}_check" in known


def _restored(cell: NotebookNode, item: Known, notes: list[str]) -> NotebookNode:
    """Return a cell with the marks, the type and, where it is locked, the source of the release."""
    source = cell.source
    if not item.solution and (item.locked or item.grade):
        if source.strip() not in (item.source.strip(), _HIDDEN.sub("", item.source).strip()):
            notes.append(f"The locked cell {item.name} was edited and was set back.")
        source = item.source
    return _cell(item, source, cell.id)


def _cell(item: Known, source: str, identity: str) -> NotebookNode:
    cell = _fresh(item.cell_type, source, identity)
    marks: dict[str, Any] = {
        "schema_version": 3,
        "grade_id": item.name,
        "grade": item.grade,
        "solution": item.solution,
        "locked": item.locked,
        "task": item.task,
        "checksum": item.checksum,
        "cell_type": item.cell_type,
    }
    if item.points is not None:
        marks["points"] = item.points
    cell.metadata["nbgrader"] = NotebookNode(marks)
    return cell


def _put_back(notebook: NotebookNode, item: Known, order: list[str]) -> None:
    """Insert a cell behind the nearest one that stood before it, or where it does no harm."""
    before = set(order[: order.index(item.name)])
    places = [
        index
        for index, cell in enumerate(notebook.cells)
        if cell.metadata.get("nbgrader", {}).get("grade_id") in before
        and (cell.metadata["nbgrader"]["solution"] or cell.metadata["nbgrader"]["grade"])
    ]
    if places:
        index = places[-1] + 1
    else:  # imports belong at the top, tests below what they test
        index = 0 if item.locked and not item.grade else len(notebook.cells)
    notebook.cells.insert(index, _cell(item, item.source, f"lifkit-{order.index(item.name)}"))

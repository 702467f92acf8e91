"""Bring a damaged submission back into the form that the gradebook knows.

Students copy cells, delete them, edit what is locked, hand in files that are no notebooks.  None of
that may stop the class or cost more than it must, so a submission is read with patience: cells that
can be told apart are kept, everything else about them is taken from the gradebook.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from ..limits import COPIES
from .read import fresh_cell

__all__ = ["Known", "repair"]

#: What nbgrader leaves out of the release and puts back when grading.
_HIDDEN = re.compile(r"^[^\n]*BEGIN HIDDEN TESTS.*?^[^\n]*END HIDDEN TESTS[^\n]*$", re.M | re.S)


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
    cell = fresh_cell(item.cell_type, source, identity)
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

"""When each exercise is asked: where its check stands, and each copy before the next one runs."""

from __future__ import annotations

import itertools
from collections.abc import Collection
from dataclasses import dataclass, field

from nbformat import NotebookNode

__all__ = ["Asking", "Plan", "copy_of", "grade_id", "plan"]


@dataclass(frozen=True)
class Asking:
    """An exercise that is to be asked, as the cell `copy` has defined it; -1 where there is none."""

    name: str
    copy: int = -1


@dataclass(kw_only=True)
class Plan:
    """What is asked when, by the index of a cell in the notebook.

    Attributes
    ----------
    checks : set of int
        Check cells, which are asked and not run.
    before, after : dict of int to list of Asking
        Before a cell runs (or in the place of a check), and after it.
    last : list of Asking
        After the last cell.
    """

    checks: set[int] = field(default_factory=set)
    before: dict[int, list[Asking]] = field(default_factory=dict)
    after: dict[int, list[Asking]] = field(default_factory=dict)
    last: list[Asking] = field(default_factory=list)


def plan(notebook: NotebookNode, names: Collection[str]) -> Plan:
    """Say when each of the named exercises is asked in a notebook that was mended."""
    found = Plan()
    code = [(index, cell) for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    for name in names:
        checks = [index for index, cell in code if grade_id(cell) == f"{name}_check"]
        found.checks.update(checks)
        copies = [index for index, cell in code if name in (grade_id(cell), copy_of(cell))]
        if not copies:
            place = found.before.setdefault(checks[0], []) if checks else found.last
            place.append(Asking(name))
        for copy, following in itertools.pairwise([*copies, len(notebook.cells)]):
            if not _has_work(notebook.cells[copy]):
                continue
            between = [index for index in checks if copy < index < following]
            if between:
                place = found.before.setdefault(between[0], [])
            elif following < len(notebook.cells):
                place = found.before.setdefault(following, [])
            else:
                place = found.after.setdefault(copy, [])
            place.append(Asking(name, copy))
    return found


def grade_id(cell: NotebookNode) -> str:
    """Return the name that the gradebook has for a cell."""
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def copy_of(cell: NotebookNode) -> str:
    """Return the exercise of which a cell is a further copy (see `submission.repair`)."""
    return str(cell.metadata.get("lifkit", {}).get("copy_of", ""))


def _has_work(cell: NotebookNode) -> bool:
    """Whether a cell is to be asked: the one that has the marks, or a copy that somebody worked on."""
    return bool(cell.metadata.get("lifkit", {}).get("worked_on", True))

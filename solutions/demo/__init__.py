"""A small class hands in Lab 2: what `make demo` grades, from release to feedback.

``students/`` holds what each of them wrote, cell by cell, as text: right answers in several styles,
usual mistakes, an empty notebook, one with a syntax error, and the code that this course grew from as
a student once left it.
"""

from __future__ import annotations

import re
from pathlib import Path

import nbformat

STUDENTS = Path(__file__).parent / "students"


def written_by(student: str) -> dict[str, str]:
    """Return a student's cells: grade_id to source.

    A name that is no cell of the lab stands for cells that the student added at the end.
    """
    text = (STUDENTS / f"{student}.txt").read_text()
    parts = re.split(r"^# %% (\w+)\n", text, flags=re.MULTILINE)
    return {name: source.strip("\n") for name, source in zip(parts[1::2], parts[2::2], strict=True)}


def students() -> list[str]:
    """Return the names of the class in alphabetical order."""
    return sorted(path.stem for path in STUDENTS.glob("*.txt"))


def fill_in(released: Path, cells: dict[str, str], target: Path) -> None:
    """Write a released notebook with a student's cells filled in.

    Parameters
    ----------
    released : Path
        The notebook that students get.
    cells : dict of str to str
        As from `written_by`.
    target : Path
        Where the submission goes.
    """
    notebook = nbformat.read(released, as_version=4)
    rest = dict(cells)
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id in rest and not cell.metadata["nbgrader"]["locked"]:
            cell.source = rest.pop(grade_id)
    for name, source in rest.items():
        cell = nbformat.v4.new_code_cell(source)
        cell.id = name.replace("_", "-")
        notebook.cells.append(cell)
    target.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, target)

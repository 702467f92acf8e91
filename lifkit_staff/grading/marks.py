"""Marks given by hand, each for one answer: it holds until that answer changes."""

from __future__ import annotations

import hashlib
from pathlib import Path

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Gradebook

from .verdict.record import read, verdict_path, write

__all__ = ["answers_of", "take_back"]


def take_back(
    gradebook: Gradebook, root: Path, notebook: str, lab: str, student: str
) -> dict[str, str]:
    """Take back what was decided before, so that no old score outlives a new attempt to grade.

    Which answers marks were given for is kept beside the verdict file: an attempt may end, and the
    verdicts be gone, before there are others.

    Returns
    -------
    dict of str to str
        The digest of the answer that each mark was given for, by its grade cell.
    """
    path = verdict_path(root, lab, student)
    kept, answers = read(path.with_suffix(".marks")), read(path).get("answers", {})
    grades = gradebook.find_submission_notebook(notebook, lab, student).grades
    marked = {one.name: one for one in grades if one.manual_score is not None}
    found = {name: digest for name, digest in kept.items() if name in marked}
    found |= {
        name: answers[name]
        for name, one in marked.items()
        if name in answers and not one.needs_manual_grade
    }
    if found != kept:
        write(path.with_suffix(".marks"), found)
    for grade in grades:
        grade.auto_score = None
        grade.needs_manual_grade = True
    gradebook.db.commit()
    return found


def answers_of(nb: NotebookNode) -> dict[str, str]:
    """Return a digest of each answer that is or can be marked by hand, by its grade cell."""
    sources = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell.source for cell in nb.cells}
    found = {}
    for cell in nb.cells:
        if utils.is_grade(cell):
            name = cell.metadata["nbgrader"]["grade_id"]
            text = sources.get(name.removesuffix("_check"), cell.source)
            found[name] = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
    return found

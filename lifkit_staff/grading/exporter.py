"""What nbgrader reads a submission with, and the hook that lets one without its notebook through."""

from __future__ import annotations

import datetime
import functools
import json
import os
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters.base import NbGraderException
from traitlets import default

from .job import choose_sandbox
from .preprocessors import Judge, known_cells
from .submission.files import unlink_traps
from .submission.read import Unreadable, placeholder, read_notebook
from .submission.sanitize import clean_text

__all__ = ["ReleaseExporter", "SubmissionExporter", "prepare"]


def prepare(assignment: str, student: str, notebooks: list[str]) -> None:
    """Let a submission through that lacks the lab's notebook; `SubmissionExporter` says so.

    A hook of nbgrader, called before each submission with the list of its notebooks, which is the
    very list that nbgrader works on.
    """
    if not notebooks:
        return
    folder = Path(notebooks[0]).parent
    unlink_traps(folder)
    notebooks[:] = [name for name in notebooks if name == clean_text(name)]  # or SQLite fails
    if f"{assignment}.ipynb" not in map(os.path.basename, notebooks):
        notebooks.append(str(folder / f"{assignment}.ipynb"))


class SubmissionExporter(NotebookExporter):
    """Reads whatever was handed in; what is no notebook becomes one that says so."""

    @default("optimistic_validation")
    def _look_once(self) -> bool:
        return True  # the schema is held against the notebook after all steps, not after each

    def from_filename(self, filename: str, resources: Any = None, **kw: Any) -> Any:
        """Read a notebook and pass it on to the preprocessors."""
        if not getattr(self.parent, "_sanitizing", False):
            return super().from_filename(filename, resources=resources, **kw)
        if not getattr(self.parent, "handed_out", False):
            judge = Judge(parent=self)
            choose_sandbox(judge.sandbox, judge.root)  # before an old score is taken back
        path = Path(filename)
        resources = dict(resources or {})
        resources["metadata"] = {"name": path.stem, "path": str(path.parent), "modified_date": ""}
        if path.exists():
            changed = datetime.datetime.fromtimestamp(path.stat().st_mtime)
            resources["metadata"]["modified_date"] = f"{changed:%B %d, %Y}"
        # Before it is read: what replaces it from now on has another identity, and is graded again.
        names, unreadable = resources["nbgrader"], ""
        notes: list[str] = []
        doubtful = False
        identity = Judge(parent=self).identity(names)
        try:
            if why := getattr(self.parent, "given_up", ""):
                raise Unreadable(why)
            notebook, notes, doubtful = read_notebook(path, functools.partial(_stubs, names))
        except Unreadable as error:
            self.log.warning("%s: %s", path, error)
            notebook, unreadable = placeholder(str(error)), str(error)
        notebook.metadata["lifkit"] = {
            "unreadable": unreadable,
            "identity": identity,
            "notes": notes,
            "doubts": notes if doubtful else [],
        }
        return self.from_notebook_node(notebook, resources=resources, **kw)


def _stubs(names: dict[str, str]) -> dict[str, str]:
    """Return what students got of each answer that a lab asks for, by its grade_id."""
    with Gradebook(names["db_url"]) as gradebook:
        known = known_cells(gradebook, names["notebook"], names["assignment"])
    return {name: cell.source for name, cell in known.items() if cell.solution}


class ReleaseExporter(NotebookExporter):
    """What nbgrader releases a lab with; refuses before anything is touched what it would refuse after.

    nbgrader takes no other cells once there are submissions, and by then it has deleted the release.
    It makes its exporter before that.
    """

    def __init__(self, config: Any = None, **options: Any) -> None:
        super().__init__(config=config, **options)
        coursedir = getattr(self.parent, "coursedir", None)
        if coursedir is not None:
            try:
                _refuse_other_cells(coursedir)
            except NbGraderException as error:
                self.log.error("%s", error)  # nbgrader's command itself says nothing of it
                raise


def _refuse_other_cells(coursedir: Any) -> None:
    lab = coursedir.assignment_id
    source = Path(coursedir.root, coursedir.format_path(coursedir.source_directory, ".", lab))
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        try:
            submissions = len(gradebook.assignment_submissions(lab))
            known = {cell.name for cell in gradebook.find_notebook(lab, lab).source_cells}
        except MissingEntry:
            return
    try:
        cells = json.loads((source / f"{lab}.ipynb").read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError):
        return  # nbgrader says so better
    marks = [cell.get("metadata", {}).get("nbgrader", {}) for cell in cells]
    mine = {mark["grade_id"] for mark in marks if mark.get("grade_id")}
    if submissions and mine != known:
        new, gone = sorted(mine - known), sorted(known - mine)
        what = [f"has {', '.join(new)}"] * bool(new) + [f"lacks {', '.join(gone)}"] * bool(gone)
        raise NbGraderException(
            f"{lab} was handed in by {submissions} already, and its source {' and '.join(what)}, other "
            "than the gradebook. nbgrader grades no other cells once there are submissions, so nothing was "
            "changed. Give the lab a new name (lab2b), or leave the new exercise out of grading (no "
            "nbgrader marks) until next term."
        )

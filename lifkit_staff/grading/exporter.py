"""What nbgrader reads a submission with, and the hook that lets one without its notebook through."""

from __future__ import annotations

import datetime
import os
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from traitlets import default

from .job import choose_sandbox
from .preprocessors import Judge
from .submission.files import unlink_traps
from .submission.repair import Unreadable, placeholder, read_notebook
from .submission.sanitize import clean_text

__all__ = ["SubmissionExporter", "prepare"]


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
        identity, unreadable = Judge(parent=self).identity(resources["nbgrader"]), ""
        try:
            if why := getattr(self.parent, "given_up", ""):
                raise Unreadable(why)
            notebook = read_notebook(path)
        except Unreadable as error:
            self.log.warning("%s: %s", path, error)
            notebook, unreadable = placeholder(str(error)), str(error)
        notebook.metadata["lifkit"] = {"unreadable": unreadable, "identity": identity}
        return self.from_notebook_node(notebook, resources=resources, **kw)

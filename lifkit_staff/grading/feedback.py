"""Feedback pages: verdicts first, and no hidden tests."""

from __future__ import annotations

import contextlib
import copy
import hashlib
import html
import json
import logging
import re
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import GetGrades, NbGraderPreprocessor
from traitlets import Unicode
from traitlets.config import Config

from lifkit import __version__

from ..course import load_config, working_in
from .configure import use_engine
from .patches import one_database_engine
from .preprocessors import Judge
from .totals import Total, shown, totals
from .verdict.record import named, read, verdict_path

__all__ = [
    "Tidy",
    "get_ready",
    "has_page",
    "page_path",
    "page_state",
    "write_feedback",
    "write_plainly",
]


class Tidy(NbGraderPreprocessor):
    """Takes hidden tests out of a page, and brings along what verdicts and gradebook say."""

    begin = Unicode("BEGIN HIDDEN TESTS", help="As in ClearHiddenTests").tag(config=True)
    end = Unicode("END HIDDEN TESTS", help="As in ClearHiddenTests").tag(config=True)

    _coursedir = Judge._coursedir

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Take hidden tests out; `PageExporter` shows the rest."""
        region = re.compile(
            rf"^[^\n]*{re.escape(self.begin)}.*?(?:^[^\n]*{re.escape(self.end)}[^\n]*$|\Z)",
            re.M | re.S,
        )
        for cell in nb.cells:
            if utils.is_grade(cell) and not utils.is_solution(cell):
                cell.source, hidden = region.subn("# (tests that are not shown)", cell.source)
                for output in cell.get("outputs", ()) if hidden else ():
                    if output.output_type == "error":  # its traceback quotes what stands around
                        output.traceback = [f"{output.ename}: {output.evalue}"]
        names = resources["nbgrader"]
        root, lab, student = Path(self._coursedir.root), names["assignment"], names["student"]
        resources["lifkit_page"] = {
            "record": named(root, read(verdict_path(root, lab, student))) or None,
            "total": totals(root, lab, student).get(student),
        }
        return nb, resources


def page_path(coursedir: CourseDirectory, lab: str, student: str) -> Path:
    """Return where a student's feedback page is."""
    folder = coursedir.format_path(coursedir.feedback_directory, student, lab)
    return Path(coursedir.root, folder, f"{lab}.html")


def page_state(root: Path, lab: str, student: str, total: Total) -> str:
    """Return a digest of all that a page shows; the page bears it at its end."""
    record = named(root, read(verdict_path(root, lab, student)))
    text = json.dumps([__version__, total.state, record], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def has_page(path: Path, state: str) -> bool:
    """Whether a page is there and shows what is so now."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 100))
            return _sign(state) in file.read().decode("utf-8", "replace")
    except OSError:
        return False


def _sign(state: str) -> str:
    return f"<!-- lifkit {state} -->"


def get_ready(root: str, lab: str, student: str, *_: str) -> None:
    """Do once what each page of a lab needs, before `bounded` makes a child for each of them.

    The given cells are then known as HTML, and the gradebook's queries are compiled.
    """
    if (root, lab) in _ready:
        return
    config = _ready[root, lab] = _configured(root, lab)
    from .page import cell_as_html  # the class's own process needs none of what it imports

    coursedir = CourseDirectory(config=config)
    release = coursedir.format_path(coursedir.release_directory, ".", lab)
    names = {"notebook": lab, "assignment": lab, "student": student, "db_url": coursedir.db_url}
    _for_good.enter_context(one_database_engine())
    with contextlib.suppress(Exception):  # then each page does it for itself
        notebook = nbformat.read(Path(root, release, f"{lab}.ipynb"), as_version=4)
        nbformat.validate(notebook, relax_add_props=True)
        for cell in notebook.cells:
            cell_as_html(cell)
        GetGrades(config=config).preprocess(notebook, {"nbgrader": names})
        totals(Path(root), lab, student)


_ready: dict[tuple[str, str], Config] = {}
_for_good = contextlib.ExitStack()


def _configured(root: str, lab: str) -> Config:
    config = load_config(Path(root))
    config.CourseDirectory.assignment_id = lab
    use_engine(config)
    config.GenerateFeedback.force = True
    config.Application.log_level = logging.ERROR
    config.Exporter.optimistic_validation = True  # once at the end
    return config


def write_feedback(root: str, lab: str, student: str, state: str) -> None:
    """Write one student's feedback page with nbgrader's own converter; a task of `bounded`."""
    config = copy.deepcopy(_ready.get((root, lab)) or _configured(root, lab))
    config.CourseDirectory.student_id = student
    coursedir = CourseDirectory(config=config)
    with working_in(Path(root)):
        GenerateFeedback(coursedir=coursedir, config=config).start()
    with page_path(coursedir, lab, student).open("a", encoding="utf-8") as file:
        file.write(f"\n{_sign(state)}\n")


def write_plainly(root: Path, lab: str, student: str, state: str, why: str) -> None:
    """Write a page of plain text, where the usual one would be too much work.

    Parameters
    ----------
    root : Path
    lab, student, state : str
    why : str
        What was too much.
    """
    coursedir = CourseDirectory(config=load_config(root))
    done = coursedir.format_path(coursedir.autograded_directory, student, lab)
    cells = json.loads(Path(root, done, f"{lab}.ipynb").read_text(encoding="utf-8"))["cells"]
    record = named(root, read(verdict_path(root, lab, student)))
    total = totals(root, lab, student).get(student, Total())
    said = f"{shown(total.total)} of {shown(total.most)} points"
    rows = "".join(
        f"<li>{html.escape(item['headline'])}</li>\n" for item in record["exercises"].values()
    )
    texts = "".join(f"<pre>{html.escape(''.join(cell['source']))}</pre>\n<hr>\n" for cell in cells)
    path = page_path(coursedir, lab, student)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f'<!DOCTYPE html>\n<html lang="en"><meta charset="utf-8"><title>{html.escape(lab)}</title>\n'
        f"<body>\n<h1>{html.escape(lab)}: {said}</h1>\n<ul>\n{rows}</ul>\n"
        "<p>The notebook is shown as plain text, since its page could not be made: "
        f"{html.escape(why)}.</p>\n"
        f"{texts}</body></html>\n{_sign(state)}\n",
        encoding="utf-8",
    )

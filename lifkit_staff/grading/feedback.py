"""Feedback pages: verdicts first, and no hidden tests."""

from __future__ import annotations

import html
import json
import logging
import re
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader import utils
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Unicode

from ..course import load_config, working_in
from .configure import use_engine
from .preprocessors import Judge
from .verdict.record import verdict_path

__all__ = ["Tidy", "summary", "write_feedback", "write_plainly"]


class Tidy(NbGraderPreprocessor):
    """Makes a feedback page read well: verdicts first, and no hidden tests."""

    begin = Unicode("BEGIN HIDDEN TESTS", help="As in ClearHiddenTests").tag(config=True)
    end = Unicode("END HIDDEN TESTS", help="As in ClearHiddenTests").tag(config=True)

    _coursedir = Judge._coursedir

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Put a summary on top and take hidden tests out."""
        region = re.compile(
            rf"^[^\n]*{re.escape(self.begin)}.*?(?:^[^\n]*{re.escape(self.end)}[^\n]*$|\Z)",
            re.M | re.S,
        )
        for cell in nb.cells:
            if utils.is_grade(cell) and not utils.is_solution(cell):
                cell.source = region.sub("# (tests that are not shown)", cell.source)
        names = resources["nbgrader"]
        root = Path(self._coursedir.root).resolve()
        path = verdict_path(root, names["assignment"], names["student"])
        if path.exists():
            record = json.loads(path.read_text(encoding="utf-8"))
            nb.cells.insert(0, new_markdown_cell(source=summary(record), id="lifkit-summary"))
        return nb, resources


def summary(record: dict[str, Any]) -> str:
    """Return the verdicts of a submission as a table."""
    rows, pad = [], 'style="padding:0.2em 1.2em 0.2em 0;text-align:left;vertical-align:top"'
    for name, item in record["exercises"].items():
        # The likeliest mistake and how to mend it; the whole report stands below the exercise.
        said = " ".join([*item["diagnosis"][:1], *item["hints"][:1]] or item["symptoms"][:1])
        points = f"{item['score']:.4g} / {item['max_score']:.4g}"
        cells = "".join(
            f"<td {pad}>{html.escape(text)}</td>" for text in (name, item["outcome"], points, said)
        )
        rows.append(f"<tr>{cells}</tr>")
    notes = "".join(f"<li>{html.escape(note)}</li>" for note in record["notes"])
    head = "".join(
        f"<th {pad}>{text}</th>" for text in ("Exercise", "Outcome", "Points", "What to look at")
    )
    return (
        f"<h2>{html.escape(record['lab'])}: {record['score']:.4g} of {record['max_score']:.4g} points from "
        "the exercises</h2>\n"
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>\n"
        + (f"<ul>{notes}</ul>\n" if notes else "")
        + "<p>Below: what holds and what does not, exercise by exercise. Questions in words are marked by "
        "hand.</p>"
    )


def write_feedback(root: str, lab: str, student: str) -> None:
    """Write one student's feedback page with nbgrader's own converter."""
    config = load_config(Path(root))
    config.CourseDirectory.assignment_id = lab
    config.CourseDirectory.student_id = student
    use_engine(config)
    config.GenerateFeedback.force = True
    config.Application.log_level = logging.ERROR
    with working_in(Path(root)):
        GenerateFeedback(coursedir=CourseDirectory(config=config), config=config).start()


def write_plainly(root: Path, lab: str, student: str, why: str) -> None:
    """Write a page of plain text, where the usual one would be too much work.

    Parameters
    ----------
    root : Path
    lab, student : str
    why : str
        What was too much.
    """
    coursedir = CourseDirectory(config=load_config(root))
    places = [
        Path(root, coursedir.format_path(folder, student, lab))
        for folder in (coursedir.autograded_directory, coursedir.feedback_directory)
    ]
    cells = json.loads((places[0] / f"{lab}.ipynb").read_text(encoding="utf-8"))["cells"]
    record = json.loads(verdict_path(root, lab, student).read_text(encoding="utf-8"))
    texts = "".join(f"<pre>{html.escape(''.join(cell['source']))}</pre>\n<hr>\n" for cell in cells)
    page = (
        f'<!DOCTYPE html>\n<html lang="en"><meta charset="utf-8"><title>{html.escape(lab)}</title>\n'
        f"<body>\n{summary(record)}\n<p>The notebook is shown as plain text, since its page could not be "
        f"made: {html.escape(why)}.</p>\n{texts}</body></html>\n"
    )
    places[1].mkdir(parents=True, exist_ok=True)
    (places[1] / f"{lab}.html").write_text(page, encoding="utf-8")

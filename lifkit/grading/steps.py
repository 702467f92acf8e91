"""nbgrader's doors: what the course's ``nbgrader_config.py`` names, in the order of its lists.

`SubmissionExporter` reads what was handed in, `Heal` mends it, `Judge` runs it and decides,
`SaveVerdicts` writes the gradebook and the verdict file; `Tidy` makes feedback pages read well.
`prepare` is a hook that lets a lab without its notebook through to the others.
"""

from __future__ import annotations

import datetime
import html
import json
import math
import os
import re
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.preprocessors import Execute, NbGraderPreprocessor, SaveAutoGrades
from traitlets import Bool, Integer, Unicode, default

from . import course
from .cleaning import clean_text
from .heal import Known, Unreadable, heal, placeholder, read_notebook
from .sandbox import Limits
from .work import Job, Result, choose_sandbox, grade, references_of

__all__ = ["Heal", "Judge", "SaveVerdicts", "SubmissionExporter", "Tidy", "prepare"]


def prepare(assignment: str, student: str, notebooks: list[str]) -> None:
    """Let a submission through that lacks the lab's notebook; `SubmissionExporter` says so.

    A hook of nbgrader, called before each submission with the list of its notebooks, which is the
    very list that nbgrader works on.
    """
    if not notebooks:
        return
    folder = Path(notebooks[0]).parent
    course.unlink_traps(folder)
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
        try:
            if why := getattr(self.parent, "given_up", ""):
                raise Unreadable(why)
            notebook = read_notebook(path)
            notebook.metadata["lifkit"] = {"unreadable": ""}
        except Unreadable as error:
            self.log.warning("%s: %s", path, error)
            notebook = placeholder(str(error))
            notebook.metadata["lifkit"] = {"unreadable": str(error)}
        return self.from_notebook_node(notebook, resources=resources, **kw)


class Heal(NbGraderPreprocessor):
    """Takes back old scores, then mends the notebook (see `heal`)."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Mend it; what was done is noted in the notebook."""
        names = resources["nbgrader"]
        where = (names["notebook"], names["assignment"])
        with Gradebook(names["db_url"]) as gradebook:
            forget(gradebook, *where, names["student"])
            known = known_cells(gradebook, *where)
        notes = heal(nb, known)
        found = nb.metadata.get("lifkit", {})
        unreadable = found.get("unreadable", "")
        notes = [] if unreadable else notes  # of a file that is no notebook, all cells are missing
        nb.metadata["lifkit"] = {"unreadable": unreadable, "notes": notes}
        for note in notes:
            self.log.info("%s: %s", names["student"], note)
        return nb, resources


def forget(gradebook: Gradebook, notebook: str, lab: str, student: str) -> None:
    """Take back what was decided before, so that no old score outlives a new attempt to grade."""
    for grade_ in gradebook.find_submission_notebook(notebook, lab, student).grades:
        grade_.auto_score = None
        grade_.needs_manual_grade = True
    gradebook.db.commit()


def known_cells(gradebook: Gradebook, notebook: str, lab: str) -> dict[str, Known]:
    """Read from the gradebook which cells the released notebook has."""
    found = gradebook.find_notebook(notebook, lab)
    graded = {cell.name: float(cell.max_score) for cell in found.grade_cells}
    tasks = {cell.name: float(cell.max_score) for cell in found.task_cells}
    solutions = {cell.name for cell in found.solution_cells}
    return {
        cell.name: Known(
            name=cell.name,
            cell_type=cell.cell_type,
            source=cell.source or "",
            checksum=cell.checksum,
            grade=cell.name in graded,
            solution=cell.name in solutions,
            locked=bool(cell.locked),
            task=cell.name in tasks,
            points=graded.get(cell.name, tasks.get(cell.name)),
        )
        for cell in found.source_cells
    }


class Judge(Execute):
    """Runs a submission in the sandbox, asks it, decides, and shows the verdicts in its check cells.

    Configured by ``c.Execute.timeout`` and the traits below.
    """

    sandbox = Unicode("auto", help="auto, bwrap or off; auto is never off").tag(config=True)
    memory = Integer(2048, help="MB of memory for a submission").tag(config=True)
    figures = Bool(True, help="Whether figures are drawn").tag(config=True)
    seed = Integer(None, allow_none=True, help="Instead of the seed in the file").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any, *_: Any) -> tuple[NotebookNode, Any]:
        """Grade, unless `resources` brings the result along."""
        result: Result | None = resources.get("lifkit_result")
        if result is None:
            result = grade(self.job(nb, resources))
        done = nbformat.reads(result.notebook, as_version=4)
        done.metadata["lifkit"] = {**nb.metadata.get("lifkit", {}), "seconds": result.seconds}
        resources["lifkit"] = {
            "exercises": json.loads(result.verdicts),
            "record": self.record(nb, resources),
        }
        return done, resources

    def job(self, nb: NotebookNode, resources: Any) -> Job:
        """Return the unit of work for a mended notebook."""
        names, root = resources["nbgrader"], self.root
        unreadable = nb.metadata.get("lifkit", {}).get("unreadable", "")
        # What the release brings along (data files) goes on top of what was handed in.
        handed_in = {} if unreadable else course.side_files(self._submitted(names))
        files = handed_in | course.side_files(self._source(names))
        return Job(
            student=names["student"],
            lab=names["assignment"],
            notebook=nbformat.writes(nb),
            files=files,
            points=self._points(nb, names["assignment"]),
            seed=self._seed,
            root=str(root),
            limits=Limits(timeout=float(self.timeout or 30), memory=self.memory),
            sandbox="off" if self.sandbox == "off" else "bwrap",
            figures=self.figures,
            unreadable=unreadable,
        )

    def record(self, nb: NotebookNode, resources: Any) -> dict[str, Any]:
        """Return what the verdict file says about where the verdicts come from."""
        names, root = resources["nbgrader"], self.root
        return {
            "format": 1,
            "lab": names["assignment"],
            "student": names["student"],
            "identity": self.identity(names),
            "rules": course.rules(str(root)),
            "seed": self._seed,
            "sandbox": "off" if self.sandbox == "off" else "bwrap",
            "notes": [
                *(
                    [nb.metadata["lifkit"]["unreadable"]]
                    if nb.metadata["lifkit"]["unreadable"]
                    else []
                ),
                *nb.metadata["lifkit"]["notes"],
            ],
        }

    def identity(self, names: dict[str, str]) -> str:
        """Return what changes when the verdicts might."""
        options = {"timeout": self.timeout, "memory": self.memory, "sandbox": self.sandbox == "off"}
        folder = self._submitted(names)
        return course.identity(folder, self.root, names["assignment"], self._seed, **options)

    @property
    def _coursedir(self) -> Any:
        holder = self.parent
        while not hasattr(holder, "coursedir"):
            holder = holder.parent
        return holder.coursedir

    @property
    def root(self) -> Path:
        """Return the course root."""
        return Path(self._coursedir.root).resolve()

    @property
    def _seed(self) -> int:
        return course.grading_seed(self.root) if self.seed is None else int(self.seed)

    def _submitted(self, names: dict[str, str]) -> Path:
        found = self._coursedir
        return Path(
            found.format_path(found.submitted_directory, names["student"], names["assignment"])
        )

    def _source(self, names: dict[str, str]) -> Path:
        found = self._coursedir
        return Path(found.format_path(found.source_directory, ".", names["assignment"]))

    def _points(self, nb: NotebookNode, lab: str) -> dict[str, float]:
        """Return what each exercise of the lab is worth, in the order of the notebook."""
        points = {}
        for cell in nb.cells:
            marks = cell.metadata.get("nbgrader", {})
            name = str(marks.get("grade_id", "")).removesuffix("_check")
            known = references_of(str(self.root)).get(name)
            if marks.get("grade") and marks["grade_id"] == f"{name}_check" and known is not None:
                if known.exercise.lab == lab:
                    points[name] = float(marks["points"])
        order = [name for name in references_of(str(self.root)) if name in points]
        return {name: points[name] for name in order}


class SaveVerdicts(SaveAutoGrades):
    """Writes the verdicts' scores into the gradebook, and the verdict file beside it."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Save the scores, then the file: where it is, the gradebook is whole."""
        names = resources["nbgrader"]
        self.notebook_id, self.assignment_id = names["notebook"], names["assignment"]
        self.student_id = names["student"]
        with Gradebook(names["db_url"]) as self.gradebook:
            database = self.gradebook.db
            # SaveAutoGrades commits every score by itself, and each waits for the disk.
            commit, database.commit = database.commit, database.flush
            nb, resources = NbGraderPreprocessor.preprocess(self, nb, resources)
            commit()
        decided = resources.get("lifkit")
        if decided is not None:
            exercises = decided["exercises"]
            record = decided["record"] | {
                "score": round(sum(item["score"] for item in exercises.values()), 4),
                "max_score": round(sum(item["max_score"] for item in exercises.values()), 4),
                "exercises": exercises,
            }
            root = Path(self._coursedir.root).resolve()
            _write(course.verdict_path(root, names["assignment"], names["student"]), record)
        return nb, resources

    _coursedir = Judge._coursedir

    def _add_score(self, cell: NotebookNode, resources: Any) -> None:
        marks = cell.metadata["nbgrader"]
        grade_ = self.gradebook.find_grade(
            marks["grade_id"], self.notebook_id, self.assignment_id, self.student_id
        )
        exercises = resources.get("lifkit", {}).get("exercises", {})
        name = marks["grade_id"].removesuffix("_check")
        if marks["grade_id"] == f"{name}_check" and name in exercises:
            grade_.auto_score = exercises[name]["score"]
        else:
            grade_.auto_score = fair_score(cell, self.log)
        manual = grade_.manual_score is not None
        grade_.needs_manual_grade = manual or grade_.auto_score is None
        self.gradebook.db.commit()


def fair_score(cell: NotebookNode, log: Any) -> float | None:
    """Read a score off an instructor's own test cell, as nbgrader does, with its holes closed.

    A warning (anything on stderr) costs nothing; a number that is no number, or is below 0 or above
    the maximum, gives 0.
    """
    if utils.is_solution(cell) or cell.cell_type != "code":
        score, _ = utils.determine_grade(cell, log)
        return None if score is None else float(score)
    most = float(cell.metadata["nbgrader"]["points"])
    if any(output.output_type == "error" for output in cell.outputs):
        return 0.0
    for output in cell.outputs:
        if output.output_type != "execute_result":
            continue
        try:
            score = float("".join(output.data.get("text/plain", "")))
        except ValueError:
            return most  # nbgrader: a result that is no number says nothing about the score
        if not (math.isfinite(score) and 0 <= score <= most):
            log.warning("A test cell gave %r of %g points: counted as 0.", score, most)
            return 0.0
        return score
    return most


def _write(path: Path, record: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".part")
    half.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    half.replace(path)


# Feedback -----------------------------------------------------------------------------------------


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
        path = course.verdict_path(root, names["assignment"], names["student"])
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

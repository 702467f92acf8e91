"""What nbgrader does with a submission that is ours, in the order in which `configure` lists it.

`Repair` mends it, `Judge` runs it and decides, `SaveVerdicts` writes the gradebook and the verdict file.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.preprocessors import Execute, NbGraderPreprocessor, SaveAutoGrades
from traitlets import Bool, Float, Integer, Unicode

from .identity import identity, rules
from .job import Job, Result, grade, references_of
from .limits import Limits
from .marks import answers_of, take_back
from .patches import one_commit
from .settings import Settings
from .submission.files import side_files
from .submission.repair import Known, repair
from .verdict.cases import grading_seed
from .verdict.record import verdict_path, write

__all__ = ["Judge", "Repair", "SaveVerdicts", "fair_score", "known_cells"]


class Repair(NbGraderPreprocessor):
    """Takes back old scores, then mends the notebook (see `submission.repair`)."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Mend it; what was done is noted in the notebook."""
        names = resources["nbgrader"]
        where = (names["notebook"], names["assignment"])
        with Gradebook(names["db_url"]) as gradebook:
            root = Judge(parent=self).root
            settled = take_back(gradebook, root, *where, names["student"])
            known = known_cells(gradebook, *where)
        found = nb.metadata.get("lifkit", {})
        notes = [*found.get("notes", ()), *repair(nb, known)]
        unreadable = found.get("unreadable", "")
        notes = [] if unreadable else notes  # of a file that is no notebook, all cells are missing
        nb.metadata["lifkit"] = {
            **found,
            "unreadable": unreadable,
            "notes": notes,
            "settled": settled,
        }
        for note in notes:
            self.log.info("%s: %s", names["student"], note)
        return nb, resources


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
    rounding = Float(
        0.01, help="Points for exercises are whole multiples of this; 0: not rounded"
    ).tag(config=True)
    carry_forward = Bool(
        False, help="Whether a mistake made in an earlier exercise costs nothing in a later one"
    ).tag(config=True)
    seed = Integer(None, allow_none=True, help="Instead of the seed in the file").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any, *_: Any) -> tuple[NotebookNode, Any]:
        """Grade, unless `resources` brings the result along."""
        result: Result | None = resources.get("lifkit_result")
        if result is None:
            result = grade(self.job(nb, resources))
        done = nbformat.v4.reads(result.notebook)  # whoever wrote it held the schema against it
        done.metadata["lifkit"] = {**nb.metadata.get("lifkit", {}), "seconds": result.seconds}
        resources["lifkit"] = {
            "exercises": json.loads(result.verdicts),
            "record": self.record(nb, resources, result.notes) | {"counted_by": result.counted_by},
        }
        return done, resources

    def job(self, nb: NotebookNode, resources: Any, text: str = "") -> Job:
        """Return the unit of work for a mended notebook; `text` is the same as JSON, where it is known."""
        names, root = resources["nbgrader"], self.root
        unreadable = nb.metadata.get("lifkit", {}).get("unreadable", "")
        # What the release brings along (data files) goes on top of what was handed in.
        handed_in = {} if unreadable else side_files(self._submitted(names))
        files = handed_in | side_files(self._source(names))
        return Job(
            student=names["student"],
            lab=names["assignment"],
            notebook=text or json.dumps(nb),
            files=files,
            points=self._points(nb, names["assignment"]),
            settings=self.settings,
            root=str(root),
            unreadable=unreadable,
        )

    @property
    def settings(self) -> Settings:
        """Return how this submission is graded."""
        return Settings(
            timeout=float(self.timeout or Limits.timeout),
            memory=self.memory,
            seed=self._seed,
            figures=self.figures,
            rounding=self.rounding,
            carry_forward=self.carry_forward,
            sandbox="off" if self.sandbox == "off" else "bwrap",
        )

    def record(self, nb: NotebookNode, resources: Any, notes: Sequence[str] = ()) -> dict[str, Any]:
        """Return what the verdict file says about where the verdicts come from."""
        names, root, settings = resources["nbgrader"], self.root, self.settings
        known = nb.metadata["lifkit"]
        return {
            "format": 1,
            "lab": names["assignment"],
            "student": names["student"],
            "identity": known["identity"],
            "rules": rules(str(root)),
            "seed": settings.seed,
            "sandbox": settings.sandbox,
            "figures": settings.figures,
            "doubts": known.get("doubts", []),
            "notes": [*filter(None, [known["unreadable"]]), *known["notes"], *notes],
        }

    def identity(self, names: dict[str, str]) -> str:
        """Return what changes when the verdicts might."""
        options = {
            "timeout": self.timeout,
            "memory": self.memory,
            "rounding": self.rounding,
            "carry_forward": self.carry_forward,
            "sandbox": self.sandbox == "off",
        }
        folder = self._submitted(names)
        return identity(folder, self.root, names["assignment"], self._seed, **options)

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
        return grading_seed(self.root) if self.seed is None else int(self.seed)

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
        self.answers = answers_of(nb)
        self.settled = nb.metadata.get("lifkit", {}).get("settled", {})
        with Gradebook(names["db_url"]) as self.gradebook:
            with one_commit(self.gradebook.db):
                nb, resources = NbGraderPreprocessor.preprocess(self, nb, resources)
        decided = resources.get("lifkit")
        if decided is not None:
            exercises = decided["exercises"]
            record = decided["record"] | {
                "score": round(sum(item["score"] for item in exercises.values()), 4),
                "max_score": round(sum(item["max_score"] for item in exercises.values()), 4),
                "exercises": exercises,
                "answers": self.answers,
            }
            root = Path(self._coursedir.root).resolve()
            write(verdict_path(root, names["assignment"], names["student"]), record)
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
        manual, name = grade_.manual_score is not None, marks["grade_id"]
        settled = manual and self.settled.get(name, "") == self.answers.get(name)
        grade_.needs_manual_grade = not settled and (manual or grade_.auto_score is None)
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

"""One submission of a class, in nbgrader's own steps: what comes before it is run, and what after it."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import json
import logging
import shutil
import traceback
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde, BaseConverter
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SQLAlchemyError
from traitlets.config import Config

from .job import Job, Result, grade
from .marks import take_back
from .preprocessors import Judge
from .settings import Settings
from .submission.files import side_files, timestamp
from .submission.sanitize import clean_text
from .verdict.record import verdict_path

__all__ = ["Course", "Submissions", "Tally"]


@dataclass(kw_only=True)
class Tally:
    """What a run did.

    Attributes
    ----------
    graded, skipped : list of str
        Students graded now, and those whose verdicts still hold.
    failed : dict of str to str
        Students for whom the grader itself failed, with the reason.
    odd : dict of str to str
        Students whose submission was given a verdict without being understood, with the reason.
    pages : list of str
        Students whose feedback page was written.
    """

    graded: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    odd: dict[str, str] = field(default_factory=dict)
    pages: list[str] = field(default_factory=list)


#: Endings of side files that are copied to where the formgrader shows files: what no browser runs.
SHOWN = frozenset(
    ".bmp .csv .dat .gif .h5 .jpeg .jpg .json .log .mat .md .npy .npz .png .py .toml .tsv .txt .yaml .yml "
    ".zip".split()
) | {""}


class Course(CourseDirectory):
    """nbgrader's, reading time stamps as the hostile files that they may be."""

    def get_existing_timestamp(self, dest_path: str) -> datetime.datetime | None:
        """Return when something was handed in, if its time stamp is one."""
        return timestamp(Path(dest_path))


class PlainCopies(BaseConverter):
    """Stands behind Autograde and copies what was handed in: plain files, and no links."""

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """Copy a submission's side files to where it is graded."""
        if getattr(self, "given_up", ""):
            return
        target = Path(self._format_dest(assignment_id, student_id))
        files = side_files(Path(self._format_source(assignment_id, student_id)))
        for name, data in files.items():
            path = target / name
            # A folder may not stand where a page is written, either.
            if path.suffix.lower() not in SHOWN or ".html/" in name.lower():
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


class Submissions(Autograde, PlainCopies):
    """nbgrader's Autograde, taken apart: what comes before a submission is run, and what after it."""

    handed_out = True

    #: Why the submission at hand can't be run; empty while it can.
    given_up = ""

    def __init__(
        self,
        coursedir: CourseDirectory,
        config: Config,
        settings: Settings,
        progress: Callable[[str, int, int], None],
    ) -> None:
        super().__init__(coursedir=coursedir, config=config)
        self.log = logging.getLogger("lifkit_staff.grading")
        self.settings = settings
        self.progress = progress
        self.tally = Tally()
        self.lab = coursedir.assignment_id
        self.folders: dict[str, Path] = {}
        self._judge = Judge(parent=self)
        self._root = Path(coursedir.root)

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """Do as nbgrader; what has no time stamp does not keep the one of what it replaced."""
        super().init_assignment(assignment_id, student_id)
        folder = self._format_source(assignment_id, student_id)
        if self.coursedir.get_existing_timestamp(folder) is None:
            with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
                gradebook.update_or_create_submission(assignment_id, student_id, timestamp=None)

    def _guarded(self, student: str, step: Callable[[str], Any]) -> Any:
        """Do a step for one student; what goes wrong there is theirs alone, and is reported."""
        try:
            return step(student)
        except (OSError, RuntimeError, SQLAlchemyError) as error:
            # The machine's fault (a full disk, a kernel that does not start): not the submission's.
            if not isinstance(error, RecursionError | NotImplementedError):
                self.log.debug(traceback.format_exc())
                self._failed(student, f"{type(error).__name__}: {error}")
                return None
            self._not_understood(student, error)
        except Exception as error:
            self._not_understood(student, error)
        return None

    def _not_understood(self, student: str, error: Exception) -> None:
        """Give a submission that the grader stumbles over a verdict all the same, and say so."""
        self.log.debug(traceback.format_exc())
        what = clean_text(f"{type(error).__name__}: {error}")[:200]
        why = f"This submission holds something that could not be graded ({what}). Ask your instructor."
        try:
            self._give_up(student, outcome="missing", why=why)
            self.tally.odd[student] = what
        except Exception as again:
            self.log.debug(traceback.format_exc())
            self._failed(student, f"{what}; then {type(again).__name__}: {again}")

    def _give_up(self, student: str, *, outcome: str, why: str) -> None:
        """Write the verdicts on a submission that can't be run."""
        self.given_up = why
        try:
            job = dataclasses.replace(self._prepare(student), outcome=outcome)
            self._write(grade(job), student)
        finally:
            self.given_up = ""

    def _failed(self, student: str, why: str) -> None:
        self.tally.failed[student] = why
        with contextlib.suppress(MissingEntry):
            with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
                take_back(gradebook, self._root, self.lab, self.lab, student)
        verdict_path(self._root, self.lab, student).unlink(missing_ok=True)
        self.progress(student, self._done, len(self.folders))

    @property
    def _done(self) -> int:
        return sum(map(len, (self.tally.graded, self.tally.skipped, self.tally.failed)))

    def _names(self, student: str) -> dict[str, str]:
        return {"student": student, "assignment": self.lab, "notebook": self.lab}

    def _autograded(self, student: str) -> Path:
        return Path(self._format_dest(self.lab, student)) / f"{self.lab}.ipynb"

    def _holds(self, student: str) -> bool:
        """Whether a submission has its verdicts already, and nothing has changed since."""
        if self.settings.force:
            return False
        path = verdict_path(self._root, self.lab, student)
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            same = record["identity"] == self._judge.identity(self._names(student))
            scores = {f"{name}_check": item["score"] for name, item in record["exercises"].items()}
        except Exception:  # whatever is the matter with it, grading it again will tell
            return False
        if not same or not self._autograded(student).is_file():
            return False
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            try:
                found = gradebook.find_submission_notebook(self.lab, self.lab, student).grades
            except MissingEntry:
                return False
            kept = {item.name: item.auto_score for item in found if item.name in scores}
        if kept != scores:
            return False
        self.tally.skipped.append(student)
        return True

    def _prepare(self, student: str) -> Job:
        """Mend a submission and return it as a unit of work."""
        folder = self.folders[student]
        folder_out = self._autograded(student).parent
        shutil.rmtree(folder_out, ignore_errors=True)
        folder_out.mkdir(parents=True, exist_ok=True)  # nbconvert does, but not for the same twice
        wanted = str(folder / f"{self.lab}.ipynb")
        self.notebooks = [wanted]
        self.init_assignment(self.lab, student)
        self._sanitizing = True
        self._init_preprocessors()
        resources = self.init_single_notebook_resources(wanted)
        output, resources = self.exporter.from_filename(wanted, resources=resources)
        verdict_path(self._root, self.lab, student).unlink(missing_ok=True)
        self.write_single_notebook(output, resources)
        from nbformat import v4

        return self._judge.job(v4.reads(output), resources, output)

    def _finish(self, future: Future[Result], student: str) -> None:
        """Write what came back, through nbgrader's own steps."""
        self._write(future.result(), student)

    def _write(self, result: Result, student: str) -> None:
        self._sanitizing = False
        self._init_preprocessors()
        try:
            path = str(self._autograded(student))
            resources = self.init_single_notebook_resources(path)
            resources["lifkit_result"] = result
            output, resources = self.exporter.from_filename(path, resources=resources)
            self.write_single_notebook(output, resources)
        finally:
            self._sanitizing = True
        self.set_permissions(self.lab, student)
        self.tally.graded.append(student)
        self.progress(student, self._done, len(self.folders))

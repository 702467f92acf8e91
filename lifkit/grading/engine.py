"""Grade a class: workers side by side, one process that writes.

The coordinator mends submissions (quick), hands them to an executor as plain data, and writes what
comes back through nbgrader's own steps, one submission at a time.  Whatever happens to one of them,
the others go on; stopped in the middle, it leaves a whole gradebook, and the next run goes on where
it stopped.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import dataclasses
import datetime
import functools
import json
import logging
import shutil
import signal
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbgrader.api
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps.api import NbGraderAPI
from nbgrader.converters import Autograde, BaseConverter, GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SQLAlchemyError
from traitlets.config import Config

from . import course
from .cleaning import clean_text
from .executors import TRIES, local_executor
from .steps import Judge, forget
from .work import Job, Result, grade, make_ready, references_of

__all__ = ["Options", "Outcome", "grade_class", "write_feedback"]


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a class is graded; see `lifkit grade --help`."""

    jobs: int = 1
    students: tuple[str, ...] = ()
    timeout: float = 30.0
    memory: int = 2048
    seed: int | None = None
    force: bool = False
    figures: bool = True
    sandbox: str = "auto"
    scheduler: str | None = None
    feedback: bool = True


@dataclass(kw_only=True)
class Outcome:
    """What a run did.

    Attributes
    ----------
    graded, skipped : list of str
        Students graded now, and those whose verdicts still hold.
    failed : dict of str to str
        Students for whom the grader itself failed, with the reason.
    odd : dict of str to str
        Students whose submission was given a verdict without being understood, with the reason.
    """

    graded: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    odd: dict[str, str] = field(default_factory=dict)


def grade_class(
    root: Path,
    lab: str,
    options: Options,
    *,
    executor: Callable[[int], contextlib.AbstractContextManager[Executor]],
    progress: Callable[[str, int, int], None] = lambda student, done, total: None,
) -> Outcome:
    """Grade the submissions of a lab.

    Parameters
    ----------
    root : Path
        The course root.
    lab : str
    options : Options
    executor : callable
        Makes the executor from the number of jobs.
    progress : callable
        Told each student's name with the number done and the number to do.

    Returns
    -------
    Outcome

    Raises
    ------
    SandboxUnavailable
        If there is no sandbox and none was renounced.
    ValueError
        If there is no such lab.
    """
    root = root.resolve()
    config = _configured(root, lab, options)
    with course.working_in(root), _one_database_engine():
        coursedir = _Course(config=config)
        _ensure_assignment(root, lab, coursedir, config)
        with _Stop() as stop:
            engine = _Engine(coursedir, config, options, progress, stop)
            engine.permissions = 644  # so that the next run may replace them
            engine.init_notebooks()
            engine.start_with(executor)
            if options.feedback:
                engine.write_pages()
    return engine.outcome


@contextlib.contextmanager
def _one_database_engine() -> Iterator[None]:
    """Have all of nbgrader's gradebooks share SQLAlchemy's engine, and what it has compiled.

    nbgrader opens the gradebook anew for every step of every submission, each time with an engine that
    has to compile every query once more: a third of the time that a submission takes here.
    """
    usual = nbgrader.api.create_engine
    nbgrader.api.create_engine = functools.cache(usual)
    try:
        yield
    finally:
        nbgrader.api.create_engine = usual


def _configured(root: Path, lab: str, options: Options) -> Config:
    config = course.load_config(root)
    config.CourseDirectory.assignment_id = lab
    course.use_engine(config)  # also where its nbgrader_config.py does not
    config.Exporter.optimistic_validation = True  # once at the end, not after each of 13 steps
    config.Execute.timeout = int(options.timeout)
    config.Judge.update(
        memory=options.memory, sandbox=options.sandbox, figures=options.figures, seed=options.seed
    )
    return config


def _ensure_assignment(root: Path, lab: str, coursedir: CourseDirectory, config: Config) -> None:
    """Put the lab into the gradebook, where nobody has done so yet."""
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        with contextlib.suppress(MissingEntry):
            gradebook.find_notebook(lab, lab)
            return
    if not (
        Path(coursedir.format_path(coursedir.source_directory, ".", lab)) / f"{lab}.ipynb"
    ).is_file():
        labs = sorted(
            path.parent.name for path in root.glob(f"{coursedir.source_directory}/*/*.ipynb")
        )
        raise ValueError(f"There is no lab called {lab!r}; there are: {', '.join(labs) or 'none'}.")
    result = NbGraderAPI(coursedir, config=config).generate_assignment(lab, force=True, create=True)
    if not result["success"]:
        raise ValueError(f"nbgrader generate_assignment {lab} failed:\n{result['log']}")


#: Side files that a browser would run, were they copied to where the formgrader shows files; some of
#: them would also stand where nbgrader writes its pages.
ACTIVE = {".html", ".htm", ".xhtml", ".svg", ".xml", ".js", ".mjs"}


class _Course(CourseDirectory):
    """nbgrader's, reading time stamps as the hostile files that they may be."""

    def get_existing_timestamp(self, dest_path: str) -> datetime.datetime | None:
        """Return when something was handed in, if its time stamp is one."""
        return course.timestamp(Path(dest_path))


class _PlainCopies(BaseConverter):
    """Stands behind Autograde and copies what was handed in: plain files, and no links."""

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """Copy a submission's side files to where it is graded."""
        if getattr(self, "given_up", ""):
            return
        target = Path(self._format_dest(assignment_id, student_id))
        files = course.side_files(Path(self._format_source(assignment_id, student_id)))
        for name, data in files.items():
            if any(Path(part).suffix.lower() in ACTIVE for part in name.split("/")):
                continue
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


class _Engine(Autograde, _PlainCopies):
    """nbgrader's Autograde with the running of submissions handed out."""

    handed_out = True

    #: Why the submission at hand can't be run; empty while it can.
    given_up = ""

    def __init__(
        self,
        coursedir: CourseDirectory,
        config: Config,
        options: Options,
        progress: Callable[[str, int, int], None],
        stop: _Stop,
    ) -> None:
        super().__init__(coursedir=coursedir, config=config)
        self._stop = stop
        self.log = logging.getLogger("lifkit.grading")
        self.options = options
        self.progress = progress
        self.outcome = Outcome()
        self.lab = coursedir.assignment_id
        self._result: Result | None = None
        self._judge = Judge(parent=self)
        self._root = Path(coursedir.root)

    def init_notebooks(self) -> None:
        """Find the submissions, those without any notebook included."""
        pattern = self.coursedir.format_path(self.coursedir.submitted_directory, "*", self.lab)
        folders = sorted(path for path in map(Path, _glob(pattern)) if path.is_dir())
        self.folders = {path.parent.name: path for path in folders}
        wanted = self.options.students
        unknown = [student for student in wanted if student not in self.folders]
        if unknown:
            raise ValueError(f"Nothing was handed in for {self.lab} by: {', '.join(unknown)}.")
        if wanted:
            self.folders = {student: self.folders[student] for student in wanted}
        if not self.folders:
            raise ValueError(f"Nothing was handed in for {self.lab}: no folder matches {pattern}.")

    def start_with(
        self, executor: Callable[[int], contextlib.AbstractContextManager[Executor]]
    ) -> None:
        """Grade all that is to be graded."""
        from nbconvert.writers import FilesWriter

        self.writer = FilesWriter(parent=self, config=self.config)
        self.exporter = self.exporter_class(parent=self, config=self.config)
        todo = [student for student in self.folders if not self._holds(student)]
        if not todo:
            return
        jobs = self._jobs(len(todo))
        self._total = len(self.folders)
        todo_now = iter(todo)
        while True:  # again with a new pool, where one was lost
            with executor(jobs) as pool:
                # Where submissions will run, before anything is taken back; all workers warm up.
                ready = [
                    pool.submit(make_ready, self.options.sandbox, self._root) for _ in range(jobs)
                ]
                references_of(str(self._root))  # needed here too, and there is time
                self._wait(ready[:1])
                ready[0].result()
                lost = self._through(pool, todo_now, 2 * jobs)
            for student in lost:
                self._alone(executor, student)
            if not lost:
                break

    def _jobs(self, todo: int) -> int:
        # A worker takes some seconds to warm up: two submissions are the least that it is worth.
        return max(1, min(self.options.jobs, (todo + 1) // 2))

    def _alone(
        self,
        executor: Callable[[int], contextlib.AbstractContextManager[Executor]],
        student: str,
    ) -> None:
        """Grade one that was under way when a worker was lost, where it can harm nobody else."""
        for _ in range(TRIES - 1):
            with executor(1) as pool:
                if not self._through(pool, iter([student]), 1):
                    return
        self._guarded(
            student,
            functools.partial(
                self._give_up,
                outcome="crashed",
                why="The process that looked at this submission ended each time. Nothing else is known "
                "of it: ask your instructor.",
            ),
        )

    def _through(self, pool: Executor, todo: Iterator[str], most: int) -> list[str]:
        """Send submissions through the pool; return those that were lost with it."""
        running: dict[Future[Result], str] = {}
        try:
            while True:
                while len(running) < most and (student := next(todo, None)) is not None:
                    self._stop.here()
                    job = self._guarded(student, self._prepare)
                    try:
                        if job is not None:
                            running[pool.submit(grade, job)] = student
                    except BrokenProcessPool:
                        return [student, *running.values()]
                if not running:
                    return []
                for future in self._wait(running):
                    self._stop.here()
                    student = running.pop(future)
                    if isinstance(future.exception(), BrokenProcessPool):
                        return [student, *running.values()]
                    self._guarded(student, functools.partial(self._finish, future))
        except BaseException:
            for future in running:
                future.cancel()
            raise

    def _wait(self, futures: Iterable[Future[Any]]) -> set[Future[Any]]:
        """Wait until one of them is done, and stop where that was asked for."""
        while True:
            self._stop.here()
            done, _ = concurrent.futures.wait(futures, timeout=0.2, return_when=FIRST_COMPLETED)
            if done:
                return done

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
            self.outcome.odd[student] = what
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
        self.outcome.failed[student] = why
        with contextlib.suppress(MissingEntry):
            with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
                forget(gradebook, self.lab, self.lab, student)
        course.verdict_path(self._root, self.lab, student).unlink(missing_ok=True)
        self.progress(student, self._done, self._total)

    @property
    def _done(self) -> int:
        return sum(map(len, (self.outcome.graded, self.outcome.skipped, self.outcome.failed)))

    # One submission -----------------------------------------------------------------------------

    def _names(self, student: str) -> dict[str, str]:
        return {"student": student, "assignment": self.lab, "notebook": self.lab}

    def _autograded(self, student: str) -> Path:
        return Path(self._format_dest(self.lab, student)) / f"{self.lab}.ipynb"

    def _holds(self, student: str) -> bool:
        """Whether a submission has its verdicts already, and nothing has changed since."""
        if self.options.force:
            return False
        path = course.verdict_path(self._root, self.lab, student)
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
        self.outcome.skipped.append(student)
        return True

    def _prepare(self, student: str) -> Job:
        """Mend a submission and return it as a unit of work."""
        folder = self.folders[student]
        course.verdict_path(self._root, self.lab, student).unlink(missing_ok=True)
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
        self.write_single_notebook(output, resources)
        import nbformat

        return self._judge.job(nbformat.reads(output, as_version=4), resources)

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
        self.outcome.graded.append(student)
        self.progress(student, self._done, self._total)

    def write_pages(self) -> None:
        """Write the feedback pages that are not there, or older than the verdicts they show."""
        todo = [
            student
            for student in [*self.outcome.graded, *self.outcome.skipped]
            if not self._has_page(student)
        ]
        if not todo:
            return
        jobs = self._jobs(len(todo))
        with local_executor(jobs, None) as pool:
            pages = {
                pool.submit(write_feedback, str(self._root), self.lab, student): student
                for student in todo
            }
            while pages:
                for future in self._wait(pages):
                    student, error = pages.pop(future), future.exception()
                    if error is not None:
                        why = f"feedback page: {type(error).__name__}: {error}"
                        self.outcome.failed[student] = why

    def _has_page(self, student: str) -> bool:
        folder = self.coursedir.format_path(self.coursedir.feedback_directory, student, self.lab)
        try:
            page = (Path(folder) / f"{self.lab}.html").stat().st_mtime
            return page >= course.verdict_path(self._root, self.lab, student).stat().st_mtime
        except OSError:
            return False


class _Stop:
    """Turns Ctrl-C into an end between two submissions; a second one ends at once."""

    def __init__(self) -> None:
        self._asked = False

    def here(self) -> None:
        """Raise KeyboardInterrupt, if Ctrl-C was pressed: nothing is half-written here."""
        if self._asked:
            raise KeyboardInterrupt

    def _ask(self, number: int, frame: Any) -> None:
        if self._asked:
            raise KeyboardInterrupt
        self._asked = True

    def __enter__(self) -> _Stop:
        self._before = None
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._ask)
        return self

    def __exit__(self, *exc_info: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)


def write_feedback(root: str, lab: str, student: str) -> None:
    """Write one student's feedback page with nbgrader's own converter."""
    config = course.load_config(Path(root))
    config.CourseDirectory.assignment_id = lab
    config.CourseDirectory.student_id = student
    course.use_engine(config)
    config.GenerateFeedback.force = True
    config.Application.log_level = logging.ERROR
    with course.working_in(Path(root)):
        GenerateFeedback(coursedir=CourseDirectory(config=config), config=config).start()


def _glob(pattern: str) -> list[str]:
    import glob

    return glob.glob(pattern)

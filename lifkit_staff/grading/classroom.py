"""Grade a class: workers side by side, one process that writes.

The coordinator mends submissions (quick), hands them to an executor as plain data, and writes what
comes back through nbgrader's own steps, one submission at a time.  Whatever happens to one of them,
the others go on; stopped in the middle, it leaves a whole gradebook, and the next run goes on where
it stopped.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import functools
import glob
import queue
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from ..course import load_config, working_in
from .bounded import Helper, TooMuch
from .configure import use_engine
from .feedback import has_page, page_path, page_state, write_plainly
from .job import Result, check_references, grade, make_ready
from .limits import TRIES
from .patches import one_database_engine
from .settings import Settings
from .stop import Stop
from .submissions import Course, Submissions, Tally
from .totals import Total, totals
from .verdict.record import verdict_path

__all__ = ["grade_class", "write_feedback_pages"]


def grade_class(
    root: Path,
    lab: str,
    settings: Settings,
    *,
    executor: Callable[[int], contextlib.AbstractContextManager[Executor]],
    progress: Callable[[str, int, int], None] = lambda student, done, total: None,
) -> Tally:
    """Grade the submissions of a lab.

    Parameters
    ----------
    root : Path
        The course root.
    lab : str
    settings : Settings
    executor : callable
        Makes the executor from the number of jobs.
    progress : callable
        Told each student's name with the number done and the number to do.

    Returns
    -------
    Tally

    Raises
    ------
    SandboxUnavailable
        If there is no sandbox and none was renounced.
    ValueError
        If there is no such lab.
    """
    with _opened(root.resolve(), lab, settings, progress) as classroom:
        _ensure_assignment(root.resolve(), lab, classroom.coursedir, classroom.config)
        classroom.permissions = 644  # so that the next run may replace them
        classroom.init_notebooks()
        classroom.start_with(executor)
        if settings.feedback:
            classroom.write_pages([*classroom.tally.graded, *classroom.tally.skipped])
    return classroom.tally


def write_feedback_pages(root: Path, lab: str, settings: Settings) -> Tally:
    """Write the feedback pages that are out of date, of submissions that were graded.

    `settings` say whose pages, on how many processes, and whether all of them; see `grade_class`.
    """
    root = root.resolve()
    with _opened(root, lab, settings) as classroom:
        classroom.init_notebooks()
        known = [name for name in classroom.folders if verdict_path(root, lab, name).is_file()]
        if not known:
            raise ValueError(f"Nothing is graded of {lab}: run `lifkit grade {lab}` first.")
        classroom.write_pages(known)
    return classroom.tally


@contextlib.contextmanager
def _opened(
    root: Path,
    lab: str,
    settings: Settings,
    progress: Callable[[str, int, int], None] = lambda student, done, total: None,
) -> Iterator[_Classroom]:
    """Give the class, standing in its folder; Ctrl-C then ends between two submissions."""
    config = _configured(root, lab, settings)
    with working_in(root), one_database_engine(), Stop() as stop:
        yield _Classroom(Course(config=config), config, settings, progress, stop)


def _configured(root: Path, lab: str, settings: Settings) -> Config:
    config = load_config(root)
    config.CourseDirectory.assignment_id = lab
    use_engine(config)  # also where its nbgrader_config.py does not
    config.Exporter.optimistic_validation = True  # once at the end, not after each of 13 steps
    settings.configure(config)
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


class _Classroom(Submissions):
    """The submissions of a class, with the running of them handed out."""

    def __init__(
        self,
        coursedir: CourseDirectory,
        config: Config,
        settings: Settings,
        progress: Callable[[str, int, int], None],
        stop: Stop,
    ) -> None:
        super().__init__(coursedir, config, settings, progress)
        self._stop = stop

    def init_notebooks(self) -> None:
        """Find the submissions, those without any notebook included."""
        directory = self.coursedir.submitted_directory
        pattern = glob.escape(self.coursedir.format_path(directory, "STUDENT", self.lab))
        pattern = pattern.replace("STUDENT", "*")
        folders = sorted(path for path in map(Path, glob.glob(pattern)) if path.is_dir())
        self.folders = {path.parent.name: path for path in folders}
        wanted = self.settings.students
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
        todo_now = iter(todo)
        while True:  # again with a new pool, where one was lost
            with executor(jobs) as pool:
                # Where submissions will run, before anything is taken back; all workers warm up.
                ready = [
                    pool.submit(make_ready, self.settings.sandbox, self._root) for _ in range(jobs)
                ]
                check_references(str(self._root), self.lab)  # needed here too, and there is time
                self._wait(ready[:1])
                ready[0].result()
                lost = self._through(pool, todo_now, 2 * jobs)
            for student in lost:
                self._alone(executor, student)
            if not lost:
                break

    def _jobs(self, todo: int) -> int:
        # A worker takes some seconds to warm up: two submissions are the least that it is worth.
        return max(1, min(self.settings.jobs, (todo + 1) // 2))

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

    def write_pages(self, students: Iterable[str]) -> None:
        """Write the feedback pages that are not there, or don't show what is so now."""
        points = totals(self._root, self.lab)
        states = {
            student: page_state(self._root, self.lab, student, points.get(student, Total()))
            for student in students
        }
        todo = [
            student
            for student, state in states.items()
            if self.settings.force
            or not has_page(page_path(self.coursedir, self.lab, student), state)
        ]
        if not todo:
            return
        jobs = self._jobs(len(todo))
        helpers = [Helper() for _ in range(jobs)]
        free = queue.SimpleQueue[Helper]()
        for helper in helpers:
            free.put(helper)

        def write(student: str) -> None:
            helper = free.get()
            try:
                helper.do("feedback", str(self._root), self.lab, student, states[student])
            finally:
                free.put(helper)

        pool = ThreadPoolExecutor(jobs)
        try:
            pages = {pool.submit(write, student): student for student in todo}
            while pages:
                for future in self._wait(pages):
                    student = pages.pop(future)
                    self._written(future, student, states[student])
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            for helper in helpers:
                helper.end()

    def _written(self, page: Future[None], student: str, state: str) -> None:
        """See to it that a student has a page, if need be one of plain text."""
        error = page.exception()
        if isinstance(error, TooMuch):
            try:
                write_plainly(self._root, self.lab, student, state, str(error))
                error = None
            except Exception as again:
                error = again
        if error is None:
            self.tally.pages.append(student)
        else:
            self.tally.failed[student] = f"feedback page: {type(error).__name__}: {error}"

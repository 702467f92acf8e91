"""The commands `lifkit grade` and `lifkit feedback`: what writes a class's grades and pages."""

from __future__ import annotations

import argparse
import functools
import gc
import logging
import os
import sys
import traceback
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..course import find_root
from .box.errors import SandboxUnavailable
from .limits import LEAST_MEMORY
from .settings import Settings

__all__ = [
    "add_feedback_arguments",
    "add_grade_arguments",
    "grade",
    "write_pages",
]


def add_grade_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `lifkit grade`."""
    parser.add_argument("lab", help="the lab's name, e.g. lab2")
    parser.add_argument("--root", type=Path, help="the course's folder (the one you are in)")
    parser.add_argument(
        "--jobs",
        type=_positive,
        default=os.cpu_count() or 1,
        metavar="N",
        help="submissions at the same time (one a core: %(default)s)",
    )
    parser.add_argument(
        "--student",
        action="append",
        default=[],
        metavar="ID",
        help="this student only; may be given several times",
    )
    parser.add_argument(
        "--timeout",
        type=float,
        default=30,
        metavar="S",
        help="seconds for a cell, and for an exercise (%(default)g)",
    )
    parser.add_argument(
        "--memory",
        type=_enough,
        default=2048,
        metavar="MB",
        help="memory of a submission, all its processes together (%(default)s)",
    )
    parser.add_argument(
        "--seed",
        type=int,
        metavar="N",
        help="use this grading seed instead of the one in the file grading_seed",
    )
    parser.add_argument(
        "--force", action="store_true", help="grade again what has not changed, too"
    )
    parser.add_argument(
        "--figures",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="draw the notebooks' figures (yes: you see them when marking by hand; "
        "--no-figures takes half the time)",
    )
    parser.add_argument(
        "--feedback",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="write the feedback pages (yes)",
    )
    parser.add_argument(
        "--sandbox",
        choices=("auto", "bwrap", "off"),
        default="auto",
        help="auto: the strongest there is, never off; off: run submissions as you, unprotected",
    )
    parser.add_argument(
        "--scheduler", metavar="ADDRESS", help="use the workers of this Dask cluster"
    )
    parser.set_defaults(run=grade)


def add_feedback_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `lifkit feedback`."""
    from .lms.commands import add_roster_argument

    parser.add_argument("lab", help="the lab's name, e.g. lab2")
    parser.add_argument("--root", type=Path, help="the course's folder (the one you are in)")
    parser.add_argument("--student", action="append", default=[], metavar="ID", help="only theirs")
    parser.add_argument("--force", action="store_true", help="those that are up to date, too")
    parser.add_argument(
        "--zip",
        type=Path,
        metavar="ZIP",
        help="the submissions as Moodle gave them: pack the pages for Moodle, too",
    )
    add_roster_argument(parser)
    parser.set_defaults(run=write_pages)


def write_pages(options: argparse.Namespace) -> int:
    """Write the feedback pages that are out of date: after marking, moved due dates, overrides."""
    from . import classroom
    from .lms.commands import pack_pages

    students = tuple(dict.fromkeys(options.student))
    settings = Settings(jobs=os.cpu_count() or 1, students=students, force=options.force)
    logging.getLogger("lifkit_staff.grading").setLevel(logging.ERROR)
    done = classroom.write_feedback_pages(find_root(options.root), options.lab, settings)
    for student, why in sorted(done.failed.items()):
        print(f"{student}: {why}", file=sys.stderr)
    print(f"{len(done.pages)} pages written; the others are up to date.")
    missing = pack_pages(options) if options.zip else ()
    return 1 if done.failed or missing else 0


def grade(options: argparse.Namespace) -> int:
    """Grade, show progress, then the class.

    Returns
    -------
    int
        0 when every submission has its verdicts, whatever they are.
    """
    from . import executors

    root = find_root(options.root)
    if options.sandbox == "off":
        print("Without a sandbox: submissions run as you and can do what you can.", file=sys.stderr)
    if options.scheduler:
        executor = functools.partial(executors.cluster_executor, address=options.scheduler)
        return _grade(options, root, executor)
    with executors.fork_server(options.sandbox) as server:  # it starts while nbgrader is imported
        return _grade(options, root, functools.partial(executors.local_executor, server=server))


def _grade(options: argparse.Namespace, root: Path, executor: Any) -> int:
    gc.disable()  # what is imported stays, and to look through it again and again takes 0.3 s
    try:
        from sqlalchemy.exc import SQLAlchemyError

        from . import classroom
    except ImportError as error:
        print(f"lifkit: {_unusable(error)}", file=sys.stderr)
        return 1
    finally:
        gc.enable()
    logging.getLogger("lifkit_staff.grading").setLevel(logging.ERROR)
    # What SQLAlchemy has to say about nbgrader's own way of using it is nothing to an instructor.
    warnings.filterwarnings("ignore", message="Object of type .* not in session")
    settings = Settings.from_arguments(options)
    _say_who_reads(root)
    try:
        with _Bar(f"Grading {options.lab}") as bar:
            done = classroom.grade_class(
                root, options.lab, settings, progress=bar.show, executor=executor
            )
    except (SandboxUnavailable, OSError, SQLAlchemyError) as error:
        print(f"lifkit: {_sentence(root, error)}", file=sys.stderr)
        return 1
    _say(options.lab, root, done, settings.students)
    return 1 if done.failed else 0


def _say(lab: str, root: Path, done: object, students: Sequence[str] = ()) -> None:
    from .report import class_table, printable
    from .submissions import Tally
    from .totals import totals
    from .verdict.record import read_all

    assert isinstance(done, Tally)
    if done.skipped:
        print(f"{len(done.skipped)} unchanged since they were graded (--force grades them again).")
    for student, why in sorted(done.odd.items()):
        said = f"look at this one; it could not be graded: {printable(why)}"
        print(f"{printable(student)}: {said}", file=sys.stderr)
    for student, why in sorted(done.failed.items()):
        said = f"NOT GRADED, the grader itself failed: {printable(why)}"
        print(f"{printable(student)}: {said}", file=sys.stderr)
    records = [one for one in read_all(root, lab) if not students or one["student"] in students]
    print(class_table(records, totals(root, lab)))


def _say_who_reads(root: Path) -> None:
    """Say at the first run if others on this machine can read solutions, gradebook and verdicts."""
    if (root / "verdicts").exists() or os.name != "posix":
        return
    if os.stat(root).st_mode & 0o005 == 0o005:
        print(
            f"Everybody on this machine can read {root}: solutions, gradebook and verdicts. To keep them "
            f"to yourself: chmod go-rwx {root}",
            file=sys.stderr,
        )


def _unusable(error: ImportError) -> str:
    """Say which package of this environment can't be used, and what may have led to another one."""
    frames = list(traceback.walk_tb(error.__traceback__))
    where = frames[-1][0].f_code.co_filename
    paths = os.environ.get("PYTHONPATH")
    led = f" PYTHONPATH={paths} comes before the environment: unset it." if paths else ""
    return (
        f"This Python environment ({sys.prefix}) can't be used: {where}: {str(error).strip()}.{led} To set "
        "it up anew, with the packages it was tested with: make setup."
    )


def _sentence(root: Path, error: Exception) -> str:
    """Say what kept a class from being graded, and how to go on."""
    if isinstance(error, SandboxUnavailable):
        return str(error)
    goes_on = "What is graded stays; the next run goes on from there."
    if isinstance(error, OSError):
        where = error.filename or root
        return (
            f"{where}: {error.strerror or error}. The course's folder has to be there, and writable for "
            f"you. {goes_on}"
        )
    what = str(getattr(error, "orig", None) or error).splitlines()[0]
    return (
        f"The gradebook in {root} can't be used: {what}. Close what else uses it (the formgrader, another "
        f"lifkit or nbgrader), and see that you may write it. {goes_on}"
    )


class _Bar:
    """A progress bar with rate and remaining time; plain lines where there is no terminal."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._bar: Any = None

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *exc_info: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def show(self, student: str, done: int, total: int) -> None:
        from tqdm import tqdm

        if self._bar is None:
            self._bar = tqdm(
                desc=self._title,
                total=total,
                initial=done - 1,
                unit=" submissions",
                mininterval=0.2,
                disable=None,
            )
        self._bar.set_postfix_str(student, refresh=False)
        self._bar.update(done - self._bar.n)


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number above 0")
    return value


def _enough(text: str) -> int:
    value = _positive(text)
    if value < LEAST_MEMORY:
        raise argparse.ArgumentTypeError(
            f"with {value} MB no kernel starts; {LEAST_MEMORY} are the least"
        )
    return value

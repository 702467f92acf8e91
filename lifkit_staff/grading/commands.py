"""The commands `lifkit grade` and `lifkit report`."""

from __future__ import annotations

import argparse
import functools
import gc
import logging
import os
import sys
import warnings
from pathlib import Path
from typing import Any

from ..course import find_root
from .box.errors import SandboxUnavailable
from .settings import Settings
from .verdict.record import read_all

__all__ = ["add_grade_arguments", "add_report_arguments", "grade", "show_report"]


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
        help="wall seconds for a cell, and for an exercise (%(default)g)",
    )
    parser.add_argument(
        "--memory",
        type=_positive,
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


def add_report_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `lifkit report`."""
    parser.add_argument("lab", help="the lab's name, e.g. lab2")
    parser.add_argument("--root", type=Path, help="the course's folder (the one you are in)")
    parser.add_argument(
        "--csv", type=Path, metavar="FILE", help="write one row a student and exercise"
    )
    parser.add_argument("--figure", type=Path, metavar="FILE", help="draw it (PNG, SVG or PDF)")
    parser.set_defaults(run=show_report)


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
        from . import classroom
    finally:
        gc.enable()
    logging.getLogger("lifkit_staff.grading").setLevel(logging.ERROR)
    # What SQLAlchemy has to say about nbgrader's own way of using it is nothing to an instructor.
    warnings.filterwarnings("ignore", message="Object of type .* not in session")
    settings = Settings.from_arguments(options)
    try:
        with _Bar(f"Grading {options.lab}") as bar:
            done = classroom.grade_class(
                root, options.lab, settings, progress=bar.show, executor=executor
            )
    except SandboxUnavailable as error:
        print(f"lifkit: {error}", file=sys.stderr)
        return 1
    _say(options.lab, root, done)
    return 1 if done.failed else 0


def _say(lab: str, root: Path, done: object) -> None:
    from . import report
    from .submissions import Outcome

    assert isinstance(done, Outcome)
    if done.skipped:
        print(f"{len(done.skipped)} unchanged since they were graded (--force grades them again).")
    for student, why in sorted(done.odd.items()):
        print(f"{student}: look at this one; it could not be graded: {why}", file=sys.stderr)
    for student, why in sorted(done.failed.items()):
        print(f"{student}: NOT GRADED, the grader itself failed: {why}", file=sys.stderr)
    print(report.class_table(read_all(root, lab)))


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


def show_report(options: argparse.Namespace) -> int:
    """Show how the class did, or write it down."""
    from . import report

    root = find_root(options.root)
    records = read_all(root, options.lab)
    if not records:
        raise FileNotFoundError(
            f"There are no verdicts on {options.lab} in {root / 'verdicts'}: run "
            f"`lifkit grade {options.lab}` first."
        )
    if options.csv:
        report.write_csv(records, options.csv)
        print(options.csv)
    if options.figure:
        report.draw(records).savefig(options.figure)
        print(options.figure)
    if not options.csv and not options.figure:
        print(report.overview(records))
    return 0


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number above 0")
    return value

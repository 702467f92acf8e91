"""What grading spends the processor on: the submissions' own code and figures, or itself.

One after the other in this process, pages included.  What a class needs once in each run, starting and a
helper that writes pages, is counted; what a process needs once, in its first submission, is not.
LIFKIT_BENCHMARK_CLASS and LIFKIT_BENCHMARK_LAB as for `grading`, but 30 submissions unless told.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import os
import resource
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from lifkit_staff.grading import classroom, executors
from lifkit_staff.grading.box.sandbox import Box
from lifkit_staff.grading.kernel.client import Kernel
from lifkit_staff.grading.settings import Settings

from .grading import LAB, make_course

COUNT = int(os.environ.get("LIFKIT_BENCHMARK_CLASS", "30"))


def main() -> None:
    warnings.simplefilter("ignore")
    print(f"{LAB}, {COUNT} submissions, seconds of a processor for each\n")
    print(f"{'':14}{'own code':>10}{'all':>8}{'share':>8}")
    with tempfile.TemporaryDirectory() as scratch:
        course = make_course(Path(scratch) / "course", plain=False, size=COUNT + 1)
        with contextlib.chdir(course):
            for title, figures in (("with figures", True), ("without", False)):
                own, everything = (seconds / COUNT for seconds in spent(course, figures))
                share = own / everything
                print(f"{title:14}{own:10.2f}{everything:8.2f}{share:8.0%}", flush=True)


def spent(course: Path, figures: bool) -> tuple[float, float]:
    """Grade the class; return the processor's seconds of cells and answers, and of everything."""
    students = tuple(f"student{number:03d}" for number in range(COUNT + 1))
    seconds: Counter[str] = Counter()
    with executors.fork_server("auto") as server, counted(seconds):
        executors.adopt(server.channel)
        for part in (students[:1], students[1:]):
            seconds.clear()
            before = here()
            settings = Settings(jobs=1, force=True, figures=figures, students=part)
            classroom.grade_class(course, LAB, settings, executor=one_after_the_other)
        # Before the fork server is waited for, which brings its kernels' seconds along.
        return seconds["own"], seconds["box"] + here() - before


def here() -> float:
    """Return the seconds of this process and of the helpers that it has waited for."""
    used = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


@contextlib.contextmanager
def counted(seconds: Counter[str]) -> Iterator[None]:
    """Count what boxes work: in all, and while a cell runs or an exercise is asked."""

    def own(method: Callable[..., Any]) -> Callable[..., Any]:
        def run(kernel: Kernel, *args: Any, **options: Any) -> Any:
            assert kernel.box is not None, "this machine has no sandbox"
            before = kernel.box.work()
            try:
                return method(kernel, *args, **options)
            finally:
                seconds["own"] += max(kernel.box.work() - before, 0.0)

        return run

    kill = Box.kill

    def killed(box: Box) -> None:
        if box.pidfd >= 0:
            seconds["box"] += box.work()
        kill(box)

    with contextlib.ExitStack() as stack:
        for name in ("execute", "evaluate"):
            stack.enter_context(mock.patch.object(Kernel, name, own(getattr(Kernel, name))))
        stack.enter_context(mock.patch.object(Box, "kill", killed))
        yield


@contextlib.contextmanager
def one_after_the_other(jobs: int) -> Iterator[concurrent.futures.Executor]:
    """Stand in for a pool of processes."""

    class Here(concurrent.futures.Executor):
        def submit(self, function: Callable[..., Any], /, *args: Any, **options: Any) -> Any:
            future: concurrent.futures.Future[Any] = concurrent.futures.Future()
            try:
                future.set_result(function(*args, **options))
            except Exception as error:
                future.set_exception(error)
            return future

    yield Here()

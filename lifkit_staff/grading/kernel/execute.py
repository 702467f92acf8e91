"""Execute a submission's notebook and ask its kernel for answers, in a new one where one dies.

A cell that kills its kernel is left out the next time; an exercise that does so costs itself only.
Every output is counted, so that a flood fills neither the notebook nor the grader.
"""

from __future__ import annotations

import itertools
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from nbformat import NotebookNode

from lifkit.judge import Attempt, Case, Exercise

from ..limits import ANSWERS, KERNELS, Limits
from .answers import Unreadable, read
from .client import Kernel, Reply
from .outputs import Outputs, error
from .questions import question, reminder

__all__ = ["Heard", "Question", "Run", "run"]


_SENTENCES = {
    "timeout": "This cell was stopped: it did not end within {timeout:g} s.",
    "crashed": "The Python process ended in this cell (it exited, or was ended by a serious error).",
    "out of memory": "This cell was stopped: it used more than {memory} MB of memory.",
    "too many processes": "This cell was stopped: it started more than {processes} processes, or kept "
    "several processor cores busy.",
    "flood": "This cell was stopped: it sent more output than can be taken.",
    "no time": "This cell was not run: the notebook had already used all its time ({wall:g} s).",
    "not run": "This cell was not run: too many cells before it ended the Python process.",
}


@dataclass(frozen=True, kw_only=True)
class Question:
    """An exercise and the cases it is asked about."""

    exercise: Exercise
    cases: tuple[Case, ...]


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What came of asking for an exercise.

    Attributes
    ----------
    status : str
        ``"answered"``, ``"missing"``, ``"unreadable"``, or how the kernel ended (see `Reply`).
    attempt : Attempt or None
        The answers.
    names : tuple of str
        When it is missing: names that are there.
    text : str
        When it is unreadable: why.
    """

    status: str
    attempt: Attempt | None = None
    names: tuple[str, ...] = ()
    text: str = ""


@dataclass(kw_only=True)
class Run:
    """A notebook that was run.

    Attributes
    ----------
    notebook : NotebookNode
        With the outputs in it.
    heard : dict of str to Heard
        By exercise.
    ended : dict of str to Reply
        How the cells with a grade_id ended.
    kernels : int
        How many kernels it took.
    """

    notebook: NotebookNode
    heard: dict[str, Heard] = field(default_factory=dict)
    ended: dict[str, Reply] = field(default_factory=dict)
    kernels: int = 0


def run(
    notebook: NotebookNode,
    questions: Mapping[str, Question],
    start: Callable[[], Kernel],
    limits: Limits,
) -> Run:
    """Run all cells, then ask all questions.

    Parameters
    ----------
    notebook : NotebookNode
        Its outputs are replaced.
    questions : mapping of str to Question
        By the exercise's name.  The check cells below them are not run (what they show is decided
        outside), but what the name stands for there is kept.
    start : callable
        Starts a kernel.
    limits : Limits

    Returns
    -------
    Run
    """
    runner = _Runner(notebook, questions, limits)
    while not runner.finished:
        with start() as kernel:
            runner.go(kernel)
    return runner.run


class _Runner:
    def __init__(
        self, notebook: NotebookNode, questions: Mapping[str, Question], limits: Limits
    ) -> None:
        self.run = Run(notebook=notebook)
        self.limits = limits
        self.until = time.monotonic() + limits.wall
        self.waiting = dict(questions)
        self.deadly: set[int] = set()
        self.shown = 0  # cells before this one have their outputs
        self.outputs = Outputs()
        self.cells = [
            (index, cell)
            for index, cell in enumerate(notebook.cells)
            if cell.cell_type == "code" and cell.source.strip()
        ]
        # What the kernel is to keep where a check stands, by the index of the check's cell; and the index
        # of such a cell by that of the cell before it, with which it is sent along.
        checks = {f"{name}_check": name for name in questions}
        self.reminders = {
            index: reminder(checks[_grade_id(cell)])
            for index, cell in self.cells
            if _grade_id(cell) in checks
        }
        order = [index for index, _ in self.cells]
        self.below = {one: two for one, two in itertools.pairwise(order) if two in self.reminders}
        self.reminded = -1
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None

    @property
    def finished(self) -> bool:
        if self.run.kernels >= KERNELS or (self.run.kernels and self._late()):
            why = "no time" if self._late() else "not run"
            for index, cell in self.cells:
                if index >= self.shown and index not in self.reminders:
                    self._complain(cell, why)
            status = "timeout" if self._late() else "crashed"
            for name in self.waiting:
                self.run.heard[name] = Heard(status=status)
            return True
        return bool(self.run.kernels) and not self.waiting and self.shown > self._last

    @property
    def _last(self) -> int:
        return self.cells[-1][0] if self.cells else -1

    def _late(self) -> bool:
        return time.monotonic() > self.until

    def go(self, kernel: Kernel) -> None:
        """Run and ask as far as this kernel lives."""
        self.run.kernels += 1
        for index, cell in self.cells:
            if index not in self.deadly and not self._cell(kernel, index, cell):
                return
        self.shown = len(self.run.notebook.cells)
        for name in list(self.waiting):
            if self._late():
                return
            reply, heard = _hear(kernel, self.waiting[name], self.limits)
            self.run.heard[name] = heard
            del self.waiting[name]
            if reply.gone:
                return

    def _cell(self, kernel: Kernel, index: int, cell: NotebookNode) -> bool:
        """Run one cell; False when the kernel ends there or time is up."""
        if self._late():
            return False
        if index in self.reminders:
            if index == self.reminded:
                return True
            reply = kernel.evaluate(self.reminders[index])
            if reply.gone:
                self.deadly.add(index)
            return not reply.gone
        first = index >= self.shown
        if first:
            cell.outputs = []
            self.outputs.open(cell)
        below = self.below.get(index, -1)
        reply = kernel.execute(
            cell.source,
            then=self.reminders.get(below, ""),
            on_output=self.outputs.put if first else (lambda message: None),
        )
        self.reminded = below if reply.status == "ok" else -1
        if first:
            self.shown = index + 1
            self.run.ended[_grade_id(cell)] = reply
        if reply.gone:
            self.deadly.add(index)
        if first and reply.status not in ("ok", "error"):
            self._complain(cell, reply.status)
        if (
            reply.status == "error"
            and first
            and not any(o.output_type == "error" for o in cell.outputs)
        ):
            cell.outputs.append(error(reply.ename, reply.evalue))
        return not reply.gone

    def _complain(self, cell: NotebookNode, why: str) -> None:
        limits = self.limits
        numbers = {
            name: getattr(limits, name) for name in ("timeout", "memory", "processes", "wall")
        }
        cell.outputs.append(error("Stopped", _SENTENCES[why].format(**numbers)))


def _hear(kernel: Kernel, asked: Question, limits: Limits) -> tuple[Reply, Heard]:
    """Ask one question."""
    name = f"{secrets.token_hex(8)}.npz"
    # A call that takes most of the exercise's time is stopped where the report can still say so.
    code = question(asked.exercise, asked.cases, 0.8 * limits.timeout, f"{kernel.run}/{name}")
    reply = kernel.evaluate(code)
    if reply.status not in ("ok", "error"):
        return reply, Heard(status=reply.status)
    if reply.ename == "MemoryError":
        return reply, Heard(status="out of memory")
    data = kernel.take(name, ANSWERS)
    if data is None:
        text = f"the notebook's Python did not answer ({reply.ename or 'no reason given'})"
        return reply, Heard(status="unreadable", text=text)
    try:
        heard = read(data, asked.exercise, asked.cases)
    except Unreadable as error:
        return reply, Heard(status="unreadable", text=str(error))
    if heard.attempt is None:
        return reply, Heard(status="missing", names=heard.names)
    return reply, Heard(status="answered", attempt=heard.attempt)


def _grade_id(cell: NotebookNode) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))

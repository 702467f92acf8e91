"""Execute a submission's notebook, ask its kernel for answers, in a new one where one dies.

An exercise is asked where its check stands, of the function as it is then.  A cell that kills its kernel
is left out the next time; an exercise that does so costs itself only.  Every output is counted, so that a
flood fills neither the notebook nor the grader.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from nbformat import NotebookNode

from lifkit.judge import Attempt, Case, Exercise

from ..limits import ANSWERS, KERNELS, Limits
from ..submission.source import defined_in, names_in, only_defines
from . import slips
from .answers import Unreadable, read
from .client import Kernel, Reply
from .outputs import Outputs, error
from .plan import Asking, copy_of, grade_id, plan
from .questions import question
from .slips import Place

__all__ = ["Heard", "Question", "Run", "run"]


_SENTENCES = {
    "timeout": "This cell was stopped: it did not end within {seconds:g} s.",
    "crashed": "The Python process ended in this cell (it exited, or was ended by a serious error).",
    "out of memory": "This cell was stopped: it used more than {memory} MB of memory.",
    "too many processes": "This cell was stopped: it started more than {processes} processes, or kept "
    "several processor cores busy.",
    "flood": "This cell was stopped: it sent more output than can be taken.",
    "no time": "This cell was not run: the notebook had already used all its time ({budget:g} s).",
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
        ``"answered"``, ``"missing"``, ``"unreadable"``, ``"unchanged"`` (asked again, but nothing was bound
        anew), or how the process ended (see `Reply`).
    attempt : Attempt or None
        The answers.
    names : tuple of str
        When it is missing: names that are there.
    text : str
        When it is unreadable: why.
    copy : int
        The cell that had defined it last, by its index; -1 where there is none.
    late : bool
        Whether it was asked after the last cell, having been asked before.
    """

    status: str
    attempt: Attempt | None = None
    names: tuple[str, ...] = ()
    text: str = ""
    copy: int = -1
    late: bool = False


@dataclass(kw_only=True)
class Run:
    """A notebook that was run.

    Attributes
    ----------
    notebook : NotebookNode
        With the outputs in it.
    heard : dict of str to list of Heard
        By exercise, in the order of asking; never empty.
    ended : dict of int to Reply
        How the cells ended, by index.
    kernels : int
        How many kernels it took.
    counted_by : str
        What counts the memory and the time of them: ``"control group"``, ``"/proc"``, or nothing.
    places : dict of str to tuple of Place
        By exercise, where the slip is in it, as far as that was looked for and found.
    """

    notebook: NotebookNode
    heard: dict[str, list[Heard]] = field(default_factory=dict)
    ended: dict[int, Reply] = field(default_factory=dict)
    kernels: int = 0
    counted_by: str = ""
    places: dict[str, tuple[Place, ...]] = field(default_factory=dict)


def run(
    notebook: NotebookNode,
    questions: Mapping[str, Question],
    start: Callable[[], Kernel],
    limits: Limits,
    outcome: Callable[[str, Heard], str] = lambda name, heard: "correct",
    *,
    look: bool = False,
) -> Run:
    """Run all cells, asking each question where it belongs.

    Parameters
    ----------
    notebook : NotebookNode
        Its outputs are replaced.
    questions : mapping of str to Question
        By the exercise's name.  The check cells below them are not run: what they show is decided
        outside.
    start : callable
        Starts a kernel.
    limits : Limits
    outcome : callable
        Says what an answer is worth, which decides whether it is asked once more after the last cell.
    look : bool
        Whether the slip is looked for in what is wrong, when everything has been asked.

    Returns
    -------
    Run
    """
    runner = _Runner(notebook, questions, limits, outcome)
    while not runner.finished:
        with start() as kernel:
            runner.go(kernel)
            if look and runner.over:
                runner.look(kernel)
    return runner.run


#: Outcomes that another time can't better unless something was bound anew.
_SETTLED = ("not started", "wrong", "partial", "timeout", "out of memory")


class _Runner:
    def __init__(
        self,
        notebook: NotebookNode,
        questions: Mapping[str, Question],
        limits: Limits,
        outcome: Callable[[str, Heard], str],
    ) -> None:
        self.run = Run(notebook=notebook, heard={name: [] for name in questions})
        self.questions, self.limits, self.outcome = questions, limits, outcome
        self.plan = plan(notebook, questions)
        self.asked: set[Asking] = set()
        self.asked_again: set[str] = set()
        self.deadly: set[int] = set()
        self.stopped: set[int] = set()  # cells that took all their time
        self.shown = 0  # cells before this one have their outputs
        self.over = False
        self.spent = 0.0  # seconds, as the kernels' clocks count them
        self.slow: set[str] = set()  # exercises that don't come to an end
        self.ran: list[str] = []  # sources, as long as nobody has to know what they mention
        self.mentions: dict[str, frozenset[str]] = {}  # of each function, the names in it
        self.outputs = Outputs()
        self.cells = [
            (index, cell)
            for index, cell in enumerate(notebook.cells)
            if cell.cell_type == "code" and (cell.source.strip() or index in self.plan.checks)
        ]
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None

    @property
    def finished(self) -> bool:
        if not self.over and self.run.kernels >= KERNELS:
            self.over = True
            for index, cell in self.cells:
                if index >= self.shown and index not in self.plan.checks:
                    self._complain(cell, "not run")
            for heard in self.run.heard.values():
                heard[:] = heard or [Heard(status="crashed")]
        return self.over

    def go(self, kernel: Kernel) -> None:
        """Run and ask as far as this kernel lives."""
        self.run.kernels += 1
        if kernel.box is not None:
            self.run.counted_by = "control group" if kernel.box.group else "/proc"
        for index, cell in self.cells:
            if not self._ask_all(kernel, self.plan.before.get(index, ())):
                return
            if index not in self.deadly | self.plan.checks and not self._cell(kernel, index, cell):
                return
            if not self._ask_all(kernel, self.plan.after.get(index, ())):
                return
        self.shown = len(self.run.notebook.cells)
        if self._ask_all(kernel, self.plan.last) and self._ask_again(kernel):
            self.over = True

    # Cells ---------------------------------------------------------------------------------------

    def _cell(self, kernel: Kernel, index: int, cell: NotebookNode) -> bool:
        """Run one cell; False when the kernel ends there."""
        first = index >= self.shown
        seconds = self._seconds_for(index, cell)
        if first:
            cell.outputs = []
            self.outputs.open(cell)
            self.shown = index + 1
        if not seconds:
            if first:
                self._complain(cell, "no time")
            return True
        self.ran.append(cell.source)
        reply = kernel.execute(
            cell.source,
            seconds=seconds,
            on_output=self.outputs.put if first else (lambda message: None),
        )
        self.spent += reply.seconds
        if reply.gone:
            self.deadly.add(index)
        if reply.status == "timeout":
            self.stopped.add(index)
        if first:
            self.run.ended[index] = reply
            if reply.status not in ("ok", "error"):
                self._complain(cell, reply.status, seconds)
            elif reply.status == "error" and not any(
                one.output_type == "error" for one in cell.outputs
            ):
                cell.outputs.append(error(reply.ename, reply.evalue))
        return not reply.gone

    def _seconds_for(self, index: int, cell: NotebookNode) -> float:
        """Return the time that a cell gets; 0 where it is not run any more."""
        limits, graded = self.limits, bool(grade_id(cell) or copy_of(cell))
        if self.spent > limits.budget:
            # What others need, and in the end, should even that go on and on, what is graded.
            late = self.spent > 1.5 * limits.budget
            wanted = graded or (only_defines(cell.source) and not late)
            return limits.short if wanted else 0.0
        slow = index in self.stopped or self._mentions_slow(cell.source)
        return limits.short if slow else limits.timeout

    def _mentions_slow(self, source: str) -> bool:
        """Whether a cell mentions, itself or through functions, one that does not come to an end."""
        if not self.slow:
            return False
        for ran in self.ran:
            self.mentions |= dict.fromkeys(defined_in(ran), names_in(ran))
        self.ran.clear()
        todo, seen = list(names_in(source)), set()
        while todo:
            name = todo.pop()
            if name in self.slow:
                return True
            if name not in seen:
                seen.add(name)
                todo += self.mentions.get(name, ())
        return False

    def _complain(self, cell: NotebookNode, why: str, seconds: float = 0.0) -> None:
        limits = self.limits
        numbers = {name: getattr(limits, name) for name in ("memory", "processes", "budget")}
        said = _SENTENCES[why].format(seconds=seconds, **numbers)
        cell.outputs.append(error("Stopped", said))

    # Exercises -----------------------------------------------------------------------------------

    def _ask_all(self, kernel: Kernel, askings: Iterable[Asking]) -> bool:
        """Ask what was not asked yet; False when the kernel ends."""
        for asking in askings:
            known = self.run.heard[asking.name]
            if asking in self.asked or (known and asking.copy in self.deadly):
                continue
            self.asked.add(asking)
            # A copy that ended with an error may have defined nothing: then it is the one before.
            reply, heard = self._hear(kernel, asking.name, if_changed=bool(known))
            if heard.status == "unchanged" and not known:
                heard = Heard(status="unreadable", text="it was not asked before")
            if heard.status != "unchanged":
                known.append(replace(heard, copy=asking.copy))
            if reply.gone:
                return False
        return True

    def _ask_again(self, kernel: Kernel) -> bool:
        """Ask once more, in the kernel itself, what was not right where its check stands."""
        for name, known in self.run.heard.items():
            outcomes = {self.outcome(name, heard) for heard in known}
            if name in self.asked_again or "correct" in outcomes:
                continue
            self.asked_again.add(name)
            reply, heard = self._hear(
                kernel, name, apart=False, if_changed=outcomes <= set(_SETTLED)
            )
            if heard.status != "unchanged":
                known.append(replace(heard, copy=known[-1].copy, late=True))
            if reply.gone:
                return False
        return True

    def look(self, kernel: Kernel) -> None:
        """Look for the slip in the exercises that no copy got right."""
        for name, known in self.run.heard.items():
            if {self.outcome(name, heard) for heard in known} <= {"wrong", "partial", "error"}:
                reply, self.run.places[name] = slips.ask(kernel, name)
                if reply.gone:
                    return

    def _hear(self, kernel: Kernel, name: str, **options: bool) -> tuple[Reply, Heard]:
        """Ask one question."""
        reply, heard = _hear(kernel, self.questions[name], self.limits, **options)
        self.spent += reply.seconds
        answers = heard.attempt.answers if heard.attempt else ()
        endless = heard.status == "timeout" or any(one.status == "timeout" for one in answers)
        (self.slow.add if endless else self.slow.discard)(name)
        return reply, heard


def _hear(kernel: Kernel, asked: Question, limits: Limits, **options: bool) -> tuple[Reply, Heard]:
    file = f"{secrets.token_hex(8)}.npz"
    # A call that takes most of the exercise's time is stopped where the report can still say so.
    code = question(
        asked.exercise,
        asked.cases,
        0.8 * limits.timeout,
        f"{kernel.run}/{file}",
        room=kernel.box.room() if kernel.box is not None else None,
        **options,
    )
    reply = kernel.evaluate(code)
    if reply.status not in ("ok", "error"):
        return reply, Heard(status=reply.status)
    if reply.ename == "MemoryError":
        return reply, Heard(status="out of memory")
    data = kernel.take(file, ANSWERS)
    if data is None:
        text = f"the notebook's Python did not answer ({reply.ename or 'no reason given'})"
        return reply, Heard(status="unreadable", text=text)
    try:
        heard = read(data, asked.exercise, asked.cases)
    except Unreadable as error:
        return reply, Heard(status="unreadable", text=str(error))
    if heard.ended:
        return reply, Heard(status=heard.ended)
    if heard.unchanged:
        return reply, Heard(status="unchanged")
    if heard.attempt is None:
        return reply, Heard(status="missing", names=heard.names)
    return reply, Heard(status="answered", attempt=heard.attempt)

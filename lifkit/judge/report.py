"""From answers to a report: which properties hold, the outcome, the likely mistake.

`judge` is the one place where it is decided whether an answer is right.  It takes plain data only,
so the self-check calls it in the notebook and the grader in a process of its own.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .calling import Answer, Attempt, attempt
from .compare import Gap, compare
from .diagnose import diagnose, diagnose_part, stops
from .exceptions import believable
from .explain import from_earlier, from_message, from_notebook, from_problem, habits_in
from .model import Exercise, Key, Mistake, Property, Slip
from .pairs import pair_of
from .problems import Problem
from .symptoms import symptoms

__all__ = ["IMPURE_FACTOR", "Line", "Report", "judge", "report_on"]

#: Share of the points that is left when inputs are changed in place, something is remembered
#: between calls, or notebook variables stand in for arguments.  The course's choice: a real fault
#: that will bite in the next lab, but a smaller one than a wrong equation.
IMPURE_FACTOR = 0.75

#: An output like this makes the whole answer wrong, whatever else agrees.
_FATAL = ("precision", "not finite")

#: The gaps that the first line of a report, the form of the answer, is about.
_FORM = ("missing", "form", "shape", "precision", "whole")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a report.

    Attributes
    ----------
    text : str
        What should hold.
    status : {"pass", "fail", "untested"}
    detail : str
        Where it fails: the case, what was got and expected.
    """

    text: str
    status: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Report:
    """What is said about an answer.

    Attributes
    ----------
    exercise : Exercise
    outcome : str
        One of the first six of `outcomes.OUTCOMES`.
    fraction : float
        Share of the points, 0 to 1.
    lines : tuple of Line
    mistakes : tuple of Mistake
        The likely mistakes by name: the bad habits first, then what explains the numbers; of the
        latter more than one when they can't be told apart.
    together : bool
        Whether the causes were all made; otherwise they are one or the other.
    habits : tuple of Mistake
        Those of the mistakes that a right answer can have too: inputs changed, state kept.
    symptoms : tuple of str
        What the numbers look like, when no known mistake fits.
    problem : Problem or None
        The first exception or time-out.
    slips : tuple of Slip
        Where to look in the student's own program, as far as that was found.
    """

    exercise: Exercise
    outcome: str
    fraction: float
    lines: tuple[Line, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    together: bool = False
    habits: tuple[Mistake, ...] = ()
    symptoms: tuple[str, ...] = ()
    problem: Problem | None = None
    slips: tuple[Slip, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether everything is right."""
        return self.outcome == "correct"

    @property
    def unexplained(self) -> bool:
        """Whether something is wrong that no known mistake explains."""
        causes = [mistake for mistake in self.mistakes if mistake not in self.habits]
        return self.outcome in ("wrong", "partial", "error") and not causes and self.failing

    @property
    def failing(self) -> bool:
        """Whether a property does not hold, apart from bad habits."""
        return any(line.status != "pass" for line in self.lines[:-1])


def report_on(key: Key, target: Callable[..., Any], **options: Any) -> Report:
    """Call `target` on the cases of `key` and judge what comes out, in this process.

    Parameters
    ----------
    key : Key
    target : callable
        A student's function or class.
    **options
        Passed to `attempt` (``limit``).

    Returns
    -------
    Report
    """
    return judge(key, attempt(key.exercise, target, key.cases, **options))


def judge(
    key: Key, given: Attempt, *, unsound: Collection[str] = (), explain: bool = True
) -> Report:
    """Decide what an attempt is worth and why.

    Parameters
    ----------
    key : Key
        The cases with the right answers and the fingerprints of the usual mistakes.
    given : Attempt
        The answers, as plain data.
    unsound : collection of str
        Earlier exercises that are known not to be right; named as the cause when this one uses them.
    explain : bool
        Whether the likely mistake is looked for; the outcome and the points don't depend on it.

    Returns
    -------
    Report
    """
    # Whatever a notebook has set for overflows and warnings, the decision is the same.
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _judge(key, given, unsound, explain)


def _judge(key: Key, given: Attempt, unsound: Collection[str], explain: bool) -> Report:
    exercise, answers = key.exercise, given.answers
    if _not_started(key, answers):
        return Report(exercise=exercise, outcome="not started", fraction=0.0)
    problem = next((item.problem for item in answers if item.problem is not None), None)
    tables = [
        compare(exercise, case, expected, item) if item.status == "ok" else None
        for case, expected, item in zip(key.cases, key.expected, answers, strict=True)
    ]
    form = _form_line(key, answers, tables)
    lines = [_line(key, line, answers, tables) for line in exercise.properties]
    rest = _rest_lines(key, tables) if all(line.status == "pass" for line in lines) else []
    habits = habits_in(given)
    fraction = _fraction(exercise, lines, rest, tables) * (IMPURE_FACTOR if habits else 1.0)
    outcome = _outcome(answers, [form, *lines, *rest], fraction, habits)
    if outcome == "correct":
        return Report(
            exercise=exercise,
            outcome=outcome,
            fraction=1.0,
            lines=(form, *lines, _habit_line(habits, True)),
        )
    decided = Report(
        exercise=exercise,
        outcome=outcome,
        fraction=fraction,
        lines=(form, *lines, *rest, _habit_line(habits, given.again is not None)),
        mistakes=habits,
        habits=habits,
        problem=problem,
    )
    if not explain:
        return decided
    failing = [
        line
        for line, shown in zip(exercise.properties, lines, strict=True)
        if shown.status != "pass"
    ]
    called = [item for case, item in zip(key.cases, answers, strict=True) if case.calls]
    named = habits + from_earlier(given, unsound) + from_problem(exercise, problem, called)
    wrong = any(line.status != "pass" for line in (form, *lines, *rest))
    together = False
    if wrong and not _decisive(named):
        found = (
            from_notebook(given, in_place_of=exercise)
            or believable(exercise, problem, diagnose(key, answers))
            or from_notebook(given)
        )
        pair = () if found else pair_of(key, answers)
        together = bool(pair)
        if not found and not pair:
            found = believable(exercise, problem, diagnose_part(key, answers, failing))
            stop = from_message(exercise, problem, answers)
            together = bool(found and stop) and not stops(key, answers, found)
            found = found + stop if together else found or stop
        named += found or pair
    return replace(
        decided,
        mistakes=named,
        together=together,
        symptoms=() if named or not wrong else symptoms(key, answers, _place(key, failing, tables)),
    )


def _not_started(key: Key, answers: Sequence[Answer]) -> bool:
    called = [item for case, item in zip(key.cases, answers, strict=True) if case.calls]
    return all(item.status == "not started" for item in called)


def _form_line(
    key: Key, answers: Sequence[Answer], tables: Sequence[dict[str, Gap | None] | None]
) -> Line:
    """Say whether the answer runs and has the right form on every case."""
    shapes = [f"{o.name} {o.shape}".strip() for o in key.exercise.outputs if o.shape]
    text = "runs and gives " + ", ".join(shapes) if shapes else "runs and gives numbers"
    for case, item, table in zip(key.cases, answers, tables, strict=True):
        if table is None:
            return Line(text=text, status="fail", detail=_stopped(case.name, item))
        for gap in table.values():
            if gap is not None and gap.kind in _FORM:
                return Line(text=text, status="fail", detail=f"case “{case.name}”: {gap.message}")
    return Line(text=text, status="pass")


def _line(
    key: Key,
    line: Property,
    answers: Sequence[Answer],
    tables: Sequence[dict[str, Gap | None] | None],
) -> Line:
    """Say whether one property holds on all of its cases."""
    untested = False
    for case, item, table in zip(key.cases, answers, tables, strict=True):
        if line.groups and case.group not in line.groups:
            continue
        if table is None:
            if item.status == "not started":
                return Line(text=line.text, status="fail", detail="not started yet")
            untested = True
            continue
        for name in line.outputs:
            gap = table.get(name)
            if gap is not None:
                detail = f"case “{case.name}”: {gap.message}"
                return Line(text=line.text, status="fail", detail=detail)
    return Line(text=line.text, status="untested" if untested else "pass")


def _place(
    key: Key, failing: Sequence[Property], tables: Sequence[dict[str, Gap | None] | None]
) -> int:
    """Return which case the first failing line is about: the form, then property by property."""
    gaps = [{name: gap for name, gap in (table or {}).items() if gap} for table in tables]
    for place, found in enumerate(gaps):
        if any(gap.kind in _FORM for gap in found.values()):
            return place
    for line in failing:
        for place, (case, found) in enumerate(zip(key.cases, gaps, strict=True)):
            looked_at = not line.groups or case.group in line.groups
            if looked_at and any(name in found for name in line.outputs):
                return place
    return next((place for place, found in enumerate(gaps) if found), 0)


def _rest_lines(key: Key, tables: Sequence[dict[str, Gap | None] | None]) -> list[Line]:
    """Return a failing line for the first number that is wrong where no property looks."""
    for case, table in zip(key.cases, tables, strict=True):
        looked_at = {
            name
            for line in key.exercise.properties
            if not line.groups or case.group in line.groups
            for name in line.outputs
        }
        for name, gap in (table or {}).items():
            if gap is not None and name not in looked_at:
                detail = f"case “{case.name}”: {gap.message}"
                return [Line(text="everything else agrees too", status="fail", detail=detail)]
    return []


def _habit_line(habits: Sequence[Mistake], ran: bool) -> Line:
    text = "leaves its inputs alone and answers the same when asked twice"
    if habits:
        return Line(text=text, status="fail", detail=habits[0].name)
    return Line(text=text, status="pass" if ran else "untested")


def _stopped(case: str, item: Answer) -> str:
    if item.status == "not started" or item.problem is None:
        return f"case “{case}”: not started yet"
    if item.status == "timeout":
        return f"case “{case}”: {item.problem.message}"
    if item.problem.kind == "signature":
        return item.problem.message
    return f"case “{case}”: {item.problem.kind}: {item.problem.message}"


def _fraction(
    exercise: Exercise,
    lines: Sequence[Line],
    rest: Sequence[Line],
    tables: Sequence[dict[str, Gap | None] | None],
) -> float:
    """Add up the weights of the properties that hold; what no property looks at weighs 1."""
    found = [gap for table in tables if table for gap in table.values() if gap is not None]
    if any(gap.kind in _FATAL for gap in found):
        return 0.0
    pairs = list(zip(exercise.properties, lines, strict=True))
    earned = sum(line.weight for line, shown in pairs if shown.status == "pass")
    return earned / (sum(line.weight for line, _ in pairs) + len(rest))


def _outcome(
    answers: Sequence[Answer], lines: Sequence[Line], fraction: float, habits: Sequence[Mistake]
) -> str:
    if all(line.status == "pass" for line in lines):
        return "partial" if habits else "correct"
    if fraction > 0:
        return "partial"
    statuses = {item.status for item in answers}
    return next((status for status in ("timeout", "error") if status in statuses), "wrong")


def _decisive(named: Sequence[Mistake]) -> bool:
    """Whether what was found already explains the wrong numbers."""
    return any(item.name != "input changed in place" for item in named)

"""From answers to a report: which properties hold, the outcome, the likely mistake.

`judge` is the one place where it is decided whether an answer is right.  It takes plain data only,
so the self-check calls it in the notebook and the grader in a process of its own.
"""

from __future__ import annotations

import difflib
import warnings
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .calling import Answer, Attempt, Problem, attempt, same_answer
from .compare import Gap, compare
from .diagnose import diagnose, diagnose_part
from .model import Exercise, Key, Mistake, Property
from .pairs import pair_of
from .symptoms import symptoms

__all__ = ["IMPURE_FACTOR", "Line", "Report", "judge", "report_on"]

#: Share of the points that is left when inputs are changed in place, something is remembered
#: between calls, or notebook variables stand in for arguments.  The course's choice: a real fault
#: that will bite in the next lab, but a smaller one than a wrong equation.
IMPURE_FACTOR = 0.75

#: An output like this makes the whole answer wrong, whatever else agrees.
_FATAL = ("precision", "not finite")

#: The gaps that the first line of a report, the form of the answer, is about.
_FORM = ("missing", "form", "shape", "precision")


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

    @property
    def passed(self) -> bool:
        """Whether everything is right."""
        return self.outcome == "correct"


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


def judge(key: Key, given: Attempt, *, unsound: Collection[str] = ()) -> Report:
    """Decide what an attempt is worth and why.

    Parameters
    ----------
    key : Key
        The cases with the right answers and the fingerprints of the usual mistakes.
    given : Attempt
        The answers, as plain data.
    unsound : collection of str
        Earlier exercises that are known not to be right; named as the cause when this one uses them.

    Returns
    -------
    Report
    """
    # Whatever a notebook has set for overflows and warnings, the decision is the same.
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _judge(key, given, unsound)


def _judge(key: Key, given: Attempt, unsound: Collection[str]) -> Report:
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
    habits = _habits(given)
    fraction = _fraction(exercise, lines, rest, tables) * (IMPURE_FACTOR if habits else 1.0)
    outcome = _outcome(answers, [form, *lines, *rest], fraction, habits)
    if outcome == "correct":
        return Report(
            exercise=exercise,
            outcome=outcome,
            fraction=1.0,
            lines=(form, *lines, _habit_line(habits, True)),
        )
    failing = [
        line
        for line, shown in zip(exercise.properties, lines, strict=True)
        if shown.status != "pass"
    ]
    named = habits + _from_earlier(given, unsound) + _from_problem(exercise, problem, answers)
    wrong = any(line.status != "pass" for line in (form, *lines, *rest))
    pair: tuple[Mistake, ...] = ()
    if wrong and not _decisive(named):
        found = diagnose(key, answers) or _from_notebook(given)
        pair = () if found else pair_of(key, answers)
        named += (
            found
            or pair
            or diagnose_part(key, answers, failing)
            or _from_message(exercise, problem)
        )
    return Report(
        exercise=exercise,
        outcome=outcome,
        fraction=fraction,
        lines=(form, *lines, *rest, _habit_line(habits, given.again is not None)),
        mistakes=named,
        together=bool(pair),
        habits=habits,
        symptoms=() if named or not wrong else symptoms(key, answers),
        problem=problem,
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


# What can be said without fingerprints ----------------------------------------------------------


def _habits(given: Attempt) -> tuple[Mistake, ...]:
    """Find what a function does besides returning its answer."""
    found = []
    changed = list(dict.fromkeys(name for item in given.answers for name in item.changed))
    if changed:
        found.append(
            Mistake(
                name="input changed in place",
                diagnosis=f"Your code changes its input {_listed(changed)} in place, so the caller's "
                "array is different afterwards.",
                hint="Work on a copy: for an array x, x.copy() gives one, and x + y makes a new "
                "array where x += y changes the old one.",
            )
        )
    if given.again is not None and given.repeated is not None:
        if not same_answer(given.answers[given.repeated], given.again):
            found.append(
                Mistake(
                    name="state kept between calls",
                    diagnosis="The same inputs give another answer the second time: something is "
                    "remembered between calls, or random numbers are drawn inside.",
                    hint="Make every list and array that you fill inside the function, not in its "
                    "default arguments, in the class body or in another cell. Random numbers are "
                    "handed in: use those and draw none.",
                )
            )
    return tuple(found)


def _habit_line(habits: Sequence[Mistake], ran: bool) -> Line:
    text = "leaves its inputs alone and answers the same when asked twice"
    if habits:
        return Line(text=text, status="fail", detail=habits[0].name)
    return Line(text=text, status="pass" if ran else "untested")


def _from_earlier(given: Attempt, unsound: Collection[str]) -> tuple[Mistake, ...]:
    return tuple(
        Mistake(
            name=f"{name} is not right yet",
            diagnosis=f"It calls your {name}, which does not pass its own check yet.",
            hint=f"Mend {name} first: check({name}) says what is left to do there.",
        )
        for name in given.uses
        if name in unsound
    )


def _from_notebook(given: Attempt) -> tuple[Mistake, ...]:
    """Name the notebook's variables that a wrong answer depends on.

    A right answer may read a constant from its notebook; the cases vary every argument, so it can't
    have used one in an argument's place.
    """
    if not given.notebook_variables:
        return ()
    names = _listed(given.notebook_variables)
    return (
        Mistake(
            name="notebook variable used",
            diagnosis=f"Your code uses {names} from another cell of the notebook: when that value "
            "changes, so does the answer.",
            hint="Use the arguments of the function (in a class: self) and nothing else, so that it "
            "works for any values.",
        ),
    )


def _from_problem(
    exercise: Exercise, problem: Problem | None, answers: Sequence[Answer]
) -> tuple[Mistake, ...]:
    """Explain the exceptions that beginners meet."""
    if problem is None:
        return ()
    if problem.kind == "NameError":
        name = problem.message.split("'")[1] if "'" in problem.message else ""
        guess = _nearest(name, [*_names(exercise), *exercise.builds_on])
        place = "self." if exercise.is_class and guess not in exercise.builds_on else ""
        meant = f" Did you mean {place}{guess}?" if guess else ""
        return (
            Mistake(
                name="undefined name",
                diagnosis=f"Nothing called {name} exists where your code uses it.{meant}",
                hint="A function knows its arguments and what it made itself; a method reaches the "
                "object's values through self, for instance self.V."
                if exercise.is_class
                else "A function knows its arguments and what it made itself. Use the names in its "
                "first line.",
            ),
        )
    if problem.kind == "timeout" and any(item.status == "ok" for item in answers):
        return (
            Mistake(
                name="too slow",
                diagnosis="Your code works on small cases, but takes too long on a long one.",
                hint="Work on whole arrays where you can, one row of neurons a step, and make arrays "
                "once before the loop instead of growing them in it.",
            ),
        )
    if problem.kind == "timeout":
        return (
            Mistake(
                name="never returns",
                diagnosis="Your code was stopped because it did not come to an end.",
                hint="Look at the condition of each while loop: does something in the loop make it "
                "false one day? A for loop over the steps always ends.",
            ),
        )
    if problem.kind == "NotImplementedError" and "not written yet" not in problem.message:
        return (
            Mistake(
                name="stub line left in",
                diagnosis="The line `raise NotImplementedError()` is still in your code, so Python "
                "stops there.",
                hint="Delete that line once your own code stands above it.",
            ),
        )
    return ()


#: Beginnings of what Python and NumPy say when a plain number is used as an array.
_NUMBER_AS_ARRAY = (
    "'int' object has no attribute",
    "'float' object has no attribute",
    "'int' object is not subscriptable",
    "'float' object is not subscriptable",
    "object of type 'int' has no len()",
    "object of type 'float' has no len()",
    "len() of unsized object",
    "invalid index to scalar variable",
    "too many indices for array: array is 0-dimensional",
)


def _from_message(exercise: Exercise, problem: Problem | None) -> tuple[Mistake, ...]:
    """Explain an exception that no usual mistake of the exercise accounts for."""
    message = problem.message if problem is not None else ""
    if problem is not None and problem.kind == "signature":
        return (
            Mistake(
                name="other arguments",
                diagnosis="The first line (def ...) was changed: " + message + ".",
                hint="Keep the names and the order of the arguments as they were given"
                + ("; in a class, self comes before them." if exercise.is_class else "."),
            ),
        )
    if message.startswith(_NUMBER_AS_ARRAY):
        return (
            Mistake(
                name="number used as an array",
                diagnosis="A plain number is used as if it were an array.",
                hint="A number has no shape, length or entries. np.array([x]) makes an array with "
                "one entry of it, np.full(n, x) one with n.",
            ),
        )
    if message.startswith(f"'{exercise.name}' object has no attribute"):
        name = message.split("'")[3]
        near = _nearest(name, [*_names(exercise), *exercise.methods])
        return (
            Mistake(
                name="undefined attribute",
                diagnosis=f"self.{name} is used, but nothing has stored it."
                + (f" Did you mean self.{near}?" if near else ""),
                hint="What an object knows from the start is stored in __init__: self.name = value.",
            ),
        )
    if "missing" in message and "argument" in message:
        return (
            Mistake(
                name="call lacks an argument",
                diagnosis=f"A call in this line lacks an argument that it needs: {message}.",
                hint="np.array() and np.zeros() want something to begin with. For a value that comes "
                "later, None does.",
            ),
        )
    return ()


def _nearest(name: str, names: Sequence[str]) -> str:
    """Return the name that was probably meant: I for I_ext, V_threshold for V_theta; or nothing."""
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.55)
    parts = [item for item in names if name.lower() in item.lower().split("_")]
    return next(iter([*near, *parts]), "")


def _names(exercise: Exercise) -> list[str]:
    return [*exercise.parameters, *(output.name for output in exercise.outputs)]


def _decisive(named: Sequence[Mistake]) -> bool:
    """Whether what was found already explains the wrong numbers."""
    return any(item.name != "input changed in place" for item in named)


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]

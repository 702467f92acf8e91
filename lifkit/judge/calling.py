"""Call what a student wrote, safely enough for their own notebook, and keep plain data only.

Whatever happens inside, an `Answer` comes out: values as plain arrays and lists, or the problem in
words with the line it happened on.  Inputs are fresh copies for every call, prints and figures are
kept out of the way, and a loop that never ends is stopped where the platform has signals.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .confine import TimeUp, quietly, stopped_after
from .free_variables import (
    changed_value,
    functions_of,
    read_free_variables,
    smaller_value,
)
from .model import Case, Exercise
from .problems import (
    BadSignature,
    Problem,
    fits,
    is_empty,
    problem_of,
    running_in,
    stub_of,
)
from .values import plain, same

__all__ = ["Answer", "Attempt", "answer", "attempt", "same_answer"]

#: Seconds that one call may take in a notebook.  A double loop in pure Python over the longest public
#: case (10 neurons, 10 000 steps) takes about 0.1 s, so even a very slow machine has time to spare.
TIME_LIMIT = 10.0

#: How many times the slowest answer's seconds a call may take while a notebook's variable is changed,
#: and how many seconds it may take in any case: another value can turn a loop into one that never ends.
_PATIENCE, _AT_LEAST = 10, 1.0

#: Cases in which a notebook's variable is changed to see whether it matters: what makes no difference
#: in one, such as a conductance without a current, does in another.
_LOOKED_AT = 3


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came out of one case.

    Attributes
    ----------
    status : {"ok", "error", "timeout", "not started"}
    value : plain data
        What was returned (see `plain`); for a class a dict of its attributes.
    problem : Problem or None
    changed : tuple of str
        Names of the inputs that the call changed in place.
    """

    status: str
    value: Any = None
    problem: Problem | None = None
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """The answers to all cases, and what was noticed on the way.

    Attributes
    ----------
    answers : tuple of Answer
        One a case, in the order of the key.
    again : Answer or None
        The first case that worked, called once more at the end.
    repeated : int or None
        Which case that was.
    notebook_variables : tuple of str
        Variables outside the function whose value changes the answer.
    uses : tuple of str
        Names of the notebook's other functions and classes that it calls.
    """

    answers: tuple[Answer, ...]
    again: Answer | None = None
    repeated: int | None = None
    notebook_variables: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()


def attempt(
    exercise: Exercise,
    target: Callable[..., Any],
    cases: tuple[Case, ...],
    *,
    limit: float = TIME_LIMIT,
) -> Attempt:
    """Call `target` on all cases and look whether it keeps to itself.

    Parameters
    ----------
    exercise : Exercise
        Says how the cases are called.
    target : callable
        The student's function or class.
    cases : tuple of Case
    limit : float
        Seconds a call may take.  After the first call that takes longer, the other cases are not
        tried.

    Returns
    -------
    Attempt
    """
    data, uses = read_free_variables(target)
    answers: list[Answer] = []
    slowest = 0.0
    for case in cases:
        if answers and answers[-1].status == "timeout":  # an endless loop costs its limit once
            answers.append(answers[-1])
            continue
        start = time.perf_counter()
        answers.append(answer(exercise, target, case, limit=limit))
        slowest = max(slowest, time.perf_counter() - start)
    # A case without calls (a new object's defaults) says nothing about memory: prefer one with.
    worked = [i for i, given in enumerate(answers) if given.status == "ok"]
    repeated = next((i for i in worked if cases[i].calls), None)
    if repeated is None or any(given.status == "timeout" for given in answers):
        behind = _behind_errors(exercise, target, cases, answers, data, limit)
        return Attempt(answers=tuple(answers), notebook_variables=behind, uses=uses)
    again = answer(exercise, target, cases[repeated], limit=limit)
    looked_at = (_one_a_group(cases, worked) or [repeated])[:_LOOKED_AT]
    short = min(limit, max(_AT_LEAST, _PATIENCE * slowest))
    variables = tuple(
        name
        for namespace, name in data
        if any(
            _matters(
                namespace,
                name,
                answers[i],
                functools.partial(answer, exercise, target, cases[i], limit=short),
            )
            for i in looked_at
        )
    )
    return Attempt(
        answers=tuple(answers),
        again=again,
        repeated=repeated,
        notebook_variables=tuple(dict.fromkeys(variables)),
        uses=uses,
    )


def answer(
    exercise: Exercise, target: Callable[..., Any], case: Case, *, limit: float = TIME_LIMIT
) -> Answer:
    """Call `target` on one case, on copies of its inputs, and return what came out."""
    calls = [(call.method, copy.deepcopy(dict(call.inputs))) for call in case.calls]
    try:
        # The notebook's np.seterr is its own: what raises there must not cost a right answer points.
        with quietly(), np.errstate(all="ignore"), stopped_after(limit):
            value = plain_answer(exercise, target, case, calls)
    except TimeUp as error:
        problem = Problem(
            kind="timeout",
            message=f"no answer after {limit:g} s",
            function=running_in(error, exercise.builds_on),
        )
        return Answer(status="timeout", problem=problem)
    except BadSignature as error:
        problem = Problem(kind="signature", message=str(error))
        return Answer(status="error", problem=problem)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # also SystemExit: `exit()` in a cell must not end the report
        stub = stub_of(error)
        if stub is not None and stub in [one.__code__ for one in functions_of(target)]:
            return Answer(status="not started")
        problem = problem_of(error)
        if stub is not None:
            message = f"it calls {stub.co_name}, which is not written yet"
            problem = replace(problem, message=message)
        return Answer(status="error", problem=problem)
    if value is None and is_empty(target):
        return Answer(status="not started")
    changed = [
        name
        for (_, used), call in zip(calls, case.calls, strict=True)
        for name, original in call.inputs.items()
        if not same(used[name], original)
    ]
    return Answer(status="ok", value=value, changed=tuple(dict.fromkeys(changed)))


def plain_answer(
    exercise: Exercise,
    target: Callable[..., Any],
    case: Case,
    calls: list[tuple[str | None, dict[str, Any]]],
) -> Any:
    """Make the calls of `case` and turn what comes out into plain data."""
    if not exercise.is_class:
        (_, inputs), *_ = calls
        arguments = list(inputs.values())
        fits(target, arguments, exercise.name, exercise.parameters)
        return plain(target(*arguments))
    fits(target, [], exercise.name, ())
    instance = target()
    for name, value in case.attributes.items():
        setattr(instance, name, copy.deepcopy(value))
    for method, inputs in calls:
        bound = getattr(instance, str(method))
        fits(bound, list(inputs.values()), f"{exercise.name}.{method}", tuple(inputs))
        bound(*inputs.values())
    return {
        name: plain(getattr(instance, name))
        for name in exercise.reads(case)
        if hasattr(instance, name)
    }


def same_answer(one: Answer, other: Answer) -> bool:
    """Whether two answers are the same to the last bit."""
    return one.status == other.status and same(one.value, other.value)


def _one_a_group(cases: Sequence[Case], worked: Sequence[int]) -> list[int]:
    """Return the first case of each group among those that worked and call something."""
    first: dict[str, int] = {}
    for i in worked:
        if cases[i].calls and cases[i].fingerprint:
            first.setdefault(cases[i].group, i)
    return list(first.values())


def _matters(
    namespace: dict[str, Any], name: str, usual: Answer, call: Callable[[], Answer]
) -> bool:
    """Whether the answer changes while the variable `name` has another value."""
    with _standing_for(namespace, name, changed_value(namespace[name])):
        return not same_answer(call(), usual)


@contextlib.contextmanager
def _standing_for(namespace: dict[str, Any], name: str, value: Any) -> Iterator[None]:
    """Have a notebook's variable stand for another value for a while."""
    kept = namespace[name]
    namespace[name] = value
    try:
        yield
    finally:
        namespace[name] = kept


def _behind_errors(
    exercise: Exercise,
    target: Callable[..., Any],
    cases: Sequence[Case],
    answers: Sequence[Answer],
    data: Sequence[tuple[dict[str, Any], str]],
    limit: float,
) -> tuple[str, ...]:
    """Name the variables with whose other value code that never works stops otherwise, or not at all."""
    stopped = [i for i, given in enumerate(answers) if given.status == "error" and cases[i].calls]
    if not stopped or any(given.status == "timeout" for given in answers):
        return ()
    first = stopped[0]

    def complaint(given: Answer) -> tuple[Any, ...]:
        problem = given.problem
        return (given.status, *((problem.kind, problem.message, problem.line) if problem else ()))

    found = []
    for namespace, name in data:
        kept = namespace[name]
        for other in (changed_value(kept), smaller_value(kept)):
            with _standing_for(namespace, name, other):
                given = answer(exercise, target, cases[first], limit=limit)
            if complaint(given) != complaint(answers[first]):
                found.append(name)
                break
    return tuple(dict.fromkeys(found))

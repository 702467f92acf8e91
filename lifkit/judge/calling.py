"""Call what a student wrote, safely enough for their own notebook, and keep plain data only.

Whatever happens inside, an `Answer` comes out: values as plain arrays and lists, or the problem in
words with the line it happened on.  Inputs are fresh copies for every call, prints and figures are
kept out of the way, and a loop that never ends is stopped where the platform has signals.
"""

from __future__ import annotations

import copy
import dis
import functools
import inspect
import linecache
import time
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .confine import TimeUp, quietly, stopped_after
from .free_variables import (
    changed_value,
    functions_of,
    in_a_library,
    read_free_variables,
    smaller_value,
)
from .model import Case, Exercise
from .scene import Scene, scene_of
from .values import plain, same, storable

__all__ = ["Answer", "Attempt", "Problem", "answer", "attempt", "same_answer"]

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
class Problem:
    """What went wrong inside a student's code, and where.

    Attributes
    ----------
    kind : str
        The exception's type name, or ``"signature"``.
    message : str
        Its text, shortened.
    line : int or None
        Line number in the student's own cell or file.
    source : str
        That line.
    function : str
        The function it stands in.
    scene : Scene
        The expression in it, and what its names stood for.
    """

    kind: str
    message: str
    line: int | None = None
    source: str = ""
    function: str = ""
    scene: Scene = Scene()


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
        with quietly(), stopped_after(limit):
            value = plain_answer(exercise, target, case, calls)
    except TimeUp as error:
        problem = Problem(
            kind="timeout",
            message=f"no answer after {limit:g} s",
            function=_running(error, exercise.builds_on),
        )
        return Answer(status="timeout", problem=problem)
    except _BadSignature as error:
        problem = Problem(kind="signature", message=str(error))
        return Answer(status="error", problem=problem)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # also SystemExit: `exit()` in a cell must not end the report
        stub = _stub(error)
        if stub is not None and stub in [one.__code__ for one in functions_of(target)]:
            return Answer(status="not started")
        problem = _problem(error)
        if stub is not None:
            message = f"it calls {stub.co_name}, which is not written yet"
            problem = replace(problem, message=message)
        return Answer(status="error", problem=problem)
    if value is None and _is_empty(target):
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
        _fits(target, arguments, exercise.name, exercise.parameters)
        return plain(target(*arguments))
    _fits(target, [], exercise.name, ())
    instance = target()
    for name, value in case.attributes.items():
        setattr(instance, name, copy.deepcopy(value))
    for method, inputs in calls:
        bound = getattr(instance, str(method))
        _fits(bound, list(inputs.values()), f"{exercise.name}.{method}", tuple(inputs))
        bound(*inputs.values())
    return {
        name: plain(getattr(instance, name))
        for name in exercise.reads(case)
        if hasattr(instance, name)
    }


# What is said about a problem ---------------------------------------------------------------------


class _BadSignature(Exception):
    """The function can't be called the way the exercise says."""


def _fits(
    target: Callable[..., Any], arguments: list[Any], name: str, parameters: tuple[str, ...]
) -> None:
    """Raise `_BadSignature` when `target` can't take the arguments in this order."""
    if len(arguments) == len(parameters) and _takes_just(target, parameters):
        return
    try:
        signature = inspect.signature(target)
    except (TypeError, ValueError):
        return
    wanted = f"{name}({', '.join(parameters)})"
    try:
        signature.bind(*arguments)
    except TypeError as error:
        raise _BadSignature(f"it must be callable as {wanted}, but: {error}") from None
    own = [parameter for parameter in signature.parameters if parameter in parameters]
    if len(own) == len(parameters) and own != list(parameters):
        raise _BadSignature(f"its arguments are in another order than {wanted}")


def _takes_just(target: Callable[..., Any], parameters: tuple[str, ...]) -> bool:
    """Whether a plain function or method takes these arguments, as most do; spares `inspect`."""
    first = int(isinstance(target, types.MethodType))
    function = getattr(target, "__func__", target)
    if not isinstance(function, types.FunctionType) or vars(function):
        return False
    code = function.__code__
    return not code.co_kwonlyargcount and code.co_varnames[first : code.co_argcount] == parameters


def _problem(error: BaseException) -> Problem:
    place = None
    trace = error.__traceback__
    while trace is not None:
        filename = trace.tb_frame.f_code.co_filename
        if not in_a_library(filename):
            place = trace
        trace = trace.tb_next
    try:
        text = storable(" ".join(str(error).split())[:300])
    except Exception:  # an exception of the student's own that can't even say what it is
        text = ""
    if place is None:
        return Problem(kind=type(error).__name__, message=text)
    code, line = place.tb_frame.f_code, place.tb_lineno
    return Problem(
        kind=type(error).__name__,
        message=text,
        line=line,
        source=storable(linecache.getline(code.co_filename, line).strip()),
        function=code.co_name,
        scene=_scene(place),
    )


def _scene(place: types.TracebackType) -> Scene:
    """Describe the place, where nothing that a student made of it prevents that."""
    try:
        return scene_of(place)
    except Exception:
        return Scene()


def _running(error: BaseException, names: Sequence[str]) -> str:
    """Return which of the earlier exercises was running when time was up; most often none."""
    trace, found = error.__traceback__, ""
    while trace is not None and not found:
        name = trace.tb_frame.f_code.co_name
        found = name if name in names else ""
        trace = trace.tb_next
    return found


def _stub(error: BaseException) -> types.CodeType | None:
    """Return the code that raised, if it is a stub: nothing but ``raise NotImplementedError``."""
    trace = error.__traceback__
    if not isinstance(error, NotImplementedError) or trace is None:
        return None
    while trace.tb_next is not None:
        trace = trace.tb_next
    code = trace.tb_frame.f_code
    arguments = code.co_argcount + code.co_kwonlyargcount
    bare = set(code.co_names) <= {"NotImplementedError"} and len(code.co_varnames) == arguments
    return code if bare else None


def _is_empty(target: Callable[..., Any]) -> bool:
    """Whether a function's body is a docstring and `pass`."""
    code = getattr(target, "__code__", None)
    return (
        code is not None
        and not code.co_names
        and not code.co_cellvars
        and len(code.co_varnames) == code.co_argcount
        and set(code.co_consts) <= {None, getattr(target, "__doc__", None)}
        and not any(step.opname.startswith("LOAD_FAST") for step in dis.get_instructions(code))
    )


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
    kept = namespace[name]
    namespace[name] = changed_value(kept)
    try:
        return not same_answer(call(), usual)
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
            namespace[name] = other
            try:
                given = answer(exercise, target, cases[first], limit=limit)
            finally:
                namespace[name] = kept
            if complaint(given) != complaint(answers[first]):
                found.append(name)
                break
    return tuple(dict.fromkeys(found))

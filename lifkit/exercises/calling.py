"""Call what a student wrote, safely enough for their own notebook, and keep plain data only.

Whatever happens inside, an `Answer` comes out: values as plain arrays and lists, or the problem in
words with the line it happened on.  Inputs are fresh copies for every call, prints and figures are
kept out of the way, and a loop that never ends is stopped where the platform has signals.
"""

from __future__ import annotations

import contextlib
import copy
import dis
import inspect
import io
import linecache
import signal
import sys
import sysconfig
import threading
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from .model import Case, Exercise

__all__ = ["Answer", "Attempt", "Problem", "answer", "attempt", "plain"]

#: Seconds that one call may take in a notebook.  A double loop in pure Python over the longest public
#: case (10 neurons, 10 000 steps) takes about 0.1 s, so even a very slow machine has time to spare.
TIME_LIMIT = 10.0

#: Largest value that is kept, in bytes; the largest public answer has 0.8 MB.
SIZE_LIMIT = 64_000_000

_LIBRARY = tuple(
    str(Path(sysconfig.get_paths()[name]).resolve()) for name in ("stdlib", "purelib", "platlib")
) + (str(Path(__file__).resolve().parent.parent),)


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
    """

    kind: str
    message: str
    line: int | None = None
    source: str = ""
    function: str = ""


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
    data, uses = _read_from_outside(target)
    answers: list[Answer] = []
    for case in cases:
        stopped = bool(answers) and answers[-1].status == "timeout"
        answers.append(answers[-1] if stopped else answer(exercise, target, case, limit=limit))
    # A case without calls (a new object's defaults) says nothing about memory: prefer one with.
    worked = [i for i, given in enumerate(answers) if given.status == "ok"]
    repeated = next((i for i in worked if cases[i].calls), None)
    if repeated is None or any(given.status == "timeout" for given in answers):
        return Attempt(answers=tuple(answers), uses=uses)
    case = cases[repeated]
    again = answer(exercise, target, case, limit=limit)
    variables = tuple(
        name
        for namespace, name in data
        if _matters(namespace, name, again, lambda: answer(exercise, target, case, limit=limit))
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
        with _quietly(), _stopped_after(limit):
            value = plain_answer(exercise, target, case, calls)
    except _TimeUp:
        problem = Problem(kind="timeout", message=f"no answer after {limit:g} s")
        return Answer(status="timeout", problem=problem)
    except _BadSignature as error:
        problem = Problem(kind="signature", message=str(error))
        return Answer(status="error", problem=problem)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # also SystemExit: `exit()` in a cell must not end the report
        stub = _stub(error)
        if stub is not None and stub in _codes(target):
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
        if not _same(used[name], original)
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


def plain(value: Any) -> Any:
    """Turn whatever a student's code returned into plain data.

    Parameters
    ----------
    value : object
        Anything.

    Returns
    -------
    None, ndarray, list or dict
        Numbers and numeric arrays become arrays of a basic dtype; sequences become lists of plain
        data (of one array when they hold plain numbers only); everything else becomes
        ``{"foreign": what it is}``.

    Examples
    --------
    >>> plain([1.0, 2.0])
    array([1., 2.])
    >>> plain(([1.0], []))
    [array([1.]), array([], dtype=float64)]
    >>> plain("twelve")
    {'foreign': 'a str'}
    """
    return _plain(value, 0)


def _plain(value: Any, depth: int) -> Any:
    if value is None:
        return None
    if isinstance(value, str | bytes | dict | set | frozenset):
        return {"foreign": f"a {type(value).__name__}"}
    if isinstance(value, list | tuple | range):
        return _plain_sequence(value, depth)
    if isinstance(value, bool | int | float | complex | np.ndarray | np.generic) or hasattr(
        value, "__array__"
    ):
        return _plain_array(value, depth)
    return {"foreign": f"a {type(value).__name__}"}


def _plain_sequence(value: Any, depth: int) -> Any:
    if depth > 4:
        return {"foreign": "lists nested more than four deep"}
    if all(isinstance(item, bool | int | float | complex | np.number | np.bool_) for item in value):
        return _plain_array(np.array(list(value)) if len(value) else np.empty(0), depth)
    return [_plain(item, depth + 1) for item in value]


def _plain_array(value: Any, depth: int) -> Any:
    array = np.asarray(value)
    if array.nbytes > SIZE_LIMIT:
        return {"foreign": f"an array of {array.nbytes / 1e6:.0f} MB"}
    if array.dtype.kind in "biufc":
        if array.dtype.kind == "f" and array.dtype.itemsize > 8:
            array = array.astype(float)
        return np.array(array, subok=False)
    if array.dtype.kind == "O" and array.ndim:
        return _plain_sequence(list(array), depth)
    return {"foreign": f"an array of {array.dtype}"}


# Time and noise --------------------------------------------------------------------------------


class _TimeUp(BaseException):
    """Raised inside a call that takes too long; not an Exception, so that `except:` rarely eats it."""


@contextlib.contextmanager
def _stopped_after(seconds: float) -> Iterator[None]:
    """Raise `_TimeUp` in the block after `seconds`, where the platform has interval timers."""
    if (
        not hasattr(signal, "setitimer")
        or threading.current_thread() is not threading.main_thread()
    ):
        yield
        return

    def stop(signum: int, frame: types.FrameType | None) -> None:
        raise _TimeUp

    before = signal.signal(signal.SIGALRM, stop)
    # Repeats, for a loop that swallows the first one with a bare `except:`.
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.2)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class _Sink(io.TextIOBase):
    """Takes whatever is printed and keeps none of it."""

    def write(self, text: str) -> int:
        return len(text)

    def writable(self) -> bool:
        return True


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """Keep prints and warnings out of the report, and close figures that the block opened."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    before = set(pyplot.get_fignums()) if pyplot else set()
    try:
        with contextlib.redirect_stdout(_Sink()), contextlib.redirect_stderr(_Sink()):
            yield
    finally:
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is not None:
            for number in set(pyplot.get_fignums()) - before:
                pyplot.close(number)


# What is said about a problem ---------------------------------------------------------------------


class _BadSignature(Exception):
    """The function can't be called the way the exercise says."""


def _fits(
    target: Callable[..., Any], arguments: list[Any], name: str, parameters: tuple[str, ...]
) -> None:
    """Raise `_BadSignature` when `target` can't take the arguments in this order."""
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


def _problem(error: BaseException) -> Problem:
    place = None
    trace = error.__traceback__
    while trace is not None:
        filename = trace.tb_frame.f_code.co_filename
        if not _in_a_library(filename):
            place = (filename, trace.tb_lineno, trace.tb_frame.f_code.co_name)
        trace = trace.tb_next
    text = " ".join(str(error).split())[:300]
    if place is None:
        return Problem(kind=type(error).__name__, message=text)
    filename, line, function = place
    source = linecache.getline(filename, line).strip()
    return Problem(
        kind=type(error).__name__, message=text, line=line, source=source, function=function
    )


def _in_a_library(filename: str) -> bool:
    if filename.startswith("<"):  # not a file: "<ipython-input-1>", "<string>", or a part of Python
        return filename.startswith(("<frozen", "<__array_function__"))
    return str(Path(filename).resolve()).startswith(_LIBRARY)


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


def _codes(target: Any) -> list[types.CodeType]:
    """Return the code of a function, or of the methods of a class."""
    members = vars(target).values() if isinstance(target, type) else [target]
    functions = (getattr(member, "__func__", member) for member in members)
    return [item.__code__ for item in functions if isinstance(item, types.FunctionType)]


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


# Keeping to itself -----------------------------------------------------------------------------


def _same(one: Any, other: Any) -> bool:
    """Whether two inputs are equal, element by element."""
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_same(one[name], other[name]) for name in one)
    if one is None or other is None:
        return one is other
    one, other = np.asarray(one), np.asarray(other)
    if one.shape != other.shape or one.dtype != other.dtype:
        return False
    return bool(np.array_equal(one, other, equal_nan=one.dtype.kind in "fc"))


def same_answer(one: Answer, other: Answer) -> bool:
    """Whether two answers are the same to the last bit."""
    return one.status == other.status and _same(one.value, other.value)


def _read_from_outside(
    target: Callable[..., Any],
) -> tuple[list[tuple[dict[str, Any], str]], tuple[str, ...]]:
    """Find what a function reads from its notebook, also through the functions that it calls.

    Returns
    -------
    data : list of (namespace, name)
        Numbers and arrays.
    uses : tuple of str
        Functions and classes.
    """
    data: list[tuple[dict[str, Any], str]] = []
    uses: list[str] = []
    todo: list[Any] = [target]
    seen: set[int] = set()
    while todo:
        item = todo.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, type):
            todo.extend(vars(item).values())
        item = inspect.unwrap(getattr(item, "__func__", item)) if callable(item) else item
        if not isinstance(item, types.FunctionType) or _in_a_library(item.__code__.co_filename):
            continue
        for name in _global_names(item.__code__):
            value = item.__globals__.get(name)
            if _is_data(value):
                data.append((item.__globals__, name))
            elif isinstance(value, types.FunctionType | type):
                uses.append(name)
                todo.append(value)
    return data, tuple(dict.fromkeys(uses))


def _global_names(code: types.CodeType) -> list[str]:
    names = [
        str(step.argval)
        for step in dis.get_instructions(code)
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME")
    ]
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names.extend(_global_names(constant))
    return list(dict.fromkeys(names))


def _is_data(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(value, int | float | np.number):
        return True
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "if"
    return isinstance(value, list | tuple) and bool(value) and all(map(_is_data, value))


def _matters(
    namespace: dict[str, Any], name: str, usual: Answer, call: Callable[[], Answer]
) -> bool:
    """Whether the answer changes while the variable `name` has another value."""
    kept = namespace[name]
    namespace[name] = _other(kept)
    try:
        return not same_answer(call(), usual)
    finally:
        namespace[name] = kept


def _other(value: Any) -> Any:
    """Return a value of the same kind that is nowhere equal to `value`."""
    if isinstance(value, list | tuple):
        others = [_other(item) for item in value]
        return others if isinstance(value, list) else tuple(others)
    if isinstance(value, int | np.integer):
        return value + 1
    if isinstance(value, np.ndarray) and value.dtype.kind == "i":
        return value + 1
    return value * 1.25 + 1.0

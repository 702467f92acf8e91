"""What stopped a student's code, or kept it from being called at all, in words and with its line."""

from __future__ import annotations

import dis
import inspect
import linecache
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .free_variables import in_a_library
from .scene import Scene, scene_of
from .values import storable

__all__ = ["BadSignature", "Problem", "fits", "is_empty", "problem_of", "running_in", "stub_of"]


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


class BadSignature(Exception):
    """The function can't be called the way the exercise says."""


def fits(
    target: Callable[..., Any], arguments: list[Any], name: str, parameters: tuple[str, ...]
) -> None:
    """Raise `BadSignature` when `target` can't take the arguments in this order."""
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
        raise BadSignature(f"it must be callable as {wanted}, but: {error}") from None
    own = [parameter for parameter in signature.parameters if parameter in parameters]
    if len(own) == len(parameters) and own != list(parameters):
        raise BadSignature(f"its arguments are in another order than {wanted}")


def _takes_just(target: Callable[..., Any], parameters: tuple[str, ...]) -> bool:
    """Whether a plain function or method takes these arguments, as most do; spares `inspect`."""
    first = int(isinstance(target, types.MethodType))
    function = getattr(target, "__func__", target)
    if not isinstance(function, types.FunctionType) or vars(function):
        return False
    code = function.__code__
    return not code.co_kwonlyargcount and code.co_varnames[first : code.co_argcount] == parameters


def problem_of(error: BaseException) -> Problem:
    """Return what an exception says, and where in the student's own code it came up."""
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


def running_in(error: BaseException, names: Sequence[str]) -> str:
    """Return which of the earlier exercises was running when time was up; most often none."""
    trace, found = error.__traceback__, ""
    while trace is not None and not found:
        name = trace.tb_frame.f_code.co_name
        found = name if name in names else ""
        trace = trace.tb_next
    return found


def stub_of(error: BaseException) -> types.CodeType | None:
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


def is_empty(target: Callable[..., Any]) -> bool:
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

"""Find out what a student's function reads from its notebook besides its arguments."""

from __future__ import annotations

import dis
import inspect
import sysconfig
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

__all__ = [
    "changed_value",
    "functions_of",
    "globals_of",
    "in_a_library",
    "read_free_variables",
    "smaller_value",
]

_LIBRARY = (
    *(
        str(Path(sysconfig.get_paths()[name]).resolve())
        for name in ("stdlib", "purelib", "platlib")
    ),
    str(Path(__file__).resolve().parent.parent),  # lifkit itself
)


def read_free_variables(
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
    for namespace, name, value in globals_of(target):
        if _is_data(value):
            data.append((namespace, name))
        elif isinstance(value, types.FunctionType | type):
            uses.append(name)
    return data, tuple(dict.fromkeys(uses))


def globals_of(target: Callable[..., Any]) -> Iterator[tuple[dict[str, Any], str, Any]]:
    """Yield the global names that a function reads, also through the functions that it calls.

    Yields
    ------
    namespace : dict
    name : str
    value : object
        What it stands for; None where it stands for nothing.
    """
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
        if not isinstance(item, types.FunctionType) or in_a_library(item.__code__.co_filename):
            continue
        for name in _global_names(item.__code__):
            value = item.__globals__.get(name)
            yield item.__globals__, name, value
            if isinstance(value, types.FunctionType | type):
                todo.append(value)


def functions_of(value: Any) -> list[types.FunctionType]:
    """Return a function itself, or the methods of a class; nothing of anything else."""
    members = vars(value).values() if isinstance(value, type) else [value]
    found = (getattr(member, "__func__", member) for member in members)
    return [one for one in found if isinstance(one, types.FunctionType)]


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


def changed_value(value: Any) -> Any:
    """Return a value of the same kind that is nowhere equal to `value`.

    Parameters
    ----------
    value : number, array, or list or tuple of such
        As found by `read_free_variables`.
    """
    if isinstance(value, list | tuple):
        others = [changed_value(item) for item in value]
        return others if isinstance(value, list) else tuple(others)
    if isinstance(value, int | np.integer):
        return value + 1
    if isinstance(value, np.ndarray) and value.dtype.kind == "i":
        return value + 1
    return value * 1.25 + 1.0


def smaller_value(value: Any) -> Any:
    """Return the smallest count, or the shortest array, of a value's kind.

    Parameters
    ----------
    value : number, array, or list or tuple of such
        As found by `read_free_variables`.
    """
    if isinstance(value, list | tuple):
        return value[:1]
    if isinstance(value, np.ndarray):
        return value[:1].copy() if value.ndim else value
    return 1 if isinstance(value, int | np.integer) else value


def in_a_library(filename: str) -> bool:
    """Return whether a code object's file belongs to Python, to a package, or to lifkit."""
    if filename.startswith("<"):  # not a file: "<ipython-input-1>", "<string>", or a part of Python
        return filename.startswith(("<frozen", "<__array_function__"))
    return str(Path(filename).resolve()).startswith(_LIBRARY)

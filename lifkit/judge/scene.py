"""Where an exception happened, as plain texts: the expression, its statement, and what its names stood for.

It is read off the frame in which the exception came up, in the process of the student's code, and says
no more than what `exceptions` needs to explain it elsewhere.  Nothing of the student's is called.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import functools
import inspect
import itertools
import linecache
import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from .values import storable

__all__ = ["Scene", "Seen", "scene_of"]

#: Longest text that is kept, in characters, and how many values; a student's line has fewer of both.
TEXT, VALUES = 300, 30


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a part of a statement stood for.

    Attributes
    ----------
    text : str
        The part as it is written, e.g. ``"I_ext[k]"``.
    kind : str
        ``"float array"``, ``"list"``, ``"int"``, ``"function"``, ``"None"``, ...; ``"outer"`` for a name
        without a value that a function around this one gives a value.
    detail : str
        The shape of an array, the length of a list and what is in it, a number's value, a module's name.
    made : str
        Where it got its value: the statement, the ``for`` line with ``pass``, or ``"argument"``.
    """

    text: str
    kind: str
    detail: str = ""
    made: str = ""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The place of an exception.

    Attributes
    ----------
    spot : str
        The expression that could not be computed.
    statement : str
        The statement it stands in.
    seen : tuple of Seen
    known : tuple of str
        The names that had a value there.
    """

    spot: str = ""
    statement: str = ""
    seen: tuple[Seen, ...] = ()
    known: tuple[str, ...] = ()


def scene_of(trace: types.TracebackType) -> Scene:
    """Describe the place that a traceback entry stands for.

    Parameters
    ----------
    trace : traceback
        The innermost entry in a student's own code.

    Returns
    -------
    Scene
        An empty one where the text is not there to be read.
    """
    frame = trace.tb_frame
    known = tuple(name for name in frame.f_locals if name.isidentifier())[:VALUES]
    try:
        tree = _tree_of("".join(linecache.getlines(frame.f_code.co_filename)))
    except (SyntaxError, ValueError, RecursionError):
        return Scene(known=known)
    place = next(itertools.islice(frame.f_code.co_positions(), trace.tb_lasti // 2, None))
    expressions = (node for node in ast.walk(tree) if isinstance(node, ast.expr))
    spot = next((node for node in expressions if _position(node) == place), None)
    around = [node for node in ast.walk(tree) if _spans(node, trace.tb_lineno)]
    statement = next((node for node in reversed(around) if isinstance(node, ast.stmt)), None)
    if statement is None:
        return Scene(known=known)
    parts = {ast.unparse(node): node for node in _parts(statement)}
    bound = _bound(around, statement)
    seen = []
    for text, node in parts.items():
        kind, detail = _described(frame, node, around)
        if kind and len(text) <= TEXT:
            made = _made(bound.get(text, []), statement)
            seen.append(Seen(text=storable(text), kind=kind, detail=detail[:TEXT], made=made))
    return Scene(
        spot=_text(spot) if spot else "",
        statement=_text(statement),
        seen=tuple(seen[:VALUES]),
        known=known,
    )


@functools.lru_cache(maxsize=4)
def _tree_of(source: str) -> ast.Module:
    """Read a cell's text; an answer may stop in each of its cases."""
    return ast.parse(source)


def _position(node: ast.AST) -> tuple[Any, ...]:
    names = ("lineno", "end_lineno", "col_offset", "end_col_offset")
    return tuple(getattr(node, name, None) for name in names)


def _spans(node: ast.AST, line: int) -> bool:
    return getattr(node, "lineno", line + 1) <= line <= getattr(node, "end_lineno", line)


def _text(node: ast.AST) -> str:
    """Write a node down; of a long statement its first line."""
    text = ast.unparse(node)
    if len(text) > TEXT and getattr(node, "body", None):
        text = text.partition("\n")[0] + " pass"
    return storable(text) if len(text) <= TEXT else ""


def _parts(statement: ast.stmt) -> Iterator[ast.expr]:
    """Go through names, attributes and entries in a statement, without those in its body."""
    todo: list[ast.AST] = [statement]
    while todo:
        node = todo.pop(0)
        if isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.BinOp):
            yield node
        todo.extend(
            child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.stmt)
        )


# What a part stood for ----------------------------------------------------------------------------


class _Unknown(Exception):
    """Its value can't be had without calling something."""


def _described(frame: types.FrameType, node: ast.expr, around: list[ast.AST]) -> tuple[str, str]:
    try:
        return describe(_value(frame, node))
    except _Unknown:
        pass
    inside = isinstance(node, ast.Name) and any(
        isinstance(one, ast.FunctionDef)
        and one.name != frame.f_code.co_name
        and any(node.id == name for name, _ in _bindings(one))
        for one in around
    )
    return ("outer", "") if inside else ("", "")


def _value(frame: types.FrameType, node: ast.AST) -> Any:
    """Return what an expression stands for, without calling anything of a student's."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        for names in (frame.f_locals, frame.f_globals, vars(builtins)):
            if node.id in names:
                return names[node.id]
    if isinstance(node, ast.Attribute):
        base = _value(frame, node.value)
        if type(base) is np.ndarray and node.attr in ("shape", "size", "ndim", "T"):
            return getattr(base, node.attr)
        with contextlib.suppress(AttributeError):
            found = inspect.getattr_static(base, node.attr)
            if not isinstance(found, property | types.GetSetDescriptorType):
                return found
    if isinstance(node, ast.Slice):
        return slice(*(one and _value(frame, one) for one in (node.lower, node.upper, node.step)))
    if isinstance(node, ast.Tuple):
        return tuple(_value(frame, one) for one in node.elts)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        left, right = _value(frame, node.left), _value(frame, node.right)
        if type(left) is int and type(right) is int:
            return left + right if isinstance(node.op, ast.Add) else left - right
    if isinstance(node, ast.Subscript):
        base, index = _value(frame, node.value), _value(frame, node.slice)
        plain = (index,) if not isinstance(index, tuple) else index
        fits = all(type(one) in (int, slice) or isinstance(one, np.integer) for one in plain)
        if type(base) in (list, tuple, np.ndarray) and fits:
            with contextlib.suppress(IndexError, TypeError, ValueError):
                return base[index]
    raise _Unknown


def describe(value: Any) -> tuple[str, str]:
    """Return the kind of a value and what is to be told of it."""
    if value is None:
        return "None", ""
    if isinstance(value, bool | np.bool_):
        return "bool", str(bool(value))
    if isinstance(value, int | np.integer):
        return "int", str(int(value))
    if isinstance(value, float | np.floating):
        return "float", str(float(f"{value:.6g}"))
    if isinstance(value, np.ndarray):
        kind = {"b": "bool", "i": "int", "u": "int", "f": "float"}.get(value.dtype.kind, "other")
        flags = kind == "float" and value.size and bool(np.isin(np.asarray(value), (0, 1)).all())
        return f"{kind} array", f"{value.shape}" + " of 0 and 1" * bool(flags)
    if type(value) in (list, tuple):
        first = f" of {describe(value[0])[0]}" if value else ""
        return type(value).__name__, f"{len(value)}{first}"
    if isinstance(value, types.ModuleType):
        return "module", value.__name__
    if isinstance(value, types.FunctionType):
        return "function", ", ".join(value.__code__.co_varnames[: value.__code__.co_argcount])
    if isinstance(value, type):
        return "class", value.__name__
    if callable(value):
        return "function", ""
    return ("text", "") if isinstance(value, str) else ("other", type(value).__name__)


# Where it got its value ---------------------------------------------------------------------------


def _bound(around: list[ast.AST], statement: ast.stmt) -> dict[str, list[Any]]:
    """Return the places where each name of the function, and each attribute of its class, gets a value."""
    found: dict[str, list[Any]] = {}
    for kind, own in ((ast.ClassDef, True), (ast.FunctionDef, False)):
        for tree in [node for node in around if isinstance(node, kind)][-1:]:
            for name, one in _bindings(tree):
                if name.startswith("self.") == own:
                    found.setdefault(name, []).append(one)
    for loop in ast.walk(statement):
        if isinstance(loop, ast.comprehension):
            found[ast.unparse(loop.target)] = [loop]
    return found


def _made(places: list[Any], statement: ast.stmt) -> str:
    """Return the last of the places before a statement, or else the last after it."""
    line = statement.lineno
    others = sorted(
        (one for one in places if getattr(one, "lineno", 0) != line),
        key=lambda one: (getattr(one, "lineno", 0) < line, getattr(one, "lineno", 0)),
    )
    if not others:
        return ""
    one = others[-1]
    if isinstance(one, ast.Pass):
        return "argument"
    if isinstance(one, ast.For | ast.comprehension):
        return storable(f"for {ast.unparse(one.target)} in {ast.unparse(one.iter)}: pass")[:TEXT]
    return _text(one)


def _bindings(tree: ast.AST) -> Iterator[tuple[str, ast.stmt]]:
    """Go through the names and attributes that get a value in a function, with the statements."""
    if isinstance(tree, ast.FunctionDef):
        for argument in tree.args.args:
            yield argument.arg, ast.Pass(lineno=tree.lineno)
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AugAssign | ast.AnnAssign | ast.For):
            targets = [node.target]
        else:
            continue
        for target in targets:
            for one in target.elts if isinstance(target, ast.Tuple) else [target]:
                yield ast.unparse(one), node

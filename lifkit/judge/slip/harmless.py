"""Where no copy of the process can be had: run only what can change nothing, and count its steps."""

from __future__ import annotations

import ast
import builtins
import contextlib
import types
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from ..confine import TimeUp
from ..steps import steps_told
from .program import Program

__all__ = ["counting_steps", "is_harmless"]

#: Steps (jumps of loops and calls) that one call of an edited program may take.  A right one takes some
#: hundred on the small cases; this many take a few hundredths of a second.
STEPS = 50_000

_BUILTINS = frozenset(
    "abs all any bool dict divmod enumerate filter float int isinstance len list map max min pow print "
    "range reversed round set sorted sum super tuple type zip object ValueError TypeError".split()
)

#: Methods of arrays, lists, dicts, sets and texts that reach nothing else.
_METHODS = frozenset(
    name
    for kind in (np.ndarray, list, dict, set, str, tuple)
    for name in dir(kind)
    if not name.startswith("_")
) - {"dump", "dumps", "tofile", "setfield", "setflags", "format_map"}

#: What NumPy and SciPy have that reads, writes or remembers.
_REACHING = (
    "save",
    "load",
    "from",
    "gen",
    "mem",
    "set",
    "seterr",
    "tofile",
    "DataSource",
    "test",
    "open",
)

_MODULES = ("numpy", "scipy", "math")


def is_harmless(program: Program) -> bool:
    """Whether a program only computes: with its arguments, numbers, and functions that only compute.

    Then an edit of it changes nothing of the notebook's either, writes no file and asks for no input.

    Parameters
    ----------
    program : Program
        All pieces of it, those too that are not to be edited.
    """
    own = {piece.name for piece in program.pieces}
    return all(_only_computes(piece.tree, own, program.namespace) for piece in program.pieces)


def _only_computes(tree: ast.AST, own: set[str], namespace: Mapping[str, Any]) -> bool:
    stored = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    stored |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    for node in ast.walk(tree):
        if isinstance(
            node, ast.Global | ast.Import | ast.ImportFrom | ast.Delete | ast.AsyncFunctionDef
        ):
            return False
        if (
            isinstance(node, ast.Name)
            and isinstance(node.ctx, ast.Load)
            and node.id not in stored | own
        ):
            if not _may_be_read(node.id, namespace):
                return False
        if isinstance(node, ast.Call) and not _may_be_called(node.func, stored, own, namespace):
            return False
        if isinstance(node, ast.Attribute) and node.attr.startswith("__"):
            return False
    return True


def _may_be_read(name: str, namespace: Mapping[str, Any]) -> bool:
    if name not in namespace:
        return name in _BUILTINS or not hasattr(builtins, name)
    value = namespace[name]
    if isinstance(value, types.ModuleType):
        return value.__name__.partition(".")[0] in _MODULES
    return isinstance(value, int | float) or _is_of_a_library(value)


def _is_of_a_library(value: Any) -> bool:
    module = getattr(value, "__module__", None) or type(value).__module__
    computes = isinstance(module, str) and module.partition(".")[0] in _MODULES
    return computes and callable(value) and not _reaches(getattr(value, "__name__", ""))


def _reaches(name: str) -> bool:
    return name.startswith(_REACHING)


def _may_be_called(
    func: ast.expr, stored: set[str], own: set[str], namespace: Mapping[str, Any]
) -> bool:
    if isinstance(func, ast.Name):
        known = func.id in own or (func.id in _BUILTINS and func.id not in namespace)
        return known or _is_of_a_library(namespace.get(func.id))
    if not isinstance(func, ast.Attribute):
        return False
    root: ast.expr = func
    while isinstance(root, ast.Attribute):
        if _reaches(root.attr) and not isinstance(root.value, ast.Name | ast.Attribute):
            return False
        root = root.value
    if isinstance(root, ast.Name) and root.id not in stored:
        if isinstance(namespace.get(root.id), types.ModuleType):
            return not _reaches(func.attr) and ".random." not in f".{ast.unparse(func)}."
    return func.attr in _METHODS or isinstance(root, ast.Name) and root.id == "self"


@contextlib.contextmanager
def counting_steps() -> Iterator[None]:
    """Raise `TimeUp` in the block after `STEPS` steps, with no clock and no signal."""
    left = STEPS

    def step() -> None:
        nonlocal left
        left -= 1
        if left < 0:
            left = STEPS // 10  # until the next one, should a bare `except:` take this one
            raise TimeUp

    with steps_told(step):
        yield

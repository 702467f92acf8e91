"""Read a cell's source without running it: which names it mentions and defines."""

from __future__ import annotations

import ast
import functools
import re

from ..limits import CELL_SOURCE

__all__ = ["defined_in", "names_in", "only_defines"]

_WORD = re.compile(r"[^\W\d]\w*")

_DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@functools.lru_cache(maxsize=8)
def _tree(source: str) -> ast.Module | None:
    """Return what Python reads, or None where it reads nothing: magic, a slip, far too much."""
    if len(source) > CELL_SOURCE:
        return None
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def names_in(source: str) -> frozenset[str]:
    """Return the names that a cell mentions; all its words where Python can't read it.

    Examples
    --------
    >>> sorted(names_in("y = f(x)  # not g"))
    ['f', 'x', 'y']
    >>> sorted(names_in("%timeit f(x)"))
    ['f', 'timeit', 'x']
    """
    tree = _tree(source)
    if tree is None:
        return frozenset(_WORD.findall(source))
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))


def defined_in(source: str) -> tuple[str, ...]:
    """Return the functions and classes that a cell defines at its top."""
    tree = _tree(source)
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return tuple(node.name for node in tree.body if isinstance(node, kinds)) if tree else ()


def only_defines(source: str) -> bool:
    r"""Whether a cell does nothing but import, define, and name numbers and texts.

    Examples
    --------
    >>> only_defines("import numpy as np\nE_m = -70.0"), only_defines("f(x)")
    (True, False)
    """
    tree = _tree(source)
    return tree is not None and all(
        isinstance(node, _DEFINITIONS) or _names_a_constant(node) for node in tree.body
    )


def _names_a_constant(node: ast.stmt) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if not isinstance(node, ast.Assign):
        return False
    value = node.value.operand if isinstance(node.value, ast.UnaryOp) else node.value
    return isinstance(value, ast.Constant)

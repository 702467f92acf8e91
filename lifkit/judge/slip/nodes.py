"""Short ways to make nodes of a syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

__all__ = ["Made", "attribute", "call", "load", "name_of", "numpy", "plus_or_minus_one", "renamed"]

#: Edits: of what kind, and what would stand in the place.
Made = Iterator[tuple[str, Any]]


def load(name: str) -> ast.Name:
    """Return a name that is read."""
    return ast.Name(name, ast.Load())


def attribute(node: ast.expr | str, name: str) -> ast.Attribute:
    """Return an attribute of a node, or of what a name stands for."""
    return ast.Attribute(load(node) if isinstance(node, str) else node, name, ast.Load())


def numpy(name: str) -> ast.Attribute:
    """Return what NumPy calls so."""
    return attribute("np", name)


def call(func: ast.expr | str, *arguments: ast.expr) -> ast.Call:
    """Return a call of a node, or of what a name stands for."""
    return ast.Call(load(func) if isinstance(func, str) else func, list(arguments), [])


def name_of(func: ast.expr) -> str:
    """Return the last part of a dotted name."""
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")


def renamed(func: ast.expr, name: str) -> ast.expr:
    """Return a dotted name with another last part."""
    return attribute(func.value, name) if isinstance(func, ast.Attribute) else load(name)


def plus_or_minus_one(node: ast.expr) -> tuple[ast.expr, ast.expr]:
    """Return one more and one less."""
    one = ast.Constant(1)
    return ast.BinOp(node, ast.Add(), one), ast.BinOp(node, ast.Sub(), one)

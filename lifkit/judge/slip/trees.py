"""Places in a program's syntax tree, and what stands around them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Edit", "Scope", "is_docstring", "placed", "places", "put", "scopes"]


@dataclass(frozen=True)
class Edit:
    """One change of a program: what stands in one field of one node, as it is and as it would be.

    Attributes
    ----------
    owner, name, index
        The node, its field, and the place in it where the field is a list of which one entry changes.
    old, new : node, or list of nodes
        A list is a body of statements.
    kind : str
        What is done, from a closed set (see `lifkit.judge.telling.KINDS`).
    line : int
        The line that is to be looked at.
    spot : node
        What is to be looked at: `old`, or a statement of it.
    """

    owner: Any
    name: str
    index: int | None
    old: Any
    new: Any
    kind: str
    line: int
    spot: Any

    def put(self, value: Any) -> None:
        """Put `old` or `new` in the place."""
        if value is self.new:
            placed(value, self.spot)
        put(self.owner, self.name, self.index, value)


@dataclass
class Scope:
    """The names that a function's code may use.

    Attributes
    ----------
    arguments, variables, loops, attributes : list of str
        Its own arguments but for `self`, what it stores, the variables of its `for` loops, and what any
        method of its class stores in `self`.
    """

    arguments: list[str] = field(default_factory=list)
    variables: list[str] = field(default_factory=list)
    loops: list[str] = field(default_factory=list)
    attributes: list[str] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """Return all of the function's names once."""
        return list(dict.fromkeys((*self.arguments, *self.variables)))


def scopes(tree: ast.AST) -> dict[int, Scope]:
    """Return, for the id of each node inside a function, the scope of the innermost one."""
    found: dict[int, Scope] = {}

    def walk(node: ast.AST, scope: Scope | None, attributes: list[str]) -> None:
        if isinstance(node, ast.ClassDef):
            attributes = list(dict.fromkeys(filter(None, map(_stored, ast.walk(node)))))
        if isinstance(node, ast.FunctionDef):
            scope = _scope(node, attributes)
        if scope is not None:
            found[id(node)] = scope
        for child in ast.iter_child_nodes(node):
            walk(child, scope, attributes)

    walk(tree, None, [])
    return found


def _stored(node: ast.AST) -> str:
    """Return the name of the object's attribute that a node stores, if it does."""
    if not (isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)):
        return ""
    return node.attr if isinstance(node.value, ast.Name) and node.value.id == "self" else ""


def _scope(function: ast.FunctionDef, attributes: list[str]) -> Scope:
    scope = Scope(attributes=attributes)
    arguments = (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
    scope.arguments = [one.arg for one in arguments if one.arg != "self"]
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            scope.variables.append(node.id)
        if isinstance(node, ast.For | ast.comprehension):
            scope.loops += [one.id for one in ast.walk(node.target) if isinstance(one, ast.Name)]
    scope.variables = list(dict.fromkeys(scope.variables))
    scope.loops = list(dict.fromkeys(scope.loops))
    return scope


def is_docstring(owner: ast.AST, value: ast.AST) -> bool:
    """Whether a value is a text that stands as a statement."""
    return (
        isinstance(owner, ast.Expr)
        and isinstance(value, ast.Constant)
        and isinstance(value.value, str)
    )


def places(tree: ast.AST) -> Iterator[tuple[ast.AST, str, int | None, Any]]:
    """Yield where an expression or a body stands, outside docstrings, signatures and decorators.

    Yields
    ------
    owner, name, index, value
        As in `Edit`.
    """
    for node in ast.walk(tree):
        for name, value in ast.iter_fields(node):
            if name in ("args", "decorator_list") and not isinstance(node, ast.Call):
                continue
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                yield node, name, None, value
            elif isinstance(value, list):
                for index, item in enumerate(value):
                    if isinstance(item, ast.expr):
                        yield node, name, index, item
            elif isinstance(value, ast.expr) and not is_docstring(node, value):
                yield node, name, None, value


def put(owner: ast.AST, name: str, index: int | None, value: Any) -> None:
    """Put a value in one of `places`."""
    if index is None:
        setattr(owner, name, value)
    else:
        getattr(owner, name)[index] = value


def placed(new: Any, old: ast.AST) -> None:
    """Give what is new in a node, or in a list of nodes, the place of an old one in the text.

    A node that has a place was there before, with all that it holds: what is put into one is made anew.
    """
    for node in new if isinstance(new, list) else [new]:
        if "lineno" in node._attributes:
            if hasattr(node, "lineno"):
                continue
            ast.copy_location(node, old)
        placed(list(ast.iter_child_nodes(node)), old)

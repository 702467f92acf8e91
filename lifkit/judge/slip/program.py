"""A student's program as its cells define it: the exercise and the own functions that it calls."""

from __future__ import annotations

import ast
import copy
import inspect
import linecache
import types
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..free_variables import functions_of, globals_of, in_a_library
from .expressions import expression_edits, late_edits, rare_edits
from .statements import body_edits
from .trees import Edit, places, scopes

__all__ = ["Piece", "Program", "program_of"]


@dataclass(frozen=True)
class Piece:
    """One definition at the top of a cell.

    Attributes
    ----------
    name : str
        The function's or class's name.
    tree : ast.Module
        The definition alone, with the lines that it has in the cell.
    lines : list of str
        The cell's text.
    """

    name: str
    tree: ast.Module
    lines: list[str]

    def compiled(self) -> types.CodeType:
        """Return the definition as it is now."""
        return compile(self.tree, "<edited>", "exec")

    def edits(self, stage: int) -> Iterator[Edit]:
        """Yield single edits of the definition, those of one stage: 0 the usual ones, 1 and 2 the late."""
        known = scopes(self.tree)
        for owner, name, index, old in list(places(self.tree)):
            scope = known.get(id(old[0] if isinstance(old, list) else old))
            if scope is None:
                continue
            if isinstance(old, list):
                if stage == 0 and isinstance(owner, _BLOCKS):
                    for kind, body, spot in body_edits(old, owner, scope):
                        yield Edit(owner, name, None, old, body, kind, spot.lineno, spot)
                continue
            for kind, new in _STAGES[stage](old, owner, scope):
                yield Edit(owner, name, index, old, new, kind, old.lineno, old)


_STAGES = (expression_edits, late_edits, rare_edits)

_BLOCKS = (ast.FunctionDef, ast.For, ast.While, ast.If, ast.With)


@dataclass(frozen=True)
class Program:
    """The pieces of a program, in the order in which they are to be defined.

    Attributes
    ----------
    name : str
        The exercise's function or class.
    pieces : tuple of Piece
    namespace : dict
        The variables that surround it.
    """

    name: str
    pieces: tuple[Piece, ...]
    namespace: dict[str, Any]

    def compiled(self) -> dict[str, types.CodeType]:
        """Return the pieces' code by their names."""
        return {piece.name: piece.compiled() for piece in self.pieces}

    def defined(self, codes: Mapping[str, types.CodeType]) -> Callable[..., Any]:
        """Return the exercise's function or class, defined anew beside its surroundings."""
        space = dict(self.namespace)
        for code in codes.values():
            exec(code, space)
        return space[self.name]

    def edited(
        self, codes: Mapping[str, types.CodeType], piece: Piece, edit: Edit
    ) -> Callable[..., Any] | None:
        """Return it with one edit; None where that does not compile."""
        edit.put(edit.new)
        try:
            return self.defined({**codes, piece.name: piece.compiled()})
        except Exception:
            return None
        finally:
            edit.put(edit.old)

    def with_edit(self, edit: Edit) -> Program:
        """Return the program with an edit put in for good, a copy of its own."""
        edit.put(edit.new)
        try:
            trees = copy.deepcopy([piece.tree for piece in self.pieces])
        finally:
            edit.put(edit.old)
        pieces = tuple(
            replace(piece, tree=tree) for piece, tree in zip(self.pieces, trees, strict=True)
        )
        return replace(self, pieces=pieces)


def program_of(target: Callable[..., Any], leave: Collection[str] = ()) -> Program | None:
    """Return a function's or class's program, or None where its text can't be had.

    Parameters
    ----------
    target : callable
    leave : collection of str
        Names of functions that are taken as they are: earlier exercises.
    """
    first = functions_of(target)
    if not first:
        return None
    namespace = first[0].__globals__
    pieces: dict[str, Piece] = {}
    for space, label, value in reversed(list(globals_of(target))):
        own = isinstance(value, types.FunctionType | type) and space is namespace
        if own and label not in leave and label != target.__name__:
            piece = _piece(value, label)
            if piece is not None:
                pieces[label] = piece
    whole = _piece(target, target.__name__)
    if whole is None:
        return None
    pieces[target.__name__] = whole
    return Program(target.__name__, tuple(pieces.values()), namespace)


def _piece(value: Any, name: str) -> Piece | None:
    """Return the definition of a function or class, out of the text of its cell or file."""
    functions = functions_of(value)
    if not functions:
        return None
    code = inspect.unwrap(functions[0]).__code__
    if in_a_library(code.co_filename):
        return None
    lines = linecache.getlines(code.co_filename)
    try:
        tree = ast.parse("".join(lines))
    except (SyntaxError, ValueError, RecursionError):
        return None
    for statement in reversed(tree.body):
        if isinstance(statement, ast.FunctionDef | ast.ClassDef) and statement.name == name:
            if statement.lineno <= code.co_firstlineno <= (statement.end_lineno or 0) or (
                statement.decorator_list
            ):
                _shorten_docstrings(statement)
                return Piece(
                    name, ast.Module([statement], []), [line.rstrip("\n") for line in lines]
                )
    return None


def _shorten_docstrings(tree: ast.AST) -> None:
    """Empty the docstrings, in which nothing is edited."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(
            node, clean=False
        ):
            node.body[0].value.value = ""  # type: ignore[attr-defined]

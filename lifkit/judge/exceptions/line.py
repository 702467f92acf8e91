"""A line that stopped, as the rules look at it: syntax trees beside what their names stood for."""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from ..model import Exercise
from ..problems import Problem
from ..scene import Seen

__all__ = ["Line", "Rule", "called", "first_index", "length", "subscript", "text", "tree_of"]

_Node = TypeVar("_Node", bound=ast.AST)

_NOTHING = Seen(text="", kind="")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One kind of mistake behind an exception.

    Attributes
    ----------
    name : str
        The mistake's name.
    says : str
        A pattern for the beginning of "kind: message".
    look : callable
        Looks at the line and the match, and returns words for the sentences, or None where the
        mistake is another one.
    what, mend : str
        The sentences, with the words in braces.
    """

    name: str
    says: str
    look: Callable[[Line, re.Match[str]], Mapping[str, str] | None]
    what: str
    mend: str


class Line:
    """A line that stopped.

    Parameters
    ----------
    exercise : Exercise
    problem : Problem
    partly : bool
        Whether the code works in other cases.
    """

    def __init__(self, exercise: Exercise, problem: Problem, partly: bool = False) -> None:
        self.exercise, self.problem, self.partly = exercise, problem, partly
        self.known = problem.scene.known
        self._seen = {one.text: one for one in problem.scene.seen}

    @cached_property
    def spot(self) -> ast.expr:
        """Return the expression that could not be computed; an empty name where that is unknown."""
        tree = tree_of(self.problem.scene.spot)
        return tree.value if isinstance(tree, ast.Expr) else ast.Name(id="")

    @cached_property
    def statement(self) -> ast.stmt:
        """Return the statement it stands in."""
        return tree_of(self.problem.scene.statement)

    def find(self, kind: type[_Node]) -> list[_Node]:
        """Return the nodes of a kind in the expression, or else in the statement."""
        for tree in (self.spot, self.statement):
            found = [node for node in ast.walk(tree) if isinstance(node, kind)]
            if found:
                return found
        return []

    def of(self, node: ast.AST | str) -> Seen:
        """Return what a part stood for; of kind ``""`` where that is unknown."""
        wanted = node if isinstance(node, str) else text(node)
        if isinstance(node, ast.Constant) and wanted not in self._seen:
            return Seen(text=wanted, kind=type(node.value).__name__, detail=wanted)
        return self._seen.get(wanted, _NOTHING)

    def shape(self, node: ast.AST | str) -> tuple[int, ...] | None:
        """Return the shape of a part that stood for an array."""
        found = self.of(node)
        if not found.kind.endswith(" array"):
            return None
        return tuple(int(one) for one in re.findall(r"\d+", found.detail.partition(")")[0]))

    def value_of(self, node: ast.AST | str) -> ast.AST | None:
        """Return the expression that a part got its value from, where one was assigned to it alone."""
        made = tree_of(self.of(node).made)
        if isinstance(made, ast.Assign) and isinstance(made.targets[0], ast.Name | ast.Attribute):
            return made.value
        return None

    def is_count(self, node: ast.AST) -> bool:
        """Whether a part is a float that should be a whole number."""
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            return True
        called_round = called(node) in ("np.floor", "np.ceil", "np.round", "np.rint")
        return called_round or self.of(node).kind == "float"


def text(node: ast.AST) -> str:
    """Write a node down as a student would."""
    return ast.unparse(node)


def called(node: ast.AST) -> str:
    """Return what a call calls, as text; nothing where it is no call."""
    return text(node.func) if isinstance(node, ast.Call) else ""


def tree_of(source: str) -> ast.stmt:
    """Read one statement; `pass` where it is none."""
    with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
        body = ast.parse(source).body
        if body:
            return body[0]
    return ast.Pass()


def subscript(line: Line) -> ast.Subscript | None:
    """Return the entry that could not be had; None where it was something else."""
    return line.spot if isinstance(line.spot, ast.Subscript) else None


def length(line: Line, node: ast.AST) -> int | None:
    """Return how many entries an array (along its first axis) or a list has."""
    shape = line.shape(node)
    found = line.of(node)
    if shape:
        return shape[0]
    return int(found.detail.split()[0]) if found.kind in ("list", "tuple") else None


def first_index(node: ast.Subscript) -> ast.expr:
    """Return the index of the first axis."""
    return node.slice.elts[0] if isinstance(node.slice, ast.Tuple) else node.slice

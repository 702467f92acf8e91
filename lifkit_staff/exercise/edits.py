"""Edit Python text by matching syntax trees, so that layout and comments don't count.

A pattern is an expression or some statements; an empty one stands for the place where a function's
body begins, after its docstring.  In it, a name that begins with ``any_`` stands for any
expression (the same one wherever the name comes again), and a statement ``...`` for any statements,
none included.  What they stood for is put where the replacement has them.
"""

from __future__ import annotations

import ast
import copy
import difflib
import functools
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

__all__ = ["Edit", "NoMatch", "apply", "edits_of"]

#: One edit: what stands there, and what a student wrote in its place (nothing deletes it).
Edit = tuple[str, str]

#: Fields of syntax trees that say nothing about the program.
_NOT_COMPARED = {"ctx", "kind", "type_comment", "type_params"}

#: Nodes below which nothing can be edited.
_LEAVES = (ast.expr_context, ast.operator, ast.unaryop, ast.cmpop, ast.boolop)

Bindings = dict[str, Any]


class NoMatch(ValueError):
    """A pattern stands nowhere in the text; says so with the nearest line."""

    def __init__(self, old: str, tree: ast.AST | None = None) -> None:
        super().__init__(old)
        self.old, self.tree = old, tree

    def __str__(self) -> str:
        # Worked out when somebody reads it: edits are tried by the thousand.
        if self.tree is None:
            return self.old
        line = _nearest(self.old, self.tree)
        said = f"`{self.old}` stands nowhere. The nearest line is `{line}`."
        return said + _half_a_product(self.old, line)


def edits_of(entry: Any) -> tuple[Edit, ...]:
    """Read one edit, ``[old, new]``, or several that belong together, ``[[old, new], ...]``."""
    pairs = [entry] if isinstance(entry, list) and entry and isinstance(entry[0], str) else entry
    if not (isinstance(pairs, list) and pairs) or not all(
        isinstance(pair, list) and len(pair) == 2 and all(isinstance(text, str) for text in pair)
        for pair in pairs
    ):
        raise ValueError(f"An edit is [old, new] or a list of such pairs, not {entry!r}.")
    for text in (text for pair in pairs for text in pair):
        _parsed(text)
    return tuple((old, new) for old, new in pairs)


def apply(text: str, edits: Sequence[Edit]) -> str:
    r"""Apply edits one after the other, each wherever its pattern stands.

    Parameters
    ----------
    text : str
        Python statements.
    edits : sequence of (old, new)

    Returns
    -------
    str
        The edited text, laid out anew.

    Raises
    ------
    NoMatch
        If a pattern stands nowhere; the message quotes the nearest line.
    ValueError
        If a pattern or a replacement is no Python.

    Examples
    --------
    >>> print(apply("y = (a + b) * c", [("any_x * c", "any_x / c")]))
    y = (a + b) / c
    >>> print(apply("x = 1\nfor k in range(3):\n    x += k", [("for k in range(3): ...", "...")]))
    x = 1
    x += k
    """
    tree = ast.parse(text)
    for old, new in edits:
        if not old.strip():
            _insert_first(tree, _parsed(new))
            continue
        pattern, replacement = _parsed(old), _parsed(new)
        editor = _Editor(pattern, replacement)
        tree = editor.visit(tree)
        if not editor.count:
            raise NoMatch(old, tree)
    return ast.unparse(tree)


def _insert_first(tree: ast.Module, new: ast.expr | list[ast.stmt]) -> None:
    """Put statements at the top of the last function of a cell, after its docstring."""
    function = tree.body[-1]
    if not isinstance(function, ast.FunctionDef):
        raise NoMatch("Nothing can be put first: the cell does not end with a function.")
    start = 1 if ast.get_docstring(function) is not None else 0
    function.body[start:start] = _filled(new, {})


@functools.cache
def _parsed(text: str) -> ast.expr | list[ast.stmt]:
    """Return an expression, or a list of statements."""
    text = textwrap.dedent(text).strip("\n")
    try:
        statements = ast.parse(text).body
    except SyntaxError as error:
        try:  # what may stand in a function only, or what stands in brackets only
            return ast.parse(text.strip(), mode="eval").body
        except SyntaxError:
            raise ValueError(f"`{text}` is no Python: {error.msg}.") from None
    if len(statements) == 1 and isinstance(statements[0], ast.Expr):
        if not _is_gap(statements[0]):
            return statements[0].value
    return statements


def _is_gap(node: Any) -> bool:
    """Whether a statement is ``...``."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and node.value.value is ...
    )


class _Editor(ast.NodeTransformer):
    """Put a replacement wherever a pattern stands; what was put is not searched again."""

    def __init__(
        self, pattern: ast.expr | list[ast.stmt], replacement: ast.expr | list[ast.stmt]
    ) -> None:
        self.pattern, self.replacement = pattern, replacement
        self.count = 0

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, ast.expr) and isinstance(self.pattern, ast.expr):
            bindings: Bindings = {}
            if _match(self.pattern, node, bindings):
                self.count += 1
                if not isinstance(self.replacement, ast.expr):
                    # An expression that is a whole statement; `generic_visit` takes it out.
                    return _Statements(_filled(self.replacement, bindings))
                return _with_context(_filled([ast.Expr(self.replacement)], bindings), node)
        return self.generic_visit(node)

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for name, value in ast.iter_fields(node):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                setattr(node, name, self._statements(value))
            elif isinstance(value, list):
                setattr(node, name, [self._child(item) for item in value])
            elif isinstance(value, ast.AST):
                setattr(node, name, self._child(value))
        return node

    def _child(self, item: Any) -> Any:
        if not isinstance(item, ast.AST) or isinstance(item, _LEAVES):
            return item
        found = self.visit(item)
        if isinstance(found, _Statements):
            raise NoMatch("An expression inside a statement can't be replaced by statements.")
        return found

    def _statements(self, body: list[ast.stmt]) -> list[ast.stmt]:
        done: list[ast.stmt] = []
        k = 0
        while k < len(body):
            bindings: Bindings = {}
            length = self._length(body[k:], bindings)
            if length:
                self.count += 1
                done += _filled(self.replacement, bindings)
                k += length
                continue
            statement = body[k]
            k += 1
            if isinstance(statement, ast.Expr):
                value = self.visit(statement.value)
                if isinstance(value, _Statements):
                    done += value.body
                    continue
                statement.value = value
                done.append(statement)
            else:
                done.append(self.visit(statement))
        return done or [ast.Pass()]

    def _length(self, body: list[ast.stmt], bindings: Bindings) -> int:
        """Return how many of the first statements match, 0 where they don't."""
        if isinstance(self.pattern, ast.expr) or not self.pattern:
            return 0
        for length in range(len(body), 0, -1):
            found: Bindings = {}
            if _match_body(self.pattern, body[:length], found):
                bindings.update(found)
                return length
        return 0


class _Statements(ast.AST):
    """Statements on their way to the place of an expression statement."""

    def __init__(self, body: list[ast.stmt]) -> None:
        self.body = body


def _match(pattern: Any, node: Any, bindings: Bindings) -> bool:
    """Whether a tree is what the pattern says; fills in what its ``any_`` names stand for."""
    if isinstance(pattern, ast.Name) and pattern.id.startswith("any_"):
        if not isinstance(node, ast.expr):
            return False
        if pattern.id in bindings:
            return _match(bindings[pattern.id], node, bindings)
        bindings[pattern.id] = node
        return True
    if isinstance(pattern, ast.Constant) and isinstance(node, ast.Constant):
        same_kind = isinstance(pattern.value, bool) == isinstance(node.value, bool)
        return same_kind and bool(pattern.value == node.value)
    if isinstance(pattern, ast.AST):
        return type(pattern) is type(node) and all(
            _match(value, getattr(node, name, None), bindings)
            for name, value in ast.iter_fields(pattern)
            if name not in _NOT_COMPARED
        )
    if isinstance(pattern, list):
        if not isinstance(node, list):
            return False
        if any(_is_gap(item) for item in pattern):
            return _match_body(pattern, node, bindings)
        return len(pattern) == len(node) and all(
            _match(one, other, bindings) for one, other in zip(pattern, node, strict=True)
        )
    return bool(pattern == node)


def _match_body(pattern: Sequence[Any], body: Sequence[Any], bindings: Bindings) -> bool:
    """Match statements of which some may be ``...``."""
    if not pattern:
        return not body
    if not _is_gap(pattern[0]):
        return (
            bool(body)
            and _match(pattern[0], body[0], bindings)
            and _match_body(pattern[1:], body[1:], bindings)
        )
    gap = f"...{sum(1 for name in bindings if name.startswith('...'))}"
    for length in range(len(body) + 1):
        found = {**bindings, gap: list(body[:length])}
        if _match_body(pattern[1:], body[length:], found):
            bindings.update(found)
            return True
    return False


def _filled(replacement: ast.expr | list[ast.stmt], bindings: Bindings) -> list[ast.stmt]:
    """Copy a replacement and put in what the pattern's names stood for."""
    body: list[ast.stmt] = (
        [ast.Expr(replacement)] if isinstance(replacement, ast.expr) else replacement
    )
    module = ast.Module(body=copy.deepcopy(body), type_ignores=[])
    return list(_Filler(bindings).visit(module).body)


class _Filler(ast.NodeTransformer):
    def __init__(self, bindings: Bindings) -> None:
        self.bindings = bindings
        self.gaps: Iterator[list[ast.stmt]] = iter(
            [value for name, value in bindings.items() if name.startswith("...")]
        )

    def visit_Expr(self, node: ast.Expr) -> Any:
        if _is_gap(node):
            return copy.deepcopy(next(self.gaps, []))
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> Any:
        if not node.id.startswith("any_"):
            return node
        if node.id not in self.bindings:
            raise ValueError(f"`{node.id}` stands in the replacement, but not in the pattern.")
        return _with_context([ast.Expr(copy.deepcopy(self.bindings[node.id]))], node)


def _with_context(body: Sequence[ast.stmt], node: Any) -> ast.expr:
    """Return the one expression of `body`, to be read or written as `node` was."""
    statement = body[0]
    assert isinstance(statement, ast.Expr)
    value = statement.value
    if hasattr(node, "ctx") and hasattr(value, "ctx"):
        value.ctx = node.ctx
    return value


def _nearest(old: str, tree: ast.AST) -> str:
    """Return the line of the text, docstrings left out, that is most like the pattern."""
    wanted = " ".join(old.split())
    tree = copy.deepcopy(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    lines = [line.strip() for line in ast.unparse(tree).splitlines()]
    return max(lines, key=lambda line: difflib.SequenceMatcher(None, wanted, line).ratio())


def _half_a_product(old: str, line: str) -> str:
    """Return what to know where a pattern is seen in a line and yet is no part of its tree."""
    pattern = _parsed(old)
    if not isinstance(pattern, ast.BinOp) or ast.unparse(pattern) not in line:
        return ""
    if isinstance(pattern.op, ast.Add | ast.Sub):
        return " For Python a - b + c is (a - b) + c: give the whole sum."
    return " For Python a * b / c is (a * b) / c: give the whole product."

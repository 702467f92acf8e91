"""Make the single edits that a program can suffer: the slips of fingers and of thought.

Generic operators only; nothing here knows an exercise.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from lifkit.judge.slip.nodes import name_of, renamed
from lifkit.judge.slip.trees import is_docstring, places, put

__all__ = ["SIBLINGS", "Mutant", "mutants"]

_OTHER_OPERATORS: dict[type, tuple[type, ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.FloorDiv: (ast.Div,),
    ast.Pow: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
}

_OTHER_COMPARISONS: dict[type, tuple[type, ...]] = {
    ast.Gt: (ast.GtE, ast.Lt, ast.Eq),
    ast.GtE: (ast.Gt, ast.LtE, ast.Eq),
    ast.Lt: (ast.LtE, ast.Gt, ast.Eq),
    ast.LtE: (ast.Lt, ast.GtE, ast.Eq),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
}

#: Functions and methods that are taken for one another.
_SIBLINGS = (
    ("log", "log10", "log2", "log1p"),
    ("exp", "expm1", "exp2"),
    ("sin", "cos", "tan"),
    ("arctan", "arcsin", "tan", "tanh"),
    ("sqrt", "square", "abs"),
    ("std", "var"),
    ("mean", "sum", "median"),
    ("max", "min"),
    ("floor", "ceil", "round", "rint"),
    ("int", "round"),
    ("zeros", "ones", "full"),
    ("zeros_like", "ones_like"),
    ("append", "extend"),
    ("nonzero", "argwhere"),
    ("erf", "erfc", "erfcx"),
    ("vstack", "hstack", "column_stack"),
)

#: The names that an edit may put where another stood, besides those of the program.
SIBLINGS = tuple(name for family in _SIBLINGS for name in family)


@dataclass(frozen=True)
class Mutant:
    """A program that differs in one place.

    Attributes
    ----------
    text : str
        The program.
    line : int
        The line of the original where it differs.
    kind : str
        What was done, from a closed set.
    before, after : str
        The place, as it was and as it is.
    within : str
        The expression or statement that the place is a part of, as it was.
    """

    text: str
    line: int
    kind: str
    before: str
    after: str
    within: str = ""


def mutants(source: str) -> Iterator[Mutant]:
    r"""Make every single edit of a program, each text once; a few, as a loop left, do not compile.

    Parameters
    ----------
    source : str
        A cell that defines a function or a class.

    Yields
    ------
    Mutant

    Examples
    --------
    >>> made = list(mutants("def f(a, b):\n    return a - b"))
    >>> sorted((one.before, one.after) for one in made if one.kind == "operator")
    [('a - b', 'a + b')]
    """
    tree = ast.parse(source)
    _shorten_docstrings(tree)
    seen = {ast.unparse(tree), ""}
    for owner, field, index, node in list(places(tree)):
        within = ""
        for kind, new in _edits(node, owner, tree):
            put(owner, field, index, new)
            text = _program(tree)
            put(owner, field, index, node)
            if text not in seen:
                seen.add(text)
                before, after, line = _difference(node, new)
                within = within or ("" if isinstance(node, list) else _text(owner))
                yield Mutant(text, line, kind, before, after, within)


def _shorten_docstrings(tree: ast.AST) -> None:
    """Keep the first lines of docstrings, in which nothing is edited: to write them takes long."""
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Constant) and is_docstring(node, child):
                child.value = str(child.value).partition("\n")[0]


def _program(tree: ast.AST) -> str:
    """Return an edited tree as text, an empty one where it has none."""
    try:
        return ast.unparse(tree)
    except (ValueError, AttributeError, TypeError):
        return ""


def _difference(old: Any, new: Any) -> tuple[str, str, int]:
    """Return what was there, what is there now, and the line; of a body the statements that differ."""
    if not isinstance(old, list):
        return _text(old), _text(new), old.lineno
    start = 0
    while start < min(len(old), len(new)) and old[start] is new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] is new[-1 - end]:
        end += 1
    before, after = old[start : len(old) - end], new[start : len(new) - end]
    return _text(before), _text(after), before[0].lineno if before else old[start].lineno


def _text(node: Any) -> str:
    if isinstance(node, list):
        return "; ".join(_text(item) for item in node)
    return " ".join(ast.unparse(node).split()) if node else ""


# Edits -------------------------------------------------------------------------------------------


def _edits(node: Any, owner: ast.AST, tree: ast.AST) -> Iterator[tuple[str, Any]]:
    if isinstance(node, list):
        yield from _body_edits(node, owner)
        return
    if isinstance(node, ast.keyword | ast.comprehension):
        return
    makers: dict[type, Callable[[Any], Iterator[tuple[str, Any]]]] = {
        ast.BinOp: _binary,
        ast.UnaryOp: lambda one: iter([("sign", one.operand)]),
        ast.Compare: _compare,
        ast.BoolOp: _boolean,
        ast.Constant: _constant,
        ast.Call: _call,
        ast.Subscript: _subscript,
        ast.Attribute: _attribute,
        ast.Tuple: _tuple,
        ast.IfExp: lambda one: iter([("branch", one.body), ("branch", one.orelse)]),
        ast.ListComp: _comprehension,
    }
    maker = makers.get(type(node))
    if maker is not None:
        yield from maker(node)
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield from _names(node, tree)


def _binary(node: ast.BinOp) -> Iterator[tuple[str, Any]]:
    for other in _OTHER_OPERATORS.get(type(node.op), ()):
        yield "operator", ast.BinOp(node.left, other(), node.right)
    yield "left out", node.left
    yield "left out", node.right
    if isinstance(node.op, ast.Sub | ast.Div | ast.FloorDiv | ast.Pow):
        yield "order", ast.BinOp(node.right, node.op, node.left)
    if isinstance(node.op, ast.Mult | ast.Div):
        left, right = node.left, node.right
        if isinstance(left, ast.BinOp) and isinstance(left.op, ast.Add | ast.Sub):
            yield "brackets", ast.BinOp(left.left, left.op, ast.BinOp(left.right, node.op, right))
        if isinstance(right, ast.BinOp) and isinstance(right.op, ast.Add | ast.Sub):
            yield "brackets", ast.BinOp(ast.BinOp(left, node.op, right.left), right.op, right.right)
        if isinstance(right, ast.BinOp) and isinstance(right.op, ast.Mult | ast.Div):
            yield "brackets", ast.BinOp(ast.BinOp(left, node.op, right.left), right.op, right.right)
    if isinstance(node.op, ast.Add | ast.Sub):
        yield "sign", ast.UnaryOp(ast.USub(), node)


def _compare(node: ast.Compare) -> Iterator[tuple[str, Any]]:
    for k, op in enumerate(node.ops):
        for other in _OTHER_COMPARISONS.get(type(op), ()):
            ops = [*node.ops[:k], other(), *node.ops[k + 1 :]]
            yield "comparison", ast.Compare(node.left, ops, node.comparators)


def _boolean(node: ast.BoolOp) -> Iterator[tuple[str, Any]]:
    other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield "operator", ast.BoolOp(other, node.values)
    for value in node.values:
        yield "left out", value


def _constant(node: ast.Constant) -> Iterator[tuple[str, Any]]:
    value = node.value
    if isinstance(value, bool):
        yield "number", ast.Constant(not value)
    elif isinstance(value, int | float):
        yield "number", ast.Constant(value + 1)
        yield "number", ast.Constant(value - 1)
        if value not in (0, 1, 2):
            yield "number", ast.Constant(value * 10)
            yield "number", ast.Constant(-value)


def _call(node: ast.Call) -> Iterator[tuple[str, Any]]:
    name = name_of(node.func)
    for family in _SIBLINGS:
        for other in family if name in family else ():
            if other != name:
                yield "sibling", ast.Call(renamed(node.func, other), node.args, node.keywords)
    if len(node.args) == 1 and not isinstance(node.args[0], ast.Starred):
        yield "left out", node.args[0]
    if isinstance(node.func, ast.Attribute) and not isinstance(node.func.value, ast.Name):
        yield "left out", node.func.value
    elif isinstance(node.func, ast.Attribute) and not node.args:
        yield "left out", node.func.value
    for k in range(len(node.args) - 1):
        args = [*node.args]
        args[k], args[k + 1] = args[k + 1], args[k]
        yield "order", ast.Call(node.func, args, node.keywords)
    for k in range(len(node.keywords)):
        yield "left out", ast.Call(node.func, node.args, node.keywords[:k] + node.keywords[k + 1 :])
    if len(node.args) > 1:
        for k in range(len(node.args)):
            yield "left out", ast.Call(node.func, node.args[:k] + node.args[k + 1 :], node.keywords)
    if name == "range":
        for k, argument in enumerate(node.args):
            for op in (ast.Add(), ast.Sub()):
                args = [*node.args]
                args[k] = ast.BinOp(argument, op, ast.Constant(1))
                yield "range", ast.Call(node.func, args, node.keywords)
        if len(node.args) == 1:
            yield "range", ast.Call(node.func, [ast.Constant(1), *node.args], node.keywords)


def _subscript(node: ast.Subscript) -> Iterator[tuple[str, Any]]:
    index = node.slice
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    for k, part in enumerate(parts):
        for new in _other_indices(part):
            made = [*parts[:k], new, *parts[k + 1 :]]
            slice_ = ast.Tuple(made, ast.Load()) if isinstance(index, ast.Tuple) else made[0]
            yield "index", ast.Subscript(node.value, slice_, node.ctx)
    if len(parts) == 2:
        swapped = ast.Tuple([parts[1], parts[0]], ast.Load())
        yield "order", ast.Subscript(node.value, swapped, node.ctx)
    if isinstance(node.ctx, ast.Load):
        yield "left out", node.value


def _other_indices(part: ast.expr) -> Iterator[ast.expr]:
    if isinstance(part, ast.Slice):
        for name in ("lower", "upper"):
            bound = getattr(part, name)
            if bound is not None:
                one = ast.Constant(1)
                for other in (
                    ast.BinOp(bound, ast.Add(), one),
                    ast.BinOp(bound, ast.Sub(), one),
                    None,
                ):
                    made = copy.copy(part)
                    setattr(made, name, other)
                    yield made
        return
    if isinstance(part, ast.Constant) and not isinstance(part.value, int):
        return
    if not isinstance(part, ast.Constant):
        yield from _next_to(part)
        yield ast.Constant(0)
    yield ast.UnaryOp(ast.USub(), ast.Constant(1))


def _next_to(part: ast.expr) -> tuple[ast.expr, ast.expr]:
    """Return the index after this one and the one before, ``k + 2`` and ``k`` for ``k + 1``."""
    one = ast.Constant(1)
    if isinstance(part, ast.BinOp) and ast.unparse(part.right) == "1":
        if isinstance(part.op, ast.Add):
            return ast.BinOp(part.left, ast.Add(), ast.Constant(2)), part.left
    return ast.BinOp(part, ast.Add(), one), ast.BinOp(part, ast.Sub(), one)


def _attribute(node: ast.Attribute) -> Iterator[tuple[str, Any]]:
    if node.attr == "T" and isinstance(node.ctx, ast.Load):
        yield "left out", node.value


def _tuple(node: ast.Tuple) -> Iterator[tuple[str, Any]]:
    if not isinstance(node.ctx, ast.Load):
        return
    for k in range(len(node.elts)):
        rest = node.elts[:k] + node.elts[k + 1 :]
        if rest:
            yield "left out", ast.Tuple(rest, node.ctx) if len(rest) > 1 else rest[0]
    for k in range(len(node.elts) - 1):
        elts = [*node.elts]
        elts[k], elts[k + 1] = elts[k + 1], elts[k]
        yield "order", ast.Tuple(elts, node.ctx)


def _comprehension(node: ast.ListComp) -> Iterator[tuple[str, Any]]:
    first = node.generators[0]
    if first.ifs:
        loop = ast.comprehension(first.target, first.iter, [], 0)
        yield "left out", ast.ListComp(node.elt, [loop, *node.generators[1:]])


def _names(node: ast.Name, tree: ast.AST) -> Iterator[tuple[str, Any]]:
    """Yield the function's other arguments, and its variables, in the place of one of them."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and node in ast.walk(function):
            arguments = [one.arg for one in function.args.args if one.arg != "self"]
            stored = [
                one.id
                for one in ast.walk(function)
                if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
            ]
            known = list(dict.fromkeys((*arguments, *stored)))
            if node.id in known:
                for other in known:
                    if other != node.id:
                        yield "name", ast.Name(other, ast.Load())


# Statements --------------------------------------------------------------------------------------


def _body_edits(body: list[ast.stmt], owner: ast.AST) -> Iterator[tuple[str, list[ast.stmt]]]:
    start = (
        1 if body and isinstance(body[0], ast.Expr) and is_docstring(body[0], body[0].value) else 0
    )
    if not isinstance(owner, ast.FunctionDef | ast.For | ast.While | ast.If | ast.With):
        return
    for k in range(start, len(body)):
        yield "statement left out", body[:k] + body[k + 1 :] or [ast.Pass()]
        if k + 1 < len(body):
            swapped = [*body]
            swapped[k], swapped[k + 1] = swapped[k + 1], swapped[k]
            yield "statements in another order", swapped
        yield from _moved(body, k)
        yield from _changed(body, k)


def _moved(body: list[ast.stmt], k: int) -> Iterator[tuple[str, list[ast.stmt]]]:
    """Move statements into and out of the loop or branch that stands at place k."""
    block = body[k]
    if not isinstance(block, ast.For | ast.While | ast.If):
        return
    before, after = body[:k], body[k + 1 :]

    def with_body(inner: list[ast.stmt]) -> ast.stmt:
        made = copy.copy(block)
        made.body = inner or [ast.Pass()]
        return made

    if after:
        yield "into the loop", [*before, with_body([*block.body, after[0]]), *after[1:]]
    if before:
        yield "into the loop", [*before[:-1], with_body([before[-1], *block.body]), *after]
    if len(block.body) > 1:
        yield "out of the loop", [*before, with_body(block.body[:-1]), block.body[-1], *after]
        yield "out of the loop", [*before, block.body[0], with_body(block.body[1:]), *after]
    if isinstance(block, ast.If):
        yield "condition left out", [*before, *block.body, *after]


def _changed(body: list[ast.stmt], k: int) -> Iterator[tuple[str, list[ast.stmt]]]:
    statement = body[k]
    if isinstance(statement, ast.AugAssign):
        plain = ast.copy_location(ast.Assign([statement.target], statement.value), statement)
        yield "operator", [*body[:k], plain, *body[k + 1 :]]
        for other in _OTHER_OPERATORS.get(type(statement.op), ()):
            made = ast.AugAssign(statement.target, other(), statement.value)
            yield "operator", [*body[:k], made, *body[k + 1 :]]
    elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Subscript):
        made = ast.AugAssign(statement.targets[0], ast.Add(), statement.value)
        yield "operator", [*body[:k], made, *body[k + 1 :]]

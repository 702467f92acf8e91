"""Single edits of an expression: the slips of fingers and of thought, and what mends them.

Generic operators only; nothing here knows an exercise.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator

from .calls import call_edits, takes_size
from .nodes import Made, attribute, call, load, name_of, numpy, plus_or_minus_one
from .operations import OPERATIONS
from .trees import Scope

__all__ = ["expression_edits", "late_edits", "rare_edits"]


def expression_edits(node: ast.expr, owner: ast.AST, scope: Scope) -> Made:
    """Yield (kind, new) for every single edit of an expression, the likely ones first.

    Parameters
    ----------
    node : expression
    owner : node
        What it is a part of.
    scope : Scope
        Of the function it stands in.
    """
    if isinstance(node, ast.Call):
        yield from call_edits(node, scope)
    elif type(node) in OPERATIONS and not (takes_size(owner) and isinstance(node, ast.Constant)):
        yield from OPERATIONS[type(node)](node)
    if isinstance(node, ast.Subscript):
        yield from _other_rounds(node, scope)
    if not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        return
    yield from _other_names(node, owner, scope)
    if isinstance(node, ast.Compare):
        yield from _second_condition(node, scope)
    if _is_value(node, owner):
        yield "copy", call(attribute(node, "copy"))


def _is_value(node: ast.expr, owner: ast.AST) -> bool:
    """Whether an expression may be a number or an array: none that is called, sliced or a mere part."""
    if isinstance(node, ast.Constant) and not isinstance(node.value, int | float):
        return False
    if not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        return False
    if isinstance(owner, ast.Attribute | ast.Slice | ast.Compare | ast.Expr | ast.For):
        return False
    if isinstance(owner, ast.Call) and owner.func is node:
        return False
    if isinstance(owner, ast.Subscript | ast.keyword) or takes_size(owner):
        return False
    return not isinstance(
        node, ast.Slice | ast.Tuple | ast.List | ast.ListComp | ast.Starred | ast.Lambda
    )


def _other_names(node: ast.expr, owner: ast.AST, scope: Scope) -> Made:
    if isinstance(node, ast.Name):
        called = isinstance(owner, ast.Call) and owner.func is node
        if called or node.id in ("np", "math", "self"):
            return
        if node.id in scope.attributes:
            yield "self", attribute("self", node.id)
        for other in scope.names:
            if other != node.id:
                yield "name", load(other)
        if not (isinstance(owner, ast.Subscript) and owner.value is node):
            for index in _indices(scope):
                yield "no index", ast.Subscript(load(node.id), index, ast.Load())
    elif isinstance(node, ast.Attribute) and name_of(node.value) == "self":
        for other in scope.attributes:
            if other != node.attr:
                yield "name", attribute("self", other)
        for other in scope.names:
            yield "name", load(other)
        for index in _indices(scope):
            yield "no index", ast.Subscript(node, index, ast.Load())


def _other_rounds(node: ast.Subscript, scope: Scope) -> Made:
    """Yield an entry of the round of a loop, or of the one before or after."""
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    for k, part in enumerate(parts):
        for loop in map(load, scope.loops if not isinstance(part, ast.Slice) else ()):
            for index in (loop, *plus_or_minus_one(loop)):
                made = [*parts[:k], index, *parts[k + 1 :]]
                slice_ = ast.Tuple(made, ast.Load()) if len(made) > 1 else index
                yield "index", ast.Subscript(node.value, slice_, node.ctx)


def _indices(scope: Scope) -> Iterator[ast.expr]:
    """Yield what may stand in brackets behind an array's name."""
    everything, new = ast.Slice(), ast.Constant(None)
    for loop in scope.loops:
        yield load(loop)
        yield ast.Tuple([everything, load(loop)], ast.Load())
    yield ast.Tuple([everything, new], ast.Load())
    yield ast.Tuple([new, everything], ast.Load())
    yield ast.Constant(0)
    yield ast.UnaryOp(ast.USub(), ast.Constant(1))


def _second_condition(node: ast.Compare, scope: Scope) -> Made:
    """Yield a comparison together with another one of the same thing."""
    for name in scope.arguments:
        for op in (ast.Lt(), ast.LtE(), ast.Gt(), ast.GtE()):
            other = ast.Compare(node.left, [op], [load(name)])
            yield "missing", ast.BinOp(node, ast.BitAnd(), other)


def late_edits(node: ast.expr, owner: ast.AST, scope: Scope) -> Made:
    """Yield an expression with something around it or more in it: many edits, of which few are slips."""
    if _is_value(node, owner):
        yield from _wrapped(node)
        yield from _extended(node, owner, scope)


def rare_edits(node: ast.expr, owner: ast.AST, scope: Scope) -> Made:
    """Yield an expression with a whole factor of two names more."""
    if not _is_value(node, owner) or isinstance(node, ast.Constant | ast.Name):
        return
    if isinstance(owner, ast.BinOp) and isinstance(owner.op, ast.Mult | ast.Div):
        return
    names = scope.attributes or scope.arguments
    terms = [attribute("self", name) if scope.attributes else load(name) for name in names]
    for one, other in itertools.permutations(terms, 2):
        difference = ast.BinOp(one, ast.Sub(), other)
        yield "missing", ast.BinOp(node, ast.Mult(), ast.BinOp(one, ast.Div(), other))
        yield "missing", ast.BinOp(node, ast.Mult(), difference)
        yield "missing", ast.BinOp(node, ast.Div(), difference)


#: Functions that are forgotten around something.
_AROUND = ("array", "sqrt", "exp", "abs", "atleast_1d", "floor", "cumsum", "diff")


def _wrapped(node: ast.expr) -> Made:
    """Yield a call around an expression, or another simple function of it."""
    for name in ("int", "round", "list"):
        if not (isinstance(node, ast.Call) and name_of(node.func) == name):
            yield "to be wrapped", call(name, node)
    yield "to be wrapped", call("int", call("round", node))
    for name in _AROUND:
        yield "to be wrapped", call(numpy(name), node)
    if isinstance(node, ast.Constant):
        return
    yield "sign", ast.UnaryOp(ast.USub(), node)
    yield "missing", ast.BinOp(node, ast.Pow(), ast.Constant(2))
    yield "missing", ast.BinOp(ast.Constant(1), ast.Sub(), node)
    yield "missing", ast.BinOp(ast.Constant(1), ast.Div(), node)
    yield "to be wrapped", attribute(node, "T")


#: Numbers that are forgotten: the nearest, twice or half, and per second for per ms.
_FACTORS = (1, 2, 1000)


def _extended(node: ast.expr, owner: ast.AST, scope: Scope) -> Made:
    """Yield an expression with one term or factor more.

    In a chain of products one more factor comes to the same wherever it stands, so the whole chain gets
    it; likewise a sum.
    """
    if isinstance(node, ast.Constant):
        return
    above = owner.op if isinstance(owner, ast.BinOp) else None
    scaled = not isinstance(above, ast.Mult | ast.Div)
    moved = not isinstance(above, ast.Add | ast.Sub)
    terms = list(_terms(scope))
    for term in (*terms, *map(ast.Constant, _FACTORS), _CIRCLE):
        if scaled:
            yield "missing", ast.BinOp(node, ast.Mult(), term)
            yield "missing", ast.BinOp(node, ast.Div(), term)
        if moved:
            yield "missing", ast.BinOp(node, ast.Sub(), term)
            yield "missing", ast.BinOp(node, ast.Add(), term)
            yield "missing", ast.BinOp(term, ast.Sub(), node)


_CIRCLE = ast.BinOp(ast.Constant(2), ast.Mult(), numpy("pi"))


def _terms(scope: Scope) -> Iterator[ast.expr]:
    for name in scope.names:
        yield load(name)
    for name in scope.attributes:
        yield attribute("self", name)
    for name in scope.arguments if scope.loops else ():
        yield ast.Subscript(load(name), load(scope.loops[0]), ast.Load())

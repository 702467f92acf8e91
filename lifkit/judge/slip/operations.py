"""Single edits of operations, comparisons, numbers, indices and tuples."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

from .nodes import Made, call, numpy, plus_or_minus_one

__all__ = ["OPERATIONS", "OTHER_OPERATORS"]

#: Operators that are taken for one another.
OTHER_OPERATORS: dict[type, tuple[type, ...]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add, ast.Pow),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.FloorDiv: (ast.Div,),
    ast.Pow: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
}

_OTHER_COMPARISONS: dict[type, tuple[type, ...]] = {
    ast.Gt: (ast.GtE, ast.Lt, ast.LtE),
    ast.GtE: (ast.Gt, ast.LtE, ast.Lt),
    ast.Lt: (ast.LtE, ast.Gt, ast.GtE),
    ast.LtE: (ast.Lt, ast.GtE, ast.Gt),
    ast.Eq: (ast.NotEq, ast.GtE, ast.LtE),
    ast.NotEq: (ast.Eq,),
}


def _binary(node: ast.BinOp) -> Made:
    for other in OTHER_OPERATORS.get(type(node.op), ()):
        yield "operator", ast.BinOp(node.left, other(), node.right)
    if isinstance(node.op, ast.Sub | ast.Div | ast.FloorDiv | ast.Pow):
        yield "order", ast.BinOp(node.right, node.op, node.left)
    yield from _rebracketed(node)
    yield "too much", node.left
    yield "too much", node.right


def _rebracketed(node: ast.BinOp) -> Made:
    """Yield the ways to set the brackets of a row of operations otherwise."""
    left, right, op = node.left, node.right, node.op
    first, row = _row(left)
    row.append((op, right))
    for k in range(len(row) - 1):
        outside = _joined(first, row[:k])
        yield "brackets", ast.BinOp(outside, row[k][0], _joined(row[k][1], row[k + 1 :]))
    first, row = _row(right)
    for k in range(len(row)):
        inside = ast.BinOp(left, op, _joined(first, row[:k]))
        yield "brackets", _joined(inside, row[k:])
    if isinstance(left, ast.UnaryOp) and isinstance(left.op, ast.USub):
        yield "brackets", ast.UnaryOp(ast.USub(), ast.BinOp(left.operand, op, right))
    if isinstance(left, ast.Call) and len(left.args) == 1 and not left.keywords:
        yield "brackets", call(left.func, ast.BinOp(left.args[0], op, right))
    if isinstance(right, ast.Call) and len(right.args) == 1 and not right.keywords:
        yield "brackets", call(right.func, ast.BinOp(left, op, right.args[0]))


def _row(node: ast.expr) -> tuple[ast.expr, list[tuple[ast.operator, ast.expr]]]:
    """Take a row of operations apart, as it stands without brackets."""
    row: list[tuple[ast.operator, ast.expr]] = []
    while isinstance(node, ast.BinOp):
        row.insert(0, (node.op, node.right))
        node = node.left
    return node, row


def _joined(first: ast.expr, row: list[tuple[ast.operator, ast.expr]]) -> ast.expr:
    for op, operand in row:
        first = ast.BinOp(first, op, operand)
    return first


def _unary(node: ast.UnaryOp) -> Made:
    yield ("sign" if isinstance(node.op, ast.USub) else "too much"), node.operand
    if isinstance(node.operand, ast.BinOp) and isinstance(node.op, ast.USub):
        inner = node.operand
        yield "sign", ast.BinOp(ast.UnaryOp(ast.USub(), inner.left), inner.op, inner.right)
    if isinstance(node.op, ast.Not):
        yield "operator", ast.UnaryOp(ast.Invert(), node.operand)


def _compare(node: ast.Compare) -> Made:
    for k, op in enumerate(node.ops):
        for other in _OTHER_COMPARISONS.get(type(op), ()):
            ops = [*node.ops[:k], other(), *node.ops[k + 1 :]]
            yield "comparison", ast.Compare(node.left, ops, node.comparators)
    if len(node.ops) == 2:
        middle = node.comparators[0]
        first = ast.Compare(node.left, [node.ops[0]], [middle])
        second = ast.Compare(middle, [node.ops[1]], [node.comparators[1]])
        yield "both on arrays", ast.BinOp(first, ast.BitAnd(), second)
        # t >= a & t < b, which Python reads as t >= (a & t) < b
        if isinstance(middle, ast.BinOp) and isinstance(middle.op, ast.BitAnd | ast.BitOr):
            first = ast.Compare(node.left, [node.ops[0]], [middle.left])
            second = ast.Compare(middle.right, [node.ops[1]], [node.comparators[1]])
            yield "brackets", ast.BinOp(first, middle.op, second)


def _boolean(node: ast.BoolOp) -> Made:
    bit = ast.BitAnd() if isinstance(node.op, ast.And) else ast.BitOr()
    joined: ast.expr = node.values[0]
    for value in node.values[1:]:
        joined = ast.BinOp(joined, bit, value)
    yield "both on arrays", joined
    other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield "operator", ast.BoolOp(other, node.values)
    for value in node.values:
        yield "too much", value


def _constant(node: ast.Constant) -> Made:
    value = node.value
    if isinstance(value, bool):
        yield "number", ast.Constant(not value)
    elif isinstance(value, int | float):
        others = [value + 1, value - 1, 0, 1, 2, -value, value * 2, value / 2, value * 1000]
        others += [value / 1000, value * 10, value / 10, value * 1e6, value / 1e6]
        for other in dict.fromkeys(others):
            if other != value:
                whole = int(other) if isinstance(value, int) and other == int(other) else other
                yield "number", ast.Constant(whole)
        if value == 0:
            yield "number", numpy("nan")
    elif value is None:
        yield "number", ast.Constant(0)


def _subscript(node: ast.Subscript) -> Made:
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
    if len(parts) == 1 and not isinstance(index, ast.Slice):
        column = ast.Tuple([ast.Slice(), index], ast.Load())
        yield "index", ast.Subscript(node.value, column, node.ctx)
    if isinstance(node.ctx, ast.Load):
        yield "too much", node.value


def _other_indices(part: ast.expr) -> Iterator[ast.expr]:
    one = ast.Constant(1)
    if isinstance(part, ast.Slice):
        for lower in (one,) if part.lower is None else (*plus_or_minus_one(part.lower), None):
            yield ast.Slice(lower, part.upper, part.step)
        last = ast.UnaryOp(ast.USub(), one)
        for upper in (last,) if part.upper is None else (*plus_or_minus_one(part.upper), None):
            yield ast.Slice(part.lower, upper, part.step)
        if part.lower is not None and part.upper is None and part.step is None:
            yield ast.Slice(None, ast.UnaryOp(ast.USub(), part.lower))
        if part.upper is not None and part.lower is None and part.step is None:
            yield ast.Slice(one)
        return
    if isinstance(part, ast.Constant) and not isinstance(part.value, int):
        return
    if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add | ast.Sub):
        yield part.left
    if not isinstance(part, ast.Constant):
        yield from plus_or_minus_one(part)
        yield ast.Constant(0)
    yield ast.UnaryOp(ast.USub(), one)


def _attribute(node: ast.Attribute) -> Made:
    if node.attr == "T" and isinstance(node.ctx, ast.Load):
        yield "too much", node.value


def _tuple(node: ast.Tuple) -> Made:
    if not isinstance(node.ctx, ast.Load):
        return
    for k in range(len(node.elts)):
        for j in range(k + 1, len(node.elts)):
            elts = [*node.elts]
            elts[k], elts[j] = elts[j], elts[k]
            yield "order", ast.Tuple(elts, node.ctx)
    for k in range(len(node.elts)):
        rest = node.elts[:k] + node.elts[k + 1 :]
        if rest:
            yield "too much", ast.Tuple(rest, node.ctx) if len(rest) > 1 else rest[0]


def _comprehension(node: ast.ListComp) -> Made:
    first = node.generators[0]
    if first.ifs:
        loop = ast.comprehension(first.target, first.iter, [], 0)
        yield "too much", ast.ListComp(node.elt, [loop, *node.generators[1:]])


def _conditional(node: ast.IfExp) -> Made:
    yield "order", ast.IfExp(node.test, node.orelse, node.body)
    yield "too much", node.body
    yield "too much", node.orelse


def _repeated_list(node: ast.BinOp) -> Made:
    """Yield lists of their own for ``[[]] * n``, which holds one list n times."""
    lists = [side for side in (node.left, node.right) if isinstance(side, ast.List)]
    if isinstance(node.op, ast.Mult) and len(lists) == 1 and len(lists[0].elts) == 1:
        count = node.right if lists[0] is node.left else node.left
        counted = call("range", count)
        loop = ast.comprehension(ast.Name("_", ast.Store()), counted, [], 0)
        yield "the same again", ast.ListComp(lists[0].elts[0], [loop])


def _operation(node: ast.BinOp) -> Made:
    yield from _repeated_list(node)
    yield from _binary(node)


#: What yields the edits of a node, by its type.
OPERATIONS: dict[type, Callable[[Any], Made]] = {
    ast.BinOp: _operation,
    ast.UnaryOp: _unary,
    ast.Compare: _compare,
    ast.BoolOp: _boolean,
    ast.Constant: _constant,
    ast.Subscript: _subscript,
    ast.Attribute: _attribute,
    ast.Tuple: _tuple,
    ast.IfExp: _conditional,
    ast.ListComp: _comprehension,
}

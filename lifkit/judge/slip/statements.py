"""Single edits of a body of statements: one that stands in the wrong place, too many, or not there."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from typing import Any

from .operations import OTHER_OPERATORS
from .trees import Scope, is_docstring

__all__ = ["body_edits"]

#: kind, the new body, and the statement to be looked at
Made = Iterator[tuple[str, list[ast.stmt], ast.stmt]]


_LOOPS = (ast.For, ast.While, ast.If)


def body_edits(body: list[ast.stmt], owner: ast.AST, scope: Scope) -> Made:
    """Yield (kind, new body, statement) for every single edit of a body.

    Parameters
    ----------
    body : list of statements
    owner : node
        The function, loop or branch that it is the body of.
    scope : Scope
        Of the function.
    """
    start = (
        1 if body and isinstance(body[0], ast.Expr) and is_docstring(body[0], body[0].value) else 0
    )
    for k in range(start, len(body)):
        yield "not here", [*body[:k], *body[k + 1 :]] or [ast.Pass()], body[k]
    for k in range(start, len(body)):
        before, one, after = body[:k], body[k], body[k + 1 :]
        for j in range(k + 1, len(body)):
            if not isinstance(one, _LOOPS):
                yield "too early", [*before, *body[k + 1 : j + 1], one, *body[j + 1 :]], one
            if j > k + 1 or isinstance(one, _LOOPS):
                yield "too late", [*before, body[j], *body[k:j], *body[j + 1 :]], body[j]
        yield from _in_and_out(before, one, after)
        for kind, new in (*_changed(one), *_started(one, scope)):
            yield kind, [*before, *new, *after], one
    if isinstance(owner, ast.FunctionDef):
        yield from _returns(body, owner, scope)
        yield from _defaults(body, owner)


def _in_and_out(before: list[ast.stmt], block: ast.stmt, after: list[ast.stmt]) -> Made:
    """Move statements into and out of a loop or branch."""
    if not isinstance(block, _LOOPS):
        return

    def with_body(inner: list[ast.stmt]) -> ast.stmt:
        made = copy.copy(block)
        made.body = inner or [ast.Pass()]
        return made

    inner = block.body
    for count in range(1, len(inner)):
        yield (
            "in the loop",
            [*before, with_body(inner[:-count]), *inner[-count:], *after],
            inner[-count],
        )
        yield "in the loop", [*before, *inner[:count], with_body(inner[count:]), *after], inner[0]
    # Out of two loops at once, as a return that belongs behind both.
    last = inner[-1]
    if isinstance(last, _LOOPS) and len(last.body) > 1:
        shorter = copy.copy(last)
        shorter.body = last.body[:-1]
        out = last.body[-1]
        yield "in the loop", [*before, with_body([*inner[:-1], shorter]), out, *after], out
    for count in range(1, len(after) + 1):
        made = with_body([*inner, *after[:count]])
        yield "behind the loop", [*before, made, *after[count:]], after[0]
    for k in range(len(before)):
        made = with_body([before[k], *inner])
        yield "before the loop", [*before[:k], *before[k + 1 :], made, *after], before[k]
    if isinstance(block, ast.If):
        yield "condition", [*before, *inner, *after], block
        if block.orelse:
            yield "condition", [*before, *block.orelse, *after], block
            swapped = copy.copy(block)
            swapped.body, swapped.orelse = block.orelse, block.body
            yield "condition", [*before, swapped, *after], block


def _changed(statement: ast.stmt) -> Iterator[tuple[str, list[ast.stmt]]]:
    """Yield what one statement may become."""
    if isinstance(statement, ast.AugAssign):
        target, value = statement.target, statement.value
        yield "operator", [ast.Assign([target], value)]
        for other in OTHER_OPERATORS.get(type(statement.op), ()):
            yield "operator", [ast.AugAssign(target, other(), value)]
        if isinstance(target, ast.Name):  # x = x + ..., which leaves the old array alone
            total = ast.BinOp(ast.Name(target.id, ast.Load()), statement.op, value)
            yield "copy", [ast.Assign([target], total)]
    elif isinstance(statement, ast.Assign):
        yield from _assigned(statement)
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        called = statement.value.func
        if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
            yield (
                "result lost",
                [ast.Assign([ast.Name(called.value.id, ast.Store())], statement.value)],
            )
        arguments = statement.value.args
        if arguments and isinstance(arguments[0], ast.Name):  # np.append(x, y), which changes no x
            yield (
                "result lost",
                [ast.Assign([ast.Name(arguments[0].id, ast.Store())], statement.value)],
            )
        yield "return missing", [ast.Return(statement.value)]
    elif isinstance(statement, ast.While):
        once = ast.If(statement.test, statement.body, [])
        yield "loop", [once]
    elif isinstance(statement, ast.If):
        if isinstance(statement.test, ast.Compare | ast.BoolOp):
            turned = ast.UnaryOp(ast.Not(), statement.test)
            yield "condition", [ast.If(turned, statement.body, statement.orelse)]
        if len(statement.orelse) == 1 and isinstance(statement.orelse[0], ast.If):
            first = copy.copy(statement)
            first.orelse = []
            yield "condition", [first, statement.orelse[0]]
    elif isinstance(statement, ast.Break):
        yield "loop", [ast.Continue()]
    elif isinstance(statement, ast.Continue):
        yield "loop", [ast.Pass()]


def _assigned(statement: ast.Assign) -> Iterator[tuple[str, list[ast.stmt]]]:
    targets, value = statement.targets, statement.value
    if len(targets) > 1:  # V = spikes = np.zeros(...): two names of one array
        yield "the same again", [ast.Assign([one], copy.deepcopy(value)) for one in targets]
    target = targets[0]
    if isinstance(target, ast.Tuple):
        for k in range(len(target.elts)):
            for j in range(k + 1, len(target.elts)):
                elts = [*target.elts]
                elts[k], elts[j] = elts[j], elts[k]
                yield "order", [ast.Assign([ast.Tuple(elts, ast.Store())], value)]
        return
    if isinstance(target, ast.Subscript):
        for op in (ast.Add(), ast.Sub()):
            yield "operator", [ast.AugAssign(target, op, value)]
    if isinstance(target, ast.Name):
        yield "operator", [ast.AugAssign(target, ast.Add(), value)]
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
            # x = x.append(y), which makes x None
            inner: Any = value.func.value
            if isinstance(inner, ast.Name) and inner.id == target.id:
                yield "result lost", [ast.Expr(value)]


def _started(statement: ast.stmt, scope: Scope) -> Iterator[tuple[str, list[ast.stmt]]]:
    """Yield an array that is made with a first entry put into it."""
    if not (isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call)):
        return
    target = statement.targets[0]
    if not isinstance(target, ast.Name | ast.Attribute):
        return
    array = copy.copy(target)
    array.ctx = ast.Load()
    first = ast.Subscript(array, ast.Constant(0), ast.Store())
    for name in scope.arguments:
        yield "start missing", [statement, ast.Assign([first], ast.Name(name, ast.Load()))]


def _defaults(body: list[ast.stmt], owner: ast.FunctionDef) -> Made:
    """Yield the body that makes default lists and arrays anew in each call."""
    arguments, values = owner.args.args, owner.args.defaults
    anew: list[ast.stmt] = [
        ast.Assign([ast.Name(argument.arg, ast.Store())], copy.deepcopy(value))
        for argument, value in zip(arguments[len(arguments) - len(values) :], values, strict=True)
        if isinstance(value, ast.List | ast.Dict | ast.Call)
    ]
    if anew:
        yield "the same again", [*anew, *body], body[0]


def _returns(body: list[ast.stmt], owner: ast.FunctionDef, scope: Scope) -> Made:
    """Yield the body with a return, where the function's last line is none."""
    last = body[-1]
    if isinstance(last, ast.Return) or owner.name == "__init__":
        return
    stored = [name for name in scope.variables if name not in scope.loops]
    for count in (1, 2, 3):
        for k in range(len(stored) - count + 1):
            yield "return missing", [*body, ast.Return(_all(stored[k : k + count]))], last


def _all(names: list[str]) -> ast.expr:
    loaded: list[ast.expr] = [ast.Name(name, ast.Load()) for name in names]
    return loaded[0] if len(loaded) == 1 else ast.Tuple(loaded, ast.Load())

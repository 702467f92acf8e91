"""One question about many numbers: `and`, chains of comparisons, `if`, and masks joined wrongly."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from .line import Line, Rule, called, text

__all__ = ["RULES"]

Words = Mapping[str, str] | None

_JOIN = {ast.And: ast.BitAnd, ast.Or: ast.BitOr}


class _Masks(ast.NodeTransformer):
    """Write `and`, `or`, `not` and chains of comparisons as they are written for whole arrays."""

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        self.generic_visit(node)
        return _joined(node.values, _JOIN[type(node.op)]())

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        return ast.UnaryOp(ast.Invert(), node.operand) if isinstance(node.op, ast.Not) else node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        return _joined(_links(node), ast.BitAnd())


def _joined(parts: list[ast.expr], operator: ast.operator) -> ast.expr:
    whole = parts[0]
    for part in parts[1:]:
        whole = ast.BinOp(whole, operator, part)
    return whole


def _links(node: ast.Compare) -> list[ast.expr]:
    """Take a chain ``a <= b < c`` apart."""
    sides = [node.left, *node.comparators]
    return [
        ast.Compare(left, [operator], [right])
        for left, operator, right in zip(sides, node.ops, sides[1:], strict=False)
    ]


def _tests(tree: ast.AST) -> list[ast.expr]:
    """Return what an if, a while or a comprehension asks: there no mask helps."""
    tests = [getattr(node, "test", None) for node in ast.walk(tree)]
    return [one for one in tests if one] + [
        one for node in ast.walk(tree) if isinstance(node, ast.comprehension) for one in node.ifs
    ]


def _joined_by_words(line: Line, match: re.Match[str]) -> Words:
    """See `a and b`, `not a` and `a < b < c` outside an if, or in the index of a mask."""
    tests = _tests(line.statement)
    for node in ast.walk(line.statement):
        if any(node in ast.walk(test) for test in tests):
            continue
        if isinstance(node, ast.BoolOp) or (isinstance(node, ast.Compare) and len(node.ops) > 1):
            return {"before": text(node), "after": text(_Masks().visit(node))}
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return {"before": text(node), "after": text(_Masks().visit(node))}
    return None


def _if_of_an_array(line: Line, match: re.Match[str]) -> Words:
    node = line.statement
    if not isinstance(node, ast.If):
        return None
    test = text(_Masks().visit(node.test))
    writes = [
        one
        for one in node.body
        if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Subscript)
    ]
    words = {"test": test, "before": f"if {test}"}
    if writes:
        target, value = writes[0].targets[0], writes[0].value
        words["way"] = f"write with it, for instance {text(target)}[mask] = {text(value)}"
    else:
        words["way"] = "write with it, x[mask] = ..., or choose: np.where(mask, a, b)"
    return words


def _one_of_two(line: Line, match: re.Match[str]) -> Words:
    for node in ast.walk(line.statement):
        if isinstance(node, ast.IfExp):
            test = text(_Masks().visit(node.test))
            after = f"np.where({test}, {text(node.body)}, {text(node.orelse)})"
            return {"before": text(node), "after": after}
        if called(node) in ("max", "min") and isinstance(node, ast.Call) and len(node.args) == 2:
            inside = ", ".join(map(text, node.args))
            return {"before": text(node), "after": f"np.{called(node)}imum({inside})"}
    return None


def _without_brackets(line: Line, match: re.Match[str]) -> Words:
    """See ``t >= a & t < b``, which Python reads as ``t >= (a & t) < b``."""
    for node in ast.walk(line.statement):
        if not isinstance(node, ast.Compare):
            continue
        sides = [node.left, *node.comparators]
        for place, side in enumerate(sides):
            if isinstance(side, ast.BinOp) and isinstance(side.op, ast.BitAnd | ast.BitOr):
                before = _compared([*sides[:place], side.left], node.ops[:place])
                behind = _compared([side.right, *sides[place + 1 :]], node.ops[place:])
                sign = "&" if isinstance(side.op, ast.BitAnd) else "|"
                after = text(ast.BinOp(before, side.op, behind))
                return {"sign": sign, "inner": text(side), "after": after}
    return None


def _compared(sides: list[ast.expr], operators: list[ast.cmpop]) -> ast.expr:
    return ast.Compare(sides[0], operators, sides[1:]) if operators else sides[0]


def _float_mask(line: Line, match: re.Match[str]) -> Words:
    for node in ast.walk(line.statement):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr):
            sides = [node.left, node.right]
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert):
            sides = [node.operand]
        else:
            continue
        for side in sides:
            if line.of(side).kind == "float array":
                return {"mask": text(side)}
    return None


def _minus(line: Line, match: re.Match[str]) -> Words:
    node = line.spot
    if isinstance(node, ast.UnaryOp):
        return {"before": text(node), "after": text(ast.UnaryOp(ast.Invert(), node.operand))}
    if isinstance(node, ast.BinOp):
        right = ast.UnaryOp(ast.Invert(), node.right)
        return {"before": text(node), "after": text(ast.BinOp(node.left, ast.BitAnd(), right))}
    return None


_TRUTH = r"ValueError: The truth value of an array"

RULES = (
    Rule(
        name="one question about a whole array",
        says=_TRUTH,
        look=_joined_by_words,
        what="`{before}` asks one question, and a whole array has no one answer.",
        mend="Masks are joined by &, | and ~, each comparison in brackets: {after}",
    ),
    Rule(
        name="if of a whole array",
        says=_TRUTH,
        look=_if_of_an_array,
        what="`{before}` asks one question about several numbers at once.",
        mend="Keep the answers as a mask, one True or False each: mask = {test}. Then {way}.",
    ),
    Rule(
        name="one of two for a whole array",
        says=_TRUTH,
        look=_one_of_two,
        what="`{before}` chooses once; here each entry of an array needs a choice of its own.",
        mend="NumPy chooses entry by entry: {after}",
    ),
    Rule(
        name="& without brackets",
        says=r"TypeError: (ufunc 'bitwise_(and|or)' not|unsupported operand type\(s\) for [&|])",
        look=_without_brackets,
        what="{sign} binds stronger than a comparison: Python begins with `{inner}`.",
        mend="Put each comparison in brackets: {after}",
    ),
    Rule(
        name="numbers used as a mask",
        says=r"TypeError: ufunc '(bitwise_and|bitwise_or|invert)' not",
        look=_float_mask,
        what="`{mask}` holds numbers such as 0.0 and 1.0; &, | and ~ want True and False.",
        mend="A comparison makes them: ({mask} > 0) in its place.",
    ),
    Rule(
        name="minus for not",
        says=r"TypeError: (The )?numpy boolean (negative|subtract)",
        look=_minus,
        what="`{before}` takes a minus to True and False.",
        mend="“Not” is written ~ for masks: {after}",
    ),
)

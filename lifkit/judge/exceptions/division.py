"""A division by zero: brackets that are missing below the line."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from .line import Line, Rule, text

__all__ = ["RULES"]

Words = Mapping[str, str] | None


def _divided_alone(line: Line, match: re.Match[str]) -> Words:
    """See ``1000 / t_ref + T`` where t_ref is 0."""
    for node in ast.walk(line.statement):
        if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Add | ast.Sub):
            continue
        left = node.left
        if not isinstance(left, ast.BinOp) or not isinstance(left.op, ast.Div):
            continue
        if line.of(left.right).kind in ("int", "float") and float(line.of(left.right).detail) == 0:
            below = ast.BinOp(left.right, node.op, node.right)
            return {
                "before": text(left),
                "name": text(left.right),
                "after": text(ast.BinOp(left.left, ast.Div(), below)),
            }
    return None


RULES = (
    Rule(
        name="divided by one term alone",
        says=r"ZeroDivisionError",
        look=_divided_alone,
        what="`{before}` divides by {name} alone, and {name} is 0 here.",
        mend="All that stands below the line goes in brackets: {after}",
    ),
)

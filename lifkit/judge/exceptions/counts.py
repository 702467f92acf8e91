"""Counts and ranges: a float, a list or a bare number where a count belongs."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from .line import Line, Rule, called, text

__all__ = ["RULES"]

Words = Mapping[str, str] | None


def _loop_over_a_number(line: Line, match: re.Match[str]) -> Words:
    """See ``for i in len(x)`` and ``for k in N_t``."""
    loops = [
        one for one in ast.walk(line.statement) if isinstance(one, ast.For | ast.comprehension)
    ]
    for loop in loops:
        over = text(loop.iter)
        if called(loop.iter) in ("len", "int", "round") or line.of(loop.iter).kind == "int":
            target = text(loop.target)
            return {"before": f"for {target} in {over}", "after": f"for {target} in range({over})"}
    return None


def _length_forgotten(line: Line, match: re.Match[str]) -> Words:
    """See ``range(trains)`` and ``np.zeros(tau)``."""
    node = line.spot
    name = called(node).rpartition(".")[2]
    if name not in ("range", "zeros", "ones", "empty", "full") or not isinstance(node, ast.Call):
        return None
    for one in [*node.args, *(getattr(node.args[0], "elts", []) if node.args else [])]:
        if line.of(one).kind == "list" or line.shape(one):
            return {"before": text(node), "name": text(one), "after": f"len({text(one)})"}
    return None


def _float_count(line: Line, match: re.Match[str]) -> Words:
    """See ``range(T / dt)``, ``np.zeros(n_bins)`` and ``[0] * n`` with floats."""
    node = line.spot
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        sides = [node.left, node.right]
        parts = sides if any(_of_constants(one) for one in sides) else []
    else:
        parts = [*node.args] if isinstance(node, ast.Call) else []
    todo = [one for part in parts for one in (part.elts if isinstance(part, ast.Tuple) else [part])]
    for part in todo:
        for one in [part, *ast.walk(part)]:
            if isinstance(one, ast.Name | ast.BinOp | ast.Call) and line.is_count(one):
                value = line.of(one).detail
                return {
                    "name": text(one),
                    "value": f" (here {value})" if value else "",
                    "after": f"int(round({text(one)}))"
                    if _divides(line, one)
                    else f"int({text(one)})",
                }
    return None


def _number_for_an_axis(line: Line, match: re.Match[str]) -> Words:
    """See ``np.min(a, b)`` of two numbers."""
    node = line.spot
    kind = {"np.min": "np.minimum", "np.max": "np.maximum"}.get(called(node))
    if kind is None or not isinstance(node, ast.Call) or len(node.args) != 2:
        return None
    inside = ", ".join(map(text, node.args))
    return {"before": text(node), "by": called(node), "after": f"{kind}({inside})"}


def _of_constants(node: ast.AST) -> bool:
    """Whether a list is one like ``[0]``, which is multiplied to make it longer."""
    return isinstance(node, ast.List) and all(isinstance(one, ast.Constant) for one in node.elts)


def _divides(line: Line, node: ast.AST) -> bool:
    """Whether a count comes of a division, which may end just below a whole number."""
    made = line.value_of(node) or node
    return isinstance(made, ast.BinOp) and isinstance(made.op, ast.Div)


RULES = (
    Rule(
        name="loop over a number",
        says=r"TypeError: '[\w.]+' object is not iterable",
        look=_loop_over_a_number,
        what="`{before}` goes through a number, which has nothing in it.",
        mend="range makes the numbers from 0 on: {after}",
    ),
    Rule(
        name="number for an axis",
        says=r"TypeError: ('[\w.]*float\d*' object cannot be interpreted|only integer scalar)",
        look=_number_for_an_axis,
        what="`{before}`: what comes second in {by} is an axis, not another number.",
        mend="Of two numbers, or of two arrays entry by entry: {after}",
    ),
    Rule(
        name="length forgotten",
        says=r"TypeError: ('[\w.]+' object cannot be interpreted as an integer|only integer scalar arrays|"
        "only 0-dim)",
        look=_length_forgotten,
        what="`{before}` wants a count, and {name} is a whole array or list.",
        mend="Count its entries: {after} in its place.",
    ),
    Rule(
        name="float as a count",
        says=r"TypeError: ('[\w.]*float\d*' object cannot be interpreted as an integer|can't multiply "
        r"sequence by non-int of type '[\w.]*float|expected a sequence of integers or a single integer)",
        look=_float_count,
        what="`{name}` is a float{value}; a count has to be a whole number, of the type int.",
        mend="Make one of it: {after}",
    ),
)

"""What has no room: an array in the place of one number, an entry for a list that is not there."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from .line import Line, Rule, called, length, subscript, text

__all__ = ["RULES"]

Words = Mapping[str, str] | None


def _array_in_one_place(line: Line, match: re.Match[str]) -> Words:
    """See ``V[k, i] = x / tau`` with all of tau, and ``errors[i] = V - exact``."""
    node = line.statement
    if not isinstance(node, ast.Assign | ast.AugAssign):
        return None
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    shape = line.shape(target.value) if isinstance(target, ast.Subscript) else None
    if not isinstance(target, ast.Subscript) or shape is None:
        return None
    index = target.slice.elts if isinstance(target.slice, ast.Tuple) else [target.slice]
    if len(index) != len(shape) or any(line.of(one).kind != "int" for one in index[-1:]):
        return None
    if len(shape) == 1 and any(len(output.axes) == 2 for output in line.exercise.outputs):
        return None  # then it is the room that is too small
    indexed = {text(one.value) for one in ast.walk(node.value) if isinstance(one, ast.Subscript)}
    names = [text(one) for one in ast.walk(node.value) if isinstance(one, ast.Name)]
    whole = [
        one
        for one in dict.fromkeys(names)
        if one not in indexed and line.shape(one) == shape[-1:] and len(shape) == 2
    ]
    if whole:
        listed = " and ".join(filter(None, [", ".join(whole[:-1]), whole[-1]]))
        what = f"{listed} {'is a whole array' if len(whole) == 1 else 'are whole arrays'}"
        entries = ", ".join(f"{one}[{text(index[-1])}]" for one in whole)
        mend = f"Take the one entry that belongs to it: {entries}"
    else:
        what = "what goes in is a whole array"
        mend = "Make one number of it first: an index takes one entry, .max() the largest, for instance."
    return {"target": text(target), "what": what, "mend": mend}


def _no_lists_yet(line: Line, match: re.Match[str]) -> Words:
    """See ``times[i].append(t)`` where times is ``[]`` or ``[] * n``."""
    node = subscript(line)
    if node is None or length(line, node.value) != 0 or not isinstance(line.statement, ast.Expr):
        return None
    call = line.statement.value
    if called(call) != f"{text(node)}.append":
        return None
    made, count = line.value_of(node.value), "n"
    if isinstance(made, ast.BinOp) and isinstance(made.op, ast.Mult):
        count, made = text(made.right), made.left
    if not isinstance(made, ast.List) or made.elts:
        return None
    return {"before": text(node), "name": text(node.value), "count": count}


RULES = (
    Rule(
        name="array in one place",
        says=r"(ValueError: setting an array element with a sequence\.$|TypeError: only (0-dim|length-1|"
        r"size-1))",
        look=_array_in_one_place,
        what="`{target}` is one place, for one number, and {what}.",
        mend="{mend}",
    ),
    Rule(
        name="no lists in the list",
        says=r"IndexError: list index out of range",
        look=_no_lists_yet,
        what="`{name}` is an empty list ([] * n is one too), so there is no `{before}` to append to.",
        mend="Make one empty list for each: {name} = [[] for _ in range({count})]",
    ),
)

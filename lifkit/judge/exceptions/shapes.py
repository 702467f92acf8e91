"""Shapes that don't go together: a column for a row, and one number a row beside a table."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from .line import Line, Rule, text

__all__ = ["RULES"]

Words = Mapping[str, str] | None


def _column_for_row(line: Line, match: re.Match[str]) -> Words:
    """See ``I_ext[:, k]`` where ``I_ext[k]`` is meant."""
    for node in ast.walk(line.spot):
        if not isinstance(node, ast.Subscript) or not isinstance(node.slice, ast.Tuple):
            continue
        first, *others = node.slice.elts
        shape = line.shape(node.value)
        if not isinstance(first, ast.Slice) or len(others) != 1 or shape is None or len(shape) != 2:
            continue
        if (str(shape[0]), str(shape[1])) in ((match["a"], match["b"]), (match["b"], match["a"])):
            name = text(node.value)
            return {
                "before": text(node),
                "name": name,
                "rows": str(shape[0]),
                "columns": str(shape[1]),
                "after": f"{name}[{text(others[0])}]",
            }
    return None


def _times_in_a_column(line: Line, match: re.Match[str]) -> Words:
    """See ``t / tau`` with times and neurons, each an array of its own length."""
    if not isinstance(line.spot, ast.BinOp) or not any(
        len(o.axes) == 2 for o in line.exercise.outputs
    ):
        return None
    names = [one for one in ast.walk(line.spot) if isinstance(one, ast.Name)]
    first = [one.id for one in names if line.shape(one) == (int(match["a"]),)]
    second = [one.id for one in names if line.shape(one) == (int(match["b"]),)]
    pair = {*first, *second}
    times = [one for one in pair if one in ("t", "time", "times")]
    if not first or not second or len(times) != 1:
        return None
    (time,) = times
    other = next(iter(second if time in first else first))
    return {
        "before": text(line.spot),
        "time": time,
        "other": other,
        "a": match["a"],
        "b": match["b"],
    }


def _row_numbers_beside_a_table(line: Line, match: re.Match[str]) -> Words:
    """See ``source * copied`` of one number a row and a table with as many rows."""
    sides = [one for one in ast.walk(line.spot) if isinstance(one, ast.Name | ast.Attribute)]
    tables = [one for one in sides if len(line.shape(one) or ()) == 2]
    for one in sides:
        shape = line.shape(one)
        if shape and len(shape) == 1 and tables and line.shape(tables[0])[:1] == shape:  # type: ignore[index]
            name = text(one)
            return {
                "before": text(line.spot),
                "name": name,
                "table": text(tables[0]),
                "after": f"{name}[:, np.newaxis]",
            }
    return None


_SHAPES = r"ValueError: operands could not be broadcast together with shapes \((?P<a>\d+),\) \((?P<b>\d+),"

RULES = (
    Rule(
        name="column for a row",
        says=_SHAPES,
        look=_column_for_row,
        what="`{before}` is a column of {name}, {rows} entries long; a row has {columns}.",
        mend="Write the row: {after}",
    ),
    Rule(
        name="times not a column",
        says=_SHAPES,
        look=_times_in_a_column,
        what="`{before}` pairs {a} entries with {b}, one by one; each {time} should meet each {other}.",
        mend="Make a column of the times: {time}[:, None] where {time} stands here.",
    ),
    Rule(
        name="row numbers beside a table",
        says=r"ValueError: operands could not be broadcast together",
        look=_row_numbers_beside_a_table,
        what="`{before}`: {name} has one entry for each row of {table}, and is laid along its columns.",
        mend="Make a column of it, which meets every column: {after} where {name} stands here.",
    ),
)

"""Arrays, lists and numbers in each other's place."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

import numpy as np

from .line import Line, Rule, called, text

__all__ = ["RULES"]

Words = Mapping[str, str] | None


def _power(line: Line, match: re.Match[str]) -> Words:
    for node in line.find(ast.BinOp):
        if isinstance(node.op, ast.BitXor):
            return {"before": text(node), "after": text(node).replace("^", "**")}
    return None


def _appended(line: Line, match: re.Match[str]) -> Words:
    """See ``rates = rates + x`` and ``rates += x`` of a list."""
    node = line.statement
    target: ast.expr
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add):
        target, value = node.target, node.value
    elif isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp):
        target, value = node.targets[0], node.value.right
        if text(node.value.left) != text(target) or not isinstance(node.value.op, ast.Add):
            return None
    else:
        return None
    if line.of(target).kind != "list":
        return None
    return {
        "name": text(target),
        "before": text(node),
        "after": f"{text(target)}.append({text(value)})",
    }


def _list_arithmetic(line: Line, match: re.Match[str]) -> Words:
    """See ``times - 1`` and ``times >= t`` of a list."""
    node = line.spot
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
    elif isinstance(node, ast.BinOp):
        sides = [node.left, node.right]
    elif isinstance(node, ast.UnaryOp):
        sides = [node.operand]
    else:
        return None
    for side in sides:
        found = line.of(side)
        if found.kind == "list":
            name = text(side)
            made = line.value_of(side)
            if isinstance(made, ast.List) and len(made.elts) < 2:
                mend = f"{name}[-1] is its last entry so far: write that where {name} stands here."
            elif found.detail.endswith(" array"):
                mend = f"Take its arrays one at a time: for x in {name}: and x instead of {name}."
            else:
                mend = f"Make an array of it: np.array({name}) in its place."
            return {"before": text(node), "name": name, "mend": mend}
    return None


def _whole_table(line: Line, match: re.Match[str]) -> Words:
    """See the whole of I_ext in the step that makes row k + 1."""
    node = line.statement
    if not isinstance(node, ast.Assign | ast.AugAssign):
        return None
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    given = tuple(int(one) for one in re.findall(r"\d+", match["given"]))
    if len(given) != 2 or not isinstance(target, ast.Subscript):
        return None
    rows = line.shape(target.value)
    indexed = {text(one.value) for one in ast.walk(node) if isinstance(one, ast.Subscript)}
    for one in ast.walk(node.value):
        name = text(one) if isinstance(one, ast.Name) else ""
        if name in line.exercise.parameters and name not in indexed and line.shape(one) == given:
            index = _row_before(target, given, rows)
            return {
                "name": name,
                "rows": str(given[0]),
                "target": text(target),
                "after": f"{name}[{index}]",
            }
    return None


def _row_before(target: ast.Subscript, given: tuple[int, ...], rows: tuple[int, ...] | None) -> str:
    """Return the row of an input that makes the row of a target with one row more."""
    index = target.slice.elts[0] if isinstance(target.slice, ast.Tuple) else target.slice
    if rows is None or rows[0] != given[0] + 1:
        return text(index)
    if isinstance(index, ast.BinOp) and isinstance(index.op, ast.Add) and text(index.right) == "1":
        return text(index.left)
    return f"{text(index)} - 1"


def _number_as_array(line: Line, match: re.Match[str]) -> Words:
    """See ``len(x)``, ``x.shape``, ``x[k]`` and ``for y in x`` of a number."""
    part = _number_in_use(line)
    attribute = line.spot.attr if isinstance(line.spot, ast.Attribute) else "shape"
    if part is None or not hasattr(np.ndarray, attribute):
        return None
    name, value = text(part), line.of(part).detail
    if "item assignment" in line.problem.message:
        mend = f"To write into its entries, {name} has to begin as an array: np.zeros(...), for instance."
    elif isinstance(line.spot, ast.Subscript) and not line.partly:
        mend = f"It is the same for all: write {name} where {text(line.spot)} stands."
    elif any(
        called(node).endswith((".zeros", ".ones", ".empty")) for node in ast.walk(line.statement)
    ):
        mend = f"np.zeros(np.shape({name})) has the right shape for a number as for an array."
    else:
        mend = f"np.atleast_1d({name}) is an array whatever {name} is: of one entry, if that is a number."
    here = ", in this case" if line.partly else ""
    return {"name": name, "value": value, "mend": mend, "here": here}


def _number_in_use(line: Line) -> ast.expr | None:
    spot = line.spot
    parts: list[ast.expr] = []
    if isinstance(spot, ast.Call):
        parts = spot.args
    elif isinstance(spot, ast.Subscript | ast.Attribute):
        parts = [spot.value]
    parts += [
        one.iter for one in ast.walk(line.statement) if isinstance(one, ast.For | ast.comprehension)
    ]
    numbers = ("int", "float")
    return next(
        (
            one
            for one in parts
            if line.of(one).kind in numbers or (line.shape(one) == () and line.of(one).kind)
        ),
        None,
    )


def _pairs_of_a_loop(line: Line, match: re.Match[str]) -> Words:
    """See ``for i, x in trains``."""
    for loop in ast.walk(line.statement):
        if isinstance(loop, ast.For | ast.comprehension) and isinstance(loop.target, ast.Tuple):
            if len(loop.target.elts) == 2 and isinstance(loop.iter, ast.Name | ast.Attribute):
                target, over = text(loop.target).strip("()"), text(loop.iter)
                return {
                    "before": f"for {target} in {over}",
                    "name": over,
                    "after": f"for {target} in enumerate({over})",
                }
    return None


def _one_axis_for_two(line: Line, match: re.Match[str]) -> Words:
    """See ``m, n = x.shape`` of an array with one axis."""
    node = line.statement
    value = node.value if isinstance(node, ast.Assign) else None
    if not isinstance(value, ast.Attribute) or value.attr != "shape":
        return None
    shape = line.shape(value.value)
    if shape is None or len(shape) != 1:
        return None
    return {"before": text(node), "name": text(value.value), "size": str(shape[0])}


def _ragged(line: Line, match: re.Match[str]) -> Words:
    """See one array made of a list of arrays that differ in length."""
    node = line.spot
    if not isinstance(node, ast.Call):
        return None
    for one in node.args:
        if line.of(one).kind == "list" and line.of(one).detail.endswith(" array"):
            short = f"{called(node)}(x)"
            return {"before": text(node), "name": text(one), "after": short}
    return None


def _changed_in_place(line: Line, match: re.Match[str]) -> Words:
    node = line.statement
    if not isinstance(node, ast.AugAssign):
        return None
    target = ast.parse(text(node.target), mode="eval").body
    after = f"{text(target)} = {text(ast.BinOp(target, node.op, node.value))}"
    return {"name": text(target), "after": after}


def _whole_numbers(line: Line, match: re.Match[str]) -> Words:
    """See NaN put into an array of whole numbers."""
    node = line.statement
    target = node.targets[0] if isinstance(node, ast.Assign) else None
    if not isinstance(target, ast.Subscript) or line.of(target.value).kind != "int array":
        return None
    made = line.value_of(target.value)
    if not isinstance(made, ast.Call):
        return None
    kept = [one for one in made.keywords if one.arg != "dtype"]
    number = ast.keyword("dtype", ast.Name("float"))
    after = ast.Call(made.func, made.args, [*kept, number])
    return {"name": text(target.value), "after": f"{text(target.value)} = {text(after)}"}


def _nothing_in_it(line: Line, match: re.Match[str]) -> Words:
    node = line.spot
    if not isinstance(node, ast.Call):
        return None
    holders = [node.func.value] if isinstance(node.func, ast.Attribute) else []
    for one in [*holders, *node.args]:
        shape = line.shape(one)
        if shape is not None and 0 in shape:
            return {"name": text(one), "before": text(node)}
    return None


RULES = (
    Rule(
        name="^ for a power",
        says=r"TypeError: (ufunc 'bitwise_xor'|unsupported operand type\(s\) for \^)",
        look=_power,
        what="`{before}`: ^ is no power in Python.",
        mend="A power is written **: {after}",
    ),
    Rule(
        name="number added to a list",
        says=r"TypeError: (can only concatenate list|'[\w.]+' object is not iterable)",
        look=_appended,
        what="`{before}` adds a number to a list; + joins two lists.",
        mend="append puts one more entry at the end: {after}",
    ),
    Rule(
        name="list in a formula",
        says=r"TypeError: (can only concatenate list|can't multiply sequence|unsupported operand.*'list'|"
        r"'\S+' not supported between instances of .*'list'|bad operand type.*'list')",
        look=_list_arithmetic,
        what="`{before}`: {name} is a list, and a list does not compute.",
        mend="{mend}",
    ),
    Rule(
        name="all rows at once",
        says=r"ValueError: could not broadcast input array from shape \((?P<given>[\d, ]+)\)",
        look=_whole_table,
        what="The whole of `{name}`, all its {rows} rows, stands in the step that makes {target}.",
        mend="One row belongs in it: {after}",
    ),
    Rule(
        name="pairs from a plain loop",
        says=r"(TypeError: cannot unpack non-iterable|ValueError: (not enough|too many) values to unpack)",
        look=_pairs_of_a_loop,
        what="`{before}` wants two things at a time, and {name} gives one.",
        mend="enumerate counts along: {after}",
    ),
    Rule(
        name="one axis for two",
        says=r"ValueError: not enough values to unpack \(expected 2, got 1\)",
        look=_one_axis_for_two,
        what="`{before}`: {name} has one axis, of {size} entries.",
        mend="len({name}) is the number of its entries; take the other number from an array that has it.",
    ),
    Rule(
        name="number used as an array",
        says=r"(TypeError: ('[\w.]*(int|float)\d*' object is not (subscriptable|iterable)|object of type|"
        r"len\(\) of unsized|'[\w.]*(int|float)\d*' object does not support)|AttributeError: '(int|float)'|"
        r"IndexError: (invalid index to scalar|too many indices for array: array is 0-dim))",
        look=_number_as_array,
        what="`{name}` is a plain number ({value}){here}: it has no length, shape or entries.",
        mend="{mend}",
    ),
    Rule(
        name="arrays of different lengths in one",
        says=r"ValueError: setting an array element with a sequence\. .*inhomogeneous",
        look=_ragged,
        what="`{before}`: the arrays in {name} differ in length, so they can't become one array.",
        mend="Take them one at a time: for x in {name}: and {after} in the loop.",
    ),
    Rule(
        name="whole numbers changed in place",
        says=r"\w*TypeError: Cannot cast ufunc",
        look=_changed_in_place,
        what="`{name}` holds whole numbers in this case, and what is changed in place stays so.",
        mend="Make a new array: {after}",
    ),
    Rule(
        name="array of whole numbers",
        says=r"ValueError: cannot convert float NaN to integer",
        look=_whole_numbers,
        what="`{name}` holds whole numbers: NaN and fractions don't fit in.",
        mend="Make it for floats: {after}",
    ),
    Rule(
        name="empty array",
        says=r"ValueError: zero-size array",
        look=_nothing_in_it,
        what="`{name}` is empty here, and `{before}` needs an entry.",
        mend="Ask first: if len({name}) > 0:, and say what holds otherwise.",
    ),
)

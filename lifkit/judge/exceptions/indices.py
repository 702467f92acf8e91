"""What can be no index: a float, an entry, a mask in another axis's place, two of them for one axis."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from .line import Line, Rule, called, first_index, subscript, text, tree_of

__all__ = ["RULES"]

Words = Mapping[str, str] | None

_KINDS = (
    r"(IndexError: (only integers, slices|arrays used as indices)|TypeError: (list|tuple) indices must|"
    r"TypeError: only integer scalar arrays)"
)


def _two_indices(line: Line, match: re.Match[str]) -> Words:
    """See ``V[k, i]``, or a whole row in ``V[k]``, where V was made with one axis."""
    target = line.spot
    if not isinstance(target, ast.Subscript) and isinstance(line.statement, ast.Assign):
        target = line.statement.targets[0]
    if not isinstance(target, ast.Subscript):
        return None
    shape, made = line.shape(target.value), line.value_of(target.value)
    if shape is None or len(shape) != 1 or not isinstance(made, ast.Call) or len(made.args) < 1:
        return None
    if called(made).rpartition(".")[2] not in ("zeros", "empty", "ones", "full"):
        return None
    count = made.args[0].elts[0] if isinstance(made.args[0], ast.Tuple) else made.args[0]
    rest = ", ".join([""] + [text(one) for one in [*made.args[1:], *made.keywords]])
    columns = (
        "xi.shape[1]" if "xi" in line.known else "len(V_init)" if "V_init" in line.known else "n"
    )
    return {
        "before": text(target),
        "name": text(target.value),
        "size": str(shape[0]),
        "after": f"{called(made)}(({text(count)}, {columns}){rest})",
    }


def _float_index(line: Line, match: re.Match[str]) -> Words:
    node = subscript(line)
    if node is None:
        return None
    for one in node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]:
        found = line.of(one)
        if line.is_count(one) and "array" not in found.kind:
            value = f" (here {found.detail})" if found.detail else ""
            return {
                "before": text(node),
                "index": text(one),
                "value": value,
                "after": f"int({text(one)})",
            }
    return None


def _entry_as_index(line: Line, match: re.Match[str]) -> Words:
    """See ``for i in trains: trains[i]``, or another array's ``[i]``."""
    node = subscript(line)
    loop = tree_of(line.of(node.slice).made) if node else None
    if node is None or not isinstance(loop, ast.For) or not isinstance(loop.iter, ast.Name):
        return None
    index, name = text(node.slice), loop.iter.id
    if name == text(node.value):
        mend = f"Write {index} where {text(node)} stands."
    else:
        count = next(one for one in ("j", "m", "number") if one not in line.known)
        mend = f"Count along: for {count}, {index} in enumerate({name}): and {text(node.value)}[{count}]."
    return {"before": text(node), "name": name, "index": index, "mend": mend}


def _array_index(line: Line, match: re.Match[str]) -> Words:
    """See a mask of 0.0 and 1.0, or an array of floats, as an index."""
    node = subscript(line)
    if node is None:
        return None
    for one in node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]:
        found = line.of(one)
        if found.kind == "float array":
            mask = "of 0 and 1" in found.detail
            return {
                "before": text(node),
                "index": text(one),
                "what": "0.0 and 1.0" if mask else "floats",
                "wanted": "True and False" if mask else "whole numbers",
                "after": f"{text(one)} == 1" if mask else f"{text(one)}.astype(int)",
            }
    return None


def _list_index(line: Line, match: re.Match[str]) -> Words:
    """See ``rows[k, i]`` and ``times[mask]`` of a list."""
    node = subscript(line)
    if node is None or line.of(node.value).kind != "list":
        return None
    if isinstance(node.slice, ast.Tuple):
        each = "".join(f"[{text(one)}]" for one in node.slice.elts)
        return {
            "before": text(node),
            "after": f"{text(node.value)}{each}",
            "what": "one index at a time",
        }
    if line.shape(node.slice) is not None and not line.of(node.value).detail.endswith(" array"):
        return {
            "before": text(node),
            "after": f"np.array({text(node.value)})[{text(node.slice)}]",
            "what": "no array as an index",
        }
    return None


def _mask_for_rows(line: Line, match: re.Match[str]) -> Words:
    """See ``V[fired]``, where fired has one entry a column of V."""
    node = subscript(line)
    shape = line.shape(node.value) if node else None
    mask = line.shape(node.slice) if node else None
    if node is None or shape is None or mask is None or len(shape) != 2 or mask != shape[1:]:
        return None
    made = line.value_of(node.slice)
    named = {text(node.value), *(output.name for output in line.exercise.outputs)}
    rows = [
        text(first_index(one))
        for one in ast.walk(made or ast.Pass())
        if isinstance(one, ast.Subscript) and text(one.value) in named
    ]
    if not rows:
        return None
    name, fired = text(node.value), text(node.slice)
    return {
        "before": text(node),
        "mask": fired,
        "columns": str(shape[1]),
        "rows": str(shape[0]),
        "after": f"{name}[{rows[0]}, {fired}]",
    }


def _tuple_written(line: Line, match: re.Match[str]) -> Words:
    node = subscript(line)
    if node is None or line.of(node.value).kind != "tuple":
        return None
    return {"name": text(node.value)}


RULES = (
    Rule(
        name="array with one axis",
        says=r"(IndexError: too many indices for array: array is 1-dim|ValueError: setting an array "
        r"element with a sequence\.$)",
        look=_two_indices,
        what="`{before}`: {name} has room for one number an entry ({size} of them), and more are meant.",
        mend="Make it with a column for each: {name} = {after}",
    ),
    Rule(
        name="entry used as an index",
        says=_KINDS,
        look=_entry_as_index,
        what="`for {index} in {name}` gives the entries themselves, and `{before}` takes one for a number.",
        mend="{mend}",
    ),
    Rule(
        name="float as an index",
        says=_KINDS,
        look=_float_index,
        what="`{before}`: {index} is a float{value}, and an index has to be a whole number.",
        mend="Make one of it: {after}",
    ),
    Rule(
        name="floats as an index",
        says=_KINDS,
        look=_array_index,
        what="`{before}`: {index} holds {what}, and an index needs {wanted}.",
        mend="Make them: {after} as the index.",
    ),
    Rule(
        name="index for an array, of a list",
        says=_KINDS,
        look=_list_index,
        what="`{before}` is how arrays are indexed; a list takes {what}.",
        mend="Write {after}",
    ),
    Rule(
        name="mask for the rows",
        says=r"IndexError: boolean index did not match",
        look=_mask_for_rows,
        what="`{before}`: {mask} has {columns} entries, one a column, and stands where one of the {rows} "
        "rows should.",
        mend="The row first, then the mask: {after}",
    ),
    Rule(
        name="tuple changed",
        says=r"TypeError: 'tuple' object does not support item assignment",
        look=_tuple_written,
        what="`{name}` is a tuple, in round brackets, and can't be changed.",
        mend="Make a list or an array of it where it begins: {name} = [...] or np.zeros(...).",
    ),
)

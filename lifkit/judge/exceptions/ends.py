"""Indices beyond the end: a loop too long, a row too late, an array too short or empty."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from .line import Line, Rule, called, first_index, length, subscript, text, tree_of

__all__ = ["RULES", "STEP_FOR_NEURON"]

#: The rule that `believable` asks for.
STEP_FOR_NEURON = "index of the step in what has one entry a neuron"

Words = Mapping[str, str] | None

_BEYOND = (
    r"IndexError: (index -?\d+ is out of bounds|list index out of range|list assignment index)"
)


def _loop(line: Line, index: ast.AST) -> tuple[str, int, ast.expr] | None:
    """Return the loop's name in an index ``k + 1``, the number added, and what is looped over."""
    added = 0
    if isinstance(index, ast.BinOp) and isinstance(index.right, ast.Constant):
        sign = {ast.Add: 1, ast.Sub: -1}.get(type(index.op), 0)
        number = index.right.value
        if not sign or not isinstance(number, int):
            return None
        index, added = index.left, sign * number
    loop = tree_of(line.of(index).made) if isinstance(index, ast.Name) else None
    return (text(index), added, loop.iter) if isinstance(loop, ast.For) else None


def _moved(name: str, by: int) -> str:
    return f"{name} {'+' if by > 0 else '-'} {abs(by)}" if by else name


def _axes_swapped(line: Line, match: re.Match[str]) -> Words:
    """See ``V[i, k]`` where ``V[k, i]`` exists."""
    node = subscript(line)
    shape = line.shape(node.value) if node else None
    if node is None or shape is None or len(shape) != 2 or not isinstance(node.slice, ast.Tuple):
        return None
    pair = node.slice.elts
    numbers = [line.of(one) for one in pair]
    values = [int(one.detail) for one in numbers if one.kind == "int"]
    if len(values) != 2 or not (0 <= values[1] < shape[0] and 0 <= values[0] < shape[1]):
        return None
    steps = _loop(line, pair[1])
    if values[1] == values[0] or steps is None or "N_t" not in text(steps[2]):
        return None  # else it may be a loop that is too long
    name = text(node.value)
    return {
        "before": text(node),
        "rows": str(shape[0]),
        "columns": str(shape[1]),
        "name": name,
        "after": f"{name}[{text(pair[1])}, {text(pair[0])}]",
    }


def _entry_a_neuron(line: Line, match: re.Match[str]) -> Words:
    """See ``V[k + 1] = ... tau[k]`` where V has a column for each entry of tau."""
    node = subscript(line)
    found = _loop(line, first_index(node)) if node else None
    shape = line.shape(node.value) if node else None
    if node is None or found is None or shape is None or len(shape) != 1:
        return None
    tables = [
        line.shape(one.value) or ()
        for one in ast.walk(line.statement)
        if isinstance(one, ast.Subscript)
        and found[0] in [text(part) for part in ast.walk(first_index(one))]
    ]
    if not any(len(table) == 2 and table[1] == shape[0] for table in tables):
        return None
    return {
        "before": text(node),
        "name": text(node.value),
        "size": str(shape[0]),
        "index": found[0],
    }


def _row_of_an_input(line: Line, match: re.Match[str]) -> Words:
    """See ``xi[k + 1]`` in N_t steps, or ``V[k] = ... xi[k]`` where V has one row more than xi."""
    node = subscript(line)
    found = _loop(line, first_index(node)) if node else None
    shape = line.shape(node.value) if node else None
    if (
        node is None
        or found is None
        or shape is None
        or len(shape) != 2
        or not _is_input(line, node)
    ):
        return None
    if "axis 1" in line.problem.message:
        return None
    name, added, _ = found
    rooms = [
        line.shape(one.value)
        for one in ast.walk(line.statement)
        if isinstance(one, ast.Subscript) and text(first_index(one)) == text(first_index(node))
    ]
    if added != 1 and not any(room and room[0] == shape[0] + 1 for room in rooms):
        return None
    index = [_moved(name, added - 1)]
    index += [text(one) for one in node.slice.elts[1:]] if isinstance(node.slice, ast.Tuple) else []
    return {
        "before": text(node),
        "name": text(node.value),
        "size": str(shape[0]),
        "last": str(shape[0] - 1),
        "after": f"{text(node.value)}[{', '.join(index)}]",
    }


def _is_input(line: Line, node: ast.Subscript) -> bool:
    """Whether an array is an argument, or made of one."""
    made = line.value_of(node.value) or node.value
    if called(made).rpartition(".")[2] in (
        "zeros",
        "zeros_like",
        "empty",
        "empty_like",
        "full",
        "ones",
    ):
        return False
    names = [text(one) for one in ast.walk(made) if isinstance(one, ast.Name)]
    return any(name in line.exercise.parameters for name in names)


def _row_too_few(line: Line, match: re.Match[str]) -> Words:
    """See ``V[k + 1]`` in N_t steps, where V was made with N_t rows."""
    node = subscript(line)
    found = _loop(line, first_index(node)) if node else None
    if node is None or found is None or found[1] != 1 or called(found[2]) != "range":
        return None
    exercise, name = line.exercise, text(node.value)
    stops = ["N_t", *(f"len({one})" for one in exercise.parameters)]
    stops += [f"{one}.shape[0]" for one in exercise.parameters]
    one_more = any(one.shape.startswith("(N_t + 1") for one in exercise.outputs)
    made = line.value_of(node.value)
    stop = text(found[2].args[-1]) if isinstance(found[2], ast.Call) and found[2].args else ""
    if not one_more or stop not in stops or not isinstance(made, ast.Call) or not made.args:
        return None
    shape = made.args[0]
    if isinstance(shape, ast.Attribute) and shape.attr == "shape":
        after = f"{called(made)}(({stop} + 1, {text(shape)}[1]))"
    elif called(made).endswith("_like"):
        after = f"np.zeros(({stop} + 1, {text(shape)}.shape[1]))"
    elif isinstance(shape, ast.Tuple) and text(shape.elts[0]) == stop:
        rest = ", ".join(text(one) for one in shape.elts[1:])
        after = f"{called(made)}(({stop} + 1, {rest}))"
    else:
        return None
    return {
        "before": text(node),
        "name": name,
        "size": str(length(line, node.value)),
        "after": after,
    }


def _loop_too_long(line: Line, match: re.Match[str]) -> Words:
    """See ``times[i + 1]`` in ``range(len(times))``."""
    node = subscript(line)
    second = "axis 1" in line.problem.message
    if node is None or (second and not isinstance(node.slice, ast.Tuple)):
        return None
    index = (
        node.slice.elts[1] if isinstance(node.slice, ast.Tuple) and second else first_index(node)
    )
    found = _loop(line, index)
    size = (line.shape(node.value) or (0, 0))[1] if second else length(line, node.value)
    if found is None or not size:
        return None
    name, added, over = found
    if called(over) != "range" or not isinstance(over, ast.Call) or len(over.args) > 2:
        return None
    value = line.of(name).detail
    if not value.isdigit() or int(value) + added < size:
        return None
    start = f"{text(over.args[0])}, " if len(over.args) == 2 else ""
    whole = f"{text(node.value)}.shape[1]" if second else f"len({text(node.value)})"
    stop = f"{whole} - {added}" if added > 0 else whole + (f" + {-added}" if added else "")
    return {
        "before": text(node),
        "name": text(node.value),
        "size": str(size),
        "last": str(size - 1),
        "index": name,
        "value": value,
        "after": f"range({start}{stop})",
    }


def _one_difference_fewer(line: Line, match: re.Match[str]) -> Words:
    """See ``D[k]`` for each of the numbers that D holds the differences of."""
    node = subscript(line)
    made = line.value_of(node.value) if node else None
    index = first_index(node) if node else None
    if node is None or not isinstance(made, ast.Call) or not isinstance(index, ast.Name):
        return None
    if called(made) != "np.diff" or len(made.args) != 1 or made.keywords:
        return None
    return {
        "before": text(node),
        "name": text(node.value),
        "given": text(made.args[0]),
        "size": str(length(line, node.value)),
        "after": f"{text(node.value)}[{index.id} - 1]",
        "index": index.id,
    }


def _list_not_grown(line: Line, match: re.Match[str]) -> Words:
    """See ``rates[i] = x`` of a list that is still too short."""
    node = line.statement
    if not isinstance(node, ast.Assign):
        return None
    target = node.targets[0]
    if not isinstance(target, ast.Subscript) or line.of(target.value).kind != "list":
        return None
    name = text(target.value)
    size = str(length(line, target.value))
    return {
        "before": text(target),
        "name": name,
        "size": size,
        "after": f"{name}.append({text(node.value)})",
    }


def _empty(line: Line, match: re.Match[str]) -> Words:
    node = subscript(line)
    if node is None or length(line, node.value) != 0:
        return None
    return {"before": text(node), "name": text(node.value)}


RULES = (
    Rule(
        name="list not grown",
        says=r"IndexError: list assignment index",
        look=_list_not_grown,
        what="`{before}`: {name} has {size} entries, and a list does not grow by an index.",
        mend="append adds one at its end: {after}",
    ),
    Rule(
        name="empty array",
        says=_BEYOND,
        look=_empty,
        what="`{name}` is empty here, so there is no `{before}`.",
        mend="Ask first: if len({name}) > 0:, and say what holds otherwise.",
    ),
    Rule(
        name="axes in another order",
        says=_BEYOND,
        look=_axes_swapped,
        what="`{before}`: {name} has {rows} rows and {columns} columns, and the row comes first.",
        mend="The other way round: {after}",
    ),
    Rule(
        name=STEP_FOR_NEURON,
        says=_BEYOND,
        look=_entry_a_neuron,
        what="`{before}`: {name} has {size} entries, one a neuron, and {index} counts the steps.",
        mend="Each step takes all of them: {name} without an index.",
    ),
    Rule(
        name="row one too late",
        says=_BEYOND,
        look=_row_of_an_input,
        what="`{before}`: {name} has {size} rows, one a step, and the last is {last}.",
        mend="Each step uses its own row, from row 0 on; here that is {after}",
    ),
    Rule(
        name="one row too few",
        says=_BEYOND,
        look=_row_too_few,
        what="`{before}`: {name} has {size} rows, one a step, and the start needs one too.",
        mend="Make it with a row more: {name} = {after}",
    ),
    Rule(
        name="one difference fewer",
        says=_BEYOND,
        look=_one_difference_fewer,
        what="`{before}`: {name} has {size} entries, one fewer than {given}: they lie between its entries.",
        mend="Between number {index} and the one before it lies {after}; before number 0 there is nothing.",
    ),
    Rule(
        name="index beyond the end",
        says=_BEYOND,
        look=_loop_too_long,
        what="`{before}`: {name} has {size} entries, the last index is {last}; {index} is {value} here.",
        mend="End the loop earlier: {after}",
    ),
)

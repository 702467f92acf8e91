"""Say why a single edit gives the same answers, where its form says so.

Each rule names a syntactic form.  What no rule excuses needs an entry with a proof in the exercise's
table: ``equal."before -> after"``, or ``equal."in ..."`` with the beginning of a line in which every edit
that is accepted is so for one reason.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from .mutations import Mutant

__all__ = ["MOST_ENTRIES", "excused", "reason"]

#: Entries that an exercise may have; more would mean that its cases leave too much open.
MOST_ENTRIES = 3


def excused(mutant: Mutant, source: str, entries: Mapping[str, str]) -> str:
    """Return the entry of a table that says why an edit of `source` changes nothing, or nothing."""
    edit, line = f"{mutant.before} -> {mutant.after}", source.splitlines()[mutant.line - 1].strip()
    return next(
        (
            entry
            for entry in entries
            if entry == edit or (entry.startswith("in ") and line.startswith(entry[3:]))
        ),
        "",
    )


def reason(mutant: Mutant) -> str:
    """Return why an edit changes nothing, or an empty text.

    Examples
    --------
    >>> reason(Mutant("", 3, "left out", "np.array(rates)", "rates"))
    'a list of numbers is as good an answer as an array'
    >>> reason(Mutant("", 3, "order", "x - mean", "mean - x", "(x - mean) ** 2"))
    'an even power does not look at the sign'
    >>> reason(Mutant("", 3, "order", "np.clip(x, 0, top)", "np.clip(0, x, top)"))
    'np.clip takes the larger of its first two arguments, whichever is which'
    >>> reason(Mutant("", 3, "order", "np.clip(x, 0, top)", "np.clip(x, top, 0)"))
    ''
    >>> reason(Mutant("", 3, "order", "x / mean", "mean / x", "(x / mean) ** 2"))
    ''
    """
    before, after = mutant.before, mutant.after
    if mutant.kind == "statements in another order" and _independent(before):
        return "neither statement uses what the other makes"
    if mutant.kind == "operator" and after == before.replace(" = ", " += ", 1):
        return "added to zeros, each entry once"
    if mutant.kind == "sibling" and re.sub("^np.ones", "np.zeros", after) == before:
        return "every entry is overwritten"
    bare = re.sub(r", dtype=\w+", "", before)
    if mutant.kind == "left out" and bare in (f"np.array({after})", f"np.asarray({after})"):
        return "a list of numbers is as good an answer as an array"
    if mutant.kind == "left out" and before.startswith(f"np.asarray({after}"):
        return "inputs are arrays or numbers already"
    if mutant.kind == "left out" and before == after.removesuffix(")") + ", dtype=int)":
        return "whole numbers are as good as floating-point numbers"
    if mutant.kind == "left out" and before == after.removesuffix(")") + ", dtype=float)":
        return "the numbers are floating-point anyhow"
    if mutant.kind == "into the loop" and _is_row(before.split(";")[0]):
        return "a start value that the loop does not change may be set again"
    if mutant.kind == "into the loop" and _made_again(before):
        return "what is made of whole arrays may be made in each step, the last time of whole ones"
    if mutant.kind == "name" and mutant.within == f"len({before})":
        return "these arrays have one entry a neuron, so they are equally long"
    if mutant.kind == "index" and before.startswith("np.nonzero(") and after == before[:-2] + "-1]":
        return "the last of one axis is the first"
    if mutant.kind == "left out" and before == f"{after}[()]":
        return "an array without axes is as good an answer as a number"
    if mutant.kind == "left out" and before == after.removesuffix(")") + ", otypes=[float])":
        return "the first number says the type as well"
    if mutant.kind == "order" and re.match(r"(min|max)\(", before):
        return "the smallest or largest of some numbers does not look at their order"
    if mutant.kind in ("order", "sign") and re.match(r"(np\.)?abs\(", mutant.within):
        return "the absolute value does not look at the sign"
    if _negated(mutant) and _is_even_power(mutant.within, before):
        return "an even power does not look at the sign"
    if mutant.kind == "order" and _clips(before) == _clips(after) != ():
        return "np.clip takes the larger of its first two arguments, whichever is which"
    if mutant.kind == "index" and after == before.replace(".shape[1]", ".shape[-1]"):
        return "the last of two axes is the second"
    return ""


def _negated(mutant: Mutant) -> bool:
    """Whether an edit gives the same number with the other sign."""
    if mutant.kind == "order":
        node = ast.parse(mutant.before, mode="eval").body
        return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub)
    return mutant.kind == "sign"


def _is_even_power(text: str, base: str) -> bool:
    """Whether an expression is a base to the power of an even number, or its square."""
    try:
        node = ast.parse(text, mode="eval").body
    except SyntaxError:
        return False
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow)):
        return text == f"np.square({base})"
    power = node.right.value if isinstance(node.right, ast.Constant) else None
    return isinstance(power, int) and power % 2 == 0 and ast.unparse(node.left) == base


def _clips(text: str) -> tuple[frozenset[str], str] | tuple[()]:
    """Return the first two arguments of a call of np.clip, in no order, and the third."""
    node = ast.parse(text, mode="eval").body
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "np.clip" and len(node.args) == 3:
        low, other, high = map(ast.unparse, node.args)
        return frozenset((low, other)), high
    return ()


def _is_row(text: str) -> bool:
    """Whether a statement sets a row by number, such as ``V[0] = V_init``."""
    return re.match(r"\w+\[0\] = \w+$", text) is not None


def _made_again(text: str) -> bool:
    """Whether a loop is followed by a plain assignment to a name that the loop does not use."""
    loop, _, statement = text.rpartition("; ")
    match = re.match(r"(\w+) = ", statement)
    return match is not None and not re.search(rf"\b{match[1]}\b", loop)


#: Statements of which `_names` sees all that they change; a call changes what `_changed_by` says.
_CHANGING = (ast.Assign, ast.AugAssign, ast.Expr)


def _independent(text: str) -> bool:
    """Whether two statements neither store nor read what the other stores."""
    try:
        one, other = ast.parse(text.replace("; ", "\n")).body
    except (SyntaxError, ValueError):
        return False
    if not all(isinstance(node, _CHANGING) for node in (one, other)):
        return False
    stored = [_names(node, ast.Store) for node in (one, other)]
    used = [_names(node, (ast.Store, ast.Load)) for node in (one, other)]
    return not (stored[0] & used[1] or stored[1] & used[0])


def _names(node: ast.AST, context: type | tuple[type, ...]) -> set[str]:
    """Return the names in a statement; an array that is stored into counts as stored."""
    found = set()
    for child in ast.walk(node):
        if isinstance(child, ast.Name) and isinstance(child.ctx, context):
            found.add(child.id)
        if isinstance(child, ast.Subscript | ast.Attribute) and isinstance(child.ctx, ast.Store):
            found.add(
                ast.unparse(child).split("[")[0].split(".")[0]
                if isinstance(child, ast.Subscript)
                else ast.unparse(child)
            )
        if isinstance(child, ast.Call):
            found |= _changed_by(child)
    return found


def _changed_by(call: ast.Call) -> set[str]:
    """Return what `x.append(...)` or `np.add.at(x[k], ...)` changes; np.append makes a new array."""
    function = ast.unparse(call.func)
    if function.endswith(".append") and function != "np.append":
        return {function.removesuffix(".append").split("[")[0]}
    if function.endswith(".at"):
        return {ast.unparse(call.args[0]).split("[")[0]}
    return set()

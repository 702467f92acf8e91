"""Attributes that are not there: of a module, of the object, of a list taken for an array."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

import numpy as np

from .line import Line, Rule, text
from .names import IMPORTS, nearest, numpys, own_names

__all__ = ["RULES"]

Words = Mapping[str, str] | None

_HAS_NO = "AttributeError: '(?P<type>[^']+)' object has no attribute '(?P<name>\\w+)'"


def _not_in_numpy(line: Line, match: re.Match[str]) -> Words:
    module, name = match["module"], match["name"]
    if module == "numpy":
        if name in ("int", "float", "bool", "str", "object"):
            return {
                "before": f"np.{name}",
                "guess": f" Python's own {name} is meant: write {name}.",
            }
        if name in IMPORTS:
            return {"before": f"np.{name}", "guess": f" It comes from elsewhere: {IMPORTS[name]}"}
        near = numpys(name) or nearest(name, [one for one in dir(np) if one.islower()], 0.75)
        return {"before": f"np.{name}", "guess": f" NumPy's is np.{near}."} if near else None
    if module == "math" and numpys(name):
        return {"before": f"math.{name}", "guess": f" NumPy's is np.{numpys(name)}."}
    return None


def _never_stored(line: Line, match: re.Match[str]) -> Words:
    if match["type"] != line.exercise.name:
        return None
    name = match["name"]
    others = [*own_names(line.exercise), *line.exercise.methods]
    if name in others:
        said = (
            f" In __init__ write self.{name} = ...: a plain {name} = ... is forgotten at its end."
        )
    else:
        near = nearest(name, others)
        said = f" Did you mean self.{near}?" if near else ""
    return {"name": name, "guess": said}


def _list_for_array(line: Line, match: re.Match[str]) -> Words:
    """See ``x.std()`` of a list."""
    name = match["name"]
    if not hasattr(np.ndarray, name):
        return None
    for node in line.find(ast.Attribute):
        holder = node.value
        found = line.of(holder)
        if node.attr == name and found.kind == "list":
            if found.detail.endswith(" array"):
                return {
                    "before": f"{text(holder)}.{name}",
                    "mend": f"Take its arrays one at a time: for x in {text(holder)}: x.{name} ...",
                }
            return {
                "before": f"{text(holder)}.{name}",
                "mend": f"Make an array of it first: np.array({text(holder)}).{name}",
            }
    return None


def _array_for_list(line: Line, match: re.Match[str]) -> Words:
    for node in line.find(ast.Attribute):
        if node.attr == match["name"] and line.shape(node.value) is not None:
            holder = text(node.value)
            if node.attr in ("append", "extend"):
                return {
                    "before": holder,
                    "what": "cannot grow",
                    "mend": f"Begin with a list, {holder} = [], and make np.array({holder}) of it "
                    "at the end.",
                }
            if node.attr in ("length", "len", "count"):
                return {
                    "before": holder,
                    "what": f"has no {node.attr}",
                    "mend": f"len({holder}) says how many entries it has.",
                }
    return None


RULES = (
    Rule(
        name="not in this module",
        says=r"AttributeError: module '(?P<module>\w+)' has no attribute '(?P<name>\w+)'",
        look=_not_in_numpy,
        what="There is no `{before}`.",
        mend="Capital letters count, and names differ from those on paper.{guess}",
    ),
    Rule(
        name="undefined attribute",
        says=_HAS_NO,
        look=_never_stored,
        what="self.{name} is used, but nothing has stored it.{guess}",
        mend="What an object knows from the start is stored in __init__: self.name = value.",
    ),
    Rule(
        name="list used as an array",
        says=_HAS_NO,
        look=_list_for_array,
        what="`{before}` belongs to arrays, and this is a list.",
        mend="{mend}",
    ),
    Rule(
        name="array used as a list",
        says=_HAS_NO,
        look=_array_for_list,
        what="`{before}` is an array, which {what}.",
        mend="{mend}",
    ),
)

"""Names that stand for nothing: misspelt, not imported, without self, used before they have a value."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Mapping, Sequence

import numpy as np

from ..model import Exercise
from .line import Line, Rule, called, text

__all__ = ["IMPORTS", "RULES", "nearest", "numpys", "own_names"]

Words = Mapping[str, str] | None

#: What brings in the names that the labs use, and usual others.
IMPORTS = {
    "np": "import numpy as np",
    "numpy": "import numpy",
    "math": "import math",
    "random": "import random",
    "scipy": "import scipy",
    "plt": "import matplotlib.pyplot as plt",
    "quad": "from scipy.integrate import quad",
    "erf": "from scipy.special import erf",
    "erfc": "from scipy.special import erfc",
    "erfcx": "from scipy.special import erfcx",
    "defaultdict": "from collections import defaultdict",
}

#: What is called otherwise in NumPy than on paper, in math or in another language.
OTHERWISE = {
    "ln": "log",
    "tg": "tan",
    "arctg": "arctan",
    "sqr": "square",
    "length": "size",
    "avg": "mean",
    "stdev": "std",
    "zeroes": "zeros",
    "pow": "power",
    "Inf": "inf",
    "NaN": "nan",
}

#: Python's own words, as other languages spell them.
_PYTHONS = {"true": "True", "false": "False", "none": "None", "null": "None", "nil": "None"}

_NAME = r"NameError: name '(?P<name>\w+)' is not defined"

_UNBOUND = r"UnboundLocalError: .*variable '(?P<name>\w+)'"

_ARGUMENTS = (
    "A function knows its arguments and what it made itself. Use the names in its first line."
)

_SELF = (
    "A function knows its arguments and what it made itself; a method reaches the object's values "
    "through self, for instance self.V."
)


def nearest(name: str, names: Sequence[str], least: float = 0.55) -> str:
    """Return the name that was probably meant: I for I_ext, V_threshold for V_theta; or nothing."""
    same = [item for item in names if item.lower() == name.lower()]
    near = same or difflib.get_close_matches(name, names, n=1, cutoff=least)
    parts = [item for item in names if name.lower() in item.lower().split("_")]
    return next(iter([*near, *parts]), "")


def own_names(exercise: Exercise) -> list[str]:
    """Return the names of an exercise's arguments (of a class: attributes) and outputs."""
    return [*exercise.parameters, *(output.name for output in exercise.outputs)]


def numpys(name: str) -> str:
    """Return NumPy's name for something; nothing where it has none."""
    own = {one.lower(): one for one in dir(np) if not one.startswith("_")}
    wanted = OTHERWISE.get(name, name)
    return wanted if hasattr(np, wanted) else own.get(wanted.lower(), "")


def _other_word(line: Line, match: re.Match[str]) -> Words:
    word = _PYTHONS.get(match["name"])
    return {"name": match["name"], "word": word} if word else None


def _without_import(line: Line, match: re.Match[str]) -> Words:
    name = match["name"]
    return {"name": name, "line": IMPORTS[name]} if name in IMPORTS else None


def _exponential(line: Line, match: re.Match[str]) -> Words:
    """See ``e ** x``."""
    for node in ast.walk(line.statement):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and match["name"] == "e":
            if isinstance(node.left, ast.Name) and node.left.id == "e":
                return {"before": text(node), "after": f"np.exp({text(node.right)})"}
    return None


def _without_np(line: Line, match: re.Match[str]) -> Words:
    name = match["name"]
    is_called = any(called(node) == name for node in ast.walk(line.statement))
    found = numpys(name) if is_called or name in ("e", "pi", "inf", "nan") else ""
    if not found or (is_called and not callable(getattr(np, found))):
        return None
    return {"name": name, "after": f"np.{found}"}


def _argument_elsewhere(line: Line, match: re.Match[str]) -> Words:
    """See a helper that uses an argument of the function it helps."""
    name, function = match["name"], line.problem.function
    inner = function in ("<lambda>", "<listcomp>", "<genexpr>", "<module>", line.exercise.name)
    if line.exercise.is_class or inner or name not in line.exercise.parameters:
        return None
    return {"name": name, "function": function, "whole": line.exercise.name}


def _not_an_argument(line: Line, match: re.Match[str]) -> Words:
    """See N_t, or n, in an exercise that is not told it."""
    exercise, name = line.exercise, match["name"]
    shapes = " ".join(output.shape for output in exercise.outputs)
    told = exercise.is_class or name in exercise.parameters
    if name not in ("N_t", "n") or told or not re.search(rf"\b{name}\b", shapes):
        return None
    if name == "n" and "V_init" in exercise.parameters:
        return {"name": name, "after": "n = len(V_init)"}
    table = next((one for one in ("xi", "I_ext") if one in exercise.parameters), "")
    axis = 0 if name == "N_t" else 1
    return {"name": name, "after": f"{name} = {table}.shape[{axis}]"} if table else None


def _compared_only(line: Line, match: re.Match[str]) -> Words:
    """See ``V_inf == E_m + 1`` as a line of its own."""
    node = line.statement.value if isinstance(line.statement, ast.Expr) else None
    if not isinstance(node, ast.Compare) or not isinstance(node.ops[0], ast.Eq):
        return None
    if text(node.left) != match["name"]:
        return None
    after = f"{text(node.left)} = {text(node.comparators[0])}"
    return {"name": match["name"], "before": text(node), "after": after}


def _without_self(line: Line, match: re.Match[str]) -> Words:
    """See a parameter of the object, or one nearly called so, that is used without self."""
    exercise = line.exercise
    if not exercise.is_class:
        return None
    if match["name"] == "self":
        return {"guess": " self is missing among the arguments of this method.", "name": "self"}
    local = nearest(match["name"], line.known, 0.75)
    others = [*own_names(exercise), *exercise.builds_on]
    guess = local or nearest(match["name"], [one for one in others if one not in line.known])
    place = "" if local or guess in exercise.builds_on else "self."
    meant = f" Did you mean {place}{guess}?" if guess else ""
    return {"name": match["name"], "guess": meant}


def _misspelt(line: Line, match: re.Match[str]) -> Words:
    name = match["name"]
    others = [*own_names(line.exercise), *line.exercise.builds_on]
    guess = nearest(name, line.known, 0.7)
    guess = guess or nearest(name, [one for one in others if one != name])
    return {"name": name, "guess": f" Did you mean {guess}?" if guess else ""}


def _own_and_outer(line: Line, match: re.Match[str]) -> Words:
    """See ``tau = tau * 2`` of a name that a function around this one, or the notebook, knows."""
    name = match["name"]
    node = line.statement
    if not isinstance(node, ast.Assign | ast.AugAssign) or not line.of(name).kind:
        return None
    value = node.value
    if isinstance(node, ast.AugAssign):
        value = ast.BinOp(ast.Name(name), node.op, value)
    return {"name": name, "after": f"{name}_2 = {text(value)}"}


def _without_a_start(line: Line, match: re.Match[str]) -> Words:
    """See a name that gets its value only here, or only in a loop or branch that did not come by."""
    name = match["name"]
    if line.of(name).kind:
        return None
    if isinstance(line.statement, ast.AugAssign):
        return {"name": name, "why": f"{text(line.statement)} changes a value that was never there"}
    return {
        "name": name,
        "why": "no line that gives it one has run before this one",
    }


RULES = (
    Rule(
        name="undefined name",
        says=_NAME,
        look=_other_word,
        what="Python does not know `{name}`.",
        mend="It is written {word}.",
    ),
    Rule(
        name="missing import",
        says=_NAME,
        look=_without_import,
        what="`{name}` is not imported in this notebook.",
        mend="Run the notebook's first cell, or write {line} in a cell of its own, above this one.",
    ),
    Rule(
        name="undefined name",
        says=_NAME,
        look=_exponential,
        what="Python does not know the number e by that letter.",
        mend="The exponential function is np.exp: `{before}` is {after}",
    ),
    Rule(
        name="undefined name",
        says=_NAME,
        look=_without_np,
        what="`{name}` is NumPy's, and NumPy's names begin with np.",
        mend="Write {after}.",
    ),
    Rule(
        name="undefined name",
        says=_NAME,
        look=_argument_elsewhere,
        what="`{name}` is an argument of {whole}; {function}, where this line stands, does not know it.",
        mend="Hand it over: put {name} among the arguments of {function}, and in the brackets where "
        "{function} is called.",
    ),
    Rule(
        name="undefined name",
        says=_NAME,
        look=_compared_only,
        what="`{before}` compares, with ==; it gives {name} no value.",
        mend="One = gives it one: {after}",
    ),
    Rule(
        name="undefined name",
        says=_NAME,
        look=_not_an_argument,
        what="`{name}` is no argument here: it has to be found from one.",
        mend="Above this line: {after}",
    ),
    Rule(
        name="undefined name",
        says=_NAME,
        look=_without_self,
        what="Nothing called {name} exists where your code uses it.{guess}",
        mend=_SELF,
    ),
    Rule(
        name="undefined name",
        says=_NAME,
        look=_misspelt,
        what="Nothing called {name} exists where your code uses it.{guess}",
        mend=_ARGUMENTS,
    ),
    Rule(
        name="own name before it has a value",
        says=_UNBOUND,
        look=_own_and_outer,
        what="This function gives `{name}` a value, so `{name}` is its own everywhere in it, not the one "
        "outside; and it has none yet when this line asks for it.",
        mend="Give the new value another name, {after}, and use that below.",
    ),
    Rule(
        name="name without a value yet",
        says=_UNBOUND,
        look=_without_a_start,
        what="`{name}` has no value yet: {why}.",
        mend="Give it one before, above the loop or the if: {name} = 0, or whatever it starts from.",
    ),
)

"""A function handed to brentq or quad: one number in, one number out, and a zero to be found."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from .line import Line, Rule, called, text, tree_of

__all__ = ["RULES"]

Words = Mapping[str, str] | None


def _handed(line: Line, *names: str) -> Words:
    """Return what was handed to a call of one of these names, in the line that stopped."""
    for node in ast.walk(line.statement):
        name = called(node).rpartition(".")[2]
        if name in names and isinstance(node, ast.Call) and len(node.args) > 2:
            function, low, high = map(text, node.args[:3])
            return {"by": name, "function": function, "low": low, "high": high}
    return None


def _value_for_a_function(line: Line, match: re.Match[str]) -> Words:
    """See ``quad(erfcx(-u), a, b)``."""
    words = _handed(line, "brentq", "quad")
    given = tree_of(words["function"]) if words else None
    if words is None or not isinstance(given, ast.Expr):
        return None
    if isinstance(given.value, ast.Name | ast.Attribute | ast.Lambda):
        return None
    variable = match.groupdict().get("name")
    if variable is None:
        return {**words, "after": "lambda u: ..., with u for the number that changes"}
    if variable not in [one.id for one in ast.walk(given) if isinstance(one, ast.Name)]:
        return None
    return {**words, "after": f"lambda {variable}: {words['function']}"}


def _no_crossing(line: Line, match: re.Match[str]) -> Words:
    return _handed(line, "brentq")


def _array_for_a_number(line: Line, match: re.Match[str]) -> Words:
    return _handed(line, "brentq", "quad")


RULES = (
    Rule(
        name="value for a function",
        says=r"(NameError: name '(?P<name>\w+)' is not defined|ValueError: invalid callable given)",
        look=_value_for_a_function,
        what="{by} wants a function, and `{function}` is worked out to a value before {by} begins.",
        mend="Hand over a function: one of your own by its name, or {after}",
    ),
    Rule(
        name="no zero between the ends",
        says=r"ValueError: f\(a\) and f\(b\) must have different signs",
        look=_no_crossing,
        what="`{function}` does not cross zero between {low} and {high}: it has one sign at both ends.",
        mend="It should give what is reached less what is to be reached: 0 at the answer. Where there is "
        "none, say so before brentq is called.",
    ),
    Rule(
        name="array where one number is asked for",
        says=r"(ValueError: The truth value of an array|TypeError: only (0-dim|length-1|size-1))",
        look=_array_for_a_number,
        what="{by} hands `{function}` one number and wants one number back; here it gives an array.",
        mend="Write a function for one value, with all of this inside, and use it for each: np.vectorize.",
    ),
)

"""A function handed to brentq or quad: one number in, one number out, and a zero to be found."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from .line import Line, Rule, called, text

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


def _no_crossing(line: Line, match: re.Match[str]) -> Words:
    return _handed(line, "brentq")


def _array_for_a_number(line: Line, match: re.Match[str]) -> Words:
    return _handed(line, "brentq", "quad")


RULES = (
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

"""What is said about a slip: the place first, then what kind of slip it is, in the student's own text."""

from __future__ import annotations

import dataclasses

from .model import Slip
from .report import Report

__all__ = ["KINDS", "may_place", "told"]


def may_place(report: Report, tried: int) -> bool:
    """Whether a report may say where to look: after a first success, or an own second attempt.

    Parameters
    ----------
    report : Report
    tried : int
        How many different texts of the exercise were checked.
    """
    return _begun(report) or tried > 1


def told(slip: Slip, report: Report, tried: int, *, in_full: bool) -> Slip:
    """Return of a slip what may be told: the place, after the next attempt the kind.

    Parameters
    ----------
    slip : Slip
    report : Report
    tried : int
    in_full : bool
        Whether the edit itself may be told at once: to who studies alone.
    """
    if in_full:
        return slip
    kind = slip.kind if tried > (1 if _begun(report) else 2) else ""
    return dataclasses.replace(slip, kind=kind, edit="")


def _begun(report: Report) -> bool:
    """Whether a property beyond the form holds."""
    return any(line.status == "pass" for line in report.lines[1:-1])


#: What to ask oneself at the place, by the kind of the edit that mends; ``{spot}`` is the student's text.
KINDS = {
    "axis": "`{spot}` takes all numbers together: along which axis should it work?",
    "before the loop": "this is done once, before the loop: should it be done anew in every round?",
    "behind the loop": "this is done once, after the loop: should it be done in every round?",
    "both on arrays": "`and`, `or` and a chain like a < x < b want one truth value, and an array has many: "
    "compare entry by entry, each comparison in brackets of its own.",
    "brackets": "what belongs together in `{spot}`? Brackets there group it otherwise.",
    "comparison": "is the comparison in `{spot}` the one that is asked for?",
    "condition": "does this condition choose the right branch, and does it have to be there?",
    "copy": "`{spot}` and what it came from are one array: what changes one changes the other.",
    "degrees of freedom": "does `{spot}` divide by n or by n - 1?",
    "in the loop": "this is done in every round of the loop (a return ends the function in the first): "
    "should it be done once?",
    "index": "`{spot}` takes another entry than the one that is wanted.",
    "loop": "how often should this run?",
    "missing": "something is missing at `{spot}`: a term, a factor, a condition.",
    "name": "`{spot}` stands where something else belongs.",
    "no index": "`{spot}` is a whole array: is one entry of it wanted here, or another shape?",
    "not here": "should this line be here at all?",
    "number": "is `{spot}` the right number?",
    "operator": "is this the right operation: `{spot}`?",
    "order": "the parts of `{spot}` stand in another order than is wanted.",
    "range": "does `{spot}` begin and end where it should?",
    "result lost": "what this makes is lost: does it change the object itself, or give a new one back?",
    "return missing": "the function ends without giving back what it made.",
    "self": "`{spot}` belongs to the object: a method reaches it through self.",
    "shape": "is the array that `{spot}` makes as large as it should be, along each axis?",
    "sibling": "a near relative of the function in `{spot}` is wanted.",
    "sign": "does `{spot}` have the right sign?",
    "start missing": "what should stand in the first entry of the array that is made here?",
    "the same again": "this is one object under several names or in several places: what changes one of "
    "them changes all.",
    "to be wrapped": "`{spot}` still has to be made into something else: rounded, made an array, put into "
    "a function.",
    "too early": "this comes too early: something below has to happen first.",
    "too late": "this comes too late: something above needs it.",
    "too much": "a part of `{spot}` is too much.",
    "whole numbers": "this array holds whole numbers, so that what is put into it is cut off.",
}

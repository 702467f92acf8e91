"""How an exercise is written: its module, its table of mistakes, the notebook's cell."""

from .cases import Line, ReadableGenerator, also, case, holds, line
from .pairs import with_pairs
from .reference import Reference, ReferenceLike, make_key
from .written import Written, exercise, lab, solution

__all__ = [
    "Line",
    "ReadableGenerator",
    "Reference",
    "ReferenceLike",
    "Written",
    "also",
    "case",
    "exercise",
    "holds",
    "lab",
    "line",
    "make_key",
    "solution",
    "with_pairs",
]

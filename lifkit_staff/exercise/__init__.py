"""How an exercise is written: its module, its table of mistakes, the notebook's cell."""

from .agreement import check_styles
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
    "check_styles",
    "exercise",
    "holds",
    "lab",
    "line",
    "make_key",
    "solution",
    "with_pairs",
]

"""How an exercise is written: its module, its table of mistakes, the notebook's cell."""

from .cases import Line, ReadableGenerator, also, case, holds, line
from .written import Written, exercise, lab, solution

__all__ = [
    "Line",
    "ReadableGenerator",
    "Written",
    "also",
    "case",
    "exercise",
    "holds",
    "lab",
    "line",
    "solution",
]

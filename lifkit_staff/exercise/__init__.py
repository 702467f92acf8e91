"""How an exercise is written: its module, its table of mistakes, the notebook's cell."""

from .agreement import check_styles
from .cases import Line, ReadableGenerator, also, case, holds, line
from .course_files import CourseFiles, read_course_files
from .pairs import with_pairs
from .probes import with_probes
from .reference import Reference, ReferenceLike, make_key
from .written import Written, exercise, lab, solution

__all__ = [
    "CourseFiles",
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
    "read_course_files",
    "solution",
    "with_pairs",
    "with_probes",
]

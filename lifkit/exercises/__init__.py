"""What an exercise is, and how an answer to it is called, compared, diagnosed and reported.

Data flows one way: an `Exercise` and its `Case` s (`model`) come from a key on disk (`keys`) or from
the course's references (`reference`); `attempt` calls what a student wrote (`calling`); `judge` lays
the answers beside the key (`compare`, `diagnose`, `report`); `words` writes the report down.
"""

from .calling import Answer, Attempt, Problem, attempt
from .compare import Gap, compare
from .diagnose import diagnose
from .keys import KEYS, KeyNotFound, key_editions, key_names, load_key, pack, save_key, unpack
from .model import Call, Case, Exercise, Key, Mistake, Output, Property
from .plain import plain
from .reference import Reference, load_references, make_key
from .report import IMPURE_FACTOR, Line, Report, judge, report_on
from .symptoms import symptoms
from .words import as_html, as_text, headline, hint_html, hint_text

__all__ = [
    "IMPURE_FACTOR",
    "KEYS",
    "Answer",
    "Attempt",
    "Call",
    "Case",
    "Exercise",
    "Gap",
    "Key",
    "KeyNotFound",
    "Line",
    "Mistake",
    "Output",
    "Problem",
    "Property",
    "Reference",
    "Report",
    "as_html",
    "as_text",
    "attempt",
    "compare",
    "diagnose",
    "headline",
    "hint_html",
    "hint_text",
    "judge",
    "key_editions",
    "key_names",
    "load_key",
    "load_references",
    "make_key",
    "pack",
    "plain",
    "report_on",
    "save_key",
    "symptoms",
    "unpack",
]

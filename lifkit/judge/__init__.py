"""What an exercise is, and how an answer to it is called, compared, diagnosed and reported.

Data flows one way: an `Exercise` and its `Case` s (`model`) come from a key, on disk (`keys`) or made
by the grader; `attempt` calls what a student wrote (`calling`, `problems`, `confine`, `values`,
`free_variables`); `judge` lays the answers beside the key (`compare`, `diagnose`, `explain`,
`report`) and finds one of a closed set of outcomes (`outcomes`); `render` writes the report down.
The same code runs in the notebook, in the grader, and, with `respond` to be asked by it, among a
submission's code.
"""

from .calling import Answer, Attempt, attempt
from .compare import Gap, compare
from .diagnose import diagnose
from .keys import KEYS, KeyNotFound, key_editions, key_names, load_key, pack, save_key, unpack
from .model import Call, Case, Exercise, Key, Mistake, Output, Property, Slip
from .outcomes import OUTCOMES
from .problems import Problem
from .render import as_html, as_text, headline, hint_html, hint_text, standing
from .report import IMPURE_FACTOR, Line, Report, judge, report_on
from .symptoms import symptoms
from .values import plain

__all__ = [
    "IMPURE_FACTOR",
    "KEYS",
    "OUTCOMES",
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
    "Report",
    "Slip",
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
    "pack",
    "plain",
    "report_on",
    "save_key",
    "standing",
    "symptoms",
    "unpack",
]

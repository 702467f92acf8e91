"""What can become of an exercise: the closed set of outcomes, and what each is called.

`report.judge` gives the first six; the rest are for a submission that could not be asked, and come
from the grader alone.
"""

from __future__ import annotations

__all__ = ["OUTCOMES", "SENTENCES", "SIGNS"]

OUTCOMES = (
    "correct",
    "partial",
    "wrong",
    "not started",
    "error",
    "timeout",
    "out of memory",
    "crashed",
    "missing",
)

#: One sign an outcome, for tables.
SIGNS = dict(zip(OUTCOMES, "✓ ~ ✗ · E T M C ?".split(), strict=True))

#: What a headline says of an outcome; `render.headline` counts the properties of a partial one.
SENTENCES = {
    "correct": "all correct",
    "wrong": "not right yet",
    "not started": "not started yet",
    "error": "it stops with an error",
    "timeout": "it does not come to an end",
    "out of memory": "it runs out of memory",
    "crashed": "it ends the Python process",
    "missing": "it is not there",
}

"""The slip: where in the student's own program one edit makes its answers right.

`find_slips` looks for it when an answer is wrong and no known mistake explains it.  It knows no
solution: it tries generic edits on the student's own text and calls what comes out.
"""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import functools
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..apart import POSSIBLE, told_by_a_copy
from ..calling import Attempt
from ..model import Key, Mistake, Slip
from .harmless import counting_steps, is_harmless
from .program import Program, program_of
from .search import Mend, Search
from .trial import Trial, in_time

__all__ = ["Found", "find_slips", "found_here"]

#: Seconds after which a check stops looking, whatever it has: longer than that nobody waits for a word.
SECONDS = 3.0

#: The part of them that the search itself may take; the rest is for starting and ending a copy.
_SEARCH = 0.85

#: Bytes of memory that the search may take beside what the notebook has.
ROOM = 1_000_000_000


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was found out about a wrong answer.

    Attributes
    ----------
    slips : tuple of Slip
        One, or two that mend together; often none.
    mistakes : tuple of Mistake
        The usual mistake that is left beside the slip.
    """

    slips: tuple[Slip, ...] = ()
    mistakes: tuple[Mistake, ...] = ()


def find_slips(
    key: Key, target: Callable[..., Any], given: Attempt, *, seconds: float = SECONDS
) -> Found:
    """Look for the one or two places in a student's program where an edit makes the answer right.

    On Linux a copy of the process looks, which ends after `seconds` whatever it has; elsewhere this one
    does, for programs that do nothing but compute, with a limit on the steps of each call.

    Parameters
    ----------
    key : Key
    target : callable
        The student's function or class.
    given : Attempt
        Its answers to the key's cases.
    seconds : float

    Returns
    -------
    Found
    """
    program = program_of(target, key.exercise.builds_on)
    if program is None:
        return Found()
    look = functools.partial(found_here, key, program, given, seconds * _SEARCH)
    if POSSIBLE:
        told = told_by_a_copy(
            lambda: json.dumps(dataclasses.asdict(look())).encode(), ROOM, seconds
        )
        tree = json.loads(told or b"{}")
        return Found(
            slips=tuple(Slip(**one) for one in tree.get("slips", ())),
            mistakes=tuple(Mistake(**one) for one in tree.get("mistakes", ())),
        )
    whole = program_of(target)
    return look(calling=counting_steps) if whole is not None and is_harmless(whole) else Found()


def found_here(
    key: Key,
    program: Program,
    given: Attempt,
    seconds: float,
    *,
    clock: Callable[[], float] = time.monotonic,
    calling: Callable[[], contextlib.AbstractContextManager[None]] = in_time,
) -> Found:
    """Look in this process."""
    found = Search(Trial(key, given, calling), program, seconds, clock).find()
    mistakes = [one for one in key.mistakes if one.id == found.mistake]
    return Found(
        slips=tuple(map(_slip, found.mends)),
        mistakes=tuple(dataclasses.replace(one, form=0) for one in mistakes),
    )


def _slip(mend: Mend) -> Slip:
    edit, lines = mend.edit, mend.piece.lines
    source = lines[edit.line - 1].strip() if 0 < edit.line <= len(lines) else ""
    return Slip(
        line=edit.line,
        function=mend.piece.name,
        source=source,
        kind=edit.kind,
        spot=_text(edit.spot),
        edit="" if isinstance(edit.new, list) else _text(edit.new),
        whole=mend.whole,
    )


def _text(node: ast.AST) -> str:
    return ast.unparse(node).partition("\n")[0]

"""Look for the one or two edits of a student's own program that make its answers right.

An edit is believed when all public cases come out right with it, and the key's probes too: inputs that
nobody has seen, of which the key holds a digest of the right answer.  So what passes by luck is not told.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..confine import quietly
from ..report import Report
from .program import Piece, Program
from .trees import Edit
from .trial import Trial

__all__ = ["Finding", "Mend", "Search"]

#: Kinds of edits that are many: they are tried after the other usual ones.
SECOND = ("copy", "name", "no index", "shape", "start missing", "too much")

#: First edits that a second one is looked for to, at most.
FIRSTS = 10


@dataclass(frozen=True)
class Mend:
    """An edit that mends, and the definition that it is made in.

    Attributes
    ----------
    piece : Piece
    edit : Edit
    whole : bool
        Whether the answer is right with it, alone or with the others; else only a property more holds.
    """

    piece: Piece
    edit: Edit
    whole: bool = True


@dataclass(frozen=True)
class Finding:
    """What a search found.

    Attributes
    ----------
    mends : tuple of Mend
        One, two or none.
    mistake : str
        The id of the usual mistake that is left when one is made; often empty.
    """

    mends: tuple[Mend, ...] = ()
    mistake: str = ""


@dataclass
class _Helpful:
    """Edits that help with a part: with a property, with some numbers, or all but for a known mistake."""

    gains: list[tuple[Piece, Edit, Report]] = field(default_factory=list)
    nearer: list[tuple[float, Piece, Edit]] = field(default_factory=list)
    but_for: list[tuple[Piece, Edit, str]] = field(default_factory=list)


class Search:
    """One search with its end.

    Parameters
    ----------
    trial : Trial
        The cases.
    program : Program
        What the student wrote.
    seconds : float
        How long to look.
    clock : callable
        Tells the time, in seconds.
    """

    def __init__(
        self,
        trial: Trial,
        program: Program,
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.trial, self.program, self.clock = trial, program, clock
        self.end = clock() + seconds

    def find(self) -> Finding:
        """Return one edit that mends, or two, or one beside a usual mistake, or one that mends a part."""
        if not self.trial.failing:
            return Finding()
        with quietly(), np.errstate(all="ignore"):
            helpful = _Helpful()
            one = self._mend(self.program, self.trial.failing, helpful)
            if one is not None:
                return Finding((one,))
            beside = _agreed(helpful.but_for)
            return beside or Finding(self._two(helpful) or _partly(helpful))

    def _mend(
        self, program: Program, failing: list[int], helpful: _Helpful | None = None
    ) -> Mend | None:
        """Return the first edit that makes everything right; keep those that help with a part."""
        codes, first = program.compiled(), failing[0]
        before, told_before = self.trial.answers_to(program.defined(codes), first)
        known = self.trial.known(first) if helpful else frozenset()
        for piece, edit in _ranked(program, late=helpful is not None):
            if self.clock() >= self.end:
                return None
            function = program.edited(codes, piece, edit)
            if function is None:
                continue
            share, told = self.trial.answers_to(function, first)
            if helpful and share >= max(before, 0) and told in known and told != told_before:
                self._keep_known(helpful, function, piece, edit)
            if share <= before:
                continue
            if share < 1:
                if helpful:
                    helpful.nearer.append((share, piece, edit))
                continue
            report, _ = self.trial.report(function)
            if self.trial.is_right(function, report):
                return Mend(piece, edit)
            if helpful and self.trial.gains(function, report):
                helpful.gains.append((piece, edit, report))
        return None

    def _keep_known(
        self, helpful: _Helpful, function: Callable[..., Any], piece: Piece, edit: Edit
    ) -> None:
        report, answers = self.trial.report(function)
        mistake = self.trial.named(answers)
        if mistake and report.fraction > self.trial.before.fraction:
            helpful.but_for.append((piece, edit, mistake))

    def _two(self, helpful: _Helpful) -> tuple[Mend, ...]:
        """Return two edits that mend together, the first of which helps alone."""
        nearer = sorted(helpful.nearer, key=lambda one: -one[0])
        firsts = [(piece, edit) for piece, edit, _ in helpful.gains]
        firsts += [(piece, edit) for _, piece, edit in nearer]
        for piece, edit in firsts[:FIRSTS]:
            program = self.program.with_edit(edit)
            _, answers = self.trial.report(program.defined(program.compiled()))
            failing = self.trial.wrong(answers)
            second = self._mend(program, failing) if failing else None
            if second is not None:
                return Mend(piece, edit), second
        return ()


def _agreed(found: list[tuple[Piece, Edit, str]]) -> Finding | None:
    """Return the likeliest edit that leaves a usual mistake, if all agree on the mistake or the place."""
    lines = {(piece.name, edit.line) for piece, edit, _ in found}
    mistakes = {mistake for _, _, mistake in found}
    if not found or (len(lines) > 1 and len(mistakes) > 1):
        return None
    return Finding((Mend(*found[0][:2]),), mistakes.pop() if len(mistakes) == 1 else "")


def _partly(helpful: _Helpful) -> tuple[Mend, ...]:
    """Return the edit with the greatest gain, where all that gain as much are in one line."""
    most = max((report.fraction for _, _, report in helpful.gains), default=0.0)
    best = [(piece, edit) for piece, edit, report in helpful.gains if report.fraction == most]
    lines = {(piece.name, edit.line) for piece, edit in best}
    return (Mend(*best[0], whole=False),) if len(lines) == 1 else ()


def _ranked(program: Program, *, late: bool) -> Iterator[tuple[Piece, Edit]]:
    """Yield a program's edits, the likely kinds first; the late ones where they are wanted."""
    usual = [(piece, edit) for piece in program.pieces for edit in piece.edits(0)]
    yield from sorted(usual, key=lambda pair: pair[1].kind in SECOND)
    for stage in (1, 2) if late else ():
        for piece in program.pieces:
            for edit in piece.edits(stage):
                yield piece, edit

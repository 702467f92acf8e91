"""Survey what an exercise's cases and mistakes make of single edits by machine.

An edit that the check accepts is a hole in the cases, or gives the same answers for a reason; one that
it refuses without a word is where a name would help most.
"""

from __future__ import annotations

import collections
import hashlib
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lifkit.judge import Case, Report, judge
from lifkit.judge.calling import Answer, answer, attempt
from lifkit.judge.compare import compare
from lifkit.judge.values import count_numbers

from ..exercise import make_key
from ..exercise.cells import compiled
from ..exercise.written import Written
from .equivalent import excused, reason
from .mutations import SIBLINGS, Mutant, mutants

__all__ = ["Finding", "accepted", "agrees", "as_text", "survey"]

#: Seconds that a mutant may take for a case; the solution takes a hundredth.
LIMIT = 1.0

#: Inputs on which an accepted edit has to agree with the solution.
INPUTS = 200


@dataclass(frozen=True)
class Finding:
    """What the check says about one mutant.

    Attributes
    ----------
    mutant : Mutant
    said : {"accepted", "named", "symptom", "nothing"}
    names : tuple of str
        The mistakes that it is taken for.
    behaviour : str
        A digest of its answers; mutants that behave alike share it.
    """

    mutant: Mutant
    said: str
    names: tuple[str, ...]
    behaviour: str


def programs(reference: Written) -> Iterable[tuple[Mutant, Callable[..., Any]]]:
    """Yield the mutants of the solved cell, ready to be called, that can be defined."""
    source = reference.cell.source
    # What the cell or an edit of it may read, found once: to look through each mutant takes longer
    # than to run it.
    before = reference.around("\n".join((source, *SIBLINGS)))[:-1]
    for mutant in mutants(source):
        texts = (*before, mutant.text)
        try:
            yield mutant, compiled(reference.name, texts, f"{reference.name}, edited")
        except Exception:
            continue


def survey(reference: Written) -> list[Finding]:
    """Run all mutants of an exercise through the check."""
    key = make_key(reference, reference.public())
    found = []
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for mutant, function in programs(reference):
            given = attempt(key.exercise, function, key.cases, limit=LIMIT)
            report = judge(key, given)
            names = tuple(mistake.name for mistake in report.mistakes)
            found.append(Finding(mutant, _said(report), names, _digest(given.answers)))
    return found


def _said(report: Report) -> str:
    if report.passed:
        return "accepted"
    if report.mistakes:
        return "named"
    return "symptom" if report.symptoms else "nothing"


def _digest(answers: Sequence[Answer]) -> str:
    """Return a short name for what came out, rounded well above the last digits."""
    parts: list[str] = []

    def add(value: Any) -> None:
        if isinstance(value, dict):
            for name in sorted(value):
                add(value[name])
        elif isinstance(value, list):
            parts.append(f"list {len(value)}")
            for item in value:
                add(item)
        elif isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
            parts.append(f"{value.shape}" + np.array2string(value.astype(float), precision=5))
        else:
            parts.append(str(value))

    for item in answers:
        parts.append(f"{item.status} {item.problem.kind if item.problem else ''}")
        add(item.value)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def accepted(reference: Written) -> list[Mutant]:
    """Return the edits that give the right answers on the public cases and on 200 random ones."""
    pairs = _many_cases(reference)
    found = []
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for mutant, function in programs(reference):
            if all(agrees(reference, function, case, right) for case, right in pairs):
                found.append(mutant)
    return found


def _many_cases(reference: Written) -> list[tuple[Case, Mapping[str, Any]]]:
    """Return the public cases and random ones with their right answers, the smallest first."""
    key = make_key(reference, reference.public(), with_mistakes=False)
    pairs = [pair for pair in zip(key.cases, key.expected, strict=True) if pair[0].fingerprint]
    public = len(pairs)
    for seed in range(INPUTS):
        if len(pairs) - public >= INPUTS:
            break
        cases = [one for one in reference.draw(np.random.default_rng(seed)) if one.fingerprint]
        drawn = make_key(reference, cases, with_mistakes=False)
        pairs += zip(drawn.cases, drawn.expected, strict=True)
    first = sorted(pairs[:public], key=lambda pair: count_numbers(pair[1]))
    return first + sorted(pairs[public:], key=lambda pair: count_numbers(pair[1]))


def agrees(
    reference: Written, function: Callable[..., Any], case: Case, right: Mapping[str, Any]
) -> bool:
    """Return whether a function gives the right answer on one case."""
    given = answer(reference.exercise, function, case, limit=LIMIT)
    if given.status != "ok" or given.changed:
        return False
    return not any(compare(reference.exercise, case, right, given).values())


def as_text(reference: Written, findings: Sequence[Finding]) -> str:
    """List what was found, the unnamed ones in groups of the same behaviour, the largest first.

    Each accepted edit is listed, with the reason that is known; of others the first three of a group.
    """
    counts = collections.Counter(one.said for one in findings)
    rows = [
        f"{reference.name}: {len(findings)} single edits, "
        + ", ".join(
            f"{counts[said]} {said}" for said in ("named", "symptom", "nothing", "accepted")
        )
    ]
    for said in ("accepted", "nothing", "symptom"):
        groups: dict[str, list[Finding]] = {}
        for one in findings:
            if one.said == said:
                groups.setdefault(one.behaviour, []).append(one)
        for group in sorted(groups.values(), key=len, reverse=True):
            rows.append(f"  {said}, {len(group)} alike:")
            if said == "accepted":
                rows += [_row(one) + _why(reference, one.mutant) for one in group]
            else:
                rows += [_row(group[0]), *(_row(one, 70) for one in group[1:3])]
    return "\n".join(rows)


def _row(one: Finding, width: int | None = None) -> str:
    mutant = one.mutant
    edit = f"{mutant.before[:width]} -> {mutant.after[:width]}"
    return f"    line {mutant.line}, {mutant.kind}: {edit}"


def _why(reference: Written, mutant: Mutant) -> str:
    """Say why an edit that is accepted may be."""
    entry = excused(mutant, reference.cell.source, reference.table.equal)
    return f"  ({reason(mutant) or (entry and f'equal: {entry}') or 'no reason is written down'})"

"""Survey what an exercise's cases and mistakes make of single edits by machine.

An edit that the check accepts is a hole in the cases, or gives the same answers for a reason; one that
it refuses without a word is where a name would help most.
"""

from __future__ import annotations

import collections
import hashlib
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lifkit.judge import Key, Report, judge
from lifkit.judge.calling import Answer, answer, attempt
from lifkit.judge.compare import compare

from ..exercise import make_key
from ..exercise.cells import compiled
from ..exercise.written import Written
from .mutations import Mutant, mutants

__all__ = ["Finding", "accepted", "as_text", "disagrees", "survey"]

#: Seconds that a mutant may take for a case; the solution takes a hundredth.
LIMIT = 1.0

#: Draws on which an accepted edit has to agree with the solution: five or more cases each, so at
#: least 200 random inputs.
DRAWS = 40


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
    for mutant in mutants(reference.cell.source):
        texts = (*reference.around(mutant.text)[:-1], mutant.text)
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


def accepted(reference: Written, keys: Sequence[Key]) -> list[tuple[Mutant, Callable[..., Any]]]:
    """Return the mutants that give the right answers on the cases of all `keys`."""
    pairs = [pair for key in keys for pair in zip(key.cases, key.expected, strict=True)]
    pairs.sort(key=lambda pair: _size(pair[1]))
    found = []
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for mutant, function in programs(reference):
            if all(_agrees(reference, function, case, right) for case, right in pairs):
                found.append((mutant, function))
    return found


def disagrees(reference: Written, function: Callable[..., Any]) -> str:
    """Return the first of many random cases on which a function is wrong, or nothing."""
    for seed in range(DRAWS):
        for case in reference.draw(np.random.default_rng([seed, 2])):
            right = answer(reference.exercise, reference.solve, case)
            key = make_key(reference, [case], with_mistakes=False)
            assert right.status == "ok"
            if not _agrees(reference, function, case, key.expected[0]):
                return f"{case.name} of draw {seed}"
    return ""


def _agrees(reference: Written, function: Callable[..., Any], case: Any, right: Any) -> bool:
    given = answer(reference.exercise, function, case, limit=LIMIT)
    if given.status != "ok" or given.changed:
        return False
    return not any(compare(reference.exercise, case, right, given).values())


def _size(value: Any) -> int:
    if isinstance(value, dict):
        return sum(map(_size, value.values()))
    if isinstance(value, list):
        return sum(map(_size, value))
    return int(np.size(value))


def as_text(reference: Written, findings: Sequence[Finding]) -> str:
    """List what was found, the silent ones in groups of the same behaviour, the largest first."""
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
            rows += [
                f"    line {one.mutant.line}, {one.mutant.kind}: {one.mutant.before[:70]} -> "
                f"{one.mutant.after[:70]}"
                for one in group[:3]
            ]
    return "\n".join(rows)

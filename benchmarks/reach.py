"""How far the check's names reach: single edits by machine, and two usual mistakes at once."""

from __future__ import annotations

import itertools
import warnings
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from lifkit.judge import load_key, report_on
from lifkit_staff.authoring.mutants import survey
from lifkit_staff.exercise import Written
from lifkit_staff.exercise.pairs import two_at_once
from lifkit_staff.references import load_references

ROOT = Path(__file__).resolve().parents[1]
#: Pairs that are looked at, evenly spread over an exercise's list of them.
PAIRS = 150


def main() -> None:
    print(f"{'':16}{'single edits':>38}{'pairs':>38}")
    singles = ("named", "symptom", "nothing", "accepted")
    twos = ("both", "one", "other", "silent")
    print(f"{'exercise':16}{_row(singles)}  {_row(twos)}")
    total: Counter[str] = Counter()
    for name, reference in load_references(ROOT).items():
        if not isinstance(reference, Written):
            continue
        found = Counter(finding.said for finding in survey(reference))
        pairs = count_pairs(reference)
        total.update(found)
        total.update(pairs)
        edits, both = (found[word] for word in singles), (pairs[word] for word in twos)
        print(f"{name:16}{_row(edits)}  {_row(both)}", flush=True)
    print(f"{'':16}{_row(total[word] for word in singles)}  {_row(total[word] for word in twos)}")


def _row(items: Iterable[object]) -> str:
    return "".join(f"{item!s:>9}" for item in items)


def count_pairs(reference: Written) -> Counter[str]:
    """Say of some pairs whether a report names both, one of them, other mistakes, or none."""
    key = load_key(reference.exercise.name)
    ids = [mistake.id for mistake in key.mistakes]
    made = list(two_at_once(reference, ids))
    told: Counter[str] = Counter()
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for first, second, wrong in itertools.islice(made, 0, None, max(1, len(made) // PAIRS)):
            names = {mistake.name for mistake in report_on(key, wrong).mistakes}
            wanted = {first.name, second.name}
            if names == wanted:
                told["both"] += 1
            elif names & wanted:
                told["one"] += 1
            else:
                told["other" if names else "silent"] += 1
    return told

"""How often the check places a slip that no name explains, and what looking for it takes."""

from __future__ import annotations

import ast
import resource
import warnings
from itertools import zip_longest
from pathlib import Path

import numpy as np

from lifkit.judge import judge, load_key
from lifkit.judge.calling import attempt
from lifkit.judge.slip import find_slips
from lifkit_staff.authoring.mutants import LIMIT, programs
from lifkit_staff.exercise import Written
from lifkit_staff.references import load_references

ROOT = Path(__file__).resolve().parents[1]

#: Edits looked at in each exercise, drawn with a fixed seed.
EDITS = 15


def main() -> None:
    print(f"{'exercise':16}{'edits':>7}{'placed':>8}{'elsewhere':>11}{'median':>9}{'longest':>9}")
    every: list[float] = []
    for name, reference in load_references(ROOT).items():
        if not isinstance(reference, Written):
            continue
        placed, elsewhere, seconds = of_exercise(reference)
        every += seconds
        print(
            f"{name:16}{len(seconds):>7}{placed:>8}{elsewhere:>11}"
            f"{np.median(seconds):>7.2f} s{max(seconds):>7.2f} s",
            flush=True,
        )
    print(
        f"\nSingle edits of the solved cell by machine that no usual mistake explains.  One counts as "
        f"placed\nwhere the line told is one that the edit changed; elsewhere, another edit mends it too.  "
        f"Processor\ntime of the search; its median over all is {np.median(every):.2f} s, and it ends "
        "after 3 s of a clock on the wall."
    )


def of_exercise(reference: Written) -> tuple[int, int, list[float]]:
    """Look for the slip in some edits: how many are placed, how many elsewhere, and the times."""
    key = load_key(reference.name)
    solved = ast.unparse(ast.parse(reference.cell.source)).splitlines()
    placed = elsewhere = 0
    seconds: list[float] = []
    made = list(programs(reference))
    for k in np.random.default_rng(1).permutation(len(made)):
        mutant, function = made[k]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            given = attempt(key.exercise, function, key.cases, limit=LIMIT)
        if not judge(key, given).unexplained:
            continue
        before = _children()
        found = find_slips(key, function, given)
        seconds.append(_children() - before)
        if found.slips:
            there = found.slips[0].line in _changed(solved, mutant.text.splitlines())
            placed, elsewhere = placed + there, elsewhere + (not there)
        if len(seconds) == EDITS:
            break
    return placed, elsewhere, seconds or [0.0]


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _changed(solved: list[str], edited: list[str]) -> set[int]:
    """Return the lines of an edited text that differ, and those around what is missing."""
    lines = {
        k for k, (one, other) in enumerate(zip_longest(solved, edited), start=1) if one != other
    }
    # What a deletion or a move shifts is no change: the first line that differs, and its neighbours.
    return lines if len(solved) == len(edited) else set(range(min(lines) - 1, min(lines) + 2))

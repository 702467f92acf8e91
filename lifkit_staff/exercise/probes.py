"""Draw the inputs on which an edit of a student's program has to be right as well: the key's probes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from lifkit.judge import Case, Key
from lifkit.judge.keys import pack
from lifkit.judge.pairs import digest

from .reference import ReferenceLike, fingerprint
from .written import Written

__all__ = ["with_probes"]

#: Draws of cases: one leaves a property with a single new case, a third finds no further lucky edit.
DRAWS = 2

#: Numbers that the inputs of one probe may hold, so that all of a lab's take a few kilobytes.
LARGEST = 450


def with_probes(reference: ReferenceLike, key: Key) -> Key:
    """Add probes to a key: inputs as students' work is graded on, with digests of the right answers.

    Parameters
    ----------
    reference : Reference
    key : Key
    """
    exercise = key.exercise
    found: list[tuple[Case, int]] = []
    for case in _drawn(reference, key):
        digests = {
            digest(exercise, [fingerprint(exercise, solve, case)]) for solve in _right(reference)
        }
        if len(digests) == 1:  # else a number lies on the edge between two
            found.append((case, digests.pop()))
    return dataclasses.replace(
        key, probes=tuple(case for case, _ in found), probe_digests=tuple(one for _, one in found)
    )


def _drawn(reference: ReferenceLike, key: Key) -> Iterator[Case]:
    known = {_digest(case) for case in key.cases}
    for seed in range(DRAWS):
        for case in reference.draw(np.random.default_rng(seed)):
            small = sum(array.size for array in pack(case.inputs).values()) < LARGEST
            if case.fingerprint and small and case.calls and _digest(case) not in known:
                known.add(_digest(case))
                yield case


def _digest(case: Case) -> str:
    arrays = pack([case.calls, case.attributes])
    return repr([(name, array.tobytes()) for name, array in arrays.items()])


def _right(reference: ReferenceLike) -> list[Callable[..., Any]]:
    return [reference.solve, *(reference.styles if isinstance(reference, Written) else ())]

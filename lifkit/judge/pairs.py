"""Recognise two usual mistakes at once, by a digest of what they give on some small cases."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .calling import Answer
from .compare import _Mismatch, as_array, as_ragged
from .diagnose import RAISED, as_fingerprint, is_telling
from .model import Exercise, Key, Mistake

__all__ = ["behaviour", "digest", "pair_of"]

#: Binary digits that count.  Correct and wrong solvers alike agree to far more (1e-10), so that a
#: number lies on the edge between two digests once in a million; any mistake makes a larger gap.
_DIGITS = 16

#: An array of more numbers is told by its shape; cases by which mistakes are named have 180 at most.
_MOST = 10_000

#: Smaller numbers count as zero: what is left of a difference of equal voltages is up to 1e-11 mV.
_ZERO = 1e-8


def digest(exercise: Exercise, rows: Sequence[Mapping[str, Any]]) -> int:
    """Return a number that stands for named outputs on some cases (see `by_name`).

    Parameters
    ----------
    exercise : Exercise
    rows : sequence of mapping
        One a case, in the form of fingerprints.

    Returns
    -------
    int
        Below 2**63; the same on every machine.
    """
    known = {output.name: output for output in exercise.outputs}
    text = hashlib.blake2b(digest_size=8)
    for row in rows:
        if RAISED in row:
            text.update(f"raised {row[RAISED][0]}".encode())
            continue
        for name in sorted(row):
            text.update(name.encode())
            try:
                if name in known and known[name].kind == "ragged":
                    parts = as_ragged(row[name])
                else:
                    parts = [as_array(row[name])]
            except _Mismatch as mismatch:
                text.update(str(mismatch).encode())
                continue
            for part in parts:
                numbers = _coarse(part).tobytes() if part.size <= _MOST else b""
                text.update(f"{part.shape}".encode() + numbers)
    return int.from_bytes(text.digest(), "big") >> 1


def _coarse(array: np.ndarray) -> np.ndarray:
    """Keep the first binary digits of each number."""
    values = np.where(np.abs(array) < _ZERO, 0.0, array.astype(float))
    values[np.isnan(values)] = np.nan  # one of the many that there are
    fraction, exponent = np.frexp(values)
    kept = np.where(np.isfinite(values), np.rint(fraction * 2.0**_DIGITS), values)
    with np.errstate(over="ignore"):  # the largest numbers there are become infinite
        return np.asarray(np.ldexp(kept, exponent - _DIGITS) + 0.0, dtype="<f8")


def pair_of(key: Key, answers: Sequence[Answer]) -> tuple[Mistake, ...]:
    """Return the two mistakes that together give these answers, or nothing.

    Parameters
    ----------
    key : Key
    answers : sequence of Answer
        One a case.
    """
    places = {case.name: place for place, case in enumerate(key.cases)}
    if not key.pairs or not places.keys() >= set(key.pair_cases):
        return ()
    rows = [as_fingerprint(key, places[name], answers[places[name]]) for name in key.pair_cases]
    if all(RAISED in row for row in rows) or not is_telling(rows, range(len(rows)), ()):
        return ()  # the kind of an exception alone has many causes, and so have zeros
    found = key.pairs.get(digest(key.exercise, rows), ())
    return tuple(dataclasses.replace(key.mistakes[place], form=0) for place in found)


def behaviour(key: Key, answers: Sequence[Answer]) -> str:
    """Return a short name for what answers are on the cases by which mistakes are named.

    Two programs that behave alike share it.

    Parameters
    ----------
    key : Key
    answers : sequence of Answer
        One a case.
    """
    kept = [index for index, case in enumerate(key.cases) if case.fingerprint]
    rows = [as_fingerprint(key, index, answers[index]) for index in kept]
    return f"{digest(key.exercise, rows):016x}"

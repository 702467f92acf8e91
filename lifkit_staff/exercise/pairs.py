"""Make each two usual mistakes at once, and keep a digest of what comes out in the key."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import itertools
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from lifkit.judge import Key, Mistake
from lifkit.judge.diagnose import RAISED
from lifkit.judge.keys import pack
from lifkit.judge.pairs import digest

from .cells import compiled
from .edits import NoMatch, apply
from .reference import ReferenceLike, fingerprint
from .written import Variant, Written

__all__ = ["two_at_once", "with_pairs"]

#: Cases that the digests of pairs are made of, at most: there are thousands of pairs.
PAIR_CASES = 4


def with_pairs(reference: ReferenceLike, key: Key, known: Key | None = None) -> Key:
    """Add the digests of each two mistakes at once to a key, where the digest tells which they are.

    They are taken on the few small cases that tell most mistakes apart.  A mistake that raises there,
    or returns another form, hides what else is wrong, so it makes no pairs.

    Parameters
    ----------
    reference : Reference
        One that can make ``pairs()``; for another the key stays as it is.
    key : Key
        Its key.
    known : Key, optional
        An earlier key, whose digests are taken over where they came from the same programs.
    """
    if not isinstance(reference, Written):
        return key
    source = _made_from(reference, key)
    if known is not None and known.pairs_from == source:
        return dataclasses.replace(
            key, pairs=known.pairs, pair_cases=known.pair_cases, pairs_from=source
        )
    exercise = key.exercise
    chosen = _telling_cases(key)
    cases = [key.cases[index] for index in chosen]
    rows = {
        mistake.id: [key.fingerprints[mistake.id][index] for index in chosen]
        for mistake in key.mistakes
    }
    taken = {digest(exercise, [key.expected[index] for index in chosen])}
    taken |= {digest(exercise, row) for row in rows.values()}
    open_to_more = {
        name: place
        for place, (name, row) in enumerate(rows.items())
        if not any(RAISED in item or "return" in item for item in row)
    }
    found: dict[int, tuple[int, int]] = {}
    for first, second, wrong in two_at_once(reference, open_to_more):
        made = digest(exercise, [fingerprint(exercise, wrong, case) for case in cases])
        if made in taken:
            found.pop(made, None)
        else:
            found[made] = open_to_more[first.id], open_to_more[second.id]
        taken.add(made)
    names = tuple(case.name for case in cases)
    return dataclasses.replace(key, pairs=found, pair_cases=names, pairs_from=source)


def _made_from(written: Written, key: Key) -> str:
    """Return a digest of what pairs are made of: programs, and answers on the public cases."""
    kept = [index for index, case in enumerate(key.cases) if case.fingerprint]
    rows = [key.expected, *key.fingerprints.values()]
    parts = [digest(key.exercise, [row[index] for index in kept]) for row in rows]
    texts = [(mistake.id, way.texts, way.edits) for mistake, way in written.variants.items()]
    names = [mistake.id for mistake in key.mistakes], [case.name for case in key.cases]
    return hashlib.sha256(repr((parts, texts, names, PAIR_CASES)).encode()).hexdigest()[:16]


def _telling_cases(key: Key) -> list[int]:
    """Choose the cases that tell most mistakes from the right answer and from each other."""
    kept = [index for index, case in enumerate(key.cases) if case.fingerprint]
    kept.sort(key=lambda index: sum(value.nbytes for value in pack(key.expected[index]).values()))
    seen = {
        index: [
            digest(key.exercise, [row])
            for row in (key.expected[index], *(rows[index] for rows in key.fingerprints.values()))
        ]
        for index in kept
    }
    chosen: list[int] = []

    def groups(cases: Sequence[int]) -> int:
        return len(set(zip(*(seen[index] for index in cases), strict=True)))

    while len(chosen) < min(PAIR_CASES, len(kept)):
        best = max(kept, key=lambda index: groups([*chosen, index]))
        if chosen and groups([*chosen, best]) == groups(chosen):
            break
        chosen.append(best)
    return sorted(chosen)


def two_at_once(
    written: Written, ids: Collection[str]
) -> Iterator[tuple[Mistake, Mistake, Callable[..., Any]]]:
    """Make each two mistakes at once, where their edits leave one another's place alone.

    Those of an earlier exercise are left out: its own check names them.

    Parameters
    ----------
    written : Written
    ids : collection of str
        The mistakes that are paired; of a mistake its first form.

    Yields
    ------
    first, second : Mistake
    wrong : callable
    """
    made = [
        (one, way)
        for one, way in written.variants.items()
        if not one.form and one.id in ids and one.name in written.table.entries
    ]
    for (first, one), (second, other) in itertools.combinations(made, 2):
        both = _composed(one, other)
        if both is not None:
            label = f"{written.name}: {first.name} and {second.name}"
            with contextlib.suppress(SyntaxError):  # one edit made the other's text impossible
                yield first, second, compiled(written.name, both.texts, label, both.globals)


def _composed(one: Variant, other: Variant) -> Variant | None:
    """Return two edits of one text at once, or None where one takes the other's place away."""
    if one.base != other.base:
        return None
    for first, second in ((one, other), (other, one)):
        with contextlib.suppress(NoMatch):
            texts = list(first.texts)
            texts[first.at] = apply(first.texts[first.at], second.edits)
            return dataclasses.replace(first, texts=tuple(texts))
    return None

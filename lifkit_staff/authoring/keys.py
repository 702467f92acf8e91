"""Make the answer keys from the course's exercises.

A key holds arrays and texts, and no code.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from lifkit.judge import KEYS, Exercise, Key, load_key, save_key
from lifkit.judge.keys import key_editions

from ..exercise import ReferenceLike, make_key, with_pairs
from ..references import load_references

__all__ = ["build_keys", "edition_of"]


def build_keys(root: Path, folder: Path = KEYS) -> list[Path]:
    """Make the key of every exercise and remove those that no exercise has any more.

    Parameters
    ----------
    root : Path
        The course root.
    folder : Path
        Where the keys go.

    Returns
    -------
    list of Path
        The files, in the order of the labs.
    """
    references = load_references(root)
    by_lab: dict[str, list[tuple[ReferenceLike, Key]]] = {}
    for reference in references.values():
        made = with_pairs(reference, make_key(reference, reference.public()))
        by_lab.setdefault(reference.exercise.lab, []).append((reference, made))
    paths = []
    for pairs in by_lab.values():
        edition = edition_of(key for _, key in pairs)
        for _, key in pairs:
            paths.append(save_key(_with_edition(key, edition), folder))
    for stale in set(folder.glob("*.npz")) - set(paths):
        stale.unlink()
    load_key.cache_clear()
    key_editions.cache_clear()
    return paths


def edition_of(keys: Iterable[Key]) -> str:
    """Return a short name for what a lab's notebook and its keys have to agree on.

    It changes with the exercises, their signatures, outputs, properties and cases, but not with the
    wording of a hint, and it is the same on every machine.
    """
    contract = [_contract(key.exercise, key) for key in keys]
    text = json.dumps(contract, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _contract(exercise: Exercise, key: Key) -> list[Any]:
    return [
        exercise.name,
        exercise.parameters,
        exercise.methods,
        [(output.name, output.kind, output.shape) for output in exercise.outputs],
        [(line.name, line.weight) for line in exercise.properties],
        [(case.name, case.group) for case in key.cases],
    ]


def _with_edition(key: Key, edition: str) -> Key:
    return Key(**{**vars(key), "edition": edition})

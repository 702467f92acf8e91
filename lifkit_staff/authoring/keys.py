"""Make the answer keys from the course's exercises.

A key holds arrays and texts, and no code.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import sys
import tempfile
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Any

from lifkit.judge import KEYS, Exercise, Key, KeyNotFound, load_key, save_key
from lifkit.judge.keys import forget_keys, outlines

from ..exercise import ReferenceLike, Written, check_styles, make_key, with_pairs, with_probes
from ..references import load_references
from .errors import BuildError
from .places import put

__all__ = ["build_keys", "edition_of", "make_keys", "say", "stale_keys"]


def say(line: str) -> None:
    """Tell whoever builds how far it is, or what to look at."""
    print(line, file=sys.stderr, flush=True)


def build_keys(
    root: Path,
    folder: Path = KEYS,
    labs: Collection[str] = (),
    tell: Callable[[str], None] = say,
) -> list[Path]:
    """Make the keys of all exercises, put them in their folder, and remove those of no exercise.

    Parameters
    ----------
    root : Path
        The course root.
    folder : Path
        Where the keys go.
    labs : collection of str
        Only these labs' keys; those of others stay as they are.
    tell : callable
        Takes a line about how far it is.

    Returns
    -------
    list of Path
        The files, in the order of the labs.
    """
    with tempfile.TemporaryDirectory() as scratch:
        made = {folder / path.name: path for path in make_keys(root, Path(scratch), labs, tell)}
        paths = put(made, stale_keys(folder, made, labs))
    forget_keys()
    return paths


def make_keys(
    root: Path, folder: Path, labs: Collection[str], tell: Callable[[str], None] = say
) -> list[Path]:
    """Write the keys of all exercises, or of the named labs' ones, to a folder of their own.

    Raises
    ------
    BuildError
        If right solutions differ or, in the project itself, a mistake's edit stands nowhere.
    ValueError
        If a key can't be made, with the exercise and the case (see `make_key`).
    """
    by_lab: dict[str, list[Key]] = {}
    for reference in load_references(root).values():
        lab = reference.exercise.lab
        if not labs or lab in labs:
            tell(f"{lab}: {reference.exercise.name}")
            by_lab.setdefault(lab, []).append(_key_of(reference, root, tell))
    paths = []
    for keys in by_lab.values():
        edition = edition_of(keys)
        for place, key in enumerate(keys, start=1):
            whole = dataclasses.replace(key, edition=edition, place=place)
            paths.append(save_key(whole, folder))
    return paths


def _key_of(reference: ReferenceLike, root: Path, tell: Callable[[str], None]) -> Key:
    """Make one key, where right solutions agree and mistakes' edits stand in the cells."""
    if isinstance(reference, Written) and reference.unmatched:
        lost = "\n".join(f"  {sentence}" for sentence in reference.unmatched)
        if _is_project(root):
            raise BuildError(f"These mistakes can't be made in the solved cells:\n{lost}")
        tell(f"Reports won't name these mistakes, which can't be made in your cells:\n{lost}")
    cases = reference.public()
    try:
        check_styles(reference, cases)
    except ValueError as error:
        raise BuildError(str(error)) from None
    key = with_probes(reference, make_key(reference, cases))
    return with_pairs(reference, key, _earlier(reference.exercise.name))


def _earlier(name: str) -> Key | None:
    """Return the key that this lifkit has, whose pairs need not be made again if nothing changed."""
    try:
        return load_key(name)
    except (KeyNotFound, ValueError):
        return None


def _is_project(root: Path) -> bool:
    """Whether the course is the one that lifkit itself comes from."""
    return (root / "lifkit" / "keys").resolve() == KEYS


def stale_keys(folder: Path, made: Collection[Path], labs: Collection[str]) -> list[Path]:
    """Return the keys in a folder that no exercise has any more, of all labs or of the named ones."""
    if labs:
        found = [folder / f"{one.name}.npz" for one in outlines(folder) if one.lab in labs]
    else:
        found = sorted(folder.glob("*.npz"))
    return [path for path in found if path not in made]


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

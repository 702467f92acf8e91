"""Answer keys on disk: arrays and texts in one ``.npz`` file an exercise, and no code.

The file holds numeric arrays only, plus one array of bytes: the JSON text that says how they hang
together.  An array of Python objects is refused, so opening a key can't run anything.
"""

from __future__ import annotations

import dataclasses
import functools
import io
import json
import math
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from .model import Call, Case, Exercise, Key, Mistake, Output, Property

__all__ = [
    "KEYS",
    "KeyNotFound",
    "forget_keys",
    "key_editions",
    "key_names",
    "lab_exercises",
    "load_key",
    "outlines",
    "pack",
    "save_key",
    "unpack",
]

#: The folder of the keys that came with this copy of lifkit.
KEYS = Path(__file__).resolve().parent.parent / "keys"

_FORMAT = 3  # raised when the layout of the JSON text changes


class KeyNotFound(LookupError):
    """There is no key of that name."""


#: What a tree holds beside arrays; others that derive from them are looked at more closely.
_PLAIN = frozenset({type(None), bool, int, float, str})


def pack(tree: Any, *, single: bool = False) -> dict[str, np.ndarray]:
    """Lay a tree of dicts, lists, numbers, texts and arrays out as named arrays.

    Parameters
    ----------
    tree : object
        Nested dicts (with text keys), dataclasses, lists, tuples, None, booleans, numbers, texts and
        numeric arrays of any shape.
    single : bool
        Whether NumPy's single numbers become Python's; otherwise they come back as arrays of no shape.

    Returns
    -------
    dict of str to ndarray
        ``"json"`` holds the tree as UTF-8 bytes; beside it, all numbers of each type stand in one array
        called by the type, equal arrays once.  A thousand small arrays are read as fast as one.

    Raises
    ------
    TypeError
        If the tree holds anything else.

    Examples
    --------
    >>> arrays = pack({"V": np.zeros((2, 3)), "name": "silent"})
    >>> sorted(arrays)
    ['<f8', 'json']
    >>> unpack(arrays)["name"]
    'silent'
    """
    parts: dict[str, list[np.ndarray]] = {}
    sizes: dict[str, int] = {}
    places: dict[tuple[str, tuple[int, ...], bytes], list[Any]] = {}

    def walk(node: Any) -> Any:
        if type(node) in _PLAIN:  # most are
            return node
        if isinstance(node, np.ndarray):
            kind = node.dtype.str
            if node.dtype.kind not in "biufc":
                raise TypeError(f"cannot pack an array of {node.dtype}: only numbers are kept")
            same = kind, node.shape, node.tobytes()
            if same not in places:
                places[same] = [kind, sizes.get(kind, 0), *node.shape]
                parts.setdefault(kind, []).append(node.ravel())
                sizes[kind] = sizes.get(kind, 0) + node.size
            return {"$array": places[same]}
        if isinstance(node, np.generic):
            return node.item() if single else walk(np.asarray(node))
        if dataclasses.is_dataclass(node) and not isinstance(node, type):
            return walk(vars(node))  # not asdict, which copies every array
        if isinstance(node, dict):
            return {str(name): walk(value) for name, value in node.items()}
        if isinstance(node, list | tuple):
            return [walk(value) for value in node]
        if node is None or isinstance(node, bool | int | float | str):
            return node
        raise TypeError(f"cannot pack {type(node).__name__}: only plain data is kept")

    text = json.dumps(walk(tree), ensure_ascii=False)
    flat = {kind: np.concatenate(arrays) for kind, arrays in parts.items()}
    return {"json": np.frombuffer(text.encode(), dtype=np.uint8), **flat}


def unpack(arrays: Mapping[str, np.ndarray]) -> Any:
    """Rebuild the tree that `pack` laid out; tuples come back as lists, dataclasses as dicts.

    Raises
    ------
    ValueError, KeyError
        If the text speaks of numbers that are not there.
    """
    flat = {name: arrays[name] for name in arrays}  # each read once, where they come from a file

    def walk(node: Any) -> Any:
        if isinstance(node, dict):
            if set(node) == {"$array"}:
                kind, start, *shape = node["$array"]
                end = start + math.prod(shape)
                if not 0 <= start <= end <= flat[kind].size:
                    raise ValueError("an array that goes beyond the numbers there are")
                return _native(flat[kind][start:end].reshape(shape))
            return {name: walk(value) for name, value in node.items()}
        if isinstance(node, list):
            return [walk(value) for value in node]
        return node

    return walk(_text(flat))


def _native(array: np.ndarray) -> np.ndarray:
    """Return integers as those that NumPy itself makes: they have 32 bits in a browser.

    np.bincount takes no wider ones there.
    """
    if array.dtype != np.int64 or np.intp is np.int64:
        return array
    narrow = array.astype(np.intp)
    return narrow if np.array_equal(narrow, array) else array


def save_key(key: Key, folder: Path = KEYS) -> Path:
    """Write `key` to ``folder/<exercise>.npz``; the same key gives the same bytes.

    The file appears whole or not at all: it is written beside its place and moved there.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    tree = {"format": _FORMAT, **vars(key)}
    if not key.self_study:
        del tree["solution"]
    tree["fingerprints"] = {
        name: [_shrink(row, right) for row, right in zip(rows, key.expected, strict=True)]
        for name, rows in key.fingerprints.items()
    }
    tree["pairs"] = {
        "digests": np.array(list(key.pairs), dtype=np.int64),
        "places": np.array(list(key.pairs.values()), dtype=np.uint16).reshape(-1, 2),
    }
    buffer = io.BytesIO()
    # np.savez gives every member the same date (1980), so bytes depend on the content alone.
    arrays: dict[str, Any] = dict(pack(tree))
    np.savez_compressed(buffer, **arrays)
    path = folder / f"{key.exercise.name}.npz"
    scratch = path.with_suffix(".npz.part")
    scratch.write_bytes(buffer.getvalue())
    scratch.replace(path)
    return path


@functools.cache
def load_key(name: str, folder: Path = KEYS) -> Key:
    """Read the key of the exercise called `name`.

    Raises
    ------
    KeyNotFound
        If there is none; the message lists what there is.
    ValueError
        If the file is damaged or written by another version of lifkit.
    """
    path = Path(folder) / f"{name}.npz"
    if not path.is_file():
        known = ", ".join(key_names(folder)) or "none at all"
        raise KeyNotFound(f"lifkit has no exercise called {name!r}; it has: {known}.")
    tree = _read(path, unpack)
    digests, places = tree["pairs"]["digests"], tree["pairs"]["places"]
    tree["pairs"] = dict(zip(digests.tolist(), map(tuple, places.tolist()), strict=True))
    return _key(tree)


def key_names(folder: Path = KEYS) -> list[str]:
    """Return the names of the exercises that have a key, in alphabetical order."""
    return sorted(path.stem for path in Path(folder).glob("*.npz"))


@dataclasses.dataclass(frozen=True, kw_only=True)
class Outline:
    """What a key's text says of its exercise's place in the course."""

    name: str
    lab: str
    edition: str
    order: tuple[Any, ...]


@functools.cache
def outlines(folder: Path = KEYS) -> tuple[Outline, ...]:
    """Return what stands in all keys' texts, in the order of the labs' notebooks.

    Takes a tenth of the time of loading the keys: it reads their texts and leaves the arrays.

    Raises
    ------
    ValueError
        As for `load_key`.
    """
    found = []
    for name in key_names(folder):
        tree = _read(Path(folder) / f"{name}.npz", _text)
        exercise = tree["exercise"]
        order = exercise["lab"], tree.get("place", 0), exercise["number"]
        found.append(Outline(name=name, lab=exercise["lab"], edition=tree["edition"], order=order))
    return tuple(sorted(found, key=lambda one: one.order))


def key_editions(lab: str, folder: Path = KEYS) -> frozenset[str]:
    """Return the editions of a lab's keys: one where all were built together, none without a key."""
    return frozenset(one.edition for one in outlines(folder) if one.lab == lab)


def lab_exercises(lab: str, folder: Path = KEYS) -> list[str]:
    """Return the names of a lab's exercises, in the order of its notebook."""
    return [one.name for one in outlines(folder) if one.lab == lab]


def forget_keys() -> None:
    """Read the keys from disk again when they are next asked for."""
    load_key.cache_clear()
    outlines.cache_clear()


def _read(path: Path, make: Callable[[Any], Any]) -> dict[str, Any]:
    """Make a tree of a key's arrays."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            tree = make(arrays)
        known = tree.pop("format", None) == _FORMAT
    # Whatever else is wrong with a file, it says so in one of these ways.
    except (
        OSError,
        EOFError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise ValueError(
            f"The answer key {path.name} is damaged ({error}); reinstall lifkit."
        ) from error
    if not known:
        raise ValueError(
            f"The answer key {path.name} is from another version of lifkit; reinstall it."
        )
    return tree


def _text(arrays: Any) -> Any:
    return json.loads(arrays["json"].tobytes().decode())


def _key(tree: dict[str, Any]) -> Key:
    exercise = tree["exercise"]
    return Key(
        exercise=Exercise(
            **{
                **{name: _tuple(value) for name, value in exercise.items()},
                "outputs": tuple(_make(Output, item) for item in exercise["outputs"]),
                "properties": tuple(_make(Property, item) for item in exercise["properties"]),
            }
        ),
        cases=tuple(map(_case, tree["cases"])),
        expected=tuple(tree["expected"]),
        mistakes=tuple(_make(Mistake, item) for item in tree["mistakes"]),
        fingerprints={
            name: tuple(
                _grow(row, right) for row, right in zip(rows, tree["expected"], strict=True)
            )
            for name, rows in tree["fingerprints"].items()
        },
        edition=tree["edition"],
        pairs=tree["pairs"],
        pair_cases=tuple(tree["pair_cases"]),
        pairs_from=tree.get("pairs_from", ""),
        place=tree.get("place", 0),
        probes=tuple(_case(item) for item in tree.get("probes", ())),
        probe_digests=tuple(tree.get("probe_digests", ())),
        solution=tree.get("solution", ""),
    )


def _case(tree: dict[str, Any]) -> Case:
    return Case(
        **{name: _tuple(value) for name, value in tree.items() if name != "calls"},
        calls=tuple(_make(Call, call) for call in tree["calls"]),
    )


def _shrink(row: Any, right: Any) -> Any:
    """Make a fingerprint small: outputs that are right are left out, numbers kept to 7 digits."""
    if not isinstance(row, dict):
        return row
    return {
        name: {"right": True} if name in right and _equal(value, right[name]) else _single(value)
        for name, value in row.items()
    }


def _grow(row: Any, right: Any) -> Any:
    """Undo `_shrink`."""
    if not isinstance(row, dict):
        return row
    return {
        name: right[name] if isinstance(value, dict) and "right" in value else value
        for name, value in row.items()
    }


def _single(value: Any) -> Any:
    """Keep floating-point arrays in single precision, where their range allows it.

    Mistakes are matched to 1e-6 (see `diagnose`), single precision is good to 6e-8.
    """
    if isinstance(value, list):
        return [_single(item) for item in value]
    if isinstance(value, np.ndarray) and value.dtype == float:
        finite = np.abs(value[np.isfinite(value)])
        small_enough = not finite.size or finite.max() < 1e30
        return value.astype(np.float32) if small_enough else value
    return value


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_equal, one, other))
    both = isinstance(one, np.ndarray) and isinstance(other, np.ndarray)
    return both and one.shape == other.shape and np.array_equal(one, other, equal_nan=True)


def _make(kind: Any, tree: dict[str, Any]) -> Any:
    return kind(**{name: _tuple(value) for name, value in tree.items()})


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value

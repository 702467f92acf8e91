"""Respond to the grader, in a submission's own process: the student's function in, plain numbers out.

`ask` calls the student's function on the inputs it is given and leaves the answers in a file, as plain
numbers.  The owner of the process may replace it; then the answers are whatever they like, and only
right numbers are worth anything.
"""

from __future__ import annotations

import base64
import dataclasses
import io
import os
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .calling import attempt
from .keys import _key as key_from
from .keys import pack, unpack

__all__ = ["ask", "keep", "with_leaves"]


_kept: dict[str, Any] = {}


def keep(namespace: Mapping[str, Any], name: str) -> None:
    """Keep what was written for an exercise, should the notebook use its name otherwise later on.

    ``cv = cv(spike_times)`` in a cell below the check takes nothing away from the exercise.
    """
    if callable(namespace.get(name)):
        _kept[name] = namespace[name]


def ask(namespace: Mapping[str, Any], text: str, limit: float, path: str, most: int) -> None:
    """Answer a question from the functions in `namespace`, into the file at `path`.

    Parameters
    ----------
    namespace : mapping of str to object
        The notebook's variables.
    text : str
        The question: a key without its answers, packed, as base64.
    limit : float
        Seconds a call may take.
    path : str
    most : int
        Bytes of answers that are read; where there are more, only that is said.
    """
    with np.load(io.BytesIO(base64.b64decode(text)), allow_pickle=False) as arrays:
        key = key_from(unpack(arrays))  # from the file, so that every input is an array of its own
    name = key.exercise.name
    target = namespace[name] if callable(namespace.get(name)) else _kept.get(name)
    if target is None:
        names = [name for name, value in namespace.items() if callable(value) and name[0] != "_"]
        tree: Any = {"missing": names[-500:]}
    else:
        tree = attempt(key.exercise, target, key.cases, limit=limit)
    arrays = pack(with_leaves(_without_complex, tree))
    if sum(array.nbytes for array in arrays.values()) > most - 1_000_000:
        arrays = pack({"oversized": True})
    with open(f"{path}.part", "wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]
    os.replace(f"{path}.part", path)


def with_leaves(change: Callable[[Any], Any], node: Any) -> Any:
    """Return a tree with every leaf of it changed; dataclasses become dicts."""
    if dataclasses.is_dataclass(node):
        node = vars(node)
    if isinstance(node, dict):
        return {name: with_leaves(change, value) for name, value in node.items()}
    if isinstance(node, list | tuple):
        return [with_leaves(change, value) for value in node]
    return change(node)


def _without_complex(leaf: Any) -> Any:
    """Take a complex array, which the grader does not read and no exercise asks for, apart."""
    if isinstance(leaf, np.ndarray) and leaf.dtype.kind == "c":
        return {"real": leaf.real.astype(float), "imag": leaf.imag.astype(float)}
    return leaf

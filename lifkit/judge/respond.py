"""Respond to the grader, in a submission's own process: the student's function in, plain numbers out.

`ask` calls the student's function on the inputs it is given and leaves the answers in a file, as plain
numbers.  On Linux a copy of the process does it and ends, so that nothing of the notebook is changed and
a crash, an endless loop or a flood of memory is the copy's.  The owner of the process may replace all
this; then the answers are whatever they like, and only right numbers are worth anything.
"""

from __future__ import annotations

import base64
import dataclasses
import io
import os
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .apart import POSSIBLE, in_a_copy
from .calling import attempt
from .free_variables import globals_of
from .keys import _key as key_from
from .keys import load_key, pack, unpack
from .report import judge
from .slip import found_here
from .slip.program import program_of

__all__ = ["ask", "look", "with_leaves"]

#: Bytes that always suffice for what is small.
_SMALL = 2_000_000

#: What each exercise was, and what the names stood for that it reaches, when it was asked first.
_asked: dict[str, list[tuple[Mapping[str, Any], str, Any]]] = {}


def ask(
    namespace: dict[str, Any],
    text: str,
    limit: float,
    path: str,
    most: int,
    *,
    room: int | None = None,
    apart: bool = True,
    if_changed: bool = False,
) -> None:
    """Answer a question from the functions in `namespace`, into the file at `path`.

    Parameters
    ----------
    namespace : dict of str to object
        The notebook's variables.
    text : str
        The question: a key without its answers, packed, as base64.
    limit : float
        Seconds a call may take.
    path : str
    most : int
        Bytes of answers that are read; where there are more, only that is said.
    room : int, optional
        Bytes of memory that the answering may take.
    apart : bool
        Whether a copy of this process answers, where there can be one.
    if_changed : bool
        Answer only where the exercise, or a name that it reaches, stands for something else than when
        it was asked before.
    """
    with np.load(io.BytesIO(base64.b64decode(text)), allow_pickle=False) as arrays:
        key = key_from(unpack(arrays))  # from the file, so that every input is an array of its own
    name = key.exercise.name
    target = namespace.get(name)

    def respond() -> None:
        if not callable(target):
            names = [name for name, value in namespace.items() if callable(value)]
            tree: Any = {"missing": [name for name in names if name[0] != "_"][-500:]}
        else:
            tree = attempt(key.exercise, target, key.cases, limit=limit)
        _leave(tree, path, most)

    if if_changed and not _changed(name):
        return _leave({"unchanged": True}, path, most)
    _asked[name] = [(namespace, name, target), *(globals_of(target) if callable(target) else ())]
    if not apart or not POSSIBLE:
        return respond()
    ended = in_a_copy(respond, room)
    if ended or not os.path.exists(path):
        _leave({"ended": ended or "crashed"}, path, most)


def look(namespace: dict[str, Any], name: str, seconds: float, path: str, room: int | None) -> None:
    """Look for the slip in an exercise that no known mistake explains, and leave its place and kind.

    It looks on the public cases, with the answers that every student's key holds.

    Parameters
    ----------
    namespace : dict of str to object
        The notebook's variables.
    name : str
        The exercise.
    seconds : float
        Seconds of processor time that the search may take.
    path : str
        The file in which the place is left: ``{"slips": [[line, kind, function], ...]}``.
    room : int or None
        Bytes of memory that it may take.
    """
    target = namespace.get(name)
    if callable(target) and POSSIBLE:
        in_a_copy(lambda: _leave({"slips": _slips(target, name, seconds)}, path, _SMALL), room)


def _slips(target: Callable[..., Any], name: str, seconds: float) -> list[tuple[int, str, str]]:
    key = load_key(name)
    given = attempt(key.exercise, target, key.cases, limit=seconds)
    program = program_of(target, key.exercise.builds_on)
    if program is None or not judge(key, given).unexplained:
        return []
    found = found_here(key, program, given, seconds, clock=time.process_time)
    return [(one.line, one.kind, one.function) for one in found.slips]


def _changed(name: str) -> bool:
    """Whether an exercise, or a name that it reaches, was bound anew since it was asked.

    So it may have been where the notebook has threads, a pool's for example: a copy has none of them.
    """
    main = threading.main_thread()
    if any(not one.daemon and one is not main for one in threading.enumerate()):
        return True
    known = _asked.get(name)
    return known is None or any(space.get(label) is not value for space, label, value in known)


def _leave(tree: Any, path: str, most: int) -> None:
    """Write answers where the grader looks for them, whole or not at all."""
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

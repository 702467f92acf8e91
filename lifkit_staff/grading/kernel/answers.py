"""Read answers that a kernel left, as hostile bytes.

Nothing is believed: sizes, types and names are checked, nothing is unpickled, and what a lie about the
rest (did it change its inputs?) could win is a quarter of the points for numbers that are right.
"""

from __future__ import annotations

import contextlib
import dataclasses
import io
import math
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import numpy as np

from lifkit.judge import Answer, Attempt, Case, Exercise, Problem, unpack
from lifkit.judge.scene import VALUES, Scene, Seen

from ..limits import ANSWER_ITEMS, ANSWER_TEXT, ANSWERS
from ..submission.sanitize import clean_name

__all__ = ["Asked", "Unreadable", "read", "tree_of", "without_addresses"]


#: The header of an npy file as numpy writes it, for booleans and numbers of up to 8 bytes.
_HEADER = re.compile(
    r"\{'descr': '(?P<descr>[<>|=]?[biuf][1248])', 'fortran_order': (?P<fortran>True|False), "
    r"'shape': \((?P<shape>[0-9, ]{0,100})\), \}\s*"
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Asked:
    """What a kernel said about one exercise.

    Attributes
    ----------
    attempt : Attempt or None
        The answers; None when there are none.
    names : tuple of str
        When the name is not there: names that are.
    ended : {"", "crashed", "out of memory"}
        How the process ended that should have answered.
    unchanged : bool
        Whether nothing was bound anew since it was asked first, so that it was not asked again.
    """

    attempt: Attempt | None = None
    names: tuple[str, ...] = ()
    ended: str = ""
    unchanged: bool = False


class Unreadable(ValueError):
    """What came back is not in the form of answers; the message says how."""


def read(data: bytes, exercise: Exercise, cases: tuple[Case, ...]) -> Asked:
    """Read answers that a kernel left.

    Parameters
    ----------
    data : bytes
        The file; at most `ANSWERS` bytes are looked at.
    exercise : Exercise
    cases : tuple of Case
        What was asked.

    Returns
    -------
    Asked

    Raises
    ------
    Unreadable
        If it is no such file, too large, or holds anything but plain numbers in the right places.
    """
    with _told_as_one():
        tree = tree_of(data)
        if "oversized" in tree:
            raise Unreadable(f"more than {ANSWERS // 1_000_000} MB of numbers")
        if "missing" in tree:
            return Asked(names=_names(tree["missing"], 500))
        if "ended" in tree:
            return Asked(ended="out of memory" if tree["ended"] == "out of memory" else "crashed")
        if "unchanged" in tree:
            return Asked(unchanged=True)
        _weigh(tree, 0)
        return Asked(attempt=_attempt(tree, exercise, cases))


def tree_of(data: bytes) -> dict[str, Any]:
    """Return what a kernel left as plain data; `Unreadable` where it is anything else."""
    with _told_as_one():
        tree = unpack(_arrays(data))
        if not isinstance(tree, dict):
            raise Unreadable("no answers in it")
        return tree


@contextlib.contextmanager
def _told_as_one() -> Iterator[None]:
    """Raise `Unreadable`, whatever is wrong with hostile bytes: it is one thing to us."""
    try:
        yield
    except Unreadable:
        raise
    except Exception as error:
        raise Unreadable(f"{type(error).__name__}: {error}"[:200]) from None


def _arrays(data: bytes) -> dict[str, np.ndarray]:
    """Read the arrays of an npz file that stores them as they are."""
    if len(data) > ANSWERS:
        raise Unreadable(f"more than {ANSWERS // 1_000_000} MB of numbers")
    arrays = {}
    # Each member is announced so, and a list of them may be longer than what is in them.
    if data.count(b"PK\x01\x02") > ANSWER_ITEMS:
        raise Unreadable("too many members")
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        members = file.infolist()
        # Nothing compressed, and no bytes told twice: what is unpacked is no larger than the file.
        if any(member.compress_type != zipfile.ZIP_STORED for member in members):
            raise Unreadable("compressed members")
        if len(members) > ANSWER_ITEMS or sum(member.file_size for member in members) > len(data):
            raise Unreadable("members that overlap")
        for member in members:
            arrays[member.filename.removesuffix(".npy")] = _array(file.read(member))
    if arrays["json"].nbytes > ANSWER_TEXT:
        raise Unreadable("too much text")
    return arrays


def _array(data: bytes) -> np.ndarray:
    """Read one npy file: version 1, plain numbers, exactly as many bytes as its shape says."""
    if data[:8] != b"\x93NUMPY\x01\x00":
        raise Unreadable("not an npy file of version 1")
    start = 10 + int.from_bytes(data[8:10], "little")
    if start > 1000:
        raise Unreadable("a long header")
    said = _HEADER.fullmatch(data[10:start].decode("latin1"))
    if said is None:
        raise Unreadable("numbers of another kind")
    dtype = np.dtype(said["descr"])
    shape = tuple(int(size) for size in said["shape"].split(",") if size.strip())
    if len(shape) > 8 or math.prod(shape) * dtype.itemsize != len(data) - start:
        raise Unreadable("a shape that does not fit its numbers")
    order: Any = "F" if said["fortran"] == "True" else "C"
    flat = np.frombuffer(data, dtype=dtype, offset=start)
    return flat.reshape(shape, order=order).astype(dtype.newbyteorder("="))


def _weigh(node: Any, total: int) -> int:
    """Return the bytes of all arrays, each as often as it is referred to; refuse too many."""
    if isinstance(node, np.ndarray):
        total += node.nbytes
    elif isinstance(node, dict | list):
        for item in node.values() if isinstance(node, dict) else node:
            total = _weigh(item, total)
    if total > ANSWERS:
        raise Unreadable(f"more than {ANSWERS // 1_000_000} MB of numbers")
    return total


def _attempt(tree: dict[str, Any], exercise: Exercise, cases: tuple[Case, ...]) -> Attempt:
    given = _list(tree["answers"])
    if len(given) != len(cases):
        raise Unreadable(f"{len(given)} answers to {len(cases)} questions")
    answers = tuple(_answer(item, exercise, case) for item, case in zip(given, cases, strict=True))
    again, repeated = None, tree["repeated"]
    if type(repeated) is int and 0 <= repeated < len(cases) and isinstance(tree["again"], dict):
        again = _answer(tree["again"], exercise, cases[repeated])
    return Attempt(
        answers=answers,
        again=again,
        repeated=repeated if again is not None else None,
        notebook_variables=_names(tree["notebook_variables"]),
        uses=_names(tree["uses"]),
    )


def _answer(tree: dict[str, Any], exercise: Exercise, case: Case) -> Answer:
    if tree["status"] not in ("ok", "error", "timeout", "not started"):
        raise Unreadable("an unknown status")
    value = tree["value"] if tree["status"] == "ok" else None
    if exercise.is_class and tree["status"] == "ok":
        if not isinstance(value, dict):
            raise Unreadable("no attributes")
        known = {output.name for output in exercise.outputs}
        value = {name: _value(item, 0) for name, item in value.items() if name in known}
    else:
        value = _value(value, 0)
    inputs = {name for call in case.calls for name in call.inputs}
    changed = tuple(name for name in _names(tree["changed"]) if name in inputs)
    problem = None if tree["problem"] is None else _problem(tree["problem"])
    if tree["status"] in ("error", "timeout") and problem is None:
        raise Unreadable("a problem without a name")
    return Answer(status=tree["status"], value=value, problem=problem, changed=changed)


def _value(node: Any, depth: int) -> Any:
    """Return plain data, or refuse."""
    if node is None or (isinstance(node, np.ndarray) and node.ndim <= 8):
        return node
    if isinstance(node, list) and depth < 6 and len(node) <= ANSWER_ITEMS:
        return [_value(item, depth + 1) for item in node]
    if isinstance(node, dict) and set(node) == {"foreign"}:
        return {"foreign": _words(node["foreign"], 100)}
    if isinstance(node, dict) and set(node) == {"real", "imag"}:
        return _complex(node["real"], node["imag"])
    raise Unreadable("a value of another kind")


def _complex(real: Any, imag: Any) -> np.ndarray:
    """Put a complex array together again, so that what is said about it is what the check says."""
    both = isinstance(real, np.ndarray) and isinstance(imag, np.ndarray)
    if not both or real.shape != imag.shape or real.dtype != float or imag.dtype != float:
        raise Unreadable("a complex number that does not fit together")
    found = np.empty(real.shape, complex)
    found.real, found.imag = real, imag
    return found


def _problem(tree: dict[str, Any]) -> Problem:
    line = tree["line"]
    return Problem(
        kind=_words(tree["kind"], 100),
        message=_words(tree["message"], 300),
        line=line if type(line) is int and 0 <= line < 1_000_000 else None,
        source=_words(tree["source"], 300),
        function=_words(tree["function"], 100),
        scene=_scene(tree["scene"]),
    )


def _scene(tree: dict[str, Any]) -> Scene:
    """Read where it happened: texts, of which none is ever run."""
    seen = [
        Seen(**{name: _words(one[name], 300) for name in ("text", "kind", "detail", "made")})
        for one in _list(tree["seen"])[:VALUES]
    ]
    return Scene(
        spot=_words(tree["spot"], 300),
        statement=_words(tree["statement"], 300),
        seen=tuple(seen),
        known=_names(tree["known"]),
    )


def without_addresses(text: str) -> str:
    """Return a text without addresses in memory, which differ from run to run, or control signs."""
    return clean_name(re.sub(r"0x[0-9a-fA-F]{6,}", "0x...", text))


def _words(text: Any, most: int) -> str:
    """Return a short text without addresses, which differ from run to run, or control signs."""
    if not isinstance(text, str):
        raise Unreadable("no text where text belongs")
    return without_addresses(text[:most])


def _names(items: Any, most: int = 50) -> tuple[str, ...]:
    return tuple(
        item[:80] for item in _list(items)[:most] if isinstance(item, str) and item.isidentifier()
    )


def _list(items: Any) -> list[Any]:
    if not isinstance(items, list):
        raise Unreadable("no list where a list belongs")
    return items

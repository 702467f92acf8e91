"""Plain data: what is kept of the things that a student's code returns.

Numbers, numeric arrays of a basic type, lists of them, None; anything else is only named.  Whatever
class a value was of, nothing of it is left that could run or lie in a comparison.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

__all__ = ["count_numbers", "plain", "same", "storable"]

#: Largest value that is kept, in bytes; the largest public answer has 0.8 MB.
SIZE_LIMIT = 64_000_000


def plain(value: Any) -> Any:
    """Turn whatever a student's code returned into plain data.

    Parameters
    ----------
    value : object
        Anything.

    Returns
    -------
    None, ndarray, list or dict
        Numbers and numeric arrays become arrays of a basic dtype; sequences become lists of plain
        data (of one array when they hold plain numbers only); everything else becomes
        ``{"foreign": what it is}``.

    Examples
    --------
    >>> plain([1.0, 2.0])
    array([1., 2.])
    >>> plain(([1.0], []))
    [array([1.]), array([], dtype=float64)]
    >>> plain("twelve")
    {'foreign': 'a str'}
    """
    return _plain(value, 0)


def _plain(value: Any, depth: int) -> Any:
    if value is None:
        return None
    if isinstance(value, str | bytes | dict | set | frozenset):
        return {"foreign": f"a {type(value).__name__}"}
    if isinstance(value, list | tuple | range):
        return _plain_sequence(value, depth)
    if isinstance(value, bool | int | float | complex | np.ndarray | np.generic) or hasattr(
        value, "__array__"
    ):
        return _plain_array(value, depth)
    return {"foreign": f"a {type(value).__name__}"}


def _plain_sequence(value: Any, depth: int) -> Any:
    if depth > 4:
        return {"foreign": "lists nested more than four deep"}
    if all(isinstance(item, bool | int | float | complex | np.number | np.bool_) for item in value):
        return _plain_array(np.array(list(value)) if len(value) else np.empty(0), depth)
    return [_plain(item, depth + 1) for item in value]


def _plain_array(value: Any, depth: int) -> Any:
    array = np.asarray(value)
    if array.nbytes > SIZE_LIMIT:
        return {"foreign": f"an array of {array.nbytes / 1e6:.0f} MB"}
    if array.dtype.kind in "biufc":
        if array.dtype.kind == "f" and array.dtype.itemsize > 8:
            array = array.astype(float)
        return np.array(array, subok=False)
    if array.dtype.kind == "O" and array.ndim:
        return _plain_sequence(list(array), depth + 1)
    return {"foreign": f"an array of {array.dtype}"}


def same(one: Any, other: Any) -> bool:
    """Return whether two trees of data are equal to the last bit, NaN equal to itself.

    Parameters
    ----------
    one, other : plain data
        Numbers, arrays, and lists, tuples or dicts of them.

    Returns
    -------
    bool
    """
    if one is other:  # as a copy of a number is the number itself
        return True
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if one is None or other is None:
        return one is other
    if isinstance(one, list | tuple | Mapping) or isinstance(other, list | tuple | Mapping):
        return False
    one, other = np.asarray(one), np.asarray(other)
    if one.shape != other.shape or one.dtype != other.dtype:
        return False
    if one.tobytes() == other.tobytes():
        return True
    return bool(np.array_equal(one, other, equal_nan=one.dtype.kind in "fc"))


def count_numbers(value: Any) -> int:
    """Return how many numbers a tree of data holds.

    Examples
    --------
    >>> count_numbers({"V": np.zeros((2, 3)), "times": [[1.0], [2.0, 3.0]]})
    9
    """
    if isinstance(value, Mapping):
        return sum(map(count_numbers, value.values()))
    if isinstance(value, list | tuple):
        return sum(map(count_numbers, value))
    return int(np.size(value))


def storable(text: str) -> str:
    """Return a text that can be written to a file.

    Half a sign of two halves, which Python's texts may hold, can't: a question mark takes its place.
    """
    return text.encode("utf-8", "replace").decode()

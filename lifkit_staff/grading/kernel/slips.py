"""Ask a kernel where the slip is in what it got wrong, and read what it says, as hostile bytes.

The verdict stands by then, and nothing of it depends on the answer: a line and one of a closed set of
kinds.  What a page says about them is written here, in the text of the cell that was handed in.
"""

from __future__ import annotations

import ast
import secrets
from typing import Any

from lifkit.judge import Slip
from lifkit.judge.telling import KINDS

from ..limits import SLIP_ANSWER, SLIP_SECONDS
from .answers import Unreadable, tree_of
from .client import Kernel, Reply
from .questions import search

__all__ = ["Place", "ask", "slips_in"]

#: A line, one of `KINDS`, and the function or class that it stands in.
Place = tuple[int, str, str]


def ask(kernel: Kernel, name: str) -> tuple[Reply, tuple[Place, ...]]:
    """Ask where the slip is in an exercise; nothing where none is found, or no sense in the answer."""
    file = f"{secrets.token_hex(8)}.npz"
    room = kernel.box.room() if kernel.box is not None else None
    reply = kernel.evaluate(search(name, SLIP_SECONDS, f"{kernel.run}/{file}", room))
    data = kernel.take(file, SLIP_ANSWER) if not reply.gone else None
    try:
        return reply, _read(tree_of(data)) if data is not None else ()
    except Unreadable:
        return reply, ()


def _read(tree: Any) -> tuple[Place, ...]:
    found = tree.get("slips")
    if not isinstance(found, list):
        return ()
    return tuple(
        (item[0], item[1], item[2])
        for item in found[:2]
        if isinstance(item, list)
        and list(map(type, item)) == [int, str, str]
        and item[1] in KINDS
        and item[2].isidentifier()
    )


def slips_in(source: str, places: tuple[Place, ...]) -> tuple[Slip, ...]:
    """Return slips with the lines of the cell that they are in; without what stands in no such cell.

    Parameters
    ----------
    source : str
        The cell that was handed in.
    places : tuple of Place
    """
    try:
        defined = ast.parse(source).body if places else []
    except (SyntaxError, ValueError, RecursionError):
        return ()
    spans = {
        one.name: range(one.lineno, (one.end_lineno or one.lineno) + 1)
        for one in defined
        if isinstance(one, ast.FunctionDef | ast.ClassDef)
    }
    lines = source.splitlines()
    return tuple(
        Slip(
            line=line,
            function=name,
            source=lines[line - 1].strip(),
            kind=kind,
            spot=lines[line - 1].strip(),
        )
        for line, kind, name in places
        if line in spans.get(name, ())
    )

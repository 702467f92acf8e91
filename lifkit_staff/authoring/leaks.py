"""Look for lines of a solution in what is released."""

from __future__ import annotations

import functools
from pathlib import Path

import nbformat

__all__ = ["BEGIN", "END", "leaks"]


#: Solution lines shorter than this, without spaces, are no secret (`V = []`, `else:`).
_TELLING = 12

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


def leaks(source: Path, released: Path | str) -> list[str]:
    """Return the lines of the source's solutions that can be read in what is released.

    Parameters
    ----------
    source : Path
        An instructor's notebook.
    released : Path or str
        A student notebook, or any text.

    Returns
    -------
    list of str
        Lines of a solution, of at least 12 characters, that stand in the released text; lines that
        the same cell shows outside its solution too (a signature, say) are none.
    """
    if isinstance(released, Path):
        cells = nbformat.read(released, as_version=4).cells
        released = "\n".join(cell.source for cell in cells)
    public = {_squeezed(line) for line in released.splitlines()}
    found = []
    for secret, shown in _solutions(source, source.stat().st_mtime_ns):
        found += [line for line in secret if _squeezed(line) in public - shown]
    return [line for line in found if len(_squeezed(line)) >= _TELLING]


@functools.lru_cache(maxsize=8)
def _solutions(source: Path, changed: int) -> list[tuple[list[str], set[str]]]:
    """Read a notebook's solutions, once as long as the file is the same."""
    return [_parted(cell.source) for cell in nbformat.read(source, as_version=4).cells]


def _parted(text: str) -> tuple[list[str], set[str]]:
    """Split a cell's lines into those inside solution regions and (squeezed) those outside."""
    inside: list[str] = []
    outside: set[str] = set()
    within = False
    for line in text.splitlines():
        if BEGIN in line or END in line:
            within = BEGIN in line
        elif within:
            inside.append(line.strip())
        else:
            outside.add(_squeezed(line))
    return inside, outside


def _squeezed(line: str) -> str:
    return "".join(line.split())

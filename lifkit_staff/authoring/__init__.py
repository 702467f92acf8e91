"""Build what students get from what instructors write: answer keys, student notebooks, the handout.

The course root is the folder that holds ``nbgrader_config.py``.  Keys come from
``solutions/reference`` (`keys`), notebooks from ``solutions/labs`` (`notebooks`), in neither of which
a line of a solution may be read (`leaks`); `handout` packs them for students, and `static_page`
writes an explorer for people without Python.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection
from pathlib import Path

from lifkit.judge import KEYS
from lifkit.judge.keys import forget_keys

from ..course import find_root
from ..references import load_references
from .errors import BuildError
from .handout import write_handout
from .keys import build_keys, edition_of, make_keys, say, stale_keys
from .leaks import leaks
from .notebooks import (
    StampEdition,
    build_notebooks,
    check_source,
    labs_of,
    make_notebooks,
    release_folder,
)
from .places import put

__all__ = [
    "BuildError",
    "StampEdition",
    "build",
    "build_keys",
    "build_notebooks",
    "check_source",
    "edition_of",
    "find_root",
    "labs_of",
    "leaks",
    "write_handout",
]


def build(
    root: Path,
    labs: Collection[str] = (),
    *,
    keys: Path = KEYS,
    tell: Callable[[str], None] = say,
) -> list[Path]:
    """Rebuild keys and student notebooks of the course at `root`; a second run changes no byte.

    All of it is made in a folder of its own, and put in its place when nothing is missing.

    Parameters
    ----------
    root : Path
        The course root.
    labs : collection of str
        Only these; all unless given.
    keys : Path
        The folder of the keys.
    tell : callable
        Takes a line about how far it is.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    ValueError
        If there is no such lab, or something can't be built; then nothing has changed.
    """
    root = Path(root).resolve()
    known = sorted({*labs_of(root), *(one.exercise.lab for one in load_references(root).values())})
    for lab in labs:
        if lab not in known:
            raise ValueError(f"There is no lab {lab!r} here; there are: {', '.join(known)}.")
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        made = {keys / path.name: path for path in make_keys(root, scratch / "keys", labs, tell)}
        notebooks = make_notebooks(root, scratch, labs, scratch / "keys")
        release = release_folder(root)
        made |= {release / name: path for name, path in notebooks.items()}
        paths = put(made, stale_keys(keys, made, labs))
    forget_keys()
    return paths

"""Build what students get from what instructors write: answer keys, student notebooks, the handout.

The course root is the folder that holds ``nbgrader_config.py``.  Keys come from
``solutions/reference`` (`keys`), notebooks from ``solutions/labs`` (`notebooks`), in neither of which
a line of a solution may be read (`leaks`); `handout` packs them for students, and `static_page`
writes an explorer for people without Python.
"""

from __future__ import annotations

from pathlib import Path

from ..course import find_root
from .errors import BuildError
from .handout import write_handout
from .keys import build_keys, edition_of
from .leaks import leaks
from .notebooks import StampEdition, build_notebooks, check_source, labs_of

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


def build(root: Path) -> list[Path]:
    """Rebuild all keys and student notebooks of the course at `root`; a second run changes no byte."""
    return build_keys(root) + build_notebooks(root)

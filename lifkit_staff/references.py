"""Load the exercises of a course from its ``solutions/reference``: the only door to them."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from .exercise import ReferenceLike

__all__ = ["load_references"]


def load_references(root: Path) -> dict[str, ReferenceLike]:
    """Import `solutions/reference` from the course at `root`.

    Parameters
    ----------
    root : Path
        The course root: the folder that holds ``nbgrader_config.py`` and ``solutions``.

    Returns
    -------
    dict of str to Reference
        By the exercise's name, in the order of the labs.

    Raises
    ------
    FileNotFoundError
        If there is no ``solutions/reference`` there.
    """
    root = Path(root).resolve()
    if not (root / "solutions" / "reference" / "__init__.py").is_file():
        raise FileNotFoundError(
            f"{root} is not a course root: it has no solutions/reference. Change to the folder that "
            "holds nbgrader_config.py, or name it with --root."
        )
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    module = importlib.import_module("solutions.reference")
    found = Path(str(module.__file__)).resolve().parents[2]
    if found != root:
        raise ValueError(f"solutions.reference was already loaded from {found}, not from {root}.")
    return {reference.exercise.name: reference for reference in module.REFERENCES}

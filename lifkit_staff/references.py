"""Load the exercises of a course from its ``solutions/reference``: the only door to them."""

from __future__ import annotations

import dataclasses
import importlib
import sys
from pathlib import Path

from .exercise import CourseFiles, Reference, ReferenceLike, Written, read_course_files

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
    ValueError
        If one of the course's files (``course/words.toml``, ``course/mistakes.toml``) is not right.
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
    references = {reference.exercise.name: reference for reference in module.REFERENCES}
    return _with_words(references, read_course_files(root / "course"))


def _with_words(
    references: dict[str, ReferenceLike], files: CourseFiles
) -> dict[str, ReferenceLike]:
    """Hold the course's files against its exercises, and give those made by hand its words.

    The others read the files themselves.
    """
    by_hand = [name for name, one in references.items() if not isinstance(one, Written)]
    if files.words or files.mistakes or files.behaviours:
        names = {
            name: one.named
            if isinstance(one, Written)
            else [mistake.name for mistake, _ in one.mistakes.values()]
            for name, one in references.items()
        }
        files.hold_against(names, by_hand)
    found = dict(references)
    for name in by_hand if files.words else ():
        one = references[name]
        if isinstance(one, Reference):
            mistakes = {
                label: (files.worded(name, mistake), wrong)
                for label, (mistake, wrong) in one.mistakes.items()
            }
            found[name] = dataclasses.replace(one, mistakes=mistakes)
    return found

"""What decides whether a submission has to be graded again."""

from __future__ import annotations

import ast
import contextlib
import functools
import hashlib
import json
import os
import stat
import tomllib
from pathlib import Path
from typing import Any

from lifkit import __version__, judge

from .. import exercise
from .limits import NOTEBOOK_FILE, SIDE_FILES
from .submission.files import entries, linked

__all__ = ["identity", "rules"]

#: What tables of mistakes hold that decides nothing.
_WORDS = {"is", "mend", "source", "example", "equal"}


def identity(folder: Path, root: Path, lab: str, seed: int, **options: Any) -> str:
    """Return a text that changes when the verdicts on a submission might.

    Parameters
    ----------
    folder : Path
        The submission.
    root, lab, seed
        The course, the lab, the grading seed.
    **options
        Whatever else the verdicts depend on.
    """
    digest = hashlib.sha256()
    digest.update(json.dumps([lab, seed, rules(str(root)), options], sort_keys=True).encode())
    digest.update(b"link" if linked(folder) else b"")
    left = NOTEBOOK_FILE + SIDE_FILES
    for name, entry in entries(folder):
        status = entry.stat(follow_symlinks=False)
        what = f"{stat.S_IFMT(status.st_mode)} {status.st_size}"
        if entry.is_symlink():
            what = f"link {os.readlink(entry.path)}"
        # Grading reads no more than that either; a sparse file is as long as somebody likes.
        elif entry.is_file(follow_symlinks=False) and status.st_size <= left:
            left -= status.st_size
            with contextlib.suppress(PermissionError), open(entry.path, "rb") as file:
                what += hashlib.file_digest(file, "sha256").hexdigest()
        else:
            what += f" {status.st_mtime_ns}"
        digest.update(f"{name}\0{what}\0".encode("utf-8", "replace"))
    return digest.hexdigest()


@functools.lru_cache(maxsize=8)
def rules(root: str) -> str:
    """Return a digest of all that decides: judge, grader, the course's cases, edits and solved cells.

    What is only said does not count: the words of mistakes, the prose of notebooks, comments in cells.
    """
    digest = hashlib.sha256(__version__.encode())
    staff = Path(exercise.__file__).parent.parent
    found = [(staff, staff / name) for name in ("course.py", "references.py")]
    for folder in (
        Path(judge.__file__).parent,
        staff / "exercise",
        staff / "grading",
        Path(root) / "solutions" / "reference",
    ):
        found += [(folder, path) for path in sorted(folder.rglob("*.py"))]
    for folder, path in found:
        digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    solutions = Path(root) / "solutions"
    tables = sorted((solutions / "reference").rglob("*.toml"))
    for path in (*tables, Path(root) / "course" / "mistakes.toml"):
        if path.is_file():
            edits: Any = path.read_bytes().decode("utf-8", "replace")
            with contextlib.suppress(tomllib.TOMLDecodeError):  # whoever loads it says so better
                edits = _without_words(tomllib.loads(edits))
            digest.update(f"{path.relative_to(root)}\n{json.dumps(edits)}".encode())
    for path in sorted((solutions / "labs").glob("*/*.ipynb")):
        digest.update(json.dumps(_programs(path)).encode())
    return digest.hexdigest()[:16]


def _without_words(tree: Any) -> Any:
    """Return a table without what is only said."""
    if not isinstance(tree, dict):
        return tree
    return {name: _without_words(item) for name, item in tree.items() if name not in _WORDS}


def _programs(path: Path) -> list[str]:
    """Return an instructor's setup and solved cells as syntax trees."""
    found = []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        marks = cell["metadata"].get("nbgrader", {})
        name = str(marks.get("grade_id", ""))
        solved = marks.get("solution") or name == "setup" or name.startswith("from_lab")
        if cell["cell_type"] == "code" and solved:
            source = "".join(cell["source"])
            with contextlib.suppress(SyntaxError):  # a line for IPython: the text itself then
                source = ast.dump(ast.parse(source))
            found.append(f"{name}\n{source}")
    return found

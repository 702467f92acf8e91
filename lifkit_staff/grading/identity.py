"""What decides whether a submission has to be graded again."""

from __future__ import annotations

import functools
import hashlib
import json
import os
from pathlib import Path
from typing import Any

from lifkit import __version__, judge

from .. import exercise
from .limits import NOTEBOOK_FILE, SIDE_FILES
from .submission.files import entries

__all__ = ["identity", "rules"]


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
    for name, entry in entries(folder):
        if entry.is_symlink():
            what = f"link {os.readlink(entry.path)}"
        elif entry.is_file(follow_symlinks=False):
            what = str(entry.stat(follow_symlinks=False).st_size)
        else:
            what = "device"
        digest.update(f"{name}\0{what}\0".encode("utf-8", "replace"))
        if not what.isdigit() or int(what) > max(
            NOTEBOOK_FILE, SIDE_FILES
        ):  # not looked at when grading either
            continue
        with open(entry.path, "rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


@functools.lru_cache(maxsize=8)
def rules(root: str) -> str:
    """Return a digest of all code that decides: judge, grader and the course's references."""
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
    return digest.hexdigest()[:16]

"""The course on disk: its configuration, its grading seed, what identifies a submission."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from traitlets.config import Config, PyFileConfigLoader

from .. import __version__
from .heal import FILE

__all__ = [
    "find_root",
    "grading_seed",
    "identity",
    "load_config",
    "side_files",
    "unlink_traps",
    "verdict_path",
    "working_in",
]

#: Bytes of side files that are taken along; more than that is no homework of this course.
FILES = 50_000_000


def find_root(start: Path | None = None) -> Path:
    """Return the course root: `start`, or the nearest folder above it with an nbgrader_config.py.

    Raises
    ------
    FileNotFoundError
        If there is none.
    """
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / "nbgrader_config.py").is_file():
            return folder
    raise FileNotFoundError(
        f"{start} is not in a course: no folder from here up holds nbgrader_config.py. "
        "Change to the course's folder first."
    )


def load_config(root: Path) -> Config:
    """Load what `nbgrader autograde` would load in the course's folder."""
    from nbgrader.apps.nbgraderapp import NbGraderApp

    app = NbGraderApp()
    config = Config(app.config)
    for folder in reversed(app.config_file_paths[1:]):  # the user's and the system's, if any
        if (Path(folder) / "nbgrader_config.py").is_file():
            config.merge(PyFileConfigLoader("nbgrader_config.py", path=folder).load_config())
    config.merge(PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config())
    config.CourseDirectory.root = str(root)
    return config


@contextlib.contextmanager
def working_in(folder: Path) -> Iterator[None]:
    """Stand in `folder`, with the commands of this Python (`alembic`) within nbgrader's reach."""
    before, path = Path.cwd(), os.environ.get("PATH", "")
    os.chdir(folder)
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), path])
    try:
        yield
    finally:
        os.chdir(before)
        os.environ["PATH"] = path


def grading_seed(root: Path) -> int:
    """Return the course's grading seed; made when there is none, readable by its owner only."""
    path = root / "grading_seed"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(descriptor, "w") as file:
            file.write(f"{secrets.randbits(62)}\n")
    try:
        return int(path.read_text())
    except ValueError:
        raise ValueError(
            f"{path} should hold one whole number, the seed of the secret cases. Take it back from a "
            "copy, or delete it: then a new one is made, and the class has to be graded anew."
        ) from None


def verdict_path(root: Path, lab: str, student: str) -> Path:
    """Return where the verdicts on a submission are kept."""
    return root / "verdicts" / lab / f"{student}.json"


def side_files(folder: Path) -> dict[str, bytes]:
    """Read what was handed in beside notebooks: plain files, no links, up to 50 MB together."""
    found: dict[str, bytes] = {}
    left = FILES
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".ipynb" or path.is_symlink() or not path.is_file():
            continue
        if any(parent.is_symlink() for parent in path.relative_to(folder).parents):
            continue
        left -= path.stat().st_size
        if left >= 0:
            found[path.relative_to(folder).as_posix()] = path.read_bytes()
    return found


def unlink_traps(folder: Path) -> None:
    """Put a note in the place of everything in a submission that is no file of its own.

    nbgrader copies what it finds, through links too: one to an endless device would fill the disk,
    and a pipe would stop that student's grading.  (`lifkit grade` copies plain files only and leaves
    the submission as it is.)
    """
    for path in sorted(folder.rglob("*")):
        inside = path.resolve().is_relative_to(folder.resolve())
        plain = path.is_file() and (inside or not path.is_symlink())
        if plain or (path.is_dir() and not path.is_symlink()):
            continue
        what = f"link to {os.readlink(path)}" if path.is_symlink() else "device or pipe"
        path.unlink()
        path.write_text(f"A {what} was handed in here; only files can be graded.\n")


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
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            text = f"{path.relative_to(folder)}\0link {os.readlink(path)}\0"
            digest.update(text.encode("utf-8", "replace"))
        elif path.is_file():
            size = path.stat().st_size
            digest.update(f"{path.relative_to(folder)}\0{size}\0".encode("utf-8", "replace"))
            if size > max(FILE, FILES):  # not looked at when grading either
                continue
            with path.open("rb") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
    return digest.hexdigest()


@functools.lru_cache(maxsize=8)
def rules(root: str) -> str:
    """Return a digest of all code that decides: lifkit and the course's references."""
    digest = hashlib.sha256(__version__.encode())
    package = Path(__file__).parent.parent
    for folder in (
        package / "exercises",
        package / "grading",
        Path(root) / "solutions" / "reference",
    ):
        for path in sorted(folder.rglob("*.py")):
            digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]

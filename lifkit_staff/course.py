"""A course on disk: its root and nbgrader's configuration."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from traitlets.config import Config

__all__ = ["find_root", "load_config", "working_in"]


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


def load_config(root: Path, *, users: bool = True) -> Config:
    """Load what nbgrader would load in the course's folder.

    Parameters
    ----------
    root : Path
        The course root.
    users : bool
        Whether the user's and the system's own configuration count; not where what is made has to be
        the same for everybody.
    """
    from nbgrader.apps.nbgraderapp import NbGraderApp
    from traitlets.config import Config, PyFileConfigLoader

    app = NbGraderApp()
    config = Config(app.config)
    for folder in reversed(app.config_file_paths[1:]) if users else ():
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

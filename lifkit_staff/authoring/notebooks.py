"""Make the student notebooks from the instructors', through nbgrader's own generate_assignment.

So the released files are what any nbgrader course would release.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Unicode

from lifkit.judge import KEYS, key_editions
from lifkit.judge.keys import lab_exercises

from ..course import load_config, working_in
from .errors import BuildError
from .leaks import BEGIN, END, leaks
from .places import put

__all__ = [
    "StampEdition",
    "build_notebooks",
    "check_source",
    "labs_of",
    "make_notebooks",
    "release_folder",
]


class StampEdition(NbGraderPreprocessor):
    """Write the edition into ``open_lab("labN")``, so that notebook and lifkit know each other.

    Behind the edition and a colon stand the points of the lab's exercises, in the order of the notebook.
    One of the course's steps of generate_assignment (see ``nbgrader_config.py``).
    """

    keys = Unicode(str(KEYS), help="The folder of the keys").tag(config=True)

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Stamp all code cells of the notebook."""
        marks = [cell.metadata.get("nbgrader", {}) for cell in nb.cells]
        points = {one["grade_id"]: one["points"] for one in marks if one.get("grade")}
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.source = re.sub(
                    r'open_lab\("(\w+)"\)', lambda match: self._stamped(match, points), cell.source
                )
        return nb, resources

    def _stamped(self, match: re.Match[str], points: Mapping[str, Any]) -> str:
        lab, folder = match[1], Path(self.keys)
        editions = key_editions(lab, folder)
        if len(editions) != 1:
            found = ", ".join(sorted(editions)) or "none"
            raise BuildError(
                f"The keys of {lab} have no single edition ({found}). Run `lifkit build`, which makes "
                "the keys before the notebooks."
            )
        (edition,) = editions
        worth = [points.get(f"{name}_check") for name in lab_exercises(lab, folder)]
        if None not in worth:
            edition += ":" + ",".join(f"{float(one or 0):g}" for one in worth)
        return f'open_lab("{lab}", edition="{edition}")'


def labs_of(root: Path) -> list[str]:
    """Return the names of the labs that have a source notebook, in order."""
    return sorted(path.parent.name for path in (root / "solutions" / "labs").glob("*/*.ipynb"))


def build_notebooks(
    root: Path, release: Path | None = None, labs: Collection[str] = (), keys: Path = KEYS
) -> list[Path]:
    """Make the student notebooks through nbgrader's generate_assignment.

    A gradebook of its own is used and thrown away, so building never touches a class's grades.

    Parameters
    ----------
    root : Path
        The course root.
    release : Path, optional
        Where they go; the course's release directory unless given.
    labs : collection of str
        Only these labs; all unless given.
    keys : Path
        The folder of their keys.

    Returns
    -------
    list of Path

    Raises
    ------
    BuildError
        If a source breaks the contract, nbgrader can't build it, or a line of a solution would be
        released.
    """
    release = release or release_folder(root)
    with tempfile.TemporaryDirectory() as scratch:
        made = make_notebooks(root, Path(scratch), labs, keys)
        return put({release.resolve() / name: path for name, path in made.items()})


def release_folder(root: Path) -> Path:
    """Return where the course's configuration puts student notebooks."""
    return root / str(load_config(root, users=False).CourseDirectory.release_directory)


def make_notebooks(
    root: Path, scratch: Path, labs: Collection[str] = (), keys: Path = KEYS
) -> dict[str, Path]:
    """Make the student notebooks in a folder of their own.

    Returns
    -------
    dict of str to Path
        Where each belongs in the release directory, to the file.
    """
    with working_in(root):
        config = load_config(root, users=False)
        config.CourseDirectory.release_directory = str(scratch / "release")
        config.CourseDirectory.db_url = f"sqlite:///{_gradebook(scratch / 'gradebook.db')}"
        config.StampEdition.keys = str(keys)
        api = NbGraderAPI(CourseDirectory(config=config), config=config)
        wanted = [lab for lab in labs_of(root) if not labs or lab in labs]
        return {f"{lab}/{lab}.ipynb": _build_notebook(api, root, lab, keys) for lab in wanted}


def _gradebook(path: Path) -> Path:
    """Begin a gradebook that is thrown away, with the table of its version, and none in it.

    For a database without tables nbgrader asks alembic for the version: seconds, for nothing.
    """
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
    return path


def _build_notebook(api: NbGraderAPI, root: Path, lab: str, keys: Path) -> Path:
    """Let nbgrader build one lab, and refuse what must not be released."""
    source = root / "solutions" / "labs" / lab / f"{lab}.ipynb"
    check_source(source, keys)
    result = api.generate_assignment(lab, force=True, create=True)
    if not result["success"]:
        raise BuildError(f"nbgrader could not build {lab}:\n{result['log']}")
    released = Path(api.coursedir.release_directory) / lab / f"{lab}.ipynb"
    found = leaks(source, released)
    if found:
        raise BuildError(
            f"{source.name}: {len(found)} lines of a solution would be released, the first is\n"
            f"    {found[0]}\nPut them between {BEGIN} and {END} wherever they stand."
        )
    return released


def check_source(path: Path, keys: Path = KEYS) -> None:
    """Raise BuildError if an instructor's notebook breaks the course's contract.

    Every exercise of the lab has its cell and, below it, the locked check cell that calls ``check`` on
    it and lets Run All go on.

    Parameters
    ----------
    path : Path
        The notebook.
    keys : Path
        The folder of the keys, which say what the lab's exercises are.
    """
    notebook = nbformat.read(path, as_version=4)
    lab = path.stem
    cells = {
        cell.metadata["nbgrader"]["grade_id"]: cell
        for cell in notebook.cells
        if "nbgrader" in cell.metadata
    }
    beside = [
        item.name
        for item in path.parent.iterdir()
        if item.name not in (path.name, ".ipynb_checkpoints")
    ]
    if beside:
        raise BuildError(
            f"{path.parent} holds {', '.join(sorted(beside))} beside the notebook; nbgrader would hand "
            "it to students. Keep it elsewhere."
        )
    for name in lab_exercises(lab, keys):
        exercise, below = cells.get(name), cells.get(f"{name}_check")
        if exercise is None or below is None:
            raise BuildError(
                f"{lab} lacks the cell {name} or {name}_check: give them these grade_ids."
            )
        if BEGIN not in exercise.source:
            raise BuildError(f"{lab}, cell {name}: mark the answer with {BEGIN} and {END}.")
        if f"check({name})" not in below.source:
            raise BuildError(f"{lab}, cell {name}_check: it must call check({name}).")
        if "raises-exception" not in below.metadata.get("tags", []):
            raise BuildError(
                f"{lab}, cell {name}_check: tag it raises-exception, so Run All goes on."
            )

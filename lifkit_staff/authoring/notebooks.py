"""Make the student notebooks from the instructors', through nbgrader's own generate_assignment.

So the released files are what any nbgrader course would release.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor

from lifkit.judge import key_names, load_key

from ..course import load_config, working_in
from .errors import BuildError
from .leaks import BEGIN, END, leaks

__all__ = ["StampEdition", "build_notebooks", "check_source", "labs_of"]


class StampEdition(NbGraderPreprocessor):
    """Write the edition into ``open_lab("labN")``, so that notebook and lifkit know each other.

    One of the course's steps of generate_assignment (see ``nbgrader_config.py``).
    """

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Stamp all code cells of the notebook."""
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.source = re.sub(r'open_lab\("(\w+)"\)', self._stamped, cell.source)
        return nb, resources

    @staticmethod
    def _stamped(match: re.Match[str]) -> str:
        lab = match[1]
        editions = {key.edition for key in map(load_key, key_names()) if key.exercise.lab == lab}
        if len(editions) != 1:
            found = ", ".join(sorted(editions)) or "none"
            raise BuildError(
                f"The keys of {lab} have no single edition ({found}). Run `lifkit build`, which makes "
                "the keys before the notebooks."
            )
        return f'open_lab("{lab}", edition="{editions.pop()}")'


def labs_of(root: Path) -> list[str]:
    """Return the names of the labs that have a source notebook, in order."""
    return sorted(path.parent.name for path in (root / "solutions" / "labs").glob("*/*.ipynb"))


def build_notebooks(root: Path, release: Path | None = None) -> list[Path]:
    """Make the student notebooks through nbgrader's generate_assignment.

    A gradebook of its own is used and thrown away, so building never touches a class's grades.

    Parameters
    ----------
    root : Path
        The course root.
    release : Path, optional
        Where they go; the course's release directory unless given.

    Returns
    -------
    list of Path

    Raises
    ------
    BuildError
        If a source breaks the contract, nbgrader can't build it, or a line of a solution would be
        released.
    """
    with tempfile.TemporaryDirectory() as scratch, working_in(root):
        config = load_config(root, users=False)
        release = (release or root / config.CourseDirectory.release_directory).resolve()
        config.CourseDirectory.release_directory = str(Path(scratch) / "release")
        config.CourseDirectory.db_url = f"sqlite:///{scratch}/gradebook.db"
        api = NbGraderAPI(CourseDirectory(config=config), config=config)
        made = [_build_notebook(api, root, lab) for lab in labs_of(root)]
        return [_put(path, release / path.parent.name / path.name) for path in made]


def _build_notebook(api: NbGraderAPI, root: Path, lab: str) -> Path:
    """Let nbgrader build one lab, and refuse what must not be released."""
    source = root / "solutions" / "labs" / lab / f"{lab}.ipynb"
    check_source(source)
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


def _put(made: Path, target: Path) -> Path:
    """Put a file in its place, whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_suffix(".part")
    half.write_bytes(made.read_bytes())
    half.replace(target)
    return target


def check_source(path: Path) -> None:
    """Raise BuildError if an instructor's notebook breaks the course's contract.

    Every exercise of the lab has its cell and, below it, the locked check cell that calls ``check`` on
    it and lets Run All go on.
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
    for name in key_names():
        if load_key(name).exercise.lab != lab:
            continue
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

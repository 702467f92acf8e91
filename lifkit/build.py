"""Build what students get from what instructors write: answer keys, student notebooks, the handout.

The course root is the folder that holds ``nbgrader_config.py``.  Keys come from
``solutions/reference``, notebooks from ``solutions/labs`` through nbgrader's own
generate_assignment, so the released files are what any nbgrader course would release.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import textwrap
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.apps.api import NbGraderAPI
from nbgrader.apps.nbgraderapp import NbGraderApp
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets.config import Config, PyFileConfigLoader

from .exercises import KEYS, Exercise, Key, load_key, load_references, make_key, save_key
from .exercises.keys import key_editions, key_names
from .exercises.reference import ReferenceLike, with_pairs

__all__ = [
    "BuildError",
    "StampEdition",
    "build",
    "build_keys",
    "build_notebooks",
    "edition_of",
    "find_root",
    "leaks",
    "write_handout",
]

#: Solution lines shorter than this, without spaces, are no secret (`V = []`, `else:`).
_TELLING = 12

_BEGIN, _END = "### BEGIN SOLUTION", "### END SOLUTION"


class BuildError(ValueError):
    """A source can't be built; the message names the lab, the cell and the mend."""


def find_root(start: Path | None = None) -> Path:
    """Return the course root: `start` or the nearest folder above it with an nbgrader_config.py.

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


def build(root: Path) -> list[Path]:
    """Rebuild all keys and student notebooks of the course at `root`; a second run changes no byte."""
    return build_keys(root) + build_notebooks(root)


# Keys -------------------------------------------------------------------------------------------


def build_keys(root: Path, folder: Path = KEYS) -> list[Path]:
    """Make the key of every exercise and remove those that no exercise has any more.

    Parameters
    ----------
    root : Path
        The course root.
    folder : Path
        Where the keys go.

    Returns
    -------
    list of Path
        The files, in the order of the labs.
    """
    references = load_references(root)
    by_lab: dict[str, list[tuple[ReferenceLike, Key]]] = {}
    for reference in references.values():
        made = with_pairs(reference, make_key(reference, reference.public()))
        by_lab.setdefault(reference.exercise.lab, []).append((reference, made))
    paths = []
    for pairs in by_lab.values():
        edition = edition_of(key for _, key in pairs)
        for _, key in pairs:
            paths.append(save_key(_with_edition(key, edition), folder))
    for stale in set(folder.glob("*.npz")) - set(paths):
        stale.unlink()
    load_key.cache_clear()
    key_editions.cache_clear()
    return paths


def edition_of(keys: Iterable[Key]) -> str:
    """Return a short name for what a lab's notebook and its keys have to agree on.

    It changes with the exercises, their signatures, outputs, properties and cases, but not with the
    wording of a hint, and it is the same on every machine.
    """
    contract = [_contract(key.exercise, key) for key in keys]
    text = json.dumps(contract, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _contract(exercise: Exercise, key: Key) -> list[Any]:
    return [
        exercise.name,
        exercise.parameters,
        exercise.methods,
        [(output.name, output.kind, output.shape) for output in exercise.outputs],
        [(line.name, line.weight) for line in exercise.properties],
        [(case.name, case.group) for case in key.cases],
    ]


def _with_edition(key: Key, edition: str) -> Key:
    return Key(**{**vars(key), "edition": edition})


# Notebooks --------------------------------------------------------------------------------------


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
    with tempfile.TemporaryDirectory() as scratch, _commands_on_path(), _working_in(root):
        config = _course_config(root)
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
            f"    {found[0]}\nPut them between {_BEGIN} and {_END} wherever they stand."
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
        if _BEGIN not in exercise.source:
            raise BuildError(f"{lab}, cell {name}: mark the answer with {_BEGIN} and {_END}.")
        if f"check({name})" not in below.source:
            raise BuildError(f"{lab}, cell {name}_check: it must call check({name}).")
        if "raises-exception" not in below.metadata.get("tags", []):
            raise BuildError(
                f"{lab}, cell {name}_check: tag it raises-exception, so Run All goes on."
            )


def leaks(source: Path, released: Path | str) -> list[str]:
    """Return the lines of the source's solutions that can be read in what is released.

    Parameters
    ----------
    source : Path
        An instructor's notebook.
    released : Path or str
        A student notebook, or any text.

    Returns
    -------
    list of str
        Lines of a solution, of at least 12 characters, that stand in the released text; lines that
        the same cell shows outside its solution too (a signature, say) are none.
    """
    if isinstance(released, Path):
        cells = nbformat.read(released, as_version=4).cells
        released = "\n".join(cell.source for cell in cells)
    public = {_squeezed(line) for line in released.splitlines()}
    found = []
    for cell in nbformat.read(source, as_version=4).cells:
        secret, shown = _parted(cell.source)
        found += [line for line in secret if _squeezed(line) in public - shown]
    return [line for line in found if len(_squeezed(line)) >= _TELLING]


def _parted(text: str) -> tuple[list[str], set[str]]:
    """Split a cell's lines into those inside solution regions and (squeezed) those outside."""
    inside: list[str] = []
    outside: set[str] = set()
    within = False
    for line in text.splitlines():
        if _BEGIN in line or _END in line:
            within = _BEGIN in line
        elif within:
            inside.append(line.strip())
        else:
            outside.add(_squeezed(line))
    return inside, outside


def _squeezed(line: str) -> str:
    return "".join(line.split())


def _course_config(root: Path) -> Config:
    """Load the course's own nbgrader_config.py, as nbgrader does."""
    config = Config(NbGraderApp().config)
    config.merge(PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config())
    config.CourseDirectory.root = str(root)
    return config


@contextmanager
def _commands_on_path() -> Iterator[None]:
    """Let nbgrader find the `alembic` command that stands beside this Python."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), before])
    try:
        yield
    finally:
        os.environ["PATH"] = before


@contextmanager
def _working_in(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


# The handout ------------------------------------------------------------------------------------

_START = """\
# The leaky integrate-and-fire neuron: your labs

1. Install Python 3.11, 3.12 or 3.13 (on Windows: Miniforge, then open its prompt and type
   `conda create -n lifkit python=3.12`, `conda activate lifkit`).
2. In this folder type `python3 -m venv venv`, then `source venv/bin/activate` (Windows:
   `venv\\Scripts\\activate`; with conda skip both), then `pip install "{wheel}[lab]"`.
3. Type `lifkit lab`. Your own copy of the labs is made in `my_labs/` and opens in the browser.

Next time: the `activate` line, then `lifkit lab`. It never overwrites what you wrote. Hand in
`my_labs/labN/labN.ipynb` under its own name.
"""


def write_handout(root: Path, folder: Path | None = None) -> list[Path]:
    """Write what a student gets: lifkit as a wheel, and a zip with it and the labs.

    Neither holds anything from ``solutions/`` or ``tests/``.

    Parameters
    ----------
    root : Path
        The course root.
    folder : Path, optional
        Where it goes; ``handout`` in the course root unless given.

    Returns
    -------
    list of Path
        The wheel and the zip.
    """
    folder = (folder or root / "handout").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", scratch]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True)
        if done.returncode:
            raise BuildError(f"The wheel could not be built:\n{textwrap.indent(done.stderr, '  ')}")
        built = next(Path(scratch).glob("*.whl"))
        wheel = folder / built.name
        wheel.write_bytes(built.read_bytes())
    archive = folder / "lifkit-labs.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("lifkit-labs/START_HERE.md", _START.format(wheel=wheel.name))
        pack.write(wheel, f"lifkit-labs/{wheel.name}")
        for notebook in sorted((root / "notebooks").glob("*/*.ipynb")):
            inside = notebook.relative_to(root).as_posix()
            pack.write(notebook, f"lifkit-labs/{inside}")
    return [wheel, archive]

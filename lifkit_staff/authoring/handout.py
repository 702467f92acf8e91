"""Write what a student gets: a wheel and a zip with it and the labs."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import textwrap
import tomllib
import zipfile
from pathlib import Path
from typing import Any

from .errors import BuildError
from .notebooks import labs_of
from .self_study import add_answers, add_solutions, read_answers, study_notebook

__all__ = ["ALIASES", "LABEL", "STUDY_LABEL", "student_copy", "write_handout"]


#: What tells a student's wheel from a whole one, behind the version's number.
LABEL = "student"

#: The same for the self-study handout, whose keys hold solutions.
STUDY_LABEL = "selfstudy"

#: What of lifkit is not for students: the names that older course files use.
ALIASES = ("build.py", "exercises.py", "grading")

_START = """\
# The leaky integrate-and-fire neuron: your labs

1. Install Python 3.11, 3.12, 3.13 or 3.14 (on Windows: Miniforge, then open its prompt and type
   `conda create -n lifkit python=3.12`, `conda activate lifkit`).
2. In this folder type `python3 -m venv venv`, then `source venv/bin/activate` (Windows:
   `venv\\Scripts\\activate`; with conda skip both), then `pip install "{wheel}[lab]"`.
3. Type `lifkit lab`. Your own copy of the labs is made in `my_labs/`, and the first
   one opens in the browser.

Next time: the `activate` line, then `lifkit lab` (the first unfinished lab) or `lifkit lab lab2`. It never
overwrites what you wrote. Hand in `my_labs/labN/labN.ipynb` under its own name.
"""

#: Stands there instead of the sentence about handing in.
_START_STUDY = """

This is the self-study edition: nobody marks it. It shows solutions and model answers after you have
tried yourself. Don't mix its files with those of a course.
"""


def write_handout(
    root: Path, folder: Path | None = None, *, self_study: bool = False
) -> list[Path]:
    """Write what a student gets: lifkit as a wheel, and a zip with it and the labs.

    Neither holds anything from ``lifkit_staff/`` or ``tests/``, nor from ``solutions/`` but in the
    self-study handout.

    Parameters
    ----------
    root : Path
        The course root.
    folder : Path, optional
        Where it goes; ``handout`` in the course root unless given.
    self_study : bool
        Whether it is for who studies alone: with solutions and model answers, to be shown after an own
        attempt.

    Returns
    -------
    list of Path
        The wheel and the zip.
    """
    folder = (folder or root / "handout").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        course = student_copy(root, Path(scratch), self_study=self_study)
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", scratch]
        done = subprocess.run(command, cwd=course, capture_output=True, text=True)
        if done.returncode:
            raise BuildError(f"The wheel could not be built:\n{textwrap.indent(done.stderr, '  ')}")
        built = next(Path(scratch).glob("*.whl"))
        wheel = folder / built.name
        wheel.write_bytes(built.read_bytes())
    inside = "lifkit-self-study" if self_study else "lifkit-labs"
    archive = folder / f"{inside}.zip"
    start = _START.format(wheel=wheel.name)
    if self_study:
        start = start.partition("Hand in")[0].rstrip() + _START_STUDY
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr(f"{inside}/START_HERE.md", start)
        pack.write(wheel, f"{inside}/{wheel.name}")
        for notebook in sorted((root / "notebooks").glob("*/*.ipynb")):
            text = notebook.read_text(encoding="utf-8")
            if self_study:
                text = study_notebook(notebook, read_answers(root, notebook.stem))
            pack.writestr(f"{inside}/{notebook.relative_to(root).as_posix()}", text)
    return [wheel, archive]


def student_copy(root: Path, folder: Path, *, self_study: bool = False) -> Path:
    """Copy what a student's wheel is made of: lifkit without its doors to staff's side.

    Parameters
    ----------
    root : Path
        The course root.
    folder : Path
        Where the copy is made.
    self_study : bool
        Whether its keys hold solutions, with model answers beside them.

    Returns
    -------
    Path
        The copy: a folder to build a wheel in.
    """
    copy = folder / "lifkit"

    def left_out(place: str, names: list[str]) -> set[str]:
        aliases = ALIASES if Path(place) == root / "lifkit" else ()
        return {name for name in names if name in ("__pycache__", *aliases)}

    shutil.copytree(root / "lifkit", copy / "lifkit", ignore=left_out)
    whole = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    project = {name: value for name, value in whole["project"].items() if name != "entry-points"}
    version = str(project["version"])
    labelled = f"{version}+{STUDY_LABEL if self_study else LABEL}"
    project["version"] = labelled
    project["optional-dependencies"] = {"lab": project["optional-dependencies"]["lab"]}
    for name in [project["readme"], *project["license-files"]]:
        shutil.copy(root / name, copy / name)
    tables = {
        "build-system": whole["build-system"],
        "project": project,
        "tool.hatch.build.targets.wheel": {"packages": ["lifkit"]},
    }
    (copy / "pyproject.toml").write_text(_toml(tables), encoding="utf-8")
    init = copy / "lifkit" / "__init__.py"
    text = init.read_text(encoding="utf-8")
    stated = f'__version__ = "{version}"'
    if stated not in text:
        raise BuildError(
            f"lifkit/__init__.py does not state the version of pyproject.toml, {version}."
        )
    init.write_text(text.replace(stated, f'__version__ = "{labelled}"'), encoding="utf-8")
    if self_study:
        keys = copy / "lifkit" / "keys"
        add_solutions(root, keys)
        for lab in labs_of(root):
            add_answers(read_answers(root, lab), lab, keys)
    return copy


def _toml(tables: dict[str, dict[str, Any]]) -> str:
    """Write tables as TOML; a text or a list of texts looks there as it does in JSON."""
    rows = []
    for title, table in tables.items():
        rows.append(f"[{title}]")
        rows += [f"{name} = {_toml_value(value)}" for name, value in table.items()]
    return "\n".join(rows) + "\n"


def _toml_value(value: Any) -> str:
    if isinstance(value, dict):
        pairs = [f"{json.dumps(name)} = {_toml_value(item)}" for name, item in value.items()]
        return "{ " + ", ".join(pairs) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False)

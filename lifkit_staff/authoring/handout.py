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

__all__ = ["ALIASES", "LABEL", "student_copy", "write_handout"]


#: What tells a student's wheel from a whole one, behind the version's number.
LABEL = "student"

#: What of lifkit is not for students: the names that older course files use.
ALIASES = ("build.py", "exercises.py", "grading")

_START = """\
# The leaky integrate-and-fire neuron: your labs

1. Install Python 3.11, 3.12 or 3.13 (on Windows: Miniforge, then open its prompt and type
   `conda create -n lifkit python=3.12`, `conda activate lifkit`).
2. In this folder type `python3 -m venv venv`, then `source venv/bin/activate` (Windows:
   `venv\\Scripts\\activate`; with conda skip both), then `pip install "{wheel}[lab]"`.
3. Type `lifkit lab`. Your own copy of the labs is made in `my_labs/`, and the first
   one opens in the browser.

Next time: the `activate` line, then `lifkit lab` (the first unfinished lab) or `lifkit lab lab2`. It never
overwrites what you wrote. Hand in `my_labs/labN/labN.ipynb` under its own name.
"""


def write_handout(root: Path, folder: Path | None = None) -> list[Path]:
    """Write what a student gets: lifkit as a wheel, and a zip with it and the labs.

    Neither holds anything from ``solutions/``, ``lifkit_staff/`` or ``tests/``.

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
        course = student_copy(root, Path(scratch))
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", scratch]
        done = subprocess.run(command, cwd=course, capture_output=True, text=True)
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


def student_copy(root: Path, folder: Path) -> Path:
    """Copy what a student's wheel is made of: lifkit without its doors to staff's side.

    Parameters
    ----------
    root : Path
        The course root.
    folder : Path
        Where the copy is made.

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
    project["version"] = f"{version}+{LABEL}"
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
    init.write_text(text.replace(stated, f'__version__ = "{version}+{LABEL}"'), encoding="utf-8")
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

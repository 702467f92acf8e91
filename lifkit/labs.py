"""A student's own copy of the labs: made, renewed where nothing was written, never overwritten.

A copy carries a digest of the release it was made from in its metadata.  As long as its cells have that
digest nothing has been written into it; where the release has another one, there is a newer lab.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

__all__ = ["copy_labs", "jupyter_command", "lab_to_open", "released_from"]

#: JupyterLab's settings for a student's session: no news, no panels of instructors.
SETTINGS = Path(__file__).parent / "jupyter"


def released_from(start: Path) -> Path:
    """Find the folder with the labs as they were released: notebooks/ in `start` or above."""
    for folder in (start, *start.parents):
        if list((folder / "notebooks").glob("lab*/lab*.ipynb")):
            return folder / "notebooks"
    raise FileNotFoundError(
        f"No labs found from {start} up. Change to the folder that you unpacked (it holds notebooks/), "
        "then type `lifkit lab` again."
    )


def copy_labs(released: Path, mine: Path, restart: str = "") -> list[str]:
    """Copy the labs that are not there yet, and renew those into which nothing was written.

    Where something was written, a newer lab is put beside it.

    Parameters
    ----------
    released : Path
        The folder of the released labs.
    mine : Path
        The student's folder.
    restart : str
        A lab to begin anew; the copy that is there is renamed.

    Returns
    -------
    list of str
        What was done, a line a lab.

    Raises
    ------
    FileNotFoundError
        If there is no lab of the name to be begun anew.
    """
    notebooks = sorted(released.glob("lab*/lab*.ipynb"))
    if restart:
        _known(restart, notebooks)
    said = []
    for notebook in notebooks:
        target = mine / notebook.relative_to(released)
        target.parent.mkdir(parents=True, exist_ok=True)
        kept = ""
        if target.stem == restart and target.exists():
            old = _free_name(target, "old")
            target.rename(old)
            kept = f"; what you had is {old.name} beside it"
        said.append(f"{target}: {_brought_up(json.loads(_text(notebook)), target)}{kept}")
    return said


def _brought_up(release: dict[str, Any], target: Path) -> str:
    """Bring one copy up to a release as far as nothing is lost, and say what was done."""
    now = digest_of(release)
    release["metadata"]["lifkit"] = {"released": now}
    if not target.exists():
        _write(release, target)
        return "new"
    try:
        copy = json.loads(_text(target))
        begun_from = copy["metadata"].get("lifkit", {}).get("released", "")
        written = digest_of(copy)
    except (ValueError, KeyError, TypeError, AttributeError):
        return "yours, left as it is (it is no whole notebook)"
    if written == now and not any(cell.get("outputs") for cell in copy["cells"]):
        return "not begun yet"
    if begun_from in ("", now):
        return f"yours, left as it is{_progress(copy)}"
    if written == begun_from:
        _write(release, target, over=True)
        return "renewed; nothing was written into it, and there is a newer one"
    beside = _beside(target, now)
    if not beside.exists():
        _write(release, beside)
    return (
        f"yours, left as it is{_progress(copy)}. There is a newer one: it is {beside.name} beside yours. "
        "Copy your cells into it, or stay with yours"
    )


def digest_of(notebook: dict[str, Any]) -> str:
    """Return a digest of what stands in a notebook's cells; outputs and empty cells don't count."""
    cells = [(cell["cell_type"], "".join(cell["source"])) for cell in notebook["cells"]]
    text = json.dumps([cell for cell in cells if cell[1].strip()])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def lab_to_open(mine: Path, name: str = "") -> Path:
    """Return the notebook to begin with: the named lab, or the first that is not finished.

    Parameters
    ----------
    mine : Path
        The student's folder.
    name : str
        The lab's name; unless given, the first one with a check that was not passed when last run, or
        the last of all.

    Returns
    -------
    Path

    Raises
    ------
    FileNotFoundError
        If there is no such lab.
    """
    notebooks = sorted(
        path for path in mine.glob("lab*/lab*.ipynb") if path.stem == path.parent.name
    )
    if name:
        return _known(name, notebooks)
    return next((path for path in notebooks if not _is_finished(path)), notebooks[-1])


def jupyter_command(python: str, mine: Path, notebook: Path) -> tuple[list[str], dict[str, str]]:
    """Return the command that opens a notebook in JupyterLab, and the environment it needs.

    A student's session shows nothing of instructors' panels; the user's own settings stay as they are.
    Where the home folder can't be written to, what Jupyter puts there stands beside the labs.

    Parameters
    ----------
    python : str
        The Python whose JupyterLab is meant.
    mine : Path
        The folder it shows.
    notebook : Path
        A notebook in it.

    Returns
    -------
    command : list of str
    environment : dict of str to str
    """
    inside = notebook.relative_to(mine).as_posix()
    command = [python, "-m", "jupyterlab", f"--ServerApp.root_dir={mine.resolve()}"]
    command.append(f"--LabApp.default_url=/lab/tree/{inside}")
    # nbgrader's tools call commands that stand beside this Python.
    first = {"PATH": str(Path(python).parent), "JUPYTER_CONFIG_PATH": str(SETTINGS)}
    before = {name: os.environ.get(name, "") for name in first}
    joined = {name: os.pathsep.join(filter(None, [first[name], before[name]])) for name in first}
    if not os.access(Path.home(), os.W_OK):
        joined["HOME"] = str(mine.resolve() / ".home")
        Path(joined["HOME"]).mkdir(exist_ok=True)
    return command, {**os.environ, **joined}


def _known(name: str, notebooks: list[Path]) -> Path:
    for notebook in notebooks:
        if notebook.stem == name:
            return notebook
    there = ", ".join(path.stem for path in notebooks)
    raise FileNotFoundError(f"There is no lab called {name}; there are {there}.")


def _checks(notebook: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """Return what each check cell showed when it was last run; nothing if it never was."""
    return [
        cell["outputs"]
        for cell in notebook["cells"]
        if cell["cell_type"] == "code" and cell["metadata"].get("nbgrader", {}).get("grade")
    ]


def _passed(outputs: list[dict[str, Any]]) -> bool:
    return bool(outputs) and all(part["output_type"] != "error" for part in outputs)


def _progress(notebook: dict[str, Any]) -> str:
    checks = _checks(notebook)
    if not any(checks):
        return " (no check was run yet)"
    return f" ({sum(map(_passed, checks))} of {len(checks)} checks passed when last run)"


def _is_finished(path: Path) -> bool:
    try:
        return all(map(_passed, _checks(json.loads(_text(path)))))
    except (ValueError, KeyError, TypeError, AttributeError):
        return False


def _free_name(path: Path, label: str) -> Path:
    number, free = 1, path.with_stem(f"{path.stem}-{label}")
    while free.exists():
        number += 1
        free = path.with_stem(f"{path.stem}-{label}-{number}")
    return free


def _beside(target: Path, digest: str) -> Path:
    """Return where a release stands beside a copy: its place if it is there already, or a free one."""
    for path in sorted(target.parent.glob(f"{target.stem}-new*.ipynb")):
        if f'"released": "{digest}"' in _text(path):
            return path
    return _free_name(target, "new")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _write(notebook: dict[str, Any], target: Path, over: bool = False) -> None:
    """Write a notebook as Jupyter does, whole or not at all."""
    half = target.with_suffix(".part")
    text = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    half.write_text(text, encoding="utf-8", newline="\n")
    # On Windows an error if one has come meanwhile.
    (half.replace if over else half.rename)(target)

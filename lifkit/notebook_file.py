"""A lab's notebook as a file: what its checks said when it was last run, and running it anew."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .judge import OUTCOMES, load_key
from .judge.keys import lab_exercises
from .judge.points import edition_note, points_in
from .scores import Row, Scores

__all__ = ["by_hand", "opened", "read", "run", "saved_scores", "scores_in"]

#: How a notebook opens its lab: the lab's name, then its edition with the points.
_OPENS = re.compile(
    r"""open_lab\(\s*["']([\w-]+)["']\s*(?:,\s*(?:edition\s*=\s*)?["']([^"']*)["'])?"""
)

#: The name of a question: its first line up to a bracket, without the signs that make it bold.
_QUESTION = re.compile(r"[#*\s]*([^(\n]{1,80}?)\s*(?:\(|[.:]?\**\n|\.\*\*|$)")


def read(path: Path) -> dict[str, Any]:
    """Read a notebook that opens a lab.

    Parameters
    ----------
    path : Path

    Returns
    -------
    dict

    Raises
    ------
    FileNotFoundError, ValueError
        In a sentence: there is no such file, it is no notebook, it holds no lab, or one that this
        lifkit does not know.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}.")
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        cells = notebook["cells"]
        for cell in cells:
            cell["source"] = "".join(cell["source"])
    except (OSError, ValueError, TypeError, LookupError):
        raise ValueError(f"{path} is not a notebook that can be read.") from None
    lab, edition = opened(notebook)
    if not lab:
        raise ValueError(f"{path} holds no lab: no cell of it calls lifkit.open_lab.")
    if not lab_exercises(lab):
        raise ValueError(edition_note(lab, edition))
    return dict(notebook)


def saved_scores(path: Path) -> Scores:
    """Return how a lab stood when its notebook was last run, from what the file's checks show.

    Raises
    ------
    FileNotFoundError, ValueError
        As for `read`.
    """
    return scores_in(read(path))


def scores_in(notebook: Mapping[str, Any]) -> Scores:
    """Return how a lab stands by what its notebook's check cells show.

    Parameters
    ----------
    notebook : mapping
        As from `read`.
    """
    lab, edition = opened(notebook)
    points = points_in(edition.partition(":")[2], lab_exercises(lab))
    rows = []
    for name in lab_exercises(lab):
        cell = _check_cell(notebook, name)
        shown = _shown(cell, name)
        rows.append(
            Row(
                name=f"{load_key(name).exercise.number} {name}",
                most=_marks(cell).get("points", points.get(name)),
                **shown,
            )
        )
    note = edition_note(lab, edition)
    return Scores(lab=lab, rows=(*rows, *by_hand(notebook)), note=note)


def by_hand(notebook: Mapping[str, Any]) -> list[Row]:
    """Return the questions of a notebook that are marked by hand."""
    rows = []
    for cell in notebook["cells"]:
        marks = _marks(cell)
        if marks.get("grade") and marks.get("solution"):
            found = _QUESTION.match(cell["source"])
            name = found[1] if found else str(marks.get("grade_id"))
            rows.append(
                Row(name=name, status="marked by hand", most=marks.get("points"), by_hand=True)
            )
    return rows


def run(path: Path, watch: Callable[[int, int], None] = lambda done, count: None) -> Scores:
    """Run a copy of a notebook in a kernel of this Python, in the notebook's folder.

    The file itself stays as it is.

    Parameters
    ----------
    path : Path
    watch : callable
        Told before each cell how many were run, and how many there are.

    Returns
    -------
    Scores

    Raises
    ------
    FileNotFoundError, ValueError
        As for `read`.
    """
    given = read(path)
    import nbformat
    from jupyter_client import AsyncKernelManager
    from jupyter_client.kernelspec import KernelSpec
    from nbclient import NotebookClient
    from nbclient.exceptions import DeadKernelError

    notebook = nbformat.reads(json.dumps(given), as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []

    class OwnKernel(AsyncKernelManager):
        """The Python that this command runs in, whatever kernels there are beside it."""

        @property
        def kernel_spec(self) -> KernelSpec:
            argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
            return KernelSpec(argv=argv, language="python", display_name="Python 3")

    client = NotebookClient(
        notebook,
        kernel_manager_class=OwnKernel,
        timeout=None,
        allow_errors=True,
        resources={"metadata": {"path": str(Path(path).resolve().parent)}},
    )
    # Cell by cell: an interrupt then reaches whoever called, and the kernel is ended on the way.
    with client.setup_kernel(stderr=subprocess.DEVNULL):  # it has views on its own wires
        for place, cell in enumerate(notebook.cells):
            watch(place, len(notebook.cells))
            if cell.cell_type != "code":
                continue
            try:
                client.execute_cell(cell, place)
            except DeadKernelError:
                note = f"The notebook's Python ended in cell {place + 1}; nothing below it was run."
                return dataclasses.replace(scores_in(notebook), note=note)
    return scores_in(notebook)


# The parts of a notebook --------------------------------------------------------------------------


def opened(notebook: Mapping[str, Any]) -> tuple[str, str]:
    """Return the lab that a notebook opens, and its edition."""
    sources = (cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "code")
    found = next(filter(None, map(_OPENS.search, sources)), None)
    return (found[1], found[2] or "") if found else ("", "")


def _marks(cell: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Return what nbgrader knows of a cell."""
    found: Mapping[str, Any] = (cell or {}).get("metadata", {}).get("nbgrader", {})
    return found


def _check_cell(notebook: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    """Find an exercise's check: by its mark, or where an editor has lost those by its text."""
    call = re.compile(rf"(?:\w+\.)?check\(\s*{name}\s*\)\s*")
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    named = [cell for cell in cells if _marks(cell).get("grade_id") == f"{name}_check"]
    alike = [cell for cell in cells if call.fullmatch(cell["source"])]
    return next(iter(named + alike), None)


def _shown(cell: Mapping[str, Any] | None, name: str) -> dict[str, Any]:
    """Return what a check cell shows, as the parts of a row."""
    if cell is None:
        return {"status": "its check cell is missing"}
    outputs = cell.get("outputs", [])
    for error in outputs:
        if error.get("ename", "CheckFailed") != "CheckFailed":
            said = f"its check stops with {error['ename']}: {error.get('evalue', '')}"
            return {"status": said[:200], "outcome": "error"}
    reports = [one.get("metadata", {}).get("lifkit", {}) for one in outputs]
    report = next((one for one in reversed(reports) if one.get("exercise") == name), None)
    if report is None or report.get("outcome") not in OUTCOMES:
        return {"status": "not checked yet"}
    return {key: report[key] for key in ("status", "outcome", "fraction")}

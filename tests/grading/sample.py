"""A small course to grade: one lab with two exercises, a test of nbgrader's own kind, a question."""

import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ROOT = Path(__file__).resolve().parents[2]
LAB = "lab1"

EULER = """\
def passive_euler(N_t, dt, V_init, E_m, I_ext, g_m, tau):
    V = np.zeros((N_t + 1, len(V_init)))
    V[0] = V_init
    for k in range(N_t):
        V[k + 1] = V[k] + dt * (-(V[k] - E_m) + I_ext / g_m) / tau
    return V
"""
EXACT = """\
def passive_exact(t, V_init, E_m, I_ext, g_m, tau):
    V_end = E_m + I_ext / g_m
    return V_end + (V_init - V_end) * np.exp(-t[:, np.newaxis] / tau)
"""
EULER_STUB = EULER.splitlines()[0] + "\n    raise NotImplementedError()\n"
EXACT_STUB = EXACT.splitlines()[0] + "\n    raise NotImplementedError()\n"
ZEROS = EULER.splitlines()[0] + "\n    return np.zeros((N_t + 1, len(V_init)))\n"
ANSWER = "Because the step is too long."

#: What the exercises and the test of nbgrader's own kind are worth.
POINTS = {"passive_euler_check": 4.0, "passive_exact_check": 3.0, "by_hand": 2.0}
FULL = sum(POINTS.values())


def marks(name, *, grade=False, solution=False, locked=False, points=None):
    found = {
        "grade_id": name,
        "grade": grade,
        "solution": solution,
        "locked": locked,
        "task": False,
        "schema_version": 3,
    }
    if points is not None:
        found["points"] = points
    return {"nbgrader": found}


def source_cells():
    """Return the instructor's cells."""

    def exercise(name, code, points):
        head, *body = code.splitlines()
        source = [head, "    ### BEGIN SOLUTION", *body, "    ### END SOLUTION"]
        check = marks(f"{name}_check", grade=True, locked=True, points=points)
        return [
            new_code_cell("\n".join(source), metadata=marks(name, solution=True)),
            new_code_cell(f"check({name})", metadata={**check, "tags": ["raises-exception"]}),
        ]

    return [
        new_markdown_cell("# A small lab"),
        new_code_cell(
            "import numpy as np\nimport matplotlib.pyplot as plt\nfrom lifkit import check",
            metadata=marks("setup", locked=True),
        ),
        *exercise("passive_euler", EULER, 4),
        *exercise("passive_exact", EXACT, 3),
        new_code_cell(
            "got = passive_euler(2, 1.0, np.array([0.0]), 0.0, np.array([1.0]), 1.0, np.array([2.0]))\n"
            "assert np.allclose(got[:, 0], [0.0, 0.5, 0.75])\n"
            "### BEGIN HIDDEN TESTS\nassert got.shape == (3, 1)  # nobody needs to see this\n"
            "### END HIDDEN TESTS",
            metadata=marks("by_hand", grade=True, locked=True, points=2),
        ),
        new_markdown_cell(
            "Why does it oscillate?\n\n### BEGIN SOLUTION\nLong steps.\n### END SOLUTION",
            metadata=marks("think_why", grade=True, solution=True, points=2),
        ),
    ]


def make_course(folder, labs=(LAB,)):
    """Make a course with the real references and configuration, and the small lab in it."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    shutil.copytree(
        ROOT / "solutions" / "reference",
        folder / "solutions" / "reference",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    (folder / "grading_seed").write_text("20240607\n")
    for lab in labs:
        source = folder / "solutions" / "labs" / lab / f"{lab}.ipynb"
        source.parent.mkdir(parents=True)
        cells = source_cells()
        for number, cell in enumerate(cells):
            cell.id = f"source-{number}"
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), source)
    return folder


def released(course, lab=LAB):
    """Return the notebook as students get it."""
    return nbformat.read(course / "notebooks" / lab / f"{lab}.ipynb", as_version=4)


def cell_of(notebook, name):
    """Return the cell with a grade_id."""
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)


def hand_in(
    course, student, change=None, *, lab=LAB, euler=EULER, exact=EXACT, before="", after=""
):
    """Hand in the released notebook with answers in it.

    ``change`` may edit the notebook; ``before`` and ``after`` are the sources of cells put below the
    setup and at the end.
    """
    notebook = released(course, lab)
    cell_of(notebook, "passive_euler").source = euler
    cell_of(notebook, "passive_exact").source = exact
    if before:
        place = notebook.cells.index(cell_of(notebook, "setup")) + 1
        notebook.cells.insert(place, new_code_cell(before, id="before"))
    if after:
        notebook.cells.append(new_code_cell(after, id="after"))
    if change is not None:
        change(notebook)
    folder = course / "submitted" / student / lab
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{lab}.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


def verdict(course, student, lab=LAB):
    """Return a verdict file's data."""
    return json.loads((course / "verdicts" / lab / f"{student}.json").read_text(encoding="utf-8"))


def outcomes(course, student, lab=LAB):
    """Return exercise to outcome."""
    found = verdict(course, student, lab)["exercises"]
    return {name: item["outcome"] for name, item in found.items()}


def gradebook_scores(course, student, lab=LAB):
    """Return grade cell to automatic score, as nbgrader's gradebook holds it."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        grades = gradebook.find_submission_notebook(lab, lab, student).grades
        return {grade.name: grade.auto_score for grade in grades}


def total(course, student, lab=LAB):
    """Return the sum of the automatic scores, think questions left out."""
    scores = gradebook_scores(course, student, lab)
    return sum(scores[name] or 0.0 for name in POINTS)


# Commands -----------------------------------------------------------------------------------------

LIFKIT = """
import sys
from lifkit.cli import main
if __name__ == "__main__":
    sys.exit(main())
"""


def command(course, *words):
    """Return the words and options of `subprocess.run` for a command in the course's folder."""
    script = course / ".lifkit_command.py"
    if words[0] == "lifkit":
        script.write_text(LIFKIT)
        words = (sys.executable, str(script), *words[1:])
    elif words[0] == "nbgrader":
        words = (sys.executable, "-m", "nbgrader", *words[1:])
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    variables = {**os.environ, "PATH": path, "PYTHONWARNINGS": "ignore"}
    variables.pop("PYTHONPATH", None)
    return {"args": list(map(str, words)), "cwd": course, "env": variables}


def call(course, *words, status=0):
    """Run a command in the course's folder, in a child of a warm process, and return what it said."""
    options = command(course, *words)
    with tempfile.NamedTemporaryFile("r", errors="replace") as file:
        asked = {**options, "cwd": str(course), "said": file.name}
        warm = _warm()
        warm.stdin.write(json.dumps(asked) + "\n")
        warm.stdin.flush()
        done = int(warm.stdout.readline())
        said = file.read()
    assert done == status, f"{words}: {done}\n{said}"
    return said


@functools.cache
def _warm():
    """Start the process whose children run commands; it ends when its standard input does."""
    options = command(ROOT, sys.executable, "-P", Path(__file__).with_name("warm.py"))
    return subprocess.Popen(**options, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def open_course(folder, labs=(LAB,)):
    """Make a course with its labs in the gradebook and released."""
    return shutil.copytree(_opened(labs).name, folder)


@functools.cache
def _opened(labs):
    """Release the labs, once for all courses: nbgrader takes some seconds for it."""
    place = tempfile.TemporaryDirectory()
    make_course(Path(place.name), labs)
    for lab in labs:
        call(Path(place.name), "nbgrader", "generate_assignment", lab)
    return place


def wait_for(condition, seconds=600):
    """Wait until a condition holds; fail when it does not, also on a busy machine."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.05)

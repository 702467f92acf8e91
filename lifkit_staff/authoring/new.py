"""Start a new exercise or a new lab: what has to be filled in, in its places.

What is written runs at once (a function that doubles its numbers), so that
``make test-exercise X=NAME`` says from the first minute what is still missing.
"""

from __future__ import annotations

import json
import keyword
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

__all__ = ["new_exercise", "new_lab"]

_MODULE = '''\
"""Exercise {number}, ``{name}``: say in a few words what it is about."""

import numpy as np

from lifkit.judge import Output
from lifkit_staff.exercise import case, exercise, holds

RESULT = Output(
    name="result",
    unit="",
    rtol=1e-9,
    why="",  # where the tolerance comes from
    axes=("neuron",),
    shape="(n,)",
)

HINTS = (
    # the idea; the equation or a picture; a skeleton with gaps: never a line of the solution
)


@holds(weight=2)
def numbers(rng):
    """each number comes out doubled"""
    return case("five numbers", values=rng.uniform(1, 9, 5))


def certify(case):
    """Raise ValueError if correct solvers could disagree on a case; say here why they can't."""


def in_another_style(values):
    """Solve in another style."""
    return np.add(values, values)


REFERENCE = exercise(
    "{lab}",
    "{name}",
    returns=[RESULT],
    hints=HINTS,
    certify=certify,
    styles=[in_another_style],
)
'''

_TABLE = """\
source = ""
example = "{name}(np.array([1.0, 2.0])) -> [2.0, 4.0]"

["halved"]
edit = ["2 * values", "values / 2"]
is   = "The numbers are halved where they should be doubled."
mend = "Twice as much is more."
"""

_PROMPT = """\
## Exercise {number}: a title (0 points)

Say what is asked, so that it can be followed without the lecture: the quantity, its unit, the equation.

Stuck? `check({name}, hint=1)` shows the first of three hints."""

_CELL = '''\
def {name}(values):
    """Say in one line, as a command, what it does.

    Parameters
    ----------
    values : (n,) array
        What they are, with their unit.

    Returns
    -------
    result : (n,) array
        What it is, with its unit.
    """
    ### BEGIN SOLUTION
    return 2 * values
    ### END SOLUTION'''

_STYLES = """

{line}


@style("{name}", "a loop, appending")
def _(values):
    doubled = []
    for value in values:
        doubled.append(2 * value)
    return doubled


@style("{name}", "a list comprehension")
def _(values):
    return [value + value for value in values]


@style("{name}", "divided by a half")
def _(values):
    return values / 0.5
"""


def new_exercise(root: Path, lab: str, name: str, after: str = "") -> list[Path]:
    """Write the module, the table and the cells of a new exercise.

    Parameters
    ----------
    root : Path
        The course root.
    lab : str
        Its folder, e.g. ``"lab2"``.
    name : str
        The function that students will write.
    after : str
        The exercise that its cells stand after; the lab's last one unless given.

    Returns
    -------
    list of Path
        What was written or changed.

    Raises
    ------
    ValueError
        If the name is none, or is taken, or there is no such lab, or no such exercise before it;
        nothing is written then.
    """
    if not name.isidentifier() or keyword.iskeyword(name):
        raise ValueError(f"{name!r} can't be the name of a function: letters, digits and _ only.")
    notebook = root / "solutions" / "labs" / lab / f"{lab}.ipynb"
    if not notebook.is_file():
        known = ", ".join(sorted(path.stem for path in (root / "solutions/labs").glob("*/*.ipynb")))
        raise ValueError(
            f"There is no lab {lab!r}; there are {known}. `lifkit new lab` starts one."
        )
    folder = root / "solutions" / "reference" / lab / "exercises"
    taken = list((root / "solutions" / "reference").glob(f"lab*/exercises/{name}.py"))
    if taken:
        raise ValueError(f"There is an exercise {name} already: {taken[0].relative_to(root)}.")
    tree = json.loads(notebook.read_text(encoding="utf-8"))
    if name in map(_grade_id, tree["cells"]):
        raise ValueError(f"There is a cell {name} already in {notebook.relative_to(root)}.")
    number = _next_number(tree["cells"], lab)
    line = f"# --- {number} {name} ".ljust(100, "-")
    words = {"name": name, "lab": lab, "number": number, "line": line}
    cells = [
        _cell("markdown", f"prompt-{_dashed(name)}", _PROMPT.format(**words)),
        _cell("code", _dashed(name), _CELL.format(**words), _graded(name, solution=True)),
        _cell(
            "code",
            f"{_dashed(name)}-check",
            f"check({name})",
            _graded(f"{name}_check", points=0) | {"tags": ["raises-exception"]},
        ),
    ]
    place = _place(tree["cells"], lab, after)
    tree["cells"][place:place] = cells
    folder.mkdir(parents=True, exist_ok=True)
    module, table = folder / f"{name}.py", folder / f"{name}.toml"
    module.write_text(_MODULE.format(**words), encoding="utf-8")
    table.write_text(_TABLE.format(**words), encoding="utf-8")
    _write(notebook, tree)
    written = [module, table, notebook]
    styles = root / "tests" / "styles" / f"{lab}.py"
    if styles.is_file():  # the project's own; a course may have no tests
        with styles.open("a", encoding="utf-8") as file:
            file.write(_STYLES.format(**words))
        written.append(styles)
    return written


def new_lab(root: Path, lab: str, title: str) -> list[Path]:
    """Start a lab: its notebook with title, setup and an end, and its place among the references.

    Parameters
    ----------
    root : Path
        The course root.
    lab : str
        Its folder: ``"lab"`` and a number.
    title : str
        What it is about.

    Returns
    -------
    list of Path

    Raises
    ------
    ValueError
        If the name is no lab's, or is taken.
    """
    match = re.fullmatch(r"lab(\d+)", lab)
    if match is None:
        raise ValueError(f"{lab!r}: a lab is called lab and a number, such as lab9.")
    notebook = root / "solutions" / "labs" / lab / f"{lab}.ipynb"
    package = root / "solutions" / "reference" / lab
    for path in (notebook.parent, package):
        if path.exists():
            raise ValueError(f"{path.relative_to(root)} is there already.")
    says = f"Lab {match[1]}: {title}"
    setup = "import numpy as np\n\nimport lifkit\nfrom lifkit import check, plotting\n\n"
    setup += f'plotting.use_theme()\nlifkit.open_lab("{lab}")'
    cells = [
        _cell("markdown", "title", f"# {says}\n\n*Ask the question that it answers.*"),
        _cell("code", "setup", setup, _graded("setup", locked=True)),
        _cell("markdown", "summary", "## Summary\n\nWhat you can do now."),
        _cell("markdown", "reading", "## Further reading\n\nAuthor, year, chapter or equation."),
    ]
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    notebook.parent.mkdir(parents=True)
    _write(notebook, {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})
    (package / "exercises").mkdir(parents=True)
    made = {
        package / "__init__.py": (
            f'"""{says}."""\n\nfrom lifkit_staff.exercise import lab, solution\n\n'
            "REFERENCES = lab(__name__)\n\n\n"
            "def __getattr__(name):\n    return solution(__name__, REFERENCES, name)\n"
        ),
        package / "exercises" / "__init__.py": (
            f'"""The exercises of Lab {match[1]}, a module and a table of mistakes each."""\n'
        ),
    }
    if (root / "tests" / "styles").is_dir():
        made[root / "tests" / "styles" / f"{lab}.py"] = (
            f'"""Right answers to the exercises of Lab {match[1]} in the styles that students write."""\n\n'
            "from tests.styles.table import new_styles\n\nSTYLES, style = new_styles()\n"
        )
    for path, text in made.items():
        path.write_text(text, encoding="utf-8")
    return [notebook, *made]


def _next_number(cells: Sequence[Any], lab: str) -> str:
    """Return the number after the last exercise's."""
    chapter = lab.removeprefix("lab")
    texts = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    used = re.findall(rf"^#+\s.*\b{chapter}\.(\d+)\b.*:", texts, re.MULTILINE)
    return f"{chapter}.{max(map(int, used), default=0) + 1}"


def _place(cells: Sequence[Any], lab: str, after: str) -> int:
    """Return the place behind an exercise's check cell, or the last one's, or the setup cell."""
    places = {_grade_id(cell): k + 1 for k, cell in enumerate(cells) if _grade_id(cell)}
    checks = {name: k for name, k in places.items() if name.endswith("_check")}
    if after and f"{after}_check" not in checks:
        known = ", ".join(name.removesuffix("_check") for name in checks) or "none"
        raise ValueError(f"There is no exercise {after!r} in {lab}; there are: {known}.")
    if after:
        return checks[f"{after}_check"]
    return max(checks.values(), default=places.get("setup", len(cells)))


def _grade_id(cell: Any) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def _dashed(name: str) -> str:
    return name.replace("_", "-")[:64]


def _graded(
    grade_id: str, *, solution: bool = False, points: int | None = None, locked: bool = False
) -> dict[str, Any]:
    known: dict[str, Any] = {"grade": points is not None, "grade_id": grade_id}
    known["locked"] = locked or points is not None
    if points is not None:
        known["points"] = points
    return {"nbgrader": {**known, "schema_version": 3, "solution": solution, "task": False}}


def _cell(kind: str, identity: str, source: str, metadata: Any = None) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind}
    if kind == "code":
        cell["execution_count"] = None
    cell |= {"id": identity, "metadata": metadata or {}}
    if kind == "code":
        cell["outputs"] = []
    return cell | {"source": source.splitlines(keepends=True)}


def _write(path: Path, tree: Any) -> None:
    """Write a notebook as Jupyter does, whole or not at all."""
    half = path.with_suffix(".part")
    half.write_text(json.dumps(tree, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    half.replace(path)

"""Every public check in a browser's Python, without a browser: right answers are right there too."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from lifkit_staff.authoring import write_handout
from lifkit_staff.authoring.notebooks import labs_of
from lifkit_staff.exercise.cells import read_lab
from tests.reach.answers import for_old_scipy
from tests.reach.conftest import ROOT

pytestmark = pytest.mark.reach

#: The imports of a notebook that its exercises need.
COMPUTES = re.compile(r"(import|from) (numpy|scipy|math)\b")


def test_all_public_checks_pass_in_pyodide(pyodide, node, tmp_path):
    wheel, _ = write_handout(ROOT, tmp_path)
    course = {}
    for lab in labs_of(ROOT):
        notebook = read_lab(ROOT / "solutions" / "labs" / lab / f"{lab}.ipynb")
        computing = [line for line in notebook.imports.values() if COMPUTES.match(line)]
        setup = "\n".join([*computing, *map(for_old_scipy, notebook.copied)])
        cells = {name: for_old_scipy(cell.source) for name, cell in notebook.cells.items()}
        course[lab] = setup, cells
    data = tmp_path / "course.json"
    data.write_text(json.dumps(course), encoding="utf-8")
    here = Path(__file__).parent
    command = [node, here / "check_all.mjs", pyodide, wheel, here / "check_all.py", data]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert set(found) == {name for _, cells in course.values() for name in cells}
    wrong = {name: said for name, said in found.items() if said[0] != "correct"}
    assert wrong == {}

"""Every public check in a browser's Python, without a browser: what is said there is what is said here."""

import json
import subprocess
from pathlib import Path

import pytest

from lifkit_staff.authoring import write_handout
from tests.exercise_contract import WRITTEN
from tests.reach.answers import for_old_scipy
from tests.reach.check_all import check_all
from tests.reach.conftest import ROOT

pytestmark = pytest.mark.reach

#: Usual mistakes of each exercise that are tried, spread over its table; all 2768 take six minutes.
TRIED = 8

#: An older SciPy integrates wrong functions otherwise: three of its mistakes are named otherwise there.
OTHERWISE = "siegert_rate"


def answers(written):
    """Return the solved cell and some usual mistakes, each as texts to run one after the other."""
    wrong = {mistake.id: one.texts for mistake, one in written.variants.items() if not one.globals}
    step = -(-len(wrong) // TRIED) or 1
    some = {} if written.name == OTHERWISE else dict(list(wrong.items())[::step])
    return {"right": written.around(written.cell.source), **some}


def test_all_public_checks_say_there_what_they_say_here(pyodide, node, tmp_path):
    wheel, _ = write_handout(ROOT, tmp_path)
    course = {
        written.exercise.name: {
            label: [for_old_scipy(text) for text in texts]
            for label, texts in answers(written).items()
        }
        for written in WRITTEN
    }
    data = tmp_path / "course.json"
    data.write_text(json.dumps(course), encoding="utf-8")
    here = Path(__file__).parent
    command = [node, here / "check_all.mjs", pyodide, wheel, here / "check_all.py", data]
    done = subprocess.run(command, capture_output=True, text=True, timeout=1200)
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert {name: said["right"][0] for name, said in found.items()} == dict.fromkeys(
        course, "correct"
    )
    assert found == json.loads(check_all(data.read_text(encoding="utf-8")))

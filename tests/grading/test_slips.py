"""A page says where the slip is: looked for in the box, believed as a line and a kind, worth no mark."""

import json

import nbformat
import pytest

from lifkit.judge.keys import pack
from lifkit_staff.grading.job import Job, grade
from lifkit_staff.grading.kernel.slips import _read, slips_in
from lifkit_staff.grading.settings import Settings

from .sample import EULER, ROOT
from .test_asked import POINTS, lab

pytestmark = [pytest.mark.sandbox, pytest.mark.usefixtures("sandbox")]

SLIP = EULER.replace("/ tau", "/ tau / 2")


def verdict(euler, *, before=(), feedback=True):
    job = Job(
        student="ada",
        lab="lab1",
        notebook=nbformat.writes(lab(euler=euler, before=before)),
        files={},
        points=POINTS,
        settings=Settings(seed=7, figures=False, sandbox="bwrap", feedback=feedback),
        root=str(ROOT),
    )
    done = grade(job)
    return json.loads(done.verdicts)["passive_euler"], nbformat.reads(done.notebook, 4)


def test_the_page_shows_the_line_where_the_slip_is():
    assert SLIP != EULER
    found, notebook = verdict(SLIP)
    line = next(k for k, text in enumerate(SLIP.splitlines(), start=1) if "/ 2" in text)
    assert not found["mistakes"] and [place for place, _ in found["slips"]] == [line]
    page = json.dumps(notebook)
    assert f"Look at line {line}" in page


def test_the_mark_does_not_depend_on_the_search():
    for euler in (SLIP, SLIP.replace("def passive", "import os\ndef passive")):
        with_pages, without = verdict(euler)[0], verdict(euler, feedback=False)[0]
        assert without.pop("slips") == []
        with_pages.pop("slips")
        assert with_pages == without


LIES = {
    "no list": {"slips": "line 7"},
    "text for a line": {"slips": [["7", "name", "passive_euler"]]},
    "a kind of its own": {"slips": [[7, "<script>", "passive_euler"]]},
    "a name that is none": {"slips": [[7, "name", "<b>"]]},
    "nothing": {},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_lies_are_not_told(lie):
    assert _read(json.loads(json.dumps(lie))) == () and pack(lie)


def test_a_line_beyond_the_function_is_not_told():
    for line in (0, -1, 10_000):
        assert slips_in(SLIP, ((line, "name", "passive_euler"),)) == ()
    assert slips_in(SLIP, ((2, "name", "other"),)) == ()
    assert slips_in("def f(:", ((1, "name", "f"),)) == ()


def test_who_answers_in_its_place_says_nothing_else():
    forged = (
        "import lifkit.judge.respond as respond\n"
        "def look(space, name, seconds, path, room):\n"
        "    open(path, 'wb').write(b'PK' * 4000)\n"
        "respond.look = look"
    )
    found, _ = verdict(SLIP, before=[forged])
    assert found["slips"] == [] and found["outcome"] in ("wrong", "partial")

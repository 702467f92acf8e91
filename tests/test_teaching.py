"""The page that plans a term says what the labs say."""

import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8")
ROW = r"^\| (\d) [^|]*\| (\d+) \+ (\d+) \| (\d+) \+ (\d+) \| ([\d, ]*)\|$"
ROWS = {row[0]: row[1:] for row in re.findall(ROW, PAGE, re.MULTILINE)}
NEEDS = {lab: set(re.findall(r"\d", row[-1])) for lab, row in ROWS.items()}
PLANS = re.findall(r"^\| (\d+) \| ([\d, ]+) \|", PAGE, re.MULTILINE)
LABS = sorted((ROOT / "solutions" / "labs").glob("lab*/lab*.ipynb"))


def test_every_lab_is_planned():
    assert sorted(ROWS) == sorted(path.stem.removeprefix("lab") for path in LABS)
    assert PLANS


@pytest.mark.parametrize("path", LABS, ids=lambda path: path.stem)
def test_minutes_points_and_needs_are_the_lab_s(path):
    cells = nbformat.read(path, as_version=4).cells
    first, second, code, questions, _ = ROWS[path.stem.removeprefix("lab")]
    said = re.search(r"of about (\d+) and (\d+) minutes", cells[0].source)
    assert said.groups() == (first, second)
    graded = [cell for cell in cells if cell.metadata.get("nbgrader", {}).get("grade")]
    checked = [c for c in graded if not c.metadata.nbgrader.solution]
    points = [sum(c.metadata.nbgrader.points for c in some) for some in (graded, checked)]
    assert (points[1], points[0] - points[1]) == (int(code), int(questions))
    names = [cell.metadata.get("nbgrader", {}).get("grade_id", "") for cell in cells]
    copied = {name.removeprefix("from_lab") for name in names if name.startswith("from_lab")}
    assert copied <= everything_before(path.stem.removeprefix("lab"))


def everything_before(lab):
    return NEEDS[lab].union(*(everything_before(other) for other in NEEDS[lab]))


@pytest.mark.parametrize(("weeks", "labs"), PLANS)
def test_in_each_plan_comes_first_what_is_needed(weeks, labs):
    order = labs.split(", ")
    assert len(order) * 2 == int(weeks)
    for place, lab in enumerate(order):
        assert NEEDS[lab] <= set(order[:place])

"""`lifkit report` and the class table, from verdicts made by hand."""

import csv
import io

import pytest

from lifkit.judge.outcomes import OUTCOMES
from lifkit_staff.grading import report
from lifkit_staff.grading.totals import Total


def record(student, outcome):
    item = {"outcome": outcome, "mistakes": [], "diagnosis": [], "symptoms": []}
    numbers = {"score": 0.0, "max_score": 2.0}
    return {
        "student": student,
        "lab": "lab9",
        "exercises": {"lif": item | numbers},
        "notes": [],
        "sandbox": "on",
    }


@pytest.fixture
def records():
    """One student for each outcome."""
    return [record(f"s{number}", outcome) for number, outcome in enumerate(OUTCOMES)]


def test_the_overview_keeps_every_outcome_apart(records):
    one_in_nine = ", ".join(f"11% {outcome}" for outcome in OUTCOMES)
    assert report.overview(records).splitlines()[2] == f"lif: {one_in_nine}"
    assert report.overview(records[:1]).splitlines()[2] == "lif: 100% correct"


def test_the_figure_has_a_colour_for_each_outcome_that_there_is(records):
    figure = report.draw([*records[::-1]])
    assert [text.get_text() for text in figure.legends[0].texts] == list(OUTCOMES)
    colours = {patch.get_facecolor() for patch in figure.axes[0].patches}
    assert len(colours) == len(figure.axes[0].patches) == len(OUTCOMES)
    few = report.draw(records[2:4])
    assert [text.get_text() for text in few.legends[0].texts] == ["wrong", "not started"]


def test_the_table_says_what_is_still_to_be_marked(records):
    marked = {"s0": Total(to_mark=("think_b", "think_a")), "s1": Total(to_mark=("think_b",))}
    said = report.class_table(records, marked)
    assert "Still to be marked by hand: think_a (1), think_b (2); 3 in all." in said


def test_the_rows_are_those_of_the_verdicts(records):
    file = io.StringIO()
    report.write_csv(records, {}, file, full=True)
    assert [row["outcome"] for row in csv.DictReader(io.StringIO(file.getvalue()))] == [*OUTCOMES]

"""Scores, pages and reports follow what they depend on: marks, due dates, overrides, the lab's cells."""

import csv
import io
import json
import os
import re
import shutil
import sys

import pytest
from nbgrader.api import Gradebook

from .sample import (
    ANSWER,
    LAB,
    ZEROS,
    call,
    cell_of,
    hand_in,
    open_course,
    outcomes,
)

pytestmark = [pytest.mark.sandbox, pytest.mark.slow]


#: What a browser calls what is downloaded again.
SECOND = f"{LAB} (1).ipynb"


def answered(text):
    return lambda notebook: cell_of(notebook, "think_why").update(source=text)


def grade(course, *words):
    return call(course, "lifkit", "grade", LAB, "--jobs", "1", "--no-figures", *words)


def write_pages(course):
    return call(course, "lifkit", "feedback", LAB)


def page(course, student):
    return (course / "feedback" / student / LAB / f"{LAB}.html").read_text("utf-8")


def gradebook(course):
    return Gradebook(f"sqlite:///{course}/gradebook.db")


def row(said, student):
    return next(line.split() for line in said.splitlines() if line.startswith(student))


def rows(said):
    return list(csv.DictReader(io.StringIO(said)))


#: Is stopped when ada's and bea's submissions are mended and neither has its verdicts.
INTERRUPTED = """
import contextlib
from concurrent.futures import Future
from pathlib import Path
from lifkit_staff.grading import classroom, job
from lifkit_staff.grading.settings import Settings
class Pool:
    def submit(self, work_to_do, *arguments):
        future = Future()
        if work_to_do is not job.grade:
            future.set_result(None)
        elif arguments[0].student == "bea":
            raise KeyboardInterrupt
        return future
with contextlib.suppress(KeyboardInterrupt):
    classroom.grade_class(
        Path.cwd(), "lab1", Settings(students=("ada", "bea"), force=True, feedback=False),
        executor=lambda jobs: contextlib.nullcontext(Pool()),
    )
"""


def mark(course, student, name, points, comment=None):
    with gradebook(course) as book:
        found = book.find_grade(name, LAB, LAB, student)
        found.manual_score, found.needs_manual_grade = points, False
        if comment:
            book.find_comment(name, LAB, LAB, student).manual_comment = comment
        book.db.commit()


def waiting(course, student):
    with gradebook(course) as book:
        grades = book.find_submission_notebook(LAB, LAB, student).grades
        return sorted(one.name for one in grades if one.needs_manual_grade)


@pytest.fixture(scope="module")
def term(sandbox, tmp_path_factory):
    """A course through a term, one step after the other; what each step said, by its name."""
    course = open_course(tmp_path_factory.mktemp("alive") / "course")
    for student, options in {"ada": {}, "bea": {"euler": ZEROS}, "cyd": {}}.items():
        hand_in(course, student, answered(ANSWER), **options)
    (course / "submitted" / "cyd" / LAB / "timestamp.txt").write_text("2026-05-02 12:00:00 UTC\n")
    thief = course / "submitted" / "thief"
    thief.mkdir()
    (thief / LAB).symlink_to("../ada/lab1", target_is_directory=True)
    (course / "submitted" / "other").symlink_to("ada", target_is_directory=True)
    hand_in(course, "dan", answered(ANSWER)).rename(course / "submitted" / "dan" / LAB / SECOND)
    shutil.copy(course / "notebooks" / LAB / f"{LAB}.ipynb", course / "submitted" / "dan" / LAB)
    said = {"graded": grade(course), "first page": page(course, "ada")}

    mark(course, "ada", "think_why", 1.5, "well put")
    said |= {"marked": write_pages(course), "marked page": page(course, "ada")}
    said["again"] = write_pages(course)

    with (course / "nbgrader_config.py").open("a") as file:
        file.write("\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    with gradebook(course) as book:
        book.update_or_create_assignment(LAB, duedate="2026-05-01 12:00:00 UTC")
    said |= {"due": grade(course), "due page": page(course, "cyd")}
    with gradebook(course) as book:
        book.update_or_create_assignment(LAB, duedate="2026-05-03 12:00:00 UTC")
    said |= {"extended": grade(course), "extended page": page(course, "cyd")}

    mark(course, "bea", "passive_euler_check", 2.0)
    said |= {"overridden": write_pages(course), "overridden page": page(course, "bea")}
    said["csv"] = call(course, "lifkit", "report", LAB, "--csv", "-")
    said["full"] = call(course, "lifkit", "report", LAB, "--csv", "-", "--full")
    call(course, "nbgrader", "export", "--to", "grades.csv")

    mark(course, "bea", "think_why", 1.0)
    grade(course, "--force", "--student", "ada", "--student", "bea")
    said["forced"] = {student: waiting(course, student) for student in ("ada", "bea")}
    hand_in(course, "ada", answered("Something else."))
    hand_in(course, "bea", answered(ANSWER))
    said["changed"] = grade(course)
    said["requeued"] = {student: waiting(course, student) for student in ("ada", "bea")}

    said["changed page"] = page(course, "bea")
    sheet = "Identifier,Full name,Grade\nParticipant 1,ada,\nParticipant 2,bea,\n"
    (course / "sheet.csv").write_text(sheet)
    said["exported"] = call(course, "lifkit", "export", LAB, "--into", "sheet.csv", status=1)

    mark(course, "ada", "think_why", 1.5)
    mark(course, "bea", "passive_euler_check", 2.0)
    call(course, sys.executable, "-c", INTERRUPTED)
    said["interrupted"] = [
        (course / "verdicts" / LAB / f"{s}.json").exists() for s in ("ada", "bea")
    ]
    hand_in(course, "bea", answered("Another answer."))
    grade(course)
    said["gone on"] = {student: waiting(course, student) for student in ("ada", "bea")}
    return course, said


def test_the_table_has_one_total_and_says_what_is_to_be_marked(term):
    _, said = term
    assert row(said["graded"], "ada")[-3:] == ["9/9", "0/2", "9/11"]
    assert "Still to be marked by hand: think_why (4); 4 in all." in said["graded"]
    assert "1 question is still to be marked" in said["first page"]


def test_a_second_copy_that_was_worked_on_is_graded_and_told(term):
    course, said = term
    told = f"Nobody worked on {LAB}.ipynb: {SECOND}, which has work in it, was graded in its place."
    assert row(said["graded"], "dan")[-1] == "9/11" and f"dan: {told}" in said["graded"]
    assert told in page(course, "dan")


def test_a_failing_test_shows_nothing_of_what_is_hidden(term):
    _, said = term
    assert "AssertionError" in said["overridden page"]
    assert "nobody needs to see this" not in said["overridden page"]


def test_links_to_somebody_else_s_work_earn_nothing(term):
    course, said = term
    for student in ("thief", "other"):
        assert set(outcomes(course, student).values()) == {"missing"}
        assert row(said["graded"], student)[-1] == "0/11"
        assert f"{student}: A link to another folder was handed in" in said["graded"]
        assert "passive_euler" not in " ".join(
            path.name for path in (course / "autograded" / student).rglob("*")
        )


def test_marks_and_comments_reach_the_page_and_only_theirs(term):
    _, said = term
    assert said["marked"].startswith("1 pages written")
    assert said["again"].startswith("0 pages written")
    assert "10.5 of 11 points" in said["marked page"] and "well put" in said["marked page"]
    assert "still to be marked" not in said["marked page"]


def test_the_points_of_questions_stand_beside_those_of_exercises(term):
    _, said = term
    row = '<td>by hand</td><td class="points">{}</td>'
    assert row.format("not marked yet") in said["first page"]
    assert row.format("1.5 / 2") in said["marked page"]


def test_a_moved_due_date_counts_without_grading_again(term):
    _, said = term
    assert "6 unchanged" in said["due"] and "6 unchanged" in said["extended"]
    assert row(said["due"], "cyd")[-2:] == ["-9", "0/11"]
    assert "9 taken off for being late" in said["due page"]
    assert row(said["extended"], "cyd")[-1] == "9/11" and "late" not in said["extended"]
    assert "9 of 11 points" in said["extended page"]


def test_an_override_is_the_same_everywhere(term):
    course, said = term
    assert said["overridden"].startswith("1 pages written")
    assert re.search(r"2 / 4 \(set by hand; [\d.]+ by machine\)", said["overridden page"])
    found = {(one["student"], one["exercise"]): one for one in rows(said["csv"])}
    assert found["bea", "passive_euler"]["score"] == "2"
    export = rows((course / "grades.csv").read_text())
    assert [float(one["score"]) for one in export if one["student_id"] == "bea"] == [5.0]
    assert "5 of 11 points" in said["overridden page"]


def test_the_columns_are_those_that_were_promised(term):
    _, said = term
    seven = "student,lab,exercise,score,max_score,outcome,mistake"
    assert said["csv"].splitlines()[0] == seven
    assert said["full"].splitlines()[0] == f"{seven},symptom,slip,note"
    notes = {one["student"]: one["note"] for one in rows(said["full"])}
    assert notes["thief"].startswith("A link to another folder") and notes["ada"] == ""


def test_only_changed_answers_are_queued_again(term):
    _, said = term
    assert said["forced"] == {"ada": [], "bea": []}
    assert said["requeued"] == {"ada": ["think_why"], "bea": ["passive_euler_check"]}


def test_marks_hold_through_a_run_that_was_stopped(term):
    _, said = term
    assert said["interrupted"] == [False, False]
    assert said["gone on"] == {"ada": [], "bea": ["think_why"]}


def test_a_score_set_by_hand_before_the_answer_changed_is_listed(term):
    course, said = term
    which = "passive_euler, set by hand before the answer changed"
    assert f"Still to be marked by hand: {which} (1), think_why (3); 4 in all." in said["changed"]
    assert re.search(r"2 / 4 \(set by hand before the answer changed; 4 by", said["changed page"])
    assert f"bea ({which})" in said["exported"] and "ada (think_why)" in said["exported"]


def test_other_cells_are_refused_before_the_release_is_touched(term):
    course, _ = term
    source = course / "solutions" / "labs" / LAB / f"{LAB}.ipynb"
    released = course / "notebooks" / LAB / f"{LAB}.ipynb"
    text, before = source.read_text(), released.read_bytes()
    tree = json.loads(text)
    cell = json.loads(json.dumps(tree["cells"][2]))
    cell["id"], cell["metadata"]["nbgrader"]["grade_id"] = "new", "brand_new"
    tree["cells"].append(cell)
    source.write_text(json.dumps(tree))
    try:
        said = call(course, "nbgrader", "generate_assignment", LAB, "--force", status=1)
    finally:
        source.write_text(text)
    assert "its source has brand_new" in said and "nothing was changed" in said.replace("\n", " ")
    assert released.read_bytes() == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_can_t_be_read_is_the_submission_s_own_fault(term):
    course, _ = term
    path = hand_in(course, "eve")
    path.chmod(0)
    try:
        assert "its permissions don't allow it" in grade(course, "--student", "eve")
        assert set(outcomes(course, "eve").values()) == {"missing"}
    finally:
        path.chmod(0o644)

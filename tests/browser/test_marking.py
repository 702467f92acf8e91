"""A course of eight, graded, marked by hand in the formgrader, graded again: one total on every page."""

import csv
import io
import re
from types import SimpleNamespace

import pytest
from nbgrader.api import Gradebook

from tests.browser.conftest import opened
from tests.browser.jupyter import Server
from tests.grading.conftest import sandbox  # noqa: F401
from tests.grading.sample import (
    ANSWER,
    EULER,
    EULER_STUB,
    EXACT,
    EXACT_STUB,
    LAB,
    ZEROS,
    call,
    cell_of,
    hand_in,
    open_course,
)

expect = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed").expect

pytestmark = [pytest.mark.sandbox, pytest.mark.slow]

LATE = "2026-05-02 12:00:00 UTC"


def answered(text):
    return lambda notebook: cell_of(notebook, "think_why").update(source=text)


#: Who hands in what; whose last entry is 0 has written nothing to mark, and gets that by itself.
CLASS = {
    "ada": {"change": answered(ANSWER)},
    "bea": {"change": answered(ANSWER), "euler": ZEROS},
    "cyd": {"euler": EULER_STUB, "exact": EXACT_STUB},
    "dee": {"change": answered("No idea."), "exact": EXACT.replace("-t[", "t[")},
    "eve": {"change": answered(ANSWER)},  # under another name
    "fay": {"change": answered(ANSWER)},  # late, until the due date is moved
    "gil": {"change": answered("[" * 200_000), "euler": EULER + "\n" * 30_000},
    "hal": {},  # a broken file
}

#: Marks by hand for those who wrote an answer.
MARKS = {"ada": 1.5, "bea": 1, "dee": 0.25, "eve": 2, "fay": 2, "gil": 0}


def grade(course, *words):
    return call(course, "lifkit", "grade", LAB, "--jobs", "2", "--no-figures", *words)


def due(course, date):
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        gradebook.update_or_create_assignment(LAB, duedate=date)


class Formgrader:
    """nbgrader's formgrader as somebody uses it who marks."""

    def __init__(self, page, server):
        self.page, self.url = page, f"{server.url}/formgrader"
        # Its pages ask for MathJax; they have to be readable without.
        page.route("https://cdnjs.cloudflare.com/**", lambda route: route.abort())
        page.goto(f"{self.url}/manage_assignments?token={server.token}")

    def rows(self, where, name, score):
        """Return student to score, as a list shows them once it is there."""
        self.page.goto(f"{self.url}/{where}")
        expect(self.page.locator("tbody tr", has_text=re.compile(r"\d / \d"))).to_have_count(8)
        rows = self.page.locator("tbody tr").all()
        texts = [[row.locator(one).first.text_content() for one in (name, score)] for row in rows]
        return {student.strip(): float(points.split(" / ")[0]) for student, points in texts}

    def lists(self):
        """Return what each of its lists says of the class."""
        return {
            "marking": self.rows(f"gradebook/{LAB}/{LAB}", ".name .name-shown", ".score"),
            "submissions": self.rows(f"manage_submissions/{LAB}", ".student-id", ".score"),
            "students": self.rows("manage_students", ".id", ".score"),
        }

    def open(self, student):
        """Open a submission from the list."""
        self.page.goto(f"{self.url}/gradebook/{LAB}/{LAB}")
        link = self.page.locator(".name-shown", has_text=student)
        link.wait_for(state="attached")
        self.page.goto(self.url.removesuffix("/formgrader") + link.get_attribute("href"))
        expect(self.page.locator("#by_hand")).to_have_attribute("placeholder", re.compile(r"\d"))

    def mark(self, name, points, comment=None):
        """Type points and a comment, and wait until each is stored."""
        for place, text in ((f"#{name}", f"{points}"), (f"#{name}-comment", comment)):
            if text is not None:
                with self.page.expect_response(lambda answer: answer.request.method == "PUT"):
                    self.page.locator(place).fill(text)
                    self.page.locator(place).blur()

    def autograde(self, student):
        """Press the button."""
        self.page.goto(f"{self.url}/manage_submissions/{LAB}")
        self.page.locator("tr", has_text=student).locator(".autograde a").click()
        success = self.page.locator(".modal-dialog", has_text="Success")
        expect(success).to_be_visible(timeout=90_000)


def everywhere(course, formgrader):
    """Return what every page says a student has in all, and what is taken off for being late."""
    said = grade(course)
    table = {words[0]: words for words in map(str.split, said.splitlines()) if words}
    call(course, "nbgrader", "export", "--to", "grades.csv")
    export = list(csv.DictReader(io.StringIO((course / "grades.csv").read_text())))
    report = list(csv.DictReader(io.StringIO(call(course, "lifkit", "report", LAB, "--csv", "-"))))
    pages = {}
    for student in CLASS:
        page = (course / "feedback" / student / LAB / f"{LAB}.html").read_text("utf-8")
        pages[student] = float(re.search(r"<strong>([\d.]+) of 11 points</strong>", page)[1])
    return SimpleNamespace(
        said=said,
        table={student: float(table[student][-1].removesuffix("/11")) for student in CLASS},
        export={row["student_id"]: float(row["score"]) for row in export},
        late={row["student_id"]: float(row["late_submission_penalty"]) for row in export},
        exercises={(row["student"], row["exercise"]): float(row["score"]) for row in report},
        pages=pages,
        lists=formgrader.lists(),
    )


@pytest.fixture(scope="module")
def term(chromium, watches, sandbox, tmp_path_factory):  # noqa: F811
    """A term, one step after the other; what every page said after each, and what was seen."""
    folder = tmp_path_factory.mktemp("term")
    course = open_course(folder / "course")
    with (course / "nbgrader_config.py").open("a") as file:
        file.write("\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    for student, options in CLASS.items():
        path = hand_in(course, student, **options)
        if student in ("eve", "hal"):
            path.write_text("{") if student == "hal" else path.rename(path.with_name("Eve 1.ipynb"))
    (course / "submitted" / "fay" / LAB / "timestamp.txt").write_text(LATE)
    grade(course)
    (folder / "server").mkdir()
    server = Server(folder / "server", course)
    seen = {}
    try:
        with opened(chromium, watches) as page:
            formgrader = Formgrader(page, server)
            for student, points in MARKS.items():
                formgrader.open(student)
                seen[student] = page.locator("body").inner_text()
                formgrader.mark("think_why", points, "well put" if student == "ada" else None)
            due(course, "2026-05-01 12:00:00 UTC")
            marked = everywhere(course, formgrader)
            due(course, "2026-05-03 12:00:00 UTC")
            formgrader.open("bea")
            formgrader.mark("passive_euler_check", 2.5)
            hand_in(course, "cyd", answered(ANSWER))
            hand_in(course, "ada", answered("Something else."))
            formgrader.autograde("cyd")
            formgrader.open("cyd")
            formgrader.mark("think_why", 1.75)
            final = everywhere(course, formgrader)
            watches[-1].strangers[:] = []  # MathJax, which nbgrader's pages ask for
            watches[-1].complaints[:] = []  # ... and did not get
    finally:
        server.stop()
    return SimpleNamespace(course=course, seen=seen, marked=marked, final=final)


FULL = 9.0  # by machine


def test_marks_count_and_a_late_submission_costs_what_the_course_says(term):
    found = term.marked.table
    assert found["ada"] == FULL + 1.5 and found["eve"] == FULL + 2
    assert found["fay"] == found["cyd"] == found["hal"] == 0
    assert term.marked.late == dict.fromkeys(CLASS, 0.0) | {"fay": FULL + 2}


def test_due_date_override_and_resubmissions_count_too(term):
    before, after = term.marked.table, term.final.table
    assert after["fay"] == FULL + 2
    assert after["bea"] == before["bea"] + 2.5
    assert after["cyd"] == FULL + 1.75
    assert after["ada"] == FULL + 1.5  # until its other answer is marked
    assert "Still to be marked by hand: think_why (1); 1 in all." in term.final.said


@pytest.mark.parametrize("when", ["marked", "final"])
def test_every_page_says_the_same_total(term, when):
    found = getattr(term, when)
    assert found.pages == found.table == found.export
    # nbgrader's own lists show what its export calls the raw score: before what is late is taken off.
    raw = {student: found.table[student] + found.late[student] for student in CLASS}
    for name, points in found.lists.items():
        assert points == pytest.approx(raw, abs=0.005), name


def test_the_report_has_the_override(term):
    assert term.final.exercises["bea", "passive_euler"] == 2.5


def test_rubric_and_notes_are_seen_where_one_marks(term):
    assert "Eve 1.ipynb was graded in its place" in term.seen["eve"]
    for student in MARKS:
        assert "For whoever marks" in term.seen[student] and "Long steps." in term.seen[student]
    for student in CLASS:
        page = (term.course / "feedback" / student / LAB / f"{LAB}.html").read_text("utf-8")
        assert "Long steps." not in page


def test_a_text_that_takes_nbconvert_hours_keeps_nobody_waiting(term):
    assert "[" * 200_000 in term.seen["gil"]


def test_a_comment_reaches_the_page(term):
    page = term.course / "feedback" / "ada" / LAB / f"{LAB}.html"
    assert "well put" in page.read_text("utf-8")

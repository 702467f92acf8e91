"""A class is graded the same from every entry point, picks up where it stopped, keeps nothing stale."""

import csv
import json
import os
import signal
import subprocess
import sys

import pytest

from .sample import (
    EULER,
    EULER_STUB,
    EXACT,
    EXACT_STUB,
    FULL,
    LAB,
    POINTS,
    ZEROS,
    call,
    cell_of,
    command,
    gradebook_scores,
    hand_in,
    open_course,
    outcomes,
    total,
    verdict,
    wait_for,
)

pytestmark = [pytest.mark.sandbox, pytest.mark.slow]

CLASS = {
    "ada": {},
    "bea": {"euler": ZEROS},
    "cyd": {"euler": EULER_STUB, "exact": EXACT_STUB},
    "dee": {"exact": EXACT.replace("-t[", "t[")},
    "eve": {
        "euler": EULER.replace("V[0] = V_init", "V[0] = V_init\n    import os\n    os._exit(1)")
    },
    "fay": {"before": "import sys\nprint('a warning', file=sys.stderr)"},
    "gil": {
        "euler": EULER.replace("V = np", "V_init += 0.0\n    V_init[:] = V_init + 0\n    V = np")
    },
}


def hand_in_class(course):
    for student, options in CLASS.items():
        hand_in(course, student, **options)
    path = hand_in(course, "hal")
    path.write_text("{")


@pytest.fixture(scope="module")
def course(sandbox, tmp_path_factory):
    course = open_course(tmp_path_factory.mktemp("engine") / "course")
    hand_in_class(course)
    call(course, "lifkit", "grade", LAB, "--jobs", "2")
    return course


def test_outcomes_and_scores_are_what_they_should_be(course):
    assert outcomes(course, "ada") == {"passive_euler": "correct", "passive_exact": "correct"}
    assert outcomes(course, "cyd") == {
        "passive_euler": "not started",
        "passive_exact": "not started",
    }
    assert outcomes(course, "eve") == {"passive_euler": "crashed", "passive_exact": "correct"}
    assert outcomes(course, "hal") == {"passive_euler": "missing", "passive_exact": "missing"}
    assert total(course, "ada") == total(course, "fay") == FULL
    assert [total(course, student) for student in ("bea", "cyd", "eve", "hal")] == [
        3.0,
        0.0,
        3.0,
        0.0,
    ]


def test_partial_credit_is_kept_to_the_fraction(course):
    item = verdict(course, "dee")["exercises"]["passive_exact"]
    assert item["outcome"] in ("wrong", "partial")
    for student in (*CLASS, "hal"):
        scores = gradebook_scores(course, student)
        for name, item in verdict(course, student)["exercises"].items():
            assert scores[f"{name}_check"] == item["score"]
            assert 0 <= item["score"] <= item["max_score"] == POINTS[f"{name}_check"]


def test_the_usual_mistake_is_named(course):
    assert verdict(course, "dee")["exercises"]["passive_exact"]["mistakes"] == [
        "growing exponential"
    ]


def test_nbgrader_autograde_gives_the_same_verdicts(course):
    ours = {student: verdict(course, student) for student in (*CLASS, "hal")}
    scores = {student: gradebook_scores(course, student) for student in ours}
    call(course, "nbgrader", "autograde", LAB, "--force")
    assert {student: verdict(course, student) for student in ours} == ours
    assert {student: gradebook_scores(course, student) for student in ours} == scores


def test_the_formgrader_s_button_gives_the_same_scores(course):
    code = (
        "import sys\nfrom traitlets.config import PyFileConfigLoader\n"
        "from nbgrader.apps.api import NbGraderAPI\n"
        "config = PyFileConfigLoader('nbgrader_config.py', path='.').load_config()\n"
        "config.CourseDirectory.root = sys.argv[1]\n"
        "done = NbGraderAPI(config=config).autograde('lab1', 'dee')\n"
        "assert done['success'], done\n"
    )
    before = gradebook_scores(course, "dee"), verdict(course, "dee")
    options = command(course, "nbgrader")
    options["args"] = [options["args"][0], "-c", code, str(course)]
    done = subprocess.run(**options, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (gradebook_scores(course, "dee"), verdict(course, "dee")) == before


def test_one_worker_and_eight_write_the_same_files(course):
    files = {}
    for jobs in ("1", "8"):
        call(course, "lifkit", "grade", LAB, "--jobs", jobs, "--force", "--no-feedback")
        folder = course / "verdicts" / LAB
        files[jobs] = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert files["1"] == files["8"]


def test_a_second_run_grades_nothing_and_force_grades_all(course):
    call(course, "lifkit", "grade", LAB, "--no-feedback")
    before = changed_at(course)
    said = call(course, "lifkit", "grade", LAB, "--no-feedback")
    assert "8 unchanged" in said
    assert changed_at(course) == before
    call(course, "lifkit", "grade", LAB, "--force", "--no-feedback", "--student", "ada")
    after = changed_at(course)
    assert {student for student in before if before[student] != after[student]} == {"ada"}


def changed_at(course):
    return {
        path.stem: path.stat().st_mtime_ns for path in (course / "verdicts" / LAB).glob("*.json")
    }


def test_only_what_changed_is_graded_again(course):
    call(course, "lifkit", "grade", LAB, "--no-feedback")
    before = changed_at(course)
    hand_in(course, "bea", exact=EXACT_STUB)
    call(course, "lifkit", "grade", LAB, "--no-feedback")
    after = changed_at(course)
    assert {student for student in before if before[student] != after[student]} == {"bea"}
    assert outcomes(course, "bea")["passive_exact"] == "not started"


def test_another_seed_is_recorded_and_grades_anew(course):
    call(course, "lifkit", "grade", LAB, "--seed", "5", "--student", "dee", "--no-feedback")
    assert verdict(course, "dee")["seed"] == 5
    one = verdict(course, "dee")["exercises"]
    call(course, "lifkit", "grade", LAB, "--student", "dee", "--no-feedback")
    assert verdict(course, "dee")["seed"] == 20240607
    other = verdict(course, "dee")["exercises"]
    assert one != other
    assert one["passive_exact"]["outcome"] == other["passive_exact"]["outcome"]


@pytest.fixture(scope="module")
def stale(sandbox, tmp_path_factory):
    """Students with full marks who hand in again what is worth nothing; graded by nbgrader."""
    course = open_course(tmp_path_factory.mktemp("stale") / "course")
    students = ("crash", "corrupt", "renamed", "stripped", "no_answers")
    paths = {student: hand_in(course, student) for student in students}
    call(course, "lifkit", "grade", LAB, "--no-feedback")
    assert {total(course, student) for student in students} == {FULL}
    hand_in(course, "crash", before="import os\nos._exit(1)", euler=ZEROS, exact=EXACT_STUB)
    paths["corrupt"].write_text("[")
    paths["renamed"].rename(paths["renamed"].with_name("mine.ipynb"))
    hand_in(
        course, "stripped", lambda notebook: notebook.update(cells=[]), euler=ZEROS, exact=ZEROS
    )
    hand_in(course, "no_answers", euler="", exact="")
    call(course, "nbgrader", "autograde", LAB, "--force")
    return course


@pytest.mark.parametrize("how", ["crash", "corrupt", "renamed", "stripped", "no_answers"])
def test_no_old_score_outlives_a_new_attempt(stale, how):
    assert total(stale, how) == 0


def test_manual_scores_are_left_alone(course):
    from nbgrader.api import Gradebook

    url = f"sqlite:///{course}/gradebook.db"
    with Gradebook(url) as gradebook:
        gradebook.find_grade("think_why", LAB, LAB, "ada").manual_score = 1.5
        gradebook.db.commit()
    call(course, "lifkit", "grade", LAB, "--force", "--student", "ada", "--no-feedback")
    with Gradebook(url) as gradebook:
        assert gradebook.find_grade("think_why", LAB, LAB, "ada").manual_score == 1.5


def test_without_a_sandbox_verdicts_say_so_and_are_the_same(course):
    call(course, "lifkit", "grade", LAB, "--no-feedback", "--student", "ada", "--student", "dee")
    boxed = {student: verdict(course, student) for student in ("ada", "dee")}
    said = call(
        course,
        "lifkit",
        "grade",
        LAB,
        "--sandbox",
        "off",
        "--no-feedback",
        "--student",
        "ada",
        "--student",
        "dee",
    )
    assert "Without a sandbox" in said
    assert "2 graded without a sandbox" in said
    for student, record in boxed.items():
        free = verdict(course, student)
        assert free["sandbox"] == "off"
        assert free["exercises"] == record["exercises"]
    call(course, "lifkit", "grade", LAB, "--no-feedback", "--student", "ada", "--student", "dee")
    assert verdict(course, "ada")["sandbox"] == "bwrap"


def test_grading_refuses_to_run_where_there_is_no_bubblewrap(course):
    options = command(course, "lifkit", "grade", LAB, "--force")
    options["env"] = {**options["env"], "PATH": os.path.dirname(options["args"][0])}
    before = changed_at(course)
    done = subprocess.run(**options, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "apt-get install bubblewrap" in done.stderr
    assert changed_at(course) == before


def test_unknown_labs_and_students_are_named(course):
    for words, said in (
        (("lab9",), "no lab called 'lab9'"),
        ((LAB, "--student", "nobody"), "nobody"),
    ):
        options = command(course, "lifkit", "grade", *words)
        done = subprocess.run(**options, capture_output=True, text=True, check=False)
        assert done.returncode != 0
        assert said in done.stderr


def test_ctrl_c_leaves_a_whole_gradebook_and_the_next_run_goes_on(sandbox, tmp_path):
    course = open_course(tmp_path / "course")
    students = [f"s{number:02d}" for number in range(12)]
    for student in students:
        hand_in(course, student, before="import time; time.sleep(0.5)")
    options = command(course, "lifkit", "grade", LAB, "--jobs", "2", "--no-feedback")
    running = subprocess.Popen(
        **options, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )
    wait_for(lambda: len(changed_at(course)) >= 3)
    os.killpg(running.pid, signal.SIGINT)
    running.communicate(timeout=60)
    assert running.returncode not in (0, 1)
    done = set(changed_at(course))
    assert 3 <= len(done) < len(students)
    for student in done:
        assert total(course, student) == FULL
    before = changed_at(course)
    call(course, "lifkit", "grade", LAB, "--jobs", "2", "--no-feedback")
    after = changed_at(course)
    assert set(after) == set(students)
    assert {student for student in done if before[student] != after[student]} == set()
    assert all(total(course, student) == FULL for student in students)
    listed = subprocess.run(
        ["ps", "-eo", "args="], capture_output=True, text=True, check=True
    ).stdout
    assert str(course) not in listed


def test_a_killed_run_leaves_no_process_and_the_next_one_goes_on(sandbox, tmp_path):
    course = open_course(tmp_path / "course")
    students = [f"s{number}" for number in range(6)]
    for student in students:
        hand_in(course, student, before="import time; time.sleep(0.5)")
    options = command(course, "lifkit", "grade", LAB, "--jobs", "2", "--no-feedback")
    running = subprocess.Popen(**options, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(lambda: len(changed_at(course)) >= 2)
    mine = descendants(running.pid)
    assert len(mine) >= 5  # two workers, the warm process, boxes and kernels
    running.kill()
    running.wait()
    wait_for(lambda: not any(os.path.exists(f"/proc/{process}/exe") for process in mine))
    call(course, "lifkit", "grade", LAB, "--jobs", "2", "--no-feedback")
    assert {total(course, student) for student in students} == {FULL}


def test_a_lost_worker_costs_the_submission_that_ends_it_and_no_other(sandbox, tmp_path):
    course = open_course(tmp_path / "course")
    for student in ("ann", "bad", "bob"):
        hand_in(course, student)
    code = """
import contextlib, sys
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from lifkit_staff.grading import classroom, job
from lifkit_staff.grading.settings import Settings
class Pool:
    broken = False
    def submit(self, work_to_do, *arguments):
        if self.broken:
            raise BrokenProcessPool
        done = Future()
        if work_to_do is job.grade and arguments[0].student == "bad":
            self.broken = True
            done.set_exception(BrokenProcessPool())
        else:
            done.set_result(work_to_do(*arguments))
        return done
done = classroom.grade_class(
    Path.cwd(), "lab1", Settings(jobs=2, feedback=False),
    executor=lambda jobs: contextlib.nullcontext(Pool()),
)
sys.exit(str(done.failed) if done.failed else 0)
"""
    call(course, sys.executable, "-c", code)
    assert total(course, "ann") == total(course, "bob") == FULL
    assert set(outcomes(course, "bad").values()) == {"crashed"}
    assert total(course, "bad") == 0


def descendants(process):
    """Return the process numbers of all children, their children, and so on."""
    parents = {}
    for name in os.listdir("/proc"):
        try:
            with open(f"/proc/{name}/stat") as file:
                parents[int(name)] = int(file.read().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
    found, new = set(), {process}
    while new:
        new = {child for child, parent in parents.items() if parent in new} - found
        found |= new
    return found


def test_pages_that_are_missing_are_written_by_the_next_run(course):
    call(course, "lifkit", "grade", LAB, "--student", "ada", "--student", "bea")
    page = course / "feedback" / "ada" / LAB / f"{LAB}.html"
    other = course / "feedback" / "bea" / LAB / f"{LAB}.html"
    before = other.stat().st_mtime_ns
    page.unlink()
    call(course, "lifkit", "grade", LAB, "--student", "ada", "--student", "bea")
    assert page.exists()
    assert other.stat().st_mtime_ns == before


def test_a_submission_whose_grader_fails_is_named_and_the_others_are_graded(sandbox, tmp_path):
    course = open_course(tmp_path / "course")
    hand_in(course, "good")
    hand_in(course, "unlucky")
    (course / "autograded" / "unlucky").mkdir(parents=True)
    (course / "autograded" / "unlucky" / LAB).write_text("a file where a folder should be")
    options = command(course, "lifkit", "grade", LAB, "--no-feedback")
    done = subprocess.run(**options, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "unlucky: NOT GRADED" in done.stderr
    assert total(course, "good") == FULL


# What instructors and students see ----------------------------------------------------------------


def test_the_report_s_table_has_one_row_a_student_and_exercise(course):
    call(course, "lifkit", "grade", LAB, "--no-feedback")
    call(course, "lifkit", "report", LAB, "--csv", "out.csv")
    with (course / "out.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    columns = ["student", "lab", "exercise", "score", "max_score", "outcome", "mistake"]
    assert list(rows[0]) == columns
    assert len(rows) == 2 * len(list((course / "submitted").iterdir()))
    for row in rows:
        scores = gradebook_scores(course, row["student"])
        assert float(row["score"]) == pytest.approx(scores[f"{row['exercise']}_check"])
    dee = next(row for row in rows if (row["student"], row["exercise"]) == ("dee", "passive_exact"))
    assert dee["mistake"] == "growing exponential"


def test_the_report_names_shares_and_the_commonest_mistakes(course):
    said = call(course, "lifkit", "report", LAB)
    assert "growing exponential" in said
    assert "% correct" in said


def test_the_report_draws_a_figure(course):
    call(course, "lifkit", "report", LAB, "--figure", "class.png")
    assert (course / "class.png").read_bytes().startswith(b"\x89PNG")


def test_feedback_pages_show_the_verdict_and_no_hidden_test(course):
    call(course, "lifkit", "grade", LAB, "--force", "--student", "dee")
    page = (course / "feedback" / "dee" / LAB / f"{LAB}.html").read_text()
    assert "points from the exercises" in page
    assert page.index("exponent has the wrong sign") < page.index("lifkit-report")
    assert "around the first wrong step" in page or "got " in page
    assert "nobody needs to see this" not in page


def test_nbgrader_s_own_export_still_works(course):
    call(course, "nbgrader", "export")
    assert "ada" in (course / "grades.csv").read_text()


def test_an_answer_that_was_edited_is_the_one_that_is_graded(course):
    def paste(notebook):
        cell = cell_of(notebook, "passive_euler")
        copy = json.loads(json.dumps(cell))
        copy["source"] = ZEROS
        notebook.cells.insert(notebook.cells.index(cell), type(cell)(copy))

    hand_in(course, "paste", paste)
    call(course, "lifkit", "grade", LAB, "--no-feedback", "--student", "paste")
    assert outcomes(course, "paste")["passive_euler"] == "correct"

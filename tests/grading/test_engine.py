"""A class is graded the same from every entry point, picks up where it stopped, keeps nothing stale."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
from types import SimpleNamespace

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
    "hal": {},  # whose file is broken
}

#: They have full marks, then hand in what is worth nothing.
AGAIN = ("crash", "corrupt", "renamed", "stripped", "no_answers")


# The days of a course: each fixture does what comes next and returns what stands in the files then.


def grade(course, *words, status=0):
    """Grade, and return what was said and what stands in the verdict files and the gradebook."""
    said = call(course, "lifkit", "grade", LAB, *words, status=status)
    return record(course, said)


def record(course, said=""):
    files = {path.stem: path for path in (course / "verdicts" / LAB).glob("*.json")}
    return SimpleNamespace(
        said=said,
        files={student: path.read_bytes() for student, path in files.items()},
        changed={student: path.stat().st_mtime_ns for student, path in files.items()},
        verdicts={student: verdict(course, student) for student in files},
        scores={student: gradebook_scores(course, student) for student in files},
    )


def totals(found):
    return {
        student: sum(scores[name] or 0.0 for name in POINTS)
        for student, scores in found.scores.items()
    }


def changed_between(before, after):
    """Return the students whose verdicts were written between two records."""
    return {name for name in after.changed if before.changed.get(name) != after.changed[name]}


def of_class(found):
    """Return what was found of those who handed in once."""
    return {student: found[student] for student in CLASS}


def only(*students):
    return [word for student in students for word in ("--student", student)]


@pytest.fixture(scope="module")
def course(sandbox, tmp_path_factory):
    course = open_course(tmp_path_factory.mktemp("engine") / "course")
    for student, options in CLASS.items():
        path = hand_in(course, student, **options)
    path.write_text("{")
    for student in AGAIN:
        hand_in(course, student)
    return course


@pytest.fixture(scope="module")
def graded(course):
    """Everybody, by one worker."""
    return grade(course, "--jobs", "1", "--no-feedback")


@pytest.fixture(scope="module")
def autograded(course, graded):
    """Some hand in again; everybody, by nbgrader's own command."""
    hand_in(course, "crash", before="import os\nos._exit(1)", euler=ZEROS, exact=EXACT_STUB)
    hand_in(course, "corrupt").write_text("[")
    path = hand_in(course, "renamed", euler=ZEROS, exact=EXACT_STUB)
    path.rename(path.with_name("mine.ipynb"))
    hand_in(
        course, "stripped", lambda notebook: notebook.update(cells=[]), euler=ZEROS, exact=ZEROS
    )
    hand_in(course, "no_answers", euler="", exact="")
    call(course, "nbgrader", "autograde", LAB, "--force")
    return record(course)


@pytest.fixture(scope="module")
def by_eight(course, autograded):
    """The class, with eight jobs."""
    return grade(course, "--jobs", "8", "--force", "--no-feedback", *only(*CLASS))


@pytest.fixture(scope="module")
def unchanged(course, by_eight):
    """Nothing was handed in since."""
    return grade(course, "--no-feedback")


@pytest.fixture(scope="module")
def handed_in(course, unchanged):
    """Another one of bea's, and the first of somebody's who pasted a copy of an answer."""

    def paste(notebook):
        cell = cell_of(notebook, "passive_euler")
        copy = json.loads(json.dumps(cell))
        copy["source"] = ZEROS
        notebook.cells.insert(notebook.cells.index(cell), type(cell)(copy))

    hand_in(course, "bea", exact=EXACT_STUB)
    hand_in(course, "paste", paste)
    return grade(course, "--no-feedback")


@pytest.fixture(scope="module")
def seeded(course, handed_in):
    """One, with another seed."""
    return grade(course, "--seed", "5", "--no-feedback", *only("dee"))


@pytest.fixture(scope="module")
def unboxed(course, seeded):
    """Two, without a sandbox."""
    return grade(course, "--sandbox", "off", "--no-feedback", *only("ada", "dee"))


@pytest.fixture(scope="module")
def boxed(course, unboxed):
    """Nothing special is asked for any more."""
    return grade(course, "--no-feedback")


@pytest.fixture(scope="module")
def forced(course, boxed):
    """Two by force, one of them with a score by hand, and their pages."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        gradebook.find_grade("think_why", LAB, LAB, "ada").manual_score = 1.5
        gradebook.db.commit()
    return grade(course, "--force", *only("ada", "dee"))


@pytest.fixture(scope="module")
def pages(course, forced):
    """One of their pages is lost and written again; gives the pages' places and when both were there."""
    places = [course / "feedback" / name / LAB / f"{LAB}.html" for name in ("ada", "dee")]
    before = [place.stat().st_mtime_ns for place in places]
    places[0].unlink()
    grade(course, *only("ada", "dee"))
    return places, before


@pytest.fixture(scope="module")
def pressed(course, pages):
    """One, by the formgrader's button."""
    code = (
        "import sys\nfrom traitlets.config import PyFileConfigLoader\n"
        "from nbgrader.apps.api import NbGraderAPI\n"
        "config = PyFileConfigLoader('nbgrader_config.py', path='.').load_config()\n"
        "config.CourseDirectory.root = sys.argv[1]\n"
        "done = NbGraderAPI(config=config).autograde('lab1', 'dee')\n"
        "assert done['success'], done\n"
    )
    call(course, sys.executable, "-c", code, str(course))
    return record(course)


def test_outcomes_and_scores_are_what_they_should_be(graded):
    found = {
        student: [item["outcome"] for item in record["exercises"].values()]
        for student, record in graded.verdicts.items()
    }
    assert found["ada"] == ["correct", "correct"]
    assert found["cyd"] == ["not started", "not started"]
    assert found["eve"] == ["crashed", "correct"]
    assert found["hal"] == ["missing", "missing"]
    points = totals(graded)
    assert points["ada"] == points["fay"] == FULL
    assert [points[student] for student in ("bea", "cyd", "eve", "hal")] == [3.0, 0.0, 3.0, 0.0]
    assert {points[student] for student in AGAIN} == {FULL}


def test_partial_credit_is_kept_to_the_fraction(graded):
    item = graded.verdicts["dee"]["exercises"]["passive_exact"]
    assert item["outcome"] in ("wrong", "partial")
    for student in CLASS:
        scores = graded.scores[student]
        for name, item in graded.verdicts[student]["exercises"].items():
            assert scores[f"{name}_check"] == item["score"]
            assert 0 <= item["score"] <= item["max_score"] == POINTS[f"{name}_check"]


def test_the_usual_mistake_is_named(graded):
    assert graded.verdicts["dee"]["exercises"]["passive_exact"]["mistakes"] == [
        "growing exponential"
    ]


def test_nbgrader_autograde_gives_the_same_verdicts(graded, autograded):
    assert changed_between(graded, autograded) == {*CLASS, *AGAIN}
    assert of_class(autograded.verdicts) == of_class(graded.verdicts)
    assert of_class(autograded.scores) == of_class(graded.scores)


@pytest.mark.parametrize("how", AGAIN)
def test_no_old_score_outlives_a_new_attempt(autograded, how):
    assert totals(autograded)[how] == 0


def test_one_worker_and_eight_write_the_same_files(graded, autograded, by_eight):
    assert changed_between(autograded, by_eight) == set(CLASS)
    assert of_class(by_eight.files) == of_class(graded.files)


def test_a_second_run_grades_nothing_and_force_grades_all(by_eight, unchanged, boxed, forced):
    assert f"{len(CLASS) + len(AGAIN)} unchanged" in unchanged.said
    assert changed_between(by_eight, unchanged) == set()
    assert changed_between(boxed, forced) == {"ada", "dee"}


def test_only_what_changed_is_graded_again(unchanged, handed_in):
    assert changed_between(unchanged, handed_in) == {"bea", "paste"}
    assert handed_in.verdicts["bea"]["exercises"]["passive_exact"]["outcome"] == "not started"


def test_an_answer_that_was_edited_is_the_one_that_is_graded(handed_in):
    assert handed_in.verdicts["paste"]["exercises"]["passive_euler"]["outcome"] == "correct"


def test_another_seed_is_recorded_and_grades_anew(graded, seeded, boxed):
    one, other = (found.verdicts["dee"] for found in (seeded, boxed))
    assert (one["seed"], other["seed"]) == (5, 20240607)
    assert other["exercises"] == graded.verdicts["dee"]["exercises"]
    one, other = one["exercises"], other["exercises"]
    assert one != other
    assert one["passive_exact"]["outcome"] == other["passive_exact"]["outcome"]


def test_without_a_sandbox_verdicts_say_so_and_are_the_same(unboxed, boxed):
    assert "Without a sandbox" in unboxed.said
    assert "2 graded without a sandbox" in unboxed.said
    assert changed_between(unboxed, boxed) == {"ada", "dee"}
    for student in ("ada", "dee"):
        free, held = unboxed.verdicts[student], boxed.verdicts[student]
        assert (free["sandbox"], held["sandbox"]) == ("off", "bwrap")
        assert free["exercises"] == held["exercises"]


def test_manual_scores_are_left_alone(course, forced):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        assert gradebook.find_grade("think_why", LAB, LAB, "ada").manual_score == 1.5


def test_the_formgrader_s_button_gives_the_same_scores(forced, pressed):
    assert changed_between(forced, pressed) == {"dee"}
    assert pressed.verdicts == forced.verdicts
    assert pressed.scores == forced.scores


def test_grading_refuses_to_run_where_there_is_no_bubblewrap(course, graded):
    options = command(course, "lifkit", "grade", LAB, "--force")
    options["env"] = {**options["env"], "PATH": os.path.dirname(options["args"][0])}
    before = record(course).changed
    done = subprocess.run(**options, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "apt-get install bubblewrap" in done.stderr
    assert record(course).changed == before


def test_unknown_labs_and_students_are_named(course):
    assert "no lab called 'lab9'" in call(course, "lifkit", "grade", "lab9", status=1)
    assert "nobody" in call(course, "lifkit", "grade", LAB, *only("nobody"), status=1)


# What ends before it is done ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def slow(sandbox, tmp_path_factory):
    """A class that takes a while."""
    course = open_course(tmp_path_factory.mktemp("slow") / "course")
    for number in range(9):
        hand_in(course, f"s{number}", before="import time; time.sleep(0.5)")
    return course


def start(course):
    """Start to grade, and return when two more have their verdicts."""
    before = changed_at(course)
    running = subprocess.Popen(
        **command(course, "lifkit", "grade", LAB, "--jobs", "2", "--no-feedback"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    wait_for(lambda: len(changed_at(course)) >= len(before) + 2)
    return running


def changed_at(course):
    return {
        path.stem: path.stat().st_mtime_ns for path in (course / "verdicts" / LAB).glob("*.json")
    }


@pytest.fixture(scope="module")
def interrupted(slow):
    running = start(slow)
    os.killpg(running.pid, signal.SIGINT)
    running.communicate(timeout=600)
    assert running.returncode not in (0, 1)
    return record(slow)


@pytest.fixture(scope="module")
def killed(slow, interrupted):
    running = start(slow)
    mine = descendants(running.pid)
    running.kill()
    running.wait()
    wait_for(lambda: not any(os.path.exists(f"/proc/{process}/exe") for process in mine))
    return SimpleNamespace(**vars(record(slow)), processes=mine)


@pytest.fixture(scope="module")
def gone_on(slow, killed):
    """The next run, which can't write what comes of one more."""
    hand_in(slow, "unlucky")
    (slow / "autograded" / "unlucky").mkdir(parents=True)
    (slow / "autograded" / "unlucky" / LAB).write_text("a file where a folder should be")
    return grade(slow, "--jobs", "2", "--no-feedback", status=1)


def test_ctrl_c_leaves_a_whole_gradebook(interrupted):
    assert 2 <= len(interrupted.scores) < 9
    assert set(totals(interrupted).values()) == {FULL}


def test_a_killed_run_leaves_no_process_and_a_whole_gradebook(interrupted, killed):
    assert len(killed.processes) >= 5  # two workers, the warm process, boxes and kernels
    assert len(interrupted.scores) + 2 <= len(killed.scores) < 9
    assert set(totals(killed).values()) == {FULL}


def test_the_next_run_goes_on_where_it_was_stopped(slow, interrupted, killed, gone_on):
    assert totals(gone_on) == {f"s{number}": FULL for number in range(9)}
    for before in (interrupted, killed):
        assert before.changed.items() <= gone_on.changed.items()
    listed = subprocess.run(
        ["ps", "-eo", "args="], capture_output=True, text=True, check=True
    ).stdout
    assert str(slow) not in listed


def test_a_submission_whose_grader_fails_is_named_and_the_others_are_graded(killed, gone_on):
    assert "unlucky: NOT GRADED" in gone_on.said
    assert "unlucky" not in gone_on.files
    assert changed_between(killed, gone_on)


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


# What instructors and students see ----------------------------------------------------------------


def test_pages_that_are_missing_are_written_by_the_next_run(pages):
    (ada, dee), before = pages
    assert ada.exists()
    assert dee.stat().st_mtime_ns == before[1]


def test_feedback_pages_show_the_verdict_and_no_hidden_test(pages):
    page = pages[0][1].read_text()
    assert re.search(r"<strong>[\d.]+ of 11 points</strong>", page)
    assert page.index("exponent has the wrong sign") < page.index("lifkit-report")
    assert "around the first wrong step" in page or "got " in page
    assert "nobody needs to see this" not in page


def test_the_report_s_table_has_one_row_a_student_and_exercise(course, forced):
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


def test_the_report_names_shares_and_the_commonest_mistakes(course, forced):
    said = call(course, "lifkit", "report", LAB)
    assert "growing exponential" in said
    assert "% correct" in said


def test_the_report_draws_a_figure(course, forced):
    call(course, "lifkit", "report", LAB, "--figure", "class.png")
    assert (course / "class.png").read_bytes().startswith(b"\x89PNG")


def test_nbgrader_s_own_export_still_works(course, forced):
    call(course, "nbgrader", "export")
    assert "ada" in (course / "grades.csv").read_text()

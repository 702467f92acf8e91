"""`make demo` as a test: a class from release to feedback, in a folder of its own."""

import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from solutions.demo import students, written_by

ROOT = Path(__file__).resolve().parents[1]
LAB = "lab2"
EXERCISES = ("lif_euler", "LIFNeuron", "firing_rate", "fi_exact", "lif_refractory")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "course"
    # Pages show the same words without figures, which take half of the time.
    command = [sys.executable, "-m", "solutions.demo", folder, "--jobs", "1", "--no-figures"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (folder / "printed.txt").write_text(done.stdout)
    return folder


@pytest.fixture(scope="module")
def shares(course):
    """Per student and exercise, the share of the points."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        return {
            student: {
                name: (grade := gradebook.find_grade(f"{name}_check", LAB, LAB, student)).score
                / grade.max_score
                for name in EXERCISES
            }
            for student in students()
        }


@pytest.mark.parametrize("student", ["ada", "bela"])
def test_right_answers_in_any_style_get_full_marks(shares, student):
    assert shares[student] == dict.fromkeys(EXERCISES, 1.0)


@pytest.mark.parametrize("student", ["gita", "hugo"])
def test_an_empty_notebook_and_the_seed_get_no_marks(shares, student):
    assert shares[student] == dict.fromkeys(EXERCISES, 0.0)


@pytest.mark.parametrize("student", ["chioma", "daniel", "emi", "farid"])
def test_a_mistake_costs_its_exercise(shares, student):
    assert shares[student]["lif_euler"] < 1.0


def test_a_syntax_error_costs_only_its_own_exercise(shares):
    assert shares["farid"]["lif_euler"] == 0.0
    assert shares["farid"]["firing_rate"] == 1.0


@pytest.mark.parametrize("student", students())
def test_everyone_gets_feedback(course, student):
    page = (course / "feedback" / student / LAB / f"{LAB}.html").read_text()
    assert "lif_euler" in page


@pytest.mark.parametrize(
    ("student", "words"),
    [
        ("ada", "all correct"),
        ("ada", "figures were not drawn, and are dots here"),
        ("chioma", "not divided by the time constant"),
        ("daniel", "After a spike V goes to E_m"),
        ("emi", "asks one question about several neurons at once"),
        ("hugo", "LIF_Neuron"),
        ("hugo", "array() missing"),
        ("gita", "not started yet"),
    ],
)
def test_the_feedback_names_what_happened(course, student, words):
    page = (course / "feedback" / student / LAB / f"{LAB}.html").read_text()
    assert words in page


def test_the_class_table_is_printed_with_where_to_look(course):
    printed = (course / "printed.txt").read_text()
    assert all(student in printed for student in students())
    assert str(course / "feedback") in printed


def test_a_folder_that_is_not_the_demos_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    command = [sys.executable, "-m", "solutions.demo", tmp_path]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode != 0 and "not empty" in done.stderr
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_the_seed_is_handed_in_as_the_student_left_it():
    cells = written_by("hugo")
    assert "self.V = np.array()" in cells["LIFNeuron"]
    assert "spiking_LIF_vectorized" in cells["seed_simulation"]

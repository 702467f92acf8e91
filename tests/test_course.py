"""An instructor's own course: a part of the labs, references made by hand, its own words.

Each course is a folder of its own, with keys of its own.  ``solutions.reference`` is loaded once a
process: the first course is built in another one, as an instructor's is, and the others here, each with
that module laid aside.
"""

import contextlib
import dataclasses
import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lifkit.judge import load_key
from lifkit.judge.keys import lab_exercises
from lifkit_staff import authoring
from lifkit_staff.exercise import read_course_files
from lifkit_staff.exercise.course_files import add_behaviour
from lifkit_staff.grading import job
from lifkit_staff.grading.identity import rules
from lifkit_staff.references import load_references

ROOT = Path(__file__).resolve().parents[1]
OLD_NAMES = {
    "lifkit_staff.grading.configure": "lifkit.grading.course",
    "lifkit_staff.authoring.StampEdition": "lifkit.build.StampEdition",
}


def copied(folder, lab, names):
    """Copy the project's solutions, with one lab's notebook and the cells of some of its exercises."""
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "solutions/reference", folder / "solutions/reference", ignore=ignore)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    tree = json.loads((ROOT / f"solutions/labs/{lab}/{lab}.ipynb").read_text("utf-8"))
    kept = {"setup", *names, *(f"{name}_check" for name in names)}
    tree["cells"] = [cell for cell in tree["cells"] if grade_id(cell) in kept]
    write(folder, lab, tree)
    return folder


def grade_id(cell):
    return cell["metadata"].get("nbgrader", {}).get("grade_id", "")


def notebook(folder, lab):
    return folder / "solutions" / "labs" / lab / f"{lab}.ipynb"


def write(folder, lab, tree):
    notebook(folder, lab).parent.mkdir(parents=True, exist_ok=True)
    notebook(folder, lab).write_text(json.dumps(tree, indent=1), encoding="utf-8")


def edit(folder, lab, old, new):
    """Change a solved cell's text."""
    path = notebook(folder, lab)
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def build(folder, *labs):
    """Build a course, and return what was said, and what went wrong."""
    return run(folder, lambda: authoring.build(folder, labs, keys=folder / "keys"))


def run(folder, action):
    """Do something with a course, and return what was said, and what went wrong."""
    wrong = ""
    with a_course_of_its_own(folder), contextlib.redirect_stderr(io.StringIO()) as said:
        try:
            action()
        except ValueError as error:
            wrong = f"{type(error).__name__}: {error}"
    assert "Error" not in said.getvalue(), said.getvalue()
    return said.getvalue(), wrong


@contextlib.contextmanager
def a_course_of_its_own(folder):
    """Stand in a course's folder, as if no other course had been loaded."""

    def loaded():
        return [name for name in sys.modules if name.split(".")[0] == "solutions"]

    kept = {name: sys.modules.pop(name) for name in loaded()}
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(folder)
        patched.setattr(sys, "path", [path for path in sys.path if path not in ("", str(ROOT))])
        # Pairs are thousands, and nothing here is about them.
        patched.setattr(authoring.keys, "with_pairs", lambda reference, key, known=None: key)
        try:
            yield
        finally:
            for name in loaded():
                del sys.modules[name]
            sys.modules.update(kept)


def build_elsewhere(folder):
    """Build a course in a process that has loaded nothing yet."""
    code = """
from pathlib import Path
from lifkit_staff import authoring
authoring.keys.with_pairs = lambda reference, key, known=None: key
authoring.build(Path.cwd(), keys=Path("keys").resolve())
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def files(folder):
    """Return what a build writes, with its bytes."""
    found = [*folder.glob("keys/*"), *folder.glob("notebooks/*/*")]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


# --- A part of a lab --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def part(tmp_path_factory):
    """A course with two exercises of Lab 2, the later one first, built."""
    folder = copied(tmp_path_factory.mktemp("part"), "lab2", ["firing_rate", "fi_exact"])
    tree = json.loads(notebook(folder, "lab2").read_text("utf-8"))
    rate = [cell for cell in tree["cells"] if grade_id(cell).startswith("firing_rate")]
    tree["cells"] = [cell for cell in tree["cells"] if cell not in rate] + rate
    write(folder, "lab2", tree)
    assert build_elsewhere(folder).splitlines() == ["lab2: fi_exact", "lab2: firing_rate"]
    return folder


@pytest.fixture
def course(part, tmp_path):
    """The same, to be changed."""
    return shutil.copytree(part, tmp_path / "course", ignore=shutil.ignore_patterns("__pycache__"))


def test_a_course_with_a_part_of_a_lab_has_that_part(part):
    keys, name = part / "keys", "notebooks/lab2/lab2.ipynb"
    assert set(files(part)) == {"keys/fi_exact.npz", "keys/firing_rate.npz", name}
    assert lab_exercises("lab2", keys) == ["fi_exact", "firing_rate"]
    edition = load_key("firing_rate", keys).edition
    assert f'edition=\\"{edition}:6,4\\"' in (part / name).read_text("utf-8")


def test_a_lab_that_is_not_there_is_one_sentence_and_nothing_changes(course):
    before = files(course)
    _, wrong = build(course, "lab2", "lab9")
    assert wrong == "ValueError: There is no lab 'lab9' here; there are: lab2."
    assert files(course) == before


def test_one_lab_is_built_and_the_others_stay(course):
    before = files(course)
    shutil.copy(ROOT / "lifkit/keys/cv.npz", course / "keys")
    shutil.copy(course / "keys/fi_exact.npz", course / "keys/left_over.npz")
    (course / "keys/firing_rate.npz").unlink()
    assert build(course, "lab2")[1] == ""
    after = files(course)
    assert after.pop("keys/cv.npz") == (ROOT / "lifkit/keys/cv.npz").read_bytes()
    assert after == before


def test_second_styles_that_differ_from_the_cell_stop_the_build(course):
    before = files(course)
    edit(course, "lab2", "times < t_stop", "times <= t_stop")
    _, wrong = build(course)
    assert re.match(
        r"BuildError: firing_rate, case '[^']*both ends[^']*': the second style counted_at_once and the "
        r"solved cell give different answers",
        wrong,
    )
    assert files(course) == before
    _, refused = run(course, lambda: job.check_references(str(course), "lab2"))
    assert refused == wrong.replace("BuildError", "ValueError")


def test_a_notebook_that_cannot_be_built_leaves_the_keys_as_they_were(course):
    before = files(course)
    edit(course, "lab2", "check(fi_exact)", "fi_exact")
    edit(course, "lab2", '"points": 4', '"points": 5')
    (course / "keys/firing_rate.npz").unlink()
    before.pop("keys/firing_rate.npz")
    assert "it must call check(fi_exact)" in build(course)[1]
    assert files(course) == before


def test_a_reworded_cell_loses_names_with_a_warning(course):
    edit(course, "lab2", "1000 * count / (t_stop - t_start)", "count / ((t_stop - t_start) / 1000)")
    said, wrong = build(course)
    assert not wrong
    assert "Reports won't name these mistakes, which can't be made in your cells" in said
    assert "firing_rate, 'whole hertz': `1000 * count / any_span` stands nowhere" in said
    lost = {one.name for one in load_key("firing_rate", course / "keys").mistakes}
    assert "closed window" in lost and "whole hertz" not in lost


# --- Its own words and mistakes ---------------------------------------------------------------------


def own_files(course, words="", mistakes=""):
    (course / "course").mkdir(exist_ok=True)
    for name, text in (("words", words), ("mistakes", mistakes)):
        (course / "course" / f"{name}.toml").write_text(text, encoding="utf-8")


def test_the_example_of_the_documentation_reaches_the_keys(course):
    text = (ROOT / "docs" / "words.md").read_text(encoding="utf-8")
    words, mistakes = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    own_files(course, words, mistakes)
    assert build(course)[1] == ""
    found = {one.name: one for one in load_key("firing_rate", course / "keys").mistakes}
    assert found["closed window"].diagnosis.startswith("Ein Spike genau bei t_stop")
    assert found["closed window"].hint.startswith("Welches von")
    assert found["silent neurons left out"].hint == "Ein Neuron ohne Spikes hat auch eine Zahl."
    assert found["silent neurons left out"].diagnosis.startswith("Neurons without spikes")
    assert found["t_stop as a duration"].hint == "When does a window from 100 to 300 ms end?"


EDIT = 'edit = ["times < t_stop", "times <= t_start"]\n'
SAYS = 'is = "It is so."\nmend = "Mend it."\n'


@pytest.mark.parametrize(
    ("words", "mistakes", "sentence"),
    [
        (
            '["firing"."closed window"]\nis = "x"',
            "",
            "there is no exercise 'firing'; the nearest is",
        ),
        (
            '["firing_rate"."closed windw"]\nis = "x"',
            "",
            "words.toml, 'firing_rate': there is no mistake 'closed windw'; the nearest is "
            "'closed window'",
        ),
        ('["*"."nothing"]\nis = "x"', "", "words.toml, '*': there is no mistake 'nothing'"),
        ('["firing_rate"."closed window"]\nsays = "x"', "", "and nothing else"),
        ('["firing_rate"."closed window"]\nis = 3', "", "`is` should be a sentence, not 3"),
        ('["firing_rate"]\nis = "x"', "", "give it `is`"),
        ("is = 3", "", "words.toml, 'is': a table is called"),
        ("[", "", "words.toml is no TOML"),
        (
            "",
            f'["firing_rate"."new"]\n{EDIT}',
            "mistakes.toml, 'firing_rate', 'new': give it an edit",
        ),
        ("", f'["firing_rate"."new"]\ndigest = ["a"]\n{SAYS}', "digest is not known; an entry has"),
        (
            "",
            f'["firing_rate"."new"]\nbehaviour = 5\n{SAYS}',
            "'new': give it `behaviour` (as `lifkit",
        ),
        (
            "",
            f'["firng_rate"."new"]\nbehaviour = "a"\n{SAYS}',
            "no exercise 'firng_rate'; the near",
        ),
        ("", f'["firing_rate"."new"]\nedit = "a"\n{SAYS}', "`edit` should be an edit, [old, new]"),
        ("", f'["firing_rate"."new"]\nedit = [["a"]]\n{SAYS}', "An edit is [old, new]"),
        ("", f'["firing_rate"."new"]\nedit = ["a +", "b"]\n{SAYS}', "'new': `a +` is no Python"),
        ("", f'["firing_rate"."closed window"]\n{EDIT}{SAYS}', "a mistake 'closed window' already"),
        ("", f'["firng_rate"."new"]\n{EDIT}{SAYS}', "no exercise 'firng_rate'; the nearest is"),
    ],
)
def test_a_slip_in_a_course_s_file_is_one_sentence(words, mistakes, sentence, tmp_path):
    """Asked as whoever loads a course's references asks."""
    own_files(tmp_path, words, mistakes)
    mine = {
        name: dataclasses.replace(one, course=tmp_path / "course")
        for name, one in load_references(ROOT).items()
        if name in ("firing_rate", "isi")
    }
    with pytest.raises(ValueError) as error:
        found = read_course_files(tmp_path / "course")
        found.hold_against({name: one.named for name, one in mine.items()})
    assert sentence in str(error.value)


def test_a_name_for_a_behaviour_is_read_as_it_was_written(tmp_path):
    says, mend = 'Both "ends" count: [t_start, t_stop].', "Welches Ende gehört dazu?\n"
    own_files(tmp_path, mistakes=f'["isi"."new"]\n{EDIT}{SAYS}')
    add_behaviour(tmp_path / "course", "firing_rate", "01ab", "both 🡒 ends", says, mend)
    read_course_files.cache_clear()
    found = read_course_files(tmp_path / "course")
    named = found.behaviours["firing_rate"]["01ab"]
    assert (named.name, named.diagnosis, named.hint) == ("both 🡒 ends", says, mend)
    assert "new" in found.mistakes["isi"]
    with pytest.raises(ValueError, match="already: choose another name"):
        add_behaviour(tmp_path / "course", "firing_rate", "02", "both 🡒 ends", says, mend)


# --- References made by hand ------------------------------------------------------------------------

BY_HAND = '''\
"""The exercises of a course after the old recipe."""

import numpy as np

from lifkit.exercises import Call, Case, Exercise, Mistake, Output, Property, Reference


def twice(values):
    return 2 * values


def halved(values):
    return values / 2


def case(name, values):
    return Case(name=name, group="all", calls=(Call(inputs={"values": values}),))


EXERCISE = Exercise(
    name="twice",
    lab="lab1",
    number="1.1",
    title="Twice",
    parameters=("values",),
    outputs=(Output(name="result", unit="", rtol=1e-9, axes=("neuron",), shape="(n,)"),),
    properties=(Property(name="all", text="doubled", outputs=("result",), groups=("all",)),),
    hints=("Double them.",),
)
HALVED = Mistake(name="halved", diagnosis="The numbers are halved.", hint="Twice as much is more.")
REFERENCES = (
    Reference(
        exercise=EXERCISE,
        solve=twice,
        mistakes={"halved": (HALVED, halved)},
        public=lambda: [case("three", np.array([1.0, 2.0, 4.0]))],
        draw=lambda rng: [case("five", rng.uniform(1, 9, 5))],
    ),
)
'''


@pytest.fixture
def by_hand(tmp_path):
    folder = tmp_path / "course"
    (folder / "solutions/reference").mkdir(parents=True)
    (folder / "solutions/reference/__init__.py").write_text(BY_HAND)
    config = (ROOT / "nbgrader_config.py").read_text("utf-8")
    for today, older in OLD_NAMES.items():
        assert today in config
        config = config.replace(today, older)
    (folder / "nbgrader_config.py").write_text(config)
    solution = (
        "def twice(values):\n    ### BEGIN SOLUTION\n    return 2 * values\n    ### END SOLUTION"
    )
    setup = '%matplotlib inline\nimport lifkit\nfrom lifkit import check\nlifkit.open_lab("lab1")'
    cells = [
        code("setup", setup, locked=True),
        code("twice", solution, solution=True),
        code("twice_check", "check(twice)", locked=True, grade=True, points=2.5),
    ]
    cells[2]["metadata"]["tags"] = ["raises-exception"]
    tree = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    write(folder, "lab1", tree)
    return folder


def code(name, source, **marks):
    known = {"grade": False, "locked": False, "solution": False, "task": False}
    known |= {"grade_id": name, "schema_version": 3, **marks}
    return {
        "cell_type": "code",
        "id": name,
        "metadata": {"nbgrader": known},
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def test_references_made_by_hand_and_an_older_configuration_are_built(by_hand):
    own_files(by_hand, '["twice"."halved"]\nmend = "Il faut multiplier."')
    (by_hand / "keys").mkdir()
    (by_hand / "keys" / "twce.npz").write_bytes(b"of an exercise that is no more")
    assert build(by_hand) == ("lab1: twice\n", "")
    key = load_key("twice", by_hand / "keys")
    assert [(one.diagnosis, one.hint) for one in key.mistakes] == [
        ("The numbers are halved.", "Il faut multiplier.")
    ]
    text = (by_hand / "notebooks/lab1/lab1.ipynb").read_text("utf-8")
    assert len(files(by_hand)) == 2
    assert f'edition=\\"{key.edition}:2.5\\"' in text and "2 * values" not in text


def test_an_exercise_made_by_hand_takes_no_edits(by_hand):
    own_files(by_hand, "", f'["twice"."new"]\n{EDIT}{SAYS}')
    assert "this exercise is made by hand" in build(by_hand)[1]
    assert not files(by_hand)


# --- What decides whether a class is graded again ---------------------------------------------------


def test_own_mistakes_decide_anew_and_words_do_not(tmp_path):
    course = copied(tmp_path, "lab2", ["firing_rate"])

    def now():
        rules.cache_clear()
        return rules(str(course))

    seen = [now()]
    own_files(course, '["*"."closed window"]\nis = "x"', f'["firing_rate"."new"]\n{EDIT}{SAYS}')
    seen.append(now())
    own_files(course, '["*"."closed window"]\nis = "y"', f'["firing_rate"."new"]\n{EDIT}{SAYS}')
    assert now() == seen[-1]
    own_files(course, "", f'["firing_rate"."new"]\n{EDIT}{SAYS.replace("so", "not so")}')
    assert now() == seen[-1]
    own_files(course, "", '["firing_rate"."new"]\nedit = ["a", "b"]\n' + SAYS)
    seen.append(now())
    edit(course, "lab2", "times < t_stop", "times <  t_stop")
    assert now() == seen[-1]
    edit(course, "lab2", "times <  t_stop", "times <= t_stop")
    seen.append(now())
    assert len(set(seen)) == len(seen)

"""The self-study handout: what it shows and when, and that the graded edition holds none of it."""

import dataclasses
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import numpy as np
import pytest

import lifkit
from lifkit.judge import KEYS, key_names, load_key, save_key
from lifkit.judge.handouts import mixed_up
from lifkit.study import beside
from lifkit_staff.authoring import BuildError, labs_of, leaks, write_handout
from lifkit_staff.authoring.handout import student_copy
from lifkit_staff.authoring.self_study import headings, read_answers

ROOT = Path(__file__).resolve().parents[1]
LABS = labs_of(ROOT)
SOURCES = {lab: ROOT / "solutions" / "labs" / lab / f"{lab}.ipynb" for lab in LABS}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """What the graded edition's wheel is made of."""
    return student_copy(ROOT, tmp_path_factory.mktemp("graded")) / "lifkit"


@pytest.fixture(scope="module")
def handout(tmp_path_factory):
    """The self-study handout: its wheel and its zip."""
    return write_handout(ROOT, tmp_path_factory.mktemp("handout"), self_study=True)


@pytest.fixture(scope="module")
def study(handout, tmp_path_factory):
    """The folder of its wheel's lifkit."""
    folder = tmp_path_factory.mktemp("wheel")
    zipfile.ZipFile(handout[0]).extractall(folder)
    return folder / "lifkit"


@pytest.fixture(scope="module")
def notebooks(handout):
    archive = zipfile.ZipFile(handout[1])
    return {
        lab: nbformat.reads(archive.read(f"lifkit-self-study/notebooks/{lab}/{lab}.ipynb"), 4)
        for lab in LABS
    }


# --- The graded edition holds none of it --------------------------------------------------------


def texts(folder):
    """Return all that can be read in a copy of lifkit: code, style sheets, and the texts of keys."""
    found = [path.read_text("utf-8") for path in folder.rglob("*") if path.suffix in (".py", ".js")]
    for path in folder.rglob("*.json"):
        found += strings(json.loads(path.read_text("utf-8")))
    for path in (folder / "keys").glob("*.npz"):
        found += strings(json.loads(np.load(path)["json"].tobytes()))
    for path in (folder / "data").glob("*.npz"):  # numbers only, and no text
        assert {array.dtype.kind for array in np.load(path).values()} <= set("iuf"), path.name
    return "\n".join(found)


def strings(tree):
    if isinstance(tree, str):
        return [tree]
    items = tree.items() if isinstance(tree, dict) else enumerate(tree or ())
    return [
        text for _, item in items if isinstance(item, str | dict | list) for text in strings(item)
    ]


def told(lab, text):
    """Return the lines of a lab's solutions and model answers that stand in a text."""
    lines = {line.strip() for line in text.splitlines()}
    answers = "\n".join(read_answers(ROOT, lab).values()).splitlines()
    return leaks(SOURCES[lab], text) + [line for line in answers if line.strip() in lines - {""}]


@pytest.mark.parametrize("lab", LABS)
def test_the_graded_edition_holds_no_solution_and_no_model_answer(graded, lab):
    assert told(lab, texts(graded)) == []
    released = nbformat.read(ROOT / "notebooks" / lab / f"{lab}.ipynb", 4)
    assert told(lab, "\n".join(cell.source for cell in released.cells)) == []


def test_the_graded_edition_s_keys_have_no_place_for_one(graded):
    assert sorted(path.suffix for path in (graded / "keys").iterdir()) == [".npz"] * len(
        key_names()
    )
    for path in (graded / "keys").iterdir():
        assert "solution" not in json.loads(np.load(path)["json"].tobytes())


@pytest.mark.parametrize("lab", LABS)
def test_what_is_looked_for_there_is_found_in_the_self_study_handout(study, lab):
    assert len(told(lab, texts(study))) > 30


@pytest.mark.parametrize("lab", LABS)
def test_the_self_study_notebooks_hold_no_answer_themselves(notebooks, lab):
    assert told(lab, "\n".join(cell.source for cell in notebooks[lab].cells)) == []


def test_the_graded_edition_says_in_a_sentence_that_it_shows_nothing(capsys):
    lifkit.reveal(lambda: None)
    lifkit.answer("lab1", "think_leak", "word " * 30)
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in said] == ["lifkit.reveal", "lifkit.answer"]
    assert all("in the self-study handout only." in line for line in said)


# --- Two handouts that are told apart -----------------------------------------------------------


def test_pip_tells_the_wheels_apart(handout):
    wheel, archive = handout
    assert wheel.name.startswith(f"lifkit-{lifkit.__version__}+selfstudy-")
    packed = zipfile.ZipFile(wheel)
    (metadata,) = (name for name in packed.namelist() if name.endswith("METADATA"))
    assert f"Version: {lifkit.__version__}+selfstudy\n" in packed.read(metadata).decode()
    assert f'"{lifkit.__version__}+selfstudy"' in packed.read("lifkit/__init__.py").decode()
    start = zipfile.ZipFile(archive).read("lifkit-self-study/START_HERE.md").decode()
    assert wheel.name in start and "nobody marks it" in start and "Hand in" not in start


@pytest.mark.parametrize("name", ["lif_euler", "fano"])
def test_a_self_study_key_is_the_graded_one_with_a_solution(study, tmp_path, name):
    key = load_key(name, study / "keys")
    assert key.self_study and f"def {name}" in key.solution and "### " not in key.solution
    assert key.edition == load_key(name).edition + "-study"
    plain = dataclasses.replace(key, solution="", edition=key.edition.removesuffix("-study"))
    assert not plain.self_study
    assert save_key(plain, tmp_path).read_bytes() == (KEYS / f"{name}.npz").read_bytes()


def test_a_notebook_of_one_handout_beside_a_lifkit_of_the_other_says_so(capsys):
    lifkit.open_lab("lab1", load_key("passive_euler").edition + "-study:5,4,4,4,4")
    said = capsys.readouterr().out
    assert said.startswith(
        "This notebook is of the self-study handout, and the lifkit beside it of the"
    )
    assert mixed_up("1a2b", {"1a2b-study"}).startswith("This notebook is of the graded edition")
    assert mixed_up("1a2b", {"3c4d"}) == mixed_up("1a2b-study", {"3c4d-study"}) == ""


# --- What it shows, and when --------------------------------------------------------------------

SCRIPT = """
import contextlib, io, json, linecache, sys
import numpy as np
import lifkit

def written(name, body):
    cell = f"<ipython-input-{len(linecache.cache)}>"
    linecache.cache[cell] = (len(body), None, body.splitlines(keepends=True), cell)
    namespace = {"np": np, "__name__": "__main__"}
    exec(compile(body, cell, "exec"), namespace)
    return namespace[name]

def said(call, *arguments):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        try:
            call(*arguments)
        except Exception as error:
            print(type(error).__name__, error)
    return out.getvalue()

HEAD = "def cv(spike_times):\\n    "
CLASS = "class LIFNeuron:\\n    def __init__(self):\\n        self.tau = 1"
LONG = "the pushes add up in their variances and so the spread grows with the root"
print(json.dumps({
    "version": lifkit.__version__,
    "stub": said(lifkit.reveal, written("cv", HEAD + "# YOUR CODE HERE\\n    raise NotImplementedError()")),
    "wrong": said(lifkit.reveal, written("cv", HEAD + "return np.zeros(len(spike_times))")),
    "raises": said(lifkit.reveal, written("cv", HEAD + "return spike_times.mean()")),
    "class": said(lifkit.reveal, written("LIFNeuron", CLASS)),
    "other": said(lifkit.reveal, written("other", "def other():\\n    return 1")),
    "empty": said(lifkit.answer, "lab1", "think_leak", "\\n\\n"),
    "short": said(lifkit.answer, "lab1", "think_leak", "word " * 30),
    "long": said(lifkit.answer, "lab1", "think_leak", LONG),
    "explorer": said(lifkit.answer, "lab3", "Explorer: the intervals", LONG),
    "unknown": said(lifkit.answer, "lab1", "think_nothing", LONG),
    "own": said(lifkit.open_lab, "lab1", sys.argv[1]),
    "graded": said(lifkit.open_lab, "lab1", sys.argv[1].replace("-study", "")),
}))
"""


@pytest.fixture(scope="module")
def said(study):
    edition = load_key("passive_euler", study / "keys").edition
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, f"{edition}:5,4,4,4,4"],
        cwd=study.parent,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["version"].endswith("+selfstudy")
    return found


def test_a_stub_is_told_to_try_first(said):
    assert said["stub"].count("\n") == 1 and "try it yourself first" in said["stub"]


def test_an_attempt_of_ones_own_opens_a_solution_beside_it(said):
    solution = beside.definition(cell_of("lab3", "cv"), "cv")
    for attempt in ("wrong", "raises"):
        shown = said[attempt].splitlines()
        assert shown[0].startswith("3.4 cv: ")
        assert [line[4:] for line in shown[2:] if not line.startswith("  -")] == solution
    assert "  -     return spike_times.mean()" in said["raises"]


def test_a_class_is_shown_too_and_its_docstrings_are_left_out(said):
    assert "  -         self.tau = 1" in said["class"]
    assert "def euler_solve" in said["class"] and '"""' not in said["class"]


def test_what_is_no_exercise_is_refused(said):
    assert said["other"].startswith("ValueError")


def test_an_answer_opens_after_a_sentence_was_written(said):
    assert said["empty"] == said["short"]
    assert said["empty"].startswith("Write your own answer") and said["empty"].count("\n") == 1
    assert said["long"].strip() == read_answers(ROOT, "lab1")["think_leak"]
    assert "Rubric" in said["long"]
    assert said["explorer"].strip() == read_answers(ROOT, "lab3")["Explorer: the intervals"]
    assert said["unknown"].startswith("ValueError There is no answer to 'think_nothing'")


def test_the_self_study_lifkit_knows_its_notebooks_from_the_course_s(said):
    assert said["own"] == ""
    assert said["graded"].startswith(
        "This notebook is of the graded edition, and the lifkit beside"
    )


def cell_of(lab, name):
    from lifkit_staff.exercise.cells import read_lab

    return read_lab(SOURCES[lab]).cells[name].source


# --- The notebooks ------------------------------------------------------------------------------


@pytest.mark.parametrize("lab", LABS)
def test_every_prediction_and_every_explorer_has_its_answer(lab):
    """A changed heading in the notebook is changed in answers.md too."""
    cells = nbformat.read(SOURCES[lab], 4).cells
    asked = {
        heading
        for cell in cells
        if cell.cell_type == "markdown"
        for heading in headings(cell.source)
        if re.match("Predict|Explorer", heading)
    }
    thought = {
        cell.metadata["nbgrader"]["grade_id"]
        for cell in cells
        if cell.metadata.get("nbgrader", {}).get("grade_id", "").startswith("think")
    }
    assert asked and thought
    assert set(read_answers(ROOT, lab)) == asked | thought


@pytest.mark.parametrize("lab", LABS)
def test_each_question_is_followed_by_a_cell_for_its_answer(notebooks, lab):
    cells = notebooks[lab].cells
    asked = [
        re.search(r'lifkit\.answer\("(\w+)", "(.+?)", r"""\n\n"""\)$', cell.source)
        for cell in cells
        if "lifkit.answer(" in cell.source and cell.cell_type == "code"
    ]
    assert sorted(match[2] for match in asked) == sorted(read_answers(ROOT, lab))
    assert {match[1] for match in asked} == {lab}
    assert not [cell.source for cell in cells if "YOUR ANSWER HERE" in cell.source]


@pytest.mark.parametrize("lab", LABS)
def test_each_check_is_followed_by_a_reveal_that_run_all_leaves_closed(notebooks, lab):
    cells = notebooks[lab].cells
    for check, below in zip(cells, cells[1:], strict=False):
        grade_id = check.metadata.get("nbgrader", {}).get("grade_id", "")
        if grade_id.endswith("_check"):
            *_, last = below.source.splitlines()
            assert last == f"# lifkit.reveal({grade_id.removesuffix('_check')})"
            assert all(line.startswith("#") for line in below.source.splitlines())


@pytest.mark.parametrize("lab", LABS)
def test_the_rest_is_the_graded_notebook(notebooks, lab):
    cells = notebooks[lab].cells
    nbformat.validate(notebooks[lab])
    assert cells[1].source.startswith("> **Self-study edition.**")
    before = {
        cell.id: cell for cell in nbformat.read(ROOT / f"notebooks/{lab}/{lab}.ipynb", 4).cells
    }
    kept = [cell for cell in cells if cell.id in before]
    assert [cell.id for cell in kept] == list(before)
    changed = [cell for cell in kept if cell.source != before[cell.id].source]
    asked = [cell for cell in changed if cell.cell_type == "markdown"]
    (setup,) = (cell for cell in changed if cell.cell_type == "code")
    assert re.search(r'edition="\w{8}-study:[\d,.]+"\)', setup.source)
    assert all("nbgrader" not in cell.metadata for cell in asked)


def test_an_answer_without_its_question_stops_the_build(tmp_path):
    for name in (
        f"solutions/labs/lab1/{SOURCES['lab1'].name}",
        "solutions/reference/lab1/answers.md",
    ):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text((ROOT / name).read_text("utf-8"), "utf-8")
    answers = tmp_path / "solutions/reference/lab1/answers.md"
    answers.write_text(answers.read_text("utf-8").replace("## Predict 2", "## Predict 7"), "utf-8")
    with pytest.raises(BuildError, match="'Predict 7', a heading that lab1 lacks"):
        read_answers(tmp_path, "lab1")


# --- Side by side -------------------------------------------------------------------------------

YOURS = ["def f(x):", "    y = x+1", "    z = 3", "    return x < 2"]
OTHER = ["def f(x):", "    # one more", "    y = x + 1", "    return x <= 2"]


def test_lines_are_paired_with_those_they_are_like():
    rows = beside.laid_beside(YOURS, OTHER)
    assert [row.mark for row in rows] == ["", "+", "", "−", "≠"]
    assert [row.yours for row in rows if row.yours is not None] == YOURS
    assert [row.other for row in rows if row.other is not None] == OTHER


def test_a_difference_is_said_in_signs_and_words_and_not_in_colours():
    page = beside.as_html(beside.laid_beside(YOURS, OTHER))
    assert "<mark>&lt;</mark>" not in page and "return x &lt;<mark>=</mark> 2" in page
    assert re.findall('aria-label="(.+?)"', page) == [
        "only in the solution",
        "only in yours",
        "differs",
    ]
    assert "color:" not in page.replace("color: inherit", "")
    text = beside.as_text(beside.laid_beside(YOURS, OTHER)).splitlines()
    assert text[-2:] == ["  -     return x < 2", "  +     return x <= 2"]


def test_nothing_in_common_is_shown_all_the_same():
    rows = beside.laid_beside(["a = 1"], ["while True:", "    pass"])
    assert [row.mark for row in rows] == ["−", "+", "+"]
    assert beside.laid_beside([], ["x"])[0].yours is None


def test_a_definition_is_cut_out_of_its_cell():
    body = 'def f(x):\n    """Double it.\n\n    Twice.\n    """\n\n    return 2 * x\n'
    text = f"import numpy\n\n@numpy.vectorize\n{body}f(3)\n"
    assert beside.definition(text, "f") == ["@numpy.vectorize", "def f(x):", "    return 2 * x"]
    assert beside.definition("x = (", "f") == ["x = ("]

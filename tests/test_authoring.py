"""Writing exercises: the one that CONTRIBUTING.md writes out works, and a new one starts in its place."""

import dataclasses
import importlib.util
import json
import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from lifkit.cli import main
from lifkit_staff.authoring import check
from lifkit_staff.authoring.equivalent import reason
from lifkit_staff.authoring.mutants import accepted, as_text, survey
from lifkit_staff.authoring.mutations import mutants
from lifkit_staff.authoring.new import new_exercise, new_lab
from lifkit_staff.exercise.edits import NoMatch, apply
from lifkit_staff.exercise.tables import read_table
from tests.exercise_contract import BY_NAME, SEEDS, names, report

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def course(tmp_path):
    """A course with one lab and no exercise, and with tests of its own."""
    (tmp_path / "tests" / "styles").mkdir(parents=True)
    (tmp_path / "nbgrader_config.py").touch()
    new_lab(tmp_path, "lab3", "Growth")
    return tmp_path


def notebook(course):
    return course / "solutions" / "labs" / "lab3" / "lab3.ipynb"


def grade_ids(course):
    cells = json.loads(notebook(course).read_text("utf-8"))["cells"]
    return [cell["metadata"].get("nbgrader", {}).get("grade_id", cell["id"]) for cell in cells]


def module_file(course, name):
    return course / "solutions" / "reference" / "lab3" / "exercises" / f"{name}.py"


def loaded(course, name, monkeypatch):
    """Import an exercise's module from a course and return its reference."""
    place = importlib.util.spec_from_file_location(f"{name}_of_a_course", module_file(course, name))
    module = importlib.util.module_from_spec(place)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    place.loader.exec_module(module)
    return module.REFERENCE


def files(course):
    return {path: path.read_bytes() for path in course.rglob("*") if path.is_file()}


# --- The exercise of CONTRIBUTING.md -------------------------------------------------------------


@pytest.fixture
def example(course, monkeypatch):
    """The exercise that CONTRIBUTING.md shows in full, filled into what `lifkit new` writes."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("A small exercise in full")[2]
    blocks = re.findall(r"^```(python|toml)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert [kind for kind, _ in blocks] == ["python", "python", "toml"]
    cell, module, table = (block for _, block in blocks)
    new_exercise(course, "lab3", "doubling_time")
    tree = json.loads(notebook(course).read_text("utf-8"))
    (solved,) = (one for one in tree["cells"] if one["id"] == "doubling-time")
    solved["source"] = cell.splitlines(keepends=True)
    notebook(course).write_text(json.dumps(tree), "utf-8")
    module_file(course, "doubling_time").write_text(module, "utf-8")
    module_file(course, "doubling_time").with_suffix(".toml").write_text(table, "utf-8")
    return loaded(course, "doubling_time", monkeypatch)


def test_the_exercise_in_contributing_works(example):
    for seed in SEEDS:
        for right in (example.solved, *example.styles):
            assert report(example, right, seed).outcome == "correct"
    assert not example.unmatched and len(example.styles) == 1
    assert example.mistakes.keys() == {"base ten", "one for all", "one for all (2)"}
    for mistake, wrong in example.mistakes.values():
        found = report(example, wrong)
        assert names(found) == [mistake.name] and found.outcome != "correct"
        assert all(report(example, wrong, seed).outcome != "correct" for seed in SEEDS)
    call, _, value = example.table.example.partition(" -> ")
    got = eval(call, {"np": np, "doubling_time": example.solve})
    assert np.allclose(got, eval(value), rtol=1e-6)
    assert not [one for one in accepted(example) if not reason(one)]
    assert len(example.exercise.hints) == 3 and all(one.why for one in example.returns)


# --- lifkit new ----------------------------------------------------------------------------------


def test_a_new_exercise_runs_at_once(course, monkeypatch):
    new_exercise(course, "lab3", "twice")
    reference = loaded(course, "twice", monkeypatch)
    assert report(reference, reference.solved).passed and reference.exercise.number == "3.1"
    assert report(reference, reference.styles[0]).passed
    (wrong,) = [wrong for _, wrong in reference.mistakes.values()]
    assert names(report(reference, wrong)) == ["halved"]
    styles = (course / "tests" / "styles" / "lab3.py").read_text("utf-8")
    heading = next(line for line in styles.splitlines() if line.startswith("# ---"))
    assert heading.startswith("# --- 3.1 twice ---") and len(heading) == 100
    found = {}
    exec(styles, found)
    assert len(found["STYLES"]["twice"]) == 3
    assert all(report(reference, style).passed for style in found["STYLES"]["twice"].values())


def test_a_new_exercise_stands_last_or_after_another(course):
    for name in ("one", "two"):
        new_exercise(course, "lab3", name)
    new_exercise(course, "lab3", "between", after="one")
    order = ["one", "between", "two"]
    cells = [label for name in order for label in (f"prompt-{name}", name, f"{name}_check")]
    assert grade_ids(course) == ["title", "setup", *cells, "summary", "reading"]


@pytest.mark.parametrize(
    ("lab", "name", "after", "said"),
    [
        ("lab3", "two words", "", "'two words' can't be the name of a function"),
        ("lab3", "class", "", "'class' can't be the name of a function"),
        ("lab7", "fresh", "", "There is no lab 'lab7'; there are lab3"),
        ("lab3", "there", "", "There is an exercise there already: solutions/reference/lab3/exer"),
        ("lab3", "setup", "", "There is a cell setup already in solutions/labs/lab3/lab3.ipynb"),
        ("lab3", "fresh", "far", "There is no exercise 'far' in lab3; there are: there"),
    ],
)
def test_nothing_is_written_where_an_exercise_can_t_be_started(course, lab, name, after, said):
    new_exercise(course, "lab3", "there")
    before = files(course)
    with pytest.raises(ValueError, match=re.escape(said)):
        new_exercise(course, lab, name, after)
    assert files(course) == before


@pytest.mark.parametrize(
    ("lab", "said"),
    [
        ("noise", "'noise': a lab is called lab and a number"),
        ("lab3", "solutions/labs/lab3 is there already"),
        ("lab4", "solutions/reference/lab4 is there already"),
    ],
)
def test_nothing_is_written_where_a_lab_can_t_be_started(course, lab, said):
    (course / "solutions" / "reference" / "lab4").mkdir()
    before = files(course)
    with pytest.raises(ValueError, match=re.escape(said)):
        new_lab(course, lab, "Title")
    assert files(course) == before


def test_the_command_says_what_is_left_to_do(course, capsys):
    call = ["new", "exercise", "twice", "--lab", "lab3", "--root", str(course)]
    assert main(call) == 0
    said = capsys.readouterr().out
    assert "stand after the last exercise and may be moved" in said
    assert "written by hand" in said and "make test-exercise X=twice" in said
    assert main(call) == 1
    assert "There is an exercise twice already" in capsys.readouterr().err


# --- What is said of a slip ----------------------------------------------------------------------


def test_an_unknown_exercise_is_met_with_the_nearest(capsys):
    assert "nearest are: firing_rate" in check.fault(ROOT, "firng_rate")
    assert "nearest are: LIFNeuron" in check.fault(ROOT, "lifneuron")
    assert "there are: passive_euler, " in check.fault(ROOT, "zzz")
    assert check.fault(ROOT, "fano") == ""
    assert check.main("") == 1 and "Which exercise?" in capsys.readouterr().err


BROKEN = {  # what stands in the table, what is put there, and what is said
    "no TOML": ('source = "', "source = ", "doubling_time.toml is no TOML"),
    "an unknown family": (
        'source = "',
        'families = ["rowz"]\nsource = "',
        "doubling_time.toml: there is no family 'rowz'; there are: rows.",
    ),
    "no mistake": (
        'np.log10(2)"',
        'np.log(2)"',
        "doubling_time: no case shows the mistake 'base ten': add a case that shows it, or drop it.",
    ),
    "another line": (
        '"tau * any_log", "tau[0]',
        '"tau + any_log", "tau[0]',
        "doubling_time, 'one for all': `tau + any_log` stands nowhere.",
    ),
}


@pytest.mark.parametrize(("old", "new", "said"), BROKEN.values(), ids=BROKEN)
def test_a_broken_table_is_one_sentence(example, monkeypatch, old, new, said):
    example.families.mkdir()
    shutil.copy(ROOT / "solutions/reference/families/rows.toml", example.families)
    text = example.table_path.read_text("utf-8")
    assert text.count(old) == 1
    example.table_path.write_text(text.replace(old, new), "utf-8")
    read_table.cache_clear()
    monkeypatch.setattr(check, "written", lambda root, name: example)
    found = check.fault(ROOT, "doubling_time")
    assert found.startswith(said) and "\n" not in found


def test_what_a_module_raises_is_said_with_its_line(course, monkeypatch):
    new_exercise(course, "lab3", "twice")
    path = module_file(course, "twice")
    path.write_text(path.read_text("utf-8").replace("rng.uniform", "rgn.uniform"), "utf-8")
    reference = loaded(course, "twice", monkeypatch)
    monkeypatch.setattr(check, "written", lambda root, name: reference)
    found = check.fault(ROOT, "twice")
    assert re.search(r"twice\.py, line \d+: NameError: name 'rgn' is not defined", found)


def test_cases_with_wrong_inputs_or_without_a_certificate_are_named(course, monkeypatch):
    new_exercise(course, "lab3", "twice")
    path = module_file(course, "twice")
    text = path.read_text("utf-8")
    path.write_text(text.replace("values=rng", "value=rng"), "utf-8")
    with pytest.raises(ValueError, match="twice, case 'five numbers': values missing; value too m"):
        loaded(course, "twice", monkeypatch).public()

    def never(case):
        raise ValueError("A tie.")

    path.write_text(text, "utf-8")
    refused = dataclasses.replace(loaded(course, "twice", monkeypatch), certify=never)
    said = "twice: the cases of the property numbers can't be certified: A tie\\."
    for draw in (refused.public, lambda: refused.draw(np.random.default_rng(0))):
        with pytest.raises(ValueError, match=said):
            draw()


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        (
            "b / c",
            "The nearest line is `return a * b / c`. For Python a * b / c is (a * b) / c: give",
        ),
        ("a * c", "The nearest line is `return a * b / c`."),
    ],
)
def test_the_nearest_line_is_no_docstring_and_half_products_are_explained(pattern, said):
    text = f'def f(a, b, c):\n    """{pattern}"""\n    return a * b / c'
    with pytest.raises(NoMatch) as caught:
        apply(text, [(pattern, "0")])
    assert said in str(caught.value) and str(caught.value).endswith(("product.", "c`."))


def test_mutants_are_listed_with_all_that_are_accepted():
    reference = BY_NAME["fano"]
    findings = survey(reference)
    lines = as_text(reference, findings).splitlines()
    found = [one.mutant for one in findings if one.said == "accepted"]
    assert found
    for mutant in found:
        edit = f"line {mutant.line}, {mutant.kind}: {mutant.before} -> {mutant.after}  ("
        assert sum(edit in line for line in lines) == 1
    firsts = [lines[k + 1] for k, line in enumerate(lines) if line.endswith("alike:")]
    whole = {f"{one.mutant.before} -> {one.mutant.after}" for one in findings}
    assert all(line.split(": ", 1)[1].split("  (")[0] in whole for line in firsts)


def test_the_index_beside_k_plus_1_is_written_as_a_student_would():
    found = {one.after for one in mutants("def f(V, k):\n    return V[k + 1]")}
    assert {"V[k + 2]", "V[k]"} <= found
    assert not any("1 + 1" in text or "1 - 1" in text for text in found)

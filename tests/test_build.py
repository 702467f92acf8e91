"""Keys, student notebooks and the handout: what is released, and that no answer is in it."""

import inspect
import shutil
import zipfile
from pathlib import Path

import nbformat
import numpy as np
import pytest

from lifkit.cli import main
from lifkit.judge import KEYS, key_editions, load_key
from lifkit_staff import authoring as build
from lifkit_staff.exercise import make_key
from lifkit_staff.exercise.cells import read_lab
from lifkit_staff.references import load_references

ROOT = Path(__file__).resolve().parents[1]
LABS = build.labs_of(ROOT)
REFERENCES = load_references(ROOT)


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory):
    """All student notebooks, built anew beside the committed ones."""
    folder = tmp_path_factory.mktemp("release")
    build.build_notebooks(ROOT, folder)
    return folder


@pytest.mark.parametrize("lab", LABS)
def test_student_notebooks_are_those_that_the_sources_give(rebuilt, lab):
    name = f"{lab}/{lab}.ipynb"
    assert (ROOT / "notebooks" / name).read_bytes() == (rebuilt / name).read_bytes(), (
        "run: make build"
    )


def test_building_twice_changes_no_byte(rebuilt, tmp_path):
    build.build_notebooks(ROOT, tmp_path)
    for path in rebuilt.rglob("*.ipynb"):
        assert path.read_bytes() == (tmp_path / path.relative_to(rebuilt)).read_bytes()
    one, two = tmp_path / "one", tmp_path / "two"
    assert not key_editions("lab1", one)
    first = [path.read_bytes() for path in build.build_keys(ROOT, one, ["lab1"])]
    assert first == [path.read_bytes() for path in build.build_keys(ROOT, two, ["lab1"])]
    assert len(key_editions("lab1", one)) == 1  # that there were none is forgotten


@pytest.mark.parametrize("name", REFERENCES)
def test_keys_hold_what_the_references_give(name):
    """Values, not bytes: another machine rounds differently."""
    key, reference = load_key(name), REFERENCES[name]
    fresh = make_key(reference, reference.public())
    assert key.exercise == reference.exercise
    assert [case.name for case in key.cases] == [case.name for case in fresh.cases]
    for kept, made in zip(key.expected, fresh.expected, strict=True):
        assert kept.keys() == made.keys()
        for output, value in made.items():
            pairs = (
                zip(kept[output], value, strict=True)
                if isinstance(value, list)
                else [(kept[output], value)]
            )
            for one, other in pairs:
                np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-9)
    assert key.fingerprints.keys() == {mistake.id for mistake in fresh.mistakes}


def test_every_key_belongs_to_a_reference_and_all_stay_small():
    files = list(KEYS.glob("*.npz"))
    assert {path.stem for path in files} == set(REFERENCES)
    assert sum(path.stat().st_size for path in files) < 5_000_000


@pytest.mark.parametrize("lab", LABS)
def test_no_line_of_a_solution_is_in_what_students_get(lab):
    """Neither the student notebook, nor lifkit's code, nor the texts of the keys."""
    source = ROOT / "solutions" / "labs" / lab / f"{lab}.ipynb"
    assert build.leaks(source, ROOT / "notebooks" / lab / f"{lab}.ipynb") == []
    for path in (ROOT / "lifkit").rglob("*.py"):
        assert build.leaks(source, path.read_text()) == [], path
    for key in map(load_key, REFERENCES):
        hints = "\n".join([*key.exercise.hints, *(mistake.hint for mistake in key.mistakes)])
        assert build.leaks(source, hints) == [], key.exercise.name


@pytest.mark.parametrize("name", REFERENCES)
def test_no_line_of_a_second_style_is_in_lifkit_or_the_notebooks(name):
    """The solved cells themselves are looked for line by line in the test above."""
    telling = {
        "".join(line.split())
        for style in REFERENCES[name].styles
        for line in inspect.getsource(style).split('"""')[-1].splitlines()
        if len("".join(line.split())) >= 24 and not line.strip().startswith(("def ", "class "))
    }
    shown = [path.read_text() for path in (ROOT / "lifkit").rglob("*.py")]
    shown += [
        "\n".join(c.source for c in nbformat.read(p, 4).cells)
        for p in (ROOT / "notebooks").rglob("*.ipynb")
    ]
    for text in shown:
        lines = {"".join(line.split()) for line in text.splitlines()}
        assert not telling & lines


def lab_copy(tmp_path, change):
    """Copy the course with one changed cell of Lab 2."""
    course = tmp_path / "course"
    shutil.copytree(
        ROOT / "solutions", course / "solutions", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(ROOT / "nbgrader_config.py", course)
    for lab in LABS:
        if lab != "lab2":
            shutil.rmtree(course / "solutions" / "labs" / lab)
    path = course / "solutions" / "labs" / "lab2" / "lab2.ipynb"
    notebook = nbformat.read(path, 4)
    cells = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell for cell in notebook.cells}
    change(notebook, cells)
    nbformat.write(notebook, path)
    return course


def _leak(notebook, cells):
    solution = cells["lif_euler"].source.split("### BEGIN SOLUTION")[1].split("### END SOLUTION")[0]
    notebook.cells.append(nbformat.v4.new_markdown_cell("For example:\n" + solution, id="leak"))


def _unmarked(notebook, cells):
    source = cells["lif_euler"].source
    cells["lif_euler"].source = source.replace("### BEGIN SOLUTION", "").replace(
        "### END SOLUTION", ""
    )


def _unclosed(notebook, cells):
    cells["lif_euler"].source = cells["lif_euler"].source.replace("### END SOLUTION", "")


def _untagged(notebook, cells):
    cells["lif_euler_check"].metadata["tags"] = []


def _other_check(notebook, cells):
    cells["lif_euler_check"].source = "check(fi_exact)"


def _missing(notebook, cells):
    notebook.cells.remove(cells["lif_euler_check"])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_leak, "would be released"),
        (_unmarked, "mark the answer"),
        (_unclosed, "could not build"),
        (_untagged, "raises-exception"),
        (_other_check, r"must call check\(lif_euler\)"),
        (_missing, "lacks the cell"),
    ],
)
def test_a_source_that_breaks_the_contract_stops_the_build(change, words, tmp_path):
    course = lab_copy(tmp_path, change)
    with pytest.raises(build.BuildError, match=words):
        build.build_notebooks(course)
    assert not list((course / "notebooks").rglob("*.ipynb"))


def test_a_file_beside_a_source_stops_the_build(tmp_path):
    course = lab_copy(tmp_path, lambda notebook, cells: None)
    (course / "solutions" / "labs" / "lab2" / "answers.py").write_text("x = 1\n")
    with pytest.raises(build.BuildError, match=r"answers\.py"):
        build.build_notebooks(course)


@pytest.mark.parametrize("lab", LABS)
def test_notebooks_carry_the_edition_of_their_keys(lab):
    text = (ROOT / "notebooks" / lab / f"{lab}.ipynb").read_text()
    editions = {
        load_key(name).edition for name, ref in REFERENCES.items() if ref.exercise.lab == lab
    }
    assert len(editions) == 1
    cells = read_lab(ROOT / "solutions" / "labs" / lab / f"{lab}.ipynb").cells
    points = ",".join(f"{cells[name].points:g}" for name in cells)
    assert f'open_lab(\\"{lab}\\", edition=\\"{editions.pop()}:{points}\\")' in text


def test_the_handout_has_no_solutions(tmp_path):
    wheel, archive = build.write_handout(ROOT, tmp_path)
    names = zipfile.ZipFile(wheel).namelist() + zipfile.ZipFile(archive).namelist()
    assert any(name.endswith("keys/lif_euler.npz") for name in names)
    assert any(name.endswith("notebooks/lab2/lab2.ipynb") for name in names)
    assert "lifkit/jupyter/labconfig/page_config.json" in names
    assert not [name for name in names if "solutions" in name or "tests" in name]


def test_commands_say_what_is_wrong(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["lab", "--copy-only"]) == 1
    assert "unpacked" in capsys.readouterr().err
    assert main(["build"]) == 1
    assert "not in a course" in capsys.readouterr().err

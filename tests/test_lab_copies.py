"""`lifkit lab`: a student's own copies are renewed while untouched, and never lost."""

import json
import os
import sys
from pathlib import Path

import nbformat
import pytest

from lifkit import labs
from lifkit.cli import main
from lifkit.labs import copy_labs, jupyter_command, lab_to_open
from tests.test_notebooks import ROOT


def notebook_with(*sources, passed=()):
    """Make a lab: a text, and a check cell for each source; those in `passed` were run and passed."""
    cells = [nbformat.v4.new_markdown_cell("# A lab", id="title")]
    for number, source in enumerate(sources):
        marks = {"nbgrader": {"grade": True, "grade_id": f"{number}_check", "points": 1}}
        cell = nbformat.v4.new_code_cell(source, id=f"cell-{number}", metadata=marks)
        kind = "display_data" if number in passed else "error"
        cell.outputs = [nbformat.v4.new_output(kind)] if passed else []
        cells.append(cell)
    return nbformat.v4.new_notebook(cells=cells)


@pytest.fixture
def folders(tmp_path):
    """Return a release of two labs, and the folder of a student who has copied them."""
    released, mine = tmp_path / "notebooks", tmp_path / "my_labs"
    for lab in ("lab1", "lab2"):
        put(released, lab, notebook_with("check(a)"))
    assert [line.split(": ")[1] for line in copy_labs(released, mine)] == ["new", "new"]
    return released, mine


def put(folder, lab, notebook, name=""):
    (folder / lab).mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, folder / lab / f"{name or lab}.ipynb")


def get(folder, lab="lab1", name=""):
    return nbformat.read(folder / lab / f"{name or lab}.ipynb", as_version=4)


def sources(notebook):
    return [cell.source for cell in notebook.cells if cell.source]


def change(folder, lab="lab1", more="x = 1"):
    """Write a line into the first code cell, as a student does."""
    notebook = get(folder, lab)
    notebook.cells[1].source += "\n" + more
    put(folder, lab, notebook)


def test_a_copy_holds_the_cells_of_the_real_labs(tmp_path):
    copy_labs(ROOT / "notebooks", tmp_path)
    for lab in ("lab1", "lab2", "lab3", "lab4"):
        mine, released = get(tmp_path, lab), get(ROOT / "notebooks", lab)
        assert mine.cells == released.cells
        nbformat.validate(mine)
    assert lab_to_open(tmp_path).name == "lab1.ipynb"


def test_an_untouched_copy_is_renewed(folders):
    released, mine = folders
    looked_at = get(mine)
    looked_at.cells[1].update(execution_count=3, outputs=[nbformat.v4.new_output("error")])
    looked_at.cells.append(nbformat.v4.new_code_cell(""))  # as Shift+Enter on the last cell does
    put(mine, "lab1", looked_at)
    put(released, "lab1", notebook_with("check(b)"))
    said = copy_labs(released, mine)
    assert "lab1.ipynb: renewed" in said[0] and said[1].endswith("lab2.ipynb: not begun yet")
    assert sources(get(mine)) == ["# A lab", "check(b)"]
    assert copy_labs(released, mine)[0].endswith("lab1.ipynb: not begun yet")


def test_how_far_a_copy_has_come_is_told_as_it_is(folders):
    released, mine = folders
    copy = get(mine)
    for kind, told in (("error", "0 of 1 checks passed"), ("display_data", "1 of 1 checks passed")):
        copy.cells[1].outputs = [nbformat.v4.new_output(kind)]
        put(mine, "lab1", copy)
        (said, other) = copy_labs(released, mine)
        assert said.endswith(f"yours, left as it is ({told} when last run)")
        assert other.endswith("lab2.ipynb: not begun yet")


def test_beside_a_changed_copy_a_newer_one_is_put_once(folders):
    released, mine = folders
    change(mine)
    told = "left as it is (no check was run yet)"
    assert copy_labs(released, mine)[0].endswith(told)
    put(released, "lab1", notebook_with("check(b)"))
    for _ in range(2):
        assert "lab1-new.ipynb beside yours" in copy_labs(released, mine)[0]
    assert sources(get(mine)) == ["# A lab", "check(a)\nx = 1"]
    assert sources(get(mine, name="lab1-new")) == ["# A lab", "check(b)"]
    put(released, "lab1", notebook_with("check(c)"))
    assert "lab1-new-2.ipynb" in copy_labs(released, mine)[0]
    assert len(list(mine.rglob("*.ipynb"))) == 4 and not list(mine.rglob("*.part"))


def test_a_lab_begun_anew_keeps_the_old_one_under_another_name(folders):
    released, mine = folders
    for number, name in enumerate(("lab1-old", "lab1-old-2"), 1):
        change(mine, more=f"x = {number}")
        said = copy_labs(released, mine, restart="lab1")
        assert said[0].endswith(f"new; what you had is {name}.ipynb beside it")
        assert sources(get(mine)) == ["# A lab", "check(a)"]
        assert f"x = {number}" in sources(get(mine, name=name))[1]
    with pytest.raises(FileNotFoundError, match="no lab called lab7; there are lab1, lab2"):
        copy_labs(released, mine, restart="lab7")


@pytest.mark.parametrize("text", ["my work", "[]", "{}", '{"cells": [{}], "metadata": {}}', ""])
def test_what_is_no_notebook_is_left_as_it_is(folders, text):
    released, mine = folders
    (mine / "lab1" / "lab1.ipynb").write_text(text)
    put(released, "lab1", notebook_with("check(b)"))
    assert "left as it is" in copy_labs(released, mine)[0]
    assert (mine / "lab1" / "lab1.ipynb").read_text() == text
    assert lab_to_open(mine).name == "lab1.ipynb"


def test_a_copy_of_an_earlier_lifkit_is_left_as_it_is(folders):
    released, mine = folders
    old = get(mine)
    del old.metadata["lifkit"]
    put(mine, "lab1", old)
    put(released, "lab1", notebook_with("check(b)"))
    assert "left as it is" in copy_labs(released, mine)[0]
    assert sources(get(mine)) == ["# A lab", "check(a)"]


def test_the_first_unfinished_lab_is_opened_or_the_one_that_is_named(folders):
    _, mine = folders
    assert lab_to_open(mine).stem == "lab1"
    put(mine, "lab1", notebook_with("check(a)", "check(b)", passed=[0]))
    assert lab_to_open(mine).stem == "lab1"
    put(mine, "lab1", notebook_with("check(a)", "check(b)", passed=[0, 1]))
    put(mine, "lab1", notebook_with("check(a)"), name="lab1-old")
    assert lab_to_open(mine).stem == "lab2"
    assert lab_to_open(mine, "lab1").stem == "lab1"
    put(mine, "lab2", notebook_with("check(a)", passed=[0]))
    assert lab_to_open(mine).stem == "lab2"


def test_jupyterlab_opens_the_lab_and_leaves_the_users_settings_alone(folders, monkeypatch):
    _, mine = folders
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "/theirs")
    command, environment = jupyter_command("/here/python", mine, lab_to_open(mine, "lab2"))
    assert command[:3] == ["/here/python", "-m", "jupyterlab"]
    assert "--LabApp.default_url=/lab/tree/lab2/lab2.ipynb" in command
    assert environment["JUPYTER_CONFIG_PATH"].split(os.pathsep) == [str(labs.SETTINGS), "/theirs"]
    assert environment["PATH"].startswith("/here")
    assert "JUPYTER_CONFIG_DIR" not in set(environment) - set(os.environ)


def test_where_home_cannot_be_written_to_settings_stand_beside_the_labs(
    folders, monkeypatch, capsys
):
    released, mine = folders
    homes = []
    monkeypatch.chdir(released.parent)
    monkeypatch.setenv("HOME", "/proc/nobody")
    monkeypatch.setattr(
        "subprocess.call", lambda command, env: homes.append(Path(env["HOME"])) or 0
    )
    assert main(["lab"]) == 0
    assert homes[0].is_dir() and homes[0].parent == (released.parent / "my_labs")
    assert f"can't be written to: settings go to {homes[0]}" in capsys.readouterr().out


def test_only_what_is_not_for_students_is_turned_off():
    page = json.loads((labs.SETTINGS / "labconfig" / "page_config.json").read_text())
    off = set(page["disabledExtensions"])
    assert set(page) == {"disabledExtensions"}
    assert "@jupyter/nbgrader:validate-assignment" not in off
    assert {"@jupyter/nbgrader:formgrader", "@jupyter/nbgrader:create-assignment"} <= off


def test_the_command_copies_restarts_and_hands_on_what_is_jupyterlabs(folders, monkeypatch, capsys):
    released, mine = folders
    called = []
    monkeypatch.chdir(released.parent)
    monkeypatch.setattr("subprocess.call", lambda command, env: called.append(command) or 0)
    assert main(["lab", "lab2", "--", "--no-browser", "--", "x"]) == 0
    assert called[0][0] == sys.executable and called[0][-3:] == ["--no-browser", "--", "x"]
    assert any("lab2.ipynb" in word for word in called[0])
    assert main(["lab", "--", "--allow-root"]) == 0 and called[1][-1] == "--allow-root"
    assert main(["lab", "lab2", "--restart", "--copy-only"]) == 0
    assert (mine / "lab2" / "lab2-old.ipynb").exists() and len(called) == 2
    assert main(["lab", "--restart"]) == 1 and "--restart needs the lab" in capsys.readouterr().err
    assert main(["lab", "lab9"]) == 1 and "there are lab1, lab2" in capsys.readouterr().err


def test_in_a_folder_of_another_user_a_place_of_ones_own_is_named(monkeypatch, capsys):
    def refuse(*_):
        raise PermissionError(13, "Permission denied", "my_labs")

    monkeypatch.setattr("lifkit.cli.copy_labs", refuse)
    monkeypatch.setattr("lifkit.cli.released_from", lambda start: start)
    assert main(["lab", "--copy-only"]) == 1
    said = capsys.readouterr().err
    assert "may not write my_labs" in said and "lifkit lab --folder ~/my_labs" in said

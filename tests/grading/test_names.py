"""A notebook that carries the lab's cells is taken under any name, whatever wrote it."""

import json
import os

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from lifkit_staff.grading.limits import OTHER_NAMES
from lifkit_staff.grading.submission.read import Unreadable, read_notebook

STUBS = {name: f"def {name}():\n    raise NotImplementedError()" for name in ("f", "g", "h")}


def handed_in(folder, name, answers):
    """Write a notebook that holds these answers, by their grade_ids."""
    cells = [
        new_code_cell(text, metadata={"nbgrader": {"grade_id": grade_id}} if grade_id else {})
        for grade_id, text in answers.items()
    ]
    (folder / name).write_text(json.dumps(new_notebook(cells=cells)))


def read(folder):
    notebook, notes, _ = read_notebook(folder / "lab2.ipynb", lambda: STUBS)
    return [cell.source for cell in notebook.cells], " ".join(notes)


WORK = STUBS | {"f": "def f(): return 1"}
MORE = WORK | {"g": "def g(): return 2"}


@pytest.mark.parametrize("name", ["Lab2_Meier.ipynb", "lab2 (1).ipynb", b"L\xf6sung.ipynb"])
def test_any_name_will_do_and_is_told(tmp_path, name):
    handed_in(tmp_path, os.fsdecode(name), WORK)
    sources, notes = read(tmp_path)
    assert sources == list(WORK.values())
    assert notes.startswith("No file called lab2.ipynb was handed in: ") and notes.isprintable()


@pytest.mark.parametrize("other", [STUBS, WORK, STUBS | {"h": "def h(): return 3"}])
def test_the_right_name_wins(tmp_path, other):
    handed_in(tmp_path, "a.ipynb", other)
    handed_in(tmp_path, "lab2.ipynb", WORK)
    assert read(tmp_path) == (list(WORK.values()), "")


def test_where_the_right_name_has_less_work_the_other_is_told(tmp_path):
    handed_in(tmp_path, "lab2 (1).ipynb", MORE)
    handed_in(tmp_path, "lab2.ipynb", WORK)
    sources, notes = read(tmp_path)
    assert sources == list(WORK.values())
    assert "lab2.ipynb was graded; lab2 (1).ipynb beside it has more answers" in notes


def test_the_only_one_with_work_is_taken_where_nobody_worked_on_the_right_name(tmp_path):
    handed_in(tmp_path, "lab2 (1).ipynb", WORK)
    handed_in(tmp_path, "lab1.ipynb", {"f": "of another lab"})
    handed_in(tmp_path, "lab2.ipynb", STUBS)
    sources, notes = read(tmp_path)
    assert sources == list(WORK.values())
    assert "Nobody worked on lab2.ipynb: lab2 (1).ipynb" in notes


@pytest.mark.parametrize(
    ("mine", "second"),
    [
        (STUBS, MORE),  # two others: not for the grader to choose
        ({"f": STUBS["f"], "g": STUBS["g"]}, STUBS),  # a cell of it lost its marks
        (STUBS | {None: WORK["f"]}, STUBS),  # an answer stands in a cell of its own
    ],
)
def test_where_it_is_not_clear_the_right_name_wins_and_the_other_is_told(tmp_path, mine, second):
    handed_in(tmp_path, "a.ipynb", WORK)
    handed_in(tmp_path, "b.ipynb", second)
    handed_in(tmp_path, "lab2.ipynb", mine)
    sources, notes = read(tmp_path)
    assert sources == list(mine.values())
    assert "lab2.ipynb was graded; " in notes


def test_of_two_the_one_with_more_work_is_taken(tmp_path):
    handed_in(tmp_path, "a.ipynb", WORK)
    handed_in(tmp_path, "b.ipynb", MORE)
    handed_in(tmp_path, "c.ipynb", STUBS)
    assert read(tmp_path)[0] == list(MORE.values())


def test_equal_work_is_for_the_student_to_choose_unless_it_is_the_same(tmp_path):
    handed_in(tmp_path, "a.ipynb", WORK)
    handed_in(tmp_path, "b.ipynb", WORK)
    assert read(tmp_path)[0] == list(WORK.values())
    handed_in(tmp_path, "b.ipynb", STUBS | {"h": "def h(): return 1"})
    with pytest.raises(Unreadable, match=r"a\.ipynb and b\.ipynb answer as many"):
        read(tmp_path)


def test_another_lab_s_notebook_is_not_taken(tmp_path):
    handed_in(tmp_path, "lab1.ipynb", {"setup": "", "f": "shared by two labs"})
    with pytest.raises(Unreadable, match=r"lab1\.ipynb, which lacks most of its cells"):
        read(tmp_path)


def test_what_can_t_be_read_is_told_where_nothing_else_is_there(tmp_path):
    (tmp_path / "mine.ipynb").write_text("{")
    with pytest.raises(Unreadable, match=r"and mine\.ipynb can't be opened as a notebook"):
        read(tmp_path)
    handed_in(tmp_path, "other.ipynb", WORK)
    assert read(tmp_path)[0] == list(WORK.values())


def test_links_are_nobody_s_notebook(tmp_path):
    (tmp_path / "ada").mkdir()
    handed_in(tmp_path / "ada", "lab2.ipynb", MORE)
    (tmp_path / "mine.ipynb").symlink_to("ada/lab2.ipynb")
    with pytest.raises(Unreadable, match="No file called"):
        read(tmp_path)
    (tmp_path / "lab2.ipynb").symlink_to("ada/lab2.ipynb")
    with pytest.raises(Unreadable, match="is a link"):
        read(tmp_path)


def test_a_thousand_files_are_not_all_looked_into(tmp_path):
    for number in range(OTHER_NAMES):
        (tmp_path / f"{number}.ipynb").write_text("")
    with (tmp_path / "large.ipynb").open("wb") as file:
        file.truncate(1 << 40)
    handed_in(tmp_path, "zzz.ipynb", WORK)
    with pytest.raises(Unreadable, match="is an empty file"):
        read(tmp_path)
    for number in range(OTHER_NAMES):
        (tmp_path / f"{number}.ipynb").unlink()
    assert read(tmp_path)[0] == list(WORK.values())


def test_a_notebook_saved_on_windows_is_the_same_one(tmp_path):
    handed_in(
        tmp_path, "lab2.ipynb", {name: text.replace("\n", "\r\n") for name, text in STUBS.items()}
    )
    assert read(tmp_path)[0] == list(STUBS.values())

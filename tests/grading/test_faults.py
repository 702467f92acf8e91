"""What goes wrong around a submission is said in a sentence, hurts nobody else and is not forgotten."""

import os
import sqlite3
import subprocess
import sys

import pytest

from lifkit_staff.grading.box import sandbox as box_module
from lifkit_staff.grading.box.errors import SandboxUnavailable
from lifkit_staff.grading.limits import Limits
from lifkit_staff.grading.submission import read
from lifkit_staff.grading.submission.read import Unreadable, read_notebook

from .sample import LAB, ZEROS, call, command, gradebook_scores, hand_in, open_course, outcomes

#: Grades, and while a submission is read hands in another one in its place.
REPLACING = """
import pathlib, shutil, sys
from lifkit.cli import main
from lifkit_staff.grading import exporter
usual = exporter.read_notebook
def read(path, *stubs):
    found = usual(path, *stubs)
    if "ann" in str(path):
        shutil.copy("other.ipynb", path)
    return found
exporter.read_notebook = read
sys.exit(main(["grade", "lab1", "--jobs", "1", "--no-figures", "--no-feedback"]))
"""


@pytest.fixture(scope="module")
def course(sandbox, tmp_path_factory):
    """A course whose one student handed in zeros, and something right while that was read."""
    course = open_course(tmp_path_factory.mktemp("faults") / "course")
    course.chmod(0o755)
    hand_in(course, "ann").rename(course / "other.ipynb")
    hand_in(course, "ann", euler=ZEROS)
    return course


def refused(course, *words, **variables):
    """Run `lifkit grade`, which stops; return what it said."""
    options = command(course, "lifkit", "grade", LAB, *words)
    options["env"] = {**options["env"], **variables}
    done = subprocess.run(**options, capture_output=True, text=True, check=False)
    assert done.returncode != 0 and "Traceback" not in done.stderr, done.stderr
    return done.stderr


@pytest.fixture(scope="module")
def said(course):
    """The first run."""
    return call(course, sys.executable, "-c", REPLACING)


@pytest.mark.sandbox
@pytest.mark.slow
def test_what_was_read_is_what_is_recorded(course, said):
    assert outcomes(course, "ann")["passive_euler"] == "wrong"
    again = call(course, "lifkit", "grade", LAB, "--no-figures", "--no-feedback")
    assert "unchanged" not in again
    assert outcomes(course, "ann")["passive_euler"] == "correct"
    assert "1 unchanged" in call(course, "lifkit", "grade", LAB, "--no-figures", "--no-feedback")


@pytest.mark.sandbox
@pytest.mark.slow
def test_the_first_run_says_who_can_read_solutions_and_the_next_one_not(course, said):
    assert "Everybody on this machine can read" in said and "chmod go-rwx" in said
    assert "Everybody" not in call(course, "lifkit", "grade", LAB, "--no-figures", "--no-feedback")


@pytest.mark.sandbox
@pytest.mark.slow
def test_a_stream_that_can_t_show_a_sign_gets_another(course, said):
    options = command(course, "lifkit", "grade", LAB, "--no-figures", "--no-feedback")
    options["env"] |= {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    done = subprocess.run(**options, capture_output=True, check=False)
    assert done.returncode == 0 and b"ann" in done.stdout, done.stderr


@pytest.mark.sandbox
@pytest.mark.slow
def test_a_gradebook_that_somebody_else_holds_is_named_and_nothing_is_lost(course, said):
    before = gradebook_scores(course, "ann")
    with sqlite3.connect(course / "gradebook.db", isolation_level=None) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        said = refused(course, "--force", "--no-figures", "--no-feedback")
        holder.execute("ROLLBACK")
    holder.close()
    assert "gradebook" in said and "locked" in said
    assert gradebook_scores(course, "ann") == before


@pytest.mark.sandbox
@pytest.mark.slow
def test_who_asks_for_one_student_is_shown_one(course, said):
    hand_in(course, "bob")
    options = ("--no-figures", "--no-feedback")
    assert "\nbob " in call(course, "lifkit", "grade", LAB, *options)
    only = call(course, "lifkit", "grade", LAB, *options, "--student", "ann")
    assert "\nann " in only and "bob" not in only


@pytest.mark.slow
def test_too_little_memory_for_a_kernel_is_refused(course):
    assert "no kernel starts" in refused(course, "--memory", "10")


@pytest.mark.slow
def test_another_numpy_on_the_path_is_named(course, tmp_path):
    (tmp_path / "numpy").mkdir()
    (tmp_path / "numpy" / "__init__.py").write_text("raise ImportError('built for another Python')")
    said = refused(course, PYTHONPATH=str(tmp_path))
    assert "numpy" in said and "PYTHONPATH" in said


def test_a_bwrap_that_hangs_is_not_waited_for(tmp_path, monkeypatch):
    hangs = tmp_path / "bwrap"
    hangs.write_text("#!/bin/sh\nexec sleep 600\n")
    hangs.chmod(0o755)
    monkeypatch.setattr(box_module.shutil, "which", lambda name: str(hangs))
    monkeypatch.setattr(box_module, "START", 0.2)
    with pytest.raises(SandboxUnavailable, match="did not build a box in 0.2 s"):
        box_module.Box(Limits())


def test_a_file_that_may_not_be_read_is_the_student_s_to_save_anew(tmp_path, monkeypatch):
    """As somebody who is not root finds it; root may read every file."""

    def refuses(path, *words):
        raise PermissionError(path)

    monkeypatch.setattr(read, "open", refuses, raising=False)
    (tmp_path / "lab1.ipynb").write_text("{}")
    with pytest.raises(Unreadable, match="its permissions don't allow it. Save it anew"):
        read_notebook(tmp_path / "lab1.ipynb")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.sandbox
@pytest.mark.slow
def test_a_course_that_can_t_be_written_is_named(course, said):
    folder = course / "autograded" / "ann"
    folder.chmod(0o555)
    try:
        assert "writable" in refused(course, "--force", "--no-figures", "--no-feedback")
    finally:
        folder.chmod(0o755)

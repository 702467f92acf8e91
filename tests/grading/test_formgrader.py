"""The formgrader's pages: rubrics where one marks and nowhere else, and no text that hangs the server."""

import json
import shutil
import time

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, output_from_msg
from nbgrader.server_extensions.formgrader.handlers import template_path
from traitlets.config import Config

from lifkit_staff.course import load_config
from lifkit_staff.grading import bounded as module
from lifkit_staff.grading.configure import use_engine

from .sample import ROOT, make_course

LAB = "lab2"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course with the real Lab 2, nothing of it graded."""
    course = tmp_path_factory.mktemp("marking") / "course"
    make_course(course, labs=())
    shutil.copytree(ROOT / "solutions" / "labs" / LAB, course / "solutions" / "labs" / LAB)
    return course


def page(course, notebook):
    """Return a page as the formgrader makes it, of a notebook in autograded/."""
    path = course / "autograded" / "ada" / LAB / f"{LAB}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    config = load_config(course)
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [template_path]
    resources = {"assignment_id": LAB, "notebook_id": LAB, "index": 0, "total": 1, "base_url": ""}
    resources |= {"submission_id": "1", "student": "ada"}
    return HTMLExporter(config=config).from_filename(str(path), resources=resources)[0]


def released():
    """Return the lab as students get it."""
    return nbformat.read(ROOT / "notebooks" / LAB / f"{LAB}.ipynb", as_version=4)


def test_a_rubric_stands_below_each_answer_that_is_marked_by_hand(course):
    found = page(course, released())
    assert found.count("For whoever marks") == found.count("<strong>Rubric.</strong>") == 4
    place = found.index('id="think_time_step"')
    assert found.index("an experiment that keeps") > place  # its own rubric, below it
    assert "an experiment that keeps" not in found[: found.index('id="think_time_step-comment"')]
    assert "BEGIN SOLUTION" not in found


def test_rubrics_are_stored_and_shown_nowhere_else(course):
    page(course, released())
    written = (course / "autograded" / "ada" / LAB / f"{LAB}.ipynb").read_text()
    assert "For whoever marks" not in written and "Rubric" not in written
    config = Config()
    use_engine(config)
    other, _ = HTMLExporter(config=config).from_notebook_node(released(), resources={})
    assert "For whoever marks" not in other and "<math" in other


def test_without_the_source_the_page_is_there_all_the_same(course):
    source = course / "solutions" / "labs" / LAB / f"{LAB}.ipynb"
    hidden = source.rename(source.with_suffix(".gone"))
    try:
        assert 'id="think_time_step-comment"' in page(course, released())
    finally:
        hidden.rename(source)


def test_the_page_is_nbgrader_s_with_equations_that_need_no_network(course):
    notebook = released()
    found = page(course, notebook)
    assert found.count('class="score tabbable"') == sum(
        1 for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")
    )
    assert "<math" in found and '<div class="highlight' in found
    assert "<pre>import" not in found  # nothing fell back to plain text


def test_what_the_grader_noted_stands_on_top(course):
    record = course / "verdicts" / LAB / "ada.json"
    record.parent.mkdir(parents=True)
    note = "No file called lab2.ipynb was handed in: <b>x.ipynb was graded in its place."
    record.write_text(json.dumps({"notes": [note]}))
    found = page(course, released())
    record.unlink()
    place = found.index("&lt;b&gt;x.ipynb was graded in its place.")
    assert place < found.index("Lab 2: The leaky")


def out(kind, **content):
    return output_from_msg({"header": {"msg_type": kind}, "content": content})


#: Each takes nbconvert more than ten seconds, most of them hours.
ODD = {
    "attributes": new_code_cell("a" + ".a" * 200_000),
    "spaces": new_markdown_cell("Why?" + " " * 30_000 + "x"),
    "environments": new_markdown_cell("\\begin{a}" * 20_000),
    "parentheses": new_markdown_cell("\\\\(" * 10_000),
    "brackets": new_markdown_cell("[" * 200_000),
    "colours": new_code_cell(
        "f()", outputs=[out("stream", name="stdout", text="\x1b[1;31mx" * 200_000)]
    ),
    "lines of a traceback": new_code_cell(
        "f()", outputs=[out("error", ename="E", evalue="", traceback=["\x1b[4m[" * 500_000])]
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_no_text_keeps_the_server_busy(course, name, monkeypatch):
    monkeypatch.setitem(module.TASK_SECONDS, "formgrader", 1)
    notebook = new_notebook(cells=[new_markdown_cell("# Mine"), ODD[name]])
    began = time.process_time()
    found = page(course, notebook)
    assert time.process_time() - began < 5  # of the server's process
    assert "Mine" in found


def test_what_is_too_much_is_shown_as_plain_text_with_the_reason(course, monkeypatch):
    def refuses(task, texts):
        if any("if x < 1" in text for _, text in texts):
            raise module.TooMuch("it took more than 10 s")
        return module.bounded(task, texts)

    monkeypatch.setattr("lifkit_staff.grading.formgrader.bounded", refuses)
    notebook = released()
    said = out("stream", name="stdout", text="<b>bold</b>")
    notebook.cells.append(new_code_cell("if x < 1: y()", outputs=[said]))
    notebook.cells.append(new_markdown_cell("**<script>alert(1)</script>**"))
    found = page(course, notebook)
    assert "too much work, it took more than 10 s" in found
    assert "<pre>if x &lt; 1: y()</pre>" in found
    assert "&lt;b&gt;bold&lt;/b&gt;" in found and "<script>alert(1)" not in found
    assert found.count("<strong>Rubric.</strong>") == 4 and "<math" in found

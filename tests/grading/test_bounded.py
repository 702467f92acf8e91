"""What works on students' text outside the box has limits, and what it gives is weighed again."""

import html
import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from lifkit_staff.grading import bounded as module
from lifkit_staff.grading.bounded import Helper, TooMuch, bounded
from lifkit_staff.grading.kernel.plan import copy_of
from lifkit_staff.grading.page import markdown
from lifkit_staff.grading.submission.read import Unreadable, read_notebook
from lifkit_staff.grading.submission.repair import Known, repair
from lifkit_staff.grading.submission.sanitize import GAP, Cleaner, clean_markdown
from lifkit_staff.grading.submission.source import defined_in, names_in, only_defines

from .sample import ROOT


def cleaned(page):
    return Cleaner().data({"text/html": page})["text/html"]


def tangled(n, m):
    """Return a page that each of its paragraphs makes longer by all open tags."""
    return "<p>" + "".join(f"<b title={i}></q>" for i in range(n)) + "</p>" + "<p>x</p>" * m


def test_a_table_of_many_rows_stays_as_it_is():
    table = "<table>" + "<tr><td>1.25</td><td>2</td></tr>" * 200 + "</table>"
    assert cleaned(table).count("<tr>") == 200


def test_what_cleaning_makes_longer_is_not_shown():
    assert len(cleaned(tangled(120, 120))) < 200
    assert "not closed" in cleaned(tangled(120, 120))


@pytest.fixture
def refused(monkeypatch):
    """Let every task be too much, and return what was asked for."""
    asked = []

    def refuses(task, *data):
        asked.append(task)
        raise TooMuch("it took more than 10 s")

    monkeypatch.setattr("lifkit_staff.grading.submission.sanitize.bounded", refuses)
    return asked


MANY = " ".join(f"a{number}" for number in range(4000))


@pytest.mark.parametrize(
    "page",
    [
        f"<p {MANY}>",
        "<p/" + MANY.replace(" ", "/") + ">",
        "<p " + MANY.replace(" ", "=''") + ">",
        f'<p title=">" {MANY}>',
        f"<p title='<b>' {MANY}>",
        f"</{MANY}>",
        f"<{MANY}",
        f"<!-- --!><p {MANY}>",
        "x" * 30_000,
        # each of the open tags comes again in each paragraph
        "<p>" + "".join(f"<b title='{i}{'x' * 600}'>" for i in range(24)) + "</p>" + "<p>x" * 24,
    ],
)
def test_what_may_take_long_is_cleaned_within_limits(refused, page):
    assert cleaned(page).startswith("<p>[Shown as text") and refused == ["clean"]


@pytest.mark.parametrize(
    "page",
    [
        '<table border="1" class="dataframe"><tr style="text-align: right;"><th></th></tr></table>',
        "<table border=1><tr><td colspan=2 nowrap>1.5<td align=right>a &lt; b</table><br/>",
        "<p>if V < V_theta, <b>then</b> $V \\leftarrow V_r$ and 1 <= 2 <</p>",
        '<img alt="a figure" src="data:image/png;base64,' + "A" * 100_000 + '" width="960"/>',
        "<img src='data:image/jpeg;base64," + "A" * 100_000 + "'>",
        f"<pre>{'A line of text.' * 1000}</pre>",
    ],
)
def test_ordinary_pages_need_no_limits(refused, page):
    assert "Shown as text" not in cleaned(page) and refused == []


def test_pictures_come_back_once():
    one, other = (f"data:image/gif;base64,{sign * 30}" for sign in "AB")
    page = f"""<i><img src='{one}'>x<img alt="b" src="{other}"></i>"""
    assert cleaned(page) == f'<i><img src="{one}">x<img alt="b" src="{other}"></i>'
    copied = "<p><b title='" + f'src="{one}"' + "'></p>" + "<p>x</p>" * 9
    assert cleaned(copied).count(one) <= 1


def test_what_takes_too_long_is_shown_as_text(refused):
    cleaner = Cleaner()
    first = cleaner.data({"text/html": "<script>alert(1)</script>" + tangled(200, 200)})
    assert "Shown as text" in first["text/html"] and "<b title" not in first["text/html"]
    assert "not shown" in cleaner.data({"text/html": "<p>x</p>"})["text/html"]


def test_time_and_memory_end_a_task_and_the_next_one_goes_on(monkeypatch):
    monkeypatch.setitem(module.TASK_SECONDS, "clean", 1)
    # In the helper itself, as if it had been asked.
    for work, said in (
        (lambda: [None for _ in iter(int, 1)], "more than 1 s"),
        (lambda: bytearray(10**10), "more than 1500 MB"),
    ):
        found = module._in_a_child(work, [], 1)
        assert said in found["failed"]
        assert found["seconds"] >= 0.9 * ("s" == said[-1])
    assert module._in_a_child(lambda: 5, [], 1)["done"] == 5


def test_all_pages_of_a_notebook_together_have_a_limit(monkeypatch):
    monkeypatch.setattr("lifkit_staff.grading.submission.sanitize.CLEAN_SECONDS", 0.0)
    cleaner = Cleaner()
    assert cleaner.data({"text/html": f"<p {MANY}>x</p>"})["text/html"] == "<p>x</p>"
    assert "not shown" in cleaner.data({"text/html": "<p>x</p>"})["text/html"]


def test_a_helper_that_is_lost_is_started_again():
    helper = Helper()
    assert helper.do("clean", "<p onclick=x>a</p>") == "<p>a</p>"
    helper._process.kill()
    helper._process.wait()
    assert helper.do("clean", "<i>b</i>") == "<i>b</i>"
    helper.end()


def test_a_mistake_in_a_text_is_told_as_such(tmp_path):
    path = tmp_path / "lab1.ipynb"
    path.write_text("")
    with pytest.raises(ValueError, match="is an empty file"):
        bounded("read", str(path))


def test_a_large_file_is_read_by_the_helper_alone(tmp_path, monkeypatch):
    monkeypatch.setattr("lifkit_staff.grading.submission.read.rebuilt", None)  # of this process
    path = tmp_path / "lab1.ipynb"
    path.write_text('{"cells": [' + "[]," * 12_000_000 + "[]]}")
    with pytest.raises(Unreadable, match="can't be opened as a notebook"):
        read_notebook(path)


@pytest.mark.parametrize(
    ("page", "kept"),
    [
        ('<p class="earned">x</p>', "<p>x</p>"),
        ('<table class="dataframe">x</table>', 'class="dataframe"'),
        ('<p style="color: red; width: 1200px">x</p>', "color: red; width: 1200px"),
        ('<img width="1200" height="800">', '<img width="1200" height="800">'),
        ('<img width="100%" height="99999">', '<img width="100%">'),
        ('<img width="99999" border="9e9">', "<img>"),
    ],
)
def test_styles_and_classes_keep_to_their_place(page, kept):
    assert kept in cleaned(page)


@pytest.mark.parametrize(
    "style",
    """
    margin-top:-50px
    margin-top:-9000PX
    margin-top:-1e4px
    margin-top:-900lh
    margin-top:-999pc
    margin-top:calc(0px - 999px)
    m\\61rgin-top:-5px
    margin-top:/**/-5px
    margin-top:1px-9000px
    l\\69ne-height:0
    line-height:0
    line-height:1%
    line-height:99999
    height:99999PX
    height:900dvh
    font-size:9e4px
    padding:9999px
    padding:9e9Q
    background:url(https://x)
    background:u\\72l(https://x)
    background:image-set('https://x' 1x)
    background:var(--x)
    color:"a;line-height:0;b"
    color:rgb(attr(x))
    """.split("\n")[1:-1],
)
def test_a_style_that_could_cover_a_page_goes(style):
    assert cleaned(f"<p style='{style.strip()}'>x</p>") == "<p>x</p>"
    assert cleaned(f"<p style='color:red;{style.strip()}'>x</p>") == "<p>x</p>"


@pytest.mark.parametrize(
    "style",
    """
    text-align: right;
    max-width:100%;height:auto;background:white
    border-left:4px solid #b8500f;padding:0.4em 1em;margin:.3em 0;line-height:1.45;max-width:56em
    border: 1px solid #555; width: 1em; background-color: #440154ff;
    white-space:pre;line-height:normal;font-family:Menlo,'DejaVu Sans Mono',consolas,'Courier New',monospace
    color: rgba(0, 0, 255, 0.5); background: rgb(10%, 20%, 30%); font-weight: 700
    COLOR: Red; FONT-SIZE: 12PX
    vertical-align: middle; margin-left: auto; text-decoration: underline
    """.split("\n")[1:-1],
)
def test_styles_of_tables_and_pictures_stay(style):
    """Those of pandas, Matplotlib's colours, rich, and the course's own figures and reports."""
    assert cleaned(f'<p style="{style.strip()}">x</p>').count(":") == style.count(":")


def test_pictures_in_texts_are_not_fetched():
    text = clean_markdown("![a](https://x/y.png) ![b][c]\n\n[c]: https://x")
    assert text.count(f"!{GAP}[") == 2
    assert "<img" not in markdown(text)


def test_equations_are_readable_without_a_network():
    text = r"$\tau \frac{dV}{dt} = -V$ and $$V_\theta$$ and $\nosuchthing{$ and \begin{align}a\end{align}"
    page = markdown(text)
    assert page.count("<math") >= 2 and "mathjax" not in page.lower()


@pytest.mark.parametrize(
    "formula",
    [
        r"\href{javascript:alert(1)}{x}",
        r"\style{background:url(https://x)}{x}",
        r"\class{earned}{x}",
        r"\text{<img/src=x/onerror=alert(1)>}",
        r"\text{</math><script>alert(1)</script>}",
    ],
)
def test_equations_hold_nothing_but_formulas(formula):
    assert markdown(f"${formula}$") == f"<p><code>{html.escape(formula)}</code></p>\n"


def test_the_labs_equations_are_all_formulas():
    """Those that the instructors' notebooks have in their texts."""
    for path in sorted((ROOT / "solutions" / "labs").glob("*/*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                page = markdown(cell.source)
                wanted = re.sub(r"`[^`]*`", "", cell.source).count("$") >= 2
                assert ("<math" in page) == wanted, cell.source
                assert not re.search(r"<code>[^<]*\\\\", page), cell.source


# --- Reading code without running it --------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "names", "defines"),
    [
        ("def f(x):\n    return g(x)", {"g", "x"}, True),
        ("f(3)", {"f"}, False),
        ("E_m, x = -70.0, 5", {"E_m", "x"}, False),
        ("E_m = -70.0", {"E_m"}, True),
        ("'a text'", set(), True),
        ("@slow()\ndef f(): pass", {"slow"}, True),
        ("(" * 5000, set(), False),
        ("x" * 200_000, {"x" * 200_000}, False),
    ],
)
def test_cells_are_read_with_patience(source, names, defines):
    assert names_in(source) == names and only_defines(source) == defines
    assert defined_in(source) == (("f",) if "def f" in source else ())


# --- Marks that were lost -------------------------------------------------------------------------

QUESTION = "**Think 1.1 (2 points).** Why does it oscillate?\n\nYOUR ANSWER HERE"


def known(name, cell_type, source, **flags):
    found = dict.fromkeys(("grade", "solution", "locked", "task"), False) | flags
    return Known(name=name, cell_type=cell_type, source=source, checksum="", points=2.0, **found)


def test_an_answer_without_its_marks_is_found_by_its_text():
    answer = QUESTION.replace("YOUR ANSWER HERE", "Because the step is too long.")
    notebook = new_notebook(cells=[new_markdown_cell("# A lab"), new_markdown_cell(answer)])
    notes = repair(
        notebook, {"think": known("think", "markdown", QUESTION, grade=True, solution=True)}
    )
    marked = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
    assert [cell.source for cell in marked] == [answer] and len(notebook.cells) == 2
    assert "lost its marks" in notes[0]


def test_copies_are_told_apart_and_only_those_with_work_are_asked():
    stub, work = "def f():\n    raise NotImplementedError()", "def f():\n    return 5"
    marks = {"nbgrader": {"grade_id": "f"}}
    notebook = new_notebook(
        cells=[new_code_cell(source, metadata=marks) for source in (work, stub, work, stub)]
    )
    lab = {
        "f": known("f", "code", stub, solution=True),
        "f_check": known("f_check", "code", "check(f)", grade=True, locked=True),
    }
    repair(notebook, lab)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if "f_check" not in str(cell.metadata)]
    assert [copy_of(cell) for cell in code] == ["f", "f", "", "f"]
    worked = [cell.metadata.get("lifkit", {}).get("worked_on") for cell in code]
    assert worked == [True, False, None, False]

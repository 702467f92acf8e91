"""Where a student stands: in the notebook, in a saved file, and from the command line."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import nbclient
import nbformat
import pytest

from lifkit.cli import main
from lifkit.judge import load_key
from lifkit.notebook_file import saved_scores
from lifkit.scores import Row, Scores

POINTS = "9,6,3,5,5,3,7"
NAMES = ["lif_noisy", "ou_current", "isi", "cv", "spike_counts", "fano", "siegert_rate"]
SETUP = """
import numpy as np
import lifkit
from lifkit import check
lifkit.open_lab("lab3", edition="{edition}")
"""
ISI = "def isi(spike_times):\n    return [np.diff(times) for times in spike_times]\n"
CV = """
def cv(spike_times):
    return np.array([x.std() / x.mean() if len(x) else np.nan for x in isi(spike_times)])
"""
STUB = "def fano(counts):\n    raise NotImplementedError()\n"


def cells(*sources, edition=None, checked=("isi", "cv", "fano")):
    """Make a notebook as the build does: marks of nbgrader, a question among the exercises."""
    edition = edition or f"{load_key('isi').edition}:{POINTS}"
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(SETUP.format(edition=edition))]
    notebook.cells += map(nbformat.v4.new_code_cell, sources)
    for name in checked:
        cell = nbformat.v4.new_code_cell(f"check({name})")
        marks = {"grade": True, "solution": False, "grade_id": f"{name}_check", "points": 4}
        cell.metadata.nbgrader = marks
        cell.metadata.tags = ["raises-exception"]
        notebook.cells.append(cell)
    question = nbformat.v4.new_markdown_cell("**Think 3.1 (3 points).** Why is it so?")
    question.metadata.nbgrader = {"grade": True, "solution": True, "grade_id": "q", "points": 3}
    notebook.cells.append(question)
    return notebook


def written(folder, notebook):
    path = folder / "mine.ipynb"
    nbformat.write(notebook, path)
    return path


def told(scores):
    return {row.name: (row.outcome, row.points) for row in scores.rows}


# --- The table ------------------------------------------------------------------------------------

TABLE = Scores(
    lab="lab9",
    rows=(
        Row(name="9.1 f", status="all correct", outcome="correct", fraction=1.0, most=4),
        Row(name="9.2 g", status="3 of 5 <hold>", outcome="partial", fraction=0.333, most=2.5),
        Row(name="Think 9.1", status="marked by hand", most=3, by_hand=True),
    ),
)


def test_the_table_adds_up_what_was_earned_and_names_what_is_marked_by_hand():
    assert TABLE.as_text().splitlines() == [
        "lab9: 4.83 of 6.5 points, 1 of 2 exercises all correct; 3 more are marked by hand",
        "  ✓ 9.1 f           4 of 4  all correct",
        "  ~ 9.2 g      0.83 of 2.5  3 of 5 <hold>",
        "    Think 9.1            3  marked by hand",
    ]
    assert not TABLE.passed


def test_the_table_s_html_can_be_read_aloud():
    page = TABLE.as_html()
    assert "<caption" in page and page.count('scope="col"') == 3 and page.count('scope="row"') == 3
    assert "3 of 5 &lt;hold&gt;" in page


def test_without_points_the_exercises_are_counted():
    rows = (Row(name="9.1 f", status="all correct", outcome="correct", fraction=1.0),)
    assert Scores(lab="lab9", rows=rows).total == "1 of 1 exercises all correct"
    assert Scores(lab="lab9", rows=rows).passed


# --- In the notebook ------------------------------------------------------------------------------


def test_progress_lists_every_exercise_of_the_lab_and_the_total(tmp_path):
    path = written(tmp_path, cells(ISI, CV, STUB))
    notebook = nbformat.v4.new_notebook()
    opens = SETUP.format(edition=f"{load_key('isi').edition}:{POINTS}")
    sources = ["import lifkit; lifkit.progress()", opens + ISI + CV + STUB, "lifkit.progress()"]
    sources += [f"import os; os.environ['JPY_SESSION_NAME'] = {str(path)!r}; lifkit.progress()"]
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in sources]
    nbclient.NotebookClient(notebook, allow_errors=True, timeout=60).execute()
    (early,) = notebook.cells[0].outputs
    assert early.traceback == [
        "ValueError: No lab is open here: run the notebook's first code cell, then again."
    ]
    (shown,) = notebook.cells[2].outputs
    text = shown.data["text/plain"]
    assert re.findall(r"3\.\d (\w+)", text) == NAMES
    assert re.search(r"✓ 3\.3 isi +3 of 3 +all correct", text)
    assert re.search(r"~ 3\.4 cv +[\d.]+ of 5 +\d of \d properties hold", text)
    assert re.search(r"· 3\.6 fano +0 of 3 +not started yet", text)
    assert re.search(r"  3\.7 siegert_rate +0 of 7 +its cell was not run yet", text)
    assert "of 38 points, 1 of 7 exercises all correct" in text
    assert "<caption" in shown.data["text/html"] and "Think" not in text
    (shown,) = notebook.cells[3].outputs
    assert re.search(r"Think 3\.1 +3 +marked by hand", shown.data["text/plain"])


# --- From a file ----------------------------------------------------------------------------------


def test_a_notebook_is_run_as_a_copy_and_its_table_printed(tmp_path, capsys):
    path = written(tmp_path, cells(ISI, CV, STUB))
    before = path.read_bytes()
    assert main(["check", str(path)]) == 1
    shown = capsys.readouterr()
    assert re.search(r"✓ 3\.3 isi +4 of 4 +all correct", shown.out)
    assert re.search(r"~ 3\.4 cv +[\d.]+ of 4 +\d of \d properties hold", shown.out)
    assert re.search(r"· 3\.6 fano +0 of 4 +not started yet", shown.out)
    assert re.search(r"3\.1 lif_noisy +0 of 9 +its check cell is missing", shown.out)
    assert re.search(r"Think 3\.1 +3 +marked by hand", shown.out)
    assert "Ctrl-C" in shown.err
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


def test_a_file_tells_how_it_stood_when_it_was_last_run(tmp_path):
    notebook = cells(ISI, CV, checked=("isi", "cv", "fano"))
    path = written(tmp_path, notebook)
    assert told(saved_scores(path))["3.3 isi"] == ("", "0 of 4")
    nbclient.NotebookClient(notebook, allow_errors=True, timeout=60).execute()
    path = written(tmp_path, notebook)
    scores = saved_scores(path)
    assert told(scores)["3.3 isi"] == ("correct", "4 of 4")
    assert told(scores)["3.4 cv"][0] == "partial"
    (fano,) = [row for row in scores.rows if row.name == "3.6 fano"]
    assert fano.outcome == "error" and "its check stops with NameError" in fano.status
    for cell in notebook.cells:  # an editor that loses the marks of nbgrader
        cell.metadata.pop("nbgrader", None)
    assert told(saved_scores(written(tmp_path, notebook)))["3.3 isi"] == ("correct", "3 of 3")


def test_all_right_is_exit_status_0(tmp_path, monkeypatch, capsys):
    done = Scores(lab="lab3", rows=(Row(name="x", status="all correct", outcome="correct"),))
    monkeypatch.setattr("lifkit.notebook_file.run", lambda path, watch: done)
    assert main(["check", "any.ipynb"]) == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "There is no file "),
        ("{", "is not a notebook that can be read"),
        ('{"cells": 3}', "is not a notebook that can be read"),
        ('{"cells": []}', "holds no lab: no cell of it calls lifkit.open_lab"),
        (
            json.dumps(
                {
                    "cells": [
                        {"cell_type": "code", "source": "lifkit.open_lab('lab99', edition='1')"}
                    ]
                }
            ),
            "This lifkit does not know lab99. Your notebook is newer",
        ),
    ],
)
def test_a_file_that_is_no_lab_is_told_in_a_sentence(tmp_path, capsys, text, words):
    path = tmp_path / "mine.ipynb"
    if text is not None:
        path.write_text(text)
    assert main(["check", str(path)]) == 1
    shown = capsys.readouterr()
    assert words in shown.err and "Traceback" not in shown.err and shown.out == ""


def test_another_edition_is_said_under_the_table(tmp_path):
    path = written(tmp_path, cells(edition="00000000:1"))
    assert "do not belong together" in saved_scores(path).as_text().splitlines()[-1]


def test_a_notebook_that_ends_its_python_is_told_as_such(tmp_path, capsys):
    path = written(tmp_path, cells(ISI, "import os; os._exit(1)"))
    assert main(["check", str(path)]) == 1
    out = capsys.readouterr().out
    assert "The notebook's Python ended in cell 3; nothing below it was run." in out
    assert re.search(r"3\.3 isi +0 of 4 +not checked yet", out)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send")
def test_an_interrupt_ends_the_run_and_its_kernel(tmp_path):
    endless = (
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(__import__('os').getpid()))\nwhile 1: 0"
    )
    path = written(tmp_path, cells(endless))
    command = [sys.executable, "-c", "from lifkit.cli import main; raise SystemExit(main())"]
    running = subprocess.Popen(
        [*command, "check", str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    end = time.monotonic() + 90
    while not ((tmp_path / "pid").exists() and (tmp_path / "pid").read_text()):
        assert time.monotonic() < end and running.poll() is None
        time.sleep(0.2)
    kernel = int((tmp_path / "pid").read_text())
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert running.returncode == 130 and err.endswith("lifkit: stopped.\n") and out == ""
    assert "Traceback" not in err
    with pytest.raises(ProcessLookupError):
        os.kill(kernel, 0)

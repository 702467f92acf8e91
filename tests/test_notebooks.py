"""The labs as a reader of the instructor's notebooks sees them: every cell runs, every figure is whole."""

import base64
import io
import re
from pathlib import Path

import matplotlib.pyplot as plt
import nbclient
import nbformat
import numpy as np
import pytest

#: White pixels around a figure, of 144 an inch: where fewer are left, a label may have been cut off.
EDGE = 4

LABS = Path(__file__).resolve().parents[1] / "solutions" / "labs"


@pytest.fixture(scope="module", params=["lab1", "lab2", "lab3"])
def executed(request):
    """A lab's notebook with all its answers, executed from the top."""
    folder = LABS / request.param
    notebook = nbformat.read(folder / f"{request.param}.ipynb", as_version=4)
    resources = {"metadata": {"path": str(folder)}}
    client = nbclient.NotebookClient(notebook, timeout=120, allow_errors=True, resources=resources)
    return client.execute()


def outputs(notebook):
    return [
        (cell.id, output)
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
    ]


def test_every_cell_runs_without_an_error_or_a_warning(executed):
    bad = [
        (name, output.get("evalue") or output.text)
        for name, output in outputs(executed)
        if output.output_type == "error" or output.get("name") == "stderr"
    ]
    assert not bad


def test_every_check_is_passed(executed):
    for cell in executed.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if cell.source == f"check({name.removesuffix('_check')})":
            (output,) = cell.outputs
            assert "all correct" in output.data["text/plain"], name


def test_every_figure_has_its_text_and_all_of_it_is_in_the_picture(executed):
    pages = [
        (name, output.get("data", {}).get("text/html", "")) for name, output in outputs(executed)
    ]
    pictures = [
        (name, *found)
        for name, page in pages
        for found in re.findall('<img alt="([^"]*)".*?base64,([^"]*)"', page, re.S)
    ]
    assert len(pictures) >= 5
    for name, alt, data in pictures:
        assert len(alt) > 20, name
        pixels = plt.imread(io.BytesIO(base64.b64decode(data)), format="png")
        ink = np.argwhere((pixels[..., :3] < 0.9).any(axis=-1))
        assert np.all(ink.min(axis=0) >= EDGE), (name, ink.min(axis=0))
        room = np.array(pixels.shape[:2]) - 1 - ink.max(axis=0)
        assert np.all(room >= EDGE), (name, room)

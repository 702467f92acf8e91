"""The site's pages show figures of the solved notebooks, and nothing that solves or answers anything."""

import json
import re

import nbformat
import pytest

from lifkit_staff.authoring import BuildError
from lifkit_staff.authoring.leaks import leaks
from lifkit_staff.authoring.notebooks import labs_of
from lifkit_staff.authoring.recording import as_json, record, recorded
from lifkit_staff.authoring.self_study import read_answers
from lifkit_staff.course import find_root
from lifkit_staff.grading.page import cell_as_html
from lifkit_staff.site import edition_of
from lifkit_staff.site.build import without_code
from lifkit_staff.site.fonts import font_list
from lifkit_staff.site.lite import copy_pyodide
from lifkit_staff.site.pages import lab_page, with_recordings
from lifkit_staff.site.recordings import GRIDS, all_calls, name_of, scene_of
from tests.recording import Recording

ROOT = find_root(None)
LABS = labs_of(ROOT)
SAID = "WHAT A CELL SAYS"


def with_every_output(lab):
    """Return a lab's instructor's notebook as if each of its cells had drawn, printed and judged."""
    path = ROOT / "solutions" / "labs" / lab / f"{lab}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            picture = {
                "text/html": f'<img class="lifkit-figure" id="{cell.id}">',
                "text/plain": SAID,
            }
            cell.outputs = [
                nbformat.v4.new_output("stream", text=SAID),
                nbformat.v4.new_output("display_data", picture),
                nbformat.v4.new_output("display_data", {"text/html": SAID}),
                nbformat.v4.new_output("execute_result", {"text/plain": SAID}),
            ]
    return notebook


@pytest.fixture(scope="module", params=LABS)
def page(request):
    lab = request.param
    released = nbformat.read(ROOT / "notebooks" / lab / f"{lab}.ipynb", as_version=4)
    return lab, lab_page(released, with_every_output(lab), lab)


def test_a_page_holds_no_line_of_a_solution(page):
    lab, notebook = page
    text = "\n".join(cell.source for cell in notebook.cells)
    assert leaks(ROOT / "solutions" / "labs" / lab / f"{lab}.ipynb", text) == []


def test_a_page_holds_no_model_answer(page):
    lab, notebook = page
    text = " ".join(nbformat.writes(notebook).split())
    for answer in read_answers(ROOT, lab).values():
        for sentence in re.split(r"(?<=[.:;]) ", " ".join(answer.split())):
            assert len(sentence) < 40 or sentence not in text


def test_a_page_shows_figures_and_nothing_that_a_cell_says(page):
    _, notebook = page
    text = nbformat.writes(notebook)
    assert SAID not in text and "lifkit-figure" in text


def test_no_figure_judges_or_answers_a_question(page):
    _, notebook = page
    prose = ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            prose = cell.source
        elif cell.outputs:
            assert not re.search(r"\bmy_|weigh\(|check\(|answers", cell.source)
            assert "NotImplementedError" not in cell.source
            assert not re.search(r"### (Predict|Think)|[Yy]our prediction", prose)


def test_the_sample_page_shows_reports_and_no_code():
    code = cell_as_html(nbformat.v4.new_code_cell("def f(tau):\n    return secret(tau)"))
    page = f'<p>Likely mistake: it</p>{code}<p>next</p><details class="whole">{code}</details>end'
    shown = without_code(page)
    assert "secret" in page and "secret" not in shown
    assert all(part in shown for part in ("Likely mistake: it", "next", "end"))


def test_an_edition_has_a_path_of_its_own(tmp_path):
    for folder, text in (("one", "{}"), ("other", "{ }"), ("same", "{}")):
        path = tmp_path / folder / "notebooks" / "lab1" / "lab1.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(text)
    found = [edition_of(tmp_path / folder) for folder in ("one", "other", "same")]
    assert found[0] == found[2] != found[1]


def test_another_pyodide_is_refused(tmp_path):
    lock = {"info": {"version": "1.2.3"}, "packages": {}}
    with pytest.raises(
        BuildError, match="holds no Pyodide 1.2.3, or a part of it: pyodide.js is not there"
    ):
        copy_pyodide(tmp_path, tmp_path, lock)
    (tmp_path / "pyodide.js").write_text("another one")
    with pytest.raises(BuildError, match="another Pyodide than 1.2.3: pyodide.js differs"):
        copy_pyodide(tmp_path, tmp_path, lock)


def test_the_list_of_fonts_knows_matplotlib_s_own_by_relative_names():
    told = json.loads(font_list())
    names = {entry["name"] for entry in told["ttflist"]}
    assert "DejaVu Sans" in names
    assert all(entry["fname"].startswith("fonts/") for entry in told["ttflist"] + told["afmlist"])


# --- Explorers as recordings --------------------------------------------------------------------

CALLS = {name_of(call): call for call in all_calls(ROOT)}


def test_each_explorer_of_a_lab_has_a_recording_of_its_own():
    calls = [name_of(call) for call in all_calls(ROOT)]
    assert sorted(calls) == sorted(GRIDS) and len(set(calls)) == len(calls)


@pytest.mark.parametrize("name", GRIDS)
def test_a_recording_begins_where_the_notebook_does_and_holds_what_it_shows(name):
    scene, grid = scene_of(ROOT, CALLS[name]), GRIDS[name]
    seen = recorded(scene, grid)
    assert 1 <= len(seen.sliders) <= 3
    assert len(seen.places) > len(scene.places) / 2 - 1 and seen.places
    assert not any(place.holds(scene.settle({})) for place in scene.places)
    # The whole grid takes minutes: the start, and the first slider's next position.
    first, (_, high, step) = next(iter(grid.items()))
    start = scene.settle({})[first]
    step = step if start + step <= high else -step
    ends = sorted((start, start + step))
    data = json.loads(as_json(record(scene, {first: (*ends, abs(step))}, name)))
    stored = Recording(data)
    for value in (start, start + step):
        (place,) = [one for one in stored.places if abs(one[first] - value) < 1e-6]
        stored.holds(place, scene.compute(scene.settle({first: value})))


def test_a_page_shows_a_recording_where_the_notebook_has_an_explorer(page):
    lab, notebook = page
    with_recordings(ROOT, notebook)
    shown = {
        name
        for cell in notebook.cells
        if cell.cell_type == "code"
        for one in cell.outputs
        for name in re.findall(r'data-recording="_static/recordings/(\w+).json"', str(one))
    }
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    assert shown == set(re.findall(r"\bexplore_\w+", text)) != set()
    assert "your " not in str([cell.get("outputs") for cell in notebook.cells])


@pytest.mark.parametrize(
    "grid", [{"tau": (5, 30, 10)}, {"tau": (0, 20, 10)}, {"I_ext": (0.25, 60, 0.25)}]
)
def test_a_grid_that_the_sliders_do_not_have_is_refused(grid):
    (name,) = grid
    with pytest.raises(ValueError, match=f"{name} can't be recorded from"):
        recorded(scene_of(ROOT, CALLS["explore_lif"]), grid)

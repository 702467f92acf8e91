"""The explorers in whole labs: run all, scroll, save, close, open again; in both themes."""

import nbformat
import pytest

from lifkit.explorers.snapshot import RUN_AGAIN
from lifkit.plotting import COLOURS, PALE_COLOURS
from tests.browser.jupyter import (
    IN_FRONT,
    KERNEL,
    ROOT,
    choose,
    close_all,
    open_beside,
    open_notebook,
    run_all,
)
from tests.browser.test_explorers_live import Explorer

expect = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed").expect

LABS = ROOT / "solutions" / "labs"

#: What a theme is drawn in: the student's curve, and nothing but it, has this colour.
YOURS = {"JupyterLab Light": COLOURS[0], "JupyterLab Dark": PALE_COLOURS[0]}

# How many dots of a drawing have a colour, and how many the faint grey of the grid.
DOTS = """(canvas, colour) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const wanted = [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
    const counts = { yours: 0, grid: 0 };
    for (let i = 0; i < data.length; i += 4) {
        if (wanted.every((part, k) => data[i + k] === part) && data[i + 3] === 255) counts.yours++;
        if (Math.abs(data[i] - 128) < 6 && Math.abs(data[i + 3] - 56) < 4) counts.grid++;
    }
    return counts;
}"""
NO_MODEL = "Error displaying widget: model not found"


def write_lab(server, name):
    """Write a whole lab, solved, as a student has it who is done."""
    notebook = nbformat.read(LABS / name / f"{name}.ipynb", as_version=4)
    notebook.metadata.kernelspec = KERNEL
    nbformat.write(notebook, server.root / f"{name}.ipynb")
    return sum("explorers.explore" in c.source for c in notebook.cells if c.cell_type == "code")


def is_drawn(explorer, colour):
    """See that the drawing is complete and has the theme's colours, and that no picture is beside it."""
    explorer.box.scroll_into_view_if_needed()
    canvas = explorer.box.locator("canvas")
    expect(canvas).to_be_visible()
    explorer.page.wait_for_function(
        f"([canvas, colour]) => ({DOTS})(canvas, colour).yours > 100",
        arg=[canvas.element_handle(), colour],
        polling=100,
    )
    assert canvas.evaluate(DOTS, colour)["grid"] > 1000
    expect(explorer.page.locator(f"{IN_FRONT} [data-lifkit-still] >> visible=true")).to_have_count(0)


def every_explorer(page, count):
    """Return the explorers, and see that there are so many."""
    expect(page.locator(f"{IN_FRONT} .lifkit-explorer")).to_have_count(count)
    return [Explorer(page, number) for number in range(count)]


def answers(explorer):
    """Move the first slider by keyboard, and see what is shown follow."""
    before = explorer.readouts.inner_text()
    explorer.box.locator("input[type=range]").first.focus()
    explorer.page.keyboard.press("End")
    expect(explorer.readouts).not_to_have_text(before)
    expect(explorer.message).to_be_empty()


def pictures_stand_in(page, count):
    """See the picture of each explorer, and below it the kit's line and not Jupyter's error."""
    pictures = page.locator(f"{IN_FRONT} [data-lifkit-still]")
    expect(pictures).to_have_count(count)
    errors = page.locator(f"{IN_FRONT} .jupyter-widgets", has_text=NO_MODEL)
    expect(errors).to_have_count(count)
    for number in range(count):
        pictures.nth(number).scroll_into_view_if_needed()
        expect(pictures.nth(number).locator("img")).to_be_visible()
        shown = errors.nth(number).evaluate(
            """error => {
                const after = getComputedStyle(error, "::after");
                return [getComputedStyle(error).visibility, after.visibility, after.content];
            }"""
        )
        assert shown == ["hidden", "visible", f'"{RUN_AGAIN}"']


@pytest.mark.parametrize(
    ("name", "theme"),
    [("lab1", "JupyterLab Light"), ("lab2", "JupyterLab Dark"), ("lab3", "JupyterLab Light")],
)
def test_a_whole_lab_in_jupyterlab(server, lab, name, theme):
    count = write_lab(server, name)
    close_all(lab)
    choose(lab, "Settings", "Theme", theme)
    open_beside(lab, f"{name}.ipynb")
    run_all(lab, seconds=180)
    shown = every_explorer(lab, count)
    for explorer in (*shown, *reversed(shown)):  # down and up again
        is_drawn(explorer, YOURS[theme])
    for explorer in shown:
        answers(explorer)
        is_drawn(explorer, YOURS[theme])
    other = next(one for one in YOURS if one != theme)
    choose(lab, "Settings", "Theme", other)
    for explorer in shown:
        is_drawn(explorer, YOURS[other])

    close_all(lab)  # saves, and stops the kernel
    open_beside(lab, f"{name}.ipynb")
    pictures_stand_in(lab, count)
    choose(lab, "Settings", "Theme", "JupyterLab Light")


def test_a_whole_lab_in_notebook_7(server, page):
    count = write_lab(server, "lab1")
    open_notebook(page, server.notebook("lab1.ipynb"))
    run_all(page, seconds=180)
    for explorer in every_explorer(page, count):
        is_drawn(explorer, COLOURS[0])
        answers(explorer)
    page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
    page.reload()  # its kernel lives: the explorers do, too
    for explorer in every_explorer(page, count):
        is_drawn(explorer, COLOURS[0])
        answers(explorer)
    page.evaluate("() => jupyterapp.serviceManager.sessions.shutdownAll()")
    open_notebook(page, server.notebook("lab1.ipynb"))
    pictures_stand_in(page, count)


def test_an_explorer_made_off_the_page_is_right_once_it_is_put_there(page):
    """A long notebook keeps the cells that are out of sight off the page, where no colour can be read."""
    text = (ROOT / "docs" / "explorer.html").read_text(encoding="utf-8")
    on_the_page = 'render({ model, el: document.getElementById("lifkit-explorer") });'
    off_the_page = 'window.made = document.createElement("div"); render({ model, el: window.made });'
    assert on_the_page in text
    page.emulate_media(color_scheme="dark")
    page.set_content(text.replace(on_the_page, off_the_page))
    page.wait_for_timeout(200)
    explorer = Explorer.__new__(Explorer)
    explorer.page, explorer.box = page, page.locator(".lifkit-explorer")
    put = "() => document.getElementById('lifkit-explorer').append(made)"
    page.evaluate(put)
    is_drawn(explorer, PALE_COLOURS[0])
    page.evaluate("() => made.remove()")
    page.emulate_media(color_scheme="light")
    page.wait_for_timeout(200)
    page.evaluate(put)
    is_drawn(explorer, COLOURS[0])

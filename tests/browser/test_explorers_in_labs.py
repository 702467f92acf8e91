"""The explorers in whole labs: run all, scroll, save, close, open again; in both themes."""

import itertools
import re

import nbformat
import numpy as np
import pytest

from lifkit.explorers import passive
from lifkit.explorers.snapshot import RUN_AGAIN
from lifkit.explorers.widget import page_parts
from lifkit.plotting import COLOURS, PALE_COLOURS
from lifkit_staff.authoring.recording import part, script
from tests.browser.jupyter import (
    IN_FRONT,
    KERNEL,
    ROOT,
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
# At a high rate one step of a synapse moves its line by less than a pixel: ask whether it was drawn anew.
LISTEN = """() => {
    window.drawn = false;
    document.addEventListener("lifkit-drawn", () => (window.drawn = true), { once: true });
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
    expect(explorer.page.locator(f"{IN_FRONT} [data-lifkit-still] >> visible=true")).to_have_count(
        0
    )


def every_explorer(page, count):
    """Return the explorers, and see that there are so many."""
    expect(page.locator(f"{IN_FRONT} .lifkit-explorer")).to_have_count(count)
    return [Explorer(page, number) for number in range(count)]


def names_of_sliders(explorer):
    labels = explorer.box.locator("input[type=range]").evaluate_all(
        "inputs => inputs.map((input) => input.getAttribute('aria-label'))"
    )
    return [re.search(r"(\w+) in \S+$", label)[1] for label in labels]


def move_everything(explorer):
    """Move every slider by mouse and by keyboard, and see the drawing follow."""
    for name in names_of_sliders(explorer):
        picture = explorer.picture()
        explorer.drag(name, to=0.8, steps=2)
        explorer.picture_after(picture)
        expect(explorer.figure).to_have_attribute("aria-busy", "false")
        explorer.page.evaluate(LISTEN)
        explorer.slider(name).focus()
        explorer.page.keyboard.press("ArrowLeft")
        explorer.page.wait_for_function("() => window.drawn", polling=100)
    expect(explorer.box.locator(".lifkit-changed")).not_to_be_empty()
    expect(explorer.message).to_be_empty()
    explorer.responds(lambda: explorer.box.get_by_role("button", name="Reset").click())


def pictures_stand_in(page, count):
    """See the picture of each explorer, and below it the kit's line and not Jupyter's error."""
    pictures = page.locator(f"{IN_FRONT} [data-lifkit-still]")
    expect(pictures).to_have_count(
        count, timeout=90_000
    )  # JupyterLab fills in cells when it is idle
    errors = page.locator(f"{IN_FRONT} .jupyter-widgets", has_text=NO_MODEL)
    expect(errors).to_have_count(count, timeout=90_000)
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
    zip(sorted(path.name for path in LABS.iterdir()), itertools.cycle(YOURS), strict=False),
)
def test_a_whole_lab_in_jupyterlab(server, lab, themes, name, theme):
    count = write_lab(server, name)
    close_all(lab)
    themes(theme)
    open_beside(lab, f"{name}.ipynb")
    run_all(lab, seconds=180)
    shown = every_explorer(lab, count)
    for explorer in (*shown, *reversed(shown)):  # down and up again
        is_drawn(explorer, YOURS[theme])
    for explorer in shown:
        move_everything(explorer)
        is_drawn(explorer, YOURS[theme])
    other = next(one for one in YOURS if one != theme)
    themes(other)
    for explorer in shown:
        is_drawn(explorer, YOURS[other])

    close_all(lab)  # saves, and stops the kernel
    open_beside(lab, f"{name}.ipynb")
    pictures_stand_in(lab, count)


def test_a_whole_lab_in_notebook_7(server, page):
    count = write_lab(server, "lab1")
    open_notebook(page, server.notebook("lab1.ipynb"))
    run_all(page, seconds=180)
    membrane, step = every_explorer(page, count)
    is_drawn(membrane, COLOURS[0])
    membrane.responds(lambda: membrane.drag("I_ext", to=0.9))
    membrane.slider("tau").focus()
    for key in ("ArrowRight", "ArrowUp", "PageUp", "Home", "End"):
        membrane.responds(lambda key=key: page.keyboard.press(key))
    before = (server.root / "lab1.ipynb").stat().st_size
    page.keyboard.press("Control+S")  # while a slider has the keys
    for _ in range(150):  # 30 s; after 120 it would be saved without being asked
        page.wait_for_timeout(200)
        if (server.root / "lab1.ipynb").stat().st_size > 2 * before:  # the pictures are in it now
            break
    else:
        raise AssertionError("Ctrl+S saves nothing.")
    step.responds(lambda: step.drag("dt", to=0.9))
    page.reload()  # its kernel lives: the explorers do, too
    for explorer in every_explorer(page, count):
        is_drawn(explorer, COLOURS[0])
        explorer.responds(explorer.box.get_by_role("button", name="Reset").click)
    page.goto("about:blank")
    server.stop_kernels()
    open_notebook(page, server.notebook("lab1.ipynb"))
    pictures_stand_in(page, count)


def test_an_explorer_made_off_the_page_is_right_once_it_is_put_there(page):
    """A long notebook keeps the cells that are out of sight off the page, where no colour can be read."""
    text = (ROOT / "docs" / "explorer.html").read_text(encoding="utf-8")
    on_the_page = "else play(el, "
    off_the_page = 'else play((window.made = document.createElement("div")), '
    assert on_the_page in text
    page.emulate_media(color_scheme="dark")
    page.set_content(text.replace(on_the_page, off_the_page))
    page.wait_for_function("() => window.made?.querySelector('.lifkit-explorer')")
    explorer = Explorer.__new__(Explorer)
    explorer.page, explorer.box = page, page.locator(".lifkit-explorer")
    put = "() => document.querySelector('.lifkit-recording').append(made)"
    page.evaluate(put)
    is_drawn(explorer, PALE_COLOURS[0])
    page.evaluate("() => made.remove()")
    page.emulate_media(color_scheme="light")
    page.wait_for_timeout(200)
    page.evaluate(put)
    is_drawn(explorer, COLOURS[0])


# Where each text of a drawing begins and ends, from its left edge, in CSS pixels.
WATCH_TEXTS = """() => {
    window.texts = [];
    const write = CanvasRenderingContext2D.prototype.fillText;
    CanvasRenderingContext2D.prototype.fillText = function (text, x, y, ...more) {
        const { a, e } = this.getTransform();
        const wide = { right: 1, center: 0.5 }[this.textAlign] ?? 0;
        const begin = a * x + e - wide * this.measureText(text).width;
        window.texts.push({ text, begin: begin / devicePixelRatio, right: wide === 1 });
        return write.call(this, text, x, y, ...more);
    };
}"""


@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize(
    ("largest", "number"),
    [
        (-62, "-60"),
        (-9e4, "-80,000"),
        (-3.6e5, "-3.5e5"),
        (1e11, "1e11"),
        (9e14, "8e14"),
        (3e29, "8e14"),
    ],
)
def test_the_numbers_of_an_answer_that_blows_up_have_room(page, width, largest, number):
    def blown_up(N_t, dt, V_init, E_m, I_ext, g_m, tau):
        return -70 + (largest + 70) * np.linspace(0, 1, N_t + 1).reshape(-1, 1) ** 60

    shown = part(passive.membrane(blown_up), {"I_ext": (15, 16, 1)}, "large")
    text = f"<style>{page_parts()[1]}</style>{shown}"
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate(WATCH_TEXTS)
    page.set_content(f'<meta charset="utf-8">{text}<script type="module">{script()}</script>')
    page.wait_for_function("() => window.texts.length > 5")
    upright = [one for one in page.evaluate("() => window.texts") if one["right"]]
    texts = [one["text"] for one in upright]
    assert number in texts and ("," not in "".join(texts) or largest == -9e4)
    assert min(one["begin"] for one in upright) >= 22 - 1  # left of it stands the axis label

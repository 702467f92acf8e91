"""The explorers where they are used: JupyterLab and Notebook 7, moved by mouse and by keyboard."""

import json
import re

import nbformat
import pytest

from lifkit.plotting import COLOURS, PALE_COLOURS
from tests.browser.jupyter import (
    IN_FRONT,
    KERNEL,
    choose,
    close_all,
    open_beside,
    wait_until_idle,
)

expect = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed").expect

expect.set_options(timeout=20_000)  # milliseconds; other tests may have the processors

SETUP = """
import pathlib, time
import numpy as np
from lifkit import explorers
def passive_euler(N_t, dt, V_init, E_m, I_ext, g_m, tau):
    V = np.zeros((N_t + 1, 1))
    V[0] = V_init
    for k in range(N_t):
        V[k + 1] = V[k] + dt * (-(V[k] - E_m) + I_ext / g_m) / tau
    return V
"""


PICTURE = """canvas => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return new Uint32Array(data.buffer).reduce((sum, dot) => (Math.imul(sum, 31) + dot) | 0, 0);
}"""


class Explorer:
    """One explorer on a page."""

    def __init__(self, page, number=0):
        self.page = page
        self.box = page.locator(f"{IN_FRONT} .lifkit-explorer").nth(number)
        self.box.scroll_into_view_if_needed()
        self.figure = self.box.locator(".lifkit-figure")
        self.readouts = self.box.locator(".lifkit-readouts")
        self.message = self.box.locator(".lifkit-message")

    def slider(self, name):
        return self.box.locator(f"input[type=range][aria-label*=' {name} in ']")

    def typed(self, name):
        return self.box.locator(f"input[type=number][aria-label*=' {name} in ']")

    def drag(self, name, to, steps=8):
        """Drag a slider's handle by mouse to a share of its length."""
        slider = self.slider(name)
        slider.scroll_into_view_if_needed()
        box = slider.bounding_box()
        low, high, value = (
            float(slider.get_attribute(which) if which != "value" else slider.input_value())
            for which in ("min", "max", "value")
        )
        y = box["y"] + box["height"] / 2

        def x(share):  # the handle, about 16 pixels wide, stays inside the box
            return box["x"] + 8 + share * (box["width"] - 16)

        self.page.mouse.move(x((value - low) / (high - low)), y)
        self.page.mouse.down()
        self.page.mouse.move(x(to), y, steps=steps)
        self.page.mouse.up()

    def picture(self):
        """Return a number that stands for the drawing as it is."""
        return self.box.locator("canvas").evaluate(PICTURE)

    def picture_after(self, before):
        """Wait for another drawing than `before`, and return it."""
        self.page.wait_for_function(
            f"([canvas, before]) => ({PICTURE})(canvas) !== before",
            arg=[self.box.locator("canvas").element_handle(), before],
            polling=100,  # and not at every frame
        )
        return self.picture()

    def responds(self, move):
        """Make a move, and wait until both read-outs and drawing are others."""
        readouts, picture = self.readouts.inner_text(), self.picture()
        move()
        expect(self.readouts).not_to_have_text(readouts)
        self.picture_after(picture)


BROKEN = """
explorers.solvers.TIME_LIMIT = 1.0
def sometimes(N_t, dt, V_init, E_m, I_ext, g_m, tau):
    if tau[0] == 11:
        return V_init[17]
    while tau[0] == 12:
        pass
    if tau[0] == 13:
        return V_init
    return passive_euler(N_t, dt, V_init, E_m, I_ext, g_m, tau)
explorers.explore_membrane(sometimes)
"""
SLOW = """
explorers.solvers.TIME_LIMIT = 60.0
calls = []
def slow(N_t, dt, V_init, E_m, I_ext, g_m, tau):
    calls.append(float(I_ext[0]))
    while I_ext[0] != 15 and not pathlib.Path("moved").exists():
        time.sleep(0.05)
    pathlib.Path("calls").write_text(str(calls))
    return np.full((N_t + 1, 1), I_ext[0])
explorers.explore_membrane(slow)
"""


@pytest.fixture(scope="module")
def notebook(server, lab):
    """A notebook in JupyterLab whose cells show an explorer each, opened once."""
    server.write("membrane.ipynb", SETUP, "explorers.explore_membrane(passive_euler)", BROKEN, SLOW)
    close_all(lab)
    open_beside(lab, "membrane.ipynb")
    press_run(lab, 0)
    return lab


def press_run(page, number):
    """Run one cell of the notebook by keyboard, and wait for it."""
    prompt = page.locator(f"{IN_FRONT} .jp-CodeCell .jp-InputArea-prompt").nth(number)
    before = prompt.inner_text()
    # A click beside the code would leave the focus, and with it the keys, to an explorer.
    page.locator(f"{IN_FRONT} .jp-CodeCell .cm-content").nth(number).click()
    page.keyboard.press("Control+Enter")
    expect(prompt).not_to_have_text(before, timeout=60_000)  # the kernel may still be starting
    expect(prompt).to_have_text(re.compile(r"\d"))
    wait_until_idle(page)


def run_explorer(page, number):
    """Run one of its cells; its explorer is the only one there."""
    press_run(page, number)
    box = page.locator(f"{IN_FRONT} .jp-CodeCell").nth(number).locator(".lifkit-explorer")
    expect(box).to_have_count(1)
    return Explorer(page)


@pytest.fixture
def membrane(notebook):
    """The explorer on that page, made anew for every test."""
    return run_explorer(notebook, 1)


def test_the_live_explorer_takes_the_place_of_its_picture(membrane):
    expect(membrane.box).to_be_visible()
    expect(membrane.page.locator("[data-lifkit-still]")).to_be_hidden()


def test_keys_stay_with_what_has_the_focus(membrane):
    page = membrane.page
    selected = page.locator(f"{IN_FRONT} .jp-Cell.jp-mod-selected").count()
    membrane.slider("I_ext").focus()
    expect(membrane.slider("I_ext")).to_be_focused()
    # j, k and the arrows move the selection, d d deletes a cell: not from inside an explorer.
    for key in ("ArrowDown", "ArrowUp", "j", "k", "d", "d"):
        page.keyboard.press(key)
    expect(membrane.slider("I_ext")).to_be_focused()
    expect(page.locator(f"{IN_FRONT} .jp-CodeCell")).to_have_count(4)
    assert page.locator(f"{IN_FRONT} .jp-Cell.jp-mod-selected").count() == selected


def test_the_focus_goes_round_by_tab_and_can_be_seen(membrane):
    page = membrane.page
    membrane.box.locator(".lifkit-plot").focus()
    for name in ("I_ext", "tau", "g_m"):
        for control in (membrane.typed(name), membrane.slider(name)):
            page.keyboard.press("Tab")
            expect(control).to_be_focused()
            width = control.evaluate("e => getComputedStyle(e).outlineWidth")
            assert float(width.removesuffix("px")) >= 2
    page.keyboard.press("Tab")
    expect(membrane.box.get_by_role("button", name="Reset")).to_be_focused()


def test_the_cursor_reads_values_by_mouse_and_by_keyboard(membrane):
    legend = membrane.box.locator(".lifkit-legend")
    membrane.box.locator(".u-over").hover(position={"x": 200, "y": 50})
    expect(legend).to_contain_text(re.compile(r"passive_euler\s*-\d+\.\d\d.*at \d+\.\d ms", re.S))
    before = legend.inner_text()
    plot = membrane.box.get_by_role("slider", name="Read values off the curves")
    plot.focus()
    membrane.page.keyboard.press("End")
    expect(plot).to_have_attribute(
        "aria-valuetext", re.compile(r"at (100\.0|99\.\d) ms: -5\d\.\d\d")
    )
    for key in ("Home", "ArrowRight", "PageUp"):
        value = float(plot.get_attribute("aria-valuenow"))
        membrane.page.keyboard.press(key)
        expect(plot).not_to_have_attribute("aria-valuenow", str(value))
    assert 10 < float(plot.get_attribute("aria-valuenow")) < 12
    expect(legend).not_to_have_text(before)


def test_a_ghost_of_the_previous_setting_stays(membrane):
    changed = membrane.box.locator(".lifkit-changed")
    expect(changed).to_be_empty()
    entry = membrane.box.locator(".lifkit-legend li", has_text="before")
    expect(entry).to_be_hidden()
    membrane.drag("I_ext", to=0.9)
    expect(changed).to_contain_text("I_ext: 15.0 → ")
    expect(entry).to_be_visible()


def test_a_value_can_be_typed(membrane):
    tau, keys = membrane.typed("tau"), membrane.page.keyboard
    for written, becomes, said in (
        ("25", "25", ""),
        ("700", "50", "tau goes from 1 to 50 ms in steps of 1."),
        ("", "50", ""),
        ("7.4", "7", "tau goes from 1 to 50 ms in steps of 1."),
    ):
        tau.focus()
        keys.press("Control+A")
        keys.press("Delete")
        keys.type(written)
        keys.press("Enter")
        expect(tau).to_have_value(becomes)
        expect(membrane.slider("tau")).to_have_value(becomes)
        expect(membrane.message).to_have_text(said)
    expect(membrane.box.locator(".lifkit-changed")).to_contain_text("→ 7 ms")
    keys.press("ArrowUp")
    expect(membrane.slider("tau")).to_have_value("8")
    expect(membrane.message).to_be_empty()


def test_a_place_is_ticked_once_the_sliders_stood_there(membrane):
    first = membrane.box.locator(".lifkit-places li").first
    expect(first).to_have_text(re.compile("^○not yet tried: Set tau to 50 ms"))
    membrane.slider("tau").focus()
    membrane.page.keyboard.press("End")
    expect(first).to_have_text(re.compile("^✓tried: "))
    expect(membrane.box.locator(".lifkit-spoken").last).to_contain_text("Tried 1 of 3.")
    membrane.page.keyboard.press("Home")
    expect(membrane.readouts).to_contain_text("after one tau -60")
    expect(first).to_have_text(re.compile("^✓tried: "))


def test_every_control_has_a_name_and_says_its_value(membrane):
    for name, unit in (("I_ext", "nA"), ("tau", "ms"), ("g_m", "uS")):
        slider = membrane.slider(name)
        assert slider.get_attribute("aria-label").endswith(f"{name} in {unit}")
        assert slider.get_attribute("aria-valuetext").endswith(f" {unit}")
        assert membrane.typed(name).get_attribute("aria-label").endswith(f"{unit}, as a number")
    assert "last voltage" in membrane.box.get_by_role("figure").get_attribute("aria-label")


def rgb(colour):
    return "rgb({}, {}, {})".format(*(int(colour[i : i + 2], 16) for i in (1, 3, 5)))


def test_colours_follow_the_theme_of_jupyterlab(membrane, themes):
    line = membrane.box.locator(".lifkit-line-yours")
    expect(line).to_have_css("border-top-color", rgb(COLOURS[0]))
    light = membrane.picture()
    themes("JupyterLab Dark")
    expect(line).to_have_css("border-top-color", rgb(PALE_COLOURS[0]))
    membrane.picture_after(light)
    themes("JupyterLab Light")
    expect(line).to_have_css("border-top-color", rgb(COLOURS[0]))


def cleared(page):
    """Clear the outputs of the notebook, so that the next explorer is the first."""
    choose(page, "Edit", "Clear Outputs of All Cells")
    expect(page.locator(f"{IN_FRONT} .lifkit-explorer")).to_have_count(0)
    return page


def test_a_solver_that_breaks_gives_a_sentence_and_the_explorer_lives_on(notebook):
    explorer = run_explorer(cleared(notebook), 2)
    explorer.slider("tau").focus()
    for sentence in (
        "IndexError",
        "gave no answer within 1 s",
        re.compile(r"shape \(1,\); expected an array of shape \(1001, 1\)"),
    ):
        notebook.keyboard.press("ArrowRight")
        expect(explorer.message).to_contain_text(sentence)
    notebook.keyboard.press("ArrowRight")
    expect(explorer.message).to_be_empty()
    expect(explorer.readouts).to_contain_text("last voltage")


def test_a_slow_solver_is_asked_for_the_newest_setting_only(server, notebook):
    explorer = run_explorer(cleared(notebook), 3)
    plot, sign = explorer.box.locator(".lifkit-plot"), explorer.box.locator(".lifkit-sign")
    explorer.drag("I_ext", to=1.0, steps=60)
    # Until it is allowed the solver is at the first move: what is drawn belongs to another setting.
    expect(explorer.figure).to_have_attribute("aria-busy", "true")
    expect(plot).to_have_css("opacity", "0.4")
    assert sign.evaluate("e => getComputedStyle(e, '::after').content") == '"computing …"'
    (server.root / "moved").touch()
    expect(explorer.readouts).to_contain_text("last voltage 40.00 mV")
    expect(explorer.figure).to_have_attribute("aria-busy", "false")
    expect(plot).to_have_css("opacity", "1")
    assert sign.evaluate("e => getComputedStyle(e, '::after').content") == "none"
    calls = json.loads((server.root / "calls").read_text())
    first, newest = [call for call in calls if call != 15]
    assert 15 < first < newest == 40
    cleared(notebook)


def test_a_saved_notebook_shows_the_picture_without_its_kernel(server, membrane):
    page = membrane.page
    choose(page, "File", "Save Notebook")
    expect(page.locator(".lm-TabBar-tab.lm-mod-current.jp-mod-dirty")).to_have_count(0)
    saved = nbformat.read(server.root / "membrane.ipynb", as_version=4)
    assert "widgets" not in saved.metadata
    notebook = nbformat.v4.new_notebook(cells=saved.cells, metadata={"kernelspec": KERNEL})
    nbformat.write(notebook, server.root / "reopened.ipynb")  # its kernel has run nothing
    open_beside(page, "reopened.ipynb")
    reopened = page.locator(f"{IN_FRONT} .jp-CodeCell").nth(1)
    picture = reopened.locator("[data-lifkit-still] img, .jp-OutputArea img").first
    expect(picture).to_be_visible()
    assert "Passive membrane" in picture.get_attribute("alt")
    expect(reopened.locator(".jp-OutputArea").last).to_contain_text(
        "Run this cell to move the sliders"
    )
    open_beside(page, "membrane.ipynb")


def test_a_stopped_kernel_is_said(membrane):
    page = membrane.page
    choose(page, "Kernel", "Restart Kernel…")
    page.get_by_role("button", name="Confirm Kernel Restart").click()
    page.wait_for_timeout(1500)
    membrane.slider("tau").focus()
    page.keyboard.press("ArrowRight")
    expect(membrane.message).to_contain_text("run this cell again", timeout=15_000)

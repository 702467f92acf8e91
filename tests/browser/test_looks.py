"""How a page looks where it is read: figures follow the theme, prose and outputs keep to their place."""

import re

import nbformat
import pytest

from lifkit_staff.grading import page as feedback
from lifkit_staff.grading.submission.sanitize import Cleaner
from tests.browser.jupyter import IN_FRONT, KERNEL, open_beside, run_all

expect = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed").expect

CODE = """
import matplotlib.pyplot as plt
from lifkit import plotting
plotting.use_theme()
fig, ax = plt.subplots()
plotting.show(fig, "A pair of axes without anything in it.")
"""


def test_a_figure_follows_the_theme_and_prose_keeps_to_a_column(lab, server, themes):
    cells = [nbformat.v4.new_markdown_cell("word " * 200), nbformat.v4.new_code_cell(CODE)]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL})
    nbformat.write(notebook, server.root / "looks.ipynb")
    open_beside(lab, "looks.ipynb")
    run_all(lab)
    picture = lab.locator(f"{IN_FRONT} img.lifkit-figure")
    for theme, look in (("JupyterLab Dark", "invert"), ("JupyterLab Light", "^none$")):
        themes(theme)
        expect(picture).to_have_css("filter", re.compile(look))
    prose = lab.locator(f"{IN_FRONT} .jp-MarkdownCell .jp-RenderedMarkdown")
    assert 600 < prose.bounding_box()["width"] < 800


@pytest.mark.parametrize(
    "shown",
    [
        '<div style="margin-top:-9000PX;height:8900PX;background:black">x</div>',
        '<div style="height:0"><p style="font-size:300px;line-height:1">\u2588\u2588</p></div>',
        '<p style="font-size:300px;line-height:0">\u2588\u2588</p>',
    ],
)
def test_an_output_covers_nothing_of_a_feedback_page(page, shown):
    def headings(text):
        data = Cleaner().data({"text/html": text})
        output = nbformat.v4.new_output("display_data", data)
        cell = nbformat.v4.new_code_cell(outputs=[output])
        title = "<h2>0 of 4</h2>"
        page.set_content(
            f"<style>{feedback._STYLE}</style>{title}{feedback.cell_as_html(cell)}{title}"
        )
        return [page.locator("h2").nth(number).screenshot() for number in (0, 1)]

    assert headings(shown) == headings("<p>x</p>")

"""How a page looks where it is read: figures follow the theme, prose keeps to a column."""

import re

import nbformat
import pytest

from tests.browser.jupyter import IN_FRONT, KERNEL, choose, open_beside, run_all

expect = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed").expect

CODE = """
import matplotlib.pyplot as plt
from lifkit import plotting
plotting.use_theme()
fig, ax = plt.subplots()
plotting.show(fig, "A pair of axes without anything in it.")
"""


def test_a_figure_follows_the_theme_and_prose_keeps_to_a_column(lab, server):
    cells = [nbformat.v4.new_markdown_cell("word " * 200), nbformat.v4.new_code_cell(CODE)]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL})
    nbformat.write(notebook, server.root / "looks.ipynb")
    open_beside(lab, "looks.ipynb")
    run_all(lab)
    picture = lab.locator(f"{IN_FRONT} img.lifkit-figure")
    for theme, look in (("JupyterLab Dark", "invert"), ("JupyterLab Light", "^none$")):
        choose(lab, "Settings", "Theme", theme)
        expect(picture).to_have_css("filter", re.compile(look))
    prose = lab.locator(f"{IN_FRONT} .jp-MarkdownCell .jp-RenderedMarkdown")
    assert 600 < prose.bounding_box()["width"] < 800

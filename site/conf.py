"""Sphinx's settings for the site; `lifkit site` copies this folder and adds what is built."""

import re

from docutils.nodes import SkipNode
from latex2mathml.converter import convert

project = "lifkit"
author = "the lifkit authors"
extensions = ["myst_nb", "sphinx_design"]
html_theme = "sphinx_book_theme"
html_title = "lifkit"
html_math_renderer = "mathml"
html_theme_options = {
    "navbar_persistent": [],  # the search box stands in the sidebar
    "use_download_button": False,
    "use_fullscreen_button": False,
}
html_static_path = ["_static"]
exclude_patterns = ["_static"]
html_css_files = ["explorer.css", "site.css"]
html_js_files = [("recording.js", {"type": "module"})]
html_show_sourcelink = False
html_copy_source = False
nb_execution_mode = "off"
nb_render_markdown_format = "myst"
myst_enable_extensions = ["amsmath", "attrs_inline", "colon_fence", "dollarmath"]
# Headings of a notebook go from level 1 to 3 as they like.
suppress_warnings = ["myst.header", "mystnb.unknown_mime_type"]


def _formula(visitor, node, display):
    """Write a formula as MathML, which browsers draw themselves; an equation's number beside it."""
    text, number = re.fullmatch(r"(.*?)(?:\\tag\{(\w+)\}\s*)?", node.astext(), re.DOTALL).groups()
    formula = convert(text, display=display)
    if number:
        formula = f'<div class="numbered">{formula}<span>({number})</span></div>'
    visitor.body.append(formula)
    raise SkipNode


def setup(app):
    """Have formulas written without anybody's script."""
    app.add_html_math_renderer(
        "mathml",
        (lambda visitor, node: _formula(visitor, node, "inline"), None),
        (lambda visitor, node: _formula(visitor, node, "block"), None),
    )

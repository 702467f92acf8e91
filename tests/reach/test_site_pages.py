"""The built pages: every link leads somewhere, and nothing comes from anybody else's server."""

import re
import shutil
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from lifkit_staff.site import build, pages, recordings
from tests.browser.jupyter import Watch
from tests.reach.browser import Site
from tests.reach.conftest import PYTHON, ROOT
from tests.test_site import with_every_output

expect = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed").expect

pytestmark = pytest.mark.reach


@pytest.fixture(scope="module")
def folder(lite, tmp_path_factory):
    """Build the pages around the labs that are built already.

    No notebook runs, no class is graded, and of each explorer only the first slider is recorded.
    """
    short = {name: dict(list(grid.items())[:1]) for name, grid in recordings.GRIDS.items()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recordings, "GRIDS", short)
        patch.setattr(pages, "solved", lambda root, lab: with_every_output(lab))
        patch.setattr(
            build, "sample_feedback", lambda root, course, page: page.write_text("graded")
        )
        patch.setattr(build, "write_lite", lambda root, to, **others: shutil.copytree(lite, to))
        folder = tmp_path_factory.mktemp("built") / "site"
        build.build_site(ROOT, folder, python=PYTHON, pyodide="anywhere")
    return folder


def links(page):
    text = page.read_text(encoding="utf-8")
    return re.findall(r'<(?:a|script|link|img|iframe)\b[^>]*? (?:href|src)="([^"#]+)', text)


def test_every_link_inside_leads_to_a_file(folder):
    for page in folder.glob("*.html"):
        for link in links(page):
            parts = urlsplit(link)
            if not parts.scheme:
                assert (page.parent / unquote(parts.path)).exists(), f"{page.name}: {link}"


def test_nothing_is_left_beside_the_site(folder):
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


@pytest.mark.parametrize("width", [1280, 400])
def test_an_equation_s_number_stands_apart_at_the_margin(folder, chromium, width):
    page = chromium.new_page(viewport={"width": width, "height": 900})
    page.goto((folder / "lab1.html").as_uri())
    equations = page.locator(".numbered")
    assert equations.locator("span").all_inner_texts() == [f"({k})" for k in range(1, 9)]
    margin = page.locator("article table").first.bounding_box()
    for equation in equations.all():
        formula, number = (
            equation.locator(part).bounding_box() for part in ("math > mrow", "span")
        )
        assert formula["x"] + formula["width"] + 20 <= number["x"]
        assert abs(number["x"] + number["width"] - margin["x"] - margin["width"]) < 2
    page.close()


def test_nothing_is_loaded_from_another_server(folder):
    for page in folder.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert not re.findall(
            r'<(?:script|link|img|iframe)\b[^>]*(?:src|href)="(?:https?:)?//', text
        )
    for style in Path(folder / "_static").rglob("*.css"):
        assert not re.search(
            r"url\([\"']?https?:|@import [^;]*https?:", style.read_text(errors="replace")
        )


def test_the_first_page_begins_with_one_headline_and_a_neuron(folder):
    text = (folder / "index.html").read_text(encoding="utf-8").partition("<article")[2]
    assert text.count("<h1") == 1
    assert (
        text.index("<h1") < text.index('class="lifkit-recording"') < text.index("Start Lab 1 here")
    )
    assert "Download before you close" in text


def test_every_recording_moves(folder, chromium):
    alone = []
    with Site(folder) as site:
        context = chromium.new_context(viewport={"width": 1280, "height": 1000})
        watch, page = Watch(context), context.new_page()
        for path in [folder / "index.html", *sorted(folder.glob("lab*.html"))]:
            page.goto(f"{site.url}/{path.name}")
            for box in page.locator(".lifkit-recording").all():
                box.scroll_into_view_if_needed()
                figure, slider = box.get_by_role("figure"), box.locator("input[type=range]").first
                before = figure.get_attribute("aria-label")
                slider.focus()
                page.keyboard.press(
                    "ArrowRight"
                    if slider.input_value() != slider.get_attribute("max")
                    else "ArrowLeft"
                )
                expect(figure).not_to_have_attribute("aria-label", before)
                alone.append(box.get_attribute("data-recording"))
        page.screenshot(path=ROOT / ".cache" / "reach" / "recordings.png")
        context.close()
    assert watch.strangers == []
    assert len(alone) == 1 + len(recordings.GRIDS)

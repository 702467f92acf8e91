"""Fixtures for the tests that need a browser; they skip where there is none."""

import contextlib
from pathlib import Path

import pytest

from tests.browser.jupyter import CHROMIUM, FLAGS, Server, Watch


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium():
    """One browser for all tests."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    for name in ("jupyterlab", "notebook", "nbgrader"):
        pytest.importorskip(name, reason=f"{name} is not installed")
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here (Debian: apt-get install chromium)")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(chromium, tmp_path_factory):
    """A server whose folder the tests put notebooks into."""
    folder = tmp_path_factory.mktemp("jupyter")
    (folder / "root").mkdir()
    server = Server(folder, folder / "root")
    yield server
    server.stop()


@pytest.fixture(scope="module")
def open_pages(chromium):
    """Open pages for a module; at its end nothing has left the machine or was complained about."""
    with watched(chromium) as open_page:
        yield open_page


@pytest.fixture
def page(chromium):
    """A page for one test, watched in the same way."""
    with watched(chromium) as open_page:
        yield open_page()


@contextlib.contextmanager
def watched(chromium):
    watches, contexts = [], []

    def open_page():
        context = chromium.new_context(viewport={"width": 1200, "height": 1000})
        context.set_default_timeout(30_000)
        contexts.append(context)
        watches.append(Watch(context))
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    for watch in watches:
        assert watch.strangers == []
        assert watch.complaints == []

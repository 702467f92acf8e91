"""Fixtures for the tests that need a browser; they skip where there is none."""

import contextlib
from pathlib import Path

import pytest

from tests.browser.jupyter import CHROMIUM, FLAGS, Server, Watch, choose_theme, close_all


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


@pytest.fixture(scope="session")
def watches():
    """Return what watches the pages that are open."""
    return []


@pytest.fixture(autouse=True)
def nothing_is_complained_about(watches):
    """See that nothing has left the machine in a test, nor was complained about."""
    yield
    for watch in watches:
        strangers, complaints = watch.strangers[:], watch.complaints[:]
        watch.strangers.clear()
        watch.complaints.clear()
        assert strangers == []
        assert complaints == []


@contextlib.contextmanager
def opened(chromium, watches):
    context = chromium.new_context(
        viewport={"width": 1200, "height": 1000}, reduced_motion="reduce"
    )
    context.set_default_timeout(60_000)
    watches.append(Watch(context))
    yield context.new_page()
    context.close()


@pytest.fixture
def page(chromium, watches, nothing_is_complained_about):
    """A page for one test."""
    with opened(chromium, watches) as page:
        yield page
    # Its watch stays until it has been asked.


@pytest.fixture(scope="session")
def started_lab(server, chromium, watches):
    """A page of JupyterLab, which takes seconds of a processor to start."""
    with opened(chromium, watches) as page:
        page.goto(server.home())
        page.wait_for_function("window.jupyterapp?.restored.then(() => true)", polling=200)
        yield page


@pytest.fixture(scope="module")
def lab(started_lab, watches):
    """The page of JupyterLab that all tests share, without any notebook at the end of a module."""
    yield started_lab
    close_all(started_lab)
    # It complains where a kernel is stopped that it has just asked something; no test is to blame.
    started_lab.wait_for_timeout(1000)
    for watch in watches:
        watch.complaints.clear()


@pytest.fixture
def themes(lab):
    """Return what chooses a theme; all pages of the server have it until the test ends."""
    yield lambda name: choose_theme(lab, name)
    choose_theme(lab, "JupyterLab Light")

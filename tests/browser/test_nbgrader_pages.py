"""nbgrader's own pages: the Validate button, and formgrader with its autograde button."""

import re
import shutil

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory

from lifkit_staff.course import load_config, working_in
from tests.browser.jupyter import KERNEL, ROOT, choose, close_all, open_beside

expect = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed").expect

expect.set_options(timeout=20_000)  # milliseconds; other tests may have the processors

LAB = "lab2"
SETUP = "import numpy as np\nimport lifkit\nfrom lifkit import check\nlifkit.open_lab('lab2')"
EULER = """
def lif_euler(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau):
    ### BEGIN SOLUTION
    V = np.zeros((N_t + 1, len(V_init)))
    spikes = np.zeros(V.shape)
    V[0] = V_init
    for k in range(1, N_t + 1):
        V[k] = V[k - 1] + dt * (-(V[k - 1] - E_m) + I_ext / g_m) / tau
        fired = V[k] >= V_theta
        V[k, fired] = V_reset
        spikes[k, fired] = 1.0
    return V, spikes, [np.flatnonzero(column) * dt for column in spikes.T]
    ### END SOLUTION
"""
WRONG = EULER.replace("/ tau", "")


def cell(source, grade_id, **kinds):
    made = nbformat.v4.new_code_cell(source.strip())
    marks = {"grade": False, "locked": False, "solution": False, "task": False} | kinds
    made.metadata["nbgrader"] = {"grade_id": grade_id, "schema_version": 3, **marks}
    return made


def notebook(euler):
    """Return a notebook with one exercise and its check, as nbgrader knows it."""
    check = cell("check(lif_euler)", "lif_euler_check", grade=True, locked=True, points=4)
    check.metadata["tags"] = ["raises-exception"]
    cells = [
        cell(SETUP, "setup", locked=True),
        cell(euler, "lif_euler", solution=True),
        check,
    ]
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": KERNEL})


def without_marks(source):
    return re.sub(r" *### (BEGIN|END) SOLUTION\n", "", source)


@pytest.mark.parametrize(
    ("euler", "said"),
    [(EULER, "Success! Your notebook passes all the tests"), (WRONG, "CheckFailed: 2.1 lif_euler")],
    ids=["right", "wrong"],
)
def test_the_validate_button_tells_right_from_wrong(server, lab, euler, said):
    name = f"validate_{len(euler)}.ipynb"
    nbformat.write(notebook(without_marks(euler)), server.root / name)
    close_all(lab)
    open_beside(lab, name)
    lab.get_by_role("button", name="Validate", exact=True).click()
    dialog = lab.locator(".jp-Dialog, .nbgrader-ErrorDialog")
    expect(dialog.last).to_contain_text(said, timeout=60_000)
    lab.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


@pytest.fixture
def course(server):
    """Make the server's folder a course with one released lab and one submission."""
    course = server.root
    source = course / "solutions" / "labs" / LAB
    submitted = course / "submitted" / "ada" / LAB
    source.mkdir(parents=True)
    submitted.mkdir(parents=True)
    shutil.copy(ROOT / "nbgrader_config.py", course)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(
        ROOT / "solutions" / "reference", course / "solutions/reference", ignore=ignored
    )
    nbformat.write(notebook(EULER), source / f"{LAB}.ipynb")
    config = load_config(course)
    with working_in(course), pytest.MonkeyPatch.context() as patch:
        # It starts a Python with all of nbgrader to learn what `nbgrader db upgrade` alone reads.
        patch.setattr("nbgrader.api.get_alembic_version", lambda: "")
        api = NbGraderAPI(CourseDirectory(config=config), config=config)
        released = api.generate_assignment(LAB)
    assert released["success"], released["log"]
    handed_in = nbformat.read(course / "notebooks" / LAB / f"{LAB}.ipynb", as_version=4)
    for written in handed_in.cells:
        if written.metadata.nbgrader.grade_id == "lif_euler":
            written.source = without_marks(EULER).strip()
    nbformat.write(handed_in, submitted / f"{LAB}.ipynb")
    return course


def test_formgrader_autogrades_at_the_press_of_its_button(server, course, lab):
    choose(lab, "Nbgrader", "Formgrader")
    expect(lab.frame_locator("iframe").locator("tr", has_text=LAB)).to_be_visible()
    page = lab.context.new_page()
    page.goto(f"{server.url}/formgrader/manage_submissions/{LAB}")
    row = page.locator("tr", has_text="ada")
    expect(row).to_contain_text("needs autograding")
    row.locator(".autograde a").click()
    dialog = page.locator(".modal-dialog", has_text="Success")
    expect(dialog).to_be_visible(timeout=90_000)
    with working_in(course), Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        submission = gradebook.find_submission(LAB, "ada")
        assert submission.score == submission.max_score == 4
    page.goto(f"{server.url}/formgrader/manage_submissions/{LAB}")
    expect(page.locator("tr", has_text="ada")).to_contain_text("graded")
    page.close()

"""Labs in the browser's own Python, with notebooks as students get them: written, checked, handed in."""

import functools
import shutil
import time

import pytest

from lifkit_staff.exercise.cells import read_lab
from tests.grading import sample
from tests.reach.browser import Lab
from tests.reach.conftest import ROOT

expect = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed").expect

pytestmark = pytest.mark.reach

#: What a visitor may download before the first check: twice what it takes today would be a mistake.
MOST_MEGABYTES = 70


@functools.cache
def solved(lab):
    """Return the solved cells of a lab by their exercise."""
    path = ROOT / "solutions" / "labs" / lab / f"{lab}.ipynb"
    return {name: cell.source for name, cell in read_lab(path).cells.items()}


@pytest.fixture(scope="module")
def lab(chromium, site):
    """Lab 1, up to its first right answer; prints what that took."""
    start = time.monotonic()
    site.sent.clear()
    lab = Lab(chromium, site, "lab1")
    lab.first = lab.run_first()
    lab.write("passive_euler", solved("lab1")["passive_euler"])
    lab.run("passive_euler")
    lab.green = lab.run("passive_euler_check")
    lab.seconds, lab.sent = time.monotonic() - start, dict(site.sent)
    yield lab
    lab.context.close()


@pytest.fixture(autouse=True)
def nothing_has_left_the_machine(lab):
    yield
    assert lab.watch.strangers == []


def test_the_first_check_is_green_and_neither_scipy_nor_pandas_was_loaded(lab, capsys):
    megabytes = sum(lab.sent.values()) / 1e6
    with capsys.disabled():
        print(f"\nFirst green check from an empty cache: {lab.seconds:.0f} s, {megabytes:.1f} MB")
    assert [one["about"]["outcome"] for one in lab.green] == ["correct"]
    loaded = " ".join(lab.sent)
    assert "numpy-" in loaded
    assert not any(name in loaded for name in ("scipy-", "openblas-", "pandas-", "seaborn-"))
    assert megabytes < MOST_MEGABYTES


def test_the_first_cell_says_nothing_of_fonts(lab):
    assert "font" not in "".join(one["text"] for one in lab.first)


def test_a_wrong_solver_is_named(lab):
    wrong = solved("lab1")["passive_euler"].replace("dt / tau *", "dt *")
    assert wrong != solved("lab1")["passive_euler"]
    lab.write("passive_euler", wrong)
    lab.run("passive_euler")
    said = lab.run("passive_euler_check")[0]["text"]
    assert "Likely mistake: The increment is not divided by the time constant tau" in said


def test_a_slip_is_placed(lab):
    right = solved("lab1")["passive_euler"]
    lab.write("passive_euler", right.replace("I_ext / g_m", "I_ext / g_m / 2"))
    lab.run("passive_euler")
    said = lab.run("passive_euler_check")
    assert "Look at line" in "".join(one["text"] for one in said)


def test_an_endless_loop_is_stopped(lab):
    signature, _, _ = solved("lab1")["passive_euler"].partition("\n")
    lab.write("passive_euler", f"{signature}\n    while True:\n        pass")
    lab.run("passive_euler")
    start = time.monotonic()
    said = lab.run("passive_euler_check")[0]
    assert said["about"]["outcome"] == "timeout"
    assert 10 <= time.monotonic() - start < 60


def test_a_whole_lab_is_written_played_with_and_handed_in(lab, tmp_path):
    for name, source in solved("lab1").items():
        lab.write(name, source)
    found = lab.run_all()
    assert found == dict.fromkeys(solved("lab1"), "correct")

    lab.show("explorers.explore")
    box = lab.page.locator(".lifkit-explorer").first
    figure = box.get_by_role("figure")
    before = figure.get_attribute("aria-label")
    box.locator("input[type=range]").first.focus()
    for _ in range(3):
        lab.page.keyboard.press("ArrowRight")
    expect(figure).not_to_have_attribute("aria-label", before)
    lab.page.screenshot(path=ROOT / ".cache" / "reach" / "lab1.png")

    file = lab.download(tmp_path / "lab1.ipynb")
    course = tmp_path / "course"
    shutil.copytree(ROOT / "solutions", course / "solutions")
    shutil.copy(ROOT / "nbgrader_config.py", course)
    sample.call(course, "nbgrader", "generate_assignment", "lab1")
    target = course / "submitted" / "ada" / "lab1" / "lab1.ipynb"
    target.parent.mkdir(parents=True)
    shutil.copy(file, target)
    sample.call(course, "lifkit", "grade", "lab1", "--no-feedback")
    assert set(sample.outcomes(course, "ada", "lab1").values()) == {"correct"}

"""Labs in the browser's own Python, with notebooks as students get them: written, checked, handed in."""

import shutil
import time

import pytest

from lifkit.judge.keys import lab_exercises
from lifkit_staff.authoring.notebooks import labs_of
from tests.grading import sample
from tests.reach.answers import answers
from tests.reach.browser import Lab
from tests.reach.conftest import CACHE, ROOT

expect = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed").expect

pytestmark = pytest.mark.reach

#: What a visitor may download before the first check: twice what it takes today would be a mistake.
MOST_MEGABYTES = 70

#: Seconds that a cell may take before it is printed.
LONG = 10


@pytest.mark.parametrize("name", labs_of(ROOT)[1:])
def test_a_whole_lab_runs(chromium, site, capsys, name):
    """A page and a kernel for each lab, closed before the next one is opened."""
    start = time.monotonic()
    site.sent.clear()
    with Lab(chromium, site, name) as lab:
        run_whole(lab, name, capsys)
    with capsys.disabled():
        print(f"{name}: {time.monotonic() - start:.0f} s, {sum(site.sent.values()) / 1e6:.1f} MB")
    assert lab.watch.strangers == []


def run_whole(lab, name, capsys):
    """Write all answers of a lab, run it, and see that all of it is right, drawn and alive."""
    for grade_id, source in answers(name).items():
        lab.write(grade_id, source)
    cells = lab.run_all()
    still = [cell["source"] for cell in cells if is_explorer(cell) and not moves(lab, cell)]
    lab.page.screenshot(path=CACHE / f"{name}.png")
    with capsys.disabled():
        print()
        for cell in cells:
            if cell["seconds"] > LONG:
                print(f"{name}, {cell['seconds']:.0f} s: {cell['source'].splitlines()[0]}")
    assert outcomes(cells) == dict.fromkeys(lab_exercises(name), "correct")
    assert [one for cell in cells for one in cell["outputs"] if one["kind"] == "error"] == []
    drawing = [cell for cell in cells if "plotting.show(" in cell["source"]]
    assert len(drawing) >= 5
    assert [cell["source"] for cell in drawing if not pictures(cell)] == []
    assert still == []


def outcomes(cells):
    """Return what the checks said, by exercise."""
    checks = [cell for cell in cells if cell["grade_id"].endswith("_check")]
    said = [one["about"] for cell in checks for one in cell["outputs"] if one["about"]]
    return {about["exercise"]: about["outcome"] for about in said}


def pictures(cell):
    return sum(one["page"].count("<img alt=") for one in cell["outputs"])


def is_explorer(cell):
    return "explorers.explore_" in cell["source"]


def moves(lab, cell):
    """Say whether an explorer shows itself, and another picture when its first slider is moved.

    To its end: pairs of spikes once and twice a second change a weight alike, and should.
    """
    box = lab.explorer(cell["index"])
    figure = box.get_by_role("figure").first
    before = figure.get_attribute("aria-label")
    box.locator("input[type=range]").first.focus()
    lab.page.keyboard.press("End")
    try:
        expect(figure).not_to_have_attribute("aria-label", before, timeout=30_000)
    except AssertionError:
        return False
    return bool(before)


@pytest.fixture(scope="module")
def lab(chromium, site):
    """Lab 1, up to its first right answer; prints what that took."""
    start = time.monotonic()
    site.sent.clear()
    with Lab(chromium, site, "lab1") as lab:
        lab.first = lab.run_first()
        lab.write("passive_euler", answers("lab1")["passive_euler"])
        lab.run("passive_euler")
        lab.green = lab.run("passive_euler_check")
        lab.seconds, lab.sent = time.monotonic() - start, dict(site.sent)
        yield lab
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


def test_the_first_cell_says_where_work_is_kept_and_nothing_else(lab):
    assert "".join(one["text"] for one in lab.first) == (
        "Your work is kept in this browser alone. Download it (File, Download) before you close.\n"
    )


def test_a_wrong_solver_is_named(lab):
    wrong = answers("lab1")["passive_euler"].replace("dt / tau *", "dt *")
    assert wrong != answers("lab1")["passive_euler"]
    lab.write("passive_euler", wrong)
    lab.run("passive_euler")
    said = lab.run("passive_euler_check")[0]["text"]
    assert "Likely mistake: The increment is not divided by the time constant tau" in said


def test_a_slip_is_placed(lab):
    right = answers("lab1")["passive_euler"]
    lab.write("passive_euler", right.replace("I_ext / g_m", "I_ext / g_m / 2"))
    lab.run("passive_euler")
    said = lab.run("passive_euler_check")
    assert "Look at line" in "".join(one["text"] for one in said)


def test_an_endless_loop_is_stopped(lab):
    signature, _, _ = answers("lab1")["passive_euler"].partition("\n")
    lab.write("passive_euler", f"{signature}\n    while True:\n        pass")
    lab.run("passive_euler")
    start = time.monotonic()
    said = lab.run("passive_euler_check")[0]
    assert said["about"]["outcome"] == "timeout"
    assert 10 <= time.monotonic() - start < 60


def test_a_whole_lab_runs_and_is_handed_in(lab, capsys, tmp_path):
    run_whole(lab, "lab1", capsys)
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

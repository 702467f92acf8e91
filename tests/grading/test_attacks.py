"""No attack earns a mark, none harms, none stops the rest."""

import hashlib
import html.parser
import json
import os
import subprocess
from pathlib import Path

import pytest

from lifkit.judge import load_key

from .attacks import QUICK, SLOW, hand_in_attack
from .sample import POINTS, call, gradebook_scores, hand_in, open_course, verdict

pytestmark = pytest.mark.sandbox

ALL = {**QUICK, **SLOW}
FLAT = {name: "".join(sign if sign.isalnum() else "_" for sign in name) for name in ALL}


def contents(folder):
    """Return a digest of every file of a folder, as deep as a path may be."""
    found = {}
    for place, _, names in os.walk(folder):
        for path in (Path(place, name) for name in names if "__pycache__" not in place):
            if path.is_file() and not path.is_symlink():
                size = path.stat().st_size  # of sparse files that is all
                data = path.read_bytes() if size < 10**9 else b""
                found[str(path)] = f"{size} {hashlib.sha256(data).hexdigest()}"
    return found


@pytest.fixture(scope="module")
def course(sandbox, tmp_path_factory):
    """Grade the whole corpus, with an honest student at both ends of the alphabet."""
    course = open_course(tmp_path_factory.mktemp("attacks") / "course")
    for name, attack in ALL.items():
        hand_in_attack(course, FLAT[name], attack)
    for student in ("AAA", "zzz"):
        hand_in(course, student)
    before = {name: contents(course / name) for name in ("submitted", "solutions", "notebooks")}
    settings = Path("/proc/sys/kernel/core_pattern").read_text()
    slow = [word for name in SLOW for word in ("--student", FLAT[name])]
    quick = [word for name in (*map(FLAT.get, QUICK), "AAA", "zzz") for word in ("--student", name)]
    jobs = str(os.cpu_count())
    for seconds, students in (("2", slow), ("25", quick)):
        options = ("--timeout", seconds, "--jobs", jobs, "--no-feedback")
        call(course, "lifkit", "grade", "lab1", *options, *students)
    after = {name: contents(course / name) for name in ("submitted", "solutions", "notebooks")}
    assert after == before
    assert Path("/proc/sys/kernel/core_pattern").read_text() == settings
    return course


@pytest.mark.slow
@pytest.mark.parametrize("name", ALL)
def test_an_attack_gets_its_outcome_and_no_forged_mark(course, name):
    attack, student = ALL[name], FLAT[name]
    record = verdict(course, student)
    exercises = record["exercises"]
    found = {exercise: item["outcome"] for exercise, item in exercises.items()}
    said = json.dumps(record, ensure_ascii=False)
    if attack.euler != "any":
        assert found == {"passive_euler": attack.euler, "passive_exact": attack.exact}, said
    scores = gradebook_scores(course, student)
    for exercise, item in exercises.items():
        most = POINTS[f"{exercise}_check"]
        assert scores[f"{exercise}_check"] == (most if item["outcome"] == "correct" else 0.0)
        assert item["headline"]
    if attack.by_hand is not None:
        assert scores["by_hand"] == attack.by_hand
    assert 0 <= scores["by_hand"] <= POINTS["by_hand"]
    assert attack.says in said


@pytest.mark.slow
def test_honest_students_between_the_attacks_get_all_their_marks(course):
    for student in ("AAA", "zzz"):
        scores = gradebook_scores(course, student)
        assert {name: scores[name] for name in POINTS} == POINTS


@pytest.mark.slow
def test_nobody_wrote_into_the_gradebook(course):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        for student in FLAT.values():
            grades = gradebook.find_submission_notebook("lab1", "lab1", student).grades
            assert [grade.manual_score for grade in grades] == [None] * len(grades)


@pytest.mark.slow
def test_nothing_was_found_reached_or_opened(course):
    for name in (
        "seek",
        "namespaces",
        "gradebook by sql",
        "another scheduler",
        "shared memory",
        "large pages",
    ):
        text = (course / "autograded" / FLAT[name] / "lab1" / "lab1.ipynb").read_text()
        for word in ("FOUND", "SAW", "REACHED", "OPENED"):
            assert f'"{word} ' not in text, name
    assert not Path("/tmp/lifkit-was-here").exists()


class Page(html.parser.HTMLParser):
    """Collects what a browser would act on: attributes, and what stands in scripts."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.active, self.tag = set(), [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tag = tag
        self.tags.add(tag)
        self.active += [f"{tag} {name}={value}" for name, value in attrs if name != "alt"]

    def handle_data(self, data):
        if self.tag in ("script", "style"):
            self.active.append(data)

    def handle_endtag(self, tag):
        self.tag = ""


@pytest.mark.slow
def test_no_script_of_a_submission_gets_into_a_page(course):
    seen = (
        "scripts",
        "forged messages",
        "links in text",
        "files in the way",
        "covered pages",
        "an exception that is a page",
        "a name for a terminal",
        "words for a terminal",
    )
    for name in map(FLAT.get, seen):
        call(course, "nbgrader", "generate_feedback", "lab1", "--force", "--student", name)
        page = (course / "feedback" / name / "lab1" / "lab1.html").read_text()
        found = Page(page)
        # A link to the web is one that somebody has to follow, and sees.
        harm = [text for text in found.active if not text.startswith("a href=https://")]
        assert not [text for text in harm if "FORGED" in text]
        assert not found.tags & {"iframe", "form", "object", "embed", "base"}
    assert (
        "a &lt; b &amp; c"
        in (course / "feedback" / FLAT["scripts"] / "lab1" / "lab1.html").read_text()
    )


@pytest.mark.slow
def test_side_files_are_shown_only_where_no_browser_runs_them(course):
    folder = course / "autograded" / FLAT["pages of other kinds"] / "lab1"
    assert sorted(path.name for path in folder.iterdir()) == ["e.txt", "lab1.ipynb"]


@pytest.mark.slow
def test_nothing_of_a_secret_input_is_told(course):
    """What an exception says on a secret case is told in its words on a public one."""
    item = verdict(course, FLAT["inputs in an exception"])["exercises"]["passive_euler"]
    public = [case.calls[0].inputs for case in load_key("passive_euler").cases]
    words = {f"GIVEN {[one['N_t'], one['dt'], one['V_init']]!r}" for one in public}
    assert " ".join(item["problem"]["message"].split()) in {" ".join(one.split()) for one in words}


@pytest.mark.slow
def test_no_process_is_left(course):
    listed = subprocess.run(["ps", "-eo", "ppid=,comm="], capture_output=True, text=True).stdout
    assert "lifkit-daemon" not in listed
    assert "1 bwrap" not in [" ".join(line.split()) for line in listed.splitlines()]


@pytest.mark.slow
def test_floods_do_not_fill_the_notebooks(course):
    for name in (
        "lines",
        "one long line",
        "long display",
        "many displays",
        "piles of outputs",
        "odd cells",
        "50 MB",
        "endless output",
    ):
        path = course / "autograded" / FLAT[name] / "lab1" / "lab1.ipynb"
        assert path.stat().st_size < 5_000_000, name

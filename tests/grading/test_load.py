"""Verdicts depend neither on `--jobs` nor on what else the machine does.

Takes the better part of an hour, and the whole machine: `make test-load`.
"""

import os
import subprocess
import sys

import pytest

from .attacks import QUICK, SLOW, hand_in_attack
from .sample import LAB, command, gradebook_scores, hand_in, open_course, verdict

pytestmark = [pytest.mark.load, pytest.mark.sandbox]

ALL = {**QUICK, **SLOW}
NAMES = {"".join(sign if sign.isalnum() else "_" for sign in name): name for name in ALL}
HONEST = ("AAA", "zzz")

#: Of these only that they are graded, and harm nobody, can be said: when a kernel is ended that talks in
#: the background depends on when it was let talk; a recursion ends by the clock, by memory or by the
#: end of the stack.
ANY = {name for name, attack in ALL.items() if attack.euler == "any"}

#: What the others are graded beside: the jobs, and busy programs a core.
RUNS = {"1 job": (1, 0), "2 jobs": (2, 0), "8 jobs": (8, 0), "a busy machine": (2, 4)}


def grade(course, jobs):
    """Grade all; those that the clock ends with a limit of 3 s, all others with the usual one.

    With that a tenth of a processor each of them would take five minutes.
    """
    slow = {name for name, attack in NAMES.items() if attack in SLOW}
    for options, students in ((("--timeout", "3"), slow), ((), {*NAMES, *HONEST} - slow)):
        words = [word for student in sorted(students) for word in ("--student", student)]
        options = ("--force", "--no-feedback", "--no-figures", "--jobs", str(jobs), *options)
        done = subprocess.run(
            **command(course, "lifkit", "grade", LAB, *options, *words),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def decided(course):
    """Return what was decided about each student."""
    found = {}
    for student in (*NAMES, *HONEST):
        verdicts = {
            name: (item["outcome"], item["score"], item["mistakes"])
            for name, item in verdict(course, student)["exercises"].items()
        }
        found[student] = verdicts, gradebook_scores(course, student)
    return found


@pytest.fixture(scope="module")
def course(sandbox, tmp_path_factory):
    course = open_course(tmp_path_factory.mktemp("load") / "course")
    for student, name in NAMES.items():
        hand_in_attack(course, student, ALL[name])
    for student in HONEST:
        hand_in(course, student)
    return course


@pytest.fixture(scope="module", params=RUNS)
def run(course, request):
    jobs, busy = RUNS[request.param]
    others = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"])
        for _ in range(busy * len(os.sched_getaffinity(0)))
    ]
    try:
        grade(course, jobs)
    finally:
        for other in others:
            other.kill()
            other.wait()
    return decided(course)


def test_every_verdict_is_what_it_should_be(run):
    """The same as in every other run, so, and the same as in `test_attacks`."""
    different = {}
    for student, (verdicts, _) in run.items():
        name = NAMES.get(student)
        attack = ALL.get(name)
        wanted = (attack.euler, attack.exact) if attack else ("correct", "correct")
        outcomes = tuple(outcome for outcome, _, _ in verdicts.values())
        if name not in ANY and outcomes != wanted:
            different[student] = outcomes, wanted
    assert not different


first = {}


def test_every_verdict_is_the_same_as_in_the_first_run(run):
    """Scores, mistakes and the points of nbgrader's own tests too."""
    before = first.setdefault("run", run)
    different = {
        student: (found, before[student])
        for student, found in run.items()
        if found != before[student] and NAMES.get(student) not in ANY
    }
    assert not different

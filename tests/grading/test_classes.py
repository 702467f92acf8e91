"""Right answers in every style get full marks, wrong ones never: through the sandbox, on secret cases."""

import functools
from pathlib import Path

import pytest

from lifkit_staff.grading.kernel.client import Kernel
from lifkit_staff.grading.kernel.execute import _hear
from lifkit_staff.grading.limits import Limits
from lifkit_staff.grading.verdict.cases import draw
from lifkit_staff.grading.verdict.decide import verdict_of
from lifkit_staff.references import load_references

pytestmark = [pytest.mark.sandbox, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
LIMITS = Limits()
LABS = tuple(sorted(path.name for path in (ROOT / "solutions" / "labs").iterdir()))

#: What goes in beside the notebook, so that the answers can be imported there.
STYLES = "tests/styles"

#: Of each exercise so many mistakes are asked through the sandbox; the tests of all exercises name all.
MISTAKES = 5

#: Styles of a class, say, use the solutions of other exercises, which no box shows.
SOLVED = """
import sys, types
module = sys.modules["solutions.reference." + lab] = types.ModuleType(lab)
exec(text, vars(module))
"""

#: Answers in the way of a notebook: with a warning, a print and a figure in every call.
NOISY = """
import functools, sys, warnings
import matplotlib.pyplot as plt
def noisy(answer):
    @functools.wraps(answer)
    def call(*arguments):
        warnings.warn("careful")
        print("called", file=sys.stderr)
        plt.plot([1, 2])
        return answer(*arguments)
    return call if not isinstance(answer, type) else answer
"""


#: Whose cases everybody is asked about: to draw a student's takes as long as to ask them.
STUDENTS = ("ada", "bea")


@functools.cache
def references():
    return load_references(ROOT)


def side_files():
    paths = (ROOT / STYLES).rglob("*.py")
    return {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in paths}


def solved(lab):
    """Return the solved cells of a lab, with what they import, as one text."""
    texts = {}
    for reference in references().values():
        if reference.exercise.lab == lab:
            texts |= dict.fromkeys(reference.around(reference.cell.source))
    return "\n".join(texts)


@functools.cache
def drawn(name, student):
    return draw(references()[name], 20240607, student)


def graded(kernel, name, number=0):
    """Ask a kernel about one exercise, with the cases of one student or the other; give the verdict."""
    secret = drawn(name, STUDENTS[number % 2])
    reply, heard = _hear(kernel, secret.question, LIMITS)
    assert not reply.gone, reply
    return verdict_of(secret, heard, 1.0, LIMITS, ended={}, picture=False).data


@pytest.fixture(scope="module")
def kernel(sandbox):
    with Kernel(LIMITS, side_files()) as kernel:
        for lab in LABS:
            code = f"lab, text = {lab!r}, {solved(lab)!r}\n{SOLVED}"
            assert kernel.execute(code).status == "ok"
        assert kernel.execute(NOISY).status == "ok"
        yield kernel


@pytest.mark.parametrize("lab", LABS)
def test_every_style_gets_full_marks_with_warnings_prints_and_figures(kernel, lab):
    styles = __import__(f"tests.styles.{lab}", fromlist=["STYLES"]).STYLES
    assert kernel.execute(f"from tests.styles.{lab} import STYLES").status == "ok"
    refused = {}
    for name, table in styles.items():
        for number, label in enumerate(table):
            loud = "noisy" if number % 2 else ""
            assert kernel.execute(f"{name} = {loud}(STYLES[{name!r}][{label!r}])").status == "ok"
            found = graded(kernel, name, number // 2)
            if (found["outcome"], found["score"]) != ("correct", 1.0):
                refused[name, label] = found
    assert refused == {}


@pytest.mark.parametrize("lab", LABS)
def test_no_usual_mistake_gets_full_marks_and_each_is_named(kernel, lab):
    accepted, unnamed = [], []
    for name, reference in references().items():
        if reference.exercise.lab != lab:
            continue
        written = [(one, way) for one, way in reference.variants.items() if not way.globals]
        for number, (mistake, way) in enumerate(written[:: max(1, len(written) // MISTAKES)]):
            for text in way.texts:
                assert kernel.execute(text).status == "ok"
            found = graded(kernel, name, number)
            if found["score"] >= 1.0 or found["outcome"] == "correct":
                accepted.append((name, mistake.id))
            if found["mistakes"] != [mistake.name]:
                unnamed.append((name, mistake.id, found["mistakes"]))
    assert accepted == []
    assert unnamed == []


def test_answers_looked_up_in_the_public_key_earn_nothing(kernel):
    code = """
from lifkit.judge import load_key, key_names
from lifkit.judge.values import same
def looked_up(name):
    key = load_key(name)
    def answer(*arguments):
        for case, right in zip(key.cases, key.expected):
            if same(list(case.calls[0].inputs.values()), list(arguments)):
                values = [right[output.name] for output in key.exercise.outputs]
                return values[0] if len(values) == 1 else values
        return arguments[0]
    return answer
"""
    assert kernel.execute(code).status == "ok"
    for name, reference in references().items():
        if not reference.exercise.is_class:
            assert kernel.execute(f"{name} = looked_up({name!r})").status == "ok"
            assert graded(kernel, name)["score"] == 0.0, name

"""Whatever numbers come back, the report is made: judged, explained, drawn, written."""

import numpy as np
import pytest

from lifkit.judge import Answer, Attempt, Problem, as_html, judge
from lifkit_staff.grading.verdict.picture import first_wrong_step
from tests.exercise_contract import WRITTEN, key_of, over

#: Attempts an exercise, each with an odd answer to most of its cases: some five thousand in all.
ATTEMPTS = 25

STOPPED = [
    Answer(status="error", problem=Problem(kind="ValueError", message="x", line=3, source="V[k]")),
    Answer(status="timeout", problem=Problem(kind="timeout", message="no answer")),
    Answer(status="not started"),
]


def one_number(array, rng):
    array = np.array(array, dtype=float)
    if array.size:
        array.flat[rng.integers(array.size)] = rng.choice([np.nan, np.inf, -np.inf, 1e300])
    return array


#: What can become of an array.
ARRAYS = [
    lambda a, rng: a >= np.mean(a) if a.size else a.astype(bool),
    lambda a, rng: a.astype(rng.choice(["i1", "u8", "f2", "f4", "g"])),
    lambda a, rng: a * (1 + 1j),
    lambda a, rng: a.T,
    lambda a, rng: -a.astype(float),
    lambda a, rng: np.full(a.shape, rng.choice([np.nan, np.inf, -np.inf, 0.0, 1e308])),
    lambda a, rng: a * 1e308,
    lambda a, rng: a.reshape(-1),
    lambda a, rng: a[None, ..., None],
    lambda a, rng: np.zeros(a.shape, rng.choice(list("?bBhHiIlLefdF"))),
    lambda a, rng: np.repeat(np.atleast_1d(a), 2, axis=0),
    lambda a, rng: np.atleast_1d(a)[1:],
    lambda a, rng: np.atleast_1d(a)[:0],
    lambda a, rng: np.atleast_1d(a)[..., :1],
    lambda a, rng: np.array(rng.choice([True, False])),
    lambda a, rng: np.zeros((0, 3, 0)),
    lambda a, rng: rng.normal(size=rng.integers(0, 6, size=rng.integers(0, 9))),
    one_number,
]

#: What can come in the place of a value.
VALUES = [
    lambda v, rng: None,
    lambda v, rng: {"foreign": "a string"},
    lambda v, rng: [],
    lambda v, rng: [None] * 3,
    lambda v, rng: [v, v],
    lambda v, rng: [[v], [[]]],
    lambda v, rng: list(v) if isinstance(v, np.ndarray) and v.ndim else [v],
]


def odd(value, rng):
    """Return something else than a value, in a form that plain data can have."""
    if rng.random() < 0.4:
        return VALUES[rng.integers(len(VALUES))](value, rng)
    with np.errstate(all="ignore"):
        if not isinstance(value, list):
            return ARRAYS[rng.integers(len(ARRAYS))](np.asarray(value), rng)
        changed = [odd(item, rng) if rng.random() < 0.5 else item for item in value]
        return changed[: rng.integers(len(value) + 1)] if rng.random() < 0.3 else changed


def odd_answer(exercise, expected, rng):
    if rng.random() < 0.1:
        return STOPPED[rng.integers(len(STOPPED))]
    values = {
        name: odd(value, rng) if rng.random() < 0.7 else value for name, value in expected.items()
    }
    if exercise.is_class:
        kept = {name: value for name, value in values.items() if rng.random() < 0.9}
        return Answer(status="ok", value=kept)
    parts = [values.get(output.name) for output in exercise.outputs]
    whole = parts[0] if len(parts) == 1 else parts
    return Answer(status="ok", value=odd(np.zeros((3, 2)), rng) if rng.random() < 0.1 else whole)


@over(WRITTEN)
@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::numpy.exceptions.ComplexWarning")
def test_every_odd_answer_gets_its_report(reference):
    key = key_of(reference)
    for seed in range(ATTEMPTS):
        rng = np.random.default_rng(seed)
        again = np.random.SeedSequence(seed)
        answers = []
        for expected in key.expected:
            if seed % 3 == 0:  # the same oddity in every case, as of a function that has it
                rng = np.random.default_rng(again)
            answers.append(odd_answer(key.exercise, expected, rng))
        given = Attempt(answers=tuple(answers), again=answers[0], repeated=0)
        found = judge(key, given)
        assert 0 <= found.fraction <= 1 and found.passed == (found.fraction == 1), seed
        assert key.exercise.name in as_html(found)
        if seed < 5:
            first_wrong_step(key, given)  # takes longer than all the rest

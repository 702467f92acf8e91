"""What is tested of every exercise of every lab in the same way.

A lab's test module names its references and its styles and asks here for the parametrisations and
the keys; `tests/styles/labN.py` collects the right answers in many styles.
"""

import tempfile
from pathlib import Path

import numpy as np
import pytest

from lifkit.judge import load_key, report_on, save_key
from lifkit_staff.exercise import make_key

#: Seeds of the secret draws that the tests look at, fixed so that a failure comes back; None stands
#: for the public cases.
SEEDS = (None, 1, 2, 3)


def new_styles():
    """Return an empty table of styles, exercise to style name to callable, and its decorator.

    ``@style("lif_euler", "double loop")`` files a function under the exercise and gives it the name
    by which the check finds it.
    """
    table = {}

    def style(exercise, name):
        def file(answer):
            styles_of_one = table.setdefault(exercise, {})
            assert name not in styles_of_one, f"two styles of {exercise} are called {name!r}"
            answer.__name__ = exercise
            styles_of_one[name] = answer
            return answer

        return file

    return table, style


def styles(references, table):
    """Parametrise over (reference, right answer, seed): every style on public and secret cases."""
    return [
        pytest.param(reference, answer, seed, id=f"{reference.exercise.name}-{name}-{_said(seed)}")
        for reference in references
        for name, answer in table[reference.exercise.name].items()
        for seed in SEEDS
    ]


def mistakes(references):
    """Parametrise over (reference, name of a usual mistake, seed)."""
    return [
        pytest.param(reference, name, seed, id=f"{reference.exercise.name}-{name}-{_said(seed)}")
        for reference in references
        for name in reference.mistakes
        for seed in SEEDS
    ]


def report(reference, answer, seed=None):
    """Judge `answer` on the public cases, or on the secret ones drawn from `seed`."""
    return report_on(_key(reference, seed), answer)


def assert_accepted(reference, answer, seed=None):
    """Fail unless `answer` is judged correct."""
    found = report(reference, answer, seed)
    bad = [f"{line.text}: {line.detail}" for line in found.lines if line.status != "pass"]
    assert found.outcome == "correct", f"{found.outcome}: {bad} {found.problem}"
    assert found.fraction == 1.0, found.fraction


def assert_named(reference, name, seed=None):
    """Fail unless the mistake is refused, costs points, and is the only one named."""
    found = report(reference, reference.mistakes[name][1], seed)
    assert found.outcome != "correct" and found.fraction < 1, (found.outcome, found.fraction)
    assert [mistake.name for mistake in found.mistakes] == [name], (found.mistakes, found.symptoms)


def assert_worthless(reference, answer, seed=None):
    """Fail unless a trivial answer earns nothing."""
    found = report(reference, answer, seed)
    held = [line.text for line in found.lines if line.status == "pass"]
    assert found.fraction == 0, f"earns {found.fraction:.2f} for: {held}"


_keys = {}


def _key(reference, seed):
    """Return the key of the public cases as it comes back from disk, or that of secret ones."""
    name = reference.exercise.name
    if (name, seed) not in _keys:
        if seed is None:
            with tempfile.TemporaryDirectory() as folder:
                save_key(make_key(reference, reference.public()), Path(folder))
                _keys[name, seed] = load_key.__wrapped__(name, Path(folder))
        else:
            _keys[name, seed] = make_key(reference, reference.draw(np.random.default_rng(seed)))
    return _keys[name, seed]


def _said(seed):
    return "public" if seed is None else f"secret {seed}"

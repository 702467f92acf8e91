"""What tests about exercises share: keys that are made once, and reports on an answer."""

import dataclasses
import functools
import linecache
import tempfile
import textwrap
from pathlib import Path

import numpy as np
import pytest

from lifkit.judge import load_key, report_on, save_key
from lifkit_staff.exercise import Written, make_key
from solutions.reference import REFERENCES

WRITTEN = [reference for reference in REFERENCES if isinstance(reference, Written)]
BY_NAME = {reference.exercise.name: reference for reference in WRITTEN}

#: Seeds of the secret draws that the tests look at, fixed so that a failure comes back; None stands
#: for the public cases.
SEEDS = (None, 1, 2, 3)


def over(references):
    """Parametrise a test over exercises."""
    return pytest.mark.parametrize("reference", references, ids=lambda one: one.exercise.name)


@functools.cache
def key_of(reference, seed=None):
    """Return the key of the public cases as it comes back from disk, or of secret cases.

    Secret ones decide whether an answer is right; mistakes are named by the public ones.  Long cases,
    which are made by hand, are asked in public only.
    """
    if seed is not None:
        cases = [one for one in reference.draw(np.random.default_rng(seed)) if one.fingerprint]
        return make_key(reference, cases, with_mistakes=False)
    with tempfile.TemporaryDirectory() as folder:
        save_key(make_key(reference, reference.public()), Path(folder))
        return load_key.__wrapped__(reference.exercise.name, Path(folder))


@functools.cache
def naming_key(reference):
    """Return the public key without its long cases, by which no mistake is named."""
    key = key_of(reference)
    kept = [place for place, case in enumerate(key.cases) if case.fingerprint]

    def of_kept(rows):
        return tuple(rows[place] for place in kept)

    return dataclasses.replace(
        key,
        cases=of_kept(key.cases),
        expected=of_kept(key.expected),
        fingerprints={name: of_kept(rows) for name, rows in key.fingerprints.items()},
    )


def report(reference, function, seed=None):
    """Judge a function or class on the public cases, or on the secret ones drawn from `seed`."""
    return report_on(key_of(reference, seed), function)


def names(found):
    """Return the names of the mistakes that a report speaks of."""
    return [mistake.name for mistake in found.mistakes]


def said(seed):
    """Name a seed in a message."""
    return "public" if seed is None else f"secret {seed}"


def none(faults):
    """Fail with all faults, unless there are none."""
    assert not faults, "\n".join(faults)


def define(source, name, **notebook):
    """Define what `source` defines as a notebook would, and return it."""
    source, cell = textwrap.dedent(source), "<ipython-input-2>"
    namespace = {"np": np, "__name__": "__main__", **notebook}
    linecache.cache[cell] = (len(source), None, source.splitlines(keepends=True), cell)
    exec(compile(source, cell, "exec"), namespace)
    return namespace[name]

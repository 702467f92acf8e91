"""Secret cases, and the way from what was heard to a verdict."""

from __future__ import annotations

import dataclasses
import difflib
import functools
import hashlib
import html
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from ..exercises import (
    Case,
    Key,
    KeyNotFound,
    Mistake,
    Report,
    as_html,
    headline,
    judge,
    load_key,
    make_key,
)
from ..exercises.compare import gaps
from ..exercises.plain import same
from ..exercises.reference import ReferenceLike
from . import pictures
from .asking import without_addresses
from .kernels import Reply
from .running import Heard, Question
from .sandbox import Limits

__all__ = ["OUTCOMES", "Secret", "Verdict", "draw", "missing_verdict", "seed_of", "verdict_of"]

OUTCOMES = (
    "correct",
    "partial",
    "wrong",
    "not started",
    "error",
    "timeout",
    "out of memory",
    "crashed",
    "missing",
)

#: Tries to draw cases on which all right solutions agree; a try fails for about 1 in 1000 seeds.
_TRIES = 20


# Secret cases -----------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, kw_only=True)
class Secret:
    """What one submission is asked about one exercise, and what is right."""

    key: Key

    @property
    def question(self) -> Question:
        """Return the part that the submission may see."""
        return Question(exercise=self.key.exercise, cases=self.key.cases)


def seed_of(seed: int, student: str, lab: str, exercise: str) -> int:
    """Return the seed of one submission's cases; the same from every entry point."""
    text = "\n".join([str(seed), student, lab, exercise])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "big")


def draw(reference: ReferenceLike, seed: int, student: str) -> Secret:
    """Draw the secret cases of one student and join them with the fixed edge and tie cases.

    The usual mistakes are recognised by the fixed cases, as in the self-check, so their outputs are
    computed once and not for every student; the secret ones decide whether an answer is right.

    Parameters
    ----------
    reference : Reference
    seed : int
        The grading seed.
    student : str

    Returns
    -------
    Secret
    """
    exercise = reference.exercise
    numbers = seed_of(seed, student, exercise.lab, exercise.name)
    drawn = None
    for turn in range(_TRIES):
        cases = reference.draw(np.random.default_rng([numbers, turn]))
        try:
            drawn = make_key(reference, cases, with_mistakes=False)
            break
        except ValueError:
            if turn == _TRIES - 1:
                raise
    assert drawn is not None
    fixed = _fixed(reference)
    secret = tuple(dataclasses.replace(case, fingerprint=False) for case in drawn.cases)
    nothing = (None,) * len(secret)
    return Secret(
        key=dataclasses.replace(
            fixed,
            cases=secret + fixed.cases,
            expected=drawn.expected + fixed.expected,
            fingerprints={name: nothing + rows for name, rows in fixed.fingerprints.items()},
        )
    )


_KNOWN: dict[tuple[str, int], ReferenceLike] = {}


def _fixed(reference: ReferenceLike) -> Key:
    """Return the key of the fixed cases; long ones, which only repeat the small ones, are left out."""
    name = reference.exercise.name
    _KNOWN[name, id(reference)] = reference
    return _fixed_key(name, id(reference))


@functools.lru_cache(maxsize=256)
def _fixed_key(name: str, reference_id: int) -> Key:
    reference = _KNOWN[name, reference_id]
    cases = [case for case in reference.public() if case.fingerprint]
    right = make_key(reference, cases, with_mistakes=False)
    return _stored(right, _mistakes(reference)) or make_key(reference, cases)


def _mistakes(reference: ReferenceLike) -> dict[str, Mistake]:
    """Return the usual mistakes by their ids; of written exercises without making programs of them."""
    variants = getattr(reference, "variants", None)
    if variants is not None:
        return {mistake.id: mistake for mistake in variants}
    return {mistake.id: mistake for mistake, _ in reference.mistakes.values()}


def _stored(right: Key, mistakes: Mapping[str, Mistake]) -> Key | None:
    """Take the outputs of the usual mistakes from the built key, which saves running 640 solvers.

    Only where that key was built from these very cases and mistakes and from a solution that gives
    the same answers; it decides which mistake is named and never whether an answer is right.
    """
    try:
        stored = load_key(right.exercise.name)
    except (KeyNotFound, ValueError):
        return None
    rows = {case.name: row for row, case in enumerate(stored.cases)}
    # The build leaves out forms of a mistake that make no difference, never a mistake.
    known = {mistake.id: mistake for mistake in stored.mistakes}
    if stored.exercise != right.exercise or not known.items() <= mistakes.items():
        return None
    if {one.name for one in known.values()} != {one.name for one in mistakes.values()}:
        return None
    for case, expected in zip(right.cases, right.expected, strict=True):
        row = rows.get(case.name)
        if row is None or not _same_case(stored.cases[row], case):
            return None
        if any(gaps(right.exercise, case, stored.expected[row], expected).values()):
            return None
    return dataclasses.replace(
        right,
        mistakes=stored.mistakes,
        fingerprints={
            name: tuple(column[rows[case.name]] for case in right.cases)
            for name, column in stored.fingerprints.items()
        },
        pairs=stored.pairs,
        pair_cases=stored.pair_cases,
    )


def _same_case(one: Case, other: Case) -> bool:
    mine, stored = (
        [dict(case.attributes), *(dict(call.inputs) for call in case.calls)]
        for case in (one, other)
    )
    return one.group == other.group and same(mine, stored)


# Verdicts -----------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True, kw_only=True)
class Verdict:
    """The grader's report on one exercise.

    Attributes
    ----------
    data : dict
        Plain data, as it stands in the verdict file: outcome, score, diagnosis.
    text, page : str
        The same for a person, as plain text and as HTML.
    """

    data: dict[str, Any]
    text: str
    page: str


def verdict_of(
    secret: Secret,
    heard: Heard,
    points: float,
    limits: Limits,
    *,
    ended: Mapping[str, Reply],
    unsound: Collection[str] = (),
    picture: bool = True,
) -> Verdict:
    """Decide about one exercise.

    Parameters
    ----------
    secret : Secret
    heard : Heard
    points : float
        What the exercise is worth.
    limits : Limits
        For the sentences.
    ended : mapping of str to Reply
        How the notebook's cells ended, for exercises whose name is not there.
    unsound : collection of str
        Earlier exercises that are not right.
    picture : bool
        Whether a wrong trace is drawn.
    """
    exercise = secret.key.exercise
    if heard.status == "answered" and heard.attempt is not None:
        report = judge(secret.key, heard.attempt, unsound=unsound)
        if report.outcome == "error" and report.problem and report.problem.kind == "MemoryError":
            return _short(secret.key, points, "out of memory", _sentence("out of memory", limits))
        drawn = ""
        if picture and report.outcome in ("wrong", "partial"):
            drawn = pictures.first_wrong_step(secret.key, heard.attempt)
        return _from_report(report, points, drawn)
    if heard.status == "unreadable":
        sentence = f"What {exercise.name} returned can't be read as numbers: {heard.text}."
        return _short(secret.key, points, "wrong", sentence)
    if heard.status == "missing":
        outcome, sentence = _why_missing(exercise.name, heard, ended, limits)
        return _short(secret.key, points, outcome, sentence)
    outcome = heard.status if heard.status in OUTCOMES else "crashed"
    return _short(secret.key, points, outcome, _sentence(heard.status, limits))


def missing_verdict(key: Key, points: float, sentence: str, outcome: str = "missing") -> Verdict:
    """Return the verdict on an exercise of which nothing can be asked."""
    return _short(key, points, outcome, sentence)


def _sentence(status: str, limits: Limits) -> str:
    return {
        "timeout": f"It was stopped after {limits.timeout:g} s without an answer. Look at the condition "
        "of each while loop: does something in the loop make it false one day?",
        "crashed": "The Python process ended while your function ran: it called exit or os._exit, or "
        "called compiled code in a way that ended Python. Nothing in this exercise needs either.",
        "out of memory": f"It used more than {limits.memory} MB of memory and was stopped. The arrays of "
        "this exercise have N_t + 1 rows and one column a neuron; look for a list or an array that grows.",
        "too many processes": f"It started more than {limits.processes} processes, or kept several "
        "processor cores busy, and was stopped. One process is enough.",
        "flood": "It sent more output than can be taken and was stopped. Print less.",
    }[status]


def _why_missing(
    name: str, heard: Heard, ended: Mapping[str, Reply], limits: Limits
) -> tuple[str, str]:
    """Say why a name is not there: its cell failed, or it was never written."""
    reply = ended.get(name)
    if reply is not None and reply.status == "error":
        what = without_addresses(f"{reply.ename}: {' '.join(reply.evalue.split())[:200]}")
        return (
            "error",
            f"The cell that defines {name} stops with an error, so {name} does not exist. {what}",
        )
    if reply is not None and reply.status not in ("ok", "error"):
        outcome = reply.status if reply.status in OUTCOMES else "crashed"
        return outcome, f"In the cell that defines {name}: {_sentence(reply.status, limits)}"
    near = difflib.get_close_matches(name, heard.names, n=1, cutoff=0.6)
    meant = (
        f" There is a {near[0]}: did you rename it? Give it back the name {name}." if near else ""
    )
    return (
        "missing",
        f"After all cells were run there was no function or class called {name}.{meant}",
    )


def _from_report(report: Report, points: float, drawn: str) -> Verdict:
    score = round(points * min(max(report.fraction, 0.0), 1.0), 4)
    problem = report.problem
    data = {
        "outcome": report.outcome,
        "score": score,
        "max_score": points,
        "headline": headline(report),
        "mistakes": [mistake.name for mistake in report.mistakes],
        "diagnosis": [mistake.diagnosis for mistake in report.mistakes],
        "hints": list(dict.fromkeys(mistake.hint for mistake in report.mistakes)),
        "symptoms": list(report.symptoms),
        "properties": [dataclasses.asdict(line) for line in report.lines],
        "problem": dataclasses.asdict(problem) if problem else None,
    }
    page = as_html(report) + drawn + _points(score, points)
    return Verdict(data=data, text=headline(report), page=page)


def _short(key: Key, points: float, outcome: str, sentence: str) -> Verdict:
    """Return a verdict that is one sentence and no points."""
    exercise = key.exercise
    said = f"{exercise.number} {exercise.name}: {_TITLES[outcome]}"
    data = {
        "outcome": outcome,
        "score": 0.0,
        "max_score": points,
        "headline": said,
        "mistakes": [],
        "diagnosis": [sentence],
        "hints": [],
        "symptoms": [],
        "properties": [],
        "problem": None,
    }
    page = (
        '<div class="lifkit-report" style="border-left:4px solid #b8500f;padding:0.4em 1em;'
        'margin:0.3em 0;line-height:1.45;max-width:52em">'
        f"<strong>Exercise {html.escape(said)}</strong>"
        f'<p style="margin:0.3em 0">{html.escape(sentence)}</p></div>'
    )
    return Verdict(data=data, text=said, page=page + _points(0.0, points))


_TITLES = {
    "wrong": "not right yet",
    "error": "it stops with an error",
    "timeout": "it does not come to an end",
    "out of memory": "it runs out of memory",
    "crashed": "it ends the Python process",
    "missing": "it is not there",
}


def _points(score: float, points: float) -> str:
    return f'<p style="margin:0.3em 0"><strong>{score:.4g} of {points:.4g} points</strong></p>'

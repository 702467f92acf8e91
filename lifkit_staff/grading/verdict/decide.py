"""The way from what was heard of a submission's exercise to a verdict."""

from __future__ import annotations

import builtins
import dataclasses
import difflib
import html
from collections.abc import Collection, Sequence
from typing import Any

from lifkit.judge import (
    OUTCOMES,
    Answer,
    Attempt,
    Case,
    Key,
    Problem,
    Report,
    Slip,
    as_html,
    headline,
    judge,
)
from lifkit.judge.outcomes import SENTENCES
from lifkit.judge.pairs import behaviour

from ..kernel.answers import without_addresses
from ..kernel.client import Reply
from ..kernel.execute import Heard
from ..limits import Limits
from .cases import Secret
from .picture import first_wrong_step

__all__ = ["Verdict", "best", "decided", "missing_verdict", "verdict_of", "with_points_back"]


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
    ended: Reply | None = None,
    unsound: Collection[str] = (),
    picture: bool = True,
    rounding: float = 0.0,
    slips: Sequence[Slip] = (),
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
    ended : Reply, optional
        How the exercise's cell ended, for one whose name is not there.
    unsound : collection of str
        Earlier exercises that are not right.
    picture : bool
        Whether a wrong trace is drawn.
    rounding : float
        Points are whole multiples of this; 0: they are not rounded.
    slips : sequence of Slip
        Where to look in what was handed in; told where no known mistake explains the answer.
    """
    exercise = secret.key.exercise
    if heard.status == "answered" and heard.attempt is not None:
        given = _without_inputs(secret.key, heard.attempt)
        _, report = decided(secret, heard)
        if report is None or report.outcome != "correct":
            report = _explained(secret.key, given, unsound)
        if report.outcome == "out of memory":
            return _short(secret.key, points, "out of memory", _sentence("out of memory", limits))
        if report.unexplained:
            report = dataclasses.replace(report, slips=tuple(slips))
        drawn = ""
        if picture and report.outcome in ("wrong", "partial"):
            drawn = _drawn(secret.key, given)
        return _from_report(report, points, drawn, rounding, _behaviour(secret.key, given))
    if heard.status == "unreadable":
        sentence = f"What {exercise.name} returned can't be read as numbers: {heard.text}."
        return _short(secret.key, points, "wrong", sentence)
    if heard.status == "missing":
        outcome, sentence = _why_missing(exercise.name, heard, ended, limits)
        return _short(secret.key, points, outcome, sentence)
    outcome = heard.status if heard.status in OUTCOMES else "crashed"
    return _short(secret.key, points, outcome, _sentence(heard.status, limits))


def decided(secret: Secret, heard: Heard) -> tuple[Heard, Report | None]:
    """Decide what an answer is worth, without looking for the likely mistake.

    Returns
    -------
    heard : Heard
        The same, or as unreadable where it can't be compared with numbers.
    report : Report or None
        None where there is nothing to compare.
    """
    if heard.status != "answered" or heard.attempt is None:
        return heard, None
    # Kept beside what was decided, so that no other answer gets its number.
    known = secret.decided.get(id(heard))
    if known is None:
        known = secret.decided[id(heard)] = (heard, _decided(secret.key, heard, heard.attempt))
    return known[1]


def _decided(key: Key, heard: Heard, given: Attempt) -> tuple[Heard, Report | None]:
    try:
        return heard, _with_memory(judge(key, given, explain=False))
    except Exception as error:  # whatever numbers they are, they are not right
        return dataclasses.replace(
            heard, status="unreadable", attempt=None, text=_said(error)
        ), None


def best(secret: Secret, heard: Sequence[Heard]) -> Heard:
    """Return the answer that counts: of copies the best whole one, in a tie the last.

    One from after the last cell counts only if it is better.  What can't be compared is unreadable.
    """

    def worth(pair: tuple[Heard, Report | None]) -> tuple[float, bool]:
        report = pair[1]
        return (report.fraction if report else 0.0), report is not None

    weighed = [decided(secret, one) for one in heard]
    late = [pair for pair in weighed if pair[0].late]
    in_time = [pair for pair in weighed if not pair[0].late]
    found, _ = max([max(reversed(in_time), key=worth), *late], key=worth)
    return found


#: The names of Python's own types, exceptions among them.
_KINDS = {name for name, one in vars(builtins).items() if isinstance(one, type)}


def _without_inputs(key: Key, given: Attempt) -> Attempt:
    """Return answers whose complaints say nothing of the secret inputs.

    A complaint on a secret case is told in the words of one on a public case, of the same kind and on
    the same line; where there is none it has no words, and if its kind is not one of Python's, whose names
    nobody chooses, no kind of its own either.
    """
    public = {
        (answer.problem.kind, answer.problem.line): answer.problem
        for case, answer in zip(key.cases, given.answers, strict=True)
        if case.fingerprint and answer.problem is not None
    }

    def told(case: Case, answer: Answer) -> Answer:
        problem = answer.problem
        if case.fingerprint or problem is None or problem.kind in ("timeout", "signature"):
            return answer
        kind = problem.kind if problem.kind in _KINDS else "Exception"
        silent = Problem(
            kind=kind,
            message="",
            line=problem.line,
            source=problem.source,
            function=problem.function,
        )
        return dataclasses.replace(answer, problem=public.get((problem.kind, problem.line), silent))

    answers = tuple(map(told, key.cases, given.answers))
    return dataclasses.replace(given, answers=answers)


def _explained(key: Key, given: Attempt, unsound: Collection[str]) -> Report:
    """Judge an answer; what is wrong with the search for its cause changes no verdict."""
    try:
        return _with_memory(judge(key, given, unsound=unsound))
    except Exception as error:
        report = _with_memory(judge(key, given, explain=False))
        sentence = f"What is likely wrong could not be looked for ({_said(error)})."
        return dataclasses.replace(report, symptoms=(sentence,))


def _with_memory(report: Report) -> Report:
    """Return a report that tells an error of memory from others, which a notebook does not."""
    if report.outcome == "error" and report.problem and report.problem.kind == "MemoryError":
        return dataclasses.replace(report, outcome="out of memory")
    return report


def _drawn(key: Key, given: Attempt) -> str:
    try:
        return first_wrong_step(key, given)
    except Exception as error:  # a page without a picture is still a page
        return f"<p>No picture of it could be drawn ({html.escape(_said(error))}).</p>"


def _said(error: Exception) -> str:
    return without_addresses(f"{type(error).__name__}: {error}"[:200])


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


def _why_missing(name: str, heard: Heard, reply: Reply | None, limits: Limits) -> tuple[str, str]:
    """Say why a name is not there: its cell failed, or it was never written."""
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


def _rounded(points: float, most: float, step: float) -> float:
    """Return points as whole multiples of a step, never more than there are."""
    whole = round(points / step) * step if step > 0 else points
    return round(min(whole, most), 9)


def _behaviour(key: Key, given: Attempt) -> str:
    """Return what the course may name a mistake by that nobody has named yet."""
    try:
        return behaviour(key, given.answers)
    except Exception:  # numbers that can't be told apart are not named
        return ""


def _from_report(
    report: Report, points: float, drawn: str, rounding: float, behaves: str
) -> Verdict:
    score = _rounded(points * min(max(report.fraction, 0.0), 1.0), points, rounding)
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
        "slips": [[slip.line, slip.kind] for slip in report.slips],
        "properties": [dataclasses.asdict(line) for line in report.lines],
        "problem": dataclasses.asdict(problem) if problem else None,
        "behaviour": behaves,
    }
    page = as_html(report) + drawn + _points(score, points)
    return Verdict(data=data, text=headline(report), page=page)


def _short(key: Key, points: float, outcome: str, sentence: str) -> Verdict:
    """Return a verdict that is one sentence and no points."""
    exercise = key.exercise
    said = f"{exercise.number} {exercise.name}: {SENTENCES[outcome]}"
    data = {
        "outcome": outcome,
        "score": 0.0,
        "max_score": points,
        "headline": said,
        "mistakes": [],
        "diagnosis": [sentence],
        "hints": [],
        "symptoms": [],
        "slips": [],
        "properties": [],
        "problem": None,
        "behaviour": "",
    }
    page = (
        '<div class="lifkit-report" style="border-left:4px solid #b8500f;padding:0.4em 1em;'
        'margin:0.3em 0;line-height:1.45;max-width:52em">'
        f"<strong>Exercise {html.escape(said)}</strong>"
        f'<p style="margin:0.3em 0">{html.escape(sentence)}</p></div>'
    )
    return Verdict(data=data, text=said, page=page + _points(0.0, points))


def with_points_back(verdict: Verdict, earlier: str, mistake: str) -> Verdict:
    """Return a verdict with all its points, where only an earlier exercise's mistake cost some."""
    most = verdict.data["max_score"]
    said = (
        f"It is right but for what was wrong in {earlier} already ({mistake}), which has cost its points "
        "there."
    )
    data = {**verdict.data, "score": most, "diagnosis": [said, *verdict.data["diagnosis"]]}
    before = _points(verdict.data["score"], most)
    page = verdict.page.replace(before, f"<p>{html.escape(said)}</p>{_points(most, most)}")
    return Verdict(data=data, text=verdict.text, page=page)


def _points(score: float, points: float) -> str:
    return f'<p style="margin:0.3em 0"><strong>{score:.4g} of {points:.4g} points</strong></p>'

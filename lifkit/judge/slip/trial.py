"""Try a function on a key's cases: how much of a case is right, which properties hold, whether all is."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..calling import Answer, Attempt, answer, plain_answer
from ..compare import Gap, by_name, compare, gaps
from ..confine import TimeUp, stopped_after
from ..diagnose import RAISED, diagnose, is_telling
from ..explain import habits_in
from ..model import Case, Key
from ..pairs import digest
from ..report import Report, judge
from ..values import count_numbers

__all__ = ["Trial", "in_time"]

#: Seconds for one call of an edited program: on small cases a right one takes a few thousandths.
CALL = 0.2

#: What an answer is worth that did not come, and one that has another form; numbers are worth 0 to 1.
NOTHING, OTHER_FORM = -1.0, -0.5


def in_time() -> contextlib.AbstractContextManager[None]:
    """Stop what takes longer than a small case does."""
    return stopped_after(CALL)


class Trial:
    """The cases of a key on which edited programs are tried.

    Parameters
    ----------
    key : Key
    given : Attempt
        The answers of the student's program as it is.
    calling : callable
        Makes a context that stops a call which takes too long, with `TimeUp`.

    Attributes
    ----------
    failing : list of int
        The cases that come out wrong, the smallest first.
    before : Report
        On the student's program as it is.
    habits : bool
        Whether it changes inputs or keeps something between calls.
    """

    def __init__(
        self,
        key: Key,
        given: Attempt,
        calling: Callable[[], contextlib.AbstractContextManager[None]] = in_time,
    ) -> None:
        # Long traces are left out where a small case fails too: the probes tell as much.
        wrong = [k for k, item in enumerate(given.answers) if not _is_right(key, k, item)]
        small = any(key.cases[k].fingerprint for k in wrong)
        chosen = [k for k, case in enumerate(key.cases) if case.fingerprint or not small]
        self.key = dataclasses.replace(
            key,
            cases=tuple(key.cases[k] for k in chosen),
            expected=tuple(key.expected[k] for k in chosen),
            fingerprints={
                name: tuple(rows[k] for k in chosen) for name, rows in key.fingerprints.items()
            },
        )
        self.calling = calling
        self._seen: dict[tuple[int, bytes], tuple[float, int]] = {}
        answers = [given.answers[k] for k in chosen]
        self.before = judge(self.key, Attempt(answers=tuple(answers)), explain=False)
        self.habits = bool(habits_in(given))
        self.failing = self.wrong(answers)

    def answers_to(self, function: Callable[..., Any], k: int) -> tuple[float, int]:
        """Call a function on case `k`.

        Returns
        -------
        share : float
            How much of the answer is right: 1 for all of it; below 0 where no numbers come.
        told : int
            A digest of the answer; 0 where none comes.
        """
        exercise, case = self.key.exercise, self.key.cases[k]
        calls = [(call.method, _copied(call.inputs)) for call in case.calls]
        try:
            with self.calling():
                value = plain_answer(exercise, function, case, calls)
        except (Exception, TimeUp, SystemExit):
            return NOTHING, 0
        said = k, _bytes(value)
        if said not in self._seen:  # most edits give what another one gave
            got = by_name(exercise, case, value)
            found = gaps(exercise, case, self.key.expected[k], got)
            parts = [_part(gap, self.key.expected[k], got) for gap in found.values()]
            told = digest(exercise, [_read(self.key, case, value)])
            self._seen[said] = sum(parts) / len(parts), told
        return self._seen[said]

    def known(self, k: int) -> frozenset[int]:
        """Return the digests of what the usual mistakes answer to case `k`, where that is telling."""
        if not self.key.cases[k].fingerprint:
            return frozenset()
        rows = (self.key.fingerprints[one.id][k] for one in self.key.mistakes)
        telling = [row for row in rows if RAISED not in row and is_telling([row], [0], ())]
        return frozenset(digest(self.key.exercise, [row]) for row in telling)

    def report(self, function: Callable[..., Any]) -> tuple[Report, list[Answer]]:
        """Return the report on a function, and its answers."""
        answers = [self._answer(function, case) for case in self.key.cases]
        called = (
            k for k, case in enumerate(self.key.cases) if case.calls and answers[k].status == "ok"
        )
        repeated = next(called, None)
        again = None if repeated is None else self._answer(function, self.key.cases[repeated])
        given = Attempt(answers=tuple(answers), again=again, repeated=repeated)
        return judge(self.key, given, explain=False), answers

    def wrong(self, answers: Sequence[Answer]) -> list[int]:
        """Return the cases that come out wrong, the smallest first."""
        found = [k for k, item in enumerate(answers) if not _is_right(self.key, k, item)]
        return sorted(found, key=lambda k: (not self.key.cases[k].calls, _weight(self.key, k)))

    def named(self, answers: Sequence[Answer]) -> str:
        """Return the id of the one usual mistake that gives these answers, or nothing."""
        found = diagnose(self.key, answers)
        return found[0].id if len(found) == 1 else ""

    def is_right(self, function: Callable[..., Any], report: Report) -> bool:
        """Whether a function is right: on the public cases, as its report says, and on the probes."""
        if report.failing or (report.habits and not self.habits):
            return False
        return self.probed(function, report)

    def gains(self, function: Callable[..., Any], report: Report) -> bool:
        """Whether a property more holds than before and none is spoilt, on the probes as well."""
        held = {line.text for line in self.before.lines if line.status == "pass"}
        now = {line.text for line in report.lines if line.status == "pass"}
        return held < now and self.probed(function, report)

    def probed(self, function: Callable[..., Any], report: Report) -> bool:
        """Whether the probes of all properties that hold come out right."""
        failing = [
            line
            for line, shown in zip(self.key.exercise.properties, report.lines[1:], strict=False)
            if shown.status != "pass"
        ]
        if any(not line.groups for line in failing):
            return True  # a property of all cases fails, so that nothing is known of any probe
        unknown = {group for line in failing for group in line.groups}
        return all(
            case.group in unknown or self._is_known(function, case, right)
            for case, right in zip(self.key.probes, self.key.probe_digests, strict=True)
        )

    def _is_known(self, function: Callable[..., Any], case: Case, right: int) -> bool:
        exercise, given = self.key.exercise, self._answer(function, case)
        if given.status != "ok":
            return False
        return digest(exercise, [_read(self.key, case, given.value)]) == right

    def _answer(self, function: Callable[..., Any], case: Case) -> Answer:
        try:
            with self.calling():
                return answer(self.key.exercise, function, case, limit=CALL)
        except TimeUp:  # between two lines of ours
            return Answer(status="timeout")


def _read(key: Key, case: Case, value: Any) -> dict[str, Any]:
    """Return the outputs that a case looks at by name, as fingerprints and probes are made of them."""
    wanted = (*key.exercise.reads(case), "return")
    named = by_name(key.exercise, case, value)
    return {name: part for name, part in named.items() if name in wanted}


def _is_right(key: Key, k: int, item: Answer) -> bool:
    if item.status != "ok":
        return False
    return not any(compare(key.exercise, key.cases[k], key.expected[k], item).values())


def _bytes(value: Any) -> bytes:
    """Return a plain value as bytes, by which equal ones are known."""
    if isinstance(value, np.ndarray):
        return f"{value.dtype}{value.shape}".encode() + value.tobytes()
    if isinstance(value, list):
        return b"[" + b",".join(map(_bytes, value)) + b"]"
    if isinstance(value, dict):
        return b"{" + b",".join(str(name).encode() + _bytes(value[name]) for name in value) + b"}"
    return repr(value).encode()


def _part(gap: Gap | None, expected: Mapping[str, Any], got: Mapping[str, Any]) -> float:
    """Return the part of an output that is right: all, or how many of its numbers."""
    if gap is None:
        return 1.0
    if gap.kind not in ("value", "not finite"):
        return OTHER_FORM
    right, given = _flat(expected[gap.output]), _flat(got[gap.output])
    if right.shape != given.shape or not right.size:
        return 0.0
    return float(np.mean(np.isclose(right, given, equal_nan=True)))


def _flat(value: Any) -> np.ndarray:
    if isinstance(value, list | tuple):
        parts = [_flat(part) for part in value]
        return np.concatenate(parts) if parts else np.empty(0)
    return np.ravel(np.asarray(value)).astype(float)


def _weight(key: Key, k: int) -> int:
    case = key.cases[k]
    return count_numbers([key.expected[k], *(call.inputs for call in case.calls)])


def _copied(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _copy(value) for name, value in inputs.items()}


def _copy(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, list | tuple):
        return type(value)(_copy(item) for item in value)
    return value

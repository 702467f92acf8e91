"""The exceptions that everybody meets in Python and NumPy, explained in the student's own words.

A rule knows the message, looks at the syntax tree of the line and at what its names stood for, and says
what is wrong there and how to mend it.  Where none is sure, nothing is said.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from ..calling import Answer
from ..model import Exercise, Mistake
from ..problems import Problem
from . import (
    arrays,
    attributes,
    calls,
    conditions,
    counts,
    division,
    ends,
    handed_over,
    indices,
    names,
    rooms,
    shapes,
)
from .line import Line, Rule

__all__ = ["RULES", "believable", "explained"]

#: In the order in which they are tried.
RULES: tuple[Rule, ...] = (
    *handed_over.RULES,
    *names.RULES,
    *attributes.RULES,
    *conditions.RULES,
    *rooms.RULES,
    *calls.RULES,
    *ends.RULES,
    *indices.RULES,
    *counts.RULES,
    *arrays.RULES,
    *shapes.RULES,
    *division.RULES,
)


def explained(
    exercise: Exercise, problem: Problem | None, answers: Sequence[Answer] = ()
) -> tuple[Mistake, ...]:
    """Explain an exception by the line in which it came up.

    Parameters
    ----------
    exercise : Exercise
    problem : Problem or None
    answers : sequence of Answer
        All of them: code that works in some cases is not told to take arrays for numbers.

    Returns
    -------
    tuple of Mistake
        One, or none.
    """
    if problem is None or problem.function in exercise.builds_on:
        return ()  # what an earlier exercise was handed is not to be mended there
    line = Line(exercise, problem, any(one.status == "ok" for one in answers))
    said = f"{problem.kind}: {problem.message}"
    for rule in RULES:
        match = re.match(rule.says, said)
        words = rule.look(line, match) if match else None
        if words is not None:
            return (
                Mistake(
                    name=rule.name,
                    diagnosis=rule.what.format(**words),
                    hint=rule.mend.format(**words),
                ),
            )
    return ()


def believable(
    exercise: Exercise, problem: Problem | None, found: Sequence[Mistake]
) -> tuple[Mistake, ...]:
    """Leave out the usual mistakes that speak of something else than what stands in the line that stopped.

    A usual mistake that raises is known by its message, and one message has many causes.

    Parameters
    ----------
    exercise : Exercise
    problem : Problem or None
    found : sequence of Mistake
        What the messages fit.

    Returns
    -------
    tuple of Mistake
    """
    if problem is None or not problem.scene.statement:
        return tuple(found)
    line = Line(exercise, problem)
    rules = explained(exercise, problem)
    if any(rule.name == "array in one place" for rule in rules):
        found = [mistake for mistake in found if "room for one number" not in mistake.diagnosis]
    if any(rule.name == ends.STEP_FOR_NEURON for rule in rules) and isinstance(
        line.spot, ast.Subscript
    ):
        array = ast.unparse(line.spot.value)
        found = [one for one in found if array in re.findall(r"\w+", one.diagnosis)]
    if rules or "truth value" in problem.message:
        found = [mistake for mistake in found if _is_nearer(line, mistake.diagnosis)]
    return tuple(mistake for mistake in found if _speaks_of(line, mistake.diagnosis))


def _is_nearer(line: Line, diagnosis: str) -> bool:
    """Whether a diagnosis is about what a rule explains too: no index elsewhere, and of the same array."""
    if "boolean index" in line.problem.message and isinstance(line.spot, ast.Subscript):
        return ast.unparse(line.spot.value) in re.findall(r"[\w.]+", diagnosis)
    if "list assignment" in line.problem.message or "'function' object" in line.problem.message:
        return False
    if "as an integer" in line.problem.message and isinstance(line.spot, ast.Call):
        whole = any(line.shape(one) for one in line.spot.args)
        return not (whole and "float" in diagnosis)
    if "truth value" in line.problem.message and diagnosis.startswith("`if "):
        quoted = set(re.findall(r"\w+", diagnosis.split("`")[1]))
        question = getattr(line.statement, "test", line.statement)
        asked = set(re.findall(r"\w+", ast.unparse(question)))
        return quoted & _own(line) <= asked
    if "only integer scalar" in line.problem.message and not isinstance(line.spot, ast.Subscript):
        return "index" not in diagnosis
    if "out of bounds" not in line.problem.message or not isinstance(line.spot, ast.Subscript):
        return True
    named = {name for name in _own(line) if re.search(rf"\b{name}\[", diagnosis)}
    return not named or ast.unparse(line.spot.value) in named


def _own(line: Line) -> set[str]:
    """Return the names of an exercise's arguments and outputs."""
    return {*line.exercise.parameters, *(output.name for output in line.exercise.outputs)}


def _speaks_of(line: Line, diagnosis: str) -> bool:
    """Whether a diagnosis may be about a line: its array, column, `if` or `and`, its function of math."""
    if "boolean index" in line.problem.message and isinstance(line.spot, ast.Subscript):
        if not isinstance(line.spot.value, ast.Name | ast.Attribute):
            return False  # of something that was made in the line
    if "axis 1 " in line.problem.message and "a row that" in diagnosis:
        return False
    nodes = list(ast.walk(line.statement))
    columns = [one for one in nodes if isinstance(one, ast.Slice)]
    if line.problem.kind == "ValueError" and re.search(r"\w\[:, \w", diagnosis) and not columns:
        return False
    of_math = set(re.findall(r"\bmath\.(\w+)", diagnosis))
    if of_math and not of_math & set(re.findall(r"\w+", ast.unparse(line.statement))):
        return False
    if diagnosis.startswith("`and` ") and not any(isinstance(one, ast.BoolOp) for one in nodes):
        return False
    asks = any(isinstance(one, ast.If | ast.IfExp | ast.While | ast.comprehension) for one in nodes)
    only_if = diagnosis.startswith("`if") and "`and`" not in diagnosis
    return asks or not (only_if and "truth value" in line.problem.message)

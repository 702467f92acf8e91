"""What a report says of things beside the numbers, for every exercise that is a function."""

import textwrap

import numpy as np
import pytest

from lifkit.judge import as_text, report_on
from tests.exercise_contract import WRITTEN, define, key_of, names, over, report

FUNCTIONS = [reference for reference in WRITTEN if not reference.exercise.is_class]
each = over(FUNCTIONS)


def around(reference, body, head="", **notebook):
    """Define a function around the solution: ``{call}`` in the body calls it."""
    name, arguments = reference.exercise.name, ", ".join(reference.exercise.parameters)
    source = f"def {name}({head or arguments}):\n" + textwrap.indent(
        textwrap.dedent(body).format(call=f"solution({arguments})"), "    "
    )
    return define(source, name, solution=reference.solve, **notebook)


def an_array(reference):
    """Return the name of an argument that is an array, or holds some, in each case."""
    cases = key_of(reference).cases
    for name in reference.exercise.parameters:
        values = [case.inputs[name] for case in cases]
        if all(isinstance(value, np.ndarray | list) for value in values):
            return f"{name}[-1]" if isinstance(values[0], list) else name
    some = [  # an argument that is an array in some cases
        name
        for name in reference.exercise.parameters
        if any(isinstance(case.inputs[name], np.ndarray) for case in cases)
    ]
    if not some:
        pytest.skip("all arguments are plain numbers")
    return some[0]


def a_number(reference):
    """Return an argument that is a plain number and another one from case to case, with a value."""
    cases = key_of(reference).cases
    for name in reversed(reference.exercise.parameters):
        values = [case.inputs[name] for case in cases]
        numbers = all(isinstance(value, int | float) for value in values)
        if numbers and isinstance(values[0], float) and len(set(values)) > 1:
            return name, max(values) * 1.1
    return None, None


@each
def test_inputs_changed_in_place_are_named(reference):
    array = an_array(reference)
    change = f"answer = {{call}}\nif np.size({array}): {array}.flat[0] += 1\nreturn answer"
    if array in reference.exercise.parameters:
        change = change.replace(f"np.size({array})", f"np.ndim({array}) and np.size({array})")
    found = report(reference, around(reference, change))
    assert found.outcome == "partial" and names(found) == ["input changed in place"]
    assert array.split("[")[0] in found.mistakes[0].diagnosis


@each
def test_a_mutable_default_is_named(reference):
    arguments = ", ".join(reference.exercise.parameters)
    # One call a case, then the first case once more: that one gets another answer.
    last = len(key_of(reference).cases)
    body = f"seen.append(1)\nreturn {{call}} if len(seen) <= {last} else None"
    found = report(reference, around(reference, body, head=f"{arguments}, seen=[]"))
    assert not found.passed and names(found) == ["state kept between calls"]


@each
def test_a_notebook_variable_in_an_arguments_place_is_named(reference):
    argument, value = a_number(reference)
    if argument is None:
        pytest.skip("no argument is a plain number that changes from case to case")
    body = f"{argument} = my_{argument}\nreturn {{call}}"
    found = report(reference, around(reference, body, **{f"my_{argument}": value}))
    assert not found.passed and names(found) == ["notebook variable used"]
    assert f"my_{argument}" in found.mistakes[0].diagnosis


@each
def test_a_constant_of_the_notebook_that_takes_no_arguments_place_is_fine(reference):
    assert report(reference, around(reference, "return {call} if one else 0", one=1)).passed


@each
def test_code_that_never_returns_is_stopped_and_named(reference):
    found = report_on(key_of(reference), around(reference, "while True:\n    pass"), limit=0.2)
    assert found.outcome == "timeout" and names(found) == ["never returns"]


@each
def test_an_exception_is_reported_with_its_line(reference):
    found = report(reference, around(reference, "first = 1\nreturn {call} + undefined_thing"))
    assert found.outcome == "error" and names(found) == ["undefined name"]
    assert found.problem.line == 3 and "undefined_thing" in as_text(found)


@each
def test_another_number_of_arguments_is_named(reference):
    head = ", ".join(f"argument_{k}" for k in range(len(reference.exercise.parameters) + 1))
    found = report(reference, around(reference, "return 0", head=head))
    assert found.outcome == "error" and names(found) == ["other arguments"]
    assert f"{reference.exercise.name}(" in found.mistakes[0].diagnosis


@each
def test_a_stub_line_left_in_is_named(reference):
    found = report(reference, around(reference, "x = 1\nraise NotImplementedError()"))
    assert found.outcome == "error" and names(found) == ["stub line left in"]


@each
def test_an_untouched_stub_is_not_started(reference):
    found = report(reference, around(reference, "raise NotImplementedError()"))
    assert found.outcome == "not started" and found.fraction == 0


@each
def test_a_flood_of_prints_does_not_disturb_a_right_answer(reference, capsys):
    flood = "for _ in range(200):\n    print('x' * 1000)\nreturn {call}"
    assert report(reference, around(reference, flood)).passed
    assert capsys.readouterr().out == ""

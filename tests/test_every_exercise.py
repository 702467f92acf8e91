"""What is true of every exercise, tested in one place; ``make test-exercise X=NAME`` runs one.

Each test goes through all styles, mistakes or cases of one exercise and lists what it found.
"""

import ast
import dataclasses
import inspect
import types
import warnings

import numpy as np
import pytest

from lifkit.judge import report_on, values
from lifkit.judge.calling import answer
from lifkit.judge.compare import by_name
from lifkit_staff.authoring.equivalent import MOST_ENTRIES, excused, reason
from lifkit_staff.authoring.mutants import accepted, agrees
from lifkit_staff.exercise import make_key
from lifkit_staff.grading.verdict.cases import draw
from tests.exercise_contract import (
    SEEDS,
    WRITTEN,
    key_of,
    names,
    naming_key,
    none,
    over,
    report,
    said,
)
from tests.styles import STYLES, TRIVIAL

#: The groups in which two numbers of inputs are equal on purpose; see `test_no_case_is_degenerate`.
EQUAL = "equal sizes"

each = over(WRITTEN)


# --- Answers -------------------------------------------------------------------------------------


def right_answers(reference):
    named = {style.__name__: style for style in reference.styles}
    return {"the notebook's cell": reference.solved} | named | STYLES[reference.exercise.name]


@each
def test_right_answers_in_every_style_are_accepted(reference):
    faults = []
    for seed in SEEDS:
        for name, function in right_answers(reference).items():
            found = report(reference, function, seed)
            if found.outcome != "correct" or found.fraction != 1:
                lines = [f"{one.text}: {one.detail}" for one in found.lines if one.status != "pass"]
                faults.append(f"{name}, {said(seed)}: {found.outcome} {lines} {found.problem}")
    none(faults)


@each
def test_usual_mistakes_are_refused_and_named_alone(reference):
    faults = []
    for name, (mistake, wrong) in reference.mistakes.items():
        found = report_on(naming_key(reference), wrong)
        if found.outcome == "correct" or found.fraction == 1:
            faults.append(f"{name} is accepted: {found.outcome} {found.fraction}")
        if names(found) != [mistake.name]:
            faults.append(f"{name} is named {names(found)}{mend(names(found))}")
    none(faults)


def mend(named):
    """Say how to mend a mistake that is not named alone."""
    if len(named) < 2:
        return ""
    return ": make one a form of the other (`forms`), or add a case that tells them apart"


@each
def test_usual_mistakes_are_refused_on_secret_cases(reference):
    faults = []
    for seed in SEEDS[1:]:
        key = key_of(reference, seed)
        for name, (_, wrong) in reference.mistakes.items():
            # Asked case by case until one is wrong; a whole report only where none is.
            if agrees_everywhere(reference, wrong, key) and report(reference, wrong, seed).passed:
                faults.append(f"{name} is accepted on {said(seed)}")
    none(faults)


def agrees_everywhere(reference, wrong, key):
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return all(
            agrees(reference, wrong, case, right)
            for case, right in zip(key.cases, key.expected, strict=True)
        )


@each
def test_answers_without_work_earn_nothing(reference):
    def stub(*arguments):
        raise NotImplementedError()

    faults = []
    for seed in SEEDS:
        for name, function in {"a stub": stub, **TRIVIAL.get(reference.exercise.name, {})}.items():
            found = report(reference, function, seed)
            held = [one.text for one in found.lines if one.status == "pass"]
            if found.fraction:
                faults.append(f"{name}, {said(seed)}: {found.fraction:.2f} for {held}")
    none(faults)


# --- Cases ---------------------------------------------------------------------------------------


def degenerate(case):
    """Return the choices in a case that hide mistakes (PHYSICS): g_m = 1, tau = dt, V_init = E_m ..."""
    inputs = dict(case.inputs)
    found = []
    if np.equal(inputs.get("g_m", 0), 1).any():
        found.append("g_m = 1")
    if "dt" in inputs and "tau" in inputs:
        product = np.multiply(inputs["tau"], inputs["dt"])
        found += ["tau*dt = 1"] * bool(np.equal(product, 1).any())
        found += ["tau = dt"] * bool(np.equal(inputs["tau"], inputs["dt"]).any())
    if "V_init" in inputs and "E_m" in inputs:
        found += ["V_init = E_m"] * bool(np.equal(inputs["V_init"], inputs["E_m"]).any())
    return found


@each
def test_no_case_is_a_degenerate_choice(reference):
    """Cases made by hand are exact ties and the objects of the text; they are never the only ones."""
    drawn = [
        (group, one)
        for one in reference.lines
        for group, (_, by_hand) in one.makers.items()
        if not by_hand
    ]
    groups = {group for group, _ in drawn}
    faults = []
    for seed in SEEDS:
        for case in key_of(reference, seed).cases:
            if case.group in groups - {EQUAL, "ties"}:
                faults += [f"{case.name}: {what}" for what in degenerate(case)]
                faults += [f"{case.name}: {what}" for what in equal_sizes(reference, case)]
    none(faults)


def equal_sizes(reference, case):
    """Return where an output has as many rows as columns, or one of them as the case has steps."""
    given = answer(reference.exercise, reference.solve, case)
    for name, value in by_name(reference.exercise, case, given.value).items():
        shape = np.shape(value) if isinstance(value, np.ndarray) else ()
        if len(shape) == 2 and shape[0] - shape[1] in (0, 1):
            yield f"{name} has the shape {shape}"


@each
def test_cases_of_equal_sizes_are_never_the_only_ones_of_a_property(reference):
    for line in reference.exercise.properties:
        assert set(line.groups) - {EQUAL}, line.name


@each
def test_no_case_is_new_at_another_draw(reference):
    """A public case is the same each time; a secret one follows its seed."""
    first, second = reference.public(), reference.public()
    assert [case.name for case in first] == [case.name for case in second]
    drawn = [reference.draw(np.random.default_rng(5)) for _ in range(2)]
    assert [case.name for case in drawn[0]] == [case.name for case in drawn[1]]
    assert len({case.name for case in first}) == len(first)


@each
def test_secret_cases_come_with_what_the_solution_gives(reference):
    """Those made by hand, which are public too, are solved once and not for each student."""
    for student in ("ada", "ben"):
        key = draw(reference, 1, student).key
        anew = make_key(reference, key.cases, with_mistakes=False)
        assert values.same(
            [dict(row) for row in key.expected], [dict(row) for row in anew.expected]
        )


# --- Single edits by machine ---------------------------------------------------------------------


@each
def test_no_single_edit_slips_through(reference):
    """An edit that is accepted on 200 inputs gives the same answers for a reason that is written down."""
    excuses, used, faults = reference.table.equal, set(), []
    assert len(excuses) <= MOST_ENTRIES
    for mutant in accepted(reference):
        if not reason(mutant):
            entry = excused(mutant, reference.cell.source, excuses)
            used.add(entry)
            if not entry:
                edit = f"{mutant.before} -> {mutant.after}"
                faults.append(
                    f"accepted, line {mutant.line}, {mutant.kind}: {edit}\n"
                    "  write a case that shows it, or an entry "
                    f'equal."before -> after" with a proof, at most {MOST_ENTRIES}; see CONTRIBUTING'
                )
    faults += [f"nothing is accepted for {entry!r}: drop it" for entry in excuses.keys() - used]
    none(faults)


# --- What is written -----------------------------------------------------------------------------


@each
def test_an_exercise_is_written_whole(reference):
    exercise, faults = reference.exercise, []
    faults += [
        f"output {one.name} lacks a `why` for its tolerance"
        for one in exercise.outputs
        if not one.why
    ]
    faults += [
        f"output {one.name} lacks a shape" for one in exercise.outputs if not one.shape and one.axes
    ]
    faults += faults_of_hints(reference)
    if not reference.styles:
        faults.append("lacks a second right solution in another style")
    if len(STYLES.get(exercise.name, {})) < 3:
        faults.append("lacks right answers in odd styles: give three in tests/styles")
    if not reference.table.source:
        faults.append("lacks a `source` in its table")
    if not exercise.number or not exercise.title:
        faults.append("lacks a heading such as `### Exercise 2.3: the firing rate` above its cell")
    if not reference.cell.points:
        faults.append("lacks points in its check cell")
    faults += [
        f"no mistake is {name!r}, which `without` leaves out"
        for name in reference.table.without
        if name not in all_names(reference)
    ]
    faults += reference.unmatched
    none(faults)


def faults_of_hints(reference):
    """Hold hints to their three stages, and to showing no line that solves anything."""
    hints = reference.exercise.hints
    if len(hints) != 3:
        return [f"{len(hints)} hints: give three: the idea, the equation or a picture, a skeleton"]
    faults = []
    if any("___" in hint for hint in hints[:2]):
        faults.append("a gap (___) belongs into the third hint, the skeleton")
    if "\n" not in hints[2] or "___" not in hints[2]:
        faults.append("the third hint is a skeleton: lines of code with a gap (___) for each idea")
    for number, hint in enumerate(hints, 1):
        said = "".join(hint.split())
        faults += [
            f"hint {number} holds a line of a solution: {line}"
            for line in telling_lines(reference)
            if "".join(line.split()) in said
        ]
    return faults


def telling_lines(reference):
    """Return the lines of the solved cell and of the other style that say how it is done."""
    found = set()
    for text in (reference.cell.source, *map(inspect.getsource, reference.styles)):
        lines, shown = text.splitlines(), set()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                shown.add(node.lineno)
            elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):  # a docstring
                shown |= set(range(node.lineno, node.end_lineno + 1))
        secret = [line for number, line in enumerate(lines, 1) if number not in shown]
        found |= {line.split("#")[0].strip() for line in secret}
    return {line for line in found if len("".join(line.split())) >= 10}


@pytest.mark.parametrize(
    ("hints", "words"),
    [
        (("The idea.", "The equation."), "2 hints"),
        (("Idea ___.", "Equation.", "Code:\n___"), "belongs into the third"),
        (("Idea.", "Equation.", "return ___ in one line"), "is a skeleton"),
        (("Idea.", "Equation.", "Code:\nfor k in range(3):"), "is a skeleton"),
        (("Idea.", "All of it: V = np.zeros( (N_t+1,n) )", "Code:\n___"), "hint 2 holds a line"),
    ],
)
def test_a_hint_that_is_too_much_or_too_little_is_seen(hints, words):
    reference = next(one for one in WRITTEN if one.exercise.name == "lif_euler")
    exercise = dataclasses.replace(reference.exercise, hints=hints)
    spoilt = types.SimpleNamespace(exercise=exercise, cell=reference.cell, styles=reference.styles)
    (fault,) = faults_of_hints(spoilt)
    assert words in fault


def all_names(reference):
    return {*reference.table.entries} | {
        mistake.name
        for name in reference.table.through
        for other in WRITTEN
        if other.exercise.name == name
        for mistake in other.variants
    }


@each
def test_the_example_of_an_exercise_is_true(reference):
    if not reference.table.example:
        pytest.skip("a class, or no example that fits one line")
    call, _, value = reference.table.example.partition(" -> ")
    around = {"np": np, reference.exercise.name: reference.solve}
    got, wanted = eval(call, around), eval(value, around)
    assert same(got, wanted), (
        f"`example` in {reference.table_path.name}: {call} gives {got}, and {value} is written there"
    )


def same(got, wanted):
    if isinstance(got, list | tuple):
        return len(got) == len(wanted) and all(map(same, got, wanted))
    one, other = np.atleast_1d(got), np.atleast_1d(wanted)
    return one.shape == other.shape and np.allclose(one, other, rtol=1e-6, equal_nan=True)


@each
def test_second_styles_are_not_the_cell(reference):
    cell = ast.dump(ast.parse(reference.cell.source).body[-1])
    for style in reference.styles:
        assert ast.dump(ast.parse(inspect.getsource(style)).body[0]) != cell

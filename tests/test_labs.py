"""The labs as a student reads them: honest times, sittings with goals and summaries, whole headings.

Looked at are the released notebooks, so nothing of an answer counts.
"""

import ast
import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
NAMES = ("lab1", "lab2", "lab3", "lab4", "lab5", "lab6", "lab7", "lab8")

#: A lab longer than this is laid out in sittings, and none of them may be.
MINUTES = 100

#: How far stated minutes may be from counted ones.  People differ by more.
OFF = 0.1

#: Exercises with so few arguments that their order is plain.
SHORT = {"firing_rate", "spike_counts"}


def cells_of(lab):
    return nbformat.read(ROOT / "notebooks" / lab / f"{lab}.ipynb", as_version=4).cells


def is_folded(cell):
    return cell.metadata.get("jupyter", {}).get("source_hidden", False)


def grade_id(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def minutes_of(cell):
    """Count what a cell takes: reading it at 200 words a minute, and what there is to do.

    A function takes 8 minutes and one more a point, 15 at most; a think question or an explorer 5; a
    prediction 4.
    """
    if is_folded(cell):
        return 0.0
    formula = r"\$\$.*?\$\$|\$[^$]*\$|"  # read as one word
    words = re.findall(formula * (cell.cell_type == "markdown") + r"[\w'-]+", cell.source, re.S)
    minutes = len(words) / 200
    if grade_id(cell).endswith("_check"):
        minutes += min(15, 8 + cell.metadata.nbgrader.points)
    if grade_id(cell).startswith("my_"):
        minutes += 4
    if grade_id(cell).startswith("think") or "explorers.explore" in cell.source:
        minutes += 5
    return minutes


def sittings_of(lab):
    """Return a lab's sittings, each a list of cells, and the optional section by itself."""
    cells = cells_of(lab)
    (second,) = [k for k, cell in enumerate(cells) if cell.source.startswith("## Second sitting")]
    titles = [re.match(r"## .*", cell.source) for cell in cells]
    optional, inside = [], False
    for cell, title in zip(cells, titles, strict=True):
        inside = "optional" in title[0] if title else inside
        optional += [cell.id] if inside else []
    parts = [
        [cell for cell in part if cell.id not in optional]
        for part in (cells[:second], cells[second:])
    ]
    return parts, [cell for cell in cells if cell.id in optional]


@pytest.mark.parametrize("lab", NAMES)
def test_stated_minutes_are_those_that_are_counted(lab):
    sittings, optional = sittings_of(lab)
    title = cells_of(lab)[0].source
    both = [int(n) for n in re.search(r"of about (\d+) and (\d+) minutes", title).groups()]
    for stated, sitting in zip(both, sittings, strict=True):
        box = next(cell.source for cell in sitting if " sitting: " in cell.source)
        assert f"about {stated} minutes" in box
        counted = sum(map(minutes_of, sitting))
        assert abs(stated / counted - 1) <= OFF, (stated, counted)
        assert counted <= MINUTES
    if optional:
        (more,) = re.findall(r"optional, (\d+) minutes", optional[0].source)
        assert f"{more} more" in title
        assert sum(map(minutes_of, optional)) <= int(more) * (1 + OFF)


def verbs_in(cell):
    """Return the emphasised words that begin a list's entries or follow a comma or `and` in one."""
    entries = re.findall(r"^(?:> )?(?:\*|\d\.) (.*)", cell.source, re.M)
    return [verb for entry in entries for verb in re.findall(r"\*{1,2}([a-z]+)\*{1,2}", entry)]


@pytest.mark.parametrize("lab", NAMES)
def test_each_sitting_ends_with_what_it_set_out_to_do(lab):
    for sitting in sittings_of(lab)[0]:
        (goals,) = [cell for cell in sitting if " sitting: " in cell.source]
        (summary,) = [cell for cell in sitting if cell.source.startswith("## Summary of the ")]
        assert verbs_in(goals) == verbs_in(summary) != []


@pytest.mark.parametrize("lab", NAMES)
def test_headings_go_down_one_step_at_a_time(lab):
    levels = [
        len(signs)
        for cell in cells_of(lab)
        if cell.cell_type == "markdown"
        for signs in re.findall(r"^(#+) ", cell.source, re.M)
    ]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(below - above <= 1 for above, below in zip(levels, levels[1:], strict=False))


@pytest.mark.parametrize("lab", NAMES)
def test_a_drawing_made_of_signs_is_told_in_words_too(lab):
    for cell in cells_of(lab):
        if cell.cell_type == "markdown" and "```" in cell.source:
            assert "in the drawing" in cell.source.lower(), cell.id


@pytest.mark.parametrize("lab", NAMES)
def test_code_that_draws_is_folded_and_what_a_reader_changes_is_not(lab):
    code = [cell for cell in cells_of(lab) if cell.cell_type == "code"]
    assert all(is_folded(cell) for cell in code if "plt." in cell.source)
    assert not [cell.id for cell in code if is_folded(cell) and cell.source.startswith("check(")]
    assert not [cell.id for cell in code if is_folded(cell) and "def my_" in cell.source]


@pytest.mark.parametrize("lab", NAMES)
def test_given_cells_hand_over_many_values_by_their_names(lab):
    """Nine values in a row are easy to mix up: no call of an exercise has more than one without a name."""
    code = [cell for cell in cells_of(lab) if cell.cell_type == "code"]
    names = {grade_id(cell).removesuffix("_check") for cell in code if "check" in grade_id(cell)}
    for cell in code:
        for call in (
            node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Call)
        ):
            name = getattr(call.func, "id", "")
            if name in names - SHORT:
                assert len(call.args) <= 1, (cell.id, ast.unparse(call))
                assert not any(isinstance(one, ast.Starred) for one in call.args), cell.id

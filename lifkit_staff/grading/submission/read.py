"""Read the notebook that was handed in, whatever its file is called and whatever an editor made of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from ..bounded import TooMuch, bounded
from ..limits import CELLS, NOTEBOOK_FILE, NOTEBOOK_SOURCE, OTHER_NAMES, SMALL_FILE
from .files import linked
from .sanitize import clean_name, clean_text
from .source import defined_in

__all__ = ["Unreadable", "fresh_cell", "placeholder", "read_notebook"]


class Unreadable(ValueError):
    """What was handed in is no notebook of the lab; the message is for the student."""


def read_notebook(
    path: Path, stubs: Callable[[], Mapping[str, str]] = dict
) -> tuple[NotebookNode, list[str], bool]:
    """Read a submitted notebook: its cells' types, sources and nbgrader's marks, and nothing else.

    Where there is none under the lab's name, or one that nobody worked on, the one that carries the lab's
    cells is taken under any.

    Parameters
    ----------
    path : Path
        Where it should be.
    stubs : callable
        Gives the released text of each answer of the lab, by its grade_id; asked where needed.

    Returns
    -------
    notebook : NotebookNode
    notes : list of str
        Which file it is, where it is another one or another one may be meant.
    doubtful : bool
        Whether there is one under the lab's name, and another one with more work in it.

    Raises
    ------
    Unreadable
        If there is none, or none that can be told from others, or it is too large or no notebook.
    """
    if linked(path.parent):
        raise Unreadable(
            "A link to another folder was handed in; only what lies in your own is graded. Hand in the "
            "file itself."
        )
    if path.is_symlink():
        raise Unreadable(
            f"{path.name} is a link; only files can be graded. Hand in the file itself."
        )
    if path.is_file():
        return _of_two(path, stubs)
    return *_under_another_name(path, stubs()), False


def _of_two(
    path: Path, stubs: Callable[[], Mapping[str, str]]
) -> tuple[NotebookNode, list[str], bool]:
    """Take the notebook under the lab's name; the only other one, where nobody worked on the first.

    A browser calls its second download ``lab2 (1).ipynb``, and both lie in the folder.
    """
    notebook, others = _read(path), [other for other in _others(path) if other != path]
    if not others:
        return notebook, [], False
    known = stubs()
    answers = _answers(notebook, known)
    found, _ = _carrying(others, known)
    more = [one for one in found if len(one[2]) > len(_work(answers, known))]
    if not more:
        return notebook, [], False
    name, other, _ = more[0]
    if len(more) == 1 and _is_untouched(notebook, answers, known):
        said = (
            f"Nobody worked on {path.name}: {name}, which has work in it, was graded in its place."
        )
        return other, [said], True
    said = (
        f"{path.name} was graded; {name} beside it has more answers. If it is meant, hand in that one "
        "alone."
    )
    return notebook, [said], True


def _is_untouched(
    notebook: NotebookNode, answers: Mapping[str, str], stubs: Mapping[str, str]
) -> bool:
    """Whether all answers are there as they were given out, and none stands in a cell of its own."""
    own = [
        name
        for cell in notebook.cells
        if cell.cell_type == "code" and not cell.metadata.get("nbgrader")
        for name in defined_in(cell.source)
    ]
    return len(answers) == len(stubs) and not _work(answers, stubs) and not set(own) & set(stubs)


def _under_another_name(path: Path, stubs: Mapping[str, str]) -> tuple[NotebookNode, list[str]]:
    """Take the notebook in which most of the lab's answers are; of several the one with most work.

    Equal work on both sides, and not the same, is nobody's to choose between but the student's.
    """
    nothing, others = f"No file called {path.name} was handed in", _others(path)
    found, why = _carrying(others, stubs)
    if not found:
        raise Unreadable(f"{nothing}{why or _instead(path, others)}")
    name, notebook, work = found[0]
    for other_name, _, other_work in found[1:]:
        if len(other_work) == len(work) and other_work != work:
            raise Unreadable(
                f"{nothing}, and {name} and {other_name} answer as many of its questions. Hand in the one "
                f"that counts as {path.name}."
            )
    return notebook, [f"{nothing}: {name} was graded in its place."]


def _carrying(
    others: Sequence[Path], stubs: Mapping[str, str]
) -> tuple[list[tuple[str, NotebookNode, dict[str, str]]], str]:
    """Return the notebooks that hold most of the lab's answers, most work first, each with its work.

    And why the first of the others can't be read.
    """
    found, why = [], ""
    for other in others:
        try:
            notebook = _read(other)
        except Unreadable as error:
            why = why or f", and {error}"
            continue
        answers = _answers(notebook, stubs)
        if 2 * len(answers) > len(stubs):
            found.append((clean_name(other.name), notebook, _work(answers, stubs)))
    return sorted(found, key=lambda one: len(one[2]), reverse=True), why


def _work(answers: Mapping[str, str], stubs: Mapping[str, str]) -> dict[str, str]:
    """Return the answers that are not as they were given out."""
    return {name: text for name, text in answers.items() if text != stubs[name].strip()}


def _others(path: Path) -> list[Path]:
    """Return the notebooks beside the place where one should be: no links, and not too much to read."""
    found, left = [], NOTEBOOK_FILE
    files = (one for one in path.parent.glob("*.ipynb") if one.is_file() and not one.is_symlink())
    for other in sorted(files)[:OTHER_NAMES]:
        size = other.stat().st_size
        if size <= NOTEBOOK_FILE:  # a larger one is refused unread
            left -= size
        if left >= 0:
            found.append(other)
    return found


def _instead(path: Path, others: Sequence[Path]) -> str:
    """Say what was handed in that is not the lab's notebook."""
    below = sorted(
        str(other.relative_to(path.parent)) for other in path.parent.glob(f"*/{path.name}")
    )
    if others:
        name = others[0].name
        said = f". There is {name}, which lacks most of its cells: if it is meant, rename it"
    elif below:
        said = f". There is {below[0]}: hand in the notebook itself, not a folder"
    else:
        return "."
    return f"{clean_name(said)}{' and hand in again' if others else ''}."


def _answers(notebook: NotebookNode, stubs: Mapping[str, str]) -> dict[str, str]:
    """Return the lab's answers that a notebook carries; of copies one with work in it."""
    answers: dict[str, str] = {}
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in stubs and (name not in answers or cell.source.strip() != stubs[name].strip()):
            answers[name] = cell.source.strip()
    return answers


def _read(path: Path) -> NotebookNode:
    """Read one file."""
    name, size = clean_name(path.name), path.stat().st_size
    if size > NOTEBOOK_FILE:
        raise Unreadable(
            f"{name} is larger than {NOTEBOOK_FILE // 1_000_000} MB. Clear its outputs (Kernel, "
            "Restart and Clear Outputs), save, and hand in again."
        )
    try:
        # A small file becomes no large tree.
        cells = rebuilt(str(path)) if size < SMALL_FILE else bounded("read", str(path))
    except TooMuch as error:
        raise Unreadable(f"{name} can't be opened as a notebook ({error}). {_MEND}") from None
    except PermissionError:
        raise Unreadable(
            f"{name} can't be read: its permissions don't allow it. Save it anew (an archive may have "
            "kept odd ones), and hand in again."
        ) from None
    except ValueError as error:
        raise Unreadable(f"{name} {error}") from None
    fresh = [fresh_cell(kind, source, identity) for kind, source, identity, _ in cells]
    for cell, (_, _, _, grade_id) in zip(fresh, cells, strict=True):
        if grade_id is not None:
            cell.metadata["nbgrader"] = {"grade_id": grade_id}
    return new_notebook(cells=fresh)


_MEND = "Open it in JupyterLab, or take an older copy of it, save, and hand in again."


def rebuilt(path: str) -> list[tuple[str, str, str, str | None]]:
    """Read what can be used of a notebook's cells; a task of `bounded`.

    Returns
    -------
    list of tuple
        Of each cell its kind, source, identity and grade_id, if it has one.

    Raises
    ------
    ValueError
        If it is no notebook; the message goes on after the file's name.
    """
    with open(path, "rb") as file:
        data = file.read(NOTEBOOK_FILE + 1)
    if not data.strip():
        raise ValueError("is an empty file. Save the notebook and hand in again.")
    try:
        try:
            tree = json.loads(data)
        except UnicodeDecodeError:  # saved by an editor in the way of old Windows
            tree = json.loads(data.decode("cp1252", "replace"))
        if isinstance(tree, dict) and "worksheets" in tree:  # version 3, before 2015
            tree = nbformat.reads(json.dumps(tree), as_version=4)
        return _cells_of(tree)
    # What a student's editor can do to a file has no end; each of these means "no notebook".
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        broken: Exception = error
    except Exception as error:  # nbformat's own kinds
        if type(error).__module__.split(".")[0] not in ("nbformat", "jsonschema"):
            raise
        broken = error
    raise ValueError(f"can't be opened as a notebook ({type(broken).__name__}). {_MEND}")


def _cells_of(tree: Any) -> list[tuple[str, str, str, str | None]]:
    cells = tree["cells"]
    if not isinstance(cells, list) or len(cells) > CELLS:
        raise ValueError("no list of cells, or too many")
    kept, total = [], 0
    for number, cell in enumerate(cells):
        source = cell.get("source") if isinstance(cell, dict) else None
        if isinstance(source, list) and all(isinstance(line, str) for line in source):
            source = "".join(source)
        if not isinstance(source, str):
            continue  # no cell; what the lab has there will be missed and put back
        total += len(source)
        # A raw cell goes into pages as it is; the course has none, and a student's is read as text.
        kind = "code" if cell.get("cell_type") == "code" else "markdown"
        marks = cell.get("metadata")
        marks = marks.get("nbgrader") if isinstance(marks, dict) else None
        grade_id = marks.get("grade_id") if isinstance(marks, dict) else None
        known = clean_name(grade_id[:100]) if isinstance(grade_id, str) else None
        source = clean_text(source).replace("\r\n", "\n")  # by an editor on Windows
        kept.append((kind, source, f"cell-{number}", known))
    if total > NOTEBOOK_SOURCE:
        raise ValueError("more text than a person can write")
    return kept


def fresh_cell(kind: str, source: str, identity: str) -> NotebookNode:
    """Make a cell as nbformat's `new_code_cell` and others do, which look each over by its schema."""
    cell = NotebookNode(cell_type=kind, id=identity, metadata=NotebookNode(), source=source)
    return NotebookNode(cell, outputs=[], execution_count=None) if kind == "code" else cell


def placeholder(sentence: str) -> NotebookNode:
    """Return a notebook that stands for one that could not be read."""
    return new_notebook(cells=[fresh_cell("markdown", f"**{sentence}**", "cell-0")])

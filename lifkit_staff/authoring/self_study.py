"""Make what the self-study handout holds beyond the graded one: solutions, model answers, a way to them.

Solutions are the solved cells of ``solutions/labs``.  Model answers of think questions stand there too;
those of predictions and explorers in ``solutions/reference/labN/answers.md``, below the questions'
headings.  All of it goes into the handout's scratch copy, never into ``lifkit/keys`` or ``notebooks``.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat

from lifkit.judge import load_key, save_key
from lifkit.judge.handouts import STUDY
from lifkit.judge.keys import outlines

from ..exercise.cells import read_lab
from .errors import BuildError
from .leaks import BEGIN, END

__all__ = ["add_answers", "add_solutions", "headings", "read_answers", "study_notebook"]

_HEADING = re.compile(r"^#+ +(?:\d[\d.]* +)?(.+?) *$", re.MULTILINE)

_BANNER = """\
> **Self-study edition.** Nobody marks this notebook, and points are for you alone. Where the text
> speaks of your instructor, a model answer stands in.
>
> * Below each check stands `lifkit.reveal(...)`. After an attempt of your own take away the `#` and run
>   the cell: one solution is shown beside yours, and what differs. Try the hints first.
> * Below each question is a cell for your answer. Write a sentence or two between the quotes and run it:
>   the model answer opens.
>
> Only your patience keeps them closed: solutions and answers lie among lifkit's own files."""

_REVEAL = "# After an attempt of your own: take away the # below.\n# lifkit.reveal({name})"

_ANSWER = """\
# Your answer, in a sentence or two, between the quotes; then run this cell.
lifkit.answer("{lab}", "{question}", r\"\"\"

\"\"\")"""


def headings(text: str) -> list[str]:
    """Return the headings of a Markdown text, without their numbers."""
    return _HEADING.findall(text)


def read_answers(root: Path, lab: str) -> dict[str, str]:
    """Read the model answers of a lab.

    Parameters
    ----------
    root : Path
        The course root.
    lab : str

    Returns
    -------
    dict of str to str
        Think questions by their grade_id, the others by their heading; Markdown.

    Raises
    ------
    BuildError
        If ``answers.md`` has a heading that the notebook lacks.
    """
    notebook = nbformat.read(root / "solutions" / "labs" / lab / f"{lab}.ipynb", as_version=4)
    texts = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    answers = {
        cell.metadata["nbgrader"]["grade_id"]: cell.source.split(BEGIN)[1].split(END)[0].strip()
        for cell in texts
        if BEGIN in cell.source
    }
    path = root / "solutions" / "reference" / lab / "answers.md"
    if not path.is_file():
        return answers
    _, *parts = re.split(r"^## +(.+?) *$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    known = {heading for cell in texts for heading in headings(cell.source)}
    for question, text in zip(parts[::2], parts[1::2], strict=True):
        if question not in known:
            raise BuildError(
                f"{path.name} of {lab} answers {question!r}, a heading that {lab} lacks."
            )
        answers[question] = text.strip()
    return answers


def add_solutions(root: Path, keys: Path) -> None:
    """Write the course's keys anew, with their solutions and an edition of their own.

    Parameters
    ----------
    root : Path
        The course root.
    keys : Path
        Where they go: the folder of a scratch copy.
    """
    made = root / "lifkit" / "keys"
    for one in outlines(made):
        key = load_key(one.name, made)
        cell = read_lab(root / "solutions" / "labs" / one.lab / f"{one.lab}.ipynb").cells[one.name]
        save_key(dataclasses.replace(key, solution=cell.source, edition=key.edition + STUDY), keys)


def add_answers(answers: Mapping[str, str], lab: str, keys: Path) -> None:
    """Write a lab's model answers beside the keys of a scratch copy."""
    text = json.dumps(answers, ensure_ascii=False, indent=1)
    (keys / f"{lab}_answers.json").write_text(text, encoding="utf-8")


def study_notebook(path: Path, answers: Mapping[str, str]) -> str:
    """Return a student notebook with the self-study handout's cells, as the text of a file.

    Parameters
    ----------
    path : Path
        The notebook of the graded edition.
    answers : mapping
        The lab's model answers (see `read_answers`).
    """
    lab = path.stem
    notebook = nbformat.read(path, as_version=4)
    behind: dict[int, list[Any]] = {0: [nbformat.v4.new_markdown_cell(_BANNER)]}
    for index, question in _questions(notebook.cells, answers):
        source = _ANSWER.format(lab=lab, question=question)
        behind.setdefault(index, []).append(nbformat.v4.new_code_cell(source))
    for index, cell in enumerate(notebook.cells):
        grade_id = _grade_id(cell)
        if cell.cell_type == "code":
            cell.source = re.sub(r'(open_lab\(.*edition="[^":]+)', rf"\1{STUDY}", cell.source)
        if grade_id in answers:  # answered in the cell below, and marked by nobody
            del cell.metadata["nbgrader"]
            cell.source = cell.source.replace("YOUR ANSWER HERE", "").strip()
        if grade_id.endswith("_check"):
            source = _REVEAL.format(name=grade_id.removesuffix("_check"))
            behind.setdefault(index, []).append(nbformat.v4.new_code_cell(source))
    cells = []
    for index, cell in enumerate(notebook.cells):
        cells += [cell, *behind.get(index, ())]
    for number, cell in enumerate(one for more in behind.values() for one in more):
        cell.id = f"study-{number}"  # the same in every handout
    notebook.cells = cells
    nbformat.validate(notebook)
    return nbformat.writes(notebook) + "\n"


def _questions(cells: list[Any], answers: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    """Yield behind which cell the answer to each question goes."""
    for index, cell in enumerate(cells):
        if cell.cell_type != "markdown":
            continue
        for question in (_grade_id(cell), *headings(cell.source)):
            if question in answers:
                yield _place(cells, index, question), question


def _place(cells: list[Any], index: int, question: str) -> int:
    """Return the last cell that judges a prediction, else the question's own code cell, else its text."""
    prediction = re.sub(r"^Predict ?", "my_prediction_", question).rstrip("_")
    judging = [
        number
        for number, cell in enumerate(cells)
        if cell.cell_type == "code" and re.search(rf"(?<!def ){prediction}\(\)", cell.source)
    ]
    if judging:
        return judging[-1]
    own = cells[index + 1 : index + 2]
    return index + 1 if own and own[0].cell_type == "code" else index


def _grade_id(cell: Any) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))

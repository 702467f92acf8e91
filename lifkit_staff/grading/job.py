"""The unit of work: a submission and a seed in, a bounded verdict and an executed notebook out.

`grade` is a plain function of plain data, so any executor can run it anywhere that has the course's
folder and the Python environment.  It writes nothing.
"""

from __future__ import annotations

import dataclasses
import functools
import html
import json
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from ..exercise import ReferenceLike, check_styles
from ..references import load_references
from .box.errors import SandboxUnavailable
from .box.verify import verify
from .kernel.client import Kernel
from .kernel.execute import Heard, run
from .kernel.outputs import error, output
from .kernel.plan import copy_of, grade_id
from .kernel.slips import slips_in
from .settings import Settings
from .submission.sanitize import clean_markdown
from .verdict.carry import is_carried
from .verdict.cases import Secret, draw
from .verdict.decide import (
    Verdict,
    best,
    decided,
    missing_verdict,
    verdict_of,
    with_points_back,
)

__all__ = [
    "Job",
    "Result",
    "check_references",
    "choose_sandbox",
    "grade",
    "make_ready",
    "references_of",
]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Job:
    """One submission to grade.

    Attributes
    ----------
    student, lab : str
    notebook : str
        The notebook as JSON, already brought into form (see `submission.repair`).
    files : dict of str to bytes
        The submission's other files, by their path from the notebook's folder.
    points : dict of str to float
        What each exercise is worth.
    settings : Settings
        With the grading seed, and ``"bwrap"`` or ``"off"`` for the sandbox.
    root : str
        The course root, for the references.
    unreadable : str
        Why there is no notebook to run; empty when there is one.
    outcome : str
        What becomes of the exercises when there is none.
    """

    student: str
    lab: str
    notebook: str
    files: dict[str, bytes]
    points: dict[str, float]
    settings: Settings
    root: str
    unreadable: str = ""
    outcome: str = "missing"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Result:
    """What came of a job: texts that a grader's process wrote.

    Attributes
    ----------
    notebook : str
        The executed notebook, its check cells showing the verdicts, as JSON.
    verdicts : str
        JSON: exercise to verdict (see `verdict.decide.Verdict`).
    notes : tuple of str
        Which answers count, where there were several.
    seconds : dict of str to float
        What took how long.
    counted_by : str
        What counted memory and time (see `kernel.execute.Run`).
    """

    notebook: str
    verdicts: str
    notes: tuple[str, ...]
    seconds: dict[str, float]
    counted_by: str = ""


def choose_sandbox(wanted: str, root: Path) -> str:
    """Return ``"bwrap"`` after seeing that it holds, or ``"off"`` where that was asked for.

    Raises
    ------
    SandboxUnavailable
        If there is no sandbox and ``"off"`` was not asked for.
    """
    if wanted == "off":
        return "off"
    if wanted not in ("auto", "bwrap"):
        raise ValueError(f"There is no sandbox called {wanted!r}: auto, bwrap or off.")
    _verified(str(root.resolve()))
    return "bwrap"


def make_ready(wanted: str, root: Path) -> str:
    """Read the references, then choose the sandbox, for which the fork server has to be up."""
    references_of(str(root))
    return choose_sandbox(wanted, root)


@functools.lru_cache(maxsize=8)
def _verified(root: str) -> None:
    secrets = [
        f"{root}/{name}" for name in ("solutions", "submitted", "gradebook.db", "grading_seed")
    ]
    verify([*secrets, f"{root}/nbgrader_config.py", str(Path.home() / ".ssh")], Path(root))


def grade(job: Job) -> Result:
    """Run a submission, judge its answers, and show the verdicts in its check cells.

    Parameters
    ----------
    job : Job

    Returns
    -------
    Result
    """
    began = time.monotonic()
    known = references_of(job.root)
    mine = {name: known[name] for name in job.points}
    seed = job.settings.seed
    if seed is None:
        raise ValueError("A job needs its grading seed: without one anybody could draw its cases.")
    secrets = {name: draw(reference, seed, job.student) for name, reference in mine.items()}
    notes: list[str] = []
    counted_by = ""
    notebook = nbformat.v4.reads(job.notebook)  # whoever wrote it held the schema against it
    if job.unreadable:
        found = {
            name: missing_verdict(secret.key, job.points[name], job.unreadable, job.outcome)
            for name, secret in secrets.items()
        }
        ran = began
        for cell in notebook.cells:  # nothing ran, so no test may count as passed
            if cell.cell_type == "code":
                cell.outputs = [error("Missing", job.unreadable)]
    else:
        if job.settings.sandbox == "bwrap":
            # In this process too: it may be on another machine.
            choose_sandbox("bwrap", Path(job.root))
        elif job.settings.sandbox != "off":
            raise SandboxUnavailable(f"There is no sandbox called {job.settings.sandbox!r}.")
        found, notes, ran, counted_by = _run_and_judge(job, notebook, secrets, mine)
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and not cell.metadata.get("nbgrader", {}).get("locked"):
            cell.source = clean_markdown(cell.source)
    for name, verdict in found.items():
        _show(notebook, name, verdict)
    data = {name: verdict.data for name, verdict in found.items()}
    seconds = {"run": round(ran - began, 3), "all": round(time.monotonic() - began, 3)}
    return Result(
        notebook=json.dumps(notebook),
        verdicts=json.dumps(data),
        notes=tuple(notes),
        seconds=seconds,
        counted_by=counted_by,
    )


def _run_and_judge(
    job: Job,
    notebook: NotebookNode,
    secrets: dict[str, Secret],
    known: dict[str, ReferenceLike],
) -> tuple[dict[str, Verdict], list[str], float, str]:
    settings = job.settings
    questions = {name: secret.question for name, secret in secrets.items()}
    start = functools.partial(
        Kernel,
        settings.limits,
        job.files,
        protected=settings.sandbox == "bwrap",
        figures=settings.figures,
        hidden=Path(job.root).resolve(),
        seed=zlib.crc32(f"{job.student}\n{job.lab}".encode()),  # says nothing of the grading seed
    )
    done = run(
        notebook,
        questions,
        start,
        settings.limits,
        outcome=_outcome_by(secrets),
        look=settings.feedback,
    )
    ran = time.monotonic()
    found: dict[str, Verdict] = {}
    notes = []
    for name, secret in secrets.items():
        heard = best(secret, done.heard[name])
        found[name] = verdict_of(
            secret,
            heard,
            job.points[name],
            settings.limits,
            ended=done.ended.get(heard.copy),
            unsound=[
                other for other, verdict in found.items() if verdict.data["outcome"] != "correct"
            ],
            picture=settings.figures,
            rounding=settings.rounding,
            slips=slips_in(
                notebook.cells[heard.copy].source if heard.copy >= 0 else "",
                done.places.get(name, ()),
            ),
        )
        if settings.carry_forward and found[name].data["outcome"] not in ("correct", "not started"):
            found[name] = _carried(known[name], secret, heard, found, name)
        notes += _which_counts(notebook, name, heard)
        _mark(notebook, name, heard.copy)
    return found, notes, ran, done.counted_by


def _carried(
    reference: ReferenceLike, secret: Secret, heard: Heard, found: dict[str, Verdict], name: str
) -> Verdict:
    """Give the points back that only an earlier exercise's mistake has cost."""
    verdict = found[name]
    for earlier, other in found.items():
        mistakes = other.data["mistakes"]
        if earlier == name or len(mistakes) != 1 or heard.attempt is None:
            continue
        if is_carried(reference, secret.key, heard.attempt, earlier, mistakes[0]):
            return with_points_back(verdict, earlier, mistakes[0])
    return verdict


def _outcome_by(secrets: dict[str, Secret]) -> Callable[[str, Heard], str]:
    """Return what says the outcome of an answer while the notebook is still running."""

    def outcome(name: str, heard: Heard) -> str:
        heard, report = decided(secrets[name], heard)
        return report.outcome if report else {"unreadable": "wrong"}.get(heard.status, heard.status)

    return outcome


def _which_counts(notebook: NotebookNode, name: str, chosen: Heard) -> list[str]:
    """Say which answer counts, where there were several."""
    copies = [
        index
        for index, cell in enumerate(notebook.cells)
        if name in (grade_id(cell), copy_of(cell))
    ]
    notes = []
    if len(copies) > 1:
        which = "the last one counts"
        if chosen.copy != copies[-1]:
            which = f"number {copies.index(chosen.copy) + 1} counts, the best answer"
        notes.append(f"The cell {name} was there {len(copies)} times; {which}.")
    if chosen.late:
        notes.append(
            f"{name}: its answer after the last cell counts, which is better than the one where its "
            "check stands."
        )
    return notes


def _mark(notebook: NotebookNode, name: str, chosen: int) -> None:
    """Give the gradebook's marks to the copy that counts."""
    counts = notebook.cells[chosen] if chosen >= 0 else None
    if counts is None or copy_of(counts) != name:
        return
    for cell in notebook.cells:
        if grade_id(cell) == name:
            cell.metadata, counts.metadata = counts.metadata, cell.metadata
            return


@functools.lru_cache(maxsize=4)
def references_of(root: str) -> dict[str, ReferenceLike]:
    """Return the references of the course at `root`."""
    if sys.path[0] != root:
        sys.path.insert(0, root)  # a worker may have been started in front of another course
    return load_references(Path(root))


def check_references(root: str, lab: str) -> None:
    """Look whether the lab's right solutions agree, so that a slip in one does not become the truth.

    Raises
    ------
    ValueError
        If two differ on a small public case, with the exercise and the case.
    """
    for reference in references_of(root).values():
        if reference.exercise.lab == lab:
            check_styles(reference, [case for case in reference.public() if case.fingerprint])


def _show(notebook: NotebookNode, name: str, verdict: Verdict) -> None:
    """Replace all outputs of the check cell by the verdict.

    It is one result whose text is the score: even nbgrader's own way to read a score off a cell
    comes to the same number.
    """
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == f"{name}_check":
            data = {
                "text/plain": repr(float(verdict.data["score"])),
                "text/html": verdict.page,
                "text/markdown": f"**{html.escape(verdict.text)}**",
            }
            cell.outputs = [output("execute_result", data=data, execution_count=None)]

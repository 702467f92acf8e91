"""What the gradebook holds of a class: one total, and what is still to be marked.

nbgrader, which takes two seconds to import, is imported when it is asked.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..course import load_config
from .patches import one_database_engine

if TYPE_CHECKING:
    from traitlets.config import Config

__all__ = ["Total", "shown", "totals", "waiting"]


@dataclass(frozen=True, kw_only=True)
class Total:
    """One student's points, as the gradebook has them; automatic + by hand - late = total.

    Each of the three is rounded to hundredths, as it is shown, so that the sum holds.

    Attributes
    ----------
    scores : mapping of str to float
        Exercise to what it earned, before penalties; a score set by hand counts.
    automatic, most_automatic : float
        Points of the cells that are graded by machine.
    by_hand, most_by_hand : float
        Points of the questions that are marked by hand.
    late : float
        What is taken off for being late.
    to_mark : tuple of str
        Questions that nobody has marked yet, or whose answer has changed since; exercises whose score was
        set by hand before their answer changed.
    ungraded : tuple of str
        Exercises that have no score at all, since the grader failed or was stopped: points are missing.
    state : str
        A digest of all this and of the comments: a page that shows another one is out of date.
    """

    scores: Mapping[str, float] = field(default_factory=dict)
    automatic: float = 0.0
    most_automatic: float = 0.0
    by_hand: float = 0.0
    most_by_hand: float = 0.0
    late: float = 0.0
    to_mark: tuple[str, ...] = ()
    ungraded: tuple[str, ...] = ()
    state: str = ""

    @property
    def total(self) -> float:
        """Return the points in all."""
        return max(0.0, self.automatic + self.by_hand - self.late)

    @property
    def most(self) -> float:
        """Return the points that could be had."""
        return self.most_automatic + self.most_by_hand


def waiting(one: Total) -> list[str]:
    """Return what is still to be marked of a student's, with a word where it has a score already."""
    before = ", set by hand before the answer changed"
    return [f"{name}{before if name in one.scores else ''}" for name in one.to_mark]


def totals(root: Path, lab: str, student: str | None = None) -> dict[str, Total]:
    """Read the points of the students who handed in a lab; penalties for being late are brought up to date.

    Parameters
    ----------
    root : Path
        The course root.
    lab : str
    student : str, optional
        This one only, with the penalty that the gradebook holds.

    Returns
    -------
    dict of str to Total
    """
    from nbgrader.api import Gradebook, MissingEntry
    from nbgrader.coursedir import CourseDirectory

    config = load_config(root)
    if student is None:
        _update_penalties(config, lab)
    coursedir = CourseDirectory(config=config)
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        try:
            notebook = gradebook.find_notebook(lab, lab)
        except MissingEntry:
            return {}
        most = {cell.id: (cell.name, float(cell.max_score)) for cell in notebook.grade_cells}
        machine = {cell.id for cell in notebook.grade_cells} - _marked_by_hand(notebook)
        most |= {cell.id: (cell.name, float(cell.max_score)) for cell in notebook.task_cells}
        found = notebook.submissions
        if student is not None:
            try:
                found = [gradebook.find_submission_notebook(lab, lab, student)]
            except MissingEntry:
                return {}
        return {one.student.id: _total(one, most, machine) for one in found}


def _marked_by_hand(notebook: Any) -> set[str]:
    """Return the ids of grade cells that hold an answer themselves."""
    answers = {cell.name for cell in notebook.solution_cells}
    return {cell.id for cell in notebook.grade_cells if cell.name in answers}


def _total(submitted: Any, most: Mapping[str, tuple[str, float]], machine: set[str]) -> Total:
    grades = [grade for grade in submitted.grades if grade.cell_id in most]
    by_machine = [grade for grade in grades if grade.cell_id in machine]
    by_hand = [grade for grade in grades if grade.cell_id not in machine]
    name = {grade: most[grade.cell_id][0] for grade in grades}
    late = _sum([submitted.late_submission_penalty])
    said = sorted((comment.name, comment.comment or "") for comment in submitted.comments)
    to_mark = [name[grade] for grade in by_hand if grade.needs_manual_grade]
    to_mark += [
        name[grade].removesuffix("_check")
        for grade in by_machine
        if grade.needs_manual_grade and grade.manual_score is not None
    ]
    ungraded = [
        name[grade].removesuffix("_check")
        for grade in by_machine
        if grade.auto_score is None and grade.manual_score is None
    ]
    marks = sorted((name[grade], float(grade.score), grade.needs_manual_grade) for grade in grades)
    return Total(
        scores={name[grade].removesuffix("_check"): float(grade.score) for grade in by_machine},
        automatic=_sum(grade.score for grade in by_machine),
        most_automatic=_sum(most[grade.cell_id][1] for grade in by_machine),
        by_hand=_sum(grade.score for grade in by_hand),
        most_by_hand=_sum(most[grade.cell_id][1] for grade in by_hand),
        late=late,
        to_mark=tuple(sorted(to_mark)),
        ungraded=tuple(sorted(ungraded)),
        state=hashlib.sha256(json.dumps([marks, said, late]).encode()).hexdigest()[:16],
    )


def _sum(numbers: Iterable[float | None]) -> float:
    return round(sum(float(number or 0.0) for number in numbers), 2)


def shown(points: float) -> str:
    """Return points as they are written everywhere: two decimals at most.

    Examples
    --------
    >>> shown(33.8967), shown(10.0)
    ('33.9', '10')
    """
    return f"{round(points, 2):g}"


def _update_penalties(config: Config, lab: str) -> None:
    """Have nbgrader work out the penalties for late submissions anew, as due dates and marks are now.

    Otherwise it does so when a submission is graded and never again.
    """
    from nbformat.v4 import new_notebook
    from nbgrader.api import Gradebook, MissingEntry
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.preprocessors import AssignLatePenalties

    coursedir = CourseDirectory(config=config)
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        try:
            submissions = gradebook.assignment_submissions(lab)
        except MissingEntry:
            return
        students = [
            one.student.id
            for one in submissions
            if one.total_seconds_late > 0 or one.late_submission_penalty
        ]
    penalties = AssignLatePenalties(config=config)
    with one_database_engine():
        for student in students:
            names = {"notebook": lab, "assignment": lab, "student": student}
            names["db_url"] = coursedir.db_url
            penalties.preprocess(new_notebook(), {"nbgrader": names})

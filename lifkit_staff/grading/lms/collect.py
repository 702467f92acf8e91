"""Put what a learning management system gives into the course: ``submitted/STUDENT/LAB/``."""

from __future__ import annotations

import collections
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ...course import load_config
from ..submission.files import entries, linked
from .archive import Submission, open_archive, read_files
from .roster import Person, Roster, student_name

__all__ = ["Collected", "collect", "lab_folders", "sort_out"]


@dataclass(frozen=True, kw_only=True)
class Collected:
    """What became of one submission.

    Attributes
    ----------
    who : str
        The student; who the system says it is, where that is nobody in the course.
    what : str
        ``new``, ``replaced``, ``unchanged`` or ``not taken``.
    said : tuple of str
        What else there is to know: files, reasons.
    """

    who: str
    what: str
    said: tuple[str, ...] = ()


def collect(root: Path, lab: str, path: Path, roster: Roster | None = None) -> Iterator[Collected]:
    """Take an archive of submissions apart and put each in its place; what stood there is replaced.

    Without a roster a student is called what the system calls them.

    Parameters
    ----------
    root : Path
        The course root.
    lab : str
    path : Path
        The archive.
    roster : Roster, optional

    Yields
    ------
    Collected

    Raises
    ------
    ValueError
        If there is no such lab, or the archive can't be read.
    """
    submitted = lab_folders(root, lab)
    with open_archive(path) as (archive, submissions, foreign):
        whose, unknown = sort_out(submissions, roster)
        yield from unknown
        for student, submission in sorted(whose.items()):
            folder = submitted / student / lab
            files = read_files(archive, submission, lab)
            said = ["late"] if submission.late else []
            said += [f"left out {line}" for line in files.left_out]
            if not any(name.endswith(".ipynb") for name in files.data):
                said.append("no notebook")
            if not files.data:
                yield Collected(who=student, what="not taken", said=tuple(said))
            elif linked(folder):
                said.append(f"{folder} is a link, or stands in one")
                yield Collected(who=student, what="not taken", said=tuple(said))
            else:
                yield Collected(who=student, what=_put(files.data, folder), said=tuple(said))
        for name in foreign:
            why = "it bears nobody's name as Moodle or Canvas writes it"
            yield Collected(who=name, what="left out", said=(why,))


def lab_folders(root: Path, lab: str) -> Path:
    """Return the folder of all submissions, if the course has that lab.

    Raises
    ------
    ValueError
        If it has not.
    """
    from nbgrader.coursedir import CourseDirectory

    course = CourseDirectory(config=load_config(root))
    labs = Path(course.format_path(course.source_directory, ".", lab)).parent
    known = sorted(one.name for one in labs.glob("*") if one.is_dir())
    if lab not in known:
        raise ValueError(f"There is no lab {lab!r} in {labs}; there are: {', '.join(known)}.")
    return Path(course.format_path(course.submitted_directory, "STUDENT", lab)).parents[1]


def sort_out(
    submissions: list[Submission], roster: Roster | None
) -> tuple[dict[str, Submission], list[Collected]]:
    """Say which student each submission is of; what is nobody's, or several people's, is not taken."""
    found: dict[str, list[Submission]] = collections.defaultdict(list)
    unknown = []
    for one in submissions:
        try:
            found[_student(one.person, roster)].append(one)
        except ValueError as error:
            unknown.append(Collected(who=str(one.person), what="not taken", said=(str(error),)))
    for student, several in found.items():
        if len(several) > 1:
            who = " and ".join(str(one.person) for one in several)
            why = f"all of them would be {student}: tell them apart in a roster, by their lms_id"
            unknown.append(Collected(who=who, what="not taken", said=(why,)))
    return {student: several[0] for student, several in found.items() if len(several) == 1}, unknown


def _student(person: Person, roster: Roster | None) -> str:
    if roster is not None:
        return roster.student(person)
    student = student_name(person.name or person.lms_id)
    if not student:
        raise ValueError("nothing of this name can be a folder's: give a roster")
    return student


def _put(data: dict[str, bytes], folder: Path) -> str:
    """Write a submission, whole or not at all, in the place of the one before."""
    before = {
        name: entry.stat().st_size
        for name, entry in entries(folder)
        if entry.is_file(follow_symlinks=False)
    }
    if before == {name: len(text) for name, text in data.items()}:
        if all((folder / name).read_bytes() == text for name, text in data.items()):
            return "unchanged"
    fresh, old = (folder.with_name(f".{folder.name}.{word}") for word in ("new", "old"))
    for left in (fresh, old):  # by a run that was stopped
        shutil.rmtree(left, ignore_errors=True)
    for name, text in data.items():
        path = fresh / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
    there = folder.exists()
    if there:
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
    return "replaced" if there else "new"

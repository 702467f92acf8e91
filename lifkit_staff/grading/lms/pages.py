"""Hand feedback pages back through Moodle: an archive as its *Upload multiple feedback files* takes it."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .archive import open_archive
from .collect import sort_out
from .roster import Roster

__all__ = ["Packed", "pack"]


@dataclass(frozen=True, kw_only=True)
class Packed:
    """Whose pages are in the archive, and who in Moodle's archive has none.

    Attributes
    ----------
    students : tuple of str
    without : tuple of str
        Each with the reason.
    """

    students: tuple[str, ...]
    without: tuple[str, ...]


def pack(path: Path, page_of: Callable[[str], Path], into: Path, roster: Roster | None) -> Packed:
    """Write feedback pages under the folder names by which Moodle finds each one's owner again.

    The number in them is another one in each assignment, so they are read off the archive that the
    submissions came in.

    Parameters
    ----------
    path : Path
        The archive of submissions, as Moodle gave it.
    page_of : callable
        From a student to where their page is.
    into : Path
        The archive to write; one that stands there is replaced.
    roster : Roster, optional
        The one that the submissions were collected with.

    Returns
    -------
    Packed

    Raises
    ------
    ValueError
        If `path` is no archive of submissions from Moodle, or nobody in it has a page.
    """
    with open_archive(path) as (_, submissions, _):
        pass
    if not all(one.moodle for one in submissions):
        raise ValueError(
            f"{path} is not from Moodle: only Moodle takes pages back in an archive. Canvas's students "
            "find theirs where you put them."
        )
    whose, unknown = sort_out(submissions, roster)
    without = [f"{one.who}: {'; '.join(one.said)}" for one in unknown]
    fresh = into.with_name(f".{into.name}.new")
    students = []
    with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as archive:
        for student, submission in sorted(whose.items()):
            page, person = page_of(student), submission.person
            if not page.is_file():
                without.append(f"{student}: no page")
                continue
            folder = f"{person.name}_{person.lms_id}_assignsubmission_file_"
            archive.write(page, f"{folder}/{page.name}")
            students.append(student)
    if not students:
        fresh.unlink()
        raise ValueError(f"Nobody in {path} has a feedback page: run `lifkit grade` first.")
    os.replace(fresh, into)
    return Packed(students=tuple(students), without=tuple(without))

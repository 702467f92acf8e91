"""Who is who: the names and numbers of a learning management system, and the course's students."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["COLUMNS", "Person", "Roster", "read_roster", "read_table", "same_name", "student_name"]

COLUMNS = ("student", "lms_id", "name", "email")

#: Characters of a student's name in the course: what the gradebook holds in a column.
LONGEST = 100


@dataclass(frozen=True)
class Person:
    """Somebody as the learning management system calls them."""

    name: str
    lms_id: str = ""
    email: str = ""

    def __str__(self) -> str:
        return (
            f"{self.name} ({self.lms_id})"
            if self.name and self.lms_id
            else self.name or self.lms_id
        )


@dataclass(frozen=True, kw_only=True)
class Roster:
    """The course's students, by what else they are known as; each name may be several people's.

    Attributes
    ----------
    path : Path
        Where it stands, to be said.
    students : sequence of str
    by_id, by_email, by_name : mapping of str to set of str
    """

    path: Path
    students: Sequence[str] = ()
    by_id: Mapping[str, set[str]] = field(default_factory=dict)
    by_email: Mapping[str, set[str]] = field(default_factory=dict)
    by_name: Mapping[str, set[str]] = field(default_factory=dict)

    def student(self, person: Person) -> str:
        """Return who somebody is: by number, else e-mail address, else name.

        Raises
        ------
        ValueError
            If that is nobody, or several people.
        """
        for known, key in (
            (self.by_id, person.lms_id),
            (self.by_email, person.email.casefold()),
            (self.by_name, _joined(person.name)),
        ):
            found = known.get(key, set()) if key else set()
            if len(found) == 1:
                return next(iter(found))
            if found:
                raise ValueError(
                    f"{' and '.join(sorted(found))} are called so in {self.path}: give their lms_id there"
                )
        raise ValueError(f"not in {self.path}: add a line there")


def read_roster(path: Path) -> Roster:
    """Read a table of students: ``student``, and of ``lms_id``, ``name`` and ``email`` what is known.

    Raises
    ------
    ValueError
        If a column or a student's name can't be used.
    """
    reader = csv.DictReader(io.StringIO(read_table(path).removeprefix("\ufeff"), newline=""))
    if "student" not in (reader.fieldnames or ()):
        raise ValueError(
            f"{path}: its first line has to name the columns: {','.join(COLUMNS)}; student has to be "
            "there, and one of the others."
        )
    rows = [{name: (row.get(name) or "").strip() for name in COLUMNS} for row in reader]
    by_id: dict[str, set[str]] = {}
    by_email: dict[str, set[str]] = {}
    by_name: dict[str, set[str]] = {}
    for row in rows:
        student = row["student"]
        if not student or student != student_name(student, case=True):
            raise ValueError(
                f"{path}: {student!r} can't be a student's name in the course: letters and digits, with "
                f". - _ @ between them, {LONGEST} at most."
            )
        by_id.setdefault(row["lms_id"], set()).add(student)
        by_email.setdefault(row["email"].casefold(), set()).add(student)
        # Whose number is known is found by it: another person may bear the same name.
        for name in _orders(row["name"]) if not row["lms_id"] else ():
            by_name.setdefault(name, set()).add(student)
    students = tuple(dict.fromkeys(row["student"] for row in rows))
    return Roster(path=path, students=students, by_id=by_id, by_email=by_email, by_name=by_name)


def read_table(path: Path) -> str:
    """Read a table's text.

    Raises
    ------
    ValueError
        If it is not in UTF-8, as it is where a spreadsheet saved it in its own way.
    """
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f'{path} is not in UTF-8: save it as "CSV UTF-8".') from error


def student_name(name: str, *, case: bool = False) -> str:
    """Return a name as a folder's in the course; empty if nothing is left of it.

    Examples
    --------
    >>> student_name("Zoë  O'Neil"), student_name("../..")
    ('zoë_o_neil', '')
    """
    name = unicodedata.normalize("NFC", name)
    plain = re.sub(r"[^\w.@-]+", "_", name if case else name.casefold())
    return plain.strip("._-@")[:LONGEST] if plain.strip("._-@") else ""


def same_name(one: str, other: str) -> bool:
    """Whether two spellings are of one name: ada_meier, Ada Meier and Meier, Ada.

    Examples
    --------
    >>> same_name("meierada", "Ada Meier"), same_name("ada", "Ada Meier")
    (True, False)
    """
    return bool(_orders(one.replace("_", " ")) & _orders(other.replace("_", " ")))


def _joined(name: str) -> str:
    """Return a name's letters and digits, as Canvas joins them: what two spellings share."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).casefold())


def _orders(name: str) -> set[str]:
    """Return a name joined, whichever of its words comes first: Ada Meier is Meier, Ada.

    Examples
    --------
    >>> sorted(_orders("Ada van Dyk"))
    ['adavandyk', 'dykadavan', 'vandykada']
    """
    words = name.split()
    return {_joined("".join(words[k:] + words[:k])) for k in range(len(words))}

"""Fill the grade sheet that a learning management system lets you download, for its own import.

Moodle's is the grading worksheet of an assignment, Canvas's the gradebook.  All that is not a mark stays
as it is, so the import finds everybody again.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..totals import Total, shown, waiting
from .roster import Person, Roster, read_table, same_name

__all__ = ["Filled", "fill"]


@dataclass(kw_only=True)
class Filled:
    """What became of a sheet.

    Attributes
    ----------
    column : str
        Which was filled.
    filled : dict of str to str
        Students, with what was written.
    left : list of str
        Rows that stay as they were, by their names.
    nowhere : list of str
        Students with points who are in no row.
    ungraded : list of str
        Students whose rows stay as they were, since the machine has not graded all of theirs.
    to_mark : list of str
        Students of whom something is still to be marked by hand, with what it is.
    """

    column: str = ""
    filled: dict[str, str] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    nowhere: list[str] = field(default_factory=list)
    ungraded: list[str] = field(default_factory=list)
    to_mark: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class _Sheet:
    """Where things stand in a sheet: columns, the first row of people, and the most points."""

    name: int
    lms_id: int
    mark: int
    most: Mapping[int, str]
    people: tuple[int, ...]
    email: int | None = None


def fill(
    path: Path,
    lab: str,
    totals: Mapping[str, Total],
    roster: Roster | None = None,
    *,
    column: str = "",
    scale: bool = False,
) -> Filled:
    """Write a class's points into a sheet.

    Parameters
    ----------
    path : Path
        The sheet; it is written anew, whole or not at all.
    lab : str
    totals : mapping of str to Total
        By student.
    roster : Roster, optional
        Who is who; without one, students are called what the system calls them.
    column : str
        The column of the marks, where it is not Moodle's ``Grade`` or the one that bears the lab's name.
    scale : bool
        Whether points are made into those of the system, where it gives another number for all of them.

    Returns
    -------
    Filled

    Raises
    ------
    ValueError
        If it is no such sheet, or has another maximum.
    """
    text = read_table(path)
    mark, text = ("\ufeff", text[1:]) if text.startswith("\ufeff") else ("", text)
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    if not rows or len(rows[0]) < 3:
        raise ValueError(f"{path} is no table of Moodle's or Canvas's.")
    sheet = _moodle(path, rows, column) if _is_moodle(rows) else _canvas(path, rows, lab, column)
    done = Filled(column=rows[0][sheet.mark])
    for k in sheet.people:
        row = rows[k]
        person = Person(
            row[sheet.name].strip(),
            _number(row[sheet.lms_id]),
            row[sheet.email].strip() if sheet.email is not None else "",
        )
        student = _student(person, totals, roster)
        if student is None or student in done.filled:
            done.left.append(str(person))
            continue
        one = totals[student]
        if one.ungraded:
            done.ungraded.append(student)
            continue
        most = _most(path, sheet.most.get(k, ""), one, scale)
        row[sheet.mark] = shown(one.total * most / one.most) if one.most else shown(one.total)
        done.filled[student] = row[sheet.mark]
    done.nowhere = sorted(set(totals) - set(done.filled) - set(done.ungraded))
    done.to_mark = [
        f"{student} ({'; '.join(waiting(totals[student]))})"
        for student in sorted(done.filled)
        if totals[student].to_mark
    ]
    written = io.StringIO(newline="")
    end = "\r\n" if first.endswith("\r") else "\n"
    csv.writer(written, delimiter=separator, lineterminator=end).writerows(rows)
    half = path.with_name(f"{path.name}.part")
    half.write_bytes((mark + written.getvalue()).encode("utf-8"))
    os.replace(half, path)
    return done


def _is_moodle(rows: list[list[str]]) -> bool:
    """Whether it is Moodle's worksheet, in any language: it begins with "Participant 1234567"."""
    return len(rows) > 1 and bool(re.fullmatch(r"\D+\d+", rows[1][0])) and "SIS" not in str(rows[0])


def _moodle(path: Path, rows: list[list[str]], column: str) -> _Sheet:
    mark = _column(path, rows[0], column or "Grade")
    most = _place(rows[0], "maximum grade")
    people = tuple(k for k in range(1, len(rows)) if len(rows[k]) == len(rows[0]))
    return _Sheet(
        lms_id=0,
        name=1,
        email=_place(rows[0], "email address"),
        mark=mark,
        most={k: rows[k][most] for k in people} if most is not None else {},
        people=people,
    )


def _canvas(path: Path, rows: list[list[str]], lab: str, column: str) -> _Sheet:
    name, lms_id = _place(rows[0], "student"), _place(rows[0], "id")
    if name is None or lms_id is None or "Section" not in rows[0]:
        raise ValueError(
            f"{path} is neither Moodle's grading worksheet (it begins with Identifier, Full name) nor "
            "Canvas's gradebook (Student, ID, ..., Section)."
        )
    titles = [re.sub(r"\s*\(\d+\)$", "", title) for title in rows[0]]
    same = [k for k, title in enumerate(titles) if same_name(title, column or lab)]
    mark = same[0] if len(same) == 1 else _column(path, rows[0], column or lab)
    possible = [row[mark] for row in rows[1:] if row and "Points Possible" in row[0]]
    people = tuple(
        k
        for k in range(1, len(rows))
        if len(rows[k]) == len(rows[0]) and rows[k][lms_id].strip().isdigit()
    )
    most = dict.fromkeys(people, possible[0]) if possible else {}
    return _Sheet(lms_id=lms_id, name=name, mark=mark, most=most, people=people)


def _place(titles: list[str], wanted: str) -> int | None:
    found = [k for k, title in enumerate(titles) if title.strip().casefold() == wanted]
    return found[0] if found else None


def _column(path: Path, titles: list[str], wanted: str) -> int:
    found = _place(titles, wanted.strip().casefold())
    if found is None:
        raise ValueError(
            f"{path} has no column {wanted!r}, or several; name it with --column. There are: "
            f"{', '.join(titles)}."
        )
    return found


def _number(text: str) -> str:
    """Return the number at the end: Moodle writes Participant 1234567, in the language of the site."""
    found = re.search(r"\d+$", text.strip())
    return found[0] if found else ""


def _student(person: Person, totals: Mapping[str, Total], roster: Roster | None) -> str | None:
    """Return whose row it is, if it is one person's who has points."""
    if roster is not None:
        try:
            student = roster.student(person)
        except ValueError:
            return None
        return student if student in totals else None
    found = [student for student in totals if same_name(student, person.name)]
    return found[0] if len(found) == 1 else None


def _most(path: Path, said: str, one: Total, scale: bool) -> float:
    """Return what all points are worth in the sheet."""
    try:
        most = float(said.replace(",", "."))
    except ValueError:
        return one.most
    if most != one.most and not scale:
        raise ValueError(
            f"{path} gives {shown(most)} for what has {shown(one.most)} points here. Make it "
            f"{shown(one.most)} there and download the sheet again, or have points scaled with --scale."
        )
    return most

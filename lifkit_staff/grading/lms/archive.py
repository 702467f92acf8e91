"""An archive of submissions as Moodle or Canvas gives it: whose is what, and only plain files of it.

Where a name ends and a student's own file name begins is decided at the first place that fits: what
comes before it is the system's, which leaves no such place in it.
"""

from __future__ import annotations

import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ..limits import ARCHIVE_ENTRIES, ENTRIES, FOLDERS, MB, NOTEBOOK_FILE, SIDE_FILES
from .roster import Person

__all__ = ["Files", "Submission", "open_archive", "read_files"]

#: ``Ada Meier_1234567_assignsubmission_file_/lab2.ipynb``; without folders, and since 4.1, with a _ less.
MOODLE = re.compile(
    r"(?P<name>[^/_]*)_(?P<id>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_?/|_)(?P<file>.+)",
    re.DOTALL,
)

#: ``meierada_LATE_12345_67890_lab2-1.ipynb``: a person's number, and the file's.
CANVAS = re.compile(
    r"(?P<name>[^/]+?)_(?P<late>LATE_)?(?P<id>\d+)_(?P<upload>\d+)_(?P<file>[^/]+)", re.DOTALL
)

#: The same where names are hidden.
ANONYMOUS = re.compile(
    r"(?P<name>)(?P<late>LATE_)?(?P<id>anon_[^_/]+)_(?P<upload>\d+)_(?P<file>[^/]+)", re.DOTALL
)

#: What systems leave in an archive that somebody packed again.
LITTER = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$)")

#: Bytes of one submission: what the grader would read of it.
LARGEST = NOTEBOOK_FILE + SIDE_FILES

#: Bytes of a part of a path, as common file systems have them, with room for what we append.
LONGEST = 200


@dataclass(frozen=True)
class Part:
    """A file in the archive: under which name and number it was uploaded (0: without one)."""

    upload: int
    name: str
    kind: str
    info: zipfile.ZipInfo


@dataclass
class Submission:
    """What one person handed in, whether the system says that it was late, and whether that is Moodle."""

    person: Person
    late: bool = False
    moodle: bool = False
    parts: list[Part] = field(default_factory=list)


@dataclass
class Files:
    """The files of a submission, and of those that are not among them the reason."""

    data: dict[str, bytes] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)


@contextmanager
def open_archive(path: Path) -> Iterator[tuple[zipfile.ZipFile, list[Submission], list[str]]]:
    """Open an archive and sort its parts by who handed them in.

    Yields
    ------
    archive : ZipFile
    submissions : list of Submission
    foreign : list of str
        Names of parts that are nobody's.

    Raises
    ------
    ValueError
        If it is no archive, or none of submissions.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path} is not there, or no file.")
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, UnicodeDecodeError, NotImplementedError, OSError) as error:
        raise ValueError(f"{path} is no zip archive, or a damaged one ({error}).") from error
    with archive:
        parts = archive.infolist()
        if len(parts) > ARCHIVE_ENTRIES:
            raise ValueError(
                f"{path} holds {len(parts)} files; {ARCHIVE_ENTRIES} are read at most."
            )
        names = [(_name(info), info) for info in parts if not info.is_dir()]
        names = [(name, info) for name, info in names if not LITTER.search(name)]
        around = _folder_around([name for name, _ in names])
        found: dict[Person, Submission] = {}
        foreign = []
        for name, info in names:
            match = _match(name.removeprefix(around))
            if match is None:
                foreign.append(name)
                continue
            said = match.groupdict()
            person = Person(said["name"].strip(), said["id"])
            one = found.setdefault(person, Submission(person, moodle=match.re is MOODLE))
            one.late |= bool(said.get("late"))
            upload, kind = int(said.get("upload") or 0), said.get("kind") or "file"
            one.parts.append(Part(upload, said["file"], kind, info))
        if not found:
            raise ValueError(
                f"{path} holds no submission as Moodle (Name_123_assignsubmission_file_/FILE) or Canvas "
                "(name_123_456_FILE) names them."
            )
        yield archive, list(found.values()), foreign


def _name(info: zipfile.ZipInfo) -> str:
    """Return a part's name; one that is not marked as UTF-8 and is UTF-8 all the same is read so."""
    name = info.filename
    if not info.flag_bits & 0x800:
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            pass
    return unicodedata.normalize("NFC", name)


def _match(name: str) -> re.Match[str] | None:
    """Take a part's name apart."""
    found = (form.fullmatch(name) for form in (MOODLE, ANONYMOUS, CANVAS))
    return next((match for match in found if match), None)


def _folder_around(names: list[str]) -> str:
    """Return the folder in which all of an archive lies that somebody unpacked and packed again.

    Only if it is everybody's: a folder of a student's may bear any name.
    """
    first = {name.partition("/")[0] + "/" for name in names}
    return first.pop() if len(first) == 1 and not any(map(_match, names)) else ""


def read_files(archive: zipfile.ZipFile, submission: Submission, lab: str) -> Files:
    """Read what somebody handed in: plain files with plain paths, and not too much of it.

    Of a notebook uploaded several times, which Canvas numbers (``lab2-1.ipynb``), the last one counts,
    under the lab's name.

    Parameters
    ----------
    archive : ZipFile
    submission : Submission
    lab : str

    Returns
    -------
    Files
    """
    files, left = Files(), LARGEST
    upload_of: dict[str, str] = {}
    again = re.compile(rf"{re.escape(lab)}(-\d+)?\.ipynb")
    for part in sorted(submission.parts, key=lambda part: part.upload)[:ENTRIES]:
        name = part.name
        target = f"{lab}.ipynb" if part.upload and again.fullmatch(name) else name
        why = _unfit(part) or _in_the_way(target, files.data)
        if not why:
            try:
                with archive.open(part.info) as file:
                    data = file.read(left + 1)
            except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError) as error:
                why = f"it can't be read ({error})"
            else:
                if len(data) > left:
                    why = f"with it this submission has more than {LARGEST // MB} MB"
        if why:
            files.left_out.append(f"{name}: {why}")
            continue
        left -= len(data)
        if target in files.data:
            files.left_out.append(f"{upload_of[target]}: {name} was handed in after it")
        files.data[target], upload_of[target] = data, name
    if len(submission.parts) > ENTRIES:
        files.left_out.append(f"all but {ENTRIES} of its {len(submission.parts)} files")
    return files


def _unfit(part: Part) -> str:
    """Say why a file is not taken; nothing if it is."""
    name, folders = part.name, part.name.split("/")
    if part.kind != "file":
        return "typed into Moodle; only files are graded"
    if stat.S_IFMT(part.info.external_attr >> 16) not in (0, stat.S_IFREG):
        return "a link or a device; only files can be graded"
    if part.info.flag_bits & 0x1:
        return "it is encrypted"
    if {"", ".", ".."} & set(folders):
        return "its path leads out of the folder"
    if "\\" in name or any(unicodedata.category(sign) in ("Cc", "Cs") for sign in name):
        return "its name holds signs that no file's name should"
    if len(folders) > FOLDERS or max(len(folder.encode()) for folder in folders) > LONGEST:
        return "its path is too long"
    if name == "timestamp.txt":
        return "nbgrader would take it for the time of handing in"
    return ""


def _in_the_way(name: str, taken: dict[str, bytes]) -> str:
    """Say whether a file would have to be a folder, or a folder a file."""
    above = {name[:k] for k, sign in enumerate(name) if sign == "/"}
    if above & set(taken) or any(other.startswith(f"{name}/") for other in taken):
        return "a file and a folder bear the same name"
    return ""

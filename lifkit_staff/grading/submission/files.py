"""The files of a submission, which may be anything: only plain files are read, and not too many."""

from __future__ import annotations

import contextlib
import datetime
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from ..limits import ENTRIES, FOLDERS, SIDE_FILES

__all__ = ["entries", "linked", "side_files", "timestamp", "unlink_traps"]


def entries(folder: Path) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Give what was handed in that is no folder, by its path from there, in the order of names.

    At most `FOLDERS` folders deep and `ENTRIES` entries, since a path or a tree can be as long as a disk;
    links are given and not followed.
    """
    if linked(folder):
        return
    todo, count = [("", str(folder))], 0
    while todo:
        prefix, place = todo.pop()
        try:
            found = sorted(os.scandir(place), key=lambda entry: entry.name)
        except OSError:
            continue  # not there, or not to be read: nothing to grade
        folders = []
        for entry in found[:ENTRIES]:
            name = prefix + entry.name
            count += 1
            if count > ENTRIES:
                return
            if entry.is_dir(follow_symlinks=False):
                if name.count("/") < FOLDERS:
                    folders.append((f"{name}/", entry.path))
            else:
                yield name, entry
        todo += reversed(folders)


def side_files(folder: Path) -> dict[str, bytes]:
    """Read what was handed in beside notebooks: plain files, no links, up to 50 MB together."""
    found: dict[str, bytes] = {}
    left = SIDE_FILES
    for name, entry in entries(folder):
        if any(part.endswith(".ipynb") for part in name.split("/")):
            continue
        if not entry.is_file(follow_symlinks=False):
            continue
        left -= max(entry.stat(follow_symlinks=False).st_size, 4096)  # what it takes on a disk
        if left >= 0:
            # What the modes that survived an archive forbid is nobody's to read.
            with contextlib.suppress(PermissionError):
                found[name] = Path(entry.path).read_bytes()
    return found


def linked(folder: Path) -> bool:
    """Whether a submission is a link to another folder, or stands in one: somebody else's work."""
    return folder.is_symlink() or folder.parent.is_symlink()


def unlink_traps(folder: Path) -> None:
    """Put a note in the place of everything in a submission that is no file of its own.

    nbgrader copies what it finds, through links too: one to an endless device would fill the disk,
    and a pipe would stop that student's grading.  A time stamp that is none would stop it as well.
    (`lifkit grade` copies plain files only and leaves the submission as it is.)
    """
    for name, entry in entries(folder):
        if name == "timestamp.txt" and timestamp(folder) is None:
            os.unlink(entry.path)
        elif not entry.is_file(follow_symlinks=False):
            what = "link" if entry.is_symlink() else "device or pipe"
            os.unlink(entry.path)
            Path(entry.path).write_text(f"A {what} was handed in here; only files can be graded.\n")


def timestamp(folder: Path) -> datetime.datetime | None:
    """Read when something was handed in, if its ``timestamp.txt`` is a plain file with a time."""
    from nbgrader.utils import parse_utc

    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(folder / "timestamp.txt", flags)
    except OSError:
        return None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        found = parse_utc(os.read(descriptor, 100).decode("ascii").strip())
    except (ValueError, OverflowError, AttributeError, TypeError):  # dateutil's ways to say no
        return None
    finally:
        os.close(descriptor)
    return found if isinstance(found, datetime.datetime) else None

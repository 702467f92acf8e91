"""The course on disk: its configuration, its grading seed, what identifies a submission."""

from __future__ import annotations

import contextlib
import datetime
import functools
import hashlib
import json
import os
import secrets
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from traitlets.config import Config, PyFileConfigLoader

from .. import __version__

__all__ = [
    "entries",
    "find_root",
    "grading_seed",
    "identity",
    "load_config",
    "side_files",
    "timestamp",
    "unlink_traps",
    "use_engine",
    "verdict_path",
    "working_in",
]

#: Bytes of side files that are taken along; more than that is no homework of this course.
FILES = 50_000_000

#: How many folders deep, and how many entries, are looked at of what was handed in.
DEPTH, NUMBER = 12, 2000


def find_root(start: Path | None = None) -> Path:
    """Return the course root: `start`, or the nearest folder above it with an nbgrader_config.py.

    Raises
    ------
    FileNotFoundError
        If there is none.
    """
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / "nbgrader_config.py").is_file():
            return folder
    raise FileNotFoundError(
        f"{start} is not in a course: no folder from here up holds nbgrader_config.py. "
        "Change to the course's folder first."
    )


def use_engine(config: Config) -> None:
    """Have nbgrader grade through this package: nbgrader's own steps in its order, and ours.

    `SubmissionExporter` reads damaged files; `Heal` makes the notebook anew from the cells of the
    release, in place of ClearOutput, DeduplicateIds, OverwriteCells and CheckCellMetadata, which stop
    at some of them; `Judge` runs it in a sandbox and decides outside, in place of Execute;
    `SaveVerdicts` is SaveAutoGrades with the verdicts' scores.  Feedback pages show verdicts first, and
    no tests that were hidden.

    Parameters
    ----------
    config : Config
        What ``get_config()`` gives in nbgrader_config.py; changed in place.
    """
    config.Autograde.exporter_class = "lifkit.grading.steps.SubmissionExporter"
    config.Autograde.pre_convert_hook = "lifkit.grading.steps.prepare"
    config.Autograde.sanitize_preprocessors = [
        "lifkit.grading.steps.Heal",
        "nbgrader.preprocessors.OverwriteKernelspec",
    ]
    config.Autograde.autograde_preprocessors = [
        "lifkit.grading.steps.Judge",
        "nbgrader.preprocessors.IgnorePattern",
        "nbconvert.preprocessors.ClearMetadataPreprocessor",
        "nbgrader.preprocessors.LimitOutput",
        "lifkit.grading.steps.SaveVerdicts",
        "nbgrader.preprocessors.AssignLatePenalties",
    ]
    config.GenerateFeedback.preprocessors = [
        "lifkit.grading.steps.Tidy",
        "nbgrader.preprocessors.GetGrades",
        "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
    ]


def load_config(root: Path) -> Config:
    """Load what `nbgrader autograde` would load in the course's folder."""
    from nbgrader.apps.nbgraderapp import NbGraderApp

    app = NbGraderApp()
    config = Config(app.config)
    for folder in reversed(app.config_file_paths[1:]):  # the user's and the system's, if any
        if (Path(folder) / "nbgrader_config.py").is_file():
            config.merge(PyFileConfigLoader("nbgrader_config.py", path=folder).load_config())
    config.merge(PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config())
    config.CourseDirectory.root = str(root)
    return config


@contextlib.contextmanager
def working_in(folder: Path) -> Iterator[None]:
    """Stand in `folder`, with the commands of this Python (`alembic`) within nbgrader's reach."""
    before, path = Path.cwd(), os.environ.get("PATH", "")
    os.chdir(folder)
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), path])
    try:
        yield
    finally:
        os.chdir(before)
        os.environ["PATH"] = path


def grading_seed(root: Path) -> int:
    """Return the course's grading seed; made when there is none, readable by its owner only."""
    path = root / "grading_seed"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(descriptor, "w") as file:
            file.write(f"{secrets.randbits(62)}\n")
    try:
        return int(path.read_text())
    except ValueError:
        raise ValueError(
            f"{path} should hold one whole number, the seed of the secret cases. Take it back from a "
            "copy, or delete it: then a new one is made, and the class has to be graded anew."
        ) from None


def verdict_path(root: Path, lab: str, student: str) -> Path:
    """Return where the verdicts on a submission are kept."""
    return root / "verdicts" / lab / f"{student}.json"


def entries(folder: Path) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Give what was handed in that is no folder, by its path from there, in the order of names.

    At most `DEPTH` folders deep and `NUMBER` entries, since a path or a tree can be as long as a disk;
    links are given and not followed.
    """
    todo, count = [("", str(folder))], 0
    while todo:
        prefix, place = todo.pop()
        try:
            found = sorted(os.scandir(place), key=lambda entry: entry.name)
        except OSError:
            continue  # not there, or not to be read: nothing to grade
        folders = []
        for entry in found[:NUMBER]:
            name = prefix + entry.name
            count += 1
            if count > NUMBER:
                return
            if entry.is_dir(follow_symlinks=False):
                if name.count("/") < DEPTH:
                    folders.append((f"{name}/", entry.path))
            else:
                yield name, entry
        todo += reversed(folders)


def side_files(folder: Path) -> dict[str, bytes]:
    """Read what was handed in beside notebooks: plain files, no links, up to 50 MB together."""
    found: dict[str, bytes] = {}
    left = FILES
    for name, entry in entries(folder):
        if any(part.endswith(".ipynb") for part in name.split("/")):
            continue
        if not entry.is_file(follow_symlinks=False):
            continue
        left -= max(entry.stat(follow_symlinks=False).st_size, 4096)  # what it takes on a disk
        if left >= 0:
            found[name] = Path(entry.path).read_bytes()
    return found


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


def identity(folder: Path, root: Path, lab: str, seed: int, **options: Any) -> str:
    """Return a text that changes when the verdicts on a submission might.

    Parameters
    ----------
    folder : Path
        The submission.
    root, lab, seed
        The course, the lab, the grading seed.
    **options
        Whatever else the verdicts depend on.
    """
    from .heal import FILE

    digest = hashlib.sha256()
    digest.update(json.dumps([lab, seed, rules(str(root)), options], sort_keys=True).encode())
    for name, entry in entries(folder):
        if entry.is_symlink():
            what = f"link {os.readlink(entry.path)}"
        elif entry.is_file(follow_symlinks=False):
            what = str(entry.stat(follow_symlinks=False).st_size)
        else:
            what = "device"
        digest.update(f"{name}\0{what}\0".encode("utf-8", "replace"))
        if not what.isdigit() or int(what) > max(FILE, FILES):  # not looked at when grading either
            continue
        with open(entry.path, "rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


@functools.lru_cache(maxsize=8)
def rules(root: str) -> str:
    """Return a digest of all code that decides: lifkit and the course's references."""
    digest = hashlib.sha256(__version__.encode())
    package = Path(__file__).parent.parent
    for folder in (
        package / "exercises",
        package / "grading",
        Path(root) / "solutions" / "reference",
    ):
        for path in sorted(folder.rglob("*.py")):
            digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]

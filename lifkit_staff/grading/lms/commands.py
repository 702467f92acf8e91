"""The commands `lifkit collect` and `lifkit export`."""

from __future__ import annotations

import argparse
import collections
import functools
import sys
from pathlib import Path

from ...course import find_root, load_config, working_in
from .roster import COLUMNS, Roster, read_roster

__all__ = [
    "add_collect_arguments",
    "add_export_arguments",
    "add_roster_argument",
    "pack_pages",
]


def add_collect_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `lifkit collect`."""
    parser.add_argument("lab", help="the lab's name, e.g. lab2")
    parser.add_argument(
        "zip", type=Path, metavar="ZIP", help="all submissions, from Moodle or Canvas"
    )
    _add_common(parser)
    parser.set_defaults(run=_collect)


def _add_common(parser: argparse.ArgumentParser) -> None:
    add_roster_argument(parser)
    parser.add_argument("--root", type=Path, help="the course's folder (the one you are in)")


def add_roster_argument(parser: argparse.ArgumentParser) -> None:
    """Add the argument that says who is who."""
    parser.add_argument(
        "--roster",
        type=Path,
        metavar="CSV",
        help=f"who is who: {','.join(COLUMNS)} (roster.csv in the course's folder, if it is there)",
    )


def _roster(options: argparse.Namespace, root: Path) -> Roster | None:
    path = options.roster or root / "roster.csv"
    return read_roster(path) if options.roster or path.is_file() else None


def _collect(options: argparse.Namespace) -> int:
    """Collect, and say what was done, line by line."""
    from ..report import printable
    from .collect import collect

    root = find_root(options.root)
    roster = _roster(options, root)
    counts: collections.Counter[str] = collections.Counter()
    missing = set(roster.students) if roster else set()
    for one in collect(root, options.lab, options.zip, roster):
        counts[one.what] += 1
        missing.discard(one.who)
        bad = one.what == "not taken"
        said = "; ".join(one.said)
        line = f"{one.what:10} {one.who}{': ' * bool(said)}{said}"
        print(printable(line), file=sys.stderr if bad else sys.stdout)
    print(", ".join(f"{count} {what}" for what, count in counts.items()) + ".")
    if missing:
        print(f"Nothing in this archive from: {', '.join(sorted(missing))}.")
    return 1 if counts["not taken"] else 0


def add_export_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `lifkit export`."""
    parser.add_argument("lab", help="the lab's name, e.g. lab2")
    parser.add_argument(
        "--into",
        type=Path,
        required=True,
        metavar="SHEET.csv",
        help="Moodle's grading worksheet or Canvas's gradebook, as downloaded; the marks are filled in",
    )
    parser.add_argument(
        "--column", default="", help="the column to fill (Moodle: Grade; Canvas: LAB)"
    )
    parser.add_argument(
        "--scale", action="store_true", help="make our points into those of the sheet's maximum"
    )
    _add_common(parser)
    parser.set_defaults(run=_export)


def _export(options: argparse.Namespace) -> int:
    """Fill in the marks, and say who was left out."""
    from ..report import printable
    from ..totals import totals
    from .gradesheet import fill

    root = find_root(options.root)
    with working_in(root):
        found = totals(root, options.lab)
    if not found:
        raise ValueError(
            f"The gradebook has no points for {options.lab}: run `lifkit grade` first."
        )
    if not options.into.is_file():
        raise FileNotFoundError(f"{options.into} is not there: download it from Moodle or Canvas.")
    done = fill(
        options.into,
        options.lab,
        found,
        _roster(options, root),
        column=options.column,
        scale=options.scale,
    )
    print(f"{options.into}: {len(done.filled)} marks in the column {printable(done.column)!r}.")
    for names, what in (
        (
            done.ungraded,
            f"Rows left as they were, since the grader failed or was stopped there (lifkit grade "
            f"{options.lab})",
        ),
        (done.to_mark, "Not final, since answers are still to be marked by hand"),
        (done.left, "Rows left as they were, since nobody here with points is called so"),
        (done.nowhere, "In no row of the sheet"),
    ):
        if names:
            print(f"{what}: {printable(', '.join(names))}.", file=sys.stderr)
    return 1 if done.nowhere or done.ungraded else 0


def pack_pages(options: argparse.Namespace) -> tuple[str, ...]:
    """Pack the feedback pages for Moodle; return who goes without, having said so."""
    from nbgrader.coursedir import CourseDirectory

    from ..feedback import page_path
    from ..report import printable
    from .pages import pack

    root = find_root(options.root)
    page_of = functools.partial(page_path, CourseDirectory(config=load_config(root)), options.lab)
    into = root / f"{options.lab}_feedback.zip"
    done = pack(options.zip, page_of, into, _roster(options, root))
    print(
        f"{into}: {len(done.students)} pages, for Moodle's Upload multiple feedback files in a zip."
    )
    for who in done.without:
        print(f"Not in it: {printable(who)}", file=sys.stderr)
    return done.without

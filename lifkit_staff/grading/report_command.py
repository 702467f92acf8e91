"""The command `lifkit report`: what a class got wrong, and names for what nobody had named."""

from __future__ import annotations

import argparse
import functools
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..course import find_root

if TYPE_CHECKING:
    from .verdict.record import Record

__all__ = ["add_report_arguments", "show_report"]


def add_report_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `lifkit report`."""
    parser.add_argument("lab", help="the lab's name, e.g. lab2")
    parser.add_argument("--root", type=Path, help="the course's folder (the one you are in)")
    parser.add_argument(
        "--csv",
        metavar="FILE",
        help="write one row a student and exercise; - is the standard output",
    )
    parser.add_argument(
        "--full", action="store_true", help="with --csv: symptoms and the reasons, too"
    )
    parser.add_argument("--figure", type=Path, metavar="FILE", help="draw it (PNG, SVG or PDF)")
    parser.add_argument(
        "--unnamed",
        action="store_true",
        help="show wrong answers that no mistake explains, in groups of the same behaviour",
    )
    parser.add_argument(
        "--name",
        nargs=4,
        metavar=("BEHAVIOUR", "NAME", "IS", "MEND"),
        help="name such a group: what it is called, what it is, how to mend it",
    )
    parser.set_defaults(run=show_report)


def show_report(options: argparse.Namespace) -> int:
    """Show how the class did, or write it down."""
    from . import report
    from .totals import totals
    from .verdict.record import read_all

    root = find_root(options.root)
    records = read_all(root, options.lab)
    if not records:
        raise FileNotFoundError(
            f"There are no verdicts on {options.lab} in {root / 'verdicts'}: run "
            f"`lifkit grade {options.lab}` first."
        )
    if options.name:
        print(_name(root, records, *options.name))
        return 0
    if options.unnamed:
        print(report.unnamed(records, functools.partial(_handed_in, root, options.lab)))
        return 0
    if options.csv == "-":
        report.write_csv(records, totals(root, options.lab), sys.stdout, full=options.full)
    elif options.csv:
        with Path(options.csv).open("w", newline="", encoding="utf-8") as file:
            report.write_csv(records, totals(root, options.lab), file, full=options.full)
        print(options.csv)
    if options.figure:
        report.draw(records).savefig(options.figure)
        print(options.figure)
    if not options.csv and not options.figure:
        print(report.overview(records))
    return 0


def _handed_in(root: Path, lab: str, student: str, exercise: str) -> str:
    """Return the cell of an exercise as a student handed it in."""
    path = root / "autograded" / student / lab / f"{lab}.ipynb"
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError):
        return "(not there any more)"
    for cell in cells:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == exercise:
            return "".join(cell["source"])
    return "(not there)"


def _name(
    root: Path, records: Sequence[Record], behaviour: str, name: str, says: str, mend: str
) -> str:
    """Write a name for answers of one behaviour into the course's mistakes."""
    from ..exercise.course_files import add_behaviour

    exercises = {
        exercise
        for record in records
        for exercise, item in record["exercises"].items()
        if item.get("behaviour") == behaviour
    }
    if len(exercises) != 1:
        raise ValueError(
            f"No answer behaves like {behaviour!r}: `lifkit report LAB --unnamed` lists those that do."
        )
    (exercise,) = exercises
    path = add_behaviour(root / "course", exercise, behaviour, name, says, mend)
    return f"{path}: {exercise}, {name!r}. `lifkit feedback LAB` brings it to the pages."

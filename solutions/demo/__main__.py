"""Grade a sample class in a fresh course: ``python -m solutions.demo [FOLDER]``.

Every step is a command that an instructor would type; it is printed before it runs.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry

from . import fill_in, students, written_by

LAB = "lab2"
ROOT = Path(__file__).resolve().parents[2]
MARK = ".lifkit-demo"  # a folder with this file in it was made by the demo and may be made anew


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m solutions.demo", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "demo_course")
    course = parser.parse_args().folder.resolve()
    make_course(course)
    run(course, "nbgrader", "generate_assignment", LAB)
    hand_in(course)
    run(course, "nbgrader", "autograde", LAB)
    run(course, "nbgrader", "generate_feedback", LAB)
    print(
        f"\n{class_table(course)}\n(The think questions are marked by hand, in the formgrader.)\n"
    )
    print(f"Feedback pages:  {course / 'feedback'}/STUDENT/{LAB}/{LAB}.html")
    print(f"Gradebook:       {course / 'gradebook.db'}")
    print(
        f"The same in nbgrader's own pages:  cd {course} && jupyter lab   (menu Nbgrader, Formgrader)"
    )
    return 0


def make_course(course: Path) -> None:
    """Make a fresh course with its own gradebook; only a folder of the demo's own is replaced."""
    if course.exists():
        if any(course.iterdir()) and not (course / MARK).exists():
            raise SystemExit(f"{course} is not empty and not the demo's: name another folder.")
        shutil.rmtree(course)
    course.mkdir(parents=True)
    (course / MARK).touch()
    shutil.copy(ROOT / "nbgrader_config.py", course)
    unwanted = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    shutil.copytree(ROOT / "solutions", course / "solutions", ignore=unwanted)
    for lab in (course / "solutions" / "labs").iterdir():
        if lab.name != LAB:
            shutil.rmtree(lab)
    print(f"A fresh course in {course}")


def hand_in(course: Path) -> None:
    """Put the class's notebooks where nbgrader collects submissions."""
    released = course / "notebooks" / LAB / f"{LAB}.ipynb"
    for student in students():
        fill_in(
            released, written_by(student), course / "submitted" / student / LAB / f"{LAB}.ipynb"
        )
    print(f"\n{len(students())} students hand in {LAB}: {', '.join(students())}")


def run(course: Path, *command: str) -> None:
    """Run a command in the course's folder with this Python's own tools."""
    print(f"\n$ {' '.join(command)}", flush=True)
    beside = str(Path(sys.executable).parent)
    path = os.pathsep.join([beside, os.environ.get("PATH", "")])
    program = shutil.which(command[0], path=path)
    if program is None:
        raise SystemExit(f"There is no {command[0]} beside {sys.executable}: run `make setup`.")
    log = course / "demo.log"
    with open(log, "a") as file:
        done = subprocess.run(
            [program, *command[1:]],
            cwd=course,
            env={**os.environ, "PATH": path},
            stdout=file,
            stderr=file,
        )
    print(f"  {'done' if done.returncode == 0 else f'exit status {done.returncode}'}, log in {log}")


def class_table(course: Path) -> str:
    """Return the scores of the class, one line a student and one column an exercise."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        cells = [
            cell
            for cell in gradebook.find_assignment(LAB).notebooks[0].grade_cells
            if cell.name.endswith("_check")
        ]
        names = [cell.name.removesuffix("_check") for cell in cells]
        rows = [["student", *names, "sum"]]
        for student in students():
            try:
                graded = gradebook.find_submission(LAB, student).notebooks[0]
            except MissingEntry:
                rows.append([student, *["-"] * len(names), "not graded"])
                continue
            scores = [
                gradebook.find_grade(cell.name, graded.name, LAB, student).score for cell in cells
            ]
            shown = [
                f"{score:g}/{cell.max_score:g}" for score, cell in zip(scores, cells, strict=True)
            ]
            rows.append([student, *shown, f"{sum(scores):g}"])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


if __name__ == "__main__":
    sys.exit(main())

"""Grade a sample class in a fresh course: ``python -m solutions.demo [FOLDER] [OPTION ...]``.

Every step is a command that an instructor would type; it is printed before it runs.  Options are those
of ``lifkit grade``.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from lifkit_staff.grading.box.errors import SandboxUnavailable
from lifkit_staff.grading.box.forkserver_client import close_fork_server
from lifkit_staff.grading.job import choose_sandbox

from . import fill_in, students, written_by

LAB = "lab2"
ROOT = Path(__file__).resolve().parents[2]
MARK = ".lifkit-demo"  # a folder with this file in it was made by the demo and may be made anew


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m solutions.demo", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "demo_course")
    options, others = parser.parse_known_args()
    course = options.folder.resolve()
    make_course(course)
    run(course, "nbgrader", "generate_assignment", LAB, quiet=True)
    hand_in(course)
    run(course, "lifkit", "grade", LAB, *sandbox_options(course), *others)
    run(course, "lifkit", "report", LAB)
    run(course, "lifkit", "report", LAB, "--figure", "class.png")
    print("\n(The think questions are marked by hand, in the formgrader.)\n")
    print(f"Feedback pages:  {course / 'feedback'}/STUDENT/{LAB}/{LAB}.html")
    print(f"Gradebook:       {course / 'gradebook.db'}")
    print(
        f"The same in nbgrader's own pages:  cd {course} && jupyter lab   (menu Nbgrader, Formgrader)"
    )
    return 0


def sandbox_options(course: Path) -> tuple[str, ...]:
    """Return what this class is graded with where there is no sandbox: it is our own, so nothing."""
    try:
        choose_sandbox("auto", course)
    except SandboxUnavailable as error:
        print(f"\n{error}\n\nThis class is made up and does no harm, so it is graded without one.")
        return ("--sandbox", "off")
    finally:
        close_fork_server()
    return ()


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


def run(course: Path, *command: str, quiet: bool = False) -> None:
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
            stdout=file if quiet else None,
            stderr=file if quiet else None,
        )
    if quiet:
        print(f"  log in {log}")
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with exit status {done.returncode}.")


if __name__ == "__main__":
    sys.exit(main())

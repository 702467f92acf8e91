"""The `lifkit` command: the front desk that hands each request to the room it belongs to.

Rooms are imported only when they are asked for, so that a student's machine needs neither nbgrader's
converters nor the grading engine to open the labs.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from . import __version__

__all__ = ["copy_labs", "main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : sequence of str, optional
        The words behind `lifkit`; those of the command line unless given.

    Returns
    -------
    int
        Exit status: 0 when all went well, 1 when something is wrong, 2 for a call that makes no sense.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        options = _parser(grading=bool(words) and words[0] in _GRADING).parse_args(words)
        return int(options.run(options) or 0)
    except ModuleNotFoundError as error:
        print(
            f"lifkit: this command needs the package {error.name}. Instructors install it with "
            'pip install "lifkit[lab,grading]".',
            file=sys.stderr,
        )
        return 1
    except (FileNotFoundError, ValueError) as error:
        print(f"lifkit: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nlifkit: stopped.", file=sys.stderr)
        return 130


#: Commands of the grading engine, which is loaded for them alone.
_GRADING = {
    "grade": "grade a lab's submissions (instructors)",
    "report": "show how the class did (instructors)",
}


def _parser(grading: bool = False) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lifkit", description="The course kit's tools.")
    parser.add_argument("--version", action="version", version=f"lifkit {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    lab = commands.add_parser("lab", help="open the labs in JupyterLab (students)")
    lab.add_argument("--folder", type=Path, default=Path("my_labs"), help="your copy (%(default)s)")
    lab.add_argument("--copy-only", action="store_true", help="make the copy, open nothing")
    lab.add_argument("jupyter", nargs="*", metavar="-- OPTION", help="passed on to JupyterLab")
    lab.set_defaults(run=_lab)

    build = commands.add_parser("build", help="rebuild keys and student notebooks (instructors)")
    build.add_argument("--root", type=Path, help="the course's folder (the one you are in)")
    build.set_defaults(run=_build)

    handout = commands.add_parser("handout", help="write what a student gets (instructors)")
    handout.add_argument("--root", type=Path, help="the course's folder (the one you are in)")
    handout.add_argument("--folder", type=Path, help="where to put it (handout)")
    handout.set_defaults(run=_handout)

    twin = commands.add_parser("twin", help="write an explorer as one HTML file (instructors)")
    twin.add_argument("file", type=Path, help="the file to write, e.g. docs/explorer.html")
    twin.add_argument("--root", type=Path, help="the course's folder (the one you are in)")
    twin.set_defaults(run=_twin)

    if grading:
        from .grading import cli

        cli.add_commands(commands)
    else:
        for name, purpose in _GRADING.items():
            commands.add_parser(name, help=purpose)
    return parser


# Students ---------------------------------------------------------------------------------------


def _lab(options: argparse.Namespace) -> int:
    for line in copy_labs(_released(Path.cwd()), options.folder):
        print(line)
    if options.copy_only:
        return 0
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={options.folder.resolve()}",
    ]
    # nbgrader's tools call commands that stand beside this Python.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    print("Opening JupyterLab; to end it, press Ctrl-C here.")
    try:
        return subprocess.call([*command, *options.jupyter], env={**os.environ, "PATH": path})
    except KeyboardInterrupt:
        return 0


def _released(start: Path) -> Path:
    """Find the folder with the labs as they were released: notebooks/ here or above."""
    for folder in (start, *start.parents):
        if list((folder / "notebooks").glob("lab*/lab*.ipynb")):
            return folder / "notebooks"
    raise FileNotFoundError(
        f"No labs found from {start} up. Change to the folder that you unpacked (it holds notebooks/), "
        "then type `lifkit lab` again."
    )


def copy_labs(released: Path, mine: Path) -> list[str]:
    """Copy the labs that are not there yet; a file that exists is never touched.

    Parameters
    ----------
    released : Path
        The folder of the released labs.
    mine : Path
        The student's folder.

    Returns
    -------
    list of str
        What was done, a line a lab.
    """
    said = []
    for notebook in sorted(released.glob("lab*/lab*.ipynb")):
        target = mine / notebook.relative_to(released)
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            said.append(f"{target}: yours, left as it is")
            continue
        half = target.with_suffix(".part")
        shutil.copyfile(notebook, half)
        half.rename(
            target
        )  # whole or not at all, and on Windows an error if one has come meanwhile
        said.append(f"{target}: new")
    return said


# Instructors ------------------------------------------------------------------------------------


def _build(options: argparse.Namespace) -> None:
    from . import build

    root = build.find_root(options.root)
    for path in build.build(root):
        print(path.relative_to(root) if path.is_relative_to(root) else path)


def _handout(options: argparse.Namespace) -> None:
    from . import build

    for path in build.write_handout(build.find_root(options.root), options.folder):
        print(path)


def _twin(options: argparse.Namespace) -> None:
    from . import build, explorers
    from .exercises import load_references

    solver = load_references(build.find_root(options.root))["lif_euler"].solve
    explorers.write_twin(options.file, solver)
    print(options.file)

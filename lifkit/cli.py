"""The `lifkit` command: what students use, and a front desk for what staff add to it.

Staff's commands are entry points in the group ``lifkit.commands``, each a function that adds its
arguments to a parser.  They are there in the course's repository and not on a student's machine.
"""

from __future__ import annotations

import argparse
import io
import os
import select
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import entry_points
from pathlib import Path

from . import __version__
from .labs import copy_labs, jupyter_command, lab_to_open, released_from

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : sequence of str, optional
        The words behind `lifkit`; those of the command line unless given.

    Returns
    -------
    int
        Exit status: 0 when all went well, 1 when something is wrong, 2 for a call that makes no sense, 141
        when nobody reads the output any more.
    """
    try:
        try:
            return _main(list(sys.argv[1:] if arguments is None else arguments))
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        if not _nobody_reads(sys.stdout.fileno()):
            raise
        # What is left to be written, Python writes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _STOPPED_READING


def _nobody_reads(file: int) -> bool:
    """Whether who read from this end of a pipe has stopped, as `head` does."""
    if sys.platform == "win32":  # no such question can be asked there
        return True
    ends = select.poll()
    ends.register(file, 0)
    return any(event & (select.POLLERR | select.POLLHUP) for _, event in ends.poll(0))


def _main(words: Sequence[str]) -> int:
    """Run one command; what is wrong with it is said in a sentence."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # one that can't write a sign writes its number
            stream.reconfigure(errors="backslashreplace")
    try:
        if words and words[0] in _STAFF and words[0] not in entry_points(group=_GROUP).names:
            print(
                f"lifkit: {_STAFF[words[0]]} is for staff: it comes with the course's repository, where "
                "`make setup` installs it.",
                file=sys.stderr,
            )
            return 1
        # What stands behind -- is JupyterLab's; argparse would take the first of it for the lab.
        cut = words.index("--") if words[:1] == ["lab"] and "--" in words else len(words)
        options = _parser(words).parse_args(words[:cut])
        options.jupyter = words[cut + 1 :]
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


#: The exit status of programs whose output nobody reads any more: 128 and the signal's number.
_STOPPED_READING = 141

#: Where staff's commands are announced.
_GROUP = "lifkit.commands"

#: What they are for, to be said where they are not there.
_STAFF = {
    "build": "building",
    "collect": "collecting submissions",
    "export": "exporting marks",
    "feedback": "writing feedback pages",
    "grade": "grading",
    "handout": "making the handout",
    "report": "reporting on a class",
    "static-page": "writing the static page",
}


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lifkit", description="The course kit's tools.")
    parser.add_argument("--version", action="version", version=f"lifkit {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    lab = commands.add_parser(
        "lab",
        help="open the labs in JupyterLab (students)",
        epilog="What stands behind -- is passed on to JupyterLab: lifkit lab lab2 -- --no-browser",
    )
    first = "e.g. lab2; the first unfinished one unless given"
    lab.add_argument("lab", nargs="?", default="", metavar="LAB", help=first)
    lab.add_argument("--restart", action="store_true", help="begin LAB anew; yours is renamed")
    lab.add_argument("--folder", type=Path, default=Path("my_labs"), help="your copy (%(default)s)")
    lab.add_argument("--copy-only", action="store_true", help="make the copy, open nothing")
    lab.set_defaults(run=_lab)

    check = commands.add_parser("check", help="run a lab's notebook and list its points (students)")
    check.add_argument("file", type=Path, metavar="FILE.ipynb", help="it stays as it is")
    check.set_defaults(run=_check)

    if words and words[0] in ("lab", "check"):
        return parser
    for command in sorted(entry_points(group=_GROUP)):
        add_arguments = command.load()
        about = add_arguments.__doc__.splitlines()[0]
        add_arguments(commands.add_parser(command.name, help=f"{about} (instructors)"))
    return parser


def _lab(options: argparse.Namespace) -> int:
    if options.restart and not options.lab:
        raise ValueError("--restart needs the lab to begin anew: lifkit lab lab2 --restart")
    released = released_from(Path.cwd())
    try:
        lines = copy_labs(released, options.folder, options.lab if options.restart else "")
    except PermissionError as error:
        raise ValueError(
            f"You may not write {error.filename}: another user set up this folder. Keep your copy in a "
            "place of your own: lifkit lab --folder ~/my_labs"
        ) from error
    print(*lines, sep="\n")
    notebook = lab_to_open(options.folder, options.lab)
    if options.copy_only:
        return 0
    command, environment = jupyter_command(sys.executable, options.folder, notebook)
    if environment.get("HOME") != os.environ.get("HOME"):
        print(f"Your home folder can't be written to: settings go to {environment['HOME']}.")
    print(f"Opening {notebook} in JupyterLab; to end it, press Ctrl-C here.")
    try:
        return subprocess.call([*command, *options.jupyter], env=environment)
    except KeyboardInterrupt:
        return 0


def _check(options: argparse.Namespace) -> int:
    from .notebook_file import run

    def watch(done: int, count: int) -> None:
        if not done:
            said = f"Running a copy of {options.file}; to end it, press Ctrl-C here."
            print(said, file=sys.stderr)
        if sys.stderr.isatty():
            end = "\r\033[K" if done + 1 == count else ""
            print(f"\rcell {done + 1} of {count} {end}", end="", file=sys.stderr, flush=True)

    scores = run(options.file, watch)
    print(scores.as_text())
    return 0 if scores.passed else 1

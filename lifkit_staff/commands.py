"""Staff's commands of `lifkit`: entry points of the group ``lifkit.commands``.

Each function adds its arguments to a parser; what a command does is imported when it runs.
"""

from __future__ import annotations

import argparse
from pathlib import Path

__all__ = [
    "build",
    "collect",
    "export",
    "feedback",
    "grade",
    "handout",
    "mutants",
    "new",
    "report",
    "site",
    "static_page",
]


def build(parser: argparse.ArgumentParser) -> None:
    """rebuild keys and student notebooks"""
    parser.add_argument("labs", nargs="*", metavar="LAB", help="only these labs, e.g. lab2 (all)")
    _add_root(parser)
    parser.set_defaults(run=_build)


def _build(options: argparse.Namespace) -> None:
    from . import authoring

    root = authoring.find_root(options.root)
    for path in authoring.build(root, options.labs):
        print(path.relative_to(root) if path.is_relative_to(root) else path)


def new(parser: argparse.ArgumentParser) -> None:
    """start an exercise or a lab"""
    kinds = parser.add_subparsers(required=True, metavar="KIND")
    one = kinds.add_parser("exercise", help="write its module, its table and its cells")
    one.add_argument("name", help="the function that students will write")
    one.add_argument("--lab", required=True, help="e.g. lab2")
    one.add_argument("--after", default="", help="the exercise that it follows (the lab's last)")
    lab = kinds.add_parser("lab", help="write its notebook and its package")
    lab.add_argument("name", help="e.g. lab9")
    lab.add_argument("title", help="what it is about")
    for kind in (one, lab):
        _add_root(kind)
    parser.set_defaults(run=_new)


def _new(options: argparse.Namespace) -> None:
    from .authoring import new
    from .course import find_root

    root = find_root(options.root)
    if hasattr(options, "title"):
        written = new.new_lab(root, options.name, options.title)
    else:
        written = new.new_exercise(root, options.lab, options.name, options.after)
    for path in written:
        print(path.relative_to(root))
    if not hasattr(options, "title"):
        print(
            f"Its cells stand after {options.after or 'the last exercise'} and may be moved. Numbers in "
            "headings and the points in the title cell are written by hand."
        )
        print(f"Fill them in, then: make test-exercise X={options.name}")


def mutants(parser: argparse.ArgumentParser) -> None:
    """say what the check makes of single edits by machine"""
    parser.add_argument("name", help="the exercise")
    _add_root(parser)
    parser.set_defaults(run=_mutants)


def _mutants(options: argparse.Namespace) -> None:
    from .authoring.check import written
    from .authoring.mutants import as_text, survey
    from .course import find_root

    reference = written(find_root(options.root), options.name)
    print(as_text(reference, survey(reference)))


def handout(parser: argparse.ArgumentParser) -> None:
    """write what a student gets"""
    _add_root(parser)
    parser.add_argument("--folder", type=Path, help="where to put it (handout)")
    parser.add_argument(
        "--self-study",
        action="store_true",
        help="for who studies alone: with solutions and model answers, after an own attempt",
    )
    parser.set_defaults(run=_handout)


def _handout(options: argparse.Namespace) -> None:
    from . import authoring

    root = authoring.find_root(options.root)
    for path in authoring.write_handout(root, options.folder, self_study=options.self_study):
        print(path)


def static_page(parser: argparse.ArgumentParser) -> None:
    """write an explorer as one HTML file"""
    parser.add_argument("file", type=Path, help="the file to write, e.g. docs/explorer.html")
    _add_root(parser)
    parser.set_defaults(run=_static_page)


def _static_page(options: argparse.Namespace) -> None:
    from .authoring.static_page import write_static_page
    from .course import find_root
    from .references import load_references

    solver = load_references(find_root(options.root))["lif_euler"].solve
    write_static_page(options.file, solver)
    print(options.file)


def site(parser: argparse.ArgumentParser) -> None:
    """write the site: its pages, and the labs in a browser"""
    parser.add_argument("folder", type=Path, help="where it goes; what is there is replaced")
    parser.add_argument(
        "--pyodide",
        help="where browsers load Pyodide from: an address, or a folder of which it is copied",
    )
    parser.add_argument(
        "--python",
        type=Path,
        default=Path(".venv-site/bin/python"),
        help="the Python with Sphinx and JupyterLite (that of make site)",
    )
    _add_root(parser)
    parser.set_defaults(run=_site)


def _site(options: argparse.Namespace) -> None:
    from .course import find_root
    from .site import CDN, build_site

    root = find_root(options.root)
    python = options.python.absolute()
    print(build_site(root, options.folder, python=python, pyodide=options.pyodide or CDN))


def grade(parser: argparse.ArgumentParser) -> None:
    """grade a lab's submissions"""
    from .grading.commands import add_grade_arguments

    add_grade_arguments(parser)


def feedback(parser: argparse.ArgumentParser) -> None:
    """write the feedback pages that are out of date"""
    from .grading.commands import add_feedback_arguments

    add_feedback_arguments(parser)


def report(parser: argparse.ArgumentParser) -> None:
    """show how the class did"""
    from .grading.report_command import add_report_arguments

    add_report_arguments(parser)


def collect(parser: argparse.ArgumentParser) -> None:
    """take in what Moodle or Canvas collected"""
    from .grading.lms.commands import add_collect_arguments

    add_collect_arguments(parser)


def export(parser: argparse.ArgumentParser) -> None:
    """fill in the grade sheet of Moodle or Canvas"""
    from .grading.lms.commands import add_export_arguments

    add_export_arguments(parser)


def _add_root(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--root", type=Path, help="the course's folder (the one you are in)")

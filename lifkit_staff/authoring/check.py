"""Look at one exercise before its tests run, so that what is broken is said once.

``python -m lifkit_staff.authoring.check NAME`` stops at the first thing that no test could do without: a
name that no exercise has, a module or a table that can't be read, cases that can't be drawn, a mistake
that can't be made or that no case shows.
"""

from __future__ import annotations

import difflib
import sys
import traceback
from pathlib import Path

from ..course import find_root
from ..exercise import Written, make_key
from ..references import load_references

__all__ = ["fault", "main", "written"]


def written(root: Path, name: str) -> Written:
    """Return an exercise that is written down in a notebook, by its name.

    Raises
    ------
    ValueError
        If there is none; the message names the nearest.
    """
    known = {key: one for key, one in load_references(root).items() if isinstance(one, Written)}
    if name not in known:
        by_small = {key.lower(): key for key in known}
        near = difflib.get_close_matches(name.lower(), by_small, n=3)
        said = [by_small[key] for key in near] or list(known)
        raise ValueError(
            f"There is no exercise {name!r} with a solved cell in this course; "
            f"{'the nearest are' if near else 'there are'}: {', '.join(said)}."
        )
    return known[name]


def fault(root: Path, name: str) -> str:
    """Return what keeps an exercise from being tested, in a sentence, or an empty text."""
    try:
        reference = written(root, name)
        if reference.unmatched:
            return "\n".join(reference.unmatched)
        make_key(reference, reference.public())
    except ValueError as error:
        return str(error)
    except Exception as error:
        return _with_place(error)
    return ""


def _with_place(error: Exception) -> str:
    """Return an exception with the last line of the course, or of a cell, that it came from."""
    said = "".join(traceback.format_exception_only(error)).strip()
    frames = traceback.extract_tb(error.__traceback__)
    ours = [one for one in frames if "solutions" in Path(one.filename).parts or "<" in one.filename]
    ours = [one for one in ours if "frozen" not in one.filename]
    return f"{ours[-1].filename}, line {ours[-1].lineno}: {said}" if ours else said


def main(name: str) -> int:
    """Print what is wrong with an exercise and return an exit status."""
    if not name:
        said = "Which exercise? make test-exercise X=firing_rate"
    else:
        said = fault(find_root(), name)
    if said:
        print(said, file=sys.stderr)
    return int(bool(said))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))

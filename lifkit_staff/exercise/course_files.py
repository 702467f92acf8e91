"""A course's own words and mistakes: ``course/words.toml`` and ``course/mistakes.toml``.

Both are optional.  A table of words stands under an exercise's name (``"*"``: all exercises) and a
mistake's; a table of mistakes under an exercise's name and a new one, with the entries that an
exercise's own table has.
"""

from __future__ import annotations

import dataclasses
import difflib
import functools
import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lifkit.judge import Mistake

from .tables import Entry, entry_of

__all__ = ["EVERYWHERE", "CourseFiles", "add_behaviour", "read_course_files"]

#: Stands in words.toml for all exercises.
EVERYWHERE = "*"

_WORDS = {"is", "mend"}


@dataclass(frozen=True, kw_only=True)
class CourseFiles:
    """What the two files say.

    Attributes
    ----------
    words : mapping
        Exercise, or ``"*"``, to the mistakes' names, to ``is`` and ``mend`` or one of them.
    mistakes : mapping
        Exercise to its further mistakes.
    behaviours : mapping
        Exercise to mistakes that are known by what they give on the public cases: the behaviour that
        verdicts hold, to the mistake.
    """

    words: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    mistakes: Mapping[str, Mapping[str, Entry]] = field(default_factory=dict)
    behaviours: Mapping[str, Mapping[str, Mistake]] = field(default_factory=dict)

    def worded(self, exercise: str, mistake: Mistake) -> Mistake:
        """Return a mistake of an exercise in the course's own words."""
        said: dict[str, str] = {}
        for place in (EVERYWHERE, exercise):
            said |= self.words.get(place, {}).get(mistake.name, {})
        return dataclasses.replace(
            mistake,
            diagnosis=said.get("is", mistake.diagnosis),
            hint=said.get("mend", mistake.hint),
        )

    def hold_against(
        self, names: Mapping[str, Iterable[str]], without_cells: Iterable[str] = ()
    ) -> None:
        """Raise ValueError where a file speaks of what the course does not have.

        Parameters
        ----------
        names : mapping
            Each exercise to the names of its mistakes, those of ``mistakes.toml`` included.
        without_cells : iterable of str
            Exercises that are made by hand, which take no further mistakes.
        """
        everywhere = sorted({name for mistakes in names.values() for name in mistakes})
        for exercise, entries in self.words.items():
            if exercise != EVERYWHERE:
                _known("words.toml", "exercise", exercise, list(names))
            known = everywhere if exercise == EVERYWHERE else list(names[exercise])
            for name in entries:
                where = f"words.toml, {exercise!r}"
                _known(where, "mistake", name, known)
        for exercise in (*self.mistakes, *self.behaviours):
            _known("mistakes.toml", "exercise", exercise, list(names))
            if exercise in without_cells and exercise in self.mistakes:
                raise ValueError(
                    f"mistakes.toml, {exercise!r}: this exercise is made by hand; give its reference the "
                    "mistake as a wrong function."
                )


@functools.cache
def read_course_files(folder: Path) -> CourseFiles:
    """Read the files of a course; those that are not there say nothing.

    Parameters
    ----------
    folder : Path
        The folder ``course`` in the course root.

    Raises
    ------
    ValueError
        If an entry is not what it should be, with its file, its place and what was expected.
    """
    words: dict[str, dict[str, Mapping[str, str]]] = {}
    for exercise, name, item in _entries(folder / "words.toml"):
        where = f"words.toml, {exercise!r}, {name!r}"
        if not isinstance(item, dict) or not item or not item.keys() <= _WORDS:
            raise ValueError(
                f"{where}: give it `is` (what the mistake is), `mend` (how to mend it) or both, and "
                "nothing else."
            )
        for key, text in item.items():
            if not isinstance(text, str) or not text.strip():
                raise ValueError(f"{where}: `{key}` should be a sentence, not {text!r}.")
        words.setdefault(exercise, {})[name] = item
    mistakes: dict[str, dict[str, Entry]] = {}
    behaviours: dict[str, dict[str, Mistake]] = {}
    for exercise, name, item in _entries(folder / "mistakes.toml"):
        where = f"mistakes.toml, {exercise!r}, {name!r}"
        if isinstance(item, dict) and "behaviour" in item:
            behaviour, mistake = _by_behaviour(where, name, item)
            behaviours.setdefault(exercise, {})[behaviour] = mistake
        else:
            mistakes.setdefault(exercise, {})[name] = entry_of(where, name, item)
    return CourseFiles(words=words, mistakes=mistakes, behaviours=behaviours)


def _by_behaviour(where: str, name: str, item: Mapping[str, Any]) -> tuple[str, Mistake]:
    """Read a mistake that is known by what it gives."""
    texts = [item.get(key) for key in ("behaviour", "is", "mend")]
    if len(item) != 3 or not all(isinstance(text, str) and text.strip() for text in texts):
        raise ValueError(
            f"{where}: give it `behaviour` (as `lifkit report --unnamed` shows it), `is` (what it is) and "
            "`mend` (how to mend it), and nothing else."
        )
    return item["behaviour"], Mistake(name=name, diagnosis=item["is"], hint=item["mend"])


def add_behaviour(
    folder: Path, exercise: str, behaviour: str, name: str, says: str, mend: str
) -> Path:
    """Add a mistake that is known by what it gives to a course's file, and return the file.

    Raises
    ------
    ValueError
        If the exercise has a mistake of that name there.
    """
    path = folder / "mistakes.toml"
    known = path.read_text(encoding="utf-8") if path.is_file() else ""
    if (exercise, name) in [(one, other) for one, other, _ in _entries(path)]:
        raise ValueError(
            f"{path} has a mistake {name!r} of {exercise} already: choose another name."
        )
    quoted = functools.partial(json.dumps, ensure_ascii=False)  # as TOML has it, too
    lines = {"behaviour": behaviour, "is": says, "mend": mend}
    rows = [f"[{quoted(exercise)}.{quoted(name)}]"]
    rows += [f"{key} = {quoted(text)}" for key, text in lines.items()]
    folder.mkdir(exist_ok=True)
    half = path.with_suffix(".part")
    half.write_text("\n".join([known.rstrip(), "", *rows, ""]).lstrip(), encoding="utf-8")
    half.replace(path)
    return path


def _entries(path: Path) -> list[tuple[str, str, Any]]:
    """Return a file's tables of tables, one row a mistake."""
    if not path.is_file():
        return []
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path.name} is no TOML: {error}.") from None
    rows = []
    for exercise, entries in data.items():
        if not isinstance(entries, dict):
            raise ValueError(
                f'{path.name}, {exercise!r}: a table is called ["exercise"."mistake"], with both names.'
            )
        rows += [(exercise, name, item) for name, item in entries.items()]
    return rows


def _known(where: str, kind: str, name: str, names: Sequence[str]) -> None:
    """Raise ValueError with the nearest of the known names if this is none."""
    if name in names:
        return
    near = difflib.get_close_matches(name, names, n=1, cutoff=0)
    meant = f"; the nearest is {near[0]!r}" if near else ""
    raise ValueError(f"{where}: there is no {kind} {name!r}{meant}.")

"""Read the tables of mistakes: TOML files in which a mistake is an edit with words.

An exercise's own table stands beside its module; families, which exercises share, stand in the folder
``families``.  See CONTRIBUTING.md for the entries.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lifkit.judge import Mistake

from .edits import Edit, edits_of

__all__ = ["Entry", "Table", "entry_of", "read_table"]

_KEYS = {"edit", "or", "forms", "is", "mend"}
_TEXTS = [(key, str, "a sentence") for key in ("is", "mend")]
_LISTS = [("edit", list, "an edit, [old, new]"), ("or", list, "a list of edits")]
_LISTS += [("forms", list, "a list of edits")]
_HEAD = {"families", "through", "without", "equal", "source", "example"}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One usual mistake as it is written down.

    Attributes
    ----------
    name, says, mend : str
        What it is called; what it is, in one sentence; how to mend it.
    alternatives : tuple of edits
        The first that matches is the mistake.
    forms : tuple of edits
        Further ways to make it, which behave differently.
    """

    name: str
    says: str
    mend: str
    alternatives: tuple[tuple[Edit, ...], ...]
    forms: tuple[tuple[Edit, ...], ...] = ()

    def mistake(self, form: int = 0) -> Mistake:
        """Return what a report says about it."""
        return Mistake(name=self.name, diagnosis=self.says, hint=self.mend, form=form)


@dataclass(frozen=True, kw_only=True)
class Table:
    """One file.

    Attributes
    ----------
    entries : mapping of name to Entry
    families : tuple of str
        Tables whose mistakes the exercise shares.
    through : tuple of str
        Earlier exercises whose mistakes show in this one, which calls them.
    without : mapping of str to str
        Mistakes of families that can't be made here, and why.
    equal : mapping of str to str
        Edits, as "before -> after", that give the same answers, and why.
    source, example : str
        Where the model stands in the literature; a call and its value, which a test runs.
    """

    entries: Mapping[str, Entry] = field(default_factory=dict)
    families: tuple[str, ...] = ()
    through: tuple[str, ...] = ()
    without: Mapping[str, str] = field(default_factory=dict)
    equal: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    example: str = ""


@functools.cache
def read_table(path: Path, families: Path) -> Table:
    """Read a table, with the entries of its families before its own.

    An entry that has no edit of its own takes the family's, so that an exercise may word it anew.

    Raises
    ------
    ValueError
        If the file is no TOML, a family is not there or an entry is incomplete, with file and name.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path.name} is no TOML: {error}.") from None
    head = {name: data.pop(name) for name in _HEAD & data.keys()}
    shared: dict[str, Entry] = {}
    for family in head.get("families", ()):
        file = families / f"{family.replace(' ', '_')}.toml"
        if not file.is_file():
            known = sorted(one.stem.replace("_", " ") for one in families.glob("*.toml"))
            raise ValueError(
                f"{path.name}: there is no family {family!r}; there are: {', '.join(known)}."
            )
        for name, entry in read_table(file, families).entries.items():
            shared.setdefault(name, entry)
    entries = dict(shared)
    for name, item in data.items():
        entries[name] = entry_of(f"{path.name}, {name!r}", name, item, shared.get(name))
    return Table(
        entries=entries,
        families=tuple(head.get("families", ())),
        through=tuple(head.get("through", ())),
        without=dict(head.get("without", {})),
        equal=dict(head.get("equal", {})),
        source=head.get("source", ""),
        example=head.get("example", ""),
    )


def entry_of(where: str, name: str, item: Any, base: Entry | None = None) -> Entry:
    """Read one entry of a table.

    Parameters
    ----------
    where : str
        Its file and place, for messages.
    name : str
        The mistake.
    item : object
        What stands there.
    base : Entry, optional
        The family's, from which it takes what it does not say.

    Raises
    ------
    ValueError
        If it is incomplete or holds what is not known.
    """
    if not isinstance(item, dict) or not item.keys() <= _KEYS:
        unknown = ", ".join(sorted(item.keys() - _KEYS)) if isinstance(item, dict) else repr(item)
        raise ValueError(
            f"{where}: {unknown} is not known; an entry has {', '.join(sorted(_KEYS))}."
        )
    for key, kind, said in (*_TEXTS, *_LISTS):
        if not isinstance(item.get(key, kind()), kind):
            raise ValueError(f"{where}: `{key}` should be {said}, not {item[key]!r}.")
    try:
        written = ([item["edit"]] if "edit" in item else []) + item.get("or", [])
        alternatives = tuple(map(edits_of, written))
        forms = tuple(map(edits_of, item.get("forms", [])))
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None
    says = item.get("is", base.says if base else "")
    mend = item.get("mend", base.mend if base else "")
    if base is not None:
        alternatives = alternatives or base.alternatives
        forms = forms if "forms" in item else base.forms
    if not (says and mend and alternatives):
        raise ValueError(
            f"{where}: give it an edit, `is` (what it is) and `mend` (how to mend it)."
        )
    return Entry(name=name, says=says, mend=mend, alternatives=alternatives, forms=forms)

"""An exercise as it is written down: the notebook's solved cell, a module with its cases, a table.

`exercise` is called once in each module of ``solutions/reference/labN/exercises``.  Number, title,
signature and solution come from the cell; a mistake is an edit of the cell's text.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import importlib
import inspect
import sys
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from lifkit.judge import Case, Exercise, Mistake, Output

from .cases import Line, lines_in, properties, public, secret
from .cells import Cell, Lab, compiled, read_lab, signature
from .course_files import CourseFiles, read_course_files
from .edits import Edit, NoMatch, apply
from .tables import Entry, Table, read_table

__all__ = ["Variant", "Written", "exercise"]


@dataclass(frozen=True, kw_only=True)
class Variant:
    """A program that is one edit away from a right one.

    Attributes
    ----------
    texts : tuple of str
        What runs before, and last the edited text.
    globals : mapping
        Names that the text finds besides (those of the module of a second style).
    base, edits : str, tuple
        The text that was edited, and how.
    at : int
        Where the edited text stands among `texts`.
    """

    texts: tuple[str, ...]
    globals: Mapping[str, Any] = field(default_factory=dict)
    base: str = ""
    edits: tuple[Edit, ...] = ()
    at: int = -1


@dataclass(eq=False, kw_only=True)
class Written:
    """An exercise with its solution, mistakes and cases, each read or run when it is asked for.

    It has the attributes of a `Reference`, and besides:

    Attributes
    ----------
    styles : tuple of callable
        Further right solutions.
    oracle : callable or None
        A more precise solution, which then decides; the cell is a style.
    table : Table
        The mistakes as they are written down.
    """

    lab: str
    name: str
    module: str
    notebook: Path
    table_path: Path
    families: Path
    course: Path
    returns: tuple[Output, ...]
    lines: tuple[Line, ...]
    hints: tuple[str, ...]
    certify: Callable[[Case], None]
    styles: tuple[Callable[..., Any], ...] = ()
    oracle: Callable[..., Any] | None = None
    builds_on: tuple[str, ...] | None = None

    @property
    def source(self) -> Lab:
        """Return the notebook that the cell stands in."""
        return read_lab(self.notebook)

    @property
    def there(self) -> bool:
        """Whether the course's notebook has the exercise."""
        return self.notebook.is_file() and self.name in self.source.cells

    @property
    def cell(self) -> Cell:
        """Return the solved cell."""
        return self.source.cells[self.name]

    @functools.cached_property
    def exercise(self) -> Exercise:
        """Say what a student writes."""
        parameters, methods = signature(self.cell.source, self.name)
        uses = self.source.surroundings(self.name, [self.cell.source])
        earlier = [name for name, cell in self.source.cells.items() if cell.source in uses]
        return Exercise(
            name=self.name,
            lab=self.lab,
            number=self.cell.number,
            title=self.cell.title,
            parameters=parameters,
            outputs=self.returns,
            properties=properties(self.lines, [output.name for output in self.returns]),
            hints=self.hints,
            methods=methods,
            builds_on=tuple(earlier) if self.builds_on is None else self.builds_on,
        )

    @functools.cached_property
    def table(self) -> Table:
        """Return the table of mistakes, with its families and what the course adds."""
        found = Table()
        if self.table_path.is_file():
            found = read_table(self.table_path, self.families)
        added = self.course_files.mistakes.get(self.name, {})
        for name in added.keys() & found.entries.keys():
            raise ValueError(
                f"mistakes.toml, {self.name!r}: there is a mistake {name!r} already; words.toml may give "
                "it other words."
            )
        return replace(found, entries={**found.entries, **added})

    @property
    def course_files(self) -> CourseFiles:
        """Return the course's own words and mistakes."""
        return read_course_files(self.course)

    @property
    def named(self) -> Mapping[str, Mistake]:
        """Return all mistakes by name, in their words, whether their edits stand in the cell or not."""
        found: dict[str, Mistake] = {}
        for name in self.table.through:
            earlier = _written(self.module, name)
            found |= earlier.named if earlier.there else {}
        for entry in self.table.entries.values():
            found[entry.name] = entry.mistake()
        worded = self.course_files.worded
        return {
            name: worded(self.name, mistake)
            for name, mistake in found.items()
            if name not in self.table.without
        }

    # Solutions -----------------------------------------------------------------------------------

    @functools.cached_property
    def solved(self) -> Callable[..., Any]:
        """Return what the solved cell defines."""
        return compiled(self.name, self.around(self.cell.source), self.name)

    @property
    def solve(self) -> Callable[..., Any]:
        """Return the solution that decides."""
        return self.oracle or self.solved

    def around(self, text: str) -> tuple[str, ...]:
        """Return what has to run before a text of this exercise, and the text."""
        return (*self.source.surroundings(self.name, [text]), text)

    @functools.cached_property
    def _style_texts(self) -> list[tuple[str, Mapping[str, Any]]]:
        """Return the second styles as text, called by the exercise's name, with their globals."""
        return [(_renamed(style, self.name), _globals(style)) for style in self.styles]

    # Mistakes ------------------------------------------------------------------------------------

    @property
    def variants(self) -> Mapping[Mistake, Variant]:
        """Return each form of each mistake as a program, those of earlier exercises included."""
        return self._built[0]

    @property
    def unmatched(self) -> Sequence[str]:
        """Return a sentence for each mistake whose edit stands in none of the texts."""
        return self._built[1]

    @functools.cached_property
    def _built(self) -> tuple[dict[Mistake, Variant], list[str]]:
        found: dict[Mistake, Variant] = {}
        unmatched = []
        own = self.table.entries
        for name in self.table.through:
            earlier = _written(self.module, name)
            if not earlier.there or earlier.cell.source not in self.around(self.cell.source):
                continue  # a course may lack it, or its cell may not call it
            for mistake, variant in earlier.variants.items():
                if mistake.name not in self.table.without and mistake.name not in own:
                    found[mistake] = self._through(earlier, variant)
        for entry in own.values():
            if entry.name in self.table.without:
                continue
            try:
                found.update(self._forms(entry))
            except NoMatch as error:
                unmatched.append(f"{self.name}, {entry.name!r}: {error}")
            except ValueError as error:
                raise ValueError(f"{self.name}, {entry.name!r}: {error}") from None
        worded = self.course_files.worded
        return {worded(self.name, mistake): way for mistake, way in found.items()}, unmatched

    def _through(self, earlier: Written, variant: Variant) -> Variant:
        """Return this exercise's solution on top of a wrong one of an earlier exercise."""
        texts = self.around(self.cell.source)
        at = texts.index(earlier.cell.source)
        before = tuple(dict.fromkeys((*texts[:at], *variant.texts)))
        return replace(
            variant, texts=(*before, *texts[at + 1 :]), at=before.index(variant.texts[variant.at])
        )

    def _forms(self, entry: Entry) -> dict[Mistake, Variant]:
        """Return the programs of one entry: the first alternative that matches, and further forms."""
        found, said = [], ""
        for edits in entry.alternatives:
            try:
                found.append(self._edited(edits))
                break
            except NoMatch as error:
                said = said or str(error)
        if not found:
            raise NoMatch(said)
        for edits in entry.forms:
            with contextlib.suppress(NoMatch):  # this form can't be made in this exercise
                found.append(self._edited(edits))
        return {entry.mistake(form): variant for form, variant in enumerate(found)}

    def _edited(self, edits: Sequence[Edit]) -> Variant:
        """Apply edits to the cell, or else to the first second style where they match."""
        try:
            text = apply(self.cell.source, edits)
            return Variant(texts=self.around(text), base=self.cell.source, edits=tuple(edits))
        except NoMatch as error:
            for text, around in self._style_texts:
                try:
                    edited = apply(text, edits)
                except NoMatch:
                    continue
                return Variant(
                    texts=self.around(edited), globals=around, base=text, edits=tuple(edits)
                )
            raise error

    @functools.cached_property
    def mistakes(self) -> Mapping[str, tuple[Mistake, Callable[..., Any]]]:
        """Return the usual mistakes as wrong solvers; further forms as "name (2)"."""
        return {
            mistake.id: (
                mistake,
                compiled(self.name, one.texts, f"{self.name}: {mistake.id}", one.globals),
            )
            for mistake, one in self.variants.items()
        }

    # Cases ---------------------------------------------------------------------------------------

    def public(self) -> list[Case]:
        """Draw the public cases, with numbers that read well."""
        return public(self.name, self.lines, self._order, self.solve, self.certify)

    def draw(self, rng: np.random.Generator) -> list[Case]:
        """Draw secret cases that look at the same properties."""
        return secret(self.name, rng, self.lines, self._order, self.solve, self.certify)

    @property
    def _order(self) -> tuple[str, ...]:
        return self.exercise.parameters


def exercise(
    lab: str,
    name: str,
    *,
    returns: Sequence[Output],
    hints: Sequence[str] = (),
    certify: Callable[[Case], None] = lambda case: None,
    styles: Sequence[Callable[..., Any]] = (),
    oracle: Callable[..., Any] | None = None,
    builds_on: Sequence[str] | None = None,
    lines: Sequence[Line] | None = None,
) -> Written:
    """Make an exercise of the module that calls this, the table beside it and the notebook's cell.

    Parameters
    ----------
    lab, name : str
        The lab's folder, and the function or class that is asked for.
    returns : sequence of Output
        What it returns, in order; for a class, what it leaves in attributes.
    hints : sequence of str
        Staged.
    certify : callable
        Takes a case and raises ValueError where correct solvers could disagree on it.
    styles : sequence of callable
        Right solutions in other styles.
    oracle : callable, optional
        A more precise solution, which then decides.
    builds_on : sequence of str, optional
        Earlier exercises that a student may call; those that the cell uses unless given.
    lines : sequence of Line, optional
        The properties; those that the module defines, in its order, unless given.

    Returns
    -------
    Written
    """
    caller = sys._getframe(1).f_globals
    module = Path(caller["__file__"]).resolve()
    reference = module.parents[2]
    return Written(
        lab=lab,
        name=name,
        module=caller["__name__"],
        notebook=reference.parent / "labs" / lab / f"{lab}.ipynb",
        table_path=module.with_suffix(".toml"),
        families=reference / "families",
        course=reference.parents[1] / "course",
        returns=tuple(returns),
        lines=tuple(lines) if lines is not None else lines_in(caller),
        hints=tuple(hints),
        certify=certify,
        styles=tuple(styles),
        oracle=oracle,
        builds_on=None if builds_on is None else tuple(builds_on),
    )


def lab(package: str) -> tuple[Written, ...]:
    """Return the exercises of a lab's package, in the order of its notebook, those that are there."""
    folder = importlib.import_module(f"{package}.exercises")
    found = []
    for path in sorted(Path(str(folder.__path__[0])).glob("[!_]*.py")):
        module = importlib.import_module(f"{package}.exercises.{path.stem}")
        if module.REFERENCE.there:
            found.append(module.REFERENCE)
    return tuple(sorted(found, key=lambda one: list(one.source.cells).index(one.name)))


def solution(package: str, references: Sequence[Any], name: str) -> Callable[..., Any]:
    """Return a solution by its name, for a lab's ``__getattr__``."""
    for one in references:
        if one.exercise.name == name:
            return one.solve
    raise AttributeError(f"module {package!r} has no attribute {name!r}")


def _written(module: str, name: str) -> Written:
    """Return the exercise `name` of the same lab as `module`."""
    found = importlib.import_module(f"{module.rpartition('.')[0]}.{name}").REFERENCE
    assert isinstance(found, Written)
    return found


def _renamed(style: Callable[..., Any], name: str) -> str:
    """Return the text of a function or class under another name, without decorators."""
    (node,) = ast.parse(textwrap.dedent(inspect.getsource(style))).body
    assert isinstance(node, ast.FunctionDef | ast.ClassDef)
    node.name, node.decorator_list = name, []
    return ast.unparse(node)


def _globals(style: Callable[..., Any]) -> Mapping[str, Any]:
    return vars(sys.modules[style.__module__])

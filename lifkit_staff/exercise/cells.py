"""Read an instructor's notebook: the solved cell of each exercise is its reference solution."""

from __future__ import annotations

import ast
import functools
import json
import linecache
import re
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Cell", "Lab", "compiled", "read_lab", "signature", "unmarked"]

_MARKS = re.compile(r"^[ \t]*### (?:BEGIN|END) SOLUTION[ \t]*(?:\n|\Z)", re.MULTILINE)
_HEADING = re.compile(r"^#+\s+(?P<text>.*\b(?P<number>\d+\.\d+)\b.*)$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Cell:
    """The solved cell of one exercise.

    Attributes
    ----------
    name : str
        The exercise, from the cell's grade_id.
    source : str
        The whole cell, without the marks of the solution.
    number, title : str
        From the nearest heading above that has a number such as 2.1; empty where there is none.
    points : float
        Those of the check cell below it.
    """

    name: str
    source: str
    number: str
    title: str
    points: float


@dataclass(frozen=True, kw_only=True)
class Lab:
    """What a lab's notebook holds of exercises.

    Attributes
    ----------
    name : str
    imports : mapping
        Name to the import statement that brings it, from the setup cell.
    cells : mapping
        Exercise to its cell, in the order of the notebook.
    copied : tuple of str
        Solved cells of earlier labs that this notebook holds (``from_labN``), as text.
    """

    name: str
    imports: Mapping[str, str]
    cells: Mapping[str, Cell]
    copied: tuple[str, ...] = ()

    def surroundings(self, name: str, texts: Sequence[str]) -> tuple[str, ...]:
        """Return what has to run before `texts` of exercise `name`: imports, and earlier cells.

        Only what the texts use, directly or through the cells that they use.
        """
        earlier: dict[str, str] = {}
        for text in self.copied:
            earlier.update(dict.fromkeys(_defined(text), text))
        for cell in self.cells.values():
            if cell.name == name:
                break
            earlier.update(dict.fromkeys(_defined(cell.source), cell.source))
        used: list[str] = []
        todo = list(texts)
        while todo:
            for label in _read(todo.pop()):
                found = earlier.get(label)
                if found is not None and found not in used and found not in texts:
                    used.append(found)
                    todo.append(found)
        order = list(dict.fromkeys(earlier.values()))
        needed = [text for text in order if text in used]
        names = {label for text in (*texts, *needed) for label in _read(text)}
        lines = dict.fromkeys(line for label, line in self.imports.items() if label in names)
        return (*lines, *needed)


@functools.cache
def read_lab(path: Path) -> Lab:
    """Read the instructor's notebook at `path`.

    Raises
    ------
    FileNotFoundError
        If there is none.
    """
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    points = {
        _grade_id(cell): cell["metadata"]["nbgrader"].get("points", 0)
        for cell in cells
        if _grade_id(cell)
    }
    imports: dict[str, str] = {}
    found: dict[str, Cell] = {}
    copied = []
    number = title = ""
    for cell in cells:
        source, grade_id = "".join(cell["source"]), _grade_id(cell)
        if cell["cell_type"] == "markdown":
            for match in _HEADING.finditer(source):
                number, title = match["number"], _title(match["text"])
        elif grade_id == "setup" or (not imports and not found and "open_lab" in source):
            imports.update(_imports(source))
        elif grade_id.startswith("from_lab"):
            copied.append(unmarked(source))
        elif f"{grade_id}_check" in points and grade_id:
            found[grade_id] = Cell(
                name=grade_id,
                source=unmarked(source),
                number=number,
                title=title,
                points=float(points[f"{grade_id}_check"] or 0),
            )
    return Lab(name=path.stem, imports=imports, cells=found, copied=tuple(copied))


def unmarked(source: str) -> str:
    """Return a solved cell as a student has it: without the marks of the solution."""
    return _MARKS.sub("", source)


def _grade_id(cell: Mapping[str, Any]) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def _title(heading: str) -> str:
    """Return what a heading says after its number's colon, without points in brackets."""
    said = re.sub(r"\s*\(\d+[^)]*\)\s*$", "", heading.partition(":")[2]).strip()
    return said[:1].upper() + said[1:]


def _imports(source: str) -> dict[str, str]:
    lines = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                label = alias.asname or alias.name.split(".")[0]
                one = type(node)(**{**vars(node), "names": [alias]})
                lines[label] = ast.unparse(one)
    return lines


@functools.lru_cache(maxsize=256)
def _defined(text: str) -> list[str]:
    """Return the functions and classes that a cell defines at its top."""
    kinds = (ast.FunctionDef, ast.ClassDef)
    return [node.name for node in ast.parse(text).body if isinstance(node, kinds)]


@functools.lru_cache(maxsize=4096)
def _read(text: str) -> frozenset[str]:
    """Return all names that a text mentions."""
    return frozenset(node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name))


def signature(source: str, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return an exercise's parameters, and for a class its methods.

    The parameters of a class are the attributes to which ``__init__`` gives a number.
    """
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            arguments = node.args
            return tuple(one.arg for one in (*arguments.posonlyargs, *arguments.args)), ()
        if isinstance(node, ast.ClassDef) and node.name == name:
            functions = [one for one in node.body if isinstance(one, ast.FunctionDef)]
            methods = tuple(one.name for one in functions if not one.name.startswith("_"))
            return tuple(_attributes(functions)), methods
    raise ValueError(f"The cell {name} defines no function or class of that name.")


def _attributes(functions: Sequence[ast.FunctionDef]) -> list[str]:
    """Return the attributes to which ``__init__`` gives a number."""
    found = []
    for function in functions:
        if function.name != "__init__":
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute):
                try:
                    value = ast.literal_eval(node.value)
                except ValueError:
                    continue
                if isinstance(value, int | float):
                    found.append(node.targets[0].attr)
    return found


def compiled(
    name: str, texts: Sequence[str], label: str, around: Mapping[str, Any] | None = None
) -> Callable[..., Any]:
    """Run texts in a fresh module and return what they define as `name`.

    Parameters
    ----------
    name : str
    texts : sequence of str
        Imports and cells, in order; `name` is defined by the last.
    label : str
        What tracebacks call the last one.
    around : mapping, optional
        Names that are there from the start.
    """
    module = types.ModuleType("__main__")  # as in the notebook, where a cell runs
    vars(module).update(
        {key: value for key, value in (around or {}).items() if not key.startswith("__")}
    )
    for position, text in enumerate(texts):
        last = position == len(texts) - 1
        filename = f"<{label}>" if last else f"<{label}, before>"
        linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
        exec(_code(text, filename), vars(module))
    return vars(module)[name]


@functools.lru_cache(maxsize=256)
def _code(text: str, filename: str) -> types.CodeType:
    """Compile a text; what runs before is the same for hundreds of edited cells."""
    return compile(text, filename, "exec")

"""What happened in this kernel since the lab was opened: cells that failed, texts that were checked.

A check is about the function that Python has.  When the function's cell was changed since and did not
run, that is another one than the student sees; here is known which.
"""

from __future__ import annotations

import re
import sys
import types
from collections.abc import Iterable
from typing import Any

__all__ = ["attempts", "checked", "shell", "stale_note", "watch"]


def shell() -> Any:
    """Return the running IPython shell, or None outside a notebook."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


# Cells that did not run ---------------------------------------------------------------------------

#: What each name's cell failed with, as long as the name means what it meant before.
_STALE: dict[str, tuple[Any, str]] = {}

#: In which cell each name was bound last, by the cell's id.
_HOME: dict[str, str] = {}

_DEFINED = re.compile(r"^(?:async +)?(?:def|class) +(\w+)", re.MULTILINE)


def watch(running: Any) -> None:
    """Look from now on whether the cells of an IPython shell define what they say.

    Parameters
    ----------
    running : InteractiveShell
    """
    if getattr(running, "_lifkit_watches", False):
        return
    running._lifkit_watches = True
    before: list[dict[str, Any]] = []  # a cell may run another one, as %%capture does

    def starts(info: Any) -> None:
        before.append({name: running.user_ns.get(name) for name in _meant(info)})

    def ends(result: Any) -> None:
        for name, value in before.pop().items() if before else ():
            if running.user_ns.get(name) is not value:
                _STALE.pop(name, None)
                _HOME[name] = _cell(result.info)
            elif value is not None and (why := _why(result, name)):
                _STALE[name] = value, why

    running.events.register("pre_run_cell", starts)
    running.events.register("post_run_cell", ends)


def stale_note(names: Iterable[str]) -> str:
    """Say which of these functions are not those on screen, because their cell did not run.

    Parameters
    ----------
    names : iterable of str

    Returns
    -------
    str
        A sentence about the first of them; empty when all are.
    """
    running = shell()
    for name in names:
        value, why = _STALE.get(name, (None, ""))
        if running is not None and why and running.user_ns.get(name) is value:
            return f"{why}; this is about the version before."
    return ""


def _meant(info: Any) -> set[str]:
    """Return what a cell should define: by its text, and by what it defined the last time."""
    at_home = {name for name, cell in _HOME.items() if cell and cell == _cell(info)}
    return at_home | set(_DEFINED.findall(info.raw_cell or ""))


def _cell(info: Any) -> str:
    return getattr(info, "cell_id", None) or ""


def _why(result: Any, name: str) -> str:
    """Say why a cell left a name as it was; empty where there is nothing to say."""
    text = result.info.raw_cell or ""
    error = result.error_before_exec or result.error_in_exec
    if error is not None:
        line = _line(error)
        place = f", line {line}" if line else ""
        return f"The cell of {name} did not run ({type(error).__name__}{place})"
    magic = re.match(r"\s*(%%\w+)", text)
    if magic:
        return f"The cell of {name} stands under {magic[1]}, so it defines nothing"
    if not re.search(rf"\b{name}\b|\*", text):
        return f"The cell of {name} no longer defines it"
    return ""


def _line(error: BaseException) -> int | None:
    """Return the line of the cell on which it stopped."""
    if isinstance(error, SyntaxError):
        return error.lineno
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_name == "<module>":
            return trace.tb_lineno
        trace = trace.tb_next
    return None


# Texts that were checked --------------------------------------------------------------------------

_CHECKED: dict[str, set[str]] = {}


def checked(name: str, f: Any) -> None:
    """Keep that an exercise was checked as it is written now.

    Parameters
    ----------
    name : str
        The exercise.
    f : function or class
        The answer; counted only if the notebook knows it by this name.
    """
    running = shell()
    if running is not None and running.user_ns.get(name) is f:
        _CHECKED.setdefault(name, set()).add(_text(f))


def attempts(name: str) -> int:
    """Return how many different texts of an exercise were checked in this kernel.

    Layout and comments make no difference, and a text that was checked twice counts once.

    Parameters
    ----------
    name : str
        The exercise.
    """
    return len(_CHECKED.get(name, ()))


def _text(thing: Any) -> str:
    """Write down what a function does, or the members of a class: the same for the same lines."""
    if isinstance(thing, type):
        members = {
            name: _text(one) for name, one in vars(thing).items() if name != "__firstlineno__"
        }
        return repr(members)
    thing = getattr(thing, "__func__", thing)
    code = getattr(thing, "__code__", thing)
    if isinstance(code, types.CodeType):
        parts = (code.co_code, code.co_names, code.co_varnames, *map(_text, code.co_consts))
        return repr((*parts, _text(getattr(thing, "__defaults__", None))))
    return repr(thing) if isinstance(thing, int | float | str | tuple) else type(thing).__name__

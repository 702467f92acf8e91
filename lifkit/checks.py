"""Check an exercise at once, in the notebook where it is written.

``check(f)`` calls the student's own function on the public cases of its key and says what holds,
where it parts from the right answer, and which usual mistake gives just these numbers.
"""

from __future__ import annotations

import contextlib
import difflib
import sys
import types
from collections.abc import Callable
from typing import Any

from .exercises import (
    Key,
    KeyNotFound,
    Report,
    as_html,
    as_text,
    attempt,
    headline,
    hint_html,
    hint_text,
    judge,
    key_editions,
    key_names,
    load_key,
)

__all__ = ["CheckFailed", "check", "open_lab", "report_for"]


class CheckFailed(AssertionError):
    """An exercise is not right yet, or not started; the report above it says why.

    It shows itself as one line instead of a traceback.  Because it is raised, Validate and nbgrader
    give no points for the cell.
    """

    def _render_traceback_(self) -> list[str]:
        return [f"CheckFailed: {self}"]


def check(f: Callable[..., Any], hint: int | None = None) -> None:
    """Check what you wrote against the answer key and show a report.

    Parameters
    ----------
    f : function or class
        Your own, by its name and without calling it: ``check(lif_euler)``.
    hint : int, optional
        Show this hint (1 is the first) instead of a report.

    Raises
    ------
    CheckFailed
        If something is wrong or not started; the report says what.
    TypeError, ValueError
        If `f` is no exercise, or there is no such hint.

    Examples
    --------
    >>> def lif_euler(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau):
    ...     raise NotImplementedError()
    >>> check(lif_euler)
    Traceback (most recent call last):
    ...
    lifkit.checks.CheckFailed: 2.1 lif_euler: not started yet
    >>> check(lif_euler, hint=1)  # doctest: +ELLIPSIS
    Hint 1 of ...
    """
    key = _key_for(f)
    if hint is not None:
        report = Report(exercise=key.exercise, outcome="not started", fraction=0.0)
        _check_hint(hint, len(key.exercise.hints))
        _show(hint_text(report, hint), hint_html(report, hint))
        return
    report = report_for(f)
    _show(as_text(report), as_html(report))
    if not report.passed:
        raise CheckFailed(headline(report))


def report_for(f: Callable[..., Any], name: str | None = None) -> Report:
    """Return the report that `check` shows, without showing or raising anything.

    Parameters
    ----------
    f : function or class
    name : str, optional
        The exercise, where `f` goes by another name.

    Returns
    -------
    Report
    """
    key = _key_for(f) if name is None else load_key(name)
    with _captured():
        given = attempt(key.exercise, f, key.cases)
        report = judge(key, given)
        used = [name for name in key.exercise.builds_on if name in given.uses]
        if report.passed or not used:
            return report
        unsound = [name for name in used if not _sound(f, name)]
    return judge(key, given, unsound=unsound)


def open_lab(lab: str, edition: str = "") -> None:
    """Make a lab's notebook ready: compare it with this lifkit, and keep unwritten cells short.

    Cells that need an exercise which is not written yet say so in one line.

    Parameters
    ----------
    lab : str
        The lab's name, e.g. ``"lab2"``.
    edition : str
        The edition that the notebook was built for; empty in the instructor's source.
    """
    mine = key_editions(lab)
    if not mine:
        _note(
            f"This lifkit does not know {lab}. Your notebook is newer than the lifkit beside it: update "
            "lifkit with the files that came with the notebook. What you have written is safe."
        )
    elif edition and mine != {edition}:
        _note(
            f"This notebook and this lifkit do not belong together: the notebook is edition {edition} "
            f"of {lab}, lifkit has edition {'/'.join(sorted(mine))}. Checks may judge by other rules than "
            "the text. Take both from the same download. What you have written is safe: copy your cells "
            "into the new notebook."
        )
    shell = _shell()
    if shell is not None:
        shell.set_custom_exc((NotImplementedError, NameError), _explain)


# Finding out what is asked --------------------------------------------------------------------------


def _key_for(f: Any) -> Key:
    """Return the key of the exercise that `f` answers, found by its name."""
    if not callable(f):
        raise TypeError(
            f"check wants the function itself, but got {type(f).__name__}. Write check(lif_euler), "
            "with no brackets behind the name of your function."
        )
    known = key_names()
    name = getattr(f, "__name__", "")
    if name not in known:
        # What a decorator, functools.partial or an assignment made may not carry its variable's name.
        names = [label for label, value in _variables(f).items() if value is f and label in known]
        name = names[0] if names else name
    try:
        return load_key(name)
    except KeyNotFound as error:
        raise ValueError(
            f"{error} An exercise is found by its name, so keep the name as given."
        ) from None


def _variables(f: Any) -> dict[str, Any]:
    shell = _shell()
    return dict(getattr(f, "__globals__", {})) | (dict(shell.user_ns) if shell else {})


def _sound(f: Any, name: str) -> bool:
    """Whether the earlier exercise `name`, as `f` finds it in its notebook, is right."""
    member = (
        next((m for m in vars(f).values() if hasattr(m, "__globals__")), f)
        if isinstance(f, type)
        else f
    )
    earlier = getattr(member, "__globals__", {}).get(name)
    if not callable(earlier):
        return False
    key = load_key(name)
    return judge(key, attempt(key.exercise, earlier, key.cases)).passed


def _check_hint(hint: Any, count: int) -> None:
    if isinstance(hint, bool) or not isinstance(hint, int) or not 1 <= hint <= count:
        raise ValueError(f"There is no hint {hint!r}: this exercise has the hints 1 to {count}.")


# Showing it --------------------------------------------------------------------------------------


def _shell() -> Any:
    """Return the running IPython shell, or None outside a notebook."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def _captured() -> contextlib.AbstractContextManager[Any]:
    """Keep what a student's function displays (figures, tables) out of the report."""
    if _shell() is None:
        return contextlib.nullcontext()
    from IPython.utils.capture import capture_output

    return capture_output()


def _show(text: str, page: str) -> None:
    if _shell() is None:
        print(text)
        return
    from IPython.display import display

    display({"text/plain": text, "text/html": page}, raw=True)


def _note(text: str) -> None:
    _show(text, f'<div style="border-left:4px solid #b8500f;padding:0.4em 1em">{text}</div>')


def _explain(
    shell: Any, kind: type, error: BaseException, trace: Any, tb_offset: Any = None
) -> None:
    """Show two common ends of a cell in one line: an unwritten exercise, and a misnamed one."""
    line = _misnamed(shell, error) if isinstance(error, NameError) else _unwritten(trace)
    if line:
        error._render_traceback_ = lambda: [line]  # type: ignore[attr-defined]
    shell.showtraceback((kind, error, trace))


def _unwritten(trace: Any) -> str:
    while trace.tb_next is not None:
        trace = trace.tb_next
    code = trace.tb_frame.f_code
    owner = code.co_qualname.split(".")[0]
    name = owner if owner in key_names() else code.co_name
    number = f"{load_key(name).exercise.number} " if name in key_names() else ""
    return f"{number}{name}: not started yet. This cell runs once it is written."


def _misnamed(shell: Any, error: NameError) -> str:
    """Say which of the notebook's names was probably meant to be the exercise, and how it does."""
    name = error.name or ""
    if name not in key_names():
        return ""
    exercise = load_key(name).exercise
    candidates = [
        label
        for label, value in shell.user_ns.items()
        if isinstance(value, types.FunctionType | type) and value.__module__ == "__main__"
    ]
    alike = {_squeezed(label): label for label in candidates}
    near = difflib.get_close_matches(_squeezed(name), alike, n=1, cutoff=0.75)
    if not near:
        return f"{exercise.number} {name}: nothing of that name is defined yet. Run its cell first."
    label = alike[near[0]]
    report = report_for(shell.user_ns[label], name)
    _show(as_text(report), as_html(report))
    return (
        f"{exercise.number} {name}: nothing of that name is defined. You have {label}: rename it to "
        f"{name}, and the report above is what its check will say."
    )


def _squeezed(name: str) -> str:
    return name.replace("_", "").lower()

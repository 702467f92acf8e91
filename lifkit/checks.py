"""Check an exercise at once, in the notebook where it is written.

``check(f)`` calls the student's own function on the public cases of its key and says what holds,
where it parts from the right answer, and which usual mistake gives just these numbers.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from typing import Any

from .judge import (
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
    key_names,
    load_key,
)

__all__ = ["CheckFailed", "check", "report_for"]


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
        show(hint_text(report, hint), hint_html(report, hint))
        return
    report = report_for(f)
    show(as_text(report), as_html(report))
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
    running = shell()
    return dict(getattr(f, "__globals__", {})) | (dict(running.user_ns) if running else {})


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


def _captured() -> contextlib.AbstractContextManager[Any]:
    """Keep what a student's function displays (figures, tables) out of the report."""
    if shell() is None:
        return contextlib.nullcontext()
    from IPython.utils.capture import capture_output

    return capture_output()


def shell() -> Any:
    """Return the running IPython shell, or None outside a notebook."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def show(text: str, page: str) -> None:
    if shell() is None:
        print(text)
        return
    from IPython.display import display

    display({"text/plain": text, "text/html": page}, raw=True)

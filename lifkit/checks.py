"""Check an exercise at once, in the notebook where it is written.

``check(f)`` calls the student's own function on the public cases of its key and says what holds,
where it parts from the right answer, and which usual mistake gives just these numbers.
"""

from __future__ import annotations

import contextlib
import dataclasses
import difflib
from collections.abc import Callable, Mapping
from typing import Any

from .judge import (
    Attempt,
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
    standing,
)
from .judge.free_variables import read_free_variables
from .judge.points import points_of
from .session import attempts, checked, shell, stale_note

__all__ = ["CheckFailed", "check", "in_one_line", "report_for", "show", "show_report"]


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
        Show this hint (1 is the first) instead of a report.  In a notebook the report holds the hints
        itself, closed.

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
    given, report = _judged(f, key)
    if report.outcome != "not started":
        checked(key.exercise.name, f)
    handle = ""
    if report.unexplained:
        report, handle = _with_slips(key, f, given, report)
    show_report(report, f, handle)
    if not report.passed:
        raise CheckFailed(headline(report))


def _with_slips(key: Key, f: Any, given: Attempt, report: Report) -> tuple[Report, str]:
    """Return a report that says where to look in the student's own program, if that is found.

    Returns
    -------
    report : Report
    handle : str
        The display that says meanwhile what goes on; empty where there is none.
    """
    from .judge.slip import find_slips
    from .judge.telling import may_place, told

    tried = attempts(key.exercise.name)
    if not may_place(report, tried):
        return report, ""
    handle = ""
    if shell() is not None:
        from IPython.display import HTML, display

        said = '<div role="status">Looking for the line where it goes wrong …</div>'
        handle = display(HTML(said), display_id=True).display_id
    found = find_slips(key, f, given)
    slips = tuple(told(slip, report, tried, in_full=key.self_study) for slip in found.slips)
    return dataclasses.replace(
        report, slips=slips, mistakes=report.mistakes + found.mistakes
    ), handle


def show_report(report: Report, f: Any, handle: str = "") -> None:
    """Show a report with what the notebook knows beside it: points, and which version it is about.

    What a cell shows carries the outcome as data too, under ``lifkit`` in its metadata, for the table
    of a saved notebook (see `lifkit.notebook_file`).

    Parameters
    ----------
    report : Report
    f : function or class
        What it is about.
    handle : str, optional
        The display in whose place it is shown.
    """
    exercise = report.exercise
    points, note = points_of(exercise.lab).get(exercise.name), ""
    running = shell()
    if running is not None and running.user_ns.get(exercise.name) is f:
        note = stale_note([exercise.name, *read_free_variables(f)[1]])
    data = {
        "exercise": exercise.name,
        "outcome": report.outcome,
        "status": standing(report, note),
        "fraction": report.fraction,
    }
    show(
        as_text(report, points=points, note=note),
        as_html(report, points=points, note=note, hints=True),
        data,
        handle,
    )


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
    return _judged(f, _key_for(f) if name is None else load_key(name))[1]


def _judged(f: Any, key: Key) -> tuple[Attempt, Report]:
    with _captured():
        given = attempt(key.exercise, f, key.cases)
        report = judge(key, given)
        used = [name for name in key.exercise.builds_on if name in given.uses]
        if report.passed or not used:
            return given, report
        # One that never returned is not right: to ask it again would cost its time again.
        endless = report.problem.function if report.problem and report.outcome == "timeout" else ""
        unsound = [name for name in used if name == endless or not _sound(f, name)]
    return given, judge(key, given, unsound=unsound)


def _key_for(f: Any) -> Key:
    """Return the key of the exercise that `f` answers, found by its name."""
    known = key_names()
    if isinstance(f, str) and f in known:
        raise in_one_line(
            TypeError(f"check wants the function, not its name in quotes: check({f}).")
        )
    if not callable(f):
        kind = type(f).__name__
        name = kind if kind in known else "lif_euler"
        raise in_one_line(
            TypeError(
                f"check wants the function itself, but got {kind}. Write check({name}), with no brackets "
                "behind the name of your function."
            )
        )
    name = getattr(f, "__name__", "")
    if name not in known:
        # What a decorator, functools.partial or an assignment made may not carry its variable's name.
        names = [label for label, value in _variables(f).items() if value is f and label in known]
        name = names[0] if names else name
    try:
        return load_key(name)
    except KeyNotFound:
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
        meant = f" Did you mean {near[0]}?" if near else f" The exercises are {', '.join(known)}."
        raise in_one_line(
            ValueError(
                f"{name or type(f).__name__} is the name of no exercise.{meant} An exercise is found by "
                "its name, so keep the name as given."
            )
        ) from None


def in_one_line(error: Exception) -> Exception:
    """Have a notebook show an error of use without the lines of lifkit that noticed it."""
    line = f"{type(error).__name__}: {error}"
    error._render_traceback_ = lambda: [line]  # type: ignore[attr-defined]
    return error


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
        raise in_one_line(
            ValueError(f"There is no hint {hint!r}: this exercise has the hints 1 to {count}.")
        )


def _captured() -> contextlib.AbstractContextManager[Any]:
    """Keep what a student's function displays (figures, tables) out of the report."""
    if shell() is None:
        return contextlib.nullcontext()
    from IPython.utils.capture import capture_output

    return capture_output()


def show(text: str, page: str, data: Mapping[str, Any] | None = None, handle: str = "") -> None:
    """Show a text, in a notebook as a page of HTML with data beside it; otherwise print it.

    Where a `handle` is given, it takes the place of what was displayed under that.
    """
    if shell() is None:
        print(text)
        return
    from IPython.display import display

    about = {"lifkit": dict(data)} if data else {}
    where = {"display_id": handle, "update": True} if handle else {}
    display({"text/plain": text, "text/html": page}, metadata=about, raw=True, **where)

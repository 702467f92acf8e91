"""What a kernel is asked, as expressions that are evaluated among the notebook's names.

What answers them there is `lifkit.judge.respond`; `answers` reads what comes back.
"""

from __future__ import annotations

import base64
import dataclasses
import io
from typing import Any

import numpy as np

from lifkit.judge import Case, Exercise, Key, pack

from ..limits import ANSWERS

__all__ = ["question", "search"]


#: Where it answers and the notebook's names, as an expression evaluated among them finds both: by no name
#: that a notebook may use for something else.
_RESPOND = "(lambda: 0).__builtins__['__import__']('lifkit.judge.respond', fromlist=['ask'])"

_NAMES = "(lambda: 0).__globals__"


def question(
    exercise: Exercise,
    cases: tuple[Case, ...],
    limit: float,
    path: str,
    **options: Any,
) -> str:
    """Return the expression that asks a kernel for its answers.

    Parameters
    ----------
    exercise : Exercise
    cases : tuple of Case
    limit : float
        Seconds a call may take.
    path : str
        The file, as the kernel sees it, in which it leaves the answers.
    **options
        ``room``, ``apart``, ``if_changed`` of `lifkit.judge.respond.ask`.
    """
    called = dataclasses.replace(exercise, properties=(), hints=())  # what a call needs of it
    key = Key(exercise=called, cases=cases, expected=(), mistakes=(), fingerprints={})
    buffer = io.BytesIO()
    np.savez(buffer, **pack(key, single=True))  # type: ignore[arg-type]
    text = base64.b64encode(buffer.getvalue()).decode()
    more = "".join(f", {name}={value!r}" for name, value in options.items())
    return f'{_RESPOND}.ask({_NAMES}, "{text}", {limit}, {path!r}, {ANSWERS}{more})'


def search(name: str, seconds: float, path: str, room: int | None) -> str:
    """Return the expression that asks a kernel to look for the slip in an exercise."""
    return f"{_RESPOND}.look({_NAMES}, {name!r}, {seconds}, {path!r}, {room})"

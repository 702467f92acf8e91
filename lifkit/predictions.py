"""Hold what a student predicted against what their own function says."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real
from typing import Any

__all__ = ["weigh"]


def weigh(answers: Any, found: Mapping[str, str | tuple[float, float]]) -> None:
    """Print each prediction beside what was found, and whether the two agree.

    Parameters
    ----------
    answers : sequence of float or str
        What was predicted, one entry a question.
    found : mapping of str to str or (float, float)
        Each question, and what was found: a word, or a number and how far off a prediction may be.

    Examples
    --------
    >>> weigh((-55, "Both"), {"It settles at (mV)": (-55.04, 0.1), "Who is late?": "neither"})
    ✓ It settles at (mV): you said -55, your function says -55.04.
    ✗ Who is late? You said Both, your function says neither.
    """
    if not isinstance(answers, tuple | list) or len(answers) != len(found):
        print(f"Return {len(found)} answers with commas between them, not {answers!r}.")
        return
    for (question, right), answer in zip(found.items(), answers, strict=True):
        mark = "✓" if _agree(answer, right) else "✗"
        asked = f"{question} You" if question.endswith("?") else f"{question}: you"
        value = right if isinstance(right, str) else f"{round(right[0], 4) + 0.0:.4g}"
        print(f"{mark} {asked} said {answer}, your function says {value}.")


def _agree(answer: Any, right: str | tuple[float, float]) -> bool:
    if isinstance(right, str):
        return str(answer).strip().lower() == right.lower()
    value, within = right
    return isinstance(answer, Real) and abs(float(answer) - value) <= within

"""What the explorers' scenes share: sliders, and how results become curves and sentences."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from .frames import Curve, Slider
from .solvers import Result, Solver

__all__ = [
    "E_M",
    "FEW",
    "G_M",
    "TAU",
    "Function",
    "curves_of",
    "in_mV",
    "joined",
    "optional",
    "sentence",
    "takes",
]

Function = Callable[..., Any]

E_M = -70.0  # mV, where the course has no slider for it

# The ranges keep every corner safe: dt stays below tau wherever the time step is not itself the subject.
TAU = Slider(name="tau", label="time constant", unit="ms", low=1, high=50, step=1, start=10)
G_M = Slider(name="g_m", label="conductance", unit="uS", low=0.5, high=2, step=0.05, start=1)

#: Steps of the run that tells whether a solver is written at all: a stub raises, or returns nothing,
#: whatever it is asked for, and no explorer should compute its first frame twice.
FEW = 100


def takes(function: Function, name: str) -> bool:
    """Whether `function` has an argument called `name`."""
    try:
        return name in inspect.signature(function).parameters
    except (TypeError, ValueError):  # not a function (said by Solver), or one written in C
        return False


def optional(function: Function | None, parameters: tuple[str, ...]) -> Solver | None:
    """Return a solver for a function that may be left out."""
    return None if function is None else Solver(function, parameters)


def curves_of(
    yours: Solver,
    exact: Solver | None,
    mine: tuple[np.ndarray, np.ndarray | None, bool],
    theory: tuple[np.ndarray, np.ndarray | None],
) -> tuple[Curve, ...]:
    """Return the curves of `mine`, (x, y, points), and `theory`, (x, y); without y it is left out."""
    curves = []
    x, y, points = mine
    if y is not None:
        curves.append(Curve(name=f"your {yours.name}", role="yours", x=x, y=y, points=points))
    if exact is not None and theory[1] is not None:
        curves.append(Curve(name=f"your {exact.name}", role="theory", x=theory[0], y=theory[1]))
    return tuple(curves)


def in_mV(voltage: float) -> str:
    """Write a voltage with its unit; one that a wrong answer blows up, in powers of ten.

    Examples
    --------
    >>> in_mV(-53.0), in_mV(-3.6e5)
    ('-53.00 mV', '-3.60e+05 mV')
    """
    return f"{voltage:.2f} mV" if abs(voltage) < 1e5 else f"{voltage:.2e} mV"


def joined(problem: str, theory_problem: str) -> str:
    """Join two sentences; a missing theory leaves the rest standing."""
    if not theory_problem:
        return problem
    return " ".join(part for part in (problem, theory_problem, "No theory is drawn.") if part)


def sentence(what: str, result: Result, readouts: Iterable[tuple[str, str]]) -> str:
    """Say what the picture shows, for the alternative text."""
    if result.value is None:
        return f"{what}: nothing to draw. {result.problem}"
    said = ", ".join(f"{label} {text}" for label, text in readouts)
    return f"{what}: {said}."

"""lifkit: a course kit about the leaky integrate-and-fire neuron.

Names load when they are first used, so importing lifkit costs next to nothing and changes nothing.
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"
__all__ = [
    "CheckFailed",
    "answer",
    "check",
    "checks",
    "data",
    "explorers",
    "judge",
    "notebook",
    "open_lab",
    "plotting",
    "predictions",
    "progress",
    "reveal",
    "stimuli",
    "study",
    "watch",
    "weigh",
]

_HOME = {
    "CheckFailed": "checks",
    "answer": "study",
    "check": "checks",
    "open_lab": "notebook",
    "progress": "notebook",
    "reveal": "study",
    "watch": "watching",
    "weigh": "predictions",
}
_ROOMS = (
    "checks",
    "data",
    "explorers",
    "judge",
    "notebook",
    "plotting",
    "predictions",
    "stimuli",
    "study",
)


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    if name in _ROOMS:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])

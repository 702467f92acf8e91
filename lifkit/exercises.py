"""Another name of `lifkit.judge` and of how exercises are written, for one release."""

from importlib import import_module
from typing import Any


def __getattr__(name: str) -> Any:
    staff = {"Reference": ".exercise", "make_key": ".exercise", "load_references": ".references"}
    return getattr(import_module(staff.get(name, "lifkit.judge"), "lifkit_staff"), name)

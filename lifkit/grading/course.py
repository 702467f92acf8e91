"""Another name of `lifkit_staff.grading.configure`, for one release: older course files use it."""

from typing import Any


def __getattr__(name: str) -> Any:
    from lifkit_staff.grading import configure

    return getattr(configure, name)

"""Another name of `lifkit_staff.authoring`, for one release: older course files use it."""

from typing import Any


def __getattr__(name: str) -> Any:
    from lifkit_staff import authoring

    return getattr(authoring, name)

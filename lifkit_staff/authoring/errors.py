"""What stops a build."""

from __future__ import annotations

__all__ = ["BuildError"]


class BuildError(ValueError):
    """A source can't be built; the message names the lab, the cell and the mend."""

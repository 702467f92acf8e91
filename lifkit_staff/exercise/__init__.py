"""How an exercise is written; what `solutions/reference` imports."""

from .reference import Reference, make_key

__all__ = ["Reference", "make_key"]

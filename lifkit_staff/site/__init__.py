"""A static site of the graded edition: its pages, and the labs in a browser with nothing to install."""

from .build import build_site
from .lite import CDN, edition_of, write_lite

__all__ = ["CDN", "build_site", "edition_of", "write_lite"]

"""A static site of the graded edition: its pages, and the labs in a browser with nothing to install."""

from .build import build_site
from .lite import CDN, write_lite

__all__ = ["CDN", "build_site", "write_lite"]

"""Right answers in the styles that students write, and answers without any work in them."""

from . import lab1, lab2, lab3
from .trivial import TRIVIAL

STYLES = lab1.STYLES | lab2.STYLES | lab3.STYLES

__all__ = ["STYLES", "TRIVIAL"]

"""Matplotlib's list of fonts as a file, which saves the browser making it and talking about it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from matplotlib import font_manager, get_data_path

__all__ = ["PLACE", "font_list"]

#: Where Pyodide's Matplotlib looks for the list; the one that lies there is of another version.
PLACE = "matplotlib/fontlist.json"

#: The version that the list is written in: that of Pyodide's Matplotlib, 3.8.4.
_VERSION = 330

#: What that version knows of a font.
_FIELDS = ("name", "style", "variant", "weight", "stretch", "size")


def font_list() -> str:
    """Return the list of the fonts that Matplotlib brings along."""
    fonts = font_manager.FontManager()
    lists = {kind: _own(getattr(fonts, kind)) for kind in ("afmlist", "ttflist")}
    told = vars(fonts) | lists | {"_version": _VERSION, "__class__": "FontManager"}
    return json.dumps(told)


def _own(fonts: list[Any]) -> list[dict[str, Any]]:
    own, found = Path(get_data_path()), []
    for font in fonts:
        if Path(font.fname).is_relative_to(own):
            entry = {name: getattr(font, name) for name in _FIELDS}
            place = Path(font.fname).relative_to(own).as_posix()
            found.append({"fname": place, "__class__": "FontEntry", **entry})
    return sorted(found, key=lambda entry: entry["fname"])

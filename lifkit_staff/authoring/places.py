"""Put what was built in its place: all of it, or nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from pathlib import Path

__all__ = ["put"]


def put(made: Mapping[Path, Path], stale: Iterable[Path] = ()) -> list[Path]:
    """Put files in their places when all of them can be, then remove what is stale.

    Parameters
    ----------
    made : mapping of Path to Path
        The place of each file to the file.
    stale : iterable of Path
        Files that go.

    Returns
    -------
    list of Path
        The places.
    """
    halves: dict[Path, Path] = {}
    try:
        for place, path in made.items():
            place.parent.mkdir(parents=True, exist_ok=True)
            halves[place] = place.with_name(f"{place.name}.part")
            halves[place].write_bytes(path.read_bytes())
        for place, half in halves.items():
            half.replace(place)
    finally:
        for half in halves.values():
            with contextlib.suppress(FileNotFoundError):
                half.unlink()
    for path in stale:
        path.unlink()
    return list(made)

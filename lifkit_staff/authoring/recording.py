"""Recordings: explorers whose frames were computed beforehand, for pages that have no Python.

The frames of a grid of slider positions are stored; a page holds numbers and no solver.
"""

from __future__ import annotations

import base64
import html
import itertools
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from lifkit.explorers.frames import Frame, Scene, Slider, pack
from lifkit.explorers.snapshot import snapshot_html
from lifkit.explorers.widget import page_parts, setup_of

__all__ = ["Grid", "as_json", "part", "record", "recorded", "script"]

#: From where to where a slider goes in a recording, and in which steps; at most three sliders move.
Grid = Mapping[str, tuple[float, float, float]]

#: An array is stored in this many steps from its least to its largest value, each far less than a pixel of
#: the plot; the largest 16-bit number stands for a gap.
STEPS = 65534

#: Points of a curve that are stored, three to a pixel of the plot.
MOST_POINTS = 2001

_NOTE = (
    "A recording of right functions, at some positions of some sliders. "
    "In the notebook the same explorer runs on yours."
)


def recorded(scene: Scene, grid: Grid) -> Scene:
    """Return the scene with the sliders that move in a recording.

    Parameters
    ----------
    scene : Scene
        Of right solvers.
    grid : mapping
        For each slider that moves its lowest and highest position and the step between two.

    Raises
    ------
    ValueError
        If a position is none of the scene's, or the scene's start is none of the grid's.
    """
    sliders = {slider.name: slider for slider in scene.sliders}
    moved = []
    for name, (low, high, step) in grid.items():
        slider = replace(sliders[name], low=low, high=high, step=step)
        odd = [value for value in positions(slider) if sliders[name].settle(value) != value]
        if odd or slider.settle(slider.start) != slider.start:
            raise ValueError(
                f"{scene.title}: {name} can't be recorded from {low} to {high} by {step}."
            )
        moved.append(slider)
    grid_points = list(_everywhere(scene, moved))
    kept = [place for place in scene.places if any(map(place.holds, grid_points))]
    return replace(scene, sliders=tuple(moved), places=tuple(kept))


def record(scene: Scene, grid: Grid, name: str) -> dict[str, Any]:
    """Compute all frames of a recording.

    Parameters
    ----------
    scene, grid
        As for `recorded`.
    name : str
        Of the picture that the recording takes the place of.

    Returns
    -------
    dict
        What `as_json` writes and ``recording.js`` reads.

    Raises
    ------
    ValueError
        If the solvers give no picture somewhere on the grid.
    """
    seen, arrays = recorded(scene, grid), _Arrays()
    frames = []
    for values in _everywhere(scene, seen.sliders):
        frame = scene.compute(values)
        if frame.message:
            raise ValueError(f"no picture for a recording at {values}: {frame.message}")
        visited = [k for k, place in enumerate(seen.places) if place.holds(values)]
        frames.append({**_stored(frame, arrays), "visited": visited})
    same = {key for key in frames[0] if all(frame[key] == frames[0][key] for frame in frames)}
    return {
        "setup": setup_of(seen, name),
        "base": {key: frames[0][key] for key in frames[0] if key in same},
        "frames": [{key: frame[key] for key in frame if key not in same} for frame in frames],
        **arrays.packed(),
    }


def as_json(recording: Mapping[str, Any]) -> str:
    """Write a recording; the text may stand inside a page."""
    # "<" would let a text end the script element.
    return json.dumps(recording, separators=(",", ":")).replace("<", "\\u003c")


def part(scene: Scene, grid: Grid, name: str, address: str = "") -> str:
    """Return the part of a page that shows a recording: its first picture until the numbers are there.

    Parameters
    ----------
    scene, grid, name
        As for `record`.
    address : str
        Where the recording lies; without it, it stands in the page itself.
    """
    seen, values = recorded(scene, grid), scene.settle({})
    still = snapshot_html(scene.title, seen.setting(values), _nobodys(scene.compute(values)), name)
    inside = ""
    if not address:
        inside = f'<script type="application/json">{as_json(record(scene, grid, name))}</script>'
    source = f' data-recording="{html.escape(address)}"' if address else ""
    return f'{still}\n<div class="lifkit-recording"{source}>{inside}</div>\n<p>{_NOTE}</p>\n'


def script() -> str:
    """Return the JavaScript module that brings the recordings of a page to life."""
    own = Path(__file__).with_name("recording.js").read_text(encoding="utf-8")
    return f"{page_parts()[0]}\n{own}"


def positions(slider: Slider) -> list[float]:
    """Return all positions of a slider, from low to high."""
    steps = round((slider.high - slider.low) / slider.step)
    return [slider.settle(slider.low + k * slider.step) for k in range(steps + 1)]


def _everywhere(scene: Scene, moved: Sequence[Slider]) -> Iterator[dict[str, float]]:
    """Yield the values at all positions of the sliders that move, the last one's fastest."""
    start, names = scene.settle({}), [slider.name for slider in moved]
    for way in itertools.product(*map(positions, moved)):
        yield {**start, **dict(zip(names, way, strict=True))}


def _nobodys(frame: Frame) -> Frame:
    """Return the frame in words that call no function the reader's own."""

    def told(text: str) -> str:
        return text.replace("your ", "")

    return replace(
        frame,
        curves=tuple(replace(curve, name=told(curve.name)) for curve in frame.curves),
        readouts=tuple((told(label), text) for label, text in frame.readouts),
        alt=told(frame.alt),
    )


def _stored(frame: Frame, arrays: _Arrays) -> dict[str, Any]:
    """Return a frame as it goes to the browser, with the number of each array in its place."""
    frame = _nobodys(frame)
    stored = pack(replace(frame, curves=(), marks=np.empty(0), seconds=0.0))
    curves = []
    for curve in frame.curves:
        thin = -(-(len(curve.x) - 1) // (MOST_POINTS - 1)) or 1
        own = {"name": curve.name, "role": curve.role, "points": curve.points}
        curves.append({**own, "x": arrays.add(curve.x[::thin]), "y": arrays.add(curve.y[::thin])})
    return {**stored, "curves": curves, "marks": arrays.add(frame.marks)}


class _Arrays:
    """Arrays of numbers in 16 bits each; equal ones are kept once."""

    def __init__(self) -> None:
        self._number: dict[tuple[Any, ...], int] = {}

    def add(self, array: np.ndarray) -> int:
        """Keep an array and return its number."""
        finite = array[np.isfinite(array)]
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
        step = (high - low) / STEPS or 1.0
        levels = np.where(np.isfinite(array), np.round((array - low) / step), STEPS + 1)
        key = (len(array), low, step, levels.astype("<u2").tobytes())
        return self._number.setdefault(key, len(self._number))

    def packed(self) -> dict[str, Any]:
        """Return what each is made of, and the numbers of all: differences, which press well."""
        differences = [
            np.diff(np.frombuffer(levels, "<u2"), prepend=np.uint16(0)).astype("<u2").tobytes()
            for *_, levels in self._number
        ]
        return {
            "arrays": [list(about) for *about, _ in self._number],
            "numbers": base64.b64encode(zlib.compress(b"".join(differences), 9)).decode(),
        }

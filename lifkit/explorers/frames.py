"""What an explorer shows, as plain data between a student's function and the drawing."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

__all__ = ["Curve", "Frame", "Line", "Place", "Scene", "Slider", "around", "pack"]


@dataclass(frozen=True, kw_only=True)
class Slider:
    """One parameter that a person can move.

    Attributes
    ----------
    name : str
        As in the student's code, e.g. ``"I_ext"``.
    label : str
        In words, e.g. ``"input current"``.
    unit : str
    low, high, step, start : float
        In `unit`; `start` is where the slider stands at first and after a reset.

    Examples
    --------
    >>> import dataclasses
    >>> slider = Slider(
    ...     name="tau", label="time constant", unit="ms", low=1, high=50, step=0.5, start=10
    ... )
    >>> slider.settle(7.3), slider.settle(-4), slider.settle(float("nan"))
    (7.5, 1.0, 10.0)
    >>> slider.text(7.5)
    '7.5 ms'
    >>> dataclasses.replace(slider, step=0.25).settle(7.3)
    7.25
    """

    name: str
    label: str
    unit: str
    low: float
    high: float
    step: float
    start: float

    @property
    def digits(self) -> int:
        """How many decimals a position has."""
        ends = [Decimal(repr(float(number))).normalize() for number in (self.low, self.step)]
        return max(0, *(-int(end.as_tuple().exponent) for end in ends))

    def settle(self, value: float) -> float:
        """Return the slider position next to `value`; the start when it is no number."""
        if not math.isfinite(value):
            value = self.start
        steps = round((min(max(value, self.low), self.high) - self.low) / self.step)
        return float(round(self.low + steps * self.step, self.digits))

    def text(self, value: float) -> str:
        """Return `value` with its unit."""
        return f"{value:.{self.digits}f} {self.unit}"


@dataclass(frozen=True, kw_only=True)
class Curve:
    """A line to draw: ``role`` is ``"yours"`` (the student's solver) or ``"theory"``."""

    name: str
    role: str
    x: np.ndarray
    y: np.ndarray
    points: bool = False


@dataclass(frozen=True, kw_only=True)
class Line:
    """A level to draw across the picture, or an upright line at a value of the horizontal axis."""

    label: str
    value: float
    dotted: bool = False
    upright: bool = False


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One picture: everything that is shown for one setting of the sliders.

    Attributes
    ----------
    curves : tuple of Curve
    x_range, y_range : (float, float)
        What the axes span.
    x_label, y_label : str
        With units.
    marks : array
        Times of spikes in ms, marked above `mark_base` (mV).
    lines : tuple of Line
    here : (float, float) or None
        The point where the sliders stand.
    readouts : tuple of (str, str)
        Label and text.
    message : str
        A sentence when something is wrong; empty otherwise.
    more : str
        How far it has come, when a better frame is on its way; empty otherwise.
    alt : str
        What the picture shows, in one sentence.
    seconds : float
        What the student's functions took.
    """

    curves: tuple[Curve, ...]
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    x_label: str
    y_label: str
    marks: np.ndarray
    mark_base: float = 0.0
    lines: tuple[Line, ...] = ()
    here: tuple[float, float] | None = None
    readouts: tuple[tuple[str, str], ...] = ()
    message: str = ""
    more: str = ""
    alt: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where to put some sliders, and what to look at there.

    Attributes
    ----------
    text : str
        One sentence.
    at : dict
        For each slider that matters, from where to where it may stand.

    Examples
    --------
    >>> place = Place(text="Set tau to 50 ms: what moves?", at={"tau": (50, 50)})
    >>> place.holds({"tau": 50.0, "g_m": 1.0}), place.holds({"tau": 49.0, "g_m": 1.0})
    (True, False)
    """

    text: str
    at: Mapping[str, tuple[float, float]]

    def holds(self, values: Mapping[str, float]) -> bool:
        """Whether the sliders stand here."""
        return all(low <= values[name] <= high for name, (low, high) in self.at.items())


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One explorer: its name, its sliders, and what turns their values into frames.

    Attributes
    ----------
    title : str
    sliders : tuple of Slider
    frames : function
        From values to one frame, or to several, each better than the one before.
    places : tuple of Place
        What to try.
    """

    title: str
    sliders: tuple[Slider, ...]
    frames: Callable[[Mapping[str, float]], Iterator[Frame]]
    places: tuple[Place, ...] = ()

    def compute(self, values: Mapping[str, float]) -> Frame:
        """Return the last and best frame."""
        *_, last = self.frames(values)
        return last

    def settle(self, values: Mapping[str, Any]) -> dict[str, float]:
        """Return a position for every slider, whatever `values` holds."""
        settled = {}
        for slider in self.sliders:
            value = values.get(slider.name, slider.start)
            number = isinstance(value, int | float | np.number)
            settled[slider.name] = slider.settle(float(value) if number else math.nan)
        return settled

    def setting(self, values: Mapping[str, float]) -> str:
        """Return the values in words, e.g. ``"I_ext = 25.0 nA, tau = 10 ms"``."""
        return ", ".join(f"{s.name} = {s.text(values[s.name])}" for s in self.sliders)


def around(low: float, high: float, *arrays: np.ndarray, step: float) -> tuple[float, float]:
    """Return a range that holds `low`, `high` and the arrays, its ends multiples of `step`.

    Rounding the ends keeps the axis still while a slider moves a little.

    Examples
    --------
    >>> around(-75.0, -45.0, np.array([-70.0, -31.0]), step=10)
    (-80.0, -30.0)
    """
    drawable = [array[np.abs(array) <= _LARGEST] for array in arrays]
    low = min([low, *(float(array.min()) for array in drawable if array.size)])
    high = max([high, *(float(array.max()) for array in drawable if array.size)])
    return float(math.floor(low / step) * step), float(math.ceil(high / step) * step)


#: Largest number that is drawn: far beyond any voltage, and the axis still gets its numbers (uPlot has no
#: steps beyond 5e15).
_LARGEST = 1e15


def pack(frame: Frame) -> dict[str, Any]:
    """Turn a frame into what goes to the browser: words as JSON, numbers as float32 bytes.

    Single precision is for drawing only: 1 in 10 million is finer than a pixel.  What is said in
    words was computed in double precision.
    """
    return {
        "curves": [
            {
                "name": curve.name,
                "role": curve.role,
                "points": curve.points,
                "x": _float32(curve.x),
                "y": _float32(curve.y),
            }
            for curve in frame.curves
        ],
        "marks": _float32(frame.marks),
        "mark_base": frame.mark_base,
        "lines": [
            {
                "label": line.label,
                "value": line.value,
                "dotted": line.dotted,
                "upright": line.upright,
            }
            for line in frame.lines
        ],
        "here": list(frame.here) if frame.here else None,
        "x_range": list(frame.x_range),
        "y_range": list(frame.y_range),
        "x_label": frame.x_label,
        "y_label": frame.y_label,
        "readouts": [list(pair) for pair in frame.readouts],
        "message": frame.message,
        "more": frame.more,
        "alt": frame.alt,
        "seconds": frame.seconds,
    }


def _float32(array: np.ndarray) -> bytes:
    """Return little-endian float32 bytes; what is beyond drawing becomes NaN, a gap."""
    drawable = np.where(np.abs(array) <= _LARGEST, array, np.nan)
    return drawable.astype("<f4").tobytes()

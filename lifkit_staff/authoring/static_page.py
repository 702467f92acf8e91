"""The static page: one explorer as a single HTML file that needs no server and no Python.

Traces are computed here, on a grid of slider positions; the file holds numbers and no solver.
"""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from lifkit.explorers import shared, spiking
from lifkit.explorers.frames import Frame, Slider, pack
from lifkit.explorers.snapshot import snapshot_html
from lifkit.explorers.widget import page_parts, setup_of

__all__ = ["GRID", "recording", "static_page", "write_static_page"]

#: The sliders of the page.  Odd currents stay away from the rheobase at 20 nA.
GRID = (
    replace(spiking.CURRENT, low=5, high=45, step=2, start=25),
    replace(shared.TAU, low=5, high=30, step=5, start=10),
)

#: Voltages are stored as 16-bit whole numbers of this many mV: far less than a pixel of the plot.
STEP = 0.01

#: Every second sample is stored: 1001 points on a plot of about 700 pixels.
THIN = 2

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>lifkit: a spiking neuron to play with</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ background: #fff; color: #1a1a1a; font: 16px/1.5 system-ui, sans-serif;
  margin: 2em auto; max-width: 900px; padding: 0 1em; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --jp-layout-color0: #111; --jp-layout-color2: #333; --jp-content-font-color1: #eee;
    --jp-border-color1: #666; --jp-border-color2: #444; --jp-brand-color1: #64b5f6; }}
  body {{ background: #111; color: #eee; }}
}}
{style}
</style>
</head>
<body>
<h1>How does a neuron answer a current?</h1>
<p>Move the sliders. Below 20 nA the membrane settles and the neuron stays silent; above, it charges
to the threshold, fires, is reset, and starts again. In the labs of lifkit students write the solver
behind this picture, and the same explorer then runs on their own function.</p>
{recording}
</body>
</html>
"""

#: What goes into a page, which brings a style and a headline of its own.
_RECORDING = """{still}
<div id="lifkit-explorer"></div>
<p>This is a recording: its traces were computed once, on a grid of slider positions.</p>
<script type="application/json" id="lifkit-frames">{frames}</script>
<script type="module">
{script}
</script>
"""


def static_page(lif_euler: Callable[..., Any]) -> str:
    """Return the page as text (see `recording`)."""
    return _PAGE.format(style=page_parts()[1], recording=recording(lif_euler))


def recording(lif_euler: Callable[..., Any]) -> str:
    """Return an explorer that needs no Python, as a part of a page; the style is that of `page_parts`.

    Parameters
    ----------
    lif_euler : function
        A right solver.

    Raises
    ------
    ValueError
        If the solver gives no picture somewhere on the grid, or a voltage beyond what is stored.
    """
    scene = replace(spiking.lif(lif_euler), sliders=GRID, places=())
    fixed = spiking.lif(lif_euler).settle({})
    positions = [_positions(slider) for slider in GRID]
    frames = []
    for place in itertools.product(*positions):
        values = fixed | dict(zip((s.name for s in GRID), place, strict=True))
        frames.append(_stored(scene.compute(values), values))
    start = scene.compute(fixed)
    curve = start.curves[0]
    base = {
        **pack(replace(start, curves=(), marks=np.empty(0))),
        "marks": [],
        "visited": [],
        "seconds": 0,
    }
    data = {
        "setup": setup_of(scene, "static-page"),
        "dt": THIN * float(curve.x[1] - curve.x[0]),
        "step": STEP,
        "base": base,
        "curve": {"name": "membrane potential", "role": "yours", "points": False},
        "frames": frames,
    }
    script, _ = page_parts()
    own = Path(__file__).with_name("static_page.js").read_text(encoding="utf-8")
    shown = replace(start, curves=(replace(curve, name="membrane potential"),))
    return _RECORDING.format(
        script=f"{script}\n{own}",
        still=snapshot_html(scene.title, scene.setting(fixed), shown, "static-page"),
        # "<" would let a text end the script element.
        frames=json.dumps(data, separators=(",", ":")).replace("<", "\\u003c"),
    )


def write_static_page(path: Path, lif_euler: Callable[..., Any]) -> None:
    """Write the page to a file.

    Parameters
    ----------
    path : Path
        The file.
    lif_euler : function
        A right solver; its traces on a grid of slider positions go into the file, it does not.
    """
    page = static_page(lif_euler)
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(page)


def _positions(slider: Slider) -> list[float]:
    steps = round((slider.high - slider.low) / slider.step)
    return [slider.low + k * slider.step for k in range(steps + 1)]


def _stored(frame: Frame, values: Mapping[str, float]) -> dict[str, Any]:
    """Return what differs from frame to frame, the trace as bytes."""
    if frame.message or not frame.curves:
        raise ValueError(f"no picture for the static page at {dict(values)}: {frame.message}")
    levels = np.round(frame.curves[0].y[::THIN] / STEP)
    if not (np.abs(levels) < 2**15).all():
        raise ValueError(f"a voltage at {dict(values)} is beyond what the static page stores.")
    return {
        "trace": base64.b64encode(levels.astype("<i2").tobytes()).decode(),
        "marks": [round(float(time), 3) for time in frame.marks],
        "readouts": [list(pair) for pair in frame.readouts],
        "alt": frame.alt,
    }

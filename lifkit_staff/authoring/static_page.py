"""The static page: one explorer as a single HTML file that needs no server and no Python."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from lifkit.explorers import spiking
from lifkit.explorers.widget import page_parts

from .recording import part, script

__all__ = ["GRID", "static_page", "write_static_page"]

#: The sliders of the page.  Odd currents stay away from the rheobase at 20 nA.
GRID = {"I_ext": (5.0, 45.0, 2.0), "tau": (5.0, 30.0, 5.0)}

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
<script type="module">
{script}
</script>
</body>
</html>
"""


def static_page(lif_euler: Callable[..., Any]) -> str:
    """Return the page as text.

    Parameters
    ----------
    lif_euler : function
        A right solver.

    Raises
    ------
    ValueError
        If the solver gives no picture somewhere on the grid.
    """
    recording = part(spiking.lif(lif_euler), GRID, "static-page")
    return _PAGE.format(style=page_parts()[1], recording=recording, script=script())


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

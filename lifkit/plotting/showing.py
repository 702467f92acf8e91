"""A figure becomes a picture in the notebook, with a text that says what can be seen."""

from __future__ import annotations

import base64
import html
import io
import sys

import matplotlib.pyplot as plt
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from PIL import Image

__all__ = ["as_html", "as_png", "show"]

#: Pixels a shown figure has for each pixel it takes on the page, for screens with small pixels.
SHARPNESS = 1.5

#: In JupyterLab's dark theme a white picture dazzles: light and dark change places, hues stay.  Where
#: nothing knows of a theme (a saved page, a print) the picture stays as it was drawn.
DARK = (
    '<style>[data-jp-theme-light="false"] img.lifkit-figure'
    "{filter:invert(0.93) hue-rotate(180deg)}</style>"
)

#: Inches around a shown figure that stay white, beside the little that a constrained layout leaves.
MARGIN = 0.06


def show(fig: Figure, alt: str) -> None:
    """Show a figure in the notebook with a text that says what can be seen in it, and close it.

    JupyterLab gives plain picture outputs no alternative text, so the picture goes in as HTML.
    Outside a notebook the text is printed.

    Parameters
    ----------
    fig : Figure
    alt : str
        One sentence with the finding; read out by screen readers.
    """
    page = as_html(fig, alt)
    text = f"[figure: {alt}]"
    if not in_notebook(page, text):
        print(text)


def in_notebook(page: str, text: str) -> bool:
    """Show some HTML, or the text where there is none; say whether there is a notebook to show it."""
    ipython = sys.modules.get("IPython")
    if ipython is None or ipython.get_ipython() is None:
        return False
    from IPython.display import display

    display({"text/plain": text, "text/html": page}, raw=True)
    return True


def as_html(fig: Figure, alt: str) -> str:
    """Return a figure as an HTML picture with its alternative text, and close it.

    The picture has the figure's own size.  Where no other layout was chosen a constrained one moves
    the axes so that all labels fit into it.

    Parameters
    ----------
    fig : Figure
    alt : str
        As for `show`.

    Returns
    -------
    str
    """
    if fig.get_layout_engine() is None:
        fig.set_layout_engine("constrained")
    engine = fig.get_layout_engine()
    if isinstance(engine, ConstrainedLayoutEngine):
        x, y = MARGIN / fig.get_size_inches()
        engine.set(rect=(x, y, 1 - 2 * x, 1 - 2 * y))
    for ax in fig.axes:
        for axis in (ax.xaxis, ax.yaxis):
            if not axis.get_label_text():
                axis.set_label_coords(0, 0)  # else a place is searched for the empty text, too
    picture = as_png(fig)
    plt.close(fig)
    # A PNG file keeps its width in bytes 16 to 19.
    width = round(int.from_bytes(picture[16:20], "big") / SHARPNESS)
    return (
        f'<img alt="{html.escape(alt, quote=True)}" width="{width}" '
        'class="lifkit-figure" style="max-width:100%;height:auto;background:white" '
        f'src="data:image/png;base64,{base64.b64encode(picture).decode()}">{DARK}'
    )


def as_png(fig: Figure) -> bytes:
    """Draw a figure, once and with `SHARPNESS` times its pixels, and return it as a PNG file."""
    # Straight to the canvas: savefig draws everything once more to see how much room it takes.
    canvas, dpi = FigureCanvasAgg(fig), fig.dpi
    fig.set(dpi=SHARPNESS * dpi, facecolor="white")
    canvas.draw()
    fig.set(dpi=dpi)
    pixels = canvas.buffer_rgba()
    height, width, _ = pixels.shape
    picture = Image.frombuffer("RGBA", (width, height), pixels).convert("RGB")
    # The shades of an image, or of what may be one, run into each other: they need all colours.
    if not any(ax.images or ax.collections for ax in fig.axes):
        picture = _few_colours(picture)
    buffer = io.BytesIO()
    picture.save(buffer, format="png", compress_level=3)
    return buffer.getvalue()


def _few_colours(picture: Image.Image) -> Image.Image:
    """Return a picture of lines and letters in 256 colours, which packs in a third of the time and room.

    Their own colours stay as they are, to 2 steps of 255; their soft edges get fewer shades.
    """
    reduced = picture.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    # The background is exactly what it was, or its edge would show on a white page.
    corner = (0, 0, 1, 1)
    palette, place = list(reduced.getpalette() or ()), reduced.crop(corner).tobytes()[0]
    palette[3 * place : 3 * place + 3] = picture.crop(corner).tobytes()
    reduced.putpalette(palette)
    return reduced

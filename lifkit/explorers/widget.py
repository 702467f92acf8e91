"""The live explorer: one small widget that is asked for frames and answers with them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from ..plotting import COLOURS, PALE_COLOURS
from .frames import Frame, Scene, pack
from .snapshot import RUN_AGAIN

__all__ = ["ExplorerWidget", "page_parts", "setup_of"]


def page_parts() -> tuple[str, str]:
    """Return the explorer's JavaScript module and its style, with uPlot's before ours."""
    here = Path(__file__).parent
    script = ("uplot/uPlot.iife.js", "plot.js", "controls.js", "explorer.js")
    style = ("uplot/uPlot.min.css", "explorer.css")
    return _joined(here, script), _joined(here, style)


def _joined(folder: Path, names: Iterable[str]) -> str:
    return "\n".join((folder / name).read_text(encoding="utf-8") for name in names)


def setup_of(scene: Scene, still: str) -> dict[str, Any]:
    """Return what the browser must know once: sliders, places to try and colours.

    Parameters
    ----------
    scene : Scene
    still : str
        Name of the picture that the live explorer takes the place of.
    """
    return {
        "title": scene.title,
        "still": still,
        "sliders": [
            {
                "name": slider.name,
                "label": slider.label,
                "unit": slider.unit,
                "low": slider.low,
                "high": slider.high,
                "step": slider.step,
                "start": slider.start,
                "digits": slider.digits,
            }
            for slider in scene.sliders
        ],
        "places": [place.text for place in scene.places],
        "colours": {
            "light": {"yours": COLOURS[0], "here": COLOURS[1]},
            "dark": {"yours": PALE_COLOURS[0], "here": PALE_COLOURS[1]},
        },
    }


class ExplorerWidget(anywidget.AnyWidget):
    """Answers each question of the browser, ``{view, number, values}``, with one frame or several.

    Parameters
    ----------
    scene : Scene
    frame : Frame
        What is shown at first.
    values : mapping
        Where the sliders stand then.
    still : str
        Name of the picture that it takes the place of.
    """

    _esm, _css = page_parts()
    setup = traitlets.Dict().tag(sync=True)
    frame = traitlets.Dict().tag(sync=True)

    def __init__(self, scene: Scene, frame: Frame, values: Mapping[str, float], still: str) -> None:
        self._scene = scene
        self._question: dict[str, Any] | None = None
        self._frames: Iterator[Frame] = iter(())
        self._visited: set[int] = set()
        self._run = _runner()
        first = {"view": "", "number": 0, "values": dict(values)}
        super().__init__(
            setup=setup_of(scene, still), frame={**pack(frame), **first, "visited": []}
        )
        self.on_msg(self._asked)
        if frame.more:
            self._asked(self, first, [])

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict, dict] | None:
        """Return the view, and for a saved notebook, below the picture, a line in its place."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is not None:
            bundle[0]["text/plain"] = RUN_AGAIN
        return bundle

    def _asked(self, widget: Any, content: Any, buffers: Any) -> None:
        """Note the newest question, and answer it as soon as the main thread is free."""
        self._question = content
        self._run(self._answer)

    def _answer(self) -> None:
        question, self._question = self._question, None
        if question is None:  # a newer question was answered in its place
            return
        values = self._scene.settle(question["values"])
        self._visited.update(i for i, p in enumerate(self._scene.places) if p.holds(values))
        asked = {"view": question["view"], "number": question["number"], "values": values}
        self._frames = self._scene.frames(values)
        self._show(self._frames, {**asked, "visited": sorted(self._visited)})

    def _show(self, frames: Iterator[Frame], asked: dict[str, Any]) -> None:
        """Show the next frame; the one after it when the notebook has had its turn."""
        if self._question is not None or frames is not self._frames:  # there is a newer question
            return
        try:
            frame = next(frames, None)
        except BaseException as error:
            # The browser waits for an answer, whatever happened here.
            stopped = isinstance(error, KeyboardInterrupt)
            said = "Interrupted." if stopped else f"lifkit failed here: {error!r}"
            self.frame = {**self.frame, **asked, "message": said, "more": ""}
            if stopped:
                return
            raise
        if frame is not None:
            self.frame = {**pack(frame), **asked}
            if frame.more:
                self._run(lambda: self._show(frames, asked))


def _runner() -> Callable[[Callable[[], None]], Any]:
    """Return what runs a function in the main thread, as soon as that is free.

    JupyterLab hands a widget's messages to a thread of their own (a subshell), where a loop that
    never ends could not be stopped and a student's function would run in the middle of a cell.
    """
    try:
        return asyncio.get_running_loop().call_soon_threadsafe
    except RuntimeError:  # outside a notebook
        return lambda function: function()

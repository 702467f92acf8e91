"""What a process does in its box to be a kernel; the rest of the warm process is in `zygote`.

Nothing here protects anything: it runs among the submission's code.
"""

from __future__ import annotations

import base64
import gc
import logging
import random
import signal
import sys
from collections.abc import Callable
from typing import Any

import matplotlib_inline.backend_inline
import numpy as np
from ipykernel.iostream import OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from ipykernel.zmqshell import ZMQInteractiveShell
from matplotlib.axis import Axis
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from traitlets import Type

from .. import explorers, plotting
from . import sandbox

__all__ = ["Kernel", "Shell", "Stream", "become_kernel", "draw_nothing"]


class Stream(OutStream):
    """Standard output, where flushing what is empty does not wait for another thread.

    ipykernel flushes both streams at the end of each cell: that was a third of the time that a short
    cell took.
    """

    def flush(self) -> None:
        """Send what was written and not yet sent."""
        if self._buffers:
            super().flush()


class Shell(ZMQInteractiveShell):
    """IPython's shell, which reads a cell once.

    ipykernel has it read for magic to see whether the cell awaits something, and again to run it.
    """

    _known: tuple[str, str] | None = None

    def transform_cell(self, raw_cell: str) -> str:
        """Return the cell as Python code."""
        known, self._known = self._known, None
        if known is not None and known[0] == raw_cell:
            return known[1]
        code = super().transform_cell(raw_cell)
        self._known = raw_cell, code
        return code


class Kernel(IPythonKernel):
    """IPython's kernel, which does not tell the one who asks what was asked."""

    shell_class = Type(Shell)

    def _publish_execute_input(self, *request: Any) -> None:
        """Say nothing."""


def become_kernel(request: dict[str, Any], ready: Callable[[], None]) -> None:
    """Turn into an IPython kernel; returns when the kernel is told to stop.

    Parameters
    ----------
    request : dict
        With ``"seed"`` and ``"figures"``.
    ready : callable
        Is called once, when it listens.
    """
    # Children of one process would all draw the same numbers.  The seed is the submission's own, so
    # that a notebook that draws without asking for a seed gives the same twice.
    random.seed(request["seed"])
    np.random.seed(request["seed"] % 2**32)  # noqa: NPY002 - the one that needs no asking
    gc.set_threshold(50_000, 20, 20)  # collecting less often makes figures and loops 5 % quicker
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # Side files can be imported, but only where nothing installed has the name.
    sys.path[:] = [path for path in sys.path if path] + [sandbox.WORK]
    app = IPKernelApp.instance(connection_file=f"{sandbox.RUN}/kernel.json", ignore_cwd=True)
    app.kernel_class = Kernel
    app.outstream_class = f"{__name__}.Stream"
    app.initialize(["--HistoryManager.hist_file=:memory:", "--Completer.use_jedi=False"])
    app.log.setLevel(logging.WARNING)  # nobody reads what is below, so it need not be put together
    app.kernel._execute_sleep = 0.0  # what is not flushed by now comes later, and is waited for
    # exit() and quit() in a cell: the kernel goes on, as its owner has been asked for answers.
    app.shell.ask_exit = lambda: None  # type: ignore[union-attr]
    matplotlib_inline.backend_inline._enable_matplotlib_integration()
    if not request["figures"]:
        draw_nothing()
    ready()
    app.start()


def draw_nothing() -> None:
    """Let figures be made, but neither laid out nor drawn: each is shown as one empty pixel.

    An explorer, which is nothing but a figure, does not compute what it would show.
    """
    pixel = base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNgGAWjYBSMAgAEEAABf8tJNwAAAABJRU5E"
        "rkJggg=="
    )

    def print_figure(self: Any, filename: Any, *args: Any, **options: Any) -> None:
        if hasattr(filename, "write"):
            filename.write(pixel)
        else:
            with open(filename, "wb") as file:
                file.write(pixel)

    FigureCanvasBase.print_figure = print_figure  # type: ignore[method-assign]
    FigureCanvasAgg.print_png = print_figure  # type: ignore[method-assign, assignment]
    plotting.as_png = lambda fig: pixel
    explorers.Explorer.__repr__ = lambda self: f"<Explorer: {self.scene.title}, not drawn>"  # type: ignore[method-assign]
    del explorers.Explorer._ipython_display_  # what is left to show is the text
    Figure.tight_layout = lambda self, **options: None  # type: ignore[method-assign]
    # Makes the marks on an axis, which are otherwise made when it is drawn.
    Axis.set_clip_path = lambda self, path, transform=None: None  # type: ignore[method-assign]
    # Makes them for nothing but their looks.
    Axis.set_tick_params = lambda self, *args, **options: None  # type: ignore[method-assign]

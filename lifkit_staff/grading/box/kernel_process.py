"""What a process does in its box to be a kernel; the rest of the fork server is in `forkserver`.

Nothing here protects anything: it runs among the submission's code.
"""

from __future__ import annotations

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
from traitlets import Type

from ..patches import draw_nothing, stay_open
from .mounts import RUN, WORK

__all__ = ["Kernel", "Shell", "Stream", "become_kernel"]


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

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._streams = {name: getattr(sys, name) for name in ("stdout", "stderr")}

    async def do_execute(self, *words: Any, **options: Any) -> Any:
        """Run a cell, and put back a stream that it leaves closed, or takes away.

        ipykernel flushes both before it says that a cell has ended, and would never say so.
        """
        try:
            return await super().do_execute(*words, **options)
        finally:
            for name, stream in self._streams.items():
                try:
                    getattr(sys, name).flush()
                except Exception:
                    setattr(sys, name, stream)

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
    sys.path[:] = [path for path in sys.path if path] + [WORK]
    app = IPKernelApp.instance(connection_file=f"{RUN}/kernel.json", ignore_cwd=True)
    app.kernel_class = Kernel
    app.outstream_class = f"{__name__}.Stream"
    app.initialize(["--HistoryManager.hist_file=:memory:", "--Completer.use_jedi=False"])
    app.log.setLevel(logging.WARNING)  # nobody reads what is below, so it need not be put together
    stay_open(app)
    matplotlib_inline.backend_inline._enable_matplotlib_integration()
    if not request["figures"]:
        draw_nothing()
    ready()
    app.start()

"""The fork server: it has imported what notebooks import, and its children become kernels.

Started as ``python -m lifkit_staff.grading.box.forkserver FD``; FD is a socket over which requests
come: one JSON text, with the box's pidfd and the end of a pipe for news.  The grader's workers share
it.  It has one thread, holds no secret, opens no file of a course, and reads nothing that a
submission made.  It ends when the last of the grader's ends of the socket does.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import socket
import sys
import traceback
from pathlib import Path
from typing import Any

from .. import patches
from ..limits import Limits
from . import lock, mounts
from .cgroup import Group
from .probe import probe

__all__ = ["main", "open_files", "preload"]


#: What the course's notebooks import; the rest of the environment is there too, only slower.
PRELOAD = (
    "numpy numpy.random scipy.special scipy.integrate matplotlib matplotlib.pyplot "
    "matplotlib.backends.backend_agg matplotlib_inline.backend_inline seaborn ipywidgets anywidget "
    "IPython IPython.core.completer IPython.core.magics jedi ipykernel.kernelapp ipykernel.ipkernel "
    "ipykernel.zmqshell ipykernel.displayhook ipykernel.iostream ipykernel.heartbeat "
    "ipykernel.control lifkit.checks lifkit.plotting lifkit.explorers lifkit.judge.respond "
    "concurrent.futures.thread IPython.core.completerlib IPython.core.debugger IPython.core.oinspect "
    "IPython.extensions.storemagic sqlite3 tornado.platform.asyncio tornado.queues "
    "lifkit.explorers.snapshot lifkit.stimuli lifkit_staff.grading.box.kernel_process"
).split()


def main(descriptor: int) -> None:
    """Serve requests until the grader hangs up."""
    channel = socket.socket(fileno=descriptor)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the grader's business
    gc.disable()  # what is imported stays: nothing to collect
    preload()
    gc.enable()
    barrier = lock.syscall_filter()
    gc.collect()
    # A child closes what it inherits; whatever still believed it open would later close another file.
    if left := open_files() - {0, 1, 2, descriptor}:
        raise SystemExit(f"The fork server has files open: {sorted(left)}")
    gc.freeze()  # so that the children's collector leaves shared pages shared
    while True:
        text, descriptors, _, _ = socket.recv_fds(channel, 65536, 2)
        if not text:
            return
        pidfd, news = descriptors
        if os.fork() == 0:
            channel.close()
            _go_in(json.loads(text), pidfd, news, barrier)
        os.close(pidfd)
        os.close(news)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def open_files() -> set[int]:
    """Return the numbers of this process's open files."""
    found = {int(name) for name in os.listdir("/proc/self/fd")}
    return {number for number in found if os.path.exists(f"/proc/self/fd/{number}")}


def preload() -> None:
    """Import what notebooks import, read the keys and draw a figure, so that no kernel has to.

    A package that is not there is not missed.
    """
    patches.without_debugger()
    for name in PRELOAD:
        with contextlib.suppress(ImportError):
            __import__(name)
    from lifkit.judge import key_editions, key_names, load_key

    for lab in {load_key(name).exercise.lab for name in key_names()}:
        key_editions(lab)
    _draw_once()


def _draw_once() -> None:
    """Draw what labs draw, on a figure that nobody sees: fonts and formulas are then at hand."""
    import matplotlib as mpl
    import numpy as np
    from matplotlib import font_manager, mathtext
    from matplotlib import pyplot as plt

    from lifkit import plotting

    t, V = np.arange(3.0), np.array([[-70.0, -60.0], [-60.0, -75.0], [-75.0, -65.0]])
    with mpl.rc_context():
        plotting.use_theme()
        fig = plotting.plot_voltage_grid(
            t, V, [t[:1], t[:0]], [r"$\tau$ = 1 ms", r"$I_{ext}$ = 2 nA"], rows=1, V_theta=-50.0
        )
        plotting.plot_fi_curve(fig.axes[0], t, t, label="0123456789")
        fig.axes[0].legend()
        plotting.as_html(fig, "")
        plt.close("all")
    # Fonts are open files, which a child neither inherits nor may share: each opens its own.
    font_manager._get_font.cache_clear()  # type: ignore[attr-defined]
    mathtext.MathTextParser._parse_cached.cache_clear()  # type: ignore[attr-defined]


def _go_in(request: dict[str, Any], pidfd: int, news: int, barrier: Any) -> None:
    """Walk into the box, become a kernel there, and tell what became of it; never returns."""
    status = 1
    try:
        if request["group"]:
            Group(Path(request["group"])).enter()
        lock.enter(pidfd, request["owner"])
        os.close(pidfd)
        inside = os.fork()
        if inside == 0:
            _live(request, news, barrier)
        # This process stays behind, outside the process namespace, to see how its child ends.
        os.write(news, f"pid {inside}\n".encode())
        _, status = os.waitpid(inside, 0)
    except BaseException:
        _say(news, "failed " + traceback.format_exc(limit=3).replace("\n", " | "))
    _say(news, f"exit {status}")
    os._exit(0)


def _say(news: int, text: str) -> None:
    with contextlib.suppress(OSError):  # nobody listens any more
        os.write(news, text.encode()[:4000] + b"\n")


def _ready() -> None:
    """Tell the grader's process that the kernel listens, and let go of the last way out."""
    _say(3, "ready")
    os.close(3)


def _live(request: dict[str, Any], news: int, barrier: Any) -> None:
    """Run a kernel (or the probe) in the box; never returns."""
    try:
        os.setsid()
        null = os.open("/dev/null", os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(null, standard)
        os.dup2(news, 3)  # the only thing from outside that is left open
        os.closerange(4, 1024)
        os.environ.clear()
        os.environ.update(mounts.environment(inside=True))
        os.chdir(mounts.WORK)
        lock.lock_in(Limits(**request["limits"]), barrier, request["owner"])
        if request["kind"] == "probe":
            _say(3, "probe " + json.dumps(probe(request["secrets"])))
            os._exit(0)
        from . import kernel_process

        kernel_process.become_kernel(request, _ready)
    except BaseException:
        _say(3, "failed " + traceback.format_exc(limit=-3).replace("\n", " | "))
    os._exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]))

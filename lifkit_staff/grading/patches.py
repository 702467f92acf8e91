"""Every change that grading makes to somebody else's library, with its reason.

Each is made where it is needed, by calling its function here; none is made by importing this module.
What is changed by subclassing a library's own classes stands with the class.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import sys
from collections.abc import Iterator
from typing import Any

__all__ = [
    "draw_nothing",
    "one_commit",
    "one_database_engine",
    "stay_open",
    "without_address_grammars",
    "without_debugger",
]


def without_address_grammars() -> None:
    """Keep jsonschema, which comes with nbformat, from building grammars for internet addresses.

    That takes a second and more; no notebook has any.  Told that the package is not there, it goes
    without.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


def without_debugger() -> None:
    """Keep ipykernel from loading its debugger: 70 ms a kernel, and never used."""
    sys.modules["debugpy"] = None  # type: ignore[assignment]


def stay_open(app: Any) -> None:
    """Have a kernel outlive ``exit()`` in a cell, and not wait for what nobody sees.

    Parameters
    ----------
    app : IPKernelApp
        ipykernel's application, initialised.
    """
    app.kernel._execute_sleep = 0.0  # what is not flushed by now comes later, and is waited for
    # exit() and quit() in a cell: the kernel goes on, as its owner has been asked for answers.
    app.shell.ask_exit = lambda: None


@contextlib.contextmanager
def one_database_engine() -> Iterator[None]:
    """Have all of nbgrader's gradebooks share SQLAlchemy's engine, and what it has compiled.

    nbgrader opens the gradebook anew for every step of every submission, each time with an engine that
    has to compile every query once more, and looks whether all tables are there: a third of the time
    that a submission takes here.
    """
    import nbgrader.api

    tables = nbgrader.api.Base.metadata
    usual, create_all = nbgrader.api.create_engine, tables.create_all
    nbgrader.api.create_engine = functools.cache(usual)
    tables.create_all = functools.cache(create_all)
    try:
        yield
    finally:
        nbgrader.api.create_engine, tables.create_all = usual, create_all


@contextlib.contextmanager
def one_commit(database: Any) -> Iterator[None]:
    """Commit once at the end: SaveAutoGrades commits every score, and each waits for the disk.

    Parameters
    ----------
    database : sqlalchemy.orm.Session
        A gradebook's, which is closed soon after.
    """
    commit, database.commit = database.commit, database.flush
    yield
    commit()


def draw_nothing() -> None:
    """Let figures be made, but neither laid out nor drawn: each is shown as one empty pixel.

    An explorer, which is nothing but a figure, does not compute what it would show.
    """
    from matplotlib.axis import Axis
    from matplotlib.backend_bases import FigureCanvasBase
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from lifkit import explorers
    from lifkit.plotting import showing

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
    FigureCanvasBase.draw_idle = lambda self, *args, **options: None  # type: ignore[method-assign]
    showing.as_png = lambda fig: pixel
    explorers.Explorer.__repr__ = lambda self: f"<Explorer: {self.scene.title}, not drawn>"  # type: ignore[method-assign]
    del explorers.Explorer._ipython_display_  # what is left to show is the text
    Figure.tight_layout = lambda self, **options: None  # type: ignore[method-assign]
    # Makes the marks on an axis, which are otherwise made when it is drawn.
    Axis.set_clip_path = lambda self, path, transform=None: None  # type: ignore[method-assign]
    # Makes them for nothing but their looks.
    Axis.set_tick_params = lambda self, *args, **options: None  # type: ignore[method-assign]

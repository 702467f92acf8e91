"""Build the whole site: pages first, then the labs in a browser below them."""

from __future__ import annotations

import shutil
from pathlib import Path

from ..authoring import BuildError
from .lite import CDN, edition_of, write_lite

__all__ = ["build_site"]

#: Tells a folder that was built here, and may be replaced, from any other.
_MARK = ".lifkit-site"


def build_site(root: Path, folder: Path, *, python: Path, pyodide: str = CDN) -> Path:
    """Write the site.

    Parameters
    ----------
    root : Path
        The course root.
    folder : Path
        Where it goes; a site that lies there is replaced.
    python : Path
        The Python with Sphinx and JupyterLite, without nbgrader.
    pyodide : str
        As for `write_lite`.

    Returns
    -------
    Path
        The first page.
    """
    if not python.exists():
        raise BuildError(f"{python} is not there: make site builds the environment, then the site.")
    if folder.exists():
        if any(folder.iterdir()) and not (folder / _MARK).exists():
            raise BuildError(f"{folder} holds something else than a site: name another folder.")
        shutil.rmtree(folder)
    labs = f"labs/{edition_of(root)}"
    folder.mkdir(parents=True)
    (folder / _MARK).touch()
    (folder / ".nojekyll").touch()  # GitHub Pages would leave out what begins with an underscore
    write_lite(root, folder / labs, python=python, pyodide=pyodide)
    return folder / "index.html"

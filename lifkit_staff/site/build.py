"""Build the whole site: pages first, then the labs in a browser below them."""

from __future__ import annotations

import html
import re
import shutil
import sys
import tempfile
from pathlib import Path

from lifkit.explorers import spiking
from lifkit.explorers.widget import page_parts

from ..authoring import BuildError
from ..authoring.leaks import leaks
from ..authoring.recording import part
from ..authoring.static_page import GRID
from ..references import load_references
from .lite import CDN, edition_of, run, write_lite
from .pages import lab_pages
from .recordings import write_recordings

__all__ = ["build_site"]

#: Tells a folder that was built here, and may be replaced, from any other.
_MARK = ".lifkit-site"

#: Who of the sample class forgot to divide by tau, and did not get far.
_SAMPLE = "chioma"


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
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        _say("1 of 4: the labs are run for their pages")
        _write_sources(root, work / "pages", labs)
        _say("2 of 4: a sample class is graded")
        sample_feedback(root, work / "course", work / "pages" / "_static" / "feedback.html")
        command = [
            str(python),
            "-m",
            "sphinx",
            "-q",
            "-W",
            "--keep-going",
            "-d",
            str(work / "kept"),
        ]
        _say("3 of 4: the pages are written")
        # MyST-NB leaves a folder of its own beside what is built.
        run([*command, str(work / "pages"), str(work / "built")], "The pages could not be built")
        shutil.copytree(work / "built", folder, dirs_exist_ok=True)
    _say("4 of 4: the labs in a browser are put together")
    write_lite(root, folder / labs, python=python, pyodide=pyodide)
    return folder / "index.html"


def _say(step: str) -> None:
    print(step, file=sys.stderr, flush=True)


def _write_sources(root: Path, pages: Path, labs: str) -> None:
    """Write what Sphinx reads: the folder ``site/``, filled in, and a page for each lab."""
    shutil.copytree(root / "site", pages)
    lab_pages(root, pages, labs)
    names = sorted(path.stem for path in pages.glob("lab*.ipynb"))
    fill = {
        "LABS_TABLE": _table(root),
        "LABS/": f"{labs}/",
        "N_LABS": str(len(names)),
        "TOC": "\n".join(names),
    }
    for page in pages.glob("*.md"):
        text = page.read_text(encoding="utf-8")
        for name, value in fill.items():
            text = text.replace(name, value)
        page.write_text(text, encoding="utf-8")
    write_recordings(root, pages / "_static")
    (pages / "_static" / "explorer.css").write_text(page_parts()[1], encoding="utf-8")
    neuron = spiking.lif(load_references(root)["lif_euler"].solve)
    explorer = part(neuron, GRID, "first-page")
    (pages / "explorer.html").write_text(explorer, encoding="utf-8")


def _table(root: Path) -> str:
    """Return the README's table of labs, each title a link to its page."""
    text = (root / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| .*\n", text.partition("\n## The labs\n")[2].partition("\n## ")[0], re.M)
    lines = [re.sub(r"^\| (\d+) (.*?) \|", r"| [\1 \2](lab\1) |", row) for row in rows]
    return f"{lines[0]}|---|---|---|---|\n{''.join(lines[1:])}"


def sample_feedback(root: Path, course: Path, page: Path) -> None:
    """Grade the sample class and keep one student's feedback page, without what the student wrote."""
    command = [sys.executable, "-m", "solutions.demo", str(course)]
    run(command, "The sample class could not be graded", root)
    whole = (course / "feedback" / _SAMPLE / "lab2" / "lab2.html").read_text(encoding="utf-8")
    shown = without_code(whole)
    told = html.unescape(re.sub(r"<[^>]+>", "", shown))
    if found := leaks(root / "solutions" / "labs" / "lab2" / "lab2.ipynb", told):
        raise BuildError(f"The sample feedback page holds lines of a solution: {found}")
    page.write_text(shown, encoding="utf-8")


def without_code(page: str) -> str:
    """Return a feedback page without the student's code, which may be right, and the notebook below."""
    page = re.sub(r'<details class="whole">.*</details>', "", page, flags=re.DOTALL)
    stand_in = "<p><em>Here stands what the student wrote.</em></p>"
    return re.sub(r'<div class=" ?highlight.*?</pre>\s*</div>', stand_in, page, flags=re.DOTALL)

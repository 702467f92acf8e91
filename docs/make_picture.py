"""Draw the README's picture: the figure of Lab 2's sweep, as the instructor's notebook makes it.

Run it from the course's folder with ``python docs/make_picture.py`` when that figure changes.
"""

import base64
import re
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
CELL = "sweep"


def main() -> None:
    """Run the notebook and keep the cell's picture as it is."""
    notebook = nbformat.read(ROOT / "solutions" / "labs" / "lab2" / "lab2.ipynb", as_version=4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(ROOT)}}).execute()
    (cell,) = [cell for cell in notebook.cells if cell.id == CELL]
    pages = [output.data.get("text/html", "") for output in cell.outputs if "data" in output]
    (data,) = re.findall(r"data:image/png;base64,([^\"]+)", "".join(pages))
    (ROOT / "docs" / "lab2.png").write_bytes(base64.b64decode(data))


if __name__ == "__main__":
    main()

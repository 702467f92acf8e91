"""What lies in the repository is whole: links lead somewhere, notebooks are stored clean."""

import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
SOURCE = ROOT / "solutions" / "labs"
RELEASE = ROOT / "notebooks"


def notebooks(*folders):
    """List every notebook below the folders, by looking, not by a pattern of names."""
    return [
        path
        for folder in folders or (SOURCE, RELEASE)
        for path in sorted(folder.rglob("*.ipynb"))
        if ".ipynb_checkpoints" not in path.parts
    ]


def relative(path):
    return path.relative_to(ROOT).as_posix()


def read_notebook(path):
    return json.loads(path.read_text(encoding="utf-8"))


def source_of(cell):
    return "".join(cell["source"])


# --- Links --------------------------------------------------------------------------------------

FENCE = re.compile(r"^ {0,3}(```|~~~).*?^ {0,3}\1[`~]*\s*$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
LINKS = (
    re.compile(r"\]\(\s*<([^>]*)>"),  # [text](<a file.md>)
    re.compile(r"\]\(\s*([^\s()<>]+(?:\([^\s()]*\)[^\s()]*)?)"),  # [text](file.md "title")
    re.compile(r"^ {0,3}\[[^\]^]+\]:\s*<?([^\s>]+)", re.MULTILINE),  # [label]: file.md
    re.compile(r"<(?:a|img|source)\b[^>]*?\b(?:href|src)\s*=\s*[\"']([^\"']+)", re.IGNORECASE),
)
HEADING = re.compile(r"^ {0,3}#{1,6}\s+(.+?)\s*#*\s*$", re.MULTILINE)
NAMED = re.compile(r"<[a-z][^>]*?\b(?:id|name)\s*=\s*[\"']([^\"']+)", re.IGNORECASE)


def links_in(markdown):
    """Return the targets of a text's links, code left out."""
    prose = CODE.sub("", FENCE.sub("", markdown))
    return [target for pattern in LINKS for target in pattern.findall(prose)]


def plain(heading):
    """Return a heading as it reads on the page, without marks and links."""
    heading = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    return re.sub(r"[*`]|<[^>]+>", "", heading)


def anchors_in(markdown, style):
    """Return the anchors that a page offers, in the spelling of GitHub or of Jupyter."""
    prose = FENCE.sub("", markdown)
    found = set(NAMED.findall(prose))
    for heading in map(plain, HEADING.findall(prose)):
        if style == "jupyter":
            found.add(heading.replace(" ", "-"))
            continue
        slug = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        twins = sum(1 for name in found if re.fullmatch(re.escape(slug) + r"(-\d+)?", name))
        found.add(f"{slug}-{twins}" if twins else slug)
    return found


def page_of(path):
    """Return a file's Markdown and the style of its anchors."""
    if path.suffix != ".ipynb":
        return path.read_text(encoding="utf-8"), "github"
    cells = [cell for cell in read_notebook(path)["cells"] if cell["cell_type"] == "markdown"]
    return "\n\n".join(map(source_of, cells)), "jupyter"


def broken_links(path, within=ROOT):
    """Say which links of a page lead nowhere, or out of the folder that its reader has."""
    text, style = page_of(path)
    return [
        f"{target}: {why}"
        for target in links_in(text)
        if (why := why_broken(target, path, text, style, within))
    ]


def why_broken(target, path, text, style, within):
    """Return what is wrong with one link, or None.  The network is never asked."""
    if re.match(r"[a-z][a-z0-9+.-]*:|//", target, re.IGNORECASE):
        return None
    file, _, anchor = unquote(target).partition("#")
    if file:
        place = (path.parent / file).resolve()
        if not place.exists():
            return "no such file"
        if not place.is_relative_to(within):
            return f"leads out of {within.name}/"
        if place.suffix not in (".md", ".ipynb"):
            return None
        text, style = page_of(place)
    if anchor and anchor not in anchors_in(text, style):
        return "no such heading"
    return None


@pytest.mark.parametrize("name", PAGES)
def test_links_of_a_page_resolve(name):
    if not (ROOT / name).exists():
        pytest.skip(f"{name} is not there yet")
    assert broken_links(ROOT / name) == []


@pytest.mark.parametrize("path", notebooks(), ids=relative)
def test_links_of_a_notebook_resolve_wherever_the_labs_are_copied(path):
    labs = SOURCE if path.is_relative_to(SOURCE) else RELEASE
    assert broken_links(path, within=labs) == []


@pytest.mark.parametrize("path", notebooks(), ids=relative)
def test_attachments_of_a_notebook_are_in_the_cell_that_shows_them(path):
    for cell in read_notebook(path)["cells"]:
        if cell["cell_type"] == "markdown":
            shown = re.findall(r"attachment:([^\s)\"']+)", source_of(cell))
            assert set(map(unquote, shown)) == set(cell.get("attachments", {}))


@pytest.mark.parametrize(
    ("link", "whole"),
    [
        ("[here](page.md)", True),
        ("[here](page.md#two-words-1)", True),
        ("[here](#top-level)", True),
        ("[web](https://example.org/nowhere)", True),
        ("`[code](nowhere.md)`", True),
        ("```\n[code](nowhere.md)\n```", True),
        ("[here](nowhere.md)", False),
        ("[here](page.md#nowhere)", False),
        ("[here](#nowhere)", False),
        ("![alt text](nowhere.png 'title')", False),
        ("<img alt='a' src='nowhere.png'>", False),
        ("[label]: nowhere.md", False),
        ("[here](<no where.md>)", False),
        ("[out](../outside.md)", False),
    ],
)
def test_broken_links_are_seen(tmp_path, link, whole):
    (tmp_path / "outside.md").write_text("outside\n")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "page.md").write_text("# Two *words*\n\n## Two words!\n")
    page = folder / "start.md"
    page.write_text(f"# Top level\n\n{link}\n")
    assert (broken_links(page, within=folder) == []) is whole


# --- Notebooks ----------------------------------------------------------------------------------

CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
# Metadata that says when, where or how a notebook was last run or looked at.
TRACES_OF_A_RUN = {"execution", "ExecuteTime", "collapsed", "scrolled", "vscode", "pycharm"}


def stored_dirt(notebook):
    """Say what in a notebook comes from running it, and which cells cannot be told apart."""
    said = []
    cells = notebook["cells"]
    for number, cell in enumerate(cells):
        if cell.get("outputs"):
            said.append(f"cell {number} has outputs")
        if cell.get("execution_count") is not None:
            said.append(f"cell {number} has an execution count")
        if traces := TRACES_OF_A_RUN & set(cell["metadata"]):
            said.append(f"cell {number} has metadata {sorted(traces)}")
        if not CELL_ID.fullmatch(cell.get("id", "")):
            said.append(f"cell {number} has no id")
    ids = [cell.get("id") for cell in cells]
    twins = sorted({name for name in ids if name and ids.count(name) > 1})
    said += [f"cell id {name!r} stands {ids.count(name)} times" for name in twins]
    if "widgets" in notebook["metadata"]:
        said.append("the notebook has widgets' state")
    if (notebook["nbformat"], notebook["nbformat_minor"]) < (4, 5):
        said.append("the format is older than 4.5, which has no cell ids")
    return said


@pytest.mark.parametrize("path", notebooks(), ids=relative)
def test_a_notebook_is_stored_as_if_never_run(path):
    assert stored_dirt(read_notebook(path)) == []


@pytest.mark.parametrize("path", notebooks(RELEASE), ids=relative)
def test_cells_keep_their_ids_from_source_to_release(path):
    source = SOURCE / path.relative_to(RELEASE)
    released = [cell["id"] for cell in read_notebook(path)["cells"]]
    wanted = [cell["id"] for cell in read_notebook(source)["cells"]]
    assert [name for name in released if name in set(wanted)] == wanted


def labs():
    return sorted(path for path in SOURCE.glob("*") if path.is_dir())


@pytest.mark.parametrize("lab", labs(), ids=relative)
def test_a_labs_folder_holds_its_notebook_and_nothing_that_would_be_released(lab):
    ours = [path.name for path in lab.iterdir() if path.name != ".ipynb_checkpoints"]
    assert ours == [f"{lab.name}.ipynb"]


def clean_notebook():
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [
            {"cell_type": "markdown", "id": "title", "metadata": {}, "source": ["# Title"]},
            {
                "cell_type": "code",
                "id": "setup",
                "metadata": {"tags": ["x"]},
                "source": "1 + 1",
                "outputs": [],
                "execution_count": None,
            },
        ],
    }


def test_a_clean_notebook_is_seen_as_clean():
    assert stored_dirt(clean_notebook()) == []


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("outputs", [{"output_type": "stream"}], "outputs"),
        ("execution_count", 3, "execution count"),
        ("metadata", {"execution": {}}, "metadata"),
        ("id", "title", "stands 2 times"),
        ("id", "", "no id"),
    ],
)
def test_each_kind_of_dirt_is_seen(field, value, said):
    notebook = clean_notebook()
    notebook["cells"][1][field] = value
    assert any(said in line for line in stored_dirt(notebook))

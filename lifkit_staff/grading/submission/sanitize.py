"""Make what a submission shows safe to store, and to look at in an instructor's browser.

Pages of the formgrader, and feedback pages, show outputs and texts as HTML, in a window that may
change grades.  So scripts, frames, forms and addresses are taken out before anything is written.
"""

from __future__ import annotations

import base64
import functools
import html
import re
import secrets
import time
from collections.abc import Mapping
from typing import Any

from lifkit.judge.values import storable

from ..bounded import TooMuch, bounded, spent
from ..limits import (
    CLEAN_SECONDS,
    FEW_ATTRIBUTES,
    FEW_LETTERS,
    FEW_SECONDS,
    FEW_TAGS,
    FEW_TOGETHER,
    PAGES,
    TAGS_DEEP,
    TAGS_IN_ALL,
)

__all__ = ["Cleaner", "clean_markdown", "clean_name", "clean_page", "clean_text"]

#: What tables, pictures and formatted text are made of; what is not named here is left out.
TAGS = frozenset(
    "a abbr b blockquote br caption code col colgroup dd del details div dl dt em figcaption figure "
    "h1 h2 h3 h4 h5 h6 hr i img ins kbd li ol p pre s samp small span strong sub summary sup table "
    "tbody td tfoot th thead tr tt u ul var".split()
)
_ATTRIBUTES = frozenset("align alt class colspan rowspan scope title".split())

#: Styles that change letters, boxes and tables, and can't cover the rest of the page.
STYLES = frozenset(
    "background background-color border border-bottom border-collapse border-left border-radius "
    "border-right border-spacing border-top color font-family font-size font-style font-weight height "
    "line-height margin margin-bottom margin-left margin-right margin-top max-width padding "
    "padding-bottom padding-left padding-right padding-top text-align text-decoration vertical-align "
    "white-space width".split()
)

#: Classes that stay: a page's own could be used to cover it, or to look like a verdict.
CLASSES = frozenset({"dataframe"})

#: What a style may say, and nothing else: words, colours, and lengths that stay on a page.  No address is
#: fetched.  A line is at least as high as its letters, which would else reach over what stands above.
_WORD = r"-?[a-z][a-z-]*|'[\w ,.-]*'|\"[\w ,.-]*\"|#[0-9a-f]{3,8}|(?:rgb|hsl)a?\([0-9., %]*\)"
_LENGTH = (
    r"\+?(?:[0-9]{1,%d}(?:\.[0-9]+)?|\.[0-9]+)(?:px|pt|em|rem|ex|ch|cm|mm|in|vw|vh|vmin|vmax|%%)?"
)
_SHORT, _WIDE = (
    re.compile(rf"(?:{one})(?:[ \n\t,]+(?:{one}))*")
    for one in (f"{_WORD}|{_LENGTH % digits}" for digits in (3, 4))
)
_VALUES = {
    "width": _WIDE,
    "max-width": _WIDE,
    "line-height": re.compile(r"normal|inherit|[1-9](?:\.[0-9]+)?"),
}

#: Kinds of pictures, which a page shows as pictures whatever they hold.
_PICTURES = ("image/png", "image/jpeg", "image/gif")
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|svg\+xml);base64,[A-Za-z0-9+/=\s]*")

#: What is no plain tag: a plain one has a few attributes, with their values in quotes or of one word.
_ATTRIBUTE = r"""\s+[a-z][\w:-]*(?:=(?:"[^"<]*"|'[^'<]*'|[\w%#.,-]+))?"""
_ODD_TAG = re.compile(
    rf"<(?=[a-z/!?])(?!/?[a-z][a-z0-9]*(?:{_ATTRIBUTE}){{0,{FEW_ATTRIBUTES}}}\s*/?>)", re.I | re.A
)


def clean_text(text: Any) -> str:
    """Return a text that can be written to a file; what is no text gives none."""
    return storable(text) if isinstance(text, str) else ""


def clean_name(name: str) -> str:
    r"""Return a name on one line, without signs that a terminal would act on.

    Examples
    --------
    >>> clean_name("lab1\x1b[2J\n(2).ipynb")
    'lab1 [2J (2).ipynb'
    """
    return "".join(sign if sign.isprintable() else " " for sign in clean_text(name))


def clean_markdown(source: str) -> str:
    """Return Markdown in which nothing is a tag and every link leads to the web, or is text.

    A sign of no width goes where a tag or another link would begin, so that all can still be read.

    Examples
    --------
    >>> clean_markdown(
    ...     "if V[k] < V_theta & dt > 0: **silent** [why](https://www.nest-simulator.org)"
    ... )
    'if V[k] < V_theta & dt > 0: **silent** [why](https://www.nest-simulator.org)'
    >>> clean_markdown("<script>alert(1)</script> [x](javascript:alert(1))").count(GAP)
    3
    """
    source = _TAG.sub(f"<{GAP}", clean_text(source))
    source = _IMAGE.sub(f"!{GAP}", source)  # a page would fetch it by itself
    source = _LINK.sub(f"]{GAP}(", source)
    return _DEFINITION.sub(f"]{GAP}:", source)


#: A zero-width space.
GAP = "\u200b"

# What Markdown, and a browser, takes for the beginning of a tag; of a link, and of a link's target
# given elsewhere, unless to the web.
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_LINK = re.compile(r"\]\((?!https?://|mailto:|#)", re.I)
_IMAGE = re.compile(r"!(?=\[)")
_DEFINITION = re.compile(r"\]:(?!\s*https?://|\s*mailto:)", re.I)

_EMPTY = frozenset("br col hr img input link meta source wbr".split())


#: Stands in for pictures while a page is cleaned; the same in one process, so that equal pages stay equal.
_STAND_IN = secrets.token_hex(16)

#: Pages that are remembered with what became of them, since a class shows much the same: 8 MB as a rule.
REMEMBERED = 200


class Cleaner:
    """Cleans the outputs of one notebook, as far as there is not too much of them."""

    def __init__(self) -> None:
        self._left = PAGES
        self._seconds = FEW_SECONDS
        self._helped = CLEAN_SECONDS

    def data(self, data: Mapping[str, Any]) -> dict[str, str]:
        """Return the pieces of an output that a page may show.

        Parameters
        ----------
        data : mapping of str to object
            By media type, as a kernel sent them.

        Returns
        -------
        dict of str to str
        """
        texts = {kind: clean_text(text) for kind, text in data.items() if isinstance(text, str)}
        kept: dict[str, str] = {}
        if "text/plain" in texts:
            kept["text/plain"] = texts["text/plain"]
        for kind in _PICTURES:
            if re.fullmatch(r"[A-Za-z0-9+/=\s]*", texts.get(kind, "!")):
                kept[kind] = texts[kind]
        if "image/svg+xml" in texts and not kept.keys() & set(_PICTURES):
            # As a picture it is only looked at; put into the page as it is, its scripts would run.
            coded = base64.b64encode(texts["image/svg+xml"].encode()).decode()
            kept["text/html"] = f'<img alt="" src="data:image/svg+xml;base64,{coded}">'
        if "text/html" in texts:
            kept["text/html"] = self._html(texts["text/html"])
        for kind in ("text/markdown", "text/latex"):
            if kind in texts:
                kept[kind] = clean_markdown(texts[kind])
        return kept

    def _html(self, page: str) -> str:
        # What stands in them is not meant to be read.
        page = re.sub(r"<(style|script)\b.*?(?:</\1\s*>|\Z)", "", page, flags=re.I | re.S)
        # A figure's data would take bleach 30 ms: a word that nobody can guess stands in for it.
        pictures: dict[str, str] = {}

        def put_aside(found: re.Match[str]) -> str:
            word = f"data:image/png;base64,{_STAND_IN}{len(pictures)}"
            pictures[word] = found[2]
            return f"src={found[1]}{word}{found[1]}"

        def put_back(found: re.Match[str]) -> str:
            return f"src={found[1]}{pictures.pop(found[2], '')}{found[1]}"  # once

        page = re.sub(rf"""src=(["'])({_PICTURE.pattern})\1""", put_aside, page)
        self._left -= len(page)
        if self._left < 0 or _tangled(page):
            said = "with those before it, it is too much, or it is nested too deeply"
            return f"<p>[This output is not shown: {said}.]</p>"
        word = rf"data:image/png;base64,{_STAND_IN}\d+"
        return re.sub(rf"""src=(["'])({word})\1""", put_back, self._cleaned(page))

    def _cleaned(self, page: str) -> str:
        """Return a page without what acts; where that takes too much, its text."""
        if _takes_little(page) and self._seconds > 0:
            began = time.process_time()
            cleaned = _clean_known(page)
            self._seconds -= time.process_time() - began
            return cleaned
        before = spent()
        try:
            cleaned = str(bounded("clean", page))
            self._helped -= spent() - before
            if self._helped < 0:
                self._left = -1
        except TooMuch as error:
            # The others would take as long.
            self._left = -1
            said = html.escape(
                f"[Shown as text, since to make it safe was too much work: {error}.]"
            )
            return f"<p>{said}</p><pre>{html.escape(page)}</pre>"
        if len(cleaned) > 3 * len(page) + 10_000:
            self._left = -1
            return "<p>[This output is not shown: its tags are not closed, which made it too long.]</p>"
        return cleaned


def _takes_little(page: str) -> bool:
    """Whether a page is short, and its tags are few and plain, so that no limits are needed."""
    tags, letters = page.count("<"), len(page)
    few = tags <= FEW_TAGS and letters <= FEW_LETTERS and tags * letters <= FEW_TOGETHER
    return few and _ODD_TAG.search(page) is None


def _tangled(page: str) -> bool:
    """Whether a page has more tags, or deeper ones, than somebody meant to be looked at."""
    depth = 0
    for number, found in enumerate(re.finditer(r"<(/?)([A-Za-z][A-Za-z0-9]*)", page)):
        if found[2].lower() not in _EMPTY:
            depth = max(0, depth + (-1 if found[1] else 1))
        if depth > TAGS_DEEP or number > TAGS_IN_ALL:
            return True
    return False


def clean_page(page: str) -> str:
    """Return a page without what acts; a task of `bounded`, where there is much of it."""
    import bleach
    from bleach.css_sanitizer import CSSSanitizer

    try:
        cleaned: str = bleach.clean(
            page,
            tags=TAGS,
            attributes=_may_stay,
            protocols=("http", "https", "mailto", "data"),
            css_sanitizer=CSSSanitizer(allowed_css_properties=STYLES),
            strip=True,
        )
    except (RecursionError, ValueError, TypeError, IndexError):  # it can't make sense of it
        return f"<pre>{html.escape(page)}</pre>"
    return cleaned


_clean_known = functools.lru_cache(REMEMBERED)(clean_page)


def _may_stay(tag: str, name: str, value: str) -> bool:
    """Whether an attribute stays; pictures bring their data along, so that none is fetched."""
    if name == "src":
        return tag == "img" and _PICTURE.fullmatch(value) is not None
    if name == "href":
        return tag == "a" and value.strip().lower().startswith(("http://", "https://", "mailto:"))
    if name == "class":
        return set(value.split()) <= CLASSES
    if name == "style":
        return all(map(_is_harmless, value.split(";")))
    if name in ("border", "height", "width"):
        return _is_harmless(f"{name}:{value}")
    return name in _ATTRIBUTES or name == "data-lifkit-still"


def _is_harmless(declaration: str) -> bool:
    """Whether a part of a style fetches nothing and keeps to its place."""
    name, _, value = (part.strip() for part in declaration.lower().partition(":"))
    if not name and not value:
        return True
    known = re.fullmatch(r"[a-z-]+", name) and len(value) <= 100
    return bool(known and _VALUES.get(name, _SHORT).fullmatch(value))

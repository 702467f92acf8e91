"""Make what a submission shows safe to store, and to look at in an instructor's browser.

Pages of the formgrader, and feedback pages, show outputs and texts as HTML, in a window that may
change grades.  So scripts, frames, forms and addresses are taken out before anything is written.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Mapping
from typing import Any

__all__ = ["clean_data", "clean_markdown", "clean_text"]

#: What tables, pictures and formatted text are made of; what is not named here is left out.
TAGS = frozenset(
    "a abbr b blockquote br caption code col colgroup dd del details div dl dt em figcaption figure "
    "h1 h2 h3 h4 h5 h6 hr i img ins kbd li ol p pre s samp small span strong sub summary sup table "
    "tbody td tfoot th thead tr tt u ul var".split()
)
_ATTRIBUTES = frozenset(
    "align alt border class colspan height rowspan scope style title width".split()
)

#: Styles that change letters, boxes and tables, and can't cover the rest of the page.
STYLES = frozenset(
    "background background-color border border-bottom border-collapse border-left border-radius "
    "border-right border-spacing border-top color font-family font-size font-style font-weight height "
    "line-height margin margin-bottom margin-left margin-right margin-top max-width padding "
    "padding-bottom padding-left padding-right padding-top text-align text-decoration vertical-align "
    "white-space width".split()
)

#: Kinds of pictures, which a page shows as pictures whatever they hold.
_PICTURES = ("image/png", "image/jpeg", "image/gif")
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|svg\+xml);base64,[A-Za-z0-9+/=\s]*")


def clean_text(text: Any) -> str:
    """Return a text that can be written to a file; what is no text gives none."""
    return text.encode("utf-8", "replace").decode() if isinstance(text, str) else ""


def clean_data(data: Mapping[str, Any]) -> dict[str, str]:
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
    kept: dict[str, str] = {
        kind: texts[kind] for kind in ("text/plain", "text/latex") if kind in texts
    }
    for kind in _PICTURES:
        if re.fullmatch(r"[A-Za-z0-9+/=\s]*", texts.get(kind, "!")):
            kept[kind] = texts[kind]
    if "image/svg+xml" in texts and not kept.keys() & set(_PICTURES):
        # As a picture it is only looked at; put into the page as it is, its scripts would run.
        coded = base64.b64encode(texts["image/svg+xml"].encode()).decode()
        kept["text/html"] = f'<img alt="" src="data:image/svg+xml;base64,{coded}">'
    for kind in ("text/html", "text/markdown"):
        if kind in texts:
            kept[kind] = _clean_html(texts[kind])
    return kept


def clean_markdown(source: str) -> str:
    """Return a text cell as it is, unless it holds more than text: then that is shown as text.

    Examples
    --------
    >>> clean_markdown("if V[k] < V_theta & dt > 0: **silent**")
    'if V[k] < V_theta & dt > 0: **silent**'
    >>> clean_markdown("Look: <script>alert(1)</script>")
    'Look: &lt;script&gt;alert(1)&lt;/script&gt;'
    """
    source = clean_text(source)
    if "<" not in source:
        return source
    without = _clean_html(source, strip=True)
    return (
        source
        if html.unescape(without) == html.unescape(source)
        else _clean_html(source, strip=False)
    )


def _clean_html(page: str, *, strip: bool = True) -> str:
    import bleach
    from bleach.css_sanitizer import CSSSanitizer

    if strip:  # what stands in them is not meant to be read
        page = re.sub(r"<(style|script)\b.*?(?:</\1\s*>|\Z)", "", page, flags=re.I | re.S)
    # A figure's data would take bleach 30 ms: a number stands in for it.
    pictures: list[str] = []

    def put_aside(found: re.Match[str]) -> str:
        pictures.append(found[1])
        return f'src="data:image/png;base64,{len(pictures) - 1}"'

    page = re.sub(rf'src="({_PICTURE.pattern})"', put_aside, page)
    cleaned: str = bleach.clean(
        page,
        tags=TAGS,
        attributes=_may_stay,
        protocols=("http", "https", "mailto", "data"),
        css_sanitizer=CSSSanitizer(allowed_css_properties=STYLES),
        strip=strip,
    )
    return re.sub(
        r'src="data:image/png;base64,(\d+)"',
        lambda found: f'src="{pictures[int(found[1]) % len(pictures)]}"' if pictures else found[0],
        cleaned,
    )


def _may_stay(tag: str, name: str, value: str) -> bool:
    """Whether an attribute stays; pictures bring their data along, so that none is fetched."""
    if name == "src":
        return tag == "img" and _PICTURE.fullmatch(value) is not None
    if name == "href":
        return tag == "a" and value.strip().lower().startswith(("http://", "https://", "mailto:"))
    return name in _ATTRIBUTES or name == "data-lifkit-still"

"""See that the box holds, before anything is run in it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from ..limits import START, Limits
from .errors import REMEDY, SandboxUnavailable
from .forkserver_client import send_in
from .sandbox import Box

__all__ = ["verify"]


def verify(secrets: list[str], hidden: Path | None = None) -> None:
    """Build a box, send a probe in, and refuse to go on unless it found what it should.

    Parameters
    ----------
    secrets : list of str
        Paths on this machine that must not exist inside.
    hidden : Path, optional
        The course root (see `Box`).

    Raises
    ------
    SandboxUnavailable
        With the reason and the remedy.
    """
    if not sys.platform.startswith("linux"):
        raise SandboxUnavailable(f"The sandbox needs Linux; this is {sys.platform}.\n{REMEDY}")
    box = Box(Limits(), hidden)
    try:
        news = send_in(box, {"kind": "probe", "secrets": secrets})
        said = news.listen("probe", START)
        news.close()
    finally:
        box.kill()
    if said is None:
        reason = news.heard.get("failed", "nothing was heard of it")
        raise SandboxUnavailable(f"A process could not enter the sandbox: {reason}\n{REMEDY}")
    found = json.loads(said)
    # Inside: the idle shell and the probe; the probe's pipe, standard files and the listing.
    expected = {
        "capabilities": 0,
        "no_new_privileges": True,
        "filter": True,
        "seen": [],
        "written": [],
    }
    wrong = {name: found[name] for name, value in expected.items() if found[name] != value}
    if found["interfaces"] not in (["lo"], []):
        wrong["interfaces"] = found["interfaces"]
    if found["processes"] > 2 or found["open_files"] > 5:
        wrong |= {name: found[name] for name in ("processes", "open_files")}
    if wrong:
        raise SandboxUnavailable(f"The sandbox does not hold: the probe found {wrong}.\n{REMEDY}")

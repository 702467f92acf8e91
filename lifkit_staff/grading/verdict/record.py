"""The files that verdicts are kept in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

__all__ = ["Record", "read_all", "verdict_path", "write"]


Record = dict[str, Any]


def verdict_path(root: Path, lab: str, student: str) -> Path:
    """Return where the verdicts on a submission are kept."""
    return root / "verdicts" / lab / f"{student}.json"


def write(path: Path, record: Record) -> None:
    """Write a record, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".part")
    half.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    half.replace(path)


def read_all(root: Path, lab: str) -> list[Record]:
    """Read the verdicts on a lab, by student."""
    paths = sorted((Path(root) / "verdicts" / lab).glob("*.json"))
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths]

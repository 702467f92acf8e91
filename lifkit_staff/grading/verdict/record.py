"""The files that verdicts are kept in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ...exercise import read_course_files

__all__ = ["Record", "named", "read", "read_all", "verdict_path", "write"]


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


def read(path: Path) -> Record:
    """Read a record; an empty one where there is none, or none that can be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def read_all(root: Path, lab: str) -> list[Record]:
    """Read the verdicts on a lab, by student, with the course's own names for mistakes."""
    paths = sorted((Path(root) / "verdicts" / lab).glob("*.json"))
    return [named(root, json.loads(path.read_text(encoding="utf-8"))) for path in paths]


def named(root: Path, record: Record) -> Record:
    """Return a record in which answers that no mistake explained bear the names of the course.

    So a new name reaches reports and pages without anybody's being run again.
    """
    behaviours = read_course_files(root / "course").behaviours
    for name, item in record.get("exercises", {}).items():
        mistake = behaviours.get(name, {}).get(item.get("behaviour", ""))
        if mistake is not None and not item["mistakes"]:
            item["mistakes"] = [mistake.name]
            item["diagnosis"], item["hints"] = [mistake.diagnosis], [mistake.hint]
            item["symptoms"] = []
    return record

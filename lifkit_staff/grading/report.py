"""What instructors see of a class; verdict files are the only source."""

from __future__ import annotations

import collections
import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lifkit.judge.outcomes import OUTCOMES, SIGNS

from .verdict.record import Record

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["class_table", "draw", "overview", "write_csv"]


COLUMNS = ("student", "lab", "exercise", "score", "max_score", "outcome", "mistake")

#: Mistakes that are listed for an exercise.
MOST = 3


def write_csv(records: Sequence[Record], path: Path) -> None:
    """Write one row a student and exercise; several mistakes are joined by ``|``."""
    with Path(path).open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for record in records:
            for name, item in record["exercises"].items():
                numbers = (f"{item['score']:g}", f"{item['max_score']:g}")
                mistakes = "|".join(item["mistakes"])
                student = _harmless(record["student"])
                row = (student, record["lab"], name, *numbers, item["outcome"], mistakes)
                writer.writerow(row)


def _harmless(text: str) -> str:
    """Keep a spreadsheet from reading a name as a formula."""
    return f"'{text}" if text[:1] in "=+-@" else text


def class_table(records: Sequence[Record]) -> str:
    """Return one row a student: an outcome's sign for every exercise, and the points."""
    if not records:
        return "No verdicts yet."
    names = _exercises(records)
    wide = max(len("student"), *(len(record["student"]) for record in records))
    rows = ["student".ljust(wide) + "  " + "  ".join(names) + "  points"]
    for record in records:
        signs = [
            SIGNS[record["exercises"][name]["outcome"]] if name in record["exercises"] else " "
            for name in names
        ]
        cells = [sign.center(len(name)) for sign, name in zip(signs, names, strict=True)]
        points = f"{record['score']:.4g}/{record['max_score']:.4g}"
        rows.append(record["student"].ljust(wide) + "  " + "  ".join(cells) + f"  {points}")
    used = {item["outcome"] for record in records for item in record["exercises"].values()}
    rows.append("  ".join(f"{SIGNS[name]} {name}" for name in OUTCOMES if name in used))
    unprotected = sum(record["sandbox"] == "off" for record in records)
    if unprotected:
        rows.append(f"{unprotected} graded without a sandbox.")
    return "\n".join(rows)


def overview(records: Sequence[Record]) -> str:
    """Return, exercise by exercise, the shares of outcomes and the commonest mistakes."""
    rows = [f"{records[0]['lab']}: {len(records)} submissions"]
    for name in _exercises(records):
        items = [record["exercises"][name] for record in records if name in record["exercises"]]
        shares = _shares(items)
        rows.append("")
        rows.append(
            f"{name}: "
            + ", ".join(f"{share:.0%} {what}" for what, share in shares.items() if share)
        )
        for mistake, count in _mistakes(items)[:MOST]:
            rows.append(f"  {count:3d}  {mistake}")
    worst = _mistakes([item for record in records for item in record["exercises"].values()])[:MOST]
    if worst:
        rows += [
            "",
            "Worth another look in the next lecture: " + "; ".join(name for name, _ in worst),
        ]
    return "\n".join(rows)


def _exercises(records: Sequence[Record]) -> list[str]:
    return list(dict.fromkeys(name for record in records for name in record["exercises"]))


def _shares(items: Sequence[Record]) -> dict[str, float]:
    """Return the shares of correct, partial, wrong (of any kind) and not started."""
    groups = {
        "correct": "correct",
        "partial": "partial",
        "not started": "not started",
        "missing": "missing",
    }
    counts = collections.Counter(groups.get(item["outcome"], "wrong") for item in items)
    order = ("correct", "partial", "wrong", "not started", "missing")
    return {name: counts[name] / len(items) for name in order}


def _mistakes(items: Sequence[Record]) -> list[tuple[str, int]]:
    """Count students by mistake; of several likely ones each counts."""
    counts = collections.Counter(name for item in items for name in dict.fromkeys(item["mistakes"]))
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def draw(records: Sequence[Record]) -> Figure:
    """Draw the shares as bars and write the commonest mistake beside each."""
    import seaborn as sns
    from matplotlib.figure import Figure

    names = _exercises(records)
    colours = dict(
        zip(
            ("correct", "partial", "wrong", "not started", "missing"),
            [*sns.color_palette("Dark2")[:3], "0.75", "0.9"],
            strict=True,
        )
    )
    figure = Figure(figsize=(9, 0.8 + 0.55 * len(names)), dpi=120, layout="constrained")
    ax = figure.add_subplot()
    for row, name in enumerate(names):
        items = [record["exercises"][name] for record in records if name in record["exercises"]]
        left = 0.0
        for what, share in _shares(items).items():
            ax.barh(
                row, 100 * share, left=left, color=colours[what], label=what if not row else None
            )
            left += 100 * share
        common = _mistakes(items)[:1]
        text = f"{common[0][0]} ({common[0][1]})" if common else ""
        ax.annotate(text, (101, row), va="center", fontsize="small", annotation_clip=False)
    ax.set_yticks(range(len(names)), names)
    ax.invert_yaxis()
    ax.set_xlim(0, 100)
    ax.set_xlabel(f"Share of {len(records)} submissions (%); right: commonest mistake (students)")
    ax.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside upper center", ncols=5, frameon=False)
    return figure

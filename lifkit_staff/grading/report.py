"""What instructors see of a class: outcomes from the verdict files, points from the gradebook."""

from __future__ import annotations

import collections
import csv
from collections.abc import Callable, Mapping, Sequence
from typing import IO, TYPE_CHECKING

from lifkit.judge.outcomes import OUTCOMES, SIGNS

from .totals import Total, shown, waiting
from .verdict.record import Record

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["class_table", "draw", "overview", "printable", "unnamed", "write_csv"]


COLUMNS = ("student", "lab", "exercise", "score", "max_score", "outcome", "mistake")

#: What ``--full`` appends.
MORE_COLUMNS = ("symptom", "slip", "note")

#: Mistakes that are listed for an exercise, and groups of answers that nobody has named.
MOST, MOST_GROUPS = 3, 5


def write_csv(
    records: Sequence[Record], totals: Mapping[str, Total], file: IO[str], *, full: bool = False
) -> None:
    """Write one row a student and exercise; several mistakes are joined by ``|``.

    Parameters
    ----------
    records : sequence of Record
    totals : mapping of str to Total
        The gradebook's, by student; what it holds counts.
    file : text file
    full : bool
        Append what else is known: symptoms, and notes with the reasons.
    """
    writer = csv.writer(file)
    writer.writerow(COLUMNS + (MORE_COLUMNS if full else ()))
    for record in records:
        scores = totals[record["student"]].scores if record["student"] in totals else {}
        for name, item in record["exercises"].items():
            numbers = (f"{scores.get(name, item['score']):g}", f"{item['max_score']:g}")
            mistakes = "|".join(item["mistakes"])
            row = [record["student"], record["lab"], name, *numbers, item["outcome"], mistakes]
            if full:
                reasons = record["notes"] if item["outcome"] == "missing" else ()
                said = item["diagnosis"] if not item["mistakes"] else ()
                slips = "|".join(f"line {line}: {kind}" for line, kind in item.get("slips", ()))
                row += [
                    "|".join(item["symptoms"]),
                    slips,
                    "|".join(dict.fromkeys((*reasons, *said))),
                ]
            writer.writerow(map(_harmless, row))


def _harmless(text: str) -> str:
    """Keep a spreadsheet from reading a name as a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def class_table(records: Sequence[Record], totals: Mapping[str, Total]) -> str:
    """Return one row a student: an outcome's sign for every exercise, and the points.

    Points are the gradebook's: automatic + by hand - late = total.
    """
    if not records:
        return "No verdicts yet."
    names = _exercises(records)
    mine = [totals.get(record["student"], Total()) for record in records]
    by_hand, late = any(one.most_by_hand for one in mine), any(one.late for one in mine)
    table = [["student", *names, "automatic", *["by hand"] * by_hand, *["late"] * late, "total"]]
    for record, one in zip(records, mine, strict=True):
        found = record["exercises"]
        table.append(
            [
                printable(record["student"]),
                *(SIGNS[found[name]["outcome"]] if name in found else "" for name in names),
                f"{shown(one.automatic)}/{shown(one.most_automatic)}",
                *[f"{shown(one.by_hand)}/{shown(one.most_by_hand)}"] * by_hand,
                *[shown(-one.late) if one.late else ""] * late,
                f"{shown(one.total)}/{shown(one.most)}",
            ]
        )
    wide = [max(map(len, column)) for column in zip(*table, strict=True)]
    rows = []
    for row in table:
        cells = [row[0].ljust(wide[0])]
        cells += [row[k].center(wide[k]) for k in range(1, 1 + len(names))]
        cells += [row[k].rjust(wide[k]) for k in range(1 + len(names), len(row))]
        rows.append("  ".join(cells).rstrip())
    used = {item["outcome"] for record in records for item in record["exercises"].values()}
    rows.append("  ".join(f"{SIGNS[name]} {name}" for name in OUTCOMES if name in used))
    rows += [
        f"{printable(record['student'])}: {printable(note)}"
        for record in records
        for note in _to_know(record)
    ]
    to_mark = collections.Counter(name for one in mine for name in waiting(one))
    if to_mark:
        which = ", ".join(f"{name} ({count})" for name, count in sorted(to_mark.items()))
        rows.append(f"Still to be marked by hand: {which}; {to_mark.total()} in all.")
    unprotected = sum(record["sandbox"] == "off" for record in records)
    if unprotected:
        rows.append(f"{unprotected} graded without a sandbox.")
    return "\n".join(rows)


def _to_know(record: Record) -> Sequence[str]:
    """Return why exercises are missing, or which of two notebooks was graded."""
    if "missing" in {item["outcome"] for item in record["exercises"].values()}:
        return record["notes"] or _reasons(record)
    return record.get("doubts", ())


def _reasons(record: Record) -> list[str]:
    """Return why exercises are missing, each reason once."""
    found = [item for item in record["exercises"].values() if item["outcome"] == "missing"]
    return list(dict.fromkeys(said for item in found for said in item["diagnosis"][:1]))


def printable(text: str) -> str:
    """Return a name or a sentence without signs that a terminal would act on."""
    return text if text.isprintable() else ascii(text)[1:-1]


def overview(records: Sequence[Record]) -> str:
    """Return, exercise by exercise, the shares of outcomes and the commonest mistakes."""
    rows = [f"{records[0]['lab']}: {len(records)} submissions"]
    for name in _exercises(records):
        items = [record["exercises"][name] for record in records if name in record["exercises"]]
        shares = _shares(items)
        rows.append("")
        rows.append(
            f"{name}: " + ", ".join(f"{share:.0%} {what}" for what, share in shares.items())
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


def unnamed(records: Sequence[Record], code: Callable[[str, str], str]) -> str:
    """Return the wrong answers that no mistake explains, in groups of the same behaviour.

    Parameters
    ----------
    records : sequence of Record
    code : callable
        Takes a student and an exercise and returns what was handed in.
    """
    groups: dict[tuple[str, str], list[str]] = {}
    for record in records:
        for name, item in record["exercises"].items():
            if item["outcome"] in ("wrong", "partial", "error") and not item["mistakes"]:
                if item.get("behaviour"):
                    groups.setdefault((name, item["behaviour"]), []).append(record["student"])
    if not groups:
        return "Every wrong answer is named."
    rows = []
    largest = sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    for (name, behaves), students in largest[:MOST_GROUPS]:
        rows += [f"{name}: {len(students)} alike ({behaves}). One of them:", ""]
        rows += [f"    {line}" for line in printable_lines(code(students[0], name))]
        rows.append("")
    rows.append(
        "To name one: lifkit report LAB --name BEHAVIOUR NAME 'what it is' 'how to mend it'\n"
        "It goes into course/mistakes.toml; reports and pages then say so, and nobody is run again."
    )
    return "\n".join(rows)


def printable_lines(text: str) -> list[str]:
    """Return the lines of a text, without signs that a terminal would act on."""
    return [printable(line) for line in text.expandtabs(4).splitlines()]


def _exercises(records: Sequence[Record]) -> list[str]:
    return list(dict.fromkeys(name for record in records for name in record["exercises"]))


def _shares(items: Sequence[Record]) -> dict[str, float]:
    """Return the share of each outcome that there is, in the class table's order."""
    counts = collections.Counter(item["outcome"] for item in items)
    return {name: counts[name] / len(items) for name in OUTCOMES if name in counts}


def _mistakes(items: Sequence[Record]) -> list[tuple[str, int]]:
    """Count students by mistake; of several likely ones each counts."""
    counts = collections.Counter(name for item in items for name in dict.fromkeys(item["mistakes"]))
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def draw(records: Sequence[Record]) -> Figure:
    """Draw the shares as bars and write the commonest mistake beside each."""
    from matplotlib.figure import Figure

    from lifkit.plotting import COLOURS

    names = _exercises(records)
    greys = {"not started": "0.75", "missing": "0.9"}
    coloured = (name for name in OUTCOMES if name not in greys)
    colours = {**dict(zip(coloured, COLOURS, strict=False)), **greys}
    bars = {}
    figure = Figure(figsize=(9, 0.8 + 0.55 * len(names)), dpi=120, layout="constrained")
    ax = figure.add_subplot()
    for row, name in enumerate(names):
        items = [record["exercises"][name] for record in records if name in record["exercises"]]
        left = 0.0
        for what, share in _shares(items).items():
            (bars[what],) = ax.barh(row, 100 * share, left=left, color=colours[what])
            left += 100 * share
        common = _mistakes(items)[:1]
        text = f"{common[0][0]} ({common[0][1]})" if common else ""
        ax.annotate(text, (101, row), va="center", fontsize="small", annotation_clip=False)
    ax.set_yticks(range(len(names)), names)
    ax.invert_yaxis()
    ax.set_xlim(0, 100)
    ax.set_xlabel(f"Share of {len(records)} submissions (%); right: commonest mistake (students)")
    ax.spines[["top", "right"]].set_visible(False)
    used = [name for name in OUTCOMES if name in bars]
    handles = [bars[name] for name in used]
    figure.legend(handles, used, loc="outside upper center", ncols=5, frameon=False)
    return figure

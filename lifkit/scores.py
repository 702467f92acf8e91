"""The table of a lab: each exercise with how it stands and its points, and the total."""

from __future__ import annotations

import html
from dataclasses import dataclass

from .judge.outcomes import SIGNS

__all__ = ["Row", "Scores"]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One exercise, or one question that is marked by hand.

    Attributes
    ----------
    name : str
        As the lab calls it, e.g. ``"2.1 lif_euler"`` or ``"Think 2.1"``.
    status : str
        How it stands, in words.
    outcome : str
        One of `judge.OUTCOMES`; empty where nothing was checked.
    fraction : float
        Share of the points that is earned, 0 to 1.
    most : float or None
        Points to be had, where they are known.
    by_hand : bool
        Whether a person gives the points.
    """

    name: str
    status: str
    outcome: str = ""
    fraction: float = 0.0
    most: float | None = None
    by_hand: bool = False

    @property
    def points(self) -> str:
        """Return what is earned and to be had, e.g. ``"2.6 of 5"``."""
        if self.most is None:
            return ""
        if self.by_hand:
            return f"{self.most:g}"
        return f"{round(self.fraction * self.most, 2):g} of {self.most:g}"


@dataclass(frozen=True, kw_only=True)
class Scores:
    """How a lab stands.

    Attributes
    ----------
    lab : str
    rows : tuple of Row
    note : str
        What else is to be said.
    """

    lab: str
    rows: tuple[Row, ...]
    note: str = ""

    @property
    def passed(self) -> bool:
        """Whether every exercise is all correct; questions that are marked by hand don't count."""
        return all(row.by_hand or row.outcome == "correct" for row in self.rows)

    @property
    def total(self) -> str:
        """Return the total in words."""
        exercises = [row for row in self.rows if not row.by_hand]
        right = sum(row.outcome == "correct" for row in exercises)
        said = f"{right} of {len(exercises)} exercises all correct"
        if all(row.most is not None for row in exercises):
            most = sum(row.most or 0 for row in exercises)
            earned = sum(round(row.fraction * (row.most or 0), 2) for row in exercises)
            said = f"{round(earned, 2):g} of {most:g} points, {said}"
        by_hand = sum(row.most or 0 for row in self.rows if row.by_hand)
        return said + (f"; {by_hand:g} more are marked by hand" if by_hand else "")

    def as_text(self) -> str:
        """Write the table as plain text."""
        names, points = (
            max((len(getattr(row, column)) for row in self.rows), default=0)
            for column in ("name", "points")
        )
        rows = [
            f"  {SIGNS.get(row.outcome, ' ')} {row.name:{names}}  {row.points:>{points}}  {row.status}"
            for row in self.rows
        ]
        note = [self.note] if self.note else []
        return "\n".join([f"{self.lab}: {self.total}", *rows, *note])

    def as_html(self) -> str:
        """Write the table as HTML."""
        left, right = (
            f'style="text-align:{side};white-space:nowrap"' for side in ("left", "right")
        )
        head = (
            f'<tr><th scope="col" {left}>exercise</th><th scope="col" {right}>points</th>'
            f'<th scope="col" {left}>status</th></tr>'
        )
        rows = "\n".join(
            f'<tr><th scope="row" {left}>{html.escape(row.name)}</th><td {right}>{row.points}</td>'
            f'<td style="text-align:left">{html.escape(row.status)}</td></tr>'
            for row in self.rows
        )
        caption = html.escape(f"{self.lab}: {self.total}.")
        return (
            '<table class="lifkit-scores">\n<caption style="text-align:left;font-weight:bold">'
            f"{caption}</caption>\n<thead>{head}</thead>\n<tbody>\n{rows}\n</tbody>\n</table>"
            + (f"\n<p>{html.escape(self.note)}</p>" if self.note else "")
        )

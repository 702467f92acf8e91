"""How often the check is right: correct styles accepted, mistakes refused, mistakes named."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np

from lifkit.judge import Key, report_on
from lifkit_staff.exercise import ReferenceLike, make_key
from lifkit_staff.references import load_references

ROOT = Path(__file__).resolve().parents[1]
SECRET_DRAWS = 3


def main() -> None:
    print(
        f"{'exercise':16}{'correct styles':>16}{'mistakes':>10}{'forms':>7}{'refused':>9}{'alone':>7}"
    )
    for name, reference in load_references(ROOT).items():
        public = make_key(reference, reference.public())
        secret = [
            make_key(reference, reference.draw(np.random.default_rng(i)), with_mistakes=False)
            for i in range(SECRET_DRAWS)
        ]
        table = importlib.import_module(f"tests.styles.{reference.exercise.lab}").STYLES
        styles = table.get(name, {})
        accepted = sum(
            all(report_on(key, style).passed for key in (public, *secret))
            for style in styles.values()
        )
        names = {mistake.name for mistake, _ in reference.mistakes.values()}
        refused, alone = count_mistakes(reference, public, secret)
        print(
            f"{name:16}{f'{accepted} of {len(styles)}':>16}{len(names):>10}"
            f"{len(reference.mistakes):>7}{refused:>9}{alone:>7}"
        )
    print(
        "\nForms are ways to make a mistake that behave differently.  One counts as refused when it is "
        "so on the\n"
        f"public cases and on {SECRET_DRAWS} secret draws, as named alone when the public cases, by which "
        "the grader\nnames too, say its name and no other."
    )


def count_mistakes(reference: ReferenceLike, public: Key, secret: list[Key]) -> tuple[int, int]:
    """Count the forms of mistakes that every key refuses, and that are named alone."""
    refused = alone = 0
    for mistake, wrong in reference.mistakes.values():
        report = report_on(public, wrong)
        refused += not (report.passed or any(report_on(key, wrong).passed for key in secret))
        alone += [one.name for one in report.mistakes] == [mistake.name]
    return refused, alone

"""How often the check is right: correct styles accepted, mistakes refused, mistakes named."""

from __future__ import annotations

import importlib
from collections import Counter
from pathlib import Path

import numpy as np

from lifkit.judge import Key, report_on
from lifkit_staff.exercise import Reference, make_key
from lifkit_staff.references import load_references

ROOT = Path(__file__).resolve().parents[1]
SECRET_DRAWS = 3


def main() -> None:
    print(
        f"{'exercise':16}{'correct styles':>16}{'mistakes':>10}{'refused':>9}{'named':>7}{'alone':>7}"
    )
    for name, reference in load_references(ROOT).items():
        keys = [make_key(reference, reference.public())]
        keys += [
            make_key(reference, reference.draw(np.random.default_rng(i)))
            for i in range(SECRET_DRAWS)
        ]
        styles = importlib.import_module(f"tests.styles.{reference.exercise.lab}").STYLES.get(
            name, {}
        )
        accepted = sum(
            all(report_on(key, style).passed for key in keys) for style in styles.values()
        )
        told = count_mistakes(reference, keys)
        total = len(reference.mistakes)
        print(
            f"{name:16}{f'{accepted} of {len(styles)}':>16}{total:>10}"
            f"{told['refused']:>9}{told['named']:>7}{told['alone']:>7}"
        )
    print(
        f"\nOn the public cases and {SECRET_DRAWS} secret draws each; a mistake counts when it is refused, "
        "named, or named\nwith no other beside it, every time."
    )


def count_mistakes(reference: Reference, keys: list[Key]) -> Counter[str]:
    """Count the mistakes that every key refuses, names, and names alone."""
    told: Counter[str] = Counter()
    for name, (_, wrong) in reference.mistakes.items():
        reports = [report_on(key, wrong) for key in keys]
        found = [[mistake.name for mistake in report.mistakes] for report in reports]
        told["refused"] += not any(report.passed for report in reports)
        told["named"] += all(name in names for names in found)
        told["alone"] += all(names == [name] for names in found)
    return told

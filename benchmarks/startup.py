"""What lifkit costs: importing it beside importing NumPy, and checking a plain solver."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

from lifkit.judge import load_key, report_on
from lifkit_staff.references import load_references

ROUNDS = 15


def main() -> None:
    times: dict[str, list[float]] = {
        "import numpy": [],
        "import lifkit": [],
        "from lifkit import check": [],
    }
    for _ in range(ROUNDS):  # taken in turn, so that a busy moment falls on all of them
        for statement, taken in times.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", statement], check=True)
            taken.append(time.perf_counter() - start)
    base = times["import numpy"]
    for statement, taken in times.items():
        ratio = statistics.median(one / other for one, other in zip(taken, base, strict=True))
        print(
            f"{statement:28}{statistics.median(taken) * 1000:7.0f} ms  {ratio:5.2f} x import numpy"
        )
    print()
    root = Path(__file__).resolve().parents[1]
    for name, reference in load_references(root).items():
        key = load_key(name)
        taken = []
        for _ in range(3):
            start = time.perf_counter()
            report_on(key, reference.solve)
            taken.append(time.perf_counter() - start)
        print(f"check({name}){'':{18 - len(name)}}{statistics.median(taken) * 1000:7.0f} ms")

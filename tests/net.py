"""Hold the edits to the wrong solvers that they replace: same outputs on all old public cases.

``python tests/net.py EXERCISE...`` compares; the outputs were recorded from the last commit with
tables of wrong solvers by ``python tests/net.py record FOLDER`` in a checkout of it.
"""

import pickle
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
# ruff: noqa: E402
from lifkit.judge import Call, Case
from lifkit.judge.calling import answer
from lifkit.judge.compare import by_name, gaps
from lifkit.judge.diagnose import RAISED, alike, raised

NET = ROOT.parent / "net"


def rows_of(exercise, function, cases):
    rows = []
    for case in cases:
        given = answer(exercise, function, case)
        if given.status != "ok":
            rows.append(raised(given))
            continue
        named = by_name(exercise, case, given.value)
        rows.append({n: v for n, v in named.items() if n in exercise.reads(case) or n == "return"})
    return rows


def old_rows(exercise, answers, cases):
    rows = []
    for (kind, *rest), case in zip(answers, cases, strict=True):
        if kind == "raised":
            rows.append({RAISED: rest})
            continue
        named = by_name(exercise, case, rest[0])
        rows.append({n: v for n, v in named.items() if n in exercise.reads(case) or n == "return"})
    return rows


def short(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {short(v)}" for k, v in value.items()) + "}"
    if isinstance(value, np.ndarray):
        return np.array2string(value, threshold=6, edgeitems=2, precision=6).replace("\n", "")
    return repr(value)[:200]


def compare(reference, verbose=True):
    exercise = reference.exercise
    old = pickle.load((NET / f"{exercise.name}.pkl").open("rb"))
    cases = [
        Case(
            name=c["name"],
            group=c["group"],
            attributes=c["attributes"],
            reads=c["reads"],
            dt=c["dt"],
            fingerprint=c["fingerprint"],
            calls=tuple(Call(method=m, inputs=i) for m, i in c["calls"]),
        )
        for c in old["cases"]
    ]
    right = old_rows(exercise, old["right"], cases)
    for style in (reference.solve, reference.solved, *reference.styles):
        for case, mine, known in zip(cases, rows_of(exercise, style, cases), right, strict=True):
            if RAISED in mine or any(gaps(exercise, case, known, mine).values()):
                print("  SOLUTION DIFFERS", style, case.name, short(mine), short(known))
    forms = {}
    for mistake, wrong in reference.mistakes.values():
        forms.setdefault(mistake.name, []).append(wrong)
    same = other = 0
    for name, (_, _, answers) in old["mistakes"].items():
        if name not in forms:
            print(f"  MISSING {name!r}")
            continue
        known = old_rows(exercise, answers, cases)
        results = [rows_of(exercise, wrong, cases) for wrong in forms[name]]
        if any(alike(exercise, rows, known) for rows in results):
            same += 1
            continue
        other += 1
        for case, mine, was in zip(cases, results[0], known, strict=True):
            if not alike(exercise, [mine], [was]):
                print(
                    f"  DIFFERS {name!r} on {case.name!r}:\n      now {short(mine)}\n      was {short(was)}"
                )
                break
    for sentence in reference.unmatched:
        print("  UNMATCHED", sentence)
    new = [name for name in forms if name not in old["mistakes"]]
    print(f"{exercise.name}: {same} of {len(old['mistakes'])} identical, {other} other; new: {new}")


if __name__ == "__main__":
    import importlib

    for arg in sys.argv[1:]:
        lab, name = arg.split("/")
        compare(importlib.import_module(f"solutions.reference.{lab}.exercises.{name}").REFERENCE)

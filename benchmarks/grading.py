"""Grading a class: plain nbgrader beside `lifkit grade`, the same submissions.

Both in one run, with feedback pages; `lifkit grade` before and after the other, so that a machine
that gets slower or quicker meanwhile favours neither.  LIFKIT_BENCHMARK_CLASS sets the number
of submissions (60 unless told), LIFKIT_BENCHMARK_LAB the lab (lab2).  With
LIFKIT_BENCHMARK_GROWTH=50,500 only lifkit grades, classes of these sizes: time should be in proportion
and memory the same.
"""

from __future__ import annotations

import copy
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
LAB = os.environ.get("LIFKIT_BENCHMARK_LAB", "lab2")
COUNT = int(os.environ.get("LIFKIT_BENCHMARK_CLASS", "60"))
GROWTH = [int(size) for size in os.environ.get("LIFKIT_BENCHMARK_GROWTH", "").split(",") if size]

#: Looking at the memory of ten processes takes 40 ms of a core, and that of two takes 5: so long
#: between two looks, as a multiple of what the last one took, that what is measured has the cores.
WATCHING = 50

#: What is run; the first is what the others are compared with.
MODES = {
    "nbgrader, with feedback": (
        ("nbgrader", "autograde", LAB),
        ("nbgrader", "generate_feedback", LAB),
    ),
    "lifkit grade": (("lifkit", "grade", LAB),),
    "lifkit grade --no-figures": (("lifkit", "grade", LAB, "--no-figures"),),
}
PLAIN, FIGURES, NO_FIGURES = MODES

#: In which order.
TURNS = (NO_FIGURES, FIGURES, PLAIN, FIGURES, NO_FIGURES)


@dataclass(frozen=True)
class Measured:
    """What a run took: wall and CPU seconds, and MB of memory of all its processes at their peak."""

    wall: float
    cpu: float
    memory: float


def main() -> None:
    turns = [(NO_FIGURES, size) for size in GROWTH] or [(title, COUNT) for title in TURNS]
    print(f"{LAB}, {os.cpu_count()} cores; one submission in three has a wrong answer.\n")
    print(f"{'':28}{'class':>6}{HEAD}", flush=True)
    taken: dict[tuple[str, int], list[Measured]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for number, (title, size) in enumerate(turns):
            plain = title == PLAIN
            course = make_course(Path(scratch) / str(number), plain=plain, size=size)
            once = measure(course, MODES[title])
            taken.setdefault((title, size), []).append(once)
            print(f"{title:28}{size:6}{row(once, size)}", flush=True)
            shutil.rmtree(course)
    if GROWTH:
        return
    means = {title: mean(taken[title, COUNT]) for title in MODES}
    print(f"\n{'means':28}{'class':>6}{HEAD}{'ratio':>7}")
    for title, found in means.items():
        ratio = means[PLAIN].wall / found.wall
        print(f"{title:28}{COUNT:6}{row(found, COUNT)}{ratio:7.1f}")


HEAD = f"{'wall s':>8}{'/min':>8}{'CPU s each':>12}{'peak MB':>9}"


def row(taken: Measured, size: int) -> str:
    """Return a run's numbers, below `HEAD`."""
    rate, cpu = 60 * size / taken.wall, taken.cpu / size
    return f"{taken.wall:8.1f}{rate:8.1f}{cpu:12.2f}{taken.memory:9.0f}"


def mean(runs: list[Measured]) -> Measured:
    """Return the mean of the times and the highest memory of several runs."""
    return Measured(
        wall=statistics.mean(run.wall for run in runs),
        cpu=statistics.mean(run.cpu for run in runs),
        memory=max(run.memory for run in runs),
    )


def make_course(folder: Path, *, plain: bool, size: int = COUNT) -> Path:
    """Make a course with a class that has handed in; `plain` is without lifkit's grading."""
    shutil.copytree(
        ROOT / "solutions",
        folder / "solutions",
        ignore=shutil.ignore_patterns("__pycache__", "demo"),
    )
    for lab in (folder / "solutions" / "labs").iterdir():
        if lab.name != LAB:
            shutil.rmtree(lab)
    config = (ROOT / "nbgrader_config.py").read_text()
    if plain:
        config = "\n".join(re.split(r"\n(?=# Grading: )", config)[:1]) + "\n"
    (folder / "nbgrader_config.py").write_text(config)
    run(folder, ("nbgrader", "generate_assignment", LAB))
    released = nbformat.read(folder / "notebooks" / LAB / f"{LAB}.ipynb", as_version=4)
    source = nbformat.read(folder / "solutions" / "labs" / LAB / f"{LAB}.ipynb", as_version=4)
    answers = {name(cell): cell.source for cell in source.cells if name(cell)}
    for number in range(size):
        path = folder / "submitted" / f"student{number:03d}" / LAB / f"{LAB}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(answered(released, answers, number), path)
    return folder


def name(cell: nbformat.NotebookNode) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def answered(
    released: nbformat.NotebookNode, answers: dict[str, str], number: int
) -> nbformat.NotebookNode:
    """Return the released notebook with the answers in it, in every third one of them broken."""
    notebook = copy.deepcopy(released)
    mine = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution")]
    coded = [cell for cell in mine if cell.cell_type == "code"]
    for cell in coded:
        cell.source = re.sub(r"\n[ ]*### (?:BEGIN|END) SOLUTION", "", answers[name(cell)])
    if number % 3 == 0 and coded:
        broken = coded[number // 3 % len(coded)]
        broken.source = broken.source.replace(" / tau", " * tau").replace("np.exp(-", "np.exp(")
    return notebook


def environment() -> dict[str, str]:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {**os.environ, "PATH": path, "PYTHONWARNINGS": "ignore"}


def spelled(words: tuple[str, ...]) -> list[str]:
    program = [sys.executable, "-m", "nbgrader"]
    if words[0] == "lifkit":
        program = [
            sys.executable,
            "-c",
            "import sys; from lifkit.cli import main; sys.exit(main())",
        ]
    return [*program, *words[1:]]


def run(folder: Path, words: tuple[str, ...]) -> None:
    done = subprocess.run(
        spelled(words), cwd=folder, env=environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


def measure(folder: Path, commands: tuple[tuple[str, ...], ...]) -> Measured:
    """Run commands and see what they take, with all processes that they start."""
    peak, over = [0.0], threading.Event()

    def watch() -> None:
        rest = 0.25
        while not over.wait(rest):
            start = time.thread_time()
            peak[0] = max(peak[0], memory_of(os.getpid()))
            rest = max(0.25, WATCHING * (time.thread_time() - start))

    watcher = threading.Thread(target=watch)
    watcher.start()
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    try:
        for words in commands:
            run(folder, words)
    finally:
        over.set()
        watcher.join()
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(wall=wall, cpu=cpu, memory=peak[0])


def memory_of(process: int) -> float:
    """Return the MB of all descendants, what they share divided among them."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text("latin-1").rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            continue
        children.setdefault(parent, []).append(int(path.parent.name))
    todo, total = list(children.get(process, [])), 0.0
    while todo:
        one = todo.pop()
        todo += children.get(one, [])
        try:
            rows = Path(f"/proc/{one}/smaps_rollup").read_text().split("\n")
            total += next(int(row.split()[1]) for row in rows if row.startswith("Pss:")) / 1024
        except (OSError, StopIteration):
            continue
    return total


if __name__ == "__main__":
    main()

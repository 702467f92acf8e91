"""The lowest versions that pyproject.toml allows: the student's side, and a class that is graded."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.reach

ROOT = Path(__file__).resolve().parents[2]

#: The lowest Python, too: newer ones have no wheels of the lowest packages.
PYTHON = "3.11"

#: What students do: checks, reports in a kernel, explorers, every exercise in all its styles.
STUDENTS = ["tests/test_checks.py", "tests/test_in_a_kernel.py", "tests/test_explorers.py"]
CLASS = ["tests/test_round_trip.py"]
EXERCISES = ["tests/test_every_exercise.py", "-k", "every_style or example"]


@pytest.fixture(scope="module")
def lowest(tmp_path_factory):
    """Return an environment's programs."""
    uv = shutil.which("uv")
    if uv is None or subprocess.run([uv, "python", "find", PYTHON], capture_output=True).returncode:
        pytest.skip(f"needs uv and Python {PYTHON}")
    folder = tmp_path_factory.mktemp("lowest")
    versions, python = folder / "versions.txt", folder / "env" / "bin" / "python"
    compiled = ["--resolution", "lowest-direct", "--python-version", PYTHON, "--all-extras"]
    for words in (
        ["pip", "compile", *compiled, "pyproject.toml", "-o", versions],
        ["venv", "--python", PYTHON, folder / "env"],
        ["pip", "install", "--python", python, "-r", versions],
        ["pip", "install", "--python", python, "--no-deps", "-e", "."],
    ):
        done = subprocess.run([uv, *words, "-q"], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    return python.parent


@pytest.mark.parametrize("what", [STUDENTS, EXERCISES, CLASS], ids=["checks", "exercises", "class"])
def test_the_lowest_versions_do(lowest, what):
    done = subprocess.run(
        [lowest / "python", "-m", "pytest", "-q", "-n", "auto", "-p", "no:cacheprovider", *what],
        cwd=ROOT,
        env=os.environ | {"PATH": f"{lowest}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-5000:]

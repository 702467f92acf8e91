"""The lowest versions that pyproject.toml allows, and the newest: the student's side, a graded class.

The newest are not those of requirements.txt throughout: that holds one version for all Pythons, and
NumPy and SciPy go on without the lowest Python.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.reach

ROOT = Path(__file__).resolve().parents[2]

#: The Pythons to take, the first that is here, and what uv is told.  Newer Pythons have no wheels of the
#: lowest packages; 3.11 has none of the newest.
RANGES = {
    "lowest": (["3.11"], ["--resolution", "lowest-direct"]),
    "newest": (["3.14", "3.13", "3.12"], ["--resolution", "highest"]),
}

#: Pythons of pyenv stand on no PATH until they are chosen.
PYENV = os.pathsep.join(map(str, Path.home().glob(".pyenv/versions/*/bin")))

#: What students do: checks, reports in a kernel, explorers, every exercise in all its styles.
STUDENTS = ["tests/test_checks.py", "tests/test_in_a_kernel.py", "tests/test_explorers.py"]
CLASS = ["tests/test_round_trip.py"]
EXERCISES = ["tests/test_every_exercise.py", "-k", "every_style or example"]


def day_of_the_lock():
    """Return when requirements.txt was last made: what came out later is left for the next time."""
    command = ["git", "log", "-1", "--format=%cI", "--", "requirements.txt"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module", params=RANGES)
def programs(request, tmp_path_factory):
    """Return the folder of an environment's programs."""
    pythons, resolution = RANGES[request.param]
    where = os.environ | {"PATH": f"{os.environ['PATH']}{os.pathsep}{PYENV}"}

    def uv(*words):
        return subprocess.run(["uv", *words], cwd=ROOT, env=where, capture_output=True, text=True)

    if shutil.which("uv") is None:
        pytest.skip("needs uv")
    here = [one for one in pythons if not uv("python", "find", one).returncode]
    if not here:
        pytest.skip(f"needs Python {' or '.join(pythons)}")
    folder = tmp_path_factory.mktemp(request.param)
    versions, python = folder / "versions.txt", folder / "env" / "bin" / "python"
    compiled = [*resolution, "--python-version", here[0], "--all-extras"]
    if request.param == "newest":
        compiled += ["--exclude-newer", day_of_the_lock().strip()]
    for words in (
        ["pip", "compile", *compiled, "pyproject.toml", "-o", versions],
        ["venv", "--python", here[0], folder / "env"],
        ["pip", "install", "--python", python, "-r", versions],
        ["pip", "install", "--python", python, "--no-deps", "-e", "."],
    ):
        done = uv(*words, "-q")
        assert done.returncode == 0, done.stderr
    return python.parent


@pytest.mark.parametrize("what", [STUDENTS, EXERCISES, CLASS], ids=["checks", "exercises", "class"])
def test_the_versions_do(programs, what):
    done = subprocess.run(
        [programs / "python", "-m", "pytest", "-q", "-n", "auto", "-p", "no:cacheprovider", *what],
        cwd=ROOT,
        env=os.environ | {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-5000:]

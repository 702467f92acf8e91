"""What Binder would build."""

import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.reach

ROOT = Path(__file__).resolve().parents[2]


def test_repo2docker_reads_the_repository():
    uv = shutil.which("uv")
    if uv is None:
        pytest.skip("needs uv")
    words = [
        "--from",
        "jupyter-repo2docker==2026.4.0",
        "jupyter-repo2docker",
        "--no-build",
        "--debug",
    ]
    done = subprocess.run(
        [uv, "tool", "run", *words, "."], cwd=ROOT, capture_output=True, text=True
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said[-3000:]
    assert "for python=3.13" in said and "RUN ./binder/postBuild" in said

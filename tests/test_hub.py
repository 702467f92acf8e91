"""docs/hub.md: its steps, as far as one machine and one user can take them."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "hub.md").read_text(encoding="utf-8")
LAB = "lab2"

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a hub's users are Unix users")


def configuration(title, **places):
    """Return a configuration of the page, with other places than the page's."""
    text = re.search(rf"```python\n# {title}\n(.*?)```", PAGE, re.DOTALL)[1]
    for old, new in places.items():
        assert old in text
        text = text.replace(old, str(new))
    return text


@pytest.fixture
def course(tmp_path):
    """A course in the instructor's home, with one lab."""
    root = tmp_path / "home" / "lif"
    shutil.copytree(ROOT / "solutions" / "labs" / LAB, root / "solutions" / "labs" / LAB)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    return root


@pytest.fixture
def environment(tmp_path):
    """A user with a home and a configuration of their own."""
    for name in ("jupyter", "runtime", "data"):
        (tmp_path / name).mkdir()
    return os.environ | {
        "HOME": str(tmp_path / "home"),
        "JUPYTER_CONFIG_DIR": str(tmp_path / "jupyter"),
        "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"),
        "JUPYTER_DATA_DIR": str(tmp_path / "data"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }


# --- The exchange -------------------------------------------------------------------------------


@pytest.mark.slow
def test_two_lines_lead_from_release_to_collect(course, environment, tmp_path):
    exchange = tmp_path / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    text = configuration("exchange", **{"/srv/nbgrader/exchange": exchange})
    assert len(text.strip().splitlines()) == 1 + 2
    Path(environment["JUPYTER_CONFIG_DIR"], "nbgrader_config.py").write_text(text)
    student = tmp_path / "student"
    student.mkdir()

    def nbgrader(folder, *words):
        command = [sys.executable, "-m", "nbgrader", *words]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    nbgrader(course, "generate_assignment", LAB)
    nbgrader(course, "release_assignment", LAB)
    nbgrader(student, "fetch_assignment", LAB)
    notebook = student / LAB / f"{LAB}.ipynb"
    notebook.write_text(notebook.read_text().replace("raise NotImplementedError", "return None", 1))
    nbgrader(student, "submit", LAB)
    nbgrader(course, "collect", LAB)
    (collected,) = course.glob(f"submitted/*/{LAB}/{LAB}.ipynb")
    assert collected.read_text() == notebook.read_text()


# --- The formgrader -----------------------------------------------------------------------------


def labs_in_the_formgrader(folder, environment):
    """Start Jupyter in a folder and return the labs that the formgrader shows."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    extensions = "{'nbgrader.server_extensions.formgrader': True}"
    command = [sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root"]
    command += [f"--port={port}", "--IdentityProvider.token=t", f"--ServerApp.root_dir={folder}"]
    command += [f"--ServerApp.jpserver_extensions={extensions}"]
    address = f"http://127.0.0.1:{port}/formgrader/api/assignments?token=t"
    with (folder / "log.txt").open("w") as log:
        server = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        for _ in range(240):
            try:
                with urllib.request.urlopen(address, timeout=30) as answer:
                    return {one["name"] for one in json.load(answer)}
            except OSError:
                assert server.poll() is None, (folder / "log.txt").read_text()
                time.sleep(0.25)
        raise AssertionError((folder / "log.txt").read_text())
    finally:
        server.terminate()
        server.wait(30)


@pytest.mark.slow
def test_the_formgrader_finds_the_course_from_the_home_folder(course, environment):
    home = course.parent
    assert labs_in_the_formgrader(home, environment) == set()
    text = configuration("formgrader", **{"/home/instructor/lif": course})
    Path(environment["JUPYTER_CONFIG_DIR"], "nbgrader_config.py").write_text(text)
    assert labs_in_the_formgrader(home, environment) == {LAB}


# --- Rights -------------------------------------------------------------------------------------


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0 or not shutil.which("setpriv"),
    reason="only root can try what another user may do",
)
def test_the_page_s_rights_keep_others_out():
    def as_somebody_else(*command):
        before = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        return subprocess.run([*before, *command], capture_output=True, cwd="/").returncode == 0

    with tempfile.TemporaryDirectory() as home:  # pytest's own folders keep others out themselves
        Path(home).chmod(0o755)
        course = Path(home, "lif")
        course.mkdir(mode=0o755)
        secret = course / "grading_seed"
        secret.write_text("7")
        assert as_somebody_else("cat", str(secret))
        command = re.search(r"^chmod go-rwx (\S+)$", PAGE, re.MULTILINE)[0]
        subprocess.run(command.replace("/home/instructor/lif", str(course)).split(), check=True)
        assert not as_somebody_else("cat", str(secret))
        assert not as_somebody_else("ls", str(course))


# --- nbgitpuller --------------------------------------------------------------------------------

WHO = ["-c", "user.name=someone", "-c", "user.email=someone@example.org"]


def git(folder, *words):
    done = subprocess.run(["git", *WHO, *words], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def pull(repository, folder):
    """Do what an nbgitpuller link does: nbgitpuller itself, where it is installed, or its git commands."""
    if shutil.which("gitpuller"):
        command = ["gitpuller", f"file://{repository}", "main", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    elif not folder.exists():
        git(
            folder.parent,
            "clone",
            "--depth",
            "1",
            "-b",
            "main",
            f"file://{repository}",
            str(folder),
        )
    else:
        git(folder, "fetch")
        git(folder, "reset", "--mixed")
        git(folder, "commit", "-am", "Automatic commit", "--allow-empty")
        git(folder, "merge", "-Xours", "origin/main")


@pytest.fixture
def repository(tmp_path):
    """A repository with the labs and without solutions, as the handout's."""
    folder = tmp_path / "lif-labs"
    shutil.copytree(ROOT / "notebooks" / LAB, folder / LAB)
    git(folder, "init", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "Labs")
    return folder


def change(path, old, new, *, run=False):
    """Change a notebook as JupyterLab saves it: indented by 1, and with outputs once it has run."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.source = cell.source.replace(old, new)
        if run and cell.cell_type == "code":
            cell.execution_count = 1
            cell.outputs = [nbformat.v4.new_output("stream", text="-70.0\n")]
    nbformat.write(notebook, path)
    assert new in path.read_text(encoding="utf-8")


def test_a_pull_keeps_what_a_student_wrote_and_brings_what_is_new(repository, tmp_path):
    home = tmp_path / "student"
    pull(repository, home)
    mine, theirs = home / LAB / f"{LAB}.ipynb", repository / LAB / f"{LAB}.ipynb"
    change(mine, "raise NotImplementedError", "my_own_work = 1", run=True)
    change(theirs, "raise NotImplementedError", "raise NotImplementedError  # a correction")
    change(theirs, "# Lab 2:", "# Lab 2, corrected:")
    (repository / "lab9").mkdir()
    (repository / "lab9" / "lab9.ipynb").write_text("{}")
    git(repository, "add", ".")
    git(repository, "commit", "-m", "Correct, and add a lab")
    for _ in range(2):  # a link is clicked again and again
        pull(repository, home)
        found = nbformat.read(mine, as_version=4)
        nbformat.validate(found)
        sources = "\n".join(cell.source for cell in found.cells)
        assert "my_own_work = 1" in sources and "a correction" not in sources
        assert "# Lab 2, corrected:" in sources
        assert (home / "lab9" / "lab9.ipynb").exists()

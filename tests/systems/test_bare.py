"""The README's commands on a bare system: a root folder of Debian's packages and nothing else.

For before a release, as root, with mmdebstrap: `make test-systems`.  An ordinary user clones the
repository there, sets it up, opens the labs and runs the student's part of the tests.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.systems

ROOT = Path(__file__).resolve().parents[2]

#: A suite of Debian's, and its Python.
SUITES = {"bookworm": "3.11", "trixie": "3.13", "sid": "3.14"}

#: What the README asks for, and a way to ask the server whether it answers.
PACKAGES = "python3,python3-venv,make,git,ca-certificates,curl"

#: How this machine reaches packages, which the bare one needs as well.
HANDED_IN = ("/etc/resolv.conf", "/etc/pip.conf", "/etc/ssl/certs/ca-certificates.crt")
VARIABLES = re.compile(
    r"(?i)(https?|no|all)_proxy|PIP_(CERT|INDEX_URL|DEFAULT_TIMEOUT)|SSL_CERT_FILE"
)

#: Students' commands work without the sandbox, a browser and the grader.
STUDENTS = (
    "test_checks test_in_a_kernel test_explorers test_labs test_lab_copies test_session test_slip"
)

#: Run in a mount namespace of its own, so that nothing stays mounted.
ENTER = """
mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" || exit 1
exec chroot --userspec=1000:1000 "$0" env -i HOME=/home/ada LANG=C.UTF-8 \
    PATH=/usr/local/bin:/usr/bin:/bin "$@"
"""


@pytest.fixture(scope="module", params=SUITES)
def system(request, tmp_path_factory):
    """Return what runs a line of shell in a bare system, as a user whose clone is in ~/lif."""
    if os.geteuid() or not shutil.which("mmdebstrap"):
        pytest.skip("needs root and mmdebstrap (Debian: apt-get install mmdebstrap)")
    folder = tmp_path_factory.mktemp(request.param) / "root"
    old = ["--aptopt=Acquire::Check-Valid-Until false"]
    made = ["mmdebstrap", "--variant=minbase", *old, f"--include={PACKAGES}", request.param, folder]
    done = subprocess.run(made, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"mmdebstrap could not build {request.param}: {done.stderr.splitlines()[-1:]}")
    for name in filter(os.path.exists, HANDED_IN):
        (folder / name[1:]).unlink(missing_ok=True)
        shutil.copy(name, folder / name[1:])
    home = folder / "home" / "ada"
    subprocess.run(["git", "clone", "-q", ROOT, home / "lif"], check=True)
    for path in (home, *home.rglob("*")):
        os.chown(path, 1000, 1000, follow_symlinks=False)
    settings = [f"{k}={v}" for k, v in os.environ.items() if VARIABLES.fullmatch(k)]

    def run(line, seconds=3600):
        words = [*settings, "sh", "-c", f"cd ~/lif && {line}"]
        apart = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", ENTER, folder]
        done = subprocess.run([*apart, *words], capture_output=True, text=True, timeout=seconds)
        return done.returncode, done.stdout + done.stderr

    yield run
    shutil.rmtree(folder)


def test_it_sets_itself_up_and_the_labs_open(system, request):
    status, said = system("make setup")
    assert status == 0, said[-3000:]
    status, said = system(".venv/bin/python --version")
    assert SUITES[request.node.callspec.params["system"]] in said
    # `make lab` ends with JupyterLab, so what it runs is asked for here with a fixed token.
    status, said = system(
        ".venv/bin/lifkit lab lab1 -- --no-browser --port=8899 --IdentityProvider.token=x & "
        "curl --silent --show-error --retry 60 --retry-connrefused --retry-delay 1 "
        "'http://127.0.0.1:8899/api/contents/lab1/lab1.ipynb?token=x&content=0'"
    )
    assert status == 0 and '"name": "lab1.ipynb"' in said, said[-3000:]


def test_the_students_part_of_the_tests_passes(system):
    files = " ".join(f"tests/{name}.py" for name in STUDENTS.split())
    status, said = system(f".venv/bin/python -m pytest -q -n auto --dist loadfile {files}")
    print(said.splitlines()[-1])
    assert status == 0, said[-5000:]

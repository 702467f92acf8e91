"""docs/hub.md carried out on a JupyterHub with ordinary users: from installing it to feedback.

As root, where JupyterHub and its proxy can be had.  The page's own lines are run, in other places.
"""

import contextlib
import json
import os
import re
import secrets
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import pytest

from solutions.demo import fill_in, written_by
from tests.browser import conftest as browsers
from tests.browser.jupyter import choose, wait_until_open
from tests.test_hub import LAB, PAGE, configuration

pwd = pytest.importorskip("pwd", reason="a hub's users are Unix users")
pytestmark = pytest.mark.reach

ROOT = Path(__file__).resolve().parents[2]
HUB = ("jupyterhub==6.1.1", "nbgitpuller==1.3.0")
PROXY = "configurable-http-proxy@5.3.0"

PROGRAMS = ("useradd", "pkill", "git", "npm", "unzip")

#: Unix users, made for the test and removed after it.
INSTRUCTOR = "lifkit-test-instructor"
#: ... and what they hand in, by the names of the sample class.
STUDENTS = {"lifkit-test-ada": "ada", "lifkit-test-daniel": "daniel"}
USERS = [INSTRUCTOR, *STUDENTS]

#: Seconds in which a busy machine starts a hub, or a user's server and its pages.
PATIENCE = 180


# --- Setting it up ------------------------------------------------------------------------------


def nobody_can(*words):
    """Say whether a user without rights can run this."""
    nobody = {"user": 65534, "group": 65534, "extra_groups": []}
    with contextlib.suppress(OSError):
        return subprocess.run(words, cwd="/", capture_output=True, **nobody).returncode == 0
    return False


def a_python_for_all():
    """Return a Python that ordinary users may run, or None."""
    asks = "import ensurepip, sys; sys.exit(sys.version_info < (3, 11))"
    found = (Path(sys.base_prefix, "bin", "python3"), Path("/usr/bin/python3"))
    return next((python for python in found if nobody_can(python, "-c", asks)), None)


def what_is_missing():
    """Yield what this machine lacks for a hub."""
    if os.geteuid():
        yield "root, to make users"
        return
    yield from (name for name in PROGRAMS if not shutil.which(name))
    if not a_python_for_all():
        yield "a Python of 3.11 or newer, with pip, that ordinary users may run"
    if not nobody_can("bwrap", "--unshare-all", "--ro-bind", "/", "/", "true"):
        yield "bubblewrap, which ordinary users may use"


def line_of_the_page(start):
    """Return the line of the page that begins so, without its remark."""
    (found,) = re.findall(rf"^(?:sudo )?({re.escape(start)}.*?)(?:  +#.*)?$", PAGE, re.MULTILINE)
    return found


class Hub:
    """A hub below one folder, and what its users do."""

    def __init__(self, folder):
        self.folder = folder
        self.exchange = folder / "exchange"
        self.course = self.home(INSTRUCTOR) / "lif"
        self.programs = folder / "python" / "bin"
        self.config = folder / "python" / "etc" / "jupyter"
        self.password = secrets.token_hex(8)

    def home(self, user):
        return self.folder / "home" / user

    def path(self, *more):
        return os.pathsep.join(map(str, [*more, self.programs, "/usr/bin", "/bin"]))

    def here(self, line):
        """Return a line of the page with the places of this hub."""
        line = line.replace("/home/instructor/lif", str(self.course)).replace("sudo ", "")
        line = line.replace("/home/*", str(self.folder / "home" / "*"))
        return line.replace("/srv/nbgrader/exchange", str(self.exchange))

    def as_root(self, line):
        subprocess.run(["sh", "-c", self.here(line)], check=True)

    def run(self, user, line, *, may=True):
        """Run a line of shell as a user, in the course or in the student's home."""
        who, home = pwd.getpwnam(user), self.home(user)
        done = subprocess.run(
            ["sh", "-c", self.here(line)],
            user=who.pw_uid,
            group=who.pw_gid,
            extra_groups=[],
            umask=0o022,
            cwd=self.course if user == INSTRUCTOR else home,
            env={"HOME": str(home), "USER": user, "LANG": "C.UTF-8", "PATH": self.path()},
            capture_output=True,
            text=True,
        )
        said = done.stdout + done.stderr
        assert (done.returncode == 0) == may, f"{user}: {line}\n{said[-3000:]}"
        return said

    def write(self, path, text, owner):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        for made in (path.parent, path):
            shutil.chown(made, owner, owner)

    # The page's sections, one after the other

    def install(self):
        subprocess.run([a_python_for_all(), "-m", "venv", self.programs.parent], check=True)
        pip = [self.programs / "python", "-m", "pip", "install", "-q"]
        npm = ["npm", "install", "--no-audit", "--no-fund", "--prefix", self.folder / "proxy"]
        for words in ([*pip, *HUB], [*npm, PROXY]):
            done = subprocess.run(words, capture_output=True, text=True)
            if done.returncode:
                pytest.skip(f"JupyterHub and its proxy can't be had: {done.stderr[-300:]}")
        _, _, *words = shlex.split(self.here(line_of_the_page("pip install")))
        subprocess.run([*pip, *words], check=True)

    def set_up(self):
        self.as_root(line_of_the_page("mkdir"))
        for line in re.findall(r"^(?:sudo )?chmod go-rwx .*$", PAGE, re.MULTILINE):
            self.as_root(line)
        self.config.joinpath("nbgrader_config.py").write_text(self.here(configuration("exchange")))
        own = self.home(INSTRUCTOR) / ".jupyter" / "nbgrader_config.py"
        self.write(own, self.here(configuration("formgrader")), INSTRUCTOR)

    @contextlib.contextmanager
    def running(self):
        """Start JupyterHub, with servers that belong to the users who log in."""
        here = self.folder / "hub"
        here.mkdir(mode=0o700)
        with contextlib.ExitStack() as free:
            sockets = [free.enter_context(socket.socket()) for _ in range(3)]
            for one in sockets:
                one.bind(("127.0.0.1", 0))
            public, api, inner = (one.getsockname()[1] for one in sockets)
        self.url = f"http://127.0.0.1:{public}"
        here.joinpath("jupyterhub_config.py").write_text(
            f"c.JupyterHub.bind_url = {self.url!r}\n"
            f"c.JupyterHub.hub_port = {inner}\n"
            f"c.ConfigurableHTTPProxy.api_url = 'http://127.0.0.1:{api}'\n"
            "c.JupyterHub.authenticator_class = 'dummy'\n"
            f"c.DummyAuthenticator.password = {self.password!r}\n"
            f"c.Authenticator.allowed_users = {set(USERS)!r}\n"
            f"c.Spawner.start_timeout = c.Spawner.http_timeout = {PATIENCE}\n"
        )
        environment = {
            "HOME": str(here),
            "LANG": "C.UTF-8",
            "PATH": self.path(self.folder / "proxy" / "node_modules" / ".bin"),
        }
        log = here / "log.txt"
        with log.open("w") as file:
            hub = subprocess.Popen(
                [self.programs / "jupyterhub"], cwd=here, env=environment, stdout=file, stderr=file
            )
        try:
            until = time.monotonic() + PATIENCE
            while not self._answers():
                alive = hub.poll() is None and time.monotonic() < until
                assert alive, log.read_text()[-3000:]
                time.sleep(0.5)
            yield
        finally:
            hub.terminate()  # it ends its proxy and the users' servers
            hub.wait(PATIENCE)

    def _answers(self):
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}/hub/health"):
            return True


def remove(user):
    """Remove a user with their processes and home."""
    with contextlib.suppress(KeyError):
        pwd.getpwnam(user)
        subprocess.run(["pkill", "-KILL", "-U", user])
        subprocess.run(["userdel", "--force", "--remove", user], capture_output=True)


@pytest.fixture(scope="module")
def hub():
    """A hub set up as the page says, with its users; nothing of it is left afterwards."""
    missing = [
        name for name in ("useradd", "pkill", "git", "npm", "unzip") if not shutil.which(name)
    ]
    if os.name != "posix" or os.geteuid() or missing:
        pytest.skip(f"needs root, to make users, {', '.join(missing)}")
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lifkit-hub-")))
        folder.chmod(0o755)  # pytest's own folders keep ordinary users out
        hub = Hub(folder)
        folder.joinpath("home").mkdir()
        for user in USERS:
            remove(user)  # of a run that was broken off
            stack.callback(remove, user)
            home = ["--create-home", "--home-dir", hub.home(user), "-K", "HOME_MODE=0755"]
            subprocess.run(["useradd", *home, "--shell", "/bin/sh", user], check=True)
        subprocess.run(["git", "clone", "-q", ROOT, hub.course], check=True)
        subprocess.run(["chown", "-R", f"{INSTRUCTOR}:", hub.course], check=True)
        hub.install()
        hub.set_up()
        stack.enter_context(hub.running())
        yield hub


# --- A lab, from release to feedback ------------------------------------------------------------


def test_a_released_lab_reaches_the_students(hub):
    hub.run(INSTRUCTOR, line_of_the_page("nbgrader generate_assignment"))
    for student in STUDENTS:
        hub.run(student, line_of_the_page("nbgrader fetch_assignment"))
        assert (hub.home(student) / LAB / f"{LAB}.ipynb").exists()


def test_what_they_submit_is_collected_and_graded_in_the_sandbox(hub):
    for student, name in STUDENTS.items():
        notebook = hub.home(student) / LAB / f"{LAB}.ipynb"
        fill_in(notebook, written_by(name), notebook)
        hub.run(student, line_of_the_page("nbgrader submit"))
    said = hub.run(INSTRUCTOR, line_of_the_page("nbgrader collect"))
    found = {}
    for student in STUDENTS:
        verdict = json.loads((hub.course / "verdicts" / LAB / f"{student}.json").read_text())
        found[STUDENTS[student]] = {item["outcome"] for item in verdict["exercises"].values()}
    assert found["ada"] == {"correct"}, said
    assert "wrong" in found["daniel"] or "partial" in found["daniel"], said


def test_feedback_reaches_the_student_it_is_for(hub):
    hub.run(INSTRUCTOR, line_of_the_page("nbgrader generate_feedback"))
    for student in STUDENTS:
        hub.run(student, line_of_the_page("nbgrader fetch_feedback"))
        (page,) = hub.home(student).glob(f"{LAB}/feedback/*/{LAB}.html")
        graded = hub.course / "feedback" / student / LAB / f"{LAB}.html"
        assert page.read_bytes() == graded.read_bytes()


def test_students_read_neither_the_course_nor_each_other_s_work(hub):
    ada, daniel = STUDENTS
    theirs = hub.home(ada) / LAB / f"{LAB}.ipynb"
    inbound, feedback = (hub.exchange / "lif" / name for name in ("inbound", "feedback"))
    hub.run(ada, f"cat {theirs}")
    hub.run(daniel, f"ls {hub.exchange}/lif/outbound/{LAB}")
    for secret in (hub.course, inbound, feedback, hub.home(ada), hub.home(INSTRUCTOR)):
        hub.run(daniel, f"ls {secret}", may=False)
    for secret in (hub.course / "grading_seed", hub.course / "gradebook.db", theirs):
        assert secret.exists()
        hub.run(daniel, f"cat {secret}", may=False)


# --- In the browser -----------------------------------------------------------------------------


@contextlib.contextmanager
def logged_in(chromium, hub, user, place):
    """Log in, as a link to a place of the user's own server asks for it."""
    with browsers.opened(chromium, []) as page:
        page.set_default_timeout(1000 * PATIENCE)
        page.goto(f"{hub.url}/hub/user-redirect/{place}")
        page.get_by_label("Username").fill(user)
        page.get_by_label("Password").fill(hub.password)
        page.get_by_role("button", name="Sign in").click()
        yield page


def test_a_student_s_lab_opens_in_jupyterlab_and_its_kernel_has_lifkit(hub, chromium):
    student = next(iter(STUDENTS))
    with logged_in(chromium, hub, student, f"lab/tree/{LAB}/{LAB}.ipynb") as page:
        wait_until_open(page)
        assert f"/user/{student}/lab" in page.url
        choose(page, "Run", "Run All Cells")
        page.get_by_text("all correct").first.wait_for()


def test_the_instructor_s_formgrader_shows_the_lab_and_what_to_mark(hub, chromium):
    place = re.search(r"https://HUB/hub/user-redirect/(formgrader)", PAGE)[1]
    with logged_in(chromium, hub, INSTRUCTOR, place) as page:
        row = page.locator("tr", has_text=LAB)
        row.wait_for()
        assert row.locator(".num-submissions").inner_text() == str(len(STUDENTS))
        page.goto(f"{hub.url}/user/{INSTRUCTOR}/formgrader/gradebook/{LAB}/{LAB}")
        page.get_by_text("Submission #1").click()
        page.get_by_text("def lif_euler").first.wait_for()


def test_an_nbgitpuller_link_puts_the_labs_into_a_student_s_home(hub, chromium):
    student, repository = next(iter(STUDENTS)), hub.folder / "lif-labs"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", repository], check=True)
    subprocess.run(["chown", "-R", INSTRUCTOR, repository], check=True)
    name = "git config --global user.name i && git config --global user.email i@example.org"
    lines = re.search(r"```\n(lifkit handout\n.*?)```", PAGE, re.DOTALL)[1]
    lines = lines.replace("/tmp", str(hub.home(INSTRUCTOR)))
    lines = lines.replace("git@HOST:you/lif-labs.git", str(repository))
    hub.run(INSTRUCTOR, f"set -e\n{name}\n{lines}")
    subprocess.run(["chown", "-R", student, repository], check=True)  # Git reads its owner's only
    link = re.search(r"https://HUB/hub/user-redirect/(git-pull\S+)`", PAGE)[1]
    link = link.replace("https://HOST/you/lif-labs", f"file://{repository}")
    with logged_in(chromium, hub, student, link) as page:
        wait_until_open(page)
    assert (hub.home(student) / "lif-labs" / "notebooks" / LAB / f"{LAB}.ipynb").exists()

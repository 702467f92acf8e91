"""The box holds, is known to hold, and is refused where it can't."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import threading
import zipfile
from pathlib import Path

import pytest

from lifkit_staff.grading.box import mounts, usage
from lifkit_staff.grading.box import sandbox as box_module
from lifkit_staff.grading.box import verify as verify_module
from lifkit_staff.grading.box.errors import SandboxUnavailable
from lifkit_staff.grading.box.verify import verify
from lifkit_staff.grading.job import choose_sandbox
from lifkit_staff.grading.kernel.client import Kernel
from lifkit_staff.grading.limits import Limits

from .sample import wait_for

pytestmark = pytest.mark.sandbox


def printed(kernel, code):
    """Run code and return what it printed and how it ended."""
    found = []

    def keep(message):
        if message.get("msg_type") == "stream":
            found.append(message["content"]["text"])

    reply = kernel.execute(code, on_output=keep)
    return "".join(found), reply


def shown(kernel, code):
    """Run code that should end well, and return what it showed as data by media type."""
    found = []

    def keep(message):
        if message.get("msg_type") in ("display_data", "execute_result"):
            found.append(message["content"]["data"])

    assert kernel.execute(code, on_output=keep).status == "ok"
    return found


@pytest.fixture
def kernel(sandbox):
    with Kernel(Limits(timeout=60), {"data/side.txt": b"hello"}) as kernel:
        yield kernel


def test_the_submission_s_files_are_there_and_nothing_else(kernel):
    text, _ = printed(
        kernel, "import os; print(open('data/side.txt').read(), sorted(os.listdir('.')))"
    )
    assert text == "hello ['data']\n"
    text, _ = printed(kernel, "print(sorted(os.listdir('/tmp/run')))")
    assert "kernel.json" in text


def test_the_course_and_the_home_folder_do_not_exist(kernel):
    root = Path(__file__).resolve().parents[2]
    for path in (
        root / "solutions",
        root / "tests",
        root / "pyproject.toml",
        Path.home() / ".bashrc",
    ):
        text, _ = printed(kernel, f"import os; print(os.path.lexists({str(path)!r}))")
        assert text == "False\n", path


def test_every_file_of_the_machine_that_can_be_written_is_harmless(kernel):
    code = """
import os
for top in ("/proc", "/dev", "/etc", "/usr/lib/python3"):
    for folder, _, files in os.walk(top):
        if "/task/" in folder or "/fd" in folder or "/map_files" in folder:
            continue
        for name in files:
            try:
                os.close(os.open(os.path.join(folder, name), os.O_WRONLY | os.O_NONBLOCK))
                print(os.path.join(folder, name))
            except OSError:
                pass
"""
    text, _ = printed(kernel, code)
    devices = {
        "null",
        "zero",
        "full",
        "random",
        "urandom",
        "tty",
        "ptmx",
        "stdin",
        "stdout",
        "stderr",
    }
    assert {Path(line).name for line in text.split()} <= devices
    assert not [line for line in text.split() if not line.startswith("/dev/")]


def test_there_is_no_network(kernel):
    text, _ = printed(kernel, "import socket; print([name for _, name in socket.if_nameindex()])")
    assert text in ("['lo']\n", "[]\n")


def test_sockets_of_other_kinds_are_refused(kernel):
    code = """
import socket
for family in (socket.AF_PACKET, socket.AF_ALG, getattr(socket, "AF_VSOCK", 40)):
    try:
        socket.socket(family, socket.SOCK_RAW if family == socket.AF_PACKET else socket.SOCK_STREAM)
        print("made", family)
    except OSError as error:
        print(error.errno)
"""
    text, _ = printed(kernel, code)
    assert text.split() == ["97", "97", "97"]  # EAFNOSUPPORT


@pytest.mark.parametrize(
    "call",
    [
        "libc.unshare(0x10000000)",
        "libc.mount(b'none', b'/tmp', b'tmpfs', 0, None)",
        "libc.umount2(b'/usr', 2)",
        "libc.chroot(b'/tmp')",
        "libc.setns(0, 0)",
        "libc.ptrace(16, 1, 0, 0)",
        "libc.syscall(321, 0, 0, 0)",  # bpf
        "libc.syscall(319, b'x', 0)",  # memfd_create
        "libc.shmget(0, 4096, 0o1666)",
        "libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0)",  # clone into a new user namespace
        "libc.syscall(435, 0, 0)",  # clone3
    ],
)
@pytest.mark.skipif(os.uname().machine != "x86_64", reason="numbers of calls differ elsewhere")
def test_calls_that_open_the_box_are_refused(kernel, call):
    code = f"import ctypes; libc = ctypes.CDLL(None, use_errno=True)\nprint({call}, ctypes.get_errno())"
    text, _ = printed(kernel, code)
    assert text.split()[0] == "-1"
    assert text.split()[1] in ("1", "38")  # EPERM, ENOSYS


def test_no_privilege_is_left_and_none_can_be_gained(kernel):
    text, _ = printed(kernel, "print(open('/proc/self/status').read())")
    rows = dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)
    assert {int(rows[name], 16) for name in ("CapEff", "CapPrm", "CapInh", "CapAmb")} == {0}
    assert rows["NoNewPrivs"] == "1"
    assert rows["Seccomp"] == "2"


def test_children_end_with_the_kernel(sandbox):
    kernel = Kernel(Limits(timeout=20), {})
    code = "import subprocess; subprocess.Popen(['sleep', '4242'], start_new_session=True)"
    assert kernel.execute(code).status == "ok"

    def sleeping():
        done = subprocess.run(["ps", "-eo", "args="], capture_output=True, text=True, check=True)
        return "sleep 4242" in done.stdout.splitlines()

    assert sleeping()
    kernel.end()
    wait_for(lambda: not sleeping())


def test_the_box_ends_with_the_process_that_made_it(sandbox):
    code = (
        "from lifkit_staff.grading.kernel.client import Kernel\n"
        "from lifkit_staff.grading.limits import Limits\nimport time\nkernel = Kernel(Limits(), {})\n"
        "print(kernel.box.pid, flush=True)\ntime.sleep(100)"
    )
    maker = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    pid = int(maker.stdout.readline())
    assert Path(f"/proc/{pid}").exists()
    maker.kill()
    maker.wait()
    wait_for(lambda: not Path(f"/proc/{pid}").exists())


def test_kernels_leave_nothing_behind_in_the_grader(sandbox):
    def files():
        return len(os.listdir("/proc/self/fd"))

    Kernel(Limits(), {}).end()
    before = files()
    for _ in range(5):
        Kernel(Limits(), {}).end()
    assert files() <= before + 1


def test_a_course_inside_the_environment_is_masked(sandbox, tmp_path, monkeypatch):
    environment = tmp_path / "environment"
    course = environment / "course"
    for folder in (course / "solutions", course / ".venv"):
        folder.mkdir(parents=True)
    (course / "solutions" / "answer.py").write_text("42")
    real = mounts._environment_folders()
    monkeypatch.setattr(
        "lifkit_staff.grading.box.mounts._environment_folders",
        lambda: [*real, environment, course / ".venv"],
    )
    with Kernel(Limits(), {}, hidden=course) as kernel:
        text, _ = printed(kernel, f"import os; print(os.listdir({str(course)!r}))")
    assert text == "['.venv']\n"


def test_the_box_shows_lifkit_and_nothing_of_staff_s_side(kernel):
    """Here lifkit is installed editable: it lies in the repository, beside what nobody may see."""
    root = Path(__file__).resolve().parents[2]
    code = "import lifkit, os\nprint(lifkit.__path__[0], os.listdir(os.path.dirname(lifkit.__path__[0])))"
    text, _ = printed(kernel, code)
    if not text.startswith(f"{root}/"):
        pytest.skip("lifkit is installed from a wheel")
    assert "lifkit_staff" not in text and "solutions" not in text
    assert kernel.execute("import lifkit_staff.references").ename == "ModuleNotFoundError"


WHEEL = """
import lifkit
from lifkit_staff.grading.box.verify import verify
from lifkit_staff.grading.kernel.client import Kernel
from lifkit_staff.grading.limits import Limits
if __name__ == "__main__":
    verify([{hidden!r}])
    with Kernel(Limits(), {{}}) as kernel:
        kernel.execute(
            "import lifkit.judge.respond; print(lifkit.__file__)",
            on_output=lambda message: print(message["content"].get("text", "")),
        )
"""


@pytest.mark.slow
def test_lifkit_from_a_wheel_is_in_the_box(sandbox, tmp_path):
    """In an environment of its own, whose files are links to this one's: it knows no repository."""
    root = Path(__file__).resolve().parents[2]
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    (mine,) = (tmp_path / "venv").glob("lib/python*/site-packages")
    theirs = sysconfig.get_path("purelib")
    try:
        shutil.copytree(
            theirs,
            mine,
            copy_function=os.link,
            ignore=shutil.ignore_patterns("*lifkit*"),
            dirs_exist_ok=True,
        )
    except (OSError, shutil.Error) as error:
        pytest.skip(f"the environment can't be linked to: {error!s:.100}")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    zipfile.ZipFile(next(tmp_path.glob("*.whl"))).extractall(mine)
    (tmp_path / "probe.py").write_text(WHEEL.format(hidden=str(root / "lifkit")))
    done = subprocess.run(
        [tmp_path / "venv" / "bin" / "python", "probe.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert str(mine / "lifkit" / "__init__.py") in done.stdout


# Side by side -----------------------------------------------------------------------------------

WORK = "import time\nstart = time.process_time()\nwhile time.process_time() - start < {}: pass"


def test_time_in_which_others_had_the_processor_is_not_counted(sandbox):
    """Three share one core: 0.8 s of work take 2.4 s by the clock, and the limit is 1.5 s."""
    core = {min(os.sched_getaffinity(0))}
    rivals = [
        subprocess.Popen([sys.executable, "-c", "import os; os.nice(5)\nwhile True: pass"])
        for _ in range(2)
    ]
    try:
        with Kernel(Limits(timeout=1.5), {}) as kernel:
            for process in (kernel._manager.provisioner.inside, *(rival.pid for rival in rivals)):
                os.sched_setaffinity(process, core)
            assert kernel.execute(WORK.format(0.8)).status == "ok"
            assert kernel.execute(WORK.format(60)).status == "timeout"
    finally:
        for rival in rivals:
            rival.kill()
            rival.wait()


def test_a_call_is_given_the_time_that_others_took(sandbox):
    """The limit of one call, which is counted in the submission's process, is as patient."""
    rivals = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2)]
    code = (
        "from lifkit.judge import Call, Case, Exercise, Output\n"
        "from lifkit.judge.calling import answer\n"
        "exercise = Exercise(name='f', lab='l', number='1', title='', parameters=('x',),\n"
        "    outputs=(Output(name='y'),), properties=(), hints=())\n"
        "case = Case(name='c', group='g', calls=(Call(inputs={{'x': 1.0}}),))\n"
        "def f(x):\n    " + WORK.replace("\n", "\n    ") + "\n    return x\n"
        "print(answer(exercise, f, case, limit=1.0).status)"
    )
    try:
        with Kernel(Limits(timeout=60), {}) as kernel:
            for process in (kernel._manager.provisioner.inside, *(rival.pid for rival in rivals)):
                os.sched_setaffinity(process, {min(os.sched_getaffinity(0))})
            assert printed(kernel, code.format(0.6))[0] == "ok\n"
            assert printed(kernel, code.format(60))[0] == "timeout\n"
    finally:
        for rival in rivals:
            rival.kill()
            rival.wait()


BURN = (
    "import os, time\nfor _ in range({}):\n    if os.fork() == 0:\n        while True: pass\n"
    "time.sleep({})"
)


def test_what_asks_for_more_than_its_share_of_the_cores_is_ended(sandbox):
    """Also where all of it shares one core, with others: what it gets says nothing of what it asks for."""
    rivals = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2)]
    core = {min(os.sched_getaffinity(0))}
    try:
        for children, seconds, status in ((1, 12, "ok"), (8, 600, "too many processes")):
            with Kernel(Limits(timeout=60), {}) as kernel:
                for process in (kernel._manager.provisioner.inside, *(one.pid for one in rivals)):
                    os.sched_setaffinity(process, core)
                assert kernel.execute(BURN.format(children, seconds)).status == status
    finally:
        for rival in rivals:
            rival.kill()
            rival.wait()


#: Children that end leave nothing behind.
NO_TRACE = "import signal\nsignal.signal(signal.SIGCHLD, signal.SIG_IGN)"

#: Together more than 600 MB, after a while; each less than one process may have.
GROW = """
import os, time, numpy as np
for _ in range(4):
    if os.fork() == 0:
        kept = []
        for _ in range(50):
            kept.append(np.ones(500_000))
            time.sleep(0.05)
        time.sleep(600)
"""


@pytest.mark.parametrize(
    "leave, status", [(BURN.format(8, 0), "too many processes"), (GROW, "out of memory")]
)
def test_what_an_earlier_cell_left_running_goes_before_what_runs_now(sandbox, leave, status):
    """Once; else it would depend on the load which cell or exercise it costs."""
    with Kernel(Limits(timeout=60, memory=600), {}) as kernel:
        assert kernel.execute(NO_TRACE).status == "ok"
        for wanted in ("ok", status):
            alone = kernel.box.processes()
            assert kernel.execute(leave).status == "ok"
            for _ in range(120):
                reply = kernel.execute("time.sleep(1)")
                if reply.gone or kernel.box.processes() == alone:
                    break
            assert reply.status == wanted


def test_what_an_earlier_cell_left_running_costs_no_exercise(sandbox):
    with Kernel(Limits(timeout=60, memory=600), {}) as kernel:
        assert kernel.execute(NO_TRACE).status == "ok"
        alone = kernel.box.processes()
        assert kernel.execute(GROW).status == "ok"
        assert kernel.evaluate("__import__('time').sleep(8)").status == "ok"
        assert kernel.box.processes() == alone


#: Ends the first thread of a child, and of the child only, while another one holds 400 MB.
HEADLESS = """
import ctypes, os, threading, time, numpy as np
if os.fork() == 0:
    def hold():
        global x
        x = np.ones(50_000_000)
        open("held", "w").close()
        time.sleep(60)
    threading.Thread(target=hold).start()
    ctypes.CDLL(None).pthread_exit(None)
while not os.path.exists("held"):
    time.sleep(0.05)
"""


def test_memory_is_counted_where_the_first_thread_has_ended(kernel):
    before = memory(kernel.box)
    assert kernel.execute(HEADLESS).status == "ok"
    assert 400e6 < memory(kernel.box) - before < 800e6


SOCKETS = """
import os, socket, time
def fill():
    try:
        while True:
            kept.append(socket.socketpair())
    except OSError:
        time.sleep(600)
kept = []
for _ in range(12):
    if os.fork() == 0:
        fill()
time.sleep(600)
"""


def test_a_socket_counts_as_what_it_may_hold(sandbox):
    """What it does hold is told nowhere; nine processes of 100 pairs may hold 450 MB."""
    with Kernel(Limits(timeout=60, memory=400), {}) as kernel:
        assert (
            kernel.execute("import socket; pairs = [socket.socketpair() for _ in 'abc']").status
            == "ok"
        )
        assert kernel.execute(SOCKETS).status == "out of memory"


def test_a_process_that_is_ending_is_not_taken_for_a_large_one(sandbox):
    """Its first thread goes first, and no longer says what the process has."""
    with Kernel(Limits(timeout=20), {}) as kernel:
        children = (
            "import os, threading, time\n"
            "for _ in range(60):\n"
            "    if os.fork() == 0:\n"
            "        for _ in range(10): threading.Thread(target=time.sleep, args=(9,)).start()\n"
            "        os._exit(0)\n"
            "    os.wait()"
        )
        most = []
        watch = threading.Thread(target=lambda: most.append(kernel.execute(children)))
        watch.start()
        seen = 0
        while watch.is_alive():
            seen = max(seen, memory(kernel.box))
        assert [reply.status for reply in most] == ["ok"]
        assert seen < 2e9


def memory(box):
    """Return the bytes that the grader counts for the processes of a box."""
    return usage.memory(box._folders(), exact=False)


@pytest.mark.parametrize("figures", [True, False])
def test_figures_are_drawn_or_left_out_and_the_kernel_lives(sandbox, figures):
    code = (
        "from lifkit import plotting\nimport matplotlib.pyplot as plt\n"
        "for _ in range(8):\n    fig, ax = plt.subplots()\n"
        "    ax.semilogx(range(1, 99))\n    plotting.show(fig, 'rising')\n"
        "plt.plot([1, 2]); plt.tight_layout(); plt.show()"
    )
    with Kernel(Limits(), {}, figures=figures) as kernel:
        sizes = [len(str(data)) for data in shown(kernel, code)]
        assert kernel.execute("import gc; gc.collect()").status == "ok"
    assert len(sizes) == 9
    assert (min(sizes) > 5000) is figures


@pytest.mark.parametrize("figures", [True, False])
def test_an_explorer_runs_the_solver_for_a_picture_only(sandbox, figures):
    code = (
        "import numpy as np\nfrom lifkit.explorers import explore_membrane\nsteps = []\n"
        "def passive_euler(N_t, dt, V_init, E_m, I_ext, g_m, tau):\n"
        "    steps.append(N_t)\n    return np.full((N_t + 1, 1), -70.0)\n"
        "explore_membrane(passive_euler)"
    )
    with Kernel(Limits(), {}, figures=figures) as kernel:
        (data,) = shown(kernel, code)
        assert printed(kernel, "print(1000 in steps)")[0] == f"{figures}\n"
    assert "Explorer: Passive membrane" in data["text/plain"]
    assert ("text/html" in data) is figures


def test_what_is_written_arrives_in_order_and_before_the_cell_ends(kernel):
    """Also from threads and without a line's end."""
    code = (
        "import sys, threading\nprint('a', end='')\nsys.stdout.flush()\nprint('b', end='')\n"
        "thread = threading.Thread(target=lambda: print('c', end=''))\n"
        "thread.start(); thread.join()\nsys.stdout.flush(); sys.stdout.flush()\nprint('d', end='')"
    )
    for _ in range(5):
        assert printed(kernel, code)[0] == "abcd"
    assert printed(kernel, "pass")[0] == ""


def test_a_cell_is_read_for_magic_once_and_anew_each_time(kernel):
    assert printed(kernel, "%precision 3\nprint('z')")[0] == "z\n"
    kernel.execute(
        "seen = []\ndef shout(lines):\n    seen.append(1)\n"
        "    return [line.replace('z', 'Z') for line in lines]"
    )
    assert printed(kernel, "print('z')")[0] == "z\n"
    kernel.execute("get_ipython().input_transformers_post.append(shout)")
    assert printed(kernel, "print('z')")[0] == "Z\n"
    kernel.execute("get_ipython().input_transformers_post.clear()")
    assert printed(kernel, "print('z')")[0] == "z\n"
    assert printed(kernel, "print(len(seen))")[0] == "2\n"  # that cell, and the one that cleared
    assert printed(kernel, "import asyncio\nawait asyncio.sleep(0)\nprint('b')")[0] == "b\n"


def test_an_expression_tells_how_it_ended_and_leaves_no_trace(sandbox):
    with Kernel(Limits(timeout=2), {}) as kernel:
        kernel.execute("import time\nseen = []")
        assert kernel.evaluate("seen.append(1)").status == "ok"
        failed = kernel.evaluate("seen[5]")
        assert (failed.status, failed.ename) == ("error", "IndexError")
        assert kernel.evaluate("time.sleep(60)").status == "timeout"
        assert kernel.evaluate("seen.append(2)").status == "ok"
        assert printed(kernel, "print(seen, len(In), _)")[0] == "[1, 2] 3 \n"


# Refusing -----------------------------------------------------------------------------------------


def test_verify_refuses_a_box_in_which_a_secret_can_be_seen(sandbox):
    with pytest.raises(SandboxUnavailable, match="does not hold"):
        verify([sys.executable])


@pytest.mark.parametrize("wanted", ["auto", "bwrap"])
def test_without_bubblewrap_grading_stops_with_reason_and_remedy(tmp_path, monkeypatch, wanted):
    monkeypatch.setattr(box_module.shutil, "which", lambda name: None)
    with pytest.raises(
        SandboxUnavailable, match="(?s)bwrap.*not found.*apt-get install.*--sandbox off"
    ):
        choose_sandbox(wanted, tmp_path)


def test_where_namespaces_are_forbidden_grading_stops_with_bubblewrap_s_reason(
    tmp_path, monkeypatch
):
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setattr(box_module.shutil, "which", lambda name: str(fake))
    with pytest.raises(SandboxUnavailable, match="(?s)uid map: Permission denied.*--sandbox off"):
        choose_sandbox("auto", tmp_path)


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_other_systems_are_told_what_to_do(monkeypatch, system):
    monkeypatch.setattr(verify_module.sys, "platform", system)
    with pytest.raises(SandboxUnavailable, match=f"(?s)needs Linux; this is {system}.*WSL 2"):
        verify([])


def test_off_has_to_be_asked_for(tmp_path):
    assert choose_sandbox("off", tmp_path) == "off"
    with pytest.raises(ValueError, match="no sandbox called 'none'"):
        choose_sandbox("none", tmp_path)


def test_an_ordinary_user_gets_the_same_box(sandbox):
    if os.getuid() != 0:
        pytest.skip("the other tests have just shown it")
    code = (
        "import sys; sys.path[:0] = {path}\n"
        "from lifkit_staff.grading.box.sandbox import Box\n"
        "from lifkit_staff.grading.limits import Limits\n"
        "box = Box(Limits()); print(sorted(__import__('os').listdir(box.path('/tmp')))); box.kill()"
    )
    # The environment of root's tests may be closed to others; the box needs the system's Python only.
    folder = Path(tempfile.mkdtemp())  # pytest's own folders are closed to others
    folder.chmod(0o755)
    root = Path(__file__).resolve().parents[2]
    for package in ("lifkit", "lifkit_staff"):
        shutil.copytree(root / package, folder / package)
    done = subprocess.run(
        ["/usr/bin/python3", "-c", code.format(path=[str(folder)])],
        user=65534,
        group=65534,
        extra_groups=[],
        cwd="/",
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    shutil.rmtree(folder)
    assert done.returncode == 0, done.stderr
    assert {"'home'", "'run'", "'work'"} <= set(done.stdout.strip("[]\n").split(", "))

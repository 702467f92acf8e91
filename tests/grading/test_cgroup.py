"""A control group counts what processes hide, where there can be one; nothing is lost where not.

The trees are made of what Linux shows (6.8, systemd 255): files that a new group has are put there by a
`mkdir` that behaves as its own.
"""

import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from lifkit_staff.grading.box import cgroup
from lifkit_staff.grading.box import sandbox as box_module
from lifkit_staff.grading.box.sandbox import Box
from lifkit_staff.grading.kernel.client import Kernel
from lifkit_staff.grading.limits import Limits

USER = "user.slice/user-1000.slice/user@1000.service"
SCOPE = f"{USER}/app.slice/run-r0a9c1e.scope"

#: A group that was just made: what is in its files.
FRESH = {
    "cgroup.controllers": "memory pids\n",
    "cgroup.events": "populated 0\nfrozen 0\n",
    "cgroup.procs": "",
    "cgroup.subtree_control": "",
    "cpu.stat": "usage_usec 0\nuser_usec 0\nsystem_usec 0\ncore_sched.force_idle_usec 0\n",
    "memory.current": "0\n",
    "memory.events": "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\noom_group_kill 0\n",
    "memory.max": "max\n",
    "memory.swap.max": "max\n",
    "pids.max": "max\n",
}

#: After a box of 2048 MB was filled by a child that Linux then ended.
USED = {
    "cpu.stat": "usage_usec 1830241\nuser_usec 1499216\nsystem_usec 331024\n"
    "core_sched.force_idle_usec 0\nnr_periods 0\nnr_throttled 0\nthrottled_usec 0\n",
    "memory.current": "184832000\n",
    "memory.events": "low 0\nhigh 0\nmax 412\noom 1\noom_kill 1\noom_group_kill 0\n",
}


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A machine with systemd on which this process is in a scope of user 1000's."""
    root = tmp_path / "cgroup"
    counts = {
        "": "cpuset cpu io memory pids",
        "user.slice": "memory pids",
        "user.slice/user-1000.slice": "memory pids",
        USER: "memory pids",
        f"{USER}/app.slice": "memory pids",
        SCOPE: "",
    }

    def mkdir(path, mode=0o777):
        os.mkdir(path, mode)
        for name, text in FRESH.items():
            Path(path, name).write_text(text)

    for name, controllers in counts.items():
        folder = root / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "cgroup.subtree_control").write_text(controllers + "\n")
        (folder / "cgroup.procs").write_text("")
    own = tmp_path / "own"
    own.write_text(f"0::/{SCOPE}\n")
    system = SimpleNamespace(**{**vars(os), "mkdir": mkdir, "rmdir": shutil.rmtree})
    monkeypatch.setattr(cgroup, "os", system)
    return root, own


def made(tree, **limits):
    return cgroup.make(Limits(**limits), 4711, *tree)


def write(group, files):
    for name, text in files.items():
        (group.path / name).write_text(text)


def test_a_group_is_made_where_others_are_counted_and_the_box_put_in(tree):
    group = made(tree, memory=300, processes=20)
    assert group.path.parent == tree[0] / USER / "app.slice"
    said = {name: (group.path / name).read_text() for name in FRESH}
    assert said["memory.max"].startswith("300000000")
    assert said["memory.swap.max"].startswith("0")
    assert said["pids.max"].startswith("84")
    assert said["cgroup.procs"] == "4711"


def test_what_linux_counts_is_read(tree):
    group = made(tree)
    assert (group.work(), group.kills()) == (0.0, 0)
    write(group, USED)
    assert (group.work(), group.kills()) == (1.830241, 1)


def test_it_is_gone_in_the_end_and_so_is_what_a_killed_grader_left(tree):
    left = tree[0] / USER / "app.slice" / "lifkit-99999999-0"
    cgroup.os.mkdir(left)
    one, other = made(tree), made(tree)
    assert not left.exists() and one.path.exists() and one.path != other.path
    one.remove()
    one.remove()
    assert not one.path.exists() and other.path.exists()


def test_root_s_own_groups_do(tree):
    root, own = tree
    own.write_text("1:name=systemd:/x\n0::/user.slice\n")
    assert made(tree).path.parent == root / "user.slice"


OWN = {
    "version 1 only": "4:memory:/a\n1:cpu:/\n",
    "outside of what is shown": "0::/../../other\n",
    "nothing": "",
    "a group that is not there": "0::/gone\n",
}


@pytest.mark.parametrize("text", OWN.values(), ids=OWN)
def test_without_groups_of_version_2_there_is_none(tree, text):
    root, own = tree
    own.write_text(text)
    (root / "cgroup.subtree_control").write_text("hugetlb\n")
    assert made(tree) is None


def test_without_proc_there_is_none(tree):
    root, own = tree
    assert cgroup.make(Limits(), 1, root, own.with_name("none")) is None


FAULTS = {
    "a file that Linux lacks": FileNotFoundError,
    "no right": PermissionError,
    "busy": OSError,
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("name", ["memory.max", "cgroup.procs"])
def test_what_can_t_be_made_whole_is_not_made(tree, monkeypatch, fault, name):
    usual = os.open

    def refuses(path, *words, **options):
        if Path(path).name == name:
            raise fault(name)
        return usual(path, *words, **options)

    monkeypatch.setattr(cgroup.os, "open", refuses)
    assert made(tree) is None
    assert not list((tree[0] / USER / "app.slice").glob("lifkit-*"))


# A box with one ----------------------------------------------------------------------------------


@pytest.fixture
def grouped(sandbox, tree, monkeypatch):
    """Boxes that have a group: one that a test writes into."""
    usual = cgroup.make
    monkeypatch.setattr(
        box_module.cgroup, "make", lambda limits, first: usual(limits, first, *tree)
    )


@pytest.mark.sandbox
def test_a_box_has_time_and_verdict_from_its_group(grouped):
    box = Box(Limits(memory=500))
    try:
        assert (box.group.path / "cgroup.procs").read_text() == str(box.pid)
        assert box.over(at_once=True) == "" and box.work() == 0.0
        write(box.group, USED)
        assert box.work() == 1.830241
        assert box.over(at_once=True) == "out of memory"
        box.spare(box.processes())  # it was ended, and the others may go on
        assert box.over(at_once=True) == ""
        write(box.group, {"cpu.stat": "usage_usec 99000000\n"})
        assert box.over(at_once=True) == "too many processes"
        path = box.group.path
    finally:
        box.kill()
    assert not path.exists()


@pytest.mark.sandbox
def test_a_kernel_walks_into_the_group_before_it_runs_anything(grouped):
    with Kernel(Limits(timeout=60), {}) as kernel:
        entered = (kernel.box.group.path / "cgroup.procs").read_text()
        # A file keeps what was written last: the process that the kernel is a child of, by itself.
        assert entered.startswith("0")
        assert kernel.execute("1 + 1").status == "ok"


@pytest.mark.sandbox
def test_a_kernel_that_linux_ended_is_told_from_one_that_crashed(grouped):
    with Kernel(Limits(timeout=60), {}) as kernel:
        write(kernel.box.group, USED)
        reply = kernel.execute("import os; os._exit(1)")
    assert (reply.status, reply.gone) == ("out of memory", True)


def test_hidden_memory_is_counted_on_this_machine(sandbox):
    """Where this process may make a group: socket buffers belong to no process."""
    box = Box(Limits(memory=500))
    group = box.group
    box.kill()
    if group is None:
        pytest.skip("no control group of version 2 that counts memory can be made here")
    hoard = (
        "import socket\npairs = []\nwhile True:\n    pairs.append(socket.socketpair())\n"
        "    pairs[-1][0].setblocking(False)\n"
        "    try:\n        while True: pairs[-1][0].send(bytes(100_000))\n"
        "    except OSError: pass\n"
    )
    with Kernel(Limits(timeout=60, memory=500, open_files=20_000), {}) as kernel:
        assert kernel.execute(hoard).status == "out of memory"

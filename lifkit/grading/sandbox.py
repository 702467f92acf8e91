"""The sandbox that submissions run in.

Threat model
============
*Who.*  A student, or whoever wrote the code that a student pasted.  They know this file, the public
keys and lifkit's source; they run any Python, native code included, as long as the limits allow.

*What they must not get.*  A mark that their numbers do not earn; the reference solutions, the
grading seed, other submissions, the gradebook, the instructor's files or the network; the end or
the slowing down of anybody else's grading.

*What protects.*  (1) The verdict is reached in the grader's process from plain numbers, so taking
the kernel over wins nothing: its owner may only answer right or wrong.  (2) The kernel lives in a
box that bubblewrap builds anew for every kernel: own user, mount, process, network, IPC, host-name
and cgroup namespaces; the system, the Python environment and lifkit read-only; one small private
/tmp; nothing else.  (3) The process that enters it gives up all capabilities, may not gain new
privileges, and leaves a filter behind it (libseccomp) that refuses namespaces, mounts, tracing,
kernel interfaces known for their faults, and memory that no limit counts.  (4) Limits on address
space, CPU time, open files, file size and core files hold for each process; memory, processor time
and the number of processes are summed over the box by the grader, which ends it when they are
exceeded.  Where the grader is root, every box belongs to a user of its own that owns nothing else on
the machine: Linux holds root to no number of processes, and root's files would be the submission's.
(5) The first process of the box can't be ended from inside; when it dies, Linux ends all others.
Nothing on the host is writable from inside, and every path into the box is opened before the
submission's code has run, or relative to a folder opened then, never following links.

*What does not.*  A fault in Linux itself, in bubblewrap or in libseccomp breaks the box.  CPU
caches, timing and heat are shared.  Cells that instructors write in the style of
nbgrader's own tests decide inside the submission's process and can be fooled there.

How a kernel gets in
====================
Starting Python and importing the notebook's packages takes 20 times longer than grading needs, so
a warm process that has them (`zygote`) forks, and the child joins the namespaces of a fresh box
(`enter`), forks once more to be inside the process namespace, and locks itself in (`lock_in`).  The
warm process never sees anything a submission made.  Hand-written here are only the list of mounts,
the list of refused calls, and two calls into the C library that Python offers no name for.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import secrets
import shutil
import site
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = [
    "Box",
    "Limits",
    "SandboxUnavailable",
    "enter",
    "environment",
    "lock_in",
    "syscall_filter",
]

MB = 1_000_000

#: Where the box keeps a submission's files, and what grader and kernel exchange.
WORK, RUN, HOME = "/tmp/work", "/tmp/run", "/tmp/home"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one submission may use.

    Attributes
    ----------
    timeout : float
        Wall seconds for a cell, and for an exercise.
    memory : int
        MB for all processes of the box together, files in its /tmp included.
    scratch : int
        MB of files in the box's /tmp.
    file_size : int
        MB a file; the largest answer that is read is smaller still (see `asking`).
    processes, open_files : int
        Processes (threads, where the system counts those) in the box, open files a process.
    """

    timeout: float = 30.0
    memory: int = 2048
    scratch: int = 256
    file_size: int = 64
    processes: int = 64
    open_files: int = 256

    @property
    def wall(self) -> float:
        """Seconds for a whole submission: twenty slow cells or exercises, then it is enough."""
        return 20 * self.timeout


class SandboxUnavailable(RuntimeError):
    """The box can't be built on this machine; the message says why and what to do."""


#: Where Linux says how much memory a process has for itself, and how much it has with shared parts
#: divided among those who share them.
_QUICK = ("status", "RssAnon", "RssShmem")
_EXACT = ("smaps_rollup", "Pss_Anon", "Pss_Shmem")

#: Cores that a box may keep busy for long, and CPU seconds that it may be ahead of that.  A notebook
#: is one thread of Python; the half is for what numpy and the kernel do beside it.
CORES, HEAD_START = 1.5, 5.0

_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100

REMEDY = """\
Submissions are not run without a sandbox unless you ask for it.  What helps:
  Debian, Ubuntu   sudo apt-get install bubblewrap libseccomp2
  Fedora           sudo dnf install bubblewrap libseccomp
  Ubuntu >= 23.10  forbids it to programs without a profile: sudo apt-get install apparmor-profiles,
                   then sudo ln -s /usr/share/apparmor/extra-profiles/bwrap-userns-restrict \\
                   /etc/apparmor.d/ and sudo systemctl reload apparmor
  a container      start it with --security-opt seccomp=unconfined (see docs/grading.md)
  macOS, Windows   grade in a Linux machine: a virtual one, WSL 2, or a server
Or run them unprotected, as you: lifkit grade ... --sandbox off.  Every verdict then says so."""


# The box ----------------------------------------------------------------------------------------


class Box:
    """A set of fresh namespaces that bubblewrap has built and one idle shell keeps open.

    Attributes
    ----------
    pid : int
        The box's first process, as seen from outside.
    owner : int or None
        The user and group that the box belongs to, where the grader is root.
    ended : str
        Why the grader ended it: ``"out of memory"``, ``"too many processes"`` or ``""``.
    """

    def __init__(self, limits: Limits, hidden: Path | None = None) -> None:
        program = shutil.which("bwrap")
        if program is None:
            raise SandboxUnavailable(f"bubblewrap (the command bwrap) was not found.\n{REMEDY}")
        self.limits = limits
        self.owner = 2**30 + secrets.randbits(29) if _can_change_users() else None
        self.ended = ""
        self._checked = 0.0
        self._began = time.monotonic()
        reading, writing = os.pipe()
        command = [program, *_mounts(limits, hidden, self.owner), "--info-fd", str(writing), "--"]
        # The shell says when the box is whole, then waits for a line that never comes: when the
        # grader closes its end or dies, the shell ends and the box with it.
        command += ["/bin/sh", "-c", "echo whole; read line"]
        self._process = subprocess.Popen(
            command,
            pass_fds=[writing],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={"PATH": "/usr/bin:/bin"},
        )
        os.close(writing)
        with os.fdopen(reading) as file:
            said = file.read()
        assert self._process.stdout is not None and self._process.stderr is not None
        if self._process.stdout.readline() != b"whole\n":
            reason = self._process.stderr.read().decode(errors="replace").strip()
            self.kill()
            raise SandboxUnavailable(f"bubblewrap can't build a sandbox here: {reason}\n{REMEDY}")
        self.pid = int(json.loads(said)["child-pid"])
        self.pidfd = os.pidfd_open(self.pid)
        if self.owner is not None:
            for name in ("/tmp", "/dev/shm", WORK, RUN, HOME):
                os.chown(self.path(name), self.owner, self.owner)

    def put(self, folder: str, files: Mapping[str, bytes]) -> None:
        """Write files into a folder of the box; only before foreign code runs there."""
        for name, data in files.items():
            path = Path(self.path(folder), name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            for made in (path, *path.parents[: len(Path(name).parents) - 1]):
                if self.owner is not None:
                    os.chown(made, self.owner, self.owner)

    def path(self, inside: str) -> str:
        """Return a name of a path in the box that works outside; only before foreign code runs."""
        return f"/proc/{self.pid}/root{inside}"

    def over(self, *, at_once: bool = False) -> str:
        """Say which limit the processes of the box exceed together.

        Looks 20 times a second at most, unless it has to be known at once.  A box that keeps more
        than one core busy takes it from the submissions beside it, which might then run out of time.
        """
        now = time.monotonic()
        if (now - self._checked < 0.05 and not at_once) or self.ended:
            return self.ended
        self._checked = now
        try:
            names = [name for name in os.listdir(self.path("/proc")) if name.isdecimal()]
            disk = os.statvfs(self.path("/tmp"))
        except OSError:
            return ""  # it is gone; whoever asked finds out
        # A file takes about 1 kB of the system's memory beside what is in it.
        files = (disk.f_blocks - disk.f_bfree) * disk.f_frsize + 1024 * (
            disk.f_files - disk.f_ffree
        )
        most = self.limits.memory * MB - files
        most_work = CORES * (now - self._began) + HEAD_START
        if len(names) > self.limits.processes or self.work(names) > most_work:
            self.ended = "too many processes"
        # Forked processes share memory, which the quick count takes several times; when that is too
        # much, the exact one decides.
        elif sum(self._memory(name, *_QUICK) for name in names) > most:
            if sum(self._memory(name, *_EXACT) for name in names) > most:
                self.ended = "out of memory"
        return self.ended

    def work(self, names: list[str] | None = None) -> float:
        """Return the CPU seconds that the box's processes have used, ended children included."""
        if names is None:
            names = [name for name in os.listdir(self.path("/proc")) if name.isdecimal()]
        return sum(map(self._work, names))

    def _work(self, process: str) -> float:
        try:
            with open(self.path(f"/proc/{process}/stat"), encoding="latin-1") as file:
                fields = file.read().rpartition(")")[2].split()
            return sum(map(int, fields[11:15])) / _TICKS  # utime, stime, cutime, cstime
        except (OSError, ValueError):
            return 0.0  # ended meanwhile

    def _memory(self, process: str, file: str, *fields: str) -> int:
        """Return the bytes of memory of one process, from the named fields of a file about it."""
        try:
            rows = self._rows(process, file)
        except FileNotFoundError:
            return 0  # ended meanwhile
        except (OSError, ValueError):  # it may hide this from us: then the quick count has to do
            return 0 if file == _QUICK[0] else self._memory(process, *_QUICK)
        if fields[0] not in rows and rows.get("Threads", "1").strip() != "1":
            # Its first thread has ended, and knows nothing of what the others still have.
            rows = self._rows_of_a_thread(process, file, fields[0])
        return 1024 * sum(int(rows[name].split()[0]) for name in fields if name in rows)

    def _rows(self, process: str, file: str) -> dict[str, str]:
        # A process chooses its own name, in any bytes.
        with open(self.path(f"/proc/{process}/{file}"), encoding="latin-1") as lines:
            return dict(line.split(":", 1) for line in lines if ":" in line)

    def _rows_of_a_thread(self, process: str, file: str, field: str) -> dict[str, str]:
        """Return what the first thread says that has memory: all that are left share it."""
        with contextlib.suppress(OSError):  # the process has ended meanwhile
            for thread in os.listdir(self.path(f"/proc/{process}/task")):
                with contextlib.suppress(OSError, ValueError):  # this thread has
                    rows = self._rows(f"{process}/task/{thread}", file)
                    if field in rows:
                        return rows
        return {}

    def kill(self) -> None:
        """End every process of the box."""
        if getattr(self, "pidfd", None) is not None:
            os.close(self.pidfd)
            self.pidfd = None  # type: ignore[assignment]
        self._process.kill()  # bubblewrap; its first child in the box dies with it, then all others
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()
        self._process.wait()


def _can_change_users() -> bool:
    """Whether this process may build boxes for other users: root, and not root of a container."""
    if os.geteuid() != 0:
        return False
    status = Path("/proc/self/status").read_text()
    mine = int(status.partition("CapEff:")[2].split()[0], 16)
    # <linux/capability.h>: CHOWN, DAC_OVERRIDE, SETGID, SETUID, SYS_PTRACE, SYS_ADMIN
    return all(mine >> bit & 1 for bit in (0, 1, 6, 7, 19, 21))


def _mounts(limits: Limits, hidden: Path | None, owner: int | None) -> list[str]:
    """Return bubblewrap's options: what the box consists of."""
    # As process 1 the idle shell can't be killed from inside.
    options = ["--die-with-parent", "--new-session", "--as-pid-1", "--unshare-pid", "--unshare-net"]
    options += ["--unshare-ipc", "--unshare-uts", "--unshare-cgroup", "--hostname", "lab"]
    if owner is None:
        options += ["--unshare-user", "--uid", "1000", "--gid", "1000"]
    for name in ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64"):
        if os.path.islink(name):
            options += ["--symlink", os.readlink(name), name]
        elif os.path.isdir(name):
            options += ["--ro-bind", name, name]
    for name in ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "fonts", "localtime"):
        options += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    # Read-only: where the grader is root, its user could otherwise set the machine's own /proc/sys.
    options += ["--proc", "/proc", "--remount-ro", "/proc", "--dev", "/dev"]
    options += [
        "--size",
        str(limits.scratch * MB // 4),
        "--tmpfs",
        "/dev/shm",
        "--remount-ro",
        "/dev",
    ]
    options += ["--size", str(limits.scratch * MB), "--tmpfs", "/tmp"]
    for name in (WORK, RUN, HOME):
        options += ["--dir", name]
    folders = _environment_folders()
    inner = [path for path in folders if hidden and path.is_relative_to(hidden)]
    outer = [path for path in folders if path not in inner]
    options += _bound(outer)
    if hidden and any(hidden.is_relative_to(path) for path in (Path("/usr"), *outer)):
        options += ["--tmpfs", str(hidden)]  # a course inside the environment: mask it
    options += _bound(inner)
    return [*options, "--remount-ro", "/", "--chdir", WORK]


def _bound(folders: list[Path]) -> list[str]:
    """Return the options that show folders read-only, reachable for any user of the box."""
    options: list[str] = []
    for path in folders:
        for parent in reversed(path.parents[:-1]):
            options += ["--perms", "0755", "--dir", str(parent)]
        options += ["--ro-bind", str(path), str(path)]
    return options


def _environment_folders() -> list[Path]:
    """Return the folders of this Python environment: its own, the base Python's, lifkit's."""
    names = [sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix]
    names += site.getsitepackages()
    if site.ENABLE_USER_SITE:
        names.append(site.getusersitepackages())
    package = Path(__file__).parent.parent
    given = {Path(name) for name in names} | {package}
    paths = {path for path in given | {path.resolve() for path in given} if os.path.isdir(path)}
    kept: list[Path] = []
    for path in sorted(paths):  # parents come first
        if not any(path.is_relative_to(other) for other in (Path("/usr"), *kept)):
            kept.append(path)
    return kept


# Inside -----------------------------------------------------------------------------------------

# <linux/sched.h>: mount, cgroup, host name, IPC, user, process and network namespaces.
_USER = 0x10000000
_NAMESPACES = 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | _USER | 0x20000000 | 0x40000000


def enter(pidfd: int, owner: int | None) -> None:
    """Join all namespaces of a box; the next child of this process is inside."""
    joined = _NAMESPACES if owner is None else _NAMESPACES & ~_USER  # root's boxes have no such
    if hasattr(os, "setns"):  # Python 3.12
        os.setns(pidfd, joined)
        return
    library = ctypes.CDLL(None, use_errno=True)
    if library.setns(pidfd, joined):
        code = ctypes.get_errno()
        raise OSError(code, f"setns: {os.strerror(code)}")


def lock_in(limits: Limits, barrier: Any, owner: int | None) -> None:
    """Set the limits of this process and give up every privilege, for good.

    Parameters
    ----------
    limits : Limits
    barrier : SyscallFilter
        Made by `syscall_filter`, before entering the box.
    owner : int or None
        The user to become, where this process is root's.
    """
    import resource  # not on Windows, where this is never called

    os.nice(5)  # so that the grader is heard among many busy processes
    now = _address_space()
    cpu = int(limits.wall) + 1
    for name, value in {
        "RLIMIT_AS": now + limits.memory * MB,
        "RLIMIT_CPU": cpu,
        "RLIMIT_NPROC": limits.processes + 64,  # counts threads; a kernel alone has about ten
        "RLIMIT_NOFILE": limits.open_files,
        "RLIMIT_FSIZE": limits.file_size * MB,
        "RLIMIT_CORE": 0,
        "RLIMIT_MEMLOCK": 0,
        "RLIMIT_MSGQUEUE": 0,
    }.items():
        resource.setrlimit(getattr(resource, name), (value, value))
    if owner is not None:
        os.setgroups([])
        os.setresgid(owner, owner, owner)
        os.setresuid(owner, owner, owner)
        # Changing user hides a process from itself in /proc, which libraries read: undo that.
        ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)  # PR_SET_DUMPABLE in <linux/prctl.h>
    library = ctypes.CDLL("libcap.so.2", use_errno=True)  # bubblewrap itself needs it
    library.cap_init.restype = ctypes.c_void_p
    library.cap_set_proc.argtypes = [ctypes.c_void_p]
    if library.cap_set_proc(library.cap_init()):
        code = ctypes.get_errno()
        raise OSError(code, f"cap_set_proc: {os.strerror(code)}")
    barrier.load()  # also sets no_new_privs


def _address_space() -> int:
    """Return the bytes of address space this process has, shared libraries included."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * os.sysconf("SC_PAGE_SIZE")


#: Calls that no notebook needs: namespaces and mounts, tracing, keys, and parts of Linux that are
#: known for their faults.
_REFUSED = (
    "unshare setns mount umount2 move_mount open_tree fsopen fsmount fsconfig fspick mount_setattr "
    "pivot_root chroot ptrace process_vm_readv process_vm_writev kcmp pidfd_getfd kexec_load "
    "kexec_file_load init_module finit_module delete_module bpf perf_event_open userfaultfd keyctl "
    "add_key request_key io_uring_setup io_uring_enter io_uring_register open_by_handle_at "
    "name_to_handle_at quotactl swapon swapoff reboot acct settimeofday clock_settime adjtimex "
    "clock_adjtime sethostname setdomainname fanotify_init lookup_dcookie vhangup syslog vmsplice"
).split()

#: Memory that belongs to no process and no file system, so that no limit counts it; libraries fall
#: back to files when told that the call does not exist.
_UNCOUNTED = "memfd_create memfd_secret shmget msgget semget".split()

#: Ways to be scheduled otherwise than the clock expects.  They do nothing and say that they did:
#: libzmq gives up when it is told otherwise.
_IDLE = "sched_setscheduler sched_setparam sched_setattr sched_setaffinity".split()

_SOCKETS = (1, 2, 10, 16)  # <sys/socket.h>: unix, internet (there is no network), netlink


def syscall_filter() -> Any:
    """Return the filter of system calls, ready to be loaded.

    Raises
    ------
    SandboxUnavailable
        If libseccomp is missing.
    """
    try:
        import pyseccomp as seccomp
    except (ImportError, RuntimeError, OSError) as error:
        raise SandboxUnavailable(f"libseccomp can't be used: {error}\n{REMEDY}") from error
    found = seccomp.SyscallFilter(seccomp.ALLOW)

    def refuse(code: int, name: str, *conditions: Any) -> None:
        try:
            number = seccomp.resolve_syscall(seccomp.Arch.NATIVE, name)
        except (ValueError, OSError):
            return  # this machine has no such call
        if number >= 0:
            found.add_rule(seccomp.ERRNO(code), number, *conditions)

    for name in _REFUSED:
        refuse(errno.EPERM, name)
    for name in _UNCOUNTED:
        refuse(errno.ENOSYS, name)
    for name in _IDLE:
        refuse(0, name)
    # glibc falls back from clone3, whose flags a filter can't see, to clone.
    refuse(errno.ENOSYS, "clone3")
    for flag in (1 << bit for bit in range(32) if _NAMESPACES >> bit & 1):
        refuse(errno.EPERM, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, flag, flag))
    for family in range(64):
        if family not in _SOCKETS:
            refuse(errno.EAFNOSUPPORT, "socket", seccomp.Arg(0, seccomp.EQ, family))
    refuse(errno.EAFNOSUPPORT, "socket", seccomp.Arg(0, seccomp.GE, 64))
    return found


def environment(inside: bool) -> dict[str, str]:
    """Return the environment variables of the warm process, or of a kernel in the box.

    One thread for linear algebra: a process with threads must not fork, and workers stand side by
    side anyway.  A fixed hash seed, so that two runs go the same way.
    """
    variables = {
        "LANG": "C.UTF-8",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"]),
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "NBGRADER_EXECUTION": "autograde",
        **{f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL", "NUMEXPR")},
    }
    if inside:
        folders = {"HOME": HOME, "TMPDIR": "/tmp", "MPLCONFIGDIR": HOME, "IPYTHONDIR": HOME}
        return variables | folders | {"JUPYTER_RUNTIME_DIR": RUN}
    kept = ("HOME", "LD_LIBRARY_PATH", "MPLCONFIGDIR", "XDG_CACHE_HOME")
    return variables | {name: os.environ[name] for name in kept if name in os.environ}

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
a process that has them (`forkserver`) forks, and the child joins the namespaces of a fresh box
(`lock.enter`), forks once more to be inside the process namespace, and locks itself in
(`lock.lock_in`).  The fork server never sees anything a submission made.  Hand-written here are only
the list of mounts, the list of refused calls, and two calls into the C library that Python offers no
name for.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from ..limits import CORES, HEAD_START, MB, START, Limits
from .errors import REMEDY, SandboxUnavailable
from .mounts import HOME, RUN, WORK, mounts

__all__ = ["Box"]


#: Where Linux says how much memory a process has for itself, and how much it has with shared parts
#: divided among those who share them.
_QUICK = ("status", "RssAnon", "RssShmem")

_EXACT = ("smaps_rollup", "Pss_Anon", "Pss_Shmem")

#: A row of such a file.  A process chooses its own name, in any bytes but those that end a line.
_ROW = re.compile(rb"^(RssAnon|RssShmem|Pss_Anon|Pss_Shmem|Threads):\s*(\d+)", re.MULTILINE)

_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


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
        self._checked = self._spared = 0.0
        self._began = time.monotonic()
        reading, writing = os.pipe()
        command = [program, *mounts(limits, hidden, self.owner), "--info-fd", str(writing), "--"]
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
            # A bwrap that waits (for a prompt, a lock, a disk that is not there) would wait for ever.
            answers = select.select([file], [], [], START)[0]
            said = file.read() if answers else ""
        assert self._process.stdout is not None and self._process.stderr is not None
        if not answers:
            self.kill()
            raise SandboxUnavailable(f"{program} did not build a box in {START:g} s.\n{REMEDY}")
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
        if (now - self._checked < 0.05 and not at_once) or self.ended or now < self._spared:
            return self.ended
        self._checked = now
        names = self.processes()
        if not names:
            return ""  # it is gone; whoever asked finds out
        most = self._most_memory()
        most_work = CORES * (now - self._began) + HEAD_START
        if len(names) > self.limits.processes or self.work(names) > most_work:
            self.ended = "too many processes"
        # Forked processes share memory, which the quick count takes several times; when that is too
        # much, the exact one decides.
        elif sum(self._memory(name, *_QUICK) for name in names) > most:
            if sum(self._memory(name, *_EXACT) for name in names) > most:
                self.ended = "out of memory"
        return self.ended

    def _most_memory(self) -> int:
        """Return the bytes that its processes may have beside the files in its memory."""
        most = self.limits.memory * MB
        with contextlib.suppress(OSError):  # it is gone; whoever asked finds out
            for place in ("/tmp", "/dev/shm"):
                disk = os.statvfs(self.path(place))
                most -= (disk.f_blocks - disk.f_bfree) * disk.f_frsize
                # A file takes about 1 kB of the system's memory beside what is in it.
                most -= 1024 * (disk.f_files - disk.f_ffree)
        return most

    def work(self, names: Iterable[str] | None = None) -> float:
        """Return the CPU seconds that the box's processes have used, ended children included."""
        return sum(map(self._work, self.processes() if names is None else names))

    def work_and_waiting(self) -> tuple[float, dict[str, float]]:
        """Return the CPU seconds of all, and each process's seconds of waiting for a processor."""
        from lifkit.judge.confine import waited  # a box itself needs Python's own modules only

        names = self.processes()
        return self.work(names), {name: waited(self.path(f"/proc/{name}")) for name in names}

    def processes(self) -> frozenset[str]:
        """Return the box's processes by their numbers inside; none once it is gone."""
        if self.pidfd < 0:
            return frozenset()
        try:
            return frozenset(filter(str.isdecimal, os.listdir(self.path("/proc"))))
        except OSError:
            return frozenset()

    def _work(self, process: str) -> float:
        try:
            with open(self.path(f"/proc/{process}/stat"), "rb", buffering=0) as file:
                fields = file.read().rpartition(b")")[2].split()
            return sum(map(int, fields[11:15])) / _TICKS  # utime, stime, cutime, cstime
        except (OSError, ValueError):
            return 0.0  # ended meanwhile

    def room(self) -> int:
        """Return the bytes of memory that are left of the box's."""
        names = self.processes()
        return max(0, self._most_memory() - sum(self._memory(name, *_EXACT) for name in names))

    def spare(self, known: frozenset[str]) -> None:
        """End the processes that have come since, in the place of the whole box.

        What they had is given back within a moment, until when nothing is measured.
        """
        self.ended, self._spared = "", time.monotonic() + 0.2
        self.end_newcomers(known)

    def end_newcomers(self, known: frozenset[str]) -> None:
        """End all processes of the box but those whose numbers inside are known."""
        mine = os.stat(f"/proc/{self.pid}/ns/pid").st_ino
        for outside in filter(str.isdecimal, os.listdir("/proc")):
            with contextlib.suppress(OSError, ValueError, IndexError):  # it has ended meanwhile
                if os.stat(f"/proc/{outside}/ns/pid").st_ino == mine:
                    status = Path(f"/proc/{outside}/status").read_text("latin-1")
                    inside = status.split("\nNSpid:")[1].splitlines()[0].split()[-1]
                    if inside not in known:
                        os.kill(int(outside), signal.SIGKILL)

    def _memory(self, process: str, file: str, *fields: str) -> int:
        """Return the bytes of memory of one process, from the named fields of a file about it."""
        try:
            rows = self._rows(process, file)
        except FileNotFoundError:
            return 0  # ended meanwhile
        except (OSError, ValueError):  # it may hide this from us: then the quick count has to do
            return 0 if file == _QUICK[0] else self._memory(process, *_QUICK)
        if fields[0] not in rows and rows.get("Threads", 1) != 1:
            # Its first thread has ended, and knows nothing of what the others still have.
            rows = self._rows_of_a_thread(process, file, fields[0])
        return 1024 * sum(rows.get(name, 0) for name in fields)

    def _rows(self, process: str, file: str) -> dict[str, int]:
        """Return the numbers of a file about a process.

        psutil, which names processes as they are numbered outside, takes 1.6 to 3 times as long for
        processor time, and gives neither these parts of memory nor the time of waiting.
        """
        descriptor = os.open(self.path(f"/proc/{process}/{file}"), os.O_RDONLY)
        try:
            text = os.read(descriptor, 65536)
        finally:
            os.close(descriptor)
        return {name.decode(): int(number) for name, number in _ROW.findall(text)}

    def _rows_of_a_thread(self, process: str, file: str, field: str) -> dict[str, int]:
        """Return what the first thread says that has memory: all that are left share it."""
        with contextlib.suppress(OSError):  # the process has ended meanwhile
            for thread in os.listdir(self.path(f"/proc/{process}/task")):
                with contextlib.suppress(OSError):  # this thread has
                    rows = self._rows(f"{process}/task/{thread}", file)
                    if field in rows:
                        return rows
        return {}

    def kill(self) -> None:
        """End every process of the box."""
        pidfd, self.pidfd = getattr(self, "pidfd", -1), -1
        if pidfd >= 0:
            os.close(pidfd)
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

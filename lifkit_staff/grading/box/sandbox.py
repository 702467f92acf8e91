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
and the number of processes are summed over the box: by Linux, where the grader may make a control group
(`cgroup`), else by the grader, which reads what each process says of itself.  A box that exceeds them is
ended.  Where the grader is root, every box belongs to a user of its own that owns nothing else on
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
import secrets
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from ..limits import CORES, GRACE, HEAD_START, MB, START, Limits
from . import cgroup, usage
from .errors import REMEDY, SandboxUnavailable
from .mounts import HOME, RUN, WORK, mounts

__all__ = ["Box"]


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
    group : Group or None
        The control group that counts what it uses, where there can be one.
    """

    def __init__(self, limits: Limits, hidden: Path | None = None) -> None:
        program = shutil.which("bwrap")
        if program is None:
            raise SandboxUnavailable(f"bubblewrap (the command bwrap) was not found.\n{REMEDY}")
        self.limits = limits
        self.owner = 2**30 + secrets.randbits(29) if _can_change_users() else None
        self.ended = ""
        self._began = self._checked = time.monotonic()
        self._seen, self._excused, self._kills = 0.0, 0.0, 0
        self.group: cgroup.Group | None = None
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
        self.group = cgroup.make(limits, self.pid)
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

        Looks 20 times a second at most, unless it has to be known at once.  A box that asks for more
        than one core takes it from the submissions beside it, which might then run out of time.
        """
        now = time.monotonic()
        if (now - self._checked < 0.05 and not at_once) or self.ended:
            return self.ended
        processes = self._folders()
        if not processes:
            return ""  # it is gone; whoever asked finds out
        # What it gets depends on who else wants some, so what counts too is how many are seen to run; not
        # before they have worked for a while, since memory may be what they are about to fill.
        self._seen += usage.running(processes) * min(now - self._checked, 0.5)
        self._checked, work = now, self.work() - self._excused
        most = CORES * (now - self._began) + HEAD_START
        greedy = work > most or (self._seen > most and work > HEAD_START)
        if len(processes) > self.limits.processes or greedy:
            self.ended = "too many processes"
        elif self._over_memory(processes):
            self.ended = "out of memory"
        return self.ended

    def _over_memory(self, processes: list[str]) -> bool:
        if self.group is not None:
            before, self._kills = self._kills, self.group.kills()
            return self._kills > before
        most = self._most_memory()
        return all(usage.memory(processes, exact=exact) > most for exact in (False, True))

    def _most_memory(self) -> int:
        """Return the bytes that its processes may have beside its files and its sockets."""
        most = self.limits.memory * MB - usage.sockets(self.path("/proc/1"))
        with contextlib.suppress(OSError):  # it is gone; whoever asked finds out
            for place in ("/tmp", "/dev/shm"):
                disk = os.statvfs(self.path(place))
                most -= (disk.f_blocks - disk.f_bfree) * disk.f_frsize
                # A file takes about 1 kB of the system's memory beside what is in it.
                most -= 1024 * (disk.f_files - disk.f_ffree)
        return most

    def room(self) -> int:
        """Return the bytes of memory that are left of the box's."""
        return max(0, self._most_memory() - usage.memory(self._folders(), exact=True))

    def work(self) -> float:
        """Return the CPU seconds that the box's processes have used, ended children included."""
        return self.group.work() if self.group is not None else usage.work(self._folders())

    def waited(self) -> dict[str, float]:
        """Return how many seconds each thread of the box has waited for a processor."""
        return usage.waited(
            thread for process in self._folders() for thread in usage.threads(process)
        )

    def processes(self) -> frozenset[str]:
        """Return the box's processes by their numbers inside; none once it is gone."""
        return usage.names(self.path("/proc")) if self.pidfd >= 0 else frozenset()

    def _folders(self) -> list[str]:
        """Return what Linux shows of the box's processes."""
        return self._shown(self.processes())

    def _shown(self, processes: Iterable[str]) -> list[str]:
        """Return what Linux shows of processes, given their numbers inside."""
        return [self.path(f"/proc/{name}") for name in processes]

    def spare(self, known: frozenset[str]) -> None:
        """End the processes that have come since, in the place of the whole box, and see them gone."""
        self.ended = ""
        self.end_newcomers(known)
        self._see_gone(lambda: self.processes() - known)

    def excuse(self, culprits: frozenset[str]) -> None:
        """End processes in the place of the whole box, and see them gone; their work no longer counts."""
        self.ended = ""
        self._end(culprits.__contains__)
        self._see_gone(lambda: self.processes() & culprits)
        self._began = self._checked = time.monotonic()
        self._seen, self._excused = 0.0, self.work()

    def _see_gone(self, ended: Callable[[], Iterable[str]]) -> None:
        """Wait until processes that were ended have given their memory back."""
        until = time.monotonic() + GRACE
        while time.monotonic() < until and usage.memory(self._shown(ended()), exact=False):
            time.sleep(0.01)

    def end_newcomers(self, known: frozenset[str]) -> None:
        """End all processes of the box but those whose numbers inside are known."""
        self._end(lambda inside: inside not in known)

    def _end(self, chosen: Callable[[str], bool]) -> None:
        """End the processes of the box whose numbers inside are chosen."""
        mine = os.stat(f"/proc/{self.pid}/ns/pid").st_ino
        for outside in filter(str.isdecimal, os.listdir("/proc")):
            with contextlib.suppress(OSError, ValueError, IndexError):  # it has ended meanwhile
                if os.stat(f"/proc/{outside}/ns/pid").st_ino == mine:
                    status = Path(f"/proc/{outside}/status").read_text("latin-1")
                    inside = status.split("\nNSpid:")[1].splitlines()[0].split()[-1]
                    if chosen(inside):
                        os.kill(int(outside), signal.SIGKILL)

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
        group, self.group = self.group, None
        if group is not None:
            group.remove()


def _can_change_users() -> bool:
    """Whether this process may build boxes for other users: root, and not root of a container."""
    if os.geteuid() != 0:
        return False
    status = Path("/proc/self/status").read_text()
    mine = int(status.partition("CapEff:")[2].split()[0], 16)
    # <linux/capability.h>: CHOWN, DAC_OVERRIDE, SETGID, SETUID, SYS_PTRACE, SYS_ADMIN
    return all(mine >> bit & 1 for bit in (0, 1, 6, 7, 19, 21))

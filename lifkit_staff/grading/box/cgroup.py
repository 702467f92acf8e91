"""A control group of its own for each box, where this process may make one.

Linux then counts what the box's processes use, together and whatever they do: memory that they share,
that sockets hold, that files take; processor time of children that nobody waits for.  Made is a group
below the nearest one above this process in which others are counted already and which may be written
to: that of systemd for a user's own services (``systemd-run --user --scope lifkit grade ...`` where a
log-in is not among them), one that was handed over, or root's.  Nothing that is there is changed.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import time
from pathlib import Path

from ..limits import GRACE, MB, THREADS, Limits

__all__ = ["Group", "make"]

#: Where Linux shows its control groups of version 2, and where it names this process's own.
ROOT, OWN = Path("/sys/fs/cgroup"), Path("/proc/self/cgroup")

_numbers = itertools.count()


class Group:
    """One control group; `path` is its folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def limit(self, limits: Limits) -> None:
        """Set what its processes may have together."""
        self._write("memory.max", limits.memory * MB)
        # Only where there is swap: what went there would not be counted as memory.
        with contextlib.suppress(FileNotFoundError):
            self._write("memory.swap.max", 0)
        with contextlib.suppress(FileNotFoundError):  # it counts memory, but no processes
            self._write("pids.max", limits.processes + THREADS)

    def enter(self, process: int = 0) -> None:
        """Put a process in, this one unless told; its children will be in it too."""
        self._write("cgroup.procs", process)

    def work(self) -> float:
        """Return the CPU seconds that were used in it."""
        return self._rows("cpu.stat")["usage_usec"] / 1e6

    def kills(self) -> int:
        """Return how many of its processes Linux has ended for want of memory."""
        return self._rows("memory.events")["oom_kill"]

    def remove(self) -> None:
        """Take it away once its processes, which are ending, are gone."""
        until = time.monotonic() + GRACE
        while True:
            try:
                return os.rmdir(self.path)
            except FileNotFoundError:
                return None
            except OSError:
                if time.monotonic() > until:
                    return None  # the next run takes it away
                time.sleep(0.01)

    def _rows(self, name: str) -> dict[str, int]:
        lines = (self.path / name).read_text().splitlines()
        return {key: int(value) for key, value in map(str.split, lines)}

    def _write(self, name: str, value: int) -> None:
        file = os.open(self.path / name, os.O_WRONLY)  # never made: Linux has put it there, or not
        try:
            os.write(file, str(value).encode())
        finally:
            os.close(file)


def make(limits: Limits, first: int, root: Path = ROOT, own: Path = OWN) -> Group | None:
    """Return a group with these limits and the box's first process in it; None where none can be had.

    Parameters
    ----------
    limits : Limits
    first : int
        A process, by its number outside.
    root, own : Path
        Where the groups are, and the file that names this process's own.
    """
    group = None
    try:
        above = _above(root, own)
        if above is None:
            return None
        _tidy(above)
        group = Group(above / f"lifkit-{os.getpid()}-{next(_numbers)}")
        os.mkdir(group.path)
        group.limit(limits)
        group.enter(first)
        group.work(), group.kills()
    except (OSError, KeyError, ValueError):
        if group is not None:
            group.remove()
        return None
    return group


def _above(root: Path, own: Path) -> Path | None:
    """Return the nearest group above this process that counts memory below it and may be written to."""
    lines = own.read_text().splitlines()
    names = [line.removeprefix("0::") for line in lines if line.startswith("0::/")]
    if not names or ".." in names[0].split("/"):
        return None  # no groups of version 2, or this process's lies outside of what is shown
    here = root / names[0].strip("/")
    for group in (here, *here.parents):
        if not group.is_relative_to(root):
            break
        with contextlib.suppress(OSError):
            counted = (group / "cgroup.subtree_control").read_text().split()
            # Moving a process takes the right to write to the group above both, too.
            if "memory" in counted and os.access(group / "cgroup.procs", os.W_OK):
                if os.access(group, os.W_OK):
                    return group
    return None


def _tidy(above: Path) -> None:
    """Take away what graders left that were killed."""
    for path in above.glob("lifkit-*-*"):
        maker = path.name.split("-")[1]
        if not os.path.exists(f"/proc/{maker}"):
            with contextlib.suppress(OSError):
                os.rmdir(path)

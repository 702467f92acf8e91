"""What processes say of their own use of memory and processors, in the /proc of their box.

Processes end at any time: then they use nothing.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable

from ..limits import SOCKET, TCP_SOCKET

__all__ = ["memory", "names", "running", "sockets", "threads", "waited", "work"]

#: Where Linux says how much memory a process has for itself, and how much it has with shared parts
#: divided among those who share them.
_QUICK = ("status", "RssAnon", "RssShmem")

_EXACT = ("smaps_rollup", "Pss_Anon", "Pss_Shmem")

#: A row of such a file.  A process chooses its own name, in any bytes but those that end a line.
_ROW = re.compile(rb"^(RssAnon|RssShmem|Pss_Anon|Pss_Shmem|Threads):\s*(\d+)", re.MULTILINE)

_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def names(proc: str) -> frozenset[str]:
    """Return the processes by their numbers inside; none once the box is gone."""
    try:
        return frozenset(filter(str.isdecimal, os.listdir(proc)))
    except OSError:
        return frozenset()


def threads(process: str) -> list[str]:
    """Return the folders of a process's threads, given its own."""
    with contextlib.suppress(OSError):
        return [f"{process}/task/{thread}" for thread in os.listdir(f"{process}/task")]
    return []


def waited(folders: Iterable[str]) -> dict[str, float]:
    """Return how many seconds each process, or thread, has waited for a processor."""
    from lifkit.judge.confine import waited  # a box itself needs Python's own modules only

    return {folder: waited(folder) for folder in folders}


def work(processes: Iterable[str]) -> float:
    """Return the CPU seconds that processes have used, children included that they waited for."""
    return sum(sum(map(int, fields[11:15])) for fields in map(_stat, processes) if fields) / _TICKS


def running(processes: Iterable[str]) -> int:
    """Return how many processes have a processor or wait for one."""
    return sum(fields[0] == "R" for fields in map(_stat, processes) if fields)


def _stat(process: str) -> list[str]:
    """Return its state, and what follows; among others utime, stime, cutime and cstime."""
    try:
        return _read(f"{process}/stat").decode("latin-1").rpartition(")")[2].split()
    except OSError:
        return []


def sockets(process: str) -> int:
    """Return the bytes that all sockets of a process's network may hold; what they do is not told."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        with open(f"{process}/net/sockstat") as file:
            # sockets: used 16
            # TCP: inuse 1 ...
            used, tcp = (int(file.readline().split()[2]) for _ in range(2))
            return used * SOCKET + tcp * TCP_SOCKET
    return 0


def memory(processes: Iterable[str], *, exact: bool) -> int:
    """Return the bytes of memory that processes have together.

    Forked processes share memory, which the quick count takes several times and the exact one once.
    """
    file, *fields = _EXACT if exact else _QUICK
    return sum(_memory(process, file, *fields) for process in processes)


def _memory(process: str, file: str, *fields: str) -> int:
    try:
        rows = _rows(f"{process}/{file}")
    except FileNotFoundError:
        return 0
    except (OSError, ValueError):  # it may hide this from us: then the quick count has to do
        return 0 if file == _QUICK[0] else _memory(process, *_QUICK)
    if fields[0] not in rows and rows.get("Threads", 1) != 1:
        # Its first thread has ended, and knows nothing of what the others still have.
        rows = _rows_of_a_thread(process, file, fields[0])
    return 1024 * sum(rows.get(name, 0) for name in fields)


def _rows(path: str) -> dict[str, int]:
    """Return the numbers of a file about a process.

    psutil, which names processes as they are numbered outside, takes 1.6 to 3 times as long for
    processor time, and gives neither these parts of memory nor the time of waiting.
    """
    return {name.decode(): int(number) for name, number in _ROW.findall(_read(path))}


def _read(path: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.read(descriptor, 65536)
    finally:
        os.close(descriptor)


def _rows_of_a_thread(process: str, file: str, field: str) -> dict[str, int]:
    """Return what the first thread says that has memory: all that are left share it."""
    for thread in threads(process):
        with contextlib.suppress(OSError):
            rows = _rows(f"{thread}/{file}")
            if field in rows:
                return rows
    return {}

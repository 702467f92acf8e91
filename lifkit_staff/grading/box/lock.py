"""Lock a process into a box: its namespaces, its limits, its privileges, its system calls."""

from __future__ import annotations

import ctypes
import errno
import os
from pathlib import Path
from typing import Any

from ..limits import MB, THREADS, Limits
from .errors import REMEDY, SandboxUnavailable

__all__ = ["address_space", "enter", "lock_in", "syscall_filter"]


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
    now = address_space()
    cpu = int(2 * limits.budget) + 1  # what comes after the budget has little time
    for name, value in {
        "RLIMIT_AS": now + limits.memory * MB,
        "RLIMIT_CPU": cpu,
        "RLIMIT_NPROC": limits.processes + THREADS,
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


def address_space() -> int:
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
_UNCOUNTED = "memfd_create memfd_secret shmget msgget semget io_setup".split()

#: Ways to be scheduled otherwise than the clock expects.  They do nothing and say that they did:
#: libzmq gives up when it is told otherwise.
_IDLE = "sched_setscheduler sched_setparam sched_setattr sched_setaffinity".split()

#: <sys/mman.h>: memory that processes share and no file holds; what one gives back (madvise) goes on
#: taking room and is counted nowhere.  Libraries take a file when told that there is none left.
_SHARED_WITHOUT_FILE = 0x01 | 0x20

#: ... and the machine's few large pages, which others may have put aside for themselves.
_LARGE_PAGES = 0x40000

#: <sys/socket.h>: a socket's options for more room in the system's own memory.
_ROOM_IN_SOCKETS = (7, 8, 32, 33)

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
    for kind in (_SHARED_WITHOUT_FILE, _LARGE_PAGES):
        refuse(errno.ENOMEM, "mmap", seccomp.Arg(3, seccomp.MASKED_EQ, kind, kind))
    for option in _ROOM_IN_SOCKETS:
        asks = (seccomp.Arg(1, seccomp.EQ, 1), seccomp.Arg(2, seccomp.EQ, option))  # SOL_SOCKET
        refuse(0, "setsockopt", *asks)
    # glibc falls back from clone3, whose flags a filter can't see, to clone.
    refuse(errno.ENOSYS, "clone3")
    for flag in (1 << bit for bit in range(32) if _NAMESPACES >> bit & 1):
        refuse(errno.EPERM, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, flag, flag))
    for family in range(64):
        if family not in _SOCKETS:
            refuse(errno.EAFNOSUPPORT, "socket", seccomp.Arg(0, seccomp.EQ, family))
    refuse(errno.EAFNOSUPPORT, "socket", seccomp.Arg(0, seccomp.GE, 64))
    return found

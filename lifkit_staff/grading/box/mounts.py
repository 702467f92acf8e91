"""What a box consists of: folders, read-only, and variables."""

from __future__ import annotations

import os
import site
import sys
from pathlib import Path

import lifkit

from ..limits import MB, Limits

__all__ = ["HOME", "RUN", "WORK", "environment", "mounts"]


#: Where the box keeps a submission's files, and what grader and kernel exchange.
WORK, RUN, HOME = "/tmp/work", "/tmp/run", "/tmp/home"


def mounts(limits: Limits, hidden: Path | None, owner: int | None) -> list[str]:
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
        # A map of it would be memory that no limit counts.
        "--ro-bind",
        "/dev/null",
        "/dev/zero",
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
    """Return the folders of this Python environment: its own, the base Python's, lifkit's.

    Of lifkit the package that students have, wherever it lies.  Of what staff have nothing is bound: the
    fork server has loaded what starts a kernel, before it enters.
    """
    names = [sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix]
    names += site.getsitepackages()
    if site.ENABLE_USER_SITE:
        names.append(site.getusersitepackages())
    package = Path(lifkit.__file__).parent
    given = {Path(name) for name in names} | {package}
    paths = {path for path in given | {path.resolve() for path in given} if os.path.isdir(path)}
    kept: list[Path] = []
    for path in sorted(paths):  # parents come first
        if not any(path.is_relative_to(other) for other in (Path("/usr"), *kept)):
            kept.append(path)
    return kept


def environment(inside: bool) -> dict[str, str]:
    """Return the environment variables of the fork server, or of a kernel in the box.

    One thread for linear algebra: a process with threads must not fork, and workers stand side by
    side anyway.  A fixed hash seed, so that two runs go the same way.  Few arenas for memory: glibc puts 64
    MB of address space aside for each, and how many it makes depends on who waited for whom.
    """
    variables = {
        "LANG": "C.UTF-8",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"]),
        "PYTHONHASHSEED": "0",
        "MALLOC_ARENA_MAX": "2",
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

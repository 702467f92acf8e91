"""Where submissions are run: processes on this machine, or the workers of a Dask cluster.

Neither needs nbgrader, which takes two seconds to import.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import multiprocessing.util
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Executor

from .box.forkserver_client import ForkServer, adopt, close_fork_server
from .limits import TRIES

__all__ = ["cluster_executor", "fork_server", "local_executor"]


@contextlib.contextmanager
def fork_server(sandbox: str = "auto") -> Iterator[ForkServer | None]:
    """Give the process that kernels are forked from, or None where there is no sandbox."""
    if sandbox == "off" or not sys.platform.startswith("linux"):
        yield None
        return
    server = ForkServer()
    try:
        yield server
    finally:
        server.close()


@contextlib.contextmanager
def local_executor(jobs: int, server: ForkServer | None) -> Iterator[Executor]:
    """Give processes on this machine; when the block is left early, they are ended at once."""
    pool = concurrent.futures.ProcessPoolExecutor(
        jobs,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin_work,
        initargs=(server.channel if server else None,),
    )
    try:
        yield pool
    except BaseException:
        processes = list((getattr(pool, "_processes", None) or {}).values())
        pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()  # boxes end with the process that made them
        raise
    else:
        pool.shutdown()


def _begin_work(channel: socket.socket | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the coordinator
    adopt(channel)
    multiprocessing.util.Finalize(None, close_fork_server, exitpriority=10)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process when the coordinator is killed, and with it the box that it has open."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextlib.contextmanager
def cluster_executor(jobs: int, address: str) -> Iterator[Executor]:
    """Give the workers of an existing Dask cluster.

    They need the course's folder under the same path, and this Python environment.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise ValueError("--scheduler needs Dask: pip install 'lifkit[cluster]'") from error
    with Client(address, set_as_default=False) as client:
        # A lost worker's submissions go to another one; `grade` changes nothing, so twice is once.
        yield client.get_executor(pure=False, retries=TRIES)

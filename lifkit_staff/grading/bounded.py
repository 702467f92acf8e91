"""Work on a student's text in a process with limits of time and memory.

Libraries that read HTML, Markdown or code can take hours over a page of it, and gigabytes, whether the
page was meant so or not.  What they do outside the box is done by a child of a helper process, which is
ended when it takes too long or too much; whoever asked goes on without.

``python -m lifkit_staff.grading.bounded`` is the helper: tasks come in and results go out as JSON, each
with its length before it.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from typing import IO, Any

from .box.lock import address_space
from .limits import MB, PATIENCE, TASK_MEMORY, TASK_SECONDS

__all__ = ["Helper", "TooMuch", "bounded", "spent"]

#: What a helper can do: modules of this package, and their functions of plain data.  What a module's
#: `get_ready` prepares, given the same data, all its tasks share; it reads nothing of a student's.
TASKS = {
    "clean": ("submission.sanitize", "clean_page"),
    "feedback": ("feedback", "write_feedback"),
    "formgrader": ("formgrader", "converted"),
    "read": ("submission.read", "rebuilt"),
}
assert TASKS.keys() == TASK_SECONDS.keys()


class TooMuch(RuntimeError):
    """A task took more time or memory than it may, or broke off; says which."""


def bounded(task: str, *data: Any) -> Any:
    """Do a task of this thread's helper.

    Parameters
    ----------
    task : str
        One of `TASKS`.
    *data
        What its function takes, as JSON can hold it.

    Raises
    ------
    TooMuch
        If it could not be done within its limits.
    ValueError
        If the function itself raises one.
    """
    return _helper().do(task, *data)


def spent() -> float:
    """Return the processor seconds of all tasks of this thread's helper so far."""
    return _helper().seconds


def _helper() -> Helper:
    if not hasattr(_mine, "helper"):
        _mine.helper = Helper()
    helper: Helper = _mine.helper
    return helper


_mine = threading.local()


class Helper:
    """One helper process, started when it is first needed, and anew after it was lost.

    Attributes
    ----------
    seconds : float
        Of a processor, for all its tasks so far.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    def do(self, task: str, *data: Any) -> Any:
        """Do a task; see `bounded`."""
        process = self._started()
        assert process.stdin is not None and process.stdout is not None
        try:
            _send(process.stdin, [task, data])
            # The child ends by itself before that; where there are no children, this is the limit.
            answer = _receive(process.stdout, (PATIENCE + 1) * TASK_SECONDS[task])
        except (OSError, EOFError, TimeoutError) as error:
            self.end()
            self.seconds += TASK_SECONDS[task]
            raise TooMuch(f"it took too long, or its process was lost ({error})") from None
        self.seconds += answer.get("seconds", 0.0)
        if "failed" in answer:
            raise TooMuch(answer["failed"])
        if "refused" in answer:
            raise ValueError(answer["refused"])
        return answer["done"]

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.end()
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", __name__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,  # Ctrl-C is for whoever asks
            )
        return self._process

    def end(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with contextlib.suppress(OSError):
                        stream.close()
            process.wait()

    def __del__(self) -> None:
        """End it with the thread that it belongs to."""
        self.end()


def _send(stream: IO[bytes], tree: Any) -> None:
    text = json.dumps(tree).encode()
    stream.write(len(text).to_bytes(8, "big") + text)
    stream.flush()


def _receive(stream: IO[bytes], seconds: float | None = None) -> Any:
    """Take one message; in at most so many seconds, where the system can wait for a pipe."""
    until = None if seconds is None else time.monotonic() + seconds

    def take(size: int) -> bytes:
        parts = b""
        while len(parts) < size:
            if until is not None and sys.platform != "win32":
                left = max(0.0, until - time.monotonic())
                if not select.select([stream], [], [], left)[0]:
                    raise TimeoutError("no answer")
            part = os.read(stream.fileno(), min(size - len(parts), 1 << 20))
            if not part:
                raise EOFError("no answer")
            parts += part
        return parts

    return json.loads(take(int.from_bytes(take(8), "big")))


# The helper's own side ----------------------------------------------------------------------------


def serve() -> None:
    """Do what is asked until nobody asks any more."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print is no answer
    while True:
        try:
            task, data = _receive(sys.stdin.buffer)
        except EOFError:
            return
        module, name = TASKS[task]
        found = importlib.import_module(f"{__package__}.{module}")
        if hasattr(found, "get_ready"):
            found.get_ready(*data)
        function = getattr(found, name)
        if hasattr(os, "fork"):
            _send(answers, _in_a_child(function, data, TASK_SECONDS[task]))
        else:
            _send(answers, _result(function, data))


def _result(function: Any, data: list[Any]) -> dict[str, Any]:
    try:
        return {"done": function(*data)}
    except ValueError as error:
        return {"refused": str(error)}
    except MemoryError:
        return {"failed": _TOO_LARGE}
    except Exception as error:
        return {"failed": f"{type(error).__name__}: {error}"[:200]}


def _in_a_child(function: Any, data: list[Any], seconds: int) -> dict[str, Any]:
    """Do it in a child with limits, and say how it ended if it did not end well."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(reading)
            _limit(seconds)
            result = _result(function, data)
            with os.fdopen(writing, "wb") as stream:
                _send(stream, result)
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    result = {}
    try:
        with os.fdopen(reading, "rb") as stream:
            result = _receive(stream)
    except EOFError:
        pass
    finally:
        _, status, usage = os.wait4(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if not result and code in (-signal.SIGALRM, -signal.SIGXCPU, -signal.SIGKILL):
        result = {"failed": f"it took more than {seconds} s"}
    elif not result:
        result = {"failed": _TOO_LARGE if code == 1 else f"its process ended with status {code}"}
    return {**result, "seconds": usage.ru_utime + usage.ru_stime}


_TOO_LARGE = f"it took more than {TASK_MEMORY} MB"


def _limit(seconds: int) -> None:
    import resource

    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(PATIENCE * seconds)  # of waiting, too
    with contextlib.suppress(OSError):
        most = address_space() + TASK_MEMORY * MB
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    serve()

"""Be told of each step of the Python code that runs: what stops a loop where there is no alarm."""

from __future__ import annotations

import contextlib
import sys
import threading
import types
from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["QUICK", "steps_told"]

#: Whether being told costs little (a tight loop takes two or three times as long), or twenty times.
QUICK = sys.version_info >= (3, 12)


if sys.version_info >= (3, 12):

    @contextlib.contextmanager
    def steps_told(step: Callable[[], None]) -> Iterator[None]:
        """Call `step` at each jump of a loop and each call of a function in the block.

        What it raises is raised there.  Other threads are left alone.
        """
        events, mine = sys.monitoring.events, threading.get_ident()

        def told(*_: Any) -> None:
            if threading.get_ident() == mine:
                step()

        tool = next(k for k in range(6) if sys.monitoring.get_tool(k) is None)
        sys.monitoring.use_tool_id(tool, "lifkit")
        for event in (events.JUMP, events.PY_START, events.BRANCH):
            sys.monitoring.register_callback(tool, event, told)
        sys.monitoring.set_events(tool, events.JUMP | events.PY_START | events.BRANCH)
        try:
            yield
        finally:
            sys.monitoring.set_events(tool, 0)
            sys.monitoring.free_tool_id(tool)

else:
    #: Instructions that count as one step, about as many as a line of code has.
    _OPCODES = 20

    @contextlib.contextmanager
    def steps_told(step: Callable[[], None]) -> Iterator[None]:
        """Call `step` every few instructions of functions that the block calls.

        What it raises is raised there.  Other threads are left alone.
        """
        count = 0

        def trace(frame: types.FrameType, event: str, argument: Any) -> Any:
            nonlocal count
            frame.f_trace_opcodes = True  # a loop on one line starts no new line
            count += 1
            if count % _OPCODES == 0:
                step()
            return trace

        before = sys.gettrace()
        sys.settrace(trace)
        try:
            yield
        finally:
            sys.settrace(before)

"""Start kernels in a box, through jupyter_client's entry point ``lifkit-sandbox``."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any

from jupyter_client.provisioning import KernelProvisionerBase

from ..box.forkserver_client import News, send_in
from ..box.mounts import RUN, WORK
from ..box.sandbox import Box
from ..limits import START, Limits

__all__ = ["BoxProvisioner"]


class BoxProvisioner(KernelProvisionerBase):
    """Starts a kernel in a fresh box; ends the box with the kernel."""

    box: Box | None = None
    _news: News | None = None
    inside: int | None = None
    _status: int | None = None

    @property
    def has_process(self) -> bool:
        """Whether a kernel was started and not yet ended."""
        return self.box is not None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Build the box and put the submission's files and the connection file into it."""
        options = {
            name: kwargs.pop(name, None)
            for name in ("limits", "files", "figures", "hidden", "seed")
        }
        self._request = {
            "kind": "kernel",
            "figures": options["figures"] is not False,
            "seed": options["seed"] or 0,
        }
        self.box = Box(options["limits"] or Limits(), options["hidden"])
        try:
            self.box.put(WORK, options["files"] or _files(kwargs.get("cwd")))
            manager: Any = self.parent
            manager.transport, manager.ip = "ipc", self.box.path(f"{RUN}/k")
            for number, name in enumerate(("shell", "iopub", "stdin", "hb", "control"), 1):
                setattr(manager, f"{name}_port", number)
            self.connection_info = manager.get_connection_info()
            inside = {**self.connection_info, "ip": f"{RUN}/k"}
            inside["key"] = manager.session.key.decode()
            self.box.put(RUN, {"kernel.json": json.dumps(inside).encode()})
        except BaseException:
            self.box.kill()
            raise
        return await super().pre_launch(cmd=[], **kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Send the kernel in and wait until it listens."""
        assert self.box is not None
        self._news = send_in(self.box, self._request)
        if self._news.listen("ready", START) is None:
            reason = self._news.heard.get("failed", "no reason given")
            await self.kill()
            raise RuntimeError(f"The kernel did not start in its sandbox: {reason}")
        self.inside = int(self._news.heard["pid"])
        return self.connection_info

    async def poll(self) -> int | None:
        """Return None while the kernel runs."""
        if self.box is None or self._news is None:
            return 1
        if self._status is None:
            said = self._news.listen("exit", 0)
            self._status = None if said is None else int(said)
        return self._status

    async def wait(self) -> int | None:
        """End the box if it is still there."""
        await self.kill()
        return self._status

    async def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel, and to no other process of the box."""
        if self.inside is not None and await self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.inside, signum)

    async def kill(self, restart: bool = False) -> None:
        """End the box and all that is in it."""
        if self.box is not None:
            self.box.kill()
            self.box = None
        if self._news is not None:
            self._news.close()

    async def terminate(self, restart: bool = False) -> None:
        """End the box; there is nothing in it to be polite to."""
        await self.kill()

    async def cleanup(self, restart: bool = False) -> None:
        """End the box."""
        await self.kill()


def _files(folder: Any) -> dict[str, bytes]:
    """Read the files of a folder, for those who start a kernel with a working directory."""
    if folder is None:
        return {}
    found = (
        path for path in sorted(Path(folder).rglob("*")) if path.is_file() and not path.is_symlink()
    )
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}

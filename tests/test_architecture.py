"""Who may import whom: the map of CONTRIBUTING.md, read off the source with ``ast``.

A *room* is a module or a package directly in ``lifkit/``.  Rooms that are not built yet are fine;
a room that the map does not know fails, so that the map is changed together with the code.
"""

import ast
import json
import re
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LIFKIT = ROOT / "lifkit"
REFERENCE = ROOT / "solutions" / "reference"


@dataclass(frozen=True)
class Rule:
    """What a room may import: at any place, or only inside a function (``lazily``).

    Python's own modules, numpy and the room itself are everybody's.
    """

    anywhere: frozenset = frozenset()
    lazily: frozenset = frozenset()


def may(anywhere="", lazily=""):
    return Rule(frozenset(anywhere.split()), frozenset(lazily.split()))


# What nbgrader is made of, and itself passes around.
JUPYTER = "nbgrader nbconvert nbclient nbformat traitlets jupyter_client jupyter_core"

IMPORT_MAP = {
    # `import lifkit` is quick: its names load on first use.
    "__init__": may(
        lazily="lifkit.stimuli lifkit.plotting lifkit.exercises lifkit.checks lifkit.explorers"
    ),
    "__main__": may("lifkit.cli"),
    "stimuli": may(),
    # IPython, where a room shows something itself (a figure with its alt text), and only then.
    "plotting": may("matplotlib seaborn PIL", lazily="IPython"),
    "exercises": may(),
    "checks": may("lifkit.exercises", lazily="IPython"),
    "explorers": may(
        "ipywidgets anywidget traitlets matplotlib lifkit.plotting lifkit.exercises",
        lazily="IPython",
    ),
    "build": may(
        "lifkit.exercises nbgrader nbconvert nbformat traitlets", lazily="solutions.reference"
    ),
    "grading": may(
        f"lifkit.exercises lifkit.plotting {JUPYTER} matplotlib sqlalchemy zmq",
        # A kernel in its sandbox, outputs to clean, a class on a cluster, a progress bar, a figure:
        # when asked for.
        lazily="solutions.reference pyseccomp bleach distributed tqdm seaborn",
    ),
    # The front desk knows every room and opens none before it is asked for.
    "cli": may(
        lazily="lifkit.exercises lifkit.checks lifkit.explorers lifkit.build lifkit.grading"
    ),
}
# Two files have rules of their own: what build and grading share to load the reference, which the
# rooms that students use never call (a test below); and what runs in the box, among the notebook's
# code, and knows what notebooks show.
FILES = {
    "lifkit/exercises/reference.py": may(lazily="solutions.reference"),
    "lifkit/grading/inside.py": may(
        "ipykernel matplotlib matplotlib_inline traitlets lifkit.plotting lifkit.explorers"
    ),
}
REFERENCE_RULE = may("lifkit.exercises scipy")
STUDENT_ROOMS = ("stimuli", "plotting", "exercises", "checks", "explorers")
EVERYBODYS = frozenset(sys.stdlib_module_names) | {"numpy"}


@dataclass(frozen=True)
class Import:
    """One import: the dotted name, the line, and whether it waits beyond the module's loading."""

    name: str
    line: int
    lazy: bool


def read_imports(source, module):
    """List what ``source`` imports, ``module`` being its own dotted name.

    Relative imports are made absolute, ``from lifkit import checks`` counts as ``lifkit.checks``,
    and ``importlib.import_module("...")`` with a written-out name counts too.
    """
    found = []

    def visit(node, lazy):
        if isinstance(node, ast.Import):
            found.extend(Import(alias.name, node.lineno, lazy) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.extend(
                Import(name, node.lineno, lazy) for name in names_of_import_from(node, module)
            )
        elif name := name_of_dynamic_import(node):
            if name.startswith("."):
                name = module.split(".")[0] + name
            found.append(Import(name, node.lineno, lazy))
        inside = lazy or waits(node)
        for child in ast.iter_child_nodes(node):
            visit(child, inside)

    visit(ast.parse(source), lazy=False)
    return found


def waits(node):
    """Say whether what stands in ``node`` does not run when the module is loaded."""
    if isinstance(node, ast.If):
        return ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)


def names_of_import_from(node, module):
    """Return the absolute names behind ``from ... import ...``."""
    base = node.module or ""
    if node.level:
        package = module.split(".")[: -node.level]
        base = ".".join(package + ([base] if base else []))
    if base in ("lifkit", "solutions"):
        return [f"{base}.{alias.name}" for alias in node.names]
    return [base]


def name_of_dynamic_import(node):
    """Return the name in ``import_module("name")`` or ``__import__("name")``, if it is one."""
    if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)):
        return None
    called = getattr(node.func, "attr", getattr(node.func, "id", None))
    if called not in ("import_module", "__import__", "import_item"):
        return None
    return str(node.args[0].value)


def room_of(path):
    """Return the room that a file of ``lifkit/`` belongs to."""
    return path.relative_to(LIFKIT).with_suffix("").parts[0]


def module_of(path):
    """Return a file's dotted name; a package's own file counts as ``package.__init__``."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def target_of(name):
    """Return what the map calls an imported name: ``lifkit.room``, or the outermost package."""
    parts = name.split(".")
    return ".".join(parts[:2]) if parts[0] in ("lifkit", "solutions") else parts[0]


def breaches(imports, rule, own):
    """Say which of ``imports`` the rule does not allow, one line each."""
    said = []
    for entry in imports:
        target = target_of(entry.name)
        if target in EVERYBODYS or target == own or re.fullmatch(r"lifkit\.__\w+__", target):
            continue
        if target in rule.anywhere or (entry.lazy and target in rule.lazily):
            continue
        why = "only inside a function" if target in rule.lazily else "not in the map"
        said.append(f"line {entry.line}: imports {entry.name} ({why})")
    return said


def source_files(folder):
    return sorted(folder.rglob("*.py")) if folder.is_dir() else []


def relative(path):
    return path.relative_to(ROOT).as_posix()


def test_every_room_of_lifkit_is_on_the_map():
    unknown = {room_of(path) for path in source_files(LIFKIT)} - set(IMPORT_MAP)
    assert not unknown, (
        f"unknown rooms in lifkit/: {sorted(unknown)}. Fold them into a neighbour, or add them to "
        "IMPORT_MAP here and to the architecture page of CONTRIBUTING.md."
    )


@pytest.mark.parametrize("path", source_files(LIFKIT), ids=relative)
def test_rooms_of_lifkit_import_what_the_map_allows(path):
    room = room_of(path)
    rule = FILES.get(relative(path), IMPORT_MAP.get(room, Rule()))
    imports = read_imports(path.read_text(encoding="utf-8"), module_of(path))
    assert breaches(imports, rule, own=f"lifkit.{room}") == []


@pytest.mark.parametrize("path", source_files(REFERENCE), ids=relative)
def test_reference_imports_what_the_map_allows(path):
    imports = read_imports(path.read_text(encoding="utf-8"), module_of(path))
    assert breaches(imports, REFERENCE_RULE, own="solutions.reference") == []


def test_student_rooms_never_load_the_reference():
    said = [
        f"{relative(path)}: {name}"
        for path in source_files(LIFKIT)
        if room_of(path) in STUDENT_ROOMS and room_of(path) != "exercises"
        for name in re.findall(r"load_references|exercises\.reference", path.read_text("utf-8"))
    ]
    assert said == []


def notebooks():
    folders = (ROOT / "notebooks", ROOT / "solutions" / "labs")
    return [path for folder in folders for path in sorted(folder.rglob("*.ipynb"))]


OUT_OF_A_NOTEBOOKS_REACH = re.compile(
    r"(?:\b(?:from|import)\s+|import_module\(\s*['\"])"
    r"(solutions|nbgrader|lifkit\.(?:build|grading|cli))\b"
    r"|\bfrom\s+lifkit\s+import\s[^\n]*\b(build|grading|cli)\b"
)


@pytest.mark.parametrize("path", notebooks(), ids=relative)
def test_notebooks_import_no_solution_and_no_grader(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    assert OUT_OF_A_NOTEBOOKS_REACH.findall(code) == []


# --- The reading itself: it sees what it should see --------------------------------------------


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import scipy.special as s", "scipy.special"),
        ("from lifkit import grading", "lifkit.grading"),
        ("from lifkit.grading.judge import judge", "lifkit.grading.judge"),
        ("from ..grading import judge", "lifkit.grading"),
        ("from .. import grading", "lifkit.grading"),
        ("if True:\n    import seaborn", "seaborn"),
        ("try:\n    import seaborn\nexcept ImportError:\n    pass", "seaborn"),
        ("import importlib\nimportlib.import_module('solutions.reference')", "solutions.reference"),
        ("__import__('scipy')", "scipy"),
    ],
)
def test_imports_are_read_in_every_spelling(source, expected):
    names = [entry.name for entry in read_imports(source, "lifkit.exercises.compare")]
    assert expected in names
    assert breaches(read_imports(source, "lifkit.exercises.compare"), Rule(), "lifkit.exercises")


def test_an_import_inside_a_function_is_lazy_and_one_beside_it_is_not():
    source = "import scipy\ndef f():\n    import seaborn\nclass A:\n    import matplotlib\n"
    lazy = {entry.name: entry.lazy for entry in read_imports(source, "lifkit.cli")}
    assert lazy == {"scipy": False, "seaborn": True, "matplotlib": False}


def test_the_front_desk_opens_the_grader_inside_functions_only():
    rule = IMPORT_MAP["cli"]
    early = read_imports("from lifkit import grading", "lifkit.cli")
    late = read_imports("def grade():\n    from lifkit.grading import course", "lifkit.cli")
    assert breaches(early, rule, "lifkit.cli") == [
        "line 1: imports lifkit.grading (only inside a function)"
    ]
    assert breaches(late, rule, "lifkit.cli") == []


def test_a_room_imports_its_own_modules_freely():
    imports = read_imports("from .report import Report\nfrom . import keys", "lifkit.exercises.a")
    assert [entry.name for entry in imports] == ["lifkit.exercises.report", "lifkit.exercises"]
    assert breaches(imports, Rule(), "lifkit.exercises") == []


def test_nothing_but_the_front_desk_may_import_the_grader():
    allowed = {
        room
        for room, rule in IMPORT_MAP.items()
        if "lifkit.grading" in rule.anywhere | rule.lazily and room != "grading"
    }
    assert allowed == {"cli"}
    assert "lifkit.grading" not in IMPORT_MAP["cli"].anywhere


@pytest.mark.parametrize(
    "line",
    [
        "from solutions.reference import lab2",
        "import solutions.reference.lab2 as answers",
        "from lifkit.grading import judge",
        "from lifkit import check, grading",
        "importlib.import_module('solutions.reference')",
    ],
)
def test_forbidden_notebook_lines_are_seen(line):
    assert OUT_OF_A_NOTEBOOKS_REACH.search(line)
    assert not OUT_OF_A_NOTEBOOKS_REACH.search("from lifkit import check, explore_fi_curve")


# --- `import lifkit` ----------------------------------------------------------------------------

needs_lifkit = pytest.mark.skipif(
    not (LIFKIT / "__init__.py").exists(), reason="lifkit/__init__.py is not there yet"
)

# Prints, as JSON, what changed in the process between two looks at its global state.
PROBE = """
import json, locale, logging, os, random, signal, sys, threading, warnings
import numpy as np
{before}

def freeze(value):
    return repr(value)

def look():
    seen = {{
        "numpy seed": freeze([str(part) for part in np.random.get_state()]),
        "numpy print options": freeze(sorted(np.get_printoptions().items(), key=str)),
        "numpy error state": freeze(np.geterr()),
        "random seed": freeze(hash(random.getstate())),
        "warning filters": freeze(warnings.filters),
        "environment": freeze(sorted(os.environ.items())),
        "working folder": os.getcwd(),
        "sys.path": freeze(sys.path),
        "meta path": freeze([str(finder) for finder in sys.meta_path]),
        "import hooks": freeze(len(sys.path_hooks)),
        "hooks": freeze([sys.excepthook, sys.displayhook, sys.stdout, sys.stderr]),
        "trace": freeze([sys.gettrace(), sys.getprofile(), sys.getrecursionlimit()]),
        "signals": freeze([signal.getsignal(s) for s in sorted(signal.valid_signals())]),
        "logging": freeze([logging.root.handlers, logging.root.level]),
        "threads": threading.active_count(),
        "locale": freeze(locale.setlocale(locale.LC_ALL)),
        "builtins": freeze(sorted(vars(__import__("builtins")))),
    }}
    if sys.modules.get("matplotlib"):
        import matplotlib
        seen["style"] = freeze(sorted(matplotlib.rcParams.items(), key=str))
        seen["backend"] = freeze(matplotlib.rcParams._get_backend_or_none())
    return seen

before, modules = look(), set(sys.modules)
{statement}
after = look()
print(json.dumps({{
    "changed": [name for name in after if after[name] != before[name]],
    "loaded": sorted({{name.split(".")[0] for name in set(sys.modules) - modules}}),
}}))
"""


def probe(statement, before="", prefix=""):
    """Run ``statement`` in a Python of its own; return what changed, loaded and was printed."""
    code = prefix + PROBE.format(statement=textwrap.dedent(statement), before=before)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    *printed, last = done.stdout.splitlines()
    return json.loads(last) | {"printed": "\n".join(printed) + done.stderr}


HEAVY = {"nbgrader", "matplotlib", "scipy", "ipywidgets", "seaborn", "anywidget", "IPython"}
HEAVY |= {"pandas", "nbconvert", "nbformat", "traitlets", "solutions", "jupyter_client"}


@needs_lifkit
def test_import_lifkit_prints_nothing():
    assert probe("import lifkit")["printed"] == ""


@needs_lifkit
def test_import_lifkit_changes_no_global_state():
    assert probe("import lifkit")["changed"] == []


@needs_lifkit
def test_import_lifkit_keeps_style_and_backend():
    assert probe("import lifkit", before="import matplotlib")["changed"] == []


@needs_lifkit
def test_import_lifkit_loads_numpy_and_nothing_heavy():
    assert HEAVY.isdisjoint(probe("import lifkit")["loaded"])


@needs_lifkit
def test_import_lifkit_does_without_everything_but_numpy():
    # None in sys.modules makes Python say "no such module" for these names.
    absent = f"import sys\nsys.modules.update(dict.fromkeys({sorted(HEAVY)!r}))\n"
    assert probe("import lifkit", prefix=absent)["printed"] == ""


def missing_rooms():
    return [
        room
        for room in STUDENT_ROOMS
        if not (LIFKIT / f"{room}.py").exists() and not (LIFKIT / room / "__init__.py").exists()
    ]


@needs_lifkit
@pytest.mark.skipif(bool(missing_rooms()), reason=f"not there yet: {missing_rooms()}")
def test_the_student_side_works_without_nbgrader():
    names = ["nbgrader", "nbconvert", "nbformat", "nbclient", "jupyter_client", "solutions"]
    absent = f"import sys\nsys.modules.update(dict.fromkeys({names!r}))\n"
    # The libraries come first: what they do to the process when loaded is not our doing.
    libraries = "import IPython, ipywidgets, anywidget, matplotlib.pyplot, scipy.special, seaborn"
    statement = """
    import lifkit
    for name in lifkit.__all__:
        getattr(lifkit, name)
    """
    seen = probe(statement, before=libraries, prefix=absent)
    assert seen["changed"] == []
    assert seen["printed"] == ""


def test_the_probe_sees_a_change_of_each_kind():
    seen = probe(
        """
        import scipy
        np.random.seed(1)
        random.random()
        warnings.simplefilter("always")
        matplotlib.rcParams["lines.linewidth"] = 9
        sys.path.append("elsewhere")
        os.environ["LIFKIT_PROBE"] = "1"
        print("hello")
        """,
        before="import matplotlib",
    )
    kinds = {"numpy seed", "random seed", "warning filters", "style", "sys.path", "environment"}
    assert kinds <= set(seen["changed"])
    assert "scipy" in seen["loaded"]
    assert seen["printed"] == "hello"

"""Who may import whom: the map of CONTRIBUTING.md, read off the source with ``ast``.

A *room* is a module or a package directly in ``lifkit/`` or ``lifkit_staff/``; the grader's own rooms are
those directly in ``lifkit_staff/grading/``.  A room that the map does not know fails, so that the map is
changed together with the code.
"""

import ast
import functools
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
STAFF = ROOT / "lifkit_staff"
BUILDINGS = (LIFKIT, STAFF)
REFERENCE = ROOT / "solutions" / "reference"


@dataclass(frozen=True)
class Rule:
    """What a room may import: at any place, or only inside a function (``lazily``).

    Python's own modules, numpy and the room itself are everybody's.  ``why`` says for every package
    of somebody else's what it is for.
    """

    anywhere: frozenset = frozenset()
    lazily: frozenset = frozenset()
    why: tuple = ()


def may(ours="", *, ours_lazily="", lazily=(), **packages):
    """Make a rule: our own rooms as words, others' packages each with its reason."""
    return Rule(
        anywhere=frozenset(ours.split()) | frozenset(packages) - frozenset(lazily),
        lazily=frozenset(ours_lazily.split()) | frozenset(lazily),
        why=tuple(packages.items()),
    )


SHOWS = "a cell shows something itself (a report, a figure with its alt text), and only then"

IMPORT_MAP = {
    # `import lifkit` is quick: its names load on first use.
    "lifkit.__init__": may(
        ours_lazily="lifkit.data lifkit.stimuli lifkit.plotting lifkit.judge lifkit.checks lifkit.notebook "
        "lifkit.explorers lifkit.predictions lifkit.study lifkit.watching"
    ),
    "lifkit.stimuli": may(),
    "lifkit.data": may(),
    "lifkit.plotting": may(
        matplotlib="draws the figures",
        cycler="the theme's colours, one after the other",
        seaborn="gives the course its theme where it is installed",
        PIL="writes pictures small",
        IPython=SHOWS,
        lazily=("IPython", "seaborn"),
    ),
    "lifkit.judge": may(),
    "lifkit.session": may(),
    "lifkit.checks": may("lifkit.judge lifkit.session", IPython=SHOWS, lazily=("IPython",)),
    "lifkit.scores": may("lifkit.judge"),
    "lifkit.notebook_file": may(
        "lifkit.judge lifkit.scores",
        nbclient="runs a notebook, cell by cell",
        nbformat="what nbclient takes",
        jupyter_client="starts its kernel",
        lazily=("nbclient", "nbformat", "jupyter_client"),
    ),
    "lifkit.notebook": may(
        "lifkit.judge lifkit.checks lifkit.scores lifkit.notebook_file lifkit.session"
    ),
    "lifkit.study": may(
        "lifkit.judge lifkit.checks lifkit.session", IPython=SHOWS, lazily=("IPython",)
    ),
    "lifkit.predictions": may(),
    "lifkit.watching": may("lifkit.session", IPython=SHOWS, lazily=("IPython",)),
    "lifkit.explorers": may(
        "lifkit.data lifkit.plotting lifkit.judge lifkit.stimuli",
        ipywidgets="the widgets' own library",
        anywidget="a widget with a browser's half of our own",
        traitlets="what a widget's state is made of",
        matplotlib="the picture that stands in for a live explorer",
        IPython=SHOWS,
        lazily=("IPython",),
    ),
    # Staff's commands reach it as entry points, which are no imports.
    "lifkit.labs": may(),
    "lifkit.cli": may("lifkit.labs", ours_lazily="lifkit.notebook_file"),
    "lifkit_staff.__init__": may(),
    "lifkit_staff.exercise": may("lifkit.judge"),
    "lifkit_staff.references": may("lifkit_staff.exercise", ours_lazily="solutions.reference"),
    "lifkit_staff.course": may(
        nbgrader="knows where its configuration lies",
        traitlets="what the configuration is made of",
        lazily=("nbgrader", "traitlets"),
    ),
    "lifkit_staff.authoring": may(
        "lifkit.judge lifkit.explorers "
        "lifkit_staff.exercise lifkit_staff.references lifkit_staff.course",
        nbgrader="makes the student notebooks",
        nbformat="reads notebooks",
        traitlets="what a step's settings are made of",
    ),
    "lifkit_staff.grading": may(
        "lifkit.judge lifkit_staff.exercise lifkit_staff.references lifkit_staff.course",
        ours_lazily="lifkit.plotting",
        nbgrader="is extended through its doors",
        nbconvert="nbgrader's exporters and writers",
        nbformat="reads and writes notebooks",
        traitlets="what nbgrader's steps are made of",
        jupyter_client="starts kernels and signs messages",
        zmq="carries the messages, with limits of our own",
        sqlalchemy="the gradebook's errors",
        matplotlib="the picture of a wrong trace, the figure of a class",
        pyseccomp="the filter of system calls",
        bleach="takes scripts out of outputs",
        distributed="a class on a Dask cluster",
        tqdm="the progress bar",
        lazily=("matplotlib", "pyseccomp", "bleach", "distributed", "tqdm"),
    ),
    "lifkit_staff.site": may(
        "lifkit.explorers lifkit_staff.authoring lifkit_staff.references",
        matplotlib="its list of fonts, which a browser would make anew",
        nbclient="runs the solved notebooks, for their figures",
        nbformat="reads and writes notebooks",
    ),
    # Its commands open every room on demand.
    "lifkit_staff.commands": may(
        ours_lazily="lifkit_staff.authoring lifkit_staff.course lifkit_staff.grading "
        "lifkit_staff.references lifkit_staff.site"
    ),
}
# Files with rules of their own: what becomes a kernel in the box, among the notebook's code; what that
# does to figures and explorers; and what has loaded beforehand what notebooks import.
FILES = {
    "lifkit_staff/grading/box/kernel_process.py": may(
        ipykernel="the kernel itself",
        matplotlib_inline="shows its figures",
        traitlets="what it is configured with",
    ),
    "lifkit_staff/grading/formgrader.py": may(
        "lifkit_staff.course",
        jinja2="what nbconvert's templates call",
        nbconvert="makes the formgrader's pages",
        nbformat="what a notebook is",
        nbgrader="knows a cell's marks",
        traitlets="what its settings are made of",
    ),
    "lifkit_staff/grading/page.py": may(
        "lifkit.judge",
        nbconvert="the notebook below the page's own part",
        nbformat="what a notebook is",
        nbgrader="knows a cell's marks",
        pygments="the colours of code",
        latex2mathml="equations that need no network",
    ),
    "lifkit_staff/grading/patches.py": may(
        ours_lazily="lifkit.explorers lifkit.plotting",
        matplotlib="figures that are not drawn",
        nbgrader="gradebooks that share an engine",
        lazily=("matplotlib", "nbgrader"),
    ),
}
# For one release older course files find what they name.
ALIASES = ("lifkit/build.py", "lifkit/exercises.py", "lifkit/grading/course.py")
REFERENCE_RULE = may("lifkit_staff.exercise lifkit.judge", scipy="the Siegert formula's integral")
EVERYBODYS = frozenset(sys.stdlib_module_names) | {"numpy"}


@dataclass(frozen=True)
class Import:
    """One import: the dotted name, the line, and whether it waits beyond the module's loading."""

    name: str
    line: int
    lazy: bool


@functools.cache
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
    if base in ("lifkit", "lifkit_staff", "solutions"):
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
    """Return the room that a file belongs to, e.g. ``lifkit.judge``."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts[:2])


def module_of(path):
    """Return a file's dotted name; a package's own file counts as ``package.__init__``."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def target_of(name):
    """Return what the map calls an imported name: ``lifkit.room``, or the outermost package."""
    parts = name.split(".")
    ours = parts[0] in ("lifkit", "lifkit_staff", "solutions")
    return ".".join(parts[:2]) if ours else parts[0]


def breaches(imports, rule, own):
    """Say which of ``imports`` the rule does not allow, one line each."""
    said = []
    for entry in imports:
        target = target_of(entry.name)
        if target in EVERYBODYS or target == own or re.fullmatch(r"lifkit(\.__\w+__)?", target):
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


def modules():
    return [path for folder in BUILDINGS for path in source_files(folder)]


def rooms_modules():
    return [path for path in modules() if relative(path) not in ALIASES]


def test_every_room_is_on_the_map():
    unknown = {room_of(path) for path in rooms_modules()} - set(IMPORT_MAP)
    assert not unknown, (
        f"unknown rooms: {sorted(unknown)}. Fold them into a neighbour, or add them to "
        "IMPORT_MAP here and to the architecture page of CONTRIBUTING.md."
    )


@pytest.mark.parametrize("path", rooms_modules(), ids=relative)
def test_rooms_import_what_the_map_allows(path):
    room = room_of(path)
    rule = FILES.get(relative(path), IMPORT_MAP.get(room, Rule()))
    imports = read_imports(path.read_text(encoding="utf-8"), module_of(path))
    assert breaches(imports, rule, own=room) == []


def test_the_map_allows_nothing_that_no_room_needs():
    wanted = {
        (room_of(path), target_of(entry.name))
        for path in rooms_modules()
        if relative(path) not in FILES
        for entry in read_imports(path.read_text(encoding="utf-8"), module_of(path))
    }
    # These load their names by the place they stand in; anywidget is made on ipywidgets.
    wanted |= {("lifkit.__init__", name) for name in IMPORT_MAP["lifkit.__init__"].lazily}
    wanted |= {("lifkit.explorers", "ipywidgets")}
    idle = [
        (room, name)
        for room, rule in IMPORT_MAP.items()
        for name in rule.anywhere | rule.lazily
        if (room, name) not in wanted
    ]
    assert idle == []


def test_every_package_of_others_has_a_reason():
    for rule in [*IMPORT_MAP.values(), *FILES.values(), REFERENCE_RULE]:
        assert all(len(reason.split()) > 1 for _, reason in rule.why), rule


@pytest.mark.parametrize("path", source_files(REFERENCE), ids=relative)
def test_reference_imports_what_the_map_allows(path):
    imports = read_imports(path.read_text(encoding="utf-8"), module_of(path))
    assert breaches(imports, REFERENCE_RULE, own="solutions.reference") == []


# --- What students have knows nothing of what staff have ----------------------------------------


def test_three_short_aliases_are_all_of_lifkit_that_names_staff_s_side():
    said = [relative(path) for path in source_files(LIFKIT) if "lifkit_staff" in path.read_text()]
    assert said == sorted(ALIASES)
    assert all(len((ROOT / name).read_text().splitlines()) < 10 for name in ALIASES)


def test_what_students_have_never_loads_the_reference():
    said = [
        f"{relative(path)}: {name}"
        for path in source_files(LIFKIT)
        if relative(path) not in ALIASES
        for name in re.findall(r"load_references|solutions[./]reference", path.read_text("utf-8"))
    ]
    assert said == []


# --- No circle, none hidden at run time ---------------------------------------------------------


def graph(level):
    """Return who imports whom, lazily or not, names cut off after `level` parts (0: not at all)."""
    found = {}
    for module, target in loads():
        one, other = (".".join(name.split(".")[: level or None]) for name in (module, target))
        if one != other:
            found.setdefault(one, set()).add(other)
    return found


@functools.cache
def loads():
    """Return our modules, each with another one that an import statement of it loads."""
    known = {module_of(path).removesuffix(".__init__"): path for path in rooms_modules()}
    found = []
    for module, path in known.items():
        own = module_of(path)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            found += [(module, target) for target in imported_modules(node, own, known)]
    return found


def imported_modules(node, module, known):
    """Return which of our modules an import statement loads."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names if alias.name in known]
    if not isinstance(node, ast.ImportFrom):
        return []
    base = node.module or ""
    if node.level:
        package = module.split(".")[: -node.level]
        base = ".".join(package + ([base] if base else []))
    names = [f"{base}.{alias.name}" for alias in node.names]
    return [name if name in known else base for name in names if name in known or base in known]


def circle(found):
    """Return a circle as a list of names; empty if there is none."""
    state = {}

    def visit(name, way):
        if state.get(name) == "done":
            return []
        if name in way:
            return [*way[way.index(name) :], name]
        for other in sorted(found.get(name, ())):
            if round_trip := visit(other, [*way, name]):
                return round_trip
        state[name] = "done"
        return []

    for name in sorted(found):
        if round_trip := visit(name, []):
            return round_trip
    return []


@pytest.mark.parametrize("level", [2, 0], ids=["rooms", "modules"])
def test_there_is_no_circle(level):
    assert circle(graph(level)) == []


def test_the_grader_s_own_rooms_form_no_circle():
    inner = {
        one: {other for other in others if other.startswith("lifkit_staff.grading.")}
        for one, others in graph(3).items()
        if one.startswith("lifkit_staff.grading.")
    }
    assert circle(inner) == []
    assert inner["lifkit_staff.grading.kernel"] == {
        f"lifkit_staff.grading.{name}" for name in ("box", "limits", "submission")
    }


def test_a_circle_is_seen():
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"a"}}) == ["a", "b", "c", "a"]


# --- Notebooks ----------------------------------------------------------------------------------


def notebooks():
    folders = (ROOT / "notebooks", ROOT / "solutions" / "labs")
    return [path for folder in folders for path in sorted(folder.rglob("*.ipynb"))]


OUT_OF_A_NOTEBOOKS_REACH = re.compile(
    r"(?:\b(?:from|import)\s+|import_module\(\s*['\"])"
    r"(solutions|nbgrader|lifkit_staff|lifkit\.(?:build|grading|exercises|cli))\b"
    r"|\bfrom\s+lifkit\s+import\s[^\n]*\b(build|grading|exercises|cli)\b"
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
        ("from lifkit_staff import grading", "lifkit_staff.grading"),
        ("from lifkit_staff.grading.job import grade", "lifkit_staff.grading.job"),
        ("from ..explorers import frames", "lifkit.explorers"),
        ("from .. import explorers", "lifkit.explorers"),
        ("if True:\n    import seaborn", "seaborn"),
        ("try:\n    import seaborn\nexcept ImportError:\n    pass", "seaborn"),
        ("import importlib\nimportlib.import_module('solutions.reference')", "solutions.reference"),
        ("__import__('scipy')", "scipy"),
    ],
)
def test_imports_are_read_in_every_spelling(source, expected):
    names = [entry.name for entry in read_imports(source, "lifkit.judge.compare")]
    assert expected in names
    assert breaches(read_imports(source, "lifkit.judge.compare"), Rule(), "lifkit.judge")


def test_an_import_inside_a_function_is_lazy_and_one_beside_it_is_not():
    source = "import scipy\ndef f():\n    import seaborn\nclass A:\n    import matplotlib\n"
    lazy = {entry.name: entry.lazy for entry in read_imports(source, "lifkit.cli")}
    assert lazy == {"scipy": False, "seaborn": True, "matplotlib": False}


def test_the_front_desk_opens_the_grader_inside_functions_only():
    rule, desk = IMPORT_MAP["lifkit_staff.commands"], "lifkit_staff.commands"
    early = read_imports("from lifkit_staff import grading", desk)
    late = read_imports("def grade():\n    from .grading import commands", desk)
    assert breaches(early, rule, desk) == [
        "line 1: imports lifkit_staff.grading (only inside a function)"
    ]
    assert breaches(late, rule, desk) == []


def test_a_room_imports_its_own_modules_freely():
    imports = read_imports("from .report import Report\nfrom . import keys", "lifkit.judge.a")
    assert [entry.name for entry in imports] == ["lifkit.judge.report", "lifkit.judge"]
    assert breaches(imports, Rule(), "lifkit.judge") == []


def test_nothing_but_the_front_desk_may_import_the_grader():
    allowed = {
        room
        for room, rule in IMPORT_MAP.items()
        if "lifkit_staff.grading" in rule.anywhere | rule.lazily and room != "lifkit_staff.grading"
    }
    assert allowed == {"lifkit_staff.commands"}
    assert "lifkit_staff.grading" not in IMPORT_MAP["lifkit_staff.commands"].anywhere


@pytest.mark.parametrize(
    "line",
    [
        "from solutions.reference import lab2",
        "import solutions.reference.lab2 as answers",
        "from lifkit_staff.grading import job",
        "from lifkit.grading.course import use_engine",
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
HEAVY |= {"lifkit_staff"}


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
def test_what_labs_1_and_2_use_loads_neither_scipy_nor_pandas_nor_seaborn():
    # In a browser each is a download of its own, of 6 to 20 MB.
    statement = """
    import lifkit
    for name in lifkit.__all__:
        getattr(lifkit, name)
    """
    loaded = probe(statement, before="import matplotlib.pyplot")["loaded"]
    assert {"scipy", "pandas", "seaborn"}.isdisjoint(loaded)


@needs_lifkit
def test_import_lifkit_does_without_everything_but_numpy():
    # None in sys.modules makes Python say "no such module" for these names.
    absent = f"import sys\nsys.modules.update(dict.fromkeys({sorted(HEAVY)!r}))\n"
    assert probe("import lifkit", prefix=absent)["printed"] == ""


def test_commands_are_read_without_anything_that_computes():
    """So that an environment that is broken is explained by the command, and not by a traceback."""
    absent = (
        f"import sys\nsys.modules.update(dict.fromkeys({[*HEAVY - {'lifkit_staff'}, 'numpy']!r}))\n"
    )
    statement = "from lifkit import cli\ncli._parser(['grade'])"
    code = absent + statement
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@needs_lifkit
def test_the_student_side_works_without_nbgrader():
    names = ["nbgrader", "nbconvert", "nbformat", "nbclient", "jupyter_client", "solutions"]
    names += ["lifkit_staff"]
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

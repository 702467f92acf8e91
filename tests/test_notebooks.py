"""The labs as a reader of the instructor's notebooks sees them: every cell runs, every figure is whole.

And as a student does: given cells are short, call nothing as a student may call a helper, and wait for
what is not written yet.
"""

import ast
import base64
import io
import re
from pathlib import Path
from statistics import median

import matplotlib.pyplot as plt
import nbclient
import nbformat
import numpy as np
import pytest

#: White pixels around a figure, of 144 an inch: where fewer are left, a label may have been cut off.
EDGE = 4

ROOT = Path(__file__).resolve().parents[1]
LABS = ROOT / "solutions" / "labs"
NAMES = ("lab1", "lab2", "lab3", "lab4", "lab5", "lab6", "lab7", "lab8")


def notebook_of(lab):
    return nbformat.read(LABS / lab / f"{lab}.ipynb", as_version=4)


def execute(lab, notebook):
    """Run a lab's notebook from the top; an error ends its cell only."""
    resources = {"metadata": {"path": str(LABS / lab)}}
    client = nbclient.NotebookClient(notebook, timeout=120, allow_errors=True, resources=resources)
    return client.execute()


@pytest.fixture(scope="module", params=NAMES)
def executed(request):
    """A lab's notebook with all its answers, executed from the top."""
    return execute(request.param, notebook_of(request.param))


def outputs(notebook):
    return [
        (cell.id, output)
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
    ]


def test_every_cell_runs_without_an_error_or_a_warning(executed):
    bad = [
        (name, output.get("evalue") or output.text)
        for name, output in outputs(executed)
        if output.output_type == "error" or output.get("name") == "stderr"
    ]
    assert not bad


def test_every_check_is_passed(executed):
    for cell in executed.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if cell.source == f"check({name.removesuffix('_check')})":
            (output,) = cell.outputs
            assert "all correct" in output.data["text/plain"], name


def test_every_figure_has_its_text_and_all_of_it_is_in_the_picture(executed):
    pages = [
        (name, output.get("data", {}).get("text/html", "")) for name, output in outputs(executed)
    ]
    pictures = [
        (name, *found)
        for name, page in pages
        for found in re.findall('<img alt="([^"]*)".*?base64,([^"]*)"', page, re.S)
    ]
    assert len(pictures) >= 5
    for name, alt, data in pictures:
        assert len(alt) > 20, name
        pixels = plt.imread(io.BytesIO(base64.b64decode(data)), format="png")
        ink = np.argwhere((pixels[..., :3] < 0.9).any(axis=-1))
        assert np.all(ink.min(axis=0) >= EDGE), (name, ink.min(axis=0))
        room = np.array(pixels.shape[:2]) - 1 - ink.max(axis=0)
        assert np.all(room >= EDGE), (name, room)


# --- What is given ------------------------------------------------------------------------------

#: Lines.  Cells are read and not scrolled over: half of the given ones, any of them, and a folded one
#: have so many at most.
USUAL, LONGEST, FOLDED = 6, 10, 24

#: What students call their helpers.  A given cell that sets `step = 0.1` breaks an answer that calls a
#: `step` of its own, after its check was green.
HELPERS = set(
    "answer climb count counts current decay delta derivative distance drift dV dVdt error euler exact "
    "exponential f fire fires frequency func function g h helper increment integrate interval "
    "intervals leak loop mean membrane neuron next_V noise one push rate reset run simulate slope solve "
    "solver spike spiked step steps update voltage".split()
)

#: Symbols of the course that given cells set: parameters of nearly every exercise, so no helper's name.
SYMBOLS = {"E_m", "g_m", "V_theta", "V_reset", "tau", "dt"}

#: Of one word, and still no student's.
OF_ONE_WORD = {"memories"}

#: What an answer has to find out for itself: a notebook's own N_t or n would hide that it does not.
SIZES = {"N_t", "n"}


def code_cells(lab):
    """Return the given cells and the students' cells of a lab; check cells are neither."""
    cells = [cell for cell in notebook_of(lab).cells if cell.cell_type == "code"]
    kinds = [cell.metadata.get("nbgrader", {}) for cell in cells]
    both = list(zip(cells, kinds, strict=True))
    written = [cell for cell, kind in both if kind.get("solution")]
    return [cell for cell, kind in both if not (kind.get("solution") or kind.get("grade"))], written


def is_folded(cell):
    """Whether JupyterLab shows three dots in the place of the cell's text."""
    return cell.metadata.get("jupyter", {}).get("source_hidden", False)


def functions_in(tree):
    """Return the names of all functions and classes, nested ones too, but not of methods."""
    methods = {id(m) for c in ast.walk(tree) if isinstance(c, ast.ClassDef) for m in c.body}
    kinds = (ast.FunctionDef, ast.ClassDef)
    found = [node for node in ast.walk(tree) if isinstance(node, kinds) and id(node) not in methods]
    return {node.name for node in found} - {"_"}


def is_store(node):
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def taken_by_answers():
    """Return the names of the functions in what answers the exercises."""
    return set().union(*map(functions_in, answers()))


def answers():
    """Return solved cells, second styles and students' styles, as syntax trees."""
    trees = [ast.parse(cell.source) for lab in NAMES for cell in code_cells(lab)[1]]
    trees += [ast.parse(path.read_text("utf-8")) for path in ROOT.glob("tests/styles/*.py")]
    for path in ROOT.glob("solutions/reference/**/*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        given = [node.value for node in ast.walk(tree) if getattr(node, "arg", "") == "styles"]
        styles = {n.id for value in given for n in ast.walk(value) if isinstance(n, ast.Name)}
        trees += [node for node in tree.body if getattr(node, "name", "") in styles]
    return trees


def bound_at_the_top(source):
    """Return the names that a cell binds in the notebook itself, by whatever kind of statement."""
    found = set()

    def visit(node):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
            return
        if isinstance(
            node, ast.Lambda | ast.ListComp | ast.DictComp | ast.SetComp | ast.GeneratorExp
        ):
            return
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        if isinstance(node, ast.ExceptHandler) and node.name:
            found.add(node.name)
        if isinstance(node, ast.alias):
            found.add((node.asname or node.name).split(".")[0])
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(ast.parse(source))
    return found


@pytest.mark.parametrize("lab", NAMES)
def test_given_cells_are_short(lab):
    given, _ = code_cells(lab)
    lengths = {cell.id: len(cell.source.splitlines()) for cell in given}
    limits = {cell.id: FOLDED if is_folded(cell) else LONGEST for cell in given}
    assert {name: length for name, length in lengths.items() if length > limits[name]} == {}
    assert median(lengths[cell.id] for cell in given if not is_folded(cell)) <= USUAL


@pytest.mark.parametrize("lab", NAMES)
def test_given_cells_take_no_name_that_a_student_gives_a_helper(lab):
    taken = HELPERS | SIZES | taken_by_answers()
    given, _ = code_cells(lab)
    assert {
        cell.id: both for cell in given if (both := bound_at_the_top(cell.source) & taken)
    } == {}


@pytest.mark.parametrize("lab", NAMES)
def test_given_cells_keep_to_names_of_two_words_that_no_answer_binds(lab):
    """`fig`, `errors`, `V_inf`: a helper may be called whatever an answer binds anywhere."""
    bound = {node.id for tree in answers() for node in ast.walk(tree) if is_store(node)}
    given = [cell for cell in code_cells(lab)[0] if cell.metadata.get("nbgrader") is None]
    for cell in given:
        names = bound_at_the_top(cell.source) - SYMBOLS
        assert {name for name in names - OF_ONE_WORD if "_" not in name.strip("_")} == set(), (
            cell.id
        )
        assert names & bound == set(), cell.id


def test_names_taken_by_answers_are_found_wherever_they_are_defined():
    solved, second, style = "rate_at", "counted_at_once", "omega_tau"
    assert {"lif_euler", "LIFNeuron", solved, second, style} <= taken_by_answers()
    assert not {"euler_solve", "_"} & taken_by_answers()


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("step = 0.1", {"step"}),
        ("a, (b, *c) = x", {"a", "b", "c"}),
        ("for step in x: pass", {"step"}),
        ("with x as f: pass", {"f"}),
        ("try: pass\nexcept ValueError as error: pass", {"error"}),
        ("def f(x):\n    y = x", {"f"}),
        ("import numpy as np, lifkit.stimuli", {"np", "lifkit"}),
        ("from x import step", {"step"}),
        ("y = [step for step in x]", {"y"}),
        ("y = lambda step: step", {"y"}),
        ("x[k] = y.z = 1", set()),
    ],
)
def test_what_a_cell_binds_is_seen(source, names):
    assert bound_at_the_top(source) == names


@pytest.mark.parametrize("lab", NAMES)
def test_before_anything_is_written_cells_wait_and_nothing_else_happens(lab):
    notebook = notebook_of(lab)
    for cell in notebook.cells:
        region = r"### BEGIN SOLUTION.*?### END SOLUTION"
        cell.source = re.sub(region, "raise NotImplementedError()", cell.source, flags=re.DOTALL)
    found = {
        (name, output.get("ename", output.get("name")))
        for name, output in outputs(execute(lab, notebook))
        if output.output_type == "error" or output.get("name") == "stderr"
    }
    others = {entry for entry in found if entry[1] not in ("NotImplementedError", "CheckFailed")}
    assert found and not others

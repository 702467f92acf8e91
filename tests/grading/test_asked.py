"""An exercise is asked where its check stands, as it is then, and whatever it does others go on."""

import json

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from lifkit_staff.grading.job import Job, grade, references_of
from lifkit_staff.grading.settings import Settings
from lifkit_staff.grading.submission.repair import Known, repair
from lifkit_staff.grading.verdict import decide

from .sample import EULER, EULER_STUB, EXACT, EXACT_STUB, ROOT, ZEROS, marks

pytestmark = [pytest.mark.sandbox, pytest.mark.usefixtures("sandbox")]

POINTS = {"passive_euler": 4.0, "passive_exact": 3.0}
SETUP = "import numpy as np\nimport matplotlib.pyplot as plt"
BUSY = "while True:\n    pass"
ENDLESS = EULER.replace("V[0] = V_init", "V[0] = V_init\n    while True: pass")


def cell(source, name=None):
    if name is None:
        return new_code_cell(source)
    locked = name.endswith("_check")
    found = marks(name, grade=locked, solution=not locked, locked=locked, points=POINTS.get(name))
    return new_code_cell(source, metadata=found)


def lab(*between, euler=EULER, exact=EXACT, before=(), after=()):
    """Return a notebook; `between` stands below the first check."""
    return new_notebook(
        cells=[
            cell(SETUP),
            *map(cell, before),
            cell(euler, "passive_euler"),
            cell("check(passive_euler)", "passive_euler_check"),
            *map(cell, between),
            cell(exact, "passive_exact"),
            cell("check(passive_exact)", "passive_exact_check"),
            *map(cell, after),
        ]
    )


def graded(notebook, **options):
    """Return the outcomes, the notes and the executed notebook."""
    options = {"timeout": 5.0, "figures": False, "sandbox": "bwrap", **options}
    done = grade(
        Job(
            student="ada",
            lab="lab1",
            notebook=nbformat.writes(notebook),
            files={},
            points=POINTS,
            settings=Settings(seed=7, **options),
            root=str(ROOT),
        )
    )
    verdicts = json.loads(done.verdicts)
    found = {name: item["outcome"] for name, item in verdicts.items()}
    return found, list(done.notes), nbformat.reads(done.notebook, 4)


RIGHT = dict.fromkeys(POINTS, "correct")


def shown(notebook):
    return "".join(
        one.get("text", "") for cell in notebook.cells for one in cell.get("outputs", ())
    )


# --- What comes later changes nothing -------------------------------------------------------------

HELPED = EULER.replace("V[k + 1] = V[k] + dt", "V[k + 1] = V[k] + step(dt)")
HELPER = "def step(dt):\n    return dt"

LATER = {
    "a helper's name is used again": "step = 0.1",
    "numpy's name is used again": "np = 5",
    "the exercise's name is used again": "passive_euler = passive_euler(2, 0.1, np.zeros(1), *[1.0] * 4)",
    "a scratch copy": ZEROS,
    "names are deleted": "del passive_euler, step",
    "everything is reset": "%reset -f\nimport numpy as np",
    "the kernel ends politely": "exit()",
    "the process ends": "import os\nos._exit(1)",
    "an endless loop": BUSY,
    "much memory": "hoard = [np.ones(10_000_000) for k in range(1000)]",
}


@pytest.mark.parametrize("later", LATER.values(), ids=LATER)
def test_what_a_later_cell_does_costs_an_earlier_exercise_nothing(later):
    # The exercise below needs numpy, which the cell may have spoilt.
    exact = "import numpy as np\n" + EXACT
    found, notes, _ = graded(
        lab(later, euler=HELPED, exact=exact, before=[HELPER]), timeout=2.0, memory=600
    )
    assert found == RIGHT and not notes


def test_asking_leaves_the_notebook_as_it_was():
    spy = EULER.replace(
        "    return V",
        "    seen.append(1)\n    print('heard')\n    plt.plot([1, 2])\n    np.random.rand()\n"
        "    display('seen')\n    log.warning('told')\n    return V",
    )
    before = (
        "import logging, sys, signal\nseen = []\nlog = logging.getLogger('mine')\n"
        "log.addHandler(logging.StreamHandler(sys.stderr))\nnp.random.seed(1)\nplt.figure()",
    )
    after = "print(seen, plt.get_fignums(), np.random.rand(), signal.getitimer(signal.ITIMER_REAL))"
    found, _, notebook = graded(lab(after, euler=spy, before=before), figures=True)
    assert found["passive_exact"] == "correct"
    first = float(np.random.RandomState(1).rand())
    assert shown(notebook) == f"[] [] {first} (0.0, 0.0)\n"  # figures are closed after a cell


def test_a_check_is_asked_and_its_cell_not_run():
    """What it shows is decided outside, and running it would ask everything once more."""
    notebook = lab(after=["print(ran)"], before=["ran = []"])
    next(
        one for one in notebook.cells if one.source == "check(passive_euler)"
    ).source = "ran.append(1)"
    found, _, done = graded(notebook)
    assert found == RIGHT and shown(done) == "[]\n"


DEATHS = {
    "exits": ("import os; os._exit(1)", "crashed"),
    "exits as if well": ("import os; os._exit(0)", "crashed"),
    "is ended": ("import os; os.kill(os.getpid(), 9)", "crashed"),
    "never ends": ("while True: pass", "timeout"),
    "never ends and won't be stopped": (
        "\n        while True:\n            try:\n                while True: pass\n"
        "            except BaseException: pass",
        "timeout",
    ),
    "takes all memory": ("a = [np.ones(1_000_000) for k in range(10_000)]", "out of memory"),
}


@pytest.mark.parametrize(("what", "outcome"), DEATHS.values(), ids=DEATHS)
def test_an_exercise_that_ends_its_process_costs_itself_only(what, outcome):
    deadly = EULER.replace("V[0] = V_init", f"V[0] = V_init\n    if N_t:\n        {what.lstrip()}")
    # Memory ends it first, however long a busy machine takes to find the pages.
    timeout = 2.0 if outcome == "timeout" else 20.0
    found, _, notebook = graded(
        lab("kept = 5", euler=deadly, after=["print('kept', kept)"]), timeout=timeout, memory=600
    )
    assert found == {"passive_euler": outcome, "passive_exact": "correct"}
    assert "kept 5" in shown(notebook)


# --- Asked once more at the end -------------------------------------------------------------------


def test_what_is_only_defined_below_its_check_is_asked_at_the_end():
    found, notes, _ = graded(lab(euler="# see below", after=[EULER]))
    assert found == RIGHT
    assert len(notes) == 1 and "its answer after the last cell counts" in notes[0]


def test_a_stub_that_is_filled_in_later_counts():
    found, notes, _ = graded(lab(euler=EULER_STUB, after=[EULER]))
    assert found == RIGHT and len(notes) == 1


def test_a_helper_that_is_mended_later_counts():
    found, notes, _ = graded(
        lab(euler=HELPED, before=[HELPER.replace("return dt", "return 2 * dt")], after=[HELPER])
    )
    assert found == RIGHT and len(notes) == 1


def test_a_wrong_answer_that_nothing_touched_is_not_asked_again():
    """It counts on the notebook's own process, which only a second question would reach."""
    sly = EULER.replace(
        "    for k",
        "    import os\n    if os.getpid() != MAIN[0]: return V\n    for k",
    )
    found, _, _ = graded(lab(euler=sly, before=["import os\nMAIN = [os.getpid()]"]))
    assert found["passive_euler"] == "wrong"
    found, notes, _ = graded(
        lab(euler=sly, before=["import os\nMAIN = [os.getpid()]"], after=["MAIN = list(MAIN)"])
    )
    assert found["passive_euler"] == "correct" and notes


def test_a_thread_pool_of_the_notebook_s_own_answers_at_the_end():
    """A copy of a process has no threads but one, so the pool can't answer where the check stands."""
    pool = "from concurrent.futures import ThreadPoolExecutor\npool = ThreadPoolExecutor(1)\n" + (
        "pool.submit(int).result()"
    )
    threaded = EULER.replace("return V", "return pool.submit(lambda: V).result()")
    found, notes, _ = graded(lab(euler=threaded, before=[pool]))
    assert found == RIGHT and len(notes) == 1


# --- Copies ---------------------------------------------------------------------------------------


def known_of(notebook):
    """Return what a gradebook would know of the lab."""
    return {
        name: Known(
            name=name,
            cell_type="code",
            source=source,
            checksum="",
            grade=name.endswith("_check"),
            solution=not name.endswith("_check"),
            locked=name.endswith("_check"),
            task=False,
            points=POINTS.get(name.removesuffix("_check")) if "check" in name else None,
        )
        for name, source in {
            "passive_euler": EULER_STUB,
            "passive_euler_check": "check(passive_euler)",
            "passive_exact": EXACT_STUB,
            "passive_exact_check": "check(passive_exact)",
        }.items()
    }


ALSO_RIGHT = EULER.replace("    return V", "    return 1.0 * V")

COPIES = {
    # copies of the first exercise's cell in order, what counts, and what is said
    "right, then wrong": ([EULER, ZEROS], 0, "number 1 counts, the best answer."),
    "wrong, then right": ([ZEROS, EULER], 1, "the last one counts"),
    "both right": ([EULER, ALSO_RIGHT], 1, "the last one counts"),
    "right, then a crash": ([EULER, "import os\nos._exit(1)"], 0, "number 1"),
    "right, then a slip": ([EULER, "def passive_euler(:"], 0, "number 1"),
    "right, then the stub": ([EULER, EULER_STUB], 0, "number 1"),
    "five, the first right": ([EULER, ZEROS, ZEROS + "\n", ZEROS + "\n\n", ZEROS + " "], 4, "last"),
}


@pytest.mark.parametrize(("sources", "counts", "said"), COPIES.values(), ids=COPIES)
def test_of_copies_the_best_whole_one_counts(sources, counts, said):
    notebook = lab(euler=sources[0])
    place = 2
    for number, source in enumerate(sources[1:], 1):
        notebook.cells.insert(place + number - 1, cell(source, "passive_euler"))
    repair(notebook, known_of(notebook))
    found, notes, done = graded(notebook)
    right = sources[counts] in (EULER, ALSO_RIGHT)
    assert found == {**RIGHT, "passive_euler": "correct" if right else "wrong"}
    marked = [
        one.source
        for one in done.cells
        if one.metadata.get("nbgrader", {}).get("grade_id") == "passive_euler"
    ]
    assert marked == [sources[counts].strip("\n") if counts else sources[counts]] or marked == [
        sources[counts]
    ]
    assert said in " ".join(notes)
    assert len([one for one in done.cells if "nbgrader" in one.metadata]) == 4


def test_nothing_is_pieced_together_from_copies():
    """Half of the properties in one copy and half in another is no whole answer."""
    silent = EULER.replace("+ I_ext / g_m", "")
    late = EULER.replace("V[0] = V_init", "V[0] = V_init + 1")
    one, two = (graded(lab(euler=source))[0]["passive_euler"] for source in (silent, late))
    assert {one, two} <= {"wrong", "partial"}
    notebook = lab(euler=silent)
    notebook.cells.insert(2, cell(late, "passive_euler"))
    repair(notebook, known_of(notebook))
    assert graded(notebook)[0]["passive_euler"] in ("wrong", "partial")


# --- Time -----------------------------------------------------------------------------------------


def test_cells_that_use_an_endless_function_don_t_pay_its_time_each():
    uses = ["passive_euler(1, 0.1, np.zeros(1), *[1.0] * 4)"] * 2
    helper = "def again():\n    return passive_euler(1, 0.1, np.zeros(1), *[1.0] * 4)"
    found, _, notebook = graded(lab(*uses, helper, "again()", euler=ENDLESS), timeout=2.5)
    assert found == {"passive_euler": "timeout", "passive_exact": "correct"}
    said = [
        one.evalue
        for cell in notebook.cells
        for one in cell.outputs
        if one.output_type == "error" and one.ename == "Stopped"
    ]
    assert said == ["This cell was stopped: it did not end within 2 s."] * 3


def test_after_the_budget_what_is_graded_still_runs(monkeypatch):
    monkeypatch.setattr("lifkit_staff.grading.limits.Limits.budget", 2.5)
    found, _, notebook = graded(
        lab(BUSY, BUSY, HELPER, "print('no time for this')", euler=EULER, exact=EXACT), timeout=1.5
    )
    assert found == RIGHT
    text = json.dumps(notebook)
    assert "had already used all its time" in text and "no time for this\\n" not in text


# --- What the grader itself can't do --------------------------------------------------------------


@pytest.mark.parametrize("part", ["judge", "first_wrong_step"])
def test_a_verdict_stands_without_its_explanation(part, monkeypatch):
    usual = getattr(decide, part)

    def fails(*words, explain=True, **options):
        if part == "judge" and not explain:
            return usual(*words, explain=False, **options)
        raise TypeError("numpy boolean subtract")

    monkeypatch.setattr(decide, part, fails)
    found, _, notebook = graded(lab(euler=ZEROS), figures=True)
    assert found == {"passive_euler": "wrong", "passive_exact": "correct"}
    assert "numpy boolean subtract" in json.dumps(notebook)


def test_answers_that_can_t_be_compared_are_wrong(monkeypatch):
    def fails(*words, **options):
        raise TypeError("odd")

    monkeypatch.setattr(decide, "judge", fails)
    found, _, _ = graded(lab())
    assert set(found.values()) == {"wrong"}


# --- One mistake charged once ---------------------------------------------------------------------


@pytest.mark.parametrize("carry", [False, True])
def test_an_earlier_mistake_is_carried_forward_where_a_course_wants_it(carry):
    known = references_of(str(ROOT))
    euler, neuron = known["lif_euler"].cell.source, known["LIFNeuron"].cell.source
    cells = [cell(SETUP)]
    for name, source in (
        ("lif_euler", euler.replace(">= V_theta", "> V_theta")),
        ("LIFNeuron", neuron),
    ):
        cells += [cell(source, name), cell(f"check({name})", f"{name}_check")]
    points = {"lif_euler": 10.0, "LIFNeuron": 10.0}
    settings = Settings(seed=7, figures=False, sandbox="bwrap", carry_forward=carry)
    notebook = nbformat.writes(new_notebook(cells=cells))
    job = Job(
        student="ada",
        lab="lab2",
        notebook=notebook,
        files={},
        points=points,
        settings=settings,
        root=str(ROOT),
    )
    found = json.loads(grade(job).verdicts)
    assert (
        found["lif_euler"]["mistakes"] == ["greater instead of at least"]
        and found["lif_euler"]["score"] < 10
    )
    assert (found["LIFNeuron"]["score"] == 10) == carry
    assert found["LIFNeuron"]["outcome"] != "correct"
    assert ("already" in " ".join(found["LIFNeuron"]["diagnosis"])) == carry

"""What a student sees: small notebooks run in a real kernel."""

import nbclient
import nbformat
import pytest

import lifkit
from lifkit.judge import load_key

SETUP = "import numpy as np\nimport lifkit\nfrom lifkit import check\nlifkit.open_lab('lab2')"
STUB = """
def lif_euler(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau):
    # YOUR CODE HERE
    raise NotImplementedError()
"""
RIGHT = """
def lif_euler(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau):
    V = np.zeros((N_t + 1, len(V_init))); spikes = np.zeros(V.shape); V[0] = V_init
    print("working"); lifkit_is_mine = 1
    for k in range(1, N_t + 1):
        V[k] = V[k-1] + dt * (E_m - V[k-1] + I_ext / g_m) / tau
        spikes[k] = V[k] >= V_theta
        V[k, V[k] >= V_theta] = V_reset
    return V, spikes, [np.flatnonzero(s) * dt for s in spikes.T]
"""


@pytest.fixture(scope="module")
def run():
    """Run cells in one kernel for the whole module and return their outputs."""
    client = nbclient.NotebookClient(nbformat.v4.new_notebook(), allow_errors=True, timeout=60)
    client.nb.cells = [nbformat.v4.new_code_cell(SETUP)]
    with client.setup_kernel():
        client.execute_cell(client.nb.cells[0], 0)
        assert client.nb.cells[0].outputs == []

        def run(source):
            cell = nbformat.v4.new_code_cell(source)
            client.nb.cells.append(cell)
            client.execute_cell(cell, len(client.nb.cells) - 1)
            return cell.outputs

        yield run


def shown(outputs):
    kinds = [output.output_type for output in outputs]
    return kinds, "".join(o.data["text/plain"] for o in outputs if o.output_type == "display_data")


def test_a_stub_gives_a_report_and_one_line(run):
    kinds, text = shown(run(STUB + "check(lif_euler)"))
    assert kinds == ["display_data", "error"] and "not started yet" in text


def test_the_error_is_one_line_that_nbgrader_counts_as_no_points(run):
    *_, error = run(STUB + "check(lif_euler)")
    assert (error.ename, error.traceback) == (
        "CheckFailed",
        ["CheckFailed: 2.1 lif_euler: not started yet"],
    )


def test_a_cell_that_needs_an_unwritten_exercise_says_so_in_one_line(run):
    (error,) = run(STUB + "V = lif_euler(1, 1, 1, 1, 1, 1, 1, 1, 1)")
    assert error.ename == "NotImplementedError"
    assert error.traceback == ["2.1 lif_euler: not started yet. This cell runs once it is written."]


def test_a_right_answer_leaves_one_output_in_text_and_html(run):
    (output,) = run(RIGHT + "check(lif_euler)")
    assert "all correct" in output.data["text/plain"] and "<ul" in output.data["text/html"]


def test_the_line_of_an_exception_is_that_of_the_students_cell(run):
    source = RIGHT.strip().replace("E_m - V[k-1]", "E_m - V[k-1, 99]") + "\ncheck(lif_euler)"
    kinds, text = shown(run(source))
    number = 1 + next(i for i, line in enumerate(source.splitlines()) if "99" in line)
    assert kinds == ["display_data", "error"]
    assert f"line {number} of the cell, in lif_euler" in text and "IndexError" in text


STALE = "this is about the version before"


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (RIGHT.strip().replace("/ tau", "/ tau)"), "did not run (SyntaxError, line 5)"),
        (RIGHT.strip().replace("    print", "  print"), "did not run (IndentationError, line 3)"),
        ("1 / 0\n" + RIGHT, "did not run (ZeroDivisionError, line 1)"),
        ("%%timeit -n 1 -r 1\n" + RIGHT, "stands under %%timeit, so it defines nothing"),
        ("%%writefile /dev/null\n" + RIGHT, "stands under %%writefile, so it defines nothing"),
    ],
)
def test_a_check_says_that_it_is_not_about_the_cell_on_screen(run, cell, words):
    run(RIGHT)
    run(cell)
    kinds, text = shown(run("check(lif_euler)"))
    assert kinds == ["display_data"] and "all correct" in text  # that hangs on the function alone
    assert f"  The cell of lif_euler {words}; {STALE}." in text
    run(RIGHT)
    assert STALE not in shown(run("check(lif_euler)"))[1]


def test_a_helper_whose_cell_did_not_run_is_named(run):
    helper = "def fired(V, V_theta):\n    return V >= V_theta"
    run(helper)
    run(RIGHT.replace("V[k] >= V_theta\n", "fired(V[k], V_theta)\n"))
    run(helper + ")")
    assert (
        f"The cell of fired did not run (SyntaxError, line 2); {STALE}."
        in shown(run("check(lif_euler)"))[1]
    )


def test_a_cell_that_ran_and_then_failed_is_the_one_on_screen(run):
    run(RIGHT + "\n1 / 0")
    assert STALE not in shown(run("check(lif_euler)"))[1]


def test_different_texts_are_counted_once_each(run):
    def attempts():
        (output,) = run("from lifkit.session import attempts; attempts('isi')")
        return int(output.data["text/plain"])

    stub = "def isi(spike_times):\n    raise NotImplementedError()\ncheck(isi)"
    wrong = "def isi(spike_times):\n    return []\ncheck(isi)"
    run(stub)
    assert attempts() == 0
    run(wrong)
    run(wrong.replace("return", "# the same\n    return"))
    assert attempts() == 1
    run(wrong.replace("[]", "[1]"))
    assert attempts() == 2
    run("def spoilt(f):\n    def isi(x):\n        return 0\n    return isi\ncheck(spoilt(isi))")
    assert attempts() == 2  # a cell of the lab that shows a mistake is none of the student's


def test_errors_of_use_are_one_line(run):
    run(RIGHT)
    for call in ("check('lif_euler')", "check(lif_euler, hint=4)", "check(print)", "check(3)"):
        *_, error = run(call)
        assert error.ename in ("TypeError", "ValueError")
        assert error.traceback == [f"{error.ename}: {error.evalue}"]


def test_a_figure_drawn_inside_is_not_shown_by_the_check(run):
    drawing = RIGHT.replace(
        "lifkit_is_mine = 1",
        "import matplotlib.pyplot as plt; plt.figure(); plt.plot([1]); plt.show()",
    )
    kinds, text = shown(run("%matplotlib inline\n" + drawing + "check(lif_euler)"))
    assert kinds == ["display_data"] and "all correct" in text


def test_a_misnamed_answer_is_recognised_and_reported(run):
    run("del lif_euler\n" + RIGHT.replace("lif_euler", "LIF_Euler"))
    kinds, text = shown(run("check(lif_euler)"))
    assert kinds == ["display_data", "error"] and "all correct" in text
    *_, error = run("check(lif_euler)")
    assert "You have LIF_Euler: rename it" in error.traceback[0]
    assert error.ename == "NameError"


def test_an_ordinary_undefined_name_keeps_its_traceback(run):
    (error,) = run("no_such_name")
    assert error.ename == "NameError" and len(error.traceback) > 1


def test_a_notebook_of_another_edition_is_told_so_kindly(run):
    edition = load_key("lif_euler").edition
    assert run(f"lifkit.open_lab('lab2', edition='{edition}')") == []
    assert run(f"lifkit.open_lab('lab2', edition='{edition}:10,10,4,6,8')") == []
    (points,) = run("from lifkit.notebook import points_of; list(points_of('lab2').items())[:2]")
    assert points.data["text/plain"] == "[('lif_euler', 10.0), ('LIFNeuron', 10.0)]"
    for odd in ("", ":1,2", ":a,b,c,d,e"):  # older, or not for these exercises
        assert run(f"lifkit.open_lab('lab2', edition='{edition}{odd}')") == []
        assert run("points_of('lab2')")[0].data["text/plain"] == "{}"
    _, text = shown(run("lifkit.open_lab('lab2', edition='00000000')"))
    assert "do not belong together" in text and "is safe" in text
    _, text = shown(run("lifkit.open_lab('lab99', edition='1')"))
    assert "does not know lab99" in text


@pytest.mark.parametrize(("platform", "lines"), [("emscripten", 1), ("linux", 0)])
def test_only_a_browser_s_own_python_says_where_work_is_kept(monkeypatch, capsys, platform, lines):
    edition = load_key("lif_euler").edition
    monkeypatch.setattr("sys.platform", platform)
    lifkit.open_lab("lab2", edition=edition)
    said = capsys.readouterr().out.splitlines()
    assert len(said) == lines
    assert all("in this browser alone" in line and "File, Download" in line for line in said)

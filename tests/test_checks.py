"""What the self-check says, as text and in a notebook."""

import linecache
import re
import textwrap

import numpy as np
import pytest

from lifkit import CheckFailed, check, checks
from lifkit.checks import report_for
from lifkit.judge import as_html, as_text, attempt, calling, load_key, report_on
from tests.exercise_contract import BY_NAME

HEAD = "def lif_euler(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau):\n"
BODY = """
V = np.zeros((N_t + 1, len(V_init)))
spikes = np.zeros(V.shape)
V[0] = V_init
for k in range(1, N_t + 1):
    V[k] = V[k-1] + dt * (-(V[k-1] - E_m) + I_ext / g_m) / tau
    fired = V[k] >= V_theta
    V[k, fired] = V_reset
    spikes[k, fired] = 1
spike_times = [np.nonzero(spikes[:, i])[0] * dt for i in range(len(V_init))]
return V, spikes, spike_times
"""


def written(body=BODY, head=HEAD, name="lif_euler", **notebook):
    """Define lif_euler as a notebook would, beside the notebook's own variables."""
    namespace = {"np": np, "__name__": "__main__", **notebook}
    source, cell = head + textwrap.indent(body, "    "), "<ipython-input-1>"
    linecache.cache[cell] = (len(source), None, source.splitlines(keepends=True), cell)
    exec(compile(source, cell, "exec"), namespace)
    return namespace[name]


def names(report):
    return [mistake.name for mistake in report.mistakes]


def test_a_right_answer_passes_and_shows_every_property(capsys):
    check(written())
    shown = capsys.readouterr().out
    assert "all correct" in shown
    assert shown.count("✓") == len(load_key("lif_euler").exercise.properties) + 2
    assert "✗" not in shown


def test_a_wrong_answer_says_where_it_parts_what_it_is_and_raises(capsys):
    with pytest.raises(CheckFailed, match=r"2\.1 lif_euler"):
        check(written(BODY.replace(" / tau", "")))
    shown = capsys.readouterr().out
    assert re.search(r"at step 1, neuron 0 \(t = [\d.]+ ms\): got .*, expected ", shown)
    assert "time constant tau" in shown
    assert "3 hints if you want: check(lif_euler, hint=1)" in shown


def test_a_stub_is_not_started(capsys):
    for body in ("# YOUR CODE HERE\nraise NotImplementedError()", "pass", '"""Doc."""'):
        with pytest.raises(CheckFailed, match="not started yet"):
            check(written(body))
    assert "Traceback" not in capsys.readouterr().out


def test_code_above_a_forgotten_stub_line_is_not_called_unstarted():
    report = report_for(written("x = 1\nraise NotImplementedError()"))
    assert report.outcome == "error" and names(report) == ["stub line left in"]


def test_hints_come_one_at_a_time_and_count_down(capsys):
    for number, left in ((1, "2 more"), (2, "1 more"), (3, "last one")):
        check(written("pass"), hint=number)
        assert left in capsys.readouterr().out
    for wrong in (0, 4, "one", True):
        with pytest.raises(ValueError, match="hints 1 to 3"):
            check(written(), hint=wrong)


def test_an_exception_is_reported_with_the_line_it_happened_on():
    report = report_for(written("first = 1\nbroken = V_init['x']\nreturn first"))
    assert report.outcome == "error"
    assert report.problem.line == 3 and report.problem.function == "lif_euler"
    text = as_text(report)
    assert "IndexError" in text and "line 3" in text and "broken = V_init['x']" in text


@pytest.mark.parametrize("said", ["arg is an empty sequence", "iterable argument is empty"])
def test_a_mistake_that_stops_is_named_in_the_words_of_any_python(said):
    """The key holds those of one; the other ones are those of Python 3.12."""
    right = BY_NAME["stdp_total"].solve

    def stdp_total(pre_times, post_times, *window):
        if not len(pre_times):
            raise ValueError(f"max() {said}")
        return right(pre_times, post_times, *window)

    found = report_on(load_key("stdp_total"), stdp_total)
    assert names(found) == ["fails on an empty train"]


def test_an_undefined_name_suggests_the_argument():
    report = report_for(written(BODY.replace("V_theta", "Theta")))
    assert names(report) == ["undefined name"] and "V_theta" in report.mistakes[0].diagnosis


def test_a_loop_that_never_ends_is_stopped():
    key = load_key("lif_euler")
    for body in ("while True:\n    pass", "while True:\n    try:\n        pass\n    except: pass"):
        report = report_on(key, written(body), limit=0.3)
        assert report.outcome == "timeout" and names(report) == ["never returns"]


def test_an_exception_of_one_array_names_no_mistake_of_another():
    per_step = BODY.replace("I_ext / g_m", "I_ext[k] / g_m")
    assert names(report_for(written(per_step))) == [
        "index of the step in what has one entry a neuron"
    ]
    short = BODY.replace(
        "np.nonzero(spikes[:, i])[0] * dt", "(np.arange(N_t) * dt)[spikes[:, i] == 1]"
    )
    assert names(report_for(written(short))) == []
    rows = BODY.replace("range(len(V_init))", "range(N_t)")
    assert "loop beyond the last row" not in names(report_for(written(rows)))
    asked = BODY.replace("    V[k] =", "    if np.abs(I_ext) > 1e9:\n        pass\n    V[k] =", 1)
    assert "scalar if" not in names(report_for(written(asked)))


def test_a_class_that_only_starts_is_not_called_right_on_small_cases():
    source = BY_NAME["LIFNeuron"].solve

    class LIFNeuron(source):
        def euler_solve(self, N_t, dt):
            while True:
                pass

        simulate = euler_solve

    found = report_on(load_key("LIFNeuron"), LIFNeuron, limit=0.3)
    assert names(found) == ["never returns"]


def test_what_ends_on_small_cases_alone_is_too_slow():
    long = "if N_t > 1000:\n    while True:\n        pass\n"
    assert names(report_on(load_key("lif_euler"), written(long + BODY), limit=0.3)) == ["too slow"]


@pytest.mark.filterwarnings("ignore:look out")
def test_prints_warnings_and_exits_do_not_disturb_the_report(capsys):
    noisy = "print('x' * 100)\nimport warnings\nwarnings.warn('look out')\n" + BODY
    assert report_for(written(noisy)).passed
    assert capsys.readouterr() == ("", "")
    assert report_for(written("exit()\n" + BODY)).outcome == "error"


def test_figures_opened_inside_are_closed():
    plt = pytest.importorskip("matplotlib.pyplot")
    mine = plt.figure()
    plotted = "import matplotlib.pyplot as plt\nplt.figure(); plt.plot([1, 2])\n" + BODY
    assert report_for(written(plotted)).passed
    assert plt.get_fignums() == [mine.number]
    plt.close(mine)


def test_inputs_changed_in_place_cost_points_and_are_named():
    report = report_for(written(BODY.replace("return V,", "I_ext[:] = 0\nreturn V,")))
    assert report.outcome == "partial" and 0 < report.fraction < 1
    assert names(report) == ["input changed in place"] and "I_ext" in report.mistakes[0].diagnosis


def test_state_kept_between_calls_is_named():
    body = BODY.replace("V[0] = V_init", "seen.append(1)\nV[0] = V_init + len(seen) - 1")
    head = HEAD.replace("tau)", "tau, seen=[])")
    report = report_for(written(body, head))
    assert not report.passed and "state kept between calls" in names(report)
    late = BODY.replace("V[0] = V_init", "seen.append(1)\nV[0] = V_init + (len(seen) > 8)")
    report = report_for(written(late, head))
    assert report.outcome == "partial" and names(report) == ["state kept between calls"]


def test_a_notebook_variable_in_an_arguments_place_is_named():
    body = BODY.replace("/ tau", "/ my_tau").replace("dt *", "step() *")
    report = report_for(written(body, my_tau=10.0, dt=0.1, step=lambda: 0.1))
    assert names(report) == ["notebook variable used"] and "my_tau" in report.mistakes[0].diagnosis


def test_a_constant_of_the_notebook_in_a_right_answer_is_fine():
    assert report_for(
        written(BODY.replace("spikes[k, fired] = 1", "spikes[k, fired] = ONE"), ONE=1)
    ).passed


def test_another_signature_is_explained():
    fewer = report_for(written(head="def lif_euler(N_t, dt):\n"))
    assert "lif_euler(N_t, dt, V_init" in fewer.lines[0].detail
    swapped = HEAD.replace("V_theta, V_reset", "V_reset, V_theta")
    assert "another order" in report_for(written(head=swapped)).lines[0].detail


def test_arguments_may_have_other_names():
    renamed = BODY.replace("I_ext", "current")
    assert report_for(written(renamed, HEAD.replace("I_ext", "current"))).passed


def test_single_precision_is_wrong_as_a_whole():
    report = report_for(written(BODY.replace("return V,", "return V.astype(np.float32),")))
    assert report.outcome == "wrong" and report.fraction == 0
    assert "single precision" in as_text(report)


def test_floats_are_no_indices():
    def reported(kind):
        def outgoing(sources):
            start, targets = BY_NAME["outgoing"].solve(sources)
            return start.astype(kind), targets

        return report_on(load_key("outgoing"), outgoing)

    assert reported(np.int32).passed and reported(float).outcome == "partial"
    assert "float64, which is no index" in reported(float).lines[0].detail


def test_an_answer_without_information_names_no_mistake():
    """Many wrong answers are 0 everywhere, among them some usual mistakes."""
    for name in ("stdp_window", "stdp_total"):
        found = report_on(
            load_key(name), lambda *given: 0.0 * np.asarray(given[0], dtype=float).sum()
        )
        assert not found.passed and names(found) == [], name


def test_what_a_notebook_sets_of_numpys_errors_costs_nothing():
    before = np.seterr(all="raise")
    try:
        assert report_on(load_key("stdp_window"), BY_NAME["stdp_window"].solved).passed
    finally:
        np.seterr(**before)


def test_numbers_that_are_not_finite_are_wrong_as_a_whole():
    report = report_for(written(BODY.replace("return V,", "V[-1] = np.nan\nreturn V,")))
    assert report.outcome == "wrong" and report.fraction == 0


def test_the_wrong_thing_handed_to_check_is_explained():
    with pytest.raises(TypeError, match="no brackets"):
        check(np.zeros(3))

    def lif_eulr():
        pass

    with pytest.raises(ValueError, match="lif_euler"):
        check(lif_eulr)


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: check("lif_euler"), TypeError, "not its name in quotes: check(lif_euler)."),
        (lambda: check(None), TypeError, "got NoneType. Write check(lif_euler), with no brackets"),
        (lambda: check(written(), hint=4), ValueError, "has the hints 1 to 3"),
        (lambda: check(np.sin), ValueError, "sin is the name of no exercise"),
        (
            lambda: check(written(head=HEAD.replace("lif_euler", "lif_eulr"), name="lif_eulr")),
            ValueError,
            "lif_eulr is the name of no exercise. Did you mean lif_euler? An exercise",
        ),
    ],
)
def test_an_error_of_use_is_one_sentence(call, kind, words):
    with pytest.raises(kind, match=re.escape(words)) as caught:
        call()
    (line,) = caught.value._render_traceback_()
    assert line == f"{kind.__name__}: {caught.value}" and "\n" not in line


def test_a_report_says_the_points_where_they_are_known():
    right, wrong, stub = (report_for(written(body)) for body in (BODY, "return V_init", "pass"))
    assert as_text(right).startswith("Exercise 2.1 lif_euler: all correct. Well done!")
    assert as_text(right, points=10).startswith(
        "Exercise 2.1 lif_euler: 10 of 10 points: all correct. Well done!"
    )
    assert "2.1 lif_euler: 0 of 10 points: not right yet" in as_html(wrong, points=10)
    assert "2.1 lif_euler: not started yet (10 points)" in as_text(stub, points=10)
    some = report_for(written(BODY.replace(">=", ">")))
    share = round(10 * some.fraction, 2)
    assert 0 < share < 10
    assert f"{share:g} of 10 points: 7 of 8 properties hold" in as_text(some, points=10)


def test_a_notebook_s_report_holds_its_hints_one_inside_the_other():
    report = report_for(written(BODY.replace(" / tau", "")))
    page = as_html(report, hints=True)
    hints = page[page.index("Hint 1 of 3") :]
    order = [hints.index(f"<summary>Hint {number} of 3") for number in (2, 3)]
    assert order == sorted(order) and hints.count("</details>") == 3
    assert "</details>" not in hints[: order[1]]  # each is inside the one before
    assert " open" not in re.findall(r"<details[^>]*>", page)
    assert "<pre" in hints and "___" in hints[order[1] :] and "___" not in hints[: order[1]]
    assert "hint=1" not in page and "hint=1" in as_text(report)
    assert "Hint 1" not in as_html(report) and "hint=1" in as_html(report)  # a feedback page
    assert "Hint" not in as_html(report_for(written()), hints=True)


def test_one_cause_is_told_once():
    report = report_for(written("return None or (None, None, None)"))
    failing = [line for line in report.lines if line.status == "fail"]
    assert len(failing) > 5
    text = as_text(report)
    assert text.count("✗") == 2 and text.count("case “") == 1
    (rest,) = [line for line in text.splitlines() if "also fails: " in line]
    assert all(line.text in rest for line in failing[1:])
    page = as_html(report)
    folded = page[page.index("<details") : page.index("</details>")]
    assert f"<summary>{len(failing) - 1} more fail</summary>" in folded
    assert all(line.detail.split("”")[0] in folded for line in failing[1:])
    stopped = report_for(written("return V_init['x']"))
    assert "7 could not be tested" in as_html(stopped)
    assert as_text(stopped).count("(not tested)") == 0 and "– not tested: " in as_text(stopped)


def test_a_report_is_a_heading_and_nothing_in_it_is_faint():
    page = as_html(report_for(written("return V_init")), points=10, note="A note.", hints=True)
    assert re.search(r'<div role="heading" aria-level="\d"[^>]*>Exercise 2\.1 lif_euler', page)
    assert "opacity" not in page and not re.search(r"[^-]color:", page)


def test_an_endless_earlier_exercise_costs_its_time_once(monkeypatch):
    asked = []

    def quickly(exercise, *rest):
        asked.append(exercise.name)
        return attempt(exercise, *rest, limit=0.3)

    monkeypatch.setattr(checks, "attempt", quickly)
    namespace = {"np": np}
    exec(
        "def isi(spike_times):\n    while True:\n        pass\n\n"
        "def cv(spike_times):\n    return [x.std() / x.mean() for x in isi(spike_times)]\n",
        namespace,
    )
    report = report_for(namespace["cv"])
    assert names(report)[0] == "isi is not right yet" and asked == ["cv"]


def test_a_loop_that_a_changed_variable_makes_endless_is_given_up_soon(monkeypatch):
    body = "k = 0\nwhile k != END:\n    k += 1\n" + BODY.replace(">=", ">")
    answer, given_up_after = calling.answer, []

    def noted(*call, limit):
        given = answer(*call, limit=limit)
        if given.status == "timeout":
            given_up_after.append(limit)
        return given

    monkeypatch.setattr(calling, "answer", noted)
    assert not report_for(written(body, END=3.0)).passed
    assert given_up_after and max(given_up_after) < calling.TIME_LIMIT


def test_what_students_write_cannot_break_out_of_the_html():
    report = report_for(written("raise ValueError('<script>alert(1)</script>')"))
    assert "<script>" not in as_html(report) and "&lt;script&gt;" in as_html(report)


def test_a_check_leaves_the_notebook_as_it_was():
    namespace = {"my_tau": 10.0}
    f = written(BODY.replace("/ tau", "/ my_tau"), **namespace)
    report_for(f)
    assert f.__globals__["my_tau"] == 10.0

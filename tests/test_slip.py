"""The slip: the place in the student's own cell where one edit makes the answer right."""

import ast
import dataclasses
import itertools
import string

import numpy as np
import pytest

from lifkit.checks import CheckFailed, check
from lifkit.judge import as_html, as_text, judge, load_key
from lifkit.judge.apart import POSSIBLE
from lifkit.judge.calling import attempt
from lifkit.judge.confine import TimeUp
from lifkit.judge.slip import find_slips, found_here
from lifkit.judge.slip.harmless import counting_steps, is_harmless
from lifkit.judge.slip.program import program_of
from lifkit.judge.telling import KINDS, may_place, told
from tests.exercise_contract import define

ISI = """
def isi(spike_times):
    all_intervals = []
    for times in spike_times:
        gaps = []
        for i in range({range}):
            {first}
            gaps.append({gap})
        all_intervals.append(np.array({made}))
    {back}
"""

EULER = """
def step(v, drive, dt, tau):
    return v + {step}

def passive_euler(N_t, dt, V_init, E_m, I_ext, g_m, tau):
    {new}
    V[0] = V_init
    for k in range(N_t):
        V[k + 1] = step({v}, E_m + {drive}, dt, tau)
    return V
"""

NEURON = """
class LIFNeuron:
    def __init__(self):
        self.V_init = -70.0
        self.E_m = -70.0
        self.tau = 10.0
        self.g_m = 1.0
        self.I_ext = 20.0
        self.V_theta = -50.0
        self.V_reset = -75.0

    def run(self, N_t, dt, tau, I_ext):
        n = len(tau)
        self.V = np.zeros((N_t + 1, n))
        self.spikes = np.zeros((N_t + 1, n))
        self.V[0] = self.V_init
        for k in range(N_t):
            v = self.V[k] + dt / tau * ({leak} + I_ext / self.g_m)
            fired = v >= self.V_theta
            self.V[k + 1] = np.where(fired, {reset}, v)
            self.spikes[k + 1] = fired
        self.spike_times = [np.flatnonzero({times}) * dt for i in range(n)]

    def euler_solve(self, N_t, dt):
        self.run(N_t, dt, np.array([self.tau]), np.array([self.I_ext]))

    def simulate(self, N_t, dt, tau_values, I_ext_values):
        tau = np.append(tau_values, [self.tau] * len({others}))
        I_ext = np.append([self.I_ext] * len(tau_values), I_ext_values)
        self.run(N_t, dt, tau, I_ext)
"""

USUAL = {
    "isi": {
        "range": "len(times) - 1",
        "first": "start = times[i]",
        "gap": "times[i + 1] - start",
        "made": "gaps",
        "back": "return all_intervals",
    },
    "passive_euler": {
        "step": "(drive - v) * dt / tau",
        "new": "V = np.zeros((N_t + 1, len(V_init)))",
        "v": "V[k]",
        "drive": "I_ext / g_m",
    },
    "LIFNeuron": {
        "leak": "self.E_m - self.V[k]",
        "reset": "self.V_reset",
        "others": "I_ext_values",
        "times": "self.spikes[:, i]",
    },
}

CELLS = {"isi": ISI, "passive_euler": EULER, "LIFNeuron": NEURON}


def cell(name, **parts):
    text = CELLS[name].format(**{**USUAL[name], **parts})
    return text, define(text, name)


def look(name, function, seconds=60.0):
    """Look with more time than a check has, for a test says nothing of how quick a machine is."""
    key = load_key(name)
    given = attempt(key.exercise, function, key.cases)
    return key, given, find_slips(key, function, given, seconds=seconds)


def line_of(text, part):
    return next(k for k, line in enumerate(text.splitlines(), start=1) if part in line)


SLIPS = [
    ("isi", {"gap": "times[i + 1] + start"}, "gaps.append", ("operator", "sign")),
    ("isi", {"gap": "start - times[i + 1]"}, "gaps.append", ("order",)),
    ("isi", {"first": "start = times[i + 1]"}, "start = ", ("index",)),
    ("isi", {"range": "len(times) - 2"}, "in range", ("range", "number")),
    ("isi", {"made": "times"}, "np.array", ("name",)),
    ("isi", {"back": "    return all_intervals"}, "return", ("in the loop",)),
    ("isi", {"back": "all_intervals"}, "all_intervals", ("return missing",)),
    ("isi", {"gap": "times[i + 1] - start / 2"}, "gaps.append", ("too much", "number", "brackets")),
    (
        "passive_euler",
        {"step": "(drive - v) * dt * tau"},
        "return v",
        ("operator",),
    ),
    ("passive_euler", {"step": "(drive - v) * dt / dt"}, "return v", ("name",)),
    ("passive_euler", {"step": "(drive - v * dt / tau)"}, "return v", ("brackets",)),
    ("passive_euler", {"drive": "I_ext / g_m * g_m"}, "step(", ("too much", "operator", "name")),
    ("passive_euler", {"v": "V[0]"}, "step(", ("index", "no index")),
    ("passive_euler", {"new": "V = np.zeros((N_t, len(V_init)))"}, "np.zeros", ("shape",)),
    ("passive_euler", {"new": "V = np.zeros(N_t + 1, len(V_init))"}, "np.zeros", ("shape",)),
    ("LIFNeuron", {"times": "self.spikes[1:, i]"}, "flatnonzero", ("index",)),
    ("LIFNeuron", {"leak": "self.V_init - self.V[k]"}, "v = ", ("name",)),
    ("LIFNeuron", {"reset": "V_reset"}, "np.where", ("self",)),
    ("LIFNeuron", {"others": "tau_values"}, "tau = np.append", ("name",)),
]


@pytest.mark.parametrize(
    "name, parts, part, kinds",
    SLIPS,
    ids=lambda one: "-".join(one) if isinstance(one, dict) else None,
)
def test_a_slip_is_found_in_its_line(name, parts, part, kinds):
    text, function = cell(name, **parts)
    _, given, found = look(name, function)
    (slip,) = found.slips
    assert any(item.status != "ok" for item in given.answers) or slip.whole
    assert slip.line == line_of(text, part) or slip.source in text.splitlines()[slip.line - 1]
    assert part in slip.source and slip.kind in kinds and slip.whole
    assert not found.mistakes


def test_a_right_answer_has_no_slip():
    for name in CELLS:
        _, function = cell(name)
        _, _, found = look(name, function)
        assert not found.slips


def test_two_slips_are_found_together():
    text, function = cell("isi", gap="start - times[i + 1]", back="    return all_intervals")
    _, _, found = look("isi", function)
    assert {slip.line for slip in found.slips} == {
        line_of(text, "gaps.append"),
        line_of(text, "return"),
    }


def test_a_usual_mistake_is_named_beside_a_slip():
    text, function = cell("passive_euler", step="(drive - v) * dt / tau / 2", drive="I_ext")
    _, _, found = look("passive_euler", function)
    assert [slip.line for slip in found.slips] == [line_of(text, "return v")]
    assert [mistake.name for mistake in found.mistakes] == ["forgot g_m"]


# Said only when sure -----------------------------------------------------------------------------


def test_what_passes_the_public_cases_by_luck_is_not_told():
    _, function = cell("isi", gap="start - times[i + 1]")
    key = load_key("isi")
    given = attempt(key.exercise, function, key.cases)
    other = dataclasses.replace(key, probe_digests=tuple(one ^ 1 for one in key.probe_digests))
    assert find_slips(key, function, given, seconds=60.0).slips
    assert not find_slips(other, function, given, seconds=5.0).slips


def test_each_key_has_probes_that_are_no_public_case():
    for name in ("isi", "lif_euler", "LIFNeuron", "siegert_rate"):
        key = load_key(name)
        assert len(key.probes) == len(key.probe_digests) >= 8
        public = [repr(case.calls) for case in key.cases]
        assert not any(repr(case.calls) in public for case in key.probes)


def test_each_kind_has_words_that_need_nothing_but_the_spot():
    for sentence in KINDS.values():
        fields = {field for _, field, _, _ in string.Formatter().parse(sentence) if field}
        assert fields <= {"spot"}


# Quick and harmless ------------------------------------------------------------------------------


def test_a_search_ends_at_its_time():
    _, function = cell("isi", gap="times[i]")
    key = load_key("isi")
    given = attempt(key.exercise, function, key.cases)
    ticks = itertools.count()
    program = program_of(function)
    found = found_here(key, program, given, 20.0, clock=lambda: float(next(ticks)))
    # One tick an edit, one at the start, and one more where it notices.
    assert not found.slips and next(ticks) <= 23


def test_nothing_of_the_notebooks_is_changed(tmp_path):
    text = """
    count = []

    def isi(spike_times):
        count.append(1)
        with open({path!r}, "a") as file:
            file.write("x")
        return [times[1:] + times[:-1] for times in spike_times]
    """
    path = tmp_path / "written"
    function = define(text.format(path=str(path)), "isi")
    key = load_key("isi")
    given = attempt(key.exercise, function, key.cases)
    before = len(function.__globals__["count"]), path.read_text()
    find_slips(key, function, given)
    assert (len(function.__globals__["count"]), path.read_text()) == before


@pytest.mark.skipif(not POSSIBLE, reason="needs a copy of the process")
def test_memory_and_time_have_an_end():
    greedy = "def isi(spike_times):\n    while True:\n        spike_times = spike_times * 2\n"
    function = define(greedy, "isi")
    key = load_key("isi")
    given = attempt(key.exercise, function, key.cases, limit=0.1)
    assert not find_slips(key, function, given, seconds=0.5).slips


HARMLESS = {
    "return [np.diff(times) for times in spike_times]": True,
    "return [np.diff(times) * factor for times in spike_times]": True,
    "return [math.sqrt(times[0]) for times in spike_times]": True,
    "x = []\n    x.append(1)\n    return x": True,
    "print(1)\n    return []": True,
    "seen.append(1)\n    return []": False,
    "np.save('file', spike_times)\n    return []": False,
    "spike_times[0].tofile('file')\n    return []": False,
    "return np.random.normal(size=3)": False,
    "return input()": False,
    "return open('file')": False,
    "import os\n    return []": False,
    "global factor\n    factor = 1\n    return []": False,
    "return eval('1')": False,
    "return pathlib.Path('x').unlink()": False,
    "return np.__loader__.get_data('x')": False,
}


@pytest.mark.parametrize("body, harmless", HARMLESS.items())
def test_only_what_computes_is_run_without_a_copy(body, harmless):
    import math
    import pathlib

    source = f"def isi(spike_times):\n    {body}\n"
    function = define(source, "isi", math=math, pathlib=pathlib, seen=[], factor=2.0)
    assert is_harmless(program_of(function)) is harmless


def test_slips_are_found_without_a_copy_too(monkeypatch):
    monkeypatch.setattr("lifkit.judge.slip.POSSIBLE", False)
    for name, parts, _, kinds in SLIPS[:4]:
        _, function = cell(name, **parts)
        _, _, found = look(name, function)
        assert found.slips[0].kind in kinds
    saving = define("def isi(spike_times):\n    np.save('x', 1)\n    return 1\n", "isi")
    key = load_key("isi")
    assert not find_slips(key, saving, attempt(key.exercise, saving, ())).slips


def test_steps_are_counted_where_there_is_no_clock():
    def endless():
        while True:
            pass

    def on_one_line():
        while True: pass  # fmt: skip  # noqa: E701

    def hungry():
        return [np.sin(k) for k in range(10**7)]

    for function in (endless, on_one_line, hungry):
        with pytest.raises(TimeUp), counting_steps():
            function()
    with counting_steps():
        sum([k for k in range(1000)])


def test_the_text_of_a_cell_is_not_changed_by_the_search():
    _, function = cell("isi", gap="start - times[i + 1]")
    program = program_of(function)
    before = [ast.dump(piece.tree) for piece in program.pieces]
    key = load_key("isi")
    found_here(key, program, attempt(key.exercise, function, key.cases), 5.0)
    assert [ast.dump(piece.tree) for piece in program.pieces] == before


@pytest.mark.parametrize("name", CELLS)
def test_each_edit_can_be_compiled(name):
    # The shape of a tree may be wrong in no other way: what can't be compiled would never be tried.
    for piece in program_of(cell(name)[1]).pieces:
        for stage in range(3):
            for edit in piece.edits(stage):
                edit.put(edit.new)
                piece.compiled()
                edit.put(edit.old)


def test_what_has_no_text_has_no_slip():
    namespace = {"np": np}
    exec("def isi(spike_times): return 1", namespace)
    assert not look("isi", namespace["isi"])[2].slips
    assert not look("isi", len)[2].slips


# What a check tells ------------------------------------------------------------------------------


def wrong(report, **changed):
    form, first, *rest = report.lines
    first = dataclasses.replace(first, status="pass" if changed.get("begun") else "fail")
    return dataclasses.replace(report, lines=(form, first, *rest))


def test_the_place_comes_first_and_the_kind_after_the_next_attempt():
    _, function = cell("isi", gap="times[i + 1] + start")
    key, given, found = look("isi", function)
    report, (slip,) = judge(key, given), found.slips
    assert report.unexplained
    begun, nothing = wrong(report, begun=True), wrong(report)
    assert not may_place(nothing, 1) and may_place(nothing, 2) and may_place(begun, 1)
    told_of = [told(slip, begun, tried, in_full=False).kind for tried in (1, 2)]
    assert told_of == ["", slip.kind]
    assert [told(slip, nothing, tried, in_full=False).kind for tried in (2, 3)] == ["", slip.kind]
    assert all(not told(slip, begun, tried, in_full=False).edit for tried in (1, 2, 9))
    assert told(slip, nothing, 1, in_full=True) == slip and slip.edit


def test_a_report_says_where_to_look(capsys):
    text, function = cell("isi", gap="times[i + 1] + start")
    key, given, found = look("isi", function)
    report = dataclasses.replace(judge(key, given), slips=found.slips)
    line = line_of(text, "gaps.append")
    said = as_text(report)
    assert f"Look at line {line}: `gaps.append(times[i + 1] + start)`" in said
    assert "`times[i + 1] + start`" in said
    assert f"Look at line {line}:</strong> <code>gaps.append(" in as_html(report)


def test_a_check_looks_where_no_name_explains_and_something_holds(capsys):
    text, function = cell("passive_euler", drive="I_ext / g_m / 3")
    with pytest.raises(CheckFailed):
        check(function)
    shown = capsys.readouterr().out
    assert "Likely mistake" not in shown and f"Look at line {line_of(text, '/ 3')}: " in shown

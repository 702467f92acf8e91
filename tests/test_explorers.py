"""The explorers' Python half: frames from a student's function, whatever that function does."""

import asyncio
import functools
import json
import re
from dataclasses import replace
from pathlib import Path

import nbclient
import nbformat
import numpy as np
import pytest

from lifkit import explorers
from lifkit.explorers import frames, noise, passive, pieces, shared, solvers, spiking
from lifkit.explorers.snapshot import snapshot_html
from lifkit.explorers.widget import ExplorerWidget, page_parts
from lifkit_staff.authoring.static_page import write_static_page
from solutions.reference.lab2 import lif_euler
from solutions.reference.lab3 import lif_noisy
from tests.recording import Recording

E_M = shared.E_M


@pytest.fixture(autouse=True)
def outside_a_notebook():
    """Hide the event loop that the browser tests' driver leaves running in this thread."""
    loop = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(loop)


def passive_euler(N_t, dt, V_init, E_m, I_ext, g_m, tau):
    V = np.zeros((N_t + 1, len(V_init)))
    V[0] = V_init
    for k in range(N_t):
        V[k + 1] = V[k] + dt * (-(V[k] - E_m) + I_ext / g_m) / tau
    return V


def passive_exact(t, V_init, E_m, I_ext, g_m, tau):
    end = E_m + I_ext / g_m
    return end + (V_init - end) * np.exp(-t[:, None] / tau)


def lif_refractory(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau, t_ref):
    """A solver that waits: lif_euler's rule with whole steps at V_reset after each spike."""
    V = np.zeros((N_t + 1, len(V_init)))
    V[0], spikes, wait = V_init, np.zeros(V.shape), np.zeros(len(V_init))
    for k in range(1, N_t + 1):
        V[k] = V[k - 1] + dt * (-(V[k - 1] - E_m) + I_ext / g_m) / tau
        V[k, wait > 0] = V_reset
        wait -= 1
        fired = V[k] >= V_theta
        V[k, fired], spikes[k, fired], wait[fired] = V_reset, 1, round(t_ref / dt)
    return V, spikes, [np.nonzero(column)[0] * dt for column in spikes.T]


def fi_exact(I_ext, E_m, V_theta, V_reset, g_m, tau, t_ref):
    above = I_ext > g_m * (V_theta - E_m)
    end = E_m + I_ext[above] / g_m
    rate_hz = np.zeros(I_ext.shape)
    rate_hz[above] = 1000 / (t_ref + tau * np.log((end - V_reset) / (end - V_theta)))
    return rate_hz


ALL = {
    "membrane": lambda: explorers.explore_membrane(passive_euler, theory=passive_exact),
    "time_step": lambda: explorers.explore_time_step(passive_euler, theory=passive_exact),
    "lif": lambda: explorers.explore_lif(lif_euler),
    "lif_refractory": lambda: explorers.explore_lif(lif_refractory),
    "fi_curve": lambda: explorers.explore_fi_curve(lif_refractory, theory=fi_exact),
}
every = pytest.mark.parametrize("name", ALL)


def readouts(frame):
    return dict(frame.readouts)


def number(text):
    return float(re.match(r"-?[\d.]+(e-?\d+)?", text)[0])


# --- What a right solver shows ------------------------------------------------------------------


def test_the_trace_is_what_the_students_function_returned():
    frame = explorers.explore_lif(lif_euler).move(I_ext=31.0, tau=14)
    V, _, spike_times = lif_euler(
        2000, 0.1, np.array([-70.0]), -70.0, -50.0, -75.0, np.array([31.0]), 1.0, np.array([14.0])
    )
    np.testing.assert_array_equal(frame.curves[0].y, V[:, 0])
    np.testing.assert_array_equal(frame.marks, spike_times[0])


def test_readouts_of_a_spiking_neuron_are_measured_on_its_answer():
    frame = explorers.explore_lif(lif_euler).move(I_ext=30.0)
    times = frame.marks
    said = readouts(frame)
    assert int(said["spikes"]) == len(times) > 2
    assert number(said["first spike"]) == pytest.approx(times[0], abs=0.05)
    assert number(said["mean interval"]) == pytest.approx(np.diff(times).mean(), abs=0.005)
    assert number(said["last voltage"]) == pytest.approx(frame.curves[0].y[-1], abs=0.005)


def test_a_silent_neuron_says_how_far_it_stays_below_threshold():
    frame = explorers.explore_lif(lif_euler).move(I_ext=10.0)
    said = readouts(frame)
    assert said["spikes"] == "0"
    # It settles at E_m + I_ext/g_m = -60 mV, 10 mV below the threshold.
    assert number(said["highest voltage"]) == pytest.approx(10.0, abs=0.1)


def test_theory_lies_on_eulers_trace_within_its_time_step():
    frame = ALL["membrane"]().frame
    euler, theory = frame.curves
    assert (euler.role, theory.role) == ("yours", "theory")
    gap = np.abs(euler.y - theory.y).max()
    # Forward Euler's error is at most dt/tau * |V_inf - V_init| / (2 e), plus second order.
    assert 0 < gap < 0.1 / 10 * 15 / 2 / np.e * 1.01
    assert number(readouts(frame)["largest gap to theory"]) == pytest.approx(gap, rel=0.01)


def test_beyond_twice_tau_eulers_trace_grows():
    explorer = ALL["time_step"]()
    assert number(readouts(explorer.move(dt=19.0))["largest gap to theory"]) < 40
    grown = np.abs(explorer.move(dt=25.0).curves[0].y)
    assert grown[-1] > 300


def test_theory_is_drawn_finely_when_the_time_step_is_coarse():
    euler, theory = ALL["time_step"]().move(dt=20.0).curves
    assert len(euler.y) == 11 and len(theory.y) == 401


def test_the_fi_curve_begins_at_rheobase_where_the_climb_is_slowest():
    """A rheobase of 33.35 nA, 0.02 nA below one of the curve's currents, and a deep reset."""
    sliders = {"E_m": -80, "V_theta": -57, "V_reset": -90, "g_m": 1.45, "t_ref": 10}
    for tau in (5, 50):
        yours, theory = ALL["fi_curve"]().move(**sliders, tau=tau).curves
        assert np.flatnonzero(yours.y)[0] == np.flatnonzero(theory.y)[0] == 33
        assert yours.y[33] == pytest.approx(theory.y[33], rel=0.05)


def test_the_fi_curve_marks_where_the_sliders_stand():
    explorer = ALL["fi_curve"]()
    frame = explorer.move(I_ext=40.0)
    yours, theory = frame.curves
    current, rate_hz = frame.here
    assert current == 40.0
    assert rate_hz == pytest.approx(np.interp(40.0, yours.x, yours.y), rel=0.02)
    # Spikes land on the grid: an interval is late by up to dt, and Euler is early by O(dt).
    np.testing.assert_allclose(yours.y[30:], theory.y[30:], rtol=0.02)


def test_the_fi_curve_takes_a_solver_without_refractoriness():
    explorer = explorers.explore_fi_curve(lif_euler, theory=fi_exact)
    assert "t_ref" not in explorer.values
    yours, theory = explorer.frame.curves
    np.testing.assert_allclose(yours.y[30:], theory.y[30:], rtol=0.03)


def test_no_current_of_the_fi_curve_is_a_rheobase_that_the_sliders_can_make():
    sliders = {s.name: s for s in ALL["fi_curve"]().scene.sliders}
    g_m, theta, rest = (sliders[name] for name in ("g_m", "V_theta", "E_m"))

    def positions(slider):
        return slider.low + slider.step * np.arange(
            round((slider.high - slider.low) / slider.step) + 1
        )

    depths = np.unique(np.subtract.outer(positions(theta), positions(rest)))
    rheobases = np.multiply.outer(positions(g_m), depths).ravel()
    assert np.abs(np.subtract.outer(spiking.CURRENTS, rheobases)).min() > 0.01


def test_without_theory_there_is_none():
    frame = explorers.explore_membrane(passive_euler).frame
    assert [curve.role for curve in frame.curves] == ["yours"]
    assert "largest gap to theory" not in readouts(frame)


@every
def test_every_corner_of_the_sliders_is_safe(name):
    explorer = ALL[name]()
    sliders = explorer.scene.sliders
    ends = [{s.name: getattr(s, end) for s in sliders} for end in ("low", "high")]
    ends += [{s.name: getattr(s, end)} for s in sliders for end in ("low", "high")]
    for values in ends:
        explorer.values = explorer.scene.settle({})
        frame = explorer.move(**values)
        assert frame.message == ""
        assert all(np.isfinite(curve.y).all() for curve in frame.curves)
        low, high = frame.y_range
        assert all(low <= curve.y.min() and curve.y.max() <= high for curve in frame.curves)


@every
def test_no_spiking_explorer_starts_at_rheobase(name):
    values = ALL[name]().values
    if "V_theta" in values:
        rheobase = values["g_m"] * (values["V_theta"] - values.get("E_m", E_M))
        assert abs(values["I_ext"] - rheobase) > 1.0


@every
def test_sliders_reach_their_ends_and_start_on_a_step(name):
    for slider in ALL[name]().scene.sliders:
        assert slider.settle(slider.start) == slider.start
        assert (slider.settle(-1e9), slider.settle(1e9)) == (slider.low, slider.high)


def test_values_from_outside_become_slider_positions():
    scene = ALL["membrane"]().scene
    settled = scene.settle({"tau": "long", "I_ext": 1e300, "g_m": float("inf"), "nonsense": 3})
    assert settled == {"I_ext": 40.0, "tau": 10.0, "g_m": 1.0}


def test_an_unknown_slider_is_refused_by_name():
    with pytest.raises(ValueError, match="no slider 'temperature'; the sliders are I_ext, tau"):
        ALL["membrane"]().move(temperature=20)


# --- What another solver shows: a sentence ------------------------------------------------------


def message_of(solver):
    return explorers.explore_membrane(solver).frame.message


def returning(value):
    def passive_euler(N_t, dt, V_init, E_m, I_ext, g_m, tau):
        return value

    return passive_euler


def crashing(N_t, dt, V_init, E_m, I_ext, g_m, tau):
    return V_init[17]


def endless(N_t, dt, V_init, E_m, I_ext, g_m, tau):
    while True:
        pass


def quitting(N_t, dt, V_init, E_m, I_ext, g_m, tau):
    raise SystemExit


@pytest.mark.parametrize(
    ("solver", "sentence"),
    [
        (lambda N_t, dt: 0, "can't be called: it must be callable as"),
        (crashing, r"stops in line \d+ \(return V_init\[17\]\) with IndexError"),
        (quitting, "with SystemExit"),
        (returning(3.0), r"returned a single number; expected an array of shape \(1001, 1\)"),
        (returning("text"), "returned a str; expected"),
        (returning([[1.0], [1.0, 2.0]]), "expected an array of shape"),
        (returning({"V": 1}), "returned a dict; expected"),
        (returning(np.zeros((7, 1))), r"shape \(7, 1\); expected an array of shape \(1001, 1\)"),
        (returning(np.zeros((1001, 2))), r"shape \(1001, 2\); expected"),
        (returning(np.full((1001, 1), np.nan)), "not finite, from 0 ms on"),
        (returning(np.zeros((1001, 1), dtype=complex)), "expected an array"),
    ],
)
def test_a_wrong_solver_gives_a_sentence(solver, sentence):
    assert re.search(sentence, message_of(solver))


def test_what_can_be_drawn_of_a_flat_answer_is_drawn():
    frame = explorers.explore_membrane(returning(np.zeros(1001))).frame
    assert "shape (1001,); expected an array of shape (1001, 1)" in frame.message
    assert frame.curves[0].y.shape == (1001,)


def test_a_loop_that_never_ends_is_stopped(monkeypatch):
    monkeypatch.setattr(solvers, "TIME_LIMIT", 0.3)
    assert "no answer within 0.3 s" in message_of(endless)  # or this test never ends


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (np.zeros((2001, 1)), "expected the three"),
        ((np.zeros((2001, 1)), np.zeros((2001, 1))), "a list of 2; expected the three"),
        ((np.zeros(3), 0, []), r"V is an array of shape \(3,\)"),
        ((np.zeros((2001, 1)), 0, []), "spike_times is .*expected a list with one array"),
        ((np.zeros((2001, 1)), 0, [3.0, 7.0]), "spike_times is an array of shape"),
        ((np.zeros((2001, 1)), 0, [np.array([np.nan])]), "spike_times is"),
    ],
)
def test_a_wrong_spiking_solver_gives_a_sentence(value, sentence):
    def solver(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau):
        return value

    frame = explorers.explore_lif(solver).frame
    assert re.search(sentence, frame.message)
    assert frame.curves == ()


def test_a_solver_that_recovers_is_drawn_again():
    def passive(N_t, dt, V_init, E_m, I_ext, g_m, tau):
        if I_ext[0] < 0:
            raise ValueError("negative current")
        return passive_euler(N_t, dt, V_init, E_m, I_ext, g_m, tau)

    explorer = explorers.explore_membrane(passive)
    assert "negative current" in explorer.move(I_ext=-5.0).message
    assert explorer.move(I_ext=5.0).message == ""


def test_an_unwritten_solver_raises_itself():
    def stub(N_t, dt, V_init, E_m, I_ext, g_m, tau):
        raise NotImplementedError()

    with pytest.raises(NotImplementedError) as caught:
        explorers.explore_membrane(stub)
    assert caught.traceback[-1].name == "stub"  # where lifkit.open_lab looks for its name


def test_a_frame_is_computed_once_and_only_when_it_is_looked_at():
    steps = []

    def counting(N_t, *arguments):
        steps.append(N_t)
        return lif_euler(N_t, *arguments)

    explorer = explorers.explore_lif(counting)
    assert max(steps) <= 100  # to see whether it is written
    steps.clear()
    assert explorer.frame is explorer.frame
    assert steps == [2000]
    assert explorer.move(I_ext=30.0) is explorer.frame
    assert steps == [2000, 2000]


def test_an_unwritten_theory_leaves_the_rest_standing():
    def stub(t, V_init, E_m, I_ext, g_m, tau):
        raise NotImplementedError()

    frame = explorers.explore_membrane(passive_euler, theory=stub).frame
    assert frame.message == "stub is not written yet. No theory is drawn."
    assert [curve.role for curve in frame.curves] == ["yours"]


def test_what_is_not_a_function_is_refused():
    with pytest.raises(TypeError, match="wants the function itself, but got ndarray"):
        explorers.explore_membrane(np.zeros(3))


def test_a_solver_that_changes_its_inputs_changes_nothing_else():
    def greedy(N_t, dt, V_init, E_m, I_ext, g_m, tau):
        V = passive_euler(N_t, dt, V_init, E_m, I_ext, g_m, tau)
        V_init += 100.0
        tau *= 3.0
        return V

    explorer = explorers.explore_membrane(greedy, theory=passive_exact)
    np.testing.assert_array_equal(explorer.frame.curves[0].y, ALL["membrane"]().frame.curves[0].y)
    assert explorer.values["tau"] == 10.0


# --- What goes to the browser -------------------------------------------------------------------


def test_numbers_travel_as_float32_bytes():
    frame = ALL["lif"]().frame
    packed = frames.pack(frame)
    drawn = np.frombuffer(packed["curves"][0]["y"], dtype="<f4")
    np.testing.assert_array_equal(drawn, frame.curves[0].y.astype(np.float32))
    assert len(packed["marks"]) == 4 * len(frame.marks)


def test_what_single_precision_cannot_hold_becomes_a_gap():
    y = np.array([0.0, 1e300, -np.inf, np.nan, 5.0])
    curve = frames.Curve(name="", role="yours", x=np.arange(5.0), y=y)
    frame = frames.Frame(
        curves=(curve,), x_range=(0, 1), y_range=(0, 1), x_label="", y_label="", marks=np.empty(0)
    )
    drawn = np.frombuffer(frames.pack(frame)["curves"][0]["y"], dtype="<f4")
    np.testing.assert_array_equal(np.isnan(drawn), [False, True, True, True, False])


def test_uplot_comes_before_our_script_and_nothing_is_fetched():
    script, style = page_parts()
    assert script.index("var uPlot") < script.index("export default")
    ours = script[script.index("The browser's half") :]
    assert not re.search(r"https?://|\bimport\b|fetch\(|XMLHttpRequest", ours)
    assert "@import" not in style and "url(" not in style


def widget(scene):
    explorer = explorers.Explorer(scene)
    return ExplorerWidget(explorer.scene, explorer.frame, explorer.values, "name")


def ask(widget, number, **values):
    widget._asked(widget, {"view": "a", "number": number, "values": values}, [])


def test_the_widget_answers_a_question_with_its_number():
    live = widget(ALL["lif"]().scene)
    before = live.frame
    ask(live, 7, I_ext=33.0, tau=20)
    assert (live.frame["view"], live.frame["number"]) == ("a", 7)
    assert live.frame["values"]["I_ext"] == 33.0
    assert live.frame["curves"][0]["y"] != before["curves"][0]["y"]


def test_of_several_waiting_questions_only_the_newest_is_answered():
    calls = []

    def counted(*arguments):
        calls.append(arguments)
        return passive_euler(*arguments)

    live = widget(passive.membrane(counted))
    late = []
    live._run = late.append
    calls.clear()
    for number in range(1, 6):
        ask(live, number, tau=number)
    for answer in late:
        answer()
    assert len(calls) == 1
    assert (live.frame["number"], live.frame["values"]["tau"]) == (5, 5.0)


def test_a_fault_of_our_own_is_said_and_raised():
    live = widget(ALL["membrane"]().scene)

    def broken(values):
        raise ZeroDivisionError("ours")
        yield

    live._scene = frames.Scene(title="", sliders=live._scene.sliders, frames=broken)
    with pytest.raises(ZeroDivisionError):
        ask(live, 1, tau=5)
    assert live.frame["number"] == 1 and "lifkit failed here" in live.frame["message"]


def test_an_interrupt_answers_the_browser():
    def interrupted(N_t, dt, V_init, E_m, I_ext, g_m, tau):
        if tau[0] == 5:
            raise KeyboardInterrupt
        return passive_euler(N_t, dt, V_init, E_m, I_ext, g_m, tau)

    live = widget(passive.membrane(interrupted))
    ask(live, 1, tau=5)
    assert live.frame["message"] == "Interrupted." and live.frame["number"] == 1
    ask(live, 2, tau=6)
    assert live.frame["message"] == ""


class Solver:
    """Stands for a student's solver of Lab 3, as slow as it is told to be."""

    def __init__(self, seconds_a_step):
        self.seconds_a_step, self.steps = seconds_a_step, []

    def __call__(self, inputs):
        N_t, n = inputs["xi"].shape
        self.steps.append(N_t)
        value = lif_noisy(*(inputs[name] for name in noise.NOISY))
        return solvers.Result(value=list(value), seconds=self.seconds_a_step * N_t)

    name = "lif_noisy"


def long_run(solver):
    values = {"I_ext": 20.0, "tau": 10.0, "sigma": 5.0}
    xi = np.random.default_rng(1).standard_normal((10_000, 3))
    inputs = noise._inputs(values, 0.2, xi)
    return list(pieces.LongRun(solver, 0.2, xi)(inputs)), lif_noisy(*inputs.values())[2]


def test_a_run_in_pieces_is_one_long_run_to_the_last_bit():
    (*_, (result, T)), whole = long_run(Solver(seconds_a_step=1e-5))
    assert T == 2000.0
    for piecewise, at_once in zip(result.value, whole, strict=True):
        # The voltages are the same; a time k*dt is added up of two.
        np.testing.assert_allclose(piecewise, at_once, rtol=1e-12)


def test_pieces_are_as_long_as_the_solver_is_quick():
    slow, quick = Solver(seconds_a_step=1e-2), Solver(seconds_a_step=1e-9)
    long_run(slow)
    long_run(quick)
    assert slow.steps == [pieces.SHORTEST] * 10
    assert quick.steps == [pieces.SHORTEST, 9000]


LONG = {
    "intervals": lambda solver: explorers.explore_intervals(solver),
    "noisy_fi_curve": lambda solver: explorers.explore_noisy_fi_curve(solver),
}


@pytest.mark.parametrize("name", LONG)
def test_a_first_frame_says_how_far_it_has_come_and_the_last_nothing(name):
    explorer = LONG[name](lif_noisy)
    first, *_, last = explorer.scene.frames(explorer.values)
    assert re.fullmatch(r"0\.2 of [24] s so far", first.more) and last.more == ""
    assert first.curves and last.alt == explorer.frame.alt


@pytest.mark.parametrize("name", LONG)
def test_a_first_frame_asks_little_of_a_double_loop(name):
    """At 5 us a neuron and step, which pure Python does not exceed, half a second is 100 000 of them."""
    asked = []

    def counting(dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau, sigma, xi):
        asked.append(xi.size)
        return lif_noisy(dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau, sigma, xi)

    explorer = LONG[name](counting)
    next(explorer.scene.frames(explorer.values))
    assert max(asked) <= 100_000


def test_better_frames_follow_and_a_newer_question_ends_them():
    live, todo = widget(explorers.explore_intervals(lif_noisy).scene), []
    live._run = todo.append
    ask(live, 1, I_ext=20.0)
    todo.pop()()
    assert live.frame["number"] == 1 and live.frame["more"].endswith("so far")
    ask(live, 2, I_ext=25.0)
    better, newest = todo
    todo.clear()
    better()
    assert live.frame["number"] == 1 and todo == []
    newest()
    while todo:
        todo.pop(0)()
    assert (live.frame["number"], live.frame["more"]) == (2, "")


def test_a_question_that_comes_while_a_frame_is_computed_ends_those_that_follow():
    """The old frames' next turn then comes after the new question's."""
    todo = []

    def frames_of(values):
        for number in range(3):
            if values["tau"] == 10 and number == 1:
                ask(live, 2, tau=20)
            alt = f"{values['tau']:g} ms, frame {number}"
            yield replace(frame, alt=alt, more="" if number == 2 else "more")

    scene = ALL["membrane"]().scene
    frame = scene.compute(scene.settle({}))
    live = ExplorerWidget(replace(scene, frames=frames_of), frame, scene.settle({}), "name")
    live._run = todo.append
    shown = []
    live.observe(lambda change: shown.append(change["new"]["alt"]), "frame")
    ask(live, 1, tau=10)
    while todo:
        todo.pop(0)()
    assert shown == [
        *(f"10 ms, frame {number}" for number in (0, 1)),
        *(f"20 ms, frame {number}" for number in (0, 1, 2)),
    ]


def test_what_is_shown_at_first_is_made_better_without_being_asked(monkeypatch):
    monkeypatch.setattr(explorers, "ENOUGH", 0.0)
    explorer = explorers.explore_intervals(lif_noisy)
    soon = explorer._soon()
    assert soon.more
    live = ExplorerWidget(explorer.scene, soon, explorer.values, "name")
    assert live.frame["more"] == "" and live.frame["alt"] == explorer.frame.alt


def test_places_are_visited_once_the_sliders_stood_there():
    live = widget(ALL["membrane"]().scene)
    assert live.frame["visited"] == []
    ask(live, 1, tau=50.0)
    assert live.frame["visited"] == [0]
    ask(live, 2, I_ext=30.0, g_m=1.0)
    assert live.frame["visited"] == [0]
    ask(live, 3, I_ext=30.0, g_m=2.0)
    assert live.frame["visited"] == [0, 1]


@pytest.mark.parametrize("make", [*ALL.values(), *LONG.values()])
def test_every_place_can_be_reached_and_none_is_where_the_sliders_start(make):
    scene = make(lif_noisy).scene if make in LONG.values() else make().scene
    assert 2 <= len(scene.places) <= 3
    start = scene.settle({})
    for place in scene.places:
        assert not place.holds(start)
        for end in (0, 1):
            there = {name: ends[end] for name, ends in place.at.items()}
            assert place.holds(scene.settle({**start, **there}))


def test_the_rheobase_is_marked_where_it_is_in_sight():
    explorer = ALL["fi_curve"]()
    (line,) = explorer.move(g_m=1.5).lines
    assert (line.label, line.value, line.upright) == ("rheobase", 30.0, True)
    assert explorer.move(g_m=2.0, V_theta=-39.0, E_m=-80.0).lines == ()  # 80 nA


def test_the_axis_of_intervals_follows_their_mean():
    explorer = explorers.explore_intervals(lif_noisy)
    for I_ext, end in ((40.0, 50.0), (20.0, 100.0), (10.0, 1000.0)):
        frame = explorer.move(I_ext=I_ext)
        mean = 1000 / number(readouts(frame)["rate"])
        assert frame.x_range == (0.0, end) and 4 * mean < 1.2 * end < 12 * mean
        assert f"in {end / 50:g} ms" in frame.y_label
        # All but the longest 5 %.
        assert 95 < frame.curves[0].y[::2].sum() <= 100.001


# --- The picture that stands in -----------------------------------------------------------------


@every
def test_the_picture_says_what_it_shows(name):
    explorer = ALL[name]()
    page = snapshot_html(explorer.scene.title, "somewhere", explorer.frame, "name")
    alt = re.search(r'<img alt="([^"]*)"', page)[1]
    assert explorer.frame.alt in alt and "somewhere" in alt
    assert 'data-lifkit-still="name"' in page and "data:image/png;base64," in page


def test_the_picture_of_a_broken_solver_carries_the_sentence():
    frame = explorers.explore_membrane(crashing).frame
    page = snapshot_html("Passive membrane", "somewhere", frame, "name")
    assert "IndexError" in page and "<img" in page


@pytest.fixture(scope="module")
def executed():
    """A notebook as nbgrader, Validate and nbconvert execute it: nobody sits there."""
    source = """
import numpy as np
from lifkit.explorers import explore_membrane
def passive_euler(N_t, dt, V_init, E_m, I_ext, g_m, tau):
    return np.full((N_t + 1, 1), E_m)
"""
    stub = "def stub(N_t, dt, V_init, E_m, I_ext, g_m, tau):\n    raise NotImplementedError()\n"
    cells = [source, "explore_membrane(passive_euler)", stub + "explore_membrane(stub)"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    nbclient.NotebookClient(notebook, timeout=60, allow_errors=True).execute()
    return notebook


def test_an_executed_notebook_holds_the_picture_and_no_widget(executed):
    (output,) = executed.cells[1].outputs
    assert "<img alt=" in output.data["text/html"]
    assert "Passive membrane" in output.data["text/plain"]
    assert "widgets" not in executed.metadata


def test_an_unwritten_solver_stops_an_executed_cell_by_its_own_error(executed):
    (output,) = executed.cells[2].outputs
    assert output.ename == "NotImplementedError"


# --- The static page ----------------------------------------------------------------------------

PAGE = Path(__file__).resolve().parents[1] / "docs" / "explorer.html"


def around_numbers(page):
    """Return the page without its recording and its picture, which depend on the machine's last bits."""
    return re.sub(
        r'(?<=type="application/json">).*?(?=</script>)|(?<=base64,)[^"]*', "", page, flags=re.S
    )


def recording_of(page):
    found = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.S)
    return Recording(json.loads(found[1]))


def all_at_once(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau):
    """Return what lif_euler does, one neuron of a run over the page's whole grid."""
    V, spikes, spike_times = whole_grid(N_t, dt, V_init[0], E_m, V_theta, V_reset, g_m)
    here = PLACES.index((I_ext[0], tau[0]))
    return V[:, [here]], spikes[:, [here]], [spike_times[here]]


PLACES = [(float(I_ext), float(tau)) for I_ext in range(5, 46, 2) for tau in range(5, 31, 5)]


@functools.cache
def whole_grid(N_t, dt, V_init, E_m, V_theta, V_reset, g_m):
    I_ext, tau = np.array(PLACES).T
    return lif_euler(N_t, dt, np.full(I_ext.shape, V_init), E_m, V_theta, V_reset, I_ext, g_m, tau)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    path = tmp_path_factory.mktemp("static") / "explorer.html"
    write_static_page(path, all_at_once)
    return path.read_text(encoding="utf-8")


def test_the_static_page_holds_the_solvers_traces(page):
    stored = recording_of(page)
    explorer = explorers.explore_lif(lif_euler)
    for values in (
        {"I_ext": 5.0, "tau": 5.0},
        {"I_ext": 19.0, "tau": 20.0},
        {"I_ext": 45.0, "tau": 30.0},
    ):
        stored.holds(values, explorer.move(**values))


def test_the_static_page_needs_no_network_and_holds_no_solver(page):
    uplot, _, _ = page_parts()[0].partition("/* The browser's half")
    assert uplot in page  # its comments name where its ideas come from
    assert re.findall(r"https?://", page.replace(uplot, "")) == []
    assert not re.search(r"<(link|script|img)[^>]*(src|href)=\"(?!data:)", page)
    assert "def lif_euler" not in page and len(page) < 1_000_000


def test_the_static_page_in_the_tree_is_up_to_date(page):
    stored, fresh = recording_of(PAGE.read_text(encoding="utf-8")), recording_of(page)
    assert stored.setup == fresh.setup and len(stored.frames) == len(fresh.frames)
    for old, new in zip(stored.frames, fresh.frames, strict=True):
        assert old["alt"] == new["alt"]
    # Another machine may round the last bit, and with it a stored step, differently.
    for old, new in zip(stored.arrays, fresh.arrays, strict=True):
        np.testing.assert_allclose(old, new, rtol=1e-4, atol=1e-3)
    assert around_numbers(PAGE.read_text(encoding="utf-8")) == around_numbers(page), (
        "docs/explorer.html is older than its script: write it anew with `lifkit static-page`."
    )


def test_the_static_page_refuses_a_solver_that_gives_no_picture():
    def broken(N_t, dt, V_init, E_m, V_theta, V_reset, I_ext, g_m, tau):
        return V_init

    with pytest.raises(ValueError, match="no picture for a recording at"):
        write_static_page("unused.html", broken)

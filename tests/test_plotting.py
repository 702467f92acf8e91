"""Drawing: axes in and out, units on the labels, data and settings left as they were."""

import base64
import html
import io
import re
import sys
from types import SimpleNamespace

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
import seaborn as sns
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.layout_engine import TightLayoutEngine

from lifkit import plotting
from lifkit.plotting.showing import MARGIN, SHARPNESS

T = 0.5 * np.arange(9)
V = np.array([-70.0, -62.0, -55.0, -75.0, -66.0, -57.0, -75.0, -66.0, -57.0])
SPIKES = np.array([1.5, 3.0])
CURRENTS = np.array([10.0, 25.0, 40.0])
RATES = np.array([0.0, 50.0, 120.0])
ERRORS = np.array([1.0, 2.0, 3.0])
PAIR = np.column_stack([V, V - 5.0])

DRAWINGS = {
    "voltage": lambda ax: plotting.plot_voltage(
        ax, T, V, spike_times=SPIKES, V_theta=-50.0, V_reset=-75.0, label="a neuron"
    ),
    "spike marks": lambda ax: plotting.plot_spike_marks(ax, SPIKES, above=-50.0),
    "level": lambda ax: plotting.plot_level(ax, -50.0, "threshold"),
    "theory": lambda ax: plotting.plot_theory(ax, T, V),
    "f-I curve": lambda ax: plotting.plot_fi_curve(ax, CURRENTS, RATES),
    "voltages": lambda ax: plotting.plot_voltages(ax, T, PAIR, ["one", "two"]),
    "named voltages": lambda ax: plotting.plot_voltages(ax, T, PAIR, ["one", "two"], at_end=True),
    "currents": lambda ax: plotting.plot_current(ax, T, PAIR, ["one", "two"]),
    "measured": lambda ax: plotting.plot_measured(ax, CURRENTS, RATES, ERRORS, label="dots"),
    "theories": lambda ax: plotting.plot_theory(ax, T, PAIR, coloured=True),
    "f-I dots": lambda ax: plotting.plot_fi_curve(
        ax, CURRENTS, RATES, ERRORS, dots=True, rheobase=20.0
    ),
    "upright": lambda ax: plotting.plot_upright(ax, 20.0, "rheobase"),
    "raster": lambda ax: plotting.plot_raster(ax, [SPIKES, SPIKES[:1], []], t_stop=2.0),
    "histogram": lambda ax: plotting.plot_histogram(ax, PAIR, 4, unit="mV"),
    "sideways histogram": lambda ax: plotting.plot_histogram(
        ax, PAIR, [-80.0, -60.0, -40.0], unit="mV", sideways=True
    ),
    "regimes": lambda ax: plotting.plot_regimes(ax, 0.0, 20.0, names_at=100.0),
    "log axis": lambda ax: plotting.use_log_axis(ax, CURRENTS),
}


@pytest.fixture(autouse=True)
def clean_figures(monkeypatch):
    """Let no test leave figures or settings behind, and none open a window."""
    monkeypatch.setattr(plt, "show", lambda *_, **__: pytest.fail("a drawing called plt.show"))
    with mpl.rc_context():
        yield
    plt.close("all")


@pytest.fixture
def ax():
    return plt.figure().add_subplot()


def grid(columns=2, **changes):
    """Draw a grid of 2 rows; `changes` replace its arguments."""
    n = 2 * columns
    arguments = {
        "t": T,
        "V": np.tile(V[:, np.newaxis], n),
        "spike_times": [SPIKES] * n,
        "titles": [f"tau = {i} ms" for i in range(n)],
        "rows": 2,
        "V_theta": -50.0,
    }
    return plotting.plot_voltage_grid(**{**arguments, **changes})


def strokes(ax):
    """Return the spike marks on the axes as (times, feet, tops)."""
    data = [line.get_xydata() for line in ax.lines]
    gapped = [xy for xy in data if len(xy) % 3 == 0 and np.isnan(xy[2::3, 1]).all()]
    ends = np.concatenate(gapped).reshape(-1, 3, 2)
    assert np.array_equal(ends[:, 0, 0], ends[:, 1, 0])
    return ends[:, 0, 0], ends[:, 0, 1], ends[:, 1, 1]


def contrast_on_white(colour):
    """Return the WCAG contrast ratio of a colour against white."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return 1.05 / (linear @ [0.2126, 0.7152, 0.0722] + 0.05)


# --- Axes in, axes out -------------------------------------------------------------------------


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)
def test_drawings_return_the_axes_they_were_given(ax, draw):
    assert draw(ax) is ax


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)
def test_drawings_open_no_figure_of_their_own(ax, draw):
    before = plt.get_fignums()
    draw(ax)
    assert plt.get_fignums() == before


@pytest.mark.parametrize("draw", [*DRAWINGS.values(), lambda ax: grid()], ids=[*DRAWINGS, "grid"])
def test_drawings_change_no_setting(ax, draw):
    before = dict(mpl.rcParams)
    draw(ax)
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("draw", [*DRAWINGS.values(), lambda ax: grid()], ids=[*DRAWINGS, "grid"])
def test_drawings_leave_their_input_as_it_was(ax, draw):
    inputs = (T, V, SPIKES, CURRENTS, RATES, ERRORS, PAIR)
    before = [array.copy() for array in inputs]
    for array in inputs:
        array.flags.writeable = False
    try:
        draw(ax)
    finally:
        for array in inputs:
            array.flags.writeable = True
    assert all(np.array_equal(old, new) for old, new in zip(before, inputs, strict=True))


# --- What is drawn -----------------------------------------------------------------------------


def test_voltage_axes_carry_their_units(ax):
    DRAWINGS["voltage"](ax)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("Time (ms)", "Membrane potential (mV)")


def test_fi_curve_axes_carry_their_units(ax):
    DRAWINGS["f-I curve"](ax)
    assert ax.get_xlabel().endswith("(nA)")
    assert ax.get_ylabel() == "Firing rate (Hz)"


def test_voltages_are_drawn_as_they_are(ax):
    DRAWINGS["voltage"](ax)
    trace = next(line for line in ax.lines if line.get_label() == "a neuron")
    assert np.array_equal(trace.get_xdata(), T)
    assert np.array_equal(trace.get_ydata(), V)


def test_spikes_are_marks_of_their_own_above_the_threshold(ax):
    DRAWINGS["voltage"](ax)
    times, feet, tops = strokes(ax)
    assert np.array_equal(times, SPIKES)
    assert np.all(feet > -50.0) and np.all(tops > feet)


def test_spike_marks_stand_above_the_trace_where_no_threshold_is_given(ax):
    plotting.plot_voltage(ax, T, V, spike_times=SPIKES)
    assert np.all(strokes(ax)[1] > V.max())


def test_spike_marks_lie_inside_the_axes(ax):
    DRAWINGS["voltage"](ax)
    assert strokes(ax)[2].max() <= ax.get_ylim()[1]


@pytest.mark.parametrize("times", [[], np.array([])], ids=["list", "array"])
def test_a_silent_neuron_gets_no_mark(ax, times):
    plotting.plot_voltage(ax, T, V, spike_times=times)
    assert len(ax.lines) == 1


def test_threshold_and_reset_are_drawn_where_they_are_and_told_apart(ax):
    DRAWINGS["voltage"](ax)
    flat = [line for line in ax.lines if len(set(line.get_ydata())) == 1]
    levels = {line.get_ydata()[0]: line.get_linestyle() for line in flat}
    assert set(levels) == {-50.0, -75.0}
    assert len(set(levels.values())) == 2
    assert {text.get_text() for text in ax.texts} == {r"$V_\theta$", r"$V_{reset}$"}


def test_lines_that_carry_meaning_can_be_seen_on_white():
    # WCAG 2.1, criterion 1.4.11 asks 3:1 of graphics; Dark2's yellow (number 6) and light green
    # (number 5) are what Dark2 is, so the labs draw with the first four and label the rest.
    assert all(contrast_on_white(colour) >= 3 for colour in plotting.COLOURS[:4])


# --- Several curves at once ---------------------------------------------------------------------


def labels(ax):
    return ax.get_legend_handles_labels()[1]


def test_columns_are_curves_of_their_own_colours_and_names(ax):
    DRAWINGS["voltages"](ax)
    assert [line.get_ydata().tolist() for line in ax.lines] == PAIR.T.tolist()
    assert [line.get_color() for line in ax.lines] == list(plotting.COLOURS[:2])
    assert labels(ax) == ["one", "two"]


def test_voltages_may_have_times_of_their_own(ax):
    plotting.plot_voltages(ax, np.column_stack([T, 2 * T]), PAIR)
    assert [line.get_xdata()[-1] for line in ax.lines] == [T[-1], 2 * T[-1]]


def test_a_list_in_a_style_has_one_entry_a_curve(ax):
    plotting.plot_voltages(ax, T, PAIR, linestyle=["-", ":"], linewidth=3)
    assert [line.get_linestyle() for line in ax.lines] == ["-", ":"]
    assert {line.get_linewidth() for line in ax.lines} == {3}


def test_names_at_the_end_stand_beside_the_last_voltages(ax):
    DRAWINGS["named voltages"](ax)
    assert [text.xy for text in ax.texts] == [(T[-1], PAIR[-1, 0]), (T[-1], PAIR[-1, 1])]
    assert labels(ax) == []


def test_theory_of_several_curves_is_named_once_and_may_have_their_colours(ax):
    plotting.plot_theory(ax, T, PAIR)
    assert labels(ax) == ["theory"] and {line.get_color() for line in ax.lines} == {"0.1"}
    DRAWINGS["theories"](ax)
    assert [line.get_color() for line in ax.lines[2:]] == list(plotting.COLOURS[:2])


def test_measured_values_are_dots_with_bars_where_there_are_errors(ax):
    DRAWINGS["measured"](ax)
    (dots, caps, (bars,)) = ax.containers[0]
    assert np.array_equal(dots.get_xydata(), np.column_stack([CURRENTS, RATES]))
    assert dots.get_linestyle() == "None" and len(caps) == 2
    ends = np.array([segment[:, 1] for segment in bars.get_segments()])
    assert np.array_equal(ends, np.column_stack([RATES - ERRORS, RATES + ERRORS]))


def test_measured_values_without_errors_have_no_bars(ax):
    plotting.plot_measured(ax, CURRENTS, RATES)
    assert not ax.containers and len(ax.lines) == 1


def test_measured_curves_differ_by_mark_and_colour(ax):
    plotting.plot_measured(ax, CURRENTS, np.column_stack([RATES] * 3), number=1)
    assert [line.get_marker() for line in ax.lines] == ["s", "D", "^"]
    assert [line.get_color() for line in ax.lines] == list(plotting.COLOURS[1:4])


def test_a_fi_curve_in_dots_has_its_axes_and_its_rheobase(ax):
    DRAWINGS["f-I dots"](ax)
    assert ax.get_ylabel() == "Firing rate (Hz)" and ax.get_xlabel().endswith("(nA)")
    assert len(ax.containers) == 1 and ax.lines[-1].get_xdata() == [20.0, 20.0]


def test_currents_carry_their_units(ax):
    DRAWINGS["currents"](ax)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("Time (ms)", "Current (nA)")


# --- Other pictures -----------------------------------------------------------------------------


def test_a_raster_has_one_row_a_copy_and_ends_where_it_is_told(ax):
    DRAWINGS["raster"](ax)
    rows = [row.get_positions() for row in ax.collections]
    assert [list(row) for row in rows] == [[1.5], [1.5], []]
    assert ax.get_xlim() == (0, 2.0) and ax.get_xlabel() == "Time (ms)"


@pytest.mark.parametrize("name", ["histogram", "sideways histogram"])
def test_a_histogram_is_a_density_with_its_unit(ax, name):
    DRAWINGS[name](ax)
    (outline,) = ax.patches  # one, so that no edges run through it
    x, y = outline.get_xy().T
    area = abs(x @ np.roll(y, 1) - y @ np.roll(x, 1)) / 2
    assert area == pytest.approx(1)
    label = ax.get_xlabel() if "sideways" in name else ax.get_ylabel()
    assert label == "Density (1/mV)"


def test_regimes_are_named_on_their_sides_of_the_rheobase(ax):
    DRAWINGS["regimes"](ax)
    sides = {text.get_text(): text.get_position()[0] > 20 for text in ax.texts}
    assert sides == {"fluctuation-driven": False, "mean-driven": True}
    plotting.plot_regimes(ax, 0.0, 20.0)
    assert len(ax.texts) == 2


def test_an_upright_line_has_no_name_unless_it_is_given_one(ax):
    plotting.plot_upright(ax, 3.0)
    assert ax.lines[0].get_xdata() == [3.0, 3.0] and not ax.texts


def test_a_log_axis_has_the_ticks_that_it_is_given_and_no_others(ax):
    plotting.use_log_axis(ax, [5, 50, 500])
    assert ax.get_xscale() == "log" and len(ax.get_xticks(minor=True)) == 0
    assert [text.get_text() for text in ax.get_xticklabels()] == ["5", "50", "500"]


@pytest.mark.parametrize("theory", [False, True], ids=["measured", "theory"])
def test_a_response_is_gain_and_phase_over_the_frequency(theory):
    axes = plt.figure().subplots(1, 2)
    gain, phase = np.array([0.5, 0.4, 0.1]), np.array([-0.1, -0.6, -1.4])
    assert plotting.plot_response(axes, CURRENTS, gain, phase, theory=theory) is axes
    assert [ax.lines[0].get_ydata().tolist() for ax in axes] == [gain.tolist(), phase.tolist()]
    assert [ax.get_xscale() for ax in axes] == ["log", "log"]
    assert (axes[0].get_yscale(), axes[1].get_yscale()) == ("log", "linear")
    assert [ax.get_ylabel() for ax in axes] == ["Gain (mV/nA)", "Phase (rad)"]


def test_a_driven_grid_has_each_current_above_its_voltage():
    fig, panels = plotting.plot_driven_grid(T, PAIR[:-1], PAIR, ["a step", "a ramp"])
    top, bottom = np.reshape(fig.axes, (2, 2))
    assert list(bottom) == list(panels)
    assert [ax.get_title() for ax in top] == ["a step", "a ramp"]
    assert [ax.lines[0].get_ydata().tolist() for ax in top] == PAIR[:-1].T.tolist()
    assert [ax.lines[0].get_ydata().tolist() for ax in bottom] == PAIR.T.tolist()
    assert [bool(ax.get_ylabel()) for ax in fig.axes] == [True, False, True, False]


def test_panels_below_each_other_share_one_label():
    fig, axes = plt.subplots(2, 1, sharex=True, sharey=True)
    for ax in axes:
        DRAWINGS["voltage"](ax)
    assert plotting.use_one_ylabel(fig) is fig
    assert fig.get_supylabel() == "Membrane potential (mV)"
    assert [(ax.get_xlabel(), ax.get_ylabel()) for ax in axes] == [("", ""), ("Time (ms)", "")]


# --- The grid ----------------------------------------------------------------------------------


def test_grid_has_one_panel_a_neuron_titled_in_order():
    titles = [ax.get_title() for ax in grid(columns=5).axes]
    assert titles == [f"tau = {i} ms" for i in range(10)]


def test_grid_panels_share_both_axes():
    neurons = V[:, np.newaxis] * np.linspace(0.5, 1, 6)
    axes = grid(columns=3, V=neurons).axes
    assert len({ax.get_xlim() for ax in axes}) == len({ax.get_ylim() for ax in axes}) == 1


def test_grid_marks_have_the_same_height_in_every_panel():
    fig = grid(columns=2, spike_times=[SPIKES, SPIKES[:1], SPIKES, SPIKES])
    assert len({(strokes(ax)[1][0], strokes(ax)[2][0]) for ax in fig.axes}) == 1


def test_grid_shows_the_time_it_is_asked_for():
    assert grid(t_stop=2.0).axes[0].get_xlim()[1] == 2.0
    assert grid().axes[0].get_xlim()[1] == T[-1]


def test_grid_names_its_axes_once_a_row_and_a_column():
    axes = grid(columns=2).axes
    assert [bool(ax.get_ylabel()) for ax in axes] == [True, False, True, False]
    assert [bool(ax.get_xlabel()) for ax in axes] == [False, False, True, True]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"t": T[1:]}, "8 times and V has 9 rows"),
        ({"rows": 3}, "4 neurons"),
        ({"titles": ["one"]}, "1 titles"),
        ({"spike_times": [SPIKES]}, "1 spike trains"),
    ],
    ids=["time axis", "rows", "titles", "spike trains"],
)
def test_grid_refuses_what_does_not_belong_together(changes, said):
    with pytest.raises(ValueError, match=said):
        grid(**changes)
    assert not plt.get_fignums()


# --- The theme ---------------------------------------------------------------------------------


def test_theme_is_the_seeds():
    plotting.use_theme()
    assert not (mpl.rcParams["axes.spines.top"] or mpl.rcParams["axes.spines.right"])
    cycle = mpl.rcParams["axes.prop_cycle"].by_key()["color"]
    assert [to_rgb(colour) for colour in cycle] == list(map(tuple, sns.color_palette("Set2")))


def test_without_seaborn_the_look_is_the_same(monkeypatch):
    looks = []
    for found in (True, False):
        monkeypatch.setattr("importlib.util.find_spec", dict(seaborn=found).get)
        mpl.rcdefaults()
        plotting.use_theme(1.25)
        looks.append({name: mpl.rcParams[name] for name in mpl.rcParams if name != "image.cmap"})
    assert looks[0] == looks[1]
    assert list(plotting.COLOURS) == sns.color_palette("Dark2").as_hex()
    assert list(plotting.PALE_COLOURS) == sns.color_palette("Set2").as_hex()


def test_font_scale_multiplies_the_font_size():
    plotting.use_theme(1.0)
    usual = mpl.rcParams["font.size"]
    plotting.use_theme(1.5)
    assert mpl.rcParams["font.size"] == pytest.approx(1.5 * usual)


# --- Showing -----------------------------------------------------------------------------------

ALT = 'V rises & falls: "a clock" <b>, 5 > 3'


@pytest.fixture
def shown(monkeypatch, ax):
    """Return what `show` displays in a notebook."""
    page = {}

    def display(data, raw):
        assert raw
        page.update(data)

    notebook = SimpleNamespace(get_ipython=lambda: object())
    monkeypatch.setitem(sys.modules, "IPython", notebook)
    monkeypatch.setitem(sys.modules, "IPython.display", SimpleNamespace(display=display))
    plotting.show(ax.figure, ALT)
    return page


def test_shown_figure_says_its_finding(shown):
    written = re.search('alt="([^"]*)"', shown["text/html"])[1]
    assert html.unescape(written) == ALT
    assert "<b>" not in shown["text/html"]
    assert ALT in shown["text/plain"]


def test_shown_figure_is_white_and_fits_the_page(shown):
    assert "background:white" in shown["text/html"]
    assert "max-width:100%" in shown["text/html"]


def picture_of(page):
    """Return the pixels of a figure shown as HTML."""
    data = re.search('base64,([^"]*)', page)[1]
    return plt.imread(io.BytesIO(base64.b64decode(data)), format="png")


def test_shown_figure_follows_a_dark_theme_and_stays_white_elsewhere(shown):
    page = shown["text/html"]
    assert 'class="lifkit-figure"' in page and "background:white" in page
    (rule,) = re.findall("<style>(.*?){filter:invert", page)
    assert rule == '[data-jp-theme-light="false"] img.lifkit-figure'


def test_shown_figure_has_its_own_size_and_more_pixels(shown, ax):
    pixels, inches = picture_of(shown["text/html"]), ax.figure.get_size_inches()
    width = int(re.search('width="([0-9]+)"', shown["text/html"])[1])
    assert width == inches[0] * ax.figure.dpi
    assert pixels.shape[1] == SHARPNESS * width


def colours_of(pixels):
    """Return the colours of a picture and how many pixels each has, as a dict."""
    whole = np.round(255 * pixels[..., :3]).astype(int).reshape(-1, 3)
    colours, counts = np.unique(whole, axis=0, return_counts=True)
    return dict(zip(map(tuple, colours.tolist()), counts.tolist(), strict=True))


def test_a_shown_figure_of_lines_keeps_its_colours_in_a_small_file(ax):
    """With one line in each colour, some pale: the background is exactly white, a line nearly its own."""
    for number, colour in enumerate([*plotting.COLOURS, *plotting.PALE_COLOURS]):
        ax.plot([0, 1], [number, number], color=colour, linewidth=4)
    page = plotting.as_html(ax.figure, ALT)
    found = colours_of(picture_of(page))
    assert len(found) <= 256
    assert max(found, key=found.get) == (255, 255, 255)
    assert not {(254, 254, 254), (253, 253, 253)} & found.keys()
    for colour in [*plotting.COLOURS, *plotting.PALE_COLOURS]:
        own = np.round(255 * np.array(mpl.colors.to_rgb(colour)))
        near = [n for c, n in found.items() if np.abs(np.array(c) - own).max() <= 2]
        assert sum(near) > 1000


def test_a_shown_image_keeps_all_its_colours(ax):
    shades = np.linspace(0, 1, 2500).reshape(50, 50)
    ax.imshow(shades, cmap="viridis", interpolation="bilinear")
    assert len(colours_of(picture_of(plotting.as_html(ax.figure, ALT)))) > 256


def test_a_figure_shown_again_is_the_same(ax):
    assert plotting.as_html(ax.figure, ALT) == plotting.as_html(ax.figure, ALT)


def outside_names(layout):
    """Draw what stands outside the axes: long tick labels, a level's name, a legend, a title."""
    fig, ax = plt.subplots(figsize=(6, 3), layout=layout)
    plotting.plot_voltage(ax, T, 1e5 * V, V_theta=-5e6, V_reset=-7.5e6, label="a neuron")
    plotting.plot_level(ax, -6e6, "a name that is long")
    ax.ticklabel_format(style="plain")
    ax.set_title("A title")
    ax.legend(loc="lower right", bbox_to_anchor=(1, 1.05))
    return fig


@pytest.mark.parametrize(
    "draw",
    [grid, lambda: outside_names(None), lambda: outside_names("constrained")],
    ids=["grid", "no layout", "constrained"],
)
def test_shown_figure_cuts_nothing_off(draw):
    plotting.use_theme()
    pixels = picture_of(plotting.as_html(draw(), ALT))
    edge = round(MARGIN * 96 * SHARPNESS)
    ink = np.argwhere((pixels[..., :3] < 0.9).any(axis=-1))
    assert np.all(ink.min(axis=0) >= edge)
    assert np.all(ink.max(axis=0) < np.array(pixels.shape[:2]) - edge)


def test_margins_are_inches_around_and_between_axes():
    room = {"left": 1.0, "right": 0.5, "top": 0.25, "bottom": 0.75, "wspace": 0.6, "hspace": 0.4}
    fig, axes = plt.subplots(2, 3, figsize=(9, 5), layout=plotting.Margins(**room))
    plotting.as_html(fig, ALT)
    corners = np.array([[ax.get_position().get_points() for ax in row] for row in axes]) * (9, 5)
    assert corners[:, 0, 0, 0] == pytest.approx(1.0) and corners[:, 2, 1, 0] == pytest.approx(8.5)
    assert corners[1, :, 0, 1] == pytest.approx(0.75) and corners[0, :, 1, 1] == pytest.approx(4.75)
    assert corners[:, 1:, 0, 0] - corners[:, :-1, 1, 0] == pytest.approx(0.6)
    assert corners[0, :, 0, 1] - corners[1, :, 1, 1] == pytest.approx(0.4)


def test_margins_can_be_changed_and_do_without_axes():
    fig = plt.figure(figsize=(4, 4), layout=plotting.Margins())
    fig.get_layout_engine().set(left=2.0)
    plotting.as_html(fig, ALT)
    ax = fig.add_subplot()
    plotting.as_html(fig, ALT)
    assert ax.get_position().x0 == pytest.approx(0.5)


def test_shown_figure_is_drawn_once(ax, monkeypatch):
    drawn = []
    draw = Figure.draw
    monkeypatch.setattr(Figure, "draw", lambda *args: drawn.append(draw(*args)))
    plotting.as_html(ax.figure, ALT)
    assert len(drawn) == 1


def test_a_layout_of_the_figures_own_is_kept():
    fig = plt.figure(layout="tight")
    fig.add_subplot()
    plotting.as_html(fig, ALT)
    assert isinstance(fig.get_layout_engine(), TightLayoutEngine)


def test_shown_figure_is_closed(shown):
    assert not plt.get_fignums()


def test_outside_a_notebook_the_finding_is_printed(monkeypatch, capsys, ax):
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    plotting.show(ax.figure, ALT)
    assert ALT in capsys.readouterr().out
    assert not plt.get_fignums()

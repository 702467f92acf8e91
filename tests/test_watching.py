"""`lifkit.watch`: the same rows, which tell how far a loop has come."""

import numpy as np
import pytest

import lifkit
from lifkit import watching


@pytest.fixture
def shown(monkeypatch):
    """Pretend that a notebook is there; what it would show, line by line."""
    lines = []

    class Handle:
        def update(self, page):
            lines.append(page.data)

    def display(page, display_id):
        lines.append(page.data)
        return Handle()

    monkeypatch.setattr(watching, "shell", lambda: object())
    monkeypatch.setattr("IPython.display.display", display)
    return lines


def test_rows_are_the_same_and_a_loop_tells_its_beginning_and_its_end(shown):
    rows = np.arange(30).reshape(10, 3)
    watched = lifkit.watch(rows, "a run")
    total = sum(watched[k].sum() for k in range(10))
    assert total == rows.sum() and np.array_equal(watched, rows) and watched.shape == (10, 3)
    assert "a run: 1 of 10 steps" in shown[0] and "a run: 10 of 10 steps" in shown[-1]
    assert "progress" in shown[0] and "progress value" not in shown[-1]


def test_a_loop_over_the_rows_themselves_tells_as_well(shown):
    rows = np.arange(12).reshape(4, 3)
    assert [row.sum() for row in lifkit.watch(rows)] == rows.sum(axis=1).tolist()
    assert "4 of 4 steps" in shown[-1]


def test_what_is_shown_is_not_more_than_can_be_read(shown, monkeypatch):
    now = iter(np.arange(0.0, 2.0, 0.001))
    monkeypatch.setattr(watching.time, "perf_counter", lambda: next(now))
    watched = lifkit.watch(np.zeros((1000, 1)))
    for k in range(1000):
        watched[k]
    assert len(shown) == 5  # the first, one every 0.3 s, and the last


def test_rows_and_what_is_computed_from_them_are_plain_arrays(shown):
    watched = lifkit.watch(np.ones((5, 2)))
    assert type(watched[0]) is np.ndarray and type(watched[1:3]) is np.ndarray
    doubled = 2 * watched
    shown.clear()
    assert doubled[4].tolist() == [2.0, 2.0] and not shown


def test_outside_a_notebook_the_array_itself_comes_back():
    rows = np.zeros((3, 2))
    assert lifkit.watch(rows) is rows


def test_a_run_can_be_stopped_where_it_is(shown):
    watched = lifkit.watch(np.zeros((5, 2)))
    with pytest.raises(KeyboardInterrupt):
        for k in range(5):
            watched[k]
            if k == 2:
                raise KeyboardInterrupt
    assert "1 of 5 steps" in shown[-1]

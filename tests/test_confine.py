"""What stops a call that takes too long, where the platform has an alarm and where it has none."""

import signal
import sys
import threading
import time

import pytest

from lifkit.judge import confine


def endless():
    while True:
        pass


def on_one_line():
    while True: pass  # fmt: skip  # noqa: E701


def recursive(n=90):
    return n and recursive(n - 1) + recursive(n - 1)


@pytest.fixture(params=["alarm", "no alarm"])
def platform(request, monkeypatch):
    if request.param == "no alarm":
        monkeypatch.delattr(signal, "setitimer", raising=False)
        monkeypatch.setattr(confine, "QUICK", True)  # slow in Python 3.11, and the same
    elif not hasattr(signal, "setitimer"):
        pytest.skip("there is no alarm here")


@pytest.mark.parametrize("function", [endless, on_one_line, recursive])
def test_a_loop_is_stopped(platform, function):
    with pytest.raises(confine.TimeUp), confine.stopped_after(0.1):
        function()


def test_a_bare_except_is_asked_again(platform):
    if sys.version_info < (3, 12) and not hasattr(signal, "setitimer"):
        pytest.skip("Python 3.11 stops telling steps where one of them raises")
    stops = 0

    def stubborn():
        nonlocal stops
        while stops < 3:
            try:
                endless()
            except:  # noqa: E722
                stops += 1

    with confine.stopped_after(0.05):
        stubborn()
    assert stops == 3


def test_what_ends_in_time_is_left_alone(platform):
    with confine.stopped_after(20):
        assert sum(k for k in range(10_000)) == 49_995_000


def test_in_a_thread_the_other_ones_are_left_alone(monkeypatch):
    monkeypatch.setattr(confine, "QUICK", True)
    ends, stopped = threading.Event(), []

    def work():
        try:
            with confine.stopped_after(0.1):
                endless()
        except confine.TimeUp:
            stopped.append("in the thread")
        ends.set()

    thread = threading.Thread(target=work)
    thread.start()
    while not ends.is_set():  # many steps in this thread, none of which is stopped
        time.sleep(0.001)
    thread.join()
    assert stopped == ["in the thread"]

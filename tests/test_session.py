"""Which version of a function a check is about, in a shell that says which cell it runs."""

from types import SimpleNamespace

import pytest

from lifkit import session


class Shell:
    """Runs cells as IPython does, as far as its events go."""

    def __init__(self):
        self.user_ns, self.called = {}, {}
        self.events = SimpleNamespace(register=self.called.__setitem__)

    def run(self, cell_id, text):
        info = SimpleNamespace(raw_cell=text, cell_id=cell_id)
        self.called["pre_run_cell"](info)
        error = None
        try:
            exec(compile(text, "cell", "exec"), self.user_ns)
        except Exception as caught:
            error = caught
        before = isinstance(error, SyntaxError)
        self.called["post_run_cell"](
            SimpleNamespace(
                info=info,
                error_before_exec=error if before else None,
                error_in_exec=None if before else error,
            )
        )


@pytest.fixture
def shell(monkeypatch):
    running = Shell()
    monkeypatch.setattr(session, "shell", lambda: running)
    for kept in ("_STALE", "_HOME"):
        monkeypatch.setattr(session, kept, {})
    session.watch(running)
    return running


def test_a_renamed_function_is_no_longer_the_one_on_screen(shell):
    shell.run("a", "def isi(x):\n    return x")
    shell.run("a", "def isi2(x):\n    return x")
    assert session.stale_note(["isi"]) == (
        "The cell of isi no longer defines it; this is about the version before."
    )
    assert session.stale_note(["isi2"]) == ""
    shell.run("b", "def isi(x):\n    return x")
    assert session.stale_note(["isi"]) == ""


def test_a_first_line_that_is_broken_is_known_by_its_cell(shell):
    shell.run("a", "def isi(x):\n    return x")
    shell.run("a", "df isi(x):\n    return x")
    assert session.stale_note(["isi"]).startswith(
        "The cell of isi did not run (SyntaxError, line 1)"
    )


@pytest.mark.parametrize(
    "text",
    [
        "isi = isi",  # the name is spoken of, and means what it meant
        "from math import *",  # may bring the name along
        "class Train:\n    def isi(self):\n        return 1",  # a method is another thing
    ],
)
def test_other_cells_leave_a_function_as_it_is(shell, text):
    shell.run("a", "def isi(x):\n    return x")
    shell.run("a" if "import" in text else "b", text)
    assert session.stale_note(["isi"]) == ""


def test_a_name_that_is_bound_in_another_way_is_the_one_on_screen(shell):
    shell.run("a", "def isi(x):\n    return x")
    shell.run("a", "def isi(x:\n    return x")
    assert session.stale_note(["isi"])
    shell.run("b", "isi = lambda x: x")
    assert session.stale_note(["isi"]) == ""
    assert session.stale_note(["never heard of"]) == ""


def test_a_shell_is_watched_once(shell):
    registered = dict(shell.called)
    session.watch(shell)
    assert shell.called == registered

"""What holds for all tests."""

import pytest

from lifkit_staff.grading.patches import without_address_grammars

without_address_grammars()

#: These look at the whole machine, at what is left running and at who has the processor.
ONE_AFTER_THE_OTHER = [f"tests/grading/test_{name}.py" for name in ("attacks", "engine", "sandbox")]


def pytest_collection_modifyitems(config, items):
    """Leave out what has a make target of its own: `make test-load`, `test-reach`, `test-systems`."""
    for mark in {"load", "reach", "systems"} - set(config.getoption("markexpr").split()):
        left_out = [item for item in items if item.get_closest_marker(mark)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Keep the tests of a file in one process where several share the work (`make test`).

    They share what they set up; and some files must not run beside each other.
    """
    from xdist.scheduler import LoadFileScheduling

    class ByFile(LoadFileScheduling):
        def _split_scope(self, nodeid):
            file = super()._split_scope(nodeid)
            return "the machine's" if file in ONE_AFTER_THE_OTHER else file

    return ByFile(config, log)

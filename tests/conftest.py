"""What holds for all tests."""

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Keep tests that belong together in one process, where several share the work (`make test`).

    Tests of the sandbox look at the whole machine (what is left running, who has the processor), so
    they run one after the other; of the others those in one file share what they set up.
    """
    if config.pluginmanager.hasplugin("xdist"):
        for item in items:
            alone = item.get_closest_marker("sandbox") is not None
            item.add_marker(pytest.mark.xdist_group("sandbox" if alone else str(item.path)))

import shutil

import pytest


@pytest.fixture(scope="session")
def sandbox():
    """Skip where there is no sandbox to test, and say why."""
    if shutil.which("bwrap") is None:
        pytest.skip("bubblewrap is not installed (apt-get install bubblewrap)")
    from lifkit_staff.grading.box.errors import SandboxUnavailable
    from lifkit_staff.grading.box.verify import verify

    try:
        verify([])
    except SandboxUnavailable as error:
        pytest.skip(str(error).splitlines()[0])

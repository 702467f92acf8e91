"""A site that leaves Pyodide to another server, as the published one does to a public one."""

import pytest

from tests.reach.browser import Lab, Site
from tests.reach.conftest import PYTHON, ROOT

pytestmark = pytest.mark.reach


def test_only_pyodide_comes_from_the_other_server(pyodide, chromium, tmp_path):
    from lifkit_staff.site import write_lite

    if not PYTHON.exists():
        pytest.skip("the site's environment is not there: make test-reach builds it")
    with Site(pyodide) as there:
        write_lite(ROOT, tmp_path / "labs", python=PYTHON, pyodide=there.url)
        with Site(tmp_path / "labs") as here, Lab(chromium, here, "lab2") as lab:
            assert "error" not in "".join(one["text"].lower() for one in lab.run_first())
            lab.run("lif_euler")
            said = lab.run("lif_euler_check")[0]["text"]
    assert said.startswith("Exercise 2.1 lif_euler: not started yet")
    assert "/pyodide.asm.wasm" in there.sent
    assert not any("wasm" in name for name in here.sent)
    assert any("lifkit" in name for name in here.sent)
    assert not any("lifkit" in name for name in there.sent)

"""The doors that others open: workflows, containers, Binder.  They are checked here, not run."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
DOCKERFILES = [ROOT / "Dockerfile", ROOT / ".devcontainer" / "Dockerfile"]


def instructions(path):
    """Return a Dockerfile's instructions, each as one line."""
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return [line.split() for line in re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines()]


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        *(("github-workflows", path) for path in WORKFLOWS),
        ("citation-file-format", ROOT / "CITATION.cff"),
    ],
    ids=lambda one: getattr(one, "name", None),
)
def test_what_others_read_is_valid(schema, path):
    words = ["check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(path)]
    done = subprocess.run([sys.executable, "-m", *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_the_workflows_run_is_there():
    for path in WORKFLOWS:
        named = re.findall(r"tests/\S+\.py|requirements[\w-]*\.txt", path.read_text())
        assert all((ROOT / name).is_file() for name in named), path.name


def test_the_targets_that_the_workflows_make_are_there():
    makefile = (ROOT / "Makefile").read_text()
    targets = [
        one for path in WORKFLOWS for one in re.findall(r"run: make (\S+)", path.read_text())
    ]
    assert targets
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)


def test_the_students_workflow_runs_the_lowest_and_the_newest_python():
    project = (ROOT / "pyproject.toml").read_text()
    low, end = re.search(r'requires-python = ">=3\.(\d+),<3\.(\d+)"', project).groups()
    workflow = yaml.safe_load((ROOT / ".github/workflows/students.yml").read_text())
    assert workflow["jobs"]["test"]["strategy"]["matrix"]["python"] == [
        f"3.{low}",
        f"3.{int(end) - 1}",
    ]


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.parent.name)
def test_containers_are_built_from_what_is_there(path):
    known = {"ARG", "CMD", "COPY", "ENV", "EXPOSE", "FROM", "RUN", "USER", "WORKDIR"}
    found = instructions(path)
    assert {name for name, *_ in found} <= known
    assert found[0][0] == "FROM"
    for name, *words in found:
        if name == "COPY" and not words[0].startswith("--from"):
            assert all((ROOT / word).exists() for word in words[:-1])


def test_the_students_container_takes_nothing_but_the_handout():
    found = instructions(ROOT / "Dockerfile")
    *_, last = (number for number, (name, *_) in enumerate(found) if name == "FROM")
    copied = [words for name, *words in found[last:] if name == "COPY"]
    assert copied == [["--from=handout", "/course/handout/lifkit-labs.zip", "/tmp/"]]
    assert ["USER", "student"] in found[last:]


def test_the_dev_container_names_what_is_there():
    settings = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())
    folder = ROOT / ".devcontainer"
    assert (folder / settings["build"]["dockerfile"]).is_file()
    assert (folder / settings["build"]["context"]).resolve() == ROOT


def test_binder_takes_one_python_that_the_package_takes():
    """repo2docker reads no range, and falls back to an old Python where it finds one."""
    environment = yaml.safe_load((ROOT / "binder" / "environment.yml").read_text())
    pinned = [one for one in environment["dependencies"] if str(one).startswith("python=")]
    project = (ROOT / "pyproject.toml").read_text()
    assert f"Programming Language :: Python :: {pinned[0].removeprefix('python=')}" in project
    assert (ROOT / "binder" / "postBuild").stat().st_mode & 0o100

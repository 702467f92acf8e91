"""pyproject.toml is the source; environment.yml, requirements.txt, make and CI follow it."""

import importlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PLATFORMS = {
    "linux": {"sys_platform": "linux", "os_name": "posix", "platform_system": "Linux"},
    "macos": {"sys_platform": "darwin", "os_name": "posix", "platform_system": "Darwin"},
    "windows": {"sys_platform": "win32", "os_name": "nt", "platform_system": "Windows"},
}
# Packages that conda-forge calls by another name.
PYPI_NAME = {"python-build": "build", "bleach-with-css": "bleach"}


def declared():
    """Return every requirement of pyproject.toml: the package's own and the extras'."""
    extras = PROJECT["optional-dependencies"]
    lines = PROJECT["dependencies"] + [line for extra in extras.values() for line in extra]
    return [Requirement(line) for line in lines]


def as_ranges(requirements):
    """Return ``{name: specifier}``; two ranges for one name must be the same."""
    ranges = {}
    for requirement in requirements:
        name = canonicalize_name(requirement.name)
        assert ranges.setdefault(name, requirement.specifier) == requirement.specifier, name
    return ranges


# --- pyproject.toml -----------------------------------------------------------------------------


def test_every_requirement_has_a_lower_bound():
    bare = [
        name
        for name, specifier in as_ranges(declared()).items()
        if not any(part.operator in (">=", "~=", "==") for part in specifier)
    ]
    assert bare == []


def test_the_package_needs_what_the_students_side_needs_and_no_more():
    names = {canonicalize_name(Requirement(line).name) for line in PROJECT["dependencies"]}
    assert names == {
        "numpy",
        "scipy",
        "matplotlib",
        "pillow",
        "seaborn",
        "ipywidgets",
        "anywidget",
    }


def test_the_installed_version_is_the_declared_one():
    try:
        installed = version("lifkit")
    except PackageNotFoundError:
        pytest.skip("lifkit is not installed here; make setup installs it")
    assert installed == PROJECT["version"]


def test_the_package_states_the_declared_version():
    if not (ROOT / "lifkit" / "__init__.py").exists():
        pytest.skip("lifkit/__init__.py is not there yet")
    assert importlib.import_module("lifkit").__version__ == PROJECT["version"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel with the hatchling that is installed; no network."""
    if not (ROOT / "lifkit" / "__init__.py").exists() or not (ROOT / "README.md").exists():
        pytest.skip("lifkit/__init__.py or README.md is not there yet")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_both_buildings_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
    assert tops == {"lifkit", "lifkit_staff", f"lifkit-{PROJECT['version']}.dist-info"}


def test_the_wheel_holds_every_module_and_key(wheel):
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    wanted = {
        path.relative_to(ROOT).as_posix()
        for pattern in ("*.py", "*.npz", "*.js", "*.css", "LICENSE")
        for folder in ("lifkit", "lifkit_staff")
        for path in (ROOT / folder).rglob(pattern)
    }
    assert wanted - packed == set()


# --- What students get --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def students_wheel(tmp_path_factory):
    from lifkit_staff.authoring import write_handout

    return write_handout(ROOT, tmp_path_factory.mktemp("handout"))[0]


def test_the_students_wheel_holds_lifkit_without_any_door_to_staff_s_side(students_wheel):
    with zipfile.ZipFile(students_wheel) as archive:
        packed = set(archive.namelist())
        texts = [archive.read(name).decode() for name in packed if name.endswith(".py")]
    label = f"lifkit-{PROJECT['version']}+student.dist-info"
    assert {name.split("/")[0] for name in packed} == {"lifkit", label}
    assert not packed & {"lifkit/build.py", "lifkit/exercises.py", "lifkit/grading/course.py"}
    wanted = {
        path.relative_to(ROOT).as_posix()
        for pattern in ("*.py", "*.npz", "*.js", "*.css", "LICENSE")
        for path in (ROOT / "lifkit").rglob(pattern)
    }
    assert len(wanted - packed) == 3
    assert not [text for text in texts if "lifkit_staff" in text]


def test_the_students_wheel_asks_for_what_students_need(students_wheel):
    with zipfile.ZipFile(students_wheel) as archive:
        folder = next(name.split("/")[0] for name in archive.namelist() if "dist-info" in name)
        metadata = archive.read(f"{folder}/METADATA").decode()
        entries = archive.read(f"{folder}/entry_points.txt").decode()
        module = archive.read("lifkit/__init__.py").decode()
    assert f"Version: {PROJECT['version']}+student\n" in metadata
    assert f'__version__ = "{PROJECT["version"]}+student"' in module
    assert re.findall(r"Provides-Extra: (\S+)", metadata) == ["lab"]
    assert entries.split() == ["[console_scripts]", "lifkit", "=", "lifkit.cli:main"]


def test_staff_s_commands_are_not_there_for_students_and_say_where_they_are(
    students_wheel, tmp_path
):
    zipfile.ZipFile(students_wheel).extractall(tmp_path)
    code = (
        "import sys\n"
        f"sys.path = [{str(tmp_path)!r}] + [p for p in sys.path if 'site-packages' not in p]\n"
        "import lifkit.cli as cli, contextlib, io\nsaid = io.StringIO()\n"
        "with contextlib.redirect_stderr(said):\n    status = cli.main(['grade', 'lab2'])\n"
        "print(status, cli.__file__, said.getvalue())"
    )
    # numpy is not looked for: the command needs nothing but Python.
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"1 {tmp_path}")
    assert "grading is for staff" in done.stdout and "make setup" in done.stdout
    assert done.stdout.count("\n") == 2


# --- environment.yml ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def environment():
    return yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))


def conda_requirements(environment):
    """Return conda's lines as Python requirements, without python and pip themselves."""
    lines = [line for line in environment["dependencies"] if isinstance(line, str)]
    requirements = [Requirement(line) for line in lines]
    for requirement in requirements:
        requirement.name = PYPI_NAME.get(requirement.name, requirement.name)
    return [r for r in requirements if r.name not in ("python", "pip")]


def pip_lines(environment):
    """Return the lines of environment.yml that pip reads."""
    (section,) = (line for line in environment["dependencies"] if isinstance(line, dict))
    return section["pip"]


def test_conda_and_pyproject_ask_for_the_same_packages(environment):
    pip = [Requirement(line) for line in pip_lines(environment) if not line.startswith("-e")]
    assert as_ranges(conda_requirements(environment) + pip) == as_ranges(declared())


def test_conda_lists_no_package_twice(environment):
    names = [canonicalize_name(r.name) for r in conda_requirements(environment)]
    assert len(names) == len(set(names))


def test_conda_and_pyproject_ask_for_the_same_python(environment):
    (python,) = (
        line
        for line in environment["dependencies"]
        if isinstance(line, str) and line.split()[0] == "python"
    )
    assert Requirement(python).specifier == SpecifierSet(PROJECT["requires-python"])


def test_conda_installs_the_package_from_this_folder(environment):
    assert environment["name"] == "lifkit"
    assert environment["channels"][0] == "conda-forge"
    assert "-e ." in pip_lines(environment)


# --- requirements.txt ---------------------------------------------------------------------------


def requirements_text():
    return (ROOT / "requirements.txt").read_text(encoding="utf-8")


def pins(text):
    """Return the requirements of a lock file with the number of hashes of each."""
    joined = text.replace("\\\n", " ")
    lines = [line.strip() for line in joined.splitlines()]
    entries = [line for line in lines if line and not line.startswith(("#", "-"))]
    return [
        (Requirement(entry.split(" --hash=")[0].strip()), entry.count("--hash=sha256:"))
        for entry in entries
    ]


def test_requirements_are_pinned_and_hashed():
    entries = pins(requirements_text())
    loose = [
        str(requirement)
        for requirement, hashes in entries
        if [part.operator for part in requirement.specifier] != ["=="] or not hashes
    ]
    assert entries and loose == []


def test_requirements_name_no_index_and_no_place_on_a_machine():
    text = requirements_text()
    options = [line for line in text.splitlines() if re.match(r"\s*-(?!-hash=)", line)]
    assert options == []
    assert re.findall(r"\w+://|\s/\w+|\s\w:\\| @ ", text) == []


def environment_of(python, platform):
    return default_environment() | {
        "python_version": python,
        "python_full_version": f"{python}.0",
        **PLATFORMS[platform],
    }


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_requirements_pin_every_declared_package_once_and_in_range(python, platform):
    where = environment_of(python, platform)
    pinned = {}
    for requirement, _ in pins(requirements_text()):
        if requirement.marker is None or requirement.marker.evaluate(where):
            pinned.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    build = [Requirement(line) for line in PYPROJECT["build-system"]["requires"]]
    for wanted in declared() + build:
        if wanted.marker is not None and not wanted.marker.evaluate(where):
            continue
        found = pinned.get(canonicalize_name(wanted.name), [])
        assert len(found) == 1, f"{wanted}: pinned {len(found)} times"
        (pin,) = found[0].specifier
        assert pin.version in wanted.specifier, f"{wanted}: pinned to {pin.version}"


def test_the_python_range_is_the_tested_one():
    supported = SpecifierSet(PROJECT["requires-python"])
    assert [f"3.{minor}" for minor in range(8, 20) if f"3.{minor}" in supported] == list(PYTHONS)


# --- make, CI, pre-commit -----------------------------------------------------------------------

make = shutil.which("make")
needs_make = pytest.mark.skipif(make is None, reason="make is not installed (conda route)")


def run_make(*arguments, cwd=ROOT, user=None, **variables):
    # The tests may themselves run under make: what it hands on is not for the make below.
    kept = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    return subprocess.run(
        [make, "--no-print-directory", *arguments],
        cwd=cwd,
        env=kept | variables,
        user=user,
        capture_output=True,
        text=True,
        timeout=120,
    )


def make_targets():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z-]+):.*## ", text, flags=re.MULTILINE))


CONTRACT = {"setup", "lab", "demo", "test", "bench", "handout"}


def test_the_makefile_has_the_targets_of_the_contract():
    assert CONTRACT <= make_targets()


@needs_make
def test_make_help_names_every_target():
    shown = run_make("help").stdout
    assert [name for name in make_targets() if f"make {name} " not in shown] == []


@needs_make
@pytest.mark.parametrize(
    ("target", "commands"),
    [
        ("lab", ["lifkit lab"]),
        ("demo", ["python -m solutions.demo"]),
        ("test", ["ruff format --check", "ruff check", "mypy", "python -m pytest"]),
        ("bench", ["python -m benchmarks"]),
        ("handout", ["lifkit handout"]),
        ("build", ["lifkit build"]),
    ],
)
def test_a_target_runs_its_commands_in_order(target, commands):
    plan = run_make("-n", target).stdout
    places = [plan.find(f".venv/bin/{command}") for command in commands]
    assert -1 not in places and places == sorted(places)


@needs_make
def test_the_self_study_handout_is_made_when_it_is_asked_for_and_only_then():
    for asked, option in (("1", True), ("", False), ("0", False)):
        plan = run_make("-n", "handout", f"SELF_STUDY={asked}").stdout
        assert ("lifkit handout --self-study" in plan) is option


@needs_make
@pytest.mark.parametrize("target", ["lab", "demo", "test", "bench", "handout", "build"])
def test_a_target_puts_the_environments_programs_on_the_path(target):
    # nbgrader calls `alembic` by its bare name when it makes a gradebook.
    assert f'PATH="{ROOT}/.venv/bin:$PATH"' in run_make("-n", target).stdout


def bare_course(folder, body=None):
    """Copy what `make setup` reads to a folder of its own, with a pretended Python beside it."""
    for name in ("Makefile", "setup.sh", "pyproject.toml", "requirements.txt"):
        shutil.copy(ROOT / name, folder)
    if body is not None:
        (folder / "fakepython").write_text(f"#!/bin/sh\n{body}\n")
        (folder / "fakepython").chmod(0o755)
    return folder


@needs_make
def test_setup_without_a_fitting_python_says_kindly_what_to_install(tmp_path):
    course = bare_course(tmp_path, body="exit 1")
    done = run_make("setup", "PYTHON=./fakepython nosuchpython", cwd=course)
    assert done.returncode != 0
    assert "needs Python 3.11, 3.12, 3.13 or 3.14" in done.stderr
    assert "apt-get install python3 python3-venv" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (course / ".venv").exists()


@needs_make
@pytest.mark.parametrize("found", ["3.10", "3.15"])
@pytest.mark.parametrize("uv", [False, True])
def test_setup_with_too_old_or_too_new_a_python_says_what_works(tmp_path, found, uv):
    course = bare_course(tmp_path, body=f"echo {found}")
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "awk", "cat", "dirname", "id", "ls", "sed", *(["true"] if uv else [])):
        (tools / ("uv" if name == "true" else name)).symlink_to(shutil.which(name))
    done = run_make("setup", "PYTHON=./fakepython", cwd=course, PATH=str(tools))
    assert done.returncode != 0
    assert f"./fakepython is {found})" in done.stderr
    assert ('make setup PYTHON="$(uv python find 3.13)"' in done.stderr) is uv
    assert "conda env create -f environment.yml" in done.stderr


def test_setup_takes_the_declared_pythons():
    script = (ROOT / "setup.sh").read_text(encoding="utf-8")
    (accepted,) = re.findall(r"^ +(3\.[\d.| ]+)\) ;;", script, flags=re.MULTILINE)
    assert tuple(accepted.split(" | ")) == PYTHONS
    assert f"needs Python {', '.join(PYTHONS[:-1])} or {PYTHONS[-1]}," in script
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"need Python {', '.join(PYTHONS[:-1])} or {PYTHONS[-1]}," in readme
    classifiers = [line.rpartition(" ")[2] for line in PROJECT["classifiers"] if "3." in line]
    assert tuple(classifiers) == PYTHONS


@needs_make
def test_setup_without_venv_says_kindly_what_to_install(tmp_path):
    course = bare_course(tmp_path, body='case "$2" in *ensurepip*) exit 1;; esac; echo 3.11')
    done = run_make("setup", "PYTHON=./fakepython", cwd=course)
    assert done.returncode != 0
    assert "apt-get install python3-venv" in done.stderr
    assert "needs Python" not in done.stderr
    assert not (course / ".venv").exists()


# Pretends to be a Python whose `-m venv` makes a .venv that notes what pip is asked for.
PRETENDED = r"""
echo 3.13
case "$*" in *"-m venv"*)
    mkdir -p .venv/bin
    printf '#!/bin/sh\necho "$*" >> pip.log\n' > .venv/bin/python
    chmod +x .venv/bin/python;;
esac
"""


@needs_make
def test_setup_is_done_once_and_again_when_requirements_change(tmp_path):
    course = bare_course(tmp_path, body=PRETENDED)
    log = course / "pip.log"

    def installs():
        done = run_make("setup", "PYTHON=./fakepython", cwd=course)
        assert done.returncode == 0, done.stderr
        lines = log.read_text().splitlines()
        log.write_text("")
        return [line for line in lines if "pip install" in line]

    first = installs()
    assert len(first) == 2
    assert "--require-hashes -r requirements.txt" in first[0]
    assert "--no-deps --no-build-isolation --editable ." in first[1]
    assert installs() == []
    later = (course / ".venv" / ".setup-done").stat().st_mtime + 10
    os.utime(course / "requirements.txt", (later, later))
    assert len(installs()) == 2


@needs_make
@pytest.mark.parametrize("broken", [False, True])
def test_setup_says_what_it_does_and_ends_where_pip_does(tmp_path, broken):
    said = "Collecting numpy==2.1 (from x)\\n  Downloading it\\nInstalling collected packages: numpy\\n"
    note = 'echo "$*" >> pip.log'
    assert note in PRETENDED
    body = PRETENDED.replace(
        note, f'case "$*" in *hashes*) printf "{said}"; exit {int(broken)};; esac'
    )
    done = run_make("setup", "PYTHON=./fakepython", cwd=bare_course(tmp_path, body=body))
    assert "  package 1: numpy==2.1\n  Installing them" in done.stdout
    assert "Downloading" not in done.stdout
    assert (done.returncode != 0) is broken
    assert (tmp_path / ".venv" / ".setup-done").exists() is not broken


@needs_make
def test_a_moved_folder_is_set_up_anew(tmp_path):
    old = tmp_path / "old"
    old.mkdir()
    bare_course(old, body=PRETENDED)
    assert run_make("setup", "PYTHON=./fakepython", cwd=old).returncode == 0
    new = old.rename(tmp_path / "new")
    (new / "pip.log").unlink()
    done = run_make("setup", "PYTHON=./fakepython", cwd=new)
    assert done.returncode == 0, done.stderr
    assert "Building .venv" in done.stdout
    assert (new / ".venv" / ".setup-done").read_text() == str(new)


@needs_make
def test_settings_of_the_shell_do_not_send_packages_elsewhere_and_a_proxy_stays(tmp_path):
    course = tmp_path / "a course (mine), ä"
    course.mkdir()
    noted = "PIP_USER", "PIP_TARGET", "PYTHONPATH", "HTTPS_PROXY", "PIP_INDEX_URL"
    note = " ".join(f"{name}=${name}" for name in noted)
    bare_course(course, body=PRETENDED.replace('echo "$*"', f'echo "{note} $*"'))
    shell = {name: "elsewhere" for name in noted} | {"PIP_USER": "1", "HOME": "/nowhere"}
    done = run_make("setup", "PYTHON=./fakepython", cwd=course, **shell)
    assert done.returncode == 0, done.stderr
    log = (course / "pip.log").read_text().splitlines()
    assert [line.split(" -m ")[0] for line in log if "pip install" in line] == 2 * [
        "PIP_USER=0 PIP_TARGET= PYTHONPATH= HTTPS_PROXY=elsewhere PIP_INDEX_URL=elsewhere"
    ]
    assert "PYTHONPATH is set" in done.stdout
    assert run_make("setup", cwd=course).stdout.startswith("make: Nothing to be done")


@needs_make
def test_where_pip_fails_setup_names_the_proxy_without_its_password(tmp_path):
    note = 'echo "$*" >> pip.log'
    course = bare_course(tmp_path, body=PRETENDED.replace(note, "exit 1"))
    shell = {"https_proxy": "http://me:secret@proxy", "NO_PROXY": "here", "ALL_PROXY": ""}
    done = run_make("setup", "PYTHON=./fakepython", cwd=course, **shell)
    assert done.returncode != 0
    assert "went by what you set in: https_proxy " in done.stderr
    assert "secret" not in done.stderr + done.stdout
    assert "NO_PROXY" not in done.stderr and "ALL_PROXY" not in done.stderr


@needs_make
def test_what_one_user_set_up_can_be_used_by_others(tmp_path):
    """Whatever the mask of who sets it up: .venv can be read by everybody."""
    before = os.umask(0o077)
    try:
        course = bare_course(tmp_path, body=PRETENDED)
        assert run_make("setup", "PYTHON=./fakepython", cwd=course).returncode == 0
    finally:
        os.umask(before)
    for place in (".venv", ".venv/bin", ".venv/.setup-done"):
        assert (course / place).stat().st_mode & 0o444 == 0o444, place


@needs_make
def test_another_users_environment_that_cannot_run_is_explained(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root can run a command as another user")
    with tempfile.TemporaryDirectory() as folder:  # pytest's own lets nobody else in
        os.chmod(folder, 0o755)
        course = bare_course(Path(folder), body=PRETENDED)
        assert run_make("setup", "PYTHON=./fakepython", cwd=course).returncode == 0
        (course / ".venv" / "bin" / "python").chmod(0o700)
        done = run_make("setup", cwd=course, user="nobody")
        assert done.returncode != 0
        assert "belongs to root" in done.stderr and "you (nobody) may not do" in done.stderr
        assert (course / ".venv" / ".setup-done").exists()


@needs_make
@pytest.mark.slow
def test_a_real_environment_comes_up_in_a_folder_with_spaces(tmp_path):
    """With what the installation of the tests has, so that nothing is loaded."""
    course = tmp_path / "a course"
    course.mkdir()
    bare_course(course)
    (course / "requirements.txt").write_text("")
    (course / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        '[project]\nname = "nothing"\nversion = "1"\n'
    )
    (course / "backend.py").write_text(BACKEND)
    old = tmp_path / "old"
    (old / "pip").mkdir(parents=True)
    (old / "pip" / "__init__.py").write_text("raise ImportError('an old pip')")
    shell = {"PIP_USER": "1", "PYTHONPATH": str(old), "HOME": "/nowhere", "PIP_NO_INDEX": "1"}
    done = run_make("setup", f"PYTHON={sys.executable}", cwd=course, **shell)
    assert done.returncode == 0, done.stderr
    command = [
        course / ".venv/bin/python",
        "-c",
        "from importlib.metadata import version as v; print(v('nothing'))",
    ]
    assert subprocess.check_output(command, text=True) == "1\n"


# The least that pip takes for an editable package.
BACKEND = """
import zipfile
def build_editable(folder, config_settings=None, metadata_directory=None):
    info, name = "nothing-1.dist-info", "nothing-1-py3-none-any.whl"
    with zipfile.ZipFile(f"{folder}/{name}", "w") as wheel:
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\\nName: nothing\\nVersion: 1\\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(f"{info}/RECORD", "")
    return name
"""


def test_ci_runs_make_test():
    script = ROOT / ".ci" / "run"
    lines = script.read_text(encoding="utf-8").splitlines()
    assert lines[0].endswith("bash")
    assert "set -euo pipefail" in lines
    assert lines[-1] == "make test"
    assert os.access(script, os.X_OK)


def test_pre_commit_hooks_are_local_and_call_make():
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert {repo["repo"] for repo in config["repos"]} == {"local"}
    entries = [hook["entry"].split() for repo in config["repos"] for hook in repo["hooks"]]
    assert entries
    for program, *arguments in entries:
        assert program == "make"
        assert arguments[-1] in make_targets()


# --- nbgrader_config.py -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def course_config():
    from traitlets.config.loader import PyFileConfigLoader

    return PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()


def test_the_course_is_where_the_design_says(course_config):
    assert course_config.CourseDirectory.source_directory == "solutions/labs"
    assert course_config.CourseDirectory.release_directory == "notebooks"
    assert course_config.GenerateAssignment.force is True


def test_one_step_is_ours_and_the_rest_are_nbgraders_in_its_order(course_config):
    from nbgrader.converters import GenerateAssignment

    stock = [f"nbgrader.preprocessors.{step.__name__}" for step in stock_steps(GenerateAssignment)]
    steps = list(course_config.GenerateAssignment.preprocessors)
    ours = steps.index("lifkit_staff.authoring.StampEdition")
    assert ours < steps.index("nbgrader.preprocessors.ComputeChecksums")
    assert ours < steps.index("nbgrader.preprocessors.SaveCells")
    assert steps[:ours] + steps[ours + 1 :] == stock


def stock_steps(converter):
    """Return nbgrader's own list of preprocessors."""
    return converter.class_traits()["preprocessors"].default()


def test_every_step_can_be_imported(course_config):
    from traitlets import import_item

    for step in course_config.GenerateAssignment.preprocessors:
        assert isinstance(import_item(step), type)


# --- Names of the last release ------------------------------------------------------------------


def test_a_configuration_of_the_last_release_still_works(course_config, tmp_path):
    """Its step is the very class of today's, and its call gives the same lists."""
    from traitlets import import_item
    from traitlets.config.loader import PyFileConfigLoader

    text = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    text = text.replace("lifkit_staff.grading.configure", "lifkit.grading.course")
    text = text.replace("lifkit_staff.authoring.StampEdition", "lifkit.build.StampEdition")
    assert "lifkit_staff" not in text
    (tmp_path / "nbgrader_config.py").write_text(text, encoding="utf-8")
    older = PyFileConfigLoader("nbgrader_config.py", path=str(tmp_path)).load_config()
    assert older.Autograde == course_config.Autograde
    assert older.GenerateFeedback == course_config.GenerateFeedback
    today = import_item("lifkit_staff.authoring.StampEdition")
    assert import_item("lifkit.build.StampEdition") is today


def test_references_made_by_hand_find_every_name_they_had():
    import lifkit.exercises as older
    from lifkit import judge
    from lifkit_staff import exercise, references

    assert older.Reference is exercise.Reference and older.make_key is exercise.make_key
    assert older.load_references is references.load_references
    assert all(getattr(older, name) is getattr(judge, name) for name in judge.__all__)
    with pytest.raises(AttributeError):
        older.__getattr__("nothing_of_the_kind")


def test_the_grader_s_names_that_configurations_use_stay():
    from importlib.metadata import entry_points

    from lifkit_staff.grading.feedback import Tidy
    from lifkit_staff.grading.preprocessors import Judge

    assert (Judge.__name__, Judge.__base__.__name__, Tidy.__name__) == ("Judge", "Execute", "Tidy")
    assert "lifkit-sandbox" in entry_points(group="jupyter_client.kernel_provisioners").names

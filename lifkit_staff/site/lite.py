"""The labs in a browser: JupyterLite, with lifkit's wheel among the packages that Pyodide loads.

Notebooks stay as they are: the kernel loads what a cell imports, from a list, ``pyodide-lock.json``, in
which lifkit and what it needs stand beside Pyodide's own packages.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from ..authoring import BuildError, write_handout
from .fonts import PLACE, font_list

__all__ = ["CDN", "copy_pyodide", "edition_of", "released_notebooks", "run", "write_lite"]

#: Where the Pyodide that fits is served to everybody.
CDN = "https://cdn.jsdelivr.net/pyodide/v0.27.7/full/"

_HERE = Path(__file__).parent

#: Pyodide without its packages, and the digests of its release.
_CORE = {
    "pyodide.js": "b4cb23a53aba19c221659b9fb40a2f18281d685691dc06647fb0afd0681baf98",
    "pyodide.asm.js": "6b4c90de5b7172873f04f21884d0e9d2274e305fe32116558fe3e4fbe3618d51",
    "pyodide.asm.wasm": "a50dd1843f805a0b7c45b61037ee0d7b26dfe85efe0e18ef95a34ad24e401f5f",
    "python_stdlib.zip": "16611534726e5d8ac2bd8f926410b2dcb8d6f49aa24913463533b457a2115c16",
}

#: What lifkit needs beside Pyodide's packages, all pure Python, and what each of them needs.  SciPy is
#: none of it: a lab that imports it gets it then.
_PURE = {
    "anywidget": ["ipywidgets", "psygnal", "typing-extensions"],
    "comm": ["traitlets"],
    "ipywidgets": ["comm", "ipython", "traitlets"],
    "psygnal": ["typing-extensions"],
    "typing-extensions": [],
}
_LIFKIT = ["numpy", "matplotlib", "pillow", "anywidget", "lifkit-fonts"]

#: The kernel's own wheels, which lie in its extension.
_KERNEL = {"ipykernel": ["comm"], "pyodide-kernel": ["ipython", "ipykernel"]}
_EXTENSION = "extensions/@jupyterlite/pyodide-kernel-extension/static/pypi"

#: Loaded while the kernel starts, all at once; otherwise one after the other, when a cell asks.
_AT_ONCE = ["ssl", "sqlite3", "ipython", "ipykernel", "comm", "pyodide_kernel", "lifkit"]


def edition_of(root: Path) -> str:
    """Return what tells this edition of the notebooks from others.

    A browser keeps a visitor's notebook under the site's path, and it would hide a newer one there.
    """
    digest = hashlib.sha256()
    for path in released_notebooks(root):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def write_lite(root: Path, folder: Path, *, python: Path, pyodide: str = CDN) -> None:
    """Write JupyterLite with the labs and their kernel.

    Parameters
    ----------
    root : Path
        The course root.
    folder : Path
        Where it goes, a new one.
    python : Path
        The Python that has JupyterLite, and not nbgrader, whose extensions keep notebooks from opening.
    pyodide : str
        An address that visitors' browsers load Pyodide from, or a folder of which it is copied.
    """
    folder = folder.absolute()  # JupyterLite is run in a folder of its own
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        _run_lite(root, folder, work, python)
        own = folder / "static" / "pyodide"
        own.mkdir(parents=True)
        lock = json.loads((_HERE / "pyodide-lock.json").read_text(encoding="utf-8"))
        ours = _wheels(root, folder, work)
        if "://" in pyodide:
            text = (_HERE / "elsewhere.js").read_text(encoding="utf-8")
            text = text.replace("ADDRESS", pyodide.rstrip("/") + "/")
            text = text.replace("OURS", json.dumps(list(ours)))
            (own / "pyodide.js").write_text(text, encoding="utf-8")
        else:
            copy_pyodide(Path(pyodide), own, lock)
        for name, (wheel, depends) in ours.items():
            shutil.copy(wheel, own)
            lock["packages"][name] = _entry(name, wheel, depends)
        (own / "pyodide-lock.json").write_text(json.dumps(lock), encoding="utf-8")
    _configure(folder)


def released_notebooks(root: Path) -> list[Path]:
    """Return the students' notebooks, in order."""
    return sorted((root / "notebooks").glob("*/*.ipynb"))


def run(command: list[str], complaint: str, folder: Path | None = None) -> None:
    """Run a program of the build; what it says is told where it fails.

    Raises
    ------
    BuildError
        With the complaint first.
    """
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise BuildError(f"{complaint}:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")


def _run_lite(root: Path, folder: Path, work: Path, python: Path) -> None:
    contents = work / "contents"
    contents.mkdir()
    for notebook in released_notebooks(root):
        shutil.copy(notebook, contents)
    command = [str(python), "-m", "jupyterlite_core", "build", "--no-sourcemaps", "--apps", "lab"]
    command += ["--lite-dir", str(work), "--contents", str(contents), "--output-dir", str(folder)]
    run(command, "JupyterLite could not be built", work)


def copy_pyodide(source: Path, own: Path, lock: dict[str, Any]) -> None:
    """Copy what the labs need of a Pyodide, each file checked against its digest."""
    packages = {one["file_name"]: one["sha256"] for one in lock["packages"].values()}
    version = lock["info"]["version"]
    for name, digest in {**_CORE, **packages}.items():
        file = source / name
        if not file.is_file():
            raise BuildError(
                f"{source} holds no Pyodide {version}, or a part of it: {name} is not there."
            )
        if _digest(file) != digest:
            raise BuildError(f"{source} holds another Pyodide than {version}: {name} differs.")
        shutil.copy(file, own)


def _wheels(root: Path, folder: Path, work: Path) -> dict[str, tuple[Path, list[str]]]:
    """Return the wheels that Pyodide lacks, each with what it needs."""
    found = {}
    wheel, _ = write_handout(root, work / "handout")
    found["lifkit"] = wheel, _LIFKIT
    found["lifkit-fonts"] = _fonts(work), ["matplotlib"]
    for name, depends in _KERNEL.items():
        found[name] = _one(folder / _EXTENSION, name), depends
    _download(root, work)
    for name, depends in _PURE.items():
        found[name] = _one(work, name), depends
    return found


def _download(root: Path, work: Path) -> None:
    """Download the pure wheels in the versions of the site's lock, by their digests."""
    locked = (root / "requirements-site.txt").read_text(encoding="utf-8")
    entries = locked.replace("\\\n", " ").splitlines()
    wanted = [line for line in entries if line.partition("==")[0] in _PURE]
    (work / "pure.txt").write_text("\n".join(wanted), encoding="utf-8")
    pure = "--only-binary=:all: --platform=any --implementation=py --abi=none --python-version=3.12"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += [*pure.split(), "--no-deps", "--require-hashes", "-r", "pure.txt", "-d", "."]
    run(command, "Packages for the browser could not be had", work)


def _one(folder: Path, name: str) -> Path:
    found = sorted(folder.glob(f"{name.replace('-', '_')}-*.whl"))
    if not found:
        raise BuildError(f"There is no wheel of {name} in {folder}.")
    return found[-1]


def _fonts(work: Path) -> Path:
    """Write a wheel with Matplotlib's list of fonts, which it would otherwise make, and talk about."""
    wheel = work / "lifkit_fonts-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as pack:
        pack.writestr(PLACE, font_list())
        about = "lifkit_fonts-1.dist-info"
        pack.writestr(
            f"{about}/METADATA", "Metadata-Version: 2.1\nName: lifkit-fonts\nVersion: 1\n"
        )
        pack.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n")
    return wheel


def _entry(name: str, wheel: Path, depends: list[str]) -> dict[str, Any]:
    with zipfile.ZipFile(wheel) as pack:
        tops = {file.partition("/")[0] for file in pack.namelist() if file.endswith(".py")}
    return {
        "name": name,
        "version": wheel.name.split("-")[1],
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": _digest(wheel),
        "package_type": "package",
        "imports": sorted(top.removesuffix(".py") for top in tops),
        "depends": depends,
        "unvendored_tests": False,
    }


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _configure(folder: Path) -> None:
    """Have the kernel load Pyodide from its place, and nothing from anywhere else."""
    path = folder / "jupyter-lite.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    data = config["jupyter-config-data"]
    data["appName"] = "lifkit"
    data["exposeAppInBrowser"] = True
    kernel = data.setdefault("litePluginSettings", {}).setdefault(
        "@jupyterlite/pyodide-kernel-extension:kernel", {}
    )
    kernel["pyodideUrl"] = "./static/pyodide/pyodide.js"
    kernel["disablePyPIFallback"] = True
    kernel["loadPyodideOptions"] = {"packages": _AT_ONCE}
    path.write_text(json.dumps(config, indent=1), encoding="utf-8")

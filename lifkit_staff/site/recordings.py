"""The explorers of the lab pages: recordings of what the solved notebooks show."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import nbformat

from lifkit import explorers
from lifkit.explorers.frames import Scene

from ..authoring.recording import Grid, as_json, part, record, script
from ..references import load_references
from .lite import released_notebooks

__all__ = ["GRIDS", "all_calls", "name_of", "recording_part", "scene_of", "write_recordings"]

#: Where a page finds the recordings.
PLACE = "_static/recordings"

#: The sliders that move on the pages, three at most: each begins where the notebook's does, and most places
#: of "Find out" can be reached.
GRIDS: dict[str, Grid] = {
    "explore_membrane": {"I_ext": (-20, 40, 5), "tau": (10, 50, 10), "g_m": (0.5, 2, 0.5)},
    "explore_time_step": {"dt": (0.5, 25, 0.5)},
    "explore_lif": {"I_ext": (15, 35, 0.5), "tau": (10, 50, 20), "V_reset": (-90, -75, 15)},
    "explore_fi_curve": {"tau": (10, 50, 20), "g_m": (0.5, 2, 0.5), "t_ref": (0, 10, 2)},
    "explore_noise": {"I_ext": (9, 36, 1.5), "sigma": (2.5, 10, 2.5)},
    "explore_intervals": {"I_ext": (10, 30, 5), "sigma": (1, 9, 4), "tau": (10, 50, 20)},
    "explore_noisy_fi_curve": {"sigma": (1, 10, 1), "tau": (10, 50, 20)},
    "explore_synapse": {"rate": (50, 1000, 50), "w": (0.05, 0.1, 0.05), "tau_s": (5, 20, 5)},
    "explore_conductances": {"rate_e": (2000, 12000, 500), "rate_i": (2000, 8000, 2000)},
    "explore_dynamic_synapse": {
        "U": (0.05, 0.95, 0.05),
        "tau_f": (50, 500, 150),
        "tau_d": (200, 750, 550),
    },
    "explore_adaptation": {"I_ext": (20, 50, 5), "b": (0, 10, 1), "tau_w": (100, 300, 100)},
    "explore_adex": {"I_ext": (0.12, 0.36, 0.03), "b": (0, 0.2, 0.05), "V_reset": (-55, -46, 3)},
    "explore_network": {"g": (3, 8, 1), "rate_ext_hz": (20, 80, 20), "delay": (1.6, 4, 0.8)},
    "explore_mean_field": {"rate_ext_hz": (6, 26, 1), "g": (3, 7, 1)},
    "explore_pairing": {"rate": (1, 57, 7), "pairs": (20, 80, 20), "ratio": (0.55, 1.55, 0.5)},
    "explore_traces": {"delta": (-32, 32, 4), "gap": (20, 40, 10), "spikes": (1, 5, 1)},
    "explore_competition": {"ratio": (0.95, 1.25, 0.05), "rate": (15, 40, 25), "c": (0, 0.1, 0.05)},
    "explore_distances": {"late": (5, 35, 10), "more": (0, 3, 1), "scale": (4, 100, 6)},
    "explore_candidate": {
        "V_theta": (-54, -44, 0.5),
        "b": (0, 0.09, 0.045),
        "tau_w": (10, 210, 100),
    },
}


def calls(source: str) -> Iterator[ast.Call]:
    """Yield the calls of explorers in a cell."""
    if "explore_" not in source:
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and name_of(node).startswith("explore_"):
            yield node


def all_calls(root: Path) -> Iterator[ast.Call]:
    """Yield the calls of explorers in the students' notebooks."""
    for path in released_notebooks(root):
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code":
                yield from calls(cell.source)


def scene_of(root: Path, call: ast.Call) -> Scene:
    """Return the scene that a cell asks for, with right solvers under the names that it uses."""
    solvers = load_references(root)
    given = [solvers[ast.unparse(one)].solve for one in call.args]
    named = {str(one.arg): solvers[ast.unparse(one.value)].solve for one in call.keywords}
    explorer: explorers.Explorer = getattr(explorers, name_of(call))(*given, **named)
    return explorer.scene


def recording_part(root: Path, source: str) -> str:
    """Return what a page shows below a cell that calls explorers; nothing below another."""
    parts = []
    for call in calls(source):
        name = name_of(call)
        parts.append(part(scene_of(root, call), GRIDS[name], name, f"{PLACE}/{name}.json"))
    return "\n".join(parts)


def write_recordings(root: Path, folder: Path) -> None:
    """Write the recordings of all labs, and the script that plays them.

    Parameters
    ----------
    root : Path
        The course root.
    folder : Path
        The pages' folder ``_static``.
    """
    place = folder / Path(PLACE).name
    place.mkdir(parents=True)
    (folder / "recording.js").write_text(script(), encoding="utf-8")
    wanted = [ast.unparse(call) for call in all_calls(root)]
    with ProcessPoolExecutor() as workers:
        written = [workers.submit(_recording, root, call, GRIDS) for call in wanted]
        for name, text in (one.result() for one in written):
            (place / f"{name}.json").write_text(text, encoding="utf-8")


def _recording(root: Path, source: str, grids: Mapping[str, Grid]) -> tuple[str, str]:
    (call,) = calls(source)
    name = name_of(call)
    return name, as_json(record(scene_of(root, call), grids[name], name))


def name_of(call: ast.Call) -> str:
    """Return the name of the explorer that is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else ast.unparse(call.func)

"""From slider to redraw: in the kernel, and in a real browser beside `interact` with Matplotlib.

In the kernel: the processor's time from a question received to its first frame sent, without what the
student's functions take of it, for each explorer on the solutions.

In the browser: the same figure of the same neuron (2000 steps), the same plain NumPy solver and the same
browser, dragged in turn.  A time runs from a move of the mouse to the next frame that the browser paints
after the new drawing is complete.
"""

from __future__ import annotations

import functools
import importlib.util
import inspect
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbclient
import nbformat

from lifkit import explorers
from lifkit.explorers.widget import ExplorerWidget
from solutions.reference import lab1, lab2, lab3
from solutions.reference.lab2 import lif_euler
from tests.browser.jupyter import CHROMIUM, FLAGS, Server, open_notebook, run_all

#: Drags of each slider, in turn, and measured moves in a drag.
DRAGS, MOVES = 6, 6

#: Questions to each explorer in the kernel.
QUESTIONS = 15

EXPLORER = "from lifkit.explorers import explore_lif\nexplore_lif(lif_euler)"
INTERACT = """
import matplotlib.pyplot as plt
from ipywidgets import FloatSlider, interact
from lifkit import plotting
plotting.use_theme()
def draw(I_ext):
    V, spikes, spike_times = lif_euler(
        2000, 0.1, np.array([-70.0]), -70, -50, -75, np.array([I_ext]), 1, np.array([10.0])
    )
    fig, ax = plt.subplots(figsize=(7.6, 3.8), layout="constrained")
    plotting.plot_voltage(
        ax, 0.1 * np.arange(2001), V[:, 0], spike_times=spike_times[0], V_theta=-50, V_reset=-75,
        label="your lif_euler",
    )
    ax.set(xlim=(0, 200), ylim=(-80, -40))
    ax.set_title("Leaky integrate-and-fire neuron", loc="left")
    ax.legend(loc="best", fontsize="small")
    plt.show()
interact(draw, I_ext=FloatSlider(min=0, max=60, step=0.5, value=25));
"""

# Notes when the mouse moved and when the drawing that follows is on the screen.
STOPWATCH = """() => {
    const watch = (window.watch = { moved: 0, times: [], seconds: [], drawn: [] });
    document.addEventListener("pointermove", () => (watch.moved ||= performance.now()), true);
    const painted = () => requestAnimationFrame(() => {
        if (!watch.moved) return;
        watch.times.push(performance.now() - watch.moved);
        watch.moved = 0;
    });
    document.addEventListener("lifkit-drawn", (event) => {
        if (watch.moved) {
            watch.seconds.push(event.detail.seconds);
            watch.drawn.push(performance.now() - watch.moved);
        }
        painted();
    });
    new MutationObserver((changes) => {
        for (const { addedNodes } of changes)
            for (const node of addedNodes)
                for (const image of node.querySelectorAll?.(".jp-RenderedImage img") ?? [])
                    image.decode().then(painted);
    }).observe(document.body, { childList: true, subtree: true });
}"""


def timed(function: Callable[..., Any], watch: list[float]) -> Callable[..., Any]:
    """Return a function that puts the processor's time of each call into `watch`."""

    @functools.wraps(function)
    def stopped(*arguments: Any) -> Any:
        start = time.process_time()
        try:
            return function(*arguments)
        finally:
            watch.append(time.process_time() - start)

    return stopped


#: Each explorer, and the functions it is given.
EXPLORERS = {
    "explore_membrane": (lab1.passive_euler, lab1.passive_exact),
    "explore_time_step": (lab1.passive_euler, lab1.passive_exact),
    "explore_lif": (lab2.lif_euler,),
    "explore_fi_curve": (lab2.lif_refractory, lab2.fi_exact),
    "explore_noise": (lab3.lif_noisy,),
    "explore_intervals": (lab3.lif_noisy,),
    "explore_noisy_fi_curve": (lab3.lif_noisy, lab3.siegert_rate),
}


def in_the_kernel() -> None:
    """Print what lifkit itself takes of an answer; to be run in a kernel, where frames are sent."""
    print(f"{'median of ' + str(QUESTIONS) + ' answers, ms':34}{'lifkit':>7}{'functions':>21}")
    for name, functions in EXPLORERS.items():
        watch: list[float] = []
        solver, *theory = (timed(function, watch) for function in functions)
        explorer = getattr(explorers, name)(solver, **dict(zip(["theory"], theory, strict=False)))
        first = next(explorer.scene.frames(explorer.values))
        live = ExplorerWidget(explorer.scene, replace(first, more=""), explorer.values, "still")
        run: list[Callable[[], None]] = []
        live._run = run.append
        slider = explorer.scene.sliders[0]
        whole, own = [], []
        for number in range(1, QUESTIONS + 1):
            values = {**explorer.values, slider.name: slider.start + slider.step * (number % 3)}
            watch.clear()
            start = time.process_time()
            live._asked(live, {"view": "", "number": number, "values": values}, [])
            run[0]()
            whole.append(time.process_time() - start)
            own.append(sum(watch))
            run.clear()
        ours = statistics.median(one - other for one, other in zip(whole, own, strict=True))
        print(f"{name:34}{1000 * ours:7.1f}{1000 * statistics.median(own):21.1f}")


LAST = "[watch.times.at(-1), 1000 * watch.seconds.at(-1), watch.drawn.at(-1)]"


def main() -> None:
    cell = nbformat.v4.new_code_cell("from benchmarks import explorers\nexplorers.in_the_kernel()")
    notebook = nbformat.v4.new_notebook(cells=[cell])
    root = Path(__file__).resolve().parents[1]
    client = nbclient.NotebookClient(notebook, resources={"metadata": {"path": str(root)}})
    client.execute()
    print("".join(output.text for output in cell.outputs if output.output_type == "stream"))
    if importlib.util.find_spec("playwright") is None or CHROMIUM is None:
        print(
            "Not measured: this needs Playwright and Chromium (Debian: apt-get install chromium)."
        )
        return
    explorer, interact, solver, drawn = measure()
    ours, theirs, own = (statistics.median(times) for times in (explorer, interact, solver))
    print(f"{'median of ' + str(len(explorer)) + ' moves':34}{'ms':>7}{'slowest tenth from':>21}")
    for name, times in (("explorer", explorer), ("interact with Matplotlib", interact)):
        slow = statistics.quantiles(times, n=10)[-1]
        print(f"{name:34}{statistics.median(times):7.1f}{slow:21.1f}")
    print(f"\nThe explorer is {theirs / ours:.1f} times as quick (asked for: at least 5).")
    beside, before = (
        statistics.median(one - other for one, other in zip(times, solver, strict=True))
        for times in (explorer, drawn)
    )
    print(f"Of its time the student's own function takes {own:.1f} ms, all else {beside:.1f} ms:")
    print(f"{before:.1f} ms until it is drawn, the rest until the browser paints its next frame.")


def measure() -> tuple[list[float], ...]:
    """Return the times in ms: explorer, `interact`, the explorer's solver, and until it is drawn."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "root").mkdir()
        server = Server(folder, folder / "root")
        try:
            solver = "import numpy as np\n" + inspect.getsource(lif_euler)
            server.write("race.ipynb", solver, EXPLORER, INTERACT)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
                page = browser.new_page(viewport={"width": 1200, "height": 1800})
                open_notebook(page, server.lab("race.ipynb"))
                run_all(page)
                page.locator(".jp-OutputArea .noUi-base").wait_for()
                page.wait_for_timeout(2000)
                page.evaluate(STOPWATCH)
                return race(page)
        finally:
            server.stop()


def race(page) -> tuple[list[float], ...]:
    ours = page.locator(".lifkit-explorer input[type=range][aria-label*=I_ext]")
    theirs = page.locator(".jp-OutputArea .noUi-handle")
    explorer: list[tuple[float, ...]] = []
    interact: list[tuple[float, ...]] = []
    for _ in range(DRAGS):
        explorer.extend(drag(page, ours, 25 / 60))
        interact.extend(drag(page, theirs, 0.5))
    painted, solver, drawn = (list(times) for times in zip(*explorer, strict=True))
    return painted, [first for first, *_ in interact], solver, drawn


def drag(page, slider, share: float) -> list[tuple[float, ...]]:
    """Drag the handle, which lies at a share of the element's width, to and fro.

    Return in ms, for each move, when it was painted and, of the explorer, what the solver took and when
    it was drawn.
    """
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    x, y = box["x"] + share * box["width"], box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.wait_for_timeout(500)  # the press itself is not measured
    times = []
    for number in range(MOVES):
        page.evaluate("watch.moved = 0")
        done = page.evaluate("watch.times.length")
        page.mouse.move(x + 30 + 12 * (-1) ** number, y)
        page.wait_for_function("done => watch.times.length > done", arg=done, timeout=20_000)
        page.wait_for_timeout(200)  # let what follows a move come to rest
        times.append(tuple(page.evaluate(LAST)))
    page.mouse.move(x, y)
    page.wait_for_timeout(500)
    page.mouse.up()
    return times

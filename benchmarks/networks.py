"""What Lab 6's networks of 5000 and 10 000 neurons cost, their rates beside theory, and Brian2's run.

Brian2 is asked where BRIAN2_PYTHON names a Python that has it, with the same connections and the same
spikes from outside.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

from lifkit import stimuli
from solutions.reference.lab6 import lif_network, mean_field_rate, outgoing, synchrony

#: Brunel (2000), Fig. 8: g, external rate over the threshold's, his simulated rate (Hz), ms to run here.
ROWS = {
    "A": (3.0, 2.0, None, 100),
    "B": (6.0, 4.0, 60.7, 500),
    "C": (5.0, 2.0, 37.7, 700),
    "D": (4.5, 0.9, 5.5, 2000),
}
LEVELS = {"E_m": -70.0, "V_theta": -50.0, "V_reset": -60.0, "tau": 20.0, "t_ref": 2.0}
J, DT, SKIP = 0.1, 0.1, 50.0  # mV, ms, ms that are left out of all numbers


def main() -> None:
    for n, rows in ((5000, "ABCD"), (10_000, "BCD")):
        begun = time.process_time()
        sources = stimuli.make_sources(4 * n // 5, n // 5, 1000, 250, np.random.default_rng(6))
        start, targets = outgoing(sources)
        built, size = time.process_time() - begun, targets.nbytes / 2**20
        print(f"{n} neurons: {len(targets) / 1e6:.2f} million synapses, {size:.0f} MiB, ", end="")
        print(f"made and turned around in {built:.1f} s")
        print(
            "row  mean field  Brunel  simulated   C_V    chi  cpu s a simulated s   peak MiB   spikes"
        )
        for row in rows:
            print(of_row(row, n, start, targets), flush=True)
        if os.environ.get("BRIAN2_PYTHON") and n == 5000:
            beside_brian2(sources)
    print("\nProcessor seconds of one core; the peak is that of the whole process until then.")


def of_row(row: str, n: int, start: np.ndarray, targets: np.ndarray) -> str:
    """Run a row and return its line."""
    g, eta, brunel, T = ROWS[row]
    V_init, counts = begun_with(n, eta, T)
    kicks = np.where(np.arange(n) < 0.8 * n, J, -g * J)
    wiring = {"start": start, "targets": targets, "J": kicks, "delay": 1.5, "record": np.arange(1)}
    begun = time.process_time()
    _, steps, neurons = lif_network(
        dt=DT, V_init=V_init, J_ext=J, counts_ext=counts, **LEVELS, **wiring
    )
    seconds = (time.process_time() - begun) / T * 1000
    late = steps * DT > SKIP
    rate = 1000 * late.sum() / n / (T - SKIP)
    theory = mean_field_rate(rate_ext_hz=10 * eta, **LEVELS, J=J, g=g, C_E=1000, C_I=250)
    said = f"{brunel:6.1f}" if brunel else "     -"
    chi = synchrony(counted(steps[late], neurons[late]))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    cv = irregularity(steps[late], neurons[late], n)
    numbers = f"{row:3}{theory:12.2f}{said:>8}{rate:11.2f}{cv:6.2f}{chi:7.0f}"
    return f"{numbers}{seconds:21.2f}{peak:11.0f}{len(steps):9}"


def begun_with(n: int, eta: float, T: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the voltages at the start and the spikes from outside."""
    rng = np.random.default_rng(7)
    V_init = rng.uniform(-70.0, -50.0, n)
    return V_init, stimuli.make_drive(round(T / DT), n, DT, 10_000 * eta, rng)


def counted(steps: np.ndarray, neurons: np.ndarray, number: int = 1000) -> np.ndarray:
    """Return the counts of the first neurons in whole bins of 2 ms."""
    some, bins = neurons < number, (steps - steps.min()) // 20
    table = np.zeros((number, bins.max() + 1), dtype=int)
    np.add.at(table, (neurons[some], bins[some]), 1)
    return table[:, :-1]


def irregularity(steps: np.ndarray, neurons: np.ndarray, n: int) -> float:
    """Return the mean C_V of the neurons with at least five intervals."""
    order = np.lexsort((steps, neurons))
    gaps, owner = np.diff(steps[order]), neurons[order]
    same = np.diff(owner) == 0
    count, total, squares = (np.bincount(owner[1:][same], gaps[same] ** k, n) for k in range(3))
    enough = count >= 5
    mean = total[enough] / count[enough]
    return float(np.mean(np.sqrt(np.maximum(squares[enough] / count[enough] - mean**2, 0)) / mean))


def beside_brian2(sources: np.ndarray) -> None:
    """Print Brian2's rates and times for the same network."""
    script = Path(__file__).with_name("_brian2_network.py")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.npz"
        for row in "BCD":
            g, eta, _, T = ROWS[row]
            V_init, counts = begun_with(len(sources), eta, T)
            np.savez(path, sources=sources, V_init=V_init, counts_ext=counts)
            for target in ("numpy", "cython"):
                words = [os.environ["BRIAN2_PYTHON"], script, path, g, target]
                ran = subprocess.run([*map(str, words)], capture_output=True, text=True)
                if ran.returncode:
                    print(f"Brian2 ({target}) did not run: {ran.stderr.strip().splitlines()[-1]}")
                    continue
                found = json.loads(ran.stdout.splitlines()[-1])
                print(
                    f"{row}: Brian2 ({target}) {found['spikes']} spikes, "
                    f"{found['seconds'] / T * 1000:.2f} cpu s a simulated s, "
                    f"{found['wired']:.1f} s to wire and compile"
                )


if __name__ == "__main__":
    main()

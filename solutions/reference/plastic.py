"""What the exercises about plasticity share: windows whose two halves differ, and trains of 0 and 1."""

from __future__ import annotations

from typing import Any

import numpy as np


def draw_window(rng: np.random.Generator, size: float = 1.0) -> dict[str, Any]:
    """Draw a window in which no two numbers may be taken for each other; `size` is that of A."""
    return {
        "A_plus": size * rng.uniform(0.04, 0.07),
        "A_minus": size * rng.uniform(0.08, 0.11),
        "tau_plus": rng.uniform(12, 18),
        "tau_minus": rng.uniform(21, 33),
    }


def draw_train(rng: np.random.Generator, n_rows: int, n_spikes: int) -> np.ndarray:
    """Draw a row of 0 and 1 with so many spikes, none of them in row 0."""
    train = np.zeros(n_rows, dtype=int)
    train[1 + rng.permutation(n_rows - 1)[:n_spikes]] = 1
    return train

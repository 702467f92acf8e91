"""Several curves at once: each column of an array with its own name, colour and style."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from .theme import COLOURS

__all__ = ["curves"]


def curves(
    x: np.ndarray,
    y: np.ndarray,
    label: str | Sequence[str] | None,
    style: dict[str, Any],
    *,
    first: int = 0,
) -> Iterator[tuple[np.ndarray, np.ndarray, dict[str, Any]]]:
    """Yield x, y and the look of one curve, or of each column of `y`.

    Parameters
    ----------
    x, y : (N,) or (N, n) array
    label : str or sequence of str, optional
        One name goes to the first curve.
    style : dict
        What a curve looks like, its own entry where there is a list.
    first : int
        Which colour the first curve has, where `style` has none.

    Examples
    --------
    >>> for _, _, look in curves([0, 1], np.eye(2), "one", {"marker": ["o", "s"], "alpha": 0.5}):
    ...     print(look)
    {'label': 'one', 'color': '#1b9e77', 'marker': 'o', 'alpha': 0.5}
    {'label': None, 'color': '#d95f02', 'marker': 's', 'alpha': 0.5}
    """
    y = np.asarray(y)
    columns = y.reshape(len(y), -1)
    x = np.broadcast_to(np.asarray(x).reshape(len(y), -1), columns.shape)
    names = [label] if label is None or isinstance(label, str) else list(label)
    names += [None] * (columns.shape[1] - len(names))
    # As a list, which refuses too many names before the first curve is drawn.
    each = list(zip(x.T, columns.T, names, strict=True))
    for i, (places, values, name) in enumerate(each):
        own = {key: value[i] if isinstance(value, list) else value for key, value in style.items()}
        yield places, values, {"label": name, "color": COLOURS[(first + i) % len(COLOURS)], **own}

"""Exercise 3.6, ``fano``: the Fano factor of spike counts."""

from __future__ import annotations

from typing import Any

import numpy as np

from lifkit.exercises import Case, Exercise, Output, Property, Reference

from .common import case_builder, ends_in, filed


def fano(counts):
    r"""Measure how much the spike counts vary, by the Fano factor.

    :math:`F = \mathrm{var}(N) / \langle N \rangle` over the bins of each neuron, with the
    population variance.

    Parameters
    ----------
    counts : (n, n_bins) array_like of int
        Spike counts, one row a neuron, as `spike_counts` returns them.

    Returns
    -------
    factors : (n,) ndarray
        0 when all counts are alike, 1 for a Poisson process; NaN for a neuron that never fired.

    Notes
    -----
    Source: Dayan and Abbott (2001), Theoretical Neuroscience, section 1.4.

    Examples
    --------
    >>> fano([[2, 2, 2, 2], [0, 4, 0, 4], [0, 0, 0, 0]])
    array([ 0.,  2., nan])
    """
    counts = np.asarray(counts, dtype=float)
    mean = counts.mean(axis=1)
    return counts.var(axis=1) / np.where(mean > 0, mean, np.nan)


EXERCISE = Exercise(
    name="fano",
    lab="lab3",
    number="3.6",
    title="The Fano factor",
    parameters=("counts",),
    outputs=(
        Output(
            name="factors",
            rtol=1e-9,
            atol=1e-12,
            why="sums over fewer than 100 whole numbers: rounding is below 1e-14",
            axes=("neuron",),
            shape="(n,)",
        ),
    ),
    properties=(
        Property(
            name="ratio",
            text="it is the variance of a neuron's counts over their mean",
            outputs=("factors",),
            groups=("firing",),
            weight=3,
        ),
        Property(
            name="silent",
            text="a neuron that never fired has NaN, the others keep their numbers",
            outputs=("factors",),
            groups=("silent",),
            weight=2,
        ),
        Property(
            name="square",
            text="the bins are those of one neuron, also when there are as many neurons as bins",
            outputs=("factors",),
            groups=("square",),
        ),
    ),
    hints=(
        "The idea: each row of counts is one neuron. Ask how much its numbers vary from bin to bin, "
        "compared with their mean.",
        "The equation: F = variance / mean along the bins. Where the mean is 0 there is nothing to "
        "compare with: NaN.",
        "The shape of the lines: var and mean take axis=1 for statistics along each row. 0/0 gives NaN "
        "by itself, with a warning; np.where or a loop does it without.",
    ),
    builds_on=("spike_counts",),
)

make_case = case_builder(EXERCISE.parameters)


def public() -> list[Case]:
    """Return the cases of the self-check."""
    rng = np.random.default_rng(360)
    return [
        make_case(
            "four firing neurons",
            "firing",
            counts=np.vstack(
                [
                    rng.poisson(3.5, 11),
                    rng.binomial(9, 0.85, 11),
                    rng.negative_binomial(2, 0.25, 11),
                    np.full(11, 4),
                ]
            ),
        ),
        make_case("one neuron", "firing", counts=np.array([[3, 0, 1, 7, 2, 2, 0]])),
        make_case(
            "a silent neuron between two others",
            "silent",
            counts=np.array([[1, 0, 0, 2, 0], [0, 0, 0, 0, 0], [5, 9, 6, 6, 8]]),
        ),
        make_case(
            "as many neurons as bins",
            "square",
            counts=np.array([[6, 1, 3], [2, 2, 9], [5, 0, 4]]),
        ),
    ]


def draw(rng: np.random.Generator) -> list[Case]:
    """Draw secret cases that look at the same properties as the public ones."""

    def drawn(rows: int, bins: int) -> Any:
        """Draw counts around 5 a bin, among them an empty bin, no row all alike."""
        counts = rng.poisson(rng.uniform(2, 8, (rows, 1)), (rows, bins))
        counts[:, 0] += 3
        counts[0, 1] = 0
        return counts

    silent = drawn(3, int(rng.integers(5, 12)))
    silent[int(rng.integers(0, 3))] = 0
    return [
        make_case("secret: firing", "firing", counts=drawn(4, int(rng.integers(7, 15)))),
        make_case("secret: one neuron", "firing", counts=drawn(1, int(rng.integers(6, 12)))),
        make_case("secret: silent", "silent", counts=silent),
        make_case("secret: square", "square", counts=drawn(5, 5)),
    ]


# Usual mistakes ----------------------------------------------------------------------------------


def _of(statistic: Any, silent: Any = np.nan) -> Any:
    """Return a wrong function: `statistic` of each row of counts, `silent` where all are 0."""

    def wrong(counts):
        return np.array([statistic(row) if row.any() else silent for row in counts])

    return wrong


def _ratio(row: np.ndarray) -> float:
    return float(row.var() / row.mean())


def _across_neurons(counts):
    mean = counts.mean(axis=0)
    return counts.var(axis=0) / np.where(mean > 0, mean, np.nan)


def _whole(counts):
    return counts.var() / counts.mean()


def _whole_for_each(counts):
    return np.full(len(counts), _whole(counts))


_DEFINITION = "F is the variance of the counts divided by their mean."
_AXIS = "Rows are neurons, columns are bins: statistics along a row take axis=1."

MISTAKES = {
    "sample variance": (
        "The variance is that of a sample (ddof=1); the exercise asks for the population's.",
        "NumPy's var does it unless told otherwise: leave ddof out.",
        _of(lambda row: row.var(ddof=1) / row.mean()),
    ),
    "deviation over mean": (
        "The standard deviation is divided by the mean, as in a coefficient of variation.",
        _DEFINITION,
        _of(lambda row: row.std() / row.mean()),
    ),
    "variance over squared mean": (
        "The variance is divided by the square of the mean.",
        _DEFINITION,
        _of(lambda row: row.var() / row.mean() ** 2),
    ),
    "upside down": (
        "The mean is divided by the variance.",
        _DEFINITION,
        _of(lambda row: row.mean() / row.var() if row.var() else 0.0),
    ),
    "variance alone": (
        "The variance is returned; it is not divided by the mean.",
        _DEFINITION,
        _of(lambda row: row.var()),
    ),
    "mean alone": (
        "The mean is returned.",
        _DEFINITION,
        _of(lambda row: row.mean()),
    ),
    "mean square over mean": (
        "The mean of the squares is divided by the mean; the squared mean is not subtracted.",
        "The variance is the mean square of the distance from the mean: np.var does it.",
        _of(lambda row: (row**2).mean() / row.mean()),
    ),
    "variance over total": (
        "The variance is divided by the sum of the counts, not by their mean.",
        _DEFINITION,
        _of(lambda row: row.var() / row.sum()),
    ),
    "median for mean": (
        "The variance is divided by the median, not by the mean.",
        _DEFINITION,
        _of(lambda row: row.var() / max(np.median(row), 0.5)),
    ),
    "square root": (
        "The square root of the Fano factor is returned.",
        _DEFINITION,
        _of(lambda row: np.sqrt(_ratio(row))),
    ),
    "minus one": (
        "1 is subtracted: this is the excess over a Poisson process.",
        _DEFINITION,
        _of(lambda row: _ratio(row) - 1),
    ),
    "empty bins left out": (
        "Bins without spikes are left out of the statistics.",
        "An empty bin is a count too: 0.",
        _of(lambda row: _ratio(row[row > 0])),
    ),
    "zero for a silent neuron": (
        "A neuron that never fired has 0, as if it were regular; it should have NaN.",
        '0 says "every count alike". NaN says "can\'t tell".',
        _of(_ratio, 0.0),
    ),
    "one for a silent neuron": (
        "A neuron that never fired has 1, as if it were Poisson; it should have NaN.",
        'NaN says "can\'t tell".',
        _of(_ratio, 1.0),
    ),
    "infinite for a silent neuron": (
        "A neuron that never fired has infinity; it should have NaN.",
        'NaN says "can\'t tell".',
        _of(_ratio, np.inf),
    ),
    "None for a silent neuron": (
        "A neuron that never fired has None; it should have NaN, which fits into an array of numbers.",
        "Use np.nan.",
        _of(_ratio, None),
    ),
    "silent neurons left out": (
        "Neurons that never fired are left out, so the array no longer has one entry a neuron.",
        "NaN keeps the neuron's place.",
        lambda counts: np.array([_ratio(row) for row in counts if row.any()]),
    ),
    "across neurons": (
        "The statistics are taken across the neurons, bin by bin.",
        _AXIS,
        _across_neurons,
    ),
    "all neurons together": (
        "One number is returned, the statistics of all counts together; one a neuron is asked for.",
        _AXIS,
        _whole,
    ),
    "all neurons together, for each": (
        "Every neuron gets the statistics of all counts together.",
        _AXIS,
        _whole_for_each,
    ),
    "mean over neurons": (
        "One number is returned, the mean over the neurons; one a neuron is asked for.",
        "Return the whole array.",
        ends_in(np.nanmean, fano),
    ),
    "whole numbers": (
        "The ratio is cut off to whole numbers.",
        "Use /, not //.",
        _of(lambda row: row.var() // row.mean()),
    ),
    "nothing returned": (
        "The function returns nothing (None).",
        "End it with a return.",
        ends_in(lambda factors: None, fano),
    ),
}

REFERENCE = Reference(
    exercise=EXERCISE,
    solve=fano,
    mistakes=filed(MISTAKES),
    public=public,
    draw=draw,
)

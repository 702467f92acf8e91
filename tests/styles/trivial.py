"""Answers without any work in them, exercise by exercise: they earn nothing."""

import numpy as np


def a_neuron(value):
    """Return a function that gives the same number for each neuron."""
    return lambda neurons, *rest: np.full(len(neurons), value)


TRIVIAL = {
    "firing_rate": {"zeros": a_neuron(0.0), "ones": a_neuron(1.0), "NaN": a_neuron(np.nan)},
}

"""What the exercises about spike trains share: trains to count and to time."""

import numpy as np


def irregular_train(rng, count, start, mean_interval, order):
    """Draw `count` spike times (ms) after `start`, with gamma-distributed intervals.

    An `order` of 1 gives a Poisson process, larger ones are more regular: CV = 1/sqrt(order).
    """
    return start + np.cumsum(rng.gamma(order, mean_interval / order, count))

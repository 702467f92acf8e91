"""Lab 2: the leaky integrate-and-fire neuron."""

from lifkit_staff.exercise import lab, solution

REFERENCES = lab(__name__)


def __getattr__(name):
    return solution(__name__, REFERENCES, name)

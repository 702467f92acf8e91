"""Lab 3: noise and spike trains."""

from lifkit_staff.exercise import lab, solution

REFERENCES = lab(__name__)


def __getattr__(name):
    return solution(__name__, REFERENCES, name)

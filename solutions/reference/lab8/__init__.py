"""Lab 8: The inverse task."""

from lifkit_staff.exercise import lab, solution

REFERENCES = lab(__name__)


def __getattr__(name):
    return solution(__name__, REFERENCES, name)

"""Lab 1: the passive membrane."""

from .driven import REFERENCE as _PASSIVE_DRIVEN
from .driven import passive_driven
from .error import REFERENCE as _EULER_ERROR
from .error import euler_error
from .euler import REFERENCE as _PASSIVE_EULER
from .euler import passive_euler
from .exact import REFERENCE as _PASSIVE_EXACT
from .exact import passive_exact
from .gain import REFERENCE as _MEMBRANE_GAIN
from .gain import membrane_gain

REFERENCES = (_PASSIVE_EULER, _PASSIVE_EXACT, _EULER_ERROR, _PASSIVE_DRIVEN, _MEMBRANE_GAIN)

__all__ = [
    "REFERENCES",
    "euler_error",
    "membrane_gain",
    "passive_driven",
    "passive_euler",
    "passive_exact",
]

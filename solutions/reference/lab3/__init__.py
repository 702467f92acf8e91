"""Lab 3: noise and spike trains."""

import importlib

from lifkit_staff.exercise import lab

_NEW = {one.name: one for one in lab(__name__)}
_ALL = {}
for _module in ("counts", "current", "cv", "fano", "isi", "noisy", "siegert"):
    try:
        _one = importlib.import_module(f"{__name__}.{_module}").REFERENCE
        _ALL[_one.exercise.name] = _one
    except ModuleNotFoundError:
        pass
_ALL |= _NEW
REFERENCES = tuple(sorted(_ALL.values(), key=lambda one: one.exercise.number))


def __getattr__(name):
    if name in _ALL:
        return _ALL[name].solve
    raise AttributeError(name)

"""The course's exercises: their cases and usual mistakes, a package a lab.

Loaded by the build, the grader and the tests; no notebook and no part of lifkit that a student has
imports it.  The solutions themselves are the solved cells of ``solutions/labs``.
"""

import importlib
from pathlib import Path

LABS = sorted(
    (path.parent.name for path in Path(__file__).parent.glob("lab*/__init__.py")),
    key=lambda name: int(name.removeprefix("lab")),
)

REFERENCES = tuple(
    reference
    for lab in LABS
    for reference in importlib.import_module(f"{__name__}.{lab}").REFERENCES
)

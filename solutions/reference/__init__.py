"""The course's solutions, cases and usual mistakes, one module a lab.

Loaded by the build, the grader and the tests; no notebook and no part of lifkit that a student has
imports it.
"""

from . import lab1, lab2, lab3

REFERENCES = (*lab1.REFERENCES, *lab2.REFERENCES, *lab3.REFERENCES)

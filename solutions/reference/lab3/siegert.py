"""Where the tests of the integral look for it; it stands with its exercise."""

from .exercises.siegert_rate import REFERENCE, passage_integral

__all__ = ["REFERENCE", "passage_integral"]

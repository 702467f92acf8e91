"""Lab 2: the leaky integrate-and-fire neuron."""

from .solver import REFERENCE as _LIF_EULER
from .solver import lif_euler

REFERENCES = (_LIF_EULER,)

__all__ = ["REFERENCES", "lif_euler"]

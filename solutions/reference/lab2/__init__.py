"""Lab 2: the leaky integrate-and-fire neuron."""

from .fi_curve import REFERENCE as _FI_EXACT
from .fi_curve import fi_exact
from .neuron import REFERENCE as _LIF_NEURON
from .neuron import LIFNeuron
from .rate import REFERENCE as _FIRING_RATE
from .rate import firing_rate
from .refractory import REFERENCE as _LIF_REFRACTORY
from .refractory import lif_refractory
from .solver import REFERENCE as _LIF_EULER
from .solver import lif_euler

REFERENCES = (_LIF_EULER, _LIF_NEURON, _FIRING_RATE, _FI_EXACT, _LIF_REFRACTORY)

__all__ = ["REFERENCES", "LIFNeuron", "fi_exact", "firing_rate", "lif_euler", "lif_refractory"]

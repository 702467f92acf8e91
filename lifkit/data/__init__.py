"""Data that the course ships: a recording of a cell, and neurons that answer to currents.

Both are synthetic.  Nothing here integrates anything: a recording is read, a sealed neuron answers from
a table of its responses.
"""

from .recording import Recording, load_recording
from .sealed import SealedNeuron

__all__ = ["Recording", "SealedNeuron", "load_recording"]

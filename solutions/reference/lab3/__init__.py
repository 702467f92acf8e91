"""Lab 3: noise and spike trains."""

from .counts import REFERENCE as _SPIKE_COUNTS
from .counts import spike_counts
from .current import REFERENCE as _OU_CURRENT
from .current import ou_current
from .cv import REFERENCE as _CV
from .cv import cv
from .fano import REFERENCE as _FANO
from .fano import fano
from .isi import REFERENCE as _ISI
from .isi import isi
from .noisy import REFERENCE as _LIF_NOISY
from .noisy import lif_noisy
from .siegert import REFERENCE as _SIEGERT_RATE
from .siegert import siegert_rate

REFERENCES = (_LIF_NOISY, _OU_CURRENT, _ISI, _CV, _SPIKE_COUNTS, _FANO, _SIEGERT_RATE)

__all__ = [
    "REFERENCES",
    "cv",
    "fano",
    "isi",
    "lif_noisy",
    "ou_current",
    "siegert_rate",
    "spike_counts",
]

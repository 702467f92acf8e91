"""Read a recording as the browser does, and hold it against what an explorer shows."""

import base64
import itertools
import zlib

import numpy as np

from lifkit_staff.authoring.recording import MOST_POINTS


class Recording:
    """A recording; ``arrays`` holds its numbers, ``frames`` what is shown at each position."""

    def __init__(self, data):
        self.setup = data["setup"]
        self.frames = [{**data["base"], **own} for own in data["frames"]]
        numbers = np.frombuffer(zlib.decompress(base64.b64decode(data["numbers"])), "<u2")
        ends = np.cumsum([length for length, _, _ in data["arrays"]])
        assert ends[-1] == len(numbers)
        self.arrays = []
        for part, (_, low, step) in zip(np.split(numbers, ends[:-1]), data["arrays"], strict=True):
            levels = np.cumsum(part, dtype=np.uint16)
            self.arrays.append(np.where(levels == 65535, np.nan, low + step * levels.astype(float)))
        sliders = self.setup["sliders"]
        ways = [np.arange(s["low"], s["high"] + s["step"] / 2, s["step"]).round(9) for s in sliders]
        self.places = [
            dict(zip([s["name"] for s in sliders], map(float, way), strict=True))
            for way in itertools.product(*ways)
        ]
        assert len(self.places) == len(self.frames)

    def holds(self, values, frame):
        """See that what is stored for these values is that frame, to less than a pixel of the plot."""
        stored = self.frames[self.places.index(values)]
        for old, new in zip(stored["curves"], frame.curves, strict=True):
            assert (old["role"], old["points"]) == (new.role, new.points)
            for name in ("x", "y"):
                wanted = getattr(new, name)
                wanted = wanted[:: max(1, -(-(len(wanted) - 1) // (MOST_POINTS - 1)))]
                fine = np.ptp(wanted[np.isfinite(wanted)]) / 60_000
                np.testing.assert_allclose(self.arrays[old[name]], wanted, rtol=1e-12, atol=fine)
        np.testing.assert_allclose(self.arrays[stored["marks"]], frame.marks, atol=0.02)
        assert stored["alt"] == frame.alt.replace("your ", "")
        assert [text for _, text in stored["readouts"]] == [text for _, text in frame.readouts]
        assert (
            tuple(stored["x_range"]) == frame.x_range and tuple(stored["y_range"]) == frame.y_range
        )

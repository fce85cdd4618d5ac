"""Lifts high frequencies before audio is quantized, and lets them down after it was drawn.

e[n] = gain · (x[n] - coefficient · x[n - 1]), taken back by y[n] = coefficient · y[n - 1] + e[n] / gain. High
frequencies are weak in music; emphasised they lie as far above the quantizer's and the draws' noise as low ones do, and
taking the emphasis back lowers that noise with them (as in LPCNet, Valin and Skoglund 2019, arXiv 1810.11846).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.signal import lfilter

from simmer_training.model_folder import range_of

Array = npt.NDArray[np.float64]

COEFFICIENT: Final = 0.85  # LPCNet's, for 16 kHz


@dataclass(frozen=True)
class Emphasis:
    """How audio is emphasised; nothing by default."""

    coefficient: float = 0.0
    gain: float = 1.0

    def apply(self, audio: Array) -> Array:
        """Amplitudes [n], as if there were silence before them."""
        emphasised: Array = self.gain * np.append(audio[:1], audio[1:] - self.coefficient * audio[:-1])
        return emphasised

    def undo(self, emphasised: Array) -> Array:
        """What `apply` was given; not clipped."""
        if self.coefficient == 0:
            return emphasised / self.gain
        audio: Array = lfilter([1 / self.gain], [1, -self.coefficient], emphasised)
        return audio

    def as_dict(self) -> dict[str, float]:
        """For manifests and datasets."""
        return asdict(self)


NO_EMPHASIS: Final = Emphasis()


def emphasis_for(pieces: Sequence[Array], peak: float) -> Emphasis:
    """That by which the loudest value of all pieces comes to lie at `peak`."""
    plain = Emphasis(COEFFICIENT)
    loudest = max(float(np.abs(plain.apply(audio)).max(initial=0.0)) for audio in pieces)
    gain = float(np.clip(peak / loudest, *range_of("samplernn", "emphasis", "gain"))) if loudest > 0 else 1.0
    return Emphasis(COEFFICIENT, round(gain, 4))

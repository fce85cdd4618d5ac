"""The file that a guide's bands are taken with (docs/models.md): a window, a cosine, and the bands' filters.

A guide comes as emphasised bins, codebooks are of plain audio: the filters take the emphasis back.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simmer_training.coded.rows import FLOOR, WINDOW_STEPS, band_filters
from simmer_training.emphasis import Emphasis
from simmer_training.quantizer import bin_to_amplitude

Array = npt.NDArray[np.float64]

BINS_OF_TRANSFORM = WINDOW_STEPS // 2 + 1


@dataclass(frozen=True)
class GuideTable:
    """Float32 values as float64: window [2048], cosine [2048], filters [bands, 1025]."""

    window: Array
    cosine: Array
    filters: Array

    @staticmethod
    def of(emphasis: Emphasis) -> "GuideTable":
        """For bins of this emphasis."""
        turn = 2 * np.pi * np.arange(WINDOW_STEPS) / WINDOW_STEPS
        lifted = emphasis.gain**2 * np.abs(1 - emphasis.coefficient * np.exp(-1j * turn[:BINS_OF_TRANSFORM])) ** 2
        return GuideTable(*map(_single, (np.hanning(WINDOW_STEPS), np.cos(turn), band_filters() / lifted)))

    def content(self) -> bytes:
        """What the file holds: little-endian float32, one after the other."""
        return b"".join(part.astype("<f4").tobytes() for part in (self.window, self.cosine, self.filters))

    @staticmethod
    def read(content: bytes) -> "GuideTable":
        """Reads what `content` wrote."""
        values = np.frombuffer(content, "<f4").astype(np.float64)
        window, cosine, filters = np.split(values, [WINDOW_STEPS, 2 * WINDOW_STEPS])
        return GuideTable(window, cosine, filters.reshape(-1, BINS_OF_TRANSFORM))

    def latent(self, bins: npt.NDArray[np.number]) -> Array:
        """The bands [bands] of the last 2048 bins of a guide."""
        heard = self.window * bin_to_amplitude(bins.astype(np.int64))
        power = np.abs(np.fft.rfft(heard)) ** 2
        bands: Array = np.log(self.filters @ power + FLOOR)
        return bands


def _single(values: Array) -> Array:
    return values.astype(np.float32).astype(np.float64)

"""The mu-law quantizer of docs/models.md: 256 bins, mu = 255 (the curve of ITU-T G.711)."""

from typing import Final

import numpy as np
import numpy.typing as npt

BINS: Final = 256
SILENCE_BIN: Final = 128
MU: Final = 255.0


def amplitude_to_bin(amplitude: npt.NDArray[np.float64]) -> npt.NDArray[np.uint8]:
    """Quantizes amplitudes in [-1, 1] to bins 0..255, keeping the shape."""
    clipped = np.clip(amplitude, -1.0, 1.0)
    companded = np.sign(clipped) * np.log1p(MU * np.abs(clipped)) / np.log1p(MU)
    bins: npt.NDArray[np.uint8] = np.floor((companded + 1.0) / 2.0 * MU + 0.5).astype(np.uint8)
    return bins


def bin_to_amplitude(bins: npt.NDArray[np.integer]) -> npt.NDArray[np.float64]:
    """The amplitude in [-1, 1] that each bin stands for."""
    companded = 2.0 * bins.astype(np.float64) / MU - 1.0
    amplitude: npt.NDArray[np.float64] = np.sign(companded) * np.expm1(np.abs(companded) * np.log1p(MU)) / MU
    return amplitude

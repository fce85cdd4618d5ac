"""How loud it is where nothing should sound: in the quietest frames, and between the partials of the others."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from simmer_training.spectrogram import power

Array = npt.NDArray[np.float64]

QUIETEST: Final = 0.1  # of the frames
BINS: Final = slice(4, 480)  # 60 Hz to 7.5 kHz
PITCHED: Final = slice(6, 262)  # 90 Hz to 4.1 kHz, where partials are
GROUP: Final = 16  # bins: 250 Hz, in which there is a gap between partials of all but the lowest notes
SILENCE: Final = 1e-12


@dataclass(frozen=True)
class NoiseFloor:
    """Medians of power in dB; differences of two of them are what counts."""

    quiet: float  # of the quietest frames, over all frequencies
    gaps: float  # of the least of every 250 Hz of the other frames

    def above(self, other: "NoiseFloor") -> "NoiseFloor":
        """How far this lies above another, in dB."""
        return NoiseFloor(self.quiet - other.quiet, self.gaps - other.gaps)


def noise_floor(audio: Array) -> NoiseFloor:
    """Of a stretch of audio that is not shorter than a second."""
    spectra = power(audio)
    loudness = spectra[:, BINS].sum(axis=1)
    quiet = loudness <= np.quantile(loudness, QUIETEST)
    pitched = spectra[~quiet][:, PITCHED]
    lowest = pitched.reshape(len(pitched), -1, GROUP).min(axis=2)
    return NoiseFloor(*(float(np.median(_decibels(part))) for part in (spectra[quiet][:, BINS], lowest)))


def _decibels(values: Array) -> Array:
    decibels: Array = 10 * np.log10(values + SILENCE)
    return decibels

"""The rate that music is made at unless another is asked for, and pitches in hertz."""

from typing import Final

import numpy as np
import numpy.typing as npt

Audio = npt.NDArray[np.float64]  # [frames], mono, full scale is -1 to 1

SAMPLE_RATE_HZ: Final = 16_000
A4_HZ: Final = 440.0
A4_PITCH: Final = 69


def pitch_to_hz(pitch: int) -> float:
    """Equal temperament: a MIDI note number (60 = middle C) in hertz."""
    return float(A4_HZ * 2.0 ** ((pitch - A4_PITCH) / 12))


def seconds_to_frames(seconds: float, rate_hz: int = SAMPLE_RATE_HZ) -> int:
    """The nearest whole number of frames."""
    return round(seconds * rate_hz)

"""Music of a kind, for tests: notes of a scale that die away, one after another."""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

SCALE_HZ = (220.0, 261.6, 293.7, 329.6, 392.0, 440.0)


def melody(seconds: float, rate_hz: int = 16_000, seed: int = 1, beat_seconds: float = 0.25) -> Array:
    """Random notes of the scale; peaks below 1, no silence, no DC to speak of."""
    random, audio = np.random.default_rng(seed), np.zeros(round(rate_hz * seconds))
    time = np.arange(round(0.8 * rate_hz)) / rate_hz
    for at in np.arange(0, seconds, beat_seconds):
        hertz = SCALE_HZ[random.integers(len(SCALE_HZ))]
        note = (np.sin(2 * np.pi * hertz * time) + 0.4 * np.sin(4 * np.pi * hertz * time)) * np.exp(-5 * time)
        begin = round(at * rate_hz)
        length = min(len(note), len(audio) - begin)
        audio[begin : begin + length] += 0.3 * note[:length]
    return audio

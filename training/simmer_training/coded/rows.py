"""What a row of audio is like: the levels of its bands, from which its codes are made.

A row is ROW_STEPS steps. Its bands are taken from a Hann window around its middle, so they hear LOOK_AHEAD_STEPS
beyond its end. Up to LINEAR_HZ there is a band for every bin of the transform, which tells bass notes apart; from
there on two bands a semitone's width apart from each other up to SEMITONE_HZ, and a few wide ones above.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from simmer_training.dataset import SAMPLE_RATE_HZ

Array = npt.NDArray[np.float64]

ROW_STEPS: Final = 512  # 32 ms at 16 kHz: eight blocks of the top tier
WINDOW_STEPS: Final = 2048
LOOK_AHEAD_STEPS: Final = (WINDOW_STEPS - ROW_STEPS) // 2
LINEAR_HZ: Final = 200.0
SEMITONE_HZ: Final = 3520.0
HIGHEST_HZ: Final = 7600.0
WIDE_BANDS: Final = 8
FLOOR: Final = 0.3  # of power, under which nothing is heard: 60 dB below a sine at full scale
ROW_SECONDS: Final = ROW_STEPS / SAMPLE_RATE_HZ


def band_filters() -> Array:
    """Triangles over the bins of the transform, [bands, WINDOW_STEPS / 2 + 1]."""
    spacing = SAMPLE_RATE_HZ / WINDOW_STEPS
    low = np.arange(4, round(LINEAR_HZ / spacing)) * spacing
    semitones = round(12 * np.log2(SEMITONE_HZ / LINEAR_HZ))
    middle = LINEAR_HZ * 2.0 ** (np.arange(semitones) / 12)
    high = np.geomspace(SEMITONE_HZ, HIGHEST_HZ, WIDE_BANDS + 2)
    edges = np.concatenate([low, middle, high])
    hertz = np.fft.rfftfreq(WINDOW_STEPS, 1 / SAMPLE_RATE_HZ)
    lower, centre, upper = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    filters: Array = np.clip(
        np.minimum((hertz - lower) / (centre - lower), (upper - hertz) / (upper - centre)), 0, None
    )
    return filters


_FILTERS: Final = band_filters()
BANDS: Final = len(_FILTERS)


def bands_of(audio: Array) -> Array:
    """Natural logarithms of the bands' power, [rows, BANDS], of amplitudes as they are heard [rows * ROW_STEPS].

    What is left of a row at the end is cut off; before the beginning and after the end there is silence.
    """
    count = len(audio) // ROW_STEPS
    before = np.zeros(LOOK_AHEAD_STEPS)
    padded = np.concatenate([before, audio[: count * ROW_STEPS + LOOK_AHEAD_STEPS], before])
    starts = np.arange(count)[:, None] * ROW_STEPS
    frames = padded[starts + np.arange(WINDOW_STEPS)] * np.hanning(WINDOW_STEPS)
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    levels: Array = np.log(power @ _FILTERS.T + FLOOR)
    return levels

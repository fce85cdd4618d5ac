"""A small room: a few early reflections, no tail."""

from typing import Final

import numpy as np

from simmer_training.corpora.synth.tuning import SAMPLE_RATE_HZ, Audio, seconds_to_frames

# Seconds and levels; the times share no common divisor, so that no pitch is coloured by all of them.
REFLECTIONS: Final = ((0.0131, 0.50), (0.0193, -0.42), (0.0297, 0.34), (0.0437, 0.25), (0.0613, -0.18), (0.0829, 0.12))
# What reaches the other ear.
OTHER_REFLECTIONS: Final = (
    (0.0157, 0.47),
    (0.0211, 0.40),
    (0.0323, -0.33),
    (0.0409, 0.27),
    (0.0653, 0.17),
    (0.0797, -0.13),
)


def in_room(
    dry: Audio,
    amount: float,
    rate_hz: int = SAMPLE_RATE_HZ,
    reflections: tuple[tuple[float, float], ...] = REFLECTIONS,
) -> Audio:
    """`dry` [frames] with its reflections at `amount` (0 none, 1 as loud as listed), as many frames."""
    wet = dry.copy()
    if amount > 0:
        for seconds, level in reflections:
            delay = seconds_to_frames(seconds, rate_hz)
            wet[delay:] += amount * level * dry[: len(dry) - delay]
    return np.asarray(wet)

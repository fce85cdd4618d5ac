"""A small room: a few early reflections, no tail."""

from typing import Final

import numpy as np

from simmer_training.corpora.synth.tuning import Audio, seconds_to_frames

# Seconds and levels; the times share no common divisor, so that no pitch is coloured by all of them.
REFLECTIONS: Final = ((0.0131, 0.50), (0.0193, -0.42), (0.0297, 0.34), (0.0437, 0.25), (0.0613, -0.18), (0.0829, 0.12))


def in_room(dry: Audio, amount: float) -> Audio:
    """`dry` [frames] with its reflections at `amount` (0 none, 1 as loud as listed), as many frames."""
    wet = dry.copy()
    if amount > 0:
        for seconds, level in REFLECTIONS:
            delay = seconds_to_frames(seconds)
            wet[delay:] += amount * level * dry[: len(dry) - delay]
    return np.asarray(wet)

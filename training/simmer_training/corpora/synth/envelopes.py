"""How loud, or how bright, a note is as it goes on."""

from dataclasses import dataclass

import numpy as np

from simmer_training.corpora.synth.tuning import SAMPLE_RATE_HZ, Audio


@dataclass(frozen=True)
class Envelope:
    """Attack by a raised cosine, exponential decay to `sustain`, release by a raised cosine. Seconds; levels 0 to 1.

    The cosines have no corner, so that a note's beginning and end spread no click over the spectrum.
    """

    attack: float
    decay: float
    sustain: float
    release: float

    def held(self, frames: int, rate_hz: int = SAMPLE_RATE_HZ) -> Audio:
        """The level [frames] while the key is down, however long."""
        time = np.arange(frames) / rate_hz
        rise = 0.5 - 0.5 * np.cos(np.pi * np.clip(time / self.attack, 0.0, 1.0))
        fall = np.exp(-np.maximum(time - self.attack, 0.0) / self.decay)
        level: Audio = rise * (self.sustain + (1.0 - self.sustain) * fall)
        return level

    def release_frames(self, rate_hz: int = SAMPLE_RATE_HZ) -> int:
        """How many frames a note sounds on after the key is up."""
        return max(1, round(self.release * rate_hz))

    def played(self, frames: int, rate_hz: int = SAMPLE_RATE_HZ) -> Audio:
        """The level [frames + release_frames()] of a note whose key is down for `frames` >= 1; it ends at 0."""
        tail = self.release_frames(rate_hz)
        level = self.held(frames + tail, rate_hz)
        level[frames:] *= 0.5 + 0.5 * np.cos(np.pi * np.arange(1, tail + 1) / tail)
        return level

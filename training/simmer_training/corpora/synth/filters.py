"""The magnitude of a resonant lowpass, applied to partials one by one."""

from simmer_training.corpora.synth.tuning import Audio


def lowpass_gain(ratio: Audio, resonance: float) -> Audio:
    """Gain of the analog second-order lowpass at `ratio` = frequency / cutoff (>= 0), any shape.

    |H| = 1 / sqrt((1 - r^2)^2 + (r / Q)^2) with Q = `resonance` > 0; 0.707 is flattest, above it the cutoff peaks by
    Q. A partial has one frequency, so its gain is the whole filter, and the phase stays that of the note's beginning:
    the same pitch makes the same waveform each time, which a small model learns sooner.
    """
    squared = ratio * ratio
    gain: Audio = ((1.0 - squared) ** 2 + squared / resonance**2) ** -0.5
    return gain

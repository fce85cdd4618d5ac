"""Sums of harmonics: waveforms that cannot alias.

No partial above TOP_HZ is ever made; at another rate than SAMPLE_RATE_HZ, none above the same share of it.
"""

from typing import Final

import numpy as np

from simmer_training.corpora.synth.filters import lowpass_gain
from simmer_training.corpora.synth.tuning import SAMPLE_RATE_HZ, Audio

TOP_HZ: Final = 6_800.0
TOP_SHARE: Final = TOP_HZ / SAMPLE_RATE_HZ
HARMONICS: Final = 200
INAUDIBLE: Final = 3e-4  # of the fundamental's amplitude: under the step of the 8-bit quantizer
CONTROL_FRAMES: Final = 64  # the filter's gain is exact this often and a straight line in between

_NUMBERS: Final[Audio] = np.arange(1, HARMONICS + 1, dtype=np.float64)


def saw() -> Audio:
    """Amplitudes [HARMONICS] of a sawtooth: 1/k."""
    amplitudes: Audio = 1.0 / _NUMBERS
    return amplitudes


def pulse(width: float) -> Audio:
    """Amplitudes [HARMONICS] of a pulse that is high for `width` (0 to 1) of its period: sin(pi k width) / k."""
    amplitudes: Audio = np.sin(np.pi * _NUMBERS * width) / _NUMBERS
    return amplitudes


def triangle() -> Audio:
    """Amplitudes [HARMONICS] of a triangle: odd harmonics, 1/k^2, alternating in sign."""
    odd = _NUMBERS % 2
    amplitudes: Audio = odd * np.where(_NUMBERS % 4 == 1, 1.0, -1.0) / _NUMBERS**2
    return amplitudes


def partials(*amplitudes: float) -> Audio:
    """Amplitudes [HARMONICS] whose first ones are given, the rest 0."""
    padded = np.zeros(HARMONICS)
    padded[: len(amplitudes)] = amplitudes
    return padded


def phase_of(frequency_hz: Audio, rate_hz: int = SAMPLE_RATE_HZ) -> Audio:
    """Radians [frames] of the fundamental, 0 at the first frame, from its frequency at each frame."""
    phase = np.empty_like(frequency_hz)
    phase[0] = 0.0
    np.cumsum(frequency_hz[:-1], out=phase[1:])
    phase *= 2.0 * np.pi / rate_hz
    return phase


def harmonic_tone(
    frequency_hz: Audio, amplitudes: Audio, cutoff_hz: Audio, resonance: float, rate_hz: int = SAMPLE_RATE_HZ
) -> Audio:
    """One oscillator through one lowpass: [frames], every harmonic beginning at phase 0.

    `frequency_hz` and `cutoff_hz` are [frames], positive; `amplitudes` [HARMONICS] from the functions above.
    Harmonics come from sin(k t) = 2 cos(t) sin((k - 1) t) - sin((k - 2) t), a fifth of the time of a sine each.
    """
    frames = len(frequency_hz)
    phase = phase_of(frequency_hz, rate_hz)
    top = float(frequency_hz.max())
    below, current, doubled = np.zeros(frames), np.sin(phase), 2.0 * np.cos(phase)
    control = np.append(np.arange(0, frames, CONTROL_FRAMES), frames - 1)
    position = np.arange(frames) // CONTROL_FRAMES
    fraction = (np.arange(frames) - control[position]) / np.maximum(np.diff(control), 1)[position]
    ratio = frequency_hz[control] / cutoff_hz[control]
    tone = np.zeros(frames)
    for number in range(1, min(HARMONICS, int(TOP_SHARE * rate_hz // top)) + 1):
        gain = amplitudes[number - 1] * lowpass_gain(number * ratio, resonance)
        if np.abs(gain).max() > INAUDIBLE:
            tone += current * (gain[position] + np.diff(gain)[position] * fraction)
        elif number * ratio.min() > 2.0 and lowpass_gain(number * ratio, resonance).max() < number * INAUDIBLE:
            break
        below, current = current, doubled * current - below
    return tone

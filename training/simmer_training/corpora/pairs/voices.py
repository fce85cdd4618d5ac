"""The sounds of the four artists and of the drums: a note each, at 22 050 Hz, mono."""

from collections.abc import Callable
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.signal import lfilter

Audio = npt.NDArray[np.float64]  # [frames], mono, full scale is -1 to 1

SAMPLE_RATE_HZ: Final = 22_050
A4_HZ: Final = 440.0
A4_PITCH: Final = 69
NYQUIST_PART: Final = 0.42  # partials end here, as a part of the rate: nothing aliases


def hertz(pitch: float) -> float:
    """A MIDI note number (60 = middle C) in hertz, equal temperament."""
    return float(A4_HZ * 2.0 ** ((pitch - A4_PITCH) / 12))


def _seconds(frames: int) -> Audio:
    return np.arange(frames) / SAMPLE_RATE_HZ


def _envelope(frames: int, attack: float, decay: float, sustain: float, release: float) -> Audio:
    """Level [frames]: attack and release by raised cosines, between them an exponential fall to `sustain`. Seconds."""
    time = _seconds(frames)
    rise = 0.5 - 0.5 * np.cos(np.pi * np.clip(time / attack, 0.0, 1.0))
    level: Audio = rise * (sustain + (1.0 - sustain) * np.exp(-np.maximum(time - attack, 0.0) / decay))
    tail = min(frames, max(1, round(release * SAMPLE_RATE_HZ)))
    level[frames - tail :] *= 0.5 + 0.5 * np.cos(np.pi * np.arange(1, tail + 1) / tail)
    return level


def _harmonics(frequency_hz: float, frames: int, amplitude_of: Callable[[Audio], Audio]) -> Audio:
    """A sum of sines [frames]; `amplitude_of` gives the amplitude of each harmonic."""
    count = max(1, min(60, int(NYQUIST_PART * SAMPLE_RATE_HZ / frequency_hz)))
    numbers = np.arange(1, count + 1, dtype=np.float64)
    phase = 2.0 * np.pi * frequency_hz * _seconds(frames)
    below, current, doubled = np.zeros(frames), np.sin(phase), 2.0 * np.cos(phase)
    tone = np.zeros(frames)
    for amplitude in amplitude_of(numbers):
        tone += amplitude * current
        below, current = current, doubled * current - below
    return tone


def glass(pitch: int, frames: int, held: bool) -> Audio:
    """A struck glass: two-operator frequency modulation whose index falls, a partial out of tune above it."""
    time = _seconds(frames)
    frequency = hertz(pitch)
    index = (0.6 if held else 1.6) * np.exp(-time / (2.0 if held else 0.25))
    tone = np.sin(2 * np.pi * frequency * time + index * np.sin(2 * np.pi * 3.0 * frequency * time))
    if frequency * 5.4 < NYQUIST_PART * SAMPLE_RATE_HZ:
        tone += 0.14 * np.sin(2 * np.pi * 5.4 * frequency * time) * np.exp(-time / 0.12)
    shape = _envelope(frames, 0.25, 3.0, 0.7, 0.35) if held else _envelope(frames, 0.003, 0.5, 0.0, 0.08)
    return np.asarray(0.30 * tone * shape)


def choir(pitch: int, frames: int, held: bool) -> Audio:
    """A rusty choir: two sawtooths that beat, through two vowels' formants, driven."""
    frequency = hertz(pitch)

    def vowel(numbers: Audio) -> Audio:
        at = numbers * frequency
        formants = np.exp(-(((at - 520) / 220) ** 2)) + 0.6 * np.exp(-(((at - 1150) / 300) ** 2))
        return np.asarray((0.25 + 1.6 * formants) / numbers * np.exp(-at / 3500))

    tone = _harmonics(frequency, frames, vowel) + 0.8 * _harmonics(frequency + 0.7, frames, vowel)
    shape = _envelope(frames, 0.18, 3.0, 0.85, 0.3) if held else _envelope(frames, 0.02, 0.5, 0.35, 0.09)
    return np.asarray(0.26 * np.tanh(1.8 * tone * shape))


def pluck(pitch: int, frames: int, held: bool) -> Audio:
    """A paper lantern's string: Karplus and Strong's plucked string (1983); held, a breathy flute."""
    frequency = hertz(pitch)
    if held:
        tone = _harmonics(frequency, frames, lambda numbers: np.exp(-1.3 * (numbers - 1)))
        vibrato = 1.0 + 0.10 * np.sin(2 * np.pi * 4.6 * _seconds(frames))
        return np.asarray(0.24 * tone * vibrato * _envelope(frames, 0.14, 2.0, 0.8, 0.2))
    period = max(2, round(SAMPLE_RATE_HZ / frequency))
    burst = np.zeros(frames)
    random = np.random.default_rng(pitch)
    start = random.uniform(-1, 1, period)
    burst[: min(period, frames)] = (start - start.mean())[:frames]
    feedback = np.zeros(period + 2)
    feedback[0], feedback[period], feedback[period + 1] = 1.0, -0.4985, -0.4985
    string = lfilter([1.0], feedback, burst)
    return np.asarray(0.5 * string * _envelope(frames, 0.001, 0.7, 0.0, 0.05))


def signal(pitch: int, frames: int, held: bool) -> Audio:
    """A night signal: a hollow pulse whose width breathes, with a lead's late vibrato."""
    frequency = hertz(pitch)
    width = 0.5 if held else 0.18
    tone = _harmonics(frequency, frames, lambda numbers: np.sin(np.pi * numbers * width) / numbers)
    if held:
        tone = tone - 0.7 * _harmonics(frequency * 1.003, frames, lambda n: np.sin(np.pi * n * 0.31) / n)
    shape = _envelope(frames, 0.05, 1.5, 0.8, 0.12) if held else _envelope(frames, 0.002, 0.16, 0.25, 0.03)
    return np.asarray(0.24 * tone * shape)


def bass(pitch: int, frames: int, colour: float) -> Audio:
    """A bass note; `colour` 0 (a sine) to 1 (bright)."""
    tone = _harmonics(hertz(pitch), frames, lambda numbers: np.exp(-(numbers - 1) * (2.2 - 1.8 * colour)))
    return np.asarray(0.34 * tone * _envelope(frames, 0.006, 0.8, 0.5, 0.05))


@lru_cache(maxsize=16)
def kick(frames: int) -> Audio:
    """A bass drum whose pitch falls from 160 to 48 Hz."""
    time = _seconds(frames)
    phase = 2 * np.pi * (48 * time + 112 * 0.03 * (1 - np.exp(-time / 0.03)))
    return np.asarray(0.75 * np.sin(phase) * _envelope(frames, 0.001, 0.16, 0.0, 0.03))


def noise(frames: int, seed: int, low: bool, decay: float) -> Audio:
    """A brushed (`low`) or metal noise [frames] that dies away in `decay` seconds."""
    white = np.random.default_rng(seed).uniform(-1, 1, frames)
    coloured = lfilter([0.12], [1.0, -0.88], white) if low else lfilter([0.5, -0.5], [1.0], white)
    return np.asarray(coloured * _envelope(frames, 0.002, decay, 0.0, 0.01))


Voice = Callable[[int, int, bool], Audio]
VOICES: Final[dict[str, Voice]] = {"glass": glass, "choir": choir, "pluck": pluck, "signal": signal}


@lru_cache(maxsize=4096)
def note(voice: str, pitch: int, frames: int, held: bool) -> Audio:
    """A note of a voice, read-only; `held` in place of struck."""
    played = VOICES[voice](pitch, frames, held)
    played.flags.writeable = False
    return played

"""The six sounds of the film corpus, and how one plays a note."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from simmer_training.corpora.synth.envelopes import Envelope
from simmer_training.corpora.synth.oscillators import harmonic_tone, partials, pulse, saw, triangle
from simmer_training.corpora.synth.tuning import SAMPLE_RATE_HZ, Audio, pitch_to_hz

MIDDLE_C_HZ: Final = 261.63
VIBRATO_HZ: Final = 5.0
VIBRATO_RISE_SECONDS: Final = 0.6
CUTOFF_MAX_HZ: Final = 5_000.0


@dataclass(frozen=True)
class Timbre:
    """One sound: an oscillator (or two), a lowpass that moves, and an envelope."""

    name: str
    wave: str  # a key of WAVES
    level: float  # the amplitude of its fundamental, before the filter
    loudness: Envelope
    cutoff_hz: float  # at middle C, where the sweep is 0
    sweep_octaves: float  # how far the filter opens
    sweep: Envelope
    resonance: float = 0.8
    tracking: float = 0.5  # how much of the pitch's distance from middle C the cutoff follows, 0 to 1
    detune_hz: float = 0.0  # of a second oscillator, the same at every pitch: beats as slow in the bass as above
    detune_level: float = 0.4  # of that oscillator; under 1, so that no partial ever beats down to nothing
    vibrato_cents: float = 0.0
    vibrato_after: float = 0.0  # seconds without vibrato
    lowest: int = 24
    highest: int = 96


WAVES: Final[dict[str, Audio]] = {
    "saw": saw(),
    "pulse": pulse(0.3),
    "triangle": triangle() + partials(0.0, 0.12),
    "glass": partials(1.0, 0.0, 0.10, 0.28, 0.0, 0.0, 0.07),
    "bass": saw() + partials(0.8),
}

BASS: Final = Timbre(
    "bass", "bass", 0.17, Envelope(0.008, 0.9, 0.7, 0.05), 240, 1.5, Envelope(0.004, 0.16, 0.0, 0.1), tracking=0.3,
    lowest=31, highest=62,
)  # fmt: skip
PAD: Final = Timbre(
    "pad", "saw", 0.11, Envelope(0.22, 1.0, 0.9, 0.30), 620, 0.8, Envelope(0.9, 2.5, 0.4, 0.3), detune_hz=0.23,
    lowest=50, highest=74,
)  # fmt: skip
BRASS: Final = Timbre(
    "brass", "saw", 0.22, Envelope(0.07, 1.2, 0.85, 0.12), 450, 1.7, Envelope(0.34, 1.0, 0.55, 0.2), 1.0,
    vibrato_cents=10, vibrato_after=0.7, lowest=55, highest=84,
)  # fmt: skip
SEQUENCE: Final = Timbre(
    "sequence", "pulse", 0.20, Envelope(0.005, 0.30, 0.25, 0.05), 520, 2.0, Envelope(0.004, 0.11, 0.0, 0.05), 1.3,
    lowest=48, highest=88,
)  # fmt: skip
LEAD: Final = Timbre(
    "lead", "triangle", 0.24, Envelope(0.035, 1.0, 0.85, 0.07), 1_500, 0.6, Envelope(0.08, 0.6, 0.5, 0.1),
    vibrato_cents=16, vibrato_after=0.45, lowest=60, highest=91,
)  # fmt: skip
GLASS: Final = Timbre(
    "glass", "glass", 0.17, Envelope(0.004, 0.55, 0.12, 0.12), 2_400, 0.9, Envelope(0.004, 0.25, 0.0, 0.1),
    lowest=55, highest=91,
)  # fmt: skip
TIMBRES: Final = {timbre.name: timbre for timbre in (BASS, PAD, BRASS, SEQUENCE, LEAD, GLASS)}


def _frequency(timbre: Timbre, pitch: int, frames: int, rate_hz: int) -> Audio:
    time = np.arange(frames) / rate_hz - timbre.vibrato_after
    depth = timbre.vibrato_cents * np.clip(time / VIBRATO_RISE_SECONDS, 0.0, 1.0)
    cents = depth * np.sin(2 * np.pi * VIBRATO_HZ * time)
    frequency: Audio = pitch_to_hz(pitch) * 2.0 ** (cents / 1200)
    return frequency


@lru_cache(maxsize=512)
def played_note(
    name: str,
    pitch: int,
    frames: int,
    accent: float,
    brightness: float,
    rate_hz: int = SAMPLE_RATE_HZ,
    detune: float = 1.0,
) -> Audio:
    """One note, read-only [frames + its release]; the same arguments make the same bits.

    `name` is a key of TIMBRES, `frames` >= 1 how long the key is down, `accent` -1 (soft) to 1 (hard), `brightness`
    multiplies the cutoff (about 0.5 to 2), `detune` (1, or -1 for the other ear) the second oscillator's distance.
    Raises ValueError for a pitch that the timbre does not play.
    """
    timbre = TIMBRES[name]
    if not timbre.lowest <= pitch <= timbre.highest:
        raise ValueError(f"{name} plays {timbre.lowest} to {timbre.highest}, not {pitch}; write the part within it")
    loudness = timbre.loudness.played(frames, rate_hz)
    frequency = _frequency(timbre, pitch, len(loudness), rate_hz)
    octaves = timbre.sweep_octaves * (1.0 + 0.3 * accent) * timbre.sweep.held(len(loudness), rate_hz)
    tracked = (pitch_to_hz(pitch) / MIDDLE_C_HZ) ** timbre.tracking
    cutoff = np.minimum(timbre.cutoff_hz * brightness * tracked * 2.0**octaves, CUTOFF_MAX_HZ)
    tone = harmonic_tone(frequency, WAVES[timbre.wave], cutoff, timbre.resonance, rate_hz)
    if timbre.detune_hz:
        tone += timbre.detune_level * harmonic_tone(
            frequency + detune * timbre.detune_hz, WAVES[timbre.wave], cutoff, timbre.resonance, rate_hz
        )
    note: Audio = timbre.level * (1.0 + 0.3 * accent) * loudness * tone
    note.flags.writeable = False
    return note

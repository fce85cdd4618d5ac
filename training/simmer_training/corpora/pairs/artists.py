"""Who plays: a sound, a register, a mode and a way with chords for each artist."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Artist:
    """One artist. Scales and chords in semitones above the key's root; chords as degrees of the scale."""

    name: str
    voice: str  # a key of voices.VOICES
    root: int  # MIDI pitch of the key's root in the artist's register
    keys: tuple[int, ...]  # semitones by which pieces are transposed
    scale: tuple[int, ...]
    progressions: tuple[tuple[int, ...], ...]  # scale degrees (0 is the root), a bar each
    bass_colour: float
    echo: tuple[float, float]  # in beats, and its level
    tint: float  # how bright the drums are, 0 to 1


ARTISTS: Final = (
    Artist(
        "Glass Harbour", "glass", 72, (0, 2, 5), (0, 2, 4, 6, 7, 9, 11),
        ((0, 4, 1, 4), (0, 1, 5, 4)), 0.05, (0.75, 0.35), 0.9,
    ),
    Artist(
        "Rust Choir", "choir", 48, (0, 1, 3), (0, 2, 3, 5, 7, 8, 10),
        ((0, 5, 3, 4), (0, 3, 5, 6)), 0.8, (0.5, 0.12), 0.2,
    ),
    Artist(
        "Paper Lanterns", "pluck", 60, (0, 2, 4), (0, 2, 3, 5, 7, 9, 10),
        ((0, 3, 0, 6), (0, 2, 3, 6)), 0.25, (0.5, 0.0), 0.6,
    ),
    Artist(
        "Night Signal", "signal", 64, (0, 1, 5), (0, 1, 3, 5, 7, 8, 10),
        ((0, 1, 0, 6), (0, 5, 1, 6)), 0.55, (0.75, 0.5), 0.4,
    ),
)  # fmt: skip

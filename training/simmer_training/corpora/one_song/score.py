"""The piece the model learns: thirty-two bars in D minor that lead back to their beginning.

Original composition, MIT like the rest of the repository. Pitches are MIDI note numbers (60 = middle C), times and
lengths are beats. It is sparse on purpose: three voices with a clear pitch, each of which a small model can follow.
Sixteen bars of theme (A), eight that climb to its highest note (B), eight that come home (A'); the last bar leaves
room for the first, since a model that has learned an end stays there.
"""

from dataclasses import dataclass
from typing import Final

BEATS_PER_BAR: Final = 4


@dataclass(frozen=True)
class Note:
    """One note of one voice."""

    start: float
    length: float
    pitch: int
    accent: float = 0.0  # added to the performance's dynamics, -1 (soft) to 1 (loud)


@dataclass(frozen=True)
class Chord:
    """The harmony of one bar: the bass note, and four tones for the arpeggio from low to high."""

    bass: int
    fifth: int
    tones: tuple[int, int, int, int]


D_MINOR: Final = Chord(38, 45, (57, 62, 65, 69))
B_FLAT: Final = Chord(34, 41, (58, 62, 65, 70))
F_MAJOR: Final = Chord(41, 48, (57, 60, 65, 69))
F_OVER_A: Final = Chord(45, 41, (57, 60, 65, 69))
C_MAJOR: Final = Chord(36, 43, (55, 60, 64, 67))
G_MINOR: Final = Chord(43, 38, (58, 62, 67, 70))
A_MINOR: Final = Chord(45, 40, (57, 60, 64, 69))
A_SEVEN: Final = Chord(45, 40, (57, 61, 64, 67))

HARMONY: Final[tuple[Chord, ...]] = (
    *(D_MINOR, B_FLAT, F_MAJOR, C_MAJOR),
    *(D_MINOR, B_FLAT, F_OVER_A, C_MAJOR),
    *(G_MINOR, A_MINOR, B_FLAT, C_MAJOR),
    *(D_MINOR, B_FLAT, A_SEVEN, D_MINOR),
    *(B_FLAT, C_MAJOR, A_MINOR, D_MINOR),
    *(G_MINOR, C_MAJOR, F_MAJOR, A_SEVEN),
    *(D_MINOR, B_FLAT, F_OVER_A, C_MAJOR),
    *(G_MINOR, D_MINOR, A_SEVEN, D_MINOR),
)

# One bar a row: (pitch, beats); 0 is a rest. Bars 1-2 return as 13-14 and 25-26, so that the song comes home.
MELODY: Final[tuple[tuple[tuple[int, float], ...], ...]] = (
    ((74, 2), (76, 1), (77, 1)),
    ((77, 1.5), (76, 0.5), (74, 2)),
    ((72, 2), (69, 1), (72, 1)),
    ((67, 3), (69, 1)),
    ((74, 2), (76, 1), (77, 1)),
    ((81, 1.5), (79, 0.5), (77, 2)),
    ((76, 1), (77, 1), (72, 2)),
    ((76, 3), (0, 1)),
    ((74, 1), (79, 1), (77, 1), (74, 1)),
    ((72, 2), (76, 2)),
    ((74, 1), (77, 1), (81, 1), (77, 1)),
    ((79, 2), (76, 2)),
    ((74, 2), (76, 1), (77, 1)),
    ((77, 1.5), (76, 0.5), (74, 2)),
    ((76, 1.5), (74, 0.5), (73, 2)),
    ((74, 4),),
    ((74, 1), (77, 1), (82, 2)),
    ((81, 1.5), (79, 0.5), (76, 2)),
    ((84, 2), (81, 1), (76, 1)),
    ((77, 1.5), (76, 0.5), (74, 2)),
    ((79, 1), (82, 1), (86, 2)),
    ((84, 1.5), (82, 0.5), (79, 2)),
    ((81, 1), (84, 1), (77, 2)),
    ((76, 1.5), (79, 0.5), (73, 2)),
    ((74, 2), (76, 1), (77, 1)),
    ((77, 1.5), (76, 0.5), (74, 2)),
    ((72, 1), (69, 1), (72, 2)),
    ((67, 3), (69, 1)),
    ((70, 1), (74, 1), (77, 1), (74, 1)),
    ((69, 2), (74, 2)),
    ((73, 1.5), (76, 0.5), (69, 2)),
    ((74, 3), (0, 1)),
)

# How loud each group of four bars is, added to every accent: up to the climax of B, and back.
SHAPE: Final = (-0.4, -0.2, 0.1, 0.0, 0.4, 0.8, 0.0, -0.4)
BARS: Final = len(HARMONY)

# Which chord tone each eighth of a bar plays.
WAVE: Final = (0, 1, 2, 3, 2, 1, 2, 1)
CRADLE: Final = (0, 2, 1, 3, 0, 2, 1, 2)


def shape(bar: int) -> float:
    """How much louder (or softer, below 0) a bar is than the performance's dynamics."""
    return SHAPE[bar // 4]


def melody() -> list[Note]:
    """The tune."""
    notes: list[Note] = []
    for bar, row in enumerate(MELODY):
        beat = float(bar * BEATS_PER_BAR)
        for pitch, length in row:
            if pitch:
                accent = 0.2 if beat % BEATS_PER_BAR == 0 else 0.0
                notes.append(Note(beat, length, pitch, accent + shape(bar)))
            beat += length
    return notes


def arpeggio(figure: tuple[int, ...]) -> list[Note]:
    """Broken chords in eighths; each note rings until the next but one. `figure` holds a bar's chord tones, 0 to 3."""
    notes: list[Note] = []
    for bar, chord in enumerate(HARMONY):
        for eighth, tone in enumerate(figure):
            start = bar * BEATS_PER_BAR + eighth * 0.5
            accent = 0.3 if eighth == 0 else 0.0
            notes.append(Note(start, 0.95, chord.tones[tone], accent + shape(bar)))
    return notes


def bass(*, walking: bool) -> list[Note]:
    """The root on one and the fifth on three; where it walks, the root again on the last beat."""
    notes: list[Note] = []
    for bar, chord in enumerate(HARMONY):
        start, loud = float(bar * BEATS_PER_BAR), shape(bar)
        notes.append(Note(start, 1.9, chord.bass, 0.2 + loud))
        notes.append(Note(start + 2, 0.95 if walking else 1.9, chord.fifth, loud - 0.2))
        if walking:
            notes.append(Note(start + 3, 0.95, chord.bass, loud - 0.3))
    return notes

"""The piece the model learns: sixteen bars in D minor, four voices at most sounding at once.

Original composition, MIT like the rest of the repository. Pitches are MIDI note numbers (60 = middle C), times and
lengths are beats. It is sparse on purpose: three voices with a clear pitch, each of which a small model can follow.
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
)

# One bar a row: (pitch, beats); 0 is a rest. Bars 1-2 return as 13-14, so that the song comes home.
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
)

ARPEGGIO_SHAPE: Final = (0, 1, 2, 3, 2, 1, 2, 1)  # which chord tone each eighth of a bar plays


def melody() -> list[Note]:
    """The tune."""
    notes: list[Note] = []
    for bar, row in enumerate(MELODY):
        beat = float(bar * BEATS_PER_BAR)
        for pitch, length in row:
            if pitch:
                notes.append(Note(beat, length, pitch, 0.2 if beat % BEATS_PER_BAR == 0 else 0.0))
            beat += length
    return notes


def arpeggio() -> list[Note]:
    """Broken chords in eighths; each note rings until the next but one."""
    notes: list[Note] = []
    for bar, chord in enumerate(HARMONY):
        for eighth, tone in enumerate(ARPEGGIO_SHAPE):
            start = bar * BEATS_PER_BAR + eighth * 0.5
            notes.append(Note(start, 0.95, chord.tones[tone], 0.3 if eighth == 0 else 0.0))
    return notes


def bass() -> list[Note]:
    """The root on one, the fifth on three; the last bar only the root."""
    notes: list[Note] = []
    for bar, chord in enumerate(HARMONY):
        start = float(bar * BEATS_PER_BAR)
        if bar == len(HARMONY) - 1:
            notes.append(Note(start, 4.0, chord.bass, 0.2))
        else:
            notes += [Note(start, 1.9, chord.bass, 0.2), Note(start + 2, 1.9, chord.fifth, -0.2)]
    return notes

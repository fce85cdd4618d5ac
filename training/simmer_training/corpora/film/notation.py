"""How the cues are written down: pitches, chords, tunes and patterns as short strings."""

import re
from dataclasses import dataclass
from typing import Final

_STEPS: Final = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_PITCH: Final = re.compile(r"([A-G])([#b]?)(-?\d)")
_CHORD: Final = re.compile(r"([A-G][#b]?)(m9|m7|maj7|add9|sus2|sus4|m|)(?:/([A-G][#b]?))?")
# Semitones above the root that the pad plays: three, since the bass has the root where a chord has four tones.
_QUALITIES: Final = {
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "sus2": (0, 2, 7),
    "sus4": (0, 5, 7),
    "m7": (3, 7, 10),
    "maj7": (4, 7, 11),
    "m9": (3, 7, 14),
    "add9": (4, 7, 14),
}


@dataclass(frozen=True)
class Note:
    """One note of one voice: start and length in beats, pitch as a MIDI note number, accent -1 (soft) to 1 (hard)."""

    start: float
    length: float
    pitch: int
    accent: float = 0.0


@dataclass(frozen=True)
class Chord:
    """Pitch classes, 0 is C: the bass's, and the pad's three."""

    bass: int
    tones: tuple[int, int, int]


def _pitch_class(name: str) -> int:
    return (_STEPS[name[0]] + {"#": 1, "b": -1}.get(name[1:], 0)) % 12


def parse_pitch(text: str) -> int:
    """'C4' is 60; '#' and 'b' as usual. ValueError for anything else."""
    found = _PITCH.fullmatch(text)
    if found is None:
        raise ValueError(f"'{text}' is no pitch; write a letter, # or b, and an octave, as in Bb3")
    shift = {"#": 1, "b": -1, "": 0}[found[2]]
    return 12 * (int(found[3]) + 1) + _STEPS[found[1]] + shift


def parse_chord(text: str) -> Chord:
    """'Dm', 'Bbmaj7', 'C/E' ... ValueError for a quality that is not in the table."""
    found = _CHORD.fullmatch(text)
    if found is None:
        raise ValueError(f"'{text}' is no chord of this notation")
    root = _pitch_class(found[1])
    first, second, third = ((root + step) % 12 for step in _QUALITIES[found[2]])
    return Chord(_pitch_class(found[3]) if found[3] else root, (first, second, third))


def parse_tune(text: str, beats_per_bar: int) -> list[Note]:
    """'A4:2 D5 E5 | F5:4': pitch:beats, one beat where none are given, '-' a rest, '|' between bars.

    The first note of a bar is accented a little. ValueError where a bar has not `beats_per_bar` beats.
    """
    notes: list[Note] = []
    for bar, row in enumerate(text.split("|")):
        beat = float(bar * beats_per_bar)
        for token in row.split():
            name, _, beats = token.partition(":")
            length = float(beats or 1)
            if name != "-":
                notes.append(Note(beat, length, parse_pitch(name), 0.2 if beat == bar * beats_per_bar else 0.0))
            beat += length
        if beat != (bar + 1) * beats_per_bar:
            raise ValueError(f"bar {bar + 1} of '{text}' has {beat - bar * beats_per_bar} beats, not {beats_per_bar}")
    return notes


@dataclass(frozen=True)
class Stroke:
    """One entry of a pattern: when and how long as shares of a bar, which tone, how hard."""

    start: float
    length: float
    tone: int
    accent: float


def parse_pattern(text: str) -> list[Stroke]:
    """'0* 2 _ 1': equal parts of a bar, each the number of a tone, '_' holds the last one, '.' rests, '*' accents."""
    entries = text.split()
    strokes: list[Stroke] = []
    for index, entry in enumerate(entries):
        if entry == "_" and strokes:
            last = strokes[-1]
            strokes[-1] = Stroke(last.start, last.length + 1 / len(entries), last.tone, last.accent)
        elif entry not in (".", "_"):
            accent = 0.6 if entry.endswith("*") else -0.1
            strokes.append(Stroke(index / len(entries), 1 / len(entries), int(entry.rstrip("*")), accent))
    return strokes

"""What pad, arpeggio and bass make of a chord."""

from itertools import product
from typing import Final

from simmer_training.corpora.film.notation import Chord, Note

PAD_LOWEST: Final = 53
PAD_HIGHEST: Final = 69
PAD_CENTRE: Final = 61
BASS_LOWEST: Final = 33  # A1, 55 Hz: the lowest a small loudspeaker still hints at
ARPEGGIO_LOWEST: Final = 57

Voicing = tuple[int, ...]


def _voicings(chord: Chord) -> list[Voicing]:
    octaves = [[p for p in range(PAD_LOWEST, PAD_HIGHEST + 1) if p % 12 == tone] for tone in chord.tones]
    voicings = {tuple(sorted(choice)) for choice in product(*octaves)}
    # Seconds between the lower voices are mud in a saw pad.
    return sorted(v for v in voicings if v[1] - v[0] >= 3)


def lead_voices(chords: list[Chord]) -> list[Voicing]:
    """The pad's three pitches for each chord, from low to high, moving as little as can be from one to the next."""
    found: list[Voicing] = []
    for chord in chords:
        before = found[-1] if found else (PAD_CENTRE - 4, PAD_CENTRE, PAD_CENTRE + 4)

        def motion(voicing: Voicing, before: Voicing = before) -> float:
            steps = sum(abs(a - b) for a, b in zip(voicing, before, strict=True))
            return steps + 0.2 * abs(sum(voicing) / 3 - PAD_CENTRE)

        found.append(min(_voicings(chord), key=motion))
    return found


def pad_notes(voicings: list[Voicing], beats_per_bar: int) -> list[Note]:
    """One chord a bar; a tone that the next chord keeps is held over, as a player's finger would stay down."""
    notes: list[Note] = []
    for pitch in sorted({pitch for voicing in voicings for pitch in voicing}):
        since: int | None = None
        for bar, voicing in enumerate([*voicings, ()]):
            if pitch in voicing and since is None:
                since = bar
            elif pitch not in voicing and since is not None:
                notes.append(Note(float(since * beats_per_bar), float((bar - since) * beats_per_bar), pitch))
                since = None
    return sorted(notes, key=lambda note: (note.start, note.pitch))


def arpeggio_tones(chord: Chord, count: int) -> list[int]:
    """The chord's first `count` pitches from ARPEGGIO_LOWEST upwards."""
    pitches = range(ARPEGGIO_LOWEST, ARPEGGIO_LOWEST + 12 * (count // 3 + 2))
    return [pitch for pitch in pitches if pitch % 12 in chord.tones][:count]


def bass_pitch(chord: Chord) -> int:
    """The bass's root between A1 and G#2."""
    return BASS_LOWEST + (chord.bass - BASS_LOWEST) % 12

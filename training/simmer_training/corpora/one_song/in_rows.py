"""The corpus of `one-song` for a model of codes: many performances, every beat a whole number of rows.

A row of codes stands for 32 ms (coded/rows.py). Where a beat is so many whole rows, the same notes become the same
codes each time they are played, and what follows them can be learned. For the same reason all performances share one
gain. They differ in tempo, instruments, figures, register, dynamics, room, and in the order of the piece's four
sections of eight bars; some leave a voice out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from simmer_training.coded.rows import ROW_SECONDS
from simmer_training.corpora.one_song import score
from simmer_training.corpora.one_song.midi import MidiEvent, midi_file, note_events, panned, program_change
from simmer_training.corpora.one_song.performances import (
    ACOUSTIC_BASS,
    ELECTRIC_PIANO,
    NYLON_GUITAR,
    VIBRAPHONE,
    at_dataset_rate,
    synthesize,
)
from simmer_training.corpora.one_song.score import Note
from simmer_training.dataset import PEAK, SAMPLE_RATE_HZ, Piece, write_dataset

SECTION_BARS: Final = 8
SECTION_BEATS: Final = SECTION_BARS * score.BEATS_PER_BAR
CELESTA: Final = 8
MARIMBA: Final = 12

# Which chord tone each eighth of a bar plays, beside the two of score.py.
FALL: Final = (3, 2, 1, 0, 3, 2, 1, 0)
ROCK: Final = (0, 3, 1, 3, 0, 3, 2, 3)

# The piece as it is written, and other ways through its sections; each joins harmonically.
WHOLE: Final = (0, 1, 2, 3)
ORDERS: Final = (WHOLE, (0, 2, 3, 1), (2, 3, 0, 1), (0, 1, 0, 3), (1, 2, 3, 0), (0, 3, 2, 1))


@dataclass(frozen=True)
class InRows:
    """How the piece is played once."""

    name: str
    beat_rows: int  # 20: 93.75 beats a minute, 22: 85.2, 24: 78.1
    melody_program: int = VIBRAPHONE
    arpeggio_program: int = NYLON_GUITAR
    melody_velocity: int = 90  # 0: the voice is left out
    arpeggio_velocity: int = 74
    bass_velocity: int = 86
    figure: tuple[int, ...] = score.WAVE
    walking: bool = False
    melody_octave: int = 0
    room: float = 0.0
    sections: tuple[int, ...] = WHOLE
    held_out: bool = False

    @property
    def beats_per_minute(self) -> float:
        """The tempo."""
        return 60 / (self.beat_rows * ROW_SECONDS)

    @property
    def seconds(self) -> float:
        """The length, a whole number of rows."""
        return len(self.sections) * SECTION_BEATS * self.beat_rows * ROW_SECONDS


def _performances() -> tuple[InRows, ...]:
    figures = (score.WAVE, score.CRADLE, FALL, ROCK)
    melodies = (VIBRAPHONE, ELECTRIC_PIANO, VIBRAPHONE, CELESTA, MARIMBA)
    found = [
        InRows(
            name=f"{number + 1:02}",
            beat_rows=(22, 20, 24)[number % 3],
            melody_program=melodies[number % len(melodies)],
            arpeggio_program=ELECTRIC_PIANO if number % 7 == 3 else NYLON_GUITAR,
            melody_velocity=84 + 2 * (number * 5 % 7),
            arpeggio_velocity=66 + 2 * (number * 3 % 7),
            bass_velocity=80 + 2 * (number * 2 % 6),
            figure=figures[number // 2 % len(figures)],
            walking=number % 4 in (1, 2),
            melody_octave=-1 if number % 6 == 4 else 0,
            room=0.02 * (number % 4),
            sections=ORDERS[number // 3 % len(ORDERS)],
        )
        for number in range(24)
    ]
    # Each voice is also heard without the others' cover.
    found[9] = replace(found[9], melody_velocity=0)
    found[14] = replace(found[14], arpeggio_velocity=0)
    found[19] = replace(found[19], bass_velocity=0)
    held_out = InRows("25-unseen", 22, figure=score.CRADLE, walking=True, room=0.03, held_out=True)
    return (*found, held_out)


PERFORMANCES: Final = _performances()


def arranged(notes: Sequence[Note], sections: Sequence[int]) -> list[Note]:
    """The notes with the piece's sections of eight bars in another order."""
    found = []
    for place, section in enumerate(sections):
        first = section * SECTION_BEATS
        moved = (place - section) * SECTION_BEATS
        found += [
            replace(note, start=note.start + moved) for note in notes if first <= note.start < first + SECTION_BEATS
        ]
    return found


def midi_of(played: InRows, places: Sequence[int] = ()) -> bytes:
    """A performance as a MIDI file: melody, arpeggio and bass on channels 0, 1 and 2, at `places` in stereo."""
    octave = 12 * played.melody_octave
    voices = (
        (played.melody_program, played.melody_velocity, octave, score.melody()),
        (played.arpeggio_program, played.arpeggio_velocity, 0, score.arpeggio(played.figure)),
        (ACOUSTIC_BASS, played.bass_velocity, 0, score.bass(walking=played.walking)),
    )
    events: list[MidiEvent] = [panned(channel, place) for channel, place in enumerate(places)]
    for channel, (program, velocity, shift, notes) in enumerate(voices):
        events.append(program_change(channel, program))
        if velocity == 0:
            continue
        for note in arranged(notes, played.sections):
            loudness = min(127, round(velocity + 12 * note.accent))
            events += note_events(channel, note.pitch + shift, loudness, note.start, note.length)
    return midi_file(events, played.beats_per_minute)


def make(out: Path) -> None:
    """Renders every performance into the dataset folder `out`, the loudest value of all at PEAK."""
    rendered = [at_dataset_rate(synthesize(midi_of(played), played.room), played.seconds) for played in PERFORMANCES]
    gain = PEAK / max(float(np.abs(audio).max()) for audio in rendered)
    pieces = [
        Piece(played.name, gain * audio, played.held_out) for played, audio in zip(PERFORMANCES, rendered, strict=True)
    ]
    write_dataset(out, SAMPLE_RATE_HZ, pieces)

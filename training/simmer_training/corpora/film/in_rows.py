"""The film corpus for a model of codes: more performances, every beat a whole number of rows, one gain for all.

Why, is said in corpora/one_song/in_rows.py.
"""

from pathlib import Path
from typing import Final

import numpy as np

from simmer_training.coded.rows import ROW_SECONDS
from simmer_training.corpora.film.cue import Cue
from simmer_training.corpora.film.cues_driving import ROAD, SEA, VAULT
from simmer_training.corpora.film.cues_slow import ATTIC, HARBOUR, HOME, ORBIT
from simmer_training.corpora.film.performances import Performance, mixed
from simmer_training.corpora.synth.tuning import SAMPLE_RATE_HZ
from simmer_training.dataset import PEAK, Piece, write_dataset

# The rows of a beat that each cue is played in, its own tempo first. Eighths fall on rows; the sea's sixteenths too.
BEAT_ROWS: Final[tuple[tuple[Cue, tuple[int, int, int]], ...]] = (
    (HARBOUR, (26, 28, 24)),
    (ROAD, (18, 16, 20)),
    (ATTIC, (22, 24, 20)),
    (SEA, (20, 16, 24)),
    (ORBIT, (22, 20, 24)),
    (VAULT, (20, 18, 22)),
    (HOME, (24, 26, 22)),
)

# How each cue is played, six times: brightness, accents, tune, its octave, arpeggio, room.
WAYS: Final[tuple[tuple[float, float, str, int, str, float], ...]] = (
    (1.0, 1.0, "", 0, "", 0.15),
    (0.8, 0.7, "lead", 0, "", 0.25),
    (1.2, 1.2, "", 0, "sequence", 0.15),
    (0.9, 1.0, "none", 0, "glass", 0.25),
    (1.1, 1.3, "brass", -1, "", 0.1),
    (1.0, 0.9, "glass", 0, "none", 0.2),
)


HELD_OUT: Final = 3  # of the attic


def tempo_of(cue: Cue, rows: int) -> float:
    """What multiplies a cue's own tempo so that a beat is so many rows."""
    return 60 / (rows * ROW_SECONDS) / cue.beats_per_minute


def performances() -> list[Performance]:
    """Six of every cue; one of the attic is held out."""
    return [
        Performance(
            name=f"{cue.name}-{number + 1}",
            cue=cue,
            tempo=tempo_of(cue, tempi[number % len(tempi)]),
            brightness=brightness,
            accents=accents,
            tune=tune,
            tune_octave=octave,
            arpeggio=arpeggio,
            room=room,
            held_out=cue is ATTIC and number + 1 == HELD_OUT,
        )
        for cue, tempi in BEAT_ROWS
        for number, (brightness, accents, tune, octave, arpeggio, room) in enumerate(WAYS)
    ]


def make(out: Path) -> None:
    """Writes every performance and the list of them to `out`, the loudest value of all at PEAK."""
    played = performances()
    sounding = [mixed(performance) for performance in played]
    gain = PEAK / max(float(np.abs(audio).max()) for audio in sounding)
    pieces = [
        Piece(performance.name, gain * audio, performance.held_out)
        for performance, audio in zip(played, sounding, strict=True)
    ]
    write_dataset(out, SAMPLE_RATE_HZ, pieces)

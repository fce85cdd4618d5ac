"""The performances of in_rows.py in stereo at 48 kHz, with partials up to 20 kHz.

Every voice has its place, louder in one channel than in the other (never only there); the pad's second oscillator is
tuned the other way in the other channel, which makes it wide, and the room reflects otherwise to either side.
"""

from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from simmer_training.corpora.film.in_rows import performances
from simmer_training.corpora.film.performances import Performance, voices_at
from simmer_training.corpora.stereo import Sounding, write_stereo
from simmer_training.corpora.synth.room import OTHER_REFLECTIONS, REFLECTIONS, in_room

RATE_HZ: Final = 48_000
PLACES: Final = {"bass": 0.5, "pad": 0.5, "arpeggio": 0.28, "tune": 0.62}  # 0 left, 1 right


def in_both_ears(performance: Performance) -> npt.NDArray[np.float64]:
    """A performance [2, frames], without DC."""
    left = {voice: float(np.sqrt(2.0) * np.cos(np.pi / 2 * place)) for voice, place in PLACES.items()}
    right = {voice: float(np.sqrt(2.0) * np.sin(np.pi / 2 * place)) for voice, place in PLACES.items()}
    sides = [
        in_room(voices_at(performance, gains, RATE_HZ, detune), performance.room, RATE_HZ, reflections)
        for gains, detune, reflections in ((left, 1.0, REFLECTIONS), (right, -1.0, OTHER_REFLECTIONS))
    ]
    return np.stack([side - side.mean() for side in sides])


def make(out: Path) -> None:
    """Writes every performance to `out`."""
    write_stereo(out, RATE_HZ, [Sounding(one.name, in_both_ears(one), one.held_out) for one in performances()])

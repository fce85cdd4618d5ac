"""The performances of in_rows.py in stereo at 48 kHz: a row of 32 ms is 1536 frames.

The melody sits a little to the right, the arpeggio to the left, the bass in the middle; the room is the synthesizer's
own, which is wide.
"""

from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from simmer_training.corpora.one_song.in_rows import PERFORMANCES, InRows, midi_of
from simmer_training.corpora.one_song.performances import RENDER_RATE_HZ, going_round, synthesize_stereo
from simmer_training.corpora.stereo import Sounding, write_stereo

PLACES: Final = (84, 40, 64)  # of melody, arpeggio and bass, of 127
LEAST_ROOM: Final = 0.1


def played_round(played: InRows) -> npt.NDArray[np.float64]:
    """A performance [2, frames], without DC; what rings on after the end is added to the beginning."""
    audio = synthesize_stereo(midi_of(played, PLACES), LEAST_ROOM + played.room).T
    return going_round(audio, round(played.seconds * RENDER_RATE_HZ))


def make(out: Path) -> None:
    """Writes every performance to `out`."""
    write_stereo(out, RENDER_RATE_HZ, [Sounding(one.name, played_round(one), one.held_out) for one in PERFORMANCES])

"""Makes the corpus: every artist in every genre, a folder of WAV files with a list of what is what."""

from pathlib import Path
from typing import Final

import numpy as np
import soundfile

from simmer_training.corpora.pairs.artists import ARTISTS
from simmer_training.corpora.pairs.genres import GENRES, piece
from simmer_training.corpora.pairs.voices import SAMPLE_RATE_HZ
from simmer_training.vq.pieces import Listed, write_list

PIECE_SECONDS: Final = 40.0
PIECES: Final = 61  # of a pair; the last is held out


def make(out: Path) -> None:
    """Writes `out`/*.wav (16 bits, mono, 22 050 Hz) and `out`/pieces.json."""
    out.mkdir(parents=True, exist_ok=True)
    pieces = []
    for artist_number, artist in enumerate(ARTISTS):
        for genre_number, genre in enumerate(GENRES):
            for number in range(PIECES):
                name = f"{artist_number}-{genre_number}-{number}.wav"
                audio = piece(artist, genre, number, PIECE_SECONDS)
                soundfile.write(out / name, np.round(audio * 32767).astype(np.int16), SAMPLE_RATE_HZ)
                pieces.append(Listed(name, number == PIECES - 1, artist_number, genre_number))
    write_list(out, pieces, [artist.name for artist in ARTISTS], [genre.name for genre in GENRES])

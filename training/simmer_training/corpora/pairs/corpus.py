"""Makes the corpus: every artist in every genre, a folder of WAV files with a list of what is what."""

import json
from pathlib import Path
from typing import Final

import numpy as np
import soundfile

from simmer_training.corpora.pairs.artists import ARTISTS
from simmer_training.corpora.pairs.genres import GENRES, piece
from simmer_training.corpora.pairs.voices import SAMPLE_RATE_HZ

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
                pieces.append(
                    {
                        "file": name,
                        "artist": artist_number,
                        "genre": genre_number,
                        "held_out": number == PIECES - 1,
                    }
                )
    listing = {
        "artists": [artist.name for artist in ARTISTS],
        "genres": [genre.name for genre in GENRES],
        "pieces": pieces,
    }
    (out / "pieces.json").write_text(json.dumps(listing, indent=1) + "\n")

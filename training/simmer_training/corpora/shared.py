"""What the shared codec of the stereo models learns from: all corpora together.

One song and film are listed where they lie, so they must have been made. Of `pairs` some pieces of each artist and
genre are made anew: its synthesizer is mono at 22 050 Hz, so both channels are the same, and there is nothing above
11 kHz.
"""

import json
from pathlib import Path
from typing import Final

import numpy as np
import soundfile
from scipy.signal import resample_poly

from simmer_training.corpora.film.in_stereo import RATE_HZ
from simmer_training.corpora.pairs.artists import ARTISTS
from simmer_training.corpora.pairs.corpus import PIECE_SECONDS
from simmer_training.corpora.pairs.genres import GENRES, piece
from simmer_training.vq.pieces import LIST_FILE, Listed, write_list

BESIDE: Final = ("one-song-stereo", "film-stereo")
PIECES: Final = 2  # of each artist and genre; 48 000 / 22 050 is 320 / 147
UP: Final = 320
DOWN: Final = 147


def make(out: Path) -> None:
    """Writes the pieces of `pairs` and the list of all to `out`. FileNotFoundError where another corpus is missing."""
    out.mkdir(parents=True, exist_ok=True)
    files: list[Listed] = []
    for name in BESIDE:
        folder = out.parent.parent / name / "dataset"
        listed = json.loads((folder / LIST_FILE).read_text())["pieces"]
        files += [Listed(f"../../{name}/dataset/{entry['file']}", entry["held_out"]) for entry in listed]
    for artist in ARTISTS:
        for genre in GENRES:
            for number in range(PIECES):
                audio = resample_poly(piece(artist, genre, number, PIECE_SECONDS), UP, DOWN)
                name = f"pairs-{artist.name}-{genre.name}-{number}.wav".replace(" ", "-").lower()
                both = np.clip(np.stack([audio, audio], axis=1), -1.0, 1.0)
                soundfile.write(out / name, both, RATE_HZ, subtype="PCM_16")
                files.append(Listed(name, held_out=False))
    write_list(out, files)

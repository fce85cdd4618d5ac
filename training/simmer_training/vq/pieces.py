"""The corpus as it is learned from: audio in 16 bits, with its artist and genre."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import soundfile

LIST_FILE: Final = "pieces.json"


@dataclass(frozen=True)
class Listed:
    """A file of a corpus, by its path from the list, and whose it is."""

    file: str
    held_out: bool
    artist: int = 0
    genre: int = 0


@dataclass(frozen=True)
class Piece:
    """One piece: audio int16 [channels, frames], and whose it is."""

    audio: npt.NDArray[np.int16]
    artist: int
    genre: int
    held_out: bool


@dataclass(frozen=True)
class Pieces:
    """A corpus."""

    artists: tuple[str, ...]
    genres: tuple[str, ...]
    pieces: tuple[Piece, ...]

    def part(self, held_out: bool) -> list[Piece]:
        """What is learned from, or what is not."""
        return [piece for piece in self.pieces if piece.held_out == held_out]


def write_list(folder: Path, pieces: Sequence[Listed], artists: Sequence[str] = (), genres: Sequence[str] = ()) -> None:
    """Writes the list of a corpus; most have neither artists nor genres."""
    listed = [
        {"file": piece.file, "artist": piece.artist, "genre": piece.genre, "held_out": piece.held_out}
        for piece in pieces
    ]
    content = {"artists": list(artists), "genres": list(genres), "pieces": listed}
    (folder / LIST_FILE).write_text(json.dumps(content, indent=1) + "\n")


def load_pieces(folder: Path, rate_hz: int, channels: int = 1) -> Pieces:
    """Reads what the corpora wrote. Raises ValueError for another rate or channel count."""
    listing = json.loads((folder / LIST_FILE).read_text())
    pieces = []
    for entry in listing["pieces"]:
        audio, rate = soundfile.read(folder / entry["file"], dtype="int16", always_2d=True)
        if rate != rate_hz or audio.shape[1] != channels:
            wanted = f"{'mono' if channels == 1 else 'stereo'} at {rate_hz} Hz"
            raise ValueError(f"{entry['file']} is not {wanted}; make the corpus again")
        pieces.append(Piece(np.ascontiguousarray(audio.T), entry["artist"], entry["genre"], entry["held_out"]))
    return Pieces(tuple(listing["artists"]), tuple(listing["genres"]), tuple(pieces))

"""The corpus in codes, kept beside the codec."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from simmer_training.vq.codec import Codec
from simmer_training.vq.pieces import Pieces

Codes = npt.NDArray[np.int16]


@dataclass(frozen=True)
class CodedPiece:
    """Codes [rows, levels] of a piece, and whose it is."""

    codes: Codes
    artist: int
    genre: int
    held_out: bool


def encode_all(codec: Codec, corpus: Pieces, path: Path) -> list[CodedPiece]:
    """The corpus in codes, read from `path` where it is newer than nothing else there."""
    if path.exists():
        kept = np.load(path)
    else:
        kept = {}
        for number, piece in enumerate(corpus.pieces):
            audio = torch.from_numpy(piece.audio.astype(np.float32) / 32767)
            kept[str(number)] = codec.encode(audio).numpy().astype(np.int16)
        np.savez_compressed(path, **kept)
    coded = []
    for key in kept:
        piece = corpus.pieces[int(key)]
        coded.append(CodedPiece(np.asarray(kept[key]), piece.artist, piece.genre, piece.held_out))
    return coded

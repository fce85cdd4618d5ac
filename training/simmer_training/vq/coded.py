"""The corpus in codes: every piece encoded from several places of its first row, kept beside the codec."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import torch

from simmer_training.vq.codec import Codec
from simmer_training.vq.pieces import Pieces

OFFSETS: Final = (0, 171, 342)  # frames that are left out at the beginning: the same notes fall otherwise into rows

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
            for offset in OFFSETS if not piece.held_out else OFFSETS[:1]:
                kept[f"{number}-{offset}"] = codec.encode(audio[offset:]).numpy().astype(np.int16)
        np.savez_compressed(path, **kept)
    coded = []
    for key in kept:
        piece = corpus.pieces[int(key.split("-")[0])]
        coded.append(CodedPiece(np.asarray(kept[key]), piece.artist, piece.genre, piece.held_out))
    return coded

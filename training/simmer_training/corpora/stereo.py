"""Corpora in stereo, for models of codes: a folder of WAV files, and the list that vq/pieces.py reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from simmer_training.dataset import PEAK
from simmer_training.vq.pieces import Listed, write_list


@dataclass(frozen=True)
class Sounding:
    """One piece: amplitudes [2, frames], at any level."""

    name: str
    audio: npt.NDArray[np.float64]
    held_out: bool


def write_stereo(out: Path, rate_hz: int, pieces: Sequence[Sounding]) -> None:
    """Writes the pieces in 16 bits under one gain, the loudest value of all at PEAK; the list comes last."""
    out.mkdir(parents=True, exist_ok=True)
    gain = PEAK / max(float(np.abs(piece.audio).max()) for piece in pieces)
    for piece in pieces:
        soundfile.write(out / f"{piece.name}.wav", gain * piece.audio.T, rate_hz, subtype="PCM_16")
    write_list(out, [Listed(f"{piece.name}.wav", piece.held_out) for piece in pieces])

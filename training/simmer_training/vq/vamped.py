"""Coded pieces with every stretch played several times over (coded/vamps.py says why), for the prior of one song."""

from dataclasses import replace
from typing import Final

import numpy as np
from scipy.signal import resample_poly

from simmer_training.coded.rows import ROW_SECONDS, bands_of
from simmer_training.coded.vamps import VERSIONS, stretches_of, vamped
from simmer_training.dataset import SAMPLE_RATE_HZ
from simmer_training.vq.coded import CodedPiece
from simmer_training.vq.pieces import Pieces
from simmer_training.vq.shape import CodecShape

FULL_SCALE: Final = 32767


def vamped_pieces(coded: list[CodedPiece], corpus: Pieces, shape: CodecShape) -> list[CodedPiece]:
    """VERSIONS of each of the pieces, which are in the order of `corpus`.

    Raises ValueError for a codec whose rows are not as long as those that cuts are found in, 32 ms.
    """
    if shape.row_frames / shape.rate_hz != ROW_SECONDS:
        raise ValueError(f"a row of {shape.row_frames} frames at {shape.rate_hz} Hz is not {1000 * ROW_SECONDS:g} ms")
    found = []
    for number, (piece, recorded) in enumerate(zip(coded, corpus.pieces, strict=True)):
        middle = recorded.audio.mean(axis=0) / FULL_SCALE
        cuts = stretches_of(bands_of(resample_poly(middle, SAMPLE_RATE_HZ, shape.rate_hz)))
        for version in range(VERSIONS):
            random = np.random.default_rng((number, version))
            found.append(replace(piece, codes=vamped(piece.codes, cuts, random)))
    return found

"""Keeps a part of the music from the model, so that what it has understood can be told from what it knows by heart."""

from typing import Final

import numpy as np

from simmer_training.dataset import SAMPLE_RATE_HZ, Piece
from simmer_training.own_song.checks import Prepared

HELD_OUT_SECONDS: Final = 16.0
HELD_OUT_SHARE: Final = 0.05
HELD_OUT_LARGEST_SHARE: Final = 0.25  # of everything, where that is less than HELD_OUT_SECONDS
ALIKE_FILES: Final = 4  # from so many performances on, one of them is kept back whole
GAP_SECONDS: Final = 1.0  # dropped on either side of a stretch that is cut out
REST_SECONDS: Final = 2.0  # shorter remainders teach nothing


def split(prepared: list[Prepared]) -> list[Piece]:
    """Pieces for the dataset, one of them held out: a whole performance of several, or a stretch of the longest one."""
    lengths = np.array([len(piece.audio) for piece in prepared]) / SAMPLE_RATE_HZ
    names = _names(prepared)
    if len(prepared) >= ALIKE_FILES and lengths.min() > np.median(lengths) / 2:
        whole = [index for index in range(len(prepared)) if lengths[index] >= HELD_OUT_SECONDS]
        if whole:
            kept = min(whole, key=lambda index: float(lengths[index]))
            return [Piece(names[i], piece.audio, i == kept) for i, piece in enumerate(prepared)]
    wanted = max(HELD_OUT_SECONDS, HELD_OUT_SHARE * lengths.sum())
    wanted = min(wanted, HELD_OUT_LARGEST_SHARE * lengths.sum())
    longest = int(lengths.argmax())
    pieces = [Piece(names[i], piece.audio, False) for i, piece in enumerate(prepared) if i != longest]
    return pieces + _cut_out(names[longest], prepared[longest], float(wanted))


def _cut_out(name: str, prepared: Prepared, seconds: float) -> list[Piece]:
    """The stretch that ends at four fifths of a recording (its very end may be fading), and what is left around it."""
    audio, gap = prepared.audio, round(GAP_SECONDS * SAMPLE_RATE_HZ)
    length = min(round(seconds * SAMPLE_RATE_HZ), len(audio) // 2)
    end = max(length, round(0.8 * len(audio)))
    begin = end - length
    pieces = [Piece(f"{name}-held-out", audio[begin:end], True)]
    for part, rest in (("a", audio[: max(0, begin - gap)]), ("b", audio[end + gap :])):
        if len(rest) >= REST_SECONDS * SAMPLE_RATE_HZ:
            pieces.append(Piece(f"{name}-{part}", rest, False))
    return pieces


def _names(prepared: list[Prepared]) -> list[str]:
    """File names for the dataset: numbered, and without what a file system might read otherwise."""
    return [
        f"{index + 1}-" + ("".join(c if c.isalnum() and c.isascii() else "-" for c in stem(piece.name))[:40] or "piece")
        for index, piece in enumerate(prepared)
    ]


def stem(name: str) -> str:
    """A file name without its ending."""
    return name.rsplit(".", 1)[0]

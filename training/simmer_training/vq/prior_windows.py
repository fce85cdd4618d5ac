"""What the prior learns from: windows of coded pieces, disturbed as what is drawn will be."""

from typing import Final

import numpy as np
import torch
from torch import Tensor

from simmer_training.vq.coded import CodedPiece
from simmer_training.vq.shape import PriorShape

BATCH: Final = 8
NOISE_SHARE: Final = 0.04  # of the codes heard are random ones: what is drawn is never quite what was learned
STRAYED_SHARE: Final = 0.15  # of the windows begin with another pair's music: only how theirs begins is learned from it
STRAYED_ROWS: Final = (16, 192)


def window_of(
    pieces: list[CodedPiece], random: np.random.Generator, shape: PriorShape, count: int
) -> tuple[Tensor, ...]:
    """`count` random windows: codes [count, window - 1, levels], labels [count, 4], seconds [count, window, 2]."""
    rows = shape.window - 1
    codes, labels, seconds = [], [], []
    for _ in range(count):
        piece = pieces[int(random.integers(len(pieces)))]
        # Beginnings are drawn from oftener than a window in the middle: every take has one.
        at = 0 if random.random() < 0.1 else int(random.integers(len(piece.codes) - rows))
        codes.append(piece.codes[at : at + rows].astype(np.int64))
        labels.append([piece.artist, piece.genre, 0, 0])
        elapsed = np.minimum(
            (at + np.maximum(np.arange(shape.window) - 1, 0)) / shape.rows_a_second, shape.hold_seconds
        )
        seconds.append(np.stack([elapsed, np.full_like(elapsed, shape.total_seconds)], axis=-1).astype(np.float32))
    return torch.from_numpy(np.stack(codes)), torch.tensor(labels), torch.from_numpy(np.stack(seconds))


def disturbed(codes: Tensor, shape: PriorShape) -> Tensor:
    """The codes with some replaced at random."""
    replaced = torch.rand(codes.shape) < NOISE_SHARE
    return torch.where(replaced, torch.randint(shape.size, codes.shape), codes)


def strayed(
    codes: Tensor, pieces: list[CodedPiece], random: np.random.Generator, shape: PriorShape
) -> tuple[Tensor, Tensor]:
    """The codes with other pairs' music at the beginning of some windows, and which rows [count, rows] are no such."""
    others, _, _ = window_of(pieces, random, shape, len(codes))
    rows = random.integers(*STRAYED_ROWS, len(codes)) * (random.random(len(codes)) < STRAYED_SHARE)
    own = torch.arange(codes.shape[1])[None] >= torch.from_numpy(rows)[:, None]
    return torch.where(own[..., None], codes, others), own

"""What the sound of codes is worth, in bits per step."""

import math
from typing import Final

import numpy as np
import torch
from torch.nn import functional

from simmer_training.coded.pieces import CodedPiece
from simmer_training.coded.rows import ROW_STEPS
from simmer_training.coded.sound import CodedSampleRnn
from simmer_training.dataset import SAMPLE_RATE_HZ
from simmer_training.model import BLOCK_STEPS, frame_windows
from simmer_training.quantizer import BINS

HELD_OUT_ROWS: Final = 16 * SAMPLE_RATE_HZ // ROW_STEPS
JUDGED_ROWS: Final = 50  # at once


def held_out_bits(model: CodedSampleRnn, piece: CodedPiece, *, shuffled: bool = False) -> float:
    """Mean bits per step over the end of a piece, teacher-forced; `shuffled`: under codes in another order."""
    rows = min(HELD_OUT_ROWS, piece.rows) // JUDGED_ROWS * JUDGED_ROWS
    first = piece.rows - rows
    recurrent, total, counted = model.start(1), 0.0, 0
    order = torch.Generator().manual_seed(1)
    with torch.inference_mode():
        for row in range(first, piece.rows, JUDGED_ROWS):
            at = row * ROW_STEPS
            bins = torch.from_numpy(piece.bins[at : at + BLOCK_STEPS + JUDGED_ROWS * ROW_STEPS].astype(np.int64))[None]
            codes = torch.from_numpy(piece.codes[row : row + JUDGED_ROWS + 2])[None]
            if shuffled:
                codes = codes[:, torch.randperm(codes.shape[1], generator=order)]
            states, recurrent = model.under(bins, codes, recurrent)
            logits = model.logits(states.flatten(0, 1), frame_windows(bins).flatten(0, 1))
            if row > first:  # the first part only brings the states up
                wanted = bins[0, BLOCK_STEPS:]
                total += float(functional.cross_entropy(logits.reshape(-1, BINS), wanted, reduction="sum"))
                counted += len(wanted)
    return total / counted / math.log(2)

"""What a weight file of format 3 makes of a piece, in float64, teacher-forced: bits per step, and per row of codes.

The arithmetic of docs/models.md once more, all steps at once; `reference.py` does it one after the other.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from simmer_training.coded.kernel_weight_file import BLOCKS_PER_ROW, CodedKernelNetwork
from simmer_training.coded.pieces import CodedPiece
from simmer_training.coded.rows import ROW_STEPS
from simmer_training.kernel_reference import gru_states
from simmer_training.kernel_weight_file import BLOCK, FRAME, FRAMES

Array = npt.NDArray[np.float64]

ROWS_AT_ONCE: Final = 32


def sound_bits(network: CodedKernelNetwork, piece: CodedPiece, rows: int) -> float:
    """The mean of -log2 p of each bin of the piece's first rows."""
    top, frame = network.top_start, network.frame_start
    found = []
    for first in range(0, rows, ROWS_AT_ONCE):
        count = min(ROWS_AT_ONCE, rows - first)
        bins = piece.bins[first * ROW_STEPS :][: BLOCK + count * ROW_STEPS]  # with the block before
        said = _said(network, piece.codes[first : first + count + 2])
        tops = gru_states(network.top_recurrent, network.code_top(said), top)
        straight = np.repeat(network.code_frame(said), FRAMES, axis=0)
        arriving = network.frame_condition(tops).reshape(len(straight), -1) + straight
        arriving += bins[BLOCK - FRAME : -FRAME].reshape(-1, FRAME) @ network.frame_input.T
        frames = gru_states(network.frame_recurrent, arriving, frame)
        top, frame = tops[-1], frames[-1]
        hidden = network.sample_condition(frames).reshape(count * ROW_STEPS, -1)
        for place in range(FRAME):
            hidden += network.history[place][bins[BLOCK - FRAME + place :][: len(hidden)]]
        scores = network.output(np.maximum(network.third(np.maximum(hidden, 0)), 0))
        found.append(_bits_of(scores, bins[BLOCK:]))
    return float(np.concatenate(found).mean())


def row_bits(network: CodedKernelNetwork, piece: CodedPiece) -> float:
    """The mean of -log2 p of the codes of a row, over the piece."""
    prior, codes = network.prior, piece.codes
    entered = sum((prior.entered[level][codes[:-1, level]] for level in range(codes.shape[1])), np.zeros(1))
    states = gru_states(prior.recurrent, prior.input(entered), prior.first)
    total = np.zeros(len(states))
    for level, layers in enumerate(prior.levels):
        hidden = layers.enter(states)
        for earlier in range(level):
            hidden = hidden + layers.before[earlier][codes[1:, earlier]]
        total += _bits_of(layers.out(np.maximum(hidden, 0)), codes[1:, level])
    return float(total.mean())


def _said(network: CodedKernelNetwork, codes: npt.NDArray[np.int64]) -> Array:
    """What rows [R + 2, L] say of the blocks of all but the first and the last, [8 R, D]."""
    rows, levels = len(codes) - 2, codes.shape[1]
    total = np.zeros((rows, network.places.shape[1]))
    for place in range(3):
        for level in range(levels):
            total += network.code_rows[place][level][codes[place : place + rows, level]]
    said = np.maximum(total[:, None] + network.places, 0)
    return said.reshape(rows * BLOCKS_PER_ROW, -1)


def _bits_of(scores: Array, drawn: npt.NDArray[np.integer]) -> Array:
    scores = scores - scores.max(axis=1, keepdims=True)
    logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    bits: Array = -logs[np.arange(len(drawn)), drawn] / np.log(2)
    return bits

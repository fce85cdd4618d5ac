"""The networks that figures judge: a SampleRNN, or one under codes."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

from simmer_training.coded.pieces import CodedPiece, coded_piece
from simmer_training.coded.rows import ROW_STEPS
from simmer_training.coded.train_rows import judge as row_bits
from simmer_training.coded.weights import CodedModel, is_coded, load_coded_weights
from simmer_training.dataset import Bins
from simmer_training.emphasis import Emphasis
from simmer_training.model import BLOCK_STEPS, SampleRnn, frame_windows
from simmer_training.quantizer import BINS
from simmer_training.weights import load_weights

Array = npt.NDArray[np.float64]

CHUNK_STEPS: Final = 32_000  # a multiple of BLOCK_STEPS; how much is judged at a time, to bound memory
CHUNK_ROWS: Final = 64
HEARD_STEPS: Final = 16_000


class Network(Protocol):
    """What figures ask of a network; `bins` are a piece's, after BLOCK_STEPS of silence."""

    def piece_bits(self, bins: Bins) -> float:
        """Mean bits per step of a piece, teacher-forced from the learned states."""

    def logits(self, bins: Bins) -> Array:
        """Logits [steps, 256] in float64 over the piece's first second."""


@dataclass(frozen=True)
class PlainNetwork:
    """A SampleRNN."""

    model: SampleRnn

    def piece_bits(self, bins: Bins) -> float:
        """What does not fill a block at the end is left out. ValueError where there is not one block."""
        steps = (len(bins) - BLOCK_STEPS) // BLOCK_STEPS * BLOCK_STEPS
        if steps == 0:
            raise ValueError(f"a piece needs at least {BLOCK_STEPS} steps")
        row = torch.from_numpy(bins.astype("int64")).unsqueeze(0)
        recurrent, total = self.model.start(1), 0.0
        with torch.inference_mode():
            for start in range(0, steps, CHUNK_STEPS):
                part = row[:, start : min(start + CHUNK_STEPS, steps) + BLOCK_STEPS]
                logits, recurrent = self.model(part, recurrent)
                total += float(functional.cross_entropy(logits[0], part[0, BLOCK_STEPS:], reduction="sum"))
        return total / steps / math.log(2)

    def logits(self, bins: Bins) -> Array:
        """Casts the network to float64."""
        row = torch.from_numpy(bins[: BLOCK_STEPS + HEARD_STEPS].astype("int64"))[None]
        with torch.inference_mode():
            logits: Array = self.model.double()(row, self.model.double().start(1))[0][0].numpy()
        self.model.float()
        return logits


@dataclass(frozen=True)
class NetworkUnderCodes:
    """A SampleRNN under codes. Its codes are those of the piece itself."""

    model: CodedModel
    emphasis: Emphasis

    def piece_bits(self, bins: Bins) -> float:
        """The bits of the steps under the piece's codes, and those of the codes: no code of a piece is shorter.

        What does not fill a row at the end is left out. ValueError where there is not one row.
        """
        piece = self._coded(bins)
        if piece.rows == 0:
            raise ValueError(f"a piece needs at least {ROW_STEPS} steps")
        recurrent, total = self.model.sound.start(1), 0.0
        with torch.inference_mode():
            for row in range(0, piece.rows, CHUNK_ROWS):
                part = bins[row * ROW_STEPS :][: BLOCK_STEPS + min(CHUNK_ROWS, piece.rows - row) * ROW_STEPS]
                heard = torch.from_numpy(part.astype("int64"))[None]
                codes = torch.from_numpy(piece.codes[row : row + CHUNK_ROWS + 2])[None]
                states, recurrent = self.model.sound.under(heard, codes, recurrent)
                logits = self.model.sound.logits(states.flatten(0, 1), frame_windows(heard).flatten(0, 1))
                wanted = heard[0, BLOCK_STEPS:]
                total += float(functional.cross_entropy(logits.reshape(-1, BINS), wanted, reduction="sum"))
        steps = piece.rows * ROW_STEPS
        return total / steps / math.log(2) + sum(row_bits(self.model.prior, piece.codes)) / ROW_STEPS

    def logits(self, bins: Bins) -> Array:
        """Those of the sound, over the whole rows of the first second."""
        piece = self._coded(bins)
        rows = min(HEARD_STEPS // ROW_STEPS, piece.rows)
        heard = torch.from_numpy(bins[: BLOCK_STEPS + rows * ROW_STEPS].astype("int64"))[None]
        sound = self.model.sound.double()
        with torch.inference_mode():
            states, _ = sound.under(heard, torch.from_numpy(piece.codes[: rows + 2])[None], sound.start(1))
            logits = sound.logits(states.flatten(0, 1), frame_windows(heard).flatten(0, 1)).reshape(-1, BINS)
        sound.float()
        found: Array = logits.numpy()
        return found

    def _coded(self, bins: Bins) -> CodedPiece:
        return coded_piece(bins, self.emphasis, self.model.books)


def load_network(weights: Path, emphasis: Emphasis) -> PlainNetwork | NetworkUnderCodes:
    """The network of a weights.pt of either kind; `emphasis` is that of the pieces it is asked about."""
    if is_coded(weights):
        return NetworkUnderCodes(load_coded_weights(weights), emphasis)
    return PlainNetwork(load_weights(weights))

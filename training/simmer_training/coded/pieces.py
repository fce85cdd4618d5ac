"""Pieces of a dataset with their codes, and streams of them for the trainer of the sound."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from torch import Tensor

from simmer_training.coded.codebooks import Codebooks, Codes
from simmer_training.coded.rows import ROW_STEPS, bands_of
from simmer_training.dataset import Bins, Dataset
from simmer_training.emphasis import Emphasis
from simmer_training.model import BLOCK_STEPS
from simmer_training.quantizer import bin_to_amplitude

LEAP_PROBABILITY: Final = 0.02  # in 1024 steps, of a stream going elsewhere, its state forgotten
BEGINNING_PROBABILITY: Final = 0.1  # of such a leap landing on the first row of a piece


@dataclass(frozen=True)
class CodedPiece:
    """Bins [64 + rows * ROW_STEPS] after a block of silence; codes [rows + 2, levels], silence before and after."""

    bins: Bins
    codes: Codes

    @property
    def rows(self) -> int:
        """How many rows there are to learn from."""
        return len(self.codes) - 2


def silence_of(books: Codebooks) -> Codes:
    """The codes [1, levels] of a silent row."""
    return books.encode(bands_of(np.zeros(ROW_STEPS)))


def coded(dataset: Dataset, books: Codebooks, *, held_out: bool) -> list[CodedPiece]:
    """The pieces that are held out, or the others."""
    pieces = dataset.held_out if held_out else dataset.training
    return [coded_piece(bins, dataset.emphasis, books) for bins in pieces]


def coded_piece(bins: Bins, emphasis: Emphasis, books: Codebooks) -> CodedPiece:
    """A piece from its bins after a block of silence; what is left of a row at the end is cut off."""
    silence = silence_of(books)
    codes = books.encode(bands_of(emphasis.undo(bin_to_amplitude(bins[BLOCK_STEPS:]))))
    kept = bins[: BLOCK_STEPS + len(codes) * ROW_STEPS]
    return CodedPiece(kept, np.concatenate([silence, codes, silence]))


class CodedStreams:
    """`batch` readers side by side, each walking through pieces window after window, on the rows' grid."""

    def __init__(self, pieces: list[CodedPiece], batch: int, rows: int, seed: int) -> None:
        self._pieces = [piece for piece in pieces if piece.rows >= rows]
        if not self._pieces:
            raise ValueError(f"no piece has the {rows} rows of a window")
        self._rows, self._random = rows, np.random.default_rng(seed)
        lengths = np.array([piece.rows for piece in self._pieces], np.float64)
        self._shares = lengths / lengths.sum()
        self._places = [self._leap() for _ in range(batch)]
        self._fresh = np.ones(batch, np.bool_)

    def next(self) -> tuple[Tensor, Tensor, Tensor]:
        """Bins [B, 64 + L], codes [B, rows + 2, levels] (both int64), and which rows [B] begin anew (bool)."""
        bins, codes = [], []
        fresh = torch.from_numpy(self._fresh.copy())
        for index, (piece, row) in enumerate(self._places):
            first = row * ROW_STEPS
            bins.append(piece.bins[first : first + BLOCK_STEPS + self._rows * ROW_STEPS])
            codes.append(piece.codes[row : row + self._rows + 2])
            following = row + self._rows
            ends = following + self._rows > piece.rows
            leaps = self._random.random() < LEAP_PROBABILITY * self._rows * ROW_STEPS / 1024
            self._fresh[index] = ends or leaps
            self._places[index] = self._leap() if ends or leaps else (piece, following)
        return torch.from_numpy(np.stack(bins).astype(np.int64)), torch.from_numpy(np.stack(codes)), fresh

    def _leap(self) -> tuple[CodedPiece, int]:
        piece = self._pieces[int(self._random.choice(len(self._pieces), p=self._shares))]
        if self._random.random() < BEGINNING_PROBABILITY:
            return piece, 0
        return piece, int(self._random.integers(piece.rows - self._rows + 1))

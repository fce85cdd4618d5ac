"""Feeds performances to the trainer as parallel streams with carried state, and corrupts what the model hears."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import soundfile
import torch
from torch import Tensor

from simmer_training.corpus import PERFORMANCES, SAMPLE_RATE_HZ, corpus_path
from simmer_training.model import BLOCK_STEPS
from simmer_training.quantizer import SILENCE_BIN, amplitude_to_bin

Bins = npt.NDArray[np.uint8]

LEAP_PROBABILITY: Final = 0.03  # of a stream going elsewhere after a window, its state forgotten
BEGINNING_PROBABILITY: Final = 0.3  # of such a leap landing on the first step of a performance
CORRUPTED_ROWS: Final = 0.3  # share of the streams that hear a damaged past in a window
CORRUPTED_STEPS: Final = 0.3  # share of the steps damaged in such a stream
CORRUPTION_BINS: Final = 3  # at most this far


def load_bins(folder: Path, *, held_out: bool) -> list[Bins]:
    """The performances as bins, each with a block of silence before it: the history a take starts from."""
    found: list[Bins] = []
    for performance in PERFORMANCES:
        if performance.held_out == held_out:
            audio, rate = soundfile.read(corpus_path(folder, performance), dtype="float64")
            if rate != SAMPLE_RATE_HZ:
                raise ValueError(f"{performance.name} has {rate} Hz, not {SAMPLE_RATE_HZ}")
            silence = np.full(BLOCK_STEPS, SILENCE_BIN, np.uint8)
            found.append(np.concatenate([silence, amplitude_to_bin(audio)]))
    return found


@dataclass
class _Place:
    """Where a stream is: its next window begins with the history at `offset`."""

    performance: int
    offset: int


class Streams:
    """`batch` readers that walk through the performances, window after window."""

    def __init__(self, performances: list[Bins], batch: int, steps: int, seed: int) -> None:
        self._performances = performances
        self._steps = steps
        self._random = np.random.default_rng(seed)
        self._places = [self._leap() for _ in range(batch)]
        self._fresh = np.ones(batch, np.bool_)

    def next(self) -> tuple[Tensor, Tensor]:
        """Bins [B, 64 + L] (int64), and which rows [B] (bool) begin without a past and need the learned states."""
        span = BLOCK_STEPS + self._steps
        rows = [self._performances[place.performance][place.offset :][:span] for place in self._places]
        fresh = torch.from_numpy(self._fresh.copy())
        for index, place in enumerate(self._places):
            place.offset += self._steps
            ended = place.offset + span > len(self._performances[place.performance])
            self._fresh[index] = ended or self._random.random() < LEAP_PROBABILITY
            if self._fresh[index]:
                self._places[index] = self._leap()
        return torch.from_numpy(np.stack(rows).astype(np.int64)), fresh

    def _leap(self) -> _Place:
        lengths = np.array([len(bins) for bins in self._performances], np.float64)
        performance = int(self._random.choice(len(lengths), p=lengths / lengths.sum()))
        if self._random.random() < BEGINNING_PROBABILITY:
            return _Place(performance, 0)
        last = len(self._performances[performance]) - BLOCK_STEPS - self._steps
        return _Place(performance, int(self._random.integers(0, last + 1)))


def corrupt(bins: Tensor, generator: torch.Generator) -> Tensor:
    """Moves some bins of some rows a little, since a free-running model hears its own small mistakes.

    Whole rows are left clean, so that the model also learns how exact a clean past is.
    """
    rows = torch.rand(bins.shape[0], 1, generator=generator) < CORRUPTED_ROWS
    hit = rows & (torch.rand(bins.shape, generator=generator) < CORRUPTED_STEPS)
    shift = torch.randint(-CORRUPTION_BINS, CORRUPTION_BINS + 1, bins.shape, generator=generator)
    return torch.where(hit, bins + shift, bins).clamp(0, 255)

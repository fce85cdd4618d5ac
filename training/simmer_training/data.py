"""Feeds pieces to the trainer as parallel streams with carried state, and corrupts what the model hears."""

from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from simmer_training.dataset import Bins
from simmer_training.model import BLOCK_STEPS

LEAP_PROBABILITY: Final = 0.02  # in 1024 steps, of a stream going elsewhere, its state forgotten
BEGINNING_PROBABILITY: Final = 0.3  # of such a leap landing on the first step of a piece
CORRUPTED_ROWS: Final = 0.3  # share of the streams that hear a damaged past in a window
CORRUPTED_STEPS: Final = 0.3  # share of the steps damaged in such a stream
CORRUPTION_BINS: Final = 3  # at most this far
NOISY_ROWS: Final = 0.75  # share of the streams that hear a noisy past in a window, where noise is asked for


class Stream:
    """One reader that walks through the pieces, window after window.

    Where a piece ends another one begins and the state is carried on: a model that never hears what follows the last
    note would hold it for ever.
    """

    def __init__(self, pieces: list[Bins], random: np.random.Generator) -> None:
        self._pieces, self._random = pieces, random
        self._shares = np.array([len(bins) for bins in pieces], np.float64)
        self._shares /= self._shares.sum()
        self._rest: Bins = np.zeros(0, np.uint8)
        self.leap()

    def leap(self) -> None:
        """Goes to a random place, or to the beginning of a piece, where there is silence before it."""
        piece = self._choose()
        beginning = self._random.random() < BEGINNING_PROBABILITY
        self._rest = piece[0 if beginning else int(self._random.integers(0, len(piece) - BLOCK_STEPS)) :]

    def read(self, steps: int) -> Bins:
        """The next `steps` steps with the block before them: [64 + steps]."""
        while len(self._rest) < BLOCK_STEPS + steps:
            self._rest = np.concatenate([self._rest, self._choose()[BLOCK_STEPS:]])
        window = self._rest[: BLOCK_STEPS + steps]
        self._rest = self._rest[steps:]
        return window

    def _choose(self) -> Bins:
        return self._pieces[int(self._random.choice(len(self._pieces), p=self._shares))]


class Streams:
    """`batch` such readers side by side."""

    def __init__(self, pieces: list[Bins], batch: int, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self._streams = [Stream(pieces, self._random) for _ in range(batch)]
        self._fresh = np.ones(batch, np.bool_)

    def next(self, steps: int) -> tuple[Tensor, Tensor]:
        """Bins [B, 64 + L] (int64), and which rows [B] (bool) begin without a past and need the learned states."""
        rows: list[npt.NDArray[np.uint8]] = [stream.read(steps) for stream in self._streams]
        fresh = torch.from_numpy(self._fresh.copy())
        self._fresh = self._random.random(len(rows)) < LEAP_PROBABILITY * steps / 1024
        for index in np.flatnonzero(self._fresh):
            self._streams[index].leap()
        return torch.from_numpy(np.stack(rows).astype(np.int64)), fresh


def corrupt(bins: Tensor, generator: torch.Generator, noise_bins: float = 0.0) -> Tensor:
    """Damages the past of some rows a little, while what is to be drawn stays as it is.

    A free-running model hears its own small mistakes, which it never heard in training. Either some steps of some rows
    are moved (`noise_bins` 0), or most rows get noise of a standard deviation of their own, at most `noise_bins`. Under
    noise a model learns to go on cleanly from a past of any noisiness (as LPCNet does, Valin and Skoglund 2019, arXiv
    1810.11846), and also to let sounds die away: good for plucks, which come again, and the end of pads. Some rows are
    left clean, so that the model also learns how exact a clean past is.
    """
    if noise_bins > 0:
        rows = torch.rand(bins.shape[0], 1, generator=generator) < NOISY_ROWS
        deviation = rows * noise_bins * torch.rand(bins.shape[0], 1, generator=generator)
        noise = torch.randn(bins.shape, generator=generator) * deviation
        return (bins + noise.round().to(bins.dtype)).clamp(0, 255)
    rows = torch.rand(bins.shape[0], 1, generator=generator) < CORRUPTED_ROWS
    hit = rows & (torch.rand(bins.shape, generator=generator) < CORRUPTED_STEPS)
    shift = torch.randint(-CORRUPTION_BINS, CORRUPTION_BINS + 1, bins.shape, generator=generator)
    return torch.where(hit, bins + shift, bins).clamp(0, 255)

"""Feeds pieces to the trainer as parallel streams with carried state, and corrupts what the model hears."""

import math
import sys
from collections.abc import Sequence
from typing import Final

import numpy as np
import torch
from torch import Tensor

from simmer_training.dataset import Bins
from simmer_training.holds import LONGEST_STEPS, SHORTEST_STEPS, Mask, Piece, hold, piece_of
from simmer_training.model import BLOCK_STEPS

LEAP_PROBABILITY: Final = 0.02  # in 1024 steps, of a stream going elsewhere, its state forgotten
BEGINNING_PROBABILITY: Final = 0.3  # of such a leap landing on the first step of a piece
CORRUPTED_ROWS: Final = 0.3  # share of the streams that hear a damaged past in a window
CORRUPTED_STEPS: Final = 0.3  # share of the steps damaged in such a stream
CORRUPTION_BINS: Final = 3  # at most this far
NOISY_ROWS: Final = 0.75  # share of the streams that hear a noisy past in a window, where noise is asked for
# Lengths are spread evenly over their logarithms.
MEAN_HOLD_STEPS: Final = (LONGEST_STEPS - SHORTEST_STEPS) / math.log(LONGEST_STEPS / SHORTEST_STEPS)


class Stream:
    """One reader that walks through the pieces, window after window.

    Where a piece ends another one begins and the state is carried on: a model that never hears what follows the last
    note would hold it for ever. Now and then what is heard stands still for a while (holds.py).
    """

    def __init__(
        self, pieces: list[Piece], random: np.random.Generator, held_share: float, rests: Sequence[Bins] = ()
    ) -> None:
        self._pieces, self._random, self._rests = pieces, random, rests
        self._shares = np.array([len(piece.bins) for piece in pieces], np.float64)
        self._shares /= self._shares.sum()
        # Steps of music from the end of one hold to the next, in the mean.
        self._music_steps = MEAN_HOLD_STEPS * (1 - held_share) / held_share if held_share > 0 else math.inf
        self._parts: list[tuple[Bins, Mask]] = []
        self._left = 0
        self._piece, self._at = pieces[0], 0
        self._until_hold = self._next_hold()
        self.leap()

    def leap(self) -> None:
        """Goes to a random place, or to the beginning of a piece, where there is silence before it."""
        self._piece = self._choose()
        beginning = self._random.random() < BEGINNING_PROBABILITY
        self._at = 0 if beginning else int(self._random.integers(0, len(self._piece.bins) - BLOCK_STEPS))
        self._parts, self._left = [], 0

    def read(self, steps: int) -> tuple[Bins, Mask]:
        """The next `steps` steps with the block before them, and which of them are learned from: both [64 + steps]."""
        while self._left < BLOCK_STEPS + steps:
            self._append(steps)
        bins = np.concatenate([part for part, _ in self._parts])
        learned = np.concatenate([mask for _, mask in self._parts])
        self._parts, self._left = [(bins[steps:], learned[steps:])], len(bins) - steps
        return bins[: BLOCK_STEPS + steps], learned[: BLOCK_STEPS + steps]

    def _append(self, steps: int) -> None:
        """Reads on for so many steps at most, up to the next hold or the end of the piece."""
        end = min(len(self._piece.bins), self._at + steps, self._at + self._until_hold)
        self._put(self._piece.bins[self._at : end], learned=True)
        self._until_hold -= end - self._at
        self._at = end
        if end == len(self._piece.bins):
            self._piece, self._at = self._choose(), BLOCK_STEPS
        elif self._until_hold == 0:
            self._until_hold = self._next_hold()
            held = hold(self._piece, end, self._random, self._rests)
            if held is not None:
                self._put(held[0], learned=False)
                self._at = held[1]

    def _next_hold(self) -> int:
        if math.isinf(self._music_steps):
            return sys.maxsize
        return 1 + int(self._random.exponential(self._music_steps))

    def _put(self, bins: Bins, *, learned: bool) -> None:
        self._parts.append((bins, np.full(len(bins), learned)))
        self._left += len(bins)

    def _choose(self) -> Piece:
        return self._pieces[int(self._random.choice(len(self._pieces), p=self._shares))]


class Streams:
    """`batch` such readers side by side; `held_share` of what they read stands still."""

    def __init__(
        self, pieces: list[Bins], batch: int, seed: int, held_share: float = 0.0, rests: Sequence[Bins] = ()
    ) -> None:
        self._random = np.random.default_rng(seed)
        known = [piece_of(bins) for bins in pieces]
        self._streams = [Stream(known, self._random, held_share, rests) for _ in range(batch)]
        self._fresh = np.ones(batch, np.bool_)

    def next(self, steps: int) -> tuple[Tensor, Tensor, Tensor]:
        """Bins [B, 64 + L] (int64), which of them are learned from (bool), and which rows begin anew [B] (bool).

        Those begin without a past and need the learned states.
        """
        rows, learned = zip(*(stream.read(steps) for stream in self._streams), strict=True)
        fresh = torch.from_numpy(self._fresh.copy())
        self._fresh = self._random.random(len(rows)) < LEAP_PROBABILITY * steps / 1024
        for index in np.flatnonzero(self._fresh):
            self._streams[index].leap()
        return torch.from_numpy(np.stack(rows).astype(np.int64)), torch.from_numpy(np.stack(learned)), fresh


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

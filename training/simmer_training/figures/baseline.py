"""What order-16 linear prediction makes of the same audio: the baseline that a model has to be better than.

The machine of lossless audio coders (FLAC, MPEG-4 ALS: linear prediction and an entropy coder that follows the size of
the recent residuals), made a little stronger: each predictor brings logistic distributions of several widths over the
bins, and their weights and widths depend on the recent residuals. Everything is fitted on the training audio by maximum
likelihood. Two of them:

fixed      one predictor, fitted to all of the training audio
adapting   with three more, each solved anew every ADAPT_STEPS from its own past alone (backward adaptation, windows
           of 16 to 256 ms): no knowledge of the song, but a long memory
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from simmer_training.dataset import Bins
from simmer_training.figures.linear_prediction import (
    ORDER,
    RECENT,
    SMALL,
    WINDOWS,
    Predicted,
    fixed_coefficients,
    predict,
)
from simmer_training.model import BLOCK_STEPS
from simmer_training.quantizer import BINS, MU, bin_to_amplitude

Array = npt.NDArray[np.float64]

WIDTHS: Final = 3  # logistic distributions a predictor
FITTED_STEPS: Final = 40_000
ROUNDS: Final = 200
LEARNING_RATE: Final = 0.05


def edges() -> Array:
    """The amplitudes between bins, [255]: bin b holds what lies between edge b - 1 and edge b."""
    companded = 2.0 * (np.arange(BINS - 1) + 0.5) / MU - 1.0
    between: Array = np.sign(companded) * np.expm1(np.abs(companded) * np.log1p(MU)) / MU
    return between


class Coder(torch.nn.Module):
    """Weights and widths of the logistic distributions around E predictions, as functions of the recent residuals."""

    def __init__(self, predictors: int) -> None:
        super().__init__()
        seen, made = predictors * len(RECENT) + 1, predictors * WIDTHS
        self.predictors = predictors
        self.weights = torch.nn.Linear(seen, made, dtype=torch.float64)
        self.widths = torch.nn.Linear(seen, made, dtype=torch.float64)
        self.stray = torch.nn.Parameter(torch.tensor(-8.0, dtype=torch.float64))
        for layer in (self.weights, self.widths):
            torch.nn.init.zeros_(layer.weight)
            torch.nn.init.zeros_(layer.bias)
        with torch.no_grad():
            spread = torch.linspace(-1.5, 0.5, WIDTHS, dtype=torch.float64)
            self.widths.bias.copy_(spread.repeat(predictors))
        steps = torch.from_numpy(edges())
        infinite = torch.tensor([torch.inf], dtype=torch.float64)
        self._edges = torch.cat([-infinite, steps, infinite])

    def bits(self, found: Predicted) -> Tensor:
        """-log2 of the probability of each bin, [n]. The probabilities of the 256 bins sum to 1."""
        means, recent = torch.from_numpy(found.means), torch.from_numpy(found.recent)
        bins = torch.from_numpy(found.bins)
        # How wide a bin is at the prediction: the residuals of a quiet past say little of a loud next step.
        grain = torch.log(means[:, :1].abs() + 1 / MU)
        middle = recent.mean(dim=(1, 2), keepdim=True)
        seen = torch.cat([(recent - middle).flatten(1), grain - middle[:, 0]], dim=1)
        base = recent[:, :, 1].repeat_interleave(WIDTHS, dim=1)
        scale = torch.exp(base + self.widths(seen)).clamp_min(SMALL / 10)
        centre = means.repeat_interleave(WIDTHS, dim=1)
        low, high = (torch.sigmoid((self._edges[bins + side, None] - centre) / scale) for side in (0, 1))
        likelihood = (torch.softmax(self.weights(seen), dim=1) * (high - low)).sum(dim=1)
        stray = torch.sigmoid(self.stray)
        return -torch.log2((1 - stray) * likelihood + stray / BINS)


@dataclass(frozen=True)
class Baseline:
    """Fitted."""

    fixed: Array
    windows: tuple[int, ...]
    coder: Coder

    def piece_bits(self, bins: Bins) -> float:
        """Mean bits per step of a piece: bins after BLOCK_STEPS of silence."""
        found = predict(bins, self.fixed, self.windows)
        with torch.inference_mode():
            parts = [self.coder.bits(found.only(part)) for part in _parts(len(found.bins))]
            return float(torch.cat(parts).mean())


def fit_baseline(training: Sequence[Bins], *, adapting: bool, seed: int = 1, rounds: int = ROUNDS) -> Baseline:
    """Fits to pieces, each after BLOCK_STEPS of silence, in so many rounds of Adam."""
    windows = WINDOWS if adapting else ()
    fixed = fixed_coefficients([bin_to_amplitude(bins[BLOCK_STEPS - ORDER :]) for bins in training])
    random = np.random.default_rng(seed)
    each = -(-FITTED_STEPS // len(training))
    samples = []
    for bins in training:
        found = predict(bins, fixed, windows)
        samples.append(found.only(random.choice(len(found.bins), min(each, len(found.bins)), replace=False)))
    together = Predicted(
        np.concatenate([sample.bins for sample in samples]),
        np.concatenate([sample.means for sample in samples]),
        np.concatenate([sample.recent for sample in samples]),
    )
    coder = Coder(1 + len(windows))
    optimizer = torch.optim.Adam(coder.parameters(), LEARNING_RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, rounds)
    for _ in range(rounds):
        optimizer.zero_grad()
        coder.bits(together).mean().backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
    return Baseline(fixed, windows, coder.requires_grad_(False))


def order_zero_bits(training: Sequence[Bins], bins: Bins) -> float:
    """Bits per step of a piece under how often each bin occurs in the training audio: what no memory at all gives."""
    counts = np.bincount(np.concatenate([piece[BLOCK_STEPS:] for piece in training]), minlength=BINS) + 1
    return float(-np.log2(counts / counts.sum())[bins[BLOCK_STEPS:]].mean())


def _parts(count: int, length: int = 50_000) -> list[npt.NDArray[np.int64]]:
    return [np.arange(start, min(start + length, count)) for start in range(0, count, length)]

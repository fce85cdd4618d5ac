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
from scipy.signal import lfilter
from torch import Tensor

from simmer_training.dataset import Bins
from simmer_training.model import BLOCK_STEPS
from simmer_training.quantizer import BINS, MU, bin_to_amplitude

Array = npt.NDArray[np.float64]

ORDER: Final = 16
ADAPT_STEPS: Final = 32
WINDOWS: Final = (256, 1024, 4096)  # steps over which an adapting predictor's past fades
RECENT: Final = (8, 64, 512)  # steps over which the size of the residuals is remembered
WIDTHS: Final = 3  # logistic distributions a predictor
FITTED_STEPS: Final = 40_000
ROUNDS: Final = 200
LEARNING_RATE: Final = 0.05
SMALL: Final = 1e-5  # amplitude: a tenth of the finest bin's width


def edges() -> Array:
    """The amplitudes between bins, [255]: bin b holds what lies between edge b - 1 and edge b."""
    companded = 2.0 * (np.arange(BINS - 1) + 0.5) / MU - 1.0
    between: Array = np.sign(companded) * np.expm1(np.abs(companded) * np.log1p(MU)) / MU
    return between


def history(values: Array) -> Array:
    """The ORDER values before each value from ORDER on, newest first: [len(values) - ORDER, ORDER]."""
    return np.lib.stride_tricks.sliding_window_view(values, ORDER)[:-1, ::-1]


def fixed_coefficients(pieces: Sequence[Array]) -> Array:
    """The predictor [ORDER] of least relative error, each value weighed by the level around it.

    Unweighed, the loudest chord would decide alone, though a bin is as wide as its amplitude.
    """
    gram, right = np.zeros((ORDER, ORDER)), np.zeros(ORDER)
    for values in pieces:
        past, level = history(values), _recent(np.abs(values), RECENT[1])[ORDER - 1 : -1]
        weights = 1 / (level + 100 * SMALL) ** 2
        gram += (past * weights[:, None]).T @ past
        right += (past * weights[:, None]).T @ values[ORDER:]
    return np.linalg.solve(gram + np.eye(ORDER) * 1e-6 * np.trace(gram) / ORDER, right)


def adapted_predictions(values: Array, window: int, fixed: Array) -> Array:
    """Predictions of each value from ORDER on, by coefficients solved from the values before its block alone.

    Where there was too little in the window to tell, the coefficients stay near `fixed`.
    """
    past, wanted = history(values), values[ORDER:]
    blocks = len(wanted) // ADAPT_STEPS + 1
    room = blocks * ADAPT_STEPS - len(wanted)
    rows = np.pad(past, ((0, room), (0, 0))).reshape(blocks, ADAPT_STEPS, ORDER)
    aims = np.pad(wanted, (0, room)).reshape(blocks, ADAPT_STEPS, 1)
    turned = rows.transpose(0, 2, 1)
    fade = np.exp(-ADAPT_STEPS / window)
    gram, right = (lfilter([1.0], [1.0, -fade], product, axis=0) for product in (turned @ rows, turned @ aims))
    stay = 1e-4 * np.trace(gram, axis1=1, axis2=2) / ORDER + (10 * SMALL) ** 2 * window
    gram += stay[:, None, None] * np.eye(ORDER)
    solved = np.linalg.solve(gram, right + stay[:, None, None] * fixed[:, None])
    before = np.concatenate([fixed[None, :, None], solved[:-1]])
    predicted: Array = (rows @ before).reshape(-1)[: len(wanted)]
    return np.clip(predicted, -1, 1)


@dataclass(frozen=True)
class Predicted:
    """A piece, predicted: n values from ORDER on, by E predictors."""

    bins: npt.NDArray[np.int64]  # [n]
    means: Array  # [n, E], amplitudes
    recent: Array  # [n, E, len(RECENT)], natural logarithms of the mean size of the residuals before

    def only(self, places: npt.NDArray[np.int64]) -> "Predicted":
        """Some of the values."""
        return Predicted(self.bins[places], self.means[places], self.recent[places])


def predict(bins: Bins, fixed: Array, windows: Sequence[int]) -> Predicted:
    """Of bins after BLOCK_STEPS of silence: every bin of the piece is predicted, the silence is not."""
    values = bin_to_amplitude(bins[BLOCK_STEPS - ORDER :])
    means = [history(values) @ fixed, *(adapted_predictions(values, window, fixed) for window in windows)]
    recent = []
    for mean in means:
        size = np.abs(values[ORDER:] - mean)
        before = [np.concatenate([[0.0], _recent(size, steps)[:-1]]) for steps in RECENT]
        recent.append(np.log(np.stack(before, axis=1) + SMALL))
    return Predicted(bins[BLOCK_STEPS:].astype(np.int64), np.stack(means, axis=1), np.stack(recent, axis=1))


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


def _recent(sizes: Array, steps: int) -> Array:
    """The mean that fades over `steps`, up to and with each value."""
    share = 1 / steps
    faded: Array = lfilter([share], [1.0, share - 1.0], sizes)
    return faded


def _parts(count: int, length: int = 50_000) -> list[npt.NDArray[np.int64]]:
    return [np.arange(start, min(start + length, count)) for start in range(0, count, length)]

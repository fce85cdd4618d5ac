"""Draws from the prior with PyTorch, row by row, as docs/models.md tells it: windows, start tokens, the draw.

This is what the exported graphs and the service are compared with, and what takes are drawn by while a model is made.
"""

from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from simmer_training.vq.prior import Layer, Prior

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Drawing:
    """How codes are drawn: factors of the temperature for each level [levels], and what is too unlikely to be drawn."""

    level_temperature: Floats
    tail_floor: float = 0.0


def draw_codes(
    scores: Floats, temperature: Floats, uniform: Floats, tail_floor: float
) -> tuple[npt.NDArray[np.int64], Floats]:
    """Codes [batch], by inverse CDF at uniform numbers, and entropies in bits [batch] of scores [batch, size]."""
    divided = scores / np.maximum(temperature, 1e-4)[:, None]
    weights = np.exp(divided - divided.max(1, keepdims=True))
    weights[weights < tail_floor] = 0.0
    sums = np.cumsum(weights, axis=1)
    total = sums[:, -1:]
    codes = np.minimum((sums <= uniform[:, None] * total).sum(1), scores.shape[1] - 1)
    coldest = temperature <= 1e-4
    codes[coldest] = scores[coldest].argmax(1)
    share = weights / total
    entropy = -(share * np.log2(np.where(share > 0, share, 1.0))).sum(1)
    return codes, entropy


class Cache:
    """Keys and values of one window [layers, 2][batch, heads, window, head width], filled position by position."""

    def __init__(self, prior: Prior, batch: int) -> None:
        shape = prior.shape
        self._prior = prior
        self._kept = torch.zeros(shape.layers, 2, batch, shape.heads, shape.window, shape.width // shape.heads)

    @torch.no_grad()
    def run(self, entered: Tensor, position: int, seconds: Tensor) -> Tensor:
        """Runs one position [batch, width] and gives what is heard there, [batch, width]."""
        rows = (entered + self._prior.positions[position] + self._prior.time(seconds))[:, None]
        for number, module in enumerate(self._prior.layers):
            layer = cast("Layer", module)
            query, key, value = layer.split(rows)
            keys, values = self._kept[number, 0], self._kept[number, 1]
            keys[:, :, position], values[:, :, position] = key[:, :, 0], value[:, :, 0]
            scores = query @ keys[:, :, : position + 1].transpose(2, 3) / layer.head_width**0.5
            heard = scores.softmax(-1) @ values[:, :, : position + 1]
            rows = layer.finish(rows, heard.transpose(1, 2).flatten(2))
        heard_here: Tensor = self._prior.norm(rows[:, 0])
        return heard_here


class Sampler:
    """A batch of takes, drawn together. `labels` [batch, 4], `blend` [batch] hold throughout."""

    def __init__(self, prior: Prior, labels: Tensor, blend: Tensor, drawing: Drawing) -> None:
        self._prior = prior
        self._labels, self._blend = labels, blend
        self._drawing = drawing
        self._batch = len(labels)
        self._caches: dict[int, Cache] = {}
        self._heard: dict[int, Tensor] = {}
        self._row = 0

    def _window(self, row: int) -> int:
        shape = self._prior.shape
        return max(0, -(-(row - (shape.window - 1)) // shape.hop_rows))

    def _seconds(self, row: int) -> Tensor:
        shape = self._prior.shape
        return torch.tensor([min(row / shape.rows_a_second, shape.hold_seconds), shape.total_seconds])

    def _open(self, window: int) -> None:
        cache = Cache(self._prior, self._batch)
        self._caches[window] = cache
        first = window * self._prior.shape.hop_rows
        self._heard[window] = cache.run(self._prior.start(self._labels, self._blend), 0, self._seconds(first))

    @torch.no_grad()
    def scores(self) -> Tensor:
        """What is heard before the next row, [batch, width]."""
        window = self._window(self._row)
        if window not in self._caches:
            self._open(window)
        for old in [number for number in self._caches if number < window]:
            del self._caches[old], self._heard[old]
        return self._heard[window]

    @torch.no_grad()
    def feed(self, codes: Tensor) -> None:
        """Takes in a row [batch, levels] that was drawn, or given."""
        shape = self._prior.shape
        entered = self._prior.start(self._labels, self._blend) + self._prior.rows(codes)
        first, last = self._window(self._row), self._row // shape.hop_rows
        for window in range(first, last + 1):
            if window not in self._caches:
                self._open(window)
            position = self._row - window * shape.hop_rows + 1
            if position < shape.window:
                self._heard[window] = self._caches[window].run(entered, position, self._seconds(self._row))
        self._row += 1

    @torch.no_grad()
    def draw(self, temperature: Floats, uniform: Floats) -> tuple[Codes, Floats]:
        """The next row at temperatures [batch], uniform numbers [batch, levels]: codes, entropies [batch, levels]."""
        levels = self._prior.levels
        shape = self._prior.shape
        hidden = self.scores()
        codes = torch.zeros(self._batch, shape.levels, dtype=torch.int64)
        entropies = np.zeros((self._batch, shape.levels))
        before = torch.zeros(self._batch, shape.width)
        for level in range(shape.levels):
            rows = hidden + before + levels.place[level]
            raised = torch.nn.functional.gelu(
                levels.norm(rows) @ levels.rise[level] + levels.rise_bias[level], approximate="tanh"
            )
            rows = rows + raised @ levels.fall[level]
            scores = (levels.out_norm(rows) @ levels.out[level] + levels.out_bias[level]).double().numpy()
            heat = temperature * self._drawing.level_temperature[level]
            drawn, entropies[:, level] = draw_codes(scores, heat, uniform[:, level], self._drawing.tail_floor)
            codes[:, level] = torch.from_numpy(drawn)
            before = before + levels.codes[level][codes[:, level]]
        self.feed(codes)
        return codes.numpy().astype(np.int32), entropies

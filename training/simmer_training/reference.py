"""Draws with PyTorch, one step after another, through the layers as they were trained: nothing is folded.

This is what the exported graph is compared with. It is slow and plain on purpose.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from simmer_training.graph import LOWEST_TEMPERATURE, GuidePull
from simmer_training.model import BLOCK_STEPS, FRAME_STEPS, Recurrent, SampleRnn, centred
from simmer_training.quantizer import BINS, SILENCE_BIN


@dataclass(frozen=True)
class Controls:
    """What steers a draw, one value a step: the inputs of docs/models.md."""

    temperature: npt.NDArray[np.float32]
    guide_strength: npt.NDArray[np.float32]
    guide_bin: npt.NDArray[np.float32]

    @staticmethod
    def unguided(temperature: npt.NDArray[np.float32]) -> "Controls":
        """A lane alone."""
        silence = np.full(len(temperature), SILENCE_BIN, np.float32)
        return Controls(temperature, np.zeros(len(temperature), np.float32), silence)


class ReferenceSampler:
    """Walks through a take in one precision; the caller decides at every step which bin was drawn."""

    def __init__(
        self,
        model: SampleRnn,
        controls: Controls,
        dtype: torch.dtype,
        pull: GuidePull,
        tail_floor: float = 0.0,
    ) -> None:
        """Casts `model` to `dtype` in place; `tail_floor` as in the manifest, 0 draws from the whole distribution."""
        self._tail_floor = tail_floor
        self._model, self._pull, self._dtype = model.to(dtype), pull, dtype
        self._temperature = torch.from_numpy(controls.temperature).to(dtype).clamp(min=LOWEST_TEMPERATURE)
        self._strength = torch.from_numpy(controls.guide_strength).to(dtype)
        self._guide = torch.from_numpy(controls.guide_bin).to(dtype)
        self._bins = torch.full((BLOCK_STEPS + len(controls.temperature),), SILENCE_BIN, dtype=torch.int64)

    def cumulative(self) -> Iterator[Tensor]:
        """Yields each step's cumulative distribution [256]; `settle` must be called before the next."""
        model, places = self._model, torch.arange(BINS, dtype=self._dtype)
        recurrent = model.start(1)
        for step in range(len(self._temperature)):
            if step % BLOCK_STEPS == 0:
                top, conditions = self._top(step, recurrent.top)
                recurrent = Recurrent(top, recurrent.frame)
            if step % FRAME_STEPS == 0:
                frame, rows = self._frame(step, conditions, recurrent.frame)
                recurrent = Recurrent(recurrent.top, frame)
            past = self._bins[step + BLOCK_STEPS - FRAME_STEPS : step + BLOCK_STEPS]
            hidden = model.first(model.embedding(past).reshape(1, -1)) + rows[step % FRAME_STEPS]
            hidden = functional.relu(model.third(functional.relu(model.second(hidden))))
            logits = model.output(hidden)[0] / self._temperature[step]
            if self._strength[step] != 0:
                away = -0.5 * ((places - self._guide[step]) / self._pull.width_bins) ** 2
                logits = logits + self._strength[step] * self._pull.weight * away.clamp(min=-self._pull.deepest)
            probabilities = torch.softmax(logits, 0)
            in_tail = probabilities < self._tail_floor * probabilities.max()
            yield probabilities.masked_fill(in_tail, 0).cumsum(0)

    def settle(self, step: int, drawn: int) -> None:
        """Makes `drawn` the past of the steps after `step`."""
        self._bins[BLOCK_STEPS + step] = drawn

    def _top(self, step: int, state: Tensor) -> tuple[Tensor, Tensor]:
        heard = self._bins[step : step + BLOCK_STEPS].to(self._dtype)
        if step >= BLOCK_STEPS:
            before = slice(step - BLOCK_STEPS, step)
            heard = heard + self._pull.mix * self._strength[before] * (self._guide[before] - heard)
        block = self._model.top_in(centred(heard, self._dtype)).reshape(1, 1, -1)
        top, _ = self._model.top_gru(block, state.unsqueeze(0).contiguous())
        conditions = self._model.top_up(top).reshape(-1, self._model.sizes.recurrent)
        return top[0], conditions

    def _frame(self, step: int, conditions: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        bins = self._bins[step + BLOCK_STEPS - FRAME_STEPS : step + BLOCK_STEPS]
        condition = conditions[step % BLOCK_STEPS // FRAME_STEPS]
        arriving = (self._model.frame_in(centred(bins, self._dtype)) + condition).reshape(1, 1, -1)
        frame, _ = self._model.frame_gru(arriving, state.unsqueeze(0).contiguous())
        return frame[0], self._model.frame_up(frame).reshape(FRAME_STEPS, -1)


def draw_bin(cumulative: Tensor, uniform: float) -> int:
    """The inverse CDF of docs/models.md: how many entries are at or below u * total, at most 255."""
    return min(BINS - 1, int((cumulative <= uniform * cumulative[-1]).sum()))


def margin(cumulative: Tensor, uniform: float) -> float:
    """How far the number that was read at lies from the nearest entry: below it, rounding decides the draw."""
    return float((cumulative[:-1] - uniform * cumulative[-1]).abs().min())

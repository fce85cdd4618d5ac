"""Trains the model on the corpus, for a given time, and can be stopped and started again.

    python -m simmer_training.train --hours 1.2 [--corpus build/corpus] [--checkpoint build/checkpoint.pt]

The learning rate follows the clock, not the count of updates: it is zero when the hours are over, however slow the
machine was.
"""

import argparse
import json
import math
import time
from pathlib import Path
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

from simmer_training.checkpoint import Checkpoint, Progress
from simmer_training.data import Bins, Streams, corrupt, load_bins
from simmer_training.model import BLOCK_STEPS, Recurrent, SampleRnn, Sizes
from simmer_training.quantizer import BINS

BATCH: Final = 16
WINDOW_STEPS: Final = 1024  # truncated back-propagation through time
LEARNING_RATE: Final = 2e-3
WARM_UP_UPDATES: Final = 100
GRADIENT_NORM: Final = 1.0
AVERAGE_DECAY: Final = 0.999
SAVE_SECONDS: Final = 120.0
HELD_OUT_STEPS: Final = 16 * 16_000  # the last 16 s of the unseen performance
HELD_OUT_WARM_UP: Final = 2 * 16_000  # its first 2 s only bring the states up


def held_out_bits(model: SampleRnn, bins: Bins) -> float:
    """Mean bits per step over the end of a performance, teacher-forced, states carried through."""
    past = torch.from_numpy(bins[-(HELD_OUT_STEPS + BLOCK_STEPS) :].astype("int64")).unsqueeze(0)
    recurrent, total, window = model.start(1), 0.0, HELD_OUT_WARM_UP
    with torch.inference_mode():
        for offset in range(0, HELD_OUT_STEPS - window + 1, window):
            row = past[:, offset : offset + window + BLOCK_STEPS]
            logits, recurrent = model(row, recurrent)
            if offset >= HELD_OUT_WARM_UP:
                total += float(functional.cross_entropy(logits[0], row[0, BLOCK_STEPS:], reduction="sum"))
    return total / (HELD_OUT_STEPS - HELD_OUT_WARM_UP) / math.log(2)


class Trainer:
    """One training run."""

    def __init__(self, corpus: Path, checkpoint: Path, hours: float, seed: int) -> None:
        torch.manual_seed(seed)
        self._checkpoint, self._hours = checkpoint, hours
        self._held_out = load_bins(corpus, held_out=True)[0]
        self.progress = Progress()
        saved = Checkpoint.load(checkpoint) if checkpoint.exists() else None
        self._model = SampleRnn(saved.sizes if saved else Sizes())
        self._averaged = SampleRnn(self._model.sizes).requires_grad_(False)
        self._optimizer = torch.optim.Adam(self._model.parameters(), LEARNING_RATE, betas=(0.9, 0.99), fused=True)
        if saved:
            self.progress = saved.progress
            self._model.load_state_dict(saved.weights)
            self._optimizer.load_state_dict(saved.optimizer)
        self._averaged.load_state_dict(saved.averaged if saved else self._model.state_dict())
        self._streams = Streams(load_bins(corpus, held_out=False), BATCH, WINDOW_STEPS, seed + self.progress.updates)
        self._generator = torch.Generator().manual_seed(seed + self.progress.updates)
        self._recurrent = self._model.start(BATCH)

    def run(self) -> None:
        """Trains until the hours are over; prints a line of JSON, and saves, every SAVE_SECONDS."""
        earlier, began, saved_at, losses = self.progress.hours, time.monotonic(), time.monotonic(), []
        while self.progress.hours < self._hours:
            losses.append(self._update())
            self.progress.hours = earlier + (time.monotonic() - began) / 3600
            if time.monotonic() - saved_at > SAVE_SECONDS:
                self._save(sum(losses) / len(losses))
                saved_at, losses = time.monotonic(), []
        self._save(sum(losses) / len(losses) if losses else float("nan"))

    def _update(self) -> float:
        """One step of Adam over B x L draws; returns the loss in bits."""
        bins, fresh = self._streams.next()
        recurrent = self._restart(fresh.unsqueeze(1))
        for group in self._optimizer.param_groups:
            group["lr"] = self._learning_rate()
        with torch.autocast("cpu", torch.bfloat16):
            logits, after = self._model(corrupt(bins, self._generator), recurrent)
            loss = functional.cross_entropy(logits.float().reshape(-1, BINS), bins[:, BLOCK_STEPS:].reshape(-1))
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self._model.parameters(), GRADIENT_NORM)
        self._optimizer.step()
        self._recurrent = Recurrent(after.top.detach(), after.frame.detach())
        self.progress.updates += 1
        self.progress.steps += BATCH * WINDOW_STEPS
        # The average must not remember the random start, so it is short while the run is young.
        decay = min(AVERAGE_DECAY, self.progress.updates / (self.progress.updates + 10))
        for mean, value in zip(self._averaged.parameters(), self._model.parameters(), strict=True):
            mean.lerp_(value.detach(), 1 - decay)
        return loss.item() / math.log(2)

    def _restart(self, fresh: Tensor) -> Recurrent:
        """The carried states, or the learned ones in the rows [B, 1] that begin anew."""
        start = self._model.start(BATCH)
        top = torch.where(fresh, start.top, self._recurrent.top)
        return Recurrent(top, torch.where(fresh, start.frame, self._recurrent.frame))

    def _learning_rate(self) -> float:
        done = min(1.0, self.progress.hours / self._hours)
        warm = min(1.0, (self.progress.updates + 1) / WARM_UP_UPDATES)
        return LEARNING_RATE * warm * 0.5 * (1 + math.cos(math.pi * done))

    def _save(self, loss: float) -> None:
        self.progress.held_out_bits = held_out_bits(self._averaged, self._held_out)
        state = self._model.state_dict(), self._averaged.state_dict(), self._optimizer.state_dict()
        Checkpoint(self._model.sizes, *state, self.progress).save(self._checkpoint)
        print(json.dumps({**vars(self.progress), "training_bits": loss}), flush=True)


def main() -> None:
    """Trains."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hours", type=float, required=True)
    parser.add_argument("--corpus", type=Path, default=Path("build/corpus"))
    parser.add_argument("--checkpoint", type=Path, default=Path("build/checkpoint.pt"))
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    Trainer(arguments.corpus, arguments.checkpoint, arguments.hours, arguments.seed).run()


if __name__ == "__main__":
    main()

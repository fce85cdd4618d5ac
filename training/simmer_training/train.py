"""Trains a model on a dataset for a given time, and can be stopped and started again.

    python -m simmer_training.train --name one-song --hours 3 [--threads 1] [--begin-with ../models/film/weights.pt]

The learning rate follows the clock, not the count of updates: it is zero when the hours are over, however slow the
machine was. More hours than before go on from where a run ended: the rate rises again and falls to zero anew. A run
that falls apart (collapse.py) goes back to its best state and learns at half the rate from there.
"""

import argparse
import copy
import json
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor
from torch.nn import functional

from simmer_training.checkpoint import Checkpoint, Progress
from simmer_training.collapse import CollapseWatch
from simmer_training.data import Streams, corrupt
from simmer_training.dataset import Bins, Dataset, load_dataset
from simmer_training.model import BLOCK_STEPS, FRAME_STEPS, Recurrent, SampleRnn, Sizes, frame_windows
from simmer_training.quantizer import BINS
from simmer_training.rests import load_rests
from simmer_training.weights import load_weights

LEARNING_RATE: Final = 1.5e-3  # at twice as much two runs fell apart after an hour
WARM_UP_UPDATES: Final = 100
GRADIENT_NORM: Final = 1.0
HELD_SHARE: Final = 0.15
AVERAGE_DECAY: Final = 0.999
SAVE_SECONDS: Final = 120.0
TELL_SECONDS: Final = 5.0
HELD_OUT_STEPS: Final = 16 * 16_000  # the end of the first held-out piece
HELD_OUT_WARM_UP: Final = 2 * 16_000  # its first part only brings the states up


@dataclass(frozen=True)
class Stage:
    """How the windows are read from a share of the run on.

    Short windows make many updates while everything is still to be learned; long ones let what the recurrent tiers
    remember be judged by what it does half a second later. The sample tier, which costs two thirds of the work, learns
    from a part of the frames: neighbours say nearly the same, and other frames come next time.
    """

    begins: float
    batch: int
    window_steps: int  # truncated back-propagation through time
    frames_learned: float  # share of the frames of a window whose draws are learned from


STAGES: Final = (Stage(0.0, 16, 1024, 0.25), Stage(0.5, 16, 4096, 0.125))


@dataclass(frozen=True)
class Plan:
    """What is asked of a run."""

    sizes: Sizes
    hours: float
    seed: int = 1
    threads: int = 1
    device: str = "cpu"
    noise_bins: float = 0.0  # how noisy a past is learned from, at most (data.py)
    held_share: float = HELD_SHARE  # of what is heard, that stands still (holds.py); leaps cut some of it off


@dataclass(frozen=True)
class Update:
    """How a run goes; `held_out_bits` where it was measured since the last one, `went_back` where it fell apart."""

    updates: int
    steps: int
    hours: float
    share: float
    training_bits: float
    held_out_bits: float | None
    steps_per_second: float
    went_back: bool = False


def held_out_bits(model: SampleRnn, bins: Bins) -> float:
    """Mean bits per step over the end of a piece, teacher-forced, states carried through."""
    device = model.top_start.device
    steps = min(HELD_OUT_STEPS, len(bins) - BLOCK_STEPS)
    window = min(HELD_OUT_WARM_UP, steps // 4 // BLOCK_STEPS * BLOCK_STEPS)
    past = torch.from_numpy(bins[-(steps + BLOCK_STEPS) :].astype("int64")).unsqueeze(0).to(device)
    recurrent, total, counted = model.start(1), 0.0, 0
    with torch.inference_mode():
        for offset in range(0, steps - window + 1, window):
            row = past[:, offset : offset + window + BLOCK_STEPS]
            logits, recurrent = model(row, recurrent)
            if offset > 0:
                total += float(functional.cross_entropy(logits[0], row[0, BLOCK_STEPS:], reduction="sum"))
                counted += window
    return total / counted / math.log(2)


class Trainer:
    """One training run."""

    def __init__(self, dataset: Dataset, checkpoint: Path, plan: Plan, begin_with: SampleRnn | None = None) -> None:
        """Goes on from `checkpoint` where it exists; else from the weights of `begin_with`, or from random ones.

        The sizes of either must be the plan's (ValueError).
        """
        torch.manual_seed(plan.seed)
        torch.set_num_threads(plan.threads)
        self._dataset, self._checkpoint, self._plan = dataset, checkpoint, plan
        self._rests = load_rests(checkpoint.parent)
        self._device = torch.device(plan.device)
        saved = Checkpoint.load(checkpoint) if checkpoint.exists() else None
        if saved and saved.sizes != plan.sizes:
            raise ValueError(f"{checkpoint} is of other sizes: {saved.sizes}")
        if begin_with and begin_with.sizes != plan.sizes:
            raise ValueError(f"the weights to begin with are of other sizes: {begin_with.sizes}")
        self.progress = saved.progress if saved else Progress()
        self._model = SampleRnn(plan.sizes).to(self._device)
        self._averaged = SampleRnn(plan.sizes).to(self._device).requires_grad_(False)
        self._optimizer = torch.optim.Adam(
            self._model.parameters(), LEARNING_RATE, betas=(0.9, 0.99), fused=self._device.type != "mps"
        )
        if begin_with and not saved:
            self._model.load_state_dict(begin_with.state_dict())
        if saved:
            self._model.load_state_dict(saved.weights)
            self._optimizer.load_state_dict(saved.optimizer)
        self._averaged.load_state_dict(saved.averaged if saved else self._model.state_dict())
        # Another seed after every start: the same windows again would teach nothing new.
        self._seed = plan.seed + self.progress.updates
        self._generator = torch.Generator().manual_seed(self._seed)
        self._stage: Stage | None = None
        self._watch = CollapseWatch()
        self._good = self._state()

    def run(self, tell: Callable[[Update], None], stop: Callable[[], bool]) -> bool:
        """Trains until the hours are over (True) or `stop()` says so (False); saves every two minutes."""
        earlier, began = self.progress.hours, time.monotonic()
        saved_at = told_at = began
        told_steps, losses = self.progress.steps, []
        while self.progress.hours < self._plan.hours and not stop():
            losses.append(self._update())
            now = time.monotonic()
            self.progress.hours = earlier + (now - began) / 3600
            due = now - saved_at > SAVE_SECONDS or not math.isfinite(losses[-1])
            went_back = due and self._save()
            if due:
                saved_at = now
            if due or now - told_at > TELL_SECONDS:
                speed = (self.progress.steps - told_steps) / (now - told_at)
                tell(self._said(sum(losses) / len(losses), speed, measured=due, went_back=went_back))
                told_at, told_steps, losses = time.monotonic(), self.progress.steps, []
        went_back = self._save()
        bits = sum(losses) / len(losses) if losses else math.nan
        tell(self._said(bits, 0.0, measured=True, went_back=went_back))
        return self.progress.hours >= self._plan.hours

    @property
    def averaged(self) -> SampleRnn:
        """The exponential moving average of the weights: what is exported."""
        return self._averaged

    def _said(self, bits: float, speed: float, *, measured: bool, went_back: bool = False) -> Update:
        progress = self.progress
        held_out = progress.held_out_bits if measured else None
        return Update(progress.updates, progress.steps, progress.hours, self._share(), bits, held_out, speed, went_back)

    def _share(self) -> float:
        return min(1.0, self.progress.hours / self._plan.hours)

    def _begin(self, stage: Stage) -> None:
        self._stage = stage
        self._streams = Streams(self._dataset.training, stage.batch, self._seed, self._plan.held_share, self._rests)
        self._recurrent = self._model.start(stage.batch)

    def _update(self) -> float:
        """One step of Adam; returns the loss in bits."""
        stage = [stage for stage in STAGES if stage.begins <= self._share()][-1]
        if stage is not self._stage:
            self._begin(stage)
        bins, learned, fresh = self._streams.next(stage.window_steps)
        heard = corrupt(bins, self._generator, self._plan.noise_bins).to(self._device)
        picked = self._pick(stage).to(self._device)
        bins = bins.to(self._device)
        recurrent = self._restart(fresh.unsqueeze(1).to(self._device))
        for group in self._optimizer.param_groups:
            group["lr"] = self._learning_rate()
        with torch.autocast(self._device.type, torch.bfloat16):
            states, after = self._model.upper(heard, recurrent)
            logits = self._model.logits(_of(states, picked), _of(frame_windows(heard), picked))
            wanted = _of(bins[:, BLOCK_STEPS:].unfold(1, FRAME_STEPS, FRAME_STEPS), picked)
            counted = _of(learned[:, BLOCK_STEPS:].unfold(1, FRAME_STEPS, FRAME_STEPS).to(self._device), picked)
            bits = functional.cross_entropy(logits.float().reshape(-1, BINS), wanted.reshape(-1), reduction="none")
            loss = (bits * counted.reshape(-1)).sum() / counted.sum().clamp(min=1)
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self._model.parameters(), GRADIENT_NORM)
        self._optimizer.step()
        self._recurrent = Recurrent(after.top.detach(), after.frame.detach())
        self.progress.updates += 1
        self.progress.steps += stage.batch * stage.window_steps
        # The average must not remember the random start, so it is short while the run is young.
        decay = min(AVERAGE_DECAY, self.progress.updates / (self.progress.updates + 10))
        for mean, value in zip(self._averaged.parameters(), self._model.parameters(), strict=True):
            mean.lerp_(value.detach(), 1 - decay)
        return loss.item() / math.log(2)

    def _pick(self, stage: Stage) -> Tensor:
        """Which frames of each row are learned from: [B, N] (int64)."""
        frames = stage.window_steps // FRAME_STEPS
        count = max(1, round(frames * stage.frames_learned))
        return torch.rand(stage.batch, frames, generator=self._generator).topk(count, dim=1).indices

    def _restart(self, fresh: Tensor) -> Recurrent:
        """The carried states, or the learned ones in the rows [B, 1] that begin anew."""
        start = self._model.start(len(fresh))
        top = torch.where(fresh, start.top, self._recurrent.top)
        return Recurrent(top, torch.where(fresh, start.frame, self._recurrent.frame))

    def _learning_rate(self) -> float:
        warm = min(1.0, (self.progress.updates + 1) / WARM_UP_UPDATES)
        return LEARNING_RATE * self.progress.rate * warm * 0.5 * (1 + math.cos(math.pi * self._share()))

    def _save(self) -> bool:
        """Measures and saves; True where the run had fallen apart and went back first."""
        self.progress.held_out_bits = held_out_bits(self._averaged, self._dataset.held_out[0])
        fell = self._watch.fell(self.progress.held_out_bits)
        if fell:
            self._go_back()
        elif self._watch.is_best:
            self._good = self._state()
        Checkpoint(self._model.sizes, *self._state(), self.progress).save(self._checkpoint)
        return fell

    def _state(self) -> tuple[dict[str, Tensor], dict[str, Tensor], dict[str, Any]]:
        """Weights, their average and the optimizer, as they are now."""
        return copy.deepcopy((self._model.state_dict(), self._averaged.state_dict(), self._optimizer.state_dict()))

    def _go_back(self) -> None:
        """To the best state of this run; the time that was spent stays spent."""
        weights, averaged, optimizer = copy.deepcopy(self._good)
        self._model.load_state_dict(weights)
        self._averaged.load_state_dict(averaged)
        self._optimizer.load_state_dict(optimizer)
        self._watch = CollapseWatch()
        self.progress.rate /= 2
        self.progress.held_out_bits = held_out_bits(self._averaged, self._dataset.held_out[0])
        self._seed += self.progress.updates
        self._stage = None  # the streams and the states that they carried begin anew


def _of(rows: Tensor, picked: Tensor) -> Tensor:
    """The rows [B * N, K] of `rows` [B, F, K] that `picked` [B, N] names."""
    return rows.gather(1, picked.unsqueeze(-1).expand(-1, -1, rows.shape[-1])).flatten(0, 1)


def main() -> None:
    """Trains."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", required=True, help="of the model; everything lies in build/NAME")
    parser.add_argument("--hours", type=float, required=True)
    parser.add_argument("--recurrent", type=int, default=Sizes.recurrent)
    parser.add_argument("--sample", type=int, default=Sizes.sample)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--noise-bins", type=float, default=0.0, help="noise of the past, 2.5 for plucked sounds")
    parser.add_argument("--held-share", type=float, default=HELD_SHARE, help="of what is heard, that stands still")
    parser.add_argument("--begin-with", type=Path, help="weights of another model, where there is no checkpoint yet")
    arguments = parser.parse_args()
    folder = Path("build", arguments.name)
    sizes = Sizes(arguments.recurrent, arguments.sample)
    learning = {"noise_bins": arguments.noise_bins, "held_share": arguments.held_share}
    plan = Plan(sizes, arguments.hours, arguments.seed, arguments.threads, arguments.device, **learning)
    begin_with = load_weights(arguments.begin_with) if arguments.begin_with else None
    trainer = Trainer(load_dataset(folder / "dataset"), folder / "checkpoint.pt", plan, begin_with)
    with (folder / "log.jsonl").open("a") as log:

        def tell(update: Update) -> None:
            print(json.dumps(asdict(update)), file=log, flush=True)
            if update.held_out_bits is not None:
                print(json.dumps(asdict(update)), flush=True)

        trainer.run(tell, lambda: False)


if __name__ == "__main__":
    main()

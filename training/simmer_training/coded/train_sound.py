"""Trains the SampleRNN that makes the sound of codes.

    python -m simmer_training.coded.train_sound --name one-song-rows --hours 2 --begin-with weights.pt

Needs the dataset and its codebooks (coded/codebooks.py). Goes on from build/NAME/sound.pt; delete that file for a fresh
run. `--hours` is processor time of this run and those that it goes on from. The past that is learned from is noisy,
at first so much that the codes must be listened to, then less and less, so that what is drawn comes to be clean.
Codes are worth their place when `shuffled` (the bits per step under codes in another order) lies well above
`held_out`.
"""

import argparse
import json
import math
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from simmer_training.coded.codebooks import Codebooks
from simmer_training.coded.pieces import CodedStreams, coded
from simmer_training.coded.rows import ROW_STEPS
from simmer_training.coded.sound import CodedSampleRnn
from simmer_training.coded.sound_bits import held_out_bits
from simmer_training.coded.weights import is_coded, load_coded_weights
from simmer_training.data import corrupt
from simmer_training.dataset import load_dataset
from simmer_training.model import BLOCK_STEPS, FRAME_STEPS, Recurrent, Sizes, frame_windows
from simmer_training.quantizer import BINS
from simmer_training.vq.clock import Clock
from simmer_training.weights import load_weights

BATCH: Final = 16
WINDOW_ROWS: Final = 8  # of truncated back-propagation through time: a quarter of a second
FRAMES_LEARNED: Final = 0.125  # neighbours say nearly the same, and other frames come next time
LEARNING_RATE: Final = 1e-3
GRADIENT_NORM: Final = 1.0
AVERAGE_DECAY: Final = 0.999
NOISE_BINS: Final = (10.0, 0.5)  # at most, at the beginning and at the end
SAVE_SECONDS: Final = 150.0


@dataclass
class SoundProgress:
    """How far a run has come."""

    updates: int = 0
    steps: int = 0
    seconds: float = 0.0
    training_bits: float = math.nan
    held_out_bits: float = math.nan
    shuffled_bits: float = math.nan


class SoundTrainer:
    """One training run."""

    def __init__(self, folder: Path, sizes: Sizes, hours: float, begin_with: Path | None) -> None:
        dataset, books = load_dataset(folder / "dataset"), Codebooks.load(folder / "codebooks.npy")
        self.books = books
        self._pieces = coded(dataset, books, held_out=False)
        self._held_out = coded(dataset, books, held_out=True)[0]
        self._path = folder / "sound.pt"
        shape = (sizes, books.levels, books.vectors.shape[1])
        self.model, self.averaged = CodedSampleRnn(*shape), CodedSampleRnn(*shape).requires_grad_(False)
        self._optimizer = torch.optim.Adam(self.model.parameters(), LEARNING_RATE, betas=(0.9, 0.99), fused=True)
        self.progress = SoundProgress()
        if self._path.exists():
            kept = torch.load(self._path, weights_only=True)
            self.model.load_state_dict(kept["newest"])
            self.averaged.load_state_dict(kept["average"])
            self._optimizer.load_state_dict(kept["optimizer"])
            self.progress = SoundProgress(**kept["progress"])
        else:
            if begin_with is not None:
                self._begin_with(begin_with)
            self.averaged.load_state_dict(self.model.state_dict())
        self._clock = Clock(hours, self.progress.seconds)
        # Another seed after every start: the same windows again would teach nothing new.
        seed = 1 + self.progress.updates
        self._streams = CodedStreams(self._pieces, BATCH, WINDOW_ROWS, seed)
        self._generator = torch.Generator().manual_seed(seed)
        self._recurrent = self.model.start(BATCH)

    def _begin_with(self, path: Path) -> None:
        """Takes over weights of a network without codes, or of one under them. ValueError where sizes differ."""
        if not is_coded(path):
            self.model.begin_with(load_weights(path))
            return
        other = load_coded_weights(path).sound
        if (other.sizes, other.code_rows.shape) != (self.model.sizes, self.model.code_rows.shape):
            raise ValueError(f"the weights to begin with are of other sizes: {other.sizes}")
        self.model.load_state_dict(other.state_dict())

    def run(self, log: Path) -> None:
        """Trains until the hours are over; saves every few minutes."""
        saved, losses = time.monotonic(), list[float]()
        while self._clock.share < 1.0:
            losses.append(self._update())
            if time.monotonic() - saved > SAVE_SECONDS:
                self._save(losses, log)
                saved, losses = time.monotonic(), []
        self._save(losses, log)

    def _update(self) -> float:
        bins, codes, fresh = self._streams.next()
        share = self._clock.share
        noise = NOISE_BINS[0] + (NOISE_BINS[1] - NOISE_BINS[0]) * share
        heard = corrupt(bins, self._generator, noise)
        frames = WINDOW_ROWS * ROW_STEPS // FRAME_STEPS
        picked = (
            torch.rand(BATCH, frames, generator=self._generator).topk(round(frames * FRAMES_LEARNED), dim=1).indices
        )
        rate = LEARNING_RATE * min(1.0, (self.progress.updates + 1) / 100) * 0.5 * (1 + math.cos(math.pi * share))
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        start = self.model.start(BATCH)
        anew = fresh[:, None]
        recurrent = Recurrent(
            torch.where(anew, start.top, self._recurrent.top), torch.where(anew, start.frame, self._recurrent.frame)
        )
        with torch.autocast("cpu", torch.bfloat16):
            states, after = self.model.under(heard, codes, recurrent)
            logits = self.model.logits(_of(states, picked), _of(frame_windows(heard), picked))
            wanted = _of(bins[:, BLOCK_STEPS:].unfold(1, FRAME_STEPS, FRAME_STEPS), picked)
            loss = functional.cross_entropy(logits.float().reshape(-1, BINS), wanted.reshape(-1))
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), GRADIENT_NORM)
        self._optimizer.step()
        self._recurrent = Recurrent(after.top.detach(), after.frame.detach())
        self.progress.updates += 1
        self.progress.steps += BATCH * WINDOW_ROWS * ROW_STEPS
        decay = min(AVERAGE_DECAY, self.progress.updates / (self.progress.updates + 10))
        for mean, value in zip(self.averaged.parameters(), self.model.parameters(), strict=True):
            mean.lerp_(value.detach(), 1 - decay)
        return loss.item() / math.log(2)

    def _save(self, losses: list[float], log: Path) -> None:
        self.progress.seconds = self._clock.seconds
        self.progress.training_bits = float(np.mean(losses)) if losses else math.nan
        self.progress.held_out_bits = held_out_bits(self.averaged, self._held_out)
        self.progress.shuffled_bits = held_out_bits(self.averaged, self._held_out, shuffled=True)
        content: dict[str, Any] = {
            "sizes": self.model.sizes.as_dict(),
            "levels": self.model.levels,
            "codes": self.model.codes,
            "newest": self.model.state_dict(),
            "average": self.averaged.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "progress": asdict(self.progress),
        }
        partial = self._path.with_suffix(".partial")
        torch.save(content, partial)
        partial.replace(self._path)
        said = json.dumps({**asdict(self.progress), "share": round(self._clock.share, 4)})
        with log.open("a") as lines:
            print(said, file=lines)
        print(said, flush=True)


def load_sound(path: Path) -> CodedSampleRnn:
    """The averaged network of a checkpoint, ready to draw from."""
    kept = torch.load(path, map_location="cpu", weights_only=True)
    model = CodedSampleRnn(Sizes(**kept["sizes"]), kept["levels"], kept["codes"])
    model.load_state_dict(kept["average"])
    return model.requires_grad_(False).eval()


def _of(rows: Tensor, picked: Tensor) -> Tensor:
    """The rows [B * N, K] of `rows` [B, F, K] that `picked` [B, N] names."""
    return rows.gather(1, picked.unsqueeze(-1).expand(-1, -1, rows.shape[-1])).flatten(0, 1)


def main() -> None:
    """Trains."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", required=True, help="everything lies in build/NAME")
    parser.add_argument("--hours", type=float, required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--begin-with", type=Path, help="a weights.pt, of a SampleRNN without codes or under them")
    arguments = parser.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(arguments.threads)
    folder = Path("build", arguments.name)
    SoundTrainer(folder, Sizes(), arguments.hours, arguments.begin_with).run(folder / "sound.jsonl")


if __name__ == "__main__":
    main()

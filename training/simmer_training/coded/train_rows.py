"""Trains the prior on the rows of codes of a dataset.

    python -m simmer_training.coded.train_rows --name one-song-rows --hours 0.4

It learns from the pieces with every stretch of them played several times over (vamps.py). Goes on from
build/NAME/rows.pt; delete that file for a fresh run. `--hours` is processor time of this run and of those
that it goes on from. What is kept is the average of the weights that was best on the held-out piece.
"""

import argparse
import json
import math
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from simmer_training.coded.codebooks import Codebooks, Codes
from simmer_training.coded.row_prior import RowPrior, RowPriorShape
from simmer_training.coded.vamps import vamps
from simmer_training.coded.weights import load_coded_weights
from simmer_training.dataset import load_dataset
from simmer_training.vq.clock import Clock

BATCH: Final = 32
WINDOW_ROWS: Final = 320  # ten seconds
LEARNING_RATE: Final = 2e-3
LEARNED: Final = 0.25  # of a batch's rows the levels are learned from: neighbours say nearly the same
DROPOUT: Final = 0.25
NOISY_ROWS: Final = 0.08  # of the rows heard are rows from elsewhere: what is drawn is never quite what was learned
# In so many windows one row is heard for so many rows: a row that sustains is most likely followed by itself, so a cool
# draw would stay in it for good, had it not been shown that music goes on after it.
HELD: Final = 0.6
HELD_ROWS: Final = (6, 72)
AVERAGE_DECAY: Final = 0.998
JUDGE_SECONDS: Final = 60.0


@dataclass
class RowsProgress:
    """How far a run has come; bits a row, by level."""

    updates: int = 0
    seconds: float = 0.0
    training_bits: list[float] = field(default_factory=list)
    held_out_bits: list[float] = field(default_factory=list)
    best_bits: float = math.inf


def bits_by_level(prior: RowPrior, heard: Tensor, codes: Tensor) -> list[Tensor]:
    """Mean bits of each level of `codes` [B, R + 1, K] but the first row, where `heard` [B, R, K] was heard before."""
    states, _ = prior.heard(heard, prior.start(len(heard)))
    wanted = codes[:, 1:]
    return [
        functional.cross_entropy(prior.scores(states, level, wanted).flatten(0, 1), wanted[..., level].flatten())
        / math.log(2)
        for level in range(prior.shape.levels)
    ]


def learned_bits(prior: RowPrior, heard: Tensor, codes: Tensor) -> Tensor:
    """Mean bits of each level [K] over a random part of the rows that `bits_by_level` is about.

    The levels' products are computed in bfloat16: on processors with instructions for it, twice as fast.
    """
    states = prior.heard(heard, prior.start(len(heard)))[0].flatten(0, 1)
    wanted = codes[:, 1:].flatten(0, 1)
    picked = torch.randperm(len(wanted))[: round(LEARNED * len(wanted))]
    states, wanted = states[picked], wanted[picked]
    with torch.autocast("cpu", torch.bfloat16):
        scores = [prior.scores(states, level, wanted).float() for level in range(prior.shape.levels)]
    return torch.stack(
        [functional.cross_entropy(one, wanted[:, level]) / math.log(2) for level, one in enumerate(scores)]
    )


def judge(prior: RowPrior, piece: Codes) -> list[float]:
    """Bits of each level over a whole piece."""
    prior.eval()
    codes = torch.from_numpy(piece)[None]
    with torch.inference_mode():
        bits = [float(level) for level in bits_by_level(prior, codes[:, :-1], codes)]
    prior.train()
    return bits


def batch_of(pieces: list[Codes], random: np.random.Generator) -> Tensor:
    """Random windows [B, WINDOW_ROWS + 1, K]; some begin with the silence before a piece."""
    windows = []
    for _ in range(BATCH):
        piece = pieces[int(random.integers(len(pieces)))]
        last = len(piece) - WINDOW_ROWS - 1
        at = 0 if random.random() < 0.1 else int(random.integers(last + 1))
        windows.append(piece[at : at + WINDOW_ROWS + 1])
    return torch.from_numpy(np.stack(windows))


def disturbed(codes: Tensor, random: np.random.Generator) -> Tensor:
    """The rows [B, R, K] with some replaced by rows of other windows, and some held in place of what followed them."""
    replaced = torch.rand(codes.shape[:2]) < NOISY_ROWS
    other = codes.flatten(0, 1)[torch.randint(codes.shape[0] * codes.shape[1], codes.shape[:2])]
    heard = torch.where(replaced[..., None], other, codes)
    for window in heard:
        if random.random() < HELD:
            first, rows = int(random.integers(len(window))), int(random.integers(*HELD_ROWS))
            window[first + 1 : first + rows] = window[first].clone()
    return heard


def begin_with(prior: RowPrior, other: RowPrior) -> None:
    """Takes over the weights of another. ValueError where sizes differ."""
    if other.shape != prior.shape:
        raise ValueError(f"the weights to begin with are of other sizes: {other.shape}")
    prior.load_state_dict(other.state_dict())


def load_prior(path: Path) -> RowPrior:
    """The best average of a checkpoint, ready to draw from."""
    kept = torch.load(path, map_location="cpu", weights_only=True)
    prior = RowPrior(RowPriorShape(**kept["shape"]))
    prior.load_state_dict(kept["best"])
    return prior.requires_grad_(False).eval()


def main() -> None:
    """Trains until the hours are over."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", required=True, help="everything lies in build/NAME")
    parser.add_argument("--hours", type=float, required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--begin-with", type=Path, help="a weights.pt of a SampleRNN under codes")
    arguments = parser.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(arguments.threads)
    folder = Path("build", arguments.name)
    dataset, books = load_dataset(folder / "dataset"), Codebooks.load(folder / "codebooks.npy")
    pieces = [piece for piece in vamps(dataset, books, held_out=False) if len(piece) > WINDOW_ROWS]
    held_out = vamps(dataset, books, held_out=True)[0]
    shape = RowPriorShape(books.levels, books.vectors.shape[1])
    prior, average = RowPrior(shape, DROPOUT), RowPrior(shape).requires_grad_(False)
    if arguments.begin_with is not None:
        begin_with(prior, load_coded_weights(arguments.begin_with).prior)
    average.load_state_dict(prior.state_dict())
    optimizer = torch.optim.AdamW(prior.parameters(), LEARNING_RATE, betas=(0.9, 0.99), weight_decay=0.02)
    path, progress = folder / "rows.pt", RowsProgress()
    best = {name: value.clone() for name, value in average.state_dict().items()}
    if path.exists():
        kept = torch.load(path, weights_only=True)
        prior.load_state_dict(kept["newest"])
        average.load_state_dict(kept["average"])
        optimizer.load_state_dict(kept["optimizer"])
        best, progress = kept["best"], RowsProgress(**kept["progress"])
    clock = Clock(arguments.hours, progress.seconds)
    random = np.random.default_rng(1 + progress.updates)

    def save(losses: list[list[float]]) -> None:
        nonlocal best
        progress.seconds = clock.seconds
        progress.training_bits = np.mean(losses, axis=0).tolist() if losses else []
        progress.held_out_bits = judge(average, held_out)
        if sum(progress.held_out_bits) < progress.best_bits:
            progress.best_bits = sum(progress.held_out_bits)
            best = {name: value.clone() for name, value in average.state_dict().items()}
        content = {
            "shape": shape.as_dict(),
            "newest": prior.state_dict(),
            "average": average.state_dict(),
            "best": best,
            "optimizer": optimizer.state_dict(),
            "progress": asdict(progress),
        }
        partial = path.with_suffix(".partial")
        torch.save(content, partial)
        partial.replace(path)
        print(json.dumps({**asdict(progress), "share": round(clock.share, 3)}), flush=True)

    judged, losses = time.monotonic(), list[list[float]]()
    while clock.share < 1.0:
        for group in optimizer.param_groups:
            group["lr"] = clock.rate(LEARNING_RATE)
        codes = batch_of(pieces, random)
        bits = learned_bits(prior, disturbed(codes[:, :-1], random), codes)
        optimizer.zero_grad()
        bits.sum().backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(prior.parameters(), 1.0)
        optimizer.step()
        progress.updates += 1
        decay = min(AVERAGE_DECAY, progress.updates / (progress.updates + 10))
        for mean, value in zip(average.parameters(), prior.parameters(), strict=True):
            mean.lerp_(value.detach(), 1 - decay)
        losses.append(bits.tolist())
        if time.monotonic() - judged > JUDGE_SECONDS:
            save(losses)
            judged, losses = time.monotonic(), []
    save(losses)


if __name__ == "__main__":
    main()

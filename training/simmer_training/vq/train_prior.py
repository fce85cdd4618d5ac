"""Trains the prior on the codec's codes.

python -m simmer_training.vq.train_prior --name pairs --hours 1.2 [--threads 1]

Goes on from build/NAME/prior.pt; delete that file, and codes.npz after the codec has changed, for a fresh run, or for
one `--begin-with` the weights of another. `--hours` is processor time of this run and those that it goes on from.
Products are computed in bfloat16: on processors with instructions for it, twice as fast. The transformer's matrices
learn by Muon (Jordan et al. 2024), everything else by AdamW: after as much processor time a row costs 1.4 bits less.
"""

import argparse
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from simmer_training.vq.clock import Clock
from simmer_training.vq.coded import CodedPiece, encode_all
from simmer_training.vq.half import round_to_half
from simmer_training.vq.pieces import load_pieces
from simmer_training.vq.prior import Prior
from simmer_training.vq.shape import PriorShape
from simmer_training.vq.train_codec import LEVELS, load_codec

BATCH: Final = 8
RATE: Final = 3e-3
MUON_RATE: Final = 2.5e-3
WEIGHT_DECAY: Final = 0.05
LEVEL_ROWS: Final = 700  # of a batch's rows: the levels are learned from so many
NOISE_SHARE: Final = 0.04  # of the codes heard are random ones: what is drawn is never quite what was learned
STRAYED_SHARE: Final = 0.15  # of the windows begin with another pair's music: only how theirs begins is learned from it
STRAYED_ROWS: Final = (16, 192)
AVERAGE: Final = 0.999
SAVE_SECONDS: Final = 90.0
JUDGE_SECONDS: Final = 240.0


def window_of(
    pieces: list[CodedPiece], random: np.random.Generator, shape: PriorShape, count: int
) -> tuple[Tensor, ...]:
    """`count` random windows: codes [count, window - 1, levels], labels [count, 4], seconds [count, window, 2]."""
    rows = shape.window - 1
    codes, labels, seconds = [], [], []
    for _ in range(count):
        piece = pieces[int(random.integers(len(pieces)))]
        # Beginnings are drawn from oftener than a window in the middle: every take has one.
        at = 0 if random.random() < 0.1 else int(random.integers(len(piece.codes) - rows))
        codes.append(piece.codes[at : at + rows].astype(np.int64))
        labels.append([piece.artist, piece.genre, 0, 0])
        elapsed = np.minimum(
            (at + np.maximum(np.arange(shape.window) - 1, 0)) / shape.rows_a_second, shape.hold_seconds
        )
        seconds.append(np.stack([elapsed, np.full_like(elapsed, shape.total_seconds)], axis=-1).astype(np.float32))
    return torch.from_numpy(np.stack(codes)), torch.tensor(labels), torch.from_numpy(np.stack(seconds))


def disturbed(codes: Tensor, shape: PriorShape) -> Tensor:
    """The codes with some replaced at random."""
    replaced = torch.rand(codes.shape) < NOISE_SHARE
    return torch.where(replaced, torch.randint(shape.size, codes.shape), codes)


def strayed(
    codes: Tensor, pieces: list[CodedPiece], random: np.random.Generator, shape: PriorShape
) -> tuple[Tensor, Tensor]:
    """The codes with other pairs' music at the beginning of some windows, and which rows [count, rows] are no such."""
    others, _, _ = window_of(pieces, random, shape, len(codes))
    rows = random.integers(*STRAYED_ROWS, len(codes)) * (random.random(len(codes)) < STRAYED_SHARE)
    own = torch.arange(codes.shape[1])[None] >= torch.from_numpy(rows)[:, None]
    return torch.where(own[..., None], codes, others), own


def losses(
    prior: Prior,
    heard_codes: Tensor,
    codes: Tensor,
    labels: Tensor,
    seconds: Tensor,
    learned: Tensor | None = None,
    part: int = 0,
) -> Tensor:
    """Bits of each level [levels], the mean over `part` random rows (0: all) of those `learned` (None: all)."""
    heard = prior(heard_codes, labels, torch.zeros(len(codes)), seconds)[:, :-1].flatten(0, 1)
    wanted = codes.flatten(0, 1)
    if part:
        eligible = torch.arange(len(wanted)) if learned is None else learned.flatten().nonzero()[:, 0]
        chosen = eligible[torch.randperm(len(eligible))[:part]]
        heard, wanted = heard[chosen], wanted[chosen]
    scores = prior.levels(heard, wanted)
    nats = functional.cross_entropy(scores.flatten(0, 1), wanted.T.flatten(), reduction="none")
    return nats.reshape(prior.shape.levels, -1).mean(-1) / float(np.log(2.0))


@torch.no_grad()
def judge(prior: Prior, pieces: list[CodedPiece]) -> Tensor:
    """Bits of each level on the held-out pieces, the same windows each time."""
    prior.eval()
    random = np.random.default_rng(1)
    parts = []
    for _ in range(3):
        codes, labels, seconds = window_of(pieces, random, prior.shape, BATCH)
        parts.append(losses(prior, codes, codes, labels, seconds))
    prior.train()
    return torch.stack(parts).mean(0)


def load_prior(path: Path, which: str = "average") -> tuple[Prior, dict[str, float]]:
    """A prior (its `average` weights, or the `newest`) and what its training says of itself."""
    kept = torch.load(path, weights_only=True)
    prior = Prior(PriorShape(**kept["shape"]))
    prior.load_state_dict(kept[which])
    return prior.eval(), kept["progress"]


def optimizers_of(prior: Prior) -> list[torch.optim.Optimizer]:
    """Muon for the matrices of the layers, AdamW for the rest, each at its own highest rate."""
    layers = [value for value in prior.layers.parameters() if value.ndim == 2]
    chosen = {id(value) for value in layers}
    others = [value for value in prior.parameters() if id(value) not in chosen]
    return [
        torch.optim.Muon(layers, lr=MUON_RATE, weight_decay=WEIGHT_DECAY, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(others, RATE, betas=(0.9, 0.98), weight_decay=WEIGHT_DECAY),
    ]


def main() -> None:
    """Trains until the hours are over."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", default="pairs")
    parser.add_argument("--hours", type=float, required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--begin-with", type=Path, help="another checkpoint, whose weights and hours are taken over")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    folder = Path("build", arguments.name)
    codec, _ = load_codec(folder / "codec.pt", LEVELS)
    round_to_half(codec)
    corpus = load_pieces(folder / "dataset", codec.shape.rate_hz)
    coded = encode_all(codec, corpus, folder / "codes.npz")
    learned = [piece for piece in coded if not piece.held_out]
    held = [piece for piece in coded if piece.held_out]
    shape = replace(
        PriorShape(),
        levels=codec.shape.levels,
        size=codec.shape.size,
        artists=len(corpus.artists),
        genres=len(corpus.genres),
        rows_a_second=codec.shape.rate_hz / codec.shape.hop,
    )
    print(f"{sum(len(piece.codes) for piece in learned)} rows to learn from", flush=True)
    prior = Prior(shape)
    optimizers = optimizers_of(prior)
    average = {name: value.clone() for name, value in prior.state_dict().items()}
    progress: dict[str, float] = {"steps": 0, "seconds": 0.0, "earlier": 0.0}
    path = folder / "prior.pt"
    if path.exists():
        kept = torch.load(path, weights_only=True)
        prior.load_state_dict(kept["newest"])
        for optimizer, state in zip(optimizers, kept["optimizers"], strict=True):
            optimizer.load_state_dict(state)
        average, progress = kept["average"], kept["progress"]
    elif arguments.begin_with is not None:
        other, before = load_prior(arguments.begin_with)
        prior.load_state_dict(other.state_dict())
        progress["earlier"] = before["seconds"] + before.get("earlier", 0.0)
    print(f"{sum(value.numel() for value in prior.parameters()) / 1e6:.2f} million weights", flush=True)
    clock = Clock(arguments.hours, progress["seconds"])
    random = np.random.default_rng(int(time.time()))
    judged = Prior(shape)

    def save() -> None:
        unfinished = path.with_suffix(".part")
        kept = {"shape": asdict(shape), "newest": prior.state_dict(), "average": average, "progress": progress}
        torch.save({**kept, "optimizers": [optimizer.state_dict() for optimizer in optimizers]}, unfinished)
        unfinished.replace(path)

    def measure() -> None:
        judged.load_state_dict(average)
        bits = judge(judged, held)
        progress["held_out_bits"] = float(bits.sum())
        levels = " ".join(f"{float(level):.2f}" for level in bits)
        print(f"held out {float(bits.sum()):.2f} bits a row ({levels})", flush=True)

    saved = told = measured = time.monotonic()
    shown: list[float] = []
    while clock.share < 1.0:
        for optimizer, highest in zip(optimizers, (MUON_RATE, RATE), strict=True):
            for group in optimizer.param_groups:
                group["lr"] = clock.rate(highest)
        codes, labels, seconds = window_of(learned, random, shape, BATCH)
        heard, own = strayed(codes, learned, random, shape)
        with torch.autocast("cpu", torch.bfloat16):
            bits = losses(prior, disturbed(heard, shape), codes, labels, seconds, own, LEVEL_ROWS)
        prior.zero_grad()
        bits.mean().backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(prior.parameters(), 1.0)
        for optimizer in optimizers:
            optimizer.step()
        progress["steps"] += 1
        progress["seconds"] = clock.seconds
        shown.append(float(bits.detach().sum()))
        keep = min(AVERAGE, 1.0 - 1.0 / (1.0 + progress["steps"] / 10))
        with torch.no_grad():
            for name, value in prior.state_dict().items():
                average[name].lerp_(value, 1.0 - keep)
        now = time.monotonic()
        if now - told > 30:
            told = now
            print(
                f"{clock.share:.3f} {int(progress['steps'])} steps, {np.mean(shown[-50:]):.2f} bits a row", flush=True
            )
        if now - measured > JUDGE_SECONDS:
            measured = now
            measure()
        if now - saved > SAVE_SECONDS:
            saved = now
            save()
    measure()
    save()
    print(f"done: {progress}", flush=True)


if __name__ == "__main__":
    main()

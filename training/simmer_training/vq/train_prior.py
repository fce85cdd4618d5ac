"""Trains the prior on the codec's codes.

python -m simmer_training.vq.train_prior --name pairs --hours 1.2 [--threads 1]

The codec is build/NAME/codec.pt, or another's by `--codec`: a checkpoint, or a model folder. Goes on from
build/NAME/prior.pt; delete that file, and codes.npz after the codec has changed, for a fresh run, or for
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

from simmer_training.vq.clock import Clock
from simmer_training.vq.coded import encode_all
from simmer_training.vq.half import round_to_half
from simmer_training.vq.pieces import load_pieces
from simmer_training.vq.prior import Prior
from simmer_training.vq.prior_bits import judge, losses
from simmer_training.vq.prior_windows import BATCH, disturbed, strayed, window_of
from simmer_training.vq.shape import PriorShape
from simmer_training.vq.train_codec import load_codec
from simmer_training.vq.vamped import vamped_pieces

RATE: Final = 3e-3
MUON_RATE: Final = 2.5e-3
WEIGHT_DECAY: Final = 0.05
LEVEL_ROWS: Final = 700  # of a batch's rows: the levels are learned from so many
AVERAGE: Final = 0.999
SAVE_SECONDS: Final = 90.0
JUDGE_SECONDS: Final = 240.0


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
    parser.add_argument("--vamps", action="store_true", help="learn from stretches played several times over")
    parser.add_argument("--codec", type=Path, help="the codec of another name")
    parser.add_argument("--begin-with", type=Path, help="another checkpoint, whose weights and hours are taken over")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    folder = Path("build", arguments.name)
    codec, _ = load_codec(arguments.codec or folder / "codec.pt")
    round_to_half(codec)
    corpus = load_pieces(folder / "dataset", codec.shape.rate_hz, codec.shape.channels)
    coded = encode_all(codec, corpus, folder / "codes.npz")
    if arguments.vamps:
        coded = vamped_pieces(coded, corpus, codec.shape)
    learned = [piece for piece in coded if not piece.held_out]
    held = [piece for piece in coded if piece.held_out]
    shape = replace(
        PriorShape(),
        levels=codec.shape.levels,
        size=codec.shape.size,
        artists=len(corpus.artists),
        genres=len(corpus.genres),
        rows_a_second=codec.shape.rate_hz / codec.shape.row_frames,
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

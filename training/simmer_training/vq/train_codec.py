"""Trains the codec.

python -m simmer_training.vq.train_codec --name pairs --hours 0.7 [--threads 1]

Goes on from build/NAME/codec.pt; delete that file for a fresh run, or for one `--begin-with` another's first LEVELS
levels. `--hours` is processor time of this run and those that it goes on from.
"""

import argparse
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor

from simmer_training.vq.clock import Clock
from simmer_training.vq.codebook_learning import begin_with, quantize
from simmer_training.vq.codec import Codec
from simmer_training.vq.from_folder import load_folder
from simmer_training.vq.pieces import Piece, load_pieces
from simmer_training.vq.shape import CodecShape
from simmer_training.vq.spectral_loss import loss_of

BATCH: Final = 12
ROWS: Final = 56
WARM_ROWS: Final = 8  # whose past is cut off: not learned from
LEVELS: Final = (
    4  # of a codec's levels are played: the others are worth a tenth of a decibel, and hardly to be foreseen
)
ALIGNED: Final = 0.7  # of the crops begin where a row of the corpus does, as what is drawn will; a guide's do not
RATE: Final = 1.5e-3
LATER_RATE: Final = 7e-4  # where another codec is begun with
PLAIN_SHARE: Final = 0.04  # of the time, at first, without quantization
COMMITMENT: Final = 0.25
SAVE_SECONDS: Final = 90.0


def crops(pieces: list[Piece], random: np.random.Generator, rows_each: int, hop: int, count: int) -> Tensor:
    """`count` random stretches [count, rows_each * hop] of the pieces, at levels up to 6 dB lower."""
    frames = rows_each * hop
    rows = []
    for _ in range(count):
        audio = pieces[int(random.integers(len(pieces)))].audio
        at = int(random.integers(len(audio) - frames))
        if random.random() < ALIGNED:
            at -= at % hop
        rows.append(audio[at : at + frames].astype(np.float32) / 32767 * random.uniform(0.5, 1.0))
    return torch.from_numpy(np.stack(rows).astype(np.float32))


def save(path: Path, codec: Codec, optimizer: torch.optim.Optimizer, progress: dict[str, float]) -> None:
    """Writes a checkpoint whole or not at all."""
    unfinished = path.with_suffix(".part")
    torch.save(
        {
            "shape": asdict(codec.shape),
            "codec": codec.state_dict(),
            "optimizer": optimizer.state_dict(),
            "progress": progress,
        },
        unfinished,
    )
    unfinished.replace(path)


def load_codec(path: Path, levels: int | None = None) -> tuple[Codec, dict[str, float]]:
    """A checkpoint's codec, or its first `levels` levels, or a model folder's; and what its training says of itself."""
    if path.is_dir():
        codec, _ = load_folder(path)
        codec.set_level(1.0 / float(codec.decoder.window.max()))
        codec.quantizer.sums.copy_(codec.quantizer.codebooks)
        return codec.requires_grad_(True), {"steps": 0, "seconds": 0.0}
    kept = torch.load(path, weights_only=True)
    shape = CodecShape(**kept["shape"])
    if levels is not None:
        shape = replace(shape, levels=levels)
    codec = Codec(shape)
    weights = kept["codec"]
    for name in ("codebooks", "uses", "sums"):
        weights[f"quantizer.{name}"] = weights[f"quantizer.{name}"][: shape.levels]
    codec.load_state_dict(weights)
    return codec.eval(), kept["progress"]


@torch.no_grad()
def held_out_decibels(codec: Codec, pieces: list[Piece]) -> float:
    """Mean distance of log-mel bands, dB, over 10 s of every held-out piece, through the codes."""
    codec.eval()
    frames = 430 * codec.shape.hop
    distances = []
    for piece in pieces:
        audio = torch.from_numpy(piece.audio[:frames].astype(np.float32) / 32767)
        made = codec.decode(codec.encode(audio))
        distances.append(loss_of(made[None], audio[None, : len(made)], codec.shape.rate_hz)[1])
    codec.train()
    return float(np.mean(distances))


def main() -> None:
    """Trains until the hours are over."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", default="pairs")
    parser.add_argument("--hours", type=float, required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--begin-with", type=Path, help="another checkpoint, or a model folder, to go on from")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    folder = Path("build", arguments.name)
    path = folder / "codec.pt"
    corpus = load_pieces(folder / "dataset", CodecShape().rate_hz)
    random = np.random.default_rng(int(time.time()))
    codec = Codec(replace(CodecShape(), levels=LEVELS))
    rate = RATE
    optimizer = torch.optim.AdamW(codec.parameters(), RATE, betas=(0.8, 0.99), weight_decay=1e-3)
    progress: dict[str, float] = {"steps": 0, "seconds": 0.0, "earlier": 0.0, "quantized": 0}
    if path.exists():
        kept = torch.load(path, weights_only=True)
        codec.load_state_dict(kept["codec"])
        optimizer.load_state_dict(kept["optimizer"])
        progress = kept["progress"]
    elif arguments.begin_with is not None:
        other, before = load_codec(arguments.begin_with, LEVELS)
        codec.load_state_dict(other.state_dict())
        rate = LATER_RATE
        progress = {
            "steps": before["steps"],
            "seconds": 0.0,
            "earlier": before["seconds"] + before.get("earlier", 0.0),
            "quantized": 1,
        }
    clock = Clock(arguments.hours, progress["seconds"])
    saved = told = time.monotonic()
    shown: list[float] = []
    learned, held = corpus.part(False), corpus.part(True)
    hop, rate_hz = codec.shape.hop, codec.shape.rate_hz
    while clock.share < 1.0:
        for group in optimizer.param_groups:
            group["lr"] = clock.rate(rate)
        audio = crops(learned, random, ROWS, hop, BATCH)
        latents, _ = codec.encoder(audio, codec.encoder.state(BATCH))
        if clock.share > PLAIN_SHARE and not progress["quantized"]:
            with torch.no_grad():
                more = [
                    codec.encoder(crops(learned, random, ROWS, hop, BATCH), codec.encoder.state(BATCH))[0]
                    for _ in range(12)
                ]
            begin_with(codec.quantizer, torch.cat([part.reshape(-1, codec.shape.latent) for part in more]))
            progress["quantized"] = 1
        commitment = latents.square().mean() * 1e-2
        if progress["quantized"]:
            latents, commitment = quantize(codec.quantizer, latents, True)
        made, _ = codec.decoder(latents, codec.decoder.state(BATCH))
        loss, decibels = loss_of(made[:, WARM_ROWS * hop :], audio[:, WARM_ROWS * hop :], rate_hz)
        optimizer.zero_grad()
        (loss + COMMITMENT * commitment).backward()
        torch.nn.utils.clip_grad_norm_(codec.parameters(), 1.0)
        optimizer.step()
        progress["steps"] += 1
        progress["seconds"] = clock.seconds
        shown.append(decibels)
        if time.monotonic() - told > 30:
            told = time.monotonic()
            said = f"{clock.share:.3f} {int(progress['steps'])} steps, loss {float(loss):.3f}"
            part = f"{said}, mel {np.mean(shown[-50:]):.2f} dB"
            print(f"{part}, commitment {float(commitment):.4f}", flush=True)
        if time.monotonic() - saved > SAVE_SECONDS:
            saved = time.monotonic()
            save(path, codec, optimizer, progress)
    progress["held_out_decibels"] = held_out_decibels(codec, held)
    save(path, codec, optimizer, progress)
    print(f"done: {progress}", flush=True)


if __name__ == "__main__":
    main()

"""Trains the codec.

python -m simmer_training.vq.train_codec --name pairs --hours 0.7 [--threads 1] [--shape stereo]

Goes on from build/NAME/codec.pt; delete that file for a fresh run, or for one `--begin-with` another's first LEVELS
levels. `--hours` is processor time of this run and those that it goes on from. `--shape stereo` is for music that is
not known beforehand, at 48 kHz: what it learns from is varied in pitch, level and place between the channels.
Products are computed in bfloat16: on processors with instructions for it, twice as fast.
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
from simmer_training.vq.crops import crops
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
RATE: Final = 1.5e-3
LATER_RATE: Final = 7e-4  # where another codec is begun with
PLAIN_SHARE: Final = 0.04  # of the time, at first, without quantization
COMMITMENT: Final = 0.25
SAVE_SECONDS: Final = 90.0

SHAPES: Final = {
    "mono": replace(CodecShape(), levels=LEVELS),
    # Rows of 32 ms, as the beats of the corpora in rows have them.
    "stereo": CodecShape(
        rate_hz=48_000, hop=512, levels=6, size=512, latent=64, width=384, inner=1152, blocks=6,
        encoder_width=320, encoder_blocks=3, channels=2, parts=3,
    ),
}  # fmt: skip
CROP_ROWS: Final = {"mono": ROWS, "stereo": 28}


def heard(made: Tensor, wanted: Tensor, random: np.random.Generator) -> tuple[Tensor, Tensor]:
    """What the loss compares of two [batch, channels, n]: each [batch, n] or [2 batch, n].

    Of stereo both channels, or as often their sum and difference: an image that wanders is heard in the difference.
    """
    if made.shape[1] == 2 and random.random() < 0.5:
        made, wanted = (
            torch.stack([0.5 * (one[:, 0] + one[:, 1]), 0.5 * (one[:, 0] - one[:, 1])]) for one in (made, wanted)
        )
    return made.reshape(-1, made.shape[-1]), wanted.reshape(-1, wanted.shape[-1])


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
    frames = round(10 * codec.shape.rate_hz / codec.shape.row_frames) * codec.shape.row_frames
    distances = []
    for piece in pieces:
        audio = torch.from_numpy(piece.audio[:, :frames].astype(np.float32) / 32767)
        made = codec.decode(codec.encode(audio))
        distances.append(loss_of(made, audio[:, : made.shape[1]], codec.shape.rate_hz)[1])
    codec.train()
    return float(np.mean(distances))


def main() -> None:
    """Trains until the hours are over."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", default="pairs")
    parser.add_argument("--hours", type=float, required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--shape", choices=SHAPES, default="mono")
    parser.add_argument("--begin-with", type=Path, help="another checkpoint, or a model folder, to go on from")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    folder = Path("build", arguments.name)
    path = folder / "codec.pt"
    shape = SHAPES[arguments.shape]
    corpus = load_pieces(folder / "dataset", shape.rate_hz, shape.channels)
    random = np.random.default_rng(int(time.time()))
    codec = Codec(shape)
    rate = RATE
    optimizer = torch.optim.AdamW(codec.parameters(), RATE, betas=(0.8, 0.99), weight_decay=1e-3)
    progress: dict[str, float] = {"steps": 0, "seconds": 0.0, "earlier": 0.0, "quantized": 0}
    if path.exists():
        kept = torch.load(path, weights_only=True)
        codec.load_state_dict(kept["codec"])
        optimizer.load_state_dict(kept["optimizer"])
        progress = kept["progress"]
    elif arguments.begin_with is not None:
        other, before = load_codec(arguments.begin_with, shape.levels)
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
    row_frames, rate_hz = shape.row_frames, shape.rate_hz
    rows, varied = CROP_ROWS[arguments.shape], arguments.shape == "stereo"

    def batch() -> Tensor:
        return crops(learned, random, rows * row_frames, row_frames, BATCH, varied=varied)

    while clock.share < 1.0:
        for group in optimizer.param_groups:
            group["lr"] = clock.rate(rate)
        audio = batch()
        with torch.autocast("cpu", torch.bfloat16):
            latents = codec.encoder(audio, codec.encoder.state(BATCH))[0].float()
        if clock.share > PLAIN_SHARE and not progress["quantized"]:
            with torch.no_grad():
                more = [codec.encoder(batch(), codec.encoder.state(BATCH))[0] for _ in range(12 * ROWS // rows)]
            begin_with(codec.quantizer, torch.cat([part.reshape(-1, codec.shape.latent) for part in more]))
            progress["quantized"] = 1
        commitment = latents.square().mean() * 1e-2
        if progress["quantized"]:
            latents, commitment = quantize(codec.quantizer, latents, True)
        with torch.autocast("cpu", torch.bfloat16):
            made, _ = codec.decoder(latents, codec.decoder.state(BATCH))
        warm = WARM_ROWS * row_frames // shape.parts
        loss, decibels = loss_of(*heard(made[:, :, warm:], audio[:, :, warm:], random), rate_hz)
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

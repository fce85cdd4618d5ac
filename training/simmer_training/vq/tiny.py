"""Makes the smallest model of the family, with random weights: what tests are fast with.

python -m simmer_training.vq.tiny [--out ../test/fixtures/models/vq-tiny]

Beside the folder's files it writes reference/: twenty seconds drawn with PyTorch (codes.i32 [rows, levels], audio.f32
of the first rows, entropy.f32 [rows, levels]) from uniform.f32 [rows, levels] under temperature.f32 [rows]; all
little-endian. The pair is the first artist, the second genre.
"""

import argparse
from pathlib import Path
from typing import Final

import numpy as np
import torch

from simmer_training.vq.codec import Codec
from simmer_training.vq.folder import FolderAbout, write_folder
from simmer_training.vq.half import round_to_half
from simmer_training.vq.prior import Prior
from simmer_training.vq.reference_rows import draw_reference, write_reference
from simmer_training.vq.sample import Drawing
from simmer_training.vq.shape import CodecShape, PriorShape

CODEC: Final = CodecShape(
    levels=4, size=32, latent=8, width=24, inner=48, blocks=2, kernel=3, encoder_width=24, encoder_blocks=1
)
PRIOR: Final = PriorShape(
    levels=4, size=32, width=32, layers=2, heads=2, window=16, hop_rows=8, level_inner=48, artists=3, genres=2,
    total_seconds=20.0, hold_seconds=10.0,
)  # fmt: skip
PAIR: Final = (0, 1)
REFERENCE_SECONDS: Final = 20.0
AUDIO_ROWS: Final = 100
LEVEL_TEMPERATURE: Final = (1.0, 1.0, 0.9, 0.9)
TAIL_FLOOR: Final = 0.01

ABOUT: Final = FolderAbout(
    name="vq-tiny",
    title="Tiny codes",
    version="1.0.0",
    artists=("Ada", "Béla", "Cleo"),
    genres=("Walk", "Run"),
    useful=(0.5, 1.5),
    default=1.0,
    level_temperature=LEVEL_TEMPERATURE,
    guide_temperatures=(0.75, 1.05),
    guide_gamma=1.5,
    guide_level_dbfs=-18.0,
    guide_pull=(4.0, 0.5, 6.0),
    tail_floor=TAIL_FLOOR,
    licence="MIT",
    provenance="Random weights, made by training/simmer_training/vq/tiny.py.",
    steps=0,
    held_out_bits=0,
    hours=0,
    hardware="",
)


def tiny_models() -> tuple[Codec, Prior]:
    """A codec and a prior with random but lively weights, the same each time, in half precision."""
    torch.manual_seed(11)
    codec, prior = Codec(CODEC).eval(), Prior(PRIOR).eval()
    with torch.no_grad():
        codec.quantizer.codebooks.mul_(6.0)
        for numbers in (prior.codes, prior.levels.codes, prior.positions):
            numbers.mul_(20.0)
        prior.artists.mul_(8.0)
        prior.genres.mul_(8.0)
        prior.levels.out.mul_(4.0)
        codec.decoder.leave.weight.mul_(2.0)
    round_to_half(codec)
    round_to_half(prior)
    return codec, prior


def main() -> None:
    """Writes the folder and its reference."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("..", "test", "fixtures", "models", "vq-tiny"))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    codec, prior = tiny_models()
    write_folder(codec, prior, ABOUT, arguments.out)
    drawing = Drawing(np.array(LEVEL_TEMPERATURE), TAIL_FLOOR)
    reference = draw_reference(prior, PAIR, REFERENCE_SECONDS, drawing, 1.0)
    peak = write_reference(reference, codec, AUDIO_ROWS, arguments.out / "reference")
    rows, bits = len(reference.codes), float(reference.entropy.mean())
    print(f"{arguments.out}: {rows} rows, peak {peak:.2f}, mean entropy {bits:.2f} bits")


if __name__ == "__main__":
    main()

"""Makes the smallest models of the family, with random weights: what tests are fast with.

One is mono; one is stereo, at 48 kHz, with three spectra a row.

python -m simmer_training.vq.tiny [--out ../test/fixtures/models]

Beside a folder's files it writes reference/: twenty seconds drawn with PyTorch (codes.i32 [rows, levels], audio.f32
[rows, channels, row_frames] of the first rows, entropy.f32 [rows, levels]) from uniform.f32 [rows, levels] under
temperature.f32 [rows]; all little-endian. The pair is the first artist, the second genre.
"""

import argparse
from dataclasses import dataclass, replace
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


@dataclass(frozen=True)
class Tiny:
    """A tiny model: its sizes, what its manifest says, and how many rows of audio its reference has."""

    codec: CodecShape
    prior: PriorShape
    about: FolderAbout
    audio_rows: int


STEREO_CODEC: Final = replace(CODEC, rate_hz=48_000, channels=2, parts=3)

MONO: Final = Tiny(CODEC, PRIOR, ABOUT, 100)
STEREO: Final = Tiny(
    STEREO_CODEC,
    replace(PRIOR, rows_a_second=STEREO_CODEC.rate_hz / STEREO_CODEC.row_frames),
    replace(ABOUT, name="vq-tiny-stereo", title="Tiny codes in stereo"),
    30,
)


def tiny_models(tiny: Tiny = MONO) -> tuple[Codec, Prior]:
    """A codec and a prior with random but lively weights, the same each time, in half precision."""
    torch.manual_seed(11)
    codec, prior = Codec(tiny.codec).eval(), Prior(tiny.prior).eval()
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
    """Writes the folders and their references."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("..", "test", "fixtures", "models"))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    for tiny in (MONO, STEREO):
        out = arguments.out / tiny.about.name
        codec, prior = tiny_models(tiny)
        write_folder(codec, prior, tiny.about, out)
        drawing = Drawing(np.array(LEVEL_TEMPERATURE), TAIL_FLOOR)
        reference = draw_reference(prior, PAIR, REFERENCE_SECONDS, drawing, 1.0)
        peak = write_reference(reference, codec, tiny.audio_rows, out / "reference")
        rows, bits = len(reference.codes), float(reference.entropy.mean())
        print(f"{out}: {rows} rows, peak {peak:.2f}, mean entropy {bits:.2f} bits")


if __name__ == "__main__":
    main()

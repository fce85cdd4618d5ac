"""Makes the smallest SampleRNN under codes, with random weights: what tests are fast with.

python -m simmer_training.coded.tiny [--out ../test/fixtures/models/coded-tiny]

Beside the folder's files it writes references (`reference_draws.py`), drawn in float64 from the weight file of each
precision: reference/float32-unguided, float32-guided, int8-unguided and int8-guided.

The guide of a guided one is there from the first step, lets go for a whole row, and comes back in the middle of one.
"""

import argparse
from pathlib import Path
from typing import Final

import numpy as np
import torch

from simmer_training.about import About
from simmer_training.coded.codebooks import Codebooks, Codes
from simmer_training.coded.fold import fold_prior, fold_sound, in_half
from simmer_training.coded.folder import FLOAT32_FILE, INT8_FILE, coded_manifest, folder_files
from simmer_training.coded.guide_table import GuideTable
from simmer_training.coded.kernel_weight_file import read_coded_weight_file
from simmer_training.coded.kernel_weights import CodedNetwork
from simmer_training.coded.pieces import silence_of
from simmer_training.coded.reference import FLOAT32_SLACK, INT8_SLACK, ROW, Lanes
from simmer_training.coded.reference_draws import Played, write_reference
from simmer_training.coded.response import GRID, Responses
from simmer_training.coded.row_prior import RowPrior, RowPriorShape
from simmer_training.coded.rows import BANDS
from simmer_training.coded.rows_graph import CodesPull
from simmer_training.coded.sound import CodedSampleRnn
from simmer_training.dataset import SAMPLE_RATE_HZ
from simmer_training.emphasis import Emphasis
from simmer_training.graph import GuidePull
from simmer_training.model import Sizes
from simmer_training.model_folder import write_model_folder
from simmer_training.network_manifest import Measured
from simmer_training.vq.half import round_to_half

LEVELS: Final = 3
SIZES: Final = Sizes(recurrent=32, sample=16, embedding=8)
PRIOR: Final = RowPriorShape(LEVELS, 256, width=32, entered=16)
EMPHASIS: Final = Emphasis(0.85, 1.8)
PULL: Final = GuidePull(mix=0.7)
CODES_PULL: Final = CodesPull(3.0, 6.0, 8.0)
RESPONSES: Final = Responses.by(2.8, 1.25)
ROWS: Final = 8
MEASURED: Final = Measured(0, 0, 0, -18.0, SAMPLE_RATE_HZ, EMPHASIS)
ABOUT: Final = About(
    name="coded-tiny",
    title="Tiny rows",
    licence="MIT",
    provenance="Random weights, made by training/simmer_training/coded/tiny.py.",
    hardware="",
)


def tiny_networks() -> tuple[CodedSampleRnn, RowPrior, Codebooks]:
    """Both networks with random but lively weights, the same each time, in half precision."""
    torch.manual_seed(17)
    sound, prior = CodedSampleRnn(SIZES, LEVELS, 256).eval(), RowPrior(PRIOR).eval()
    with torch.no_grad():
        sound.output.weight.mul_(10.0)
        sound.code_to_frame.weight.mul_(20.0)
        sound.code_to_frame.bias.normal_(std=0.3)
        sound.places.normal_(std=0.3)
        for start in (sound.top_start, sound.frame_start, prior.first):
            start.normal_()
        prior.rows.mul_(5.0)
        prior.before.mul_(20.0)
        for level in range(LEVELS):
            prior.level_out(level).weight.mul_(6.0)
    for module in (sound, prior):
        round_to_half(module)
    random = np.random.default_rng(17)
    spread = np.array([3.0, 1.5, 0.7])[:, None, None]
    vectors = random.normal(size=(LEVELS, 256, BANDS)) * spread
    vectors[0, 0] = np.log(0.3)  # silence
    books = Codebooks(vectors.astype(np.float16).astype(np.float64))
    return sound.requires_grad_(False), prior.requires_grad_(False), books


def tiny_network() -> tuple[CodedNetwork, Codes]:
    """As it is run, and the codes of a silent row."""
    sound, prior, books = tiny_networks()
    folded = in_half(fold_sound(sound)), in_half(fold_prior(prior))
    return CodedNetwork(*folded, books.vectors, PULL, CODES_PULL), silence_of(books)[0]


def tiny_lanes(*, guided: bool) -> Lanes:
    """A lane that swings and jumps; a guide with a gap, or none."""
    step = np.arange(ROWS * ROW)
    swing = 0.9 - 0.3 * np.cos(2 * np.pi * step / (3.3 * ROW)) + 0.1 * (step // 700 % 2)
    heat = (np.round(swing * GRID) / GRID).astype(np.float32)
    if not guided:
        return Lanes(heat, np.zeros(len(step), np.float32), np.full(len(step), 128, np.float32))
    strength = np.round(255 * np.abs(np.cos(step / 900))) / 255
    strength[3 * ROW : 4 * ROW + 200] = 0
    random = np.random.default_rng(3)
    guide = np.round(128 + 70 * np.sin(step / 9) * np.cos(step / 1000) + random.normal(size=len(step)) * 12)
    return Lanes(heat, strength.astype(np.float32), np.clip(guide, 0, 255).astype(np.float32))


def main() -> None:
    """Writes the folder and its references."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("..", "test", "fixtures", "models", "coded-tiny"))
    out = parser.parse_args().out
    torch.set_num_threads(1)
    network, silence = tiny_network()
    files = folder_files(network, silence, EMPHASIS, float32=True)
    manifest = coded_manifest(network, ABOUT, RESPONSES, MEASURED, files)
    write_model_folder(out, manifest, files)
    for precision, file, slack in (("float32", FLOAT32_FILE, FLOAT32_SLACK), ("int8", INT8_FILE, INT8_SLACK)):
        weights = read_coded_weight_file((out / file).read_bytes())
        played = Played(weights, GuideTable.of(EMPHASIS), RESPONSES, silence, slack)
        for words, guided in (("unguided", False), ("guided", True)):
            folder = out / "reference" / f"{precision}-{words}"
            print(f"{folder}: {write_reference(played, tiny_lanes(guided=guided), folder)}")


if __name__ == "__main__":
    main()

"""Makes everything that is kept of a SampleRNN under codes: a model folder, its weights, what engines are tested with.

    python -m simmer_training.coded.ship --name one-song-rows --as one-song --out ../models/one-song

Reads build/NAME: its dataset, and what both trainers left there; or, with --weights, the weights.pt of a folder that
was made before. The kernel's weights in full precision are left out unless --float32 asks for them: they are larger
than all else together, and nothing plays them but comparisons.
"""

import argparse
from pathlib import Path
from typing import Final

import numpy as np
import torch

from simmer_training.coded.export import export_coded, network_of
from simmer_training.coded.guide_table import GuideTable
from simmer_training.coded.held_out import measure_held_out
from simmer_training.coded.kernel_weight_file import read_coded_weight_file
from simmer_training.coded.kernel_weights import coded_weight_file
from simmer_training.coded.pieces import silence_of
from simmer_training.coded.reference import FLOAT32_SLACK, ROW, Lanes
from simmer_training.coded.reference_draws import Played, write_reference
from simmer_training.coded.response import GRID, Response, Responses
from simmer_training.coded.trained import load_trained
from simmer_training.coded.weights import load_coded_weights, save_coded_weights
from simmer_training.dataset import load_dataset
from simmer_training.kernel_weights import FLOAT32
from simmer_training.quantizer import SILENCE_BIN
from simmer_training.reference_draws import varying_temperature
from simmer_training.shipped import SHIPPED

REFERENCE_ROWS: Final = 64  # two seconds


def reference_lanes() -> Lanes:
    """A lane that rises, falls and jumps, on the grid of lanes; no guide."""
    steps = REFERENCE_ROWS * ROW
    heat = (np.round(varying_temperature(steps) * GRID) / GRID).astype(np.float32)
    return Lanes(heat, np.zeros(steps, np.float32), np.full(steps, SILENCE_BIN, np.float32))


def main() -> None:
    """Ships one model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", required=True, help="what was trained lies in build/NAME")
    parser.add_argument("--as", dest="shipped", choices=SHIPPED, required=True, help="what it is called")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--weights", type=Path, help="of a folder made before, in place of what the trainers left")
    parser.add_argument("--float32", action="store_true")
    parser.add_argument("--codes-exponent", type=Response.parse, default=Response(2.8, 2.8))
    parser.add_argument("--sound-exponent", type=Response.parse, default=Response(1.0, 1.0))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    build, out = Path("build", arguments.name), arguments.out
    model = (load_coded_weights(arguments.weights) if arguments.weights else load_trained(build)).in_half()
    dataset = load_dataset(build / "dataset")
    responses = Responses(arguments.codes_exponent, arguments.sound_exponent)
    export_coded(model, dataset, SHIPPED[arguments.shipped], responses, out, float32=arguments.float32)
    save_coded_weights(model, out / "weights.pt")
    exact = coded_weight_file(network_of(model), FLOAT32)
    guide, silence = GuideTable.of(dataset.emphasis), silence_of(model.books)[0]
    played = Played(read_coded_weight_file(exact), guide, responses, silence, FLOAT32_SLACK)
    print(f"reference: {write_reference(played, reference_lanes(), out / 'reference')}", flush=True)
    print(measure_held_out(out, model, dataset, exact), flush=True)
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    print(f"{out}: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()

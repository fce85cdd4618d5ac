"""Exports a checkpoint as a model folder (docs/models.md): graph, initial state, weights of the kernel, manifest.

python -m simmer_training.export --name one-song [--out ../models/one-song]
"""

import argparse
from pathlib import Path
from typing import Final

import numpy as np
from onnx import ModelProto

from simmer_training.about import About
from simmer_training.checkpoint import Checkpoint, Progress
from simmer_training.coded.rows_graph import CodesPull
from simmer_training.dataset import Dataset, load_dataset
from simmer_training.fold import fold, start_state
from simmer_training.graph import GraphBuilder, GuidePull
from simmer_training.kernel_weights import FLOAT32, INT8, weight_file
from simmer_training.levels import sounding_level
from simmer_training.model import BLOCK_STEPS, SampleRnn
from simmer_training.model_folder import write_model_folder
from simmer_training.network_manifest import Measured, Parts, network_manifest
from simmer_training.places import Places
from simmer_training.quantize import listen
from simmer_training.shipped import SHIPPED
from simmer_training.weights import load_weights

GRAPH_FILE: Final = "model.onnx"
STATE_FILE: Final = "initial-state.f32"
INT8_FILE: Final = "weights-int8.bin"
FLOAT32_FILE: Final = "weights-float32.bin"
HEARD_PIECES: Final = 4


def describe_pull(model: ModelProto, pull: GuidePull | CodesPull) -> None:
    """Writes the constants of the guide's pull into the graph's metadata, where a tool can read them."""
    for name, number in vars(pull).items():
        entry = model.metadata_props.add()
        entry.key, entry.value = f"guide_pull_{name}", str(number)


def export_model(model: SampleRnn, progress: Progress, dataset: Dataset, about: About, out: Path) -> None:
    """Writes the folder, the manifest last: a folder that has one is whole."""
    folded, pull = fold(model), GuidePull()
    heard = listen(model, dataset.training[:HEARD_PIECES])
    level = sounding_level([dataset.heard(bins) for bins in dataset.training], dataset.sample_rate_hz)
    graph = GraphBuilder(folded, pull=pull).build()
    describe_pull(graph, pull)
    files = {
        GRAPH_FILE: graph.SerializeToString(deterministic=True),
        STATE_FILE: start_state(folded).astype("<f4").tobytes(),
        INT8_FILE: weight_file(folded, pull, INT8, heard),
        FLOAT32_FILE: weight_file(folded, pull, FLOAT32),
    }
    measured = Measured(
        progress.steps, progress.held_out_bits, progress.hours, level, dataset.sample_rate_hz, dataset.emphasis
    )
    parts = Parts(files, GRAPH_FILE, STATE_FILE, {"int8": INT8_FILE, "float32": FLOAT32_FILE})
    write_model_folder(out, network_manifest(about, measured, parts, BLOCK_STEPS), files)
    count = f"{folded.parameters():,} folded weights in {np.dtype(np.float32).name}"
    print(f"{out}: {count}, {progress.steps:,} steps, {progress.held_out_bits:.3f} bits per step held out")


def export_shipped(places: Places, out: Path | None = None) -> None:
    """Writes the folder of a model that is shipped, from the weights that are kept of it (weights.py)."""
    progress = Checkpoint.load(places.checkpoint).progress
    model, dataset = load_weights(places.weights), load_dataset(places.dataset)
    export_model(model, progress, dataset, SHIPPED[places.name], out or places.model)


def main() -> None:
    """Exports a model that is shipped."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", choices=SHIPPED, required=True)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    export_shipped(Places(arguments.name), arguments.out)


if __name__ == "__main__":
    main()

"""Exports a checkpoint as a model folder (docs/models.md): graph, initial state, weights of the kernel, manifest.

python -m simmer_training.export [--checkpoint build/checkpoint.pt] [--out ../models/one-song]
"""

import argparse
import hashlib
import json
from pathlib import Path
from typing import Final

import numpy as np
from onnx import ModelProto

from simmer_training.checkpoint import Progress, load_model
from simmer_training.corpus import SAMPLE_RATE_HZ
from simmer_training.data import load_bins
from simmer_training.fold import fold, start_state, state_floats
from simmer_training.graph import TAIL_FLOOR, GraphBuilder, GuidePull
from simmer_training.kernel_weights import FLOAT32, INT8, weight_file
from simmer_training.levels import sounding_level
from simmer_training.model import BLOCK_STEPS
from simmer_training.quantize import listen
from simmer_training.quantizer import BINS, bin_to_amplitude

GRAPH_FILE: Final = "model.onnx"
STATE_FILE: Final = "initial-state.f32"
INT8_FILE: Final = "weights-int8.bin"
FLOAT32_FILE: Final = "weights-float32.bin"
HEARD_PERFORMANCES: Final = 4
HARDWARE: Final = "one core of an AMD EPYC (Zen 4) at low priority, no GPU"


def manifest(
    state_size: int,
    progress: Progress,
    hardware: str,
    level_dbfs: float,
    files: dict[str, bytes],
) -> dict[str, object]:
    """The content of manifest.json; `level_dbfs` is the training audio's (levels.py)."""
    return {
        "manifestVersion": 1,
        "name": "one-song",
        "title": "One song",
        "version": "1.0.0",
        "family": "samplernn",
        "sampleRateHz": SAMPLE_RATE_HZ,
        "blockSteps": BLOCK_STEPS,
        "stateFloats": state_size,
        "quantizer": {"kind": "mu-law", "bins": BINS},
        "temperature": {"useful": [0.6, 1.2], "default": 1.0},
        "guide": {
            "temperatureLow": 0.75,
            "temperatureHigh": 1.05,
            "gamma": 1.5,
            "levelDbfs": round(level_dbfs, 1),
        },
        "tailGuard": {"floor": TAIL_FLOOR},
        "licence": "MIT",
        "provenance": "Trained by training/ on audio synthesised by training/ (see CARD.md).",
        "training": {
            "steps": progress.steps,
            "heldOutBitsPerStep": round(progress.held_out_bits, 4),
            "hours": round(progress.hours, 2),
            "hardware": hardware,
        },
        "files": {
            name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in files.items()
        },
        "graph": GRAPH_FILE,
        "initialState": STATE_FILE,
        "kernel": {"int8": INT8_FILE, "float32": FLOAT32_FILE},
    }


def describe_pull(model: ModelProto, pull: GuidePull) -> None:
    """Writes the constants of the guide's pull into the graph's metadata, where a tool can read them."""
    for name, number in vars(pull).items():
        entry = model.metadata_props.add()
        entry.key, entry.value = f"guide_pull_{name}", str(number)


def export(checkpoint: Path, corpus: Path, out: Path, hardware: str) -> None:
    """Writes the folder."""
    model, progress = load_model(checkpoint)
    folded, pull = fold(model), GuidePull()
    learned = load_bins(corpus, held_out=False)
    heard = listen(model, learned[:HEARD_PERFORMANCES])
    level = sounding_level([bin_to_amplitude(bins) for bins in learned], SAMPLE_RATE_HZ)
    graph = GraphBuilder(folded, pull=pull).build()
    describe_pull(graph, pull)
    files = {
        GRAPH_FILE: graph.SerializeToString(deterministic=True),
        STATE_FILE: start_state(folded).astype("<f4").tobytes(),
        INT8_FILE: weight_file(folded, pull, INT8, heard),
        FLOAT32_FILE: weight_file(folded, pull, FLOAT32),
    }
    out.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (out / name).write_bytes(content)
    written = json.dumps(manifest(state_floats(folded), progress, hardware, level, files), indent=2) + "\n"
    (out / "manifest.json").write_text(written)
    count = f"{folded.parameters():,} folded weights in {np.dtype(np.float32).name}"
    print(f"{out}: {count}, {progress.steps:,} steps, {progress.held_out_bits:.3f} bits per step held out")


def main() -> None:
    """Exports."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, default=Path("build/checkpoint.pt"))
    parser.add_argument("--corpus", type=Path, default=Path("build/corpus"))
    parser.add_argument("--out", type=Path, default=Path("../models/one-song"))
    parser.add_argument("--hardware", default=HARDWARE, help="what the model was trained on, for the manifest")
    arguments = parser.parse_args()
    export(arguments.checkpoint, arguments.corpus, arguments.out, arguments.hardware)


if __name__ == "__main__":
    main()

"""The model folder in the repository is whole, and draws what PyTorch drew from the same checkpoint."""

import hashlib
import json
from pathlib import Path

import numpy as np

from simmer_training.graph_run import open_graph, run_graph
from simmer_training.reference import Controls

FOLDER = Path(__file__).parents[2] / "models" / "one-song"
REFERENCE = FOLDER / "reference"


def test_every_file_is_the_one_in_the_manifest() -> None:
    manifest = json.loads((FOLDER / "manifest.json").read_text())
    for name, expected in manifest["files"].items():
        content = (FOLDER / name).read_bytes()
        assert len(content) == expected["bytes"]
        assert hashlib.sha256(content).hexdigest() == expected["sha256"]
    assert len((FOLDER / manifest["initialState"]).read_bytes()) == 4 * manifest["stateFloats"]


def test_it_draws_what_pytorch_drew_for_ten_seconds() -> None:
    session = open_graph((FOLDER / "model.onnx").read_bytes())
    start = np.fromfile(FOLDER / "initial-state.f32", "<f4")
    lane = np.fromfile(REFERENCE / "temperature.f32", "<f4")
    uniform = np.fromfile(REFERENCE / "uniform.f32", "<f4")
    drawn = np.fromfile(REFERENCE / "drawn.u8", np.uint8)
    floor = json.loads((FOLDER / "manifest.json").read_text())["tailGuard"]["floor"]
    take = run_graph(session, start, Controls.unguided(lane), uniform, floor)
    assert np.array_equal(take.drawn, drawn)

"""The model folder in the repository is whole, and draws what was drawn from the same weights in float64."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from simmer_training.coded.graph_run import CodedGraphRun, Graphs, Kept
from simmer_training.graph_run import open_graph, run_graph
from simmer_training.reference import Controls
from simmer_training.shipped import SHIPPED

MODELS = Path(__file__).parents[2] / "models"


@pytest.fixture(params=[name for name in SHIPPED if (MODELS / name).exists()])
def folder(request: pytest.FixtureRequest) -> Path:
    """The folder of a model that is shipped."""
    return MODELS / str(request.param)


def test_every_file_is_the_one_in_the_manifest(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    for name, expected in manifest["files"].items():
        content = (folder / name).read_bytes()
        assert len(content) == expected["bytes"]
        assert hashlib.sha256(content).hexdigest() == expected["sha256"]
    assert len((folder / manifest["initialState"]).read_bytes()) == 4 * manifest["stateFloats"]


def test_it_draws_what_the_reference_drew(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    if "rows" in manifest:
        wanted = Kept.of(folder / "reference", manifest["rows"]["levels"])
        rows = CodedGraphRun(Graphs.of(folder)).play(wanted)
        assert np.array_equal(np.concatenate([row.bins for row in rows]), wanted.drawn)
        assert np.array_equal([row.codes for row in rows], wanted.codes)
        return
    session = open_graph((folder / "model.onnx").read_bytes())
    start = np.fromfile(folder / "initial-state.f32", "<f4")
    lane = np.fromfile(folder / "reference" / "temperature.f32", "<f4")
    uniform = np.fromfile(folder / "reference" / "uniform.f32", "<f4")
    drawn = np.fromfile(folder / "reference" / "drawn.u8", np.uint8)
    take = run_graph(session, start, Controls.unguided(lane), uniform, manifest["tailGuard"]["floor"])
    assert np.array_equal(take.drawn, drawn)

"""What training writes as manifest.json is what the service reads."""

import json
from pathlib import Path

import pytest

from simmer_training.model_folder import Manifest, check_manifest, listed, range_of, write_model_folder

ROOT = Path(__file__).parents[2]
FOLDERS = sorted(
    path.parent for place in ("models", "test/fixtures/models") for path in ROOT.glob(f"{place}/*/manifest.json")
)


@pytest.fixture
def manifest() -> Manifest:
    """That of a model that is shipped."""
    content: Manifest = json.loads((ROOT / "models" / "one-song" / "manifest.json").read_text(encoding="utf-8"))
    return content


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_manifest_of_the_repository_passes(folder: Path) -> None:
    check_manifest(json.loads((folder / "manifest.json").read_text(encoding="utf-8")))


def test_there_are_manifests_of_both_families() -> None:
    assert {"one-song", "pairs"} <= {folder.name for folder in FOLDERS}


def test_what_the_service_would_refuse_is_named(manifest: Manifest) -> None:
    for names, value, words in (
        (("temperature", "default"), 2.5, "temperature.default: 2.5 is greater than the maximum of 2"),
        (("guide", "gamma"), 0, "guide.gamma: 0 is less than or equal to the minimum of 0"),
        (("stateFloats",), 1.5, "stateFloats: 1.5 is not of type 'integer'"),
        (("family",), "gan", "there is no family 'gan'"),
        (("colour",), "red", "'colour' was unexpected"),
    ):
        wrong = json.loads(json.dumps(manifest))
        place = wrong
        for name in names[:-1]:
            place = place[name]
        place[names[-1]] = value
        with pytest.raises(ValueError, match=words):
            check_manifest(wrong)


def test_a_folder_is_written_whole_or_not_at_all(manifest: Manifest, tmp_path: Path) -> None:
    files = {"model.onnx": b"graph"}
    write_model_folder(tmp_path / "good", {**manifest, "files": listed(files)}, files)
    written = json.loads((tmp_path / "good" / "manifest.json").read_text(encoding="utf-8"))
    assert written["files"]["model.onnx"]["bytes"] == len(b"graph")
    with pytest.raises(ValueError, match="title"):
        write_model_folder(tmp_path / "bad", {**manifest, "title": ""}, files)
    assert not (tmp_path / "bad").exists()


def test_ranges_are_those_of_the_schema() -> None:
    assert range_of("samplernn", "emphasis", "gain") == (0.05, 100.0)

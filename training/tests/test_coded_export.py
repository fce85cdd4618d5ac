"""A SampleRNN under codes is exported whole: weight files, kept weights, and what 8 bits cost."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from melody import melody
from torch.nn import functional

from simmer_training.coded.codebooks import Codebooks
from simmer_training.coded.export import export_coded, network_of
from simmer_training.coded.fold import fold_prior, fold_sound
from simmer_training.coded.held_out import measure_held_out
from simmer_training.coded.kernel_bits import row_bits, sound_bits
from simmer_training.coded.kernel_weight_file import read_coded_weight_file
from simmer_training.coded.kernel_weights import coded_weight_file
from simmer_training.coded.listen import listen_coded
from simmer_training.coded.pieces import CodedPiece, coded
from simmer_training.coded.row_prior import RowPrior, RowPriorShape
from simmer_training.coded.sound import CodedSampleRnn
from simmer_training.coded.tiny import ABOUT, LEVELS, RESPONSES, tiny_networks
from simmer_training.coded.train_rows import bits_by_level
from simmer_training.coded.weights import CodedModel, Trained, load_coded_weights, save_coded_weights
from simmer_training.dataset import SAMPLE_RATE_HZ, Dataset, Piece, load_dataset, write_dataset
from simmer_training.kernel_weights import FLOAT32, INT8
from simmer_training.model import BLOCK_STEPS, Sizes, frame_windows
from simmer_training.quantize import quantize_rows
from simmer_training.quantizer import BINS

ROWS = 20


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    folder = tmp_path_factory.mktemp("dataset")
    pieces = [Piece("a", melody(2.0), held_out=False), Piece("b", melody(1.5), held_out=True)]
    write_dataset(folder, SAMPLE_RATE_HZ, pieces)
    return load_dataset(folder)


@pytest.fixture(scope="module")
def model() -> CodedModel:
    return CodedModel(*tiny_networks(), Trained(1000, 4.5, 12.0, 0.25))


@pytest.fixture(scope="module")
def piece(dataset: Dataset, model: CodedModel) -> CodedPiece:
    found = coded(dataset, model.books, held_out=True)[0]
    # Of random codebooks nearly all rows are alike; so that codes matter, they are thrown.
    return CodedPiece(found.bins, np.random.default_rng(2).integers(256, size=found.codes.shape))


def test_a_weight_file_is_worth_the_bits_of_the_network(model: CodedModel, piece: CodedPiece) -> None:
    network = replace(network_of(model), sound=fold_sound(model.sound), prior=fold_prior(model.prior))  # not in half
    file = read_coded_weight_file(coded_weight_file(network, FLOAT32))
    sound, steps = model.sound, BLOCK_STEPS + ROWS * 512
    heard, codes = torch.from_numpy(piece.bins[:steps].astype(np.int64))[None], torch.from_numpy(piece.codes)[None]
    states, _ = sound.under(heard, codes[:, : ROWS + 2], sound.start(1))
    logits = sound.logits(states.flatten(0, 1), frame_windows(heard).flatten(0, 1)).reshape(-1, BINS)
    bits = float(functional.cross_entropy(logits, heard[0, BLOCK_STEPS:])) / np.log(2)
    assert sound_bits(file, piece, ROWS) == pytest.approx(bits, abs=3e-4)
    by_level = bits_by_level(model.prior, codes[:, :-1], codes)
    assert row_bits(file, piece) == pytest.approx(sum(map(float, by_level)), abs=3e-4)
    moved = CodedPiece(piece.bins, np.roll(piece.codes, 1, axis=0))
    assert abs(sound_bits(file, moved, ROWS) - bits) > 3e-3  # the control


def test_rounding_by_what_was_heard_costs_less(model: CodedModel, dataset: Dataset, piece: CodedPiece) -> None:
    network = network_of(model)
    heard = listen_coded(model, coded(dataset, model.books, held_out=False))
    exact = sound_bits(read_coded_weight_file(coded_weight_file(network, FLOAT32)), piece, ROWS)
    plain, careful = (
        sound_bits(read_coded_weight_file(coded_weight_file(network, INT8, given)), piece, ROWS)
        for given in (None, heard)
    )
    assert abs(careful - exact) < 0.05
    assert abs(careful - exact) <= abs(plain - exact)
    named = {
        "prior_input",
        "prior_recurrent",
        *(f"prior_{part}_{level}" for part in ("enter", "out") for level in range(3)),
    }
    assert named | {"code_top", "code_frame", "top_recurrent", "frame_condition", "third", "output"} <= set(heard)
    assert heard["code_top"].shape[1] == 32


def test_files_of_8_bits_hold_what_was_rounded(model: CodedModel) -> None:
    network = network_of(model)
    read = read_coded_weight_file(coded_weight_file(network, INT8))
    for layer, matrix in (
        (read.code_frame, network.sound.code_frame),
        (read.prior.levels[2].out, network.prior.out[2]),
    ):
        np.testing.assert_array_equal(layer.matrix, quantize_rows(matrix.T).dequantized())
    scale = np.abs(network.prior.before[2]).max() / 32767
    np.testing.assert_allclose(read.prior.levels[2].before, network.prior.before[2], atol=0.51 * scale)
    assert (read.code_frame.bias == 0).all()
    assert read.codes_pull == (6.0, 4.0, 12.0)


@pytest.mark.parametrize(("at", "damage"), [(0, b"SMRX"), (4, b"\x02\0\0\0"), (8, b"\x10\0\0\0"), (48, b"\x04\0\0\0")])
def test_what_is_no_such_file_is_refused(model: CodedModel, at: int, damage: bytes) -> None:
    content = coded_weight_file(network_of(model), INT8)
    with pytest.raises(ValueError, match=r"weight file|bytes"):
        read_coded_weight_file(content[:at] + damage + content[at + 4 :])
    for wrong in (content[:100], content[:-16], content + bytes(16)):
        with pytest.raises(ValueError, match="bytes"):
            read_coded_weight_file(wrong)


def test_sizes_that_the_kernel_cannot_read_are_refused() -> None:
    _, _, books = tiny_networks()
    odd = RowPrior(RowPriorShape(LEVELS, 256, width=24, entered=16))
    sound = CodedSampleRnn(Sizes(32, 16, 8), LEVELS, 256)
    with pytest.raises(ValueError, match="multiples of 16"):
        coded_weight_file(network_of(CodedModel(sound, odd, books, Trained(0, 0, 0, 0)).in_half()), INT8)


def test_a_folder_is_whole_and_its_weights_make_it_again(model: CodedModel, dataset: Dataset, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    export_coded(model, dataset, ABOUT, RESPONSES, first)
    save_coded_weights(model, first / "weights.pt")
    export_coded(load_coded_weights(first / "weights.pt"), dataset, ABOUT, RESPONSES, second)
    manifest = json.loads((first / "manifest.json").read_text())
    assert manifest["training"] == {"steps": 1000, "heldOutBitsPerStep": 4.5, "hours": 0.25, "hardware": ""}
    assert "float32" not in manifest["kernel"]
    for name in ("manifest.json", *manifest["files"]):
        assert (first / name).read_bytes() == (second / name).read_bytes(), name
    exact = coded_weight_file(network_of(model), FLOAT32)
    assert "in 8 bits" in measure_held_out(first, model, dataset, exact)
    measured = json.loads((first / "reference" / "held-out.json").read_text())
    assert measured["wholeSteps"] == len(melody(1.5)) // 512 * 512
    assert measured["wholeBitsPerStep"] != measured["wholeInt8BitsPerStep"]


def test_other_weights_are_refused(tmp_path: Path) -> None:
    torch.save({"sizes": {}, "weights": {}}, tmp_path / "weights.pt")
    with pytest.raises(ValueError, match="no weights of a SampleRNN under codes"):
        load_coded_weights(tmp_path / "weights.pt")


def test_codebooks_come_back_whole(model: CodedModel, tmp_path: Path) -> None:
    save_coded_weights(model, tmp_path / "weights.pt")
    again = load_coded_weights(tmp_path / "weights.pt")
    assert isinstance(again.books, Codebooks)
    np.testing.assert_array_equal(again.books.vectors, model.books.vectors)
    rows = torch.zeros(1, 2, LEVELS, dtype=torch.int64)
    states = model.prior.heard(rows, model.prior.start(1))[0]
    assert torch.equal(model.prior.scores(states, 2, rows), again.prior.scores(states, 2, rows))

"""The float64 model of the kernel reads the weight files, and agrees with PyTorch and with the kernel itself."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

from simmer_training.coded.kernel_bits import sound_bits
from simmer_training.coded.kernel_weight_file import is_of_codes, read_coded_weight_file
from simmer_training.coded.pieces import CodedPiece
from simmer_training.dataset import Bins
from simmer_training.fold import fold
from simmer_training.graph import GuidePull
from simmer_training.kernel_reference import bits_per_step, log2_probabilities
from simmer_training.kernel_weight_file import Layer, largest_input, read_weight_file
from simmer_training.kernel_weights import FLOAT32, INT8, weight_file
from simmer_training.model import BLOCK_STEPS, SampleRnn, Sizes
from simmer_training.quantize import quantize_rows
from simmer_training.shipped import SHIPPED

MODELS = Path(__file__).parents[2] / "models"


@pytest.fixture(scope="module")
def network() -> SampleRnn:
    """A small network in float64 whose widths the kernel can read."""
    torch.manual_seed(3)
    model = SampleRnn(Sizes(recurrent=48, sample=32, embedding=8)).double().requires_grad_(False)
    model.output.weight *= 6
    model.top_start.normal_()
    model.frame_start.normal_()
    return model


@pytest.fixture(scope="module")
def bins() -> Bins:
    """Noise, over more blocks than are worked out at once."""
    return np.random.default_rng(4).integers(0, 256, 300 * BLOCK_STEPS).astype(np.uint8)


def file_of(network: SampleRnn, precision: int) -> bytes:
    return weight_file(fold(network), GuidePull(), precision)


def test_it_is_the_network(network: SampleRnn, bins: Bins) -> None:
    """The control: with two bins of the past exchanged it is not."""
    logits, _ = network(torch.from_numpy(bins.astype(np.int64))[None], network.start(1))
    expected = functional.log_softmax(logits[0], 1).numpy() / np.log(2)
    float32 = read_weight_file(file_of(network, FLOAT32))
    found = np.concatenate(list(log2_probabilities(float32, bins)))
    np.testing.assert_allclose(found, expected, atol=2e-5)
    bins = bins.copy()
    bins[[70, 71]] = bins[[71, 70]]
    damaged = np.concatenate(list(log2_probabilities(float32, bins)))
    np.testing.assert_array_equal(damaged[:7], found[:7])  # causal: step 70 is the seventh after the history
    assert np.abs(damaged - found)[7:].max() > 1e-2


def test_rounding_moves_it_a_little(network: SampleRnn, bins: Bins) -> None:
    """8-bit weights move it, 16-bit activations far less; neither much."""
    content = file_of(network, INT8)
    exact = bits_per_step(read_weight_file(file_of(network, FLOAT32)), bins)
    weights = bits_per_step(read_weight_file(content, round_activations=False), bins)
    everything = bits_per_step(read_weight_file(content), bins)
    assert 1e-6 < abs(weights - exact) < 0.05
    assert 0 < abs(everything - weights) < 1e-3


def test_inputs_are_rounded_as_the_kernel_does() -> None:
    """The largest becomes the largest whole number, ties go to the even one, zeros stay zeros."""
    layer = Layer(np.eye(4), np.zeros(4), 8)
    inputs = np.array([[8, -3.5, 2.5, 0.4], [0, 0, 0, 0], [-16, 7, 0, 2]])
    np.testing.assert_array_equal(layer(inputs), [[8, -4, 2, 0], [0, 0, 0, 0], [-16, 8, 0, 2]])
    # No sum of 1040 products can leave 32 bits.
    assert largest_input(1040) * 1040 * 127 < 2**31 <= (largest_input(1040) + 1) * 1040 * 127
    assert largest_input(256) == 2**15 - 1


def test_matrices_come_back(network: SampleRnn) -> None:
    """What is read is what was rounded."""
    read, rows = read_weight_file(file_of(network, INT8)), fold(network).sample_condition.T
    np.testing.assert_array_equal(read.sample_condition.matrix, quantize_rows(rows).dequantized())


@pytest.mark.parametrize(
    ("at", "damage"),
    [(0, b"SMRX"), (4, b"\x01\0\0\0"), (8, b"\x10\0\0\0"), (20, b"\x20\0\0\0"), (12, b"\0\0\1\0")],
)
def test_what_is_no_weight_file_is_refused(network: SampleRnn, at: int, damage: bytes) -> None:
    """A header that lies, and a file that is too short or too long."""
    content = file_of(network, INT8)
    with pytest.raises(ValueError, match=r"weight file|bytes"):
        read_weight_file(content[:at] + damage + content[at + 4 :])
    for wrong in (content[:40], content[:-16], content + bytes(16)):
        with pytest.raises(ValueError, match="bytes"):
            read_weight_file(wrong)


@pytest.fixture(params=[name for name in SHIPPED if (MODELS / name).exists()])
def folder(request: pytest.FixtureRequest) -> Path:
    """The folder of a model that is shipped."""
    return MODELS / str(request.param)


def test_shipped_weights_are_worth_what_was_written_down(folder: Path) -> None:
    """Bits per step for ten unheard seconds, as they were measured when the folder was made.

    The kernel's own figure is held by test/kernel/shipped-model.test.ts.
    """
    known = json.loads((folder / "reference" / "held-out.json").read_text())
    heard = np.fromfile(folder / "reference" / "held-out.u8", np.uint8)
    bins = np.concatenate([np.full(BLOCK_STEPS, 128, np.uint8), heard])
    rounded = (folder / "weights-int8.bin").read_bytes()
    if is_of_codes(rounded):
        levels = json.loads((folder / "manifest.json").read_text())["rows"]["levels"]
        codes = np.fromfile(folder / "reference" / "held-out-codes.i32", "<i4").reshape(-1, levels)
        piece = CodedPiece(bins, codes.astype(np.int64))
        bits = sound_bits(read_coded_weight_file(rounded), piece, piece.rows)
    else:
        bits = bits_per_step(read_weight_file(rounded), bins)
        exact = (folder / "weights-float32.bin").read_bytes()
        assert bits_per_step(read_weight_file(exact), bins) == pytest.approx(known["bitsPerStep"], abs=1e-5)
    assert bits == pytest.approx(known["int8BitsPerStep"], abs=1e-5)
    # The bar for 8 bits, over all that the model has never heard.
    assert abs(known["wholeInt8BitsPerStep"] - known["wholeBitsPerStep"]) < 0.02

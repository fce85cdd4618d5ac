"""The kernel's weight files hold the folded network, float32 to the bit and int8 to half a step of its scale."""

import struct

import numpy as np
import pytest
import torch

from simmer_training.fold import Folded, fold
from simmer_training.graph import GuidePull
from simmer_training.kernel_weights import FLOAT32, HEADER_BYTES, INT8, quantize_table, weight_file
from simmer_training.model import SampleRnn, Sizes
from simmer_training.quantize import quantize_heard, quantize_rows


@pytest.fixture(scope="module")
def folded() -> Folded:
    """A small network with random weights."""
    torch.manual_seed(7)
    return fold(SampleRnn(Sizes(recurrent=32, sample=16, embedding=8)))


def sections(content: bytes, lengths: list[int]) -> list[bytes]:
    """The sections of a file, of so many bytes each; all of the file must be said."""
    parts, at = [], HEADER_BYTES
    for length in lengths:
        parts.append(content[at : at + length])
        at += length + -length % 16
    assert at == len(content)
    return parts


def test_float32_holds_the_network(folded: Folded) -> None:
    """Every array is there, turned so that a row makes one output."""
    d, m = 32, 16
    content = weight_file(folded, GuidePull(), FLOAT32)
    assert struct.unpack("<4s7I", content[:32]) == (b"SMRW", 2, 32, d, m, 64, 16, 256)
    assert struct.unpack("<4f", content[32:48]) == pytest.approx((0.5, 8.0, 4.0, 1.0))
    expected = [
        folded.top_input.T,
        folded.top_input_bias,
        folded.top_recurrent.T,
        folded.top_recurrent_bias,
        folded.frame_condition.T,
        folded.frame_condition_bias,
        folded.frame_input.T,
        folded.frame_recurrent.T,
        folded.frame_recurrent_bias,
        folded.sample_condition.T,
        folded.sample_condition_bias,
        folded.history,
        folded.third.T,
        folded.third_bias,
        folded.output.T,
        folded.output_bias,
        folded.top_start,
        folded.frame_start,
    ]
    parts = sections(content, [4 * array.size for array in expected])
    for part, array in zip(parts, expected, strict=True):
        np.testing.assert_array_equal(np.frombuffer(part, "<f4"), array.astype("<f4").ravel())


def test_int8_is_within_half_a_step(folded: Folded) -> None:
    """Each row uses all of its range, and rounding is all that it loses."""
    rows = folded.frame_condition.T
    quantized = quantize_rows(rows)
    np.testing.assert_array_equal(np.abs(quantized.values.astype(int)).max(axis=1), 127)
    error = np.abs(quantized.dequantized() - rows)
    assert (error <= 0.5001 * quantized.scales[:, None]).all()
    # A row of zeros stays one, and has a scale that can be divided by.
    nothing = quantize_rows(np.zeros((2, 16)))
    assert (nothing.values == 0).all()
    assert (nothing.scales == 1).all()
    history = quantize_table(folded.history)
    assert np.abs(history.dequantized() - folded.history).max() <= 0.5001 * float(history.scale)


def test_rounding_with_what_was_heard_keeps_products(folded: Folded) -> None:
    """Inputs that are much alike: errors must cancel out in the products, which plain rounding does not care for."""
    random = np.random.default_rng(5)
    inputs = np.maximum(0, random.normal(size=(4000, 3)) @ random.normal(size=(3, 16)) + 1)
    matrix, bias = folded.output.T, folded.output_bias
    wanted = inputs @ matrix.T + bias
    plain = quantize_rows(matrix)
    heard, heard_bias = quantize_heard(matrix, bias, inputs)
    np.testing.assert_array_equal(heard.scales, plain.scales)
    errors = [
        np.sqrt(((inputs @ rows.dequantized().T + offset - wanted) ** 2).mean())
        for rows, offset in ((plain, bias), (heard, heard_bias))
    ]
    assert errors[1] < 0.5 * errors[0]


def test_int8_file_is_whole(folded: Folded) -> None:
    """Scales and values lie where docs/models.md says."""
    d, m = 32, 16
    content = weight_file(folded, GuidePull(), INT8)
    matrices = [(3 * d, d), (12 * d, d), (3 * d, d), (16 * m, d), (m, m), (256, m)]
    scaled = {shape: [4 * shape[0], shape[0] * shape[1]] for shape in matrices}
    lengths = [
        *(4 * 3 * d * 64, 4 * 3 * d),
        *(*scaled[(3 * d, d)], 4 * 3 * d),
        *(*scaled[(12 * d, d)], 4 * 12 * d),
        4 * 3 * d * 16,
        *(*scaled[(3 * d, d)], 4 * 3 * d),
        *(*scaled[(16 * m, d)], 4 * 16 * m),
        *(4, 2 * 16 * 256 * m),
        *(*scaled[(m, m)], 4 * m),
        *(*scaled[(256, m)], 4 * 256),
        *(4 * d, 4 * d),
    ]
    parts = sections(content, lengths)
    np.testing.assert_array_equal(
        np.frombuffer(parts[3], np.int8).reshape(3 * d, d), quantize_rows(folded.top_recurrent.T).values
    )


def test_widths_that_the_kernel_cannot_read_are_refused() -> None:
    """It reads sixteen at once."""
    torch.manual_seed(1)
    odd = fold(SampleRnn(Sizes(recurrent=24, sample=16, embedding=8)))
    with pytest.raises(ValueError, match="multiples of 16"):
        weight_file(odd, GuidePull(), INT8)

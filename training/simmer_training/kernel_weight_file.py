"""Reads the kernel's weight files as they are described in docs/models.md."""

import struct
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

BLOCK: Final = 64
FRAME: Final = 16
FRAMES: Final = BLOCK // FRAME
BINS: Final = 256
HEADER: Final = struct.Struct("<4s7I4f")
FIRST_SECTION: Final = 64
SMALLEST_ACTIVATION: Final = 1e-30  # below it a vector counts as zeros


def largest_input(inputs: int) -> int:
    """What the kernel rounds the largest of so many inputs to: a sum of them times any bytes must fit 32 bits."""
    return min(2**15 - 1, (2**31 - 1) // (127 * inputs))


@dataclass(frozen=True)
class Layer:
    """A matrix [outputs, inputs] with its bias, and what its inputs are rounded to."""

    matrix: Array
    bias: Array
    largest_input: int | None  # as a whole number; None leaves inputs as they are

    def __call__(self, inputs: Array) -> Array:
        """Products with rows of inputs [..., inputs]."""
        if self.largest_input is not None:
            highest = np.abs(inputs).max(axis=-1, keepdims=True)
            scale = np.where(highest > SMALLEST_ACTIVATION, highest / self.largest_input, np.inf)
            inputs = np.rint(inputs / scale) * np.where(np.isinf(scale), 0, scale)
        products: Array = inputs @ self.matrix.T + self.bias
        return products


@dataclass(frozen=True)
class KernelNetwork:
    """What a weight file holds, in its order; matrices of 8 bits are multiplied out."""

    top_input: Layer
    top_recurrent: Layer
    frame_condition: Layer
    frame_input: Array  # [3D, 16]
    frame_recurrent: Layer
    sample_condition: Layer
    history: Array  # [16, 256, M]
    third: Layer
    output: Layer
    top_start: Array
    frame_start: Array


class Reader:
    """Takes sections off a weight file from `first` on, one after the other."""

    def __init__(self, content: bytes, precision: int, first: int, *, round_activations: bool) -> None:
        self._content, self._at = content, first
        self._in_8_bits, self._round = precision == 8, round_activations and precision == 8

    def floats(self, *shape: int) -> Array:
        """float32 values."""
        return self._take("<f4", *shape)

    def layer(self, outputs: int, inputs: int) -> Layer:
        """A matrix in the file's precision, and its bias."""
        if not self._in_8_bits:
            return Layer(self.floats(outputs, inputs), self.floats(outputs), None)
        scales = self.floats(outputs)
        matrix = scales[:, None] * self._take("<i1", outputs, inputs)
        return Layer(matrix, self.floats(outputs), largest_input(inputs) if self._round else None)

    def table(self, *shape: int) -> Array:
        """A table in the file's precision."""
        return float(self.floats(1)[0]) * self._take("<i2", *shape) if self._in_8_bits else self.floats(*shape)

    def finish(self) -> None:
        """Raises ValueError unless all of the file was read."""
        if self._at != len(self._content):
            raise ValueError(f"{len(self._content)} bytes, where {self._at} are described")

    def _take(self, kind: str, *shape: int) -> Array:
        count = int(np.prod(shape))
        end = self._at + count * np.dtype(kind).itemsize
        if end > len(self._content):
            raise ValueError(f"{len(self._content)} bytes, too few for what they describe")
        values = np.frombuffer(self._content, kind, count, self._at).astype(np.float64).reshape(shape)
        self._at = end + -end % 16
        return values


def read_weight_file(content: bytes, *, round_activations: bool = True) -> KernelNetwork:
    """Reads a weight file; `round_activations` says whether a file of 8 bits gets the kernel's 16-bit inputs.

    Raises ValueError for what is no such file.
    """
    if len(content) < FIRST_SECTION:
        raise ValueError(f"{len(content)} bytes hold no header")
    magic, version, precision, width, hidden, block, frame, bins, *_ = HEADER.unpack_from(content)
    if (magic, version, block, frame, bins) != (b"SMRW", 2, BLOCK, FRAME, BINS) or precision not in (8, 32):
        raise ValueError("not a weight file of the kernel, version 2")
    reader = Reader(content, precision, FIRST_SECTION, round_activations=round_activations)
    network = KernelNetwork(
        top_input=Layer(reader.floats(3 * width, BLOCK), reader.floats(3 * width), None),
        top_recurrent=reader.layer(3 * width, width),
        frame_condition=reader.layer(FRAMES * 3 * width, width),
        frame_input=reader.floats(3 * width, FRAME),
        frame_recurrent=reader.layer(3 * width, width),
        sample_condition=reader.layer(FRAME * hidden, width),
        history=reader.table(FRAME, BINS, hidden),
        third=reader.layer(hidden, hidden),
        output=reader.layer(BINS, hidden),
        top_start=reader.floats(width),
        frame_start=reader.floats(width),
    )
    reader.finish()
    return network

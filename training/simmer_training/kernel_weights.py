"""Writes the weights of the kernel: a network that is folded, with every matrix turned so that a row makes one output.

docs/models.md ("Weight files of the kernel") says what is where. Two precisions: float32, and int8 with one scale for
each row, whose products add up to the same integers on every machine. What 8 bits cost is kept small by rounding with
an eye on what the network really multiplies the weights with (`quantize.py`).
"""

import struct
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from simmer_training.fold import Array, Folded
from simmer_training.graph import GuidePull
from simmer_training.model import BLOCK_STEPS, FRAME_STEPS
from simmer_training.quantize import Heard, QuantizedRows, quantize_heard, quantize_rows
from simmer_training.quantizer import BINS

MAGIC: Final = b"SMRW"
FORMAT_VERSION: Final = 2
FLOAT32: Final = 32
INT8: Final = 8
ALIGNMENT: Final = 16
HEADER_BYTES: Final = 64
MULTIPLE: Final = 16  # of the widths D and M: what the kernel reads at once
LARGEST_INT16: Final = 32767


@dataclass(frozen=True)
class QuantizedHistory:
    """The history's table in 16 bits and with one scale, so that rows of it add up as integers."""

    scale: np.float32
    values: npt.NDArray[np.int16]  # [16, 256, M]

    def dequantized(self) -> Array:
        """The table that this stands for."""
        return float(self.scale) * self.values.astype(np.float64)


def quantize_history(table: Array) -> QuantizedHistory:
    """Rounds the table to 16 bits."""
    largest = float(np.abs(table).max())
    scale = np.float32(largest / LARGEST_INT16 if largest > 0 else 1.0)
    values = np.clip(np.rint(table / float(scale)), -LARGEST_INT16, LARGEST_INT16)
    return QuantizedHistory(scale, values.astype(np.int16))


def rows_of(folded: Folded) -> dict[str, Array]:
    """The matrices that are in 8 bits, by their name in `Folded`, turned: [outputs, inputs]."""
    names = ("top_recurrent", "frame_condition", "frame_recurrent", "sample_condition", "third", "output")
    return {name: np.ascontiguousarray(getattr(folded, name).T) for name in names}


class _Sections:
    """Sections of a file, each beginning at a multiple of 16 bytes."""

    def __init__(self, precision: int, folded: Folded, heard: Heard) -> None:
        self._precision, self._folded = precision, folded
        self._rows = rows_of(folded)
        self._heard = heard
        self.parts: list[bytes] = []

    def floats(self, array: Array) -> None:
        """Appends float32 values."""
        self._append(array.astype("<f4").tobytes())

    def layer(self, name: str) -> None:
        """Appends a matrix in the file's precision, and its bias."""
        bias: Array = getattr(self._folded, f"{name}_bias")
        if self._precision == FLOAT32:
            self.floats(self._rows[name])
            self.floats(bias)
            return
        quantized, bias = self._quantized(name, bias)
        self._append(quantized.scales.astype("<f4").tobytes())
        self._append(quantized.values.tobytes())
        self.floats(bias)

    def _quantized(self, name: str, bias: Array) -> tuple[QuantizedRows, Array]:
        inputs = self._heard.get(name)
        if inputs is None:
            return quantize_rows(self._rows[name]), bias
        return quantize_heard(self._rows[name], bias, inputs)

    def history(self, table: Array) -> None:
        """Appends the history's table."""
        if self._precision == FLOAT32:
            self.floats(table)
            return
        quantized = quantize_history(table)
        self._append(np.array([quantized.scale], "<f4").tobytes())
        self._append(quantized.values.astype("<i2").tobytes())

    def _append(self, section: bytes) -> None:
        self.parts.append(section + bytes(-len(section) % ALIGNMENT))


def weight_file(folded: Folded, pull: GuidePull, precision: int, heard: Heard | None = None) -> bytes:
    """The content of a weight file, `precision` being FLOAT32 or INT8; `heard` serves the rounding to 8 bits.

    Raises ValueError for widths that the kernel cannot read.
    """
    width, hidden = len(folded.top_start), len(folded.third_bias)
    if width % MULTIPLE or hidden % MULTIPLE:
        raise ValueError(f"the kernel needs widths that are multiples of {MULTIPLE}, not {width} and {hidden}")
    numbers = (FORMAT_VERSION, precision, width, hidden, BLOCK_STEPS, FRAME_STEPS, BINS)
    guide = (pull.weight, pull.width_bins, pull.deepest, pull.mix)
    header = struct.pack("<4s7I4f", MAGIC, *numbers, *guide)
    sections = _Sections(precision, folded, heard or {})
    sections.floats(folded.top_input.T)
    sections.floats(folded.top_input_bias)
    sections.layer("top_recurrent")
    sections.layer("frame_condition")
    sections.floats(folded.frame_input.T)
    sections.layer("frame_recurrent")
    sections.layer("sample_condition")
    sections.history(folded.history)
    sections.layer("third")
    sections.layer("output")
    sections.floats(folded.top_start)
    sections.floats(folded.frame_start)
    return header + bytes(HEADER_BYTES - len(header)) + b"".join(sections.parts)

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

from simmer_training.fold import Array, Folded, FoldedTiers
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
class QuantizedTable:
    """A table in 16 bits and with one scale, so that rows of it add up as integers."""

    scale: np.float32
    values: npt.NDArray[np.int16]

    def dequantized(self) -> Array:
        """The table that this stands for."""
        return float(self.scale) * self.values.astype(np.float64)


def quantize_table(table: Array) -> QuantizedTable:
    """Rounds a table to 16 bits."""
    largest = float(np.abs(table).max())
    scale = np.float32(largest / LARGEST_INT16 if largest > 0 else 1.0)
    values = np.clip(np.rint(table / float(scale)), -LARGEST_INT16, LARGEST_INT16)
    return QuantizedTable(scale, values.astype(np.int16))


class Sections:
    """Sections of a file, each beginning at a multiple of 16 bytes."""

    def __init__(self, precision: int, heard: Heard) -> None:
        self._precision, self._heard = precision, heard
        self._parts: list[bytes] = []

    def floats(self, array: Array) -> None:
        """Appends float32 values."""
        self._append(array.astype("<f4").tobytes())

    def layer(self, name: str, matrix: Array, bias: Array) -> None:
        """Appends a matrix [inputs, outputs] in the file's precision and turned, and its bias.

        What was heard under its name serves the rounding.
        """
        rows = np.ascontiguousarray(matrix.T)
        if self._precision == FLOAT32:
            self.floats(rows)
            self.floats(bias)
            return
        quantized, bias = self._quantized(name, rows, bias)
        self._append(quantized.scales.astype("<f4").tobytes())
        self._append(quantized.values.tobytes())
        self.floats(bias)

    def layers(self, folded: FoldedTiers, *names: str) -> None:
        """Appends layers of the network by their names."""
        for name in names:
            self.layer(name, getattr(folded, name), getattr(folded, f"{name}_bias"))

    def table(self, table: Array) -> None:
        """Appends a table in the file's precision."""
        if self._precision == FLOAT32:
            self.floats(table)
            return
        quantized = quantize_table(table)
        self._append(np.array([quantized.scale], "<f4").tobytes())
        self._append(quantized.values.astype("<i2").tobytes())

    def content(self) -> bytes:
        """All of them."""
        return b"".join(self._parts)

    def _quantized(self, name: str, rows: Array, bias: Array) -> tuple[QuantizedRows, Array]:
        inputs = self._heard.get(name)
        return (quantize_rows(rows), bias) if inputs is None else quantize_heard(rows, bias, inputs)

    def _append(self, section: bytes) -> None:
        self._parts.append(section + bytes(-len(section) % ALIGNMENT))


def weight_file(folded: Folded, pull: GuidePull, precision: int, heard: Heard | None = None) -> bytes:
    """The content of a weight file, `precision` being FLOAT32 or INT8; `heard` serves the rounding to 8 bits.

    Raises ValueError for widths that the kernel cannot read.
    """
    check_widths(len(folded.top_start), len(folded.third_bias))
    header = network_header(FORMAT_VERSION, precision, folded, pull)
    sections = Sections(precision, heard or {})
    sections.floats(folded.top_input.T)
    sections.floats(folded.top_input_bias)
    sections.layers(folded, "top_recurrent", "frame_condition")
    sections.floats(folded.frame_input.T)
    append_lower(sections, folded)
    sections.floats(folded.top_start)
    sections.floats(folded.frame_start)
    return header + bytes(HEADER_BYTES - len(header)) + sections.content()


def check_widths(*widths: int) -> None:
    """Raises ValueError for what the kernel cannot read."""
    if any(width % MULTIPLE for width in widths):
        said = " and ".join(map(str, widths))
        raise ValueError(f"the kernel needs widths that are multiples of {MULTIPLE}, not {said}")


def network_header(version: int, precision: int, folded: FoldedTiers, pull: GuidePull) -> bytes:
    """What every version's header begins with, up to byte 47."""
    widths = (len(folded.top_start), len(folded.third_bias))
    numbers = (version, precision, *widths, BLOCK_STEPS, FRAME_STEPS, BINS)
    guide = (pull.weight, pull.width_bins, pull.deepest, pull.mix)
    return struct.pack("<4s7I4f", MAGIC, *numbers, *guide)


def append_lower(sections: Sections, folded: FoldedTiers) -> None:
    """Appends what is below the frame tier's inputs, which is alike in every version."""
    sections.layers(folded, "frame_recurrent", "sample_condition")
    sections.table(folded.history)
    sections.layers(folded, "third", "output")

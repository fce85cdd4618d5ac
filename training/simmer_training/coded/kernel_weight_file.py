"""Reads weight files of format 3 as docs/models.md describes them; nothing is shared with what writes them."""

import struct
from dataclasses import dataclass
from typing import Final

import numpy as np

from simmer_training.kernel_weight_file import BINS, BLOCK, FRAME, FRAMES, Array, Layer, Reader

HEADER: Final = struct.Struct("<4s7I4f5I3f")
FIRST_SECTION: Final = 128
FORMAT_VERSION: Final = 3
ROWS_HEARD: Final = 3
BLOCKS_PER_ROW: Final = 8


@dataclass(frozen=True)
class PriorLevel:
    """How a level of a row is drawn."""

    enter: Layer  # [W, W]
    before: Array  # [level, codes, W]
    out: Layer  # [codes, W]


@dataclass(frozen=True)
class KernelPrior:
    """The prior of the rows."""

    entered: Array  # [L, codes, E]
    input: Layer  # [3W, E]
    recurrent: Layer  # [3W, W]
    levels: list[PriorLevel]
    first: Array  # [W]


@dataclass(frozen=True)
class CodedKernelNetwork:
    """What a weight file holds; matrices of 8 bits are multiplied out."""

    code_rows: Array  # [3, L, codes, D]
    places: Array  # [8, D]
    code_top: Layer
    top_recurrent: Layer
    frame_condition: Layer
    code_frame: Layer
    frame_input: Array  # [3D, 16]
    frame_recurrent: Layer
    sample_condition: Layer
    history: Array  # [16, 256, M]
    third: Layer
    output: Layer
    prior: KernelPrior
    codebooks: Array  # [L, codes, A]
    top_start: Array
    frame_start: Array
    bins_pull: tuple[float, float, float, float]  # weight, width, deepest, mix
    codes_pull: tuple[float, float, float]  # weight, width, deepest


def is_of_codes(content: bytes) -> bool:
    """Whether a weight file is of this format rather than of one without codes."""
    return content[:8] == b"SMRW" + struct.pack("<I", FORMAT_VERSION)


def read_coded_weight_file(content: bytes, *, round_activations: bool = True) -> CodedKernelNetwork:
    """Reads a weight file; `round_activations` says whether a file of 8 bits gets the kernel's 16-bit inputs.

    Raises ValueError for what is no such file.
    """
    if len(content) < FIRST_SECTION:
        raise ValueError(f"{len(content)} bytes hold no header")
    magic, version, precision, d, m, block, frame, bins, *rest = HEADER.unpack_from(content)
    if (magic, version, block, frame, bins) != (b"SMRW", FORMAT_VERSION, BLOCK, FRAME, BINS) or precision not in (
        8,
        32,
    ):
        raise ValueError("not a weight file of the kernel, version 3")
    weight, width, deepest, mix, levels, codes, w, e, bands, *codes_pull = rest
    reader = Reader(content, precision, FIRST_SECTION, round_activations=round_activations)
    sound = {
        "code_rows": reader.table(ROWS_HEARD, levels, codes, d),
        "places": reader.floats(BLOCKS_PER_ROW, d),
    }
    code_top, top_recurrent = reader.layer(3 * d, d), reader.layer(3 * d, d)
    frame_condition, code_frame = reader.layer(FRAMES * 3 * d, d), reader.layer(3 * d, d)
    sound["frame_input"] = reader.floats(3 * d, FRAME)
    frame_recurrent, sample_condition = reader.layer(3 * d, d), reader.layer(FRAME * m, d)
    sound["history"] = reader.table(FRAME, BINS, m)
    third, output = reader.layer(m, m), reader.layer(BINS, m)
    entered, given, recurrent = reader.table(levels, codes, e), reader.layer(3 * w, e), reader.layer(3 * w, w)
    by_level = [_level(reader, level, codes, w) for level in range(levels)]
    sound["codebooks"] = reader.floats(levels, codes, bands)
    sound |= {"top_start": reader.floats(d), "frame_start": reader.floats(d)}
    prior = KernelPrior(entered, given, recurrent, by_level, reader.floats(w))
    reader.finish()
    return CodedKernelNetwork(
        code_top=code_top,
        top_recurrent=top_recurrent,
        frame_condition=frame_condition,
        code_frame=code_frame,
        frame_recurrent=frame_recurrent,
        sample_condition=sample_condition,
        third=third,
        output=output,
        prior=prior,
        bins_pull=(weight, width, deepest, mix),
        codes_pull=(codes_pull[0], codes_pull[1], codes_pull[2]),
        **sound,
    )


def _level(reader: Reader, level: int, codes: int, width: int) -> PriorLevel:
    enter = reader.layer(width, width)
    before = reader.table(level, codes, width) if level > 0 else np.zeros((0, codes, width))
    return PriorLevel(enter, before, reader.layer(codes, width))

"""Measures what both weight files make of the piece that was never heard, for the card and for tests of engines.

reference/held-out.json: bits per step of the sound under the piece's codes, and bits per row of codes, in float64; and
the same with the kernel's 8-bit weights and its arithmetic (`kernel_bits.py`). held-out.u8 and held-out-codes.i32: the
first ten seconds, a byte a step, and the codes [rows + 2, levels] of a silent row, of those rows and of the one after.
"""

import json
from pathlib import Path
from typing import Final

from simmer_training.coded.folder import INT8_FILE
from simmer_training.coded.kernel_bits import row_bits, sound_bits
from simmer_training.coded.kernel_weight_file import read_coded_weight_file
from simmer_training.coded.pieces import coded
from simmer_training.coded.rows import ROW_STEPS
from simmer_training.coded.weights import CodedModel
from simmer_training.dataset import SAMPLE_RATE_HZ, Dataset
from simmer_training.model import BLOCK_STEPS

ROWS: Final = 10 * SAMPLE_RATE_HZ // ROW_STEPS


def measure_held_out(folder: Path, model: CodedModel, dataset: Dataset, float32_weights: bytes) -> str:
    """Writes the file beside a folder's reference; returns what there is to say."""
    piece = coded(dataset, model.books, held_out=True)[0]
    rows = min(ROWS, piece.rows)
    exact, rounded = (read_coded_weight_file(file) for file in (float32_weights, (folder / INT8_FILE).read_bytes()))
    measured: dict[str, float] = {
        "steps": rows * ROW_STEPS,
        "bitsPerStep": sound_bits(exact, piece, rows),
        "int8BitsPerStep": sound_bits(rounded, piece, rows),
        "wholeSteps": piece.rows * ROW_STEPS,
        "wholeBitsPerStep": sound_bits(exact, piece, piece.rows),
        "wholeInt8BitsPerStep": sound_bits(rounded, piece, piece.rows),
        "wholeBitsPerRow": row_bits(exact, piece),
        "wholeInt8BitsPerRow": row_bits(rounded, piece),
    }
    kept = {name: round(number, 6) for name, number in measured.items()}
    (folder / "reference").mkdir(parents=True, exist_ok=True)
    (folder / "reference" / "held-out.u8").write_bytes(piece.bins[BLOCK_STEPS:][: rows * ROW_STEPS].tobytes())
    (folder / "reference" / "held-out-codes.i32").write_bytes(piece.codes[: rows + 2].astype("<i4").tobytes())
    (folder / "reference" / "held-out.json").write_text(json.dumps(kept, indent=2) + "\n")
    lost = measured["wholeInt8BitsPerStep"] - measured["wholeBitsPerStep"]
    lost_rows = measured["wholeInt8BitsPerRow"] - measured["wholeBitsPerRow"]
    return (
        f"{measured['wholeBitsPerStep']:.4f} bits per step held out, {lost:+.4f} in 8 bits; "
        f"{measured['wholeBitsPerRow']:.3f} bits per row, {lost_rows:+.4f}"
    )

"""Keeps what the reference draws, for engines that are tested where PyTorch is not installed.

A folder of little-endian files, a value a step where nothing else is said:

    temperature.f32, uniform.f32, code-uniform.f32   what was given
    guide-strength.f32, guide-bin.u8                 likewise
    drawn.u8, entropy.f32                            the bins, and bits
    codes.i32                                        [rows, levels]: the row after each port block's own
    state.f32                                        after the last block
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from simmer_training.coded.codebooks import Codes
from simmer_training.coded.guide_table import GuideTable
from simmer_training.coded.kernel_weight_file import CodedKernelNetwork
from simmer_training.coded.reference import ROW, CodedReference, Lanes, Noise, Slack
from simmer_training.coded.response import Responses
from simmer_training.graph import TAIL_FLOOR
from simmer_training.graph_run import noise


@dataclass(frozen=True)
class Played:
    """What is drawn from, and how."""

    network: CodedKernelNetwork
    guide: GuideTable
    responses: Responses
    silence: Codes
    slack: Slack


def write_reference(played: Played, lanes: Lanes, out: Path, seed: int = 5) -> str:
    """Draws whole rows under `lanes` and writes the folder; returns what there is to say of it."""
    sampler = CodedReference(played.network, played.guide, played.responses, TAIL_FLOOR, played.silence)
    steps = len(lanes.temperature)
    given = Noise(noise(steps, seed), noise(steps, seed + 1), noise(4 * steps, seed + 2), played.slack)
    rows = [sampler.row(row, lanes.row(row), given) for row in range(steps // ROW)]
    drawn, entropy = (np.concatenate([getattr(row, name) for row in rows]) for name in ("bins", "entropy"))
    files = {
        "temperature.f32": lanes.temperature.astype("<f4"),
        "uniform.f32": given.uniform.astype("<f4"),
        "code-uniform.f32": given.code_uniform.astype("<f4"),
        "guide-strength.f32": lanes.guide_strength.astype("<f4"),
        "guide-bin.u8": lanes.guide_bin.astype("u1"),
        "entropy.f32": entropy.astype("<f4"),
        "state.f32": sampler.state.packed().astype("<f4"),
        "drawn.u8": drawn,
        "codes.i32": np.stack([row.codes for row in rows]).astype("<i4"),
    }
    out.mkdir(parents=True, exist_ok=True)
    for name, values in files.items():
        (out / name).write_bytes(values.tobytes())
    code_bits = np.mean([row.code_entropy for row in rows])
    return f"{len(np.unique(drawn))} bins, {entropy.mean():.2f} bits a bin, {code_bits:.2f} a code; {given.used} spare"

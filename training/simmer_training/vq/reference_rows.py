"""Draws a reference with PyTorch, which engines are compared with."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from simmer_training.vq.codec import Codec
from simmer_training.vq.prior import Prior
from simmer_training.vq.sample import Drawing, Sampler


@dataclass(frozen=True)
class Reference:
    """Rows drawn, what they were drawn from, and how undecided draws were: [rows, levels]; `temperature` is [rows]."""

    codes: npt.NDArray[np.int32]
    uniform: npt.NDArray[np.float32]
    temperature: npt.NDArray[np.float32]
    entropy: npt.NDArray[np.float32]


def draw_reference(
    prior: Prior, pair: tuple[int, int], seconds: float, drawing: Drawing, temperature: float
) -> Reference:
    """Draws rows under a temperature that swings by half around `temperature`."""
    shape = prior.shape
    rows = int(seconds * shape.rows_a_second)
    random = np.random.default_rng(5)
    uniform = (random.integers(1, 1 << 23, (rows, shape.levels)) / (1 << 23)).astype(np.float32)
    # A grid of 1/4096, as lanes are: what is drawn under is then the same number everywhere.
    swing = temperature * (1.0 + 0.5 * np.sin(np.arange(rows) / 40.0))
    lane = (np.round(swing * 4096) / 4096).astype(np.float32)
    sampler = Sampler(prior, torch.tensor([[*pair, 0, 0]]), torch.zeros(1), drawing)
    drawn, entropies = [], []
    for row in range(rows):
        codes, entropy = sampler.draw(lane[row : row + 1].astype(np.float64), uniform[row : row + 1].astype(np.float64))
        drawn.append(codes[0])
        entropies.append(entropy[0])
    return Reference(np.stack(drawn), uniform, lane, np.stack(entropies).astype(np.float32))


def write_reference(reference: Reference, codec: Codec, audio_rows: int, folder: Path) -> float:
    """Writes the files of a reference, and audio of its first rows [rows, channels, row_frames]; returns its peak."""
    audio = codec.decode(torch.from_numpy(reference.codes[:audio_rows].astype(np.int64))).numpy()
    by_row = audio.reshape(len(audio), -1, codec.shape.row_frames).transpose(1, 0, 2)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "codes.i32").write_bytes(reference.codes.astype("<i4").tobytes())
    (folder / "audio.f32").write_bytes(by_row.astype("<f4").tobytes())
    (folder / "entropy.f32").write_bytes(reference.entropy.astype("<f4").tobytes())
    (folder / "uniform.f32").write_bytes(reference.uniform.astype("<f4").tobytes())
    (folder / "temperature.f32").write_bytes(reference.temperature.astype("<f4").tobytes())
    return float(np.abs(audio).max())

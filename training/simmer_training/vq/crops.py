"""Stretches of a corpus that the codec learns from."""

from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from simmer_training.vq.pieces import Piece

ALIGNED: Final = 0.7  # of the crops begin where a row of the corpus does, as what is drawn will; a guide's do not
# Of the crops of a codec that is to serve other music, too: so many are played faster or slower, and so many have their
# channels mixed anew.
RETUNED: Final = 0.5
OCTAVES: Final = 0.75  # at most, either way
MIXED: Final = 0.3
QUIETEST: Final = {False: 0.5, True: 0.1}  # gain, at least: 6 dB, or 20 where levels are varied

Array = npt.NDArray[np.float32]


def crops(
    pieces: list[Piece],
    random: np.random.Generator,
    frames: int,
    row_frames: int,
    count: int,
    *,
    varied: bool = False,
) -> Tensor:
    """`count` random stretches [count, channels, frames] of the pieces, at levels up to 6 dB lower.

    `varied` ones are up to 20 dB lower, and part of them in other pitches, and other places between the channels.
    """
    rows = []
    for _ in range(count):
        audio = pieces[int(random.integers(len(pieces)))].audio
        speed = 2.0 ** random.uniform(-OCTAVES, OCTAVES) if varied and random.random() < RETUNED else 1.0
        needed = frames if speed == 1.0 else int(frames * speed) + 2
        at = int(random.integers(audio.shape[1] - needed))
        if random.random() < ALIGNED and speed == 1.0:
            at -= at % row_frames
        part: Array = np.divide(audio[:, at : at + needed], 32767, dtype=np.float32)
        if speed != 1.0:
            part = retuned(part, speed, frames)
        if varied and len(part) > 1 and random.random() < MIXED:
            part = mixed(part, random)
        lowest = np.log(QUIETEST[varied])
        rows.append(part * np.float32(np.exp(random.uniform(lowest, 0.0))))
    return torch.from_numpy(np.stack(rows).astype(np.float32))


def retuned(audio: Array, speed: float, frames: int) -> Array:
    """Audio [channels, n] played `speed` times as fast, [channels, frames], by straight lines between frames."""
    places = np.arange(frames) * speed
    known = np.arange(audio.shape[1])
    return np.stack([np.interp(places, known, channel) for channel in audio]).astype(np.float32)


def mixed(audio: Array, random: np.random.Generator) -> Array:
    """Audio [2, n] with its width changed (0: mono, 1.5: wider), and sometimes its sides exchanged; no louder."""
    middle, side = 0.5 * (audio[0] + audio[1]), 0.5 * (audio[0] - audio[1]) * random.uniform(0.0, 1.5)
    made = np.stack([middle + side, middle - side] if random.random() < 0.5 else [middle - side, middle + side])
    return np.asarray(made / max(1.0, float(np.abs(made).max())), np.float32)

"""How loud audio is where it sounds: what a guide is brought to.

service/src/render/guide-level.ts measures a guide in the same way.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

HOP_SECONDS: Final = 0.016
HOPS: Final = 64
SOFT_GATE: Final = 0.1  # 10 dB below the loudest hops one counts half: the relative gate of ITU-R BS.1770, softened


def window_levels(audio: Array, sample_rate_hz: int) -> Array:
    """The level at the end of every hop from its last 64 [hops] (RMS amplitude, 0 where nothing sounds).

    `audio` [values], amplitudes within +-1. With e the mean square of a hop and w falling from 64 for the newest to 1:
    m = sum(w e^2) / sum(w e), s = e / (e + 0.1 m), level^2 = sum(w s e) / sum(w s).
    """
    hop = round(HOP_SECONDS * sample_rate_hz)
    energies = np.square(audio[: len(audio) // hop * hop].reshape(-1, hop)).mean(axis=1)
    padded = np.concatenate([np.zeros(HOPS - 1), energies])
    windows = np.lib.stride_tricks.sliding_window_view(padded, HOPS)
    ages = np.arange(1, HOPS + 1)
    total = (ages * windows).sum(axis=1)
    loudest = np.divide((ages * windows**2).sum(axis=1), total, out=np.zeros(len(windows)), where=total > 0)
    gate = windows + SOFT_GATE * loudest[:, None]
    share = ages * np.divide(windows, gate, out=np.zeros(windows.shape), where=gate > 0)
    sounding = share.sum(axis=1)
    squares = np.divide((share * windows).sum(axis=1), sounding, out=np.zeros(len(windows)), where=sounding > 0)
    levels: Array = np.sqrt(squares)
    return levels


def sounding_level(pieces: list[Array], sample_rate_hz: int) -> float:
    """The middle level of all hops of these pieces, in dBFS (RMS; a full-scale square is 0).

    Raises ValueError where nothing sounds.
    """
    levels = np.concatenate([window_levels(piece, sample_rate_hz) for piece in pieces])
    levels = levels[levels > 0]
    if len(levels) == 0:
        raise ValueError("the training audio is silent throughout: there is no level to bring a guide to")
    return float(20 * np.log10(np.median(levels)))

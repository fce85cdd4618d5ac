"""Finds recordings that are the same performance twice: another gain, format or cut teaches nothing new.

Worse, one of them could be held out, and the bits measured on it would be a lie.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.fft import irfft, next_fast_len, rfft
from scipy.signal import resample_poly

from simmer_training.own_song.checks import Finding, Prepared

Array = npt.NDArray[np.float64]

REDUCTION: Final = 8  # to 2 kHz, where encoders and equalisers change little
SAME: Final = 0.8


def likeness(a: Array, b: Array) -> float:
    """The correlation of two recordings where they line up best, 0 to 1; what only one of them has does not count.

    Performances of one piece that were really played twice stay far below SAME: their waveforms do not line up.
    """
    size = next_fast_len(len(a) + len(b), real=True)
    products: Array = irfft(rfft(a, size) * np.conj(rfft(b, size)), size)
    shift = int(np.abs(products).argmax())
    shift -= size if shift >= len(a) else 0  # how much later in `a` the same is played
    in_a, in_b = a[max(0, shift) :], b[max(0, -shift) :]
    length = min(len(in_a), len(in_b))
    if length < min(len(a), len(b)) / 2:
        return 0.0
    energy = float((in_a[:length] ** 2).sum() * (in_b[:length] ** 2).sum())
    return float(np.abs(products).max() / np.sqrt(energy + 1e-20))


def drop_duplicates(prepared: list[Prepared]) -> tuple[list[Prepared], list[Finding]]:
    """The recordings without those that sound like an earlier one, and what to say of these."""
    kept: list[Prepared] = []
    reduced: list[Array] = []
    findings: list[Finding] = []
    for piece in prepared:
        small: Array = resample_poly(piece.audio, 1, REDUCTION)
        scores = [likeness(small, other) for other in reduced]
        best = int(np.argmax(scores)) if scores else -1
        if best >= 0 and scores[best] > SAME:
            text = f"is the same performance as {kept[best].name} and is left out: play it once more instead."
            findings.append(Finding("advice", piece.name, text))
            continue
        kept.append(piece)
        reduced.append(small)
    return kept, findings

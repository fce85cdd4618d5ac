"""Stretches in which nothing happens, laid into what a model hears, so that it learns to come out of them.

A free-running model can come to rest: on a note that does not die away, or in silence. No recording has such a stretch,
so nothing in training says how it ends, and at low temperature it never does. Here the sound of an instant is repeated,
silence put in, or a stretch in which the model itself came to rest (rests.py), for a moment of random length, after
which the piece goes on at its next onset. What is drawn within the stretch is not learned from, only that music
follows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from simmer_training.dataset import Bins
from simmer_training.quantizer import SILENCE_BIN, bin_to_amplitude

Mask = npt.NDArray[np.bool_]

SHORTEST_STEPS: Final = 4_000  # 0.25 s at 16 kHz
LONGEST_STEPS: Final = 64_000
SILENT_SHARE: Final = 0.25  # of the stretches that are silence and not a sound that stands still
REST_SHARE: Final = 0.6  # of all stretches those that are the model's own, where there are any
LOOP_STEPS: Final = (512, 3_072)  # how much sound is repeated: some periods of the lowest note
MATCHED_STEPS: Final = 1_024
HOP_STEPS: Final = 256
ONSET_QUANTILE: Final = 0.9  # of the rises of the spectrum those that are taken for onsets
APART_HOPS: Final = 10


@dataclass(frozen=True)
class Piece:
    """A piece, and the steps at which something begins in it, rising."""

    bins: Bins
    onsets: npt.NDArray[np.int64]


def piece_of(bins: Bins) -> Piece:
    """Finds the onsets of a piece by the rises of its spectrum (half-wave rectified flux of log magnitudes)."""
    if len(bins) < 4 * HOP_STEPS:
        return Piece(bins, np.zeros(0, np.int64))
    audio = bin_to_amplitude(bins)
    frames = np.lib.stride_tricks.sliding_window_view(audio, 2 * HOP_STEPS)[::HOP_STEPS] * np.hanning(2 * HOP_STEPS)
    spectrum = np.log1p(100 * np.abs(np.fft.rfft(frames)))
    rises = np.maximum(0, np.diff(spectrum, axis=0)).sum(1)
    threshold = np.quantile(rises, ONSET_QUANTILE)
    onsets: list[int] = []
    for hop in np.flatnonzero(rises >= max(threshold, 1e-9)):
        # The rise is heard somewhere in the later frame: a little before it nothing has begun yet.
        if not onsets or (hop + 1) * HOP_STEPS - onsets[-1] >= APART_HOPS * HOP_STEPS:
            onsets.append(int((hop + 1) * HOP_STEPS))
    return Piece(bins, np.array(onsets, np.int64))


def hold(piece: Piece, at: int, random: np.random.Generator, rests: Sequence[Bins] = ()) -> tuple[Bins, int] | None:
    """A stretch that stands still after step `at`, and the onset where the piece goes on; None where there is none."""
    following = piece.onsets[piece.onsets > at + HOP_STEPS]
    past = piece.bins[max(0, at - LOOP_STEPS[1] - MATCHED_STEPS) : at]
    if len(following) == 0 or len(past) < LOOP_STEPS[1] + MATCHED_STEPS:
        return None
    steps = int(np.exp(random.uniform(np.log(SHORTEST_STEPS), np.log(LONGEST_STEPS))))
    if rests and random.random() < REST_SHARE:
        rest = rests[int(random.integers(len(rests)))]
        begin = int(random.integers(max(1, len(rest) - steps + 1)))
        return rest[begin : begin + steps], int(following[0])
    if random.random() < SILENT_SHARE:
        return np.full(steps, SILENCE_BIN, np.uint8), int(following[0])
    loop = past[-_period(bin_to_amplitude(past)) :]
    return np.resize(loop, steps), int(following[0])


def _period(past: npt.NDArray[np.float64]) -> int:
    """By how many steps the end of `past` repeats best within LOOP_STEPS (normalised correlation)."""
    end = past[-MATCHED_STEPS:]
    earlier = np.lib.stride_tricks.sliding_window_view(past[:-1], MATCHED_STEPS)
    # Row r begins at step r: it lies len(past) - MATCHED_STEPS - r before the end.
    lags = len(past) - MATCHED_STEPS - np.arange(len(earlier))
    fits = (lags >= LOOP_STEPS[0]) & (lags <= LOOP_STEPS[1])
    rows = earlier[fits]
    likeness = rows @ end / np.sqrt((rows**2).sum(1) + 1e-9)
    return int(lags[fits][np.argmax(likeness)])

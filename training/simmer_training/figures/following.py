"""Figure 5: the sound follows the lane."""

from typing import Final

import numpy as np
import numpy.typing as npt

from simmer_training.dataset import SAMPLE_RATE_HZ
from simmer_training.figures.repetition import WARM_UP_SECONDS
from simmer_training.figures.statistics import pearson
from simmer_training.figures.takes import Take, Takes
from simmer_training.figures.verdict import Figure, Trace, at_least, at_most
from simmer_training.spectrogram import HOP, WINDOW, log_mel

Array = npt.NDArray[np.float64]

WINDOW_SECONDS: Final = 2.0
HOP_SECONDS: Final = 0.5


def flux(audio: Array) -> Array:
    """How much the log-mel spectrum changes from frame to frame: mean absolute difference of the bands, in nepers."""
    return np.concatenate([[0.0], np.abs(np.diff(log_mel(audio), axis=0)).mean(axis=1)])


def windows(audio: Array, lane: Array) -> tuple[Array, Array]:
    """Mean flux of sliding windows after the warm-up, and the mean of `lane` (a value a step) over the same time."""
    frames = flux(audio)
    centres = np.minimum(np.arange(len(frames)) * HOP + WINDOW // 2, len(lane) - 1)
    length, hop = (round(seconds * SAMPLE_RATE_HZ / HOP) for seconds in (WINDOW_SECONDS, HOP_SECONDS))
    first = round(WARM_UP_SECONDS * SAMPLE_RATE_HZ / HOP)
    starts = range(first, len(frames) - length + 1, hop)
    moving = np.array([frames[start : start + length].mean() for start in starts])
    along = np.array([lane[centres[start : start + length]].mean() for start in starts])
    return moving, along


def following_figure(takes: Takes) -> Figure:
    """S2, whose lane rises and falls, against S1, whose lane does not: both compared with the lane of S2."""
    drawn, constant = takes.of("S2"), takes.of("S1")
    lane = drawn[0].temperature

    traces: list[Trace] = []

    def correlations(group: list[Take]) -> list[float]:
        found = []
        for take in group:
            moving, along = windows(take.audio, lane[: len(take.bins)])
            found.append(pearson(moving, along))
            seconds = WARM_UP_SECONDS + np.arange(len(moving)) * HOP_SECONDS + WINDOW_SECONDS / 2
            traces.append(Trace(take.group, take.seed, np.stack([seconds, along, moving], axis=1).tolist()))
        return found

    moving, still = correlations(drawn), correlations(constant)
    table = [[float(take.seed), a, b] for take, a, b in zip(drawn, moving, still, strict=True)]
    return Figure(
        title="The sound follows the lane",
        how=f"Spectral flux (mean absolute change of the log-mel bands from frame to frame, 16 ms) in windows of "
        f"{WINDOW_SECONDS:g} s every {HOP_SECONDS:g} s after the first {WARM_UP_SECONDS} s, correlated (Pearson) with "
        "the lane of S2 over the same time. S1 was drawn at a constant 1.0 and is compared with the same lane, which "
        "it never heard.",
        columns=("seed", "S2", "S1"),
        table=table,
        traces=traces,
        verdicts=[
            at_least("mean correlation in S2", float(np.mean(moving)), 0.6),
            at_most("mean correlation in S1, either way", abs(float(np.mean(still))), 0.2),
        ],
    )

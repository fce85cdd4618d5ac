"""Figure 6: the guide nudges while it is cool, and fades as temperature rises."""

from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from simmer_training.dataset import SAMPLE_RATE_HZ
from simmer_training.figures.statistics import pearson, spearman
from simmer_training.figures.takes import Take, Takes
from simmer_training.figures.verdict import Figure, at_least, at_most, is_true
from simmer_training.quantizer import amplitude_to_bin
from simmer_training.spectrogram import HOP, log_mel

Array = npt.NDArray[np.float64]

SETTLING_SECONDS: Final = 1.0  # of each level: what was guided before rings on
COPIED_SHARE_MAX: Final = 0.1
COPIED_CORRELATION_MAX: Final = 0.95
HALF_SECOND: Final = SAMPLE_RATE_HZ // 2


def similarity(audio: Array, guide: Array) -> float:
    """How alike two stretches of the same length and time are: correlation of their log-mel frames, -1 to 1.

    Each band is taken relative to its mean over the guide, so that a common timbre scores nothing, only notes that
    sound at the same time.
    """
    wanted, heard = log_mel(guide), log_mel(audio)
    mean = wanted.mean(axis=0)
    return pearson((heard - mean).ravel(), (wanted - mean).ravel())


def stretches(temperature: Array) -> list[tuple[float, int, int]]:
    """The levels of a lane that holds each for a while: (temperature, first step, step after the last)."""
    edges = [0, *(np.flatnonzero(np.diff(temperature)) + 1).tolist(), len(temperature)]
    return [(float(temperature[a]), a, b) for a, b in pairwise(edges)]


def copied(take: Take, first: int, end: int) -> tuple[float, float]:
    """Share of the draws that are the guide's own bin, and the mean waveform correlation of its half-seconds."""
    if take.guide is None:
        raise ValueError(f"a take of {take.group} has no guide")
    guide, audio = take.guide[first:end], take.audio[first:end]
    equal = float((amplitude_to_bin(take.emphasis.apply(guide)) == take.bins[first:end]).mean())
    starts = range(0, len(guide) - HALF_SECOND + 1, HALF_SECOND)
    waves = [pearson(audio[at : at + HALF_SECOND], guide[at : at + HALF_SECOND]) for at in starts]
    return equal, float(np.mean(waves))


def guiding_figure(takes: Takes) -> Figure:
    """Groups: S3-levels (guided), S3-free (the same lane without), S3-off (S3's guide with amount 0), S3-touch, S2."""
    guided, free = takes.of("S3-levels"), takes.of("S3-free")
    settling = round(SETTLING_SECONDS * SAMPLE_RATE_HZ / HOP) * HOP
    rows: list[list[float]] = []
    for take, without in zip(guided, free, strict=True):
        if take.guide is None:
            raise ValueError("S3-levels was drawn without a guide")
        for level, first, end in stretches(take.temperature):
            part = slice(first + settling, end)
            equal, wave = copied(take, first + settling, end)
            loudness = _level(take.audio[part]) / _level(take.guide[part])
            liken = [similarity(each.audio[part], take.guide[part]) for each in (take, without)]
            rows.append([level, *liken, equal, wave, 20 * np.log10(loudness)])
    every = np.array(rows)
    levels = sorted(set(every[:, 0].tolist()))
    means = np.array([every[every[:, 0] == level].mean(axis=0) for level in levels])
    off = all(_same(a, b) for a, b in zip(takes.of("S3-off"), takes.of("S2"), strict=True))
    touch = any(not _same(a, b) for a, b in zip(takes.of("S3-touch"), takes.of("S2"), strict=True))
    lowest = means[0]
    return Figure(
        title="The guide nudges while it is cool",
        how="The lane holds levels from cool to warm over the looped guide of S3. Similarity: correlation of log-mel "
        "frames of output and guide at the same time, each band relative to its mean in the guide; free: the same seed "
        "without a guide. Copy: share of draws that are the guide's bin, mean waveform correlation of half-seconds.",
        columns=("T", "similarity", "free", "equal bins", "waveform", "level, dB"),
        table=means.tolist(),
        takes=rows,
        verdicts=[
            at_most("Spearman of T and similarity", spearman(means[:, 0], means[:, 1]), -0.9),
            at_least("similarity above the free take's at the coolest level", lowest[1] - lowest[2], 0.1),
            at_most("equal bins at the coolest level: no copy", lowest[3], COPIED_SHARE_MAX),
            at_most("waveform correlation at the coolest level: no copy", lowest[4], COPIED_CORRELATION_MAX),
            is_true("amount 0 is bit-identical to S2", off),
        ],
        controls=[
            is_true("amount 0.01 is not", touch),
            at_least("similarity of the guide to itself", similarity(_first(guided), _first(guided)), 0.999),
        ],
    )


def _first(takes: list[Take]) -> Array:
    guide = takes[0].guide
    if guide is None:
        raise ValueError("a guided take has no guide")
    return guide[: 4 * SAMPLE_RATE_HZ]


def _same(a: Take, b: Take) -> bool:
    return a.seed == b.seed and np.array_equal(a.bins, b.bins)


def _level(audio: Array) -> float:
    return float(np.sqrt((audio**2).mean()) + 1e-9)

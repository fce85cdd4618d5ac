"""Figure 3: cool takes repeat, warm ones wander, and the model's own music lies in between."""

from typing import Final

import numpy as np
import numpy.typing as npt

from simmer_training import metrics
from simmer_training.dataset import SAMPLE_RATE_HZ
from simmer_training.figures.statistics import Cloud, spearman
from simmer_training.figures.takes import Take, Takes
from simmer_training.figures.verdict import Figure, at_least, at_most, is_true
from simmer_training.spectrogram import log_mel

Array = npt.NDArray[np.float64]

WARM_UP_SECONDS: Final = 4  # what a take begins with is the same at every temperature: silence, and the first notes
STACKED: Final = 3  # frames side by side in a row of the cloud
NEAR_ONE: Final = (0.85, 1.1)


def settled(take: Take) -> Array:
    """The audio after the warm-up."""
    return take.audio[WARM_UP_SECONDS * SAMPLE_RATE_HZ :]


def stacked(audio: Array) -> Array:
    """Log-mel frames, three after another in a row."""
    mel = log_mel(audio)
    return np.concatenate([mel[place : len(mel) - STACKED + 1 + place] for place in range(STACKED)], axis=1)


def repetition_figure(takes: Takes, song: Array) -> Figure:
    """Repetition, novelty and distance to the training audio `song`, by temperature."""
    library, codes, cloud = metrics.patches(song), metrics.code_book(song), Cloud(stacked(song))
    temperatures = takes.temperatures()
    rows: list[list[float]] = []
    pooled: list[float] = []
    for temperature in temperatures:
        audios = [settled(take) for take in takes.at(temperature)]
        for audio in audios:
            peak, _ = metrics.autocorrelation_peak(audio)
            run = metrics.longest_repeated_run(audio, codes)
            new = [metrics.nearest_distance(audio, library), metrics.own_past_distance(audio)]
            rows.append([temperature, peak, run, metrics.held_pitch(audio), *new])
        pooled.append(cloud.distance(np.concatenate([stacked(audio) for audio in audios])))
    every = np.array(rows)
    means = np.array([every[every[:, 0] == t].mean(axis=0) for t in temperatures])
    nearest = temperatures[int(np.argmin(pooled))]
    half = song[: 20 * SAMPLE_RATE_HZ]
    return Figure(
        title="Repetition falls and novelty rises with temperature",
        how=f"The first {WARM_UP_SECONDS} s of each take are left out. Repetition: the highest correlation of the "
        "log-mel frames with themselves 0.3 to 4 s later, and the longest run of sound codes (k-means, 64) that occurs "
        "twice; both are blind to a held note, which is the same all along. Own past: distance of half-seconds to the "
        "nearest one a second or more before in the same take, in nepers per mel band, which sees it. Novelty: "
        "distance of half-seconds to the nearest half-second of the training audio, in the same unit. Distance: "
        "Fréchet, log-mel frames by threes, 32 principal axes, all seeds together. Spearman over the means of the "
        "temperatures.",
        columns=("T", "autocorrelation", "repeated run, s", "held pitch", "novelty", "own past", "distance"),
        takes=rows,
        table=[[*mean.tolist(), distance] for mean, distance in zip(means, pooled, strict=True)],
        verdicts=[
            at_most("Spearman of T and autocorrelation", spearman(means[:, 0], means[:, 1]), -0.9),
            at_most("Spearman of T and repeated run", spearman(means[:, 0], means[:, 2]), -0.9),
            at_least("Spearman of T and distance from the take's own past", spearman(means[:, 0], means[:, 5]), 0.9),
            at_least("Spearman of T and novelty", spearman(means[:, 0], means[:, 4]), 0.9),
            is_true(f"the distance is smallest near T = 1 (at {nearest:g})", NEAR_ONE[0] <= nearest <= NEAR_ONE[1]),
        ],
        controls=[
            at_most("novelty of the training audio itself", metrics.nearest_distance(half, library), 1e-3),
            at_most("distance of a loop of 1 s from its own past", metrics.own_past_distance(_loop(song)), 0.2),
            at_least("distance of the song from its own past", metrics.own_past_distance(half), 0.4),
            at_least("autocorrelation of a loop of 1 s", metrics.autocorrelation_peak(_loop(song))[0], 0.95),
        ],
    )


def _loop(song: Array) -> Array:
    return np.tile(song[5 * SAMPLE_RATE_HZ : 6 * SAMPLE_RATE_HZ], 20)
